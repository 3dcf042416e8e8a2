package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
)

// ExportCmd exports a schema.
type ExportCmd struct {
	target
	Schema  string `help:"Schema ID; default: the only schema." placeholder:"SCH-101"`
	Format  string `default:"jsonl" enum:"jsonl,parquet" help:"jsonl or parquet."`
	Output  string `short:"o" help:"File to write, whole or not at all; stdout otherwise." placeholder:"FILE"`
	At      string `help:"An older state: a version, a time or a day." placeholder:"VERSION"`
	Records string `help:"Kinds of records, separated by commas: project, asset, column, test, edge, column_edge, row_edge." placeholder:"KINDS"`
	Code    bool   `help:"With raw and compiled code."`
	Removed bool   `help:"With assets that are no longer present."`
}

// Help gives an example.
func (ExportCmd) Help() string {
	return `Writes one version of a schema as records, all kinds in one stream or table, told apart by "record".
With --output a connection that breaks off is taken up again.

Example:
  thalweg export --schema SCH-101 | grep '"record":"asset"'
  thalweg export --schema SCH-101 --format parquet --output catalog.parquet
  duckdb -c "select kind, count(*) from 'catalog.parquet' where record = 'asset' group by kind"`
}

// Run writes the export.
func (c *ExportCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		schema, err := schemaOr(ctx, cl, c.Schema)
		if err != nil {
			return err
		}
		address := "/api/v1/export?" + c.query(schema).Encode()
		if c.Output == "" {
			return c.print(ctx, cl, address, out)
		}
		return c.save(ctx, cl, address, out)
	})
}

func (c *ExportCmd) query(schema string) url.Values {
	q := url.Values{"schema_id": {schema}, "format": {c.Format}}
	for name, value := range map[string]string{"at": c.At, "records": c.Records} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, set := range map[string]bool{"code": c.Code, "removed": c.Removed} {
		if set {
			q.Set(name, "true")
		}
	}
	return q
}

// print writes the export to stdout as it comes.
func (c *ExportCmd) print(ctx context.Context, cl *client, address string, out *output) error {
	to := receiverOf(c.Format, streamed{out.stdout})
	if err := receive(ctx, cl, address, to); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// exportAttempts is how often a connection may break off without anything new.
const exportAttempts = 5

// save writes the export to a file, which gets its name when it is complete.
func (c *ExportCmd) save(ctx context.Context, cl *client, address string, out *output) (err error) {
	part := c.Output + ".part"
	file, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer func() {
		if err != nil {
			_ = file.Close()
			_ = os.Remove(part)
		}
	}()
	to := receiverOf(c.Format, file)
	for attempt := 1; ; attempt++ {
		before := to.cursor()
		err = receive(ctx, cl, address, to)
		if err == nil {
			break
		}
		if to.cursor() != before {
			attempt = 1
		}
		if _, refused := errors.AsType[*problem](err); refused || attempt == exportAttempts || ctx.Err() != nil {
			return fmt.Errorf("export: %w", err)
		}
		out.printf("thalweg: the connection broke off (%v); again", err)
		if err = to.rewind(); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	if err = errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err = os.Rename(part, c.Output); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// receive reads an export, from where the receiver is.
func receive(ctx context.Context, cl *client, address string, to receiver) error {
	if cursor := to.cursor(); cursor != "" {
		address += "&cursor=" + url.QueryEscape(cursor)
	}
	res, err := cl.open(ctx, http.MethodGet, address, "", nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // read to its end below
	return to.take(res.Body)
}

// rewindable is where an export is written.
type rewindable interface {
	io.Writer
	io.Seeker
	Truncate(size int64) error
}

// streamed is where nothing can be taken back.
type streamed struct{ io.Writer }

func (streamed) Seek(int64, int) (int64, error) { return 0, errors.ErrUnsupported }
func (streamed) Truncate(int64) error           { return errors.ErrUnsupported }
