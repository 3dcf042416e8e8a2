package store

import (
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// AsOf bounds the results of runs that a reader of an older version sees: those of imports
// that had ended at a time, or that made the version or one before it. An import ends
// after it made its version, so both are needed. The zero AsOf is now: all results.
type AsOf struct {
	At      time.Time
	Version int64
}

// IsNow reports whether all results are known.
func (k AsOf) IsNow() bool { return k.At.IsZero() }

// join joins the imports i of runs r, which the condition needs.
func (k AsOf) join() string {
	if k.IsNow() {
		return ""
	}
	return ` LEFT JOIN imports i ON i.ws = r.ws AND i.id = r.import_id`
}

// condition is the condition that the results of a run r were known; a run without
// an import is known from its own time on.
func (k AsOf) condition(args []any) (string, []any) {
	if k.IsNow() {
		return "", args
	}
	at := k.At.UnixMicro()
	return ` AND CASE WHEN i.id IS NULL THEN r.generated_at <= ? ELSE i.version BETWEEN 1 AND ? OR i.ended_at BETWEEN 1 AND ? END`,
		append(args, at, k.Version, at)
}

// amongHashes is the condition that a column has one of some values; nil lets all through.
func amongHashes(column string, args []any, values [][]byte) (string, []any) {
	if values == nil {
		return "", args
	}
	marks, args := in(args, values)
	return ` AND ` + column + ` IN ` + marks, args
}

// latestAsOf returns the FROM clause of the latest results n of nodes (nil = all), which were
// kept only for now, in the state that was known earlier.
func (k AsOf) latestAsOf(ws int64, schema catalog.SchemaID, nodes [][]byte) (string, []any) {
	args := []any{ws, int64(schema), catalog.ClassCompiled, int(catalog.CountsAsLatest)}
	condition, args := k.condition(args)
	of, args := amongHashes("n.node", args, nodes)
	return ` FROM (SELECT n.*, r.project_id, r.invocation_id, row_number() OVER (PARTITION BY n.node, r.project_id ORDER BY n.at DESC, r.invocation_id DESC) AS place
		FROM node_results n JOIN runs r ON r.ws = n.ws AND r.id = n.run_id AND r.stored = 1` + k.join() + `
		WHERE n.ws = ? AND n.schema_id = ? AND n.class <> ? AND r.counts >= ?` + condition + of + `) n WHERE n.place = 1`, args
}
