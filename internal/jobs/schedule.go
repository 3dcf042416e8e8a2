package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"
	_ "time/tzdata" // a server in a container has no zones of its own

	"github.com/robfig/cron/v3"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

const (
	// scheduleEvery is how often schedules are checked; cron's resolution is a
	// minute.
	scheduleEvery = 5 * time.Second
	// realignEvery is after how many checks schedules are compared with the clock.
	realignEvery = 12
	// brokenWait is how long an invalid schedule waits before it is checked
	// again.
	brokenWait = time.Hour
)

var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// NextTime returns the first time after a time at which a cron expression in a
// time zone (IANA name, "" = UTC) is due. A time that daylight saving skips is
// due in the hour that follows; one that it repeats is due once.
func NextTime(expression, zone string, after time.Time) (time.Time, error) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("time zone %q: %w", zone, catalog.ErrInvalid)
	}
	schedule, err := parser.Parse(expression)
	if err != nil {
		return time.Time{}, fmt.Errorf("cron %q: %w: %w", expression, catalog.ErrInvalid, err)
	}
	next := schedule.Next(after.In(location))
	if repeated(schedule, next) {
		next = schedule.Next(next)
	}
	if next.IsZero() {
		return time.Time{}, fmt.Errorf("cron %q is never due: %w", expression, catalog.ErrInvalid)
	}
	return next.UTC(), nil
}

// repeated reports whether a time is the second of two with the same wall clock,
// in the hour that autumn repeats, and the schedule names its hours.
func repeated(schedule cron.Schedule, at time.Time) bool {
	const anyHour = 1 << 63 // as cron marks a *
	spec, ok := schedule.(*cron.SpecSchedule)
	if !ok || spec.Hour&anyHour != 0 {
		return false
	}
	before := at.Add(-time.Hour)
	return before.Hour() == at.Hour() && before.Minute() == at.Minute()
}

// Schedule makes or changes the schedule of a registered kind.
func (r *Runner) Schedule(ctx context.Context, s store.Schedule) error {
	if _, ok := r.kinds[s.Kind]; !ok {
		return fmt.Errorf("schedule of unknown kind %q: %w", s.Kind, catalog.ErrInvalid)
	}
	now, err := r.queue.Clock(ctx)
	if err != nil {
		return err
	}
	if s.NextAt, err = NextTime(s.Cron, s.TimeZone, now); err != nil {
		return err
	}
	return r.queue.PutSchedule(ctx, s)
}

// runSchedules enqueues what is due until ctx ends.
func (r *Runner) runSchedules(ctx context.Context) {
	tick := time.NewTicker(scheduleEvery)
	defer tick.Stop()
	for checks := 0; ; checks++ {
		if checks%realignEvery == 0 {
			r.realign(ctx)
		}
		for ctx.Err() == nil {
			due, err := r.queue.EnqueueDue(ctx, r.plan)
			if err != nil && ctx.Err() == nil {
				r.Log.Error("schedules are not readable", slog.String("error", err.Error()))
			}
			if err != nil || !due {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// plan returns the job of a schedule that is due, and when it is due next. What
// was missed while no process ran is made up for by one job.
func (r *Runner) plan(s store.Schedule, now time.Time) (store.NewJob, time.Time) {
	next, err := NextTime(s.Cron, s.TimeZone, now)
	if err != nil {
		r.Log.Error("schedule cannot be read", slog.String("kind", s.Kind), slog.String("error", err.Error()))
		next = now.Add(brokenWait)
	}
	kind := r.kinds[s.Kind]
	job := store.NewJob{Kind: s.Kind, Schema: s.Schema, Arguments: s.Arguments, OrderKey: kind.OrderKey(s.Schema)}
	job.Once = job.OrderKey != ""
	return job, next
}

// realign resets schedules that are due later than they would be if they were made
// now: their time was computed by a clock that was ahead, and they would not run
// until then.
func (r *Runner) realign(ctx context.Context) {
	now, err := r.queue.Clock(ctx)
	var all []store.Schedule
	if err == nil {
		all, err = r.queue.Schedules(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Error("schedules are not readable", slog.String("error", err.Error()))
		}
		return
	}
	for _, s := range all {
		next, err := NextTime(s.Cron, s.TimeZone, now)
		if err != nil || !s.NextAt.After(next) {
			continue
		}
		if err := r.queue.MoveSchedule(ctx, s, next); err != nil {
			r.Log.Error("schedule could not be moved", slog.String("kind", s.Kind), slog.String("error", err.Error()))
		}
	}
}
