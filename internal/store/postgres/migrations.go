package postgres

import (
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations go under an advisory lock: of several processes that start at
// once, one brings the tables up and the others wait.
func (e *engine) Migrations() (goose.Dialect, fs.FS, []goose.ProviderOption, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return "", nil, nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return "", nil, nil, err
	}
	return goose.DialectPostgres, files, []goose.ProviderOption{goose.WithSessionLocker(locker)}, nil
}
