package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// NodeKey is the identity of a dbt node among the results of a schema.
type NodeKey struct {
	Project catalog.ProjectID
	Node    catalog.Hash // of the unique_id
}

// NodeKeyOf returns the key of a project's node.
func NodeKeyOf(project catalog.ProjectID, uniqueID string) NodeKey {
	return NodeKey{Project: project, Node: catalog.HashOf([]byte(uniqueID))}
}

// TestRef is what lists need to know of a test before its page is read.
type TestRef struct {
	ID    catalog.TestID
	Asset catalog.AssetID
	Key   NodeKey
}

func scanTestRef(row scanner) (t TestRef, err error) {
	var uniqueID string
	if err := row.Scan((*int64)(&t.ID), (*int64)(&t.Asset), (*int64)(&t.Key.Project), &uniqueID); err != nil {
		return t, err
	}
	t.Key = NodeKeyOf(t.Key.Project, uniqueID)
	return t, nil
}

// TestRefs returns the tests (nil = all) at a version, by id. It takes the
// version in the making as well.
func (s *Store) TestRefs(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.TestID) ([]TestRef, error) {
	d := s.reader(ws)
	const query = `SELECT id, asset, project_id, unique_id FROM tests WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ?`
	var refs []TestRef
	var err error
	if ids == nil {
		refs, err = list(ctx, d, scanTestRef, query+` ORDER BY id`, ws, int64(schema), at, at)
	} else {
		err = inBatches(int64s(ids), func(ids []int64) error {
			marks, args := in([]any{ws, int64(schema), at, at}, ids)
			some, err := list(ctx, d, scanTestRef, query+` AND id IN `+marks+` ORDER BY id`, args...)
			refs = append(refs, some...)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("tests of %s: %w", schema, err)
	}
	return refs, nil
}

// TestsByID returns those of the tests that exist at a version, by id.
func (s *Store) TestsByID(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.TestID) ([]catalog.Test, error) {
	return s.testsIn(ctx, ws, schema, at, "id", int64s(ids), true)
}

// TestByID returns a test by its id alone, as it is now or was when it ended, with its schema.
func (s *Store) TestByID(ctx context.Context, ws int64, id catalog.TestID) (catalog.Test, catalog.SchemaID, error) {
	var schema catalog.SchemaID
	scan := func(row scanner) (t catalog.Test, err error) {
		var hash, body []byte
		if err = row.Scan((*int64)(&t.ID), (*int64)(&t.Project), &t.UniqueID, (*int64)(&t.Asset), &hash, &body, (*int64)(&schema)); err == nil {
			t.Hash = hashOf(hash)
			err = decode(body, &t.Body)
		}
		return t, err
	}
	t, err := one(ctx, s.reader(ws), scan, `SELECT `+testColumns+`, body, schema_id FROM tests t WHERE ws = ? AND id = ?
		AND valid_from <= (SELECT version FROM schemas s WHERE s.ws = t.ws AND s.id = t.schema_id AND s.deleted_at = 0)
		ORDER BY valid_from DESC LIMIT 1`, ws, int64(id))
	if err != nil {
		return catalog.Test{}, 0, fmt.Errorf("test %s: %w", id, err)
	}
	return t, schema, nil
}

// TestsOfAssets returns the tests on the assets at a version, by id and without
// bodies.
func (s *Store) TestsOfAssets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Test, error) {
	return s.testsIn(ctx, ws, schema, at, "asset", int64s(ids), false)
}

// TestBodiesOfAssets returns the tests on the assets at a version, by id.
func (s *Store) TestBodiesOfAssets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Test, error) {
	return s.testsIn(ctx, ws, schema, at, "asset", int64s(ids), true)
}

