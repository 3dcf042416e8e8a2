package openlineage

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// JobState is what the events of a job told of it. It follows from the set of its events, whatever the order in which
// they came and however often: only the newest runs are kept.
type JobState struct {
	Namespace   string     `json:"namespace"`
	Name        string     `json:"name"`
	Integration string     `json:"integration,omitzero"`
	Type        string     `json:"type,omitzero"`
	Producer    string     `json:"producer,omitzero"`
	At          time.Time  `json:"at"` // of the newest event
	Runs        []RunState `json:"runs,omitempty"`
}

// RunState is a run, or what a job states without a run.
type RunState struct {
	ID      string      `json:"id,omitzero"`
	First   time.Time   `json:"first"` // time of its first event
	Last    time.Time   `json:"last"`
	State   string      `json:"state,omitzero"`
	StateAt time.Time   `json:"state_at,omitzero"`
	Inputs  []DataState `json:"inputs,omitempty"`
	Outputs []DataState `json:"outputs,omitempty"`
}

// DataName names a dataset.
type DataName struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// DataState is a dataset of a run, with the newest of each facet.
type DataState struct {
	DataName
	Names     []DataName    `json:"names,omitempty"` // symbolic ones
	Fields    []FieldState  `json:"fields,omitempty"`
	FieldsAt  time.Time     `json:"fields_at,omitzero"`
	Lineage   *LineageState `json:"lineage,omitempty"`
	LineageAt time.Time     `json:"lineage_at,omitzero"`
}

// FieldState is a column.
type FieldState struct {
	Name        string `json:"name"`
	Type        string `json:"type,omitzero"`
	Description string `json:"description,omitzero"`
}

// LineageState is the column lineage of an output.
type LineageState struct {
	Columns []ColumnState `json:"columns,omitempty"`
	Rows    []InputState  `json:"rows,omitempty"`
}

// ColumnState is a column and those that it is made of.
type ColumnState struct {
	Name string       `json:"name"`
	From []InputState `json:"from"`
}

// InputState is a column of another dataset, with our kinds.
type InputState struct {
	DataName
	Field  string `json:"field"`
	Kinds  string `json:"kinds"`
	Masked bool   `json:"masked,omitzero"`
}

// keptRuns is how many of the newest runs of a job are kept, beyond the one that shows what it reads and writes.
const keptRuns = 5

// runStates ranks the types of events: what ends a run outranks the others.
var runStates = map[string]int{"OTHER": 1, "START": 2, "RUNNING": 3, "COMPLETE": 4, "ABORT": 5, "FAIL": 6}

const ends = 4 // the rank from which on a run has ended

// ParseJobState reads a stored state; an empty one is that of a new job.
func ParseJobState(b []byte) (*JobState, error) {
	s := &JobState{}
	if len(b) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("state of a job: %w", err)
	}
	return s, nil
}

// Encode returns the stored form; equal states have equal bytes.
func (s *JobState) Encode() ([]byte, error) {
	b, err := json.Marshal(s, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("state of job %s: %w", s.Name, err)
	}
	return b, nil
}

// Add adds an event of the job.
func (s *JobState) Add(e *Event) {
	s.Namespace, s.Name = e.Job.Namespace, e.Job.Name
	if e.at.After(s.At) {
		s.At = e.at
	}
	// The largest of different texts: which one came last must not matter.
	s.Integration = max(s.Integration, cut(e.Job.Facets.JobType.Integration))
	s.Type = max(s.Type, cut(e.Job.Facets.JobType.JobType))
	s.Producer = max(s.Producer, cut(e.Producer))
	id := ""
	if e.Run != nil {
		id = e.Run.RunID
	}
	at := slices.IndexFunc(s.Runs, func(r RunState) bool { return r.ID == id })
	if at < 0 {
		s.Runs = append(s.Runs, RunState{ID: id, First: e.at, Last: e.at})
		at = len(s.Runs) - 1
	}
	s.Runs[at].add(e)
	slices.SortFunc(s.Runs, func(a, b RunState) int { return cmp.Or(b.First.Compare(a.First), strings.Compare(b.ID, a.ID)) })
	if len(s.Runs) > keptRuns {
		s.Runs = s.keep()
	}
}

// keep returns the runs that are kept.
func (s *JobState) keep() []RunState {
	kept := slices.Clone(s.Runs[:keptRuns])
	if r := s.current(); r != nil && !slices.ContainsFunc(kept, func(k RunState) bool { return k.ID == r.ID }) {
		kept = append(kept, *r)
	}
	return kept
}

func (r *RunState) add(e *Event) {
	if e.at.Before(r.First) {
		r.First = e.at
	}
	if e.at.After(r.Last) {
		r.Last = e.at
	}
	if e.Run != nil {
		state := strings.ToUpper(e.EventType)
		if compareStates(state, e.at, r.State, r.StateAt) > 0 {
			r.State, r.StateAt = state, e.at
		}
	}
	for i := range e.Inputs {
		r.Inputs = addData(r.Inputs, &e.Inputs[i], e.at)
	}
	for i := range e.Outputs {
		r.Outputs = addData(r.Outputs, &e.Outputs[i], e.at)
	}
}

