package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Duration is how long a node took in a run.
type Duration struct {
	Run     catalog.RunID
	Node    string // unique_id
	Class   string
	Seconds float64
	At      time.Time
}

// NodeDurations returns at most limit results of a node, which may have several names, up to a time, newest first and
// in the order of NodeResults: those of runs that make tables with their rows.
func (s *Store) NodeDurations(ctx context.Context, ws int64, schema catalog.SchemaID, node []catalog.NodeRef, to time.Time, asOf AsOf, limit int) ([]Duration, error) {
	scan := func(row scanner) (d Duration, err error) {
		var at int64
		err = row.Scan((*int64)(&d.Run), &d.Node, &d.Class, &d.Seconds, &at)
		d.At = timeOf(at)
		return d, err
	}
	from, args := ResultFilter{Nodes: node, AsOf: asOf}.from(ws, schema)
	out, err := list(ctx, s.reader(ws), scan, `SELECT n.run_id, n.unique_id, n.class, n.execution_time, n.at`+from+` AND r.counts = ? AND n.at <= ?
		ORDER BY n.at DESC, r.invocation_id DESC, n.run_id DESC LIMIT ?`, append(args, int(catalog.CountsAsLatest), micros(to), limit)...)
	if err != nil {
		return nil, fmt.Errorf("durations of a node of %s: %w", schema, err)
	}
	return out, nil
}

// ElapsedBefore returns how long the runs before one took that are like it, newest first and at most limit: those of
// the same project, which may be several, and command, of chosen nodes or not.
func (s *Store) ElapsedBefore(ctx context.Context, ws int64, run catalog.Run, projects []catalog.ProjectID, asOf AsOf, limit int) ([]float64, error) {
	marks, args := in([]any{ws, int64(run.SchemaID)}, projects)
	by, args := asOf.condition(append(args, run.Command, bit(run.IsSelected()), run.Artifact, int(run.Counting()), micros(run.GeneratedAt)))
	out, err := list(ctx, s.reader(ws), scalar[float64], `SELECT r.elapsed FROM runs r`+asOf.join()+`
		WHERE r.ws = ? AND r.schema_id = ? AND r.project_id IN `+marks+` AND r.command = ? AND r.selected = ? AND r.artifact = ? AND r.counts = ? AND r.stored = 1
		AND r.generated_at < ?`+by+` ORDER BY r.generated_at DESC LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("runs before %s: %w", run.ID, err)
	}
	return out, nil
}

// RunTimes are the results of a run as statistics need them.
type RunTimes struct {
	catalog.Run
	Known time.Time // when its import had ended; GeneratedAt without one
	Nodes []NodeTime
}

// NodeTime is one result of a run.
type NodeTime struct {
	Node    uint64 // beginning of the hash of the unique id
	At      int64  // in µs
	Seconds float64
	Class   ResultClass
}

// ResultClass is a class of results in one byte.
type ResultClass uint8

var resultClasses = [...]string{
	catalog.ClassOther, catalog.ClassSuccess, catalog.ClassPass, catalog.ClassWarn, catalog.ClassFail, catalog.ClassError, catalog.ClassSkipped,
}

// String is the class.
func (c ResultClass) String() string { return resultClasses[c] }

func classNumber(class string) ResultClass {
	for i, c := range resultClasses {
		if c == class {
			return ResultClass(i)
		}
	}
	return 0
}

// Number is the Node of a NodeTime.
func (k NodeKey) Number() uint64 { return prefixOf(k.Node) }

// RecentRuns returns the newest runs of a schema whose results may be the latest of their nodes, newest first and
// without results: at most runs of them, with at most results results together, but at least one.
func (s *Store) RecentRuns(ctx context.Context, ws int64, schema catalog.SchemaID, asOf AsOf, runs, results int) ([]RunTimes, error) {
	scan := func(row scanner) (r RunTimes, err error) {
		var known int64
		r.Run, err = scanRunAnd(row, &known)
		if r.Known = timeOf(known); known == 0 {
			r.Known = r.GeneratedAt
		}
		return r, err
	}
	by, args := asOf.condition([]any{ws, int64(schema), int(catalog.CountsAsLatest), catalog.ArtifactRunResults})
	found, err := list(ctx, s.reader(ws), scan, `SELECT `+runColumns+`, coalesce((SELECT k.ended_at FROM imports k WHERE k.ws = r.ws AND k.id = r.import_id), 0)
		FROM runs r`+asOf.join()+` WHERE r.ws = ? AND r.schema_id = ? AND r.counts = ? AND r.artifact = ? AND r.stored = 1`+by+`
		ORDER BY r.generated_at DESC, r.invocation_id DESC LIMIT ?`, append(args, runs)...)
	if err != nil {
		return nil, fmt.Errorf("recent runs of %s: %w", schema, err)
	}
	for i, sum := 0, 0; i < len(found); i++ {
		if sum += found[i].Results; sum > results && i > 0 {
			return found[:i], nil
		}
	}
	return found, nil
}

// NodeTimes returns the results of a run without tests that were only compiled, in no order; with named, of the node
// with the unique id that it returns.
func (s *Store) NodeTimes(ctx context.Context, ws int64, run catalog.RunID, named func(uniqueID string) string) ([]NodeTime, error) {
	scan := func(row scanner) (t NodeTime, err error) {
		var node []byte
		var class, id string
		err = row.Scan(&node, &t.At, &t.Seconds, &class, &id)
		t.Node, t.Class = prefixOf(hashOf(node)), classNumber(class)
		if named != nil {
			t.Node = NodeKeyOf(0, named(id)).Number()
		}
		return t, err
	}
	id := `''`
	if named != nil {
		id = `unique_id`
	}
	out, err := list(ctx, s.reader(ws), scan, `SELECT node, at, execution_time, class, `+id+` FROM node_results WHERE ws = ? AND run_id = ? AND class <> ?`,
		ws, int64(run), catalog.ClassCompiled)
	if err != nil {
		return nil, fmt.Errorf("results of run %s: %w", run, err)
	}
	return out, nil
}
