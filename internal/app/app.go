// Package app wires the parts together. It is the only package that names the implementations of the store and of the
// blobs.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/crawling"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/importing"
	"github.com/thalweg-data/thalweg/internal/observe"
	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/retention"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/secret"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/postgres"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/syncing"
	"github.com/thalweg-data/thalweg/internal/webhook"
)

// App is a complete Thalweg on one store: API, worker and what they share.
type App struct {
	Config    config.Config
	Store     *store.Store
	Access    *access.Access
	Pipeline  *importing.Pipeline
	Retention *retention.Retention
	Model     *readmodel.Model
	Metrics   *observe.Metrics
	Secrets   *secret.Keeper
	Webhooks  *webhook.Registry
	// Integrations keeps integrations.
	Integrations *syncing.Registry

	build   observe.Build
	log     *slog.Logger
	now     func() time.Time
	blobs   blob.Store
	reviser *revision.Reviser
	syncer  *syncing.Syncer
	handler http.Handler

	standby    *store.WithStandby // answers reads of versions; nil: none is configured
	unheard    atomic.Bool        // the standby did not answer the last time
	stopping   atomic.Bool        // a signal came: /readyz fails, and connections are closed after their replies
	location   location           // of the artifacts
	lock       *sqlite.FolderLock // nil: the store's own, or another process has it
	socketless error              // why the socket is not this process's; nil: it is
}

// Options are choices of the caller that are not in the configuration.
type Options struct {
	Build observe.Build
	Log   *slog.Logger
	Demo  bool // let requests from loopback pass without a key
	// Create makes the data folder if it does not exist. A command that was given a wrong name must not make one.
	Create bool
}

// Open opens the store, which it migrates to this version, and the blobs, and wires the parts. Nothing is served or
// run yet.
func Open(ctx context.Context, cfg config.Config, opt Options) (*App, error) {
	a := &App{Config: cfg, build: opt.Build, log: opt.Log, now: time.Now}
	if err := dataFolder(cfg.Data, opt.Create); err != nil {
		return nil, err
	}
	if err := a.lockFolder(); err != nil {
		return nil, err
	}
	if err := a.openStores(ctx); err != nil {
		return nil, errors.Join(err, a.lock.Close())
	}
	if err := a.ready(ctx); err != nil {
		return nil, errors.Join(err, a.closeStores(), a.lock.Close())
	}
	if err := a.assemble(ctx, opt); err != nil {
		return nil, errors.Join(err, a.closeLocation(), a.closeStores(), a.lock.Close())
	}
	return a, nil
}

// lockFolder takes the socket's folder for a process whose store is elsewhere; the embedded store locks it itself. A
// second process on it works, without a socket.
func (a *App) lockFolder() (err error) {
	if a.Config.DatabaseURL == "" {
		return nil
	}
	if a.lock, err = sqlite.LockFolder(a.Config.Data); errors.Is(err, catalog.ErrBusy) {
		a.socketless = err
		return nil
	}
	return err
}

// dataFolder checks that the data folder exists, or makes it, and that nothing is left in it from a restore that did
// not finish.
func dataFolder(path string, create bool) error {
	if restoring(path) {
		return fmt.Errorf("the restore into the data folder %s did not finish: run thalweg restore again", path)
	}
	if create {
		if err := os.MkdirAll(path, folderPerm); err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the data folder %s does not exist: thalweg serve makes it; --server or THALWEG_SERVER names a server instead", path)
	case err != nil:
		return fmt.Errorf("data folder: %w", err)
	case !info.IsDir():
		return fmt.Errorf("the data folder %s is a file", path)
	}
	return private(path, info)
}

// private takes a data folder that others may read away from them. A folder with files of others, such as /tmp, is left
// as it is and not used.
func private(path string, info fs.FileInfo) error {
	if runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	ours := func(e fs.DirEntry) bool {
		return slices.Contains([]string{sqlite.FileName, sqlite.LockName, blobsName, spoolName, SocketName, secret.FileName}, e.Name())
	}
	if info.Mode()&fs.ModeSticky != 0 || len(entries) > 0 && !slices.ContainsFunc(entries, ours) {
		return fmt.Errorf("others may read the data folder %s, and it has other files: name a new folder, or run chmod 700 %s first", path, path)
	}
	if err := os.Chmod(path, folderPerm); err != nil {
		return fmt.Errorf("others may read the data folder, and this user cannot change that: name a folder within it: %w", err)
	}
	return nil
}

// ready migrates the tables to this version. On SQLite the folder's lock proves that no other process has the store
// open, so the leases of a dead process are released.
func (a *App) ready(ctx context.Context) error {
	if err := a.Store.Migrate(ctx); err != nil {
		return err
	}
	if a.Config.DatabaseURL != "" {
		return nil
	}
	return a.Store.FreeLeases(ctx)
}

func openStore(ctx context.Context, cfg config.Config, now func() time.Time) (*store.Store, error) {
	if cfg.DatabaseURL != "" {
		return postgres.Open(ctx, cfg.DatabaseURL, postgres.Options{}) // leases run by the database's clock
	}
	return sqlite.Open(ctx, cfg.Data, sqlite.Options{Now: now})
}

