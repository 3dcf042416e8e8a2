package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// joinedResult is a result of a run and its time.
type joinedResult struct {
	catalog.NodeResult
	at int64
}

// complete joins another file of a stored run's invocation with what is stored, such as
// one that was written before dbt had ended: of each node the newest result stays, and the
// newest file describes the run, whichever came first.
func (p *runPut) complete(ctx context.Context, tx Tx) error {
	stored, err := one(ctx, tx.db, scanRun, `SELECT `+runColumns+` FROM runs r WHERE r.ws = ? AND r.id = ?`, p.ws, int64(p.run.ID))
	if err != nil || stored.GeneratedAt.Equal(p.run.GeneratedAt.Truncate(time.Microsecond)) {
		return err
	}
	results, changed, err := p.join(ctx, tx)
	if err != nil {
		return err
	}
	if stored.GeneratedAt.Before(p.run.GeneratedAt) {
		if err := p.describe(ctx, tx, len(results)); err != nil {
			return err
		}
	} else {
		p.run.Command, p.run.Empty = stored.Command, stored.Empty
		if !changed {
			return nil
		}
		if _, err := tx.exec(ctx, `UPDATE runs SET results = ? WHERE ws = ? AND id = ?`, len(results), p.ws, int64(p.run.ID)); err != nil {
			return err
		}
	}
	if err := p.retally(ctx, tx, results); err != nil {
		return err
	}
	if changed {
		if err := p.replace(ctx, tx, results); err != nil {
			return err
		}
	}
	if p.run.Counting() < catalog.CountsAsLatest {
		return nil
	}
	if err := p.countRun(ctx, tx); err != nil {
		return err
	}
	project := cmp.Or(p.run.Project, stored.Project)
	return tx.latestResults(ctx, p.ws, int64(project), p.run.InvocationID, int64(p.run.ID))
}

// join returns the stored results with the newer ones of the file, by unique id.
func (p *runPut) join(ctx context.Context, tx Tx) (results map[string]joinedResult, changed bool, err error) {
	scan := func(row scanner) (r joinedResult, err error) {
		r.NodeResult, err = scanResultAnd(row, &r.at)
		return r, err
	}
	rows, err := list(ctx, tx.db, scan, `SELECT `+resultColumns+`, n.at FROM node_results n WHERE n.ws = ? AND n.run_id = ?`, p.ws, int64(p.run.ID))
	if err != nil {
		return nil, false, fmt.Errorf("results: %w", err)
	}
	results = make(map[string]joinedResult, len(rows)+len(p.results))
	for _, r := range rows {
		results[r.UniqueID] = r
	}
	for _, r := range p.results {
		at := p.resultAt(r)
		if old, ok := results[r.UniqueID]; !ok || old.at < at {
			results[r.UniqueID], changed = joinedResult{r, at}, true
		}
	}
	return results, changed, nil
}

// describe stores the properties of a newer file of the run.
func (p *runPut) describe(ctx context.Context, tx Tx, results int) error {
	r := p.run
	_, err := tx.exec(ctx, `UPDATE runs SET command = ?, dbt_version = ?, generated_at = ?, elapsed = ?, results = ?, args = ?, empty = ?, counts = ?, selected = ?
		WHERE ws = ? AND id = ?`, r.Command, r.DBTVersion, micros(r.GeneratedAt), r.Elapsed, results, string(r.Args), bit(r.Empty), int(r.Counting()), bit(r.IsSelected()),
		p.ws, int64(r.ID))
	return err
}

// retally counts the results of the run again.
func (p *runPut) retally(ctx context.Context, tx Tx, results map[string]joinedResult) error {
	var t catalog.Tally
	for _, r := range results {
		t.Add(r.Class)
	}
	_, err := tx.exec(ctx, `UPDATE runs SET passed = ?, warned = ?, failed = ?, errors = ?, skipped = ? WHERE ws = ? AND id = ?`,
		t.Passed, t.Warned, t.Failed, t.Errors, t.Skipped, p.ws, int64(p.run.ID))
	return err
}

// replace stores all results of the run again.
func (p *runPut) replace(ctx context.Context, tx Tx, results map[string]joinedResult) error {
	if _, err := tx.exec(ctx, `DELETE FROM node_results WHERE ws = ? AND run_id = ?`, p.ws, int64(p.run.ID)); err != nil {
		return err
	}
	position := int64(0)
	return chunks(slices.Sorted(maps.Keys(results)), 2*chunkRows, func(ids []string) error {
		rows := make([][]any, len(ids))
		for i, id := range ids {
			rows[i] = p.resultRow(results[id].NodeResult, results[id].at, position)
			position++
		}
		return p.s.eng.Load(ctx, tx, resultTable, rows)
	})
}
