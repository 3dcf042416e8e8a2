package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// isQuery reports whether a query starts at a token index. For a parenthesis it
// looks inside: ((SELECT ...) UNION ...) is a query, ((SELECT ...) + 1) is not.
func (p *parser) isQuery(at int) bool {
	for depth := 0; at < len(p.toks); depth++ {
		next := p.toks[min(at+1, len(p.toks)-1)]
		switch t := p.toks[at]; t.Keyword {
		case token.SELECT:
			return true
		case token.WITH:
			return next.Kind == token.Word || next.Kind == token.QuotedIdent || p.d.Grammar.ExpressionCTE
		case token.VALUES:
			return next.Keyword == token.BETWEEN || next.Kind == token.LeftParen || next.Keyword == token.ROW || next.Kind == token.Number || next.Kind == token.String
		case token.FROM:
			return next.Kind == token.Word || next.Kind == token.QuotedIdent || next.Kind == token.LeftParen || next.Kind == token.String || next.Kind == token.Parameter
		case token.TABLE:
			return next.Kind == token.QuotedIdent || next.Kind == token.Word && p.words[next.Keyword]&clauseWord == 0
		case token.INSERT, token.UPDATE, token.DELETE, token.MERGE:
			return next.Kind == token.Word || next.Kind == token.QuotedIdent
		case token.DESCRIBE, token.SHOW, token.SUMMARIZE:
			return next.Kind == token.Word && next.Keyword != token.FROM || next.Keyword == token.SELECT
		case token.PIVOT, token.UNPIVOT, token.PIVOT_WIDER, token.PIVOT_LONGER:
			return next.Kind == token.Word || next.Kind == token.QuotedIdent || next.Kind == token.LeftParen && p.pivotOn(at+1)
		default:
			if t.Kind == token.Word && p.lockingAt(at) > 0 {
				return true
			}
			if t.Kind != token.LeftParen || depth > p.opt.MaxDepth {
				return false
			}
		}
		end := p.closing(at)
		if end == 0 {
			return false
		}
		switch after := p.toks[min(end+1, len(p.toks)-1)]; {
		case after.Kind == token.RightParen, after.Kind == token.EOF, after.Kind == token.Semicolon, after.Kind == token.PipeRight:
		case p.isSetOperator(after.Keyword), p.outerSet(end + 1), after.Keyword == token.ORDER, after.Keyword == token.LIMIT, after.Keyword == token.FETCH,
			after.Keyword == token.OFFSET:
		default:
			return false
		}
		at++
	}
	return false
}

// outerSet reports whether LEFT, FULL or INNER of a set operator is at an index.
func (p *parser) outerSet(at int) bool {
	if at+2 >= len(p.toks) {
		return false
	}
	switch p.toks[at].Keyword {
	case token.LEFT, token.FULL, token.INNER:
		next := p.toks[at+1].Keyword
		return p.isSetOperator(next) || next == token.OUTER && p.isSetOperator(p.toks[at+2].Keyword)
	}
	return false
}

// pivotOn reports whether DuckDB's PIVOT (...) ON follows, rather than a function of that name.
func (p *parser) pivotOn(at int) bool {
	end := p.closing(at)
	return end > 0 && p.toks[min(end+1, len(p.toks)-1)].Keyword == token.ON
}

func (p *parser) isSetOperator(k token.Keyword) bool {
	return k == token.UNION || k == token.EXCEPT || k == token.INTERSECT || k == token.MINUS && p.words[token.MINUS]&clauseWord != 0
}

// closeSelect reads the closing parenthesis of a construct that is a query in other words, and returns that query.
func (p *parser) closeSelect(s *ast.Select, start int32) *ast.Query {
	refs := p.closeParen()
	s.Span = p.from(start)
	q := &ast.Query{Span: s.Span, Body: s}
	if len(refs) > 0 {
		p.keep(q, refs)
	}
	return q
}

