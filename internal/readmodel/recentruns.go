package readmodel

import (
	"context"
	"slices"
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Bounds of what statistics of durations and outcomes are made of: the newest runs of a schema, so many and with so
// many results together.
const (
	mostRecentRuns    = 200
	mostRecentResults = 500_000
)

// formerResults is how many results before one its duration is compared with, and formerNeeded how many of them must
// have been executed.
const (
	formerResults = 20
	formerNeeded  = 3
)

// recentRuns are the newest runs of a schema with their results, oldest first: a part of the state of the schema after
// some number of runs. Runs that did not change are shared with the part before.
type recentRuns struct{ runs []recentRun }

// recentRun is a run, or one that is read as one of another name of its project.
type recentRun struct {
	store.RunTimes
	alias bool
}

func (r *recentRuns) size() int64 {
	n := int64(0)
	for i := range r.runs {
		n += int64(unsafe.Sizeof(r.runs[i])) + int64(len(r.runs[i].Nodes))*int64(unsafe.Sizeof(store.NodeTime{}))
	}
	return n
}

// window counts the runs and their results.
func (r *recentRuns) window() (w Window) {
	for i := range r.runs {
		if !r.runs[i].alias {
			w.Runs++
			w.Results += len(r.runs[i].Nodes)
		}
	}
	return w
}

// recentRuns returns the newest runs that the view knows, and how many runs were stored.
func (v *View) recentRuns(ctx context.Context) (*recentRuns, int64, error) {
	stored, err := v.m.store.ResultsStored(ctx, v.ws(), v.Schema.ID)
	if err != nil {
		return nil, 0, err
	}
	key := v.resultsKey(recentRunsPart, stored)
	part, err := v.m.cache.get(ctx, key, func(ctx context.Context) (part sized, err error) {
		var before *recentRuns
		older := key
		for range furthest {
			if older.results--; older.results < 0 {
				break
			}
			if kept, ok := v.m.cache.peek(older).(*recentRuns); ok {
				before = kept
				break
			}
		}
		err = v.m.cache.work(ctx, func() error {
			part, err = v.loadRecentRuns(ctx, before)
			return err
		})
		v.m.cache.demote(older)
		return part, err
	})
	if err != nil {
		return nil, 0, err
	}
	return part.(*recentRuns), stored, nil
}

// loadRecentRuns reads the newest runs, and the results of those that are not among those before.
func (v *View) loadRecentRuns(ctx context.Context, before *recentRuns) (*recentRuns, error) {
	runs, err := v.m.store.RecentRuns(ctx, v.ws(), v.Schema.ID, v.asOf, mostRecentRuns, mostRecentResults)
	if err != nil {
		return nil, err
	}
	slices.Reverse(runs)
	kept := map[catalog.RunID]*store.RunTimes{}
	if before != nil {
		for i := range before.runs {
			if !before.runs[i].alias {
				kept[before.runs[i].ID] = &before.runs[i].RunTimes
			}
		}
	}
	out := &recentRuns{make([]recentRun, 0, len(runs))}
	for _, run := range runs {
		if old := kept[run.ID]; old != nil && old.Results == run.Results && old.GeneratedAt.Equal(run.GeneratedAt) && old.Tally == run.Tally {
			run.Nodes = old.Nodes
		} else if run.Nodes, err = v.m.store.NodeTimes(ctx, v.ws(), run.ID, nil); err != nil {
			return nil, err
		}
		out.runs = append(out.runs, recentRun{RunTimes: run})
		for _, project := range v.Schema.Renames.Projects(run.Project) {
			if project == run.Project {
				continue
			}
			alias, err := v.alias(ctx, run, project)
			if err != nil {
				return nil, err
			}
			out.runs = append(out.runs, recentRun{RunTimes: alias, alias: true})
		}
	}
	return out, nil
}

// nodeNumber identifies a node of a project among recent results.
type nodeNumber struct {
	project catalog.ProjectID
	node    uint64
}

// numberOf returns the number of a node by its key.
func numberOf(key store.NodeKey) nodeNumber { return nodeNumber{key.Project, key.Number()} }

// executed reports whether a result of a class has a duration that others compare with: an error may come at any time,
// and what was skipped took none.
func executed(class string) bool {
	switch class {
	case catalog.ClassSuccess, catalog.ClassPass, catalog.ClassWarn, catalog.ClassFail:
		return true
	}
	return false
}

// Usual is how long something usually takes: the median of what it took before.
type Usual struct {
	Median float64 // seconds
	Of     int     // how many it is the median of
}

// usualOf returns the median of some durations, which it sorts; false of fewer than formerNeeded.
func usualOf(seconds []float64) (Usual, bool) {
	if len(seconds) < formerNeeded {
		return Usual{}, false
	}
	slices.Sort(seconds)
	middle := len(seconds) / 2
	median := seconds[middle]
	if len(seconds)%2 == 0 {
		median = (seconds[middle-1] + median) / 2
	}
	return Usual{Median: median, Of: len(seconds)}, true
}
