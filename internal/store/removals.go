package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Why a decision about an asset is pending.
const (
	ReasonRemoved     = "removed"      // a manifest no longer has it
	ReasonTargetMoved = "target_moved" // a manifest of another target has it elsewhere
)

// PendingRemoval is an asset whose removal, or move to another target, is pending
// until a person decides.
type PendingRemoval struct {
	Reason   string // set where it is read
	Asset    catalog.AssetID
	Name     string
	Kind     catalog.Kind
	UniqueID string
	Project  catalog.ProjectID
	Cause    catalog.Cause // the import or crawl that no longer has it
	At       time.Time     // of its report
	Since    time.Time     // zero when written: the time of the save
}

// Removals lists the pending removals of a schema that a confirmation would carry out
// now, by asset: an asset that another origin reports too stays, and one that several
// projects no longer have is listed once.
func (s *Store) Removals(ctx context.Context, ws int64, schema catalog.SchemaID, p Page) (Paged[PendingRemoval], error) {
	return s.removals(ctx, ws, schema, p, effectiveRemoval)
}

// PendingRemovals lists what is pending of each project, by asset, whether or not
// another origin has the asset too.
func (s *Store) PendingRemovals(ctx context.Context, ws int64, schema catalog.SchemaID, p Page) (Paged[PendingRemoval], error) {
	return s.removals(ctx, ws, schema, p, "")
}

// effectiveRemoval is the condition on r, a pending removal, that confirming it
// changes something. A facet of the served version counts only if it asserts that the
// asset exists and is not pending itself.
const effectiveRemoval = `
	AND EXISTS (SELECT 1 FROM facets f` + assertedOf + ` AND f.project_id = r.project_id)
	AND (r.reason <> 'removed' OR NOT EXISTS (SELECT 1 FROM facets f` + assertedOf + ` AND f.project_id <> r.project_id
			AND NOT EXISTS (SELECT 1 FROM removals o WHERE o.ws = r.ws AND o.schema_id = r.schema_id AND o.asset = r.asset
				AND o.project_id = f.project_id AND o.reason = r.reason))
		AND NOT EXISTS (SELECT 1 FROM removals o WHERE o.ws = r.ws AND o.schema_id = r.schema_id AND o.asset = r.asset
			AND o.project_id < r.project_id AND o.reason = r.reason))`

const assertedOf = `, schemas s WHERE s.ws = r.ws AND s.id = r.schema_id AND f.ws = r.ws AND f.schema_id = r.schema_id AND f.asset = r.asset
	AND f.valid_from <= s.version AND f.valid_to > s.version AND f.withdrawn_kind = '' AND f.source IN ('manifest', 'crawl')`

func (s *Store) removals(ctx context.Context, ws int64, schema catalog.SchemaID, p Page, condition string) (Paged[PendingRemoval], error) {
	var asset, project int64
	var node []byte
	if _, err := p.after(&asset, &project, &node); err != nil {
		return Paged[PendingRemoval]{}, err
	}
	if node == nil {
		node = []byte{}
	}
	d := s.reader(ws)
	from := ` FROM removals r WHERE r.ws = ? AND r.schema_id = ?` + condition
	rows, err := list(ctx, d, scanRemoval, `SELECT r.asset, r.name, r.kind, r.unique_id, r.project_id, r.cause_kind, r.cause_id, r.at, r.since, r.reason`+from+`
		AND (r.asset, r.project_id, r.node) > (?, ?, ?) ORDER BY r.asset, r.project_id, r.node LIMIT ?`,
		ws, int64(schema), asset, project, node, p.limit()+1)
	if err != nil {
		return Paged[PendingRemoval]{}, fmt.Errorf("removals of %s: %w", schema, err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*)`+from, ws, int64(schema))
	if err != nil {
		return Paged[PendingRemoval]{}, fmt.Errorf("removals of %s: %w", schema, err)
	}
	return paged(rows, p, total, func(r PendingRemoval) []any { return []any{r.Asset, r.Project, removalKey(r.Reason, r.UniqueID)} })
}

func scanRemoval(row scanner) (r PendingRemoval, err error) {
	var at, since int64
	err = row.Scan(&r.Asset, &r.Name, &r.Kind, &r.UniqueID, &r.Project, &r.Cause.Kind, &r.Cause.ID, &at, &since, &r.Reason)
	r.At, r.Since = timeOf(at), timeOf(since)
	return r, err
}

var removalTable = Table{
	Name:    "removals",
	Columns: []string{"ws", "schema_id", "asset", "project_id", "node", "unique_id", "name", "kind", "cause_kind", "cause_id", "at", "since", "reason"},
}

// removalKey is the key of a node among those of its project.
func removalKey(reason, uniqueID string) []byte {
	if reason == ReasonRemoved {
		return keyHash(uniqueID)
	}
	return keyHash(reason + "\x00" + uniqueID)
}

// putRemovals replaces what is pending of a project for one reason.
func (s *Store) putRemovals(ctx context.Context, tx Tx, l Lease, project catalog.ProjectID, reason string, removals []PendingRemoval) error {
	if _, err := tx.exec(ctx, `DELETE FROM removals WHERE ws = ? AND schema_id = ? AND project_id = ? AND reason = ?`, l.WS, int64(l.Schema), int64(project), reason); err != nil {
		return fmt.Errorf("removals: %w", err)
	}
	rows := make([][]any, len(removals))
	for i, r := range removals {
		since := micros(r.Since)
		if since == 0 {
			since = micros(s.now())
		}
		rows[i] = []any{
			l.WS, int64(l.Schema), int64(r.Asset), int64(project), removalKey(reason, r.UniqueID), r.UniqueID, r.Name, string(r.Kind),
			string(r.Cause.Kind), r.Cause.ID, micros(r.At), since, reason,
		}
	}
	if err := s.eng.Load(ctx, tx, removalTable, rows); err != nil {
		return fmt.Errorf("removals: %w", err)
	}
	return nil
}
