package httpserver

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Database is what [StoreCheck] needs of a store.
type Database interface {
	Ready(ctx context.Context) error
	SchemaVersion(ctx context.Context) (current, expected int64, err error)
}

// StoreCheck fails if the store does not respond or its tables have another version.
func StoreCheck(db Database) Check {
	return Check{Name: "store", Run: func(ctx context.Context) error {
		if err := db.Ready(ctx); err != nil {
			return err
		}
		current, expected, err := db.SchemaVersion(ctx)
		if err == nil && current != expected {
			err = fmt.Errorf("tables are of version %d, this program expects %d", current, expected)
		}
		return err
	}}
}

// leastSpace is the free space that the server must have to accept uploads.
const leastSpace = 64 << 20

// Disk is what [SpaceCheck] needs of a blob store.
type Disk interface {
	// Free returns the bytes that can still be stored; less than 0 if that is not limited.
	Free(ctx context.Context) (int64, error)
}

// SpaceCheck fails if too little space is left for uploads.
func SpaceCheck(d Disk) Check {
	return Check{Name: "blobs", Run: func(ctx context.Context) error {
		free, err := d.Free(ctx)
		if err == nil && free >= 0 && free < leastSpace {
			err = fmt.Errorf("%d bytes free: %w", free, catalog.ErrNoSpace)
		}
		return err
	}}
}

// Prober is what [BucketCheck] needs of a blob store whose medium may be away.
type Prober interface {
	Probe(ctx context.Context) error
}

// BucketCheck fails while the bucket of the artifacts is away. Uploads are refused meanwhile; everything else is
// served.
func BucketCheck(p Prober) Check { return Check{Name: "bucket", Partial: true, Run: p.Probe} }
