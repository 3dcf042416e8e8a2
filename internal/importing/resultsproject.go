package importing

import (
	"context"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// nodesOf are the unique ids that results name.
func nodesOf(results []catalog.NodeResult, freshness []catalog.Freshness) []string {
	ids := make([]string, 0, len(results)+len(freshness))
	for i := range results {
		ids = append(ids, results[i].UniqueID)
	}
	for i := range freshness {
		ids = append(ids, freshness[i].UniqueID)
	}
	return ids
}

// projectOfRun finds the project that a run's results belong to: that of the import, or
// where it has none, one of the schema's. It is 0 where that is not clear, for results of
// another target, and for those of another project, which is reported.
func (j *job) projectOfRun(ctx context.Context, part catalog.Part, c *contents, ids []string) (catalog.ProjectID, error) {
	if c.newName != nil {
		return j.project.ID, nil
	}
	if c.elsewhere {
		return 0, nil
	}
	candidates := []catalog.Project{j.project}
	if j.project.ID == 0 {
		projects, err := j.Store.Projects(ctx, j.claim.WS, j.schema.ID, store.Page{Limit: 1000})
		if err != nil || len(projects.Rows) == 0 {
			return 0, err
		}
		candidates = projects.Rows
	}
	best, most, tied, owned := catalog.ProjectID(0), 0, false, false
	for _, p := range candidates {
		print, err := j.nodesOfProject(ctx, c, p)
		if err != nil {
			return 0, err
		}
		if print == nil && len(candidates) == 1 {
			return p.ID, nil // its nodes are not stored
		}
		n := print.count(ids)
		if print == nil && j.schema.Renames.To(p.ID) != 0 && owns(p, n, ids) {
			n, print = 1, &fingerprint{} // a former name: its nodes are no longer stored
		}
		if print == nil || !owns(p, n, ids) {
			continue
		}
		owned, tied = true, tied && n <= most || n == most
		if n > most {
			best, most = p.ID, n
		}
	}
	switch {
	case !owned:
		j.reportForeign(part, candidates, len(ids))
		return 0, nil
	case len(candidates) == 1:
		return candidates[0].ID, nil
	case tied || most == 0:
		return 0, nil
	}
	return best, nil
}

// nodesOfProject are the nodes of a project's newest manifest; nil if they are not known.
func (j *job) nodesOfProject(ctx context.Context, c *contents, p catalog.Project) (*fingerprint, error) {
	if c.manifest != nil && p.ID == j.project.ID {
		return c.manifest.print, nil
	}
	b, err := j.Store.Fingerprint(ctx, j.claim.WS, j.schema.ID, p.ID, fingerprintName(catalog.FromManifest))
	if err != nil {
		return nil, fmt.Errorf("nodes of %s: %w", p.Name, err)
	}
	print, err := decodeFingerprint(b)
	if err != nil {
		return nil, nil // unreadable: the same as unknown
	}
	return print, nil
}

// count counts the ids of nodes.
func (f *fingerprint) count(ids []string) int {
	n := 0
	if f != nil {
		for _, id := range ids {
			if _, ok := f.nodes[id]; ok {
				n++
			}
		}
	}
	return n
}

// owns reports whether results are of a project whose manifest has n of their nodes. One
// node in the project's own package is enough, since new nodes may be built before their
// manifest is sent. Packages are installed by several projects: where only those were
// built, the manifest has to have all of the nodes.
func owns(p catalog.Project, n int, ids []string) bool {
	for _, id := range ids {
		if _, rest, _ := strings.Cut(id, "."); strings.HasPrefix(rest, p.Name+".") {
			return true
		}
	}
	return n == len(ids)
}

// reportForeign reports results that are of none of the projects.
func (j *job) reportForeign(part catalog.Part, projects []catalog.Project, results int) {
	of := fmt.Sprintf("any of the schema's %d projects", len(projects))
	if len(projects) == 1 {
		of = fmt.Sprintf("the project %q", projects[0].Name)
	}
	j.rep.Issue(catalog.Issue{
		Code: "results-of-another-project", Severity: "warning", Place: part.Name, Count: results,
		Message: "the results are not of " + of + ": the run is listed without a project and changes no status",
		Remedy:  "send the results to the schema of their project, or together with its manifest",
	})
}
