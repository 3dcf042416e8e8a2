//go:build unix

package postgres_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/warehouse"
	"github.com/thalweg-data/thalweg/internal/warehouse/postgres"
)

const canary = "canary-pa55word"

// allowing returns options whose connections the policy of an operator decides about.
func allowing(o postgres.Options, networks ...string) postgres.Options {
	var p outbound.Policy
	for _, n := range networks {
		p.Allow = append(p.Allow, netip.MustParsePrefix(n))
	}
	o.Dial, o.Plain = p.Dial, p.DialPlain
	return o
}

// wantReason connects and checks why that failed; "" if it must not fail.
func wantReason(t *testing.T, what string, o postgres.Options, want warehouse.Reason) {
	t.Helper()
	db, err := postgres.Open(t.Context(), o)
	if got := warehouse.ReasonOf(err); got != want || (err == nil) != (want == "") {
		t.Errorf("%s: %v, want the reason %q", what, err, want)
	}
	if err != nil && strings.Contains(err.Error(), canary) {
		t.Errorf("%s: the error has the password: %v", what, err)
	}
	if err == nil {
		if err := db.Close(t.Context()); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// The server decides by its pg_hba.conf, with passwords and certificates as in production.
func TestConnections(t *testing.T) {
	if os.Getenv("SKIP_POSTGRES") == "1" {
		t.Skip("SKIPPED: SKIP_POSTGRES=1")
	}
	folder, err := os.MkdirTemp("/dev/shm", "warehouse-*")
	if err != nil {
		folder = t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	cluster, err := pgtest.Start(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Stop() })
	if err := cluster.CreateDatabase(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	o := allowing(optionsOf(t, cluster.DSN("shop")), "127.0.0.0/8", "::1/128")
	execute(t, o, `CREATE ROLE reader LOGIN PASSWORD '`+canary+`'`, `CREATE ROLE locked LOGIN PASSWORD '`+canary+`' CONNECTION LIMIT 0`, `REVOKE CONNECT ON DATABASE shop FROM PUBLIC`,
		`GRANT CONNECT ON DATABASE shop TO reader, locked`, `CREATE ROLE stranger LOGIN PASSWORD '`+canary+`'`)
	data := filepath.Join(folder, "data")
	rules := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte("host all postgres 127.0.0.1/32 trust\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		execute(t, o, `SELECT pg_reload_conf()`)
		time.Sleep(300 * time.Millisecond) // the postmaster reads it on a signal
	}
	o.User, o.Password = "reader", canary
	with := func(change func(*postgres.Options)) postgres.Options {
		c := o
		change(&c)
		return c
	}

	rules("host all all 127.0.0.1/32 scram-sha-256\n")
	wantReason(t, "right", o, "")
	wantReason(t, "wrong password", with(func(o *postgres.Options) { o.Password = "other" }), warehouse.WrongLogin)
	wantReason(t, "no such user", with(func(o *postgres.Options) { o.User = "nobody" }), warehouse.WrongLogin)
	wantReason(t, "no such database", with(func(o *postgres.Options) { o.Database = "none" }), warehouse.NoDatabase)
	wantReason(t, "no CONNECT", with(func(o *postgres.Options) { o.User = "stranger" }), warehouse.Denied)
	wantReason(t, "no connection left", with(func(o *postgres.Options) { o.User = "locked" }), warehouse.Busy)
	wantReason(t, "no TLS, but verified", with(func(o *postgres.Options) { o.Verify = true }), warehouse.NoTLS)
	wantReason(t, "not allowed", allowing(o), warehouse.NotAllowed)
	wantReason(t, "not a certificate", with(func(o *postgres.Options) { o.CertificateAuthority = "x" }), warehouse.Untrusted)
	wantReason(t, "no server", with(func(o *postgres.Options) { o.Port = 1 }), warehouse.Unavailable)
	wantReason(t, "no host", with(func(o *postgres.Options) {
		o.Lookup = func(context.Context, string) ([]string, error) {
			return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
		}
	}), warehouse.NoHost)
	// The name had another address when it was checked: the dialer decides.
	wantReason(t, "rebound", with(func(o *postgres.Options) {
		o.Host, o.Lookup = "warehouse.example.com", func(context.Context, string) ([]string, error) { return []string{"169.254.169.254"}, nil }
	}), warehouse.NotAllowed)

	authority := certify(t, data)
	execute(t, o, `ALTER SYSTEM SET ssl = on`)
	rules("hostssl all all 127.0.0.1/32 scram-sha-256\n")
	wantReason(t, "encrypted, in an allowed network", o, "")
	wantReason(t, "certificate of nobody", with(func(o *postgres.Options) { o.Verify = true }), warehouse.Untrusted)
	wantReason(t, "certificate of the authority", with(func(o *postgres.Options) { o.Verify, o.CertificateAuthority = true, authority }), "")
	rules("hostnossl all all 127.0.0.1/32 scram-sha-256\n")
	wantReason(t, "only without encryption", o, "")
	rules("host all all 127.0.0.1/32 password\n")
	wantReason(t, "password", o, "")
}

// certify gives the server a certificate for 127.0.0.1 and returns that of its authority.
func certify(t *testing.T, data string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	of, err := os.Stat(data)
	if err != nil {
		t.Fatal(err)
	}
	owner := of.Sys().(*syscall.Stat_t)
	for name, text := range map[string][]byte{"server.crt": certificate, "server.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		path := filepath.Join(data, name)
		if err := errors.Join(os.WriteFile(path, text, 0o600), os.Chown(path, int(owner.Uid), int(owner.Gid))); err != nil {
			t.Fatal(err)
		}
	}
	return string(certificate)
}

// Servers that are not PostgreSQL, break off, or send more than is read.
func TestStrangeServers(t *testing.T) {
	auth := "R\x00\x00\x00\x08\x00\x00\x00\x00Z\x00\x00\x00\x05I"
	for name, test := range map[string]struct {
		reply string // after N, which refuses TLS
		want  warehouse.Reason
	}{
		"breaks off":        {"", warehouse.Unavailable},
		"another program":   {"HTTP/1.1 400 Bad Request\r\n\r\n", warehouse.Unavailable},
		"long message":      {"R\x7f\xff\xff\xff", warehouse.Unavailable},
		"error with secret": {"E\x00\x00\x00\x31SFATAL\x00C99999\x00Mgo " + strings.Repeat("a", 25) + "\x00\x00", warehouse.NotAWarehouse},
		"no reply to query": {auth, warehouse.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					go serveStrangely(conn, test.reply)
				}
			}()
			_, port, _ := net.SplitHostPort(l.Addr().String())
			n, err := strconv.ParseUint(port, 10, 16)
			if err != nil {
				t.Fatal(err)
			}
			o := allowing(postgres.Options{Host: "127.0.0.1", Port: uint16(n), Database: "x", User: "x", Password: canary, Replies: 1 << 20}, "127.0.0.0/8")
			_, err = postgres.Open(t.Context(), o)
			if err == nil || warehouse.ReasonOf(err) == "" || strings.Contains(err.Error(), canary) {
				t.Errorf("%v, want the reason %q", err, test.want)
			} else if got := warehouse.ReasonOf(err); got != test.want {
				t.Errorf("%v: reason %q, want %q", err, got, test.want)
			}
		})
	}
}

