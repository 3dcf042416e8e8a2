package dbt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// NodeColumn is a column of a node in dbt.node_columns.parquet, which dbt 2 writes with --write-index: one of the YAML,
// or one that the warehouse or dbt's analysis of the code has.
type NodeColumn struct {
	UniqueID string
	Name     string
	Index    int // from 0; -1 if neither warehouse nor analysis has it
	// Type is that of the warehouse, else of the YAML, else the one that dbt inferred, in words of Arrow; or "".
	Type string
}

// mostUnpacked is how much the columns that are read of a Parquet file may unpack to.
const mostUnpacked = 256 * mib

// ReadNodeColumns reads dbt.node_columns.parquet.
func ReadNodeColumns(ctx context.Context, r io.ReaderAt, size int64, limits Limits, found func(NodeColumn) error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the reader of Parquet stopped: %v", fault)
		}
		var known *Error
		if err != nil && !errors.As(err, &known) && ctx.Err() == nil {
			bad := malformed("it is not a dbt.node_columns.parquet that can be read: "+err.Error(), "run dbt with --write-index again and send the new file")
			bad.Part, bad.cause = string(NodeColumns), err
			err = bad
		}
	}()
	p, err := openNodeColumns(r, size, limits.orDefault(NodeColumns))
	if err != nil {
		return err
	}
	for _, group := range p.file.RowGroups() {
		if err := p.group(ctx, group, found); err != nil {
			return err
		}
	}
	return nil
}

// nodeColumns reads a file column by column.
type nodeColumns struct {
	file   *parquet.File
	limits Limits
	places map[string]int // of the leaves that are read, by name
}

// nodeColumnNames are the columns that are read; the first two must be there.
var nodeColumnNames = []string{"unique_id", "column_name", "column_index", "catalog_type", "data_type", "declared_type", "inferred_type"}

func openNodeColumns(r io.ReaderAt, size int64, limits Limits) (*nodeColumns, error) {
	meta, err := footerOf(r, size)
	if err != nil {
		return nil, err
	}
	if meta.NumRows > int64(limits.Nodes) {
		return nil, limitError("nodes", "the file has more than "+itoa(int64(limits.Nodes))+" rows", "")
	}
	left, rows := int64(mostUnpacked), int64(0)
	for g := range meta.RowGroups {
		group := &meta.RowGroups[g]
		if rows += group.NumRows; group.NumRows < 0 || rows > meta.NumRows {
			return nil, errParquet
		}
		for c := range group.Columns {
			column := &group.Columns[c].MetaData
			if len(column.PathInSchema) != 1 || !slices.Contains(nodeColumnNames, column.PathInSchema[0]) {
				continue
			}
			if err := checkChunk(r, size, column, &left); err != nil {
				return nil, fmt.Errorf("%s: %w", column.PathInSchema[0], err)
			}
		}
	}
	p := &nodeColumns{limits: limits, places: map[string]int{}}
	if p.file, err = parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true)); err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	for i, path := range p.file.Schema().Columns() {
		if len(path) == 1 && slices.Contains(nodeColumnNames, path[0]) {
			p.places[path[0]] = i
		}
	}
	for _, name := range nodeColumnNames[:2] {
		if _, ok := p.places[name]; !ok {
			return nil, fmt.Errorf("there is no column %s: %w", name, errParquet)
		}
	}
	return p, nil
}

// group reads the rows of a row group.
func (p *nodeColumns) group(ctx context.Context, group parquet.RowGroup, found func(NodeColumn) error) error {
	values := map[string][]parquet.Value{}
	for name, place := range p.places {
		column, err := p.column(group.ColumnChunks()[place], group.NumRows())
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		values[name] = column
	}
	text := func(name string, row int) string {
		if column := values[name]; column != nil && !column[row].IsNull() && column[row].Kind() == parquet.ByteArray {
			return cutRunes(string(column[row].ByteArray()), p.limits.Name)
		}
		return ""
	}
	for row := range int(group.NumRows()) {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := NodeColumn{UniqueID: text("unique_id", row), Name: text("column_name", row), Index: -1}
		if column := values["column_index"]; column != nil && !column[row].IsNull() {
			switch v := column[row]; v.Kind() {
			case parquet.Int64:
				c.Index = int(v.Int64())
			case parquet.Int32:
				c.Index = int(v.Int32())
			}
		}
		for _, name := range []string{"catalog_type", "data_type", "declared_type", "inferred_type"} {
			if c.Type == "" {
				c.Type = text(name, row)
			}
		}
		if c.UniqueID == "" || c.Name == "" {
			continue
		}
		if err := found(c); err != nil {
			return err
		}
	}
	return nil
}

// column reads the values of a column that has one in each row.
func (p *nodeColumns) column(chunk parquet.ColumnChunk, rows int64) ([]parquet.Value, error) {
	pages := chunk.Pages()
	defer func() { _ = pages.Close() }() // only read
	out := make([]parquet.Value, 0, rows)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		some := make([]parquet.Value, page.NumValues())
		n, err := page.Values().ReadValues(some)
		if err != nil && !errors.Is(err, io.EOF) || int64(len(out)+n) > rows {
			parquet.Release(page)
			return nil, errors.Join(errParquet, err)
		}
		for _, v := range some[:n] {
			out = append(out, v.Clone())
		}
		parquet.Release(page)
	}
	if int64(len(out)) != rows {
		return nil, errParquet
	}
	return out, nil
}
