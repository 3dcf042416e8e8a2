package openlineage

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/revision"
)

// tables are what all jobs of a schema read and write, by relation key.
type tables struct {
	byKey map[string]*table
	at    time.Time // of the newest event
}

// table is a table that jobs read or write.
type table struct {
	relation catalog.Relation
	fields   []FieldState
	fieldsAt time.Time
	jobs     []jobRef // that write it
	inputs   map[string]catalog.Relation
	columns  map[string]map[lineage.StatedUse]string // key of the input, by column and use without it
	rows     map[lineage.StatedUse]string
}

// jobRef is a job as the details of a table show it.
type jobRef struct {
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	Integration string `json:"integration,omitempty"`
}

// add adds what a job reads and writes. The runs of dbt itself are left out where manifests are imported: these have
// more, and show what is gone.
func (t *tables) add(s *JobState, withDBT bool) {
	if s.At.After(t.at) {
		t.at = s.At
	}
	run := s.current()
	if run == nil || s.isDBT() && !withDBT {
		return
	}
	known := map[DataName]catalog.Relation{}
	for _, list := range [][]DataState{run.Inputs, run.Outputs} {
		for i := range list {
			if relation, reason := list[i].Resolve(); reason == "" {
				known[list[i].DataName] = relation
				t.table(relation).describe(&list[i])
			}
		}
	}
	everywhere := undirected(run)
	for i := range run.Outputs {
		out := &run.Outputs[i]
		relation, ok := known[out.DataName]
		if !ok {
			continue
		}
		made := t.table(relation)
		made.jobs = append(made.jobs, jobRef{s.Namespace, s.Name, s.Integration})
		for _, in := range run.Inputs {
			if from, ok := known[in.DataName]; ok && (out.Lineage == nil || everywhere[in.DataName] || out.Lineage.reads(in.DataName)) {
				made.read(from)
			}
		}
		made.state(out.Lineage, known)
	}
}

// isDBT reports whether the job is dbt's.
func (s *JobState) isDBT() bool {
	return strings.EqualFold(s.Integration, "DBT") || strings.Contains(s.Producer, "/integration/dbt")
}

// undirected are the inputs of a run that the column lineage of no output names: they may be of each of them.
func undirected(run *RunState) map[DataName]bool {
	out := make(map[DataName]bool, len(run.Inputs))
	for _, in := range run.Inputs {
		out[in.DataName] = !slices.ContainsFunc(run.Outputs, func(d DataState) bool { return d.Lineage.reads(in.DataName) })
	}
	return out
}

// reads reports whether the lineage names a dataset.
func (l *LineageState) reads(name DataName) bool {
	if l == nil {
		return false
	}
	of := func(in InputState) bool { return in.DataName == name }
	return slices.ContainsFunc(l.Rows, of) || slices.ContainsFunc(l.Columns, func(c ColumnState) bool { return slices.ContainsFunc(c.From, of) })
}

func (t *tables) table(r catalog.Relation) *table {
	key := r.Key()
	if t.byKey[key] == nil {
		t.byKey[key] = &table{relation: r, inputs: map[string]catalog.Relation{}, columns: map[string]map[lineage.StatedUse]string{}, rows: map[lineage.StatedUse]string{}}
	}
	return t.byKey[key]
}

// describe takes the columns of the newest event that has some.
func (t *table) describe(d *DataState) {
	if len(d.Fields) > 0 && isNewer(d.FieldsAt, t.fieldsAt, d.Fields, t.fields) {
		t.fields, t.fieldsAt = d.Fields, d.FieldsAt
	}
}

// read notes an input and returns its key; "" for the table itself.
func (t *table) read(from catalog.Relation) string {
	key := from.Key()
	if key == t.relation.Key() {
		return ""
	}
	if _, ok := t.inputs[key]; !ok {
		t.inputs[key] = from
	}
	return key
}

