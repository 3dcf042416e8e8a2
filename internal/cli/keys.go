package cli

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// KeysCmd holds the commands on API keys.
type KeysCmd struct {
	Create KeysCreateCmd `cmd:"" help:"Create an API key and print it once."`
	List   KeysListCmd   `cmd:"" help:"List the keys, without their secrets."`
	Revoke KeysRevokeCmd `cmd:"" help:"Revoke a key."`
}

// KeysCreateCmd creates an API key.
type KeysCreateCmd struct {
	target
	Name    string   `required:"" help:"Name of the key."`
	Scope   []string `required:"" help:"Scope of the key; repeatable."`
	Expires validity `help:"How long the key is valid, such as 30d, 12w or 720h, or never; default: one year."`
}

// Help gives an example.
func (KeysCreateCmd) Help() string {
	return "Example:\n  thalweg keys create --name ci --scope write:dbt_imports --scope read:catalog"
}

// Run prints the key alone on stdout; it is not shown again.
func (c *KeysCreateCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		in := map[string]any{"name": c.Name, "scopes": c.Scope}
		if c.Expires == never {
			in["never_expires"] = true
		}
		if c.Expires > 0 {
			in["expires_at"] = out.now().Add(time.Duration(c.Expires)).UTC().Format(time.RFC3339)
		}
		var reply struct {
			Data struct {
				Attributes struct {
					Secret string `json:"secret"`
				} `json:"attributes"`
			} `json:"data"`
		}
		if err := cl.call(ctx, http.MethodPost, "/api/v1/keys", in, &reply); err != nil {
			return fmt.Errorf("key %q: %w", c.Name, err)
		}
		return out.line("%s", reply.Data.Attributes.Secret)
	})
}

// KeysListCmd lists the keys.
type KeysListCmd struct {
	target
	JSON bool `help:"Print the list as JSON."`
}

// Help gives an example.
func (KeysListCmd) Help() string { return "Example:\n  thalweg keys list" }

// Run prints one key per line.
func (c *KeysListCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		var page struct {
			Data []struct {
				ID         string         `json:"id"`
				Attributes map[string]any `json:"attributes"`
			} `json:"data"`
		}
		if err := cl.call(ctx, http.MethodGet, "/api/v1/keys?limit=200", nil, &page); err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		for _, k := range page.Data {
			if c.JSON {
				if err := out.json(k); err != nil {
					return err
				}
				continue
			}
			if err := out.line("%s\t%v\t%v\texpires %v", k.ID, k.Attributes["name"], k.Attributes["scopes"], k.Attributes["expires_at"]); err != nil {
				return err
			}
		}
		return nil
	})
}

// KeysRevokeCmd revokes a key.
type KeysRevokeCmd struct {
	target
	ID string `arg:"" help:"Id of the key, such as KEY-3."`
}

// Help gives an example.
func (KeysRevokeCmd) Help() string { return "Example:\n  thalweg keys revoke KEY-3" }

// Run revokes the key at once.
func (c *KeysRevokeCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		if err := cl.call(ctx, http.MethodDelete, "/api/v1/keys/"+c.ID, nil, nil); err != nil {
			return fmt.Errorf("key %s: %w", c.ID, err)
		}
		return out.line("%s revoked", c.ID)
	})
}
