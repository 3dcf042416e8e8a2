package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// Use is something that uses a macro or a docs block.
type Use struct {
	Name     string  `json:"name"`
	Kind     string  `json:"kind" doc:"Kind of the asset, or test"`
	UniqueID string  `json:"unique_id"`
	Column   *string `json:"column" doc:"For a docs block: the column in whose description it occurs; null if in the asset's own description"`
}

func (a *API) registerUses(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/used_by", Scope: access.ReadCatalog, ID: "list-uses", Tag: "assets",
		Summary: "List what uses a macro or a docs block", Description: "Assets that call a macro, other macros among them, by name, then data tests; " +
			"of a docs block the assets and columns whose descriptions have it, which dbt reports from 1.10 on. Everything else is used along the lineage: for it the list is empty.",
	}, a.listUses)
}

type usesInput struct {
	AssetParam
	AtParam
	LongPageParams
}

func (a *API) listUses(ctx context.Context, p access.Principal, in *usesInput) (*httpserver.Body[httpserver.List[Use]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	start, err := pageStart(ctx, a, p, in.LongPageParams)
	if err != nil {
		return nil, err
	}
	var page []readmodel.Use
	total := 0
	if f.asset.Kind == catalog.KindMacro || f.asset.Kind == catalog.KindDoc {
		if page, total, err = f.view.UsesOf(ctx, &f.asset, start, in.Limit); err != nil {
			return nil, err
		}
	}
	next := ""
	if end := start + in.Limit; end < total {
		next = strconv.Itoa(end)
	}
	out := httpserver.ListOf[Use](ctx, a.cursors, p.WS, in.Limit, next, int64(total))
	out.Meta.Version = f.version
	for _, each := range page {
		out.Data = append(out.Data, useResource(each))
	}
	return httpserver.Reply(out), nil
}

func useResource(u readmodel.Use) httpserver.Resource[Use] {
	if t := u.Test; t != nil {
		return httpserver.Resource[Use]{ID: t.ID.String(), Type: "test", Attributes: Use{Name: t.Body.Name, Kind: "test", UniqueID: t.UniqueID}}
	}
	a := u.Asset
	return httpserver.Resource[Use]{ID: a.Label(), Type: assetType(a.Kind), Attributes: Use{
		Name: a.Name, Kind: string(a.Kind), UniqueID: a.UniqueID, Column: optional(u.Column),
	}}
}
