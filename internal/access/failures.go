package access

import (
	"fmt"
	"maps"
	"net/netip"
	"sync"
	"time"
)

// FailureLimit is how many attempts with invalid credentials one address may make within a time. After that its
// attempts are refused until the time is over, except those with a key that was valid from there before: many people
// share an address, and one of them must not lock out the others.
type FailureLimit struct {
	Attempts int // 0 = no limit
	Within   time.Duration
}

// DefaultFailureLimit is the limit unless another one is set.
func DefaultFailureLimit() FailureLimit {
	return FailureLimit{Attempts: 10, Within: 15 * time.Minute}
}

// LimitedError is the error of Authenticate for an address that failed too often.
type LimitedError struct {
	Limit FailureLimit
	After time.Duration // until the next attempt
}

func (e *LimitedError) Error() string {
	return fmt.Sprintf("more than %d attempts with invalid credentials within %s", e.Limit.Attempts, e.Limit.Within)
}

// mostAddresses bounds what is remembered of addresses, and of keys at addresses.
const mostAddresses = 8192

// failures counts failed attempts by K: an address or an account.
type failures[K comparable] struct {
	limit FailureLimit

	mu    sync.Mutex
	at    map[K]attempts
	valid map[validAt[K]]struct{}
}

type attempts struct {
	n     int
	since time.Time
}

// validAt is what was valid from an address or for an account: the hash of a key, of an account or of an address.
type validAt[K comparable] struct {
	from K
	hash [32]byte
}

func newFailures[K comparable](limit FailureLimit) *failures[K] {
	return &failures[K]{limit: limit, at: map[K]attempts{}, valid: map[validAt[K]]struct{}{}}
}

// allow returns an error if an attempt must not be made.
func (f *failures[K]) allow(from K, sent [32]byte, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.allowed(from, sent, now)
}

func (f *failures[K]) allowed(from K, sent [32]byte, now time.Time) error {
	left := f.left(f.at[from], now)
	if f.limit.Attempts == 0 || left == 0 || f.at[from].n < f.limit.Attempts {
		return nil
	}
	if _, ok := f.valid[validAt[K]{from, sent}]; ok {
		return nil
	}
	return &LimitedError{Limit: f.limit, After: left}
}

// begin counts an attempt as failed before it is made, so that attempts at the same time do not exceed the limit.
// forgive takes it back. last reports whether no further one is allowed.
func (f *failures[K]) begin(from K, sent [32]byte, now time.Time) (last bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.allowed(from, sent, now); err != nil {
		return false, err
	}
	return f.count(from, now), nil
}

// forgive takes back an attempt that did not fail.
func (f *failures[K]) forgive(from K) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a, ok := f.at[from]; ok && a.n > 0 {
		a.n--
		f.at[from] = a
	}
}

// left returns how long attempts still count. A clock that was set back ends it.
func (f *failures[K]) left(a attempts, now time.Time) time.Duration {
	age := now.Sub(a.since)
	if a.n == 0 || age < 0 || age >= f.limit.Within {
		return 0
	}
	return f.limit.Within - age
}

// failed counts an attempt that was refused and reports whether it was the last that is allowed.
func (f *failures[K]) failed(from K, sent [32]byte, now time.Time) (last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.valid, validAt[K]{from, sent})
	return f.count(from, now)
}

func (f *failures[K]) count(from K, now time.Time) (last bool) {
	a := f.at[from]
	if f.left(a, now) == 0 {
		a = attempts{since: now}
	}
	a.n++
	if len(f.at) >= mostAddresses {
		maps.DeleteFunc(f.at, func(_ K, a attempts) bool { return f.left(a, now) == 0 })
		thin(f.at)
	}
	f.at[from] = a
	return a.n == f.limit.Attempts
}

// succeeded remembers what is valid from an address or for an account and reports whether that is new.
func (f *failures[K]) succeeded(from K, sent [32]byte) (first bool) {
	key := validAt[K]{from, sent}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.valid[key]; ok {
		return false
	}
	thin(f.valid)
	f.valid[key] = struct{}{}
	return true
}

// thin deletes an arbitrary quarter of a map that is full.
func thin[K comparable, V any](m map[K]V) {
	if len(m) < mostAddresses {
		return
	}
	drop := len(m) / 4
	for k := range m {
		if drop--; drop < 0 {
			return
		}
		delete(m, k)
	}
}

// networkOf returns what failures are counted by: an IPv4 address, or the /64 of an IPv6 address, which one client
// has for itself.
func networkOf(remote string) netip.Prefix {
	addr, ok := remoteAddr(remote)
	if !ok {
		return netip.Prefix{}
	}
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	network, err := addr.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return network
}
