package readmodel

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// Diff compares two views: two versions of one schema, or two schemas.
type Diff struct {
	Base, Head *View
}

// AssetDiff is an asset that differs. Before is nil for one that only the head has, After for one that only the base
// has.
type AssetDiff struct {
	store.ChangedAsset
	Versions         []catalog.Version // between the two points that changed it, in their order
	Downstream       int               // present assets downstream of it, in the head or, if it is gone, in the base
	BaseSet, HeadSet catalog.Version   // that created or restored it; zero if not there or not recorded
	Changes          []FieldDiff       // of its fields and columns; none unless both points have it
}

// FieldDiff is a value that differs, with the versions that set it in the base and in the head; zero where that is not
// recorded.
type FieldDiff struct {
	catalog.Change
	BaseSet, HeadSet catalog.Version
}

// valueBytes is the length of the values of its changes.
func (a *AssetDiff) valueBytes() int {
	n := 0
	for i := range a.Changes {
		n += len(a.Changes[i].Old) + len(a.Changes[i].New)
	}
	return n
}

// pair is an asset of the base and the one of the head that it is compared with; 0 if there is none.
type pair struct{ base, head catalog.AssetID }

// id is what pairs are ordered by, after those that the head has.
func (p pair) id() catalog.AssetID {
	if p.head != 0 {
		return p.head
	}
	return p.base
}

func (p pair) phase() int64 {
	if p.head != 0 {
		return 0
	}
	return 1
}

const (
	comparedAtOnce = 25      // pairs whose assets are read together
	comparedMost   = 1000    // pairs that are compared for one page
	comparedBytes  = 1 << 20 // of values that a page has, unless a single asset has more
)

// sameSchema reports whether two versions of one schema are compared.
func (d Diff) sameSchema() bool { return d.Base.Schema.ID == d.Head.Schema.ID }

// Assets lists the assets that differ: by id in the head, then those that only the base has. A page may be short,
// even empty, where many assets were compared and are the same; the next one goes on. Total is not counted (-1).
func (d Diff) Assets(ctx context.Context, p store.Page) (store.Paged[AssetDiff], error) {
	out := store.Paged[AssetDiff]{Total: -1}
	var phase, id int64
	if _, err := p.Position(&phase, &id); err != nil {
		return out, err
	}
	pairs, err := d.pairs(ctx, phase, catalog.AssetID(id))
	if err != nil {
		return out, fmt.Errorf("difference of %s and %s: %w", d.Base.Schema.ID, d.Head.Schema.ID, err)
	}
	for done, bytes, code := 0, 0, 0; done < len(pairs); {
		some := pairs[done:min(done+comparedAtOnce, len(pairs))]
		found, compared, err := d.compare(ctx, some)
		if err != nil {
			return out, fmt.Errorf("difference of %s and %s: %w", d.Base.Schema.ID, d.Head.Schema.ID, err)
		}
		code += compared
		for i, pair := range some {
			if found[i] != nil {
				out.Rows = append(out.Rows, *found[i])
				bytes += found[i].valueBytes()
			}
			done++
			full := len(out.Rows) == p.Size() || done == comparedMost || bytes >= comparedBytes || code >= codeBytes && i == len(some)-1
			if full && done < len(pairs) {
				if out.Next, err = store.NewPosition(pair.phase(), int64(pair.id())); err != nil {
					return out, err
				}
				return out, d.complete(ctx, out.Rows)
			}
		}
	}
	return out, d.complete(ctx, out.Rows)
}

// pairs returns what is to be compared behind a position, at most one more than comparedMost.
func (d Diff) pairs(ctx context.Context, phase int64, after catalog.AssetID) ([]pair, error) {
	if d.sameSchema() {
		ids, err := d.Head.m.store.ChangedIDs(ctx, d.Head.ws(), d.Head.Schema.ID, d.from(), d.to(), after, comparedMost+1)
		out := make([]pair, len(ids))
		for i, id := range ids {
			out[i] = pair{id, id}
		}
		return out, err
	}
	base, err := d.Base.diffNames(ctx)
	if err != nil {
		return nil, err
	}
	head, err := d.Head.diffNames(ctx)
	if err != nil {
		return nil, err
	}
	var out []pair
	err = computeAll(ctx, len(base.ids)+len(head.ids), func() error {
		if phase == 0 {
			out = head.behind(after, func(id catalog.AssetID, name string) (pair, bool) { return pair{base.byName[name], id}, true })
			after = 0
		}
		rest := base.behind(after, func(id catalog.AssetID, name string) (pair, bool) {
			_, both := head.byName[name]
			return pair{base: id}, !both
		})
		out = append(out, rest...)
		out = out[:min(len(out), comparedMost+1)]
		return nil
	})
	return out, err
}

func (d Diff) from() int64 { return min(d.Base.Version, d.Head.Version) }
func (d Diff) to() int64   { return max(d.Base.Version, d.Head.Version) }

// diffNames are the present assets of a view by the names that two schemas have in common.
type diffNames struct {
	ids    []catalog.AssetID // in order
	names  []string
	byName map[string]catalog.AssetID
}

