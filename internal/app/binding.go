package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// A database and the folder or bucket of its artifacts have one id in common. Without it two processes on one database,
// each with a folder of its own, would accept uploads that the other cannot read, and two databases on one folder would
// delete each other's artifacts.

// blobStoreSetting is the setting with the id of the location of the artifacts.
const blobStoreSetting = "blob_store"

// claimed is the prefix of an id in a location until the database has it too. What was interrupted in between is done
// again.
const claimed = "claimed "

// bind checks that a location is that of the database's artifacts. A database without one takes one that belongs to no
// other database.
func bind(ctx context.Context, st *store.Store, at location) error {
	there, err := at.Identity(ctx)
	if err != nil {
		return err
	}
	id, interrupted := strings.CutPrefix(there, claimed)
	bound, err := st.Setting(ctx, blobStoreSetting)
	switch {
	case err == nil && string(bound) == id && !interrupted:
		return nil
	case err == nil && string(bound) != id:
		return elsewhere(at)
	case err != nil && !errors.Is(err, catalog.ErrNotFound):
		return err
	case err != nil && id != "" && !interrupted:
		return fmt.Errorf("the artifacts in %s belong to another database. If this one takes its place, run thalweg migrate with the same --blob-url", at)
	}
	if id == "" {
		id = rand.Text()
	}
	if err := at.SetIdentity(ctx, claimed+id); err != nil {
		return err
	}
	inForce, err := st.EnsureSetting(ctx, blobStoreSetting, []byte(id))
	if err != nil {
		return err
	}
	if string(inForce) != id { // another process was faster, with another location
		return errors.Join(elsewhere(at), at.RemoveIdentity(ctx))
	}
	return at.SetIdentity(ctx, id)
}

func elsewhere(at location) error {
	return fmt.Errorf("the artifacts of this database are not in %s but in another folder or bucket, which every process on the database must use (--blob-url). "+
		"If the artifacts were moved there, run thalweg migrate with this --blob-url", at)
}

// rebind makes a location that of the database's artifacts, whatever either belonged to.
func rebind(ctx context.Context, st *store.Store, at location) error {
	id := rand.Text()
	if err := at.SetIdentity(ctx, claimed+id); err != nil {
		return err
	}
	if err := st.ReplaceSetting(ctx, blobStoreSetting, []byte(id)); err != nil {
		return err
	}
	return at.SetIdentity(ctx, id)
}

// complete reports an error if artifacts of the database are missing in a location.
func complete(ctx context.Context, st *store.Store, at location, blobs blob.Store) error {
	missing, total := 0, 0
	all, err := st.Workspaces(ctx)
	if err != nil {
		return err
	}
	for _, ws := range all {
		refs, err := st.AllBlobRefs(ctx, ws, 0)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			total++
			hash, err := blob.ParseHash(ref.SHA256)
			if err != nil {
				return err
			}
			if _, err := blobs.Stat(ctx, hash); errors.Is(err, blob.ErrNotFound) {
				missing++
			} else if err != nil {
				return err
			}
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d of the %d artifacts of this database are not in %s: copy them there first", missing, total, at)
	}
	return nil
}
