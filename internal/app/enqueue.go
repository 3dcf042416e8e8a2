package app

import (
	"bytes"
	"context"
	"errors"
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
	var parts []catalog.Part
	for _, art := range artifacts {
		if len(art.Content) == 0 {
			continue
		}
		sum, err := a.putBlob(ctx, art.Content)
		if err != nil {
			return fmt.Errorf("%s: %w", art.Name, err)
		}
		parts = append(parts, catalog.Part{Name: art.Name, SHA256: sum.Hash.String(), Size: sum.Size, Checksum: sum.Checksum})
	}
	_, _, err := a.Store.CreateImport(ctx, catalog.DefaultWorkspace, store.NewImport{SchemaID: schema, Parts: parts, Actor: actor})
	return err
}

func (a *App) putBlob(ctx context.Context, content []byte) (blob.Sum, error) {
	w, err := a.blobs.Create(ctx)
	if err != nil {
		return blob.Sum{}, err
	}
	if _, err := bytes.NewReader(content).WriteTo(w); err != nil {
		return blob.Sum{}, errors.Join(err, w.Abort())
	}
	sum := w.Sum()
	if err := a.Store.TouchBlob(ctx, sum.Hash.String(), sum.Size); err != nil {
		return blob.Sum{}, errors.Join(err, w.Abort())
	}
	_, _, err = w.Commit(ctx)
	return sum, err
}
