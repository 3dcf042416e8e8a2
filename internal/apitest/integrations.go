package apitest

import (
	"context"
	"time"

	"github.com/thalweg-data/thalweg/internal/app"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/crawling"
	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/syncing"
)

func (s *Server) integrations(o Options) *syncing.Registry {
	policy := outbound.Policy{Allow: o.OutboundAllow}
	client := policy.Client(outbound.ClientOptions{Reply: 1 << 30})
	client.Transport = localOnly{client.Transport}
	return &syncing.Registry{
		Store: s.Store, Secrets: s.Secrets, Policy: policy, Resolver: hosts{}, Random: o.Random, Now: o.Now, HTTP: client, Buckets: app.NewBuckets(policy), Warehouses: app.NewWarehouses(policy), Origins: s.pipeline(o), Reviser: s.reviser(o),
		Client: func(b bucket.Bucket) bucket.Client {
			return bucket.Client{
				Bucket: b, Limits: bucket.Limits{Keys: 10_000, Pages: 100, Object: 1 << 30}, Attempts: 8,
				Pause: func(ctx context.Context, _ int) error { return ctx.Err() },
			}
		},
	}
}

func (s *Server) syncer(o Options) *syncing.Syncer {
	return &syncing.Syncer{
		Store: s.Store, Registry: s.Integrations, Crawler: &crawling.Crawler{Reviser: s.reviser(o), Prints: s.Store, Now: o.CrawlNow}, Blobs: func(int64) blob.Store { return s.Blobs }, Now: o.Now, Poll: 10 * time.Millisecond,
	}
}
