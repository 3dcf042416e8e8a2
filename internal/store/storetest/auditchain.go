package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// AuditChain changes the audit log behind the back of a store, by statements for which exec has switched the triggers
// off: a check finds the place. The store is empty.
func AuditChain(t *testing.T, s *store.Store, exec func(ctx context.Context, statement string) error) {
	t.Helper()
	ctx := t.Context()
	const ws = catalog.DefaultWorkspace
	for n := range 5 {
		entry := store.AuditEntry{Action: fmt.Sprint("action ", n), Subject: "KEY-1", By: byAna, Details: map[string]any{"n": n}}
		must(t, s.AppendAudit(ctx, ws, entry, store.AuditEntry{Action: "next"}))
	}
	check := func(noted store.AuditHash) (store.AuditChain, error) { return s.CheckAudit(ctx, ws, noted) }
	calm := get(check(store.AuditHash{}))(t)
	if calm.Entries != 10 || calm.First != 1 || calm.Last != 10 || calm.Broken != 0 {
		t.Errorf("unchanged: %+v", calm)
	}
	get(check(calm.Head))(t)
	_, err := check(store.AuditHash{1})
	wants(t, err, catalog.ErrNotFound)

	for _, change := range []struct {
		name, do, undo string
		broken         int64
	}{
		{"a text", `UPDATE audit SET action = 'x' WHERE id = 3`, `UPDATE audit SET action = 'action 1' WHERE id = 3`, 3},
		{"a detail", `UPDATE audit SET details = '{"n":9}' WHERE id = 5`, `UPDATE audit SET details = '{"n":2}' WHERE id = 5`, 5},
		{"a border between texts", `UPDATE audit SET action = 'action 1K', subject = 'EY-1' WHERE id = 3`, `UPDATE audit SET action = 'action 1', subject = 'KEY-1' WHERE id = 3`, 3},
		{"a hash that is taken away", `UPDATE audit SET hash = (SELECT hash FROM audit WHERE id = 1) WHERE id = 7`, ``, 7},
		{"an entry in the middle", `DELETE FROM audit WHERE id = 2`, ``, 3},
	} {
		must(t, exec(ctx, change.do))
		if c := get(check(store.AuditHash{}))(t); c.Broken != change.broken {
			t.Errorf("%s: broken at %d, want %d", change.name, c.Broken, change.broken)
		}
		if change.undo == "" {
			continue
		}
		must(t, exec(ctx, change.undo))
		if c := get(check(store.AuditHash{}))(t); c != calm {
			t.Errorf("%s, undone: %+v", change.name, c)
		}
	}
	must(t, exec(ctx, `DELETE FROM audit WHERE id >= 9`))
	if _, err := check(calm.Head); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("entries at the end: %v", err)
	}

	// Entries of before the chain are part of it from its first entry on.
	must(t, exec(ctx, `DELETE FROM audit WHERE id <> 4 AND id <> 6`))
	must(t, exec(ctx, `UPDATE audit SET hash = ''`))
	must(t, s.AppendAudit(ctx, ws, store.AuditEntry{Action: "first of the chain"}))
	if c := get(check(store.AuditHash{}))(t); c.Entries != 3 || c.First != 11 || c.Broken != 0 {
		t.Errorf("entries of before: %+v", c)
	}
	must(t, exec(ctx, `UPDATE audit SET action = 'x' WHERE id = 4`))
	if c := get(check(store.AuditHash{}))(t); c.Broken != 11 {
		t.Errorf("an entry of before: %+v", c)
	}
}
