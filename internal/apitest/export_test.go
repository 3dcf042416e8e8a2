package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/export"
)

func TestExport(t *testing.T) { exportIsServed(t, Options{}) }

func TestExportOnPostgres(t *testing.T) { exportIsServed(t, Options{Store: OnPostgres}) }

// What an export has of a schema is what the other routes answer, asset by asset, and both formats have the same.
func exportIsServed(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "production")
	address := "/api/v1/export?schema_id=" + schema
	if lines := exportLines(t, s.Get(t, address, key)); len(lines) != 2 || lines[0]["version"] != 0.0 || lines[1]["record"] != "end" {
		t.Errorf("an empty schema: %v", lines)
	}
	importShop(t, s, key, schema, false)
	importShop(t, s, key, schema, true)
	products := tableID(t, s, key, schema, "model.shop.dim_products")
	if r := s.Send(t, "PATCH", "/api/v1/assets/"+products, key, `{"description":"By ana.","owners":["ana"]}`); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	records := recordsOf(exportLines(t, s.Get(t, address+"&code=true", key)))
	if diff := cmp.Diff(answered(t, s, key, schema), compared(records)); diff != "" {
		t.Errorf("records (-answered by other routes +exported)\n%s", diff)
	}
	file := s.Get(t, address+"&code=true&format=parquet", key)
	if diff := cmp.Diff(records, parquetRecords(t, file)); diff != "" {
		t.Errorf("records (-JSON Lines +Parquet)\n%s", diff)
	}
	some := recordsOf(exportLines(t, s.Get(t, address+"&records=test,edge", key)))
	if got := countRecords(some); got["test"] == 0 || got["edge"] == 0 || len(got) != 2 {
		t.Errorf("records=test,edge has %v", got)
	}
	if before, after := len(records), len(recordsOf(exportLines(t, s.Get(t, address+"&code=true&removed=true", key)))); after <= before {
		t.Errorf("%d records, with removed assets %d", before, after)
	}
	for query, status := range map[string]int{
		"format=csv": 400, "records=assets": 400, "cursor=abc": 400, "at=99": 404, "at=1": 200, "limit=0": 400, "order=name": 422,
	} {
		if r := s.Get(t, address+"&"+query, key); r.Status != status {
			t.Errorf("%s: %d %.300s, want %d", query, r.Status, r.Body, status)
		}
	}
	if r := s.Do(t, "HEAD", address, key, nil); r.Status != 200 || len(r.Body) > 0 {
		t.Errorf("HEAD: %d %q", r.Status, r.Body)
	}
}

// An export that breaks off after any cursor continues with it, at the same version though another one is served by
// then, and comes to the same as in one piece. So do the parts of a limited one, in both formats.
func TestExportContinues(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "production")
	importShop(t, s, key, schema, false)
	address := "/api/v1/export?schema_id=" + schema
	other := s.Schema(t, "other")
	whole := withoutResults(recordsOf(exportLines(t, s.Get(t, address, key))))
	parts := map[string][]map[string]any{}
	next := map[string]string{"jsonl": address + "&limit=7", "parquet": address + "&limit=7&format=parquet"}
	for round := 0; next["jsonl"] != ""; round++ {
		if round == 2 {
			importShop(t, s, key, schema, true)
		}
		for format, part := range next {
			reply := s.Get(t, part, key)
			rows := parquetOrLines(t, format, reply)
			parts[format] = append(parts[format], rows...)
			next[format] = nextPart(reply)
		}
	}
	for format, got := range parts {
		if diff := cmp.Diff(whole, withoutResults(got)); diff != "" {
			t.Errorf("%s in parts (-whole +parts)\n%s", format, diff)
		}
	}
	lines := exportLines(t, s.Get(t, address+"&at=1", key))
	continuations := 0
	for i, line := range lines {
		if line["record"] != "cursor" {
			continue
		}
		continuations++
		rest := exportLines(t, s.Get(t, address+"&at=1&cursor="+url.QueryEscape(line["cursor"].(string)), key))
		if rest[0]["version"] != 1.0 {
			t.Errorf("continued at version %v", rest[0]["version"])
		}
		if diff := cmp.Diff(recordsOf(lines), append(recordsOf(lines[:i]), recordsOf(rest)...)); diff != "" {
			t.Errorf("continued after line %d (-whole +both)\n%s", i, diff)
		}
		refused := s.Get(t, strings.Replace(address, schema, other, 1)+"&cursor="+url.QueryEscape(line["cursor"].(string)), key)
		if refused.Status != 400 {
			t.Errorf("the cursor of another schema: %d %s", refused.Status, refused.Body)
		}
	}
	if continuations == 0 {
		t.Error("no cursor")
	}
}

