package syncing_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/postgres"
	"github.com/thalweg-data/thalweg/internal/syncing"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// A thousand integrations are due in the same minute, and two processes look: each gets one sync.
func TestManyAreDueAtOnce(t *testing.T) {
	if os.Getenv("SKIP_POSTGRES") != "" {
		t.Skip("SKIPPED: SKIP_POSTGRES is set")
	}
	const integrations = 1000
	dsn := pgtest.New(t)
	var stores []*store.Store
	for range 2 {
		s, err := postgres.Open(t.Context(), dsn, postgres.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		stores = append(stores, s)
	}
	s := stores[0]
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	schema, err := s.CreateSchema(t.Context(), catalog.DefaultWorkspace, "shop", "", store.By{})
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.NewIDs(t.Context(), catalog.PrefixIntegration, integrations)
	if err != nil {
		t.Fatal(err)
	}
	due := time.Now().Add(-time.Second)
	for n := range int64(integrations) {
		if _, err := s.CreateIntegration(t.Context(), catalog.DefaultWorkspace, store.Integration{
			ID: first + n, UUID: fmt.Sprint(n), Name: fmt.Sprint(n), Kind: syncing.KindDBTCore, Schema: schema.ID, Settings: []byte(`{}`), Enabled: true,
			Cron: "0 0 * * *", NextAt: due,
		}, nil, store.By{}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	began := time.Now()
	for _, of := range stores {
		work.Go(func() {
			_ = (&syncing.Scheduler{Store: of, Random: rand.Reader, Below: mathrand.Int64N, Log: slog.New(slog.DiscardHandler)}).Run(ctx)
		})
	}
	defer func() { stop(); work.Wait() }()
	length := func() int64 {
		n, _, err := s.QueueLength(t.Context(), store.KindSync)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for end := time.Now().Add(time.Minute); length() < integrations; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d of %d syncs were started", length(), integrations)
		}
	}
	t.Logf("%d syncs were started within %v", integrations, time.Since(began))
	time.Sleep(100 * time.Millisecond)
	if n := length(); n != integrations {
		t.Errorf("%d syncs, want one of each of %d integrations", n, integrations)
	}
	for n := range int64(integrations) {
		syncs, err := s.Syncs(t.Context(), catalog.DefaultWorkspace, first+n, store.Page{Limit: 10})
		if err != nil || len(syncs.Rows) != 1 || syncs.Rows[0].Reason != store.SyncSchedule {
			t.Fatalf("%d syncs of one integration, %v", len(syncs.Rows), err)
		}
	}
}
