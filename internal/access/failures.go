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

// failures counts failed attempts by address.
type failures struct {
	limit FailureLimit

	mu    sync.Mutex
	at    map[netip.Prefix]attempts
	valid map[validAt]struct{}
}

type attempts struct {
	n     int
	since time.Time
}

// validAt is a key, by its hash, that was valid from an address.
type validAt struct {
	from netip.Prefix
	hash [32]byte
}

func newFailures(limit FailureLimit) *failures {
	return &failures{limit: limit, at: map[netip.Prefix]attempts{}, valid: map[validAt]struct{}{}}
}

// allow returns an error if an attempt must not be made. What is sent is "" if it has not the form of a key.
func (f *failures) allow(from netip.Prefix, sent token, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	left := f.left(f.at[from], now)
	if f.limit.Attempts == 0 || left == 0 || f.at[from].n < f.limit.Attempts {
		return nil
	}
	if _, ok := f.valid[validAt{from, sent.hash()}]; ok {
		return nil
	}
	return &LimitedError{Limit: f.limit, After: left}
}

// left returns how long attempts still count. A clock that was set back ends it.
func (f *failures) left(a attempts, now time.Time) time.Duration {
	age := now.Sub(a.since)
	if a.n == 0 || age < 0 || age >= f.limit.Within {
		return 0
	}
	return f.limit.Within - age
}

// failed counts an attempt that was refused and reports whether it was the last that is allowed.
func (f *failures) failed(from netip.Prefix, sent token, now time.Time) (last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.valid, validAt{from, sent.hash()})
	a := f.at[from]
	if f.left(a, now) == 0 {
		a = attempts{since: now}
	}
	a.n++
	if len(f.at) >= mostAddresses {
		maps.DeleteFunc(f.at, func(_ netip.Prefix, a attempts) bool { return f.left(a, now) == 0 })
		thin(f.at)
	}
	f.at[from] = a
	return a.n == f.limit.Attempts
}

// succeeded remembers that a key is valid from an address and reports whether that is new.
func (f *failures) succeeded(from netip.Prefix, sent token) (first bool) {
	key := validAt{from, sent.hash()}
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