// diffNames names assets by project and unique_id; those that dbt does not know by kind, schema and identifier.
func (v *View) diffNames(ctx context.Context) (diffNames, error) {
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return diffNames{}, err
	}
	projects, err := v.ProjectNames(ctx)
	if err != nil {
		return diffNames{}, err
	}
	out := diffNames{ids: assets.ids, names: make([]string, len(assets.present)), byName: make(map[string]catalog.AssetID, len(assets.present))}
	for i, a := range assets.present {
		name := strings.Join([]string{projects[a.Project], a.UniqueID}, "\x00")
		if a.UniqueID == "" {
			name = strings.Join([]string{string(a.Kind), strings.ToLower(a.Relation.Schema), strings.ToLower(a.Relation.Identifier), a.Name}, "\x00")
		}
		out.names[i] = name
		out.byName[name] = a.ID
	}
	return out, nil
}

// behind returns the pairs of assets behind one, at most one more than comparedMost.
func (n diffNames) behind(after catalog.AssetID, pairOf func(catalog.AssetID, string) (pair, bool)) []pair {
	var out []pair
	start, found := slices.BinarySearch(n.ids, after)
	if found {
		start++
	}
	for i := start; i < len(n.ids) && len(out) <= comparedMost; i++ {
		if p, ok := pairOf(n.ids[i], n.names[i]); ok {
			out = append(out, p)
		}
	}
	return out
}

// compare returns how the assets of pairs differ, nil for each that does not, and how many bytes of code it compared.
func (d Diff) compare(ctx context.Context, pairs []pair) (out []*AssetDiff, code int, err error) {
	before, err := d.Base.diffState(ctx, pairs, func(p pair) catalog.AssetID { return p.base })
	if err != nil {
		return nil, 0, err
	}
	after, err := d.Head.diffState(ctx, pairs, func(p pair) catalog.AssetID { return p.head })
	if err != nil {
		return nil, 0, err
	}
	rows := make([]store.ChangedAsset, len(pairs))
	for i, p := range pairs {
		rows[i] = store.ChangedAsset{
			Asset: p.id(), Before: before.assets[p.base], After: after.assets[p.head], BeforeColumns: before.columns[p.base], AfterColumns: after.columns[p.head],
			BeforeColumnEdges: before.blocks[p.base], AfterColumnEdges: after.blocks[p.head],
		}
	}
	changes, code, err := d.changes(ctx, rows)
	if err != nil {
		return nil, 0, err
	}
	out = make([]*AssetDiff, len(rows))
	for i, row := range rows {
		both := row.Before != nil && row.After != nil
		if row.Before == nil && row.After == nil || both && len(changes[i]) == 0 {
			continue
		}
		out[i] = &AssetDiff{ChangedAsset: row, Changes: changes[i]}
	}
	return out, code, nil
}

// placeFields are fields that differ between two schemas in any case: the address of a table and what follows from
// it, and the origins of its texts. Compiled code is compared apart.
var placeFields = map[string]bool{
	"relation": true, "nodes": true, "compiled_code": true, "stats": true, "dbt": true, "deferred": true,
	"description_source": true, "description_hidden": true,
}

// changes compares assets, of each nothing unless both points have it. code is how many bytes of code it compared.
func (d Diff) changes(ctx context.Context, rows []store.ChangedAsset) (out [][]FieldDiff, code int, err error) {
	table, recoded := refLabel, map[catalog.AssetID]bool{}
	if !d.sameSchema() {
		if recoded, code, err = d.compareCode(ctx, rows); err != nil {
			return nil, 0, err
		}
		if table, err = d.commonNames(ctx); err != nil {
			return nil, 0, err
		}
	}
	out = make([][]FieldDiff, len(rows))
	for i, row := range rows {
		if row.Before == nil || row.After == nil {
			continue
		}
		for _, c := range catalog.DiffAsset(row.Before, row.After, row.BeforeColumns, row.AfterColumns) {
			if d.sameSchema() || !placeFields[c.Field] || c.Field == "compiled_code" && recoded[row.After.ID] {
				out[i] = append(out[i], FieldDiff{Change: c})
			}
		}
		for _, c := range lineageChanges(row, table) {
			out[i] = append(out[i], FieldDiff{Change: c})
		}
	}
	return out, code, nil
}

// diffState is what is compared of the assets of a view.
type diffState struct {
	assets  map[catalog.AssetID]*catalog.Asset // present ones
	columns map[catalog.AssetID][]catalog.Column
	blocks  map[catalog.AssetID][]byte
}

