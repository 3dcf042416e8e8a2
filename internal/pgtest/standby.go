//go:build unix

package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Standby makes a streaming standby of the cluster in another folder and waits until it answers. It is a Cluster that
// takes reads only; the caller must Stop it.
func (c *Cluster) Standby(ctx context.Context, folder string) (*Cluster, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	s := &Cluster{tools: c.tools, folder: folder, settings: c.settings}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	if err := s.tools.own(folder); err != nil {
		return nil, err
	}
	copying := exec.CommandContext(ctx, filepath.Join(filepath.Dir(c.tools.initdb), "pg_basebackup"),
		"--pgdata="+s.data(), "--host=127.0.0.1", "--port="+strconv.Itoa(c.port), "--username="+superuser,
		"--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
	s.prepare(copying)
	if output, err := copying.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pg_basebackup: %w\n%s", err, output)
	}
	if s.port, err = freePort(ctx); err != nil {
		return nil, err
	}
	return s, s.Restart(ctx)
}

// Pair is a primary and its standby, which a test has for itself.
type Pair struct {
	Primary, Standby *Cluster
}

// NewPair starts a primary and a standby, and ends both with the test. Each has an empty database of a name.
func NewPair(t testing.TB, database string) Pair {
	t.Helper()
	if os.Getenv(skipVariable) == "1" {
		t.Skip("SKIPPED: SKIP_POSTGRES=1 and this test needs PostgreSQL")
	}
	var p Pair
	folder, err := newFolder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, c := range []*Cluster{p.Standby, p.Primary} {
			if c != nil {
				_ = c.Kill9() // it is thrown away
			}
		}
		if err := folder.remove(); err != nil {
			t.Error(err)
		}
	})
	ctx := t.Context()
	if p.Primary, err = launch(ctx, filepath.Join(folder.path, "primary"), []string{"shared_buffers=32MB", "fsync=off"}); err != nil {
		t.Fatal(err)
	}
	if err := p.Primary.CreateDatabase(ctx, database); err != nil {
		t.Fatal(err)
	}
	if p.Standby, err = p.Primary.Standby(ctx, filepath.Join(folder.path, "standby")); err != nil {
		t.Fatal(err)
	}
	return p
}

// Pause has a standby receive and not show what the primary writes; Resume ends that.
func (c *Cluster) Pause(ctx context.Context) error {
	return c.admin(ctx, "SELECT pg_wal_replay_pause()")
}

// Resume ends a Pause.
func (c *Cluster) Resume(ctx context.Context) error {
	return c.admin(ctx, "SELECT pg_wal_replay_resume()")
}
