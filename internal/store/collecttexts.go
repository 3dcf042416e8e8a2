package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// A text may be deleted once no row refers to it. References are not counted, which every import would pay for;
// instead all rows of a workspace are looked through. Meanwhile imports and edits write the same texts and rows that
// refer to them. None of these texts is deleted, because of three steps in this order:
//
//  1. The workspace gets a new epoch. PutTexts sets the epoch of every text that it is given, stored already or not,
//     and a text of the new epoch is not deleted.
//  2. The leases of schemas that are held then are waited for. A writer puts texts and the rows that refer to them
//     under one lease, so all that it put in the old epoch is committed then, or never will be.
//  3. All rows are read, those of versions in the making too. A text of an older epoch that none of them refers to is
//     deleted by a statement that looks at its epoch again.
//
// A writer may also refer to a text that it does not put, because a row that it read has it: the row of the version
// that is served. That row is still there in step 3, since rows are only deleted by retention itself, before step 1.

// textRows are the tables whose bodies may refer to texts, with the index that they are read by.
var textRows = []struct {
	table string
	index []string // behind the workspace
}{ //nolint:gochecknoglobals // constant
	{"assets", []string{"id", "valid_from"}},
	{"asset_columns", []string{"schema_id", "asset", "valid_from"}},
	{"facets", []string{"schema_id", "key", "valid_from"}},
	{"edits", []string{"schema_id", "asset", "valid_from", "position"}},
	{"tests", []string{"schema_id", "id", "valid_from"}},
}

// textsWait is how long CollectTexts waits for writers.
const textsWait = 5 * time.Minute

// CollectTexts deletes the texts of a workspace that no row refers to, some at a time, and returns how many there were.
// catalog.ErrBusy if a writer of the workspace does not end: nothing is deleted then.
func (s *Store) CollectTexts(ctx context.Context, ws int64) (deleted int64, err error) {
	epoch, err := s.nextTextEpoch(ctx, ws)
	if err == nil {
		err = s.awaitWriters(ctx, ws)
	}
	var used []catalog.Hash
	if err == nil {
		used, err = s.usedTexts(ctx, ws)
	}
	if err == nil {
		deleted, err = s.deleteTexts(ctx, ws, epoch, used)
	}
	if err != nil {
		return deleted, fmt.Errorf("collect texts: %w", err)
	}
	return deleted, nil
}

func (s *Store) nextTextEpoch(ctx context.Context, ws int64) (epoch int64, err error) {
	err = s.tx(ctx, func(tx Tx) (err error) {
		epoch, err = one(ctx, tx.db, scalar[int64], `UPDATE workspaces SET text_epoch = text_epoch + 1 WHERE id = ? RETURNING text_epoch`, ws)
		return err
	})
	return epoch, err
}

