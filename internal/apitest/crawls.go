//go:build unix

package apitest

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/thalweg-data/thalweg/internal/pgtest"
)

// Warehouse is a database that integrations of a server crawl.
type Warehouse struct {
	Name               string
	host, port, reader string
	admin              string // DSN of the superuser
}

// NewWarehouse makes a database with a role that may read what the statements grant it; {reader} in them is its name.
func NewWarehouse(t testing.TB, statements ...string) *Warehouse {
	t.Helper()
	u, err := url.Parse(pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User("postgres")
	d := &Warehouse{host: u.Hostname(), port: u.Port(), Name: strings.TrimPrefix(u.Path, "/"), admin: u.String()}
	d.reader = "reader_of_" + d.Name
	d.Execute(t, "CREATE ROLE {reader} LOGIN")
	t.Cleanup(func() { d.Execute(t, "DROP OWNED BY {reader}", "DROP ROLE {reader}") })
	d.Execute(t, statements...)
	return d
}

// Execute runs statements as the superuser.
func (d *Warehouse) Execute(t testing.TB, statements ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, d.admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := conn.Exec(ctx, strings.ReplaceAll(s, "{reader}", d.reader)); err != nil {
			t.Fatalf("%.200s: %v", s, err)
		}
	}
	if err := conn.Close(ctx); err != nil {
		t.Error(err)
	}
}

// Credentials are those of an integration that crawls the database.
func (d *Warehouse) Credentials() string {
	return fmt.Sprintf(`{"host":%q,"port":%s,"database":%q,"user":%q,"password":"canary-pa55word"}`, d.host, d.port, d.Name, d.reader)
}
