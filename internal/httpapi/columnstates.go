package httpapi

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/impact"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// columnState is the column lineage of one version of a schema. It never
// changes, so requests share it.
type columnState struct {
	*schemaState
	columns  *lineage.ColumnGraph
	readings map[catalog.AssetID]reading
}

// reading sums up how the code of a model was read.
type reading struct {
	status   lineage.Status
	outputs  int
	resolved int
	edges    int
	issues   int
}

// keptColumns bounds the memory of column states, in columns and edges of them
// all: some 100 bytes each.
const keptColumns = 1_000_000

func (st *columnState) weight() int { return st.columns.Len() + st.columns.Links() }

func (a *API) loadColumns(ctx context.Context, key stateKey) (*columnState, error) {
	schema, err := a.states.of(ctx, key.ws, key.schema, key.version)
	if err != nil {
		return nil, err
	}
	out := &columnState{schemaState: schema, readings: map[catalog.AssetID]reading{}}
	var rows []store.ColumnEdgeBlock
	if key.version > 0 {
		if rows, err = a.store.ColumnEdgesOf(ctx, key.ws, key.schema, key.version, nil); err != nil {
			return nil, err
		}
	}
	blocks := func(yield func(lineage.TableBlock) bool) {
		for _, row := range rows {
			block, broken := lineage.Decode(row.Block)
			if broken != nil {
				err = fmt.Errorf("asset %d: %w", row.Asset, broken)
				return
			}
			out.readings[row.Asset] = reading{block.Status, len(block.Outputs), block.Resolved(), block.EdgeCount(), len(block.Issues)}
			if !yield(lineage.TableBlock{Table: int64(row.Asset), Block: block}) {
				return
			}
		}
	}
	// Blocks are decoded as they are needed: all of them at once would take more
	// room than the graph.
	out.columns = lineage.NewColumnGraph(blocks, lineage.GraphOptions{Find: schema.byRelation(), Fold: schema.foldColumn})
	return out, err
}

// byRelation finds tables that came after the code that reads them.
func (st *schemaState) byRelation() func(key string) int64 {
	ids := make(map[string]int64, len(st.nodes))
	for i := range st.nodes {
		if a := &st.nodes[i]; a.RelationKey != "" {
			ids[a.RelationKey] = int64(a.ID)
		}
	}
	return func(key string) int64 { return ids[key] }
}

// table gives the number of a table as lineage knows it; false for one outside
// the schema, which is 0 there.
func (st *schemaState) table(id int64) (int32, bool) {
	n, ok := st.number[catalog.AssetID(id)]
	return n, ok
}

func (st *schemaState) foldColumn(table int64, name string) string {
	n, ok := st.table(table)
	if !ok {
		return name
	}
	return catalog.FoldColumn(st.nodes[n].Relation.Platform, name)
}

// find gives the number of a table's column; false if lineage knows none of
// that name.
func (st *columnState) find(id catalog.AssetID, name string) (int32, bool) {
	return st.columns.Find(int64(id), name, func(n string) string { return st.foldColumn(int64(id), n) })
}

// impact is the state as questions of impact take it.
func (st *columnState) impact() impact.State {
	return impact.State{
		Graph: st.graph, Columns: st.columns,
		Number:  st.table,
		IsTable: func(n int32) bool { return st.nodes[n].Kind.IsTable() },
		Unread: func(n int32) bool {
			r, ok := st.readings[st.nodes[n].ID]
			return ok && (r.status == lineage.Failed || r.status == lineage.NotCompiled || r.status == lineage.NotSQL || r.resolved < r.outputs)
		},
	}
}
