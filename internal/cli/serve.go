package cli

import (
	"context"
	"errors"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/app"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/observe"
)

// ServeCmd serves a data folder or a database.
type ServeCmd struct {
	settings
	Listen         string `help:"Address to listen on; default: 127.0.0.1:8080." placeholder:"HOST:PORT"`
	Role           string `help:"all, api or worker; api and worker need PostgreSQL." placeholder:"ROLE"`
	Hosts          string `help:"Host names to answer to, separated by commas; default on a non-loopback address: every name." placeholder:"NAME,…"`
	TrustedProxies string `help:"Networks of proxies whose X-Forwarded-For is trusted, separated by commas." placeholder:"CIDR,…"`
	OutboundAllow  string `help:"Networks beyond the public ones that webhooks and integrations may connect to, separated by commas." placeholder:"CIDR,…"`
	Metrics        string `help:"Who may read /metrics: key (with the scope read:metrics, the default) or open." placeholder:"WHO"`
	MetricsListen  string `help:"Address to serve /metrics on without a key." placeholder:"HOST:PORT"`
}

// Help gives an example.
func (ServeCmd) Help() string {
	return "The first start on an empty store prints an administrator's key once on stderr, unless THALWEG_BOOTSTRAP_KEY is set. While nobody can sign in, each start also prints a link with which the first administrator is made.\n\nExample:\n  thalweg serve --data /var/lib/thalweg --listen 127.0.0.1:8080"
}

// Run serves until its context ends.
func (c *ServeCmd) Run(ctx context.Context, out *output) (err error) {
	cfg, err := c.load(
		"listen", c.Listen, "role", c.Role, "hosts", c.Hosts, "trusted_proxies", c.TrustedProxies, "outbound_allow", c.OutboundAllow,
		"metrics", c.Metrics, "metrics_listen", c.MetricsListen,
	)
	if err != nil {
		return err
	}
	listeners, err := app.Listen(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, listeners.Close()) }()
	cfg.Listen = listeners.Address()
	defer keepMemory(ctx, serverMemory)()
	log := observe.NewLogger(out.stderr, cfg.LogFormat == config.LogJSON, cfg.LogLevel, access.Redact)
	a, err := app.Open(ctx, cfg, app.Options{Build: build(), Log: log, Create: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	secret, err := a.Access.Bootstrap(ctx, cfg.BootstrapKey)
	if err != nil {
		return err
	}
	if secret != "" {
		out.printf("Administrator's key, shown this once: %s", secret)
	}
	return a.Serve(ctx, listeners, func(address string) {
		out.printf("Thalweg %s serves http://%s", Version, address)
		if err := printSetupLink(ctx, out, a); err != nil {
			out.printf("thalweg: no setup link was made: %v; `thalweg setup-token` makes one", err)
		}
	})
}

// printSetupLink prints a link for the first administrator while nobody can sign in.
func printSetupLink(ctx context.Context, out *output, a *app.App) error {
	if a.Config.Role == config.RoleWorker {
		return nil
	}
	needed, err := a.Access.SetupNeeded(ctx)
	if err != nil || !needed {
		return err
	}
	l, err := a.Access.SetupLink(ctx, access.System(catalog.DefaultWorkspace))
	if errors.Is(err, catalog.ErrConflict) {
		return nil // another process was faster
	}
	if err == nil {
		out.printf("Make your account, within 24 hours: %s", l.URL)
	}
	return err
}
