package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// noteRenames writes which projects are former names of others. Latest results of their nodes differ by that.
func (tx Tx) noteRenames(ctx context.Context, lease Lease, f Flip) error {
	if f.Serves == 0 {
		return nil
	}
	schema, err := tx.schema(ctx, lease.WS, lease.Schema)
	if err != nil {
		return err
	}
	renames, changed := schema.Renames.Served(f.Serves, f.Former)
	if !changed {
		return nil
	}
	text, err := json.Marshal(renames)
	if err != nil {
		return fmt.Errorf("former names of projects: %w", err)
	}
	_, err = tx.exec(ctx, `UPDATE schemas SET renames = ?, results_stored = results_stored + 1 WHERE ws = ? AND id = ?`, string(text), lease.WS, int64(lease.Schema))
	return err
}

// NodeLatest is the latest result of a node.
type NodeLatest struct {
	Node       catalog.NodeRef
	Class      string
	At         time.Time
	Invocation string
}

// Compare compares two by their times; of equal times the invocation decides.
func (n *NodeLatest) Compare(o *NodeLatest) int {
	if c := n.At.Compare(o.At); c != 0 {
		return c
	}
	switch {
	case n.Invocation < o.Invocation:
		return -1
	case n.Invocation > o.Invocation:
		return 1
	}
	return 0
}

// LatestOfProjects returns the latest result of every node of some projects, by project and unique id.
func (s *Store) LatestOfProjects(ctx context.Context, ws int64, schema catalog.SchemaID, projects []catalog.ProjectID, asOf AsOf) ([]NodeLatest, error) {
	scan := func(row scanner) (n NodeLatest, err error) {
		var at int64
		err = row.Scan((*int64)(&n.Node.Project), &n.Node.UniqueID, &n.Class, &at, &n.Invocation)
		n.At = timeOf(at)
		return n, err
	}
	marks, of := in(nil, projects)
	query, args := `SELECT project_id, unique_id, class, at, invocation_id FROM latest_results WHERE ws = ? AND schema_id = ?`, []any{ws, int64(schema)}
	if !asOf.IsNow() {
		from, asOfArgs := asOf.latestAsOf(ws, schema, nil)
		query, args = `SELECT n.project_id, n.unique_id, n.class, n.at, n.invocation_id`+from, asOfArgs
	}
	rows, err := list(ctx, s.reader(ws), scan, query+` AND project_id IN `+marks+` ORDER BY project_id, unique_id`, append(args, of...)...)
	if err != nil {
		return nil, fmt.Errorf("latest results of %s: %w", schema, err)
	}
	return rows, nil
}
