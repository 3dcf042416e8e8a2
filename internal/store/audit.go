package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// By is who does something, by which key, from where and in which request.
type By struct {
	Actor   catalog.Actor
	Key     string // such as KEY-3, or SES-4 for a session; "" = none
	Address string
	Request string
}

// The actions of the audit log.
const (
	ActionSignIn             = "sign_in" // a person, or the first request with a key from an address
	ActionSignInFailed       = "sign_in.failed"
	ActionSignInRefused      = "sign_in.refused"
	ActionSignOut            = "sign_out"
	ActionSessionsEnded      = "sessions.ended" // by their person, an administrator or a change
	ActionPasswordChanged    = "password.changed"
	ActionSetupLinkCreated   = "setup_link.created"
	ActionInvitationCreated  = "invitation.created"
	ActionInvitationRevoked  = "invitation.revoked"
	ActionKeyCreated         = "key.created"
	ActionKeyRevoked         = "key.revoked"
	ActionKeysRevoked        = "keys.revoked" // all of them, after a restore
	ActionUserCreated        = "user.created"
	ActionUserUpdated        = "user.updated"
	ActionUserRemoved        = "user.removed"
	ActionSchemaCreated      = "schema.created"
	ActionSchemaUpdated      = "schema.updated"
	ActionSchemaDeleted      = "schema.deleted"
	ActionTargetChanged      = "target.changed"
	ActionTargetDismissed    = "target.dismissed"
	ActionRemovalsConfirmed  = "removals.confirmed"
	ActionRemovalsDismissed  = "removals.dismissed"
	ActionImportReverted     = "import.reverted"
	ActionRevertUndone       = "import.revert_undone"
	ActionWebhookCreated     = "webhook.created"
	ActionWebhookUpdated     = "webhook.updated"
	ActionWebhookDisabled    = "webhook.disabled" // by the server
	ActionWebhookDeleted     = "webhook.deleted"
	ActionIntegrationCreated = "integration.created"
	ActionIntegrationUpdated = "integration.updated"
	ActionIntegrationDeleted = "integration.deleted"
	ActionSecretsRotated     = "secrets.rotated"
	ActionSecretsDropped     = "secrets.dropped"
)

// AuditEntry is a line of a workspace's audit log.
type AuditEntry struct {
	ID      int64     // set by the store
	At      time.Time // zero = now
	Action  string
	Subject string // id of what it was done to, such as KEY-3; "" = none
	By      By
	Details map[string]any // never a secret
}

// AuditFilter narrows the audit log; zero fields do not.
type AuditFilter struct {
	Action   string
	Subject  string
	Actor    string // id, such as KEY-3 or USR-2
	From, To time.Time
}

const auditColumns = `id, at, action, subject, actor_kind, actor_id, actor_name, key_id, address, request_id, details`

func scanAudit(row scanner) (e AuditEntry, err error) {
	var at int64
	var details string
	if err := row.Scan(&e.ID, &at, &e.Action, &e.Subject, &e.By.Actor.Kind, &e.By.Actor.ID, &e.By.Actor.Name, &e.By.Key, &e.By.Address,
		&e.By.Request, &details); err != nil {
		return e, err
	}
	e.At = timeOf(at)
	return e, json.Unmarshal([]byte(details), &e.Details)
}

// AppendAudit appends entries to the audit log of a workspace.
func (s *Store) AppendAudit(ctx context.Context, ws int64, entries ...AuditEntry) error {
	if len(entries) == 0 {
		return nil
	}
	err := s.tx(ctx, func(tx Tx) error { return s.audit(ctx, tx, ws, entries...) })
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	return nil
}

// audit appends entries in the transaction of the change that they record.
func (s *Store) audit(ctx context.Context, tx Tx, ws int64, entries ...AuditEntry) error {
	id, err := tx.newIDs(ctx, catalog.PrefixAudit, int64(len(entries)))
	if err != nil {
		return err
	}
	head, err := tx.auditHead(ctx, ws)
	if err != nil {
		return err
	}
	for i, e := range entries {
		if e.Details == nil {
			e.Details = map[string]any{}
		}
		details, err := json.Marshal(e.Details, json.Deterministic(true))
		if err != nil {
			return fmt.Errorf("audit entry %s: %w", e.Action, err)
		}
		if e.At.IsZero() {
			e.At = s.now()
		}
		e.ID = id + int64(i)
		row := auditRow{entry: e, at: micros(e.At), details: string(details)}
		head = row.after(ws, head)
		if _, err := tx.exec(ctx, `INSERT INTO audit (ws, `+auditColumns+`, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			ws, e.ID, row.at, e.Action, e.Subject, string(e.By.Actor.Kind), e.By.Actor.ID, e.By.Actor.Name,
			e.By.Key, e.By.Address, e.By.Request, row.details, head); err != nil {
			return err
		}
	}
	return nil
}

// Audit lists the audit log of a workspace, newest first. Its rows are not counted.
func (s *Store) Audit(ctx context.Context, ws int64, f AuditFilter, p Page) (Paged[AuditEntry], error) {
	var before int64
	where, args := f.where(ws)
	more, err := p.after(&before)
	if err != nil {
		return Paged[AuditEntry]{}, err
	}
	if more {
		where, args = where+` AND id < ?`, append(args, before)
	}
	rows, err := list(ctx, s.reader(ws), scanAudit, `SELECT `+auditColumns+` FROM audit WHERE `+where+` ORDER BY id DESC LIMIT ?`, append(args, p.limit()+1)...)
	if err != nil {
		return Paged[AuditEntry]{}, fmt.Errorf("audit log: %w", err)
	}
	return paged(rows, p, -1, func(e AuditEntry) []any { return []any{e.ID} })
}

func (f AuditFilter) where(ws int64) (string, []any) {
	terms, args := []string{`ws = ?`}, []any{ws}
	for _, t := range []struct {
		column, value string
	}{{"action", f.Action}, {"subject", f.Subject}, {"actor_id", f.Actor}} {
		if t.value != "" {
			terms, args = append(terms, t.column+` <> '' AND `+t.column+` = ?`), append(args, t.value)
		}
	}
	if !f.From.IsZero() {
		terms, args = append(terms, `at >= ?`), append(args, micros(f.From))
	}
	if !f.To.IsZero() {
		terms, args = append(terms, `at < ?`), append(args, micros(f.To))
	}
	return strings.Join(terms, ` AND `), args
}
