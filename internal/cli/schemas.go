package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// SchemasCmd holds the commands on schemas.
type SchemasCmd struct {
	Create SchemasCreateCmd `cmd:"" help:"Create a schema and print its id."`
	List   SchemasListCmd   `cmd:"" help:"List the schemas."`
	Delete SchemasDeleteCmd `cmd:"" help:"Delete a schema and everything in it."`
}

// SchemasCreateCmd creates a schema.
type SchemasCreateCmd struct {
	target
	Name        string `required:"" help:"Name of the schema."`
	Environment string `help:"Label of its environment, such as prod."`
	IfNotExists bool   `help:"Print the id of the schema that has the name already, instead of failing."`
	JSON        bool   `help:"Print the reply as JSON."`
}

// Help gives an example.
func (SchemasCreateCmd) Help() string {
	return "Example:\n  thalweg schemas create --name \"Analytics Warehouse\"\n  SCH-101"
}

type schemaReply struct {
	Data schemaData `json:"data"`
}

type schemaData struct {
	ID         string `json:"id"`
	Attributes struct {
		Name        string `json:"name"`
		Environment string `json:"environment"`
		Version     int64  `json:"version"`
		Tables      int64  `json:"tables"`
	} `json:"attributes"`
}

// Run creates the schema and prints its id alone on a line.
func (c *SchemasCreateCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		in := map[string]string{"name": c.Name}
		if c.Environment != "" {
			in["environment"] = c.Environment
		}
		var reply schemaReply
		err := cl.call(ctx, http.MethodPost, "/api/v1/schemas", in, &reply)
		if taken, ok := errors.AsType[*problem](err); ok && taken.Code == "conflict" && c.IfNotExists {
			reply, err = schemaNamed(ctx, cl, c.Name)
		}
		if taken, ok := errors.AsType[*problem](err); ok && taken.Code == "conflict" {
			return fmt.Errorf("%w; choose another, or use the schema that has it: --if-not-exists prints its id", err)
		}
		if err != nil {
			return fmt.Errorf("schema %q: %w", c.Name, err)
		}
		if c.JSON {
			return out.json(reply)
		}
		return out.line("%s", reply.Data.ID)
	})
}

// schemaNamed returns the schema that has a name.
func schemaNamed(ctx context.Context, cl *client, name string) (reply schemaReply, err error) {
	found := false
	err = eachSchema(ctx, cl, func(s schemaData) error {
		if s.Attributes.Name == name {
			reply.Data, found = s, true
		}
		return nil
	})
	if err == nil && !found {
		err = errors.New("the name is taken by a schema that this key may not see")
	}
	return reply, err
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
		return eachSchema(ctx, cl, func(s schemaData) error {
			if c.JSON {
				return out.json(s)
			}
			return out.line("%s\t%s\t%d tables", s.ID, s.Attributes.Name, s.Attributes.Tables)
		})
	})
}

// eachSchema calls do with every schema that the key sees.
func eachSchema(ctx context.Context, cl *client, do func(schemaData) error) error {
	for path := "/api/v1/schemas?limit=200"; path != ""; {
		var page struct {
			Data  []schemaData `json:"data"`
			Links struct {
				Next *string `json:"next"`
			} `json:"links"`
		}
		if err := cl.call(ctx, http.MethodGet, path, nil, &page); err != nil {
			return fmt.Errorf("schemas: %w", err)
		}
		for _, s := range page.Data {
			if err := do(s); err != nil {
				return err
			}
		}
		path = ""
		if page.Links.Next != nil {
			path = *page.Links.Next
		}
	}
	return nil
}

// SchemasDeleteCmd deletes a schema.
type SchemasDeleteCmd struct {
	target
	ID      string `arg:"" help:"Schema ID, such as SCH-101."`
	Confirm string `required:"" help:"Name of the schema, to confirm." placeholder:"NAME"`
}

// Help gives an example.
func (SchemasDeleteCmd) Help() string {
	return "It is hidden at once, and deleted after 30 days.\n\nExample:\n  thalweg schemas delete SCH-102 --confirm \"Old Warehouse\""
}

// Run deletes the schema.
func (c *SchemasDeleteCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		path := "/api/v1/schemas/" + url.PathEscape(c.ID) + "?confirm=" + url.QueryEscape(c.Confirm)
		if err := cl.call(ctx, http.MethodDelete, path, nil, nil); err != nil {
			return fmt.Errorf("schema %s: %w", c.ID, err)
		}
		return out.line("%s deleted", c.ID)
	})
}

// schemaOr returns the schema that was given, or else the only one.
func schemaOr(ctx context.Context, cl *client, given string) (string, error) {
	if given != "" {
		return given, nil
	}
	only, err := theSchema(ctx, cl)
	return only.ID, err
}

// theSchema returns the only schema that the key sees.
func theSchema(ctx context.Context, cl *client) (schemaData, error) {
	var all []schemaData
	err := eachSchema(ctx, cl, func(s schemaData) error { all = append(all, s); return nil })
	if p, ok := errors.AsType[*problem](err); ok && p.Code == "insufficient-scope" {
		return schemaData{}, usagef("--schema is required: this key may not list schemas")
	}
	if err != nil {
		return schemaData{}, err
	}
	switch len(all) {
	case 1:
		return all[0], nil
	case 0:
		return schemaData{}, usagef(`there is no schema yet: thalweg schemas create --name "Analytics Warehouse"`)
	}
	var names []string
	for _, s := range all[:min(len(all), maxListed)] {
		names = append(names, fmt.Sprintf("%s (%s)", s.ID, s.Attributes.Name))
	}
	if more := len(all) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more; thalweg schemas list has them all", more))
	}
	return schemaData{}, usagef("--schema is required: there are %s", strings.Join(names, ", "))
}

// maxListed is how many schemas an error names.
const maxListed = 10
