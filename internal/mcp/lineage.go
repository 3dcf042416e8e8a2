package mcp

import (
	"context"
	"errors"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

type lineageInput struct {
	Asset string `json:"asset,omitempty" jsonschema:"an asset; or use select"`
	schemaArg
	Project   string `json:"project,omitempty" jsonschema:"dbt project, if several have the asset"`
	Select    string `json:"select,omitempty" jsonschema:"a dbt selector instead of an asset, such as 2+orders+1, tag:nightly or path:models/marts"`
	Direction string `json:"direction,omitempty" jsonschema:"upstream, downstream or both (default)"`
	Depth     int    `json:"depth,omitempty" jsonschema:"steps at most; default: all"`
	atArg
	paged
}

// mostNodes is how many nodes of a graph are paged through.
const mostNodes = 20_000

type nodeRow struct {
	Asset string   `json:"asset"`
	ID    string   `json:"id"`
	Kind  string   `json:"kind"`
	Depth int      `json:"depth"`
	From  []string `json:"from,omitempty"` // direct parents that the answer is about
}

func getLineage(ctx context.Context, c *caller, in *lineageInput, from *positions) (*answer, error) {
	if (in.Asset == "") == (in.Select == "") {
		return nil, httpserver.InvalidParameter("asset", "want either asset or select")
	}
	if err := oneOf("direction", in.Direction, "upstream", "downstream", "both"); err != nil {
		return nil, err
	}
	depth, err := depthOf(in.Depth)
	if err != nil {
		return nil, err
	}
	opts := readmodel.LineageOptions{Depth: depth, Limit: mostNodes}
	if in.Select != "" {
		return c.selected(ctx, in, opts, from)
	}
	f, err := c.asset(ctx, assetArg{in.Asset, in.schemaArg, in.Project}, in.At, from)
	if err != nil {
		return nil, err
	}
	a := answerAbout(f)
	for _, way := range []string{"upstream", "downstream"} {
		if in.Direction != "" && in.Direction != "both" && in.Direction != way {
			continue
		}
		part, err := f.view.Around(ctx, f.ID, way == "upstream", opts)
		if err != nil {
			return nil, err
		}
		if err := a.graph(from, way, part); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// depthOf reads a number of steps, 0 = all.
func depthOf(n int) (int, error) {
	switch {
	case n < 0:
		return 0, httpserver.InvalidParameter("depth", "must not be negative")
	case n == 0:
		return 1_000_000, nil
	}
	return n, nil
}

// selected answers what a selector selects.
func (c *caller) selected(ctx context.Context, in *lineageInput, opts readmodel.LineageOptions, from *positions) (*answer, error) {
	v, err := c.view(ctx, in.Schema, in.At, from)
	if err != nil {
		return nil, err
	}
	part, err := v.Lineage(ctx, strings.TrimSpace(in.Select), opts)
	if invalid, ok := errors.AsType[*readmodel.SelectorError](err); ok {
		return nil, httpserver.InvalidParameter("select", "%v", invalid.Err)
	}
	if err != nil {
		return nil, err
	}
	a := &answer{version: v.Version}
	a.set("schema", schemaOf(v))
	a.notes = append(a.notes, some(catalog.Messages(part.Warnings))...)
	return a, a.graph(from, "nodes", part)
}

// graph adds the nodes of a graph with their parents.
func (a *answer) graph(from *positions, name string, part readmodel.TableLineage) error {
	parents := map[*readmodel.Asset][]string{}
	for _, e := range part.Edges {
		parents[e.To] = append(parents[e.To], cardName(e.From))
	}
	if part.Total > len(part.Nodes) {
		a.note("Only the nearest %d of %d nodes of %s can be paged through.", len(part.Nodes), part.Total, name)
	}
	return a.memory(from, name, len(part.Nodes), func(i int) any {
		n := part.Nodes[i]
		return nodeRow{Asset: cardName(n.Asset), ID: n.Label(), Kind: string(n.Kind), Depth: n.Depth, From: some(parents[n.Asset])}
	})
}
