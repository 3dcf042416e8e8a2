package readmodel

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// BlamedValue is a value of an asset or of one of its columns, with what set it last.
type BlamedValue struct {
	Column  string // "" = the asset itself
	Field   string // as of changes; "" = the asset or column as a whole
	Value   string // "" where it was set to nothing
	Version catalog.Version
	Kind    catalog.ChangeKind
	Old     string // before that version; "" where there was none, or its state is not kept any more

	Reported
}

// Reported is what one origin reports. It is zero for a value that no single origin has, such as the tags of two.
type Reported struct {
	Origin catalog.Origin
	Source catalog.Source
	By     catalog.Actor // of what a person set
	Time   time.Time     // of the report or the edit
	File   string        // of the dbt project, that has the value
}

// blamedVersions is how many versions a page of blame has at most: of each two states of the asset are read.
const blamedVersions = 20

// Blame lists the values of an asset, then those of its columns in their order, each with what set it last. With a
// column it lists the values of that one. A page is short where its values were set by many versions or have many
// bytes.
func (v *View) Blame(ctx context.Context, a *catalog.Asset, column string, p store.Page) (out store.Paged[BlamedValue], err error) {
	var start int64
	if _, err := p.Position(&start); err != nil {
		return out, err
	}
	columns, err := v.Columns(ctx, a.ID)
	if err != nil {
		return out, err
	}
	blames, err := v.m.store.BlamesOf(ctx, v.ws(), v.Schema.ID, v.Version, []catalog.Asset{*a})
	if err != nil {
		return out, err
	}
	blame := blames[a.ID]
	if column != "" {
		name := func(i int) string { return columns[i].Name }
		n := catalog.FindColumn(a.Relation.Platform, column, len(columns), name)
		if n < 0 {
			return out, fmt.Errorf("column %q: %w", column, catalog.ErrNotFound)
		}
		column, columns = columns[n].Name, columns[n:n+1]
	}
	all := blamedValues(a, columns, &blame)
	if column != "" {
		all = slices.DeleteFunc(all, func(b BlamedValue) bool { return b.Column != column })
	}
	out.Total = int64(len(all))
	from := int(min(max(start, 0), out.Total))
	out.Rows = blamePage(all[from:], p.Size())
	if end := from + len(out.Rows); end < len(all) {
		if out.Next, err = store.NewPosition(int64(end)); err != nil {
			return out, err
		}
	}
	if err := v.blameChanges(ctx, a, out.Rows); err != nil {
		return out, err
	}
	texts := map[string]catalog.Origin{"": a.Description.Origin}
	for i := range columns {
		texts[columns[i].Name] = columns[i].Description.Origin
	}
	return out, v.blameReports(ctx, a, texts, out.Rows)
}

// blamePage returns the first values of a list, as many as a page takes.
func blamePage(all []BlamedValue, limit int) []BlamedValue {
	versions, bytes := map[int64]bool{}, 0
	for i := range all[:min(limit, len(all))] {
		versions[all[i].Version.Number] = true
		bytes += len(all[i].Value)
		if i > 0 && (len(versions) > blamedVersions || bytes > comparedBytes) {
			return all[:i]
		}
	}
	return all[:min(limit, len(all))]
}

// isProvenance reports whether a field of a change says where a value comes from, and is not a value.
func isProvenance(field string) bool {
	return strings.HasSuffix(field, "_source") || strings.HasSuffix(field, "_hidden") || strings.HasSuffix(field, "_own")
}

// valueKey is a value of an asset or of one of its columns.
type valueKey struct{ column, field string }

// blamedValues lists the values that an asset and its columns have, or that were set to nothing.
func blamedValues(a *catalog.Asset, columns []catalog.Column, blame *catalog.Blame) (out []BlamedValue) {
	values := valuesOf(a, columns)
	of := func(column string, fields []string, changed map[string]int64) {
		for _, field := range slices.Sorted(maps.Keys(changed)) {
			if !slices.Contains(fields, field) && !isProvenance(field) {
				fields = append(fields, field)
			}
		}
		for _, field := range fields {
			out = append(out, BlamedValue{
				Column: column, Field: field, Value: values.of[valueKey{column, field}], Version: catalog.Version{Number: blame.Of(column, field)},
			})
		}
	}
	of("", append([]string{""}, values.fields[""]...), blame.Fields)
	for i := range columns {
		name := columns[i].Name
		of(name, append([]string{""}, values.fields[name]...), blame.Columns[name].Fields)
	}
	return out
}

// assetValues are the values of an asset and its columns that are not empty, as changes show them.
type assetValues struct {
	fields map[string][]string // by column, in order
	of     map[valueKey]string
}

