package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/adopt"
)

// AdoptCmd takes over what people wrote in another catalog.
type AdoptCmd struct {
	DBTDocs      AdoptDBTDocsCmd      `cmd:"" name:"dbt-docs" help:"From the manifest.json and catalog.json of a dbt docs site."`
	DataHub      AdoptDataHubCmd      `cmd:"" name:"datahub" help:"From metadata files of DataHub."`
	OpenMetadata AdoptOpenMetadataCmd `cmd:"" name:"openmetadata" help:"From tables as OpenMetadata's API lists them."`
}

// AdoptDBTDocsCmd takes over a dbt docs site.
type AdoptDBTDocsCmd struct{ adoption }

// AdoptDataHubCmd takes over metadata files of DataHub.
type AdoptDataHubCmd struct{ adoption }

// AdoptOpenMetadataCmd takes over tables of OpenMetadata.
type AdoptOpenMetadataCmd struct{ adoption }

const adoptHelp = `What the files have is written as edits, by the key's owner. Only what is blank is filled, and owners and tags are added: a text that is there stays unless --overwrite is given, and nothing is removed. Run it again after an interruption: what is done is left as it is.

Example:
  `

// Help gives an example.
func (AdoptDBTDocsCmd) Help() string {
	return adoptHelp + "thalweg adopt dbt-docs manifest.json catalog.json --dry-run"
}

// Help gives an example.
func (AdoptDataHubCmd) Help() string {
	return adoptHelp + "thalweg adopt datahub datasets.json --dry-run"
}

// Help gives an example.
func (AdoptOpenMetadataCmd) Help() string {
	return adoptHelp + "thalweg adopt openmetadata tables.json --dry-run"
}

// Run takes it over.
func (c *AdoptDBTDocsCmd) Run(ctx context.Context, out *output) error {
	return c.run(ctx, out, adopt.DBTDocs)
}

// Run takes it over.
func (c *AdoptDataHubCmd) Run(ctx context.Context, out *output) error {
	return c.run(ctx, out, adopt.DataHub)
}

// Run takes it over.
func (c *AdoptOpenMetadataCmd) Run(ctx context.Context, out *output) error {
	return c.run(ctx, out, adopt.OpenMetadata)
}

// adoption are the flags of every kind of export.
type adoption struct {
	target
	Files          []string `arg:"" name:"file" type:"existingfile" help:"Exported files, plain or gzip."`
	Schema         string   `help:"Schema ID; default: the only schema." placeholder:"SCH-101"`
	DryRun         bool     `help:"Print what would change, and change nothing."`
	Overwrite      bool     `help:"Replace texts that are there, and add labels that people removed."`
	Only           []string `enum:"description,owners,tags,terms" default:"description,owners,tags,terms" help:"What to take over: description, owners, tags, terms (of a glossary, as tags)."`
	IgnoreDatabase bool     `help:"Find tables by schema and name alone, where the database has another name."`
	JSON           bool     `help:"Print a JSON object per line; the last one is the summary."`
}

func (c *adoption) run(ctx context.Context, out *output, format adopt.Format) error {
	if slices.Contains(c.Files, "-") {
		return usagef("-: want files, not standard input")
	}
	export, err := adopt.Read(ctx, format, adopt.Limits{}, c.Files...)
	if err != nil {
		return fmt.Errorf("adopt: %w", err)
	}
	err = c.with(ctx, out, func(cl *client) error {
		schema, err := schemaOr(ctx, cl, c.Schema)
		if err != nil {
			return err
		}
		a := &adopter{client: cl, adoption: c, out: out, schema: schema, values: map[string]int{}, claimed: map[string]bool{}}
		if out.terminal() && !isTerminal(out.stdout) { // else the lines of the result show where it is
			a.bar = &progress{out: out}
		}
		return a.all(ctx, export)
	})
	return errors.Join(err, export.Close())
}

// takes reports whether a property is taken over.
func (c *adoption) takes(property string) bool { return slices.Contains(c.Only, property) }

// adopter takes over one export.
type adopter struct {
	*client
	*adoption
	out    *output
	bar    *progress
	schema string

	tables  struct{ all, found, missing, ambiguous, removed int }
	columns struct{ all, found int }
	values  map[string]int // by outcome
	edits   int            // requests that changed something
	claimed map[string]bool
}