// queryInParens reads (query).
func (p *parser) queryInParens() *ast.Query {
	start := p.start()
	if !p.enter() {
		bad := p.skipDeep()
		return emptyQuery(bad.Range())
	}
	defer p.leave()
	args, braces := p.args, p.braces
	p.args, p.braces = 0, 0
	defer func() { p.args, p.braces = args, braces }()
	p.expect(token.LeftParen)
	q := p.query()
	p.accept(token.Semicolon)
	if refs := p.closeParen(); len(refs) > 0 {
		p.keep(q, refs)
	}
	q.Span = p.from(start)
	return q
}

// keep adds what was salvaged after a query to its conditions, so that no
// reference is lost.
func (p *parser) keep(q *ast.Query, refs []ast.Expr) {
	if s, ok := q.Body.(*ast.Select); ok {
		parts := refs
		if s.Where != nil {
			parts = append([]ast.Expr{s.Where}, refs...)
		}
		s.Where = &ast.BadExpr{Span: parts[0].Range(), Children: parts}
		return
	}
	q.Limits = append(q.Limits, &ast.BadExpr{Span: refs[0].Range(), Children: refs})
}

func emptyQuery(span token.Span) *ast.Query {
	return &ast.Query{Span: span, Body: &ast.Select{Span: span}}
}

// query reads a whole query.
func (p *parser) query() *ast.Query {
	start := p.start()
	if !p.enter() {
		bad := p.skipDeep()
		return emptyQuery(bad.Range())
	}
	defer p.leave()
	q := p.nodes.queries.New()
	p.skipLocking()
	p.skipFunctions()
	if p.isKw(token.WITH) {
		q.With = p.with()
	}
	p.queryRest(q, start)
	return q
}

// skipFunctions moves over Trino's WITH FUNCTION f(...) RETURNS ... in front of a
// query: lineage goes through the arguments of their calls.
func (p *parser) skipFunctions() {
	if p.isKw(token.WITH) && p.isWord(1, "session") && p.isIdent(2) && p.ahead(2).Keyword != token.AS {
		// Trino: WITH SESSION a = 1
		p.pos += 2
		p.exprs()
	}
	if !p.isKw(token.WITH, token.FUNCTION) || !p.isIdent(2) || p.ahead(3).Kind != token.LeftParen {
		return
	}
	p.pos++
	for !p.is(token.EOF) && !p.isKw(token.SELECT) {
		if p.isKw(token.WITH) && p.ahead(1).Kind == token.Word {
			return
		}
		if end := p.closing(p.pos); end > 0 {
			p.pos = end
		}
		p.pos++
	}
}

// queryRest reads a query after its WITH.
func (p *parser) queryRest(q *ast.Query, start int32) {
	q.Body = p.setOperation()
	p.queryTail(q)
	for len(q.Limits)+len(q.LimitBy) > 0 && p.setAhead() { // ClickHouse: SELECT ... LIMIT 1 UNION ALL SELECT ...
		first := p.nodes.queries.New()
		*first = *q
		first.With, first.Span = nil, p.from(start)
		*q = ast.Query{With: q.With}
		q.Body = p.arms(first, p.setAhead, p.intersection)
		p.queryTail(q)
	}
	for p.is(token.PipeRight) {
		q.Pipes = append(q.Pipes, p.pipe())
	}
	q.Span = p.from(start)
	if inner, ok := q.Body.(*ast.Query); ok && q.With == nil && len(q.OrderBy) == 0 && len(q.Limits) == 0 && len(q.LimitBy) == 0 && len(q.Pipes) == 0 {
		span := q.Span
		*q = *inner
		q.Span = span
	}
}

// setOperation reads operands joined by UNION, EXCEPT and MINUS.
func (p *parser) setOperation() ast.QueryBody {
	return p.arms(p.intersection(), func() bool {
		return p.setAhead() && p.setKeyword() != token.INTERSECT
	}, p.intersection)
}