// awaitWriters returns when every lease of a schema that is held now has ended.
func (s *Store) awaitWriters(ctx context.Context, ws int64) error {
	scan := func(row scanner) (l Lease, err error) { return l, row.Scan((*int64)(&l.Schema), &l.Token) }
	held, err := list(ctx, s.reader(ws), scan, `SELECT id, lease_token FROM schemas WHERE ws = ? AND lease_expires > 0 ORDER BY id`, ws)
	if err != nil {
		return err
	}
	const pause = 20 * time.Millisecond
	for waited := time.Duration(0); len(held) > 0; waited += pause {
		l := held[0]
		switch ended, err := s.leaseEnded(ctx, ws, l); {
		case err != nil:
			return err
		case ended:
			held = held[1:]
			continue
		case waited >= textsWait:
			return fmt.Errorf("lease of %s: %w", l.Schema, catalog.ErrBusy)
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
	return nil
}

// leaseEnded reports whether a lease was given back or its schema leased again. If it only ran out, its holder could
// still write, so the lease is taken for a moment.
func (s *Store) leaseEnded(ctx context.Context, ws int64, l Lease) (bool, error) {
	held, err := one(ctx, s.reader(ws), scalar[int64], `SELECT count(*) FROM schemas WHERE ws = ? AND id = ? AND lease_token = ? AND lease_expires > 0`,
		ws, int64(l.Schema), l.Token)
	if err != nil || held == 0 {
		return true, err
	}
	own, err := s.LeaseSchema(ctx, ws, l.Schema, "retention", 0)
	if errors.Is(err, catalog.ErrBusy) {
		return false, nil
	}
	if err == nil {
		err = s.ReleaseLease(ctx, own)
	}
	return true, err
}

// usedTexts returns the hashes of all texts that rows of a workspace may refer to, sorted.
func (s *Store) usedTexts(ctx context.Context, ws int64) ([]catalog.Hash, error) {
	d := s.reader(ws)
	var used hashSet
	for _, t := range textRows {
		if err := d.eachBody(ctx, ws, t.table, t.index, used.addFrom); err != nil {
			return nil, fmt.Errorf("%s: %w", t.table, err)
		}
	}
	return used.sorted(), nil
}

// bodiesAtOnce is how many bodies eachBody reads by one query.
const bodiesAtOnce = 512

// eachBody calls fn with every body of a table, in the order of an index. A body is valid until fn returns.
func (d db) eachBody(ctx context.Context, ws int64, table string, index []string, fn func([]byte) error) error {
	columns := strings.Join(index, ", ")
	const tail = ` LIMIT ?`
	first := `SELECT ` + columns + `, body FROM ` + table + ` WHERE ws = ? ORDER BY ` + columns + tail
	next := `SELECT ` + columns + `, body FROM ` + table + ` WHERE ws = ? AND (` + columns + `) > (?` + strings.Repeat(", ?", len(index)-1) + `) ORDER BY ` + columns + tail
	scan := func(row scanner) ([]any, error) {
		key, dst := make([]any, len(index)), make([]any, 0, len(index)+1)
		for i := range key {
			dst = append(dst, &key[i])
		}
		var body sql.RawBytes
		if err := row.Scan(append(dst, &body)...); err != nil {
			return nil, err
		}
		return key, fn(body)
	}
	for query, args := first, []any{ws}; ; query = next {
		keys, err := list(ctx, d, scan, query, append(args, bodiesAtOnce)...)
		if err != nil || len(keys) < bodiesAtOnce {
			return err
		}
		args = append([]any{ws}, keys[len(keys)-1]...)
	}
}

// hashSet collects hashes that may come many times.
type hashSet struct {
	all []catalog.Hash
	end int // length from which it is worth dropping repeated ones
}

func (s *hashSet) add(h catalog.Hash) {
	if s.all = append(s.all, h); len(s.all) < s.end {
		return
	}
	const least = 1 << 16
	s.end = max(2*len(s.sorted()), least)
}

// sorted returns the hashes, each once.
func (s *hashSet) sorted() []catalog.Hash {
	slices.SortFunc(s.all, compareHashes)
	s.all = slices.Compact(s.all)
	return s.all
}

// addFrom adds the hashes of the texts that a stored body may refer to: of its long values, and whatever else has the
// form of a hash. So no kind of body can be forgotten.
func (s *hashSet) addFrom(body []byte) error {
	places, rest, err := placesOf(body)
	if err != nil {
		return err
	}
	for _, p := range places {
		s.add(p.hash)
	}
	plain := plainBodies.Get().(*[]byte)
	defer plainBodies.Put(plain)
	if rest, err = decompressInto(plain, rest); err != nil {
		return fmt.Errorf("stored body: %w", err)
	}
	const digits = 2 * len(catalog.Hash{})
	for {
		quote := bytes.IndexByte(rest, '"')
		if quote < 0 || len(rest) < quote+digits+2 {
			return nil
		}
		rest = rest[quote+1:]
		var h catalog.Hash
		if rest[digits] == '"' && h.UnmarshalText(rest[:digits]) == nil {
			s.add(h)
		}
	}
}

// textsAtOnce is how many texts are looked at together.
const textsAtOnce = 4096

// deleteTexts deletes the texts of older epochs that are not among the used ones.
func (s *Store) deleteTexts(ctx context.Context, ws, epoch int64, used []catalog.Hash) (deleted int64, err error) {
	after := []byte{}
	for {
		hashes, err := list(ctx, s.reader(ws), scalar[[]byte], `SELECT hash FROM texts WHERE ws = ? AND hash > ? ORDER BY hash LIMIT ?`, ws, after, textsAtOnce)
		if err != nil || len(hashes) == 0 {
			return deleted, err
		}
		after = hashes[len(hashes)-1]
		unused := slices.DeleteFunc(hashes, func(h []byte) bool {
			_, found := slices.BinarySearchFunc(used, hashOf(h), compareHashes)
			return found
		})
		err = inBatches(unused, func(hashes [][]byte) error {
			marks, args := in([]any{ws, epoch}, hashes)
			var n int64
			err := s.tx(ctx, func(tx Tx) (err error) {
				n, err = tx.exec(ctx, `DELETE FROM texts WHERE ws = ? AND epoch < ? AND hash IN `+marks, args...)
				return err
			})
			if err == nil {
				deleted += n
			}
			return err
		})
		if err != nil {
			return deleted, err
		}
	}
}
