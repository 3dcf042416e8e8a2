package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/openlineage"
)

// LineageCmd prints the column edges of a whole project.
type LineageCmd struct {
	Manifest  string `required:"" type:"existingfile" placeholder:"FILE" help:"manifest.json, plain or gzip."`
	Catalog   string `type:"existingfile" placeholder:"FILE" help:"catalog.json of the same project; its columns expand SELECT *."`
	Format    string `enum:"jsonl,openlineage" default:"jsonl" help:"jsonl or openlineage, one model per line."`
	Namespace string `placeholder:"URI" help:"Namespace of the OpenLineage datasets; default: the adapter."`
}

// Help gives an example.
func (LineageCmd) Help() string {
	return `Reads the compiled SQL of every model; needs no server and no warehouse.

Example:
  thalweg lineage --manifest target/manifest.json --catalog target/catalog.json`
}

// Run prints one line per model, in the order of the unique ids.
func (c *LineageCmd) Run(ctx context.Context, out *output) error {
	r := lineage.NewReader()
	defer func() { _ = r.Close() }() // a temporary file
	l, err := traceProject(ctx, r, c.Manifest, c.Catalog)
	if err != nil {
		return err
	}
	if c.Format == "openlineage" {
		namespace := c.Namespace
		if namespace == "" {
			namespace = l.Head.AdapterType
		}
		return out.lines(func(e *json.Encoder) error {
			for _, event := range openlineage.ProjectEvents(l, namespace, out.now()) {
				if err := e.Encode(event); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return out.lines(func(e *json.Encoder) error {
		for i, n := range l.Nodes {
			if !l.HasBlock(i) {
				continue
			}
			if err := e.Encode(modelLine(l, n.UniqueID, l.Block(i))); err != nil {
				return err
			}
		}
		return nil
	})
}

// traceProject reads artifacts from files and traces them. Without a catalog
// path there is no catalog.
func traceProject(ctx context.Context, r *lineage.Reader, manifest, tables string) (*lineage.ProjectLineage, error) {
	p, err := readProject(ctx, r, manifest, tables)
	if err != nil {
		return nil, err
	}
	return p.Trace(ctx, lineage.Options{})
}

func readProject(ctx context.Context, r *lineage.Reader, manifest, tables string) (*lineage.Project, error) {
	m, err := os.Open(manifest)
	if err != nil {
		return nil, err
	}
	defer func() { _ = m.Close() }() // only read
	var c io.Reader
	if tables != "" {
		f, err := os.Open(tables)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // only read
		c = f
	}
	p, err := r.Read(ctx, m, c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifest, err)
	}
	return p, nil
}

type lineageLine struct {
	UniqueID string          `json:"unique_id"`
	Status   string          `json:"status"`
	Columns  []lineageColumn `json:"columns"`
	Issues   []lineageIssue  `json:"issues"`
}

type lineageColumn struct {
	Output string        `json:"output"`
	From   []lineageEdge `json:"from"`
}

type lineageEdge struct {
	UniqueID   *string  `json:"unique_id"` // null: a table that is not a node; relation names it
	Relation   string   `json:"relation,omitempty"`
	Column     string   `json:"column"`
	Kinds      []string `json:"kinds"`
	Confidence string   `json:"confidence"`
}

type lineageIssue struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
}

func modelLine(l *lineage.ProjectLineage, uniqueID string, b *lineage.Block) lineageLine {
	line := lineageLine{UniqueID: uniqueID, Status: b.Status.String(), Columns: []lineageColumn{}, Issues: []lineageIssue{}}
	for i := range b.Outputs {
		o := &b.Outputs[i]
		c := lineageColumn{Output: o.Name, From: []lineageEdge{}}
		for _, e := range o.Edges {
			edge := lineageEdge{Column: e.Column, Kinds: e.Kinds.Names(), Confidence: e.Confidence.String()}
			if r := b.Refs[e.Ref]; r.Table != 0 {
				id := l.RefName(r)
				edge.UniqueID = &id
			} else {
				edge.Relation = r.Name
			}
			c.From = append(c.From, edge)
		}
		line.Columns = append(line.Columns, c)
	}
	for _, i := range b.Issues {
		line.Issues = append(line.Issues, lineageIssue{Code: i.Code, Message: i.Message, Line: i.Line, Column: i.Column})
	}
	return line
}
