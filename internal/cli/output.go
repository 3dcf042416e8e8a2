package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
)

// output is where a command writes: results on stdout, everything else on
// stderr.
type output struct {
	stdout, stderr io.Writer
	now            func() time.Time
}

func (o *output) line(format string, args ...any) error {
	_, err := fmt.Fprintf(o.stdout, format+"\n", args...)
	return err
}

func (o *output) json(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	return o.line("%s", b)
}

// printf writes a message to the user, apart from the result.
func (o *output) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(o.stderr, format+"\n", args...)
}

// terminal reports whether stderr is one, so that progress may redraw its line.
func (o *output) terminal() bool { return isTerminal(o.stderr) }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// progress shows one changing line on a terminal and plain lines elsewhere.
type progress struct {
	out  *output
	last string
}

func (p *progress) show(text string) {
	if text == p.last {
		return
	}
	p.last = text
	if p.out.terminal() {
		_, _ = fmt.Fprintf(p.out.stderr, "\r\x1b[K%s", text)
		return
	}
	p.out.printf("%s", text)
}

func (p *progress) end() {
	if p.last != "" && p.out.terminal() {
		_, _ = fmt.Fprintln(p.out.stderr)
	}
	p.last = ""
}
