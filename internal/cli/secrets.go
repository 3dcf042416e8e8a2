package cli

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/app"
)

// SecretsCmd holds the commands on the keys that encrypt credentials.
type SecretsCmd struct {
	Rotate SecretsRotateCmd `cmd:"" help:"Encrypt the stored credentials by a new key."`
	Drop   SecretsDropCmd   `cmd:"" help:"Delete the stored credentials, whose key was lost."`
}

// SecretsRotateCmd changes the keys.
type SecretsRotateCmd struct {
	settings
	DataKeys bool `help:"Make new data keys, too, and encrypt every credential again."`
}

// Help gives an example.
func (SecretsRotateCmd) Help() string {
	return "The master key is in secret.key in the data folder, or in THALWEG_SECRET_KEY: put a new key there before the old one, separated by a comma, run this, and remove the old one. Restart other processes of the database afterwards.\n\nExample:\n  thalweg secrets rotate --data /var/lib/thalweg"
}

// Run rotates.
func (c *SecretsRotateCmd) Run(ctx context.Context, out *output) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if err := app.RotateSecrets(ctx, cfg, c.DataKeys); err != nil {
		return err
	}
	return out.line("the stored credentials are encrypted by the new key")
}

// SecretsDropCmd deletes credentials.
type SecretsDropCmd struct {
	settings
	Yes bool `help:"Delete them; without it nothing is done." required:""`
}

// Help gives an example.
func (SecretsDropCmd) Help() string {
	return "Webhooks and integrations stay; their secrets have to be set again.\n\nExample:\n  thalweg secrets drop --yes --data /var/lib/thalweg"
}

// Run drops.
func (c *SecretsDropCmd) Run(ctx context.Context, out *output) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	n, err := app.DropSecrets(ctx, cfg)
	if err != nil {
		return err
	}
	return out.line("%d credentials were deleted", n)
}
