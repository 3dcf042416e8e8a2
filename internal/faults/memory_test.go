//go:build linux

package faults

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// hostileCeiling is what one request or import of hostile content of up to 1 MB may take above idle, in MB.
const hostileCeiling = 64

// One hostile request or import needs little more memory than the server has when idle. Each has a server of its own,
// whose garbage is collected soon (GOGC), so that what is measured is what is needed; by default a server lets up to
// 128 MB of heap grow before it collects. The number of nodes is not bounded by it: docs/threat-model.md says
// what many packed nodes take.
func TestMemoryOfHostileContent(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(t *testing.T, c *client, schema string)
	}{
		{"query of many terms", hostileQuery("/api/v1/lineage?limit=2000&select=" + url.QueryEscape(strings.Repeat("1+*+2 @x ", 700)))},
		{"query of globs", hostileQuery("/api/v1/lineage?select=" + url.QueryEscape("path:"+strings.Repeat("**/*", 120)))},
		{"query of breakdowns", hostileQuery("/api/v1/assets?breakdown=" + strings.Repeat("kind,tag,owner,", 80) + "kind&limit=200")},
		{"large edit", hostileEdit(`{"description":"` + strings.Repeat("x", 250<<10) + `"}`)},
		{"edit of many tags", hostileEdit(`{"tags":["` + strings.Repeat(`a","`, 200_000) + `"]}`)},
		{"nested edit", hostileEdit(`{"tags":` + strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000) + `}`)},
		{"many nodes", hostileImport(manifestOf(5500, func(i int) map[string]any { return map[string]any{"name": strconv.Itoa(i)} }))},
		{"one node of many columns", hostileImport(manifestOf(1, func(int) map[string]any { return map[string]any{"columns": columnsOf(19_000)} }))},
		{"every node reads every other", hostileImport(manifestOf(200, func(i int) map[string]any {
			var parents []string
			for p := range i {
				parents = append(parents, fmt.Sprint("model.shop.m", p))
			}
			return map[string]any{"depends_on": map[string]any{"nodes": parents}}
		}))},
		{"cross joins of stars", hostileImport(manifestOf(1, func(int) map[string]any { return map[string]any{"compiled_code": starBomb(60)} }))},
		{"large meta", hostileImport(manifestOf(1, func(int) map[string]any { return map[string]any{"meta": columnsOf(30_000)} }))},
		{"packed: description", hostileImport(packed(manifestAround(model+`"description":"`, "x", 40<<20, `"}}`)))},
		{"packed: escapes", hostileImport(packed(manifestAround(model+`"description":"`, `\n\u00e9`, 40<<20, `"}}`)))},
		{"packed: code", hostileImport(packed(manifestAround(model+`"compiled_code":"`, "select 1 union all ", 60<<20, `"}}`)))},
		{"packed: text in no UTF-8", hostileImport(packed(manifestAround(model+`"raw_code":"`, "\xff", 40<<20, `"}}`)))},
		{"packed: name", hostileImport(packed(manifestAround(`{"`, "x", 60<<20, `":{}}`)))},
		{"packed: meta", hostileImport(packed(manifestAround(model+`"meta":[0`, `,{"a":1}`, 3<<20, `]}}`)))},
		{"packed: tags", hostileImport(packed(manifestAround(model+`"tags":[""`, `,""`, 3<<20, `]}}`)))},
		{"packed: fqn", hostileImport(packed(manifestAround(model+`"fqn":[""`, `,""`, 3<<20, `]}}`)))},
		{"packed: refs", hostileImport(packed(manifestAround(model+`"refs":[[]`, `,[]`, 3<<20, `]}}`)))},
		{"packed: names of a list", hostileImport(packed(manifestWith(model + `"tags":["` + numbers(300_000, `","`) + `"]}}`)))},
		{"packed: members", hostileImport(packed(manifestWith(model + `` + `"` + numbers(300_000, `":0,"`) + `":0}}`)))},
		{"packed: columns", hostileImport(packed(manifestWith(model + `"columns":{"` + numbers(19_000, `":{"description":"`+strings.Repeat("x", 400)+`"},"`) + `":{}}}}`)))},
		{"packed: blanks", hostileImport(packed(manifestAround(model+`"a":`, " ", 60<<20, `0}}`)))},
		{"packed: a long value elsewhere", hostileImport(packed(manifestAround(`{},"other":"`, "x", 60<<20, `"`)))},
		{"packed: long names elsewhere", hostileImport(packed(manifestAround(`{},"other":{"`, "x", 60<<20, `":0}`)))},
		{"packed: parents", hostileImport(packed(manifestAround(`{},"parent_map":{"model.p.m":[""`, `,""`, 3<<20, `]}`)))},
		{"packed: constraints", hostileImport(packed(manifestAround(model+`"constraints":[{}`, `,{}`, 3<<20, `]}}`)))},
		{"packed: repeated names and half pairs", hostileImport(packed(manifestWith(model + `"meta":{"a":"\ud800","` + numbers(300_000, `":0,"`) + `":0}}}`)))},
		{"packed: many large nodes", hostileImport(packed(manifestWith(`{"` + numbers(50, `":{"resource_type":"model","package_name":"p","raw_code":"`+
			strings.Repeat("x", 1<<20)+`","description":"`+strings.Repeat("y", 200<<10)+`"},"`) + `":{}}`)))},
		{"packed: results", hostileResults(packed([]byte(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json",` +
			`"generated_at":"2026-11-09T08:00:00Z","invocation_id":"hostile"},"noise":"` + noise() + `","results":[` +
			strings.Repeat(`{"unique_id":"model.p.m","status":"success","message":"`+strings.Repeat("x", 250<<10)+`","timing":[{}`+strings.Repeat(`,{}`, 1_000_000)+`]},`, 12) + `{}]}`)))},
		{"long text", hostileImport(manifestOf(1, func(int) map[string]any { return map[string]any{"description": strings.Repeat("é", 500_000)} }))},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := prepared(t, onSQLite)
			s := serve(t, p, options{env: []string{"GOGC=50"}})
			client := s.client(p.key)
			client.get("/api/v1/schemas")
			idle := s.memory(t, "VmRSS")
			if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.pid), []byte("5"), 0); err != nil {
				t.Skipf("SKIPPED: the most memory that a process took cannot be read: %v", err)
			}
			c.do(t, client, p.schema)
			took := s.memory(t, "VmHWM") - idle
			t.Logf("%d MB above idle (%d MB)", took>>10, idle>>10)
			if took>>10 > hostileCeiling {
				t.Errorf("%d MB above idle, want at most %d", took>>10, hostileCeiling)
			}
			client.get("/readyz")
		})
	}
}

