package importing

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/fs"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/editing"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/sqlite/sqlitetest"
)

const ws = catalog.DefaultWorkspace

// rig is a store, blobs and a pipeline over them.
type rig struct {
	t      *testing.T
	store  *store.Store
	blobs  *fs.Store
	worker *Pipeline
	editor *editing.Editor

	blobFolder string
	schema     catalog.SchemaID
	clock      time.Time
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, clock: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return r.clock }
	r.store = sqlitetest.Open(t, sqlite.Options{Now: now})
	var err error
	r.blobFolder = t.TempDir()
	if r.blobs, err = fs.Open(r.blobFolder, ws, now); err != nil {
		t.Fatal(err)
	}
	reviser := &revision.Reviser{Store: r.store, Now: now, Log: slog.New(slog.DiscardHandler)}
	r.editor = &editing.Editor{Store: r.store, Reviser: reviser, Now: now}
	p := &Pipeline{
		Store: r.store, Reviser: reviser, Spool: t.TempDir(), Blobs: func(int64) blob.Store { return r.blobs }, Now: now,
		Limits: func(part string) dbt.Limits { return dbt.DefaultLimits(dbt.Kind(part)) },
		Log:    slog.New(slog.DiscardHandler),
	}
	r.worker = p
	s, err := r.store.CreateSchema(t.Context(), ws, "Analytics Warehouse", "test", store.By{})
	if err != nil {
		t.Fatal(err)
	}
	r.schema = s.ID
	return r
}

// part is one artifact to send.
type part struct {
	name    string
	content []byte
}

// send queues artifacts and works off the queue, a minute later than before.
func (r *rig) send(parts ...part) catalog.Import {
	r.t.Helper()
	return r.sendWith(store.NewImport{}, parts...)
}

