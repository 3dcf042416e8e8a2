package dbt

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// CatalogTable is one table or view as the warehouse described it to dbt docs generate.
type CatalogTable struct {
	Section      string // "nodes" or "sources"
	UniqueID     string
	Hash         Hash
	Database     string
	Schema       string
	Name         string
	Type         string // "BASE TABLE", "VIEW", "table", "external" …, as the warehouse calls it
	Comment      string
	Owner        string
	Columns      []CatalogColumn // in the order of the warehouse
	Stats        []Stat          // in the order of the file
	RowCount     *int64          // nil if the warehouse does not report it
	Bytes        *int64          // nil if the warehouse does not report it
	LastModified string          // as written
	Range        Range           // only where CatalogOptions.Index asks for it
}

// CatalogColumn is one column as the warehouse has it.
type CatalogColumn struct {
	Name    string
	Type    string // in the dialect of the warehouse
	Index   int64  // from 0 or 1, with gaps: good for ordering only
	Comment string
}

// Stat is one statistic of a table.
type Stat struct {
	ID          string
	Label       string
	Value       jsontext.Value // number, text or boolean as written; nil if absent
	Include     bool           // false where the warehouse does not supply it
	Description string
}

// CatalogSink takes tables from one goroutine in the order of the file, by the rules of [ManifestSink].
type CatalogSink interface {
	Table(t *CatalogTable) error
	// Unchanged takes a table whose hash CatalogOptions.IsUnchanged recognizes,
	// undecoded.
	Unchanged(section, uniqueID string, h Hash) error
}

// CatalogOptions control ReadCatalog.
type CatalogOptions struct {
	Limits      Limits
	Decoders    int // as in ManifestOptions
	IsUnchanged func(uniqueID string, h Hash) bool
	// Index leaves the decoding of new and changed tables to a [TableDecoder].
	// They arrive with UniqueID, Hash and Range alone.
	Index bool
}

type catalogEvent struct {
	table   *CatalogTable
	section string
	id      string
	hash    Hash
}

// ReadCatalog reads a catalog from r. The second result has the errors of dbt's queries of the warehouse:
// if there are any, a missing table need not be gone.
func ReadCatalog(ctx context.Context, r io.Reader, opt CatalogOptions, sink CatalogSink) (Head, []string, []Issue, error) {
	s, err := newSplitter(r, Catalog, opt.Limits)
	if err != nil {
		return Head{}, nil, nil, err
	}
	c := &catalogReader{shapeReader: shapeReader{splitter: s}, opt: opt, sink: sink, head: s.newDecoder()}
	p := &pipeline[catalogEvent]{
		decoders: opt.Decoders, split: c.split, decode: c.decode, deliver: c.deliver, decoder: s.newDecoder, issues: &c.decoded,
	}
	if err := p.run(ctx); err != nil {
		return c.header.Head, nil, nil, err
	}
	if err := c.header.finish(Catalog, c.shape(), s); err != nil {
		return c.header.Head, nil, nil, err
	}
	return c.header.Head, c.errors, s.allIssues(c.head, &c.decoded), nil
}

type catalogReader struct {
	shapeReader
	opt     CatalogOptions
	sink    CatalogSink
	header  header
	head    *decoder
	decoded issues
	errors  []string
}

func (c *catalogReader) split(ctx context.Context, emit func(e entry, text form) error) error {
	return c.walk(ctx, func(section string, _ jsontext.Kind) error {
		switch section {
		case "metadata":
			return c.metadata(&c.header, c.head, Catalog)
		case "generated_at":
			v, err := c.value()
			c.header.generatedAt(v)
			return err
		case "errors":
			v, err := c.value()
			if err == nil {
				c.head.begin(entry{section: section})
				v = c.head.enter(v, allMembers)
				for e := range c.head.elements("", v) {
					c.errors = append(c.errors, c.head.text("errors", e))
				}
			}
			return err
		case "results":
			return c.lookAtResults(ctx)
		case "nodes", "sources":
			return c.forDecoders(ctx, '{', volatile, func(e entry, text form, raw value) error {
				if err := c.count(); err != nil {
					return err
				}
				if err := c.lookAtEntry(raw, e.checked); err != nil {
					return err
				}
				return emit(e, text)
			})
		}
		return c.skip()
	})
}

// shape gives a catalog without a single table the benefit of the doubt.
func (c *catalogReader) shape() Kind {
	kind := c.kind()
	if kind == "" && (c.seen["nodes"] || c.seen["sources"]) {
		return Catalog
	}
	return kind
}

