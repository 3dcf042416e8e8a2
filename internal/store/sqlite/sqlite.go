// Package sqlite opens a store in one folder.
package sqlite

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

// Open opens, or makes, the catalog in a folder and holds the folder's lock
// until Close. A second process is refused with catalog.ErrBusy and the name
// of the holder. The tables are not touched before Migrate.
func Open(ctx context.Context, dir string, o Options) (*store.Store, error) {
	return nil, catalog.ErrUnsupported
}
