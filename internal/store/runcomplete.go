package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// outcome is the result of a node or the freshness of a source of a run, as it is stored.
type outcome struct {
	at    int64
	class string
	row   []any
}

// newer reports whether an outcome replaces another one of its node. Of equal times the
// content decides, never the order in which the files came.
func (o outcome) newer(than outcome) bool {
	return cmp.Or(cmp.Compare(o.at, than.at), cmp.Compare(fmt.Sprint(o.row...), fmt.Sprint(than.row...))) > 0
}

// complete joins another file of a stored run's invocation with what is stored, such as
// one that was written before dbt had ended: of each node the newest outcome stays, and the
// newest file describes the run, whichever came first.
func (p *runPut) complete(ctx context.Context, tx Tx) error {
	stored, err := one(ctx, tx.db, scanRun, `SELECT `+runColumns+` FROM runs r WHERE r.ws = ? AND r.id = ?`, p.ws, int64(p.run.ID))
	if err != nil {
		return err
	}
	outcomes, changed, err := p.join(ctx, tx)
	if err != nil {
		return err
	}
	described := compareFiles(p.run, stored) > 0
	if !described && !changed {
		return nil
	}
	if !described {
		p.run.Command, p.run.Empty = stored.Command, stored.Empty
		p.run.GeneratedAt, p.run.DBTVersion, p.run.Elapsed, p.run.Args = stored.GeneratedAt, stored.DBTVersion, stored.Elapsed, stored.Args
	}
	if err := p.describe(ctx, tx, outcomes); err != nil {
		return err
	}
	if changed {
		if err := p.replace(ctx, tx, outcomes); err != nil {
			return err
		}
	}
	return p.count(ctx, tx, int64(cmp.Or(p.run.Project, stored.Project)))
}

// compareFiles compares what two files say of their run, the newer file above the older one.
func compareFiles(a, b catalog.Run) int {
	return cmp.Or(cmp.Compare(micros(a.GeneratedAt), micros(b.GeneratedAt)), cmp.Compare(a.Elapsed, b.Elapsed),
		cmp.Compare(a.DBTVersion, b.DBTVersion), cmp.Compare(a.Command, b.Command), cmp.Compare(string(a.Args), string(b.Args)))
}

// join returns the stored outcomes with the newer ones of the file, by unique id.
func (p *runPut) join(ctx context.Context, tx Tx) (outcomes map[string]outcome, changed bool, err error) {
	results, freshness, err := p.storedOutcomes(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	if outcomes, err = p.outcomes(results, freshness); err != nil {
		return nil, false, err
	}
	added := make([]datedResult, len(p.results))
	for i, r := range p.results {
		added[i] = datedResult{r, p.resultAt(r)}
	}
	file, err := p.outcomes(added, p.freshness)
	if err != nil {
		return nil, false, err
	}
	for id, o := range file {
		if old, ok := outcomes[id]; !ok || o.newer(old) {
			outcomes[id], changed = o, true
		}
	}
	return outcomes, changed, nil
}

// datedResult is a result of a run and its time.
type datedResult struct {
	catalog.NodeResult
	at int64
}

func (p *runPut) storedOutcomes(ctx context.Context, tx Tx) (results []datedResult, freshness []catalog.Freshness, err error) {
	if p.run.Artifact == catalog.ArtifactSources {
		freshness, err = list(ctx, tx.db, scanFreshness, `SELECT `+freshnessColumns+` FROM freshness n WHERE n.ws = ? AND n.run_id = ?`, p.ws, int64(p.run.ID))
		if err != nil {
			return nil, nil, fmt.Errorf("freshness: %w", err)
		}
		return nil, freshness, nil
	}
	scan := func(row scanner) (r datedResult, err error) {
		r.NodeResult, err = scanResultAnd(row, &r.at)
		return r, err
	}
	results, err = list(ctx, tx.db, scan, `SELECT `+resultColumns+`, n.at FROM node_results n WHERE n.ws = ? AND n.run_id = ?`, p.ws, int64(p.run.ID))
	if err != nil {
		return nil, nil, fmt.Errorf("results: %w", err)
	}
	return results, nil, nil
}

func (p *runPut) outcomes(results []datedResult, freshness []catalog.Freshness) (map[string]outcome, error) {
	out := make(map[string]outcome, len(results)+len(freshness))
	for _, r := range results {
		out[r.UniqueID] = outcome{r.at, r.Class, p.resultRow(r.NodeResult, r.at, 0)}
	}
	for _, f := range freshness {
		at := p.freshnessAt(f)
		row, err := p.freshnessRow(f)
		if err != nil {
			return nil, err
		}
		out[f.UniqueID] = outcome{at, f.Status, row}
	}
	return out, nil
}

// describe stores the properties of the run and counts its outcomes again.
func (p *runPut) describe(ctx context.Context, tx Tx, outcomes map[string]outcome) error {
	r, t := p.run, catalog.Tally{}
	for _, o := range outcomes {
		if r.Artifact == catalog.ArtifactSources {
			t.AddFreshness(o.class)
		} else {
			t.Add(o.class)
		}
	}
	_, err := tx.exec(ctx, `UPDATE runs SET command = ?, dbt_version = ?, generated_at = ?, elapsed = ?, results = ?, args = ?, empty = ?, counts = ?, selected = ?,
		passed = ?, warned = ?, failed = ?, errors = ?, skipped = ? WHERE ws = ? AND id = ?`,
		r.Command, r.DBTVersion, micros(r.GeneratedAt), r.Elapsed, len(outcomes), string(r.Args), bit(r.Empty), int(r.Counting()), bit(r.IsSelected()),
		t.Passed, t.Warned, t.Failed, t.Errors, t.Skipped, p.ws, int64(r.ID))
	return err
}

// replace stores all outcomes of the run again.
func (p *runPut) replace(ctx context.Context, tx Tx, outcomes map[string]outcome) error {
	table := resultTable
	if p.run.Artifact == catalog.ArtifactSources {
		table = freshnessTable
	}
	if _, err := tx.exec(ctx, `DELETE FROM `+table.Name+` WHERE ws = ? AND run_id = ?`, p.ws, int64(p.run.ID)); err != nil {
		return err
	}
	position := int64(0)
	return chunks(slices.Sorted(maps.Keys(outcomes)), 2*chunkRows, func(ids []string) error {
		rows := make([][]any, len(ids))
		for i, id := range ids {
			rows[i] = outcomes[id].row
			if p.run.Artifact != catalog.ArtifactSources {
				rows[i][len(rows[i])-1] = position
			}
			position++
		}
		return p.s.eng.Load(ctx, tx, table, rows)
	})
}
