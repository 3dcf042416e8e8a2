package readmodel

import (
	"cmp"
	"context"
	"slices"
	"time"
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/store"
)

// FlakyTest is a data test with how stable its outcome is.
type FlakyTest struct {
	Test
	Stability
}

// Stability is how the outcomes of a data test followed one another in its newest executions, 20 at most.
type Stability struct {
	id          catalog.TestID
	Executions  int
	Changes     int // from one outcome to another: pass, warn, fail, error
	Unexplained int // those of them between which no code changed
	Since       time.Time
}

// flaky are the data tests of a version whose outcome changed, those with most unexplained changes first.
type flaky struct {
	tests  []Stability
	window Window
}

func (f *flaky) size() int64 { return int64(len(f.tests))*int64(unsafe.Sizeof(Stability{})) + 64 }

// Flaky lists the data tests of the version whose outcome changed at least so many times without a change of code: of
// the test, or of a table that it reads, directly or not. Code is taken to be what it was in the version that was
// served once the import of the results had ended.
func (v *View) Flaky(ctx context.Context, changes int, p store.Page) (page store.Paged[FlakyTest], window Window, err error) {
	recent, stored, err := v.recentRuns(ctx)
	if err != nil {
		return page, window, err
	}
	part, err := v.m.cache.get(ctx, v.resultsKey(flakyPart, stored), func(ctx context.Context) (sized, error) {
		return v.loadFlaky(ctx, recent)
	})
	if err != nil {
		return page, window, err
	}
	all := part.(*flaky)
	total, _ := slices.BinarySearchFunc(all.tests, changes, func(s Stability, least int) int {
		if s.Unexplained >= least {
			return -1
		}
		return 1
	})
	stable, err := slicePage(all.tests[:total], p)
	if err != nil {
		return page, window, err
	}
	ids := make([]catalog.TestID, len(stable.Rows))
	for i := range stable.Rows {
		ids[i] = stable.Rows[i].id
	}
	tests, err := v.testsByID(ctx, ids)
	page.Next, page.Total = stable.Next, stable.Total
	for i, t := range tests {
		page.Rows = append(page.Rows, FlakyTest{t, stable.Rows[i]})
	}
	return page, all.window, err
}

// outcomes are the newest executions of a test, oldest first.
type outcomes struct {
	ref  *store.TestRef
	seen []outcome
}

type outcome struct {
	class store.ResultClass
	at    int64
	known time.Time // when the import of the result had ended
}

func (v *View) loadFlaky(ctx context.Context, recent *recentRuns) (*flaky, error) {
	part, err := v.m.part(ctx, v.schemaKey(), testsPart, v.Version)
	if err != nil {
		return nil, err
	}
	changed := recent.outcomes(part.(*Tests))
	out := &flaky{window: recent.window()}
	if len(changed) == 0 {
		return out, nil
	}
	code, err := v.codeOf(ctx, changed)
	if err != nil {
		return nil, err
	}
	for _, o := range changed {
		s := Stability{id: o.ref.ID, Executions: len(o.seen), Since: time.UnixMicro(o.seen[0].at).UTC()}
		for i := 1; i < len(o.seen); i++ {
			if before, after := o.seen[i-1], o.seen[i]; before.class != after.class {
				s.Changes++
				if !code.changed(o.ref, before.known, after.known) {
					s.Unexplained++
				}
			}
		}
		out.tests = append(out.tests, s)
	}
	slices.SortFunc(out.tests, func(a, b Stability) int {
		return cmp.Or(cmp.Compare(b.Unexplained, a.Unexplained), cmp.Compare(b.Changes, a.Changes), cmp.Compare(a.id, b.id))
	})
	return out, nil
}

// outcomes returns the newest executions of the tests that did not always have the same outcome.
func (r *recentRuns) outcomes(tests *Tests) []*outcomes {
	of := make(map[nodeNumber]*outcomes, len(tests.refs))
	all := make([]outcomes, len(tests.refs))
	for i := range tests.refs {
		all[i].ref = &tests.refs[i]
		of[numberOf(tests.refs[i].Key)] = &all[i]
	}
	for i := len(r.runs) - 1; i >= 0; i-- {
		run := &r.runs[i]
		for _, n := range run.Nodes {
			o := of[nodeNumber{run.Project, n.Node}]
			if o == nil || len(o.seen) == formerResults {
				continue
			}
			switch n.Class.String() {
			case catalog.ClassPass, catalog.ClassWarn, catalog.ClassFail, catalog.ClassError:
				o.seen = append(o.seen, outcome{n.Class, n.At, run.Known})
			}
		}
	}
	var out []*outcomes
	for i := range all {
		o := &all[i]
		slices.Reverse(o.seen)
		if slices.ContainsFunc(o.seen, func(s outcome) bool { return s.class != o.seen[0].class }) {
			out = append(out, o)
		}
	}
	return out
}

