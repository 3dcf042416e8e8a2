package httpserver

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
)

// quotaWindow is the time that a quota is for.
const quotaWindow = time.Minute

// mostCounted bounds the keys and addresses that a quota remembers.
const mostCounted = 8192

// quota is how many requests a key may make in a minute. Each process counts for itself.
type quota struct {
	name string // of the policy, and of the limit
	most int

	mu    sync.Mutex
	spent map[string]spending
}

// spending is how many requests there were since a time.
type spending struct {
	n     int
	since time.Time
}

// newQuota returns a quota, nil if there is no limit: then nothing is counted.
func newQuota(name string, most int) *quota {
	if most <= 0 {
		return nil
	}
	return &quota{name: name, most: most, spent: map[string]spending{}}
}

// take counts a request. It returns how many are left and when all are again, and false if there was none left.
func (q *quota) take(who string, now time.Time) (left int, reset time.Duration, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.spent[who]
	age := now.Sub(s.since)
	if s.n == 0 || age < 0 || age >= quotaWindow { // a clock that was set back ends it
		s, age = spending{since: now}, 0
	}
	if ok = s.n < q.most; ok {
		s.n++
		q.keep(who, s, now)
	}
	return q.most - s.n, quotaWindow - age, ok
}

// keep remembers what was spent. Some are forgotten where there are too many.
func (q *quota) keep(who string, s spending, now time.Time) {
	if _, known := q.spent[who]; !known && len(q.spent) >= mostCounted {
		for other, old := range q.spent {
			if now.Sub(old.since) >= quotaWindow || len(q.spent) >= mostCounted {
				delete(q.spent, other)
			}
		}
	}
	q.spent[who] = s
}

// spend counts a request against the quotas that it falls under, and describes them in the reply's headers. It is an
// error if one is exhausted.
func (rt *router) spend(w http.ResponseWriter, r *http.Request, p access.Principal, route Route) error {
	who := p.KeyLabel()
	if who == "" {
		who = p.Address
	}
	if who == "" {
		return nil // the folder's own socket
	}
	for _, q := range rt.quotas {
		if q == nil || q.name == uploadQuota && (route.Method != http.MethodPost || route.Scope != access.WriteImports) {
			continue
		}
		left, reset, ok := q.take(who, rt.now())
		seconds := int(math.Ceil(reset.Seconds()))
		w.Header().Add("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", q.name, q.most, int(quotaWindow.Seconds())))
		w.Header().Add("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", q.name, left, seconds))
		if !ok {
			return QuotaExceeded(q.name, reset, "This key may make %d %s a minute. Try again after the time in Retry-After.", q.most, q.name)
		}
	}
	return nil
}

// Names of the quotas.
const (
	requestQuota = "requests"
	uploadQuota  = "uploads"
)

// QuotaExceeded returns the reply to what is beyond a quota; after is when it may be tried again.
func QuotaExceeded(limit string, after time.Duration, format string, args ...any) *Problem {
	p := NewProblem(CodeQuotaExceeded, format, args...)
	p.Type = quotaType
	p.retryAfter = int(math.Ceil(after.Seconds()))
	return p.Limited(limit)
}
