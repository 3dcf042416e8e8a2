package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// TestFigures are the figures of the latest result of a data test.
type TestFigures struct {
	Key      NodeKey
	At       time.Time
	Seconds  float64
	Failures int64
}

// TestFigures returns those of all data tests of a schema that have a result, in no order.
func (s *Store) TestFigures(ctx context.Context, ws int64, schema catalog.SchemaID, asOf AsOf) ([]TestFigures, error) {
	scan := func(row scanner) (f TestFigures, err error) {
		var node []byte
		var at int64
		err = row.Scan(&node, (*int64)(&f.Key.Project), &at, &f.Seconds, &f.Failures)
		f.Key.Node, f.At = hashOf(node), timeOf(at)
		return f, err
	}
	columns, from := `n.node, l.project_id`, ` FROM latest_results l JOIN node_results n ON n.ws = l.ws AND n.run_id = l.run_id AND n.node = l.node
		WHERE l.ws = ? AND l.schema_id = ? AND`
	args := []any{ws, int64(schema)}
	if !asOf.IsNow() {
		columns = `n.node, n.project_id`
		from, args = asOf.latestAsOf(ws, schema, nil)
		from += ` AND`
	}
	out, err := list(ctx, s.reader(ws), scan, `SELECT `+columns+`, n.at, n.execution_time, coalesce(n.failures, 0)`+from+` n.unique_id >= 'test.' AND n.unique_id < 'test/'`, args...)
	if err != nil {
		return nil, fmt.Errorf("latest results of tests of %s: %w", schema, err)
	}
	return out, nil
}

// TestNames returns the unique ids of all data tests at a version.
func (s *Store) TestNames(ctx context.Context, ws int64, schema catalog.SchemaID, at int64) (map[catalog.TestID]string, error) {
	out := map[catalog.TestID]string{}
	scan := func(row scanner) (none struct{}, err error) {
		var id catalog.TestID
		var name string
		err = row.Scan((*int64)(&id), &name)
		out[id] = name
		return none, err
	}
	_, err := list(ctx, s.reader(ws), scan, `SELECT id, unique_id FROM tests WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ?`, ws, int64(schema), at, at)
	if err != nil {
		return nil, fmt.Errorf("tests of %s: %w", schema, err)
	}
	return out, nil
}
