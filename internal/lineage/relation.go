package lineage

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// none is the number of no table.
const none int32 = -1

// relations finds tables by the names that compiled SQL gives them.
type relations struct {
	exact  map[string]int32 // by key; none where several share it
	bare   map[string]int32 // the last table by schema and identifier
	before []int32          // by table: the one before it that has its schema and identifier
}

func newRelations(tables []Table) *relations {
	r := &relations{exact: make(map[string]int32, len(tables)), bare: make(map[string]int32, len(tables)), before: make([]int32, len(tables))}
	for i := range tables {
		key := tables[i].Key
		if key == "" {
			continue
		}
		if _, twice := r.exact[key]; twice {
			r.exact[key] = none
		} else {
			r.exact[key] = int32(i)
		}
		bare := catalog.BareKeyOf(key)
		r.before[i] = r.withBareKey(bare)
		r.bare[bare] = int32(i)
	}
	return r
}

// withBareKey returns the last table that has a schema and identifier; before has
// the others.
func (r *relations) withBareKey(bare string) int32 {
	if n, ok := r.bare[bare]; ok {
		return n
	}
	return none
}

// relationOf reads the name of a table as the SQL has it.
func relationOf(platform string, parts []resolve.Name) (catalog.Relation, bool) {
	if platform == "bigquery" {
		parts = apart(parts)
	}
	if len(parts) == 0 || len(parts) > 3 {
		return catalog.Relation{}, false
	}
	rel := catalog.Relation{Platform: platform}
	last := len(parts) - 1
	rel.Identifier, rel.QuotedIdentifier = parts[last].Text, parts[last].Quoted
	if last >= 1 {
		rel.Schema, rel.QuotedSchema = parts[last-1].Text, parts[last-1].Quoted
	}
	if last >= 2 {
		rel.Database, rel.QuotedDatabase = parts[0].Text, parts[0].Quoted
	}
	return rel, true
}

// apart cuts the names that BigQuery allows within one pair of backticks. The
// dots before a colon are those of a project's domain: example.com:project.
func apart(parts []resolve.Name) []resolve.Name {
	var out []resolve.Name
	for _, p := range parts {
		if !p.Quoted || !strings.Contains(p.Text, ".") {
			out = append(out, p)
			continue
		}
		domain := strings.LastIndexByte(p.Text, ':') + 1
		texts := strings.Split(p.Text[domain:], ".")
		texts[0] = p.Text[:domain] + texts[0]
		for _, text := range texts {
			out = append(out, resolve.Name{Text: text, Quoted: true})
		}
	}
	return out
}

// find returns the table that a relation in the SQL of table self means: itself,
// one of its parents, at their own or at their deferred relation, else one of all
// tables if there is no doubt.
func (t *Tracer) find(self int32, rel catalog.Relation) int32 {
	key := rel.Key()
	if key == "" {
		return none
	}
	if t.tables[self].Key == key {
		return self
	}
	bare := rel.BareKey()
	if n := t.amongParents(self, rel, key, bare); n != none {
		return n
	}
	if n := t.amongDeferred(self, key); n != none {
		return n
	}
	if n, ok := t.relations.exact[key]; ok {
		return n
	}
	if rel.Schema == "" {
		return none
	}
	return t.byBareKey(key, bare)
}

// amongParents looks for the same key, else for the one parent that agrees as
// far as the text goes.
func (t *Tracer) amongParents(self int32, rel catalog.Relation, key, bare string) int32 {
	found, sure := none, true
	for _, p := range t.parents(self) {
		have := t.tables[p].Key
		switch {
		case have == "":
		case have == key:
			return p
		case rel.Schema != "" && catalog.BareKeyOf(have) == bare && (rel.Database == "" || have[0] == '.'),
			rel.Schema == "" && strings.HasSuffix(have, bare): // bare is "." and the identifier
			found, sure = t.either(found, p, sure)
		}
	}
	if !sure {
		return none
	}
	return found
}

// either returns one of two tables that a name may mean, the first if there is
// one, and reports whether that is certain: it is if both have the same
// relation, as a seed and a source of it do.
func (t *Tracer) either(found, other int32, sure bool) (int32, bool) {
	if found == none {
		return other, sure
	}
	return found, sure && t.tables[found].Key == t.tables[other].Key
}

// byBareKey finds a table whose database, or that of the text, is not given.
func (t *Tracer) byBareKey(key, bare string) int32 {
	found, count := none, 0
	for n := t.relations.withBareKey(bare); n != none; n = t.relations.before[n] {
		if have := t.tables[n].Key; have[0] == '.' || key[0] == '.' {
			found = n
			count++
		}
	}
	if count != 1 {
		return none
	}
	return found
}
