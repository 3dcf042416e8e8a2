package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
)

// A reader of artifacts that shares nothing with the one under test:
// encoding/json into what the tests ask about, and the rules of a history in
// few words. It reads projects whose warehouse folds names to lower case and
// whose relations are each of one node.

// files is what one manifest and one catalog say.
type files struct {
	nodes   map[string]node
	parents map[string][]string
	listed  map[string]listing // by unique id
}

type node struct {
	Database, Schema, Alias, Identifier, Description string
	Columns                                          map[string]struct {
		Name, Description string
		DataType          string `json:"data_type"`
	}
}

func (n node) relation() string {
	name := n.Identifier
	if name == "" {
		name = n.Alias
	}
	return n.Database + "." + n.Schema + "." + name
}

type listing struct {
	Metadata struct{ Comment string }
	Columns  map[string]listedColumn
}

type listedColumn struct {
	Name, Type, Comment string
	Index               int
}

func readFiles(t *testing.T, a artifacts) files {
	t.Helper()
	var manifest struct {
		Nodes, Sources map[string]node
		ParentMap      map[string][]string `json:"parent_map"`
	}
	var catalog struct{ Nodes, Sources map[string]listing }
	unpack(t, a.manifest, &manifest)
	unpack(t, a.catalog, &catalog)
	f := files{nodes: map[string]node{}, parents: manifest.ParentMap, listed: map[string]listing{}}
	for _, section := range []map[string]node{manifest.Nodes, manifest.Sources} {
		for id, n := range section {
			if ofTable(id) {
				f.nodes[id] = n
			}
		}
	}
	maps.Copy(f.listed, catalog.Nodes)
	maps.Copy(f.listed, catalog.Sources)
	return f
}

func unpack(t *testing.T, b []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(unzipped(t, b), into); err != nil {
		t.Fatal(err)
	}
}

// unzipped gives plain bytes, of gzip or plain ones.
func unzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return b
	}
	if b, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return b
}

func ofTable(id string) bool {
	kind, _, _ := strings.Cut(id, ".")
	return slices.Contains([]string{"model", "seed", "snapshot", "source"}, kind)
}

// expected is what the API must return for one state.
type expected struct {
	tables  map[string]table // by unique id
	edges   map[string]bool
	changes map[string]bool
}

type table struct {
	description words
	columns     []column
}

type column struct {
	name, kind     string
	documentedOnly bool
	description    words
}

// words are a text; gone tells that dbt had it once and has it no longer.
type words struct {
	text string
	gone bool
}

// voice is what one file said last that was not blank.
type voice struct {
	last  string
	blank bool // it says nothing now
}

func (v *voice) say(text string) {
	if v.blank = strings.TrimSpace(text) == ""; !v.blank {
		v.last = text
	}
}

// texts are the voices about one table or column: the manifest's goes first,
// also where it has fallen silent.
type texts struct{ manifest, catalog voice }

func (t texts) words() words {
	for _, v := range []voice{t.manifest, t.catalog} {
		if v.last != "" {
			return words{text: v.last, gone: v.blank}
		}
	}
	return words{}
}

// memory is all that was ever said about one table.
type memory struct {
	texts     texts
	columns   map[string]*texts // by name in lower case
	warehouse []column          // as the newest catalog that listed it has them
	once      map[string]bool   // every column that it ever had, in lower case
	present   bool
	now       table
}

// ledger follows tables through the states of a project.
type ledger struct {
	tables    map[string]*memory // by unique id
	relations map[string]string  // unique id by relation
}

func newLedger() *ledger {
	return &ledger{tables: map[string]*memory{}, relations: map[string]string{}}
}

