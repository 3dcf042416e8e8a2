package syncing

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Scheduler starts the syncs whose time has come. Of several processes one starts each.
type Scheduler struct {
	Store  *store.Store
	Random io.Reader
	// Below returns a random number under n: syncs that are due at the same time begin at different ones.
	Below func(n int64) int64
	Log   *slog.Logger
}

const (
	// scheduleEvery is how often schedules are looked at; those of cron have minutes.
	scheduleEvery = 10 * time.Second
	// spread is within what time syncs begin that are due at the same time.
	spread = time.Minute
	// patience is after how many failures in a row an integration is tried at most once an hour.
	patience = 3
	rest     = time.Hour
)

// Run starts syncs until ctx ends.
func (s *Scheduler) Run(ctx context.Context) error {
	tick := time.NewTicker(scheduleEvery)
	defer tick.Stop()
	for {
		s.startDue(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// startDue starts all syncs that are due.
func (s *Scheduler) startDue(ctx context.Context) {
	for ctx.Err() == nil {
		due, err := s.Store.DueIntegration(ctx, s.plan)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("schedules of integrations are not readable", slog.String("error", err.Error()))
		}
		if err != nil || !due {
			return
		}
	}
}

// plan returns when an integration that is due is due next, and its sync. What was missed while no process ran is made
// up for by one sync.
func (s *Scheduler) plan(i store.Integration, now time.Time) (time.Time, store.NewSync, error) {
	n := store.NewSync{Reason: store.SyncSchedule, Actor: catalog.Actor{Kind: catalog.ActorSystem}, Delay: time.Duration(s.Below(int64(spread)))}
	next, err := jobs.NextTime(i.Cron, i.TimeZone, now)
	if errors.Is(err, catalog.ErrInvalid) { // it was valid when it was set: no more, until somebody sets it again
		s.Log.Error("schedule of an integration cannot be read", slog.String("integration", i.Label()), slog.String("error", err.Error()))
		next = time.Time{}
	} else if err != nil {
		return next, n, err
	}
	if i.Failures >= patience && !next.IsZero() && next.Before(now.Add(rest)) {
		next = now.Add(rest)
	}
	n.UUID, err = newUUID(s.Random)
	return next, n, err
}
