package revision

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/klauspost/compress/s2"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// The links that a project reported last are remembered, so that its edges can
// be restated when a node goes to another asset without a new report of the
// project.

// rememberLinks notes the links of an observation to be committed with the
// version, unless they are the same as before.
func (a *apply) rememberLinks(ctx context.Context, o *Observation) error {
	if o.Project == 0 {
		return nil
	}
	before, err := a.Store.Fingerprint(ctx, a.ws, a.schema.ID, o.Project, linksMemoName)
	if err != nil {
		return fmt.Errorf("links of %s: %w", o.Origin, err)
	}
	if o.LinksSame && before != nil {
		return nil
	}
	if now := encodeLinks(o.Links); !bytes.Equal(before, now) {
		a.memos = append(a.memos, store.Memo{Project: o.Project, Name: linksMemoName, Value: now})
	}
	return nil
}

func (a *apply) readLinks(ctx context.Context, project catalog.ProjectID) (Links, error) {
	return a.readLinksOf(ctx, a.ws, a.schema.ID, project)
}

// readLinksOf returns the links that a project reported last; nil if none are
// remembered.
func (r *Reviser) readLinksOf(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID) (Links, error) {
	b, err := r.Store.Fingerprint(ctx, ws, schema, project, linksMemoName)
	if err != nil {
		return nil, fmt.Errorf("links of %s: %w", project, err)
	}
	if b == nil {
		return nil, nil
	}
	links, err := decodeLinks(b)
	if err != nil {
		return nil, fmt.Errorf("links of %s: %w", project, err)
	}
	return links, nil
}

// The approximate sizes of an id and of the links of a child, in bytes.
const (
	idBytes   = 48
	linkBytes = 12
)

// encodeLinks writes the ids once, in order of their first use, and then each
// child with the numbers of its parents, by child. Equal links have equal bytes.
func encodeLinks(links Links) []byte {
	numbers := make(map[string]uint64, len(links))
	ids, body := make([]byte, 0, idBytes*len(links)), make([]byte, 0, linkBytes*len(links))
	number := func(id string) uint64 {
		n, ok := numbers[id]
		if !ok {
			n = uint64(len(numbers))
			numbers[id] = n
			ids = append(binary.AppendUvarint(ids, uint64(len(id))), id...)
		}
		return n
	}
	var parents []string
	for _, child := range slices.Sorted(maps.Keys(links)) {
		if len(links[child]) == 0 {
			continue
		}
		parents = append(parents[:0], links[child]...)
		slices.Sort(parents)
		parents = slices.Compact(parents)
		body = binary.AppendUvarint(body, number(child))
		body = binary.AppendUvarint(body, uint64(len(parents)))
		for _, p := range parents {
			body = binary.AppendUvarint(body, number(p))
		}
	}
	raw := binary.AppendUvarint(nil, uint64(len(numbers)))
	// The encoder's buffer is as long as the longest possible result.
	return bytes.Clone(s2.Encode(nil, append(append(raw, ids...), body...)))
}

var errLinks = errors.New("links are cut short")

func decodeLinks(b []byte) (Links, error) {
	raw, err := s2.Decode(nil, b)
	if err != nil {
		return nil, err
	}
	next := func() uint64 {
		n, used := binary.Uvarint(raw)
		if used <= 0 {
			raw, err = nil, cmp.Or(err, errLinks)
			return 0
		}
		raw = raw[used:]
		return n
	}
	var ids []string
	for range min(next(), uint64(len(raw))) {
		n := next()
		if n > uint64(len(raw)) {
			return nil, errLinks
		}
		ids = append(ids, string(raw[:n]))
		raw = raw[n:]
	}
	id := func() string {
		if n := next(); n < uint64(len(ids)) {
			return ids[n]
		}
		err = cmp.Or(err, errLinks)
		return ""
	}
	links := Links{}
	for len(raw) > 0 && err == nil {
		child := id()
		parents := make([]string, min(next(), uint64(len(raw))))
		for i := range parents {
			parents[i] = id()
		}
		links[child] = parents
	}
	return links, err
}
