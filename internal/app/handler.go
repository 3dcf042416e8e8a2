package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/compat/dbtimports"
	"github.com/thalweg-data/thalweg/internal/compat/integrations"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/editing"
	"github.com/thalweg-data/thalweg/internal/httpapi"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/mcp"
	"github.com/thalweg-data/thalweg/internal/openlineage"
	"github.com/thalweg-data/thalweg/web"
)

// newHandler returns the handler of both APIs.
func (a *App) newHandler(ctx context.Context) (http.Handler, error) {
	cursors, err := httpserver.LoadCursors(ctx, a.Store, rand.Reader)
	if err != nil {
		return nil, err
	}
	limits := a.httpLimits()
	api, err := httpapi.New(httpapi.Deps{
		Store: a.Store, Model: a.Model, Blobs: a.blobsOf, Access: a.Access, Cursors: cursors, Editor: &editing.Editor{Store: a.Store, Reviser: a.reviser, Now: a.now}, Reverts: a.Pipeline,
		Webhooks: a.Webhooks, Integrations: a.Integrations, Events: &openlineage.Receiver{Store: a.Store, Now: a.now}, Limits: limits, Now: a.now,
	})
	if err != nil {
		return nil, err
	}
	imports := dbtimports.New(dbtimports.Deps{
		Store: a.Store, Blobs: a.blobsOf, Cursors: cursors, Limits: limits, Log: a.log, Uploaded: a.Metrics.Uploaded,
	})
	agents, err := mcp.New(mcp.Deps{
		Model: a.Model, Cursors: cursors, Log: a.log, Version: a.build.Version, Within: queryWithin, Limits: limits,
	})
	if err != nil {
		return nil, err
	}
	sources := integrations.New(integrations.Deps{
		Registry: a.Integrations, Store: a.Store, Model: a.Model, Blobs: a.blobsOf, Limits: limits, Log: a.log, Uploaded: a.Metrics.Uploaded,
	})
	server, err := a.newServer(a.Config.Listen, a.Config.Hosts, a.metricsScope())
	if err != nil {
		return nil, err
	}
	ui, err := web.Files()
	if err != nil {
		return nil, fmt.Errorf("web UI: %w", err)
	}
	if err := server.UI(ui); err != nil {
		return nil, err
	}
	server.DescribeLimits()
	api.Register(server)
	imports.Register(server)
	agents.Register(server)
	sources.Register(server)
	if err := server.Describe(); err != nil {
		return nil, err
	}
	return server.Handler()
}

// newHealthHandler returns the handler of a process without an API: health checks and metrics.
func (a *App) newHealthHandler() (http.Handler, error) {
	server, err := a.newServer(a.Config.Listen, a.Config.Hosts, a.metricsScope())
	if err != nil {
		return nil, err
	}
	return server.Handler()
}

// newMetricsHandler returns the handler of the listener for monitoring. Monitoring asks by address, so beyond
// loopback it answers to every host name.
func (a *App) newMetricsHandler() (http.Handler, error) {
	server, err := a.newServer(a.Config.MetricsListen, nil, access.Public)
	if err != nil {
		return nil, err
	}
	return server.Handler()
}

// metricsScope returns the scope that /metrics requires on the address of the API.
func (a *App) metricsScope() access.Scope {
	if a.Config.Metrics == config.MetricsOpen {
		return access.Public
	}
	return access.ReadMetrics
}

// queryWithin is how long one request may take.
const queryWithin = 30 * time.Second

// newServer returns a server with health checks and metrics for an address.
func (a *App) newServer(listen string, hosts []string, metrics access.Scope) (*httpserver.Server, error) {
	server, err := httpserver.New(httpserver.Config{
		Access: a.Access, Limits: a.httpLimits(), Log: a.log, Now: a.now, Version: a.build.Version,
		Loopback: IsLoopback(listen), Hosts: hosts, TrustedProxies: a.Config.TrustedProxies,
		Observe: a.Metrics.Request, QueryWithin: queryWithin, Folder: a.Config.Data,
	})
	if err != nil {
		return nil, err
	}
	server.Health(a.checks()...)
	server.Metrics(a.Metrics.Handler(), metrics)
	return server, nil
}

// checks are the conditions for this process to be ready.
func (a *App) checks() []httpserver.Check {
	checks := []httpserver.Check{{Name: "accepting", Run: a.accepting}, httpserver.StoreCheck(a.Store), httpserver.SpaceCheck(a.blobs)}
	if prober, ok := a.blobs.(blob.Prober); ok {
		checks = append(checks, httpserver.BucketCheck(prober))
	}
	if a.standby != nil {
		checks = append(checks, httpserver.Check{Name: "standby", Partial: true, Run: a.standbyAnswers})
	}
	return checks
}

// accepting fails once a signal came, so that load balancers send their requests elsewhere.
func (a *App) accepting(context.Context) error {
	if a.stopping.Load() {
		return errors.New("the server is stopping")
	}
	return nil
}

func (a *App) httpLimits() httpserver.Limits {
	limits := httpserver.DefaultLimits()
	limits.Request, limits.Parts = int64(a.Config.Limits.Request), a.Config.Limits.Parts
	limits.URI, limits.Headers, limits.Query = int(a.Config.Limits.URI), int(a.Config.Limits.Headers), a.Config.Limits.Query
	limits.Connections, limits.Replies = a.Config.Limits.Connections, int64(a.Config.Limits.Replies)
	limits.AuthFailures = a.Config.Limits.AuthFailures
	limits.Requests, limits.Uploads = a.Config.Limits.Requests, a.Config.Limits.Uploads
	limits.Artifacts = httpserver.ArtifactLimitsOf(readerLimits(a.Config.Limits, dbt.Manifest), readerLimits(a.Config.Limits, dbt.Catalog))
	return limits
}

func (a *App) blobsOf(int64) blob.Store { return a.blobs }

// oidcWithin is how long a provider of single sign-on may take to answer.
const oidcWithin = 15 * time.Second

// oidcOf returns the provider of single sign-on that the settings name.
func oidcOf(cfg config.Config) access.OIDC {
	o := access.OIDC{
		Issuer: cfg.OIDCIssuer, ClientID: cfg.OIDCClientID, ClientSecret: cfg.OIDCSecret, Client: &http.Client{Timeout: oidcWithin},
	}
	if cfg.OIDCRole != config.OIDCNobody {
		o.Role = access.Role(cfg.OIDCRole)
	}
	return o
}

// baseOf returns the address of the server in links. One that listens on all addresses is reached by localhost, on its
// machine.
func baseOf(cfg config.Config) string {
	if cfg.PublicURL != "" {
		return cfg.PublicURL
	}
	host, port, err := net.SplitHostPort(cfg.Listen)
	if addr := net.ParseIP(host); err == nil && (host == "" || addr.IsUnspecified()) {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// IsLoopback reports whether an address to listen on can be reached from this machine only.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
