package revision

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// testChange is what an apply does to the data tests.
type testChange struct{ put, dropped int64 }

// testBatch is how many tests are decoded and written at a time.
const testBatch = 2000

// reviseTests attaches tests to their tables, writes the new and changed ones
// and ends those that are gone.
func (a *apply) reviseTests(ctx context.Context) error {
	stated := map[catalog.ProjectID]bool{}
	for _, o := range a.observations {
		if o.Tests == nil {
			continue
		}
		if o.Late {
			if err := a.lateTests(ctx, o); err != nil {
				return err
			}
			continue
		}
		stated[o.Project] = true
		if o.TestsSame && a.nothingMoved() && a.held[o.Project].isEmpty() {
			continue
		}
		if err := a.observedTests(ctx, o); err != nil {
			return err
		}
	}
	if err := a.dropTestsOfGone(ctx, stated); err != nil {
		return err
	}
	if err := a.reattachMoved(ctx, stated); err != nil {
		return err
	}
	a.report().Count("tests_changed", a.tests.put)
	a.report().Count("tests_removed", a.tests.dropped)
	return nil
}

// nothingMoved reports whether every node is on the asset that it was on.
func (a *apply) nothingMoved() bool {
	return len(a.moves) == 0 && len(a.goneOf) == 0 && len(a.arrived) == 0
}

// dropTestsOfGone ends the tests of what an origin withdrew, if the observation
// does not list its tests.
func (a *apply) dropTestsOfGone(ctx context.Context, stated map[catalog.ProjectID]bool) error {
	for _, o := range a.observations {
		if stated[o.Project] || o.Project == 0 {
			continue
		}
		var drop []catalog.TestID
		for _, id := range slices.Sorted(maps.Keys(a.goneOf[o.Origin])) {
			tests, err := a.Store.TestsOfAsset(ctx, a.ws, a.schema.ID, id, a.schema.Version)
			if err != nil {
				return fmt.Errorf("tests of a table that is gone: %w", err)
			}
			for _, t := range tests {
				if t.Project == o.Project {
					drop = append(drop, t.ID)
				}
			}
		}
		a.closeTests(drop)
	}
	return nil
}

// closeTests ends tests.
func (a *apply) closeTests(ids []catalog.TestID) {
	a.tests.dropped += int64(len(ids))
	a.later(func(ctx context.Context) error {
		if err := a.write.CloseTests(ctx, ids); err != nil {
			return fmt.Errorf("%d tests that are gone: %w", len(ids), err)
		}
		return nil
	})
}

// observedTests compares the tests of an observation with those of its project.
func (a *apply) observedTests(ctx context.Context, o *Observation) error {
	current, err := a.currentTests(ctx, o)
	if err != nil {
		return err
	}
	byID := make(map[string]*catalog.Test, len(current))
	for i := range current {
		byID[current[i].UniqueID] = &current[i]
	}
	seen := make(map[string]bool, len(o.Tests))
	var changed []int
	for i, t := range o.Tests {
		seen[t.ID] = true
		if !t.Same {
			changed = append(changed, i)
		}
	}
	for some := range batches(changed, testBatch, func(test int) int64 { return o.TestReader.TestSize(test) }) {
		if err := a.readTests(ctx, o, some, byID, func(*catalog.Test) bool { return true }); err != nil {
			return err
		}
	}
	if err := a.reattachSame(ctx, o, byID); err != nil {
		return err
	}
	a.dropTests(o, current, seen)
	return nil
}

// currentTests reads the tests of a project, with their bodies where tests that
// did not change may belong to another table now.
func (a *apply) currentTests(ctx context.Context, o *Observation) ([]catalog.Test, error) {
	read := func(full bool) ([]catalog.Test, error) {
		tests, err := a.Store.TestsOf(ctx, a.ws, a.schema.ID, a.schema.Version, o.Project, full)
		if err != nil {
			return nil, fmt.Errorf("tests of %s: %w", o.Origin, err)
		}
		return tests, nil
	}
	if len(a.moves) > 0 {
		return read(true)
	}
	tests, err := read(false)
	if err != nil || !slices.ContainsFunc(tests, func(t catalog.Test) bool { return t.Asset == 0 }) {
		return tests, err
	}
	return read(true)
}

// readTests decodes some changed tests and writes those that differ from the
// current ones and are wanted.
func (a *apply) readTests(ctx context.Context, o *Observation, some []int, current map[string]*catalog.Test, wanted func(*catalog.Test) bool) error {
	tests, texts, err := o.TestReader.ReadTests(ctx, some)
	if err != nil {
		return err
	}
	put := tests[:0]
	for _, t := range tests {
		t.Project = o.Project
		if t.Asset = a.attached(o.Origin, t); !wanted(&t) {
			continue
		}
		old := current[t.UniqueID]
		if old != nil {
			t.ID = old.ID
			if old.Hash == t.Hash && (old.Asset == t.Asset || old.Asset == 0 && t.Body.Attached == "") {
				continue // one of several nodes has no table since an older program wrote it
			}
		}
		put = append(put, t)
	}
	return a.putTests(ctx, put, texts)
}

