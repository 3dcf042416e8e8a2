package openlineage

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

var update = flag.Bool("update", false, "write the golden file anew")

// Every kind of edge has a word of the standard.
func TestEveryKindIsWritten(t *testing.T) {
	n := 0
	for k := resolve.KindSet(1); len(k.Names()) == 1; k <<= 1 {
		n++
		got := Transformations(k, true)
		if len(got) != 1 || got[0].Description != k.String() {
			t.Errorf("%s becomes %v", k, got)
			continue
		}
		if direct := got[0].Type == "DIRECT"; direct != k.IsValue() || got[0].Masking != direct {
			t.Errorf("%s becomes %v", k, got[0])
		}
	}
	if n < 17 {
		t.Errorf("only %d kinds were tried", n)
	}
	if got := Transformations(0, true); got != nil {
		t.Errorf("no kind becomes %v", got)
	}
}

func TestTransformations(t *testing.T) {
	tests := []struct {
		kinds  resolve.KindSet
		masked bool
		want   []Transformation
	}{
		{resolve.Identity, false, []Transformation{{"DIRECT", "IDENTITY", "identity", false}}},
		{resolve.Cast | resolve.Transform, true, []Transformation{{"DIRECT", "TRANSFORMATION", "cast, transform", true}}},
		{
			resolve.Aggregate | resolve.Conditional | resolve.Cast, true,
			[]Transformation{{"DIRECT", "TRANSFORMATION", "cast", true}, {"DIRECT", "AGGREGATION", "aggregate", true}, {"INDIRECT", "CONDITIONAL", "conditional", false}},
		},
		{resolve.Filter | resolve.Having | resolve.Join, false, []Transformation{{"INDIRECT", "JOIN", "join", false}, {"INDIRECT", "FILTER", "filter, having", false}}},
		{resolve.WindowKey, false, []Transformation{{"INDIRECT", "WINDOW", "window_key", false}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Transformations(tt.kinds, tt.masked)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.kinds, diff)
		}
	}
}

