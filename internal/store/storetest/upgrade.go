package storetest

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Old is an empty database whose tables are of an older version.
type Old struct {
	DB *sql.DB
	// Bind turns ? into the engine's own placeholders.
	Bind func(query string) string
	// Open opens the store on that database; it is not migrated yet.
	Open func(now func() time.Time) *store.Store
}

//go:embed testdata/upgrade
var rowFiles embed.FS

var update = flag.Bool("update", false, "write what a store of this version holds, for the upgrades to come")

// Upgrade brings the tables of every older version up to this one, with what a
// store of that version had written, and reads it: as what this version writes.
func Upgrade(t *testing.T, open Open, old func(t *testing.T, version int64) Old) {
	if testing.Short() {
		t.Skip("short: one goroutine, and every migration many times")
	}
	clock := &clock{at: start}
	fresh := &rig{t: t, clock: clock, Store: open(t, clock.now)}
	want := fresh.fill()
	_, newest, err := fresh.SchemaVersion(t.Context())
	must(t, err)
	t.Run("queue", func(t *testing.T) { upgradeQueue(t, old(t, beforeJobs)) })
	t.Run("latest results", func(t *testing.T) { upgradeLatest(t, old(t, beforeArgs)) })
	t.Run("policies", func(t *testing.T) { upgradePolicies(t, old(t, beforeColumnPolicy)) })
	t.Run("edits", func(t *testing.T) { upgradeEdits(t, old(t, beforeEdits)) })
	for version := int64(1); version < newest; version++ {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			o := old(t, version)
			s := o.Open(clock.now)
			before, _, err := s.SchemaVersion(t.Context())
			must(t, err)
			if before != version {
				t.Skip("there is no migration of this number")
			}
			Load(t, o, written(t, version))
			must(t, s.Migrate(t.Context()))
			r := &rig{t: t, clock: clock, Store: s}
			same(t, r.contents(), want)
			r.goesOn()
		})
	}
}

// beforeJobs is the last version whose imports were the queue themselves.
const beforeJobs = 5

// upgradeQueue brings up a queue of 1,000 imports of four schemas, one of each
// running: all are claimed, in order.
func upgradeQueue(t *testing.T, o Old) {
	const schemas, imports = 4, 1000
	ctx, clock := t.Context(), &clock{at: start}
	exec := func(query string, args ...any) {
		t.Helper()
		_, err := o.DB.ExecContext(ctx, o.Bind(query), args...)
		must(t, err)
	}
	expires := start.Add(30 * time.Second).UnixMicro()
	for i := range schemas {
		exec(`INSERT INTO schemas (ws, id, name, environment, policy, version, tables, dirty, lease_token, lease_holder, lease_expires, created_at, updated_at)
			VALUES (1, ?, ?, '', '{}', 0, 0, 0, 7, 'old', ?, 1, 1)`, 101+i, fmt.Sprint("s", i), expires)
	}
	for id := 1; id <= imports; id++ {
		status, attempts, canceled := "pending", 0, 0
		switch {
		case id <= schemas:
			status, attempts = "processing", 2
		case id == 100:
			canceled = 1
		}
		exec(`INSERT INTO imports (ws, id, schema_id, status, forced, actor_kind, actor_id, actor_name, project_id, tables_created, tables_updated,
			columns_created, columns_updated, lineages_created, lineages_updated, error, error_code, version, attempts, token, canceled, not_before,
			created_at, started_at, ended_at, updated_at, report)
			VALUES (1, ?, ?, ?, 0, '', '', 'ci', 0, 0, 0, 0, 0, 0, 0, '', '', 0, ?, 7, ?, 0, 5, 0, 0, 5, ?)`,
			id, 101+id%schemas, status, attempts, canceled, []byte{})
	}
	exec(`UPDATE counters SET next = ? WHERE kind = 'IMP'`, imports+1)
	r := &rig{t: t, clock: clock, Store: o.Open(clock.now)}
	must(t, r.Migrate(ctx))
	r.claims("w", 0) // the old leases still hold
	clock.add(30 * time.Second)
	order := map[catalog.SchemaID]int64{}
	for range imports {
		j := get(r.ClaimJob(ctx, "w", importKind))(t)
		if j == nil {
			t.Fatal("the queue is empty too early")
		}
		if j.Record <= order[j.Schema] {
			t.Fatalf("%d after %d", j.Record, order[j.Schema])
		}
		order[j.Schema] = j.Record
		if want := 1; j.Record <= schemas && j.Attempts != want+2 || j.Record > schemas && j.Attempts != want {
			t.Errorf("attempt %d at %d", j.Attempts, j.Record)
		}
		if j.Canceled != (j.Record == 100) {
			t.Errorf("canceled: %+v", j)
		}
		if err := r.endImport(ctx, completed(*j, catalog.Import{})); j.Canceled {
			wants(t, err, catalog.ErrCanceled)
			must(t, r.EndJob(ctx, j.Claim(), store.JobEnd{Failure: &catalog.Failure{Code: "canceled"}}))
		} else {
			must(t, err)
		}
	}
	r.claims("w", 0)
	if imp := r.importInto(101); imp.ID != imports+1 {
		t.Errorf("the next import is %s", imp.ID)
	}
	r.claims("w", imports+1)
}

