// Package lineagecase reads cases of column lineage (a SQL text, the columns of
// its tables, the edges that are expected), runs the engine on them, writes what
// it found and scores it.
//
// The format is JSON Lines, one case per line. It is made for measuring: tables
// are matched by their dotted tail and names without regard to case.
package lineagecase

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// Case is one SQL text with what is known and what is expected.
type Case struct {
	ID              string   `json:"id"`
	Dialect         string   `json:"dialect"`
	SQL             string   `json:"sql"`
	Statement       string   `json:"statement"`
	DefaultDatabase string   `json:"default_database"`
	DefaultSchema   string   `json:"default_schema"`
	Schema          Tables   `json:"schema"`
	Expect          []Want   `json:"expect"`
	TablesIn        []string `json:"tables_in"`
	PartialOutputs  bool     `json:"partial_outputs"`
	Waive           string   `json:"waive"`
	CatalogColumns  []string `json:"catalog_columns"`
	// CatalogDiffers describes how the catalog differs from the SQL; "" if it does not.
	CatalogDiffers string   `json:"catalog_differs"`
	CaseSensitive  bool     `json:"case_sensitive"`
	Tags           []string `json:"tags"`
}

// Want is one expected output column.
type Want struct {
	Output string `json:"output"`
	From   []Edge `json:"from"`
	// Optional are edges that may be there or not; AnyOf are groups of which one
	// edge is enough.
	Optional []Edge   `json:"optional"`
	AnyOf    [][]Edge `json:"any_of"`
	// Unnamed reports whether the name does not count; then Position does, if given.
	Unnamed  bool   `json:"unnamed"`
	Position *int   `json:"position"`
	Waive    string `json:"waive"`
}

// Edge names a base column.
type Edge struct {
	Table  string `json:"table"`
	Column string `json:"column"`
}

// Line is what the engine found for one case.
type Line struct {
	ID       string   `json:"id"`
	Columns  []Output `json:"columns"`
	Indirect []Edge   `json:"indirect"`
	// Status is StatusRead, StatusPartial or StatusFailed; only a text that was read
	// has no issues.
	Status string   `json:"status"`
	Issues []string `json:"issues,omitempty"`
}

// The statuses of a Line, the words of thalweg lineage.
const (
	StatusRead    = "read"
	StatusPartial = "partial"
	StatusFailed  = "failed"
)

// Output is one output column found.
type Output struct {
	Output string   `json:"output"`
	From   []Origin `json:"from"`
}

// Origin is a base column that an output depends on, in which ways and with which
// confidence.
type Origin struct {
	Edge
	Kinds      []string `json:"kinds"`
	Confidence string   `json:"confidence"`
}

// edges returns the base columns of an output.
func (o *Output) edges() []Edge {
	edges := make([]Edge, len(o.From))
	for i := range o.From {
		edges[i] = o.From[i].Edge
	}
	return edges
}

// maxLine bounds one line of a case file, in bytes.
const maxLine = 64 << 20

// Read calls f for each case of a file.
func Read(r io.Reader, f func(*Case) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<20), maxLine)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var c Case
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return fmt.Errorf("case in line %d: %w", n, err)
		}
		if err := f(&c); err != nil {
			return fmt.Errorf("case %s: %w", c.ID, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("case file: %w", err)
	}
	return nil
}
