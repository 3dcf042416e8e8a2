package mcp

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

type changesInput struct {
	Asset string `json:"asset,omitempty" jsonschema:"only the changes of this asset, newest first"`
	schemaArg
	Project string `json:"project,omitempty" jsonschema:"dbt project, if several have the asset"`
	Since   string `json:"since,omitempty" jsonschema:"version, RFC 3339 time or day after which changes are listed; default: the version before the newest"`
	Until   string `json:"until,omitempty" jsonschema:"version, time or day up to which changes are listed; default: now"`
	paged
}

type changedRow struct {
	Asset   string      `json:"asset"`
	ID      string      `json:"id"`
	Version int64       `json:"version"`
	At      string      `json:"at"`
	Cause   string      `json:"cause"`
	By      string      `json:"by,omitempty"`
	Changes []changeRow `json:"changes"`
	More    int         `json:"more_changes,omitempty"`
	// Untrusted is always true: the values were written by others.
	Untrusted bool `json:"untrusted"`
}

type changeRow struct {
	Kind   string `json:"kind"`
	Field  string `json:"field,omitempty"`
	Column string `json:"column,omitempty"`
	Old    string `json:"old,omitempty"`
	New    string `json:"new,omitempty"`
}

func listChanges(ctx context.Context, c *caller, in *changesInput, from *positions) (*answer, error) {
	if in.Asset != "" {
		return c.history(ctx, in, from)
	}
	v, err := c.view(ctx, in.Schema, in.Until, from)
	if err != nil {
		return nil, err
	}
	since := max(0, v.Version-1)
	if in.Since != "" {
		begin, err := versionOf(ctx, v, "since", in.Since)
		if err != nil {
			return nil, err
		}
		since = begin.Version
	}
	a := &answer{version: v.Version}
	a.set("schema", schemaOf(v))
	a.set("since_version", since)
	return a, stored(ctx, a, from, "changed", func(ctx context.Context, p store.Page) (store.Paged[store.ChangedAsset], error) {
		return v.Changes(ctx, since, v.Version, p)
	}, changedRowOf)
}

// history answers how one asset changed.
func (c *caller) history(ctx context.Context, in *changesInput, from *positions) (*answer, error) {
	if in.Since != "" || in.Until != "" {
		return nil, httpserver.InvalidParameter("since", "since and until go without asset; the changes of an asset are listed newest first")
	}
	f, err := c.asset(ctx, assetArg{in.Asset, in.schemaArg, in.Project}, "", from)
	if err != nil {
		return nil, err
	}
	a := answerAbout(f)
	return a, stored(ctx, a, from, "changed", func(ctx context.Context, p store.Page) (store.Paged[store.ChangedAsset], error) {
		return f.view.History(ctx, f.ID, p)
	}, changedRowOf)
}

func changedRowOf(row store.ChangedAsset) any {
	asset := row.After
	if asset == nil {
		asset = row.Before
	}
	all := readmodel.ChangesOf(row)
	out := changedRow{
		Asset: assetName(asset), ID: row.Asset.Label(asset.Kind), Version: row.Version, At: instant(row.At), Cause: causeOf(row.Cause), By: short(row.Actor.Name),
		Changes: []changeRow{}, Untrusted: true,
	}
	const most = 12
	for _, change := range all[:min(len(all), most)] {
		out.Changes = append(out.Changes, changeRow{
			Kind: string(change.Kind), Field: change.Field, Column: short(change.Column),
			Old: short(change.Old), New: short(change.New),
		})
	}
	out.More = len(all) - len(out.Changes)
	return out
}

// causeOf names what changed something: import IMP-7.
func causeOf(c catalog.Cause) string {
	if id := c.Import(); id != 0 {
		return "import " + id.String()
	}
	return string(c.Kind)
}