// codeChanges are the times at which the code of tests and of what they read changed.
type codeChanges struct {
	since  time.Time // nothing is known of what was before
	tests  map[catalog.TestID][]time.Time
	assets map[catalog.AssetID][]time.Time
	reads  map[catalog.TestID][]catalog.AssetID // those that changed among all that a test reads
}

// changed reports whether code of a test, or of what it reads, changed between two times, or may have.
func (c *codeChanges) changed(ref *store.TestRef, from, to time.Time) bool {
	if to.Before(from) { // the older result came later
		from, to = to, from
	}
	if from.Before(c.since) {
		return true
	}
	between := func(t time.Time) bool { return t.After(from) && !t.After(to) }
	if slices.ContainsFunc(c.tests[ref.ID], between) {
		return true
	}
	return slices.ContainsFunc(c.reads[ref.ID], func(id catalog.AssetID) bool { return slices.ContainsFunc(c.assets[id], between) })
}

// codeOf finds the changes of code that may explain those of outcomes.
func (v *View) codeOf(ctx context.Context, of []*outcomes) (*codeChanges, error) {
	oldest := of[0].seen[0].known
	ids := make([]catalog.TestID, len(of))
	for i, o := range of {
		ids[i] = o.ref.ID
		for _, s := range o.seen {
			if s.known.Before(oldest) {
				oldest = s.known
			}
		}
	}
	from, since, err := v.keptSince(ctx, oldest)
	if err != nil {
		return nil, err
	}
	out := &codeChanges{since: since, tests: map[catalog.TestID][]time.Time{}, assets: map[catalog.AssetID][]time.Time{}, reads: map[catalog.TestID][]catalog.AssetID{}}
	tests, err := v.m.store.TestCodeChanges(ctx, v.ws(), v.Schema.ID, from, v.Version, ids)
	if err != nil {
		return nil, err
	}
	for _, c := range tests {
		out.tests[c.Test] = append(out.tests[c.Test], c.At)
	}
	assets, err := v.m.store.CodeChanges(ctx, v.ws(), v.Schema.ID, from, v.Version)
	if err != nil || len(assets) == 0 {
		return out, err
	}
	for _, c := range assets {
		out.assets[c.Asset] = append(out.assets[c.Asset], c.At)
	}
	return out, v.readBy(ctx, ids, out)
}

// keptSince returns the version that was served at a time, or the first one that is kept, and since when versions
// are kept.
func (v *View) keptSince(ctx context.Context, at time.Time) (from int64, since time.Time, err error) {
	then, err := v.versionAt(ctx, AtTime(at))
	if err != nil {
		return 0, since, err
	}
	first, err := v.m.store.FirstVersion(ctx, v.ws(), v.Schema.ID)
	if err != nil || first <= 1 || then >= first {
		return then, since, err
	}
	version, err := v.m.store.Version(ctx, v.ws(), v.Schema.ID, first)
	return first, version.At, err
}

// readBy finds which of the assets whose code changed each test reads, directly or not.
func (v *View) readBy(ctx context.Context, ids []catalog.TestID, changes *codeChanges) error {
	tables, err := v.m.tableGraph(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return err
	}
	tests, err := v.m.store.TestsByID(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return err
	}
	numbers := tables.assets.byNode()
	for i := range tests {
		t := &tests[i]
		var parents []int32
		if n, ok := tables.assets.number(t.Asset); ok {
			parents = append(parents, n)
		}
		for _, id := range t.Body.Parents {
			if n, ok := numbers[catalog.NodeRef{Project: t.Project, UniqueID: id}]; ok {
				parents = append(parents, n)
			}
		}
		reach := tables.graph.Ancestors(parents, graph.NoLimit, graph.NoLimit)
		for _, n := range reach.IDs {
			if id := tables.assets.ids[n]; changes.assets[id] != nil {
				changes.reads[t.ID] = append(changes.reads[t.ID], id)
			}
		}
	}
	return nil
}
