package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/blob"
	blobfs "github.com/thalweg-data/thalweg/internal/blob/fs"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// A database and the folder of its artifacts have one id in common. Without it two processes on one database, each
// with a folder of its own, would accept uploads that the other cannot read, and two databases on one folder would
// delete each other's artifacts.

// blobStoreSetting is the setting with the id of the folder of artifacts.
const blobStoreSetting = "blob_store"

// claimed is the prefix of an id in a folder until the database has it too. What was interrupted in between is done
// again.
const claimed = "claimed "

// bind checks that a folder is that of the database's artifacts. A database without a folder takes one that belongs to
// no other database.
func bind(ctx context.Context, st *store.Store, folder string) error {
	there, err := blobfs.Identity(folder)
	if err != nil {
		return err
	}
	id, interrupted := strings.CutPrefix(there, claimed)
	bound, err := st.Setting(ctx, blobStoreSetting)
	switch {
	case err == nil && string(bound) == id && !interrupted:
		return nil
	case err == nil && string(bound) != id:
		return otherFolder(folder)
	case err != nil && !errors.Is(err, catalog.ErrNotFound):
		return err
	case err != nil && id != "" && !interrupted:
		return fmt.Errorf("the folder of artifacts %s belongs to another database. If this one takes its place, run thalweg migrate --blob-url file://%s", folder, folder)
	}
	if id == "" {
		id = rand.Text()
	}
	if err := blobfs.SetIdentity(folder, claimed+id); err != nil {
		return err
	}
	inForce, err := st.EnsureSetting(ctx, blobStoreSetting, []byte(id))
	if err != nil {
		return err
	}
	if string(inForce) != id { // another process was faster, with another folder
		return errors.Join(otherFolder(folder), blobfs.RemoveIdentity(folder))
	}
	return blobfs.SetIdentity(folder, id)
}

func otherFolder(folder string) error {
	return fmt.Errorf("the artifacts of this database are not in %s but in another folder, which every process on the database must use (--blob-url). "+
		"If the artifacts were moved there, run thalweg migrate --blob-url file://%s", folder, folder)
}

// rebind makes a folder that of the database's artifacts, whatever either belonged to.
func rebind(ctx context.Context, st *store.Store, folder string) error {
	id := rand.Text()
	if err := blobfs.SetIdentity(folder, claimed+id); err != nil {
		return err
	}
	if err := st.ReplaceSetting(ctx, blobStoreSetting, []byte(id)); err != nil {
		return err
	}
	return blobfs.SetIdentity(folder, id)
}

// complete reports an error if artifacts of the database are missing in a folder.
func complete(ctx context.Context, st *store.Store, folder string, blobs blob.Store) error {
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
		return fmt.Errorf("%d of the %d artifacts of this database are not in %s: copy them there first", missing, total, folder)
	}
	return nil
}