// compareStates orders the states of a run: its end is later than everything else, whatever the clocks.
func compareStates(a string, aAt time.Time, b string, bAt time.Time) int {
	ended := func(s string) int {
		if runStates[s] >= ends {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(ended(a), ended(b)), aAt.Compare(bAt), cmp.Compare(runStates[a], runStates[b]))
}

// addData joins a dataset of an event with those that are there, by name.
func addData(list []DataState, d *EventData, at time.Time) []DataState {
	name := DataName{Namespace: d.Namespace, Name: d.Name}
	n, found := slices.BinarySearchFunc(list, name, func(s DataState, name DataName) int { return compareNames(s.DataName, name) })
	if !found {
		if len(list) >= maxEventData {
			return list
		}
		list = slices.Insert(list, n, DataState{DataName: name})
	}
	list[n].add(d, at)
	return list
}

func (s *DataState) add(d *EventData, at time.Time) {
	if links := d.Facets.Symlinks; links != nil {
		for _, l := range links.Identifiers {
			if isName(l.Namespace) && isName(l.Name) && len(s.Names) < maxNames {
				s.Names = append(s.Names, DataName{l.Namespace, l.Name})
			}
		}
		slices.SortFunc(s.Names, compareNames)
		s.Names = slices.Compact(s.Names)
	}
	if d.Facets.Schema != nil && len(d.Facets.Schema.Fields) > 0 {
		if fields := fieldsOf(d.Facets.Schema.Fields); isNewer(at, s.FieldsAt, fields, s.Fields) {
			s.Fields, s.FieldsAt = fields, at
		}
	}
	if d.Facets.ColumnLineage != nil {
		if lineage := lineageOf(d.Facets.ColumnLineage); isNewer(at, s.LineageAt, lineage, s.Lineage) {
			s.Lineage, s.LineageAt = lineage, at
		}
	}
}

const maxNames = 8 // symbolic names of a dataset

// isNewer reports whether a facet replaces the one that is there. Of two of one time that with the larger bytes counts.
func isNewer(at, before time.Time, facet, old any) bool {
	if !at.Equal(before) {
		return at.After(before)
	}
	a, errA := json.Marshal(facet, json.Deterministic(true))
	b, errB := json.Marshal(old, json.Deterministic(true))
	return errA == nil && (errB != nil || bytes.Compare(a, b) > 0)
}

func fieldsOf(fields []EventField) []FieldState {
	out := make([]FieldState, 0, len(fields))
	seen := make(map[string]bool, len(fields))
	for _, f := range fields {
		if isName(f.Name) && !seen[f.Name] {
			seen[f.Name] = true
			out = append(out, FieldState{Name: f.Name, Type: cut(f.Type), Description: cut(f.Description)})
		}
	}
	return out
}

func lineageOf(l *EventLineage) *LineageState {
	out := &LineageState{Rows: inputsOf(l.Dataset, "")}
	for _, name := range slices.Sorted(maps.Keys(l.Fields)) {
		if c := l.Fields[name]; isName(name) {
			out.Columns = append(out.Columns, ColumnState{Name: name, From: inputsOf(c.InputFields, c.Type)})
		}
	}
	return out
}

func inputsOf(inputs []EventInput, all string) []InputState {
	out := []InputState{}
	for _, in := range inputs {
		if !isName(in.Namespace) || !isName(in.Name) || !isName(in.Field) {
			continue
		}
		kinds, masked := kindsOf(in.Transformations, all)
		out = append(out, InputState{DataName: DataName{in.Namespace, in.Name}, Field: in.Field, Kinds: kinds, Masked: masked})
	}
	slices.SortFunc(out, func(a, b InputState) int {
		return cmp.Or(compareNames(a.DataName, b.DataName), strings.Compare(a.Field, b.Field), strings.Compare(a.Kinds, b.Kinds))
	})
	return slices.Compact(out)
}

// current returns the run that shows what the job reads and writes: the newest one that has outputs and did not fail,
// else the newest one that has outputs; nil if there is none.
func (s *JobState) current() *RunState {
	var failed *RunState
	for i := range s.Runs {
		r := &s.Runs[i]
		switch {
		case len(r.Outputs) == 0:
		case r.State != "FAIL" && r.State != "ABORT":
			return r
		case failed == nil:
			failed = r
		}
	}
	return failed
}

// Datasets returns what the job reads and writes, as far as its runs show it.
func (s *JobState) Datasets() (inputs, outputs []DataState) {
	if r := s.current(); r != nil {
		return r.Inputs, r.Outputs
	}
	for i := range s.Runs {
		if len(s.Runs[i].Inputs) > 0 {
			return s.Runs[i].Inputs, nil
		}
	}
	return nil, nil
}

// Effective returns what of the state makes a difference for the catalog, to be compared.
func (s *JobState) Effective() []byte {
	r := s.current()
	if r == nil {
		return nil
	}
	plain := func(list []DataState) []DataState {
		list = slices.Clone(list)
		for i := range list {
			list[i].FieldsAt, list[i].LineageAt = time.Time{}, time.Time{}
		}
		return list
	}
	b, err := json.Marshal([][]DataState{plain(r.Inputs), plain(r.Outputs)}, json.Deterministic(true))
	if err != nil {
		return nil // cannot happen: they are our own types
	}
	return b
}

const maxText = 4 << 10 // bytes of a type or description

func cut(s string) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	return strings.Map(func(r rune) rune {
		if r == 0 {
			return -1
		}
		return r
	}, s)
}
