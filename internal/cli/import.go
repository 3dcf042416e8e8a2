package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// ImportCmd sends artifacts.
type ImportCmd struct {
	target
	Schema           string   `required:"" help:"Schema ID, such as SCH-101."`
	Manifest         string   `required:"" type:"existingfile" help:"manifest.json, plain or gzip."`
	Catalog          string   `type:"existingfile" help:"catalog.json."`
	RunResults       []string `type:"existingfile" help:"run_results.json; repeatable."`
	Sources          string   `type:"existingfile" help:"sources.json."`
	SemanticManifest string   `type:"existingfile" help:"semantic_manifest.json."`
	Force            bool     `help:"Apply even if the artifacts are older than what is served."`
	Wait             bool     `help:"Wait for the import to finish; fail if it fails."`
	JSON             bool     `help:"Print the import as JSON."`
}

// Help gives an example.
func (ImportCmd) Help() string {
	return "Example:\n  thalweg import --schema SCH-101 --manifest target/manifest.json --catalog target/catalog.json --run-results target/run_results.json --wait"
}

type importReply struct {
	Data struct {
		ID         string         `json:"id"`
		Type       string         `json:"type"`
		Attributes map[string]any `json:"attributes"`
	} `json:"data"`
}

func (r importReply) text(name string) string {
	s, _ := r.Data.Attributes[name].(string)
	return s
}

func (c *ImportCmd) files() []file {
	files := []file{{"manifest", c.Manifest}}
	for _, f := range c.RunResults {
		files = append(files, file{"run_results", f})
	}
	for _, f := range []file{{"catalog", c.Catalog}, {"sources", c.Sources}, {"semantic_manifest", c.SemanticManifest}} {
		if f.path != "" {
			files = append(files, f)
		}
	}
	return files
}

// Run sends the artifacts and, with --wait, shows the progress to the end. On a
// folder that no server serves, the import is run before the command ends:
// nothing else would run it.
func (c *ImportCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		fields := url.Values{"schema_id": {c.Schema}}
		if c.Force {
			fields.Set("force", "true")
		}
		var reply importReply
		if err := cl.upload(ctx, "/api/v1/dbt_imports", fields, c.files(), &reply); err != nil {
			return fmt.Errorf("import: %w", err)
		}
		if !c.Wait && !c.alone {
			return c.print(out, reply)
		}
		return c.follow(ctx, out, cl, reply.Data.ID)
	})
}

func (c *ImportCmd) print(out *output, reply importReply) error {
	if c.JSON {
		return out.json(reply)
	}
	return out.line("%s %s", reply.Data.ID, reply.text("status"))
}

// follow polls until the import has ended; its report has the progress.
func (c *ImportCmd) follow(ctx context.Context, out *output, cl *client, id string) error {
	bar := &progress{out: out}
	defer bar.end()
	for {
		var reply importReply
		if err := cl.call(ctx, http.MethodGet, "/api/v1/dbt_imports/"+id, nil, &reply); err != nil {
			return fmt.Errorf("import %s: %w", id, err)
		}
		switch reply.text("status") {
		case "completed":
			bar.show(id + " completed")
			return c.summary(out, reply)
		case "failed":
			bar.show(id + " failed")
			return fmt.Errorf("import %s: %s", id, reply.text("error_message"))
		}
		bar.show(c.stage(ctx, cl, id))
		pause := time.NewTimer(200 * time.Millisecond)
		select {
		case <-ctx.Done():
			pause.Stop()
			return fmt.Errorf("import %s: %w", id, ctx.Err())
		case <-pause.C:
		}
	}
}

// stage returns a line such as "IMP-7 save 4000 of 12000".
func (c *ImportCmd) stage(ctx context.Context, cl *client, id string) string {
	var report struct {
		Data struct {
			Attributes struct {
				Stages []struct {
					Name  string `json:"name"`
					Done  int64  `json:"done"`
					Total int64  `json:"total"`
				} `json:"stages"`
			} `json:"attributes"`
		} `json:"data"`
	}
	if err := cl.call(ctx, http.MethodGet, "/api/v1/dbt_imports/"+id+"/report", nil, &report); err != nil {
		return id + " is pending"
	}
	stages := report.Data.Attributes.Stages
	if len(stages) == 0 {
		return id + " is pending"
	}
	s := stages[len(stages)-1]
	if s.Total == 0 {
		return fmt.Sprintf("%s %s", id, s.Name)
	}
	return fmt.Sprintf("%s %s %d of %d", id, s.Name, s.Done, s.Total)
}

func (c *ImportCmd) summary(out *output, reply importReply) error {
	if c.JSON {
		return out.json(reply)
	}
	a := reply.Data.Attributes
	// JSON's numbers are floats: %v would write a million as 1e+06.
	return out.line("%s completed: tables %.0f created, %.0f updated; columns %.0f created, %.0f updated; lineages %.0f created",
		reply.Data.ID, a["tables_created"], a["tables_updated"], a["columns_created"], a["columns_updated"], a["lineages_created"])
}
