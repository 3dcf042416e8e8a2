package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Text gives a text of a workspace by its hash. The zero hash is the empty
// text. Workspaces do not share texts: a hash must not tell one tenant what
// another has.
func (s *Store) Text(ctx context.Context, ws int64, hash catalog.Hash) (string, error) {
	texts, err := s.Texts(ctx, ws, []catalog.Hash{hash})
	if err != nil {
		return "", err
	}
	text, ok := texts[hash]
	if !ok && !hash.IsZero() {
		return "", fmt.Errorf("text %s: %w", hash, catalog.ErrNotFound)
	}
	return text, nil
}

// Texts gives those of the texts that exist.
func (s *Store) Texts(ctx context.Context, ws int64, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	found := make(map[catalog.Hash]string, len(hashes))
	keys := make([][]byte, len(hashes))
	for i, h := range hashes {
		keys[i] = h[:]
	}
	scan := func(row scanner) (none struct{}, err error) {
		var hash, body []byte
		if err := row.Scan(&hash, &body); err != nil {
			return none, err
		}
		found[hashOf(hash)], err = decodeText(body)
		return none, err
	}
	d := s.reader(ws)
	err := inBatches(keys, func(keys [][]byte) error {
		marks, args := in([]any{ws}, keys)
		_, err := list(ctx, d, scan, `SELECT hash, body FROM texts WHERE ws = ? AND hash IN `+marks, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	return found, nil
}
