package revision

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Code may read tables that its project does not declare as parents: names that
// are written out instead of ref(). They are not table edges, but a change of
// their columns has to reach the reader all the same, so they are remembered by
// relation, for the schema.

// readsMemo are the relations that each table reads without declaring them.
type readsMemo struct {
	before  []byte
	now     map[catalog.AssetID][]string // sorted
	changed map[int32]bool               // readers whose reads are others than before
}

const readsMemoName = "revision/reads/1"

func (a *apply) readReads(ctx context.Context) (*readsMemo, error) {
	b, err := a.Store.Fingerprint(ctx, a.ws, a.schema.ID, 0, readsMemoName)
	if err != nil {
		return nil, fmt.Errorf("reads of %s: %w", a.schema.ID, err)
	}
	m := &readsMemo{before: b, now: map[catalog.AssetID][]string{}, changed: map[int32]bool{}}
	if len(b) > 0 {
		if err := json.Unmarshal(b, &m.now); err != nil {
			return nil, fmt.Errorf("reads of %s: %w", a.schema.ID, err)
		}
	}
	return m, nil
}

// readPairs are the reads between tables that exist, by number.
func (t *tracing) readPairs() []graph.Edge {
	var out []graph.Edge
	for _, reader := range slices.Sorted(maps.Keys(t.reads.now)) {
		to, ok := t.number[reader]
		if !ok {
			continue
		}
		for _, key := range t.reads.now[reader] {
			if from, ok := t.numberOf(key); ok && from != to {
				out = append(out, graph.Edge{From: from, To: to})
			}
		}
	}
	return out
}

// numberOf finds a table by its relation.
func (t *tracing) numberOf(key string) (int32, bool) {
	if t.byKey == nil {
		t.byKey = make(map[string]int32, len(t.tables))
		for n := range t.tables {
			if k := t.tables[n].Key; k != "" {
				t.byKey[k] = int32(n)
			}
		}
	}
	n, ok := t.byKey[key]
	return n, ok
}

// noteReads notes which tables the code of a table reads that are not its
// declared parents.
func (t *tracing) noteReads(n int32, refs []lineage.Ref) {
	reader := t.ids[n]
	before := t.reads.now[reader]
	var keys []string
	for _, ref := range refs {
		key := inDatabaseOf(t.tables[n].Key, ref.Key)
		if ref.Table != 0 {
			from, ok := t.number[catalog.AssetID(ref.Table)]
			if !ok || from == n {
				continue
			}
			if ref.Key != "" { // found by its identifier: the relation may arrive
				keys = append(keys, ref.Key)
				continue
			}
			if t.tracer.IsDeclared(n, from) {
				continue
			}
			key = t.tables[from].Key
		}
		if key != "" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if slices.Equal(keys, before) {
		return
	}
	t.reads.changed[n] = true
	if len(keys) == 0 {
		delete(t.reads.now, reader)
		return
	}
	t.reads.now[reader] = keys
}

// reread returns the tables that have to be read once more, because they read
// tables that are not their declared parents: the first run may have read those
// after them.
func (t *tracing) reread() []int32 {
	var out []int32
	for _, n := range slices.Sorted(maps.Keys(t.reads.changed)) {
		known := func(key string) bool { _, ok := t.numberOf(key); return ok }
		if slices.ContainsFunc(t.reads.now[t.ids[n]], known) {
			out = append(out, n)
		}
	}
	return out
}

// linkReads writes the edges from the tables that code reads without declaring them,
// and ends those of reads that are declared now or are not there any more.
func (t *tracing) linkReads(edges []catalog.Edge) {
	for id := range t.reads.now {
		if n, ok := t.number[id]; !ok || !isDeclared(t.kinds[n]) || slices.Contains(t.untraced, id) {
			delete(t.reads.now, id)
		}
	}
	declared := map[pair]bool{}
	for _, e := range edges {
		if t.reads.now[e.To] != nil && !isRead(e) {
			declared[pair{e.From, e.To}] = true
		}
	}
	now := map[catalog.Edge]bool{}
	for reader, keys := range t.reads.now {
		for _, key := range keys {
			n, ok := t.numberOf(key)
			if !ok {
				continue
			}
			if from := t.ids[n]; from != reader && !declared[pair{from, reader}] {
				now[sqlEdge(catalog.EdgeRead, from, reader)] = true
			}
		}
	}
	t.relink(now, isRead)
}

// rememberReads notes the reads to be committed with the version, if they changed.
func (t *tracing) rememberReads() error {
	var b []byte
	if len(t.reads.now) > 0 {
		var err error
		if b, err = json.Marshal(t.reads.now); err != nil {
			return fmt.Errorf("reads of %s: %w", t.schema.ID, err)
		}
	}
	if !bytes.Equal(b, t.reads.before) {
		t.memos = append(t.memos, store.Memo{Name: readsMemoName, Value: b})
	}
	return nil
}
