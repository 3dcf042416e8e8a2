package importing

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// state is everything that dbt reports of a schema, without ids of versions.
func (r *rig) state() string {
	r.t.Helper()
	ctx := r.t.Context()
	index, err := r.store.Index(ctx, ws, r.schema)
	if err != nil {
		r.t.Fatal(err)
	}
	var lines []string
	var ids []catalog.AssetID
	for _, a := range index.Assets {
		ids = append(ids, a.ID)
	}
	assets, err := r.store.AssetsOf(ctx, ws, r.schema, 0, ids)
	if err != nil {
		r.t.Fatal(err)
	}
	columns, err := r.store.ColumnsOf(ctx, ws, r.schema, r.version(), ids)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, a := range assets {
		if !a.Present {
			continue
		}
		line := fmt.Sprint(a.ID, a.Name, a.Kind, a.RelationKey, a.Description.Value, a.Tags)
		for _, c := range columns[a.ID] {
			line += fmt.Sprint(" ", c.Name, c.Type.Native, c.Present, c.Description.Value)
		}
		lines = append(lines, line)
	}
	edges, err := r.store.EdgesOf(ctx, ws, r.schema, 0, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range edges {
		lines = append(lines, fmt.Sprint(e))
	}
	tests, err := r.store.TestsOf(ctx, ws, r.schema, 0, 0, false)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, test := range tests {
		lines = append(lines, fmt.Sprint(test.UniqueID, test.Asset, test.Hash))
	}
	slices.Sort(lines)
	return fmt.Sprint(lines)
}

func (r *rig) revert(imp catalog.Import) Reverted {
	r.t.Helper()
	out, err := r.worker.Revert(r.t.Context(), ws, imp, store.By{Actor: ana}, false)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// changedShop changes a description, removes a model with its test, adds another one
// and moves an edge.
func changedShop() []doc {
	nodes := shopNodes()
	orders := model("orders", "source.shop.raw.orders")
	orders["description"] = "Wrong."
	return []doc{nodes[0], orders, model("extra", "model.shop.orders"), dataTest("unique_extra_id", "model.shop.extra", "id")}
}

func TestRevertRestoresTheStateBefore(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, shopNodes()...), catalogOf(t, monday, map[string][]string{"model.shop.orders": {"id:integer"}})))
	before := r.state()
	bad := []part{
		manifest(t, "shop", tuesday, changedShop()...),
		catalogOf(t, tuesday, map[string][]string{"model.shop.orders": {"id:text", "more:text"}, "model.shop.extra": {"id:integer"}, "source.shop.raw.orders": {"id:integer"}}),
	}
	second := r.completed(r.send(bad...))
	after := r.state()
	asset, _ := r.asset("source.shop.raw.orders")
	if _, err := r.editor.EditAsset(t.Context(), ws, asset.ID, ana, edits(catalog.Edit{Field: "tags", Add: []string{"core"}})); err != nil {
		t.Fatal(err)
	}
	if _, err := r.editor.EditAsset(t.Context(), ws, asset.ID, ana, edits(catalog.Edit{Field: "tags"})); err != nil {
		t.Fatal(err)
	}
	if got := r.revert(second); got.Version != r.version() || got.Restored == 0 || got.NotRestored != 0 {
		t.Errorf("reverted %+v", got)
	}
	if got := r.state(); got != before {
		t.Errorf("state\n%s\nwant\n%s", got, before)
	}
	if v, err := r.store.Version(t.Context(), ws, r.schema, r.version()); err != nil || v.Cause.Kind != catalog.CauseRevert || v.Actor.Name != ana.Name {
		t.Errorf("version %+v, %v", v, err)
	}
	if _, err := r.worker.Revert(t.Context(), ws, second, store.By{Actor: ana}, false); !errors.Is(err, catalog.ErrConflict) {
		t.Errorf("reverted twice: %v", err)
	}
	// The same bytes are not applied again.
	again := r.completed(r.send(bad...))
	if again.Version != 0 || !hasIssue(again, "import-reverted") || r.state() != before {
		t.Errorf("resent: version %d, %+v", again.Version, again.Report.Issues)
	}
	// A revert is undone, or forgotten when the bytes are forced.
	if _, err := r.worker.Unrevert(t.Context(), ws, second, store.By{Actor: ana}, false); err != nil || r.state() != after {
		t.Errorf("undone: %v\n%s\nwant\n%s", err, r.state(), after)
	}
	r.revert(second)
	if got := r.state(); got != before {
		t.Errorf("state\n%s\nwant\n%s", got, before)
	}
	r.completed(r.sendWith(store.NewImport{Force: true}, bad...))
	if got := r.state(); got != after {
		t.Errorf("forced\n%s\nwant\n%s", got, after)
	}
	if _, err := r.worker.Unrevert(t.Context(), ws, second, store.By{Actor: ana}, false); !errors.Is(err, catalog.ErrConflict) {
		t.Errorf("undone after force: %v", err)
	}
}

// The first import reverted leaves nothing; the next manifest is applied as a whole.
func TestRevertOfTheFirstImport(t *testing.T) {
	r := newRig(t)
	first := r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	before := r.state()
	r.revert(first)
	if got := r.state(); got != "[]" {
		t.Errorf("state %s", got)
	}
	r.completed(r.send(manifest(t, "shop", tuesday, shopNodes()...)))
	if got := r.state(); got != before {
		t.Errorf("state\n%s\nwant\n%s", got, before)
	}
}

// What later imports changed stays: without force the revert is refused.
func TestRevertKeepsLaterChanges(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	second := r.completed(r.send(manifest(t, "shop", tuesday, changedShop()...)))
	nodes := changedShop()
	nodes[1]["description"] = "Right."
	r.completed(r.send(manifest(t, "shop", tuesday.Add(time.Hour), nodes...)))
	if _, err := r.worker.Revert(t.Context(), ws, second, store.By{Actor: ana}, false); !errors.Is(err, catalog.ErrConflict) {
		t.Fatalf("without force: %v", err)
	}
	got, err := r.worker.Revert(t.Context(), ws, second, store.By{Actor: ana}, true)
	if err != nil || got.NotRestored != 1 || got.Restored != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if a, _ := r.asset("model.shop.orders"); a.Description.Value != "Right." {
		t.Errorf("description %q", a.Description.Value)
	}
	if a, _ := r.asset("model.shop.stg_orders"); !a.Present {
		t.Error("the removed model is not back")
	}
	// A later manifest with the nodes of the reverted one is a report of its own.
	r.completed(r.send(manifest(t, "shop", tuesday.Add(2*time.Hour), changedShop()...)))
	if a, _ := r.asset("model.shop.orders"); a.Description.Value != "Wrong." {
		t.Errorf("description %q", a.Description.Value)
	}
}
