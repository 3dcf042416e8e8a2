package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/openlineage"
	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/retention"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/webhook"
)

// SocketName is the file in the data folder by which commands reach its server.
const SocketName = "thalweg.sock"

// spoolAge is the age at which the rest of an interrupted upload is removed if its process may still be running.
const spoolAge = time.Hour

// Listeners are the open addresses of a server.
type Listeners struct {
	api     net.Listener
	metrics net.Listener // nil: none
}

// Listen opens the addresses that the settings name. It comes before the store is opened: an address that is in use
// must not leave a store or a key behind.
func Listen(ctx context.Context, cfg config.Config) (*Listeners, error) {
	api, err := listen(ctx, "listen", cfg.Listen)
	if err != nil {
		return nil, err
	}
	l := &Listeners{api: api}
	if cfg.MetricsListen != "" {
		if l.metrics, err = listen(ctx, "metrics_listen", cfg.MetricsListen); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

// Address returns the address of the API, with the port that was chosen for port 0.
func (l *Listeners) Address() string { return l.api.Addr().String() }

// Close closes the addresses. Serve does it too.
func (l *Listeners) Close() error {
	err := closeListener(l.api)
	if l.metrics != nil {
		err = errors.Join(err, closeListener(l.metrics))
	}
	return err
}

// closeListener closes a listener that may be closed already.
func closeListener(l net.Listener) error {
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Serve serves on open addresses, runs imports and blocks until ctx ends. From then on no job is begun and /readyz
// fails; requests are accepted for a while longer, until load balancers have noticed; then those that run, and imports,
// may finish. ready, if set, is called with the address.
func (a *App) Serve(ctx context.Context, on *Listeners, ready func(address string)) (err error) {
	defer func() { err = errors.Join(err, on.Close()) }()
	public := a.handler
	if a.Config.Role == config.RoleWorker {
		if public, err = a.newHealthHandler(); err != nil {
			return err
		}
	}
	var monitoring http.Handler
	if on.metrics != nil {
		if monitoring, err = a.newMetricsHandler(); err != nil {
			return err
		}
		a.log.Info("metrics are served", slog.String("address", on.metrics.Addr().String()))
	}
	a.warnOfHosts()
	a.sweep(ctx)
	group, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, func() { a.stopping.Store(true) })()
	group.Go(func() error { return a.serveOn(ctx, on.api, public, a.Config.ShutdownDelay) })
	if monitoring != nil {
		group.Go(func() error { return a.serveOn(ctx, on.metrics, monitoring, a.Config.ShutdownDelay) })
	}
	group.Go(func() error { return a.serveSocket(ctx) })
	group.Go(func() error { return a.Access.Run(ctx) })
	if a.Config.Role != config.RoleWorker {
		group.Go(func() error { a.keepWarm(ctx); return nil })
	}
	if a.Config.Role != config.RoleAPI {
		group.Go(func() error { return a.worker().Run(ctx) })
		group.Go(func() error { return a.scheduler().Run(ctx) })
	}
	if ready != nil {
		ready(on.api.Addr().String())
	}
	return group.Wait()
}

// warmEvery is how often versions are looked for that the first search would wait for.
const warmEvery = 2 * time.Second

// keepWarm loads what searches of new versions need before somebody waits for it.
func (a *App) keepWarm(ctx context.Context) {
	ticker := time.NewTicker(warmEvery)
	defer ticker.Stop()
	for failed := false; ; {
		err := a.Model.Warm(ctx)
		if err != nil && ctx.Err() == nil && !failed { // once until it succeeds again
			a.log.Warn("searches may have to wait for their index", slog.String("error", err.Error()))
		}
		failed = err != nil
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func listen(ctx context.Context, setting, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s %s: another program listens there, perhaps another thalweg: stop it or choose another address", setting, address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s %s: this user may not listen there: choose a port above 1023", setting, address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s %s: this machine does not have that address", setting, address)
	case err != nil:
		return nil, fmt.Errorf("%s %s: %w", setting, address, err)
	}
	return listener, nil
}

// warnOfHosts warns if a server that others can reach answers to every name.
func (a *App) warnOfHosts() {
	if len(a.Config.Hosts) == 0 && !IsLoopback(a.Config.Listen) {
		a.log.Warn("requests for any host name are answered; set hosts to the names of this server", slog.String("listen", a.Config.Listen))
	}
}

// sweep removes spooled parts of uploads to a process that has died.
func (a *App) sweep(ctx context.Context) {
	if _, err := a.blobs.Sweep(ctx, spoolAge); err != nil {
		a.log.Warn("spool", slog.String("error", err.Error()))
	}
}

// ServeSocket serves the folder only to commands of its owner and runs imports, for a command on a folder without a
// server.
func (a *App) ServeSocket(ctx context.Context) error {
	a.sweep(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.serveSocket(ctx) })
	group.Go(func() error { return a.worker().Run(ctx) })
	return group.Wait()
}

// schedule makes the schedules that the settings ask for. It runs before anything is served: an invalid schedule
// fails the start, and nothing later.
func (a *App) schedule(ctx context.Context) error {
	c := a.Config.Retention
	err := a.worker().Schedule(ctx, store.Schedule{WS: catalog.DefaultWorkspace, Kind: retention.KindName, Cron: c.Schedule, TimeZone: c.TimeZone})
	if err != nil {
		return fmt.Errorf("retention.schedule: %w", err)
	}
	return a.worker().Schedule(ctx, store.Schedule{WS: catalog.DefaultWorkspace, Kind: store.KindDelivery, Cron: webhook.SweepSchedule})
}

// worker runs the jobs of every kind.
func (a *App) worker() *jobs.Runner {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return jobs.New(a.Store, jobs.Options{
		// Containers share host names and process ids, so the name has a random part.
		Name: fmt.Sprintf("%s:%d:%s", host, os.Getpid(), rand.Text()[:6]), Slots: 2, Grace: a.Config.ShutdownGrace,
		Now: a.now, Log: a.log, Ended: a.measure,
	}, a.Pipeline.Kind(), a.Retention.Kind(), (&webhook.Finder{Store: a.Store, Now: a.now}).Kind(), a.sender().Kind(), (&openlineage.Applier{Store: a.Store, Reviser: a.reviser}).Kind(), a.syncer.Kind())
}

// sender sends what webhooks have to send.
func (a *App) sender() *webhook.Sender {
	return &webhook.Sender{
		Store: a.Store, Secrets: a.Secrets, Agent: "Thalweg/" + a.build.Version, Now: a.now,
		Client: a.outbound().Client(outbound.ClientOptions{Timeout: webhook.SendTime, Reply: webhook.ReplySize}),
		Jitter: func(d time.Duration) time.Duration {
			return d + time.Duration(mathrand.Int64N(int64(d)/10+1)) //nolint:gosec // it spreads load
		},
	}
}

// measure counts a finished import.
func (a *App) measure(end jobs.End) {
	if end.Job.Kind != store.KindImport {
		return
	}
	status := catalog.Completed
	if end.Failure != nil {
		status = catalog.Failed
	}
	a.Metrics.ImportEnded(string(status))
	for _, s := range end.Report.Stages {
		a.Metrics.Stage(s.Name, time.Duration(s.MS*float64(time.Millisecond)))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := a.Retention.ImportEnded(ctx, end.Job.WS, end.Job.Schema); err != nil {
		a.log.Warn("retention was not requested after an import; its schedule will run it", slog.String("error", err.Error()))
	}
}

// SocketPath returns the path of the folder's socket.
func SocketPath(data string) string { return filepath.Join(data, SocketName) }

// serveSocket serves the API on the folder's socket. Its mode is 0600: anyone who can open it owns the folder and
// may do everything.
func (a *App) serveSocket(ctx context.Context) error {
	path := SocketPath(a.Config.Data)
	if a.socketless != nil {
		a.log.Warn("the socket of the data folder is another process's", slog.String("reason", catalog.Message(a.socketless)))
		<-ctx.Done()
		return nil
	}
	if len(path) > 100 { // the kernel's limit is 108 bytes
		a.log.Warn("the path of the data folder is too long for a socket; commands need --server", slog.String("path", path))
		<-ctx.Done()
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("socket: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(fmt.Errorf("socket: %w", err), listener.Close())
	}
	local := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.handler.ServeHTTP(w, r.WithContext(access.With(r.Context(), access.Local())))
	})
	return a.serveOn(ctx, listener, local, 0)
}

// serveOn serves on a listener until ctx has ended for some time.
func (a *App) serveOn(ctx context.Context, l net.Listener, h http.Handler, delay time.Duration) error {
	server := &http.Server{
		Handler: a.closing(h), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		// More than our own limits, so that requests beyond them get a problem reply.
		MaxHeaderBytes: 2 * int(a.Config.Limits.Headers+a.Config.Limits.URI),
		ErrorLog:       slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
		BaseContext:    func(net.Listener) context.Context { return httpserver.WithStopping(context.WithoutCancel(ctx), ctx) },
	}
	l = httpserver.NewConnections(a.Config.Limits.Connections, a.Config.TrustedProxies).Limit(server, l)
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		time.Sleep(delay) // the process ends in any case
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Config.ShutdownGrace)
		defer cancel()
		err := server.Shutdown(end)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close() // requests slower than the grace are aborted; an aborted upload is not accepted
		}
		stopped <- err
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return <-stopped
}

// closing has clients make new connections, which a load balancer makes to another process, once this one is stopping.
// A connection that is closed while nothing runs on it could take a request with it.
func (a *App) closing(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.stopping.Load() {
			w.Header().Set("Connection", "close")
		}
		h.ServeHTTP(w, r)
	})
}