// intersection reads operands joined by INTERSECT.
func (p *parser) intersection() ast.QueryBody {
	return p.arms(p.operand(), func() bool {
		return p.setAhead() && p.setKeyword() == token.INTERSECT
	}, p.operand)
}

// arms reads the arms of one level of set operators.
func (p *parser) arms(first ast.QueryBody, more func() bool, operand func() ast.QueryBody) ast.QueryBody {
	if !more() {
		return first
	}
	s := &ast.SetOperation{First: first}
	for more() {
		start := p.start()
		arm := p.setOperator()
		arm.Right = operand()
		arm.Span = p.from(start)
		s.Arms = append(s.Arms, arm)
	}
	s.Span = p.from(first.Range().Start)
	return s
}

// setAhead reports whether a set operator follows, perhaps after BigQuery's
// FULL, LEFT or INNER.
func (p *parser) setAhead() bool {
	switch k := p.kw(); k {
	case token.UNION, token.EXCEPT, token.INTERSECT, token.MINUS:
		return p.isSetOperator(k)
	case token.FULL, token.LEFT, token.INNER, token.OUTER:
		return p.setKeyword() != token.NotKeyword
	}
	return false
}

// setKeyword is the set operator within the next three words.
func (p *parser) setKeyword() token.Keyword {
	for n := range 3 {
		k := p.ahead(n).Keyword
		if p.isSetOperator(k) {
			return k
		}
		if k != token.FULL && k != token.LEFT && k != token.INNER && k != token.OUTER {
			break
		}
	}
	return token.NotKeyword
}

// setOperator reads [FULL|LEFT|INNER] UNION [ALL|DISTINCT] [BY NAME ...].
func (p *parser) setOperator() ast.SetArm {
	arm := ast.SetArm{}
	switch p.kw() {
	case token.FULL, token.LEFT, token.INNER:
		arm.Outer = map[token.Keyword]string{token.FULL: "FULL", token.LEFT: "LEFT", token.INNER: "INNER"}[p.advance().Keyword]
	}
	p.acceptKw(token.OUTER)
	switch p.advance().Keyword {
	case token.EXCEPT, token.MINUS:
		arm.Op = ast.Except
	case token.INTERSECT:
		arm.Op = ast.Intersect
	}
	arm.All = p.acceptKw(token.ALL)
	p.acceptKw(token.DISTINCT)
	p.acceptWord("strict")
	switch {
	case p.acceptKw(token.BY, token.NAME):
		arm.ByName = true
		if p.acceptKw(token.ON) {
			arm.On = p.identList()
		}
	case p.acceptKw(token.CORRESPONDING):
		arm.ByName = true
		if p.acceptKw(token.BY) {
			arm.On = p.identList()
		}
	}
	return arm
}

// operand reads one operand of a set operation.
func (p *parser) operand() ast.QueryBody {
	start := p.start()
	switch p.kw() {
	case token.SELECT, token.FROM:
		return p.selection()
	case token.VALUES:
		return p.values()
	case token.TABLE:
		p.pos++
		if p.isKw(token.ONLY) && p.isIdent(1) {
			p.pos++
		}
		t := &ast.TableRef{Name: p.objectName()}
		t.Span = p.from(start)
		return t
	case token.WITH:
		return p.query()
	case token.INSERT, token.UPDATE, token.DELETE, token.MERGE:
		if body, ok := p.dml(nil).(ast.QueryBody); ok {
			return body
		}
	case token.PIVOT, token.UNPIVOT, token.PIVOT_WIDER, token.PIVOT_LONGER:
		return p.pivotStatement()
	case token.DESCRIBE, token.SHOW, token.SUMMARIZE:
		if p.d.Grammar.DescribeTables {
			return p.descriptionQuery()
		}
		p.pos++
		refs := p.salvage(func() bool { return p.is(token.Semicolon) })
		s := &ast.Select{Span: p.from(start)}
		for _, ref := range refs {
			s.Where = p.bad(start, s.Where, ref)
		}
		return s
	}
	if p.is(token.LeftParen) {
		q := p.queryInParens()
		return q
	}
	p.unexpected("a query")
	return &ast.Select{Span: p.from(start)}
}

