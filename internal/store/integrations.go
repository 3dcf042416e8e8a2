package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Integration is a configured source: a warehouse, or dbt by bucket, upload or API.
type Integration struct {
	WS         int64
	ID         int64
	UUID       string // the id that users see
	Name       string
	Kind       string
	Schema     catalog.SchemaID // that it feeds
	Settings   []byte           // JSON, without credentials; the syncing package defines it
	ExternalID string           // that its role asks for; never changes
	Enabled    bool
	Cron       string
	TimeZone   string    // IANA name; "" = UTC
	NextAt     time.Time // of the next scheduled sync; zero = none
	Failures   int       // syncs that failed since the last one that succeeded
	Creator    catalog.Actor

	CreatedAt time.Time
	UpdatedAt time.Time
}

// Label is the owner of the integration's credentials.
func (i Integration) Label() string { return catalog.FormatID(catalog.PrefixIntegration, i.ID) }

func (i Integration) details() map[string]any {
	return map[string]any{"uuid": i.UUID, "name": i.Name, "kind": i.Kind, "schema": i.Schema.String(), "enabled": i.Enabled}
}

const integrationColumns = `ws, id, uuid, name, kind, schema_id, settings, external_id, enabled, cron, time_zone, next_at, failures,
	creator_kind, creator_id, creator_name, created_at, updated_at`

func scanIntegration(row scanner) (i Integration, err error) {
	var next, created, updated int64
	err = row.Scan(&i.WS, &i.ID, &i.UUID, &i.Name, &i.Kind, &i.Schema, &i.Settings, &i.ExternalID, &i.Enabled, &i.Cron, &i.TimeZone, &next,
		&i.Failures, (*string)(&i.Creator.Kind), &i.Creator.ID, &i.Creator.Name, &created, &updated)
	i.NextAt, i.CreatedAt, i.UpdatedAt = timeOf(next), timeOf(created), timeOf(updated)
	return i, err
}

// CreateIntegration adds an integration with its credentials: creator and times are set by the store, its id comes from
// NewIDs, because its credentials are encrypted for it.
func (s *Store) CreateIntegration(ctx context.Context, ws int64, i Integration, secrets []SealedSecret, by By) (Integration, error) {
	i.WS, i.CreatedAt, i.Creator = ws, timeOf(micros(s.now())), by.Actor
	i.UpdatedAt = i.CreatedAt
	err := s.tx(ctx, func(tx Tx) error {
		if _, err := tx.schema(ctx, ws, i.Schema); err != nil {
			return err
		}
		if err := s.putSecrets(ctx, tx, ws, i.Label(), secrets); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `INSERT INTO integrations (`+integrationColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			ws, i.ID, i.UUID, i.Name, i.Kind, int64(i.Schema), i.Settings, i.ExternalID, bit(i.Enabled), i.Cron, i.TimeZone, micros(i.NextAt),
			i.Failures, string(i.Creator.Kind), i.Creator.ID, i.Creator.Name, micros(i.CreatedAt), micros(i.UpdatedAt)); err != nil {
			return err
		}
		return s.audit(ctx, tx, ws, AuditEntry{Action: ActionIntegrationCreated, Subject: i.UUID, By: by, Details: i.details()})
	})
	if err != nil {
		return Integration{}, fmt.Errorf("integration %q: %w", i.Name, err)
	}
	return i, nil
}

// Integration returns the integration with a UUID.
func (s *Store) Integration(ctx context.Context, ws int64, uuid string) (Integration, error) {
	i, err := s.reader(ws).integration(ctx, ws, uuid)
	if err != nil {
		return Integration{}, fmt.Errorf("integration %s: %w", uuid, err)
	}
	return i, nil
}

func (d db) integration(ctx context.Context, ws int64, uuid string) (Integration, error) {
	return one(ctx, d, scanIntegration, `SELECT `+integrationColumns+` FROM integrations WHERE ws = ? AND uuid = ?`, ws, uuid)
}

// IntegrationByID returns the integration with a number.
func (s *Store) IntegrationByID(ctx context.Context, ws, id int64) (Integration, error) {
	i, err := s.reader(ws).integrationByID(ctx, ws, id)
	if err != nil {
		return Integration{}, fmt.Errorf("integration %d: %w", id, err)
	}
	return i, nil
}

