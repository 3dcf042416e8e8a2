package store

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// KindEvents is the kind of the jobs that find out which events webhooks have to
// send.
const KindEvents = "events"

// Occurrence is the argument of such a job: an import that ended, a sync that failed,
// or a version that something else made. The schema is the job's.
type Occurrence struct {
	Import  catalog.ImportID `json:"import,omitzero"`
	Sync    int64            `json:"sync,omitzero"`
	Version int64            `json:"version,omitzero"`
}

// announce enqueues the job that finds events, in the transaction in which they
// happened: none is lost, and imports wait for nothing. Without webhooks it does
// nothing. Jobs of a schema run in order, so that events come in the order of
// versions.
func (s *Store) announce(ctx context.Context, tx Tx, ws int64, schema catalog.SchemaID, o Occurrence) error {
	enabled, err := one(ctx, tx.db, scalar[int64], `SELECT count(*) FROM webhooks WHERE ws = ? AND enabled = 1`, ws)
	if err != nil || enabled == 0 {
		return err
	}
	args, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = s.enqueue(ctx, tx, ws, NewJob{Kind: KindEvents, Schema: schema, OrderKey: fmt.Sprintf("%s/%d", KindEvents, int64(schema)), Arguments: args})
	return err
}
