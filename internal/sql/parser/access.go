package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// suffixes reads what hangs on a value: ::type, [i], .field, :path, AT TIME
// ZONE, COLLATE.
func (p *parser) suffixes(e ast.Expr) ast.Expr {
	for n := 0; ; n++ {
		next := p.suffix(e)
		if next == nil {
			return e
		}
		e = next
		if n > longestChain {
			p.report(p.peek().Span, TooDeep, "too many suffixes in a row")
			return p.bad(e.Range().Start, append([]ast.Expr{e}, p.skipItem()...)...)
		}
	}
}

// suffix reads one suffix, or returns nil.
func (p *parser) suffix(e ast.Expr) ast.Expr {
	start := e.Range().Start
	switch t := p.peek(); t.Kind {
	case token.Question:
		if p.ahead(1).Kind != token.DoubleColon || !p.adjacent(1) {
			return nil
		}
		p.pos += 2 // Databricks: x ?:: type
		c := &ast.Cast{Operand: e, Try: true, Type: p.typeName()}
		c.Span = p.from(start)
		return c
	case token.DoubleColon:
		p.pos++
		p.accept(token.Bang) // Vertica: x::!int gives NULL for what is none
		c := p.nodes.casts.New()
		c.Operand, c.Type = e, p.typeName()
		c.Span = p.from(start)
		return c
	case token.LeftBracket:
		step := p.subscript()
		return p.access(e, step)
	case token.LeftParen:
		if p.phraseAhead() {
			return p.phrase(e)
		}
	case token.Dot:
		return p.dotSuffix(e)
	case token.Colon, token.Bang:
		if n := p.colonCast(); n > 0 {
			p.pos += n
			c := p.nodes.casts.New()
			c.Operand, c.Type, c.Try = e, p.typeName(), n > 2
			c.Span = p.from(start)
			return c
		}
		if t.Kind == token.Colon && p.d.Grammar.ColonPaths && p.braces == 0 && (p.partAhead(1) || p.ahead(1).Kind == token.LeftBracket || p.ahead(1).Kind == token.String) {
			return p.pathSuffix(e)
		}
	case token.Word:
		switch t.Keyword {
		case token.AT:
			return p.atTimeZone(e)
		case token.NotKeyword:
			if (p.ahead(1).Keyword == token.TO || p.ahead(1).Kind == token.LeftParen && p.afterClosing(1).Keyword == token.TO) && p.isUnit(0) {
				p.unit() // Oracle: (a - b) DAY TO SECOND
				return e
			}
		case token.COLLATE:
			p.pos++
			if p.is(token.String) {
				p.pos++
			} else {
				p.objectName()
			}
			return &ast.Unary{Span: p.from(start), Op: ast.OpCollate, Operand: e}
		}
	}
	return nil
}

// colonCast returns the number of tokens of the casts :> and !:> of SingleStore, 0
// if there is none.
func (p *parser) colonCast() int {
	n := 0
	if p.is(token.Bang) {
		n = 1
	}
	if p.ahead(n).Kind == token.Colon && p.ahead(n+1).Kind == token.Greater && p.adjacent(n+1) {
		return n + 2
	}
	return 0
}

// atTimeZone reads AT TIME ZONE x and AT LOCAL.
func (p *parser) atTimeZone(e ast.Expr) ast.Expr {
	switch {
	case p.acceptKw(token.AT, token.TIME, token.ZONE):
		return p.pair(e, ast.OpAtTimeZone, p.prefixOnly())
	case p.acceptKw(token.AT, token.LOCAL):
		return &ast.Unary{Span: p.from(e.Range().Start), Op: ast.OpAtTimeZone, Operand: e}
	}
	return nil
}

// prefixOnly reads an operand that binds tightest: the zone of AT TIME ZONE.
func (p *parser) prefixOnly() ast.Expr {
	e := p.primary()
	for {
		switch p.peek().Kind {
		case token.DoubleColon, token.LeftBracket, token.Dot, token.Colon:
			next := p.suffix(e)
			if next == nil {
				return e
			}
			e = next
		default:
			return e
		}
	}
}

// access adds a step to a value.
func (p *parser) access(e ast.Expr, step ast.Step) ast.Expr {
	a, ok := e.(*ast.Access)
	if !ok {
		a = &ast.Access{Operand: e}
		a.Start = e.Range().Start
	}
	a.Steps = append(a.Steps, step)
	a.End = step.End
	return a
}

// subscript reads [i], [i:j:k], [:j] and the index list of ClickHouse and others.
func (p *parser) subscript() ast.Step {
	start := p.start()
	step := ast.Step{Kind: ast.IndexStep}
	p.pos++
	args, braces := p.args, p.braces
	p.args = 0
	if !p.d.Grammar.ColonPaths {
		p.braces = 1
	}
	if p.is(token.Star) && p.ahead(1).Kind == token.RightBracket { // Databricks: x:items[*].p
		p.pos++
	}
	for !p.is(token.RightBracket) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		if p.accept(token.Colon) {
			step.Kind = ast.SliceStep
			continue
		}
		// DuckDB: [1:-:2]
		if p.is(token.Minus) && (p.ahead(1).Kind == token.Colon || p.ahead(1).Kind == token.RightBracket) {
			p.pos++
			continue
		}
		step.Index = append(step.Index, p.expr())
		if p.is(token.Colon) {
			continue
		}
		if !p.accept(token.Comma) {
			break
		}
	}
	p.args, p.braces = args, braces
	step.Index = append(step.Index, p.closeWith(token.RightBracket)...)
	step.Span = p.from(start)
	return step
}

// dotSuffix reads .field, .* and .method(...) after a value that is not a name.
func (p *parser) dotSuffix(e ast.Expr) ast.Expr {
	start := e.Range().Start
	at := p.start()
	switch {
	case p.ahead(1).Kind == token.Star:
		p.pos++
		return p.star(start, e)
	case p.ahead(1).Kind == token.Colon && p.adjacent(1) && p.isIdent(2): // ClickHouse: json.a.:Int64
		p.pos += 2
		c := p.nodes.casts.New()
		c.Operand, c.Type = e, p.typeName()
		c.Span = p.from(start)
		return c
	case p.ahead(1).Kind == token.Caret && p.adjacent(1) && p.partAhead(2): // ClickHouse: json.^a
		p.pos += 2
		return p.access(e, ast.Step{Span: p.from(at), Kind: ast.FieldStep, Name: p.part()})
	case !p.partAhead(1):
		return nil
	}
	p.pos++
	field := p.part()
	if p.is(token.LeftParen) && !p.outerJoinMark() {
		name := &ast.ObjectName{Span: field.Span, Parts: []ast.Ident{field}}
		return p.call(start, name, e)
	}
	return p.access(e, ast.Step{Span: p.from(at), Kind: ast.FieldStep, Name: field})
}

// pathSuffix reads :name, :"name" and :[i] of a semi-structured value.
func (p *parser) pathSuffix(e ast.Expr) ast.Expr {
	at := p.start()
	p.pos++
	if p.is(token.LeftBracket) {
		return p.access(e, p.subscript())
	}
	name := p.part()
	return p.access(e, ast.Step{Span: p.from(at), Kind: ast.PathStep, Name: name})
}