// attached is the table of a test.
func (a *apply) attached(origin catalog.Origin, t catalog.Test) catalog.AssetID {
	return a.at[Node{origin, subjectOf(&t.Body)}].asset
}

// subjectOf returns the node that a test is about. Of a query over several nodes it
// is the one that the query names first.
func subjectOf(b *catalog.TestBody) string {
	if b.Attached == "" && len(b.Parents) > 0 {
		return b.Parents[0]
	}
	return b.Attached
}

// reattachSame finds the tables of tests that did not change.
func (a *apply) reattachSame(ctx context.Context, o *Observation, current map[string]*catalog.Test) error {
	var put []catalog.Test
	for _, claim := range o.Tests {
		t := current[claim.ID]
		if t == nil || !claim.Same || t.Body.Attached == "" {
			continue
		}
		if at := a.attached(o.Origin, *t); at != t.Asset {
			moved := *t
			moved.Asset = at
			put = append(put, moved)
		}
	}
	return a.putTests(ctx, put, nil)
}

// putTests writes tests and their texts; tests without an id are new.
func (a *apply) putTests(ctx context.Context, tests []catalog.Test, texts Texts) error {
	if len(tests) == 0 && len(texts) == 0 {
		return nil
	}
	fresh := int64(0)
	for _, t := range tests {
		if t.ID == 0 {
			fresh++
		}
	}
	if fresh > 0 {
		next, err := a.write.NewIDs(ctx, catalog.PrefixTest, fresh)
		if err != nil {
			return fmt.Errorf("ids of %d tests: %w", fresh, err)
		}
		for i := range tests {
			if tests[i].ID == 0 {
				tests[i].ID = catalog.TestID(next)
				next++
			}
		}
	}
	a.later(func(ctx context.Context) error {
		return together(ctx,
			func(ctx context.Context) error { return a.putTexts(ctx, texts) },
			func(ctx context.Context) error {
				if err := a.write.PutTests(ctx, tests); err != nil {
					return fmt.Errorf("%d tests: %w", len(tests), err)
				}
				return nil
			})
	})
	a.tests.put += int64(len(tests))
	return nil
}

// dropTests ends the tests that the observation no longer has, unless they are
// withheld together with pending removals, a person kept them, or the report keeps
// their table.
func (a *apply) dropTests(o *Observation, current []catalog.Test, seen map[string]bool) {
	h := a.held[o.Project]
	if h == nil {
		h = &held{}
	}
	kept := make(map[string]bool, len(h.memo.KeptTests))
	for _, id := range h.memo.KeptTests {
		kept[id] = true
	}
	h.memo.Tests, h.memo.KeptTests = nil, nil
	var drop []catalog.TestID
	for _, t := range current {
		switch {
		case seen[t.UniqueID]:
		case h.stale[t.Asset]:
		case kept[t.UniqueID]:
			h.memo.KeptTests = append(h.memo.KeptTests, t.UniqueID)
		case len(h.memo.Nodes) > 0:
			h.memo.Tests = append(h.memo.Tests, t.UniqueID)
		default:
			drop = append(drop, t.ID)
		}
	}
	a.closeTests(drop)
}

// reattachMoved finds the tables of tests whose project reported nothing but
// whose node went to another asset.
func (a *apply) reattachMoved(ctx context.Context, stated map[catalog.ProjectID]bool) error {
	if len(a.moves) == 0 {
		return nil
	}
	projects := map[catalog.ProjectID]catalog.Origin{}
	for _, from := range slices.Sorted(maps.Keys(a.moves)) {
		tests, err := a.Store.TestsOfAsset(ctx, a.ws, a.schema.ID, from, a.schema.Version)
		if err != nil {
			return fmt.Errorf("tests of a table that moved: %w", err)
		}
		var put []catalog.Test
		for _, t := range tests {
			if stated[t.Project] {
				continue
			}
			if projects[t.Project] == "" {
				p, err := a.Store.Project(ctx, a.ws, t.Project)
				if err != nil {
					return fmt.Errorf("project %s: %w", t.Project, err)
				}
				projects[t.Project] = p.Origin()
			}
			if at := a.attached(projects[t.Project], t); at != t.Asset {
				t.Asset = at
				put = append(put, t)
			}
		}
		if err := a.putTests(ctx, put, nil); err != nil {
			return err
		}
	}
	return nil
}
