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
	Reason   string          // set where it is read
	Asset    catalog.AssetID // not kept of a target that moved: that which has the node is listed
	Name     string
	Kind     catalog.Kind
	UniqueID string
	Project  catalog.ProjectID
	Place    string        // where a target that moved has it, as catalog.PlaceOf
	Cause    catalog.Cause // the import or crawl that no longer has it
	At       time.Time     // of its report
	Since    time.Time     // zero when written: the time of the save
}

// removalRow is a pending removal with the key of its node.
type removalRow struct {
	PendingRemoval
	node []byte
}

// Removals lists the pending removals and moves of a schema that a confirmation would
// carry out now, by asset: an asset that another origin reports too stays, and one that
// several projects no longer have is listed once.
func (s *Store) Removals(ctx context.Context, ws int64, schema catalog.SchemaID, p Page) (Paged[PendingRemoval], error) {
	return s.removals(ctx, ws, schema, p, effectiveRemovals+` UNION ALL `+effectiveMoves)
}

// PendingRemovals lists what is pending of each project, by asset, whether or not
// another origin has the asset too.
func (s *Store) PendingRemovals(ctx context.Context, ws int64, schema catalog.SchemaID, p Page) (Paged[PendingRemoval], error) {
	return s.removals(ctx, ws, schema, p, pendingRemovals)
}

const (
	pendingRemovals = `SELECT r.asset, r.name, r.kind, r.unique_id, r.project_id, r.cause_kind, r.cause_id, r.at, r.since, r.reason, r.node
		FROM removals r WHERE r.ws = ? AND r.schema_id = ? AND r.reason = 'removed'`

	// effectiveRemovals are those that remove something. Only facets count that assert
	// that the asset exists and are not pending themselves.
	effectiveRemovals = pendingRemovals + `
		AND EXISTS (SELECT 1 FROM facets f` + assertedOf + ` AND f.asset = r.asset AND f.project_id = r.project_id)
		AND NOT EXISTS (SELECT 1 FROM facets f` + assertedOf + ` AND f.asset = r.asset AND f.project_id <> r.project_id
			AND NOT EXISTS (SELECT 1 FROM removals o WHERE o.ws = r.ws AND o.schema_id = r.schema_id AND o.asset = r.asset
				AND o.project_id = f.project_id AND o.reason = r.reason))
		AND NOT EXISTS (SELECT 1 FROM removals o WHERE o.ws = r.ws AND o.schema_id = r.schema_id AND o.asset = r.asset
			AND o.project_id < r.project_id AND o.reason = r.reason)`

	// effectiveMoves are the nodes of waiting manifests whose tables are elsewhere. The plus keeps SQLite from reading
	// every facet for the order of a page: few nodes wait.
	effectiveMoves = `SELECT +f.asset, r.name, r.kind, r.unique_id, r.project_id, r.cause_kind, r.cause_id, r.at, r.since, r.reason, r.node
		FROM removals r, assets a, facets f` + assertedOf + ` AND f.key = r.node AND r.ws = ? AND r.schema_id = ? AND r.reason = 'target_moved'
		AND a.ws = f.ws AND +a.schema_id = f.schema_id AND a.id = f.asset AND a.valid_from <= s.version AND a.valid_to > s.version
		AND substr(a.relation_key, 1, length(r.place) + 1) <> r.place || '.'`

	// assertedOf joins facets of the served version by which something exists.
	assertedOf = `, schemas s WHERE s.ws = r.ws AND s.id = r.schema_id AND f.ws = r.ws AND f.schema_id = r.schema_id
		AND f.valid_from <= s.version AND +f.valid_to > s.version AND f.withdrawn_kind = '' AND f.source IN ('manifest', 'crawl')`
)

