package readmodel

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// TestSort is an order of data tests; "" is by id.
type TestSort struct {
	By         TestSortBy
	Descending bool
}

// TestSortBy is what data tests are sorted by. Those that never ran come last.
type TestSortBy string

// What data tests are sorted by. Of equal values the unique id decides.
const (
	TestsByName     TestSortBy = "unique_id"
	TestsByStatus   TestSortBy = "status" // the worst first
	TestsByTime     TestSortBy = "completed_at"
	TestsByDuration TestSortBy = "execution_time"
	TestsByFailures TestSortBy = "failures"
)

// worstFirst are the classes of tests in the order of status.
var worstFirst = [...]string{catalog.ClassError, catalog.ClassFail, catalog.ClassWarn, catalog.ClassSkipped, catalog.ClassPass, ClassUnknown}

// testOrder is what the data tests of a version are sorted by, by position in their references: a part that is made
// when somebody sorts them.
type testOrder struct {
	names    []string
	projects []catalog.ProjectID
	status   []float64
	figures  []store.TestFigures // without a time: it never ran
}

func (o *testOrder) size() int64 {
	n := int64(len(o.names)) * 112
	for _, name := range o.names {
		n += int64(len(name))
	}
	return n
}

// testKey is what a data test is sorted by: smaller ones come first.
type testKey struct {
	last    int64 // 1: it comes last in either direction
	value   float64
	name    string
	project int64
}

func (k testKey) compare(o testKey, descending bool) int {
	if c := cmp.Compare(k.last, o.last); c != 0 {
		return c
	}
	c := cmp.Or(cmp.Compare(k.value, o.value), strings.Compare(k.name, o.name), cmp.Compare(k.project, o.project))
	if descending {
		return -c
	}
	return c
}

func (o *testOrder) key(i int, by TestSortBy) testKey {
	k := testKey{name: o.names[i], project: int64(o.projects[i])}
	f := &o.figures[i]
	if by != TestsByName && by != TestsByStatus && f.At.IsZero() {
		k.last = 1
		return k
	}
	switch by {
	case TestsByName:
	case TestsByStatus:
		k.value = o.status[i]
	case TestsByTime:
		k.value = float64(f.At.UnixMicro())
	case TestsByDuration:
		k.value = f.Seconds
	case TestsByFailures:
		k.value = float64(f.Failures)
	}
	return k
}

// testOrder returns what the tests are sorted by.
func (v *View) testOrder(ctx context.Context, states *testStates) (*testOrder, error) {
	stored, err := v.m.store.ResultsStored(ctx, v.ws(), v.Schema.ID)
	if err != nil {
		return nil, err
	}
	part, err := v.m.cache.get(ctx, v.resultsKey(testOrderPart, stored), func(ctx context.Context) (part sized, err error) {
		err = v.m.cache.work(ctx, func() error {
			part, err = v.loadTestOrder(ctx, states)
			return err
		})
		return part, err
	})
	if err != nil {
		return nil, err
	}
	return part.(*testOrder), nil
}

func (v *View) loadTestOrder(ctx context.Context, states *testStates) (*testOrder, error) {
	names, err := v.m.store.TestNames(ctx, v.ws(), v.Schema.ID, v.Version)
	if err != nil {
		return nil, err
	}
	figures, err := v.m.store.TestFigures(ctx, v.ws(), v.Schema.ID, v.asOf)
	if err != nil {
		return nil, err
	}
	of := make(map[store.NodeKey]store.TestFigures, len(figures))
	for _, f := range figures {
		of[f.Key] = f
	}
	named, err := v.newestNames(ctx)
	if err != nil {
		return nil, err
	}
	for node, newest := range named {
		if f, ok := of[store.NodeKeyOf(newest.Project, newest.UniqueID)]; ok {
			of[store.NodeKeyOf(node.Project, node.UniqueID)] = f
		}
	}
	n := len(states.refs)
	out := &testOrder{names: make([]string, n), projects: make([]catalog.ProjectID, n), status: make([]float64, n), figures: make([]store.TestFigures, n)}
	for i, ref := range states.refs {
		out.names[i], out.projects[i], out.figures[i] = names[ref.ID], ref.Key.Project, of[ref.Key]
		out.status[i] = float64(slices.Index(worstFirst[:], testClasses[states.class[i]]))
	}
	return out, nil
}

// sortedTests returns the ids of a page of the tests that match, in an order.
func (v *View) sortedTests(ctx context.Context, states *testStates, f TestFilter, p store.Page) (ids []catalog.TestID, next string, total int64, err error) {
	var after testKey
	given, err := p.Position(&after.last, &after.value, &after.name, &after.project)
	if err != nil {
		return nil, "", 0, err
	}
	order, err := v.testOrder(ctx, states)
	if err != nil {
		return nil, "", 0, err
	}
	var chosen []int
	match := states.matching(f)
	for i := range states.refs {
		if !match(i) {
			continue
		}
		if total++; !given || order.key(i, f.Sort.By).compare(after, f.Sort.Descending) > 0 {
			chosen = append(chosen, i)
		}
	}
	slices.SortFunc(chosen, func(a, b int) int {
		return order.key(a, f.Sort.By).compare(order.key(b, f.Sort.By), f.Sort.Descending)
	})
	for _, i := range chosen[:min(len(chosen), p.Size())] {
		ids = append(ids, states.refs[i].ID)
	}
	if len(chosen) > p.Size() {
		last := order.key(chosen[p.Size()-1], f.Sort.By)
		next, err = store.NewPosition(last.last, last.value, last.name, last.project)
	}
	return ids, next, total, err
}
