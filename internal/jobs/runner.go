package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Queue is what a Runner needs of the store.
type Queue interface {
	ClaimJob(ctx context.Context, worker string, kinds []string) (*store.Job, error)
	Heartbeat(ctx context.Context, c store.JobClaim, report *catalog.Report) (canceled bool, err error)
	JobCanceled(ctx context.Context, c store.JobClaim) (bool, error)
	ReleaseJob(ctx context.Context, c store.JobClaim, keep bool, wait time.Duration) error
	EndJob(ctx context.Context, c store.JobClaim, end store.JobEnd) error
	Wake() <-chan struct{}
	Clock(ctx context.Context) (time.Time, error)

	Schedules(ctx context.Context) ([]store.Schedule, error)
	PutSchedule(ctx context.Context, c store.Schedule) error
	MoveSchedule(ctx context.Context, c store.Schedule, next time.Time) error
	EnqueueDue(ctx context.Context, plan func(store.Schedule, time.Time) (store.NewJob, time.Time)) (due bool, err error)
}

// Options of a Runner.
type Options struct {
	// Name is unique among all processes: what it holds is its own.
	Name string
	// Slots is how many jobs run at a time, apart from kinds that have slots of their
	// own; at least 1.
	Slots int
	// Grace is how long running jobs may go on after Run's context ended. What is
	// not done by then is handed back, and the attempt does not count.
	Grace time.Duration
	Now   func() time.Time
	Log   *slog.Logger
	// Ended, if set, is called after every job that ended here.
	Ended func(End)
}

// Runner runs jobs of the kinds that are registered with it.
type Runner struct {
	Options
	queue Queue
	kinds map[string]Kind
	pools []*pool
}

// pool is a number of slots for jobs of some kinds.
type pool struct {
	kinds []string
	slots int
	// room has a place per slot. A job takes one; one that runs alone takes all.
	room *semaphore.Weighted
	wake chan struct{}
}

func newPool(slots int, kinds ...string) *pool {
	return &pool{kinds: kinds, slots: slots, room: semaphore.NewWeighted(int64(slots)), wake: make(chan struct{}, 1)}
}

// tick wakes one slot, if one waits.
func (p *pool) tick() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

const (
	heartbeatEvery = 15 * time.Second
	showEvery      = 500 * time.Millisecond
	pollEvery      = 2 * time.Second
	suspectFrom    = 3 // the attempt from which a job runs alone
)

// New returns a Runner of the kinds. It runs nothing before Run.
func New(queue Queue, o Options, kinds ...Kind) *Runner {
	r := &Runner{Options: o, queue: queue, kinds: map[string]Kind{}}
	shared := newPool(max(o.Slots, 1))
	for _, k := range kinds {
		r.kinds[k.Name] = k
		if k.Slots > 0 {
			r.pools = append(r.pools, newPool(k.Slots, k.Name))
		} else {
			shared.kinds = append(shared.kinds, k.Name)
		}
	}
	if len(shared.kinds) > 0 {
		slices.Sort(shared.kinds)
		r.pools = append(r.pools, shared)
	}
	return r
}

// Run works until ctx ends, then lets running jobs finish within Grace.
func (r *Runner) Run(ctx context.Context) error {
	jobs, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	var wg sync.WaitGroup
	slots := 0
	for _, p := range r.pools {
		for range p.slots {
			name := fmt.Sprintf("%s/%d", r.Name, slots)
			wg.Go(func() { r.slot(ctx, jobs, p, name) })
			slots++
		}
	}
	wg.Go(func() { r.passWakeOn(ctx) })
	wg.Go(func() { r.runSchedules(ctx) })
	idle := make(chan struct{})
	go func() { wg.Wait(); close(idle) }()
	<-ctx.Done()
	grace := time.NewTimer(r.Grace)
	defer grace.Stop()
	select {
	case <-idle:
	case <-grace.C:
		stop(errStopping)
		<-idle
	}
	return nil
}