// openMigrated opens the store and brings its tables up to this version.
func openMigrated(ctx context.Context, cfg config.Config) (*store.Store, error) {
	st, err := openStore(ctx, cfg, time.Now)
	if err != nil {
		return nil, err
	}
	if err := st.Migrate(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}

// openExisting is openMigrated for a data folder that must exist, where that has the store.
func openExisting(ctx context.Context, cfg config.Config) (*store.Store, error) {
	if cfg.DatabaseURL == "" {
		if err := dataFolder(cfg.Data, false); err != nil {
			return nil, err
		}
	}
	return openMigrated(ctx, cfg)
}

// ExplainStore says, in a sentence for people, what happened and what to do about the error of the embedded store in
// err, and returns that error; nil if there is none.
func ExplainStore(err error) (text string, found error) { return sqlite.Explain(err) }

func (a *App) assemble(ctx context.Context, opt Options) error {
	var err error
	if a.location, err = artifactsOf(ctx, a.Config); err != nil {
		return err
	}
	if err := bind(ctx, a.Store, a.location); err != nil {
		return err
	}
	if a.blobs, err = a.location.Artifacts(); err != nil {
		return err
	}
	if a.Secrets, _, err = openSecrets(ctx, a.Config, a.Store); err != nil {
		return err
	}
	a.Webhooks = &webhook.Registry{
		Rows: a.Store, Secrets: a.Secrets, Policy: a.outbound(), Resolver: net.DefaultResolver, Random: rand.Reader, Now: a.now,
	}
	limit := access.DefaultFailureLimit()
	limit.Attempts = a.Config.Limits.AuthFailures
	options := []access.Option{access.WithFailureLimit(limit), access.WithBase(baseOf(a.Config))}
	if a.Config.OIDCIssuer != "" {
		options = append(options, access.WithOIDC(oidcOf(a.Config)))
	}
	if opt.Demo {
		options = append(options, access.WithDemo())
	}
	a.Access = access.New(a.Store, a.now, rand.Reader, options...)
	a.Metrics = observe.NewMetrics(a.build)
	if err := a.Metrics.QueueLength(a.pending); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	if a.Model, err = readmodel.New(readmodel.Options{Store: a.reads(), CacheBytes: int64(a.Config.CacheBytes)}); err != nil {
		return err
	}
	a.reviser = &revision.Reviser{Store: a.Store, Now: a.now, Prepare: a.Model, Log: a.log}
	a.Retention = &retention.Retention{
		Store: a.Store, Blobs: a.blobs, Policy: policyOf(a.Config.Retention), Now: a.now, Log: a.log,
	}
	a.Pipeline = &importing.Pipeline{
		Store: a.Store, Reviser: a.reviser, Spool: a.Config.Data, Blobs: func(int64) blob.Store { return a.blobs }, Limits: a.limitsOf, Now: a.now, Log: a.log,
	}
	a.Integrations, a.syncer = a.newIntegrations()
	a.syncer.Crawler = &crawling.Crawler{Reviser: a.reviser, Prints: a.Store, Spool: a.Config.Data, Now: a.now}
	if err := a.schedule(ctx); err != nil {
		return err
	}
	a.handler, err = a.newHandler(ctx)
	return err
}

// outbound decides where connections that users ask for may go.
func (a *App) outbound() outbound.Policy { return outbound.Policy{Allow: a.Config.OutboundAllow} }

func (a *App) pending(ctx context.Context) (int, error) {
	n, _, err := a.Store.QueueLength(ctx, store.KindImport)
	return int(n), err
}

// policyOf returns the retention policy of the settings.
func policyOf(c config.Retention) retention.Policy {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	return retention.Policy{
		LastArtifacts: c.ArtifactsLast, DailyFor: c.ArtifactsDays, Orphans: c.Uploads,
		Results: days(c.ResultsDays), Versions: days(c.VersionsDays), Jobs: days(c.JobsDays),
	}
}

// Close writes what is only in memory and closes the store.
func (a *App) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(a.Access.Flush(ctx), a.closeLocation(), a.closeStores(), a.lock.Close())
}

func (a *App) closeLocation() error {
	if a.location == nil {
		return nil
	}
	return a.location.Close()
}

// limitsOf returns the limits for reading a part of an import.
func (a *App) limitsOf(part string) dbt.Limits { return readerLimits(a.Config.Limits, dbt.Kind(part)) }

func readerLimits(c config.Limits, kind dbt.Kind) dbt.Limits {
	l := dbt.DefaultLimits(kind)
	l.Bytes = int64(c.Artifact)
	if kind == dbt.Manifest {
		l.Bytes = int64(c.Manifest)
	}
	l.Ratio, l.Depth, l.Value = int64(c.UnpackRatio), c.Depth, int(c.Value)
	l.Name, l.Text, l.Code, l.Nodes, l.Columns = int(c.Name), int(c.Text), int(max(c.Code, c.Text)), c.Nodes, c.Columns
	return l
}