// beforeArgs is the last version that took results of dbt show, and tests that were
// only compiled, for the latest.
const beforeArgs = 10

// upgradeLatest upgrades latest results that no longer count: the ones before them
// are the latest again.
func upgradeLatest(t *testing.T, o Old) {
	exec := func(query string, args ...any) {
		t.Helper()
		_, err := o.DB.ExecContext(t.Context(), o.Bind(query), args...)
		must(t, err)
	}
	exec(`INSERT INTO schemas (ws, id, name, environment, policy, version, tables, dirty, lease_token, lease_holder, lease_expires, created_at, updated_at)
		VALUES (1, 101, 's', '', '{}', 0, 0, 0, 0, '', 0, 1, 1)`)
	result := func(run int, id, class string, failures any) {
		t.Helper()
		node := catalog.HashOf([]byte(id))
		exec(`INSERT INTO node_results (ws, run_id, node, unique_id, schema_id, at, status, class, failures, execution_time, started_at, completed_at,
			rows_affected, thread, message, position) VALUES (1, ?, ?, ?, 101, ?, ?, ?, ?, 0, 0, ?, NULL, '', '', 0)`, run, node[:], id, run, class, class, failures, run)
		exec(`DELETE FROM latest_results WHERE node = ?`, node[:])
		exec(`INSERT INTO latest_results (ws, schema_id, node, project_id, run_id, at, invocation_id, class, unique_id)
			VALUES (1, 101, ?, 2, ?, ?, ?, ?, ?)`, node[:], run, run, fmt.Sprint("i-", run), class, id)
	}
	for i, command := range []string{"build", "show", "run"} {
		exec(`INSERT INTO runs (ws, id, schema_id, project_id, invocation_id, artifact, command, dbt_version, generated_at, elapsed, results, import_id, stored)
			VALUES (1, ?, 101, 2, ?, 'run_results', ?, '', ?, 0, 1, 0, 1)`, i+1, fmt.Sprint("i-", i+1), command, i+1)
	}
	result(1, "model.a", "error", nil)
	result(1, "test.a", "fail", 3)
	result(1, "test.b", "success", 0)
	result(2, "model.a", "success", nil)
	result(3, "model.b", "success", nil)
	result(3, "test.a", "success", nil)
	s := o.Open((&clock{at: start}).now)
	must(t, s.Migrate(t.Context()))
	latest := map[string]string{}
	for n, r := range get(s.LatestResults(t.Context(), ws, 101, ofProject(2, "model.a", "model.b", "test.a", "test.b"), store.AsOf{}))(t) {
		latest[n.UniqueID] = r.Class
	}
	same(t, latest, map[string]string{"model.a": "error", "model.b": "success", "test.a": "fail", "test.b": "pass"})
	classes := map[string]string{}
	for _, row := range get(s.LatestClasses(t.Context(), ws, 101, store.AsOf{}))(t) {
		for _, id := range []string{"model.a", "model.b", "test.a", "test.b"} {
			if row.Key == store.NodeKeyOf(2, id) {
				classes[id] = row.Class
			}
		}
	}
	same(t, classes, latest)
}

// beforeColumnPolicy is the last version whose rules for assets applied to columns too.
const beforeColumnPolicy = 14

