package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

const (
	// untouched is how long a blob that lost its last reference must not have been
	// touched. An upload of the same bytes refers to them within moments; one that
	// takes longer and collides with the deletion has to send them again.
	untouched = 3 * time.Second
	// someBlobs is how many blobs are processed at a time.
	someBlobs = 200
)

// artifacts drops the references to artifacts of a workspace, or of one of its
// schemas, that the policy does not keep. Where it looks at all of them, by its
// schedule, it compresses what is kept of the past: after imports most of that is
// deleted soon, and imports would wait for it.
func (r *Retention) artifacts(ctx context.Context, ws int64, schema catalog.SchemaID) error {
	refs, err := r.Store.AllBlobRefs(ctx, ws, schema)
	if err != nil {
		return err
	}
	drop := surplus(refs, r.Policy, r.Now())
	if err := r.Store.DropBlobRefs(ctx, ws, drop); err != nil {
		return err
	}
	if schema != 0 {
		return nil
	}
	return r.compress(ctx, ws, past(refs, drop))
}

// past returns the artifacts that are kept although nothing is made of them any more: no import that runs or waits has
// them, and they are not what is served.
func past(refs, drop []store.BlobRef) (sha256s []string) {
	not := map[string]bool{}
	for _, r := range drop {
		not[r.SHA256] = true
	}
	for _, r := range refs {
		if !r.Ended || r.Applied {
			not[r.SHA256] = true
		}
	}
	for _, r := range refs {
		if !not[r.SHA256] {
			not[r.SHA256] = true // once is enough
			sha256s = append(sha256s, r.SHA256)
		}
	}
	return sha256s
}

// compress compresses artifacts. Those that are gone meanwhile, or damaged, are left as they are.
func (r *Retention) compress(ctx context.Context, ws int64, sha256s []string) error {
	compressor, ok := r.Blobs.(blob.Compressor)
	if !ok {
		return nil
	}
	var saved int64
	for _, sha256 := range sha256s {
		hash, err := blob.ParseHash(sha256)
		if err != nil {
			continue // never ours; only its row exists
		}
		n, err := compressor.Compress(ctx, hash)
		if err != nil && !errors.Is(err, blob.ErrNotFound) && !errors.Is(err, blob.ErrDamaged) {
			return fmt.Errorf("blob %s: %w", sha256, err)
		}
		saved += n
	}
	if saved > 0 {
		r.Log.InfoContext(ctx, "retention", slog.Int64("workspace", ws), slog.String("compressed", "artifacts"), slog.Int64("bytes_saved", saved))
	}
	return nil
}

// surplus returns the references that the policy does not keep. refs are sorted
// by import, newest first. Several parts of an import may have the same bytes:
// they stay if one of them has to.
func surplus(refs []store.BlobRef, p Policy, now time.Time) []store.BlobRef {
	type group struct {
		schema  catalog.SchemaID
		project catalog.ProjectID
		part    string
	}
	type part struct {
		imp    catalog.ImportID
		sha256 string
	}
	imports := map[group][]catalog.ImportID{}
	days := map[group]map[string]catalog.ImportID{}
	kept := map[part]bool{}
	oldest := now.AddDate(0, 0, -p.DailyFor)
	for _, r := range refs {
		g := group{r.Schema, r.Project, r.Part}
		if days[g] == nil {
			days[g] = map[string]catalog.ImportID{}
		}
		day := r.CreatedAt.Format(time.DateOnly)
		if _, ok := days[g][day]; !ok && r.CreatedAt.After(oldest) {
			days[g][day] = r.Import
		}
		// An import may have several parts of one name; they count once.
		if last := imports[g]; len(last) == 0 || last[len(last)-1] != r.Import {
			imports[g] = append(last, r.Import)
		}
		if !r.Ended || r.Applied || len(imports[g]) <= p.LastArtifacts || days[g][day] == r.Import {
			kept[part{r.Import, r.SHA256}] = true
		}
	}
	var drop []store.BlobRef
	for _, r := range refs {
		if !kept[part{r.Import, r.SHA256}] {
			drop = append(drop, r)
		}
	}
	return drop
}

// collect deletes artifacts that nothing refers to.
func (r *Retention) collect(ctx context.Context) error {
	now := r.Now()
	loose := store.Loose{Dropped: now.Add(-untouched), Orphaned: now.Add(-r.Policy.Orphans)}
	for ctx.Err() == nil {
		found, err := r.Store.UnreferencedBlobs(ctx, loose, someBlobs)
		if err != nil || len(found) == 0 {
			return err
		}
		marked, err := r.Store.MarkBlobs(ctx, loose, found)
		if err != nil {
			return err
		}
		if len(marked) == 0 {
			return nil // all were touched or referred to meanwhile
		}
		r.log(0, "artifacts", int64(len(marked)))
		if err := r.remove(ctx, marked, loose.Dropped); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// resume finishes deletions that a process began and did not end.
func (r *Retention) resume(ctx context.Context) error {
	before := r.Now().Add(-store.MarkTime)
	begun, err := r.Store.MarkedBlobs(ctx, before)
	if err != nil {
		return err
	}
	marked, err := r.Store.MarkBlobs(ctx, store.Loose{Dropped: before, Orphaned: before}, begun) // ours now
	if err != nil {
		return err
	}
	return r.remove(ctx, marked, before)
}

// strays deletes stored bytes that the store has no row of, such as those of an
// upload whose database was restored from a backup, and what uploads that died
// left in the spool.
func (r *Retention) strays(ctx context.Context) error {
	before := r.Now().Add(-r.Policy.Orphans)
	var old []string
	look := func() error {
		marked, err := r.Store.MarkStrayBlobs(ctx, old)
		old = old[:0]
		if err != nil {
			return err
		}
		r.log(0, "stray artifacts", int64(len(marked)))
		return r.remove(ctx, marked, before)
	}
	err := r.Blobs.List(ctx, func(i blob.Info) error {
		if i.Modified.Before(before) {
			old = append(old, i.Hash.String())
		}
		if len(old) < someBlobs {
			return nil
		}
		return look()
	})
	if err == nil {
		err = look()
	}
	if err != nil {
		return err
	}
	_, err = r.Blobs.Sweep(ctx, max(r.Policy.Orphans, time.Hour)) // uploads may be slow
	return err
}

// remove deletes the bytes of marked blobs, and then their rows. Bytes that were
// stored after a time stay: that process has not touched the row before, as
// uploads do, but may still be about to refer to it.
func (r *Retention) remove(ctx context.Context, marked []string, before time.Time) error {
	var gone, spared []string
	for _, sha256 := range marked {
		hash, err := blob.ParseHash(sha256)
		if err != nil { // never ours; only its row exists
			gone = append(gone, sha256)
			continue
		}
		info, err := r.Blobs.Stat(ctx, hash)
		switch {
		case errors.Is(err, blob.ErrNotFound):
		case err != nil:
			return fmt.Errorf("blob %s: %w", sha256, err)
		case info.Modified.After(before):
			spared = append(spared, sha256)
			continue
		default:
			if err := r.Blobs.Delete(ctx, hash); err != nil {
				return fmt.Errorf("delete blob %s: %w", sha256, err)
			}
		}
		gone = append(gone, sha256)
	}
	return errors.Join(r.Store.ForgetBlobs(ctx, gone), r.Store.SpareBlobs(ctx, spared))
}
