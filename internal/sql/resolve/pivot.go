package resolve

import (
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// innerScope resolves the table that PIVOT and the like work on, in a scope of
// its own that sees what s sees.
func (r *resolver) innerScope(s *scope, t ast.TableExpr) *scope {
	inner := &scope{outer: s.outer, ctes: s.ctes}
	if t != nil {
		r.addFrom(inner, t)
	}
	return inner
}

// addReshaped adds the rows of PIVOT and the like. Without an alias they go by
// the name of the table.
func (r *resolver) addReshaped(s, inner *scope, rel *relation, alias *ast.Alias) member {
	src := r.addFromItem(s, rel, alias)
	if !src.aliased && len(inner.from) == 1 {
		of := &inner.from[0]
		src.alias, src.parts, src.text, src.quoted = of.alias, of.parts, of.text, of.quoted
	}
	return s.lastMember()
}

func (r *resolver) addPivot(s *scope, p *ast.Pivot) member {
	inner := r.innerScope(s, p.Input)
	return r.addReshaped(s, inner, r.pivoted(inner, p), p.Alias)
}

// pivoted returns the rows of PIVOT: the columns that it does not use, as groups,
// and one column for each value and aggregate.
func (r *resolver) pivoted(inner *scope, p *ast.Pivot) *relation {
	if len(p.For) == 0 && p.Statement {
		return r.newRelation(r.aggregateColumns(inner, p))
	}
	used := map[name]bool{}
	for i := range p.Aggregates {
		r.mentioned(p.Aggregates[i].Expr, used)
	}
	var tests []ast.Expr
	open := false
	for i := range p.For {
		for _, e := range p.For[i].Columns {
			r.mentioned(e, used)
			tests = append(tests, e)
		}
		open = open || p.For[i].Any || p.For[i].Query != nil || len(p.For[i].Values) == 0
		if p.For[i].Query != nil {
			r.query(p.For[i].Query, inner.outer, inner.ctes)
		}
	}
	columns := r.groupColumns(inner, p, used)
	if !open {
		columns = append(columns, r.valueColumns(inner, p, tests)...)
		return r.newRelation(columns)
	}
	any := &column{view: inner.full(), kinds: Identity, detail: &detail{tests: tests}}
	for i := range p.Aggregates {
		any.detail.more = append(any.detail.more, p.Aggregates[i].Expr)
	}
	columns = append(columns, *r.openStar(&relation{catchAll: any}))
	rel := r.newRelation(columns)
	rel.catchAll = any
	return rel
}

// aggregateColumns are those of a PIVOT without values: a GROUP BY in other words.
func (r *resolver) aggregateColumns(inner *scope, p *ast.Pivot) []column {
	var columns []column
	if p.GroupBy != nil {
		columns = r.groupColumns(inner, p, nil)
	}
	unnamed := 0
	return r.itemColumns(columns, p.Aggregates, inner.full(), &unnamed)
}

// groupColumns are the columns that PIVOT leaves alone.
func (r *resolver) groupColumns(inner *scope, p *ast.Pivot, used map[name]bool) []column {
	if p.GroupBy != nil {
		unnamed := 0
		var columns []column
		for i := range p.GroupBy.Items {
			item := &p.GroupBy.Items[i]
			c := r.itemColumn(item, &unnamed, i)
			c.expr, c.view = item.Expr, inner.full()
			columns = append(columns, c)
		}
		return columns
	}
	except := make([]name, 0, len(used))
	for key := range used {
		except = append(except, key)
	}
	var columns []column
	for _, c := range r.list(inner.full()) {
		switch {
		case c.star != nil:
			c.star = &star{rel: c.star.rel, except: append(except, c.star.except...)}
			columns = append(columns, c)
		case !used[c.key]:
			columns = append(columns, c)
		}
	}
	return columns
}

// valueColumns makes the columns out of values and aggregates, all FOR lists
// multiplied. What the text calls differently in other databases is found under
// those names as well.
func (r *resolver) valueColumns(inner *scope, p *ast.Pivot, tests []ast.Expr) []column {
	prefixes := r.pivotValues(p)
	var columns []column
	aggregates := p.Aggregates
	if p.Statement && len(aggregates) == 0 {
		aggregates = []ast.SelectItem{{Expr: &ast.Literal{Span: p.Span}}} // the number of rows
	}
	for _, prefix := range prefixes {
		for i := range aggregates {
			item := &aggregates[i]
			all := r.pivotNames(prefix, item, len(aggregates))
			if !r.spend(1 + len(prefix.id.Text)>>4) {
				return columns
			}
			for n, text := range all {
				r.use(2*columnBytes + detailBytes + 2*len(text.Text))
				c := r.namedColumn(text)
				c.view, c.expr = inner.full(), item.Expr
				c.details().tests = tests
				c.hidden = n > 0
				columns = append(columns, c)
			}
		}
	}
	return columns
}

// pivotValues are the combinations of the values of all FOR lists, the first ones if there are too many; none once the
// budget is spent.
func (r *resolver) pivotValues(p *ast.Pivot) []pivotValue {
	all := []pivotValue{{}}
	for i := range p.For {
		var next []pivotValue
		for _, front := range all {
			for j := range p.For[i].Values {
				if len(next) > maxPivotColumns {
					break
				}
				value := front.and(r.pivotValue(&p.For[i].Values[j]))
				r.use(2*len(value.id.Text) + int(unsafe.Sizeof(value)))
				if !r.spend(1 + len(value.id.Text)>>4) {
					return nil
				}
				next = append(next, value)
			}
		}
		all = next
	}
	return all
}

// maxPivotColumns bounds the product of several FOR lists.
const maxPivotColumns = 10_000

// pivotValue is a value of PIVOT as part of a column's name: as an identifier
// and, where it is a string, in its quotes.
type pivotValue struct {
	id     ast.Ident
	quoted string
}

func (v pivotValue) and(next pivotValue) pivotValue {
	if v.id.IsZero() {
		return next
	}
	return pivotValue{
		id:     ast.Ident{Text: v.id.Text + "_" + next.id.Text, Quoted: v.id.Quoted || next.id.Quoted},
		quoted: v.id.Text + "_" + next.id.Text,
	}
}

func (r *resolver) pivotValue(item *ast.SelectItem) pivotValue {
	if !item.Alias.IsZero() {
		return pivotValue{id: item.Alias, quoted: item.Alias.Text}
	}
	switch e := item.Expr.(type) {
	case *ast.Literal:
		if e.Kind == ast.StringLiteral {
			return pivotValue{id: ast.Ident{Text: e.Text, Quoted: true}, quoted: "'" + e.Text + "'"}
		}
		return pivotValue{id: ast.Ident{Text: e.Text, Quoted: true}, quoted: e.Text}
	case *ast.ColumnRef:
		if len(e.Parts) > 0 {
			id := e.Parts[len(e.Parts)-1]
			return pivotValue{id: id, quoted: id.Text}
		}
	case *ast.Collection:
		var all pivotValue
		for i := range e.Members {
			all = all.and(r.pivotValue(&ast.SelectItem{Expr: e.Members[i].Expr}))
		}
		return all
	}
	text := item.Expr.Range().Text(r.sql)
	return pivotValue{id: ast.Ident{Text: text, Quoted: true}, quoted: text}
}

// pivotNames are the names of one output of PIVOT; the first is the dialect's.
func (r *resolver) pivotNames(v pivotValue, item *ast.SelectItem, aggregates int) []ast.Ident {
	plain := v.id
	rules := r.dialect.Naming.Pivot
	if rules.QuotedStrings && v.quoted != v.id.Text {
		plain = ast.Ident{Text: v.quoted, Quoted: true}
	}
	alias := item.Alias
	if alias.IsZero() && aggregates > 1 {
		alias = ast.Ident{Text: r.aggregateName(item)}
	}
	if alias.IsZero() {
		return distinct(plain, v.id)
	}
	suffix := ast.Ident{Text: plain.Text + "_" + alias.Text, Quoted: plain.Quoted || alias.Quoted}
	prefix := ast.Ident{Text: alias.Text + "_" + v.id.Text, Quoted: plain.Quoted || alias.Quoted}
	bare := ast.Ident{Text: v.id.Text + "_" + alias.Text, Quoted: plain.Quoted || alias.Quoted}
	switch {
	case rules.SingleBare && aggregates == 1:
		return distinct(plain, suffix, prefix)
	case rules.AliasFirst:
		return distinct(prefix, suffix)
	case aggregates == 1:
		return distinct(suffix, prefix, bare, v.id)
	default:
		return distinct(suffix, prefix, bare)
	}
}

// aggregateName is the name of an aggregate without alias as part of a column's name.
func (r *resolver) aggregateName(item *ast.SelectItem) string {
	if r.dialect.Naming.Rule == dialect.NameDuckDB {
		return r.duckName(item.Expr)
	}
	return item.Expr.Range().Text(r.sql)
}

func distinct(ids ...ast.Ident) []ast.Ident {
	var kept []ast.Ident
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id.Text] {
			seen[id.Text] = true
			kept = append(kept, id)
		}
	}
	return kept
}