func (r *rig) sendWith(n store.NewImport, parts ...part) catalog.Import {
	r.t.Helper()
	ctx := r.t.Context()
	r.clock = r.clock.Add(time.Minute)
	n.SchemaID, n.Actor = r.schema, catalog.Actor{Kind: catalog.ActorKey, Name: "test"}
	for i, p := range parts {
		stored := r.stored(p.name, p.content)
		stored.Number = i
		n.Parts = append(n.Parts, stored)
	}
	imp := r.create(n)
	r.work()
	imp, err := r.store.Import(ctx, ws, imp.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return imp
}

// create queues an import of stored artifacts.
func (r *rig) create(n store.NewImport) catalog.Import {
	r.t.Helper()
	var err error
	if n.Touch, err = r.store.TouchBlobs(r.t.Context(), n.Parts); err != nil {
		r.t.Fatal(err)
	}
	imp, _, err := r.store.CreateImport(r.t.Context(), ws, n)
	if err != nil {
		r.t.Fatal(err)
	}
	return imp
}

// stored stores an artifact, which no import refers to yet.
func (r *rig) stored(name string, content []byte) catalog.Part {
	r.t.Helper()
	w, err := r.blobs.Create(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := io.Copy(w, bytes.NewReader(content)); err != nil {
		r.t.Fatal(err)
	}
	sum := w.Sum()
	if _, _, err = w.Commit(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return catalog.Part{Name: name, SHA256: sum.Hash.String(), Size: sum.Size, Checksum: sum.Checksum}
}

// work works off the queue.
func (r *rig) work() {
	r.t.Helper()
	ctx, stop := context.WithCancel(r.t.Context())
	defer stop()
	drained := func() bool {
		pending, running, err := r.store.QueueLength(ctx, "")
		if err != nil {
			r.t.Error(err)
		}
		return pending+running == 0
	}
	if drained() {
		return
	}
	runner := jobs.New(r.store, jobs.Options{Name: "test", Grace: time.Minute, Now: r.worker.Now, Log: r.worker.Log, Ended: func(jobs.End) {
		if drained() {
			stop()
		}
	}}, r.worker.Kind())
	if err := runner.Run(ctx); err != nil {
		r.t.Fatal(err)
	}
}

// completed fails the test unless the import completed.
func (r *rig) completed(imp catalog.Import) catalog.Import {
	r.t.Helper()
	if imp.Status != catalog.Completed {
		r.t.Fatalf("%s is %s: %s", imp.ID, imp.Status, imp.Error)
	}
	return imp
}

func (r *rig) version() int64 {
	r.t.Helper()
	s, err := r.store.Schema(r.t.Context(), ws, r.schema)
	if err != nil {
		r.t.Fatal(err)
	}
	return s.Version
}

// asset gives the asset of a node and its columns.
func (r *rig) asset(uniqueID string) (catalog.Asset, []catalog.Column) {
	r.t.Helper()
	a, err := r.store.AssetByUniqueID(r.t.Context(), ws, r.schema, "", uniqueID, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	columns, err := r.store.ColumnsOf(r.t.Context(), ws, r.schema, r.version(), []catalog.AssetID{a.ID})
	if err != nil {
		r.t.Fatal(err)
	}
	return a, columns[a.ID]
}

// doc is a JSON object to be changed and written.
type doc = map[string]any

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// manifest writes a manifest of a project at a time; nodes are made by model
// and source below, or by hand.
func manifest(t *testing.T, project string, at time.Time, nodes ...doc) part {
	t.Helper()
	m := doc{
		"metadata": doc{
			"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.10.0",
			"project_name": project, "adapter_type": "postgres", "generated_at": at.Format(time.RFC3339Nano), "invocation_id": "i-" + at.Format("150405.000"),
		},
		"nodes": doc{}, "sources": doc{}, "exposures": doc{}, "macros": doc{}, "parent_map": doc{},
	}
	for _, n := range nodes {
		id := n["unique_id"].(string)
		section := "nodes"
		switch n["resource_type"] {
		case "source":
			section = "sources"
		case "exposure":
			section = "exposures"
		}
		m[section].(doc)[id] = n
		var parents []string
		if d, ok := n["depends_on"].(doc); ok {
			parents, _ = d["nodes"].([]string)
		}
		if parents == nil {
			parents = []string{}
		}
		m["parent_map"].(doc)[id] = parents
	}
	return part{partManifest, encode(t, m)}
}

func model(name string, parents ...string) doc {
	return doc{
		"unique_id": "model.shop." + name, "resource_type": "model", "name": name, "alias": name, "package_name": "shop",
		"database": "shop", "schema": "analytics", "relation_name": `"shop"."analytics"."` + name + `"`, "path": name + ".sql",
		"original_file_path": "models/" + name + ".sql", "description": "About " + name + ".", "config": doc{"materialized": "table"},
		"raw_code": "select 1 as " + name, "compiled_code": "select 1 as " + name, "checksum": doc{"name": "sha256", "checksum": "c-" + name},
		"depends_on": doc{"nodes": parents, "macros": []string{}}, "columns": doc{"id": doc{"name": "id", "description": "Key of " + name + "."}},
	}
}

func sourceTable(name string) doc {
	return doc{
		"unique_id": "source.shop.raw." + name, "resource_type": "source", "name": name, "identifier": name, "source_name": "raw",
		"package_name": "shop", "database": "shop", "schema": "raw", "path": "models/sources.yml", "original_file_path": "models/sources.yml", "columns": doc{},
	}
}

func dataTest(name, attached, column string) doc {
	return doc{
		"unique_id": "test.shop." + name + ".0123456789", "resource_type": "test", "name": name, "package_name": "shop", "attached_node": attached,
		"column_name": column, "test_metadata": doc{"name": "not_null", "kwargs": doc{"column_name": column}},
		"depends_on": doc{"nodes": []string{attached}}, "config": doc{"severity": "ERROR"},
	}
}

// catalogOf writes a catalog of tables and their columns, "name:type".
func catalogOf(t *testing.T, at time.Time, tables map[string][]string) part {
	t.Helper()
	nodes, sources := doc{}, doc{}
	for id, columns := range tables {
		cols := doc{}
		for i, c := range columns {
			name, kind, _ := bytes.Cut([]byte(c), []byte(":"))
			cols[string(name)] = doc{"name": string(name), "type": string(kind), "index": i + 1, "comment": nil}
		}
		table := doc{"unique_id": id, "metadata": doc{"type": "BASE TABLE", "database": "shop", "schema": "analytics", "name": id[len("model.shop."):]}, "columns": cols, "stats": doc{}}
		nodes[id] = table
	}
	return part{partCatalog, encode(t, doc{
		"metadata": doc{"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json", "dbt_version": "1.10.0", "generated_at": at.Format(time.RFC3339Nano)},
		"nodes":    nodes, "sources": sources, "errors": nil,
	})}
}

// edits are edits that need nothing of the catalog.
func edits(list ...catalog.Edit) editing.Edits {
	return func(context.Context) ([]catalog.Edit, error) { return list, nil }
}

func counters(i catalog.Import) [6]int64 {
	c := i.Counters
	return [6]int64{c.TablesCreated, c.TablesUpdated, c.ColumnsCreated, c.ColumnsUpdated, c.LineagesCreated, c.LineagesUpdated}
}

func wantCounters(t *testing.T, imp catalog.Import, want [6]int64) {
	t.Helper()
	if got := counters(imp); got != want {
		t.Errorf("%s counters are %v, want %v (tables, columns, lineages; created, updated)", imp.ID, got, want)
	}
}

func replaceOnce(s, old, with string) string { return strings.Replace(s, old, with, 1) }
