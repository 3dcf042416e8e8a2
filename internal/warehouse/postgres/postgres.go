// Package postgres reads the structure of a PostgreSQL database from its system catalogs.
//
// It connects with what is passed to it and nothing else: no file, service or option of the environment is taken over.
// Each query is a read-only transaction of its own, in the form that poolers pass on.
package postgres

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Platform is the name of PostgreSQL's adapter in dbt.
const Platform = "postgres"

// Dial connects to an address of TCP.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Options name a database and how it is reached.
type Options struct {
	Host                     string
	Port                     uint16
	Database, User, Password string
	// CertificateAuthority is PEM; "" trusts what the system trusts.
	CertificateAuthority string
	// Verify demands TLS with a certificate that is trusted, wherever the server is.
	Verify bool

	// Dial is used with a certificate that is trusted, Plain without one. Both refuse what the operator does not allow.
	Dial, Plain Dial
	// Lookup finds the addresses of a host; nil asks the system.
	Lookup func(ctx context.Context, host string) ([]string, error)
	// Replies bounds what the server sends over a connection, in bytes.
	Replies int64
	// LockTime ends a query that waits for a lock; 0 = 10 s.
	LockTime time.Duration
}

const (
	connectTime = 20 * time.Second
	// maxMessage bounds one row. The longest column lists and definitions are some MB.
	maxMessage = 64 << 20
	// queryTime and lockTime end queries at the server; lockTime unless Options have another.
	queryTime = 5 * time.Minute
	lockTime  = 10 * time.Second
	// oldest is the first version whose catalogs have all that is read.
	oldest = 12
)

// Database is a connection to a database.
type Database struct {
	conn    *pgconn.PgConn
	begins  string // a transaction that can only read
	name    string
	version string
	major   int
}

// Open connects. In networks where connections without TLS are allowed, encryption is used if the server offers it, as
// libpq does by default; elsewhere a certificate that is trusted is required.
func Open(ctx context.Context, o Options) (*Database, error) {
	conn, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	d := &Database{conn: conn, begins: beginning + fmt.Sprintf("; SET LOCAL lock_timeout = %d", cmp.Or(o.LockTime, lockTime).Milliseconds())}
	if err := d.identify(ctx); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return d, nil
}

// connect tries the ways to connect, the safest first. The next one is tried only where TLS is what failed.
func connect(ctx context.Context, o Options) (*pgconn.PgConn, error) {
	roots, err := o.roots()
	if err != nil {
		return nil, err
	}
	conn, first := o.connect(ctx, o.Dial, &tls.Config{ServerName: o.Host, RootCAs: roots, MinVersion: tls.VersionTLS12})
	if first == nil || o.Verify || !aboutTLS(first) {
		return conn, explain(first)
	}
	// The dialer of these refuses all but the networks that the operator allowed.
	trusting := &tls.Config{ServerName: o.Host, MinVersion: tls.VersionTLS12}
	trusting.InsecureSkipVerify = true // see Plain
	conn, err = o.connect(ctx, o.Plain, trusting)
	if err != nil && aboutTLS(err) {
		conn, err = o.connect(ctx, o.Plain, nil)
	}
	if notAllowed(err) {
		return nil, explain(first)
	}
	return conn, explain(err)
}

func (o Options) roots() (*x509.CertPool, error) {
	if o.CertificateAuthority == "" {
		return nil, nil
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(o.CertificateAuthority)) {
		return nil, &warehouse.Error{Reason: warehouse.Untrusted, Message: "the certificate authority is not a certificate in PEM form"}
	}
	return roots, nil
}

func (o Options) connect(ctx context.Context, dial Dial, encryption *tls.Config) (*pgconn.PgConn, error) {
	// Everything that could come from the environment is overwritten.
	config, err := pgconn.ParseConfig("host=localhost user=nobody dbname=none sslmode=disable passfile=/dev/null target_session_attrs=any")
	if err != nil {
		return nil, fmt.Errorf("settings of PostgreSQL in the environment: %w", err)
	}
	config.Host, config.Port, config.Database, config.User, config.Password = o.Host, o.Port, o.Database, o.User, o.Password
	config.TLSConfig, config.Fallbacks, config.SSLNegotiation, config.SSLCertMode = encryption, nil, "", ""
	config.RuntimeParams = map[string]string{"application_name": "thalweg", "client_encoding": "UTF8"}
	config.RequireAuth, config.KerberosSrvName, config.KerberosSpn = "", "", ""
	config.ConnectTimeout = connectTime
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &limited{conn, o.Replies}, nil
	}
	if o.Lookup != nil {
		config.LookupFunc = o.Lookup
	}
	build := config.BuildFrontend
	config.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		f := build(r, w)
		f.SetMaxBodyLen(maxMessage)
		return f
	}
	return pgconn.ConnectConfig(ctx, config)
}

// identify reads what the server is.
func (d *Database) identify(ctx context.Context) error {
	for row, err := range d.rows(ctx, `SELECT current_database(), current_setting('server_version'), current_setting('server_version_num')`) {
		if err != nil {
			return err
		}
		number, err := strconv.Atoi(text(row, 2))
		if err != nil {
			return &warehouse.Error{Reason: warehouse.NotAWarehouse, Message: "the server does not state its version as PostgreSQL does"}
		}
		d.name, d.version, d.major = text(row, 0), "PostgreSQL "+text(row, 1), number/10_000
	}
	if d.major < oldest {
		return &warehouse.Error{Reason: warehouse.TooOld, Message: fmt.Sprintf("the server is %s; PostgreSQL %d or newer is read", d.version, oldest)}
	}
	return nil
}

// Platform implements warehouse.Warehouse.
func (d *Database) Platform() string { return Platform }

// Version implements warehouse.Warehouse.
func (d *Database) Version() string { return d.version }

// Close implements warehouse.Warehouse.
func (d *Database) Close(ctx context.Context) error { return d.conn.Close(ctx) }

// rows makes a query and returns its rows, whose values are text; nil is NULL. They are valid until the next row.
func (d *Database) rows(ctx context.Context, query string, args ...string) iter.Seq2[[][]byte, error] {
	return func(yield func([][]byte, error) bool) {
		if err := d.begin(ctx); err != nil {
			yield(nil, explain(err))
			return
		}
		params := make([][]byte, len(args))
		for n, a := range args {
			params[n] = []byte(a)
		}
		reader := d.conn.ExecParams(ctx, query, params, nil, nil, nil)
		for reader.NextRow() {
			if !yield(reader.Values(), nil) {
				_, err := reader.Close()
				_ = errors.Join(err, d.end(ctx)) // the caller has an error of its own
				return
			}
		}
		_, err := reader.Close()
		if ended := d.end(ctx); err == nil {
			err = ended
		}
		if err != nil {
			yield(nil, explain(err))
		}
	}
}

// beginning begins a transaction that can only read. Names are written with their schemas: none is searched.
//
//nolint:gochecknoglobals // constant
var beginning = fmt.Sprintf("BEGIN READ ONLY; SET LOCAL search_path = ''; SET LOCAL statement_timeout = %d", queryTime.Milliseconds())

func (d *Database) begin(ctx context.Context) error { return d.conn.Exec(ctx, d.begins).Close() }

func (d *Database) end(ctx context.Context) error { return d.conn.Exec(ctx, "ROLLBACK").Close() }

// text returns a value of a row; "" for NULL.
func text(row [][]byte, n int) string { return string(row[n]) }
