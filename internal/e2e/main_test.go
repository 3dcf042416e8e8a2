// Package e2e tries the whole product from outside: over HTTP and by its
// command line, on both stores. What it expects comes from the artifacts'
// files or from another run, never from the code under test.
package e2e

import (
	"fmt"
	"os"
	"testing"

	"github.com/thalweg-data/thalweg/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(cleaning{m}) }

// cleaning removes the binary after the tests.
type cleaning struct{ *testing.M }

func (c cleaning) Run() int {
	code := c.M.Run()
	if err := removeProgram(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	return code
}
