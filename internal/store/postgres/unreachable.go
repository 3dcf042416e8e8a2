package postgres

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// unreachable explains why a database could not be opened, without the address, which may hold a password.
func unreachable(config *pgx.ConnConfig, err error) error {
	where := fmt.Sprintf("database %s on %s", config.Database, config.Host)
	var answered *pgconn.PgError
	var unknown *net.DNSError
	switch {
	case errors.As(err, &answered) && (answered.Code == "28P01" || answered.Code == "28000"):
		return fmt.Errorf("%s: the user %s is refused; check user and password in database_url: %w", where, config.User, catalog.ErrForbidden)
	case errors.As(err, &answered) && answered.Code == "3D000":
		return fmt.Errorf("%s: there is no such database; create it first: %w", where, catalog.ErrNotFound)
	case errors.As(err, &answered):
		return fmt.Errorf("%s: %s", where, answered.Message)
	case errors.As(err, &unknown):
		return fmt.Errorf("%s: the name of the host is unknown; check database_url: %w", where, catalog.ErrUnavailable)
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return fmt.Errorf("%s: no PostgreSQL answers on port %d; is it running? check database_url: %w", where, config.Port, catalog.ErrUnavailable)
	}
	return fmt.Errorf("%s: %w", where, err)
}
