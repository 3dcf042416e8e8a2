package readmodel

import (
	"cmp"
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Tests are the tests of a version, by id.
type Tests struct{ refs []store.TestRef }

func (t *Tests) size() int64 { return int64(len(t.refs)) * 48 }

func loadTests(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	if version == 0 {
		return &Tests{}, nil
	}
	err = m.cache.work(ctx, func() error {
		refs, err := m.store.TestRefs(ctx, s.ws, s.schema, version, nil)
		part = &Tests{refs}
		return err
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

func nextTests(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, _ assetsOf) (sized, error) {
	before := old.(*Tests)
	if len(d.Tests) == 0 {
		return before, nil
	}
	ids := d.Tests
	if len(ids) > len(before.refs)/worthLoading+64 {
		ids = nil
	}
	refs, err := m.store.TestRefs(ctx, s.ws, s.schema, d.Version, ids)
	if err != nil || ids == nil {
		return &Tests{refs}, err
	}
	out := make([]store.TestRef, 0, len(before.refs)+len(refs))
	for _, ref := range before.refs {
		if _, gone := slices.BinarySearch(ids, ref.ID); !gone {
			out = append(out, ref)
		}
	}
	out = append(out, refs...)
	slices.SortFunc(out, func(a, b store.TestRef) int { return cmp.Compare(a.ID, b.ID) })
	return &Tests{out}, nil
}

// Classes are the classes of the latest results of a schema's nodes, as they were
// after some number of runs.
type Classes struct {
	of map[store.NodeKey]string
	// newest are the nodes whose latest result has another name of their project.
	newest map[catalog.NodeRef]catalog.NodeRef
}

func (c *Classes) size() int64 { return int64(len(c.of))*96 + int64(len(c.newest))*160 }

// class returns the class of a node's latest result; "" without one.
func (c *Classes) class(key store.NodeKey) string { return c.of[key] }

// classes returns the classes of the results that the view knows, and how many runs
// were stored.
func (v *View) classes(ctx context.Context) (*Classes, int64, error) {
	stored, err := v.m.store.ResultsStored(ctx, v.ws(), v.Schema.ID)
	if err != nil {
		return nil, 0, err
	}
	key := v.resultsKey(classesPart, stored)
	part, err := v.m.cache.get(ctx, key, func(ctx context.Context) (part sized, err error) {
		err = v.m.cache.work(ctx, func() error {
			part, err = v.loadClasses(ctx)
			return err
		})
		older := key
		older.results--
		v.m.cache.demote(older)
		return part, err
	})
	if err != nil {
		return nil, 0, err
	}
	return part.(*Classes), stored, nil
}

func (v *View) loadClasses(ctx context.Context) (*Classes, error) {
	rows, err := v.m.store.LatestClasses(ctx, v.ws(), v.Schema.ID, v.asOf)
	if err != nil {
		return nil, err
	}
	out := &Classes{of: make(map[store.NodeKey]string, len(rows))}
	names := map[string]string{}
	for _, row := range rows {
		name, ok := names[row.Class]
		if !ok {
			name = row.Class
			names[name] = name
		}
		out.of[row.Key] = name
	}
	return out, v.addFormerNames(ctx, out)
}

// testStates are the tests of a version with the class of their latest result.
type testStates struct {
	*Tests
	class  []uint8 // index into testClasses, by position in refs
	count  [len(testClasses)]int64
	tables map[catalog.AssetID]TestCounts // of each tested asset
}

func (t *testStates) size() int64 { return int64(len(t.class)) + int64(len(t.tables))*96 + 64 }

// testClasses are the classes that tests are listed by.
var testClasses = [...]string{
	ClassUnknown, catalog.ClassPass, catalog.ClassWarn, catalog.ClassFail, catalog.ClassError, catalog.ClassSkipped,
}

// ClassUnknown is the class of a test that never ran, as far as is known.
const ClassUnknown = "unknown"

// TestClass is the class under which a test with such a result is listed.
func TestClass(class string) string {
	switch class {
	case "", catalog.ClassOther:
		return ClassUnknown
	case catalog.ClassSuccess:
		return catalog.ClassPass
	}
	return class
}

// testStates returns the tests of the view's version with the results that it knows.
func (v *View) testStates(ctx context.Context) (*testStates, error) {
	part, err := v.m.part(ctx, v.schemaKey(), testsPart, v.Version)
	if err != nil {
		return nil, err
	}
	tests := part.(*Tests)
	classes, stored, err := v.classes(ctx)
	if err != nil {
		return nil, err
	}
	joined, err := v.m.cache.get(ctx, v.resultsKey(testStatesPart, stored), func(context.Context) (sized, error) {
		return joinTests(tests, classes), nil
	})
	if err != nil {
		return nil, err
	}
	return joined.(*testStates), nil
}

func joinTests(tests *Tests, classes *Classes) *testStates {
	out := &testStates{Tests: tests, class: make([]uint8, len(tests.refs)), tables: map[catalog.AssetID]TestCounts{}}
	for i, ref := range tests.refs {
		latest := classes.class(ref.Key)
		class := max(0, slices.Index(testClasses[:], TestClass(latest)))
		out.class[i] = uint8(class)
		out.count[class]++
		c := out.tables[ref.Asset]
		c.add(latest)
		out.tables[ref.Asset] = c
	}
	return out
}

// byID returns the ids of a page of the tests that match, by id.
func (t *testStates) byID(f TestFilter, p store.Page) (ids []catalog.TestID, next string, total int64, err error) {
	var after int64
	if _, err := p.Position(&after); err != nil {
		return nil, "", 0, err
	}
	ids, more, total := t.page(f, catalog.TestID(after), p.Size())
	if more {
		next, err = store.NewPosition(ids[len(ids)-1])
	}
	return ids, next, total, err
}

// page returns the ids of the tests that match after an id, at most limit of them,
// and whether there are more.
func (t *testStates) page(f TestFilter, after catalog.TestID, limit int) (ids []catalog.TestID, more bool, total int64) {
	match := t.matching(f)
	switch {
	case f.Asset != 0 || f.Project != 0:
		for i := range t.refs {
			if match(i) {
				total++
			}
		}
	case f.Class == "":
		total = int64(len(t.refs))
	default:
		if wanted := slices.Index(testClasses[:], f.Class); wanted >= 0 {
			total = t.count[wanted]
		}
	}
	from, _ := slices.BinarySearchFunc(t.refs, after+1, func(r store.TestRef, id catalog.TestID) int { return cmp.Compare(r.ID, id) })
	for i := from; i < len(t.refs); i++ {
		if !match(i) {
			continue
		}
		if len(ids) == limit {
			return ids, true, total
		}
		ids = append(ids, t.refs[i].ID)
	}
	return ids, false, total
}

// matching reports whether the test at a position matches.
func (t *testStates) matching(f TestFilter) func(i int) bool {
	wanted := slices.Index(testClasses[:], f.Class)
	return func(i int) bool {
		ref := &t.refs[i]
		return (f.Class == "" || int(t.class[i]) == wanted) && (f.Asset == 0 || ref.Asset == f.Asset) && (f.Project == 0 || ref.Key.Project == f.Project)
	}
}

// assets returns the assets that have a test of a class.
func (t *testStates) assets(class string) map[catalog.AssetID]bool {
	out := map[catalog.AssetID]bool{}
	for i, ref := range t.refs {
		if ref.Asset != 0 && testClasses[t.class[i]] == class {
			out[ref.Asset] = true
		}
	}
	return out
}
