package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Personal is what a person keeps: it is shown to nobody else.
type Personal struct {
	Stars  []string  // ids of assets, in the person's own order
	SeenAt time.Time // when the person last looked at what changed; zero = never
}

func scanPersonal(row scanner) (p Personal, err error) {
	var stars string
	var seen int64
	if err := row.Scan(&stars, &seen); err != nil {
		return p, err
	}
	p.SeenAt = timeOf(seen)
	return p, json.Unmarshal([]byte(stars), &p.Stars)
}

const personalRow = `SELECT stars, seen_at FROM personal WHERE ws = ? AND user_id = ?`

// Personal returns what a person keeps; 0 is the demonstration.
func (s *Store) Personal(ctx context.Context, ws, user int64) (Personal, error) {
	p, err := one(ctx, s.reader(ws), scanPersonal, personalRow, ws, user)
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return Personal{}, fmt.Errorf("personal settings of user %d: %w", user, err)
	}
	return p, nil
}

// UpdatePersonal changes what a person keeps by a function, which may refuse it by an error.
func (s *Store) UpdatePersonal(ctx context.Context, ws, user int64, change func(*Personal) error) (p Personal, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		if _, err := tx.exec(ctx, `INSERT INTO personal (ws, user_id, stars, seen_at, updated_at) VALUES (?, ?, '[]', 0, 0) ON CONFLICT (ws, user_id) DO UPDATE SET updated_at = 0`, ws, user); err != nil {
			return err
		}
		if p, err = one(ctx, tx.db, scanPersonal, personalRow, ws, user); err != nil {
			return err
		}
		if err := change(&p); err != nil {
			return err
		}
		if p.Stars == nil {
			p.Stars = []string{}
		}
		stars, err := json.Marshal(p.Stars)
		if err != nil {
			return err
		}
		p.SeenAt = timeOf(micros(p.SeenAt))
		_, err = tx.exec(ctx, `UPDATE personal SET stars = ?, seen_at = ?, updated_at = ? WHERE ws = ? AND user_id = ?`, string(stars), micros(p.SeenAt), micros(s.now()), ws, user)
		return err
	})
	if err != nil {
		return Personal{}, fmt.Errorf("personal settings of user %d: %w", user, err)
	}
	return p, nil
}
