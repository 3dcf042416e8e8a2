package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// edit is an edit of asset 1.
func edit(number int64, field, column, text string) store.Edit {
	return store.Edit{Asset: 1, Number: number, Edit: catalog.Edit{
		Field: field, Column: column, Text: text, By: named("ana"), At: start.Add(time.Duration(number) * time.Minute),
	}}
}

// people is the facet of people about asset 1.
func people(number int64, edits ...store.Edit) catalog.Facet {
	f := catalog.Facet{
		Asset: 1, Origin: catalog.OriginUser, Source: catalog.FromUser, At: start.Add(time.Duration(number) * time.Minute),
		Cause: catalog.Cause{Kind: catalog.CauseEdit, ID: number},
	}
	for _, e := range edits {
		f.Body.Edits = append(f.Body.Edits, e.Edit)
	}
	f.Hash = catalog.HashBody(f.Body)
	return f
}

// testEdits: each edit is a row, the newest of a property is current, and none is deleted with old versions.
func testEdits(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	put := func(edits ...store.Edit) {
		r.save(schema, func(w *store.Write) { //nolint:contextcheck // it takes the test's
			must(t, w.PutEdits(ctx, edits))
		})
		r.clock.add(time.Hour)
	}
	first, column, second, withdrawn := edit(1, "description", "", "one"), edit(1, "description", "id", "key"), edit(2, "description", "", "two"), edit(3, "description", "", "")
	tags := store.Edit{Asset: 1, Number: 4, Edit: catalog.Edit{Field: "tags", Add: []string{"a"}, Remove: []string{"b", "c"}, By: named("ben"), At: start.Add(4 * time.Minute)}}
	put(first, column)
	put(second, store.Edit{Asset: 2, Number: 2, Edit: catalog.Edit{Field: "description", Text: "of another", At: start}})
	put(withdrawn)
	put(tags)
	want := map[int64][]catalog.Facet{
		1: {people(1, first, column)}, 2: {people(2, column, second)}, 3: {people(3, column, withdrawn)}, 4: {people(4, column, withdrawn, tags)},
	}
	for version, facets := range want {
		same(t, get(r.FacetsOf(ctx, ws, schema, version, []catalog.AssetID{1, 9}))(t), facets)
	}
	at := func(version, until int64, e store.Edit) store.Edit { e.Version, e.Until = version, until; return e }
	all := []store.Edit{at(4, catalog.Open, tags), at(3, catalog.Open, withdrawn), at(2, 3, second), at(1, catalog.Open, column), at(1, 2, first)}
	history := func(version int64) []store.Edit {
		return walk(t, 2, func(p store.Page) (store.Paged[store.Edit], error) { return r.Edits(ctx, ws, schema, 1, version, p) })
	}
	same(t, history(0), all)
	same(t, history(2), all[2:])
	same(t, get(r.Edits(ctx, ws, schema, 1, 0, store.Page{Limit: 2}))(t).Total, int64(5))
	if n := get(r.DeleteVersions(ctx, ws, schema, r.clock.now()))(t); n != 3 {
		t.Fatalf("%d versions deleted", n)
	}
	same(t, history(0), all)
	same(t, get(r.FacetsOf(ctx, ws, schema, 0, []catalog.AssetID{1}))(t), want[4])
}

// testLongEdits: a page of edits ends where their values have too many bytes.
func testLongEdits(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	const edits = 10
	for n := range int64(edits) {
		r.save(schema, func(w *store.Write) {
			must(t, w.PutEdits(ctx, []store.Edit{edit(n, "description", "", strings.Repeat(fmt.Sprint(n), 400<<10))}))
		})
	}
	page := get(r.Edits(ctx, ws, schema, 1, 0, store.Page{Limit: 100}))(t)
	if len(page.Rows) != 2 || page.Next == "" || page.Total != edits {
		t.Errorf("a page of %d edits, next %q, of %d", len(page.Rows), page.Next, page.Total)
	}
	for n := int64(edits - 1); n >= 0; {
		for _, e := range page.Rows {
			if e.Number != n {
				t.Fatalf("edit %d, want %d", e.Number, n)
			}
			n--
		}
		page = get(r.Edits(ctx, ws, schema, 1, 0, store.Page{Limit: 100, After: page.Next}))(t)
	}
}

// beforeEdits is the last version whose facets of people had all edits so far.
const beforeEdits = 18

// upgradeEdits brings up facets of people: every edit of them is kept, in the versions that had it.
func upgradeEdits(t *testing.T, o Old) {
	ctx := t.Context()
	exec := func(query string, args ...any) {
		t.Helper()
		_, err := o.DB.ExecContext(ctx, o.Bind(query), args...)
		must(t, err)
	}
	exec(`INSERT INTO schemas (ws, id, name, environment, policy, version, tables, dirty, lease_token, lease_holder, lease_expires, created_at, updated_at)
		VALUES (1, 101, 's', '', '{}', 5, 0, 0, 0, '', 0, 1, 1)`)
	first, column, second, third, withdrawn := edit(1, "description", "", "one"), edit(1, "description", "id", "key"), edit(2, "description", "", "two"),
		edit(2, "description", "", "three"), edit(3, "description", "", "")
	var edits []catalog.Edit
	facet := func(from, to, number int64, more ...store.Edit) {
		t.Helper()
		for _, e := range more {
			edits = append(edits, e.Edit)
		}
		body, err := json.Marshal(catalog.Body{Edits: edits})
		must(t, err)
		key, empty := catalog.HashOfText("of people"), catalog.Hash{}
		exec(`INSERT INTO facets (ws, schema_id, key, valid_from, valid_to, asset, origin, source, unique_id, project_id, hash, cause_kind, cause_id, at, tie,
			withdrawn_kind, withdrawn_id, withdrawn_at, body) VALUES (1, 101, ?, ?, ?, 1, 'user', 'user', '', 0, ?, 'edit', ?, 1, ?, '', 0, 0, ?)`,
			key[:], from, to, empty[:], number, empty[:], body)
	}
	facet(2, 4, 1, first, column)
	facet(4, 5, 2, second, third) // of one version where older ones were deleted
	facet(5, catalog.Open, 3, withdrawn)
	s := o.Open((&clock{at: start}).now)
	must(t, s.Migrate(ctx))
	for version, want := range map[int64][]catalog.Facet{
		1: {}, 2: {people(1, first, column)}, 3: {people(1, first, column)}, 4: {people(2, column, third)}, 5: {people(3, column, withdrawn)},
	} {
		same(t, get(s.FacetsOf(ctx, ws, 101, version, []catalog.AssetID{1}))(t), want)
	}
	var texts []string
	for _, e := range get(s.Edits(ctx, ws, 101, 1, 0, store.Page{}))(t).Rows {
		texts = append(texts, fmt.Sprintf("%d %d %s", e.Version, e.Number, e.Text))
	}
	same(t, texts, []string{"5 3 ", "4 2 three", "4 2 two", "2 1 key", "2 1 one"})
	must(t, s.Migrate(ctx)) // nothing is left to do
}
