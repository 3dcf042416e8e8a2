package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Codes of PostgreSQL, Appendix A of its manual.
const (
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
	codeLock          = "55P03" // lock_timeout passed
	codeDiskFull      = "53100"

	codeTooManyConnections = "53300"
	codeReadOnly           = "25006" // a standby, or an operator's command
	classConnection        = "08"
	classIntervention      = "57" // shut down, starting up, canceled by an operator
)

// Failed classifies an error of PostgreSQL. A transaction that was aborted to
// resolve a deadlock is retried. A lock that somebody holds, such as an operator, makes the store unavailable: it is
// none of a schema, which is what catalog.ErrBusy means.
func (e *engine) Failed(err error) (sentinel error, retry bool) {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		if away(err) {
			return catalog.ErrUnavailable, false
		}
		return nil, false
	}
	switch failure.Code {
	case codeSerialization, codeDeadlock:
		return catalog.ErrUnavailable, true
	case codeDiskFull:
		return catalog.ErrNoSpace, false
	case codeLock, codeTooManyConnections, codeReadOnly:
		return catalog.ErrUnavailable, false
	}
	if class := failure.Code[:min(2, len(failure.Code))]; class == classConnection || class == classIntervention {
		return catalog.ErrUnavailable, false
	}
	return nil, false
}

// away reports whether the connection failed: the server cannot be reached or went away.
// What the caller itself canceled is not one.
func away(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}
