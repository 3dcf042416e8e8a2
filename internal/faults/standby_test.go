//go:build linux

package faults

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/pgtest"
)

// TestLaggingStandby (F30): a standby answers reads once it has the version that is served; while it lags or is away the
// database itself does. A client that saw an import completed reads what it made in any case.
func TestLaggingStandby(t *testing.T) {
	pair := pgtest.NewPair(t, "catalog")
	p := place{data: folder(t), dsn: pair.Primary.DSN("catalog")}
	s := serve(t, p, options{env: []string{"THALWEG_DATABASE_READ_URL=" + pair.Standby.DSN("catalog")}})
	c := s.client(s.key)
	schema := c.schema("Shop")
	n := 0
	next := func() (description string) {
		n++
		description = fmt.Sprintf("description %d", n)
		c.apply(schema, manifestOnly(t, before(t), func(d document) {
			d.generated(time.Date(2026, 11, 10, 6, n, 0, 0, time.UTC)).node(leaf)["description"] = description
		}))
		return description
	}
	mustRead := func(want string) {
		t.Helper()
		asset := c.get("/api/v1/assets/by-unique-id?schema_id=" + schema + "&unique_id=" + leaf)
		if got := asset.text("data", "attributes", "description", "value"); got != want {
			t.Errorf("read %q, want %q", got, want)
		}
	}
	mustRead(next())
	served := func() bool {
		before := c.standbyReads("served")
		mustRead(fmt.Sprintf("description %d", n))
		return c.standbyReads("served") > before
	}
	if !eventually(20*time.Second, served) {
		t.Fatal("the standby answers nothing")
	}

	mustDo(t, pair.Standby.Pause(t.Context()))
	behind := c.standbyReads("behind")
	mustRead(next())
	if c.standbyReads("behind") == behind {
		t.Error("the lagging standby was not noticed")
	}
	mustDo(t, pair.Standby.Resume(t.Context()))
	if !eventually(20*time.Second, served) {
		t.Error("the standby caught up and answers nothing")
	}

	mustDo(t, pair.Standby.Kill9())
	mustRead(next())
	if ready := c.get("/readyz"); ready.text("status") != "degraded" || ready.text("checks", "standby") != "failing" {
		t.Errorf("readyz: %s", ready.body)
	}
	if !s.log.has(5*time.Second, "the standby does not answer") {
		t.Error("nothing is logged")
	}
	mustDo(t, pair.Standby.Restart(t.Context()))
	if !eventually(30*time.Second, served) {
		t.Error("the standby is back and answers nothing")
	}
	if !s.log.has(5*time.Second, "the standby answers again") {
		t.Error("its return is not logged")
	}
	s.stop()
}

// standbyReads returns how many reads were answered in a way.
func (c *client) standbyReads(outcome string) (n int) {
	c.tb.Helper()
	for line := range strings.Lines(string(c.get("/metrics").body)) {
		if text, ok := strings.CutPrefix(line, `thalweg_standby_reads_total{outcome="`+outcome+`"} `); ok {
			_, _ = fmt.Sscan(text, &n)
		}
	}
	return n
}
