//go:build linux

// Package packaging tests what a release publishes: it makes each artifact for this platform as .goreleaser.yaml
// describes it, installs it in a clean place, and runs it there. Programs that it needs and cannot get are skipped by
// name; `make dist` makes the artifacts of the other platforms.
package packaging

import (
	"fmt"
	"os"
	"testing"

	_ "github.com/thalweg-data/thalweg/internal/cli" // a changed program is packed and tested again, not taken from go's cache
	"github.com/thalweg-data/thalweg/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(cleaning{m}) }

// cleaning removes the program after the tests.
type cleaning struct{ *testing.M }

func (c cleaning) Run() int {
	code := c.M.Run()
	if err := os.RemoveAll(program.dir); err != nil {
		fmt.Fprintln(os.Stderr, "packaging:", err)
		return 1
	}
	return code
}
