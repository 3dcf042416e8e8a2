package importing

import (
	"context"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// An import holds its schema only while it is applied: an edit that comes while
// its artifacts are read does not wait, and neither loses what the other did.
func TestEditWhileArtifactsAreRead(t *testing.T) {
	r := newRig(t)
	nodes := shopNodes()
	r.completed(r.send(manifest(t, "shop", monday, nodes...)))
	asset, _ := r.asset("model.shop.orders")

	slow := &slowBlobs{Store: r.blobs, reading: make(chan struct{}), goOn: make(chan struct{})}
	r.worker.Blobs = func(int64) blob.Store { return slow }
	nodes = append(nodes, model("refunds", "model.shop.orders"))
	nodes[2]["description"] = "Every order."
	sent := make(chan catalog.Import, 1)
	go func() { sent <- r.send(manifest(t, "shop", tuesday, nodes...)) }()
	<-slow.reading
	began := time.Now()
	for _, field := range []string{"tags", "owners"} {
		if _, err := r.editor.EditAsset(t.Context(), ws, asset.ID, ana, edits(catalog.Edit{Field: field, Add: []string{"ana"}})); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the edits waited for %s", took)
	}
	close(slow.goOn)
	imp := r.completed(<-sent)
	asset, _ = r.asset("model.shop.orders")
	if !slices.Contains(asset.Tags, "ana") || !slices.Contains(asset.Owners, "ana") || asset.Description.Value != "Every order." || imp.Version != 4 {
		t.Errorf("tags %v, owners %v, description %q, version %d", asset.Tags, asset.Owners, asset.Description.Value, imp.Version)
	}
}

// slowBlobs holds the first reader in the middle of its artifact.
type slowBlobs struct {
	blob.Store
	once          sync.Once
	reading, goOn chan struct{}
}

func (s *slowBlobs) Open(ctx context.Context, h blob.Hash) (io.ReadCloser, error) {
	r, err := s.Store.Open(ctx, h)
	return &slowReader{ReadCloser: r, blobs: s}, err
}

type slowReader struct {
	io.ReadCloser
	blobs *slowBlobs
	read  int
}

func (r *slowReader) Read(p []byte) (int, error) {
	if r.read++; r.read > 2 {
		r.blobs.once.Do(func() { close(r.blobs.reading); <-r.blobs.goOn })
	}
	return r.ReadCloser.Read(p[:min(len(p), 512)])
}
