package lineage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// The ceilings of one import of hostile code.
const (
	ceilingMB   = 64 // above idle
	bombSeconds = 20 // of processor time
)

// discarding is a source that keeps nothing of what was traced, as a store on disk does.
type discarding struct {
	*memory
	statuses map[Status]int
	exceeded int
}

func (d *discarding) Keep(_ context.Context, traced []Traced) error {
	for _, w := range traced {
		d.statuses[w.Block.Status]++
		if w.Block.exceeded() {
			d.exceeded++
		}
	}
	return nil
}

// bombProject has several models that are all the same bomb, of about so many
// bytes together.
func bombProject(b bomb, platform string, size int) (*world, *discarding) {
	const models = 4
	w := newWorld(platform)
	w.source("t", "a", "b", "c", "d")
	text := b.text(size / models)
	for i := range models {
		w.model("m"+strconv.Itoa(i), fmt.Sprintf("-- %d\n%s", i, text), "t")
	}
	return w, &discarding{memory: newMemory(w), statuses: map[Status]int{}}
}

// TestBombs imports each bomb in a process of its own and compares the most memory
// that it took with what the process had when idle.
func TestBombs(t *testing.T) {
	if os.Getenv("BOMB") != "" {
		explode(t)
		return
	}
	if _, err := os.Stat("/proc/self/clear_refs"); err != nil {
		t.Skip("SKIPPED: the most memory that a process took is read from /proc")
	}
	for i := range bombs {
		t.Run(strings.ReplaceAll(bombs[i].name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestBombs$", "-test.v")
			cmd.Env = append(os.Environ(), "BOMB="+strconv.Itoa(i))
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Run(); err != nil {
				t.Errorf("%v\n%s", err, out.String())
			}
			t.Log(out.String())
		})
	}
}

// explode runs in the process of one bomb.
func explode(t *testing.T) {
	i, err := strconv.Atoi(os.Getenv("BOMB"))
	if err != nil {
		t.Fatal(err)
	}
	warm, kept := bombProject(bomb{text: func(int) string { return "select a, b from t" }}, "duckdb", 100)
	runBombs(t, warm, kept)
	platforms := []string{"postgres", "duckdb", "clickhouse", "snowflake", "bigquery"}
	for n, size := range []int{4_000, 60_000, 1_000_000} {
		for at, platform := range platforms {
			if os.Getenv("THALWEG_LONG") == "" && at != (i+n)%len(platforms) {
				continue
			}
			w, kept := bombProject(bombs[i], platform, size)
			debug.FreeOSMemory()
			idle := memoryOf(t, "VmRSS")
			if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
				t.Fatal(err)
			}
			start := processorTime(t)
			runBombs(t, w, kept)
			took, peak := processorTime(t)-start, memoryOf(t, "VmHWM")-idle
			t.Logf("%s in %s, %d bytes: %d MB, %s, %v, %d over budget", bombs[i].name, platform, size, peak>>20, took.Round(time.Millisecond), kept.statuses, kept.exceeded)
			if peak>>20 > ceilingMB && !raced {
				t.Errorf("%s in %s, %d bytes: %d MB above idle, want at most %d", bombs[i].name, platform, size, peak>>20, ceilingMB)
			}
			if took > bombSeconds*time.Second && !raced {
				t.Errorf("%s in %s, %d bytes: %s, want at most %d s", bombs[i].name, platform, size, took, bombSeconds)
			}
			if kept.statuses[Failed] > 0 {
				t.Errorf("%s in %s, %d bytes: statuses %v, want none failed", bombs[i].name, platform, size, kept.statuses)
			}
		}
	}
}

func runBombs(t *testing.T, w *world, kept *discarding) {
	tracer, err := NewTracer(w.tables, w.edges, kept, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := tracer.Run(t.Context(), w.everything()); err != nil {
		t.Fatal(err)
	}
}

// memoryOf reads a value of /proc/self/status, in bytes.
func memoryOf(t *testing.T, name string) int {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			kB, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kB << 10
		}
	}
	t.Fatalf("no %s in /proc/self/status", name)
	return 0
}

