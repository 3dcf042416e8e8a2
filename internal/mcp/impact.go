package mcp

import (
	"cmp"
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

type impactInput struct {
	assetArg
	Column     string `json:"column,omitempty" jsonschema:"the column that changes; default: the whole asset"`
	Kinds      string `json:"kinds,omitempty" jsonschema:"follow only column edges of these kinds, separated by commas"`
	Confidence string `json:"confidence,omitempty" jsonschema:"least confidence: schema, single_source, inferred or ambiguous (default)"`
	ValuesOnly bool   `json:"values_only,omitempty" jsonschema:"leave out what only depends on which rows there are"`
	atArg
	paged
}

type reachedRow struct {
	Asset  string   `json:"asset"`
	ID     string   `json:"id"`
	Kind   string   `json:"kind"`
	Depth  int      `json:"depth"`
	Reason string   `json:"reason"`
	Owners []string `json:"owners,omitempty"`
}

type reachedColumn struct {
	Asset  string `json:"asset"`
	Column string `json:"column"`
	Depth  int    `json:"depth"`
}

type reachedOwner struct {
	Owner  string `json:"owner"`
	Assets int    `json:"assets"`
}

func getImpact(ctx context.Context, c *caller, in *impactInput, from *positions) (*answer, error) {
	walk, err := walkOf(in.Kinds, in.Confidence)
	if err != nil {
		return nil, err
	}
	f, err := c.asset(ctx, in.assetArg, in.At, from)
	if err != nil {
		return nil, err
	}
	reached, err := f.view.Impact(ctx, &f.Asset, readmodel.ImpactQuery{Walk: walk, Column: in.Column, Rows: !in.ValuesOnly})
	if err != nil {
		return nil, missingColumn(ctx, f, err, in.Column)
	}
	a := answerAbout(f)
	a.setText("column", in.Column)
	a.set("downstream_tables", reached.Tables)
	a.set("reasons", map[string]string{
		"column": "values derive from the change", "rows": "the change decides which rows it has", "unread": "its SQL could not be read completely, so nothing can be ruled out",
		"downstream": "derives from a table that is reached as a whole", "uses": "is not a table and uses one that is reached",
	})
	return a, a.reached(from, reached)
}

// reached adds what a change reaches, tables first.
func (a *answer) reached(from *positions, reached readmodel.Impact) error {
	lists := map[string][]readmodel.Reached{}
	for _, r := range reached.Assets {
		name := reachedList(r.Kind)
		lists[name] = append(lists[name], r)
	}
	for _, name := range []string{"tables", "exposures", "metrics", "others"} {
		rows := lists[name]
		if len(rows) == 0 && name != "tables" {
			continue
		}
		if err := a.memory(from, name, len(rows), func(i int) any {
			r := rows[i]
			return reachedRow{Asset: cardName(r.Asset), ID: r.Label(), Kind: string(r.Kind), Depth: r.Depth, Reason: r.Reason.String(), Owners: some(r.Owners)}
		}); err != nil {
			return err
		}
	}
	err := a.memory(from, columnsList, len(reached.Columns), func(i int) any {
		n := &reached.Columns[i]
		return reachedColumn{Asset: nodeName(n), Column: short(n.Name), Depth: n.Depth}
	})
	if err != nil {
		return err
	}
	owners := ownersOf(reached.Assets)
	return a.memory(from, "owners", len(owners), func(i int) any { return owners[i] })
}

func reachedList(k catalog.Kind) string {
	switch {
	case k.IsTable():
		return "tables"
	case k == catalog.KindExposure:
		return "exposures"
	case k == catalog.KindMetric, k == catalog.KindSemanticModel, k == catalog.KindSavedQuery:
		return "metrics"
	}
	return "others"
}

// ownersOf counts the assets of each owner, most first.
func ownersOf(reached []readmodel.Reached) []reachedOwner {
	count := map[string]int{}
	for _, r := range reached {
		for _, owner := range r.Owners {
			count[owner]++
		}
	}
	out := make([]reachedOwner, 0, len(count))
	for owner, n := range count {
		out = append(out, reachedOwner{short(owner), n})
	}
	slices.SortFunc(out, func(a, b reachedOwner) int {
		return cmp.Or(cmp.Compare(b.Assets, a.Assets), cmp.Compare(a.Owner, b.Owner))
	})
	return out
}
