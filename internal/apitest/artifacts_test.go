package apitest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/thalweg-data/thalweg/internal/access"
)

// small is the least manifest that is one, with nodes in it.
func small(nodes string) string {
	return `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json","dbt_version":"1.10.0","project_name":"p","adapter_type":"postgres","generated_at":"2026-01-10T18:00:00Z"},` +
		`"nodes":{` + nodes + `},"sources":{},"parent_map":{},"child_map":{}}`
}

func node(name, more string) string {
	return fmt.Sprintf(`"model.p.%[1]s":{"unique_id":"model.p.%[1]s","resource_type":"model","name":"%[1]s","alias":"%[1]s","database":"d","schema":"s","package_name":"p","path":"%[1]s.sql","original_file_path":"models/%[1]s.sql","fqn":["p","%[1]s"],"config":{"materialized":"table"},"columns":{}%[2]s}`, name, more)
}

func utf16Text(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// B34-B36, B40-B51: content that ends an import. The upload is taken, the
// import fails with its code first, and nothing of the catalog changes.
func TestContentThatFailsAnImport(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	good := small(node("a", ""))
	packed := zipped(t, append([]byte(`{"metadata":{"x":"`), bytes.Repeat([]byte("a"), 128<<20)...))
	var tar bytes.Buffer
	tar.WriteString("manifest.json" + strings.Repeat("\x00", 244) + "ustar\x0000")
	cases := []struct {
		name, field string
		body        []byte
		code        string
	}{
		{"B34 gzip bomb", "manifest", packed, "artifact-limit"},
		{"B35 zip", "manifest", []byte("PK\x03\x04\x14\x00\x00\x00\x08\x00"), "artifact-malformed"},
		{"B35 tar", "manifest", tar.Bytes(), "artifact-malformed"},
		{"B35 gzip twice", "manifest", zipped(t, zipped(t, []byte(good))), "artifact-malformed"},
		{"B36 text after gzip", "manifest", append(zipped(t, []byte(good)), "garbage"...), "artifact-malformed"},
		{"B40 cut short", "manifest", []byte(good[:len(good)/2]), "artifact-malformed"},
		{"B40 gzip cut short", "manifest", zipped(t, []byte(good))[:60], "artifact-malformed"},
		{"B40 a text file", "manifest", []byte("# README\nhello"), "artifact-malformed"},
		{"B41 null", "manifest", []byte("null"), "artifact-malformed"},
		{"B41 array", "manifest", []byte("[]"), "artifact-malformed"},
		{"B41 two documents", "manifest", []byte(good + good), "artifact-malformed"},
		{"B42 deep", "manifest", []byte(`{"metadata":` + strings.Repeat(`{"a":`, 100000) + "1" + strings.Repeat("}", 100000) + "}"), "artifact-limit"},
		{"B46 UTF-16", "manifest", utf16Text(good), "artifact-encoding"},
		{"B47 NUL in an id", "manifest", []byte(small(strings.ReplaceAll(node("a", ""), "model.p.a", `model.p.a\u0000`))), "artifact-encoding"},
		{"B49 catalog as manifest", "manifest", beforeCatalog, "artifact-kind-mismatch"},
		{"B49 run results as manifest", "manifest", beforeResults, "artifact-kind-mismatch"},
		{"B49 manifest as catalog", "catalog", beforeManifest, "artifact-kind-mismatch"},
		{"B50 unknown shape", "manifest", []byte(`{"hello":"world"}`), "artifact-kind-unknown"},
		{"B51 version 99", "manifest", []byte(strings.Replace(good, "manifest/v12", "manifest/v99", 1)), "artifact-version-unsupported"},
		{"B58 long column name", "manifest", []byte(small(node("a", "") + "," + strings.Replace(node("b", ""), `"columns":{}`, `"columns":{"c":{"name":"`+strings.Repeat("c", 1<<20)+`"}}`, 1))), "artifact-limit"},
	}
	before := r.Get(t, "/api/v1/schemas/"+r.schema, r.key).At(t, "data.attributes.version")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			parts := []Part{Text("schema_id", r.schema), File(c.field, "f", c.body)}
			if c.field != "manifest" {
				parts = append(parts, File("manifest", "m", beforeManifest))
			}
			got := r.Do(t, "POST", "/api/v1/dbt_imports?wait=60", r.key, bytes.NewReader(Form(parts...)), "Content-Type", ContentType)
			message, _ := got.At(t, "data.attributes.error_message").(string)
			if got.Status != 202 || got.At(t, "data.attributes.status") != "failed" || !strings.HasPrefix(message, c.code) {
				t.Fatalf("%d %v %.300q, want failed with %s", got.Status, got.At(t, "data.attributes.status"), message, c.code)
			}
			if !strings.Contains(message, c.field) {
				t.Errorf("the message does not name the part: %q", message)
			}
			if got.At(t, "data.attributes.tables_created") != 0.0 || len(message) > 2000 {
				t.Errorf("%.500s", got.Body)
			}
		})
	}
	if after := r.Get(t, "/api/v1/schemas/"+r.schema, r.key).At(t, "data.attributes.version"); after != before {
		t.Errorf("version %v after bad content, was %v", after, before)
	}
}