// passWakeOn wakes a slot of every pool when there may be work: which kind it is of is
// not known.
func (r *Runner) passWakeOn(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.queue.Wake():
			for _, p := range r.pools {
				p.tick()
			}
		}
	}
}

// slot claims and runs one job after the other until ctx ends.
func (r *Runner) slot(ctx, jobs context.Context, p *pool, name string) {
	for ctx.Err() == nil {
		if r.next(ctx, jobs, p, name) {
			continue
		}
		poll := time.NewTimer(pollEvery)
		select {
		case <-ctx.Done():
		case <-p.wake:
		case <-poll.C:
		}
		poll.Stop()
	}
}

// next claims and runs one job and reports whether there was one.
func (r *Runner) next(ctx, jobs context.Context, p *pool, name string) bool {
	if p.room.Acquire(ctx, 1) != nil {
		return false
	}
	j := r.claim(ctx, p, name)
	if j == nil || !r.suspect(*j) {
		defer p.room.Release(1)
		return r.handled(jobs, p, j)
	}
	// It goes back, and is claimed again once nothing else runs.
	err := r.queue.ReleaseJob(ctx, j.Claim(), false, 0)
	p.room.Release(1)
	if err != nil {
		r.log(*j).Warn("job could not be handed back", slog.String("error", err.Error()))
	}
	all := int64(p.slots)
	if p.room.Acquire(ctx, all) != nil {
		return false
	}
	defer p.room.Release(all)
	return r.handled(jobs, p, r.claim(ctx, p, name))
}

// suspect reports whether a job has to run alone: one that ends its process each
// time must not use up the attempts of those that run with it.
func (r *Runner) suspect(j store.Job) bool {
	return j.Attempts >= suspectFrom && j.Attempts <= r.kinds[j.Kind].maxAttempts() && !j.Canceled
}

func (r *Runner) claim(ctx context.Context, p *pool, name string) *store.Job {
	j, err := r.queue.ClaimJob(ctx, name, p.kinds)
	if err != nil && ctx.Err() == nil {
		r.Log.Error("queue is not readable", slog.String("error", err.Error()))
	}
	return j
}

func (r *Runner) handled(jobs context.Context, p *pool, j *store.Job) bool {
	if j == nil {
		return false
	}
	p.tick() // there may be more, and one tick may have been for several
	r.handle(jobs, *j)
	return true
}

func (r *Runner) log(j store.Job) *slog.Logger {
	log := r.Log.With(slog.Int64("job", j.ID), slog.String("kind", j.Kind))
	if j.Schema != 0 {
		log = log.With(slog.String("schema_id", j.Schema.String()))
	}
	if label := r.kinds[j.Kind].Label; label != nil {
		log = log.With(label(j))
	}
	return log
}

// write writes the end of an attempt, even when the process is stopping. While
// the store does not answer, this is retried for as long as the lease can last:
// giving up would block the job until its lease expires and cost an attempt.
func (r *Runner) write(jobs context.Context, log *slog.Logger, write func(context.Context) error) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(jobs), store.LeaseTime)
	defer done()
	const first, longest = 50 * time.Millisecond, 2 * time.Second
	for pause := first; ; pause = min(2*pause, longest) {
		err := write(ctx)
		if err == nil || permanent(err) || ctx.Err() != nil {
			return err
		}
		log.Warn("end of job is not written yet", slog.String("error", err.Error()))
		next := time.NewTimer(pause)
		select {
		case <-next.C:
		case <-ctx.Done():
		case <-jobs.Done(): // there is no time left: try once more, without a delay
			next.Stop()
			return write(ctx)
		}
		next.Stop()
	}
}

// permanent reports whether retrying cannot fix an error.
func permanent(err error) bool {
	return errors.Is(err, catalog.ErrFenced) || errors.Is(err, catalog.ErrInvalid) || errors.Is(err, catalog.ErrNotFound)
}
