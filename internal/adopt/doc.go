// Package adopt reads what other catalogs export about tables and columns: descriptions, owners, tags and glossary
// terms. It takes the artifacts of a dbt docs site, DataHub's metadata files and OpenMetadata's lists of tables, and
// returns each asset once, with everything that the files have about it. It asks no server, folds no name and decides
// nothing about what is there already: the caller does.
//
// The files are foreign. They are read as a stream, a record at a time, within [Limits]; a record that cannot be read
// is counted and does not end the reading.
package adopt

// Format is a kind of export.
type Format string

// The formats.
const (
	DBTDocs      Format = "dbt-docs"
	DataHub      Format = "datahub"
	OpenMetadata Format = "openmetadata"
)

// Asset is what the files have about one asset.
type Asset struct {
	Name     string   // as the files call it
	Relation []string // parts of its physical address, as written; nil if it has none
	UniqueID string   // of dbt, if the files have it
	Labeled
	Columns []Column
	Skipped []Skip
	// Removed is set if the other catalog has it as deleted.
	Removed bool
}

// Labeled are the values of an asset or a column.
type Labeled struct {
	Description string
	Owners      []string // of assets alone
	Tags        []string
	Terms       []string // of a glossary
}

func (l *Labeled) empty() bool {
	return l.Description == "" && len(l.Owners) == 0 && len(l.Tags) == 0 && len(l.Terms) == 0
}

// Column is what the files have about a column.
type Column struct {
	Name string // with dots between the names of nested fields
	Labeled
}

// Skip is a value that is not carried over, and why.
type Skip struct {
	Column, Property, Value, Reason string
}

// Counts are what the files had besides assets.
type Counts struct {
	Records    int            // read
	Unreadable int            // records that are not of the format
	Firsts     []string       // why the first of them are not
	Others     map[string]int // records about something else, by its kind
}

// longestName is how many bytes the name of an asset, person, tag or term may have.
const longestName = 4096

// Limits bound what a file may cost; zero fields take their defaults.
type Limits struct {
	Bytes  int64 // unpacked bytes of a file
	Ratio  int64 // unpacked bytes per packed byte
	Record int64 // bytes of one record
	Assets int   // in all files
	Labels int   // names of owners, tags and terms in all files
}

func (l Limits) orDefault() Limits {
	or := func(n, otherwise int64) int64 {
		if n > 0 {
			return n
		}
		return otherwise
	}
	return Limits{
		Bytes: or(l.Bytes, 16<<30), Ratio: or(l.Ratio, 200), Record: or(l.Record, 16<<20),
		Assets: int(or(int64(l.Assets), 1_000_000)), Labels: int(or(int64(l.Labels), 1_000_000)),
	}
}