// upgradePolicies brings up policies: columns keep the rules that applied to them.
func upgradePolicies(t *testing.T, o Old) {
	policies := []string{`{}`, `{"description":"smart"}`, `{"description":"always","owners":"smart","tags":"never"}`}
	for i, policy := range policies {
		_, err := o.DB.ExecContext(t.Context(), o.Bind(`INSERT INTO schemas (ws, id, name, environment, policy, version, tables, dirty,
			lease_token, lease_holder, lease_expires, created_at, updated_at) VALUES (1, ?, ?, '', ?, 0, 0, 0, 0, '', 0, 1, 1)`),
			101+i, fmt.Sprint("s", i), policy)
		must(t, err)
	}
	s := o.Open((&clock{at: start}).now)
	must(t, s.Migrate(t.Context()))
	for i, want := range []catalog.Policy{
		{},
		{Description: catalog.Smart, ColumnDescription: catalog.Smart},
		{Description: catalog.Always, ColumnDescription: catalog.Always, Owners: catalog.Smart, Tags: catalog.Never, ColumnTags: catalog.Never},
	} {
		same(t, get(s.Schema(t.Context(), ws, catalog.SchemaID(101+i)))(t).Policy, want)
	}
}

// goesOn writes to tables that were upgraded.
func (r *rig) goesOn() {
	r.t.Helper()
	job := r.claims("worker", 2)
	must(r.t, r.endImport(r.t.Context(), completed(*job, get(r.Import(r.t.Context(), ws, 2))(r.t))))
	r.put(101, table(1, "orders again"))
	if id := r.schema("after the upgrade"); id != 103 {
		r.t.Errorf("the next schema is %s", id)
	}
	if imp := r.importInto(102); imp.ID != 3 {
		r.t.Errorf("the next import is %s", imp.ID)
	}
}

// fill writes something to every table and returns what can be read then.
func (r *rig) fill() map[string]any {
	r.t.Helper()
	ctx := r.t.Context()
	schema := r.schema("shop")
	r.schema("empty")
	n := store.NewImport{SchemaID: schema, Parts: parts, Touch: touch(r.t, r.Store, parts...), Actor: named("ci"), IdempotencyKey: "k", IdempotencyOwner: "s", Fingerprint: catalog.HashOfText("f")}
	_, _, err := r.CreateImport(ctx, ws, n)
	must(r.t, err)
	r.importInto(schema)
	job := r.claims("worker", 1)
	project := get(r.EnsureProject(ctx, ws, schema, "shop", "Shop"))(r.t)
	w := get(r.Begin(ctx, get(r.LeaseForJob(ctx, job.Claim(), schema, 0))(r.t)))(r.t)
	code := catalog.HashOfText("select 1")
	must(r.t, r.PutTexts(ctx, ws, map[catalog.Hash]string{code: "select 1"}))
	must(r.t, w.PutAssets(ctx, []store.AssetRow{
		table(1, "orders", func(a *store.AssetRow) {
			a.Tags, a.Owners, a.Description.Value, a.Project = []string{"core"}, []string{"ana"}, "Über Bestellungen.", project.ID
			a.Columns = []catalog.Column{{Name: "id", Present: true, Type: catalog.Type{Native: "BIGINT"}}}
		}),
		table(2, "gone", func(a *store.AssetRow) { a.Present = false }),
	}))
	full := fullFacet()
	full.At, full.Tie = time.Time{}, catalog.Hash{} // not kept once, and without import 3 the time is unknown
	must(r.t, w.PutFacets(ctx, []catalog.Facet{full, {Origin: "dbt:shop", Source: catalog.FromCatalog, UniqueID: "model.shop.new", Project: project.ID}}))
	must(r.t, w.PutEdges(ctx, []catalog.Edge{{Project: project.ID, From: 2, To: 1, Type: catalog.EdgeDerived, Confidence: "medium", Source: "dbt_import"}}))
	must(r.t, w.PutTests(ctx, []catalog.Test{{ID: 1, Project: project.ID, Asset: 1, UniqueID: "test.a", Body: catalog.TestBody{Name: "unique"}}}))
	must(r.t, w.PutColumnEdges(ctx, []store.ColumnEdgeBlock{{Asset: 1, Hash: catalog.HashOfText("b"), Block: []byte{1, 2, 3}}}))
	end := get(r.Import(ctx, ws, 1))(r.t)
	end.Status, end.Project, end.Counters.TablesCreated = catalog.Completed, project.ID, 2
	end.Report = catalog.Report{Outcome: "applied", Counts: map[string]int64{"nodes_read": 2}}
	must(r.t, w.Flip(ctx, store.Flip{
		Cause: catalog.ImportCause(1), Actor: named("ci"), Project: &project, Fingerprints: map[string][]byte{"manifest/r1": {9, 8}},
		Applied: []store.AppliedPart{{Part: "manifest", SHA256: "aa", Reader: "r1"}}, End: &store.ImportEnd{Claim: job.Claim(), Import: end},
		Pending: map[catalog.ProjectID][]store.PendingRemoval{project.ID: {{Asset: 1, Name: "orders", Kind: catalog.KindModel, UniqueID: "model.shop.orders", Project: project.ID, Cause: catalog.ImportCause(1), At: end.CreatedAt}}},
	}))
	r.put(schema, table(1, "orders", func(a *store.AssetRow) { a.Description.Value, a.Hash = "Orders.", catalog.HashOfText("2") }))
	r.putRun(run(schema, "i-1", 10), result("model.a", "success", 9))
	_, _, err = r.PutRun(ctx, ws, ofSources(run(schema, "i-2", 11)), nil, []catalog.Freshness{{UniqueID: "source.s", Status: "warn", MaxLoadedAt: start, SnapshotedAt: start}})
	must(r.t, err)
	get(r.PutKey(ctx, store.Key{WS: ws, PublicID: "abcdefgh", SecretHash: [32]byte{1}, Name: "ci", Scopes: []string{"write:dbt_imports"}}, store.By{}))(r.t)
	get(r.EnsureSetting(ctx, "secret", []byte{0, 1, 255}))(r.t)
	return r.contents()
}

