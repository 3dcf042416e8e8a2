package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// counterOf names the counter behind an id prefix: all assets share one.
func counterOf(prefix string) string {
	switch prefix {
	case catalog.PrefixSchema, catalog.PrefixImport, catalog.PrefixProject, catalog.PrefixTest, catalog.PrefixRun, catalog.PrefixKey, catalog.PrefixEdit, catalog.PrefixUser, catalog.PrefixAudit,
		catalog.PrefixWebhook, catalog.PrefixDelivery, catalog.PrefixJob, catalog.PrefixIntegration, catalog.PrefixSync, catalog.PrefixSession, catalog.PrefixInvitation, prefixSchedule, prefixPart:
		return prefix
	}
	return catalog.PrefixTable
}

// newIDs takes n numbers from a counter. They are never given out again once
// the transaction is committed.
func (d db) newIDs(ctx context.Context, prefix string, n int64) (first int64, err error) {
	if n < 1 {
		return 0, fmt.Errorf("%d ids: %w", n, catalog.ErrInvalid)
	}
	next, err := one(ctx, d, scalar[int64], `UPDATE counters SET next = next + ? WHERE kind = ? RETURNING next`, n, counterOf(prefix))
	if err != nil {
		return 0, fmt.Errorf("ids of %s: %w", prefix, err)
	}
	return next - n, nil
}

// NewIDs takes n numbers for a prefix (catalog.PrefixTable for all assets) and
// returns the first of them. They stay taken even if they are not used.
func (s *Store) NewIDs(ctx context.Context, prefix string, n int64) (first int64, err error) {
	err = s.tx(ctx, func(tx Tx) (err error) {
		first, err = tx.newIDs(ctx, prefix, n)
		return err
	})
	return first, err
}
