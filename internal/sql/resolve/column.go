package resolve

import "github.com/thalweg-data/thalweg/internal/sql/ast"

// column is one column of a relation. Its edges are computed when something
// asks for them, once.
type column struct {
	text  string
	edges []edge
	key   name
	kinds KindSet

	quoted bool
	// literal reports whether text is the stored name already.
	literal bool
	// hidden columns can be named but are not part of a star.
	hidden     bool
	unnamed    bool
	confidence Confidence
	state      columnState
	partsState columnState
	// owner is, for a column of a star, the number of its member of FROM, from 1,
	// where two members have the same rows; else 0.
	owner uint8

	// The definition: an expression seen from a view, another column, or what
	// detail holds; kinds is what it does to the values it is made of.
	expr   ast.Expr
	view   view
	same   *column
	detail *detail
	// star marks a placeholder for columns of an unknown number.
	star *star
}

// detail is what few columns have.
type detail struct {
	// more are further expressions that make the value, tests those that control it,
	// from further columns that make it.
	more  []ast.Expr
	tests []ast.Expr
	keys  []ast.Expr // that order the rows within an aggregate
	from  []*column
	// path is the field of the other columns that this one is.
	path int32
	// choice is the column that COLUMNS(...) inside the expression means here.
	choice *column
	// typ is the type in the schema; parts are the fields of a structured value.
	typ   string
	parts *relation
}

// details returns the detail to write to.
func (c *column) details() *detail {
	if c.detail == nil {
		c.detail = &detail{}
	}
	return c.detail
}

// made returns the detail to read from.
func (c *column) made() detail {
	if c.detail == nil {
		return detail{}
	}
	return *c.detail
}

// addFrom makes another column one that this one is made of.
func (c *column) addFrom(other *column) {
	if c.same == nil {
		c.same = other
		return
	}
	d := c.details()
	d.from = append(d.from, other)
}

type columnState uint8

const (
	pending columnState = iota
	working
	done
)

// edgesOf computes where a column comes from. A column that depends on itself
// adds nothing to itself.
func (r *resolver) edgesOf(c *column) []edge {
	switch c.state {
	case done:
		return c.edges
	case working:
		return nil
	}
	if !r.enter() {
		return nil
	}
	defer r.leave()
	c.state = working
	if shared, ok := r.sharedEdges(c); ok {
		c.edges = shared
	} else {
		c.edges = r.computeEdges(c)
	}
	c.state = done
	return c.edges
}

// sharedEdges saves the copy for the commonest column of all, one that is just
// another column.
func (r *resolver) sharedEdges(c *column) ([]edge, bool) {
	if c.detail != nil && !c.detail.onlyParts() || c.kinds != Identity {
		return nil, false
	}
	if c.same != nil {
		if c.expr != nil {
			return nil, false
		}
		edges := r.edgesOf(c.same)
		if weaker(edges, c.confidence) {
			return nil, false
		}
		return edges, true
	}
	if ref, ok := c.expr.(*ast.ColumnRef); ok {
		return r.edgesOfRef(ref, c.view)
	}
	return nil, false
}

// edgesOfRef returns the edges of a column that is just a name.
func (r *resolver) edgesOfRef(ref *ast.ColumnRef, v view) ([]edge, bool) {
	start := len(r.matches)
	path := r.resolve(ref, v)
	if len(r.matches) != start+1 || path != 0 {
		set := r.edgeSet()
		r.addMatches(&set, start, path, use{kinds: Identity})
		r.matches = r.matches[:start]
		return set.edges, true
	}
	m := r.matches[start]
	edges := r.edgesOf(m.column)
	r.matches = r.matches[:start]
	return edges, !weaker(edges, m.confidence)
}

// onlyParts reports whether the value does not depend on the detail.
func (d *detail) onlyParts() bool {
	return d.more == nil && d.tests == nil && d.keys == nil && d.from == nil && d.path == 0 && d.choice == nil
}

// weaker reports whether a confidence would lower that of any edge.
func weaker(edges []edge, confidence Confidence) bool {
	if confidence == FromSchema {
		return false
	}
	for i := range edges {
		if edges[i].confidence < confidence {
			return true
		}
	}
	return false
}

