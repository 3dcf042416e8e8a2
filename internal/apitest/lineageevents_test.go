package apitest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

func TestLineageEvents(t *testing.T) { lineageEvents(t, Options{}) }

func TestLineageEventsOnPostgres(t *testing.T) {
	t.Parallel()
	lineageEvents(t, Options{Store: OnPostgres})
}

// loader is an Airflow task that fills a source of the shop from two tables of another database, and from a file.
const loader = `{"eventType":"%s","eventTime":"2026-11-10T06:0%d:00Z","producer":"https://airflow.apache.org","run":{"runId":"0198a6a0-0000-7000-8000-000000000001"},
	"job":{"namespace":"airflow","name":"crm.load_customers","facets":{"jobType":{"integration":"AIRFLOW","jobType":"TASK"}}},
	"inputs":[{"namespace":"postgres://crm:5432","name":"crm.public.people","facets":{"schema":{"fields":[{"name":"id","type":"integer"},{"name":"mail","type":"text"}]}}},
		{"namespace":"postgres://crm:5432","name":"crm.public.countries"},{"namespace":"s3://landing","name":"crm/people.csv"}],
	"outputs":[{"namespace":"duckdb://shop","name":"%s","facets":{"columnLineage":{"fields":{
		"email":{"inputFields":[{"namespace":"postgres://crm:5432","name":"crm.public.people","field":"mail","transformations":[{"type":"DIRECT","subtype":"TRANSFORMATION","masking":true}]}]}},
		"dataset":[{"namespace":"postgres://crm:5432","name":"crm.public.people","field":"id","transformations":[{"type":"INDIRECT","subtype":"FILTER"}]}]}}}]}`

// What a job outside dbt reads and writes is beside dbt's own graph: tables, edges and column edges.
func lineageEvents(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	admin := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "production")
	importShop(t, s, admin, schema, false)
	var id string
	var relation any
	for _, source := range listed(t, s, admin, "/api/v1/assets?kind=source&schema_id="+schema) {
		if At(source, "attributes.kind") == "source" { // and not a seed that fills one
			id, relation = At(source, "id").(string), At(source, "attributes.relation")
		}
	}
	name := fmt.Sprintf("%v.%v.%v", At(relation, "database"), At(relation, "schema"), At(relation, "identifier"))
	key := s.Key(t, access.WriteLineage)
	if r := s.Send(t, "POST", "/api/v1/lineage", s.Key(t, access.ReadCatalog), fmt.Sprintf(loader, "START", 0, name)); r.Status != 403 {
		t.Errorf("without the scope: %d", r.Status)
	}
	sent := s.Send(t, "POST", "/api/v1/lineage", key, fmt.Sprintf(loader, "COMPLETE", 2, name))
	if sent.Status != 201 || sent.At(t, "data.schema_id") != schema || sent.At(t, "data.unresolved.0.name") != "crm/people.csv" || sent.At(t, "data.unresolved.1") != nil {
		t.Fatalf("%d %s", sent.Status, sent.Body)
	}
	version := waitForVersion(t, s, admin, schema, 2)
	for i, kind := range []string{"START", "RUNNING", "COMPLETE"} { // late and again
		if r := s.Send(t, "POST", "/api/v1/lineage?schema_id="+schema, key, fmt.Sprintf(loader, kind, i, name)); r.Status != 201 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
	}
	graph := s.Get(t, "/api/v1/lineage?select=1%2Bsource:*&limit=2000&schema_id="+schema, admin)
	var parents []string
	labels := map[any]any{}
	for _, n := range graph.At(t, "data.nodes").([]any) {
		labels[At(n, "id")] = At(n, "attributes.name")
	}
	for _, e := range graph.At(t, "data.edges").([]any) {
		if At(e, "to") == id && At(e, "source") == "openlineage" {
			parents = append(parents, fmt.Sprint(labels[At(e, "from")]))
		}
	}
	slices.Sort(parents)
	if diff := cmp.Diff([]string{"countries", "people"}, parents); diff != "" {
		t.Errorf("parents of %s (-want +got)\n%s\n%s", name, diff, graph.Body)
	}
	asset := s.Get(t, "/api/v1/assets/"+id, admin)
	if asset.At(t, "data.attributes.kind") != "source" || asset.At(t, "data.attributes.details.jobs.0.name") != "crm.load_customers" {
		t.Errorf("the source: %s", asset.Body)
	}
	lineage := s.Get(t, "/api/v1/assets/"+id+"/columns/email/lineage?direction=upstream", admin)
	if lineage.At(t, "data.edges.0.masked") != true || !strings.HasSuffix(fmt.Sprint(lineage.At(t, "data.edges.0.from")), ".mail") || lineage.At(t, "data.rows.0.kinds.0") != "filter" {
		t.Errorf("the column: %s", lineage.Body)
	}
	people := s.Get(t, "/api/v1/assets/by-relation?relation=crm.public.people&schema_id="+schema, admin)
	if people.At(t, "data.attributes.kind") != "table" || people.At(t, "data.attributes.columns") != 2.0 {
		t.Errorf("an input: %s", people.Body)
	}
	if c := s.Get(t, "/api/v1/assets/"+people.At(t, "data.id").(string)+"/columns", admin); c.At(t, "data.1.attributes.origin") != "openlineage" || c.At(t, "data.1.attributes.native_type") != "text" {
		t.Errorf("its columns: %s", c.Body)
	}
	cause := s.Get(t, "/api/v1/changes?limit=1&from=1&schema_id="+schema, admin)
	if cause.At(t, "data.0.attributes.cause.kind") != "openlineage" || !strings.HasPrefix(fmt.Sprint(cause.At(t, "data.0.attributes.cause.id")), "JOB-") {
		t.Errorf("the change: %s", cause.Body)
	}
	jobs := s.Get(t, "/api/v1/lineage/jobs?schema_id="+schema, admin)
	if jobs.At(t, "meta.total") != 1.0 || jobs.At(t, "data.0.attributes.runs.0.state") != "COMPLETE" || jobs.At(t, "data.0.attributes.outputs.0.asset") != id || jobs.At(t, "data.0.attributes.inputs.2.reason") == nil {
		t.Errorf("the jobs: %s", jobs.Body)
	}
	impact := s.Get(t, "/api/v1/impact?schema_id="+schema+"&asset=crm.public.people&column=mail", admin)
	if n, _ := impact.At(t, "meta.total_columns").(float64); impact.Status != 200 || !strings.Contains(string(impact.Body), id) {
		t.Errorf("impact of the input: %v columns, %d %.500s", n, impact.Status, impact.Body)
	}
	// dbt's next import changes nothing of it, and an event that changes the job's inputs takes edges away.
	importShop(t, s, admin, schema, true)
	moved := strings.Replace(strings.Replace(loader, "000000000001", "000000000002", 1), "crm.public.countries", "crm.public.people", 1)
	if r := s.Send(t, "POST", "/api/v1/lineage", key, fmt.Sprintf(moved, "COMPLETE", 9, name)); r.Status != 201 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	waitForVersion(t, s, admin, schema, version+2)
	if gone := s.Get(t, "/api/v1/assets/by-relation?relation=crm.public.countries&schema_id="+schema, admin); gone.At(t, "data.attributes.present") == true {
		t.Errorf("an input that no job reads any more: %s", gone.Body)
	}
	for body, status := range map[string]int{`{}`: 400, `x`: 400, `{"eventTime":"2026-11-10T06:00:00Z","dataset":{"namespace":"n","name":"d"}}`: 201} {
		if r := s.Send(t, "POST", "/api/v1/lineage", key, body); r.Status != status {
			t.Errorf("%s: %d %s", body, r.Status, r.Body)
		}
	}
	own := strings.Replace(fmt.Sprintf(loader, "COMPLETE", 1, name), "https://airflow.apache.org", "https://github.com/thalweg-data/thalweg", 1)
	if r := s.Send(t, "POST", "/api/v1/lineage", key, own); r.Status != 201 || r.At(t, "data.ignored") == nil {
		t.Errorf("an event of our own: %d %s", r.Status, r.Body)
	}
	s.Schema(t, "staging")
	if r := s.Send(t, "POST", "/api/v1/lineage", key, own); r.Status != 422 || r.At(t, "field") != "schema_id" {
		t.Errorf("two schemas: %d %s", r.Status, r.Body)
	}
	number, err := catalog.ParseIDOf(catalog.PrefixSchema, schema)
	if err != nil {
		t.Fatal(err)
	}
	limited := s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{Name: "airflow", Scopes: []access.Scope{access.WriteLineage}, SchemaIDs: []catalog.SchemaID{catalog.SchemaID(number)}})
	if r := s.Send(t, "POST", "/api/v1/lineage", limited, own); r.Status != 201 || r.At(t, "data.schema_id") != schema {
		t.Errorf("a key of one schema: %d %s", r.Status, r.Body)
	}
}