func (v *View) diffState(ctx context.Context, pairs []pair, of func(pair) catalog.AssetID) (out diffState, err error) {
	out = diffState{assets: map[catalog.AssetID]*catalog.Asset{}, blocks: map[catalog.AssetID][]byte{}}
	var ids []catalog.AssetID
	for _, p := range pairs {
		if id := of(p); id != 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 || v.Version == 0 {
		return out, nil
	}
	assets, err := v.m.store.AssetsAt(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return out, err
	}
	for i := range assets {
		if assets[i].Present {
			out.assets[assets[i].ID] = &assets[i]
		}
	}
	if out.columns, err = v.m.store.ColumnsAt(ctx, v.ws(), v.Schema.ID, v.Version, ids); err != nil {
		return out, err
	}
	blocks, err := v.m.store.ColumnBlocks(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	for _, b := range blocks {
		out.blocks[b.Asset] = b.Block
	}
	return out, err
}

// complete adds to rows who changed them and what is downstream.
func (d Diff) complete(ctx context.Context, rows []AssetDiff) error {
	if len(rows) == 0 {
		return nil
	}
	if d.sameSchema() {
		ids := make([]catalog.AssetID, len(rows))
		for i := range rows {
			ids[i] = rows[i].Asset
		}
		versions, err := d.Head.m.store.VersionsOfAssets(ctx, d.Head.ws(), d.Head.Schema.ID, d.from(), d.to(), ids)
		if err != nil {
			return err
		}
		byAsset := map[catalog.AssetID][]catalog.Version{}
		for _, v := range versions {
			byAsset[v.Asset] = append(byAsset[v.Asset], v.Version)
		}
		for i := range rows {
			rows[i].Versions = byAsset[rows[i].Asset]
		}
	}
	if err := d.Head.countDownstream(ctx, rows, func(r *AssetDiff) bool { return r.After != nil }); err != nil {
		return err
	}
	if err := d.Base.countDownstream(ctx, rows, func(r *AssetDiff) bool { return r.After == nil }); err != nil {
		return err
	}
	if err := d.Base.blameDiff(ctx, rows, true); err != nil {
		return err
	}
	return d.Head.blameDiff(ctx, rows, false)
}

// blameDiff adds to rows the versions that set what differs in the base, or in the head.
func (v *View) blameDiff(ctx context.Context, rows []AssetDiff, base bool) error {
	var assets []catalog.Asset
	for i := range rows {
		if a := rows[i].at(base); a != nil {
			assets = append(assets, *a)
		}
	}
	if len(assets) == 0 {
		return nil
	}
	blames, err := v.m.store.BlamesOf(ctx, v.ws(), v.Schema.ID, v.Version, assets)
	if err != nil {
		return err
	}
	set := map[*catalog.Version]int64{}
	numbers := map[int64]bool{}
	note := func(to *catalog.Version, n int64) { set[to], numbers[n] = n, true }
	for i := range rows {
		r := &rows[i]
		a := r.at(base)
		if a == nil {
			continue
		}
		blame, names := blames[a.ID], r.columnNames(base)
		note(r.set(base), blame.Of("", ""))
		for k := range r.Changes {
			c := &r.Changes[k]
			name, ok := names[c.Column]
			if (ok || c.Column == "") && !strings.HasPrefix(c.Field, "lineage") {
				note(c.set(base), blame.Of(name, c.Field))
			}
		}
	}
	delete(numbers, 0)
	versions, err := v.m.store.VersionsOf(ctx, v.ws(), v.Schema.ID, slices.Sorted(maps.Keys(numbers)))
	for to, n := range set {
		*to = versions[n]
	}
	return err
}

func (a *AssetDiff) at(base bool) *catalog.Asset {
	if base {
		return a.Before
	}
	return a.After
}

func (a *AssetDiff) set(base bool) *catalog.Version {
	if base {
		return &a.BaseSet
	}
	return &a.HeadSet
}

func (c *FieldDiff) set(base bool) *catalog.Version {
	if base {
		return &c.BaseSet
	}
	return &c.HeadSet
}

// columnNames returns the names that columns have in the base or in the head, by those that changes have; columns that
// are not there have none.
func (a *AssetDiff) columnNames(base bool) map[string]string {
	columns, renamed := a.AfterColumns, map[string]string{}
	if base {
		columns = a.BeforeColumns
		for i := range a.Changes {
			if c := &a.Changes[i]; c.Column != "" && c.Field == "name" {
				renamed[c.Old] = c.Column
			}
		}
	}
	out := make(map[string]string, len(columns))
	for i := range columns {
		name := columns[i].Name
		out[cmp.Or(renamed[name], name)] = name
	}
	return out
}

// countDownstream counts what is downstream of some rows.
func (v *View) countDownstream(ctx context.Context, rows []AssetDiff, counted func(*AssetDiff) bool) error {
	if !slices.ContainsFunc(rows, func(r AssetDiff) bool { return counted(&r) }) {
		return nil
	}
	tables, err := v.m.tableGraph(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return err
	}
	var numbers []int32
	var at []int // of each number, its row
	for i := range rows {
		if n, ok := tables.assets.number(rows[i].Asset); ok && counted(&rows[i]) {
			numbers, at = append(numbers, n), append(at, i)
		}
	}
	return compute(ctx, tables.graph.Edges(), func(ctx context.Context) error {
		counts, err := tables.graph.CountDescendants(numbers, tables.isCounted, func(steps int) error { return turn.Take(ctx, steps) })
		for i, row := range at {
			rows[row].Downstream = counts[i]
		}
		return err
	})
}
