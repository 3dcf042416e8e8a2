package resolve

import "github.com/thalweg-data/thalweg/internal/sql/ast"

// relation is rows of columns: a table, a CTE, a query, a function's result.
type relation struct {
	columns []column
	// keys repeat the columns' names, so that looking for one reads little memory.
	keys  []name
	index map[name]int32
	// table is set for a base table; open reports whether its columns are not known.
	table *table
	open  bool
	// stars reports whether there are unexpanded stars among the columns.
	stars bool
	// catchAll stands for any column that is not listed: the result of a function
	// of unknown shape, a dictionary, the columns that PIVOT makes out of data.
	catchAll *column
	// element is an array's element whose fields are not known: any name may be one.
	element *column
	// branches are the branches of a union whose columns are not all known.
	branches []*relation
	// through is the one base table whose columns, all or some, these are: a
	// column that its schema lacks may be younger than the schema.
	through *relation
}

// table is a base table with the columns asked for so far.
type table struct {
	ref *Table
	// key is the same for all names of the table, see resolver.tableKey.
	key string
	id  int32
	// columns are the names by the numbers that edges have.
	columns []string
	// read is false for a table that only a CTE beyond a boundary reads.
	read bool
	rel  *relation
	// extra are columns that the schema does not list.
	extra map[name]*column
}

// certainty is how certain it is that a relation has a column.
type certainty uint8

const (
	absent certainty = iota
	// conceivable: a catch-all, better than nothing.
	conceivable
	// possible: the relation is open.
	possible
	certain
)

// match is a column found, with the confidence that finding it costs.
type match struct {
	column     *column
	confidence Confidence
	certainty  certainty
}

// newRelation makes a relation of columns.
func (r *resolver) newRelation(columns []column) *relation {
	rel := r.relations.New()
	rel.columns, rel.keys = columns, r.keys.List(len(columns))
	for i := range columns {
		rel.keys[i] = columns[i].key
		if columns[i].star != nil {
			rel.stars = true
		}
	}
	return rel
}

// find looks for a listed column. Where two names differ in case alone, the one
// spelled alike wins.
func (rel *relation) find(r *resolver, key name, id ast.Ident) *column {
	i := rel.position(r, key)
	if i < 0 {
		return nil
	}
	first := &rel.columns[i]
	if !r.dialect.Identifiers.ColumnsExact || first.text == id.Text {
		return first
	}
	stored := r.dialect.Stored(id.Text, id.Quoted)
	for j := i; j < len(rel.keys); j++ {
		if rel.keys[j] == key && r.stored(&rel.columns[j]) == stored {
			return &rel.columns[j]
		}
	}
	return first
}

// position is the index of the first column with a name, or -1.
func (rel *relation) position(r *resolver, key name) int {
	if len(rel.keys) > 64 {
		return rel.lookupIndex(r, key)
	}
	return scan(rel.keys, key)
}

func scan(keys []name, key name) int {
	for i, k := range keys {
		if k == key {
			return i
		}
	}
	return -1
}

func (rel *relation) lookupIndex(r *resolver, key name) int {
	if rel.index == nil {
		r.use(len(rel.keys) * mapEntry)
		rel.index = make(map[name]int32, len(rel.keys))
		for i, k := range rel.keys {
			if _, ok := rel.index[k]; !ok {
				rel.index[k] = int32(i)
			}
		}
	}
	if i, ok := rel.index[key]; ok {
		return int(i)
	}
	return -1
}

// lookup finds a column by name, through unexpanded stars as well.
func (rel *relation) lookup(r *resolver, key name, id ast.Ident) match {
	if c := rel.find(r, key, id); c != nil {
		return match{column: c, certainty: certain}
	}
	if rel.open {
		return match{column: r.extraColumn(rel.table, key, id), certainty: possible}
	}
	if rel.branches != nil && r.enter() {
		defer r.leave()
		return rel.lookupBranches(r, key, id)
	}
	if rel.stars {
		if m := rel.lookupStars(r, key, id); m.certainty > absent {
			return m
		}
	}
	if rel.element != nil {
		return match{column: r.fieldColumn(rel.element, id), certainty: conceivable, confidence: Inferred}
	}
	if rel.catchAll != nil {
		return match{column: rel.catchAll, certainty: conceivable, confidence: Inferred}
	}
	return match{}
}

// lookupStars asks the relations of the stars.
func (rel *relation) lookupStars(r *resolver, key name, id ast.Ident) match {
	if !r.enter() {
		return match{}
	}
	defer r.leave()
	var best match
	var candidates []*column
	for i := range rel.columns {
		star := rel.columns[i].star
		if star == nil || star.excludes(key) {
			continue
		}
		m := star.lookup(r, key, id)
		if m.certainty == absent || m.certainty < best.certainty {
			continue
		}
		if m.certainty > best.certainty {
			best, candidates = m, nil
		}
		candidates = append(candidates, m.column)
	}
	if best.certainty == absent {
		return best
	}
	best.confidence = max(best.confidence, Inferred)
	if len(candidates) > 1 && best.certainty != certain {
		best.column = r.unionColumn(key, id, candidates)
		best.confidence = Ambiguous
	}
	return best
}

// inferred is the last resort for a name that the schema lacks: the one table
// that these columns come from may have gained it.
func (rel *relation) inferred(r *resolver, key name, id ast.Ident) *column {
	origin := rel
	for origin.through != nil {
		origin = origin.through
	}
	if origin.table == nil {
		return nil
	}
	return r.extraColumn(origin.table, key, id)
}

// star is an unexpanded star: the columns of one relation less some.
type star struct {
	rel    *relation
	except []name
}

func (s *star) excludes(key name) bool { return scan(s.except, key) >= 0 }

func (s *star) lookup(r *resolver, key name, id ast.Ident) match {
	return s.rel.lookup(r, key, id)
}
