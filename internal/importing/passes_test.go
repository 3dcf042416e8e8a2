package importing

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/store"
)

func zipped(t *testing.T, p part) part {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(p.content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return part{p.name, b.Bytes()}
}

// unranged are blobs that can only be read from the start, as those elsewhere.
type unranged struct{ blob.Store }

// TestEveryFormIsReadTwice: the second pass finds the nodes whatever form the
// artifact has: plain, with a byte order mark, compressed, or in a store that
// cannot read ranges.
func TestEveryFormIsReadTwice(t *testing.T) {
	for name, form := range map[string]func(*rig, part) part{
		"plain":      func(_ *rig, p part) part { return p },
		"order mark": func(_ *rig, p part) part { return part{p.name, append([]byte("\xef\xbb\xbf"), p.content...)} },
		"compressed": func(r *rig, p part) part { return zipped(r.t, p) },
		"no ranges": func(r *rig, p part) part {
			r.worker.Blobs = func(int64) blob.Store { return unranged{r.blobs} }
			return p
		},
		"not finite": func(_ *rig, p part) part {
			return part{p.name, bytes.Replace(p.content, []byte(`"alias":"orders"`), []byte(`"alias":"orders","meta":{"odd":NaN,"far":-Infinity}`), 1)}
		},
		"blanks": func(_ *rig, p part) part {
			return part{p.name, bytes.ReplaceAll(p.content, []byte(`":`), []byte("\" :\r\n\t"))}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			tables := catalogOf(t, monday, map[string][]string{"model.shop.orders": {"id:integer", "amount:numeric"}})
			docs := manifest(t, "shop", monday, shopNodes()...)
			r.completed(r.send(form(r, docs), form(r, tables)))
			a, columns := r.asset("model.shop.orders")
			if a.Description.Value != "About orders." || len(columns) != 2 || columns[0].Description.Value != "Key of orders." {
				t.Errorf("%q, columns %+v", a.Description.Value, columns)
			}
			if n, err := os.ReadDir(r.worker.Spool); err != nil || len(n) != 0 {
				t.Errorf("%d files are left in the spool, %v", len(n), err)
			}
			// The next catalog brings one table and leaves the other as it is.
			next := catalogOf(t, tuesday, map[string][]string{"model.shop.orders": {"id:integer", "amount:numeric"}, "model.shop.stg_orders": {"id:text"}})
			imp := r.completed(r.send(form(r, docs), form(r, next)))
			if c := imp.Report.Counts; c["catalog_tables"] != 2 || c["catalog_tables_changed"] != 1 {
				t.Errorf("counts %v", c)
			}
		})
	}
}

// TestDamagedArtifacts fail the import and change nothing.
func TestDamagedArtifacts(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	later := manifest(t, "shop", tuesday, append(shopNodes(), model("new"))...)
	cut := zipped(t, later)
	cut.content = cut.content[:len(cut.content)/2]
	if imp := r.send(cut); imp.Status != catalog.Failed || imp.ErrorCode != "artifact-malformed" {
		t.Errorf("cut gzip: %s %s", imp.Status, imp.Error)
	}
	for name, content := range map[string][]byte{
		"other":  bytes.Replace(later.content, []byte("About orders."), []byte("About others."), 1),
		"longer": append(bytes.Clone(later.content), ' '),
		"cut":    later.content[:len(later.content)/2],
		"gone":   nil,
	} {
		for _, byChecksum := range []bool{true, false} {
			part := r.stored(partManifest, later.content)
			if !byChecksum { // as an older program left it
				part.Checksum = 0
			}
			path := filepath.Join(r.blobFolder, "ws", "1", "sha256", part.SHA256[:2], part.SHA256)
			err := os.WriteFile(path, content, 0o600)
			if content == nil {
				err = os.Remove(path)
			}
			if err != nil {
				t.Fatal(err)
			}
			imp := r.create(store.NewImport{SchemaID: r.schema, Actor: ana, Parts: []catalog.Part{part}})
			r.work()
			if imp, err = r.store.Import(t.Context(), ws, imp.ID); err != nil || imp.Status != catalog.Failed || r.version() != 1 {
				t.Errorf("%s, by checksum %t: %s %s %s, version %d, %v", name, byChecksum, imp.Status, imp.ErrorCode, imp.Error, r.version(), err)
			}
			if imp.ErrorCode != "artifact-damaged" { // the text that was cut is malformed, too, but that is not why
				t.Errorf("%s, by checksum %t: %s %s", name, byChecksum, imp.ErrorCode, imp.Error)
			}
		}
	}
}

