package importing

import (
	"context"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// sampled is how many tables of a catalog are compared with their nodes.
const sampled = 100

// isOfAnotherTarget reports whether a catalog describes another target than its
// project's manifest: most of its tables are in another database or schema than the
// nodes of the same ids. Such a catalog does not describe the tables that are
// served.
func (j *job) isOfAnotherTarget(ctx context.Context, c *contents, index *catalogIndex) (bool, error) {
	if j.project.ID == 0 || j.claim.Import.Force {
		return false, nil
	}
	adapter := j.project.Adapter
	if c.manifest != nil {
		adapter = c.manifest.head.AdapterType
	}
	var which []int
	var ids []string
	for i, claim := range index.claims {
		if !claim.Same && len(which) < sampled {
			which, ids = append(which, i), append(ids, claim.ID)
		}
	}
	if len(which) == 0 {
		return false, nil
	}
	expected, err := j.relations(ctx, c, ids)
	if err != nil || len(expected) == 0 {
		return false, err
	}
	facets, _, err := index.reader(j, adapter).ReadFacets(ctx, which)
	if err != nil {
		return false, err
	}
	compared, elsewhere, example := 0, 0, ""
	for i, f := range facets {
		key := f.Body.Relation.Key()
		if len(expected[ids[i]]) == 0 || key == "" {
			continue
		}
		if compared++; !j.isExpected(key, ids[i], expected[ids[i]]) {
			elsewhere++
			example = fmt.Sprintf("%s is %s there", ids[i], f.Body.Relation.Display())
		}
	}
	if 2*elsewhere <= compared {
		return false, nil
	}
	j.rep.Issue(catalog.Issue{
		Code: "catalog-of-another-target", Severity: "warning", Place: partCatalog,
		Message: fmt.Sprintf("%d of %d tables that were compared are in another database or schema than the manifest's nodes (%s); the catalog was not applied",
			elsewhere, compared, example),
		Remedy: "run dbt docs generate with the target of the manifest, or resend with force=true to apply it anyway",
	})
	return true, nil
}

// isExpected reports whether a table of a catalog is where one of the relations of its
// node is, or in the schema of the target. The latter is true whatever arrived before:
// where the node is now may follow from a newer manifest.
func (j *job) isExpected(key, id string, expected []string) bool {
	target := catalog.Relation{Platform: j.project.Adapter, Database: j.project.Target.Database, Schema: j.project.Target.Schema, Identifier: "x"}
	if isBuilt(id) && target.Database != "" && target.Schema != "" && catalog.SamePlace(target.Key(), key) {
		return true
	}
	return slices.ContainsFunc(expected, func(e string) bool { return catalog.SamePlace(e, key) })
}

// relations are the relation keys of nodes: those of the manifest that came with the
// catalog, also if a newer one has other ones, and the stored ones.
func (j *job) relations(ctx context.Context, c *contents, ids []string) (map[string][]string, error) {
	assets, err := j.Store.NodeAssets(ctx, j.claim.WS, j.schema.ID, j.project.Origin(), ids)
	stored := make(map[string][]string, len(assets))
	for id, a := range assets {
		if a.RelationKey != "" {
			stored[id] = []string{a.RelationKey}
		}
	}
	if err != nil || c.manifest == nil {
		return stored, err
	}
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	for i := range c.manifest.claims {
		claim := &c.manifest.claims[i]
		if !wanted[claim.ID] || claim.Same {
			continue
		}
		if !c.manifest.late {
			stored[claim.ID] = nil
		}
		if claim.RelationKey != "" {
			stored[claim.ID] = append(stored[claim.ID], claim.RelationKey)
		}
	}
	return stored, nil
}
