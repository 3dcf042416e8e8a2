package cli

import (
	"context"
	"encoding/json"

	"github.com/thalweg-data/thalweg/internal/app"
	"github.com/thalweg-data/thalweg/internal/config"
)

// MigrateCmd brings the tables of a store up to this version.
type MigrateCmd struct{ settings }

// Help gives an example.
func (MigrateCmd) Help() string {
	return "serve does the same at its start. With --blob-url that folder or bucket becomes the one of the database's artifacts: copy them there first.\n\nExample:\n  thalweg migrate --data /var/lib/thalweg"
}

// Run migrates and prints the version of the tables.
func (c *MigrateCmd) Run(ctx context.Context, out *output) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	version, err := app.Migrate(ctx, cfg, c.BlobURL != "")
	if err != nil {
		return err
	}
	return out.line("tables are at version %d of %d", version, version)
}

// ConfigCmd holds the commands on settings.
type ConfigCmd struct {
	Show ConfigShowCmd `cmd:"" help:"Print the effective settings and the origin of each; secrets are hidden."`
}

// ConfigShowCmd prints the settings.
type ConfigShowCmd struct {
	settings
	JSON bool `help:"Print as JSON."`
}

// Help gives an example.
func (ConfigShowCmd) Help() string { return "Example:\n  thalweg config show --data /var/lib/thalweg" }

// Run prints one setting per line.
func (c *ConfigShowCmd) Run(_ context.Context, out *output) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	lines := cfg.Redacted()
	if c.JSON {
		b, err := json.Marshal(lines)
		if err != nil {
			return err
		}
		return out.line("%s", b)
	}
	return printSettings(out, lines)
}

func printSettings(out *output, lines []config.Line) error {
	for _, l := range lines {
		if err := out.line("%-24s %-32s (%s)", l.Name, l.Value, l.Origin); err != nil {
			return err
		}
	}
	return nil
}