// Few exports are written at a time. Another one is refused at once, and taken when a client has gone.
func TestExportsAtOnce(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "production")
	s.Import(t, key, schema, File("manifest", "manifest.json", longManifest(96)))
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	begin := func() *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/v1/export?schema_id="+schema, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+key)
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	leave := func(res *http.Response) {
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	first, second, third := begin(), begin(), begin() // none of them is read
	if first.StatusCode != 200 || second.StatusCode != 200 || third.StatusCode != 503 || third.Header.Get("Retry-After") == "" {
		t.Errorf("three exports at once: %d, %d, %d", first.StatusCode, second.StatusCode, third.StatusCode)
	}
	leave(third)
	leave(first)
	for range 1000 { // until the server notices
		if third = begin(); third.StatusCode == 200 {
			break
		}
		leave(third)
		time.Sleep(5 * time.Millisecond)
	}
	if n, err := io.Copy(io.Discard, third.Body); err != nil || n < 20<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
	leave(third)
	leave(second)
}

// longManifest is a manifest of models with 256 kB of text each.
func longManifest(models int) []byte {
	nodes := map[string]any{}
	for i := range models {
		name := fmt.Sprintf("m%d", i)
		nodes["model.long."+name] = map[string]any{
			"unique_id": "model.long." + name, "resource_type": "model", "name": name, "package_name": "long", "path": name + ".sql",
			"original_file_path": "models/" + name + ".sql", "database": "db", "schema": "s", "alias": name, "description": strings.Repeat("long ", 50_000),
		}
	}
	manifest, err := json.Marshal(map[string]any{
		"metadata": map[string]any{
			"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "generated_at": "2026-11-03T06:00:00Z", "project_name": "long",
			"adapter_type": "postgres",
		},
		"nodes": nodes,
	})
	if err != nil {
		return nil // cannot happen
	}
	return manifest
}

func parquetOrLines(t *testing.T, format string, r Reply) []map[string]any {
	t.Helper()
	if format == "parquet" {
		return parquetRecords(t, r)
	}
	return recordsOf(exportLines(t, r))
}

// nextPart returns the address in the header Link, "" without one.
func nextPart(r Reply) string {
	address, ok := strings.CutSuffix(r.Header.Get("Link"), `>; rel="next"`)
	if !ok {
		return ""
	}
	return strings.TrimPrefix(address, "<")
}

func exportLines(t *testing.T, r Reply) []map[string]any {
	t.Helper()
	if r.Status != 200 {
		t.Fatalf("%d %.500s", r.Status, r.Body)
	}
	var lines []map[string]any
	for line := range bytes.Lines(r.Body) {
		var record map[string]any
		if err := json.Unmarshal(line, &record); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		lines = append(lines, record)
	}
	if len(lines) == 0 || lines[0]["record"] != "export" || lines[len(lines)-1]["record"] != "end" {
		t.Fatalf("an export of %d lines without head or end", len(lines))
	}
	want := map[string]any{}
	for kind, n := range countRecords(recordsOf(lines)) {
		want[kind] = float64(n)
	}
	if diff := cmp.Diff(want, lines[len(lines)-1]["counts"]); diff != "" {
		t.Errorf("counts at the end (-lines +counts)\n%s", diff)
	}
	return lines
}