// state notes the column lineage of the table. A dataset that is not an input of the run is resolved by its own name.
func (t *table) state(l *LineageState, known map[DataName]catalog.Relation) {
	if l == nil {
		return
	}
	use := func(in InputState) (lineage.StatedUse, string) {
		relation, ok := known[in.DataName]
		if !ok {
			var reason string
			if relation, reason = Resolve(in.Namespace, in.Name); reason != "" {
				return lineage.StatedUse{}, ""
			}
		}
		return lineage.StatedUse{Column: in.Field, Kinds: in.Kinds, Masked: in.Masked}, t.read(relation)
	}
	for _, c := range l.Columns {
		for _, in := range c.From {
			if u, key := use(in); key != "" {
				if t.columns[c.Name] == nil {
					t.columns[c.Name] = map[lineage.StatedUse]string{}
				}
				u.Kinds += "\x00" + key // several inputs may have a column of one name
				t.columns[c.Name][u] = key
			}
		}
	}
	for _, in := range l.Rows {
		if u, key := use(in); key != "" {
			u.Kinds += "\x00" + key
			t.rows[u] = key
		}
	}
}

// stated returns the lineage of the table as code; "" if it reads nothing that is a table.
func (t *table) stated() (string, error) {
	keys := slices.Sorted(maps.Keys(t.inputs))
	if len(keys) == 0 {
		return "", nil
	}
	var s lineage.Stated
	number := map[string]int{}
	for i, key := range keys {
		number[key] = i
		s.Inputs = append(s.Inputs, lineage.StatedInput{Platform: t.inputs[key].Platform, Name: nameOf(t.inputs[key])})
	}
	for _, name := range slices.Sorted(maps.Keys(t.columns)) {
		s.Columns = append(s.Columns, lineage.StatedColumn{Name: name, From: usesOf(t.columns[name], number)})
	}
	s.Rows = usesOf(t.rows, number)
	text, err := s.Text()
	if err == nil && len(text) > lineage.MaxStated {
		s.Columns, s.Rows = nil, nil
		text, err = s.Text()
	}
	return text, err
}

func usesOf(uses map[lineage.StatedUse]string, number map[string]int) []lineage.StatedUse {
	var out []lineage.StatedUse
	for u, key := range uses {
		u.Input = number[key]
		u.Kinds, _, _ = strings.Cut(u.Kinds, "\x00")
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b lineage.StatedUse) int {
		return cmp.Or(cmp.Compare(a.Input, b.Input), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Kinds, b.Kinds), cmp.Compare(fmt.Sprint(a.Masked), fmt.Sprint(b.Masked)))
	})
	return out
}

// nameOf is a relation as [catalog.ParseRelationName] reads it again.
func nameOf(r catalog.Relation) string {
	if _, ok := catalog.ParseRelationName(r.Platform, r.Text); ok {
		return r.Text
	}
	return r.Display()
}

// facet describes the table. Of columns that only the lineage names there is no type.
func (t *table) facet(texts revision.Texts) (catalog.Facet, error) {
	b := catalog.Body{Kind: catalog.KindTable, Name: t.relation.Identifier, Relation: t.relation}
	b.Relation.Text = ""
	seen := map[string]bool{}
	add := func(c catalog.BodyColumn) {
		if fold := catalog.FoldColumn(t.relation.Platform, c.Name); !seen[fold] {
			seen[fold] = true
			c.Ordinal = len(b.Columns) + 1
			b.Columns = append(b.Columns, c)
		}
	}
	for _, f := range t.fields {
		add(catalog.BodyColumn{Name: f.Name, NativeType: f.Type, Description: f.Description})
	}
	for _, name := range slices.Sorted(maps.Keys(t.columns)) {
		add(catalog.BodyColumn{Name: name})
	}
	code, err := t.stated()
	if err != nil {
		return catalog.Facet{}, err
	}
	if code != "" {
		hash := catalog.HashOfText(code)
		texts[hash] = code
		b.Code = &catalog.Code{Compiled: hash, Language: lineage.StatedLanguage}
	}
	if len(t.jobs) > 0 {
		slices.SortFunc(t.jobs, func(a, b jobRef) int {
			return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
		})
		if b.Extra, err = json.Marshal(map[string]any{"jobs": slices.Compact(t.jobs)}); err != nil {
			return catalog.Facet{}, fmt.Errorf("jobs of %s: %w", t.relation.Display(), err)
		}
	}
	return catalog.Facet{Body: catalog.NormalizeBody(b)}, nil
}