// valuesFunction reads VALUES('a String, b Int8', row, row), a table function in
// FROM whose rows are tuples, or values of the only column.
func (p *parser) valuesFunction() ast.QueryBody {
	start := p.start()
	p.pos += 2
	list := p.exprList(token.RightParen)
	list = append(list, p.closeParen()...)
	v := &ast.Values{}
	if len(list) > 1 {
		if structure, ok := list[0].(*ast.Literal); ok && structure.Kind == ast.StringLiteral {
			if v.Columns = structureColumns(structure); v.Columns != nil {
				list = list[1:]
			}
		}
	}
	for _, e := range list {
		row := []ast.Expr{e}
		if tuple, ok := e.(*ast.Collection); ok && tuple.Kind == ast.Tuple {
			row = make([]ast.Expr, len(tuple.Members))
			for i := range tuple.Members {
				row[i] = tuple.Members[i].Expr
			}
		}
		v.Rows = append(v.Rows, row)
	}
	v.Span = p.from(start)
	return v
}

// structureColumns reads the names out of 'a String, b Decimal(10, 2)'; nil where
// the text is not such a list.
func structureColumns(structure *ast.Literal) []ast.Ident {
	var names []ast.Ident
	depth, start := 0, 0
	text := structure.Text
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] == '(' {
			depth++
		}
		if i < len(text) && text[i] == ')' {
			depth--
		}
		if i < len(text) && (text[i] != ',' || depth > 0) {
			continue
		}
		name, kind, found := strings.Cut(strings.TrimSpace(text[start:i]), " ")
		if !found || strings.TrimSpace(kind) == "" {
			return nil
		}
		names = append(names, ast.Ident{Span: structure.Span, Text: strings.Trim(name, "`\""), Quoted: true})
		start = i + 1
	}
	return names
}

// values reads VALUES (...), (...).
func (p *parser) values() ast.QueryBody {
	start := p.start()
	p.pos++
	v := &ast.Values{}
	if p.acceptKw(token.BETWEEN) { // Exasol: VALUES BETWEEN 1 AND 10 WITH STEP 2
		v.Columns = []ast.Ident{{Span: p.from(start), Text: "RANGE_VALUE"}}
		v.Rows = append(v.Rows, []ast.Expr{p.binary(precOther)})
		if p.acceptKw(token.AND) {
			v.Rows = append(v.Rows, []ast.Expr{p.binary(precOther)})
		}
		if p.isKw(token.WITH) && p.isWord(1, "step") {
			p.pos += 2
			p.binary(precOther)
		}
		v.Span = p.from(start)
		return v
	}
	for {
		p.acceptKw(token.ROW)
		if !p.is(token.LeftParen) {
			v.Rows = append(v.Rows, []ast.Expr{p.expr()})
		} else {
			p.pos++
			row := p.exprList(token.RightParen)
			v.Rows = append(v.Rows, append(row, p.closeParen()...))
		}
		if !p.accept(token.Comma) {
			break
		}
	}
	v.Span = p.from(start)
	return v
}

// with reads WITH [RECURSIVE] cte, cte.
func (p *parser) with() *ast.With {
	start := p.start()
	p.pos++
	w := &ast.With{}
	if p.isWord(0, "mutually") && p.ahead(1).Keyword == token.RECURSIVE { // Materialize
		p.pos += 2
		w.Recursive = true
		if p.is(token.LeftParen) {
			p.skipParens() // limits
		}
	} else if p.isKw(token.RECURSIVE) && p.isIdent(1) && p.ahead(1).Keyword != token.AS {
		p.pos++
		w.Recursive = true
	}
	for {
		w.CTEs = append(w.CTEs, p.cte())
		if !p.accept(token.Comma) || p.endsWith() {
			break
		}
	}
	w.Span = p.from(start)
	return w
}

