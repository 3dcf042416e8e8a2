package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// receiver takes an export in one or several replies.
type receiver interface {
	// take writes what a reply has; an error if it is not complete.
	take(reply io.Reader) error
	// cursor is what the next reply has to continue with, "" from the beginning.
	cursor() string
	// rewind takes back what comes again.
	rewind() error
}

func receiverOf(format string, to rewindable) receiver {
	if format == "parquet" {
		return &wholeFile{to: to}
	}
	return &jsonLines{to: to, counts: map[string]int64{}}
}

// wholeFile is a file that is of no use unless it is complete.
type wholeFile struct{ to rewindable }

func (f *wholeFile) take(reply io.Reader) error {
	_, err := io.Copy(f.to, reply)
	return err
}

func (f *wholeFile) cursor() string { return "" }

func (f *wholeFile) rewind() error { return truncate(f.to, 0) }

// jsonLines are JSON Lines, which are continued after the last cursor. Cursors are left out of what is written, and the
// last line counts the records of all replies.
type jsonLines struct {
	to      rewindable
	begun   bool
	written int64
	counts  map[string]int64 // of what was written

	at    string           // the last cursor
	size  int64            // written before it
	fixed map[string]int64 // counts before it
}

func (l *jsonLines) cursor() string { return l.at }

func (l *jsonLines) rewind() error {
	l.written, l.counts = l.size, map[string]int64{}
	for kind, n := range l.fixed {
		l.counts[kind] = n
	}
	l.begun = l.size > 0
	return truncate(l.to, l.size)
}

// mark notes that everything before a cursor is complete.
func (l *jsonLines) mark(cursor string) {
	l.at, l.size, l.fixed = cursor, l.written, map[string]int64{}
	for kind, n := range l.counts {
		l.fixed[kind] = n
	}
}

func (l *jsonLines) take(reply io.Reader) error {
	in := bufio.NewReaderSize(reply, 64<<10)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF // the last line would have ended it
			}
			return err
		}
		ended, err := l.line(line)
		if ended || err != nil {
			return err
		}
	}
}

// line takes one line and reports whether it is the last.
func (l *jsonLines) line(line []byte) (ended bool, err error) {
	kind := kindOf(line)
	switch kind {
	case "cursor":
		var mark struct {
			Cursor string `json:"cursor"`
		}
		if err := json.Unmarshal(line, &mark); err != nil {
			return false, fmt.Errorf("cursor %.80q: %w", line, err)
		}
		l.mark(mark.Cursor)
		return false, nil
	case "export":
		if l.begun {
			return false, nil
		}
		l.begun = true
	case "end":
		line, err = json.Marshal(struct {
			Record string           `json:"record"`
			Counts map[string]int64 `json:"counts"`
		}{kind, l.counts})
		if err != nil {
			return false, fmt.Errorf("end: %w", err)
		}
		return true, l.write(append(line, '\n'))
	default:
		l.counts[kind]++
	}
	return false, l.write(line)
}

func (l *jsonLines) write(line []byte) error {
	n, err := l.to.Write(line)
	l.written += int64(n)
	return err
}

// kindOf reads what a line begins with: {"record":"asset", …
func kindOf(line []byte) string {
	rest, ok := bytes.CutPrefix(line, []byte(`{"record":"`))
	if !ok {
		return ""
	}
	kind, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(kind)
}

func truncate(to rewindable, size int64) error {
	_, err := to.Seek(size, io.SeekStart)
	return errors.Join(err, to.Truncate(size))
}
