// Package jobs runs background work: it claims jobs from the store, keeps their
// leases alive, and writes how they end. It knows no kind of job by name; the
// packages that do the work register theirs. README.md has an example.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// DefaultMaxAttempts is how often a job is tried before it is given up.
const DefaultMaxAttempts = 5

// Kind is a kind of job that this process can run.
type Kind struct {
	Name string
	// Ordered kinds run one job per workspace and schema at a time, oldest first.
	Ordered bool
	// Slots is how many jobs of the kind run at a time, apart from those of the
	// other kinds; 0 = they share the runner's slots. So jobs that wait for other systems do
	// not keep those from running that work.
	Slots int
	// MaxAttempts is how often a job is tried; 0 = DefaultMaxAttempts.
	MaxAttempts int
	// Run makes one attempt at a job. An error made by Fail ends the job at once;
	// any other, and a panic, is tried again. ctx ends when the job is canceled,
	// its lease is lost, or the process has to end.
	Run func(ctx context.Context, a *Attempt) error
	// Label names a job in logs; nil = only its number.
	Label func(store.Job) slog.Attr
}

func (k Kind) maxAttempts() int {
	if k.MaxAttempts > 0 {
		return k.MaxAttempts
	}
	return DefaultMaxAttempts
}

// OrderKey is the order key of the kind's jobs for a schema; "" if they may run
// in any order.
func (k Kind) OrderKey(schema catalog.SchemaID) string {
	if !k.Ordered {
		return ""
	}
	return fmt.Sprintf("%s/%d", k.Name, int64(schema))
}

// Progress is what a running job shows of itself.
type Progress interface {
	// Changed returns the report if something was added since the last call.
	Changed() (catalog.Report, bool)
	// End closes the report with an outcome and returns it.
	End(outcome string) catalog.Report
}

// Attempt is one attempt at a job.
type Attempt struct {
	Job store.Job

	mu       sync.Mutex
	progress Progress
	report   catalog.Report
	ended    bool
}

// Show makes p what is shown of the job from now on.
func (a *Attempt) Show(p Progress) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.progress = p
}

// Ended notes that the job was ended, with this report, in a transaction of the
// work itself. The runner then has nothing left to write.
func (a *Attempt) Ended(r catalog.Report) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended, a.report = true, r
}

// changed returns the report to show; nil if there is nothing new.
func (a *Attempt) changed() *catalog.Report {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.progress == nil {
		return nil
	}
	if r, ok := a.progress.Changed(); ok {
		return &r
	}
	return nil
}

// finalReport is the report of a job that ends with an outcome.
func (a *Attempt) finalReport(outcome string) catalog.Report {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.progress == nil {
		return catalog.Report{Outcome: outcome}
	}
	return a.progress.End(outcome)
}

// End is how a job ended.
type End struct {
	Job     store.Job
	Failure *catalog.Failure // nil = success
	Report  catalog.Report
	Took    time.Duration // of the last attempt
}
