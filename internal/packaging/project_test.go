//go:build linux

package packaging

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/thalweg-data/thalweg/examples/shop"
)

// project is a target folder with the artifacts of the example shop, as dbt leaves them.
func project(t *testing.T) string {
	t.Helper()
	dir, state := t.TempDir(), shop.States()[0]
	for name, packed := range map[string][]byte{
		"manifest": state.Manifest, "catalog": state.Catalog, "run_results": state.RunResults, "sources": state.Sources,
	} {
		unpacked, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(unpacked)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".json"), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
