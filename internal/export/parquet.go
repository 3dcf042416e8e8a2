package export

import (
	"fmt"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// ParquetMedia is the media type of Parquet.
const ParquetMedia = "application/vnd.apache.parquet"

// A row group is written when it has so many rows or about so many bytes of text.
const (
	groupRows  = 100_000
	groupBytes = 16 << 20
)

// Parquet writes one Parquet file. It is complete with its footer, which has the head as metadata.
type Parquet struct {
	out         *parquet.GenericWriter[Record]
	rows, bytes int
}

// NewParquet begins a file.
func NewParquet(w io.Writer, head Head) *Parquet {
	options := []parquet.WriterOption{
		parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy("thalweg", "1", ""),
		parquet.KeyValueMetadata("thalweg.schema_id", head.SchemaID),
		parquet.KeyValueMetadata("thalweg.schema", head.Schema),
		parquet.KeyValueMetadata("thalweg.version", strconv.FormatInt(head.Version, 10)),
	}
	if head.Next != "" {
		options = append(options, parquet.KeyValueMetadata("thalweg.next", head.Next))
	}
	return &Parquet{out: parquet.NewGenericWriter[Record](w, options...)}
}

// Write implements [Writer].
func (p *Parquet) Write(records []Record) error {
	for len(records) > 0 {
		n := p.room(records)
		if _, err := p.out.Write(records[:n]); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		records = records[n:]
		if p.rows < groupRows && p.bytes < groupBytes {
			continue
		}
		if err := p.out.Flush(); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		p.rows, p.bytes = 0, 0
	}
	return nil
}

// room counts how many records fill the row group.
func (p *Parquet) room(records []Record) int {
	for i := range records {
		p.rows++
		p.bytes += records[i].size()
		if p.rows >= groupRows || p.bytes >= groupBytes {
			return i + 1
		}
	}
	return len(records)
}

// size is about how much room the texts of a record take.
func (r *Record) size() int {
	return len(r.ID) + len(r.Name) + len(r.UniqueID) + len(r.Description) + len(r.Meta) + len(r.Config) + len(r.Details) +
		len(r.RawCode) + len(r.CompiledCode) + len(r.Args) + len(r.Constraints)
}

// Mark implements [Writer]: a file is complete or of no use, so there is nothing to continue from.
func (p *Parquet) Mark(string) error { return nil }

// Close implements [Writer].
func (p *Parquet) Close() error {
	if err := p.out.Close(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}
