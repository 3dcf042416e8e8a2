package resolve

import (
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// modified applies one modifier to the columns of a star.
func (r *resolver) modified(columns []column, m *ast.StarModifier, v view) []column {
	switch m.Kind {
	case ast.StarExcept:
		return r.without(columns, m.Columns, v)
	case ast.StarReplace:
		return r.replaced(columns, m.Items, v)
	case ast.StarRename:
		return r.renamedItems(columns, m.Items, v)
	case ast.StarMatch:
		literal, ok := m.Pattern.(*ast.Literal)
		if !ok {
			return r.matching(columns, nil)
		}
		return r.matching(columns, nameTest(m.Op, literal.Text))
	case ast.StarApply:
		return r.applied(columns, m.Function, v)
	}
	return columns
}

// starName is a column as a modifier names it: by name, and where it is qualified
// by the member of FROM that it is of.
type starName struct {
	key name
	of  *relation
	// owner is the number of that member, from 1; 0 where it is not of this FROM.
	owner uint8
	// within is set for a.b where a is not a member of FROM: a field of a column.
	within bool
}

func (r *resolver) starName(ref *ast.ColumnRef, v view) starName {
	last := len(ref.Parts) - 1
	n := starName{key: r.names.id(ref.Parts[last].Text)}
	if last == 0 {
		return n
	}
	if src, used := r.qualifiedStar(&ast.ColumnRef{Span: ref.Span, Parts: ref.Parts[:last]}, v); src != nil && used == last {
		n.of, n.owner = src.rel, uint8(min(v.scope.indexOf(src)+1, 255))
	} else if start := len(r.matches); r.lookupFrom(r.names.id(ref.Parts[0].Text), ref.Parts[0], v) == certain {
		r.matches = r.matches[:start]
		n.within = true
	} else {
		r.matches = r.matches[:start]
	}
	return n
}

// means reports whether a modifier's name means a column of a star.
func (n starName) means(c *column, s *scope) bool {
	if n.within || c.original() != n.key {
		return false
	}
	if n.of != nil && n.owner > 0 && c.owner > 0 {
		return n.owner == c.owner
	}
	return n.of == nil || n.of.gives(c.same, s)
}

// original is the name that a column had before APPLY.
func (c *column) original() name {
	for c.detail != nil && c.detail.choice != nil {
		c = c.detail.choice
	}
	return c.key
}

// gives reports whether a column of a star comes from a relation, also as a side
// of USING.
func (rel *relation) gives(c *column, s *scope) bool {
	if c == nil {
		return false
	}
	for i := range rel.columns {
		if &rel.columns[i] == c {
			return true
		}
	}
	for i := range s.merged {
		if s.merged[i].column != c {
			continue
		}
		for _, side := range s.merged[i].sides {
			if rel.gives(side, &scope{}) {
				return true
			}
		}
	}
	return false
}

// without drops the columns that EXCEPT names.
func (r *resolver) without(columns []column, refs []*ast.ColumnRef, v view) []column {
	names := make([]starName, 0, len(refs))
	for _, ref := range refs {
		names = append(names, r.starName(ref, v))
	}
	var others []column
	kept := columns[:0]
	for _, c := range columns {
		r.look(len(names))
		if c.star != nil {
			kept = append(kept, c.hiding(names))
			continue
		}
		if left, right := r.otherSide(&c, names, v.scope); left != nil {
			kept = append(kept, *left)
			continue
		} else if right != nil {
			others = append(others, *right)
			continue
		}
		drop := false
		for _, n := range names {
			drop = drop || n.means(&c, v.scope)
		}
		if !drop {
			kept = append(kept, c)
		}
	}
	for i := range others {
		kept = r.inItsPlace(kept, others[i], v.scope)
	}
	return kept
}

// otherSide is what is left of a column of USING where EXCLUDE names one of its sides,
// as DuckDB has it: the left one in its place, or the right one, which goes to the
// columns of its own table.
func (r *resolver) otherSide(c *column, names []starName, s *scope) (left, right *column) {
	if !r.dialect.Names.UsingInPlace || !merged(c.same, s) {
		return nil, nil
	}
	for i := range s.merged {
		m := &s.merged[i]
		if m.column != c.same || len(m.sides) != 2 {
			continue
		}
		for _, n := range names {
			if n.of == nil || n.key != c.key {
				continue
			}
			if n.of.gives(m.sides[1], &scope{}) {
				return sameCopy(m.sides[0]), nil
			}
			if n.of.gives(m.sides[0], &scope{}) {
				return nil, sameCopy(m.sides[1])
			}
		}
	}
	return nil, nil
}

// inItsPlace puts a column among the others of its table.
func (r *resolver) inItsPlace(columns []column, c column, s *scope) []column {
	for i := range s.from {
		rel := s.from[i].rel
		if !rel.gives(c.same, &scope{}) {
			continue
		}
		place, behind := len(columns), false
		for at := range rel.columns {
			if &rel.columns[at] == c.same {
				behind = true
				continue
			}
			for j := range columns {
				if columns[j].same != &rel.columns[at] {
					continue
				}
				if behind {
					return slices.Insert(columns, j, c)
				}
				place = j + 1
			}
		}
		return slices.Insert(columns, place, c)
	}
	return append(columns, c)
}

// hiding is an unexpanded star without the columns that are named.
func (c *column) hiding(names []starName) column {
	s := *c.star
	s.except = append([]name(nil), s.except...)
	for _, n := range names {
		if !n.within && (n.of == nil || n.of == s.rel && (n.owner == 0 || c.owner == 0 || n.owner == c.owner)) {
			s.except = append(s.except, n.key)
		}
	}
	hidden := *c
	hidden.star = &s
	return hidden
}

// replaced puts the expressions of REPLACE in the place of their columns. The first
// column of a name is replaced, others of that name are dropped.
func (r *resolver) replaced(columns []column, items []ast.SelectItem, v view) []column {
	for _, item := range items {
		c := r.namedColumn(item.Alias)
		c.expr, c.view = item.Expr, v
		c.view.aliases = 0
		columns = r.put(columns, c.key, c)
	}
	return columns
}

// put replaces a column, or adds it where a star may hide it.
func (r *resolver) put(columns []column, key name, c column) []column {
	open, found := false, false
	kept := columns[:0]
	for _, old := range columns {
		switch {
		case old.star != nil:
			open = true
			old = old.hiding([]starName{{key: key}})
		case old.original() == key && found && !r.dialect.Naming.QualifyDuplicates:
			continue
		case old.original() == key:
			old, found = c, true
		}
		kept = append(kept, old)
	}
	if open && !found {
		kept = append(kept, c)
	}
	return kept
}

// renamedItems gives columns the names of RENAME.
func (r *resolver) renamedItems(columns []column, items []ast.SelectItem, v view) []column {
	renamed := make([]bool, len(columns))
	for _, item := range items {
		ref, ok := item.Expr.(*ast.ColumnRef)
		if !ok || len(ref.Parts) == 0 {
			continue
		}
		n := r.starName(ref, v)
		for i := range renamed {
			c := &columns[i]
			switch {
			case c.star != nil && !n.within && (n.of == nil || n.of == c.star.rel && (n.owner == 0 || c.owner == 0 || n.owner == c.owner)):
				if m := c.star.rel.lookup(r, n.key, ref.Parts[len(ref.Parts)-1]); m.column != nil {
					added := r.namedColumn(item.Alias)
					added.same, added.confidence = m.column, max(m.confidence, Inferred)
					columns = append(columns, added)
				}
				columns[i] = columns[i].hiding([]starName{n})
			case c.star == nil && !renamed[i] && n.means(c, v.scope):
				c.key, c.text, c.quoted, c.literal = r.names.id(item.Alias.Text), item.Alias.Text, item.Alias.Quoted, false
				renamed[i] = true
			}
		}
	}
	return columns
}

// matching keeps the columns whose names pass a test. Without a test all do, and
// the result says so.
func (r *resolver) matching(columns []column, test func(string) bool) []column {
	if test == nil {
		r.incomplete = true
		return columns
	}
	kept := columns[:0]
	for _, c := range columns {
		if r.spend(1) && (c.star != nil || test(r.ownName(&c))) {
			kept = append(kept, c)
		}
	}
	return kept
}

// ownName is the name of a column before a star qualified it because another member of FROM has that name too.
func (r *resolver) ownName(c *column) string {
	if own := c.made().choice; own != nil && r.dialect.Naming.QualifyDuplicates {
		return r.stored(own)
	}
	return r.stored(c)
}

// applied makes the columns that APPLY makes of others.
func (r *resolver) applied(columns []column, function ast.Expr, v view) []column {
	v.aliases = 0
	for i := range columns {
		inner := columns[i]
		if inner.star != nil || !r.room(2*columnBytes+detailBytes) {
			continue
		}
		r.use(2*columnBytes + detailBytes)
		c := r.literalColumn(r.appliedName(function, r.stored(&inner), v))
		c.view, c.detail = v, &detail{choice: &inner}
		switch f := function.(type) {
		case *ast.Lambda:
			c.same, c.kinds, c.detail.more = &inner, Transform, []ast.Expr{f}
		case *ast.ColumnRef:
			name := &ast.ObjectName{Span: f.Span, Parts: f.Parts}
			c.expr = &ast.Call{Span: f.Span, Name: name, Args: []ast.Arg{{Span: f.Span, Expr: &ast.Star{Span: f.Span, Columns: true}}}}
		case *ast.Call:
			call := *f
			call.Args = append([]ast.Arg{{Span: f.Span, Expr: &ast.Star{Span: f.Span, Columns: true}}}, f.Args...)
			c.expr = &call
		default:
			c.same, c.kinds = &inner, Transform
		}
		columns[i] = c
	}
	return columns
}

// argumentFilter is the test that a list or lambda of COLUMNS(...) puts to names;
// nil where it cannot be read.
func (r *resolver) argumentFilter(argument ast.Expr) func(string) bool {
	switch a := argument.(type) {
	case *ast.Collection:
		keys := make([]name, 0, len(a.Members))
		for _, m := range a.Members {
			switch e := m.Expr.(type) {
			case *ast.Literal:
				keys = append(keys, r.names.id(e.Text))
			case *ast.ColumnRef:
				keys = append(keys, r.names.id(e.Parts[len(e.Parts)-1].Text))
			}
		}
		return func(text string) bool { return scan(keys, r.names.id(text)) >= 0 }
	case *ast.Lambda:
		if len(a.Params) > 0 {
			return r.nameCondition(a.Body, r.names.id(a.Params[0].Text))
		}
	case *ast.Call: // [x for x in * if condition]
		if r.functionName(a) == "list_comprehension" && len(a.Args) == 3 {
			return r.argumentFilter(a.Args[2].Expr)
		}
	}
	return nil
}

// nameCondition turns a condition over a column's name into a test.
func (r *resolver) nameCondition(e ast.Expr, param name) func(string) bool {
	switch e := e.(type) {
	case *ast.Like:
		pattern, ok := e.Pattern.(*ast.Literal)
		if !ok || !r.isParam(e.Operand, param) {
			return nil
		}
		op := e.Op
		if e.Not {
			op = "NOT " + op
		}
		return nameTest(op, pattern.Text)
	case *ast.In:
		return r.nameInList(e, param)
	case *ast.Unary:
		if test := r.nameCondition(e.Operand, param); e.Op == ast.OpNot && test != nil {
			return func(text string) bool { return !test(text) }
		}
	case *ast.Binary:
		return r.nameOperators(e, param)
	case *ast.Call:
		return r.nameFunction(e, param)
	}
	return nil
}

func (r *resolver) isParam(e ast.Expr, param name) bool {
	ref, ok := e.(*ast.ColumnRef)
	return ok && len(ref.Parts) == 1 && r.names.id(ref.Parts[0].Text) == param
}

func (r *resolver) nameInList(e *ast.In, param name) func(string) bool {
	if !r.isParam(e.Operand, param) || e.Query != nil || e.Set != nil {
		return nil
	}
	texts := map[string]bool{}
	for _, member := range e.List {
		literal, ok := member.(*ast.Literal)
		if !ok {
			return nil
		}
		texts[literal.Text] = true
	}
	return func(text string) bool { return texts[text] != e.Not }
}

// nameOperators handles =, <>, AND and OR.
func (r *resolver) nameOperators(e *ast.Binary, param name) func(string) bool {
	if len(e.Operators) == 0 {
		return nil
	}
	op := e.Operators[0]
	if op == ast.OpAnd || op == ast.OpOr {
		tests := make([]func(string) bool, len(e.Operands))
		for i, operand := range e.Operands {
			if tests[i] = r.nameCondition(operand, param); tests[i] == nil {
				return nil
			}
		}
		return func(text string) bool {
			for _, test := range tests {
				if test(text) == (op == ast.OpOr) {
					return op == ast.OpOr
				}
			}
			return op == ast.OpAnd
		}
	}
	if len(e.Operands) != 2 || !r.isParam(e.Operands[0], param) {
		return nil
	}
	literal, ok := e.Operands[1].(*ast.Literal)
	if !ok || op != ast.OpEqual && op != ast.OpNotEqual {
		return nil
	}
	return func(text string) bool { return (text == literal.Text) == (op == ast.OpEqual) }
}

// nameFunction handles starts_with(c, 'x') and the like.
func (r *resolver) nameFunction(e *ast.Call, param name) func(string) bool {
	if len(e.Args) != 2 || !r.isParam(e.Args[0].Expr, param) {
		return nil
	}
	literal, ok := e.Args[1].Expr.(*ast.Literal)
	if !ok {
		return nil
	}
	switch r.functionName(e) {
	case "starts_with", "prefix":
		return func(text string) bool { return strings.HasPrefix(text, literal.Text) }
	case "ends_with", "suffix":
		return func(text string) bool { return strings.HasSuffix(text, literal.Text) }
	case "contains":
		return func(text string) bool { return strings.Contains(text, literal.Text) }
	case "regexp_matches":
		return nameTest("REGEXP", literal.Text)
	}
	return nil
}