// contents reads what fill wrote.
func (r *rig) contents() map[string]any {
	r.t.Helper()
	t, ctx, all := r.t, r.t.Context(), store.Page{Limit: 100}
	first := []catalog.AssetID{1, 2}
	code := catalog.HashOfText("select 1")
	return map[string]any{
		"schemas": get(r.Schemas(ctx, ws, nil, all))(t), "imports": get(r.Imports(ctx, ws, store.ImportFilter{}, all))(t),
		"import": get(r.Import(ctx, ws, 1))(t), "projects": get(r.Projects(ctx, ws, 0, all))(t),
		"index": get(r.Index(ctx, ws, 101))(t), "assets": get(r.AssetPage(ctx, ws, store.AssetFilter{Schema: 101, Tag: "core"}, all))(t),
		"assets then": get(r.AssetPage(ctx, ws, store.AssetFilter{Schema: 101, At: 1}, all))(t),
		"cards":       get(r.AssetCards(ctx, ws, 101, 2, nil))(t),
		"columns":     get(r.ColumnsOf(ctx, ws, 101, 1, first))(t), "facets": get(r.FacetsOf(ctx, ws, 101, 0, first))(t),
		"pending": get(r.PendingFacets(ctx, ws, 101, 0, 1))(t), "edges": get(r.EdgesOf(ctx, ws, 101, 0, 0))(t),
		"tests": get(r.TestsOf(ctx, ws, 101, 0, 0, true))(t), "column edges": get(r.ColumnEdgesOf(ctx, ws, 101, 0, first))(t),
		"code": get(r.Text(ctx, ws, code))(t), "versions": []catalog.Version{get(r.Version(ctx, ws, 101, 1))(t), get(r.Version(ctx, ws, 101, 2))(t)},
		"removals": get(r.PendingRemovals(ctx, ws, 101, all))(t), "changes": get(r.ChangedAssets(ctx, ws, 101, 0, 2, all))(t),
		"runs": get(r.Runs(ctx, ws, store.RunFilter{}, all))(t), "results": get(r.RunResults(ctx, ws, 1, "", all))(t),
		"latest": get(r.LatestResults(ctx, ws, 101, ofProject(2, "model.a"), store.AsOf{}))(t), "fresh": get(r.LatestFreshness(ctx, ws, 101, ofProject(2, "source.s"), store.AsOf{}))(t),
		"keys": get(r.Keys(ctx, ws, all))(t), "setting": get(r.EnsureSetting(ctx, "secret", []byte{2}))(t), "blobs": r.blobRefs("aa"),
		"fingerprint": get(r.Fingerprint(ctx, ws, 101, 1, "manifest/r1"))(t),
	}
}

