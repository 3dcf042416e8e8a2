package readmodel

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Test finds a data test, also one that is gone, and makes the view of its schema.
func (m *Model) Test(ctx context.Context, p access.Principal, id catalog.TestID) (*View, catalog.Test, error) {
	test, schema, err := m.store.TestByID(ctx, p.WS, id)
	return of(ctx, m, p, test, err, func(catalog.Test) catalog.SchemaID { return schema })
}

// TestNamed finds a data test of the view's version by its unique_id, of one project or of any (0); catalog.ErrNotFound
// if there is none. Of several the one with the lowest id is returned.
func (v *View) TestNamed(ctx context.Context, project catalog.ProjectID, uniqueID string) (catalog.Test, error) {
	part, err := v.m.part(ctx, v.schemaKey(), testsPart, v.Version)
	if err != nil {
		return catalog.Test{}, err
	}
	if project != 0 {
		return v.testOfProject(ctx, part.(*Tests), project, uniqueID)
	}
	node := store.NodeKeyOf(project, uniqueID).Node
	for _, ref := range part.(*Tests).refs {
		if ref.Key.Node == node {
			return v.testByID(ctx, ref.ID)
		}
	}
	return catalog.Test{}, fmt.Errorf("test %q of %s: %w", uniqueID, v.Schema.ID, catalog.ErrNotFound)
}

// testOfProject finds a test of a project, also by the id that it had when the project had another name.
func (v *View) testOfProject(ctx context.Context, tests *Tests, project catalog.ProjectID, uniqueID string) (catalog.Test, error) {
	for _, node := range v.Schema.Renames.Nodes([]catalog.NodeRef{{Project: project, UniqueID: uniqueID}}) {
		key := store.NodeKeyOf(node.Project, node.UniqueID)
		for _, ref := range tests.refs {
			if ref.Key == key {
				return v.testByID(ctx, ref.ID)
			}
		}
	}
	return catalog.Test{}, fmt.Errorf("test %q of %s: %w", uniqueID, v.Schema.ID, catalog.ErrNotFound)
}

func (v *View) testByID(ctx context.Context, id catalog.TestID) (catalog.Test, error) {
	found, err := v.m.store.TestsByID(ctx, v.ws(), v.Schema.ID, v.Version, []catalog.TestID{id})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("test %s: %w", id, catalog.ErrNotFound)
	}
	if err != nil {
		return catalog.Test{}, err
	}
	return found[0], nil
}

// Completed adds the latest result and the table of a test.
func (v *View) Completed(ctx context.Context, test catalog.Test) (Test, error) {
	tests, err := v.completed(ctx, []catalog.Test{test})
	if err != nil {
		return Test{}, err
	}
	return tests[0], nil
}

// TestHistory lists the results of a test that the view knows, of one class or of all (""), newest first.
func (v *View) TestHistory(ctx context.Context, test *catalog.Test, class string, p store.Page) (store.Paged[store.RunResult], error) {
	return v.m.store.NodeResults(ctx, v.ws(), v.Schema.ID, store.ResultFilter{Nodes: v.Schema.Renames.Nodes([]catalog.NodeRef{nodeOf(*test)}), Class: class, AsOf: v.asOf}, p)
}
