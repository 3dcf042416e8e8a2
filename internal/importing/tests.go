package importing

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// testChange is what an import does to the data tests.
type testChange struct {
	put  []catalog.Test
	drop []catalog.TestID
}

// planTests attaches tests to their tables and finds the new, changed and
// vanished ones.
func (j *job) planTests(ctx context.Context, m *manifestSaid, known []catalog.Test, p *plan) error {
	if j.mustReattach(known, p) {
		var err error
		if known, err = j.Store.TestsOf(ctx, j.claim.WS, j.schema.ID, p.index.Version, j.project.ID, true); err != nil {
			return fmt.Errorf("tests of %s: %w", j.project.Name, err)
		}
	}
	stand := make(map[string]catalog.Test, len(known))
	for _, t := range known {
		stand[t.UniqueID] = t
	}
	said := make(map[string]bool, len(m.tests))
	var fresh int64
	all := m.tests
	p.tests.put, m.tests = all[:0], nil // filtered in place: there may be many
	for _, t := range all {
		said[t.UniqueID] = true
		t.Asset = p.at[t.Body.Attached].asset
		old, ok := stand[t.UniqueID]
		if ok && old.Hash == t.Hash && old.Asset == t.Asset {
			continue
		}
		if t.ID = old.ID; !ok {
			fresh++
		}
		p.tests.put = append(p.tests.put, t)
	}
	if err := j.newTests(ctx, fresh, p); err != nil {
		return err
	}
	waiting := len(p.withheld) > 0
	for _, t := range known {
		if said[t.UniqueID] {
			continue
		}
		if !m.names(t.UniqueID) {
			if !waiting {
				p.tests.drop = append(p.tests.drop, t.ID)
			}
			continue
		}
		if at := p.at[t.Body.Attached].asset; t.Body.Attached != "" && at != t.Asset {
			t.Asset = at
			p.tests.put = append(p.tests.put, t)
		}
	}
	j.rep.count("tests_changed", int64(len(p.tests.put)))
	j.rep.count("tests_removed", int64(len(p.tests.drop)))
	return nil
}

// mustReattach tells whether tests that did not change may belong to another
// table now.
func (j *job) mustReattach(known []catalog.Test, p *plan) bool {
	if len(p.words.moved) > 0 {
		return true
	}
	for _, t := range known {
		if t.Asset == 0 {
			return true
		}
	}
	return false
}

func (j *job) newTests(ctx context.Context, n int64, p *plan) error {
	if n == 0 {
		return nil
	}
	next, err := j.write.NewIDs(ctx, catalog.PrefixTest, n)
	if err != nil {
		return fmt.Errorf("ids of %d tests: %w", n, err)
	}
	for i := range p.tests.put {
		if p.tests.put[i].ID == 0 {
			p.tests.put[i].ID = catalog.TestID(next)
			next++
		}
	}
	return nil
}
