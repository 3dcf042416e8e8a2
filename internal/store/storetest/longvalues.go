package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func longText(name string) string { return strings.Repeat("The long text "+name+". ", 500) }

// described is an asset with a long text, and another of its column.
func described(id catalog.AssetID, text, column string) store.AssetRow {
	return table(id, fmt.Sprint("table", id), func(a *store.AssetRow) {
		a.Description.Value, a.Hash = text, catalog.HashOfText(text+column)
		a.Columns = []catalog.Column{{Name: "a", Ordinal: 1, Description: catalog.Text{Value: column}, Present: true}}
	})
}

// Long values come back wherever rows are read.
func testLongValues(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	one, two := longText("one"), longText("two")
	facet := catalog.Facet{Asset: 1, Origin: "dbt:shop", Source: catalog.FromManifest, UniqueID: "model.a", Body: catalog.Body{Description: one}}
	r.save(schema, func(w *store.Write) {
		must(t, w.PutAssets(ctx, []store.AssetRow{described(1, one, two), described(2, "short", "short")}))
		must(t, w.PutFacets(ctx, []catalog.Facet{facet}))
		must(t, w.PutEdits(ctx, []store.Edit{{Asset: 1, Number: 1, Edit: catalog.Edit{Field: "description", Text: two, At: start}}}))
	})
	r.put(schema, described(1, two, one))
	for version, want := range map[int64][2]string{1: {one, two}, 2: {two, one}} {
		page := get(r.AssetPage(ctx, ws, store.AssetFilter{Schema: schema, At: version, Sort: "id"}, store.Page{}))(t).Rows
		a, _, err := r.Asset(ctx, ws, 1, version)
		must(t, err)
		of := get(r.AssetsOf(ctx, ws, schema, version, []catalog.AssetID{1, 2}))(t)
		for _, got := range []catalog.Asset{page[0], a, of[0]} {
			same(t, got.Description.Value, want[0])
			same(t, []any{got.ID, got.Version, got.Name}, []any{catalog.AssetID(1), version, "table1"})
		}
		same(t, []string{page[1].Description.Value, of[1].Description.Value}, []string{"short", "short"})
		columns := get(r.ColumnsOf(ctx, ws, schema, version, []catalog.AssetID{1, 2}))(t)
		same(t, []string{columns[1][0].Description.Value, columns[2][0].Description.Value}, []string{want[1], "short"})
	}
	facets := get(r.FacetsOf(ctx, ws, schema, 0, []catalog.AssetID{1}))(t)
	same(t, []string{facets[0].Body.Description, facets[1].Body.Edits[0].Text}, []string{one, two})
	same(t, get(r.Edits(ctx, ws, schema, 1, 0, store.Page{}))(t).Rows[0].Text, two)
	changes := get(r.ChangedAssets(ctx, ws, schema, 1, 2, store.Page{}))(t).Rows
	if c := changes[0]; c.Before.Description.Value != one || c.After.Description.Value != two || c.BeforeColumns[0].Description.Value != two {
		t.Errorf("the change has %.40q, %.40q, %.40q", c.Before.Description.Value, c.After.Description.Value, c.BeforeColumns[0].Description.Value)
	}
}

// Many labels are written once, not with every version of their asset.
func testManyLabels(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	labels := make([]string, 500)
	for i := range labels {
		labels[i] = fmt.Sprintf("label %03d with some more letters", i)
	}
	labeled := func(text string, tags ...string) store.AssetRow {
		return table(1, "orders", func(a *store.AssetRow) { a.Tags, a.Description.Value, a.Hash = tags, text, catalog.HashOfText(text) })
	}
	r.put(schema, labeled("1", labels...))
	r.put(schema, labeled("2", labels...))
	r.put(schema, labeled("3", append([]string{"new"}, labels[1:]...)...))
	r.put(schema, labeled("4", "new"))
	r.save(schema, func(w *store.Write) {
		must(t, w.PutAssets(ctx, []store.AssetRow{labeled("5", labels...)}))
		must(t, w.PutAssets(ctx, []store.AssetRow{labeled("6", labels...)}))
	})
	for version, want := range map[int64]struct {
		n   int
		tag string
	}{1: {500, labels[0]}, 2: {500, labels[0]}, 3: {500, "new"}, 4: {1, "new"}, 5: {500, labels[0]}} {
		f := store.AssetFilter{Schema: schema, At: version}
		same(t, len(get(r.AssetBreakdown(ctx, ws, f, store.ByTag))(t)), want.n)
		cards := get(r.AssetCards(ctx, ws, schema, version, nil))(t)
		same(t, len(cards[0].Tags), want.n)
		for _, tag := range []string{labels[0], "new"} {
			f.Tag = tag
			same(t, len(get(r.AssetPage(ctx, ws, f, store.Page{}))(t).Rows) == 1, tag == want.tag)
		}
	}
}

// withCode writes a version of an asset whose facet has code, and the code.
func (r *rig) withCode(schema catalog.SchemaID, code string) catalog.Hash {
	r.t.Helper()
	ctx, hash := r.t.Context(), catalog.HashOfText(code)
	r.save(schema, func(w *store.Write) {
		must(r.t, r.PutTexts(ctx, ws, map[catalog.Hash]string{hash: code}))
		must(r.t, w.PutFacets(ctx, []catalog.Facet{{
			Asset: 1, Origin: "dbt:shop", Source: catalog.FromManifest, UniqueID: "model.a", Body: catalog.Body{Name: code, Code: &catalog.Code{Raw: hash}},
		}}))
		must(r.t, w.PutAssets(ctx, []store.AssetRow{described(1, longText(code), longText("column of "+code))}))
	})
	return hash
}