// heap is some rows of one table; bytes are {"b": base64}, fractions {"f": 1.5}.
type heap struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
}

// written opens what a store of a version had written.
func written(t *testing.T, version int64) io.Reader {
	t.Helper()
	file, err := rowFiles.Open(fmt.Sprintf("testdata/upgrade/%05d.jsonl", version))
	if err != nil {
		t.Fatalf("%v; before a migration is added, write it by go test ./internal/store/sqlite -run Upgrade -update; for one with a lower number than others, copy the file of the number before", err)
	}
	t.Cleanup(func() { _ = file.Close() }) // only read
	return file
}

// Load fills the tables of an older version with rows, a table per line of JSON.
func Load(t testing.TB, o Old, lines io.Reader) {
	t.Helper()
	rows := json.NewDecoder(lines)
	rows.UseNumber()
	for rows.More() {
		var h heap
		must(t, rows.Decode(&h))
		load(t, o, h)
	}
}

func load(t testing.TB, o Old, h heap) {
	t.Helper()
	ctx := t.Context()
	// Some rows come with the tables.
	if h.Table == "workspaces" || h.Table == "counters" {
		_, err := o.DB.ExecContext(ctx, `DELETE FROM `+h.Table)
		must(t, err)
	}
	for _, row := range h.Rows {
		args := make([]any, len(row))
		for i, v := range row {
			args[i] = stored(t, v)
		}
		query := `INSERT INTO ` + h.Table + ` (` + strings.Join(h.Columns, ", ") + `) VALUES (?` + strings.Repeat(", ?", len(row)-1) + `)`
		if _, err := o.DB.ExecContext(ctx, o.Bind(query), args...); err != nil {
			t.Fatalf("%s: %v", h.Table, err)
		}
	}
}

// stored is a value as the driver takes it.
func stored(t testing.TB, v any) any {
	t.Helper()
	switch v := v.(type) {
	case json.Number:
		n, err := v.Int64()
		must(t, err)
		return n
	case map[string]any:
		if f, ok := v["f"].(json.Number); ok {
			n, err := f.Float64()
			must(t, err)
			return n
		}
		text, err := json.Marshal(v["b"])
		must(t, err)
		var b []byte
		must(t, json.Unmarshal(text, &b))
		return append([]byte{}, b...) // empty is not null
	}
	return v
}

// WriteRows writes the file of this version with -update: db is SQLite's, as
// fill left it.
func WriteRows(t *testing.T, open func(t *testing.T, now func() time.Time) (*store.Store, *sql.DB), folder string) {
	if !*update {
		t.Skip("only with -update")
	}
	clock := &clock{at: start}
	s, db := open(t, clock.now)
	r := &rig{t: t, clock: clock, Store: s}
	r.fill()
	_, newest, err := s.SchemaVersion(t.Context())
	must(t, err)
	var out strings.Builder
	for _, table := range tablesOf(t, db) {
		line, err := json.Marshal(dump(t, db, table))
		must(t, err)
		out.Write(append(line, '\n'))
	}
	must(t, os.WriteFile(fmt.Sprintf("%s/%05d.jsonl", folder, newest), []byte(out.String()), 0o644))
}

// tablesOf lists the tables in the order in which they were made.
func tablesOf(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY rowid`)
	must(t, err)
	defer func() { _ = rows.Close() }() // its error is rows.Err
	var tables []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	must(t, rows.Err())
	return tables
}

func dump(t *testing.T, db *sql.DB, table string) heap {
	t.Helper()
	rows, err := db.QueryContext(context.WithoutCancel(t.Context()), `SELECT * FROM `+table)
	must(t, err)
	defer func() { _ = rows.Close() }() // its error is rows.Err
	h := heap{Table: table}
	h.Columns, err = rows.Columns()
	must(t, err)
	for rows.Next() {
		row, into := make([]any, len(h.Columns)), make([]any, len(h.Columns))
		for i := range row {
			into[i] = &row[i]
		}
		must(t, rows.Scan(into...))
		for i, v := range row {
			switch v := v.(type) {
			case []byte:
				row[i] = map[string]any{"b": v}
			case float64:
				row[i] = map[string]any{"f": v}
			}
		}
		h.Rows = append(h.Rows, row)
	}
	must(t, rows.Err())
	return h
}
