package postgres

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/storetest"
)

// Whoever changes the audit log in spite of the database is found out.
func TestAuditChain(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := opened(t, url, time.Now)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	e, err := connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if _, err := e.writer.ExecContext(t.Context(), `ALTER TABLE audit DISABLE TRIGGER USER`); err != nil {
		t.Fatal(err)
	}
	storetest.AuditChain(t, s, func(ctx context.Context, statement string) error {
		_, err := e.writer.ExecContext(ctx, statement)
		return err
	})
}

// The database itself refuses to change the audit log.
func TestAuditIsOnlyAppendedTo(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := opened(t, url, time.Now)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendAudit(t.Context(), catalog.DefaultWorkspace, store.AuditEntry{Action: "x"}); err != nil {
		t.Fatal(err)
	}
	e, err := connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	for _, statement := range []string{`UPDATE audit SET action = 'y'`, `DELETE FROM audit`, `TRUNCATE audit`} {
		if _, err := e.writer.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "only appended to") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
