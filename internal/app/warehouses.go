package app

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"time"

	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/syncing"
	"github.com/thalweg-data/thalweg/internal/warehouse"
	"github.com/thalweg-data/thalweg/internal/warehouse/bigquery"
	"github.com/thalweg-data/thalweg/internal/warehouse/postgres"
	"github.com/thalweg-data/thalweg/internal/warehouse/snowflake"
)

const (
	// warehouseReplies bounds what a crawl reads of a warehouse, in bytes: some 100 tables for each MB.
	warehouseReplies = 8 << 30
	// warehouseReply bounds one reply over HTTP, in bytes.
	warehouseReply = 256 << 20
	// warehouseRequest is how long one request over HTTP may take. Those of a statement are answered within a minute,
	// whether it has ended or not.
	warehouseRequest = 2 * time.Minute
)

// warehouses opens the implementations of warehouses.
type warehouses struct{ policy outbound.Policy }

// NewWarehouses returns what opens warehouses, at addresses that the policy allows.
func NewWarehouses(policy outbound.Policy) syncing.Warehouses { return warehouses{policy} }

// Open implements syncing.Warehouses.
func (w warehouses) Open(ctx context.Context, s syncing.Settings, credential string) (warehouse.Warehouse, error) {
	switch s.Kind {
	case syncing.KindPostgres:
		return postgres.Open(ctx, w.postgres(s, credential))
	case syncing.KindRedshift:
		return postgres.OpenRedshift(ctx, w.postgres(s, credential))
	case syncing.KindBigQuery:
		client, err := w.client(s)
		if err != nil {
			return nil, err
		}
		return bigquery.Open(bigquery.Options{
			Project: s.Project, Dataset: s.Dataset, ServiceAccount: credential,
			Host: s.Host, Port: s.Port, Client: client, Replies: warehouseReplies, Now: time.Now,
		})
	case syncing.KindSnowflake:
		client, err := w.client(s)
		if err != nil {
			return nil, err
		}
		return snowflake.Open(ctx, snowflake.Options{
			Account: s.Account, User: s.User, PrivateKey: credential, Warehouse: s.Warehouse, Role: s.Role, Database: s.Database,
			Host: s.Host, Port: s.Port, Client: client, Replies: warehouseReplies, Now: time.Now,
		})
	}
	return nil, fmt.Errorf("warehouse of the kind %q", s.Kind)
}

func (w warehouses) postgres(s syncing.Settings, credential string) postgres.Options {
	return postgres.Options{
		Host: s.Host, Port: uint16(s.Port), Database: s.Database, User: s.User, Password: credential,
		CertificateAuthority: s.CACertificate, Verify: s.TLS == syncing.TLSVerify,
		Dial: w.policy.Dial, Plain: w.policy.DialPlain, Replies: warehouseReplies,
	}
}

// client returns a client of a warehouse that is read over HTTPS.
func (w warehouses) client(s syncing.Settings) (*http.Client, error) {
	o := outbound.ClientOptions{Timeout: warehouseRequest, Reply: warehouseReply}
	if s.CACertificate != "" {
		o.Roots = x509.NewCertPool()
		if !o.Roots.AppendCertsFromPEM([]byte(s.CACertificate)) {
			return nil, &warehouse.Error{Reason: warehouse.Untrusted, Message: "the certificate authority is not a certificate in PEM form"}
		}
	}
	return w.policy.Client(o), nil
}

// CheckCredential implements syncing.Warehouses.
func (w warehouses) CheckCredential(s syncing.Settings, credential string) error {
	var err error
	switch s.Kind {
	case syncing.KindSnowflake:
		_, err = warehouse.ReadKey(credential)
	case syncing.KindBigQuery:
		_, err = warehouse.ReadServiceAccount(credential)
	}
	return err
}