// Many events of one run, in any order, make one version.
func TestManyEventsMakeOneVersion(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "production")
	var events []string
	for i := range 20 {
		job := strings.Replace(loader, "crm.load_customers", fmt.Sprint("job", i), 1)
		for n, kind := range []string{"START", "RUNNING", "COMPLETE"} {
			events = append(events, fmt.Sprintf(job, kind, n, fmt.Sprintf("shop.raw.t%d", i)))
		}
	}
	rand.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	for _, e := range events {
		if r := s.Send(t, "POST", "/api/v1/lineage", key, e); r.Status != 201 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
	}
	tables := 0.0
	for range 2000 {
		if tables, _ = s.Get(t, "/api/v1/assets?kind=table&schema_id="+schema, key).At(t, "meta.total").(float64); tables == 22 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	version := s.Get(t, "/api/v1/schemas/"+schema, key).At(t, "data.attributes.version").(float64)
	if tables != 22 || version > 20 {
		t.Errorf("%v tables at version %v", tables, version)
	}
	for _, e := range events {
		s.Send(t, "POST", "/api/v1/lineage", key, e)
	}
	if again := s.Get(t, "/api/v1/schemas/"+schema, key).At(t, "data.attributes.version"); again != version {
		t.Errorf("the same events again made version %v after %v", again, version)
	}
}

// waitForVersion waits until a schema has at least a version, and returns the one that it has.
func waitForVersion(t *testing.T, s *Server, key, schema string, least float64) float64 {
	t.Helper()
	for range 4000 {
		if v, _ := s.Get(t, "/api/v1/schemas/"+schema, key).At(t, "data.attributes.version").(float64); v >= least {
			return v
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s did not come to version %v; %s", schema, least, s.Log)
	return 0
}
