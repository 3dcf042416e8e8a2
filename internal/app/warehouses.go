package app

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/syncing"
	"github.com/thalweg-data/thalweg/internal/warehouse"
	"github.com/thalweg-data/thalweg/internal/warehouse/postgres"
)

// warehouseReplies bounds what a crawl reads of a warehouse, in bytes: some 100 tables for each MB.
const warehouseReplies = 8 << 30

// warehouses opens the implementations of warehouses.
type warehouses struct{ policy outbound.Policy }

// NewWarehouses returns what opens warehouses, at addresses that the policy allows.
func NewWarehouses(policy outbound.Policy) syncing.Warehouses { return warehouses{policy} }

// Open implements syncing.Warehouses.
func (w warehouses) Open(ctx context.Context, s syncing.Settings, credential string) (warehouse.Warehouse, error) {
	return postgres.Open(ctx, postgres.Options{
		Host: s.Host, Port: uint16(s.Port), Database: s.Database, User: s.User, Password: credential,
		CertificateAuthority: s.CACertificate, Verify: s.TLS == syncing.TLSVerify,
		Dial: w.policy.Dial, Plain: w.policy.DialPlain, Replies: warehouseReplies,
	})
}
