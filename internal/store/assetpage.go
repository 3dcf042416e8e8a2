package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// AssetFilter narrows a list of assets; zero fields let everything through,
// except that removed assets are left out unless Removed asks for them.
type AssetFilter struct {
	Schema         catalog.SchemaID // 0 = all of the workspace, each at its served version
	At             int64            // version; 0 = served; only with Schema
	Kind           []catalog.Kind
	Project        catalog.ProjectID
	Package        string
	Tag            string
	Owner          string
	Group          string
	Status         string // class of the latest result, e.g. "error"
	Materialized   string
	Removed        *bool // nil or false: present ones; true: removed ones
	HasDescription *bool
	Query          string // part of the name or relation, ASCII letters of either case
	// Sort is name, kind, created_at, updated_at or id; "-" in front reverses it; "" is
	// tables first, by name.
	Sort string
}

// isTable is catalog.Kind.IsTable of an asset.
const isTable = `a.kind IN ('model', 'seed', 'snapshot', 'source', 'table', 'view')`

// tablesFirst is what assets are sorted by unless something else is asked for.
const tablesFirst = `(CASE WHEN ` + isTable + ` THEN '0' ELSE '1' END || a.sort_name)`

// TablesFirst is what an asset is sorted by unless something else is asked for.
func TablesFirst(kind catalog.Kind, name string) string {
	if kind.IsTable() {
		return "0" + SortName(name)
	}
	return "1" + SortName(name)
}

// sorts returns the columns of a sort; the last, the id, makes it total. Times
// and ids are numbers, the others texts.
func sorts(sort string) (column string, text, down bool, err error) {
	sort, down = strings.CutPrefix(sort, "-")
	switch sort {
	case "":
		return tablesFirst, true, down, nil
	case "name":
		return "a.sort_name", true, down, nil
	case "kind":
		return "a.kind", true, down, nil
	case "created_at":
		return "a.created_at", false, down, nil
	case "updated_at":
		return "a.updated_at", false, down, nil
	case "id":
		return "a.id", false, down, nil
	}
	return "", false, false, fmt.Errorf("sort %q: %w", sort, catalog.ErrInvalid)
}

// clause is the part of a query that filters, with its arguments.
type clause struct {
	sql  strings.Builder
	args []any
}

func (c *clause) and(condition string, args ...any) {
	c.sql.WriteString(` AND ` + condition)
	c.args = append(c.args, args...)
}

const fromAssets = ` FROM assets a JOIN schemas s ON s.ws = a.ws AND s.id = a.schema_id WHERE a.ws = ?`

// where builds the filter behind fromAssets. The state's versions go without an
// index where the schema is named: one by name or relation serves better.
func (d db) where(ctx context.Context, ws int64, f AssetFilter) (*clause, error) {
	c := &clause{args: []any{ws}}
	switch {
	case f.Schema != 0:
		at, err := d.served(ctx, ws, f.Schema, f.At)
		if err != nil {
			return nil, err
		}
		c.and(`a.schema_id = ? AND +a.valid_from <= ? AND +a.valid_to > ?`, int64(f.Schema), at, at)
	case f.At != 0:
		return nil, fmt.Errorf("version without a schema: %w", catalog.ErrInvalid)
	default:
		c.and(`a.valid_from <= s.version AND a.valid_to > s.version AND s.deleted_at = 0`)
	}
	c.and(`a.present = ?`, bit(f.Removed == nil || !*f.Removed))
	if len(f.Kind) > 0 {
		kinds := make([]string, len(f.Kind))
		for i, k := range f.Kind {
			kinds[i] = string(k)
		}
		marks, args := in(nil, kinds)
		c.and(`a.kind IN `+marks, args...)
	} else {
		c.and(`a.kind NOT IN ('operation', 'macro', 'doc')`) // catalog.Kind.OnRequest
	}
	c.values(f)
	return c, nil
}

func (c *clause) values(f AssetFilter) {
	if f.Materialized != "" {
		c.and(isTable) // what dbt gives analyses, operations and the like means nothing
	}
	for _, v := range []struct{ column, value string }{
		{"a.package", f.Package}, {"a.group_name", f.Group}, {"a.materialized", f.Materialized},
	} {
		if v.value != "" {
			c.and(v.column+` = ?`, v.value)
		}
	}
	if f.Project != 0 {
		c.and(`a.project_id = ?`, int64(f.Project))
	}
	if f.HasDescription != nil {
		c.and(`a.described = ?`, bit(*f.HasDescription))
	}
	for _, l := range []struct{ kind, value string }{{labelTag, f.Tag}, {labelOwner, f.Owner}} {
		if l.value != "" {
			c.and(`EXISTS (SELECT 1 FROM asset_labels l WHERE l.ws = a.ws AND l.schema_id = a.schema_id AND l.asset = a.id
				AND l.kind = ? AND l.label = ? AND l.valid_from <= a.valid_from AND l.valid_to > a.valid_from)`, l.kind, keyHash(l.value))
		}
	}
	if f.Status != "" {
		c.and(`(a.schema_id, a.project_id, a.unique_id) IN (SELECT r.schema_id, r.project_id, r.unique_id FROM latest_results r WHERE r.ws = ? AND r.class = ?)`, c.args[0], f.Status)
	}
	if f.Query != "" {
		like := likePattern(f.Query)
		c.and(`(lower(a.name) LIKE ? ESCAPE '\' OR lower(a.relation_key) LIKE ? ESCAPE '\')`, like, like)
	}
}

