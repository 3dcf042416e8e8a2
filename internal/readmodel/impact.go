package readmodel

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/impact"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// Impact is what a change reaches, the nearest first.
type Impact struct {
	Columns []ColumnNode
	Assets  []Reached
	// Tables counts the tables downstream of the changed one, reached or not.
	Tables int
}

// Reached is an asset that a change reaches.
type Reached struct {
	*Asset
	Depth  int
	Reason impact.Reason
}

// ImpactQuery chooses what is followed; of Walk the kinds and the least confidence
// count.
type ImpactQuery struct {
	Walk   lineage.WalkOptions
	Column string // "" = the table as a whole
	Rows   bool   // follow also what decides rows
}

// Impact computes what a change to an asset, or to one of its columns, reaches:
// nothing for a removed asset, which nothing depends on. It is catalog.ErrNotFound for a
// column that the asset does not have.
func (v *View) Impact(ctx context.Context, asset *catalog.Asset, q ImpactQuery) (Impact, error) {
	tables, err := v.m.tableGraph(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return Impact{}, err
	}
	columns, err := v.m.columns(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return Impact{}, err
	}
	n, ok := tables.assets.number(asset.ID)
	if !ok {
		if q.Column != "" {
			_, err = v.Column(ctx, asset, q.Column)
		}
		return Impact{}, err
	}
	change := impact.Change{Asset: n, Walk: q.Walk, Rows: q.Rows}
	if q.Column != "" {
		column, traced := columns.find(asset.ID, q.Column)
		if !traced {
			if _, err := v.Column(ctx, asset, q.Column); err != nil {
				return Impact{}, err
			}
			column = -1 // nothing reads it: only code that could not be read is left
		}
		change.Columns = []int32{column}
	}
	var reached Impact
	err = compute(ctx, 0, func(ctx context.Context) error {
		walk := &walker{ctx: ctx}
		reached = reachedBy(walk.stops, tables, columns, change)
		return walk.err
	})
	return reached, err
}

func reachedBy(stop func(steps int) bool, tables *TableGraph, columns *Columns, change impact.Change) Impact {
	state := impactState(tables, columns)
	state.Stop = stop
	reached := state.Of(change)
	out := Impact{Tables: reached.Tables}
	for i, n := range reached.Columns.Columns {
		if depth := int(reached.Columns.Depths[i]); depth > 0 {
			out.Columns = append(out.Columns, columns.node(n, "downstream", depth))
		}
	}
	for _, r := range reached.Assets {
		if tables.assets.present[r.Asset].Kind == catalog.KindOperation {
			continue // nobody consumes the hooks of a run
		}
		out.Assets = append(out.Assets, Reached{Asset: tables.assets.present[r.Asset], Depth: int(r.Depth), Reason: r.Reason})
	}
	return out
}

// impactState is the state in the form that package impact takes. Both parts are
// of one version, so they number the same assets alike.
func impactState(tables *TableGraph, columns *Columns) impact.State {
	assets := tables.assets
	return impact.State{
		Graph: tables.graph, Columns: columns.graph,
		Number:  func(table int64) (int32, bool) { return assets.number(catalog.AssetID(table)) },
		IsTable: func(n int32) bool { return assets.present[n].Kind.IsTable() },
		Unread: func(n, of int32) bool {
			r, ok := columns.readings[assets.present[n].ID]
			return ok && (r.Status == lineage.Failed || r.Status == lineage.NotCompiled || r.Status == lineage.NotSQL || r.Resolved < r.Outputs ||
				columns.graph.StarOver(int64(assets.present[n].ID), int64(assets.present[of].ID)))
		},
	}
}

// walker counts the steps of a walk.
type walker struct {
	ctx context.Context //nolint:containedctx // one walk's, whose functions have none
	err error           // why it was stopped
}

// stops counts steps and reports whether to give up.
func (w *walker) stops(steps int) bool {
	if w.err == nil {
		w.err = turn.Take(w.ctx, steps)
	}
	return w.err != nil
}