// Texts go with the last row that refers to them.
func testCollectTexts(t *testing.T, r *rig) {
	ctx := t.Context()
	schema, other := r.schema("a"), r.schema("b")
	var code [3]catalog.Hash
	for i := range code {
		r.clock.add(time.Hour)
		code[i] = r.withCode(schema, fmt.Sprint("select ", i))
	}
	r.put(other, described(2, longText("select 0"), "")) // shares a text
	same(t, get(r.CollectTexts(ctx, ws))(t), int64(0))
	r.clock.add(time.Hour)
	same(t, get(r.DeleteVersions(ctx, ws, schema, r.clock.now()))(t), int64(2))
	same(t, get(r.CollectTexts(ctx, ws))(t), int64(5)) // code and column of both, the asset's text of one
	same(t, get(r.CollectTexts(ctx, ws))(t), int64(0))
	for i, hash := range code {
		if _, err := r.Text(ctx, ws, hash); (err == nil) != (i == 2) {
			t.Errorf("code %d: %v", i, err)
		}
	}
	a, _, err := r.Asset(ctx, ws, 2, 0)
	must(t, err)
	same(t, a.Description.Value, longText("select 0"))
	same(t, r.withCode(schema, "select 0"), code[0]) // comes back
	same(t, get(r.Text(ctx, ws, code[0]))(t), "select 0")
}

// A text that a writer has put, and refers to only later, stays, whether the writer began before the collection or
// after it.
func testCollectDuringWrite(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	text := longText("one")
	r.withCode(schema, "one")
	r.put(schema, described(1, "short", ""))
	r.clock.add(time.Hour)
	must(t, errorOf(r.DeleteVersions(ctx, ws, schema, r.clock.now())))
	w, l := r.begin(schema)
	hash := catalog.HashOfText("select 2")
	must(t, r.PutTexts(ctx, ws, map[catalog.Hash]string{hash: "select 2"}))
	collected := make(chan error, 1)
	go func() { collected <- errorOf(r.CollectTexts(ctx, ws)) }()
	select {
	case err := <-collected:
		t.Fatalf("the collection did not wait for the writer: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	// The new epoch has begun: what is put again now stays for that reason.
	must(t, w.PutAssets(ctx, []store.AssetRow{described(1, text, "")}))
	must(t, w.PutFacets(ctx, []catalog.Facet{{
		Asset: 1, Origin: "dbt:shop", Source: catalog.FromManifest, UniqueID: "model.a", Body: catalog.Body{Code: &catalog.Code{Raw: hash}},
	}}))
	must(t, w.Flip(ctx, edited()))
	must(t, r.ReleaseLease(ctx, l))
	must(t, <-collected)
	same(t, get(r.Text(ctx, ws, hash))(t), "select 2")
	a, _, err := r.Asset(ctx, ws, 1, 0)
	must(t, err)
	same(t, a.Description.Value, text)
}

func errorOf[T any](_ T, err error) error { return err }

// Writers use the same texts again and again while versions are deleted and texts collected: what is served can always
// be read.
func testCollectDuringWrites(t *testing.T, r *rig) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	const writers, versions, most = 3, 20, 500
	schemas := make([]catalog.SchemaID, writers)
	for i := range schemas {
		schemas[i] = r.schema(fmt.Sprint("schema ", i))
	}
	var wg sync.WaitGroup
	var running, deleted atomic.Int64
	running.Store(writers)
	for i, schema := range schemas {
		wg.Go(func() {
			defer running.Add(-1)
			for n := 0; n < versions || n < most && deleted.Load() == 0; n++ {
				text := longText(fmt.Sprint(i*(n%2), n%3)) // some are of all schemas, some of one
				if err := r.writeAndRead(ctx, schema, catalog.AssetID(1+i), text); err != nil {
					t.Errorf("version %d of %s: %v", n, schema, err)
					return
				}
			}
		})
	}
	for running.Load() > 0 {
		r.clock.add(time.Second)
		for _, schema := range schemas {
			must(t, errorOf(r.DeleteVersions(ctx, ws, schema, r.clock.now())))
		}
		n, err := r.CollectTexts(ctx, ws)
		must(t, err)
		deleted.Add(n)
	}
	wg.Wait()
	if deleted.Load() == 0 {
		t.Error("no text was collected: too little to see anything")
	}
}

// writeAndRead makes a version whose rows refer to a text, and reads it.
func (r *rig) writeAndRead(ctx context.Context, schema catalog.SchemaID, id catalog.AssetID, text string) error {
	l, err := r.LeaseSchema(ctx, ws, schema, "writer", time.Minute)
	if err != nil {
		return err
	}
	w, err := r.Begin(ctx, l)
	if err != nil {
		return err
	}
	hash := catalog.HashOfText(text)
	if err := r.PutTexts(ctx, ws, map[catalog.Hash]string{hash: text}); err != nil {
		return err
	}
	facet := catalog.Facet{Asset: id, Origin: "dbt:shop", Source: catalog.FromManifest, UniqueID: "model.a", Body: catalog.Body{Code: &catalog.Code{Raw: hash}}}
	if err := w.PutAssets(ctx, []store.AssetRow{described(id, text, text+"!")}); err != nil {
		return err
	}
	if err := w.PutFacets(ctx, []catalog.Facet{facet}); err != nil {
		return err
	}
	if err := w.Flip(ctx, store.Flip{Cause: catalog.Cause{Kind: catalog.CauseEdit, ID: 1}, Release: true}); err != nil {
		return err
	}
	a, _, err := r.Asset(ctx, ws, id, 0)
	if err != nil || a.Description.Value != text {
		return fmt.Errorf("asset with %.40q: %w", a.Description.Value, err)
	}
	if code, err := r.Text(ctx, ws, hash); err != nil || code != text {
		return fmt.Errorf("code %.40q: %w", code, err)
	}
	return nil
}