func (r *resolver) addUnpivot(s *scope, u *ast.Unpivot) member {
	inner := r.innerScope(s, u.Input)
	return r.addReshaped(s, inner, r.unpivoted(inner, u), u.Alias)
}

// unpivoted returns the rows of UNPIVOT: the other columns, the label, the values.
func (r *resolver) unpivoted(inner *scope, u *ast.Unpivot) *relation {
	groups, used := r.unpivotGroups(inner, u)
	columns := r.groupColumns(inner, &ast.Pivot{}, used)
	labels := make([]column, len(u.Name))
	for i, id := range u.Name {
		labels[i] = r.namedColumn(id)
		labels[i].view = inner.full()
		for _, g := range groups {
			if !r.spend(len(g)) {
				break
			}
			r.use(len(g) * 4 * pointerBytes)
			labels[i].details().tests = append(labels[i].details().tests, g...)
		}
	}
	values := make([]column, len(u.Values))
	for i, id := range u.Values {
		values[i] = r.namedColumn(id)
		values[i].view, values[i].kinds = inner.full(), Transform
		for _, g := range groups {
			if i < len(g) && r.spend(1) {
				r.use(4 * pointerBytes)
				values[i].details().more = append(values[i].details().more, g[i])
			}
		}
	}
	if r.dialect.Naming.UnpivotValueFirst {
		return r.newRelation(append(append(columns, values...), labels...))
	}
	return r.newRelation(append(append(columns, labels...), values...))
}

