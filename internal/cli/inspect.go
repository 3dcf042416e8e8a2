package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/dbt/inspect"
)

// InspectCmd counts the contents of artifacts.
type InspectCmd struct {
	Files   []string `arg:"" type:"existingfile" help:"Artifacts, plain or gzip; the kind is detected from the content."`
	JSON    bool     `help:"Print as JSON, one object per file."`
	Project bool     `help:"Treat the files as the artifacts of one project and join them."`
}

// Help gives an example.
func (InspectCmd) Help() string {
	return "Example:\n  thalweg inspect target/manifest.json target/catalog.json"
}

// Run prints the counts of every file, or those of one project joined; it
// fails if a file is not an artifact.
func (c *InspectCmd) Run(ctx context.Context, out *output) error {
	if c.Project {
		return c.joined(ctx, out)
	}
	all := map[string]any{}
	var bad []string
	for _, path := range c.Files {
		stats, err := inspectFile(ctx, path)
		if err != nil {
			bad = append(bad, path)
			all[path] = map[string]string{"error": err.Error()}
			continue
		}
		all[path] = stats
	}
	if err := c.print(out, all); err != nil {
		return err
	}
	if len(bad) > 0 {
		return fmt.Errorf("not a dbt artifact: %s", strings.Join(bad, ", "))
	}
	return nil
}

func inspectFile(ctx context.Context, path string) (any, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	return inspect.Artifact(ctx, f)
}

// joined prints the counts of the artifacts of one project, joined.
func (c *InspectCmd) joined(ctx context.Context, out *output) error {
	files := make([]inspect.File, len(c.Files))
	for i, path := range c.Files {
		files[i] = inspect.File{Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	}
	stats, err := inspect.Project(ctx, files)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(stats, "", " ")
	if err != nil {
		return err
	}
	if c.JSON {
		return out.line("%s", b)
	}
	var parts map[string]map[string]json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	for _, name := range sortedKeys(parts) {
		if err := printFields(out, name, parts[name]); err != nil {
			return err
		}
	}
	return nil
}

func printFields(out *output, title string, fields map[string]json.RawMessage) error {
	if err := out.line("%s", title); err != nil {
		return err
	}
	for _, name := range sortedKeys(fields) {
		var compact bytes.Buffer
		if err := json.Compact(&compact, fields[name]); err != nil {
			return err
		}
		if err := out.line("  %-28s %s", name, &compact); err != nil {
			return err
		}
	}
	return nil
}

func (c *InspectCmd) print(out *output, all map[string]any) error {
	if c.JSON {
		b, err := json.MarshalIndent(all, "", " ")
		if err != nil {
			return err
		}
		return out.line("%s", b)
	}
	for _, path := range c.Files {
		b, err := json.Marshal(all[path])
		if err != nil {
			return err
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(b, &fields); err != nil {
			return err
		}
		if err := printFields(out, path, fields); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
