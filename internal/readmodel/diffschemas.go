package readmodel

import (
	"context"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/projectdiff"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// Tables of two schemas have different ids and addresses. Their code and column lineage are compared by what is the
// same in both: dbt's unique ids, or the names of tables that dbt does not know.

// commonName is what an asset is called in both schemas.
func commonName(a *Asset) string {
	if a.UniqueID != "" {
		return a.UniqueID
	}
	return strings.ToLower(a.Relation.Schema + "." + a.Relation.Identifier)
}

// commonNames returns what tables that code reads are called in both schemas.
func (d Diff) commonNames(ctx context.Context) (func(lineage.Ref) string, error) {
	base, err := d.Base.m.assets(ctx, d.Base.schemaKey(), d.Base.Version)
	if err != nil {
		return nil, err
	}
	head, err := d.Head.m.assets(ctx, d.Head.schemaKey(), d.Head.Version)
	if err != nil {
		return nil, err
	}
	return func(r lineage.Ref) string {
		for _, assets := range []*Assets{base, head} {
			if a := assets.find(catalog.AssetID(r.Table)); a != nil {
				return commonName(a)
			}
		}
		return refLabel(r)
	}, nil
}

const (
	codeBytes   = 8 << 20   // of compiled code that is compared for one page, more or less
	longestCode = 256 << 10 // longer code is not compared
	codeStep    = 2         // bytes of code that are read in one step of package turn
)

// compareCode returns which of some assets that both schemas have were compiled to code that does something else, and
// how many bytes of code it compared. It leaves out those without compiled code in one of them, very long code, and
// other languages than SQL.
func (d Diff) compareCode(ctx context.Context, rows []store.ChangedAsset) (differs map[catalog.AssetID]bool, bytes int, err error) {
	var due []store.ChangedAsset
	var hashes []catalog.Hash
	for _, row := range rows {
		if was, now := compiledSQL(row.Before), compiledSQL(row.After); was != now && !was.IsZero() && !now.IsZero() {
			due, hashes = append(due, row), append(hashes, was, now)
		}
	}
	if len(due) == 0 {
		return nil, 0, nil
	}
	texts, err := d.Head.m.store.Texts(ctx, d.Head.ws(), hashes)
	if err != nil {
		return nil, 0, err
	}
	base, err := d.Base.m.tableGraph(ctx, d.Base.schemaKey(), d.Base.Version)
	if err != nil {
		return nil, 0, err
	}
	head, err := d.Head.m.tableGraph(ctx, d.Head.schemaKey(), d.Head.Version)
	if err != nil {
		return nil, 0, err
	}
	differs = map[catalog.AssetID]bool{}
	err = compute(ctx, len(due), func(ctx context.Context) error {
		for _, row := range due {
			was, now := texts[row.Before.Code.Compiled], texts[row.After.Code.Compiled]
			if max(len(was), len(now)) > longestCode {
				continue
			}
			bytes += len(was) + len(now)
			if err := turn.Take(ctx, (len(was)+len(now))/codeStep); err != nil {
				return err
			}
			differs[row.After.ID] = base.codeForm(row.Before, was) != head.codeForm(row.After, now)
		}
		return nil
	})
	return differs, bytes, err
}

// compiledSQL is the hash of the compiled SQL of an asset; zero without any.
func compiledSQL(a *catalog.Asset) catalog.Hash {
	if a == nil || a.Code == nil || a.DBT != nil && a.DBT.Language != "" && a.DBT.Language != "sql" {
		return catalog.Hash{}
	}
	return a.Code.Compiled
}

// codeForm is the compiled code of an asset with the common names of the tables that it reads, and of its own.
func (l *TableGraph) codeForm(a *catalog.Asset, sql string) string {
	var tables []projectdiff.NamedTable
	n, ok := l.assets.number(a.ID)
	if !ok {
		return sql
	}
	seen := map[int32]bool{n: true}
	for open := []int32{n}; len(open) > 0; open = open[1:] {
		card := l.assets.present[open[0]]
		if card.RelationKey != "" {
			tables = append(tables, projectdiff.NamedTable{Relation: card.Relation, ID: commonName(card)})
		}
		if open[0] != n && card.RelationKey != "" {
			continue // a table; the code of an ephemeral model is part of what reads it
		}
		for _, parent := range l.graph.Parents(open[0]) {
			if !seen[parent] {
				seen[parent] = true
				open = append(open, parent)
			}
		}
	}
	return projectdiff.CodeForm(a.Relation.Platform, sql, tables)
}
