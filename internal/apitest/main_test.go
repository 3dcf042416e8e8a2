package apitest

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/thalweg-data/thalweg/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(leakless{m}) }

// cluster waits for the throw-away PostgreSQL, which pgtest.Main stops last.
const cluster = "github.com/thalweg-data/thalweg/internal/pgtest.(*Cluster).spawn.func1"

// leakless fails a run that leaves a goroutine behind.
type leakless struct{ *testing.M }

func (l leakless) Run() int {
	code := l.M.Run()
	if err := goleak.Find(goleak.IgnoreAnyFunction(cluster)); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "goroutines are left:", err)
		return 1
	}
	return code
}
