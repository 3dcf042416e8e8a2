package cli

import (
	"context"
	"fmt"
	"net/http"
)

// SetupTokenCmd makes a link for the first administrator.
type SetupTokenCmd struct{ target }

// Help gives an example.
func (SetupTokenCmd) Help() string {
	return "The link can be used once, within 24 hours, and while nobody can sign in. Its address is public_url, else the one that the server listens on.\n\nExample:\n  thalweg setup-token --data /var/lib/thalweg"
}

// Run prints the link alone on stdout; it is not shown again.
func (c *SetupTokenCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		var reply struct {
			Data struct {
				Attributes struct {
					URL string `json:"url"`
				} `json:"attributes"`
			} `json:"data"`
		}
		if err := cl.call(ctx, http.MethodPost, "/api/v1/setup/links", nil, &reply); err != nil {
			return fmt.Errorf("link of the setup: %w", err)
		}
		return out.line("%s", reply.Data.Attributes.URL)
	})
}
