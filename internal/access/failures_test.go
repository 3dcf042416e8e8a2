package access

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"time"
)

// limitedFor returns how long the next attempt has to wait; 0 if it is not limited.
func limitedFor(t *testing.T, a *Access, key, from string) time.Duration {
	t.Helper()
	_, err := a.Authenticate(t.Context(), bearer(key), from)
	var limited *LimitedError
	if errors.As(err, &limited) {
		return limited.After
	}
	return 0
}

func unknownKey(t *testing.T) string {
	t.Helper()
	tok, err := newToken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return tok.text
}

func TestFailuresAreLimitedByAddress(t *testing.T) {
	a, keys, c := newAccess(t)
	used, _ := create(t, a, NewKey{})
	fresh, _ := create(t, a, NewKey{})
	if _, err := a.Authenticate(t.Context(), bearer(used), remote); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		key := unknownKey(t)
		if i%2 == 1 {
			key = "nonsense"
		}
		if wait := limitedFor(t, a, key, remote); wait != 0 {
			t.Fatalf("attempt %d has to wait %s", i+1, wait)
		}
	}
	c.at = c.at.Add(time.Minute)
	lookups := keys.lookups
	wrong := used[:13] + fresh[13:keyLength-sumLength] // another secret of a key that is valid from here
	wrong += checksum(wrong)
	for name, key := range map[string]string{"unknown": unknownKey(t), "malformed": "x", "valid, never used from here": fresh, "wrong secret": wrong} {
		if wait := limitedFor(t, a, key, remote); wait != 14*time.Minute {
			t.Errorf("%s: has to wait %s", name, wait)
		}
	}
	if keys.lookups != lookups {
		t.Errorf("%d keys of an address over the limit were looked up", keys.lookups-lookups)
	}
	if _, err := a.Authenticate(t.Context(), bearer(used), remote); err != nil {
		t.Errorf("a key that was valid from there before: %v", err)
	}
	if _, err := a.Authenticate(t.Context(), bearer(fresh), "192.0.2.8:1"); err != nil {
		t.Errorf("from another address: %v", err)
	}
	if _, err := a.Authenticate(t.Context(), http.Header{}, remote); !errors.Is(err, ErrMissing) {
		t.Errorf("without a key: %v", err)
	}
	c.at = c.at.Add(14 * time.Minute)
	if wait := limitedFor(t, a, unknownKey(t), remote); wait != 0 {
		t.Errorf("after 15 minutes it has to wait %s", wait)
	}
}

// A key that was valid from an address is limited as others are once it is revoked.
func TestRevokedKeyIsLimited(t *testing.T) {
	a, _, _ := newAccess(t)
	secret, key := create(t, a, NewKey{})
	if _, err := a.Authenticate(t.Context(), bearer(secret), remote); err != nil {
		t.Fatal(err)
	}
	if err := a.Revoke(t.Context(), System(key.WS), key.ID, nil); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if wait := limitedFor(t, a, secret, remote); wait != 0 {
			t.Fatalf("has to wait %s", wait)
		}
	}
	if limitedFor(t, a, secret, remote) == 0 {
		t.Error("the eleventh attempt is not limited")
	}
}

// An expired key is not a guess: it is answered as expired, however often it is used.
func TestExpiredKeyIsNotAFailure(t *testing.T) {
	a, _, c := newAccess(t)
	secret, _ := create(t, a, NewKey{})
	c.at = c.at.Add(DefaultValidity)
	for range 20 {
		if _, err := a.Authenticate(t.Context(), bearer(secret), remote); !errors.Is(err, ErrExpired) {
			t.Fatal(err)
		}
	}
}

// A client has a whole /64 of IPv6 addresses.
func TestFailuresOfIPv6AreCountedByNetwork(t *testing.T) {
	a, _, _ := newAccess(t)
	for i := range 10 {
		if limitedFor(t, a, "x", "[2001:db8:1:2::"+string('a'+rune(i%6))+"]:1") != 0 {
			t.Fatalf("attempt %d is limited", i+1)
		}
	}
	if limitedFor(t, a, "x", "[2001:db8:1:2:ffff::1]:1") == 0 {
		t.Error("another address of the network is not limited")
	}
	if limitedFor(t, a, "x", "[2001:db8:1:3::1]:1") != 0 {
		t.Error("another network is limited")
	}
}

// A clock that was a day ahead does not limit an address for a day.
func TestFailuresAfterAClockIsSetBack(t *testing.T) {
	a, _, c := newAccess(t)
	c.at = c.at.Add(24 * time.Hour)
	for range 10 {
		limitedFor(t, a, "x", remote)
	}
	c.at = c.at.Add(-24 * time.Hour)
	if wait := limitedFor(t, a, "x", remote); wait != 0 {
		t.Errorf("has to wait %s", wait)
	}
}

// What is remembered is bounded, however many addresses there are.
func TestFailuresAreBounded(t *testing.T) {
	f := newFailures[netip.Prefix](DefaultFailureLimit())
	now := time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)
	for i := range 3 * mostAddresses {
		from := networkOf("10." + strconv.Itoa(i>>16) + "." + strconv.Itoa(i>>8&255) + "." + strconv.Itoa(i&255))
		f.failed(from, [32]byte{}, now)
		f.succeeded(from, [32]byte{})
	}
	if len(f.at) > mostAddresses || len(f.valid) > mostAddresses {
		t.Errorf("%d addresses, %d keys", len(f.at), len(f.valid))
	}
}