func (c *catalogReader) decode(d *decoder, e entry, emit func(catalogEvent)) {
	v, ok := d.object(volatile)
	if !ok {
		return
	}
	h := d.entered.hash()
	if c.opt.IsUnchanged != nil && c.opt.IsUnchanged(e.id, h) {
		emit(catalogEvent{section: e.section, id: e.id, hash: h})
		return
	}
	if c.opt.Index {
		emit(catalogEvent{table: &CatalogTable{Section: e.section, UniqueID: e.id, Hash: h, Range: Range{e.at, e.length, e.checked}}})
		return
	}
	emit(catalogEvent{table: d.catalogTable(e.section, e.id, v, h)})
}

func (c *catalogReader) deliver(e catalogEvent) error {
	if e.table != nil {
		return c.sink.Table(e.table)
	}
	return c.sink.Unchanged(e.section, e.id, e.hash)
}

func (d *decoder) catalogTable(section, id string, v value, h Hash) *CatalogTable {
	t := &CatalogTable{}
	d.decodeTable(t, section, id, v, h)
	return t
}

// decodeTable is catalogTable into t, all of which it replaces.
func (d *decoder) decodeTable(t *CatalogTable, section, id string, v value, h Hash) {
	*t = CatalogTable{Section: section, UniqueID: id, Hash: h}
	for name, m := range v.get("metadata").members {
		switch string(name) {
		case "database":
			t.Database = d.name("metadata/database", m)
		case "schema":
			t.Schema = d.name("metadata/schema", m)
		case "name":
			t.Name = d.name("metadata/name", m)
		case "type":
			t.Type = d.name("metadata/type", m)
		case "comment":
			t.Comment = d.text("metadata/comment", m)
		case "owner":
			t.Owner = d.name("metadata/owner", m)
		}
	}
	t.Columns = d.catalogColumns(v.get("columns"))
	d.stats(t, v.get("stats"))
}

// catalogColumns reads the columns and puts them into the order of their indexes.
func (d *decoder) catalogColumns(v value) []CatalogColumn {
	var list []CatalogColumn
	if d.reused != nil {
		list = d.reused.tableColumns[:0]
	}
	for name, m := range v.members {
		if m.absent() {
			continue
		}
		if !d.columnFits(len(list), len(name)) {
			return nil
		}
		list = append(list, d.catalogColumn(d.interned.text(name), m))
	}
	slices.SortStableFunc(list, func(a, b CatalogColumn) int { return cmp.Compare(a.Index, b.Index) })
	switch {
	case len(list) == 0:
		return nil
	case d.reused != nil:
		d.reused.tableColumns = list
		return list
	}
	return slices.Clip(list)
}

func (d *decoder) catalogColumn(key string, v value) CatalogColumn {
	c := CatalogColumn{Name: key}
	for name, m := range v.members {
		if m.absent() {
			continue
		}
		switch string(name) {
		case "name":
			c.Name = orText(d.name("columns/name", m), key)
		case "type":
			c.Type = d.text("columns/type", m)
		case "comment":
			c.Comment = d.text("columns/comment", m)
		case "index":
			n, ok := m.integer()
			if !ok {
				d.odd("columns/index", "a whole number")
			}
			c.Index = n
		}
	}
	return c
}

// maxStats is how many statistics of a table are kept: no warehouse has more than some tens.
const maxStats = 1000

// stats reads the statistics and finds among them those that several warehouses have.
func (d *decoder) stats(t *CatalogTable, v value) {
	for id, m := range v.members {
		if m.absent() {
			continue
		}
		if len(t.Stats) == maxStats {
			d.note(IssueListCut, "stats", "the stats were cut at "+itoa(maxStats), "")
			return
		}
		s := Stat{ID: d.interned.text(id)}
		var val value
		for name, f := range m.members {
			switch string(name) {
			case "label":
				s.Label = d.text("stats/label", f)
			case "value":
				val = f
				s.Value = d.raw("stats/value", f)
			case "include":
				s.Include = f.kind() == 't'
			case "description":
				s.Description = d.text("stats/description", f)
			}
		}
		t.Stats = append(t.Stats, s)
		d.commonStat(t, s.ID, val)
	}
}

// commonStat: a number may also be written as a text, and false where there is none.
func (d *decoder) commonStat(t *CatalogTable, id string, v value) {
	if v.kind() == '"' && id != "last_modified" {
		v = value(v.str())
	}
	n, ok := v.integer()
	switch id {
	case "row_count", "num_rows", "rows":
		if ok && n >= 0 {
			t.RowCount = &n
		}
	case "bytes", "num_bytes":
		if ok && n >= 0 {
			t.Bytes = &n
		}
	case "last_modified":
		t.LastModified = d.name("stats/last_modified", v)
	}
}
