package cli

import (
	"context"
	"fmt"
	"net/http"
)

// SchemasCmd holds the commands on schemas.
type SchemasCmd struct {
	Create SchemasCreateCmd `cmd:"" help:"Create a schema and print its id."`
	List   SchemasListCmd   `cmd:"" help:"List the schemas."`
}

// SchemasCreateCmd creates a schema.
type SchemasCreateCmd struct {
	target
	Name        string `required:"" help:"Name of the schema."`
	Environment string `help:"Label of its environment, such as prod."`
	JSON        bool   `help:"Print the reply as JSON."`
}

// Help gives an example.
func (SchemasCreateCmd) Help() string {
	return "Example:\n  thalweg schemas create --name \"Analytics Warehouse\"\n  SCH-101"
}

type schemaReply struct {
	Data struct {
		ID         string `json:"id"`
		Attributes struct {
			Name        string `json:"name"`
			Environment string `json:"environment"`
			Version     int64  `json:"version"`
			Tables      int64  `json:"tables"`
		} `json:"attributes"`
	} `json:"data"`
}

// Run creates the schema and prints its id alone on a line.
func (c *SchemasCreateCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		in := map[string]string{"name": c.Name}
		if c.Environment != "" {
			in["environment"] = c.Environment
		}
		var reply schemaReply
		if err := cl.call(ctx, http.MethodPost, "/api/v1/schemas", in, &reply); err != nil {
			return fmt.Errorf("schema %q: %w", c.Name, err)
		}
		if c.JSON {
			return out.json(reply)
		}
		return out.line("%s", reply.Data.ID)
	})
}

// SchemasListCmd lists the schemas.
type SchemasListCmd struct {
	target
	JSON bool `help:"Print the list as JSON."`
}

// Help gives an example.
func (SchemasListCmd) Help() string { return "Example:\n  thalweg schemas list" }

// Run prints one schema per line.
func (c *SchemasListCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		for path := "/api/v1/schemas?limit=200"; path != ""; {
			var page struct {
				Data []struct {
					ID         string         `json:"id"`
					Attributes map[string]any `json:"attributes"`
				} `json:"data"`
				Links struct {
					Next *string `json:"next"`
				} `json:"links"`
			}
			if err := cl.call(ctx, http.MethodGet, path, nil, &page); err != nil {
				return fmt.Errorf("schemas: %w", err)
			}
			for _, s := range page.Data {
				if c.JSON {
					if err := out.json(s); err != nil {
						return err
					}
				} else if err := out.line("%s\t%v\t%.0f tables", s.ID, s.Attributes["name"], s.Attributes["tables"]); err != nil {
					return err
				}
			}
			path = ""
			if page.Links.Next != nil {
				path = *page.Links.Next
			}
		}
		return nil
	})
}