// FuzzBudget holds for any text that a small budget bounds what is made of it and
// all the memory that it takes, garbage included.
func FuzzBudget(f *testing.F) {
	for i, b := range bombs {
		f.Add(b.text(1_500), uint8(i))
		f.Add(b.text(6_000), uint8(i+1))
	}
	names := dialect.Names()
	f.Fuzz(func(t *testing.T, sql string, n uint8) {
		const outputs, edges, allocated = 300, 2_000, 48 << 20
		budget := resolve.Budget{Steps: 300_000, Outputs: outputs, Edges: edges, Bytes: 2 << 20}
		d, _ := dialect.ByName(names[int(n)%len(names)])
		if len(sql) > 20_000 {
			return
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		script, _ := parser.Parse(sql, d, parser.Options{MaxTokens: 8_000})
		result := resolve.Query(t.Context(), script, d, resolve.NoSchema{}, resolve.Options{Budget: budget})
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > allocated && !raced {
			t.Errorf("%d MB of memory for %d bytes of text", used>>20, len(sql))
		}
		count := 0
		for i := range result.Outputs {
			count += len(result.Outputs[i].Edges)
		}
		if len(result.Outputs) > outputs+1 || count > edges || len(result.Indirect) > edges {
			t.Errorf("%d outputs, %d edges and %d columns that decide the rows", len(result.Outputs), count, len(result.Indirect))
		}
	})
}

// TestOverBudgetIsReported: a text that needs too much is partial, with that one issue.
func TestOverBudgetIsReported(t *testing.T) {
	for _, b := range bombs[:2] {
		w := newWorld("duckdb")
		w.model("m", b.text(4_000))
		got := w.trace(t)["m"]
		if got.Status != Partial || !slices.Equal(codes(got), []string{IssueOverBudget}) || len(got.Outputs) == 0 {
			t.Errorf("%s: status %s, issues %v, %d outputs", b.name, got.Status, codes(got), len(got.Outputs))
		}
	}
}

// canceledAtLook is a context that is canceled when the engine asks it for the given time whether it is.
type canceledAtLook struct {
	context.Context //nolint:containedctx // it is one itself
	looks, at       int
}

func (c *canceledAtLook) Err() error {
	if c.looks++; c.looks >= c.at {
		return context.Canceled
	}
	return nil
}

// TestCanceledWithinAStatement: a run that is canceled ends while its one statement is being read. What counts is the
// work that the engine did, in steps; the time that it takes depends on what else the machine does.
func TestCanceledWithinAStatement(t *testing.T) {
	stepsPerLook := resolve.DefaultBudget.Steps / 4
	interrupted := map[int]int{}
	for _, b := range bombs {
		w := newWorld("duckdb")
		text := b.text(60_000)
		w.model("m", text)
		tracer := w.tracer(t, newMemory(w), Options{Limits: Limits{Text: unbounded}})
		for _, at := range []int{1, 4} {
			ctx, budget := &canceledAtLook{Context: t.Context(), at: at}, unbounded
			budget.Steps = 2 * at * stepsPerLook // an engine that never looks ends too, with too many steps
			_, steps := tracer.read(ctx, w.at["m"], text, budget)
			if steps > at*stepsPerLook {
				t.Errorf("%s, canceled at look %d: %d steps, want at most %d", b.name, at, steps, at*stepsPerLook)
			}
			if ctx.looks >= at {
				interrupted[at]++
			}
		}
		ctx := &canceledAtLook{Context: t.Context(), at: 1}
		if err := tracer.Run(ctx, w.everything()); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want canceled", b.name, err)
		}
	}
	if interrupted[1] < len(bombs) || interrupted[4] < len(bombs)*2/3 {
		t.Errorf("interrupted by their look: %v of %d statements each", interrupted, len(bombs))
	}
}

// processorTime is what the process has used; other work on the machine does not count.
func processorTime(t *testing.T) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// unbounded is a budget that no bomb of the test uses up before it is canceled.
var unbounded = Budget{Tokens: 1 << 20, Budget: resolve.Budget{Steps: 1 << 40, Outputs: 1 << 20, Edges: 1 << 24, Bytes: 1 << 28}}
