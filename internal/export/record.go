// Package export writes a version of a catalog as records, one after the other, in
// JSON Lines or Parquet. It holds no more in memory than the records of some assets
// and one row group; it does not know where the bytes go.
package export

import (
	"time"

	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// The kinds of records.
const (
	Project    = "project"
	Asset      = "asset"
	Column     = "column"
	Test       = "test"
	Edge       = "edge"
	ColumnEdge = "column_edge" // how the value of a column is made
	RowEdge    = "row_edge"    // a column that decides which rows a table has
)

// Kinds lists the kinds of records in the order in which those of one asset are written.
func Kinds() []string { return []string{Project, Asset, Column, Test, Edge, ColumnEdge, RowEdge} }

// Record is a row of an export. All kinds share one schema, in which each has the fields that it needs: a Parquet
// file has one, and a field that is null everywhere costs next to nothing. A zero value is left out of JSON Lines and
// null in Parquet.
type Record struct {
	Record string `json:"record" parquet:"record,dict"`
	ID     string `json:"id,omitzero" parquet:"id,optional"`
	Kind   string `json:"kind,omitzero" parquet:"kind,optional,dict"`
	Name   string `json:"name,omitzero" parquet:"name,optional"`

	// Of what a record is a part or by whom it is reported.
	Project  string `json:"project,omitzero" parquet:"project,optional,dict"`
	Asset    string `json:"asset,omitzero" parquet:"asset,optional,dict"`
	Column   string `json:"column,omitzero" parquet:"column,optional"`
	UniqueID string `json:"unique_id,omitzero" parquet:"unique_id,optional"`

	Present           *bool    `json:"present,omitzero" parquet:"present,optional"`
	Description       string   `json:"description,omitzero" parquet:"description,optional"`
	DescriptionOrigin string   `json:"description_origin,omitzero" parquet:"description_origin,optional,dict"`
	Tags              []string `json:"tags,omitempty" parquet:"tags,list"`
	Meta              JSON     `json:"meta,omitzero" parquet:"meta,optional"`

	// Of assets.
	Platform     string   `json:"platform,omitzero" parquet:"platform,optional,dict"`
	Database     string   `json:"database,omitzero" parquet:"database,optional,dict"`
	Schema       string   `json:"schema,omitzero" parquet:"schema,optional,dict"`
	Identifier   string   `json:"identifier,omitzero" parquet:"identifier,optional"`
	Owners       []string `json:"owners,omitempty" parquet:"owners,list"`
	Materialized string   `json:"materialized,omitzero" parquet:"materialized,optional,dict"`
	Package      string   `json:"package,omitzero" parquet:"package,optional,dict"`
	Path         string   `json:"path,omitzero" parquet:"path,optional"`
	Access       string   `json:"access,omitzero" parquet:"access,optional,dict"`
	Group        string   `json:"group,omitzero" parquet:"group,optional,dict"`
	Contract     *bool    `json:"contract,omitzero" parquet:"contract,optional"`
	ModelVersion string   `json:"model_version,omitzero" parquet:"model_version,optional,dict"`
	SourceName   string   `json:"source_name,omitzero" parquet:"source_name,optional,dict"`
	Language     string   `json:"language,omitzero" parquet:"language,optional,dict"`
	Config       JSON     `json:"config,omitzero" parquet:"config,optional"`
	Details      JSON     `json:"details,omitzero" parquet:"details,optional"`
	Columns      *int64   `json:"columns,omitzero" parquet:"columns,optional"`
	Upstream     *int64   `json:"upstream,omitzero" parquet:"upstream,optional"`
	Downstream   *int64   `json:"downstream,omitzero" parquet:"downstream,optional"`
	RowCount     *int64   `json:"row_count,omitzero" parquet:"row_count,optional"`
	Freshness    string   `json:"freshness,omitzero" parquet:"freshness,optional,dict"`
	RawCode      string   `json:"raw_code,omitzero" parquet:"raw_code,optional"`
	CompiledCode string   `json:"compiled_code,omitzero" parquet:"compiled_code,optional"`

	CreatedAt *time.Time `json:"created_at,omitzero" parquet:"created_at,optional,timestamp(microsecond)"`
	UpdatedAt *time.Time `json:"updated_at,omitzero" parquet:"updated_at,optional,timestamp(microsecond)"`
	Version   *int64     `json:"version,omitzero" parquet:"version,optional"`

	// The newest result of an asset or test.
	Status        string     `json:"status,omitzero" parquet:"status,optional,dict"`
	CompletedAt   *time.Time `json:"completed_at,omitzero" parquet:"completed_at,optional,timestamp(microsecond)"`
	ExecutionTime *float64   `json:"execution_time,omitzero" parquet:"execution_time,optional"`

	// Of columns.
	Ordinal        *int64 `json:"ordinal,omitzero" parquet:"ordinal,optional"`
	DataType       string `json:"data_type,omitzero" parquet:"data_type,optional,dict"`
	NativeType     string `json:"native_type,omitzero" parquet:"native_type,optional,dict"`
	Nullable       *bool  `json:"nullable,omitzero" parquet:"nullable,optional"`
	Constraints    JSON   `json:"constraints,omitzero" parquet:"constraints,optional"`
	DocumentedOnly *bool  `json:"documented_only,omitzero" parquet:"documented_only,optional"`
	Origin         string `json:"origin,omitzero" parquet:"origin,optional,dict"`

	// Of tests.
	Test     string   `json:"test,omitzero" parquet:"test,optional,dict"`
	Severity string   `json:"severity,omitzero" parquet:"severity,optional,dict"`
	Args     JSON     `json:"args,omitzero" parquet:"args,optional"`
	Enabled  *bool    `json:"enabled,omitzero" parquet:"enabled,optional"`
	Parents  []string `json:"parents,omitempty" parquet:"parents,list"`

	// Of edges.
	From         string   `json:"from,omitzero" parquet:"from,optional"`
	FromColumn   string   `json:"from_column,omitzero" parquet:"from_column,optional"`
	FromPath     string   `json:"from_path,omitzero" parquet:"from_path,optional"` // field within the column
	FromRelation string   `json:"from_relation,omitzero" parquet:"from_relation,optional"`
	To           string   `json:"to,omitzero" parquet:"to,optional,dict"`
	ToColumn     string   `json:"to_column,omitzero" parquet:"to_column,optional"`
	Type         string   `json:"type,omitzero" parquet:"type,optional,dict"`
	Kinds        []string `json:"kinds,omitempty" parquet:"kinds,list"`
	Confidence   string   `json:"confidence,omitzero" parquet:"confidence,optional,dict"`
	Source       string   `json:"source,omitzero" parquet:"source,optional,dict"`
	Masked       *bool    `json:"masked,omitzero" parquet:"masked,optional"`

	// Of projects.
	Key        string `json:"key,omitzero" parquet:"key,optional"`
	DBTVersion string `json:"dbt_version,omitzero" parquet:"dbt_version,optional"`
	Adapter    string `json:"adapter,omitzero" parquet:"adapter,optional"`
}

// JSON is a value as compact JSON: itself in JSON Lines, a text in Parquet.
type JSON string

// MarshalJSON implements [encoding/json.Marshaler].
func (j JSON) MarshalJSON() ([]byte, error) { return []byte(j), nil }

// Head describes an export.
type Head struct {
	SchemaID string `json:"schema_id"`
	Schema   string `json:"schema"`
	Version  int64  `json:"version"`
	// Next continues behind the last asset of an export that has not all of them.
	Next string `json:"next,omitzero"`
}

// Writer takes the records of an export, in order.
type Writer interface {
	Write([]Record) error
	// Mark notes that everything before the position of a cursor has been written.
	Mark(cursor string) error
	// Close completes the export.
	Close() error
}

// Select is which kinds of records are wanted; nil means all.
type Select map[string]bool

// Has reports whether a kind is wanted.
func (s Select) Has(kind string) bool { return s == nil || s[kind] }

// Parts returns what has to be read for the wanted records.
func (s Select) Parts() readmodel.ExportParts {
	return readmodel.ExportParts{
		Columns: s.Has(Column), Tests: s.Has(Test), Edges: s.Has(Edge), ColumnEdges: s.Has(ColumnEdge) || s.Has(RowEdge),
	}
}
