package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// files returns the files to send: those that flags name, else those of dbt's target folder.
func (c *ImportCmd) files(out *output) ([]file, error) {
	var files []file
	for _, f := range []file{{"manifest", c.Manifest}, {"catalog", c.Catalog}, {"sources", c.Sources}, {"semantic_manifest", c.SemanticManifest}, {"node_columns", c.NodeColumns}} {
		if f.path != "" {
			files = append(files, f)
		}
	}
	for _, path := range c.RunResults {
		files = append(files, file{"run_results", path})
	}
	switch {
	case c.Manifest != "":
		return files, nil
	case len(files) > 0:
		return nil, usagef("--manifest is required with other files; without any, the files in %s are sent", c.Target)
	}
	return targetFiles(out, c.Target)
}

// targetFiles finds the artifacts in a target folder and prints their names.
func targetFiles(out *output, dir string) ([]file, error) {
	var files []file
	var names []string
	for _, field := range []string{"manifest", "catalog", "run_results", "sources", "semantic_manifest"} {
		if path := artifactIn(dir, field+".json"); path != "" {
			files, names = append(files, file{field, path}), append(names, path)
		}
		if len(files) == 0 {
			return nil, usagef("%s is not there: run dbt first, or name the files (--manifest) or their folder (--target)", filepath.Join(dir, "manifest.json"))
		}
	}
	if path := artifactIn(filepath.Join(dir, "index"), "dbt.node_columns.parquet"); path != "" {
		files, names = append(files, file{"node_columns", path}), append(names, path)
	}
	out.printf("Sending %s", strings.Join(names, ", "))
	for _, f := range files {
		if f.field == "run_results" && dbtCommand(f.path) == "generate" {
			out.printf("%s is that of dbt docs generate, which overwrites the one of dbt build: copy that before, and name it with --run-results.", f.path)
		}
	}
	return files, nil
}

// dbtCommand returns the command that wrote run results; "" if the file does not say so in a form that is read here.
func dbtCommand(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // only read
	text, err := dbt.Open(f, dbt.Limits{})
	if err != nil {
		return ""
	}
	var results struct {
		Args struct {
			Which string `json:"which"`
		} `json:"args"`
	}
	if err := json.NewDecoder(text).Decode(&results); err != nil {
		return ""
	}
	return results.Args.Which
}
