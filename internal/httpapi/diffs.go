package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// AssetDiff is an asset that differs between two points.
type AssetDiff struct {
	State      string                           `json:"state" enum:"added,removed,changed" doc:"added: only the head has it; removed: only the base has it"`
	Kind       string                           `json:"kind"`
	Name       string                           `json:"name"`
	UniqueID   *string                          `json:"unique_id"`
	Base       *string                          `json:"base" doc:"Id of the asset in the base; null if it is not there"`
	Head       *string                          `json:"head" doc:"Id of the asset in the head; null if it is not there"`
	Owners     []string                         `json:"owners"`
	Downstream int                              `json:"downstream" doc:"Assets downstream of it: in the head, or in the base for a removed one"`
	Changes    []FieldDiff                      `json:"changes" doc:"None for an added or removed asset"`
	BaseSet    httpserver.Nullable[DiffVersion] `json:"base_set" doc:"What created or restored it in the base; null if it is not there or that is not recorded"`
	HeadSet    httpserver.Nullable[DiffVersion] `json:"head_set" doc:"The same in the head"`
	Versions   []DiffVersion                    `json:"versions" doc:"The versions between the two points that changed it, in their order; none for two schemas"`
}

// FieldDiff is a difference of one field.
type FieldDiff struct {
	Column  *string                          `json:"column"`
	Field   *string                          `json:"field" doc:"Null for a column as a whole; named as in changes"`
	Kind    string                           `json:"kind" enum:"created,updated,removed,restored"`
	Base    *string                          `json:"base"`
	Head    *string                          `json:"head"`
	BaseSet httpserver.Nullable[DiffVersion] `json:"base_set" doc:"The version that set the value in the base; null if that is not recorded, as for column lineage, or if the column is not there"`
	HeadSet httpserver.Nullable[DiffVersion] `json:"head_set" doc:"The version that set the value in the head"`
}

// DiffVersion is a version that changed an asset, with who and what caused it.
type DiffVersion struct {
	Version  int64                         `json:"version"`
	At       string                        `json:"at" format:"date-time"`
	Cause    httpserver.Nullable[Cause]    `json:"cause"`
	ActorRef httpserver.Nullable[ActorRef] `json:"actor_ref"`
}

// Diff is a page of the difference of two points.
type Diff struct {
	Data  []httpserver.Resource[AssetDiff] `json:"data" nullable:"false"`
	Links httpserver.Links                 `json:"links"`
	Meta  DiffMeta                         `json:"meta"`
}

// DiffMeta describes a page of a difference.
type DiffMeta struct {
	httpserver.ListMeta
	Base string `json:"base" doc:"Schema and version that the names of the base mean, such as SCH-101@12"`
	Head string `json:"head" doc:"Schema and version that the names of the head mean"`
}

func (a *API) registerDiffs(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/diff", Scope: access.ReadCatalog, ID: "diff-schemas", Tag: "changes",
		Summary: "Compare two versions of a schema, or two schemas",
		Description: "Lists the assets that differ. Each has who and what set it in the base and in the head. Assets of two schemas are paired by project and unique_id; " +
			"where tables are, their statistics and who described them are not compared, and their compiled code and column lineage by the names that tables have in both. A page may be shorter than limit, or empty, where many assets are the same; links.next goes on.",
	}, a.listDiff)
}

type diffInput struct {
	httpserver.PageParams
	Base string `query:"base" required:"true" maxLength:"128" example:"SCH-101@1" doc:"A schema at its served version (SCH-101), at a version (SCH-101@12) or at a time (SCH-101@2026-01-10T18:00:00Z)"`
	Head string `query:"head" required:"true" maxLength:"128" example:"SCH-101" doc:"What the base is compared with, named in the same way"`
}

func (a *API) listDiff(ctx context.Context, p access.Principal, in *diffInput) (*httpserver.Body[Diff], error) {
	base, err := a.point(ctx, p, "base", in.Base)
	if err != nil {
		return nil, err
	}
	head, err := a.point(ctx, p, "head", in.Head)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := readmodel.Diff{Base: base, Head: head}.Assets(ctx, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	frame := httpserver.ListOf[AssetDiff](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for i := range rows.Rows {
		frame.Data = append(frame.Data, diffResource(&rows.Rows[i]))
	}
	return httpserver.Reply(Diff{Data: frame.Data, Links: frame.Links, Meta: DiffMeta{ListMeta: frame.Meta, Base: pointName(base), Head: pointName(head)}}), nil
}

// point returns the view that a parameter such as SCH-101@12 names.
func (a *API) point(ctx context.Context, p access.Principal, param, name string) (*readmodel.View, error) {
	schema, at, given := strings.Cut(name, "@")
	if given && at == "" {
		return nil, httpserver.InvalidParameter(param, "want a version or a time after the @")
	}
	v, err := a.schema(ctx, p, param, schema)
	if err != nil {
		return nil, err
	}
	return viewAt(ctx, v, param, at)
}

func pointName(v *readmodel.View) string { return fmt.Sprintf("%s@%d", v.Schema.ID, v.Version) }

func diffResource(row *readmodel.AssetDiff) httpserver.Resource[AssetDiff] {
	asset, state := row.After, "changed"
	switch {
	case row.Before == nil:
		state = "added"
	case row.After == nil:
		asset, state = row.Before, "removed"
	}
	out := AssetDiff{
		State: state, Kind: string(asset.Kind), Name: asset.Name, Base: assetLabel(row.Before), Head: assetLabel(row.After),
		Owners: append([]string{}, asset.Owners...), Downstream: row.Downstream, BaseSet: setBy(row.BaseSet), HeadSet: setBy(row.HeadSet),
		Changes: make([]FieldDiff, 0, len(row.Changes)), Versions: make([]DiffVersion, 0, len(row.Versions)),
	}
	if asset.DBT != nil {
		out.UniqueID = optional(asset.DBT.UniqueID)
	}
	for _, c := range row.Changes {
		out.Changes = append(out.Changes, FieldDiff{Column: optional(c.Column), Field: optional(c.Field), Kind: string(c.Kind), Base: optional(c.Old), Head: optional(c.New), BaseSet: setBy(c.BaseSet), HeadSet: setBy(c.HeadSet)})
	}
	for _, v := range row.Versions {
		out.Versions = append(out.Versions, diffVersion(v))
	}
	return httpserver.Resource[AssetDiff]{ID: asset.ID.Label(asset.Kind), Type: "asset_diff", Attributes: out}
}

func assetLabel(a *catalog.Asset) *string {
	if a == nil {
		return nil
	}
	label := a.ID.Label(a.Kind)
	return &label
}

func diffVersion(v catalog.Version) DiffVersion {
	return DiffVersion{Version: v.Number, At: timeOrEmpty(v.At), Cause: causeOf(v.Cause), ActorRef: actorRefOf(v.Actor)}
}

func setBy(v catalog.Version) httpserver.Nullable[DiffVersion] {
	if v.Number == 0 {
		return httpserver.NullableOf[DiffVersion](nil)
	}
	out := diffVersion(v)
	return httpserver.NullableOf(&out)
}
