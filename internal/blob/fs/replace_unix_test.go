//go:build unix

package fs

import (
	"io"
	"os"
	"testing"

	"github.com/thalweg-data/thalweg/internal/blob/blobtest"
)

// The same bytes again must cost no more than new ones: the stored copy is replaced,
// not read and hashed.
func TestSameBytesReplaceTheFile(t *testing.T) {
	store := open(t)
	content := []byte("the same bytes")
	hash := blobtest.Put(t, store, content)
	reader, err := store.Open(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	before, err := os.Stat(store.path(hash))
	if err != nil {
		t.Fatal(err)
	}
	blobtest.Put(t, store, content)
	after, err := os.Stat(store.path(hash))
	if err != nil {
		t.Fatal(err)
	}
	if os.SameFile(before, after) {
		t.Error("the second commit kept the stored file, so it must have compared it")
	}
	if got, err := io.ReadAll(reader); err != nil || string(got) != string(content) {
		t.Errorf("a reader from before read %q, %v; want %q", got, err, content)
	}
}
