package importing

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
)

// dbt makes the id of a project of its name, and the ids of its nodes, too: a project that
// was renamed is a new one with new nodes. It is recognised by what it builds: most models,
// seeds and snapshots of both have the same names and relations. Of the two the one with
// the newer manifest is served, whichever arrived first.

// leastTwin is how many tables two projects must have in common to be one: a single one
// may have the same name by chance.
const leastTwin = 2

// twin is another project of the schema that builds the same tables.
type twin struct {
	project catalog.Project
	ids     map[string]string          // its nodes, and the node of the same name here, or ""
	assets  map[string]catalog.AssetID // of its nodes
	listed  []string                   // nodes of its catalog that are here
	builds  int                        // models, seeds and snapshots of its own that are here
}

// checkRenamed looks for a twin of a project whose manifest is read as a whole. It
// returns the twin if its manifest is newer, so that this one is not applied.
func (j *job) checkRenamed(ctx context.Context, part catalog.Part, m *manifestIndex) (*twin, error) {
	others, err := j.otherProjects(ctx)
	if err != nil {
		return nil, err
	}
	j.others = lastImports(others)
	if len(j.others) == 0 {
		return nil, nil
	}
	index, err := j.Store.Index(ctx, j.claim.WS, j.schema.ID)
	if err != nil {
		return nil, err
	}
	here := ownNodes(m)
	for _, p := range others {
		t := twinOf(p, index, m, here)
		if t == nil {
			continue
		}
		if newest := p.Newest(catalog.FromManifest); !j.claim.Import.Force && j.stampOf(m.head, part).Compare(newest) < 0 {
			j.rep.Issue(catalog.Issue{
				Code: "project-renamed", Severity: "warning", Place: partManifest, Count: t.builds,
				Message: fmt.Sprintf("the project builds the same tables as %q, whose manifest is newer: it is taken for an earlier name of that project, and was not applied", p.Name),
				Remedy:  "send a project that builds the same tables on purpose to a schema of its own, or resend with force=true",
			})
			return t, nil
		}
		t.bequeath(m)
		j.former = append(j.former, t)
	}
	return nil, nil
}

// renames are the former names that an import finds out, and the project that they are names of; 0 if it serves no
// manifest and finds none.
func (j *job) renames(c *contents) (catalog.ProjectID, []catalog.Rename) {
	switch {
	case c.newName != nil:
		to := c.newName.project
		return to.ID, []catalog.Rename{{Project: j.project.ID, Name: j.project.Name, To: to.ID, ToName: to.Name}}
	case c.manifest == nil || c.manifest.late:
		return 0, nil
	}
	var former []catalog.Rename
	for _, t := range j.former {
		former = append(former, catalog.Rename{Project: t.project.ID, Name: t.project.Name, To: j.project.ID, ToName: j.project.Name})
	}
	return j.project.ID, former
}

// bequeath gives the assets of the twin's nodes that have no relation, such as ephemeral models and exposures, to those
// of the same name here; others are found by their relations.
func (t *twin) bequeath(m *manifestIndex) {
	assets := make(map[string]catalog.AssetID, len(t.ids))
	for old, id := range t.ids {
		assets[id] = t.assets[old]
	}
	for i := range m.claims {
		if claim := &m.claims[i]; claim.RelationKey == "" && !claim.Reference {
			claim.Inherits = assets[claim.ID]
		}
	}
}

// ownNodes are the models, seeds and snapshots of a manifest's own package that have a
// relation: the relation by the name of the node, without its type and package.
func ownNodes(m *manifestIndex) map[string]string {
	own := map[string]string{}
	for i := range m.claims {
		claim := &m.claims[i]
		if name, ok := ownName(claim.ID, m.head.ProjectName); ok && !claim.Reference && claim.RelationKey != "" {
			own[name] = claim.RelationKey
		}
	}
	return own
}

// ownName returns the name of a model, seed or snapshot of a package.
func ownName(id, project string) (string, bool) {
	_, rest, _ := strings.Cut(id, ".")
	name, ok := strings.CutPrefix(rest, project+".")
	return name, ok && isBuilt(id)
}

// twinOf compares a project with a manifest; nil if it is not a twin.
func twinOf(p catalog.Project, index *store.Index, m *manifestIndex, here map[string]string) *twin {
	relations := map[catalog.AssetID]string{}
	for i := range index.Assets {
		if a := &index.Assets[i]; a.Present {
			relations[a.ID] = a.RelationKey
		}
	}
	claimed := make(map[string]bool, len(m.claims))
	for i := range m.claims {
		claimed[m.claims[i].ID] = true
	}
	t := &twin{project: p, ids: map[string]string{}, assets: map[string]catalog.AssetID{}}
	renamed := func(id string) string {
		kind, rest, _ := strings.Cut(id, ".")
		if name, ok := strings.CutPrefix(rest, p.Name+"."); ok {
			id = kind + "." + m.head.ProjectName + "." + name
		}
		if claimed[id] {
			return id
		}
		return ""
	}
	own := 0
	for _, f := range index.Facets {
		switch {
		case f.Project != p.ID || f.Withdrawn || f.Asset == 0:
			continue
		case f.Source == catalog.FromCatalog:
			if renamed(f.UniqueID) != "" {
				t.listed = append(t.listed, f.UniqueID)
			}
			continue
		case f.Source != catalog.FromManifest:
			continue
		}
		t.ids[f.UniqueID], t.assets[f.UniqueID] = renamed(f.UniqueID), f.Asset
		if name, ok := ownName(f.UniqueID, p.Name); ok && relations[f.Asset] != "" {
			own++
			if here[name] == relations[f.Asset] {
				t.builds++
			}
		}
	}
	if t.builds < leastTwin || 2*t.builds <= max(own, len(here)) {
		return nil
	}
	return t
}

