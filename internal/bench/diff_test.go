package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// BenchmarkDiff compares two states of the project by the command line: one model changed, and the same in other
// schemas, where no two nodes are equal.
func BenchmarkDiff(b *testing.B) {
	dir := os.Getenv("THALWEG_BENCH_PROJECT")
	if dir == "" {
		b.Skip("THALWEG_BENCH_PROJECT names a folder of generated projects, see scripts/bench.sh")
	}
	binary := serverBinary(b)
	for _, head := range []string{"again", "changed", "elsewhere"} {
		b.Run(head, func(b *testing.B) {
			folder := filepath.Join(dir, head)
			if _, err := os.Stat(folder); err != nil {
				b.Skip(err)
			}
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), binary, "diff", filepath.Join(dir, "first"), folder)
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				if used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
					b.ReportMetric(float64(used.Maxrss)/1024, "MB-peak")
				}
				b.ReportMetric(ms(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()), "cpu-ms")
			}
		})
	}
}