// take adds the next state and tells what is to be seen after it.
func (l *ledger) take(t *testing.T, f files) expected {
	t.Helper()
	out := expected{tables: map[string]table{}, edges: f.edges(), changes: map[string]bool{}}
	change := func(id, column, field, kind, before, after string) {
		if line, ok := changeLine(id, column, field, kind, before, after); ok {
			out.changes[line] = true
		}
	}
	for id, m := range l.tables {
		if _, ok := f.nodes[id]; !ok && m.present {
			m.present = false
			change(id, "", "", "removed", "", "")
		}
	}
	for id, n := range f.nodes {
		if other, ok := l.relations[n.relation()]; ok && other != id {
			t.Fatalf("%s takes the place of %s: another history than this test knows", id, other)
		}
		l.relations[n.relation()] = id
		m, known := l.tables[id]
		if !known {
			m = &memory{columns: map[string]*texts{}, once: map[string]bool{}}
			l.tables[id] = m
		}
		listed, inCatalog := f.listed[id]
		before, was := m.now, m.present
		m.hear(n, listed, inCatalog)
		m.present, out.tables[id] = true, m.now
		switch {
		case !known:
			change(id, "", "", "created", "", "")
			m.remember()
			continue
		case !was:
			change(id, "", "", "restored", "", "")
		}
		if before.description.text != m.now.description.text {
			change(id, "", "description", "updated", before.description.text, m.now.description.text)
		}
		m.columnChanges(before.columns, func(column, field, kind, before, after string) { change(id, column, field, kind, before, after) })
		m.remember()
	}
	return out
}

// hear takes what a state says about a table.
func (m *memory) hear(n node, l listing, listed bool) {
	m.texts.manifest.say(n.Description)
	for _, c := range m.columns {
		c.manifest.blank = true
	}
	for _, c := range n.Columns {
		m.column(c.Name).manifest.say(c.Description)
	}
	if listed {
		m.texts.catalog.say(l.Metadata.Comment)
		for _, c := range m.columns {
			c.catalog.blank = true
		}
		m.warehouse = nil
		for _, c := range slices.SortedFunc(maps.Values(l.Columns), func(a, b listedColumn) int { return a.Index - b.Index }) {
			m.column(c.Name).catalog.say(c.Comment)
			m.warehouse = append(m.warehouse, column{name: c.Name, kind: c.Type})
		}
	}
	m.now = table{description: m.texts.words(), columns: slices.Clone(m.warehouse)}
	in := map[string]bool{}
	for _, c := range m.warehouse {
		in[strings.ToLower(c.name)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(n.Columns)) {
		if c := n.Columns[name]; !in[strings.ToLower(c.Name)] {
			m.now.columns = append(m.now.columns, column{name: c.Name, kind: c.DataType, documentedOnly: m.warehouse != nil})
		}
	}
	for i := range m.now.columns {
		m.now.columns[i].description = m.column(m.now.columns[i].name).words()
	}
}

func (m *memory) column(name string) *texts {
	key := strings.ToLower(name)
	if m.columns[key] == nil {
		m.columns[key] = &texts{}
	}
	return m.columns[key]
}

func (m *memory) remember() {
	for _, c := range m.now.columns {
		m.once[strings.ToLower(c.name)] = true
	}
}

// columnChanges tells how the columns differ from those before.
func (m *memory) columnChanges(before []column, change func(column, field, kind, before, after string)) {
	old, now := byName(before), byName(m.now.columns)
	for key, o := range old {
		if _, ok := now[key]; !ok {
			change(o.name, "", "removed", "", "")
		}
	}
	for key, c := range now {
		o, ok := old[key]
		switch {
		case !ok && m.once[key]:
			change(c.name, "", "restored", "", "")
		case !ok:
			change(c.name, "", "created", "", "")
			continue
		}
		if ok && o.kind != c.kind {
			change(c.name, "type", "updated", o.kind, c.kind)
		}
		if ok && o.description.text != c.description.text {
			change(c.name, "description", "updated", o.description.text, c.description.text)
		}
	}
}

// byName finds columns by their names, case aside.
func byName(columns []column) map[string]column {
	out := map[string]column{}
	for _, c := range columns {
		out[strings.ToLower(c.name)] = c
	}
	return out
}

// edges are the pairs of tables in the parent map.
func (f files) edges() map[string]bool {
	out := map[string]bool{}
	for child, parents := range f.parents {
		for _, parent := range parents {
			_, from := f.nodes[parent]
			if _, to := f.nodes[child]; from && to && parent != child {
				out[parent+" → "+child] = true
			}
		}
	}
	return out
}