func (d db) integrationByID(ctx context.Context, ws, id int64) (Integration, error) {
	return one(ctx, d, scanIntegration, `SELECT `+integrationColumns+` FROM integrations WHERE ws = ? AND id = ?`, ws, id)
}

// IntegrationFilter narrows a list of integrations; zero fields let everything through.
type IntegrationFilter struct {
	Kind string
	Only []catalog.SchemaID // that feed these schemas
}

func (f IntegrationFilter) where(ws int64) (string, []any) {
	query, args := ` WHERE ws = ?`, []any{ws}
	if f.Kind != "" {
		query, args = query+` AND kind = ?`, append(args, f.Kind)
	}
	if len(f.Only) > 0 {
		marks, in := in(nil, f.Only)
		query += ` AND schema_id IN ` + marks
		args = append(args, in...)
	}
	return query, args
}

// Integrations lists the integrations of a workspace by id.
func (s *Store) Integrations(ctx context.Context, ws int64, f IntegrationFilter, p Page) (Paged[Integration], error) {
	var after int64
	if _, err := p.after(&after); err != nil {
		return Paged[Integration]{}, err
	}
	d := s.reader(ws)
	where, args := f.where(ws)
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM integrations`+where, args...)
	if err != nil {
		return Paged[Integration]{}, fmt.Errorf("integrations: %w", err)
	}
	rows, err := list(ctx, d, scanIntegration, `SELECT `+integrationColumns+` FROM integrations`+where+` AND id > ? ORDER BY id LIMIT ?`,
		append(args, after, p.limit()+1)...)
	if err != nil {
		return Paged[Integration]{}, fmt.Errorf("integrations: %w", err)
	}
	return paged(rows, p, total, func(i Integration) []any { return []any{i.ID} })
}

// IntegrationProjects lists the projects whose last import is of an integration.
func (s *Store) IntegrationProjects(ctx context.Context, ws, integration int64) ([]catalog.Project, error) {
	all, err := list(ctx, s.reader(ws), scanProject, `SELECT `+projectColumns+` FROM projects
		WHERE ws = ?`+notDeleted("projects.schema_id")+` AND EXISTS (SELECT 1 FROM imports i WHERE i.ws = projects.ws AND i.id = projects.last_import AND i.integration_id = ?)
		ORDER BY id`, ws, ws, integration)
	if err != nil {
		return nil, fmt.Errorf("projects of integration %d: %w", integration, err)
	}
	return all, nil
}

// UpdateIntegration changes an integration by change, which sees it as it is in the transaction and may refuse; secrets
// replace those of the same field, and those of the fields in drop are deleted.
func (s *Store) UpdateIntegration(ctx context.Context, ws int64, uuid string, change func(*Integration) error, secrets []SealedSecret, drop []string, by By) (Integration, error) {
	var i Integration
	err := s.tx(ctx, func(tx Tx) (err error) {
		if i, err = tx.lockIntegration(ctx, ws, uuid); err != nil {
			return err
		}
		if err := change(&i); err != nil {
			return err
		}
		if _, err := tx.schema(ctx, ws, i.Schema); err != nil {
			return err
		}
		for _, field := range drop {
			if _, err := tx.exec(ctx, `DELETE FROM secrets WHERE ws = ? AND owner = ? AND field = ?`, ws, i.Label(), field); err != nil {
				return err
			}
		}
		if err := s.putSecrets(ctx, tx, ws, i.Label(), secrets); err != nil {
			return err
		}
		i.UpdatedAt = timeOf(micros(s.now()))
		if err := tx.saveIntegration(ctx, i); err != nil {
			return err
		}
		return s.audit(ctx, tx, ws, AuditEntry{Action: ActionIntegrationUpdated, Subject: i.UUID, By: by, Details: i.details()})
	})
	if err != nil {
		return Integration{}, fmt.Errorf("integration %s: %w", uuid, err)
	}
	return i, nil
}

// lockIntegration returns an integration whose row is locked until the end of the transaction.
func (tx Tx) lockIntegration(ctx context.Context, ws int64, uuid string) (Integration, error) {
	return one(ctx, tx.db, scanIntegration, `UPDATE integrations SET name = name WHERE ws = ? AND uuid = ? RETURNING `+integrationColumns, ws, uuid)
}

func (tx Tx) saveIntegration(ctx context.Context, i Integration) error {
	_, err := tx.exec(ctx, `UPDATE integrations SET name = ?, schema_id = ?, settings = ?, enabled = ?, cron = ?, time_zone = ?, next_at = ?,
		failures = ?, updated_at = ? WHERE ws = ? AND id = ?`, i.Name, int64(i.Schema), i.Settings, bit(i.Enabled), i.Cron, i.TimeZone,
		micros(i.NextAt), i.Failures, micros(i.UpdatedAt), i.WS, i.ID)
	return err
}

// DeleteIntegration deletes an integration with its credentials, its syncs and what was uploaded to it. Imports that it
// made stay. assets is noted in the audit log: what became of what they brought. One whose sync has not ended is
// catalog.ErrConflict.
func (s *Store) DeleteIntegration(ctx context.Context, ws int64, uuid, assets string, check func(Integration) error, by By) error {
	err := s.tx(ctx, func(tx Tx) error {
		i, err := tx.lockIntegration(ctx, ws, uuid)
		if err != nil {
			return err
		}
		if err := check(i); err != nil {
			return err
		}
		open, err := one(ctx, tx.db, scalar[int64], `SELECT count(*) FROM syncs WHERE ws = ? AND integration_id = ? AND ended_at = 0`, ws, i.ID)
		if err != nil {
			return err
		}
		if open > 0 {
			return fmt.Errorf("a sync has not ended: %w", catalog.ErrConflict)
		}
		if err := tx.deleteSecrets(ctx, ws, i.Label()); err != nil {
			return err
		}
		for _, query := range []string{
			`DELETE FROM sync_log WHERE ws = ? AND sync_id IN (SELECT id FROM syncs WHERE ws = sync_log.ws AND integration_id = ?)`,
			`DELETE FROM sync_imports WHERE ws = ? AND sync_id IN (SELECT id FROM syncs WHERE ws = sync_imports.ws AND integration_id = ?)`,
			`DELETE FROM syncs WHERE ws = ? AND integration_id = ?`,
			`DELETE FROM integration_parts WHERE ws = ? AND integration_id = ?`,
			`DELETE FROM integration_objects WHERE ws = ? AND integration_id = ?`,
			`DELETE FROM integrations WHERE ws = ? AND id = ?`,
		} {
			if _, err := tx.exec(ctx, query, ws, i.ID); err != nil {
				return err
			}
		}
		details := i.details()
		details["assets"] = assets
		return s.audit(ctx, tx, ws, AuditEntry{Action: ActionIntegrationDeleted, Subject: i.UUID, By: by, Details: details})
	})
	if err != nil {
		return fmt.Errorf("delete integration %s: %w", uuid, err)
	}
	return nil
}

// DueIntegration starts the scheduled sync of one integration whose time has come and sets its next time, in one
// transaction: of several processes that look at once, one starts it. It reports whether there was one. plan returns
// the next time and the sync.
func (s *Store) DueIntegration(ctx context.Context, plan func(Integration, time.Time) (next time.Time, n NewSync, err error)) (due bool, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		now, err := s.clock(ctx, tx.db)
		if err != nil {
			return err
		}
		i, err := one(ctx, tx.db, scanIntegration, `SELECT `+integrationColumns+` FROM integrations WHERE next_at <> 0 AND next_at <= ?
			ORDER BY next_at, ws, id LIMIT 1`+s.eng.LockRows("integrations"), micros(now))
		if due = err == nil; notFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		next, n, err := plan(i, now)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE integrations SET next_at = ? WHERE ws = ? AND id = ?`, micros(next), i.WS, i.ID); err != nil {
			return err
		}
		_, err = s.startSync(ctx, tx, i, n)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("integrations that are due: %w", err)
	}
	if due {
		s.tick()
	}
	return due, nil
}
