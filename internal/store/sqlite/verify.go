package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

const (
	// verifyPause and verifyShare bound what checks of the file cost: the next one comes after the pause, and after so
	// many times what the last one took.
	verifyPause = 2 * time.Second
	verifyShare = 50
	// verifyWait is how long a caller waits for a check; one that takes longer goes on behind it.
	verifyWait = time.Second
)

// verifier checks the structure of the database's file on request, if the file has changed since the last check. It
// reads the file by a connection of its own: pages that other connections have cached may be intact although the file
// is damaged.
type verifier struct {
	path string
	stop context.CancelFunc
	ctx  context.Context //nolint:containedctx // of the checks that go on behind their callers

	mu      sync.Mutex
	running chan struct{} // closed at the end of the check under way; nil without one
	verdict error
	seen    [2]stamp
	next    time.Time
}

// stamp is when a file was changed, and its size.
type stamp struct {
	at   time.Time
	size int64
}

func newVerifier(path string) *verifier {
	v := &verifier{path: path}
	v.ctx, v.stop = context.WithCancel(context.Background())
	return v
}

// check returns the verdict on the file, of a new check if one is due.
func (v *verifier) check(ctx context.Context) error {
	v.mu.Lock()
	if v.running == nil && v.ctx.Err() == nil {
		if now := v.stamps(); now != v.seen && !time.Now().Before(v.next) {
			v.running, v.seen = make(chan struct{}), now
			go v.run(v.running)
		}
	}
	running := v.running
	v.mu.Unlock()
	if running != nil {
		wait := time.NewTimer(verifyWait)
		defer wait.Stop()
		select {
		case <-running:
		case <-wait.C:
		case <-ctx.Done():
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.verdict
}

func (v *verifier) run(done chan struct{}) {
	began := time.Now()
	err := quickCheck(v.ctx, v.path)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ctx.Err() == nil {
		v.verdict = err
	}
	v.next = time.Now().Add(max(verifyPause, verifyShare*time.Since(began)))
	v.running = nil
	close(done)
}

// close ends the check under way.
func (v *verifier) close() {
	v.stop()
	v.mu.Lock()
	running := v.running
	v.mu.Unlock()
	if running != nil {
		<-running
	}
}

// stamps returns those of the file and of its log.
func (v *verifier) stamps() (out [2]stamp) {
	for i, name := range []string{v.path, v.path + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			out[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return out
}

// quickCheck returns what is wrong with the structure of a database.
func quickCheck(ctx context.Context, path string) error {
	var verdict string
	err := readOnly(ctx, path, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict)
	})
	if err != nil {
		return fmt.Errorf("check of %s: %w", filepath.Base(path), err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%s is damaged: %s: %w", filepath.Base(path), verdict, catalog.ErrUnavailable)
	}
	return nil
}
