package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Copy writes one committed state of a folder's database to the file target,
// which must not exist. It only reads, so the folder may be in use by a server.
func Copy(ctx context.Context, dir, target string) error {
	if err := makePrivate(target, os.O_EXCL); err != nil {
		return err
	}
	return readOnly(ctx, filepath.Join(dir, FileName), func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, `VACUUM INTO ?`, target)
		return err
	})
}

// Check reads a folder's whole database and reports damage as
// catalog.ErrInvalid.
func Check(ctx context.Context, dir string) error {
	return readOnly(ctx, filepath.Join(dir, FileName), func(db *sql.DB) error {
		var verdict string
		if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
			return err
		}
		if verdict != "ok" {
			return fmt.Errorf("integrity check: %s: %w", verdict, catalog.ErrInvalid)
		}
		return nil
	})
}

func readOnly(ctx context.Context, path string, do func(*sql.DB) error) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "mode=ro&_pragma=busy_timeout(10000)"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	return errors.Join(do(db), db.Close())
}
