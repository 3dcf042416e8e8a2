// Package snowflake reads the structure of databases of Snowflake from their information schemas.
//
// It speaks the SQL REST API with a key pair: Snowflake's driver for Go is larger than this whole program. Each
// statement only reads, and names what it reads in full, so nothing depends on a session.
package snowflake

import (
	"context"
	"crypto/rsa"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Platform is the name of Snowflake's adapter in dbt.
const Platform = "snowflake"

// Options name an account and how it is reached. Names are as SQL has them: without double quotes they are folded to
// capitals.
type Options struct {
	Account, User string
	PrivateKey    string // PEM, without a passphrase
	Warehouse     string // that computes the queries; "" is the user's default
	Role          string // "" is the user's default
	Database      string // "" reads all that the role sees

	// Host and Port are set where the account is not at its usual address.
	Host string
	Port int

	Client *http.Client
	// Replies bounds what is read over the connection, in bytes.
	Replies int64
	Now     func() time.Time
	// Pause is the first pause before something is asked again; 0 = one second.
	Pause time.Duration
}

// Account is a connection to an account.
type Account struct {
	rest    warehouse.REST
	options Options
	key     *rsa.PrivateKey
	base    url.URL
	version string

	token   string
	renewal time.Time // when the token is renewed
}

// hostOf returns the usual host of an account. Names of hosts have no underscore.
func hostOf(account string) string {
	return strings.ToLower(strings.ReplaceAll(account, "_", "-")) + ".snowflakecomputing.com"
}

// Open connects and finds out the version.
func Open(ctx context.Context, o Options) (*Account, error) {
	key, err := warehouse.ReadKey(o.PrivateKey)
	if err != nil {
		return nil, &warehouse.Error{Reason: warehouse.WrongLogin, Message: err.Error()}
	}
	host := o.Host
	if host == "" {
		host = hostOf(o.Account)
	}
	if o.Port != 0 && o.Port != 443 {
		host += ":" + strconv.Itoa(o.Port)
	}
	a := &Account{
		rest:    warehouse.REST{Client: o.Client, Left: o.Replies, Pause: o.Pause},
		options: o, key: key, base: url.URL{Scheme: "https", Host: host, Path: "/api/v2/statements"},
	}
	for r, err := range a.rows(ctx, "SELECT CURRENT_VERSION() AS VERSION") {
		if err != nil {
			return nil, err
		}
		a.version = "Snowflake " + warehouse.Printable(r.text("VERSION"))
	}
	return a, nil
}

// Platform implements warehouse.Warehouse.
func (a *Account) Platform() string { return Platform }

// Version implements warehouse.Warehouse.
func (a *Account) Version() string { return a.version }

// Close implements warehouse.Warehouse. Connections that are not used close by themselves.
func (a *Account) Close(context.Context) error { return nil }