// removals lists what a query of them finds, whose parameters are twice the schema.
func (s *Store) removals(ctx context.Context, ws int64, schema catalog.SchemaID, p Page, query string) (Paged[PendingRemoval], error) {
	var asset, project int64
	var node []byte
	if _, err := p.after(&asset, &project, &node); err != nil {
		return Paged[PendingRemoval]{}, err
	}
	if node == nil {
		node = []byte{}
	}
	d := s.reader(ws)
	args := []any{ws, int64(schema)}
	if query != pendingRemovals {
		args = append(args, args...)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM (`+query+`) x`, args...)
	if err != nil {
		return Paged[PendingRemoval]{}, fmt.Errorf("removals of %s: %w", schema, err)
	}
	rows, err := list(ctx, d, scanRemoval, `SELECT asset, name, kind, unique_id, project_id, cause_kind, cause_id, at, since, reason, node FROM (`+query+`) x
		WHERE (asset, project_id, node) > (?, ?, ?) ORDER BY asset, project_id, node LIMIT ?`, append(args, asset, project, node, p.limit()+1)...)
	if err != nil {
		return Paged[PendingRemoval]{}, fmt.Errorf("removals of %s: %w", schema, err)
	}
	page, err := paged(rows, p, total, func(r removalRow) []any { return []any{r.Asset, r.Project, r.node} })
	out := Paged[PendingRemoval]{Next: page.Next, Total: page.Total}
	for _, r := range page.Rows {
		out.Rows = append(out.Rows, r.PendingRemoval)
	}
	return out, err
}

func scanRemoval(row scanner) (r removalRow, err error) {
	var at, since int64
	err = row.Scan(&r.Asset, &r.Name, &r.Kind, &r.UniqueID, &r.Project, &r.Cause.Kind, &r.Cause.ID, &at, &since, &r.Reason, &r.node)
	r.At, r.Since = timeOf(at), timeOf(since)
	return r, err
}

var removalTable = Table{
	Name:    "removals",
	Columns: []string{"ws", "schema_id", "asset", "project_id", "node", "unique_id", "name", "kind", "cause_kind", "cause_id", "at", "since", "reason", "place"},
}

// putRemovals replaces what is pending of a project for one reason.
func (s *Store) putRemovals(ctx context.Context, tx Tx, l Lease, project catalog.ProjectID, reason string, removals []PendingRemoval) error {
	if _, err := tx.exec(ctx, `DELETE FROM removals WHERE ws = ? AND schema_id = ? AND project_id = ? AND reason = ?`, l.WS, int64(l.Schema), int64(project), reason); err != nil {
		return fmt.Errorf("removals: %w", err)
	}
	key, err := tx.removalKey(ctx, l.WS, project, reason)
	if err != nil {
		return fmt.Errorf("removals: %w", err)
	}
	rows := make([][]any, len(removals))
	for i, r := range removals {
		since := micros(r.Since)
		if since == 0 {
			since = micros(s.now())
		}
		rows[i] = []any{
			l.WS, int64(l.Schema), int64(r.Asset), int64(project), key(r.UniqueID), r.UniqueID, r.Name, string(r.Kind),
			string(r.Cause.Kind), r.Cause.ID, micros(r.At), since, reason, r.Place,
		}
	}
	if err := s.eng.Load(ctx, tx, removalTable, rows); err != nil {
		return fmt.Errorf("removals: %w", err)
	}
	return nil
}

// removalKey returns the key of a node: where a target moved that of its facet, by which
// the asset that has it is found.
func (tx Tx) removalKey(ctx context.Context, ws int64, project catalog.ProjectID, reason string) (func(uniqueID string) []byte, error) {
	if reason == ReasonRemoved {
		return keyHash, nil
	}
	p, err := one(ctx, tx.db, scanProject, `SELECT `+projectColumns+` FROM projects WHERE ws = ? AND id = ?`, ws, int64(project))
	return func(uniqueID string) []byte {
		key := FacetKey{Origin: p.Origin(), Source: catalog.FromManifest, UniqueID: uniqueID}.hash()
		return key[:]
	}, err
}
