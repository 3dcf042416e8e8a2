package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/bucket/azure"
	buckets3 "github.com/thalweg-data/thalweg/internal/bucket/s3"
	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/syncing"
)

// Limits of what is read of a user's bucket.
const (
	bucketKeys     = 100_000
	bucketPages    = 1_000
	bucketAttempts = 6
	pauseFirst     = 500 * time.Millisecond
	pauseLongest   = 20 * time.Second
	// importPoll is how often a sync looks whether its imports have ended.
	importPoll = 250 * time.Millisecond
)

// newIntegrations returns what keeps integrations and what runs their syncs.
func (a *App) newIntegrations() (*syncing.Registry, *syncing.Syncer) {
	policy := a.outbound()
	client := policy.Client(outbound.ClientOptions{Reply: int64(a.Config.Limits.Request)})
	registry := &syncing.Registry{
		Store: a.Store, Secrets: a.Secrets, Policy: policy, Resolver: net.DefaultResolver, Random: rand.Reader, Now: a.now, HTTP: client,
		Buckets: NewBuckets(policy), Warehouses: NewWarehouses(policy), Origins: a.Pipeline, Reviser: a.reviser, Coalesce: syncing.Coalesce,
		Client: func(b bucket.Bucket) bucket.Client {
			return bucket.Client{
				Bucket: b, Limits: bucket.Limits{Keys: bucketKeys, Pages: bucketPages, Object: int64(a.Config.Limits.Request)},
				Attempts: bucketAttempts, Pause: bucket.Backoff(pauseFirst, pauseLongest, mathrand.Int64N),
			}
		},
	}
	return registry, &syncing.Syncer{Store: a.Store, Registry: registry, Blobs: a.blobsOf, Now: a.now, Poll: importPoll}
}

// scheduler starts the syncs of integrations whose time has come.
func (a *App) scheduler() *syncing.Scheduler {
	return &syncing.Scheduler{Store: a.Store, Random: rand.Reader, Below: mathrand.Int64N, Log: a.log}
}

// buckets opens the implementations of buckets. The server's own AWS identity is looked up when a role first needs it.
type buckets struct {
	policy outbound.Policy

	mu       sync.Mutex
	operator *buckets3.Operator
}

// NewBuckets returns what opens buckets, at addresses that the policy allows.
func NewBuckets(policy outbound.Policy) syncing.Buckets { return &buckets{policy: policy} }

// S3 implements syncing.Buckets.
func (b *buckets) S3(o syncing.S3) bucket.Bucket {
	return buckets3.New(buckets3.Options{
		Name: o.Bucket, Region: o.Region, Endpoint: o.Endpoint, HTTP: o.HTTP,
		Credentials: credentials.NewStaticCredentialsProvider(o.AccessKeyID, o.SecretAccessKey, ""),
	})
}

// Role implements syncing.Buckets.
func (b *buckets) Role(ctx context.Context, o syncing.S3, arn, externalID, prefix string) (bucket.Bucket, error) {
	if externalID == "" {
		return nil, errors.New("an integration without an external id cannot have a role")
	}
	operator, err := b.identity(ctx)
	if err != nil {
		return nil, err
	}
	role := buckets3.Role{ARN: arn, ExternalID: externalID, Region: o.Region, Bucket: o.Bucket, Prefix: prefix}
	if err := operator.CheckExternalID(ctx, role); err != nil {
		return nil, err
	}
	session, err := operator.Credentials(role)
	if err != nil {
		return nil, err
	}
	return buckets3.New(buckets3.Options{Name: o.Bucket, Region: o.Region, Endpoint: o.Endpoint, HTTP: o.HTTP, Credentials: session}), nil
}

// Azure implements syncing.Buckets.
func (b *buckets) Azure(connection, container string, client *http.Client) (bucket.Bucket, error) {
	// It was checked when it was set; where it goes to is checked by the dialer.
	c, err := azure.ParseConnection(connection, func(string) error { return nil })
	if err != nil {
		return nil, fmt.Errorf("connection string: %w", err)
	}
	return azure.New(c, container, client)
}

// CheckConnection implements syncing.Buckets.
func (b *buckets) CheckConnection(ctx context.Context, connection, account string) error {
	c, err := azure.ParseConnection(connection, func(address string) error { return b.policy.CheckExtra(ctx, net.DefaultResolver, address) })
	if err == nil && account != "" && account != c.Account {
		err = fmt.Errorf("it is of the storage account %q, not of %q", c.Account, account)
	}
	return err
}

// Policies implements syncing.Buckets.
func (b *buckets) Policies(ctx context.Context, region, name, prefix, externalID string) (account, trust, permission string, err error) {
	operator, err := b.identity(ctx)
	if err != nil {
		return "", "", "", err
	}
	if account, _, err = operator.Account(ctx); err != nil {
		return "", "", "", err
	}
	if trust, err = buckets3.TrustPolicy(region, account, externalID); err != nil {
		return "", "", "", err
	}
	permission, err = buckets3.PermissionPolicy(region, name, prefix)
	return account, trust, permission, err
}

func (b *buckets) identity(ctx context.Context) (*buckets3.Operator, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.operator != nil {
		return b.operator, nil
	}
	// Its credentials outlive the request that first needs them.
	operator, err := buckets3.NewOperator(context.WithoutCancel(ctx), buckets3.OperatorOptions{})
	if err == nil {
		b.operator = operator
	}
	return operator, err
}
