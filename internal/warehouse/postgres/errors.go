package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// aboutTLS reports whether a connection failed because of how it was to be encrypted: a server without TLS, with a
// certificate that is not trusted, or one that takes no encrypted connections of this user.
func aboutTLS(err error) bool {
	return warehouse.Untrusting(err) || refusesTLS(err) || refusedUnder(err, "SSL on", "SSL encryption")
}

func refusesTLS(err error) bool {
	return err != nil && strings.Contains(err.Error(), "server refused TLS connection") // pgconn has no value for it
}

// refusedUnder reports whether the rules of the server (pg_hba.conf) refused a connection of this encryption.
func refusedUnder(err error, encryption ...string) bool {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "28000" {
		return false
	}
	for _, e := range encryption {
		if strings.Contains(refused.Message, e) {
			return true
		}
	}
	return false
}

func notAllowed(err error) bool { return errors.Is(err, outbound.ErrNotAllowed) }

// explanation is what an error of the server means.
type explanation struct {
	reason  warehouse.Reason
	message string
}

// explanations are by SQLSTATE.
func explanations(code string) (explanation, bool) {
	e, ok := map[string]explanation{
		"28P01": {warehouse.WrongLogin, "the server refused the user or the password"},
		"28000": {warehouse.WrongLogin, "the server does not let this user in"},
		"3D000": {warehouse.NoDatabase, "the server has no database of this name"},
		"42501": {warehouse.Denied, "the user lacks a permission"},
		"53300": {warehouse.Busy, "the server has no free connection; it is tried again at the next sync"},
		"57014": {warehouse.Timeout, "the server took too long to list a schema"},
		"55P03": {warehouse.Locked, "a table is locked, so its schema cannot be read now"},
		"57P01": {warehouse.Unavailable, "the server is shutting down"},
		"57P02": {warehouse.Unavailable, "the server has crashed and is coming up again"},
		"57P03": {warehouse.Unavailable, "the server is starting and takes no connections yet"},
	}[code]
	return e, ok
}

// explain returns an error that people can do something about: none of its texts has the password.
func explain(err error) error {
	var done *warehouse.Error
	var reply *pgconn.PgError
	switch {
	case err == nil, errors.As(err, &done), errors.Is(err, context.Canceled):
		return err
	case notAllowed(err):
		return &warehouse.Error{
			Reason: warehouse.NotAllowed, Err: err,
			Message: "the host is at an address that is not allowed; public addresses are, and what the operator allows with --outbound-allow",
		}
	case warehouse.Untrusting(err):
		return &warehouse.Error{
			Reason: warehouse.Untrusted, Err: err,
			Message: "the server's certificate is not trusted; set ca_certificate to the certificate of its authority",
		}
	case refusesTLS(err):
		return &warehouse.Error{
			Reason: warehouse.NoTLS, Err: err,
			Message: "the server has no TLS; connections without it are only made within networks that the operator allows with --outbound-allow",
		}
	case errors.As(err, &reply):
		return explainReply(reply, err)
	}
	return explainNetwork(err)
}

func explainReply(reply *pgconn.PgError, err error) error {
	known, ok := explanations(reply.Code)
	if !ok {
		known = explanation{warehouse.NotAWarehouse, "the server refused the query"}
		if reply.Severity == "FATAL" {
			known.message = "the server refused the connection"
		}
	}
	return &warehouse.Error{Reason: known.reason, Err: err, Message: known.message + " (" + warehouse.Printable(reply.Message) + ")"}
}

func explainNetwork(err error) error {
	var lookup *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return &warehouse.Error{Reason: warehouse.NoHost, Err: err, Message: "there is no host of this name"}
	case errors.As(err, &lookup), errors.As(err, &network), errors.Is(err, context.DeadlineExceeded), errors.Is(err, io.ErrUnexpectedEOF), isConnect(err):
		return &warehouse.Error{Reason: warehouse.Unavailable, Err: err, Message: "the server cannot be reached, or the connection broke off; check host, port and firewall"}
	}
	return &warehouse.Error{Reason: warehouse.NotAWarehouse, Err: err, Message: "the reply is not one of PostgreSQL; check host and port"}
}

func isConnect(err error) bool {
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || pgconn.SafeToRetry(err)
}
