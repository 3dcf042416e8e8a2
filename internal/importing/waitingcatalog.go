package importing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// A catalog may come before the manifest that has its tables where it lists them. It is
// kept by its name until a manifest without a catalog is applied, and then read again.

// waitingCatalogMemo names the catalog of a project that was taken for that of another
// target; of several, the newest.
const waitingCatalogMemo = "importing/catalog/1"

// waitingCatalog is a catalog that was not applied.
type waitingCatalog struct {
	Part catalog.Part  `json:"part"`
	At   catalog.Stamp `json:"at"`
}

func (j *job) waitingCatalog(ctx context.Context) (*waitingCatalog, error) {
	b, err := j.Store.Fingerprint(ctx, j.claim.WS, j.schema.ID, j.project.ID, waitingCatalogMemo)
	if err != nil || b == nil {
		return nil, err
	}
	w := &waitingCatalog{}
	if err := json.Unmarshal(b, w); err != nil {
		return nil, fmt.Errorf("catalog of %s that waits: %w", j.project.ID, err)
	}
	return w, nil
}

// keepCatalog notes a catalog that was not applied.
func (j *job) keepCatalog(ctx context.Context, c *catalogIndex, part catalog.Part) error {
	now := waitingCatalog{Part: part, At: j.stampOf(c.head, part)}
	if before, err := j.waitingCatalog(ctx); err != nil || before != nil && before.At.Compare(now.At) >= 0 {
		return err
	}
	b, err := json.Marshal(now)
	j.memos = append(j.memos, store.Memo{Project: j.project.ID, Name: waitingCatalogMemo, Value: b})
	return err
}

// readWaitingCatalog reads the catalog that waits, for a manifest that has none with it.
func (j *job) readWaitingCatalog(ctx context.Context, c *contents) error {
	if c.manifest == nil || c.manifest.same || c.manifest.late || c.manifest.first {
		return nil
	}
	w, err := j.waitingCatalog(ctx)
	if err != nil || w == nil {
		return err
	}
	hash, err := blob.ParseHash(w.Part.SHA256)
	if err != nil {
		return err
	}
	if _, err = j.Blobs(j.claim.WS).Stat(ctx, hash); err == nil {
		err = j.readCatalog(ctx, w.Part, c)
	}
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		return err
	}
	if c.catalog != nil || err != nil {
		j.memos = append(j.memos, store.Memo{Project: j.project.ID, Name: waitingCatalogMemo})
	}
	return nil
}
