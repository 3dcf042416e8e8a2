package e2e

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/examples/shop"
	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/apitest"
)

// clock stands still but between uploads, so that two servers that were sent
// the same have the same times.
type clock struct{ us atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.us.Store(time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) now() time.Time { return time.UnixMicro(c.us.Load()).UTC() }

func (c *clock) step() { c.us.Add(time.Minute.Microseconds()) }

// rig is a server with one schema and an administrator's key. Two rigs that
// are used alike give the same replies: clock and randomness are the same.
type rig struct {
	*apitest.Server
	clock       *clock
	key, schema string
}

func newRig(t *testing.T, open apitest.OpenStore) *rig {
	t.Helper()
	r := &rig{clock: newClock()}
	r.Server = apitest.Start(t, apitest.Options{Store: open, Now: r.clock.now, Random: rand.NewChaCha8([32]byte{1})})
	r.key = r.Key(t, access.AdminWorkspace)
	r.schema = r.Schema(t, "Analytics Warehouse")
	return r
}

// artifacts is one upload: bytes by the name of the part.
type artifacts struct{ manifest, catalog, results, sources []byte }

func (a artifacts) parts() []apitest.Part {
	var parts []apitest.Part
	add := func(name string, content []byte) {
		if content != nil {
			parts = append(parts, apitest.File(name, name+".json", content))
		}
	}
	add("manifest", a.manifest)
	add("catalog", a.catalog)
	add("run_results", a.results)
	add("sources", a.sources)
	return parts
}

// send imports a set, a minute after what came before, and gives its id.
func (r *rig) send(t *testing.T, a artifacts) string {
	t.Helper()
	r.clock.step()
	return r.Import(t, r.key, r.schema, a.parts()...)
}

// shopAt gives a state of the example shop: 0 before, 1 after.
func shopAt(n int) artifacts {
	s := shop.States()[n]
	return artifacts{s.Manifest, s.Catalog, s.RunResults, s.Sources}
}

// collection is the folder of real artifacts, which is no part of the
// repository.
func collection(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("THALWEG_ARTIFACTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "artifacts")
	}
	if _, err := os.Stat(filepath.Join(dir, "counts.json")); err != nil {
		t.Skip("SKIPPED: no collection of real artifacts; set THALWEG_ARTIFACTS to its folder")
	}
	return dir
}

// realAt reads a set of real artifacts from a folder of the collection.
func realAt(t *testing.T, folder string) artifacts {
	t.Helper()
	dir := filepath.Join(collection(t), filepath.FromSlash(folder))
	read := func(name string) []byte {
		for _, suffix := range []string{"", ".gz"} {
			if b, err := os.ReadFile(filepath.Join(dir, name+suffix)); err == nil {
				return bytes.Clone(b)
			}
		}
		return nil
	}
	a := artifacts{read("manifest.json"), read("catalog.json"), read("run_results.json"), read("sources.json")}
	if a.manifest == nil {
		t.Fatalf("no manifest in %s", dir)
	}
	return a
}