func trace(t *testing.T, manifest, tables io.Reader) *lineage.ProjectLineage {
	t.Helper()
	p, err := lineage.NewReader().Read(t.Context(), manifest, tables)
	if err != nil {
		t.Fatal(err)
	}
	l, err := p.Trace(t.Context(), lineage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func shop(t *testing.T, state string) *lineage.ProjectLineage {
	t.Helper()
	read := func(name string) io.Reader {
		data, err := os.ReadFile(filepath.Join("../../examples/shop/artifacts/1.12.6", state, name))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(data)
	}
	return trace(t, read("manifest.json.gz"), read("catalog.json.gz"))
}

// validators are our own closed schema and, where THALWEG_OPENLINEAGE_SPEC names
// the standard's folder "spec", that of the standard.
func validators(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	add := func(url, path string) string {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		parsed, err := jsonschema.UnmarshalJSON(f)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if url == "" {
			url, _ = parsed.(map[string]any)["$id"].(string)
		}
		if err := compiler.AddResource(url, parsed); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return url
	}
	compile := func(url string) *jsonschema.Schema {
		s, err := compiler.Compile(url)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	out := map[string]*jsonschema.Schema{"event": compile(add("mem:///job-event.schema.json", "testdata/job-event.schema.json"))}
	spec := os.Getenv("THALWEG_OPENLINEAGE_SPEC")
	if spec == "" {
		return out
	}
	event := add("", filepath.Join(spec, "OpenLineage.json"))
	columns := add("", filepath.Join(spec, "facets", "ColumnLineageDatasetFacet.json"))
	schema := add("", filepath.Join(spec, "facets", "SchemaDatasetFacet.json"))
	out["standard event"], out["standard facet columnLineage"], out["standard facet schema"] = compile(event+"#/$defs/JobEvent"), compile(columns), compile(schema)
	for name, url := range map[string]string{jobEventURL: event, columnLineageURL: columns, schemaURL: schema} {
		if !strings.HasPrefix(name, url+"#/$defs/") {
			t.Errorf("we say %s, the standard has %s", name, url)
		}
	}
	return out
}

// Events of real projects are what the standard's schema wants.
func TestEventsFitTheSchema(t *testing.T) {
	schemas := validators(t)
	for _, state := range []string{"before", "after"} {
		l := shop(t, state)
		events := ProjectEvents(l, "duckdb://shop.duckdb", time.Time{})
		if len(events) != 26 {
			t.Errorf("%s: %d events, want one for each of 25 models and the snapshot", state, len(events))
		}
		for _, e := range events {
			checkEvent(t, schemas, e)
		}
	}
}

func checkEvent(t *testing.T, schemas map[string]*jsonschema.Schema, e JobEvent) {
	t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range schemas {
		v := value
		if strings.HasPrefix(name, "standard facet") {
			v = value.(map[string]any)["outputs"].([]any)[0].(map[string]any)["facets"]
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %s: %v\n%s", e.Job.Name, name, err, text)
		}
	}
}

// One model, to the letter.
func TestEvent(t *testing.T) {
	l := shop(t, "before")
	events := ProjectEvents(l, "duckdb://shop.duckdb", time.Time{})
	at := slices.IndexFunc(events, func(e JobEvent) bool { return e.Job.Name == "model.shop.int_payments_by_order" })
	got, err := json.MarshalIndent(events[at], "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "int_payments_by_order.json")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
		t.Errorf("(-want +got), -update writes it anew:\n%s", diff)
	}
}

// small makes a project of one source, one seed that shares its relation, an
// ephemeral model and one model of the given SQL.
func small(t *testing.T, sql, more string) JobEvent {
	t.Helper()
	manifest := fmt.Sprintf(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json","adapter_type":"postgres","project_name":"p"},
		"sources":{"source.p.raw.orders":{"unique_id":"source.p.raw.orders","resource_type":"source","name":"orders","source_name":"raw","identifier":"orders","database":"db","schema":"raw","columns":{"id":{"name":"id"}}}},
		"nodes":{
		"seed.p.orders":{"unique_id":"seed.p.orders","resource_type":"seed","name":"orders","database":"db","schema":"raw","columns":{"id":{"name":"id"}}},
		"model.p.clean":{"unique_id":"model.p.clean","resource_type":"model","name":"clean","database":"db","schema":"s","config":{"materialized":"ephemeral"},"compiled_code":"select id, email from db.raw.orders","depends_on":{"nodes":["source.p.raw.orders"]}},
		"model.p.m":{"unique_id":"model.p.m","resource_type":"model","name":"m","database":"db","schema":"s","compiled_code":%q%s,"depends_on":{"nodes":["source.p.raw.orders","seed.p.orders","model.p.clean"]}}}}`, sql, more)
	events := ProjectEvents(trace(t, strings.NewReader(manifest), nil), "postgres://warehouse:5432", time.Date(2026, 11, 2, 6, 0, 0, 0, time.FixedZone("CET", 3600)))
	e := events[len(events)-1]
	if e.Job.Name != "model.p.m" || e.EventTime != "2026-11-02T05:00:00Z" {
		t.Fatalf("the last event is that of %s at %s", e.Job.Name, e.EventTime)
	}
	checkEvent(t, validators(t), e)
	return e
}

func inputs(e JobEvent) []string {
	out := []string{}
	for _, d := range e.Inputs {
		out = append(out, d.Name)
	}
	return out
}

func fields(e JobEvent) map[string][]string {
	out := map[string][]string{}
	lineage := e.Outputs[0].Facets.ColumnLineage
	if lineage == nil {
		return nil
	}
	for name, f := range lineage.Fields {
		out[name] = []string{}
		for _, in := range f.InputFields {
			out[name] = append(out[name], in.Name+"."+in.Field)
		}
	}
	return out
}

func TestDatasets(t *testing.T) {
	e := small(t, "with __dbt__cte__clean as (select id, email from db.raw.orders) select c.id, md5(c.email) as email, l.x, 1 as one from __dbt__cte__clean c join lake.events l on l.id = c.id", "")
	if diff := cmp.Diff([]string{"model.p.clean", "lake.events"}, inputs(e)); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	want := map[string][]string{"id": {"model.p.clean.id"}, "email": {"model.p.clean.email"}, "x": {"lake.events.x"}, "one": {}}
	if diff := cmp.Diff(want, fields(e)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if m := e.Outputs[0].Facets.ColumnLineage.Fields["email"].InputFields[0].Transformations; len(m) != 1 || !m[0].Masking {
		t.Errorf("the hash is %v", m)
	}
	if rows := e.Outputs[0].Facets.ColumnLineage.Dataset; len(rows) != 2 || rows[0].Transformations[0].Subtype != "JOIN" {
		t.Errorf("dataset %v", rows)
	}
	if e.Outputs[0].Name != "db.s.m" || e.Job.Namespace != "dbt://p" || e.Outputs[0].Namespace != "postgres://warehouse:5432" {
		t.Errorf("names %+v", e)
	}
}

// Two outputs of one name are one field with the origins of both.
func TestOutputsOfOneName(t *testing.T) {
	e := small(t, "select a.id, a.email as id from db.raw.orders a", "")
	if diff := cmp.Diff(map[string][]string{"id": {"db.raw.orders.id", "db.raw.orders.email"}}, fields(e)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if n := len(e.Outputs[0].Facets.Schema.Fields); n != 1 {
		t.Errorf("%d columns in the schema", n)
	}
}

// Fields of one structure are one input field.
func TestPathsAreOneInput(t *testing.T) {
	e := small(t, "select (o.doc).a || (o.doc).b as ab, case when (o.doc).a > 1 then (o.doc).b end as c from db.raw.orders o", "")
	if diff := cmp.Diff(map[string][]string{"ab": {"db.raw.orders.doc"}, "c": {"db.raw.orders.doc"}}, fields(e)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	want := []Transformation{{"DIRECT", "TRANSFORMATION", "transform, field", false}, {"INDIRECT", "CONDITIONAL", "conditional", false}}
	if diff := cmp.Diff(want, e.Outputs[0].Facets.ColumnLineage.Fields["c"].InputFields[0].Transformations); diff != "" {
		t.Errorf("c (-want +got):\n%s", diff)
	}
}

func TestUnknownColumns(t *testing.T) {
	e := small(t, "select id, o.* from db.raw.orders o", "")
	if diff := cmp.Diff(map[string][]string{"id": {"db.raw.orders.id"}}, fields(e)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	e = small(t, "", "")
	if e.Outputs[0].Facets.ColumnLineage != nil || e.Outputs[0].Facets.Schema != nil || len(e.Inputs) != 0 {
		t.Errorf("code that was not compiled tells %+v", e.Outputs[0].Facets)
	}
	e = small(t, "def model(dbt, session): ...", `,"language":"python","columns":{"id":{"name":"id"}}`)
	if diff := cmp.Diff(map[string][]string{"id": {"model.p.clean.id", "db.raw.orders.id"}}, fields(e)); diff != "" {
		t.Errorf("python (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"model.p.clean", "db.raw.orders"}, inputs(e)); diff != "" {
		t.Errorf("a seed and a source of its table (-want +got):\n%s", diff)
	}
}