// recordsOf leaves out the lines that are not of the schema.
func recordsOf(lines []map[string]any) []map[string]any {
	return slices.DeleteFunc(slices.Clone(lines), func(line map[string]any) bool {
		return line["record"] == "export" || line["record"] == "cursor" || line["record"] == "end"
	})
}

// withoutResults leaves out the results of runs, which are the newest ones whatever the version.
func withoutResults(records []map[string]any) []map[string]any {
	for _, r := range records {
		for _, field := range []string{"status", "completed_at", "execution_time", "freshness"} {
			delete(r, field)
		}
	}
	return records
}

func countRecords(records []map[string]any) map[string]int {
	n := map[string]int{}
	for _, r := range records {
		n[r["record"].(string)]++
	}
	return n
}

// parquetRecords reads a file as a program of another make would: by its schema.
func parquetRecords(t *testing.T, r Reply) []map[string]any {
	t.Helper()
	if r.Status != 200 {
		t.Fatalf("%d %.500s", r.Status, r.Body)
	}
	file, err := parquet.OpenFile(bytes.NewReader(r.Body), int64(len(r.Body)))
	if err != nil {
		t.Fatal(err)
	}
	reader := parquet.NewGenericReader[export.Record](file)
	rows := make([]export.Record, file.NumRows())
	if n, err := reader.Read(rows); n != len(rows) || err != nil && err != io.EOF {
		t.Fatalf("%d of %d rows: %v", n, len(rows), err)
	}
	out := make([]map[string]any, len(rows))
	for i := range rows {
		text, err := json.Marshal(rows[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &out[i]); err != nil {
			t.Fatal(err)
		}
		maps.DeleteFunc(out[i], func(_ string, v any) bool { return isNothing(v) })
	}
	return out
}

func isNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// compared is what other routes answer of the records, by kind and name.
func compared(records []map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	add := func(name string, r map[string]any, fields ...string) {
		for n := 2; out[name] != nil; n++ {
			name = fmt.Sprintf("%s (%d)", strings.TrimRight(name, " ()0123456789"), n)
		}
		out[name] = map[string]any{}
		for _, f := range fields {
			if v := r[f]; !isNothing(v) {
				out[name][f] = v
			}
		}
	}
	for _, r := range records {
		switch r["record"] {
		case "asset":
			add(fmt.Sprint("asset ", r["id"]), r, assetFields...)
		case "column":
			add(fmt.Sprint("column ", r["id"]), r, columnFields...)
		case "test":
			add(fmt.Sprint("test ", r["id"]), r, testFields...)
		case "edge":
			if r["from"] != nil {
				add(fmt.Sprint("edge ", r["from"], " ", r["to"]), r, "type", "confidence", "source")
			}
		case "column_edge":
			add(fmt.Sprint("column edge ", r["from"], ".", r["from_column"], " ", r["to"], ".", r["to_column"], r["kinds"]), r, "confidence", "masked")
		case "row_edge":
			add(fmt.Sprint("row edge ", r["from"], ".", r["from_column"], " ", r["to"], r["kinds"]), r, "confidence")
		}
	}
	return out
}

var (
	assetFields = []string{
		"kind", "name", "unique_id", "description", "description_origin", "owners", "tags", "database", "schema", "identifier", "materialized",
		"package", "path", "access", "group", "columns", "upstream", "downstream", "row_count", "created_at", "updated_at", "version", "present",
		"status", "completed_at", "execution_time", "meta", "config", "details", "raw_code", "compiled_code", "project",
	}
	columnFields = []string{"name", "ordinal", "data_type", "native_type", "nullable", "description", "tags", "present", "documented_only", "origin", "meta"}
	testFields   = []string{"name", "kind", "test", "unique_id", "asset", "column", "severity", "description", "tags", "parents", "enabled", "status"}
)

// answered asks the other routes for the same as compared returns.
func answered(t *testing.T, s *Server, key, schema string) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	add := func(name string, attributes any, fields []string, paths map[string]string) {
		for n := 2; out[name] != nil; n++ {
			name = fmt.Sprintf("%s (%d)", strings.TrimRight(name, " ()0123456789"), n)
		}
		out[name] = map[string]any{}
		for _, f := range fields {
			path := f
			if p, ok := paths[f]; ok {
				path = p
			}
			if v := At(attributes, path); !isNothing(v) {
				out[name][f] = v
			}
		}
	}
	ids := listed(t, s, key, "/api/v1/assets?limit=200&schema_id="+schema+"&kind="+strings.Join(kindNames, ","))
	for _, row := range ids {
		id := At(row, "id").(string)
		whole := s.Get(t, "/api/v1/assets/"+id, key).JSON(t)
		code := s.Get(t, "/api/v1/assets/"+id+"/code", key).JSON(t)
		attributes := At(whole, "data.attributes").(map[string]any)
		attributes["code"], attributes["owner"] = code, At(whole, "data.relationships")
		add("asset "+id, attributes, assetFields, map[string]string{
			"unique_id": "dbt.unique_id", "description": "description.value", "description_origin": "description.origin", "database": "relation.database",
			"schema": "relation.schema", "identifier": "relation.identifier", "package": "dbt.package_name", "path": "dbt.original_file_path", "access": "dbt.access",
			"group": "dbt.group", "status": "last_run.status", "completed_at": "last_run.completed_at", "execution_time": "last_run.execution_time",
			"raw_code": "code.data.attributes.raw", "compiled_code": "code.data.attributes.compiled", "project": "owner.project.id", "meta": "dbt.meta",
		})
		if !strings.HasPrefix(id, "TBL") {
			continue
		}
		columns := listed(t, s, key, "/api/v1/assets/"+id+"/columns?limit=200")
		for _, c := range append(columns, listed(t, s, key, "/api/v1/assets/"+id+"/columns?removed=true&limit=200")...) {
			add("column "+id+"."+At(c, "attributes.name").(string), At(c, "attributes"), columnFields, map[string]string{"description": "description.value"})
		}
		traced := s.Get(t, "/api/v1/assets/"+id+"/column_lineage", key).At(t, "data.attributes")
		for _, part := range []string{"outputs", "unexpanded"} {
			for _, output := range At(traced, part).([]any) {
				for _, from := range At(output, "from").([]any) {
					add(fmt.Sprint("column edge ", At(from, "asset"), ".", At(from, "column"), " ", id, ".", At(output, "name"), At(from, "kinds")), from, []string{"confidence", "masked"}, nil)
				}
			}
		}
		for _, from := range At(traced, "rows").([]any) {
			add(fmt.Sprint("row edge ", At(from, "asset"), ".", At(from, "column"), " ", id, At(from, "kinds")), from, []string{"confidence"}, nil)
		}
	}
	for _, row := range listed(t, s, key, "/api/v1/tests?limit=200&schema_id="+schema) {
		add("test "+At(row, "id").(string), At(row, "attributes"), testFields, map[string]string{"status": "latest.status"})
	}
	graph := s.Get(t, "/api/v1/lineage?hooks=true&limit=2000&schema_id="+schema, key)
	for _, edge := range graph.At(t, "data.edges").([]any) {
		add(fmt.Sprint("edge ", At(edge, "from"), " ", At(edge, "to")), edge, []string{"type", "confidence", "source"}, nil)
	}
	return out
}

var kindNames = []string{
	"model", "seed", "snapshot", "source", "exposure", "metric", "semantic_model", "saved_query", "unit_test", "function", "macro", "doc", "group",
	"analysis", "operation",
}

// listed reads all pages of a list.
func listed(t *testing.T, s *Server, key, address string) []any {
	t.Helper()
	var rows []any
	for address != "" {
		page := s.Get(t, address, key)
		if page.Status != 200 {
			t.Fatalf("%s: %d %s", address, page.Status, page.Body)
		}
		rows = append(rows, page.At(t, "data").([]any)...)
		address, _ = page.At(t, "links.next").(string)
	}
	return rows
}
