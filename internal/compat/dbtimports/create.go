package dbtimports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/compat/upload"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// create accepts an upload. Credentials and scope have been checked; the body has not been read yet.
func (a *API) create(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	taken, err := a.upload(r, p)
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	wait, err := waitOf(r)
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	imp := taken.imp
	if wait > 0 {
		w.Header().Set("Preference-Applied", fmt.Sprintf("wait=%d", int(wait.Seconds())))
		if imp, err = a.await(r.Context(), p.WS, imp, wait); err != nil {
			httpserver.WriteProblem(w, r, err)
			return
		}
	}
	w.Header().Set("Location", collection+"/"+imp.ID.String())
	if !ended(imp) {
		w.Header().Set("Retry-After", "1")
	}
	if taken.replayed {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	httpserver.WriteJSON(w, a.CreateStatus, importDocument{
		Data: resourceOf(imp), Meta: &importMeta{JobID: imp.ID.String(), Warnings: taken.warnings},
	})
}

// taken is an accepted upload.
type taken struct {
	imp      catalog.Import
	replayed bool
	warnings []httpserver.Warning
}

// upload streams the form into blobs and enqueues the import.
func (a *API) upload(r *http.Request, p access.Principal) (taken, error) {
	key, err := idempotency(r.Header)
	if err != nil {
		return taken{}, err
	}
	if _, err := waitOf(r); err != nil {
		return taken{}, err
	}
	n := store.NewImport{Actor: p.Actor()}
	ctx := r.Context()
	f := &upload.Form{Limits: a.Limits, Fields: []string{fieldSchema, fieldForce}, OnText: map[string]func(string) error{
		fieldSchema: func(label string) (err error) {
			n.SchemaID, err = a.schema(ctx, p, label)
			return err
		},
	}}
	defer a.drop(ctx, f)
	received, err := f.Receive(r, a.Blobs(p.WS))
	if err != nil {
		return taken{}, err
	}
	if err := check(f); err != nil {
		return taken{}, err
	}
	n.Force = forceValues[f.Texts[fieldForce]]
	if n.Parts, n.Touch, err = f.Keep(ctx, a.Store.TouchBlobs); err != nil {
		return taken{}, err
	}
	identify(&n, p, key)
	imp, replayed, err := a.Store.CreateImport(ctx, p.WS, n)
	if err != nil {
		return taken{}, err
	}
	if a.Uploaded != nil {
		a.Uploaded(received)
	}
	return taken{imp: imp, replayed: replayed, warnings: warnings(f)}, nil
}

// drop discards the spooled parts of an upload; what cannot be removed now is swept later.
func (a *API) drop(ctx context.Context, f *upload.Form) {
	if err := f.Drop(); err != nil {
		a.Log.LogAttrs(ctx, slog.LevelWarn, "spooled parts of an upload stay until they are swept",
			slog.String("request_id", httpserver.RequestID(ctx)), slog.String("error", err.Error()))
	}
}

// schema returns the schema of an upload. A schema of another workspace, or one that the key may not see, is reported
// as unknown.
func (a *API) schema(ctx context.Context, p access.Principal, label string) (catalog.SchemaID, error) {
	unknown := httpserver.NewProblem(httpserver.CodeUnknownSchema,
		"There is no schema %.80q in this workspace. A Schema ID looks like SCH-101; GET /api/v1/schemas lists them.", label).About(fieldSchema, "unknown")
	n, err := catalog.ParseIDOf(catalog.PrefixSchema, label)
	if err != nil || !p.Sees(catalog.SchemaID(n)) {
		return 0, unknown
	}
	s, err := a.Store.Schema(ctx, p.WS, catalog.SchemaID(n))
	if errors.Is(err, catalog.ErrNotFound) {
		return 0, unknown
	}
	return s.ID, err
}
