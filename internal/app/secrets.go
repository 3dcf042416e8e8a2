package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/secret"
	"github.com/thalweg-data/thalweg/internal/store"
)

// masterKeys returns the keys of the setting, or those of the file in the data folder. Without a file it makes one,
// unless credentials are stored: a new key would not decrypt them.
func masterKeys(cfg config.Config, stored bool) (keys secret.MasterKeys, err error) {
	path := filepath.Join(cfg.Data, secret.FileName)
	switch {
	case cfg.SecretKey != "":
		if keys, err = secret.ParseMasterKeys(cfg.SecretKey); err != nil {
			err = fmt.Errorf("secret_key: %w", err)
		}
	case stored:
		if keys, err = secret.ReadMasterKeys(path); errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: there is no %s", secret.ErrNoMasterKey, secret.FileName)
		}
	default:
		keys, err = secret.EnsureMasterKeys(path, rand.Reader)
	}
	return keys, err
}

// openSecrets returns what encrypts credentials, and its keys. A process that could not decrypt those that are stored
// does not start: what is missing is better said then than when something has to be sent.
func openSecrets(ctx context.Context, cfg config.Config, st *store.Store) (*secret.Keeper, secret.MasterKeys, error) {
	stored, err := st.DataKeys(ctx)
	if err != nil {
		return nil, secret.MasterKeys{}, err
	}
	keys, err := masterKeys(cfg, len(stored) > 0)
	var keeper *secret.Keeper
	if err == nil {
		keeper = secret.NewKeeper(st, keys)
		err = keeper.Check(ctx)
	}
	if errors.Is(err, secret.ErrNoMasterKey) {
		err = fmt.Errorf("%w: bring back %s, or set THALWEG_SECRET_KEY to its content; if it is lost, thalweg secrets drop deletes the credentials, which then have to be set again",
			err, filepath.Join(cfg.Data, secret.FileName))
	}
	return keeper, keys, err
}

// operator is who runs a command on the data folder.
func operator() store.By {
	return store.By{Actor: catalog.Actor{Kind: catalog.ActorSystem, Name: "command line"}}
}

// RotateSecrets encrypts the data keys by a new master key, or by the first of those that the setting names. With
// values it makes new data keys and encrypts all credentials again.
func RotateSecrets(ctx context.Context, cfg config.Config, values bool) (err error) {
	st, err := openExisting(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	_, keys, err := openSecrets(ctx, cfg, st)
	if err != nil {
		return err
	}
	keys, finish, err := nextMasterKeys(cfg, keys)
	if err != nil {
		return err
	}
	keeper := secret.NewKeeper(st, keys)
	if err := keeper.RotateMaster(ctx); err != nil {
		return err
	}
	if values {
		if err := keeper.RotateData(ctx, st); err != nil {
			return err
		}
	}
	entry := store.AuditEntry{Action: store.ActionSecretsRotated, By: operator(), Details: map[string]any{"data_keys": values}}
	if err := st.AppendAudit(ctx, catalog.DefaultWorkspace, entry); err != nil {
		return err
	}
	return finish()
}

// nextMasterKeys returns the keys with a new one first, which the file has by then, so that nothing is lost whatever
// happens; finish removes the old ones from it. Keys of the setting are the operator's to change.
func nextMasterKeys(cfg config.Config, present secret.MasterKeys) (keys secret.MasterKeys, finish func() error, err error) {
	if cfg.SecretKey != "" {
		return present, func() error { return nil }, nil
	}
	newer, err := secret.GenerateMasterKeys(rand.Reader)
	if err != nil {
		return present, nil, err
	}
	path := filepath.Join(cfg.Data, secret.FileName)
	keys = present.With(newer)
	return keys, func() error { return secret.WriteMasterKeys(path, keys.Newest()) }, secret.WriteMasterKeys(path, keys)
}

// DropSecrets deletes all credentials, whose master key was lost, and returns how many there were.
func DropSecrets(ctx context.Context, cfg config.Config) (dropped int64, err error) {
	st, err := openExisting(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.DropSecrets(ctx, operator())
}
