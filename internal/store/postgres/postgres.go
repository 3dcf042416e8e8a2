// Package postgres opens a store in a PostgreSQL database.
package postgres

import (
	"context"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Options of Open.
type Options struct {
	// Now is the clock; nil = the system's.
	Now func() time.Time
}

// Open connects to a database by its URL. The tables are not touched before
// Migrate.
func Open(ctx context.Context, url string, o Options) (*store.Store, error) {
	return nil, catalog.ErrUnsupported
}