// retire withdraws what a twin reported. What its catalog listed is from now on what the
// project's own lists, until one arrives.
func (j *job) retire(t *twin, c *contents) []revision.Observation {
	gone := slices.Sorted(maps.Keys(t.ids))
	missing := slices.DeleteFunc(slices.Clone(gone), func(id string) bool { return t.ids[id] != "" || !isBuilt(id) })
	kept := ""
	if catalog.SuspectRemovals(t.builds, len(missing), t.builds) {
		gone = slices.DeleteFunc(gone, func(id string) bool { return t.ids[id] == "" })
		kept = fmt.Sprintf(", except %d that the manifest does not have", len(missing))
	}
	j.rep.Issue(catalog.Issue{
		Code: "project-renamed", Severity: "warning", Place: partManifest, Count: len(gone),
		Message: fmt.Sprintf("the project builds the same tables as %q, whose manifest is older: it is taken for a new name of that project, whose nodes were withdrawn%s; "+
			"the tables keep their ids, their history and what people wrote", t.project.Name, kept),
		Remedy: "send a project that builds the same tables on purpose to a schema of its own",
	})
	m := c.manifest
	cause, s := catalog.ImportCause(j.claim.Import.ID), j.stampOf(m.head, m.artifact.part)
	nodes := revision.Observation{
		Origin: t.project.Origin(), Project: t.project.ID, Source: catalog.FromManifest, At: s.At, Tie: s.Tie, Cause: cause,
		Coverage: revision.Partial, Withdrawn: gone,
	}
	if kept == "" {
		nodes.Links, nodes.Tests = revision.Links{}, []revision.TestClaim{}
	}
	for _, source := range []catalog.Source{catalog.FromManifest, catalog.FromCatalog} {
		j.memos = append(j.memos, store.Memo{Project: t.project.ID, Name: fingerprintName(source)})
	}
	newest := t.project.Newest(catalog.FromCatalog)
	if c.catalog != nil || newest.IsZero() || len(t.listed) == 0 {
		return []revision.Observation{nodes}
	}
	listed := revision.Observation{
		Origin: j.project.Origin(), Project: j.project.ID, Source: catalog.FromCatalog, At: newest.At, Tie: newest.Tie, Cause: cause,
		Coverage: revision.Joined, Facets: &storedCatalog{job: j, twin: t},
	}
	for _, id := range t.listed {
		listed.Claims = append(listed.Claims, revision.Claim{ID: t.ids[id]})
	}
	j.project.CatalogGeneratedAt, j.project.CatalogTie = newest.At, newest.Tie
	return []revision.Observation{nodes, listed}
}

// storedCatalog reads what the catalog of a twin listed.
type storedCatalog struct {
	job  *job
	twin *twin
}

// ReadFacets implements revision.FacetReader.
func (r *storedCatalog) ReadFacets(ctx context.Context, claims []int) ([]catalog.Facet, revision.Texts, error) {
	var assets []catalog.AssetID
	for _, n := range claims {
		assets = append(assets, r.twin.assets[r.twin.listed[n]])
	}
	slices.Sort(assets)
	stored, err := r.job.Store.FacetsOf(ctx, r.job.claim.WS, r.job.schema.ID, 0, slices.Compact(assets))
	if err != nil {
		return nil, nil, err
	}
	byID := map[string]*catalog.Facet{}
	for i := range stored {
		if f := &stored[i]; f.Project == r.twin.project.ID && f.Source == catalog.FromCatalog {
			byID[f.UniqueID] = f
		}
	}
	out := make([]catalog.Facet, len(claims))
	for i, n := range claims {
		if f := byID[r.twin.listed[n]]; f != nil {
			out[i] = *f
		}
	}
	return out, nil, nil
}

// FacetSize implements revision.FacetReader: nothing is read from a file.
func (r *storedCatalog) FacetSize(int) int64 { return 0 }

// sameOthers makes sure that the projects a first manifest was compared with are those that
// are there.
func (j *job) sameOthers(ctx context.Context) error {
	if j.others == nil {
		return nil
	}
	now, err := j.otherProjects(ctx)
	if err != nil {
		return err
	}
	if !maps.Equal(lastImports(now), j.others) {
		return fmt.Errorf("another project was applied while %s was read: %w", j.claim.Import.ID, catalog.ErrConflict)
	}
	return nil
}

// otherProjects are the other projects of the schema that have a manifest.
func (j *job) otherProjects(ctx context.Context) ([]catalog.Project, error) {
	var others []catalog.Project
	for after := ""; ; {
		page, err := j.Store.Projects(ctx, j.claim.WS, j.schema.ID, store.Page{Limit: 1000, After: after})
		if err != nil {
			return nil, err
		}
		for _, p := range page.Rows {
			if newest := p.Newest(catalog.FromManifest); p.ID != j.project.ID && !newest.IsZero() {
				others = append(others, p)
			}
		}
		if after = page.Next; after == "" {
			return others, nil
		}
	}
}

// lastImports are the last imports of projects.
func lastImports(projects []catalog.Project) map[catalog.ProjectID]catalog.ImportID {
	last := make(map[catalog.ProjectID]catalog.ImportID, len(projects))
	for _, p := range projects {
		last[p.ID] = p.LastImport
	}
	return last
}