func (r *resolver) computeEdges(c *column) []edge {
	set := r.edgeSet()
	u := use{kinds: c.kinds}
	d := c.made()
	if c.expr != nil {
		outer := r.choice
		r.choice = d.choice
		r.walk(&set, c.expr, c.view, u)
		r.choice = outer
	}
	for _, e := range d.more {
		r.walk(&set, e, c.view, u)
	}
	for _, e := range d.tests {
		r.walk(&set, e, c.view, use{kinds: Conditional})
	}
	for _, e := range d.keys {
		r.walk(&set, e, c.view, use{kinds: WindowKey})
	}
	if c.same != nil {
		r.addColumn(&set, match{column: c.same, confidence: c.confidence}, d.path, u)
	}
	for _, other := range d.from {
		r.addColumn(&set, match{column: other, confidence: c.confidence}, d.path, u)
	}
	return set.edges
}

// addColumn adds the edges of a column as used by something.
func (r *resolver) addColumn(set *edgeSet, m match, path int32, u use) {
	edges := r.edgesOf(m.column)
	r.spend(len(edges))
	for _, e := range edges {
		if path != 0 {
			e.path = r.joinPaths(e.path, path)
		}
		if u.masked && e.kinds.IsValue() {
			e.masked = true
		}
		e.kinds = e.kinds.then(u.kinds)
		e.confidence = max(e.confidence, m.confidence)
		set.add(e)
	}
}

// addMatches adds what resolving a name left on the stack of matches.
func (r *resolver) addMatches(set *edgeSet, start int, path int32, u use) {
	if path != 0 {
		u = u.with(Field)
	}
	for i := start; i < len(r.matches); i++ {
		r.addColumn(set, r.matches[i], path, u)
	}
}

// stored is a column's name as the database keeps it.
func (r *resolver) stored(c *column) string {
	if c.literal {
		return c.text
	}
	return r.dialect.Stored(c.text, c.quoted)
}

// namedColumn starts a column called like an identifier.
func (r *resolver) namedColumn(id ast.Ident) column {
	return column{key: r.names.id(id.Text), text: id.Text, quoted: id.Quoted, kinds: Identity}
}

// literalColumn starts a column with a name that is stored as it is.
func (r *resolver) literalColumn(text string) column {
	return column{key: r.names.id(text), text: text, quoted: true, literal: true, kinds: Identity}
}

// sameColumn makes a column that is just another one, seen from further out.
func sameColumn(c *column) column {
	return column{
		key: c.key, text: c.text, quoted: c.quoted, literal: c.literal, unnamed: c.unnamed,
		kinds: Identity, same: c,
	}
}

// unionColumn makes a column out of several.
func (r *resolver) unionColumn(key name, id ast.Ident, from []*column) *column {
	c := r.columns.New()
	*c = column{key: key, text: id.Text, quoted: id.Quoted, kinds: Identity}
	for _, other := range from {
		c.addFrom(other)
	}
	return c
}

// fieldColumn is a field of a value.
func (r *resolver) fieldColumn(of *column, id ast.Ident) *column {
	c := r.columns.New()
	*c = r.namedColumn(id)
	c.same, c.kinds = of, Field
	c.details().path = r.path(id.Text)
	return c
}

// extraColumn is a column of a table that its schema does not list.
func (r *resolver) extraColumn(t *table, key name, id ast.Ident) *column {
	if c, ok := t.extra[key]; ok {
		return c
	}
	r.use(mapEntry + 2*pointerBytes)
	confidence := SingleSource
	if t.ref.InSchema {
		confidence = Inferred
	}
	c := r.columns.New()
	*c = r.namedColumn(id)
	c.state = done
	c.edges = r.edges.List(1)
	c.edges[0] = edge{table: t.id, column: int32(len(t.columns)), kinds: Identity, confidence: confidence}
	t.columns = append(t.columns, r.stored(c))
	if t.extra == nil {
		t.extra = make(map[name]*column, 8)
	}
	t.extra[key] = c
	return c
}
