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

// masterKeys returns the keys of the setting, or those of the file in the data folder, which is made if there is none.
func masterKeys(cfg config.Config) (secret.MasterKeys, error) {
	if cfg.SecretKey == "" {
		return secret.EnsureMasterKeys(filepath.Join(cfg.Data, secret.FileName), rand.Reader)
	}
	keys, err := secret.ParseMasterKeys(cfg.SecretKey)
	if err != nil {
		return keys, fmt.Errorf("secret_key: %w", err)
	}
	return keys, nil
}

// openSecrets returns what encrypts credentials. A process that could not decrypt those that are stored does not start:
// what it is missing is better said now than when something has to be sent.
func openSecrets(ctx context.Context, cfg config.Config, st *store.Store) (*secret.Keeper, error) {
	stored, err := st.DataKeys(ctx)
	if err != nil {
		return nil, err
	}
	var keys secret.MasterKeys
	if len(stored) > 0 && cfg.SecretKey == "" { // a new key would not decrypt what is stored
		keys, err = secret.ReadMasterKeys(filepath.Join(cfg.Data, secret.FileName))
	} else {
		keys, err = masterKeys(cfg)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: there is no %s", secret.ErrNoMasterKey, secret.FileName)
	}
	keeper := secret.NewKeeper(st, keys)
	if err == nil {
		err = keeper.Check(ctx)
	}
	if err != nil {
		if errors.Is(err, secret.ErrNoMasterKey) {
			err = fmt.Errorf("%w: bring back %s, or set THALWEG_SECRET_KEY to its content; if it is lost, thalweg secrets drop deletes the credentials, which then have to be set again",
				err, filepath.Join(cfg.Data, secret.FileName))
		}
		return nil, err
	}
	return keeper, nil
}

// operator is who runs a command on the data folder.
func operator() store.By {
	return store.By{Actor: catalog.Actor{Kind: catalog.ActorSystem, Name: "command line"}}
}

// RotateSecrets encrypts the data keys by a new master key, or by the first of those that the setting names. With
// values it makes new data keys and encrypts all credentials again.
func RotateSecrets(ctx context.Context, cfg config.Config, values bool) (err error) {
	if err := dataFolder(cfg.Data, false); err != nil {
		return err
	}
	st, err := openMigrated(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if _, err := openSecrets(ctx, cfg, st); err != nil {
		return err
	}
	keys, finish, err := nextMasterKeys(cfg)
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
func nextMasterKeys(cfg config.Config) (keys secret.MasterKeys, finish func() error, err error) {
	keys, err = masterKeys(cfg)
	if err != nil || cfg.SecretKey != "" {
		return keys, func() error { return nil }, err
	}
	newer, err := secret.GenerateMasterKeys(rand.Reader)
	if err != nil {
		return keys, nil, err
	}
	path := filepath.Join(cfg.Data, secret.FileName)
	keys = keys.With(newer)
	return keys, func() error { return secret.WriteMasterKeys(path, keys.Newest()) }, secret.WriteMasterKeys(path, keys)
}

// DropSecrets deletes all credentials, whose master key was lost, and returns how many there were.
func DropSecrets(ctx context.Context, cfg config.Config) (dropped int64, err error) {
	if err := dataFolder(cfg.Data, false); err != nil {
		return 0, err
	}
	st, err := openMigrated(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.DropSecrets(ctx, operator())
}
