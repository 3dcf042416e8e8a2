package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// standbyTimeout is how long a standby may take to accept a connection: the database itself answers meanwhile.
const standbyTimeout = 2 * time.Second

// OpenWithStandby is Open, with a standby that answers reads of versions. It is connected to when it is asked
// something, and not before: a standby that is away keeps nobody from starting.
func OpenWithStandby(ctx context.Context, url, standbyURL string, o Options, note func(store.StandbyRead, error)) (*store.WithStandby, error) {
	config, err := pgx.ParseConfig(standbyURL)
	if err != nil {
		// Its text may hold the password.
		return nil, fmt.Errorf("database_read_url: want postgres://user:password@host:port/database: %w", catalog.ErrInvalid)
	}
	primary, now, err := open(ctx, url, o)
	if err != nil {
		return nil, err
	}
	return store.NewWithStandby(store.New(primary, now), store.New(newStandby(config, primary.role), now), note), nil
}

func newStandby(config *pgx.ConnConfig, role string) *engine {
	setLimits(config)
	config.ConnectTimeout = standbyTimeout
	dialer := &net.Dialer{Timeout: standbyTimeout, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: time.Second, Count: 3}}
	config.DialFunc = dialer.DialContext
	e := &engine{config: config, standby: true, role: role}
	e.listening, e.stop = context.WithCancel(context.Background())
	e.reader = pool(*config, readers, readerParams(role))
	e.writer = e.reader // it refuses to write
	return e
}

// versions is the key, among what is known of a connection, of the versions that its server has.
const versions = "thalweg.versions"

type schemaKey struct {
	ws     int64
	schema catalog.SchemaID
}

// mustHave returns store.ErrBehind if the server of a connection does not have a version of a schema. What one server
// has been found to have is known of its connections alone: an address may lead to several standbys.
func mustHave(ctx context.Context, conn *pgx.Conn, f store.Fresh) error {
	if f.Version == 0 {
		return nil
	}
	custom := conn.PgConn().CustomData()
	known, _ := custom[versions].(map[schemaKey]int64)
	key := schemaKey{f.WS, f.Schema}
	if known[key] >= f.Version {
		return nil
	}
	var has int64
	err := conn.QueryRow(ctx, `SELECT version FROM schemas WHERE ws = $1 AND id = $2`, f.WS, int64(f.Schema)).Scan(&has)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if has < f.Version {
		return store.ErrBehind
	}
	if known == nil {
		known = map[schemaKey]int64{}
		custom[versions] = known
	}
	known[key] = has
	return nil
}
