package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/thalweg-data/thalweg/internal/near"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
)

// SQLLineageCmd prints the column edges of single statements.
type SQLLineageCmd struct {
	Dialect    string `placeholder:"NAME" help:"Dialect of the statement on standard input."`
	SchemaFile string `type:"existingfile" placeholder:"FILE" help:"Columns of the tables: {\"table\": {\"column\": \"type\"}}."`
	Cases      string `type:"existingfile" placeholder:"FILE" help:"A file of cases (JSON Lines) instead of standard input."`
	Strict     bool   `help:"Exit with 1 unless every statement was read completely."`
}

// Help gives examples.
func (SQLLineageCmd) Help() string {
	return `Reads one statement from standard input, or a file of cases, and prints one line of JSON for each: status (read, partial, failed),
columns with the base columns that each derives from, in which ways (kinds) and with which confidence, and issues.

Examples:
  thalweg sql-lineage --dialect snowflake --schema-file tables.json < query.sql
  thalweg sql-lineage --cases cases.jsonl --strict`
}

// Run prints {"id", "columns": [{"output", "from": [{"table", "column", "kinds", "confidence"}]}], "status", "issues"}.
func (c *SQLLineageCmd) Run(ctx context.Context, out *output) error {
	if c.Cases != "" {
		f, err := os.Open(c.Cases)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // only read
		unread, err := lineagecase.Run(ctx, f, out.stdout)
		if err == nil && c.Strict && unread > 0 {
			return fmt.Errorf("%s not read completely", counted(unread, "statement"))
		}
		return err
	}
	if c.Dialect == "" {
		return usagef("--dialect is required (one of %s), or --cases", strings.Join(dialect.Names(), ", "))
	}
	if _, ok := dialect.ByName(c.Dialect); !ok {
		return usagef("unknown dialect %q; %s", c.Dialect, near.Choice(c.Dialect, dialect.Names()))
	}
	var schema io.Reader
	if c.SchemaFile != "" {
		f, err := os.Open(c.SchemaFile)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // only read
		schema = f
	}
	sql, err := io.ReadAll(out.input())
	if err != nil {
		return fmt.Errorf("statement from standard input: %w", err)
	}
	line, err := lineagecase.One(ctx, string(sql), c.Dialect, schema)
	if err != nil {
		return err
	}
	if err := out.lines(func(e *json.Encoder) error { return e.Encode(line) }); err != nil {
		return err
	}
	if c.Strict && line.Status != lineagecase.StatusRead {
		return fmt.Errorf("the statement was not read completely: %s", line.Issues[0])
	}
	return nil
}

// input is where a command reads from.
func (o *output) input() io.Reader { return os.Stdin }

// lines writes values as JSON, one per line.
func (o *output) lines(write func(*json.Encoder) error) error {
	buffered := bufio.NewWriter(o.stdout)
	e := json.NewEncoder(buffered)
	e.SetEscapeHTML(false)
	if err := write(e); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	return buffered.Flush()
}