// B36, B43-B48, B50, B52-B55, B58, B59, B69, B70: oddities that are read, and
// told in the report.
func TestContentThatIsRead(t *testing.T) {
	t.Parallel()
	good := small(node("a", ""))
	cycle := strings.Replace(small(node("a", "")+","+node("b", "")), `"parent_map":{}`, `"parent_map":{"model.p.a":["model.p.b"],"model.p.b":["model.p.a"]}`, 1)
	results := func(invocation, project string) string {
		return `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json","invocation_id":"` + invocation + `","generated_at":"2026-01-10T18:00:00Z"},"results":[{"unique_id":"model.` + project + `.a","status":"odd","execution_time":-5,"timing":[],"thread_id":"t","message":"m"}],"args":{"which":"run"},"elapsed_time":1}`
	}
	for _, c := range []struct {
		name     string
		manifest string
		results  string
		issue    string // "" = none is asked for
	}{
		{"B36 several gzip members", string(zipped(t, []byte(good[:100]), []byte(good[100:]))), "", ""},
		{"B43 name twice", strings.Replace(good, `"sources":{}`, `"sources":{},"sources":{}`, 1), "", "duplicate-key"},
		{"B44 NaN", strings.Replace(good, `"sources":{}`, `"sources":{},"docs":{"x":NaN}`, 1), "", ""},
		{"B44 NaN in a node", small(node("a", `,"meta":{"x":NaN,"y":-Infinity}`)), "", ""},
		{"B45 large numbers", small(node("a", `,"meta":{"x":1e400,"y":123456789012345678901234567890}`)), "", ""},
		{"B46 byte order mark", "\ufeff" + good, "", ""},
		{"B46 invalid UTF-8", small(node("a", ",\"description\":\"caf\xe9\"")), "", ""},
		{"B47 NUL in a text", small(node("a", `,"description":"a\u0000b"`)), "", ""},
		{"B48 lone surrogate", small(node("a", `,"description":"a\ud800b"`)), "", ""},
		{"B50 no version", strings.Replace(good, `"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json",`, "", 1), "", ""},
		{"B51 version 25", strings.Replace(good, "manifest/v12", "manifest/v25", 1), "", ""},
		{"B52 results of another project", good, results("x", "other"), ""},
		{"B53 cycle", cycle, "", "lineage-cycle"},
		{"B54 dangling parent", strings.Replace(good, `"parent_map":{}`, `"parent_map":{"model.p.a":["model.p.gone"]}`, 1), "", ""},
		{"B55 no parent map", strings.Replace(good, `,"parent_map":{},"child_map":{}`, "", 1), "", ""},
		{"B58 long description", small(node("a", `,"description":"`+strings.Repeat("d", 10<<20)+`"`)), "", ""},
		{"B59 nested SQL", small(node("a", `,"compiled_code":"select `+strings.Repeat("(", 10000)+`1`+strings.Repeat(")", 10000)+` as x"`)), "", ""},
		{"B69 odd status and negative time", good, results("y", "p"), ""},
		{"B70 absurd time", strings.Replace(good, "2026-01-10T18:00:00Z", "soon", 1), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Start(t, Options{})
			key, schema := s.Key(t, access.AdminWorkspace), s.Schema(t, "Analytics Warehouse")
			parts := []Part{File("manifest", "m", []byte(c.manifest))}
			if c.results != "" {
				parts = append(parts, File("run_results", "r", []byte(c.results)))
			}
			id := s.Import(t, key, schema, parts...)
			table := s.Get(t, "/api/v1/assets/by-unique-id?schema_id="+schema+"&unique_id=model.p.a", key)
			if table.Status != 200 {
				t.Errorf("the table is not there: %d %s", table.Status, table.Body)
			}
			if c.issue == "" {
				return
			}
			report := s.Get(t, "/api/v1/dbt_imports/"+id+"/report", key)
			if !strings.Contains(string(report.Body), `"code":"`+c.issue+`"`) {
				t.Errorf("no issue %s: %s", c.issue, report.Body)
			}
		})
	}
}