// TestDamagedResults are not stored, though runs are as soon as they are read.
func TestDamagedResults(t *testing.T) {
	r := newRig(t)
	docs := manifest(t, "shop", monday, shopNodes()...)
	results := []byte(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json","invocation_id":"i-1","generated_at":"2026-01-05T10:00:00Z"},"results":[]}`)
	for _, content := range [][]byte{bytes.Replace(results, []byte("i-1"), []byte("i-2"), 1), results[:40]} {
		part := r.stored(partRunResults, results)
		path := filepath.Join(r.blobFolder, "ws", "1", "sha256", part.SHA256[:2], part.SHA256)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		imp := r.create(store.NewImport{SchemaID: r.schema, Actor: ana, Parts: []catalog.Part{r.stored(partManifest, docs.content), part}})
		r.work()
		imp, err := r.store.Import(t.Context(), ws, imp.ID)
		if err != nil || imp.ErrorCode != "artifact-damaged" {
			t.Errorf("%s: %s %s, %v", content, imp.ErrorCode, imp.Error, err)
		}
		runs, err := r.store.Runs(t.Context(), ws, store.RunFilter{SchemaID: r.schema}, store.Page{Limit: 10})
		if err != nil || len(runs.Rows) != 0 {
			t.Errorf("%d runs are stored, %v", len(runs.Rows), err)
		}
	}
}

// TestOlderCatalogOnlyFills: its columns are absent ones.
func TestOlderCatalogOnlyFills(t *testing.T) {
	r := newRig(t)
	docs := manifest(t, "shop", monday, shopNodes()...)
	r.completed(r.send(docs, catalogOf(t, tuesday, map[string][]string{"model.shop.orders": {"id:integer"}})))
	imp := r.completed(r.send(docs, catalogOf(t, monday, map[string][]string{"model.shop.orders": {"old:integer"}})))
	if _, columns := r.asset("model.shop.orders"); !hasIssue(imp, "older-artifact") || len(columns) != 2 || columns[0].Name != "id" || columns[1].Present {
		t.Errorf("issues %v, columns %+v", imp.Report.Issues, columns)
	}
}

// TestSourceFreshness is stored with its project.
func TestSourceFreshness(t *testing.T) {
	r := newRig(t)
	sources := part{partSources, encode(t, doc{
		"metadata": doc{"dbt_schema_version": "https://schemas.getdbt.com/dbt/sources/v3.json", "generated_at": monday.Format(time.RFC3339Nano), "invocation_id": "f-1"},
		"results":  []doc{{"unique_id": "source.shop.raw.orders", "status": "warn", "max_loaded_at": monday.Format(time.RFC3339), "snapshotted_at": monday.Format(time.RFC3339), "max_loaded_at_time_ago_in_s": 60.0, "criteria": doc{}}},
	})}
	imp := r.completed(r.send(manifest(t, "shop", monday, shopNodes()...), sources))
	node := catalog.NodeRef{Project: imp.Project, UniqueID: "source.shop.raw.orders"}
	fresh, err := r.store.LatestFreshness(t.Context(), ws, r.schema, []catalog.NodeRef{node}, store.AsOf{})
	if err != nil || len(fresh) != 1 || fresh[0].Status != "warn" || imp.Report.Counts["freshness_stored"] != 1 {
		t.Errorf("%+v, %v, %v", fresh, err, imp.Report.Counts)
	}
	if bad := r.send(part{partSources, []byte("{")}); bad.Status != catalog.Failed {
		t.Errorf("cut short: %s", bad.Status)
	}
}

// TestResultsOfOneOfSeveralProjects: results without a manifest are given to the
// project that has most of their nodes.
func TestResultsOfOneOfSeveralProjects(t *testing.T) {
	r := newRig(t)
	of := func(project string, names ...string) part {
		var nodes []doc
		for _, name := range names {
			m := model(name)
			m["schema"], m["relation_name"] = project, `"shop"."`+project+`"."`+name+`"`
			nodes = append(nodes, m)
		}
		return manifest(t, project, monday, nodes...)
	}
	r.completed(r.send(of("a", "shared", "of_a")))
	r.completed(r.send(of("b", "shared", "of_b")))
	ran := func(invocation string, names ...string) catalog.ProjectID {
		t.Helper()
		var results []doc
		for _, name := range names {
			results = append(results, doc{"unique_id": "model.shop." + name, "status": "success", "execution_time": 1.0, "timing": []doc{
				{"name": "execute", "started_at": monday.Format(time.RFC3339), "completed_at": tuesday.Format(time.RFC3339)},
			}})
		}
		r.completed(r.send(runResults(t, invocation, monday, "build", results...)))
		runs, err := r.store.Runs(t.Context(), ws, store.RunFilter{SchemaID: r.schema}, store.Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(runs.Rows, func(run catalog.Run) bool { return run.InvocationID == invocation })
		return runs.Rows[i].Project
	}
	a, _ := r.assetOf("a", "model.shop.of_a")
	b, _ := r.assetOf("b", "model.shop.of_b")
	for _, c := range []struct {
		invocation string
		nodes      []string
		want       catalog.ProjectID
	}{
		{"of a", []string{"shared", "of_a"}, a.Project},
		{"of b", []string{"of_b", "shared"}, b.Project},
		{"either", []string{"shared"}, 0},
		{"neither", []string{"other"}, 0},
	} {
		if got := ran(c.invocation, c.nodes...); got != c.want {
			t.Errorf("%s: project %v, want %v", c.invocation, got, c.want)
		}
	}
}

// TestImportThatCameBetween: artifacts were compared with what another import
// replaced meanwhile, so they are read again.
func TestImportThatCameBetween(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	project, err := r.store.Projects(t.Context(), ws, r.schema, store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	j := &job{Pipeline: r.worker, claim: claim{WS: ws, Import: catalog.Import{ID: 9}}, project: project.Rows[0]}
	if err := j.check(t.Context()); err != nil {
		t.Error(err)
	}
	r.completed(r.send(manifest(t, "shop", tuesday, append(shopNodes(), model("new"))...)))
	if err := j.check(t.Context()); !errors.Is(err, catalog.ErrConflict) || !strings.Contains(err.Error(), "IMP-2") {
		t.Errorf("%v", err)
	}
	j.project.ID = 0
	if err := j.check(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestFingerprintOfOlderVersion is one that was compressed with zstd.
func TestFingerprintOfOlderVersion(t *testing.T) {
	now := &fingerprint{nodes: map[string]dbt.Hash{"model.a": {1}, "model.b": {2}}, parents: dbt.Hash{3}}
	raw, err := s2.Decode(nil, now.encode())
	if err != nil {
		t.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	if then, err := decodeFingerprint(enc.EncodeAll(raw, nil)); err != nil || !then.same(now) {
		t.Errorf("%v, %v", then, err)
	}
}

// TestUnreadableFingerprint only costs time.
func TestUnreadableFingerprint(t *testing.T) {
	good := (&fingerprint{nodes: map[string]dbt.Hash{"model.a": {1}}}).encode()
	if f, err := decodeFingerprint(good); err != nil || len(f.nodes) != 1 || !f.has("model.a", dbt.Hash{1}) || f.has("model.b", dbt.Hash{}) {
		t.Errorf("%v, %v", f, err)
	}
	for _, bad := range [][]byte{[]byte("x"), good[:len(good)-3]} {
		if _, err := decodeFingerprint(bad); err == nil {
			t.Errorf("%d bytes were taken", len(bad))
		}
	}
	if f, err := decodeFingerprint(nil); f != nil || err != nil {
		t.Errorf("%v, %v", f, err)
	}
}

func TestSpoolEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (contextReader{ctx, strings.NewReader("x")}).Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
