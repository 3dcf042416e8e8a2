package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
)

// Removal is an asset whose removal waits for a person's word.
type Removal struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	UniqueID string `json:"unique_id"`
	Import   string `json:"import" doc:"The import whose manifest no longer has it"`
	Since    string `json:"since" format:"date-time"`
}

// RemovalsOutcome tells what became of the removals that waited.
type RemovalsOutcome struct {
	Removed int64 `json:"removed" doc:"Assets that are flagged removed now"`
}

type removalsInput struct {
	IDParam
	PageParams
}

func (a *api) registerRemovals() {
	register(a, operation{
		method: http.MethodGet, path: "/api/v1/schemas/{id}/removals", id: "list-removals", tag: "schemas",
		summary:     "List removals that wait",
		description: "A manifest that drops more than 30 % and at least 20 of its tables, or has none at all, is applied without its removals; they wait here.",
	}, a.listRemovals)
	register(a, operation{
		method: http.MethodPost, path: "/api/v1/schemas/{id}/removals/confirm", id: "confirm-removals", tag: "schemas",
		summary: "Apply the removals that wait",
	}, a.confirmRemovals)
	register(a, operation{
		method: http.MethodPost, path: "/api/v1/schemas/{id}/removals/dismiss", id: "dismiss-removals", tag: "schemas",
		summary: "Forget the removals that wait; the tables stay",
	}, a.dismissRemovals)
}

func (a *api) listRemovals(ctx context.Context, p access.Principal, in *removalsInput) (*Body[List[Removal]], error) {
	s, err := a.schema(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	page, err := a.page(ctx, p, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := a.store.Removals(ctx, p.WS, s.ID, page)
	if err != nil {
		return nil, stale(err, page)
	}
	out := listed[Removal](ctx, a, p, in.Limit, rows.Next, rows.Total)
	for _, r := range rows.Rows {
		out.Data = append(out.Data, Resource[Removal]{
			ID: r.Asset.Label(r.Kind), Type: "removal",
			Attributes: Removal{
				Name: r.Name, Kind: string(r.Kind), UniqueID: r.UniqueID, Import: r.Import.String(), Since: timeOrEmpty(r.Since),
			},
		})
	}
	return &Body[List[Removal]]{out}, nil
}

func (a *api) confirmRemovals(ctx context.Context, p access.Principal, in *IDParam) (*Body[Document[RemovalsOutcome]], error) {
	s, err := a.schema(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	n, err := a.editor.ConfirmRemovals(ctx, p.WS, s.ID, p.Name)
	if err != nil {
		return nil, err
	}
	return removalsOutcome(s.ID.String(), n), nil
}

func (a *api) dismissRemovals(ctx context.Context, p access.Principal, in *IDParam) (*Body[Document[RemovalsOutcome]], error) {
	s, err := a.schema(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.editor.DismissRemovals(ctx, p.WS, s.ID, p.Name); err != nil {
		return nil, err
	}
	return removalsOutcome(s.ID.String(), 0), nil
}

func removalsOutcome(id string, n int64) *Body[Document[RemovalsOutcome]] {
	return &Body[Document[RemovalsOutcome]]{Document[RemovalsOutcome]{
		Resource[RemovalsOutcome]{ID: id, Type: "removals", Attributes: RemovalsOutcome{Removed: n}},
	}}
}
