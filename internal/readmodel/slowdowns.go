package readmodel

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Slowdown is a node whose newest execution took longer than it usually takes.
type Slowdown struct {
	UniqueID string
	Table    *Asset         // that the node makes, or that the test checks; nil of a test whose table is unknown
	Test     catalog.TestID // 0 of other nodes
	Run      catalog.RunID
	At       time.Time
	Seconds  float64
	Usual    Usual
	node     nodeNumber
}

// SlowdownFilter chooses slow-downs.
type SlowdownFilter struct {
	Factor  float64 // of the median, from which on the newest duration is one
	Seconds float64 // that it took longer, at least
	Tests   *bool   // only data tests, or only other nodes
	Project catalog.ProjectID
}

// Window is what statistics of recent runs were made of.
type Window struct{ Runs, Results int }

// Slowdowns lists the nodes of the version whose newest execution took Factor times the median of the former ones or
// more, those that took most seconds more first. Former are those of the 20 results before it that were executed, at
// least three, within the newest runs.
func (v *View) Slowdowns(ctx context.Context, f SlowdownFilter, p store.Page) (page store.Paged[Slowdown], window Window, err error) {
	recent, _, err := v.recentRuns(ctx)
	if err != nil {
		return page, window, err
	}
	window = recent.window()
	found := recent.slowdowns(f)
	if found, err = v.named(ctx, found, f); err != nil {
		return page, window, err
	}
	slices.SortFunc(found, func(a, b Slowdown) int {
		return cmp.Or(cmp.Compare(b.Seconds-b.Usual.Median, a.Seconds-a.Usual.Median), strings.Compare(a.UniqueID, b.UniqueID), cmp.Compare(a.Test, b.Test), cmp.Compare(a.node.project, b.node.project))
	})
	if page, err = slicePage(found, p); err == nil {
		err = v.nameTests(ctx, page.Rows)
	}
	return page, window, err
}

// durations are the newest results of a node, the newest first: whether each was executed, and how long it took.
type durations struct {
	run     int32 // of the newest execution
	at      int64
	seconds float64
	found   bool
	former  []float64
	seen    int // results before the newest execution
}

// slowdowns finds the nodes whose newest execution is slow.
func (r *recentRuns) slowdowns(f SlowdownFilter) (out []Slowdown) {
	of := map[nodeNumber]*durations{}
	for i := len(r.runs) - 1; i >= 0; i-- {
		run := &r.runs[i]
		if f.Project != 0 && run.Project != f.Project {
			continue
		}
		for _, n := range run.Nodes {
			key := nodeNumber{run.Project, n.Node}
			d := of[key]
			if d == nil {
				d = &durations{}
				of[key] = d
			}
			d.add(int32(i), n)
		}
	}
	for key, d := range of {
		usual, ok := usualOf(d.former)
		if !ok || d.seconds < f.Factor*usual.Median || d.seconds-usual.Median < f.Seconds {
			continue
		}
		out = append(out, Slowdown{
			Run: r.runs[d.run].ID, At: time.UnixMicro(d.at).UTC(), Seconds: d.seconds, Usual: usual, node: key,
		})
	}
	return out
}

// add adds the result before those that were added.
func (d *durations) add(run int32, n store.NodeTime) {
	switch ran := executed(n.Class.String()); {
	case d.found && d.seen < formerResults:
		if d.seen++; ran {
			d.former = append(d.former, n.Seconds)
		}
	case !d.found && ran:
		d.run, d.at, d.seconds, d.found = run, n.At, n.Seconds, true
	}
}

// named leaves out the nodes that the version does not have, and those that the filter does not choose, and sets what
// the others are.
func (v *View) named(ctx context.Context, found []Slowdown, f SlowdownFilter) ([]Slowdown, error) {
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, err
	}
	part, err := v.m.part(ctx, v.schemaKey(), testsPart, v.Version)
	if err != nil {
		return nil, err
	}
	of := make(map[nodeNumber]*Slowdown, len(found))
	for i := range found {
		of[found[i].node] = &found[i]
	}
	if f.Tests == nil || !*f.Tests {
		for i, key := range assets.index.nodeKeys() {
			if s := of[numberOf(key)]; s != nil && assets.all[i].Present {
				s.Table, s.UniqueID = assets.all[i], assets.all[i].UniqueID
			}
		}
	}
	if f.Tests == nil || *f.Tests {
		for _, ref := range part.(*Tests).refs {
			if s := of[numberOf(ref.Key)]; s != nil {
				s.Test, s.Table = ref.ID, assets.find(ref.Asset)
			}
		}
	}
	return slices.DeleteFunc(found, func(s Slowdown) bool { return s.UniqueID == "" && s.Test == 0 }), nil
}

// nameTests sets the unique ids of the tests of a page.
func (v *View) nameTests(ctx context.Context, rows []Slowdown) error {
	var ids []catalog.TestID
	for i := range rows {
		if rows[i].Test != 0 {
			ids = append(ids, rows[i].Test)
		}
	}
	tests, err := v.m.store.TestsByID(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	for _, t := range tests {
		for i := range rows {
			if rows[i].Test == t.ID {
				rows[i].UniqueID = t.UniqueID
			}
		}
	}
	return err
}
