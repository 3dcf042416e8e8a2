package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Removal is an asset whose removal is pending.
type Removal struct {
	Reason   string                     `json:"reason" enum:"removed,target_moved" doc:"removed: the manifest no longer has it; target_moved: a manifest of another target has it in another database or schema"`
	Name     string                     `json:"name"`
	Kind     string                     `json:"kind"`
	UniqueID string                     `json:"unique_id"`
	Cause    httpserver.Nullable[Cause] `json:"cause"`
	Import   string                     `json:"import" doc:"The import whose manifest no longer has it, or has it elsewhere"`
	Since    string                     `json:"since" format:"date-time"`
}

// RemovalsOutcome is the result of confirming or dismissing removals.
type RemovalsOutcome struct {
	Removed int64    `json:"removed" doc:"Assets that are now marked removed"`
	Imports []string `json:"imports" nullable:"false" doc:"New imports that apply the confirmed manifests of another target"`
}

type removalsInput struct {
	SchemaPath
	httpserver.PageParams
}

// removalsChoice is what of the pending removals is confirmed or dismissed.
type removalsChoice struct {
	SchemaPath
	Reason string `query:"reason" enum:"removed,target_moved" doc:"Only those with this reason; without it, all"`
}

// has reports whether removals with a reason are meant.
func (in *removalsChoice) has(reason string) bool { return in.Reason == "" || in.Reason == reason }

func (a *API) registerRemovals(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/schemas/{id}/removals", Scope: access.ReadCatalog, ID: "list-removals", Tag: "schemas",
		Summary:     "List pending removals",
		Description: "A manifest that drops more than 30 % and at least 5 of its models, seeds, snapshots and sources, or has none at all, is applied without its removals; they are pending until confirmed or dismissed. A node whose table lives on as another node, or which another project or a crawl has, is not listed: its table is not removed. A manifest most of whose models, seeds and snapshots are in another database or schema than the target that feeds the schema is not applied; the tables that it would move are listed with the reason `target_moved`.",
	}, a.listRemovals)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/schemas/{id}/removals/confirm", Scope: access.WriteCatalog, ID: "confirm-removals", Tag: "schemas",
		Summary:     "Apply pending removals",
		Description: "The tables, their edges and tests, and exposures and the like that the last manifest no longer has, are removed in one version. The target of the newest manifest that waits is the one that feeds the schema from then on; the manifest is applied by a new import, with the catalog that came with it.",
	}, a.confirmRemovals)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/schemas/{id}/removals/dismiss", Scope: access.WriteCatalog, ID: "dismiss-removals", Tag: "schemas",
		Summary:     "Dismiss pending removals",
		Description: "What the last manifest no longer has stays, with its edges and tests. Later manifests without it do not make its removal pending again, until one contains it or is sent with force. Manifests of another target that wait are forgotten.",
	}, a.dismissRemovals)
}

func (a *API) listRemovals(ctx context.Context, p access.Principal, in *removalsInput) (*httpserver.Body[httpserver.List[Removal]], error) {
	view, err := a.schema(ctx, p, "id", in.ID)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := view.Removals(ctx, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Removal](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, r := range rows.Rows {
		out.Data = append(out.Data, httpserver.Resource[Removal]{
			ID: r.Asset.Label(r.Kind), Type: "removal",
			Attributes: Removal{
				Reason: r.Reason, Name: r.Name, Kind: string(r.Kind), UniqueID: r.UniqueID, Cause: causeOf(r.Cause), Import: r.Cause.Label(), Since: timeOrEmpty(r.Since),
			},
		})
	}
	return httpserver.Reply(out), nil
}

func (a *API) confirmRemovals(ctx context.Context, p access.Principal, in *removalsChoice) (*httpserver.Body[httpserver.Document[RemovalsOutcome]], error) {
	view, err := a.schema(ctx, p, "id", in.ID)
	if err != nil {
		return nil, err
	}
	var n int64
	if in.has(store.ReasonRemoved) {
		if n, err = a.editor.ConfirmRemovals(ctx, p.WS, view.Schema.ID, p.By()); err != nil {
			return nil, err
		}
	}
	var imports []catalog.ImportID
	if in.has(store.ReasonTargetMoved) {
		if imports, err = a.reverts.ConfirmTarget(ctx, p.WS, view.Schema.ID, p.By()); err != nil {
			return nil, err
		}
	}
	return removalsOutcome(view.Schema.ID.String(), n, imports), nil
}

func (a *API) dismissRemovals(ctx context.Context, p access.Principal, in *removalsChoice) (*httpserver.Body[httpserver.Document[RemovalsOutcome]], error) {
	view, err := a.schema(ctx, p, "id", in.ID)
	if err != nil {
		return nil, err
	}
	if in.has(store.ReasonRemoved) {
		if err := a.editor.DismissRemovals(ctx, p.WS, view.Schema.ID, p.By()); err != nil {
			return nil, err
		}
	}
	if in.has(store.ReasonTargetMoved) {
		if err := a.reverts.DismissTarget(ctx, p.WS, view.Schema.ID, p.By()); err != nil {
			return nil, err
		}
	}
	return removalsOutcome(view.Schema.ID.String(), 0, nil), nil
}

func labelsOf(imports []catalog.ImportID) []string {
	out := []string{}
	for _, imp := range imports {
		out = append(out, imp.String())
	}
	return out
}

func removalsOutcome(id string, n int64, imports []catalog.ImportID) *httpserver.Body[httpserver.Document[RemovalsOutcome]] {
	out := RemovalsOutcome{Removed: n, Imports: labelsOf(imports)}
	return httpserver.Reply(httpserver.DocumentOf(
		httpserver.Resource[RemovalsOutcome]{ID: id, Type: "removals", Attributes: out},
	))
}
