package importing

import (
	"context"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// readSemanticManifest reads what a semantic manifest names and compares it with the manifest that came with it. All
// that it reports is in the manifest, too, so it changes no asset.
func (j *job) readSemanticManifest(ctx context.Context, part catalog.Part, c *contents) error {
	r, err := j.blob(ctx, part)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	semantic, issues, err := dbt.ReadSemanticManifest(ctx, r, j.Limits(partSemantic))
	if err != nil {
		return j.whyUnread(ctx, part, err)
	}
	j.issues(partSemantic, issues)
	j.rep.Count("semantic_models", int64(len(semantic.SemanticModels)))
	j.rep.Count("metrics", int64(len(semantic.Metrics)))
	j.rep.Count("saved_queries", int64(len(semantic.SavedQueries)))
	if c.manifest == nil {
		return nil
	}
	if missing := c.manifest.without(&semantic); len(missing) > 0 {
		j.rep.Issue(catalog.Issue{
			Code: "semantic-manifest-differs", Severity: "warning", Place: partSemantic, Count: len(missing),
			Message: "the manifest does not have what the semantic manifest names, such as the " + missing[0],
			Remedy:  "send the manifest and the semantic manifest of one dbt invocation",
		})
	}
	return nil
}

// without lists what a semantic manifest names and the manifest does not have.
func (m *manifestIndex) without(s *dbt.SemanticContents) []string {
	named := map[string]bool{}
	for id := range m.print.nodes {
		kind, rest, _ := strings.Cut(id, ".")
		_, name, _ := strings.Cut(rest, ".") // behind the package
		named[kind+" "+name] = true
	}
	var missing []string
	for kind, names := range map[string][]string{
		"semantic_model": s.SemanticModels, "metric": s.Metrics, "saved_query": s.SavedQueries,
	} {
		for _, name := range names {
			if !named[kind+" "+name] {
				missing = append(missing, strings.ReplaceAll(kind, "_", " ")+" "+name)
			}
		}
	}
	if s.TimeSpine != nil && !named["model "+legacyTimeSpine] {
		missing = append(missing, "time spine "+s.TimeSpine.Relation)
	}
	slices.Sort(missing)
	return missing
}

// legacyTimeSpine is the name by which dbt takes a model as the time spine, if no model is configured as one.
const legacyTimeSpine = "metricflow_time_spine"

// timeSpineOf returns the time spine that a model is, as dbt writes it, or by its name: then dbt writes it into the
// semantic manifest alone, always with this column and grain.
func timeSpineOf(n *dbt.Node) []byte {
	if len(n.TimeSpine) == 0 && n.ResourceType == "model" && n.Name == legacyTimeSpine {
		return []byte(`{"granularity":"day","standard_granularity_column":"date_day"}`)
	}
	return n.TimeSpine
}