// likePattern finds the text anywhere, letters of ASCII in either case.
func likePattern(text string) string {
	lower := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
	return `%` + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(lower) + `%`
}

// AssetPage lists assets. An unknown sort is catalog.ErrInvalid.
func (s *Store) AssetPage(ctx context.Context, ws int64, f AssetFilter, p Page) (Paged[catalog.Asset], error) {
	column, text, down, err := sorts(f.Sort)
	if err != nil {
		return Paged[catalog.Asset]{}, err
	}
	d := s.reader(ws)
	c, err := d.where(ctx, ws, f)
	if err != nil {
		return Paged[catalog.Asset]{}, err
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*)`+fromAssets+c.sql.String(), c.args...)
	if err != nil {
		return Paged[catalog.Asset]{}, fmt.Errorf("assets: %w", err)
	}
	if err := c.behind(p, column, text, down); err != nil {
		return Paged[catalog.Asset]{}, err
	}
	turn := ""
	if down {
		turn = " DESC"
	}
	rows, err := listBodies(ctx, d, assetRows(), `SELECT `+assetColumns+fromAssets+c.sql.String()+
		` ORDER BY `+column+turn+`, a.id`+turn+` LIMIT ?`, append(c.args, p.limit()+1)...)
	if err != nil {
		return Paged[catalog.Asset]{}, fmt.Errorf("assets: %w", err)
	}
	return paged(rows, p, total, func(a catalog.Asset) []any { return []any{sortValue(a, column), a.ID} })
}

// behind adds the condition for the rows after the page's position.
func (c *clause) behind(p Page, column string, text, down bool) error {
	var label string
	var number, id int64
	value := any(&number)
	if text {
		value = &label
	}
	given, err := p.after(value, &id)
	if err != nil || !given {
		return err
	}
	than := ">"
	if down {
		than = "<"
	}
	if text {
		c.and(`(`+column+`, a.id) `+than+` (?, ?)`, label, id)
	} else {
		c.and(`(`+column+`, a.id) `+than+` (?, ?)`, number, id)
	}
	return nil
}

// sortValue is what the column of a sort holds for an asset.
func sortValue(a catalog.Asset, column string) any {
	switch column {
	case tablesFirst:
		return TablesFirst(a.Kind, a.Name)
	case "a.kind":
		return a.Kind
	case "a.created_at":
		return micros(a.CreatedAt)
	case "a.updated_at":
		return micros(a.UpdatedAt)
	case "a.id":
		return a.ID
	}
	return SortName(a.Name)
}

// Breakdown names what AssetBreakdown counts by.
type Breakdown string

// The breakdowns.
const (
	ByKind         Breakdown = "kind"
	ByTag          Breakdown = "tag"
	ByOwner        Breakdown = "owner"
	ByGroup        Breakdown = "group"
	ByPackage      Breakdown = "package"
	ByMaterialized Breakdown = "materialized"
)

// AssetBreakdown counts the assets of a filter by one property; those without a
// value are left out.
func (s *Store) AssetBreakdown(ctx context.Context, ws int64, f AssetFilter, by Breakdown) (map[string]int64, error) {
	d := s.reader(ws)
	c, err := d.where(ctx, ws, f)
	if err != nil {
		return nil, err
	}
	query, args, err := breakdown(by, c)
	if err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	_, err = list(ctx, d, func(row scanner) (none struct{}, err error) {
		var value string
		var n int64
		err = row.Scan(&value, &n)
		if value != "" {
			counts[value] = n
		}
		return none, err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("assets by %s: %w", by, err)
	}
	return counts, nil
}

func breakdown(by Breakdown, c *clause) (query string, args []any, err error) {
	column := map[Breakdown]string{ByKind: "a.kind", ByGroup: "a.group_name", ByPackage: "a.package", ByMaterialized: "a.materialized"}[by]
	if by == ByMaterialized {
		c.and(isTable)
	}
	switch {
	case column != "":
		return `SELECT ` + column + `, count(*)` + fromAssets + c.sql.String() + ` GROUP BY ` + column, c.args, nil
	case by == ByTag || by == ByOwner:
		return `SELECT b.value, count(*) FROM asset_labels b JOIN (SELECT a.ws, a.schema_id, a.id, a.valid_from` + fromAssets + c.sql.String() + `) t
			ON b.ws = t.ws AND b.schema_id = t.schema_id AND b.asset = t.id AND b.valid_from <= t.valid_from AND b.valid_to > t.valid_from
			WHERE b.kind = ? GROUP BY b.value`, append(c.args, string(by)), nil
	}
	return "", nil, fmt.Errorf("breakdown by %q: %w", by, catalog.ErrInvalid)
}
