package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Texts returns those of the texts that exist. Workspaces do not share texts: a
// hash must not reveal to one tenant what another has.
func (s *Store) Texts(ctx context.Context, ws int64, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	found, err := s.reader(ws).texts(ctx, ws, hashes)
	if err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	return found, nil
}

func (d db) texts(ctx context.Context, ws int64, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
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
	err := inBatches(keys, func(keys [][]byte) error {
		marks, args := in([]any{ws}, keys)
		_, err := list(ctx, d, scan, `SELECT hash, body FROM texts WHERE ws = ? AND hash IN `+marks, args...)
		return err
	})
	return found, err
}

// A text that is there already gets the present epoch, so that it is not collected.
var textTable = Table{
	Name: "texts", Columns: []string{"ws", "hash", "body", "epoch"},
	Conflict: ` ON CONFLICT (ws, hash) DO UPDATE SET epoch = excluded.epoch WHERE texts.epoch < excluded.epoch`,
}

func compareHashes(a, b catalog.Hash) int { return bytes.Compare(a[:], b[:]) }

// hashedText is a text to be written.
type hashedText struct {
	hash catalog.Hash
	text string
}

// PutTexts writes texts under their hashes; one that is there already stays. They
// are not versioned. The caller holds the lease of the schema whose rows will refer
// to them: CollectTexts relies on it.
func (s *Store) PutTexts(ctx context.Context, ws int64, texts map[catalog.Hash]string) error {
	sorted := make([]hashedText, 0, len(texts))
	for hash, text := range texts {
		if !hash.IsZero() {
			sorted = append(sorted, hashedText{hash, text})
		}
	}
	// In order, so that two savers of the same texts cannot lock each other out.
	slices.SortFunc(sorted, func(a, b hashedText) int { return compareHashes(a.hash, b.hash) })
	err := chunks(sorted, chunkRows, func(texts []hashedText) error {
		bodies, err := encodeAll(ctx, texts, func(e *encoder, t hashedText) ([]byte, error) { return e.text(t.text), nil })
		if err != nil {
			return err
		}
		return s.tx(ctx, func(tx Tx) error {
			epoch, err := one(ctx, tx.db, scalar[int64], `SELECT text_epoch FROM workspaces WHERE id = ?`, ws)
			if err != nil {
				return err
			}
			rows := make([][]any, len(texts))
			for i, t := range texts {
				rows[i] = []any{ws, t.hash[:], bodies[i], epoch}
			}
			return s.eng.Load(ctx, tx, textTable, rows)
		})
	})
	if err != nil {
		return fmt.Errorf("texts: %w", err)
	}
	return nil
}