// unpivotGroups are the groups of columns that become rows, stars opened up.
func (r *resolver) unpivotGroups(inner *scope, u *ast.Unpivot) ([][]ast.Expr, map[name]bool) {
	used := map[name]bool{}
	var groups [][]ast.Expr
	for i := range u.Columns {
		list := u.Columns[i].Columns
		if len(list) == 1 {
			if star, ok := list[0].(*ast.Star); ok {
				for _, c := range r.expand(star, inner.full()) {
					used[c.key] = true
					id := ast.Ident{Text: c.text, Quoted: true}
					groups = append(groups, []ast.Expr{&ast.ColumnRef{Span: star.Span, Parts: []ast.Ident{id}}})
				}
				continue
			}
		}
		for _, e := range list {
			r.mentioned(e, used)
		}
		groups = append(groups, list)
	}
	return groups, used
}

// mentioned collects the columns' names in an expression.
func (r *resolver) mentioned(e ast.Expr, names map[name]bool) {
	switch e := e.(type) {
	case *ast.ColumnRef:
		if len(e.Parts) > 0 {
			names[r.names.id(e.Parts[len(e.Parts)-1].Text)] = true
		}
	case *ast.Call:
		for i := range e.Args {
			r.mentioned(e.Args[i].Expr, names)
		}
		for i := range e.OrderBy {
			r.mentioned(e.OrderBy[i].Expr, names)
		}
	case *ast.Binary:
		for _, o := range e.Operands {
			r.mentioned(o, names)
		}
	case *ast.Unary:
		r.mentioned(e.Operand, names)
	case *ast.Cast:
		r.mentioned(e.Operand, names)
	case *ast.Access:
		r.mentioned(e.Operand, names)
	case *ast.Case:
		r.mentioned(e.Operand, names)
		for i := range e.Whens {
			r.mentioned(e.Whens[i].Condition, names)
			r.mentioned(e.Whens[i].Result, names)
		}
		r.mentioned(e.Else, names)
	case *ast.Collection:
		for i := range e.Members {
			r.mentioned(e.Members[i].Expr, names)
		}
	}
}