func (s *Store) testsIn(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, column string, ids []int64, full bool) ([]catalog.Test, error) {
	columns, scan := testColumns, scanTest
	if full {
		columns, scan = testColumns+`, body`, scanFullTest
	}
	var tests []catalog.Test
	err := inBatches(ids, func(ids []int64) error {
		marks, args := in([]any{ws, int64(schema), at, at}, ids)
		some, err := list(ctx, s.reader(ws), scan, `SELECT `+columns+` FROM tests
			WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ? AND `+column+` IN `+marks, args...)
		tests = append(tests, some...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("tests of %s: %w", schema, err)
	}
	sortTests(tests)
	return tests, nil
}

// ResultsStored counts the runs that were stored for a schema: it differs
// whenever the latest results may differ.
func (s *Store) ResultsStored(ctx context.Context, ws int64, schema catalog.SchemaID) (int64, error) {
	n, err := one(ctx, s.reader(ws), scalar[int64], `SELECT results_stored FROM schemas WHERE ws = ? AND id = ?`, ws, int64(schema))
	if err != nil {
		return 0, fmt.Errorf("results of %s: %w", schema, err)
	}
	return n, nil
}

// NodeClass is the class of a node's latest result.
type NodeClass struct {
	Key   NodeKey
	Class string
}

func scanNodeClass(row scanner) (c NodeClass, err error) {
	var node []byte
	err = row.Scan(&node, (*int64)(&c.Key.Project), &c.Class)
	c.Key.Node = hashOf(node)
	return c, err
}

// LatestClasses returns the class of the latest result of every node of a
// schema, in no order.
func (s *Store) LatestClasses(ctx context.Context, ws int64, schema catalog.SchemaID, asOf AsOf) ([]NodeClass, error) {
	classes, err := s.classes(ctx, ws, schema, nil, asOf)
	if err != nil {
		return nil, fmt.Errorf("latest results of %s: %w", schema, err)
	}
	return classes, nil
}

// ClassesOf returns the class of the latest result of those of the nodes that
// have one.
func (s *Store) ClassesOf(ctx context.Context, ws int64, schema catalog.SchemaID, nodes []NodeKey, asOf AsOf) (map[NodeKey]string, error) {
	found := make(map[NodeKey]string, len(nodes))
	hashes := make([][]byte, len(nodes))
	for i := range nodes {
		hashes[i] = nodes[i].Node[:]
	}
	err := inBatches(hashes, func(hashes [][]byte) error {
		classes, err := s.classes(ctx, ws, schema, hashes, asOf)
		for _, c := range classes {
			found[c.Key] = c.Class
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("latest results of %s: %w", schema, err)
	}
	return found, nil
}

// classes returns the classes of the latest results of nodes (nil = all).
func (s *Store) classes(ctx context.Context, ws int64, schema catalog.SchemaID, nodes [][]byte, asOf AsOf) ([]NodeClass, error) {
	if !asOf.IsNow() {
		from, args := asOf.latestAsOf(ws, schema, nodes)
		return list(ctx, s.reader(ws), scanNodeClass, `SELECT n.node, n.project_id, n.class`+from, args...)
	}
	of, args := amongHashes("node", []any{ws, int64(schema)}, nodes)
	return list(ctx, s.reader(ws), scanNodeClass, `SELECT node, project_id, class FROM latest_results WHERE ws = ? AND schema_id = ?`+of, args...)
}

// TestAssets returns the assets that tests of a project check in the served version,
// by unique id. Tests without an asset, and those that are not stored, are left out.
func (s *Store) TestAssets(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, uniqueIDs []string) (map[string]AssetRef, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, 0)
	if err != nil {
		return nil, err
	}
	out := make(assetsByNode, len(uniqueIDs))
	err = inBatches(uniqueIDs, func(ids []string) error {
		marks, args := in([]any{ws, int64(schema), at, at, int64(project), at, at}, ids)
		_, err := list(ctx, d, out.scan, `SELECT t.unique_id, a.id, a.kind, a.name, a.relation_key FROM tests t JOIN assets a
			ON a.ws = t.ws AND a.id = t.asset AND +a.schema_id = t.schema_id
			WHERE t.ws = ? AND t.schema_id = ? AND t.valid_from <= ? AND t.valid_to > ? AND t.project_id = ?
			AND a.valid_from <= ? AND a.valid_to > ? AND t.unique_id IN `+marks, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("assets of tests of %s: %w", schema, err)
	}
	return out, nil
}
