package gen_test

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/bench/gen"
)

func BenchmarkManifest(b *testing.B) {
	p := plan(b, gen.Project{Models: 2000, Columns: 20, TestsPerModel: 3, Seed: 1})
	var written counter
	for b.Loop() {
		written = 0
		if err := p.WriteManifest(&written); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(written))
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
