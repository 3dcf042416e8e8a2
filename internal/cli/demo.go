package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/examples/shop"
	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/app"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/store"
)

// DemoCmd serves the example shop.
type DemoCmd struct {
	Data   string `help:"Folder to keep the demo in; temporary by default." placeholder:"DIR"`
	Listen string `help:"Address on this machine to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
}

// Help gives an example.
func (DemoCmd) Help() string { return "Example:\n  thalweg demo" }

// Run serves a folder with both states of the shop in it, and prints how to
// send more.
func (c *DemoCmd) Run(ctx context.Context, out *output) (err error) {
	s := settings{Data: c.Data}
	cfg, err := s.load("listen", c.Listen)
	if err != nil {
		return err
	}
	if err := onlyHere(&cfg); err != nil {
		return err
	}
	listeners, err := app.Listen(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, listeners.Close()) }()
	if c.Data == "" {
		if cfg.Data, err = os.MkdirTemp("", "thalweg-demo-"); err != nil {
			return fmt.Errorf("temporary folder: %w", err)
		}
		defer func() {
			if err = errors.Join(err, os.RemoveAll(cfg.Data)); err == nil {
				out.printf("The demo's folder %s is removed.", cfg.Data)
			}
		}()
	}
	a, err := app.Open(ctx, cfg, app.Options{Build: build(), Log: s.logger(out, cfg), Demo: true, Create: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	schema, key, err := c.prepare(ctx, a)
	if err != nil {
		return err
	}
	var greeting sync.WaitGroup
	err = a.Serve(ctx, listeners, func(address string) {
		greeting.Go(func() { c.greet(ctx, out, a, demo{address: address, schema: schema, key: key}) })
	})
	greeting.Wait()
	return err
}

// onlyHere keeps a demonstration, which needs no key, to this machine.
func onlyHere(cfg *config.Config) error {
	for name, address := range map[string]string{"--listen": cfg.Listen, "metrics_listen": cfg.MetricsListen} {
		if address != "" && !app.IsLoopback(address) {
			return usagef("%s %s: the demonstration needs no key, so it is for this machine alone, as on 127.0.0.1:8080; thalweg serve serves a network", name, address)
		}
	}
	cfg.Hosts = nil // it has no other names, whatever the settings of a server on this machine are
	return nil
}

// prepare makes the schema and a key, and queues the states of the shop that
// are not there yet.
func (c *DemoCmd) prepare(ctx context.Context, a *app.App) (catalog.SchemaID, string, error) {
	schema, err := demoSchema(ctx, a)
	if err != nil {
		return 0, "", fmt.Errorf("demo schema: %w", err)
	}
	key, _, err := a.Access.Create(ctx, access.System(catalog.DefaultWorkspace), access.NewKey{
		Name: "demo", Scopes: []access.Scope{access.WriteImports, access.ReadCatalog, access.ReadMCP},
	})
	if err != nil {
		return 0, "", fmt.Errorf("demo key: %w", err)
	}
	for _, state := range shop.States() {
		parts := []app.Artifact{
			{Name: "manifest", Content: state.Manifest},
			{Name: "catalog", Content: state.Catalog},
			{Name: "run_results", Content: state.RunResults},
			{Name: "sources", Content: state.Sources},
		}
		if err := a.Enqueue(ctx, schema, access.Demo().Actor(), parts); err != nil {
			return 0, "", fmt.Errorf("state %s of the shop: %w", state.Name, err)
		}
	}
	return schema, key, nil
}

func demoSchema(ctx context.Context, a *app.App) (catalog.SchemaID, error) {
	const name = "Analytics Warehouse"
	s, err := a.Store.CreateSchema(ctx, catalog.DefaultWorkspace, name, "demo", store.By{Actor: catalog.Actor{Kind: catalog.ActorSystem, Name: "demo"}})
	if errors.Is(err, catalog.ErrConflict) { // a folder that was used before
		return catalog.FirstSchema, nil
	}
	return s.ID, err
}

// demo is what the greeting names.
type demo struct {
	address, key string
	schema       catalog.SchemaID
}

// greetWithin is how long the greeting waits for the example to be imported.
const greetWithin = 30 * time.Second

// greet prints what can be done, with ids that exist, once the example is imported.
func (c *DemoCmd) greet(ctx context.Context, out *output, a *app.App, d demo) {
	ctx, cancel := context.WithTimeout(ctx, greetWithin)
	defer cancel()
	out.printf("Importing the example project …")
	for !imported(ctx, a, d.schema) && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	table := "TBL-1"
	if asset, err := a.Store.AssetByUniqueID(ctx, catalog.DefaultWorkspace, d.schema, "shop", "model.shop.fct_orders", 0); err == nil {
		table = asset.ID.Label(asset.Kind)
	}
	api := "http://" + d.address + "/api/v1"
	out.printf("")
	out.printf("Thalweg %s, demonstration: http://%s", Version, d.address)
	out.printf("Schema ID: %s    API key: %s", d.schema, d.key)
	out.printf("")
	out.printf("Look around; on this machine the demonstration needs no key:")
	for _, path := range []string{
		"/assets?schema_id=" + d.schema.String() + "&kind=model", "/assets/" + table, "/assets/" + table + "/columns/order_id/lineage?expressions=true",
		"/impact?asset=" + table + "&column=order_id", "/tests?schema_id=" + d.schema.String() + "&status=fail",
	} {
		out.printf("  curl '%s%s'", api, path)
	}
	out.printf("Send your own project, in its folder:")
	out.printf("  curl -X POST '%s/dbt_imports?wait=60' \\\n    -H 'Authorization: Bearer %s' \\\n    -F 'schema_id=%s' \\\n    -F 'manifest=@target/manifest.json'", api, d.key, d.schema)
	out.printf("  (and -F 'catalog=@target/catalog.json' -F 'run_results=@target/run_results.json' where there are such files)")
	if c.Data == "" {
		out.printf("Ctrl-C stops it and removes its folder; with --data DIR it stays.")
	} else {
		out.printf("Ctrl-C stops it; %s stays.", c.Data)
	}
}

// imported reports whether every import of a schema has ended.
func imported(ctx context.Context, a *app.App, schema catalog.SchemaID) bool {
	for _, status := range []catalog.Status{catalog.Pending, catalog.Processing} {
		open, err := a.Store.Imports(ctx, catalog.DefaultWorkspace, store.ImportFilter{SchemaID: schema, Status: status}, store.Page{Limit: 1})
		if err != nil || open.Total > 0 {
			return false
		}
	}
	return true
}
