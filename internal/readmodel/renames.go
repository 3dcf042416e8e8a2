package readmodel

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Results of runs keep the names that their nodes had. What asks for those of a node asks for those of its other names,
// too: of the project's former names, and in an older version also of its later ones.

// addFormerNames makes the newest result that a node has under any name its latest.
func (v *View) addFormerNames(ctx context.Context, classes *Classes) error {
	renames := v.Schema.Renames
	if len(renames.Of) == 0 {
		return nil
	}
	rows, err := v.m.store.LatestOfProjects(ctx, v.ws(), v.Schema.ID, renames.All(), v.asOf)
	if err != nil {
		return err
	}
	newest := map[catalog.NodeRef]*store.NodeLatest{}
	for i := range rows {
		for _, node := range renames.Nodes([]catalog.NodeRef{rows[i].Node}) {
			if before := newest[node]; before == nil || before.Compare(&rows[i]) < 0 {
				newest[node] = &rows[i]
			}
		}
	}
	classes.newest = map[catalog.NodeRef]catalog.NodeRef{}
	for node, latest := range newest {
		if latest.Node != node {
			classes.newest[node] = latest.Node
			classes.of[store.NodeKeyOf(node.Project, node.UniqueID)] = latest.Class
		}
	}
	return nil
}

// newestNames returns by node the one whose name its latest result has, where that is another one.
func (v *View) newestNames(ctx context.Context) (map[catalog.NodeRef]catalog.NodeRef, error) {
	if len(v.Schema.Renames.Of) == 0 {
		return nil, nil //nolint:nilnil // nothing is looked up in it
	}
	classes, _, err := v.classes(ctx)
	if err != nil {
		return nil, err
	}
	return classes.newest, nil
}

// assetsOfNodes returns the assets of nodes of runs, also where their project had another name.
func (v *View) assetsOfNodes(ctx context.Context, nodes []catalog.NodeRef) (map[catalog.NodeRef]catalog.AssetID, error) {
	found, err := v.m.store.AssetsOfNodes(ctx, v.ws(), v.Schema.ID, v.Version, v.Schema.Renames.Nodes(nodes))
	if err != nil || len(v.Schema.Renames.Of) == 0 {
		return found, err
	}
	for _, node := range nodes {
		for _, alias := range v.Schema.Renames.Aliases(node) {
			if found[node] == 0 && found[alias] != 0 {
				found[node] = found[alias]
			}
		}
	}
	return found, nil
}

// addFormerFreshness makes the newest freshness that a source has under any name its own.
func addFormerFreshness(rows []store.SourceFreshness, renames catalog.Renames) []store.SourceFreshness {
	if len(renames.Of) == 0 {
		return rows
	}
	newest := map[catalog.NodeRef]int{}
	out := make([]store.SourceFreshness, 0, len(rows))
	for _, row := range rows {
		for _, node := range renames.Nodes([]catalog.NodeRef{row.Node()}) {
			named := row
			named.Project, named.UniqueID = node.Project, node.UniqueID
			if i, ok := newest[node]; !ok {
				newest[node] = len(out)
				out = append(out, named)
			} else if named.SnapshotedAt.After(out[i].SnapshotedAt) {
				out[i] = named
			}
		}
	}
	return out
}

// alias is a run as one of another name of its project.
func (v *View) alias(ctx context.Context, run store.RunTimes, project catalog.ProjectID) (store.RunTimes, error) {
	var err error
	run.Nodes, err = v.m.store.NodeTimes(ctx, v.ws(), run.ID, func(uniqueID string) string {
		for _, node := range v.Schema.Renames.Aliases(catalog.NodeRef{Project: run.Project, UniqueID: uniqueID}) {
			if node.Project == project {
				return node.UniqueID
			}
		}
		return uniqueID
	})
	run.Project = project
	return run, err
}
