package app

import (
	"bytes"
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Artifact is an artifact in memory, plain or gzip.
type Artifact struct {
	Name    string
	Content []byte
}

// Enqueue accepts artifacts like an upload; a worker imports them.
func (a *App) Enqueue(ctx context.Context, schema catalog.SchemaID, actor catalog.Actor, artifacts []Artifact) error {
	n := store.NewImport{SchemaID: schema, Actor: actor}
	var writers []blob.Writer
	defer func() {
		for _, w := range writers {
			_ = w.Abort() // nothing, once it is committed
		}
	}()
	for _, art := range artifacts {
		if len(art.Content) == 0 {
			continue
		}
		w, err := a.blobs.Create(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", art.Name, err)
		}
		writers = append(writers, w)
		if _, err := bytes.NewReader(art.Content).WriteTo(w); err != nil {
			return fmt.Errorf("%s: %w", art.Name, err)
		}
		sum := w.Sum()
		n.Parts = append(n.Parts, catalog.Part{Name: art.Name, SHA256: sum.Hash.String(), Size: sum.Size, Checksum: sum.Checksum})
	}
	var err error
	if n.Touch, err = a.Store.TouchBlobs(ctx, n.Parts); err != nil {
		return err
	}
	for i, w := range writers {
		if _, _, err := w.Commit(ctx); err != nil {
			return fmt.Errorf("%s: %w", n.Parts[i].Name, err)
		}
	}
	_, _, err = a.Store.CreateImport(ctx, catalog.DefaultWorkspace, n)
	return err
}
