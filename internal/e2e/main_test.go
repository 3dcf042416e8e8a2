// Package e2e tries the whole product from outside: over HTTP and by its
// command line, on both stores. What it expects comes from the artifacts'
// files or from another run, never from the code under test.
package e2e

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
