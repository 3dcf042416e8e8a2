package integrations

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/compat/upload"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Names of the field with the integration's id: the second is of older scripts.
const (
	fieldIntegration   = "integration"
	fieldIntegrationID = "integration_id"
)

// extraction is the reply to what starts a sync.
type extraction struct {
	Message     string `json:"message"`
	ID          string `json:"id,omitempty" doc:"Of the sync"`
	Status      string `json:"status,omitempty"`
	Sync        string `json:"sync,omitempty" doc:"Page of the syncs of the integration"`
	Integration string `json:"integration,omitempty"`
}

// started is the reply for a sync. Its message is what scripts have always compared with, although the sync may only
// have been enqueued.
func started(i store.Integration, y store.Sync) extraction {
	return extraction{Message: "Successfully ran extraction for dbt", ID: y.UUID, Status: y.Status, Sync: "/integrations/" + i.UUID + "/syncs", Integration: i.UUID}
}

// uploadOne returns the handler of an upload of one kind of artifact, which names the integration in a field of the
// form and starts a sync.
func (a *API) uploadOne(kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, _ := access.From(r.Context())
		var to store.Integration
		ctx := r.Context()
		named := func(id string) (err error) {
			to, err = a.find(ctx, p, fieldIntegration, id)
			return err
		}
		f := &upload.Form{
			Limits: a.Limits, JSON: true, Fields: []string{fieldIntegration, fieldIntegrationID},
			OnText: map[string]func(string) error{fieldIntegration: named, fieldIntegrationID: named},
		}
		defer a.drop(r.Context(), f)
		y, err := a.take(r, p, f, kind, func() (store.Integration, error) {
			if to.UUID == "" {
				return to, f.Missing(fieldIntegration)
			}
			return to, nil
		})
		if err != nil {
			httpserver.WriteProblem(w, r, err)
			return
		}
		httpserver.WriteJSON(w, http.StatusOK, started(to, y))
	}
}

// uploadAll takes all artifacts of a run. It starts no sync: the next call does.
func (a *API) uploadAll(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	to, err := a.find(r.Context(), p, "id", r.PathValue("id"))
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	f := &upload.Form{Limits: a.Limits, JSON: true, Fields: []string{fieldIntegration, fieldIntegrationID}}
	defer a.drop(r.Context(), f)
	if _, err := a.take(r, p, f, "", func() (store.Integration, error) { return to, nil }); err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	httpserver.WriteJSON(w, http.StatusOK, extraction{Message: "Successfully uploaded artifacts for dbt", Integration: to.UUID})
}

// take receives a form and adds its artifacts to an integration. If a kind is wanted it must be there, and a sync is
// started; else one artifact of any kind.
func (a *API) take(r *http.Request, p access.Principal, f *upload.Form, wanted string, to func() (store.Integration, error)) (store.Sync, error) {
	received, err := f.Receive(r, a.Blobs(p.WS))
	if err != nil {
		return store.Sync{}, err
	}
	i, err := to()
	if err != nil {
		return store.Sync{}, err
	}
	if len(f.Parts) == 0 || wanted != "" && !slices.ContainsFunc(f.Parts, func(part upload.Part) bool { return part.Name == wanted }) {
		return store.Sync{}, f.Missing(fileField(wanted))
	}
	parts, touch, err := f.Keep(r.Context(), a.Store.TouchBlobs)
	if err != nil {
		return store.Sync{}, err
	}
	y, err := a.Registry.Upload(r.Context(), p.WS, i.UUID, parts, touch, wanted != "", p.Actor())
	if err == nil && a.Uploaded != nil {
		a.Uploaded(received)
	}
	return y, err
}

// fileField is the name of the field that the pages of this API give for a kind of artifact.
func fileField(kind string) string {
	switch kind {
	case "manifest":
		return "manifest_file"
	case "run_results":
		return "run_result_file"
	}
	return "manifest"
}

// drop discards what was spooled and not committed; what cannot be removed now is swept later.
func (a *API) drop(ctx context.Context, f *upload.Form) {
	if err := f.Drop(); err != nil {
		a.Log.LogAttrs(ctx, slog.LevelWarn, "spooled parts of an upload stay until they are swept",
			slog.String("request_id", httpserver.RequestID(ctx)), slog.String("error", err.Error()))
	}
}

// trigger starts a sync.
func (a *API) trigger(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	i, err := a.find(r.Context(), p, "id", r.PathValue("id"))
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	y, err := a.Registry.Start(r.Context(), p.WS, i.UUID, store.SyncRequest, p.Actor())
	if err != nil {
		httpserver.WriteProblem(w, r, httpserver.Missing(err, "id", i.UUID))
		return
	}
	httpserver.WriteJSON(w, http.StatusOK, started(i, y))
}
