package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ImportCmd sends artifacts.
type ImportCmd struct {
	target
	Schema           string   `help:"Schema ID, such as SCH-101; the only schema by default."`
	Target           string   `default:"target" help:"dbt's target folder, whose artifacts are sent unless files are named." placeholder:"DIR"`
	Manifest         string   `type:"existingfile" help:"manifest.json, plain or gzip."`
	Catalog          string   `type:"existingfile" help:"catalog.json."`
	RunResults       []string `type:"existingfile" help:"run_results.json; repeatable."`
	Sources          string   `type:"existingfile" help:"sources.json."`
	SemanticManifest string   `type:"existingfile" help:"semantic_manifest.json."`
	NodeColumns      string   `type:"existingfile" help:"dbt.node_columns.parquet of dbt 2's index."`
	Force            bool     `help:"Apply even if the artifacts are older than what is served."`
	Wait             bool     `help:"Wait for the import to finish; fail if it fails."`
	JSON             bool     `help:"Print the import as JSON."`
}

// Help gives an example.
func (ImportCmd) Help() string {
	return "Example, in the folder of a dbt project, after dbt build:\n  thalweg import --wait\n\nThe same with everything named:\n  thalweg import --schema SCH-101 --manifest target/manifest.json --catalog target/catalog.json --run-results target/run_results.json --wait"
}

// Run sends the artifacts and, with --wait, shows the progress to the end. On a
// folder that no server serves, the import is run before the command ends:
// nothing else would run it.
func (c *ImportCmd) Run(ctx context.Context, out *output) error {
	files, err := c.files(out)
	if err != nil {
		return err
	}
	return c.with(ctx, out, func(cl *client) error {
		if err := c.chooseSchema(ctx, out, cl); err != nil {
			return err
		}
		fields := url.Values{"schema_id": {c.Schema}}
		if c.Force {
			fields.Set("force", "true")
		}
		var reply importReply
		if err := cl.upload(ctx, "/api/v1/dbt_imports", fields, files, &reply); err != nil {
			return fmt.Errorf("import: %w", err)
		}
		if !c.Wait && !c.alone {
			return c.print(out, reply)
		}
		return c.follow(ctx, out, cl, reply.Data.ID)
	})
}

// chooseSchema takes the only schema if none is given.
func (c *ImportCmd) chooseSchema(ctx context.Context, out *output, cl *client) error {
	if c.Schema != "" {
		return nil
	}
	only, err := theSchema(ctx, cl)
	if err == nil {
		c.Schema = only.ID
		out.printf("Into %s (%s)", only.ID, only.Attributes.Name)
	}
	return err
}

func (c *ImportCmd) print(out *output, reply importReply) error {
	if c.JSON {
		return out.line("%s", strings.TrimSpace(string(reply.raw)))
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
			bar.end()
			return c.summary(ctx, out, cl, reply)
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
