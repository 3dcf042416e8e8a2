package sqlite_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/storetest"
)

// Whoever changes the audit log in spite of the database is found out.
func TestAuditChain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openIn(t, dir, time.Now)
	db := raw(t, dir)
	for _, trigger := range []string{"audit_no_update", "audit_no_delete"} {
		if _, err := db.ExecContext(t.Context(), `DROP TRIGGER `+trigger); err != nil {
			t.Fatal(err)
		}
	}
	storetest.AuditChain(t, s, func(ctx context.Context, statement string) error {
		_, err := db.ExecContext(ctx, statement)
		return err
	})
}

// The database itself refuses to change the audit log.
func TestAuditIsOnlyAppendedTo(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, time.Now)
	if err := s.AppendAudit(t.Context(), catalog.DefaultWorkspace, store.AuditEntry{Action: "x"}); err != nil {
		t.Fatal(err)
	}
	db := raw(t, dir)
	for _, statement := range []string{`UPDATE audit SET action = 'y'`, `DELETE FROM audit`, `UPDATE audit SET id = 7`} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "only appended to") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
