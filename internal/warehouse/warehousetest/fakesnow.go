package warehousetest

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// Result is what a statement returned, or why it failed.
type Result struct {
	Columns  []string    `json:"columns"`
	Rows     [][]*string `json:"rows"`
	Code     string      `json:"code"` // of an error
	SQLState string      `json:"sqlstate"`
	Message  string      `json:"message"`
}

// Execute executes a statement; args replace its question marks.
type Execute func(statement string, args []string) Result

//go:embed executor.py
var program string //nolint:gochecknoglobals // embedded

// startTime is how long the process may take to start, its installation included.
const startTime = 10 * time.Minute

// Fakesnow starts a process that executes SQL of Snowflake, which ends with the test. It has the database SHOP. The
// test is skipped where fakesnow cannot be installed.
func Fakesnow(t testing.TB) Execute { return start(t).speaking("snowflake") }

// DuckDB starts a process that executes SQL of DuckDB, and that of BigQuery on the same tables.
func DuckDB(t testing.TB) (duckdb, bigquery Execute) {
	p := start(t)
	return p.speaking("duckdb"), p.speaking("bigquery")
}

func start(t testing.TB) *process {
	t.Helper()
	script := filepath.Join(root(t), "scripts", "fakesnow.sh")
	out, err := exec.CommandContext(t.Context(), script).Output() //nolint:gosec // our own script
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 3 {
		t.Skipf("SKIPPED, queries of Snowflake are not executed: %s", exit.Stderr)
	} else if err != nil {
		t.Fatalf("fakesnow.sh: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), startTime)
	cmd := exec.CommandContext(ctx, strings.TrimSpace(string(out)), "-c", program) //nolint:gosec // our own program
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	replies, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
		cancel()
	})
	p := &process{in: in, replies: bufio.NewReader(replies)}
	if r := p.speaking("snowflake")("SELECT CURRENT_VERSION()", nil); r.Code != "" {
		t.Fatalf("fakesnow: %s", r.Message)
	}
	return p
}

// process is a running fakesnow.
type process struct {
	mu      sync.Mutex
	in      io.Writer
	replies *bufio.Reader
}

// speaking executes statements in a dialect.
func (p *process) speaking(dialect string) Execute {
	return func(statement string, args []string) Result { return p.execute(dialect, statement, args) }
}

func (p *process) execute(dialect, statement string, args []string) (r Result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	request, err := json.Marshal(map[string]any{"dialect": dialect, "statement": statement, "args": args})
	if err == nil {
		_, err = p.in.Write(append(request, '\n'))
	}
	var line []byte
	if err == nil {
		line, err = p.replies.ReadBytes('\n')
	}
	if err == nil {
		err = json.Unmarshal(line, &r)
	}
	if err != nil {
		return Result{Code: "000000", Message: err.Error()}
	}
	return r
}

// root returns the folder of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("go.mod is not found: %v", err)
	return ""
}
