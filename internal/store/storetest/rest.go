package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func testKeys(t *testing.T, r *rig) {
	ctx := t.Context()
	same(t, get(r.CountKeys(ctx))(t), int64(0))
	want := store.Key{
		WS: ws, PublicID: "abcdefgh", SecretHash: [32]byte{1, 2, 31: 9}, Name: "ci", Scopes: []string{"write:dbt_imports"},
		SchemaIDs: []catalog.SchemaID{101}, CIDRs: []string{"10.0.0.0/8"}, ExpiresAt: start.Add(time.Hour),
	}
	key := get(r.PutKey(ctx, want, byAna))(t)
	want.ID, want.CreatedAt, want.Creator = 1, start, byAna.Actor
	same(t, key, want)
	same(t, get(r.KeyByID(ctx, "abcdefgh"))(t), want)
	same(t, get(r.Key(ctx, ws, key.ID))(t), want)
	_, err := r.Key(ctx, ws+1, key.ID)
	wants(t, err, catalog.ErrNotFound)
	_, err = r.KeyByID(ctx, "ABCDEFGH")
	wants(t, err, catalog.ErrNotFound)
	_, err = r.PutKey(ctx, want, byAna)
	wants(t, err, catalog.ErrConflict)
	second := get(r.PutKey(ctx, store.Key{WS: ws, PublicID: "second00", Name: "x"}, byAna))(t)
	all := walk(t, 1, func(p store.Page) (store.Paged[store.Key], error) { return r.Keys(ctx, ws, p) })
	same(t, all, []store.Key{key, second})

	r.clock.add(time.Minute)
	must(t, r.RevokeKey(ctx, ws, second.ID, byAna, nil))
	r.clock.add(time.Minute)
	must(t, r.RevokeKey(ctx, ws, second.ID, byAna, nil))
	if k := get(r.KeyByID(ctx, "second00"))(t); !k.RevokedAt.Equal(start.Add(time.Minute)) {
		t.Errorf("revoked at %s", k.RevokedAt)
	}
	wants(t, r.RevokeKey(ctx, ws+1, key.ID, byAna, nil), catalog.ErrNotFound)
	same(t, get(r.CountKeys(ctx))(t), int64(1))
	same(t, get(r.RevokeAllKeys(ctx, byAna))(t), int64(1))
	same(t, get(r.CountKeys(ctx))(t), int64(0))
	used := start.Add(time.Hour)
	must(t, r.TouchKeys(ctx, map[int64]time.Time{key.ID: used, 99: used}))
	must(t, r.TouchKeys(ctx, map[int64]time.Time{key.ID: start}))
	if k := get(r.KeyByID(ctx, "abcdefgh"))(t); !k.LastUsedAt.Equal(used) {
		t.Errorf("last used %s", k.LastUsedAt)
	}
}

func testSettings(t *testing.T, r *rig) {
	ctx := t.Context()
	same(t, get(r.EnsureSetting(ctx, "secret", []byte{1}))(t), []byte{1})
	same(t, get(r.EnsureSetting(ctx, "secret", []byte{2}))(t), []byte{1})
	must(t, r.Ping(ctx))
}

// testForeignIDs: names and ids of others are bytes of any kind and, up to 4
// KiB, of any length.
func testForeignIDs(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("Größe 'x' \"y\" ; DROP TABLE schemas; -- 日本 🦆")
	// Not compressible, so that no engine can hide it in an index.
	var b strings.Builder
	for i := 0; b.Len() < 4000; i++ {
		b.WriteString(catalog.HashOfText(fmt.Sprint(i)).String())
	}
	project := get(r.EnsureProject(ctx, ws, schema, "größe's", ""))(t)
	for i, id := range []string{b.String() + "a", b.String() + "b", "model.Größe", "model.größe", "model.gro\u0308ße", "'; --", "日本\n🦆\t\\"} {
		asset := catalog.AssetID(i + 1)
		row := table(asset, id, func(a *store.AssetRow) {
			a.RelationKey, a.Tags, a.Owners = id, []string{id}, []string{id}
			a.DBT = &catalog.DBT{UniqueID: id, PackageName: id, Group: id}
			a.Columns = []catalog.Column{{Name: id, Ordinal: 1}}
		})
		facet := catalog.Facet{Asset: asset, Origin: project.Origin(), Source: catalog.FromManifest, UniqueID: id, Project: project.ID}
		edge := catalog.Edge{To: asset, FromNode: id, Type: catalog.EdgeOther}
		test := catalog.Test{ID: catalog.TestID(i + 1), UniqueID: id, Asset: asset, Body: catalog.TestBody{Name: id}}
		r.save(schema, func(w *store.Write) {
			must(t, w.PutAssets(ctx, []store.AssetRow{row}))
			must(t, w.PutFacets(ctx, []catalog.Facet{facet}))
			must(t, w.PutEdges(ctx, []catalog.Edge{edge}))
			must(t, w.PutTests(ctx, []catalog.Test{test}))
		})
		run := run(schema, fmt.Sprint(i, id[:min(len(id), 500)]), i)
		r.putRun(run, result(id, "success", i))

		same(t, get(r.AssetByUniqueID(ctx, ws, schema, "", id, 0))(t).ID, asset)
		same(t, get(r.AssetByRelationKey(ctx, ws, schema, id, 0))(t).ID, asset)
		same(t, get(r.TestsOfAsset(ctx, ws, schema, asset, 0))(t), []catalog.Test{test})
		if got := get(r.LatestResults(ctx, ws, schema, ofProject(2, id), store.AsOf{}))(t); got[ofProject(2, id)[0]].UniqueID != id {
			t.Errorf("no result of %.20q", id)
		}
		for _, f := range []store.AssetFilter{{Tag: id}, {Owner: id}, {Package: id}, {Group: id}} {
			f.Schema = schema
			same(t, names(get(r.AssetPage(ctx, ws, f, store.Page{}))(t).Rows), []string{id})
		}
	}
	if got := walk(t, 2, func(p store.Page) (store.Paged[catalog.Asset], error) {
		return r.AssetPage(ctx, ws, store.AssetFilter{Schema: schema}, p)
	}); len(got) != 7 {
		t.Errorf("%d assets by name", len(got))
	}
}

