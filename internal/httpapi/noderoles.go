package httpapi

import (
	"cmp"
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// What a dbt node of an asset is to its project.
const (
	roleOwner     = "owner"
	roleSource    = "source"
	roleReference = "reference"
	roleOther     = "other"
)

// setRoles sets what each of the dbt nodes of an asset, in their order, is to its project.
func setRoles(ctx context.Context, f found, nodes []AssetNode) error {
	external := map[catalog.NodeRef]bool{}
	if len(nodes) > 1 || f.asset.Project == 0 && len(nodes) > 0 {
		facets, err := f.view.Facets(ctx, &f.asset)
		if err != nil {
			return err
		}
		for i := range facets {
			if d := facets[i].Body.DBT; d != nil && d.External {
				external[catalog.NodeRef{Project: facets[i].Project, UniqueID: facets[i].UniqueID}] = true
			}
		}
	}
	for i, n := range f.asset.Nodes {
		nodes[i].Role = roleOf(&f.asset, n, external[n])
	}
	// Ids of projects are of the order of arrival, which shows nowhere else.
	slices.SortStableFunc(nodes, func(a, b AssetNode) int {
		return cmp.Or(cmp.Compare(roleRank[a.Role], roleRank[b.Role]), cmp.Compare(a.UniqueID, b.UniqueID))
	})
	return nil
}

// roleRank orders the nodes of an asset.
var roleRank = map[string]int{roleOwner: 0, roleSource: 1, roleReference: 2, roleOther: 3}

func roleOf(asset *catalog.Asset, n catalog.NodeRef, external bool) string {
	switch {
	case external:
		return roleReference
	case catalog.KindOfNode(n.UniqueID, "") == catalog.KindSource:
		return roleSource
	case n.Project == asset.Project && asset.DBT != nil && n.UniqueID == asset.DBT.UniqueID:
		return roleOwner
	}
	return roleOther
}