// serveStrangely refuses TLS, reads the start message, replies and ends.
func serveStrangely(conn net.Conn, reply string) {
	defer conn.Close()
	head := make([]byte, 8)
	for {
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		if string(head[4:]) == "\x04\xd2\x16\x2f" { // asks for TLS
			if _, err := conn.Write([]byte{'N'}); err != nil {
				return
			}
			continue
		}
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = conn.Write([]byte(reply))
		return
	}
}

// A server that sends rows without end is cut off.
func TestRepliesAreBounded(t *testing.T) {
	o := optionsOf(t, pgtest.New(t))
	execute(t, o, `CREATE TABLE public.t (id integer)`, `DO $$ BEGIN FOR n IN 1..200 LOOP EXECUTE format('CREATE TABLE public.t%s (LIKE public.t)', n); END LOOP; END $$`)
	o.Replies = 20 << 10
	db, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, err = range db.Tables(t.Context(), warehouse.Schema{Database: o.Database, Name: "public"}) {
	}
	if warehouse.ReasonOf(err) != warehouse.TooLarge {
		t.Errorf("%v", err)
	}
}

// A locked table fails its schema with a reason, and the connection stays usable.
func TestLockedTable(t *testing.T) {
	o := optionsOf(t, pgtest.New(t))
	o.LockTime = 50 * time.Millisecond
	execute(t, o, `CREATE TABLE public.t (id integer)`, `CREATE VIEW public.v AS SELECT id FROM public.t`, `CREATE SCHEMA other`, `CREATE TABLE other.u (id integer)`)
	db := open(t, o)
	holder, err := pgx.Connect(t.Context(), fmt.Sprintf("host=%s port=%d dbname=%s user=postgres sslmode=disable", o.Host, o.Port, o.Database))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = holder.Close(context.Background()) })
	for _, s := range []string{"BEGIN", "LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE"} {
		if _, err := holder.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	for _, err = range db.Tables(t.Context(), warehouse.Schema{Database: o.Database, Name: "public"}) {
	}
	if warehouse.ReasonOf(err) != warehouse.Locked {
		t.Errorf("%v", err)
	}
	if got := tablesOf(t, db, warehouse.Schema{Database: o.Database, Name: "other"}); len(got) != 1 {
		t.Errorf("%d tables", len(got))
	}
}
