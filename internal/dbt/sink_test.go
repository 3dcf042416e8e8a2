package dbt_test

import "github.com/thalweg-data/thalweg/internal/dbt"

// recorder is a sink that keeps all it is given.
type recorder struct {
	nodes     []*dbt.Node
	unchanged []string
	parents   map[string][]string
	tables    []*dbt.CatalogTable
}

func (r *recorder) Node(n *dbt.Node) error {
	own := *n // an indexed one is used again
	r.nodes = append(r.nodes, &own)
	return nil
}

func (r *recorder) Table(t *dbt.CatalogTable) error { r.tables = append(r.tables, t); return nil }
func (r *recorder) Unchanged(_, id string, _ dbt.Hash) error {
	r.unchanged = append(r.unchanged, id)
	return nil
}

func (r *recorder) Parents(child string, parents []string) error {
	if r.parents == nil {
		r.parents = map[string][]string{}
	}
	r.parents[child] = parents
	return nil
}

// count returns how many nodes of a type are there, without the disabled ones.
func (r *recorder) count(resourceType string) int {
	n := 0
	for _, node := range r.nodes {
		if node.ResourceType == resourceType && !node.Disabled {
			n++
		}
	}
	return n
}
