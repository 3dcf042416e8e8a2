package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/projectdiff"
)

// DiffCmd prints how two states of a project differ.
type DiffCmd struct {
	target
	Base        string   `arg:"" help:"State before: a manifest or its folder (a dbt project or its target folder), or a schema on a server, such as SCH-101 or SCH-101@version."`
	Head        string   `arg:"" type:"path" help:"Manifest of the state after, or its folder."`
	BaseCatalog string   `type:"existingfile" placeholder:"FILE" help:"catalog.json of the state before; default: next to its manifest."`
	HeadCatalog string   `type:"existingfile" placeholder:"FILE" help:"catalog.json of the state after; default: next to its manifest."`
	BaseResults []string `type:"existingfile" placeholder:"FILE" help:"run_results.json of the state before; default: next to its manifest."`
	Project     string   `placeholder:"NAME" help:"dbt project of the schema to compare with; default: that of HEAD."`
	Format      string   `enum:"text,json,markdown,sarif" default:"text" help:"text, json, markdown or sarif."`
	JSON        bool     `help:"The same as --format json."`
	Limit       int      `default:"100" help:"Maximum number of lines per list in text and markdown."`
	FailOn      string   `enum:"never,breaking,warning,any" default:"never" help:"Exit with 1 on differences: breaking (a table or column removed, renamed or retyped, a broken contract), warning (those, and tests and constraints that are orphaned or gone, and values that change for something outside the project), any, or never."`
	ExitCode    bool     `help:"The same as --fail-on breaking."`
}

// Help gives examples.
func (DiffCmd) Help() string {
	return `Compares two states of a dbt project by their artifacts: models, columns, column lineage, and what is downstream of the
difference, with how it ended when it ran last and how much of it is tested. Their databases and schemas do not matter. Needs no warehouse, and no server unless the state before is a
schema: what it serves is then read, with a key that has read:catalog, read:dbt_imports and read:artifacts.

Examples:
  thalweg diff production/manifest.json target/manifest.json
  thalweg diff SCH-101 target --server https://catalog.example.com --format markdown --fail-on breaking
  thalweg diff --format markdown --exit-code base-project head-project`
}

// Run prints the difference.
func (c *DiffCmd) Run(ctx context.Context, out *output) error {
	defer keepMemory(ctx, diffMemory)()
	diff, err := c.compare(ctx, out)
	if err != nil {
		return err
	}
	if err := c.print(out, diff); err != nil {
		return err
	}
	return c.verdict(diff)
}

// compare reads both states and compares them.
func (c *DiffCmd) compare(ctx context.Context, out *output) (*projectdiff.Diff, error) {
	r := lineage.NewReader()
	defer func() { _ = r.Close() }() // a temporary file
	head, err := readState(ctx, r, c.Head, c.HeadCatalog)
	if err != nil {
		return nil, err
	}
	base, err := c.base(ctx, out, r, head.Head.ProjectName)
	if err != nil {
		return nil, err
	}
	borrow(base, head)
	borrow(head, base)
	after, err := head.Trace(ctx, lineage.Options{})
	if err != nil {
		return nil, err
	}
	before, err := base.TraceAfter(ctx, lineage.Options{}, after)
	if err != nil {
		return nil, err
	}
	diff, err := projectdiff.Compare(before, after)
	if err != nil {
		return nil, err
	}
	return diff, c.results(ctx, out, base.Head.ProjectName, diff)
}

// verdict is the error that makes the exit code 1.
func (c *DiffCmd) verdict(diff *projectdiff.Diff) error {
	failOn := c.FailOn
	if c.ExitCode && failOn == "never" {
		failOn = "breaking"
	}
	n := diff.Count(failOn)
	if n == 0 {
		return nil
	}
	if failOn == "any" {
		return fmt.Errorf("%s", counted(n, "difference"))
	}
	return fmt.Errorf("%s", counted(n, failOn+" difference"))
}

// base reads the state before: from a server if it is named by a schema, else from files.
func (c *DiffCmd) base(ctx context.Context, out *output, r *lineage.Reader, project string) (*lineage.Project, error) {
	schema, at, stored := storedName(c.Base)
	if !stored {
		return readState(ctx, r, c.Base, c.BaseCatalog)
	}
	if c.BaseCatalog != "" {
		return nil, usagef("--base-catalog is of a manifest; the schema %s has its own catalog", schema)
	}
	s := storedState{schema: schema, at: at, project: cmp.Or(c.Project, project)}
	var base *lineage.Project
	err := c.with(ctx, out, func(cl *client) (err error) {
		s.client = cl
		base, err = s.read(ctx, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("base %s: %w", c.Base, err)
	}
	return base, nil
}

func (c *DiffCmd) print(out *output, diff *projectdiff.Diff) error {
	switch {
	case c.JSON || c.Format == "json":
		return out.json(diff)
	case c.Format == "sarif":
		return out.json(sarifOf(diff))
	}
	w := &diffWriter{limit: c.Limit, markdown: c.Format == "markdown"}
	w.write(diff)
	_, err := io.WriteString(out.stdout, w.text.String())
	return err
}

// readState reads one side: a manifest and the catalog next to it, if any.
func readState(ctx context.Context, r *lineage.Reader, path, tables string) (*lineage.Project, error) {
	manifest, err := manifestOf(path)
	if err != nil {
		return nil, err
	}
	if tables == "" {
		tables = catalogNextTo(manifest)
	}
	return readProject(ctx, r, manifest, tables)
}

// manifestOf finds the manifest of a folder: in it or in its target folder.
func manifestOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", usagef("%s", explain(err))
	}
	if !info.IsDir() {
		return path, nil
	}
	for _, folder := range []string{path, filepath.Join(path, "target")} {
		if found := artifactIn(folder, "manifest.json"); found != "" {
			return found, nil
		}
	}
	return "", usagef("neither %s nor its target folder contains manifest.json; dbt compile writes one", path)
}

// catalogNextTo finds the catalog of a manifest that has its usual name; "" if
// there is none.
func catalogNextTo(manifest string) string {
	switch filepath.Base(manifest) {
	case "manifest.json", "manifest.json.gz":
		return artifactIn(filepath.Dir(manifest), "catalog.json")
	}
	return ""
}

// artifactIn finds an artifact in a folder, plain or compressed.
func artifactIn(folder, name string) string {
	for _, path := range []string{filepath.Join(folder, name), filepath.Join(folder, name+".gz")} {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	return ""
}

// borrow gives a side without a catalog the columns of sources and seeds from the
// other side's catalog: a branch that was only compiled reads the same tables.
func borrow(from, to *lineage.Project) {
	if len(to.Catalog) > 0 {
		return
	}
	for _, n := range to.Nodes {
		if t := from.Catalog[n.UniqueID]; t != nil && (n.ResourceType == "source" || n.ResourceType == "seed") {
			to.Catalog[n.UniqueID] = t
		}
	}
}