// B56: a long chain and a dense middle are imported whole, and every walk over
// them is capped and says so.
func TestLongChainAndDenseMiddle(t *testing.T) {
	t.Parallel()
	const links, wide = 3000, 60
	var nodes, parents []string
	add := func(name string, of ...string) {
		nodes = append(nodes, node(name, ""))
		for i := range of {
			of[i] = `"model.p.` + of[i] + `"`
		}
		parents = append(parents, `"model.p.`+name+`":[`+strings.Join(of, ",")+`]`)
	}
	add("c0")
	for i := range links {
		add(fmt.Sprint("c", i+1), fmt.Sprint("c", i))
	}
	var left []string
	for i := range wide {
		left = append(left, fmt.Sprint("left", i))
		add(left[i], fmt.Sprint("c", links))
	}
	for i := range wide {
		add(fmt.Sprint("right", i), append([]string(nil), left...)...)
	}
	manifest := strings.Replace(small(strings.Join(nodes, ",")), `"parent_map":{}`, `"parent_map":{`+strings.Join(parents, ",")+`}`, 1)
	s := Start(t, Options{})
	key, schema := s.Key(t, access.ReadCatalog, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	id := s.Import(t, key, schema, File("manifest", "m", []byte(manifest)))
	if got := s.Get(t, "/api/v1/dbt_imports/"+id, key).At(t, "data.attributes.lineages_created"); got != float64(links+wide+wide*wide) {
		t.Errorf("%v lineages, want %d", got, links+wide+wide*wide)
	}
	for query, nodes := range map[string]float64{
		"": 2000, "&select=%2Bright0": 2000, "&select=c0%2B": 2000, "&select=c0%2B&limit=10": 10, "&limit=7": 7,
	} {
		r := s.Get(t, "/api/v1/lineage?limit=2000&schema_id="+schema+query, key)
		if strings.Contains(query, "limit") {
			r = s.Get(t, "/api/v1/lineage?schema_id="+schema+query, key)
		}
		if r.Status != 200 || r.At(t, "meta.nodes") != nodes || r.At(t, "meta.truncated") != true || r.At(t, "meta.total_nodes").(float64) <= nodes {
			t.Errorf("%q: %d %v", query, r.Status, r.At(t, "meta"))
		}
	}
	r := s.Get(t, "/api/v1/lineage?limit=2000&schema_id="+schema+"&select=1%2Bright0%2B1", key)
	if r.At(t, "meta.nodes") != float64(wide+1) || r.At(t, "meta.truncated") != false {
		t.Errorf("one step: %v", r.At(t, "meta"))
	}
}

// B67: the environment of who ran dbt is no part of the catalog.
func TestEnvironmentIsNotStored(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key, schema := s.Key(t, access.ReadCatalog, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	with := strings.Replace(small(node("a", "")), `"project_name":"p"`, `"project_name":"p","env":{"DBT_TOKEN":"hunter2"},"user_id":"hunter2"`, 1)
	id := s.Import(t, key, schema, File("manifest", "m", []byte(with)))
	table := tableID(t, s, key, schema, "model.p.a")
	for _, path := range []string{"/api/v1/dbt_imports/" + id + "/report", "/api/v1/assets/" + table, "/api/v1/assets/" + table + "/facets", "/api/v1/projects", "/api/v1/assets/" + table + "/code"} {
		if r := s.Get(t, path, key); strings.Contains(string(r.Body), "hunter2") {
			t.Errorf("%s: %s", path, r.Body)
		}
	}
}

// B60, B62, B68: hostile text is text.
func TestHostileTextIsText(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key, schema := s.Key(t, access.ReadCatalog, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	hostile := `<script>alert(1)</script>`
	s.Import(t, key, schema, File("manifest", "m", []byte(small(node("a", `,"description":"`+hostile+`","meta":{"__proto__":{"x":1},"constructor":"y"},"tags":["`+hostile+`"]`)))))
	r := s.Get(t, "/api/v1/assets/"+tableID(t, s, key, schema, "model.p.a"), key)
	if r.At(t, "data.attributes.description.value") != hostile || r.At(t, "data.attributes.tags.0") != hostile || r.At(t, "data.attributes.dbt.meta.constructor") != "y" {
		t.Errorf("%s", r.Body)
	}
	if r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v", r.Header)
	}
}