// valuesOf compares an asset with an empty one: what differs is what it has.
func valuesOf(a *catalog.Asset, columns []catalog.Column) assetValues {
	empty := &catalog.Asset{ID: a.ID, Present: a.Present}
	blank := make([]catalog.Column, len(columns))
	for i := range columns {
		blank[i] = catalog.Column{Name: columns[i].Name, Present: columns[i].Present}
	}
	out := assetValues{fields: map[string][]string{}, of: map[valueKey]string{}}
	for _, c := range catalog.DiffAsset(empty, a, blank, columns) {
		if c.Field != "" && !isProvenance(c.Field) {
			out.fields[c.Column] = append(out.fields[c.Column], c.Field)
			out.of[valueKey{c.Column, c.Field}] = c.New
		}
	}
	return out
}

// blameChanges adds to values the versions that set them, and what was there before.
func (v *View) blameChanges(ctx context.Context, a *catalog.Asset, rows []BlamedValue) error {
	set := map[int64]bool{}
	for i := range rows {
		set[rows[i].Version.Number] = true
	}
	delete(set, 0)
	numbers := slices.Sorted(maps.Keys(set))
	versions, err := v.m.store.VersionsOf(ctx, v.ws(), v.Schema.ID, numbers)
	if err != nil {
		return err
	}
	changed, err := v.m.store.ChangesAt(ctx, v.ws(), v.Schema.ID, a.ID, numbers)
	if err != nil {
		return err
	}
	changes := map[int64]map[valueKey]catalog.Change{}
	for _, row := range changed {
		by := map[valueKey]catalog.Change{}
		for _, c := range catalog.DiffAsset(row.Before, row.After, row.BeforeColumns, row.AfterColumns) {
			by[valueKey{c.Column, c.Field}] = c
		}
		changes[row.Version] = by
	}
	for i := range rows {
		r := &rows[i]
		n := r.Version.Number
		if known, ok := versions[n]; ok {
			r.Version = known
		}
		r.Kind = catalog.Created
		if c, ok := changes[n][valueKey{r.Column, r.Field}]; ok {
			r.Kind, r.Old = c.Kind, c.Old
		}
	}
	return nil
}

// blameReports adds to values who reports them; texts are the origins of descriptions by column.
func (v *View) blameReports(ctx context.Context, a *catalog.Asset, texts map[string]catalog.Origin, rows []BlamedValue) error {
	facets, err := v.Facets(ctx, a)
	if err != nil {
		return err
	}
	slices.SortStableFunc(facets, func(x, y catalog.Facet) int { return cmp.Compare(blameRank(a, &x), blameRank(a, &y)) })
	alone := make([]assetValues, len(facets))
	names := make([]map[string]bool, len(facets))
	for i := range facets {
		asset, columns := catalog.Merge(a.ID, facets[i:i+1], v.Schema.Policy)
		alone[i], names[i] = valuesOf(&asset, columns), map[string]bool{}
		for _, c := range facets[i].Body.Columns {
			names[i][c.Name] = true
		}
	}
	for i := range rows {
		r := &rows[i]
		for n := range facets {
			has := alone[n].of[valueKey{r.Column, r.Field}] == r.Value && r.Value != ""
			switch r.Field {
			case "description":
				has = has && facets[n].Origin == texts[r.Column]
			case "origin":
				has = facets[n].Source == catalog.FromSQL && r.Value == string(catalog.OriginSQL)
			case "":
				has = facets[n].Source != catalog.FromUser && (r.Column == "" && facets[n].Source != catalog.FromSQL || names[n][r.Column])
			}
			if has {
				r.Reported = reported(&facets[n], r.Column, r.Field)
				break
			}
		}
	}
	return nil
}

// blameRank orders facets by which of them a value is ascribed to where several have it: the leading node before
// others; the warehouse before what code makes; people last, whose edits of what is there already change nothing.
func blameRank(a *catalog.Asset, f *catalog.Facet) int {
	rank := map[catalog.Source]int{catalog.FromManifest: 1, catalog.FromCrawl: 2, catalog.FromCatalog: 3, catalog.FromSQL: 4, catalog.FromUser: 5}[f.Source]
	if !f.Withdrawn.IsZero() {
		rank += 10
	}
	if f.Source == catalog.FromManifest && a.DBT != nil && f.UniqueID == a.DBT.UniqueID && f.Project == a.Project {
		rank = 0
	}
	return rank
}

// reported is a value of a facet.
func reported(f *catalog.Facet, column, field string) Reported {
	out := Reported{Origin: f.Origin, Source: f.Source, Time: f.At}
	for i := range f.Body.Edits {
		if e := &f.Body.Edits[i]; e.Field == field && e.Column == column {
			out.By, out.Time = e.By, e.At
		}
	}
	if d := f.Body.DBT; d != nil && f.Source == catalog.FromManifest {
		out.File = fileOf(d, column, field)
	}
	return out
}

// fileOf returns the file of a dbt project that has a value, if that is certain: code and the name of a node are in its
// own file, texts and columns where it is described.
func fileOf(d *catalog.DBT, column, field string) string {
	described := column != "" || field == "description" || field == "doc_blocks"
	if described && d.PatchPath != "" {
		_, path, found := strings.Cut(d.PatchPath, "://")
		if found {
			return path
		}
		return d.PatchPath
	}
	switch field {
	case "", "name", "code", "description":
		return d.OriginalFilePath
	}
	return ""
}
