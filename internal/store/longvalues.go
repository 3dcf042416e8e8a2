package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Long values of bodies (descriptions, meta, lists of labels) are stored apart: once per workspace, as texts under
// their hashes. A body that has some is split: it holds their hashes and places instead. So a row that is written again
// because of something else, or another row with the same value, costs a hash and not the value. A value is the JSON
// as it is in the body; values within it are not apart as well.

// longValue is the length from which a value is stored apart.
const longValue = 4 << 10 // bytes

// split leads a stored body without its long values: their number, for each how far behind the one before it belongs
// and its hash, and the rest as it is stored otherwise. JSON never begins with it.
const split = 0xfe

// splitBody is body without its long values, which it returns too.
func (e *encoder) splitBody(v any) (body []byte, texts []hashedText, err error) {
	long, err := e.json(v)
	if err != nil {
		return nil, nil, err
	}
	if len(long) == 0 {
		b, _ := e.compress()
		return bytes.Clone(b), nil, nil
	}
	plain := e.plain.Bytes()
	head := binary.AppendUvarint([]byte{split}, uint64(len(long)))
	rest, at := make([]byte, 0, len(plain)), 0
	for _, s := range long {
		value := plain[s.from:s.to]
		hash := catalog.HashOf(value)
		texts = append(texts, hashedText{hash, string(value)})
		head = append(binary.AppendUvarint(head, uint64(s.from-at)), hash[:]...)
		rest = append(rest, plain[at:s.from]...)
		at = s.to
	}
	rest = append(rest, plain[at:]...)
	e.plain.Reset()
	e.plain.Write(rest)
	b, _ := e.compress()
	return append(head, b...), texts, nil
}

// splitBodies returns the stored bodies of values. Their long values are written before it returns, so that no row
// refers to one that is not there.
func splitBodies[T any](ctx context.Context, w *Write, values []T, body func(*T) any) ([][]byte, error) {
	var mu sync.Mutex
	texts := map[catalog.Hash]string{}
	bodies, err := encodeAll(ctx, values, func(e *encoder, v T) ([]byte, error) {
		b, long, err := e.splitBody(body(&v))
		if len(long) > 0 {
			mu.Lock()
			defer mu.Unlock()
			for _, t := range long {
				texts[t.hash] = t.text
			}
		}
		return b, err
	})
	if err != nil || len(texts) == 0 {
		return bodies, err
	}
	return bodies, w.s.PutTexts(ctx, w.lease.WS, texts)
}

// place is where a long value belongs.
type place struct {
	skip int // bytes of the rest behind the place before
	hash catalog.Hash
}

var errBadSplit = errors.New("stored body: its list of long values is damaged")

// placesOf returns the long values of a stored body and the rest of it.
func placesOf(b []byte) (places []place, rest []byte, err error) {
	if len(b) == 0 || b[0] != split {
		return nil, b, nil
	}
	count, n := binary.Uvarint(b[1:])
	if b = b[1+max(n, 0):]; n <= 0 || count > uint64(len(b)/len(catalog.Hash{})) {
		return nil, nil, errBadSplit
	}
	places = make([]place, count)
	for i := range places {
		skip, n := binary.Uvarint(b)
		if n <= 0 || skip > maxBody || len(b) < n+len(places[i].hash) {
			return nil, nil, errBadSplit
		}
		places[i].skip = int(skip)
		b = b[n+copy(places[i].hash[:], b[n:]):]
	}
	return places, b, nil
}

// storedBody is a body that was read, with the long values that it may refer to.
type storedBody struct {
	b     []byte
	texts map[catalog.Hash]string
}

// decode reads what encoder.splitBody returned, and everything that decode reads.
func (s storedBody) decode(v any) error {
	places, rest, err := placesOf(s.b)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		return decode(rest, v)
	}
	plain, err := s.join(places, rest)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, v, storedOptions); err != nil {
		return fmt.Errorf("stored body: %w", err)
	}
	return nil
}

// join returns the JSON of a body with its long values in their places.
func (s storedBody) join(places []place, rest []byte) ([]byte, error) {
	rest, err := decompress(rest)
	if err != nil {
		return nil, fmt.Errorf("stored body: %w", err)
	}
	size := len(rest)
	for _, p := range places {
		size += len(s.texts[p.hash])
	}
	if size > maxBody {
		return nil, fmt.Errorf("stored body of %d bytes: %w", size, catalog.ErrTooLarge)
	}
	plain := make([]byte, 0, size)
	for _, p := range places {
		text, ok := s.texts[p.hash]
		if !ok {
			return nil, fmt.Errorf("stored body: its long value %s is missing", p.hash)
		}
		if p.skip > len(rest) {
			return nil, errBadSplit
		}
		plain = append(append(plain, rest[:p.skip]...), text...)
		rest = rest[p.skip:]
	}
	return append(plain, rest...), nil
}

// bodyRow is how rows with a body are read: scan reads one without decoding its body, and fill decodes that into it.
type bodyRow[T any] struct {
	scan func(scanner) (T, sql.RawBytes, error)
	fill func(*T, storedBody) error
}

// readRow is a row whose body waits for its long values; later is nil if it has none.
type readRow[T any] struct {
	value T
	later []byte
}

// listBodies is list for rows with a body. The long values of all rows are read together.
func listBodies[T any](ctx context.Context, d db, row bodyRow[T], query string, args ...any) ([]T, error) {
	rows, err := list(ctx, d, func(s scanner) (*readRow[T], error) {
		v, body, err := row.scan(s)
		r := &readRow[T]{value: v}
		switch {
		case err != nil:
			return nil, err
		case len(body) > 0 && body[0] == split:
			r.later = bytes.Clone(body)
			return r, nil
		}
		return r, row.fill(&r.value, storedBody{b: body})
	}, query, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	if err := fillLater(ctx, d, row, rows); err != nil {
		return nil, err
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = r.value
	}
	return out, nil
}

// fillLater decodes the bodies that wait for their long values.
func fillLater[T any](ctx context.Context, d db, row bodyRow[T], rows []*readRow[T]) error {
	var hashes []catalog.Hash
	for _, r := range rows {
		places, _, err := placesOf(r.later)
		if err != nil {
			return err
		}
		for _, p := range places {
			hashes = append(hashes, p.hash)
		}
	}
	if len(hashes) == 0 {
		return nil
	}
	slices.SortFunc(hashes, compareHashes)
	texts, err := d.texts(ctx, d.ws, slices.Compact(hashes))
	if err != nil {
		return fmt.Errorf("long values: %w", err)
	}
	for _, r := range rows {
		if r.later == nil {
			continue
		}
		if err := row.fill(&r.value, storedBody{r.later, texts}); err != nil {
			return err
		}
	}
	return nil
}

// oneBody is one for a row with a body.
func oneBody[T any](ctx context.Context, d db, row bodyRow[T], query string, args ...any) (T, error) {
	var zero T
	rows, err := listBodies(ctx, d, row, query, args...)
	if err != nil {
		return zero, err
	}
	if len(rows) == 0 {
		return zero, catalog.ErrNotFound
	}
	return rows[0], nil
}
