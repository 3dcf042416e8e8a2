package app

import (
	"context"
	"errors"

	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Migrate brings the tables of a store up to this version and returns the version. With moved, the folder or bucket
// of artifacts that the settings name becomes that of the database.
func Migrate(ctx context.Context, cfg config.Config, moved bool) (version int64, err error) {
	st, err := openExisting(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if moved {
		if err := rebindTo(ctx, cfg, st); err != nil {
			return 0, err
		}
	}
	version, _, err = st.SchemaVersion(ctx)
	return version, err
}

func rebindTo(ctx context.Context, cfg config.Config, st *store.Store) (err error) {
	at, err := artifactsOf(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	blobs, err := at.Artifacts()
	if err != nil {
		return err
	}
	if err := complete(ctx, st, at, blobs); err != nil {
		return err
	}
	return rebind(ctx, st, at)
}