// all goes through the export and prints the summary.
func (a *adopter) all(ctx context.Context, export *adopt.Export) error {
	err := export.Each(ctx, func(asset adopt.Asset) error {
		a.tables.all++
		if a.bar != nil && (a.tables.all%20 == 1 || a.tables.all == export.Len()) {
			a.bar.show(fmt.Sprintf("%d of %d", a.tables.all, export.Len()))
		}
		return a.asset(ctx, &asset)
	})
	if a.bar != nil {
		a.bar.end()
	}
	counts := export.Counts()
	for _, reason := range counts.Firsts {
		a.out.printf("thalweg: warning: not read: %s", printable(reason))
	}
	if err != nil {
		if a.edits > 0 {
			a.out.printf("thalweg: %d edits were made; run it again to continue", a.edits)
		}
		return fmt.Errorf("adopt: %w", err)
	}
	if err := a.summary(counts); err != nil {
		return err
	}
	switch {
	case a.values[refused] > 0:
		return fmt.Errorf("adopt: %d values were refused", a.values[refused])
	case a.tables.all == 0:
		return errors.New("adopt: the files describe no table: are they of this kind of export?")
	case a.tables.found == 0 && a.tables.removed < a.tables.all:
		return fmt.Errorf("adopt: none of the tables is in %s%s", a.schema, a.hint())
	}
	return nil
}

func (a *adopter) hint() string {
	if a.IgnoreDatabase {
		return ""
	}
	return "; if only the database has another name, use --ignore-database"
}

// adoptionLine is a line of the result.
type adoptionLine struct {
	Outcome  string   `json:"outcome"`
	Asset    string   `json:"asset,omitempty"`
	Name     string   `json:"name"`
	Column   string   `json:"column,omitempty"`
	Property string   `json:"property,omitempty"`
	Value    string   `json:"value,omitempty"`
	Labels   []string `json:"labels,omitempty"`
	Reason   string   `json:"reason,omitempty"`
}

// Outcomes of a value. Those of a table or column as a whole are missing, ambiguous and removed.
const (
	set       = "set"
	wouldSet  = "would-set"
	unchanged = "unchanged"
	kept      = "kept"
	hidden    = "hidden"
	skipped   = "skipped"
	refused   = "refused"
	missing   = "missing"
)

// report prints a line and counts it. What is unchanged is only counted.
func (a *adopter) report(line adoptionLine) error {
	if line.Property != "" {
		a.values[line.Outcome]++
	}
	switch {
	case line.Outcome == unchanged:
		return nil
	case a.JSON:
		return a.out.json(line)
	}
	name := printable(line.Name)
	if line.Column != "" {
		name += "." + printable(line.Column)
	}
	value := line.Value
	if line.Labels != nil {
		value = strings.Join(line.Labels, ", ")
	}
	fields := []string{line.Outcome, line.Asset, name}
	for _, field := range []string{line.Property, shortened(value), line.Reason} {
		if field != "" {
			fields = append(fields, printable(strings.ReplaceAll(field, "\n", " ")))
		}
	}
	return a.out.line("%s", strings.Join(fields, "\t"))
}

// shortened returns the beginning of a long text; --json has all of it.
func shortened(text string) string {
	if runes := []rune(text); len(runes) > 100 {
		return string(runes[:99]) + "…"
	}
	return text
}

// summary prints how much of how much was done.
func (a *adopter) summary(counts adopt.Counts) error {
	if a.JSON {
		return a.out.json(map[string]any{"summary": map[string]any{
			"schema_id": a.schema, "dry_run": a.DryRun, "records": counts.Records, "unreadable": counts.Unreadable, "others": counts.Others,
			"tables": a.tables.all, "tables_found": a.tables.found, "tables_missing": a.tables.missing, "tables_ambiguous": a.tables.ambiguous,
			"tables_removed": a.tables.removed, "columns": a.columns.all, "columns_found": a.columns.found, "values": a.values, "edits": a.edits,
		}})
	}
	rest := map[string]int{"missing": a.tables.missing, "ambiguous": a.tables.ambiguous, "removed there": a.tables.removed}
	lines := []string{
		fmt.Sprintf("assets: %d of %d found in %s%s", a.tables.found, a.tables.all, a.schema, listed(rest)),
		fmt.Sprintf("columns: %d of %d found", a.columns.found, a.columns.all),
		"values: " + strings.TrimPrefix(orNone(listed(a.values)), ", "),
	}
	if len(counts.Others) > 0 || counts.Unreadable > 0 {
		others := map[string]int{"unreadable": counts.Unreadable}
		for kind, n := range counts.Others {
			others[printable(kind)] = n
		}
		lines = append(lines, "not about tables: "+strings.TrimPrefix(listed(others), ", "))
	}
	if a.DryRun {
		lines = append(lines, "Nothing was changed.")
	}
	return a.out.line("%s", strings.Join(lines, "\n"))
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// listed returns ", 3 missing, 1 removed" of the counts that are not zero.
func listed(counts map[string]int) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if n := counts[name]; n > 0 {
			fmt.Fprintf(&out, ", %d %s", n, name)
		}
	}
	return out.String()
}
