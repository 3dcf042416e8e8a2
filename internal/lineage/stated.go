package lineage

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// StatedLanguage is the language of code that is a [Stated].
const StatedLanguage = "openlineage"

// MaxStated is how many bytes the code may have.
const MaxStated = maxCode

// Stated is the column lineage of a table as the program that makes it states it, in place of code that could be read.
type Stated struct {
	Inputs  []StatedInput  `json:"inputs"`
	Columns []StatedColumn `json:"columns,omitempty"`
	Rows    []StatedUse    `json:"rows,omitempty"` // columns that decide which rows there are
}

// StatedInput is a table that is read, by its name on a platform.
type StatedInput struct {
	Platform string `json:"platform"`
	Name     string `json:"name"`
}

// StatedColumn is a column and those that it is made of.
type StatedColumn struct {
	Name string      `json:"name"`
	From []StatedUse `json:"from"`
}

// StatedUse is a column of an input.
type StatedUse struct {
	Input  int    `json:"input"`
	Column string `json:"column"`
	Kinds  string `json:"kinds"` // names with commas, see ParseKinds
	Masked bool   `json:"masked,omitempty"`
}

// Text returns the code.
func (s *Stated) Text() (string, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("stated lineage: %w", err)
	}
	return string(b), nil
}

// stated reads the lineage that a program states. Columns of which it states nothing are not outputs.
func (m *model) stated(text string) {
	m.block.Status = NotSQL
	m.block.Dialect = StatedLanguage
	var s Stated
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		*m.block = *failed(StatedLanguage, Issue{Code: IssueNoQuery, Message: "the stated lineage cannot be read: " + err.Error()})
		return
	}
	refs := make([]int32, len(s.Inputs))
	for i, in := range s.Inputs {
		refs[i] = m.statedRef(in)
	}
	for _, c := range s.Columns {
		out := Output{Name: c.Name}
		for _, use := range c.From {
			if kinds, ref, ok := use.resolved(refs); ok {
				out.Edges = append(out.Edges, Edge{Ref: ref, Column: use.Column, Kinds: kinds, Confidence: resolve.FromSchema, Masked: use.Masked})
			}
		}
		m.block.Outputs = append(m.block.Outputs, out)
	}
	for _, use := range s.Rows {
		if kinds, ref, ok := use.resolved(refs); ok {
			m.block.Rows = append(m.block.Rows, Use{Ref: ref, Column: use.Column, Kinds: kinds, Confidence: resolve.FromSchema})
		}
	}
}

// noRef stands for the table itself.
const noRef int32 = -1

// statedRef returns the place of an input in the block's list; noRef for the table itself.
func (m *model) statedRef(in StatedInput) int32 {
	rel, ok := catalog.ParseRelationName(in.Platform, in.Name)
	if !ok {
		return m.place(Ref{Name: in.Name})
	}
	switch n := m.find(m.self, rel); n {
	case m.self:
		return noRef
	case none:
		return m.place(Ref{Name: rel.Display(), Key: rel.Key()})
	default:
		return m.parentRef(n)
	}
}

func (u *StatedUse) resolved(refs []int32) (resolve.KindSet, int32, bool) {
	if u.Input < 0 || u.Input >= len(refs) || refs[u.Input] == noRef {
		return 0, 0, false
	}
	kinds, err := ParseKinds(strings.TrimSpace(u.Kinds))
	if err != nil || kinds == 0 {
		kinds = resolve.Transform
	}
	return kinds, refs[u.Input], true
}