// memory reads a value of the process's status, in kB.
func (s *process) memory(t *testing.T, name string) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			if err != nil {
				t.Fatal(err)
			}
			return kb
		}
	}
	t.Fatalf("the status has no %s", name)
	return 0
}

func hostileQuery(path string) func(*testing.T, *client, string) {
	return func(t *testing.T, c *client, schema string) {
		t.Helper()
		c.hostile(t, http.MethodGet, path+"&schema_id="+schema, nil)
	}
}

func hostileEdit(body string) func(*testing.T, *client, string) {
	return func(t *testing.T, c *client, schema string) {
		t.Helper()
		id := c.get("/api/v1/assets?limit=1&schema_id="+schema).text("data", 0, "id")
		c.hostile(t, http.MethodPatch, "/api/v1/assets/"+id, strings.NewReader(body))
	}
}

// hostile sends a request that the server may refuse but must answer.
func (c *client) hostile(t *testing.T, method, path string, body io.Reader) {
	t.Helper()
	r, err := c.do(method, path, body, "Content-Type", "application/json")
	if err != nil || r.status >= 500 {
		t.Errorf("%s: %d %.300s, %v", method, r.status, r.body, err)
	}
}

func hostileResults(results []byte) func(*testing.T, *client, string) {
	return hostileArtifacts(artifacts{manifest: manifestWith(`{}`), results: results})
}

func hostileImport(manifest []byte) func(*testing.T, *client, string) {
	return hostileArtifacts(artifacts{manifest: manifest})
}

func hostileArtifacts(a artifacts) func(*testing.T, *client, string) {
	return func(t *testing.T, c *client, schema string) {
		t.Helper()
		size := len(a.manifest) + len(a.catalog) + len(a.results)
		if size > 1<<20 {
			t.Fatalf("artifacts of %d bytes", size)
		}
		id := c.send(schema, a)
		status := c.await(id, 2*time.Minute)
		t.Logf("import of %d bytes: %s %.300v", size, status, c.get("/api/v1/dbt_imports/"+id).at("data", "attributes", "error_message"))
		if status != "completed" && status != "failed" {
			t.Errorf("the import is %s", status)
		}
	}
}

// manifestOf generates a manifest of another project with models of which some properties are given.
func manifestOf(models int, properties func(i int) map[string]any) []byte {
	nodes := map[string]any{}
	for i := range models {
		id := fmt.Sprint("model.shop.m", i)
		node := map[string]any{
			"unique_id": id, "resource_type": "model", "name": fmt.Sprint("m", i), "database": "d", "schema": "s", "package_name": "shop",
		}
		for name, v := range properties(i) {
			node[name] = v
		}
		nodes[id] = node
	}
	return encoded(map[string]any{
		"metadata": map[string]any{
			"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.10.0", "project_name": "hostile",
			"generated_at": "2026-11-09T08:00:00Z", "adapter_type": "duckdb", "invocation_id": "hostile",
		},
		"nodes": nodes, "sources": map[string]any{}, "parent_map": map[string]any{},
	})
}

// encoded writes what this file generates, which has a form in JSON.
func encoded(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return text
}

// manifestAround generates a manifest whose nodes are a text that is repeated between others.
func manifestAround(before, repeated string, bytes int, after string) []byte {
	return manifestWith(before + strings.Repeat(repeated, bytes/len(repeated)) + after)
}

func manifestWith(nodes string) []byte {
	return []byte(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json","dbt_version":"1.10.0",` +
		`"project_name":"hostile","generated_at":"2026-11-09T08:00:00Z","adapter_type":"duckdb","invocation_id":"hostile"},"noise":"` + noise() + `","nodes":` + nodes + `}`)
}

// model is the beginning of a node.
const model = `{"model.p.m":{"resource_type":"model","package_name":"p","name":"m","database":"d","schema":"s",`

// noise is a text that gzip cannot pack much: what follows it may be packed better than the ratio that is allowed.
func noise() string {
	b := make([]byte, 250<<10)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}

// numbers joins the first numbers.
func numbers(n int, separator string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i)
	}
	return strings.Join(list, separator)
}

func packed(content []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(content) // to memory
	_ = z.Close()
	return b.Bytes()
}

func columnsOf(n int) map[string]any {
	columns := map[string]any{}
	for i := range n {
		name := fmt.Sprint("c", i)
		columns[name] = map[string]any{"name": name}
	}
	return columns
}

// starBomb doubles the columns with each CTE.
func starBomb(n int) string {
	var b strings.Builder
	b.WriteString("with c0 as (select 1 as a, 2 as b)")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, ", c%d as (select x.*, y.* from c%d x cross join c%d y)", i, i-1, i-1)
	}
	fmt.Fprintf(&b, " select * from c%d", n-1)
	return b.String()
}