// endsWith reports whether the comma just read was a trailing one.
func (p *parser) endsWith() bool {
	switch p.kw() {
	case token.SELECT, token.INSERT, token.UPDATE, token.DELETE, token.MERGE:
		return true
	}
	return p.is(token.EOF) || p.is(token.Semicolon)
}

// cte reads name [(columns)] AS [[NOT] MATERIALIZED] (query), or ClickHouse's
// expression AS name.
func (p *parser) cte() *ast.CTE {
	start := p.start()
	c := p.nodes.ctes.New()
	if p.d.Grammar.ExpressionCTE && !p.namedCTE() {
		c.Value = p.expr()
		if p.expectKw(token.AS) {
			c.Name = p.ident()
		}
		c.Span = p.from(start)
		return c
	}
	if p.is(token.Template) {
		t := p.advance()
		c.Name = p.identOf(&t)
	} else {
		c.Name = p.ident()
	}
	if p.is(token.LeftParen) && !p.isQuery(p.pos+1) {
		if p.isIdent(1) && p.isIdent(2) { // Materialize: name (a int, b text)
			for _, def := range p.columnDefs() {
				c.Columns = append(c.Columns, def.Name)
			}
		} else {
			c.Columns = p.identList()
		}
	}
	if p.isKw(token.USING, token.KEY) {
		p.pos += 2
		c.UsingKey = p.identList()
	}
	if p.isWord(0, "max") && p.isWord(1, "recursion") && p.isWord(2, "level") { // Databricks
		p.pos += 3
		p.primary()
	}
	if !p.acceptKw(token.AS) && !p.is(token.LeftParen) {
		p.unexpected("AS")
		p.salvage(func() bool {
			return p.is(token.Comma) || p.is(token.Semicolon) || p.isKw(token.SELECT) || p.is(token.LeftParen)
		})
	}
	p.acceptKw(token.NOT)
	p.acceptKw(token.MATERIALIZED)
	if p.is(token.LeftParen) {
		c.Query = p.queryInParens()
	} else {
		p.unexpected("a query in parentheses")
		c.Query = emptyQuery(token.Span{Start: p.start(), End: p.start()})
	}
	p.recursionClauses(c)
	c.Span = p.from(start)
	return c
}

// namedCTE reports whether name AS (query) follows, rather than expression AS name.
func (p *parser) namedCTE() bool {
	if !p.isIdent(0) {
		return false
	}
	n := 1
	if p.ahead(1).Kind == token.LeftParen && p.closing(p.pos+1) > 0 {
		n = p.closing(p.pos+1) - p.pos + 1
	}
	return p.ahead(n).Keyword == token.AS && (p.ahead(n+1).Kind == token.LeftParen || p.ahead(n+1).Keyword == token.MATERIALIZED || p.ahead(n+1).Keyword == token.NOT)
}

// recursionClauses reads SEARCH DEPTH FIRST BY a SET x and CYCLE a SET x TO y
// DEFAULT z USING path after a CTE, each of which adds columns.
func (p *parser) recursionClauses(c *ast.CTE) {
	for p.isKw(token.SEARCH) || p.isKw(token.CYCLE) {
		p.pos++
		p.skipWords("depth", "breadth", "first")
		p.acceptKw(token.BY)
		var keys []ast.Ident
		for p.isIdent(0) && !p.isKw(token.SET) {
			keys = append(keys, p.ident())
			p.skipWords("asc", "desc", "nulls", "first", "last", "restrict")
			if !p.accept(token.Comma) {
				break
			}
		}
		if p.acceptKw(token.SET) {
			c.Added = append(c.Added, ast.AddedColumn{Name: p.ident(), By: keys})
		}
		if p.acceptKw(token.TO) {
			p.primary()
			p.acceptKw(token.DEFAULT)
			p.primary()
		}
		if p.acceptKw(token.USING) {
			c.Added = append(c.Added, ast.AddedColumn{Name: p.ident(), By: keys})
		}
	}
}
