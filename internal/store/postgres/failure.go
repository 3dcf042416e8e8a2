package postgres

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Codes of PostgreSQL, Appendix A of its manual.
const (
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
	codeLock          = "55P03" // lock_timeout passed
	codeDiskFull      = "53100"
)

// Failed judges an error of PostgreSQL. Two transactions that were untied by
// breaking off one of them are told to try again.
func (e *engine) Failed(err error) (sentinel error, retry bool) {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		return nil, false
	}
	switch failure.Code {
	case codeSerialization, codeDeadlock:
		return catalog.ErrBusy, true
	case codeLock:
		return catalog.ErrBusy, false
	case codeDiskFull:
		return catalog.ErrNoSpace, false
	}
	return nil, false
}
