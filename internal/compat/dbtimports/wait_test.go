package dbtimports

import (
	"net/http/httptest"
	"testing"
	"time"
)

func TestWaitOf(t *testing.T) {
	for _, c := range []struct {
		query, prefer string
		want          time.Duration
		bad           bool
	}{
		{"", "", 0, false},
		{"wait=30", "", 30 * time.Second, false},
		{"wait=0", "", 0, false},
		{"wait=1000", "", longestWait, false},
		{"wait=-1", "", 0, true},
		{"wait=x", "", 0, true},
		{"", "wait=10", 10 * time.Second, false},
		{"", "respond-async, Wait = \"7\"", 7 * time.Second, false},
		{"", "wait=x", 0, false},
		{"wait=3", "wait=9", 3 * time.Second, false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/?"+c.query, nil)
		if c.prefer != "" {
			r.Header.Set("Prefer", c.prefer)
		}
		got, err := waitOf(r)
		if got != c.want || (err != nil) != c.bad {
			t.Errorf("%q %q: %v, %v", c.query, c.prefer, got, err)
		}
	}
}
