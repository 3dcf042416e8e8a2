package store

import (
	"context"
	"fmt"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// chunkRows is how many rows with bodies one transaction of a Write takes:
// another writer then waits for a fraction of a second at most.
const chunkRows = 8192

// Write is the next version of one schema in the making. Readers see nothing of
// it before Flip. Rows of different things may be put and ended concurrently:
// they are encoded at the same time and written one after another. Every method is
// catalog.ErrFenced once another took the schema's lease.
type Write struct {
	writing *sync.Mutex // held while rows are written, and for all below
	s       *Store
	lease   Lease
	served  int64
	next    int64
	at      int64              // the save's one time
	touched bool               // rows of version next may be there
	assets  bool               // assets among them
	done    bool               // flipped, noted or aborted
	put     map[string]*keySet // by table: what version next brought
	edits   int64              // put so far
	wrote   written
}

// Begin starts the next version of the lease's schema. What a save that died
// left behind is swept first.
func (s *Store) Begin(ctx context.Context, l Lease) (*Write, error) {
	w := &Write{writing: &sync.Mutex{}, s: s, lease: l, at: micros(s.now()), put: map[string]*keySet{}}
	w.wrote.save = s.saves.Add(1) ^ w.at ^ l.Token<<40
	var dirty int64
	err := s.tx(ctx, func(tx Tx) error {
		if err := tx.fence(ctx, l); err != nil {
			return err
		}
		rows, err := tx.sql.QueryContext(ctx, s.eng.Rebind(`SELECT version, dirty FROM schemas WHERE ws = ? AND id = ?`), l.WS, int64(l.Schema))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&w.served, &dirty); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	w.next = w.served + 1
	if err == nil && dirty != 0 {
		err = w.sweep(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("begin version of %s: %w", l.Schema, err)
	}
	return w, nil
}

// Touched reports whether rows of the version may have been written. Then it has
// to be flipped or aborted.
func (w *Write) Touched() bool { return w.touched }

// Number is the version in the making.
func (w *Write) Number() int64 { return w.next }

// sweep undoes all writes beyond the served version, in one transaction per
// table.
func (w *Write) sweep(ctx context.Context) error {
	for _, t := range versionedTables() {
		err := w.s.tx(ctx, func(tx Tx) error {
			if err := w.fence(ctx, tx, w.next); err != nil {
				return err
			}
			return t.sweep(ctx, tx, w.lease, w.served)
		})
		if err != nil {
			return err
		}
	}
	return w.s.tx(ctx, func(tx Tx) error { return w.fence(ctx, tx, 0) })
}

// fence sets the schema's dirty mark, unless the lease is lost or the version
// this save began from is no longer the served one. The second happens to the
// saver itself: its flip may have been committed although the connection broke
// before it learned of it, and its rows are then what readers see.
func (w *Write) fence(ctx context.Context, tx Tx, dirty int64) error {
	n, err := tx.exec(ctx, `UPDATE schemas SET dirty = ? WHERE ws = ? AND id = ? AND lease_token = ? AND version = ?`,
		dirty, w.lease.WS, int64(w.lease.Schema), w.lease.Token, w.served)
	if err == nil && n == 0 {
		return catalog.ErrFenced
	}
	return err
}

// Abort undoes what was written. A Write that is neither flipped nor aborted is
// swept by the next Begin.
func (w *Write) Abort(ctx context.Context) error {
	if w.done {
		return nil
	}
	w.done = true
	if !w.touched {
		return nil
	}
	if err := w.sweep(ctx); err != nil {
		return fmt.Errorf("abort version %d of %s: %w", w.next, w.lease.Schema, err)
	}
	return nil
}

// NewIDs is Store.NewIDs.
func (w *Write) NewIDs(ctx context.Context, prefix string, n int64) (first int64, err error) {
	return w.s.NewIDs(ctx, prefix, n)
}

// tx runs one transaction of the save. It marks the schema as written to,
// unless the lease is lost or the version was made by another.
func (w *Write) tx(ctx context.Context, fn func(Tx) error) error {
	if w.done {
		return fmt.Errorf("version %d of %s is closed: %w", w.next, w.lease.Schema, catalog.ErrConflict)
	}
	w.touched = true
	return w.s.tx(ctx, func(tx Tx) error {
		if err := w.fence(ctx, tx, w.next); err != nil {
			return err
		}
		return fn(tx)
	})
}

// row builds a row of the version in the making.
func (w *Write) row(key any, values ...any) []any {
	row := make([]any, 0, 5+len(values))
	if h, ok := key.(catalog.Hash); ok {
		key = h[:]
	}
	row = append(row, w.lease.WS, int64(w.lease.Schema), key, w.next, catalog.Open)
	return append(row, values...)
}

// clear ends the rows of the keys, so that new ones can take their place.
func (w *Write) clear(ctx context.Context, tx Tx, t versionedTable, keys []any) error {
	own, older := w.split(t, keys)
	if len(own) > 0 {
		if err := t.drop(ctx, tx, w.lease, w.next, own); err != nil {
			return fmt.Errorf("replace rows of %s: %w", t.name, err)
		}
	}
	if len(older) > 0 {
		if err := t.close(ctx, tx, w.lease, w.next, older); err != nil {
			return fmt.Errorf("close rows of %s: %w", t.name, err)
		}
	}
	return nil
}

// split returns the keys that may have rows of this very version and those that
// may have older ones, as arguments.
func (w *Write) split(t versionedTable, keys []any) (own, older []any) {
	set := w.putKeys(t)
	for _, k := range keys {
		mayBeOwn, mayBeOlder := set.mayHave(k), w.served > 0
		if !mayBeOwn && !mayBeOlder {
			continue
		}
		if h, ok := k.(catalog.Hash); ok {
			k = h[:]
		}
		if mayBeOwn {
			own = append(own, k)
		}
		if mayBeOlder {
			older = append(older, k)
		}
	}
	return own, older
}

// putKeys are the keys that have rows of this version.
func (w *Write) putKeys(t versionedTable) *keySet {
	set := w.put[t.name]
	if set == nil {
		set = &keySet{}
		w.put[t.name] = set
	}
	return set
}

// remember notes that keys have rows of this version, once that is committed.
func (w *Write) remember(t versionedTable, all []any) {
	set := w.putKeys(t)
	for _, k := range all {
		set.add(k)
	}
}

// forget notes that keys have no rows of this version any more.
func (w *Write) forget(t versionedTable, all []any) {
	set := w.putKeys(t)
	for _, k := range all {
		set.remove(k)
	}
}

// replace writes rows under their keys in one transaction; without rows it
// only ends the old ones.
func (w *Write) replace(ctx context.Context, t versionedTable, keys []any, rows [][]any) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	err := w.tx(ctx, func(tx Tx) error {
		if err := w.clear(ctx, tx, t, keys); err != nil {
			return err
		}
		return w.s.eng.Load(ctx, tx, t.load, rows)
	})
	if err != nil {
		return fmt.Errorf("version %d of %s, %s: %w", w.next, w.lease.Schema, t.name, err)
	}
	if len(rows) > 0 {
		w.remember(t, keys)
	} else {
		w.forget(t, keys)
	}
	w.wrote.note(t, keys)
	return nil
}