// testIsolation: nothing of one workspace is found from another.
func testIsolation(t *testing.T, r *rig) {
	ctx := t.Context()
	const foreign = ws + 1
	schema := r.schema("a")
	imp := r.importInto(schema)
	l := r.lease(schema)
	job := r.claims("w", imp.ID)
	project := get(r.EnsureProject(ctx, ws, schema, "shop", ""))(t)
	w := get(r.Begin(ctx, l))(t)
	must(t, everything(ctx, w, 1, "x"))
	must(t, r.PutTexts(ctx, ws, map[catalog.Hash]string{catalog.HashOfText("t"): "t"}))
	must(t, w.Flip(ctx, store.Flip{
		Project: &project, Fingerprints: map[string][]byte{"m": {1}}, Applied: []store.AppliedPart{{Part: "m", SHA256: "s", Reader: "r"}},
		Pending: map[catalog.ProjectID][]store.PendingRemoval{project.ID: {{Asset: 1}}},
	}))
	runID := r.putRun(run(schema, "i", 1), result("model.a", "success", 1))
	key := get(r.PutKey(ctx, store.Key{WS: ws, PublicID: "12345678"}, byAna))(t)
	user := get(r.CreateUser(ctx, ws, store.User{Name: "Ana", Email: "ana@example.com", Role: "viewer"}, byAna))(t)
	lease := l
	lease.WS = foreign

	for name, call := range map[string]func() error{
		"schema":        func() error { _, err := r.Schema(ctx, foreign, schema); return err },
		"update schema": func() error { _, err := r.UpdateSchema(ctx, foreign, schema, store.SchemaPatch{}); return err },
		"project":       func() error { _, err := r.Project(ctx, foreign, project.ID); return err },
		"project key":   func() error { _, err := r.ProjectByKey(ctx, foreign, schema, "shop"); return err },
		"import":        func() error { _, err := r.Import(ctx, foreign, imp.ID); return err },
		"create import": func() error {
			_, _, err := r.CreateImport(ctx, foreign, store.NewImport{SchemaID: schema})
			return err
		},
		"cancel":     func() error { return r.CancelImport(ctx, foreign, imp.ID) },
		"job":        func() error { _, err := r.Job(ctx, foreign, job.ID); return err },
		"project of": func() error { _, err := r.EnsureProject(ctx, foreign, schema, "k", "n"); return err },

		"lease":        func() error { _, err := r.LeaseSchema(ctx, foreign, schema, "w", 0); return err },
		"asset":        func() error { _, _, err := r.Asset(ctx, foreign, 1, 0); return err },
		"unique id":    func() error { _, err := r.AssetByUniqueID(ctx, foreign, schema, "", "x", 0); return err },
		"relation":     func() error { _, err := r.AssetByRelationKey(ctx, foreign, schema, "db.main.x", 0); return err },
		"assets":       func() error { _, err := r.AssetsOf(ctx, foreign, schema, 0, []catalog.AssetID{1}); return err },
		"columns":      func() error { _, err := r.ColumnsOf(ctx, foreign, schema, 0, []catalog.AssetID{1}); return err },
		"facets":       func() error { _, err := r.FacetsOf(ctx, foreign, schema, 0, []catalog.AssetID{1}); return err },
		"edges":        func() error { _, err := r.EdgesOf(ctx, foreign, schema, 0, 0); return err },
		"column edges": func() error { _, err := r.ColumnEdgesOf(ctx, foreign, schema, 0, nil); return err },
		"tests":        func() error { _, err := r.TestsOf(ctx, foreign, schema, 0, 0, true); return err },
		"tests of":     func() error { _, err := r.TestsOfAsset(ctx, foreign, schema, 1, 0); return err },
		"index":        func() error { _, err := r.Index(ctx, foreign, schema); return err },
		"text":         func() error { _, err := r.Text(ctx, foreign, catalog.HashOfText("t")); return err },
		"version":      func() error { _, err := r.Version(ctx, foreign, schema, 1); return err },
		"version at":   func() error { _, err := r.VersionAt(ctx, foreign, schema, start.Add(time.Hour)); return err },
		"changes":      func() error { _, err := r.ChangedAssets(ctx, foreign, schema, 0, 0, store.Page{}); return err },
		"history":      func() error { _, err := r.AssetHistory(ctx, foreign, schema, 1, store.Page{}); return err },
		"assets in": func() error {
			_, err := r.AssetPage(ctx, foreign, store.AssetFilter{Schema: schema}, store.Page{})
			return err
		},
		"run":         func() error { _, err := r.Run(ctx, foreign, runID); return err },
		"run results": func() error { _, err := r.RunResults(ctx, foreign, runID, "", store.Page{}); return err },
		"put run":     func() error { _, _, err := r.PutRun(ctx, foreign, run(schema, "j", 1), nil, nil); return err },
		"revoke":      func() error { return r.RevokeKey(ctx, foreign, key.ID, byAna, nil) },
		"user":        func() error { _, err := r.User(ctx, foreign, user.ID); return err },
		"update user": func() error { _, err := r.UpdateUser(ctx, foreign, user.ID, store.UserPatch{}, byAna); return err },
		"remove user": func() error { return r.RemoveUser(ctx, foreign, user.ID, byAna, nil) },
	} {
		if err := call(); err == nil {
			t.Errorf("%s: found from another workspace", name)
		} else {
			wants(t, err, catalog.ErrNotFound)
		}
	}
	_, err := r.Begin(ctx, lease)
	wants(t, err, catalog.ErrFenced)
	wants(t, r.ReleaseLease(ctx, lease), catalog.ErrFenced)

	_, applied, err := r.Applied(ctx, foreign, schema, 0, store.AppliedPart{Part: "m", SHA256: "s", Reader: "r"})
	must(t, err)
	fingerprint := get(r.Fingerprint(ctx, foreign, schema, project.ID, "m"))(t)
	latest := get(r.LatestResults(ctx, foreign, schema, ofProject(2, "model.a"), store.AsOf{}))(t)
	if applied || fingerprint != nil || len(latest) != 0 {
		t.Errorf("applied %v, fingerprint %v, latest %v", applied, fingerprint, latest)
	}
	counts := []int{
		len(get(r.Schemas(ctx, foreign, nil, store.Page{}))(t).Rows), len(get(r.Projects(ctx, foreign, 0, store.Page{}))(t).Rows),
		len(get(r.Imports(ctx, foreign, store.ImportFilter{}, store.Page{}))(t).Rows), len(get(r.Removals(ctx, foreign, schema, store.Page{}))(t).Rows),
		len(get(r.Runs(ctx, foreign, store.RunFilter{}, store.Page{}))(t).Rows), len(get(r.Keys(ctx, foreign, store.Page{}))(t).Rows),
		len(get(r.Users(ctx, foreign, store.Page{}))(t).Rows), len(get(r.Audit(ctx, foreign, store.AuditFilter{}, store.Page{}))(t).Rows),
		len(get(r.AssetPage(ctx, foreign, store.AssetFilter{}, store.Page{}))(t).Rows),
		len(get(r.NodeResults(ctx, foreign, schema, store.ResultFilter{Nodes: ofProject(2, "model.a")}, store.Page{}))(t).Rows),
		len(get(r.AssetBreakdown(ctx, foreign, store.AssetFilter{}, store.ByTag))(t)),
	}
	for i, n := range counts {
		if n != 0 {
			t.Errorf("list %d has %d rows of another workspace", i, n)
		}
	}
}

func testMigrate(t *testing.T, r *rig) {
	ctx := t.Context()
	r.schema("a")
	must(t, r.Migrate(ctx)) // again is nothing
	current, newest, err := r.SchemaVersion(ctx)
	must(t, err)
	if current != newest || newest < 1 {
		t.Errorf("version %d of %d", current, newest)
	}
	get(r.Schema(ctx, ws, 101))(t)
}
