package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/thalweg-data/thalweg/examples/shop"
	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/app"
	"github.com/thalweg-data/thalweg/internal/catalog"
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
	listeners, err := app.Listen(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, listeners.Close()) }()
	if c.Data == "" {
		if cfg.Data, err = os.MkdirTemp("", "thalweg-demo-"); err != nil {
			return fmt.Errorf("temporary folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(cfg.Data)) }()
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
	return a.Serve(ctx, listeners, func(address string) { welcome(out, address, schema, key) })
}

// prepare makes the schema and a key, and queues the states of the shop that
// are not there yet.
func (c *DemoCmd) prepare(ctx context.Context, a *app.App) (catalog.SchemaID, string, error) {
	schema, err := demoSchema(ctx, a)
	if err != nil {
		return 0, "", fmt.Errorf("demo schema: %w", err)
	}
	key, _, err := a.Access.Create(ctx, catalog.DefaultWorkspace, access.NewKey{
		Name: "demo", Creator: "demo", Scopes: []access.Scope{access.WriteImports, access.ReadCatalog},
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
	s, err := a.Store.CreateSchema(ctx, catalog.DefaultWorkspace, name, "demo")
	if errors.Is(err, catalog.ErrConflict) { // a folder that was used before
		return catalog.FirstSchema, nil
	}
	return s.ID, err
}

func welcome(out *output, address string, schema catalog.SchemaID, key string) {
	out.printf("Thalweg %s, demonstration: http://%s", Version, address)
	out.printf("Schema ID: %s    API key: %s", schema, key)
	out.printf("")
	out.printf("Send your own project:")
	out.printf("  curl -X POST http://%s/api/v1/dbt_imports \\\n    -H \"Authorization: Bearer %s\" \\\n    -F \"schema_id=%s\" \\\n    -F \"manifest=@target/manifest.json\" \\\n    -F \"catalog=@target/catalog.json\" \\\n    -F \"run_results=@target/run_results.json\"", address, key, schema)
	out.printf("List its assets:")
	out.printf("  curl http://%s/api/v1/assets?schema_id=%s", address, schema)
	out.printf("Press Ctrl-C to stop.")
}
