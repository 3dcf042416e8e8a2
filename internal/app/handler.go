package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/compat/dbtimports"
	"github.com/thalweg-data/thalweg/internal/httpapi"
)

// newHandler makes the handler of both APIs.
func (a *App) newHandler(ctx context.Context) (http.Handler, error) {
	cursors, err := httpapi.LoadCursors(ctx, a.Store, rand.Reader)
	if err != nil {
		return nil, err
	}
	limits := httpapi.DefaultLimits()
	limits.Request, limits.Parts = int64(a.Config.Limits.Request), a.Config.Limits.Parts
	limits.URI, limits.Headers, limits.Query = int(a.Config.Limits.URI), int(a.Config.Limits.Headers), a.Config.Limits.Query
	imports := dbtimports.New(dbtimports.Deps{Store: a.Store, Blobs: a.blobsOf, Cursors: cursors, Limits: limits, Now: a.now, Log: a.log, Uploaded: a.Metrics.Uploaded})
	return httpapi.New(httpapi.Deps{
		Store: a.Store, Blobs: a.blobsOf, Access: a.Access, Cursors: cursors, Editor: a.Pipeline,
		Routes: []func(huma.Registry) []httpapi.Route{imports.Routes}, Limits: limits, Log: a.log, Now: a.now, Version: a.build.Version,
		Loopback: a.loopback(), Metrics: a.Metrics.Handler(), Observe: a.Metrics.Request, QueryWithin: 30 * time.Second,
	})
}

func (a *App) blobsOf(int64) blob.Store { return a.blobs }

// loopback tells whether the address to listen on is of this machine alone.
func (a *App) loopback() bool {
	host, _, err := net.SplitHostPort(a.Config.Listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// health answers for a process that only works off imports.
func (a *App) health() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, `{"status":"ok"}`) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := a.Store.Ready(r.Context()); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = fmt.Fprintln(w, `{"status":"unavailable"}`)
			return
		}
		_, _ = fmt.Fprintln(w, `{"status":"ok"}`)
	})
	mux.Handle("GET /metrics", a.Metrics.Handler())
	return mux
}
