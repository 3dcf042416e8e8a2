package cli

import (
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
	Base        string `arg:"" type:"path" help:"Manifest of the state before, or its folder (a dbt project or its target folder)."`
	Head        string `arg:"" type:"path" help:"Manifest of the state after, or its folder."`
	BaseCatalog string `type:"existingfile" placeholder:"FILE" help:"catalog.json of the state before; default: next to its manifest."`
	HeadCatalog string `type:"existingfile" placeholder:"FILE" help:"catalog.json of the state after; default: next to its manifest."`
	Format      string `enum:"text,json,markdown" default:"text" help:"text, json or markdown."`
	JSON        bool   `help:"The same as --format json."`
	Limit       int    `default:"100" help:"Maximum number of lines per list in text and markdown."`
	ExitCode    bool   `help:"Exit with 1 if there is a breaking change: a table or column removed, renamed or retyped."`
}

// Help gives examples.
func (DiffCmd) Help() string {
	return `Compares two states of a dbt project by their artifacts: models, columns, column lineage, and what is downstream of the
difference. Their databases and schemas do not matter. Needs no server and no warehouse.

Examples:
  thalweg diff production/manifest.json target/manifest.json
  thalweg diff --format markdown --exit-code base-project head-project`
}

// Run prints the difference.
func (c *DiffCmd) Run(ctx context.Context, out *output) error {
	base, err := readState(ctx, c.Base, c.BaseCatalog)
	if err != nil {
		return err
	}
	head, err := readState(ctx, c.Head, c.HeadCatalog)
	if err != nil {
		return err
	}
	borrow(base, head)
	borrow(head, base)
	traced := [2]*lineage.ProjectLineage{}
	for i, p := range []*lineage.Project{base, head} {
		if traced[i], err = p.Trace(ctx, lineage.Options{}); err != nil {
			return err
		}
	}
	diff, err := projectdiff.Compare(traced[0], traced[1])
	if err != nil {
		return err
	}
	if err := c.print(out, diff); err != nil {
		return err
	}
	if n := diff.Summary.Breaking; c.ExitCode && n > 0 {
		return fmt.Errorf("%s", counted(n, "breaking difference"))
	}
	return nil
}

func (c *DiffCmd) print(out *output, diff *projectdiff.Diff) error {
	if c.JSON || c.Format == "json" {
		return out.json(diff)
	}
	w := &diffWriter{limit: c.Limit, markdown: c.Format == "markdown"}
	w.write(diff)
	_, err := io.WriteString(out.stdout, w.text.String())
	return err
}

// readState reads one side: a manifest and the catalog next to it, if any.
func readState(ctx context.Context, path, tables string) (*lineage.Project, error) {
	manifest, err := manifestOf(path)
	if err != nil {
		return nil, err
	}
	if tables == "" {
		tables = catalogNextTo(manifest)
	}
	return readProject(ctx, manifest, tables)
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
