package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// caseExpr reads CASE ... END.
func (p *parser) caseExpr() ast.Expr {
	start := p.start()
	p.pos++
	c := &ast.Case{}
	args, braces := p.args, p.braces
	p.args, p.braces = 0, 0
	defer func() { p.args, p.braces = args, braces }()
	if !p.isKw(token.WHEN) {
		c.Operand = p.expr()
	}
	for p.isKw(token.WHEN) {
		at := p.start()
		p.pos++
		w := ast.When{Condition: p.whenCondition()}
		if p.expectKw(token.THEN) {
			w.Result = p.caseValue()
		}
		w.Span = p.from(at)
		c.Whens = append(c.Whens, w)
	}
	if p.acceptKw(token.ELSE) {
		c.Else = p.caseValue()
	}
	if !p.acceptKw(token.END) {
		p.unexpected("END")
		refs := p.salvage(func() bool {
			return p.isKw(token.END) || p.isKw(token.FROM) || p.is(token.Comma) || p.is(token.Semicolon)
		})
		p.acceptKw(token.END)
		return p.bad(start, append([]ast.Expr{c}, refs...)...)
	}
	c.Span = p.from(start)
	return c
}

// whenCondition reads the condition of WHEN; CASE x WHEN a, b THEN has several.
func (p *parser) whenCondition() ast.Expr {
	start := p.start()
	e := p.caseValue()
	if !p.is(token.Comma) {
		return e
	}
	return p.tupleOf(start, e)
}

func (p *parser) tupleOf(start int32, first ast.Expr) ast.Expr {
	c := &ast.Collection{Kind: ast.Tuple, Members: []ast.Arg{{Span: first.Range(), Expr: first}}}
	for p.accept(token.Comma) {
		e := p.caseValue()
		c.Members = append(c.Members, ast.Arg{Span: e.Range(), Expr: e})
	}
	c.Span = p.from(start)
	return c
}

// caseValue reads a value within CASE and skips what follows it oddly.
func (p *parser) caseValue() ast.Expr {
	start := p.start()
	e := p.expr()
	switch p.kw() {
	case token.WHEN, token.THEN, token.ELSE, token.END:
		return e
	}
	if p.is(token.Comma) || p.atItemEnd() {
		return e
	}
	p.unexpected("the end of the expression")
	refs := p.salvage(func() bool {
		switch p.kw() {
		case token.WHEN, token.THEN, token.ELSE, token.END:
			return true
		}
		return p.atItemEnd()
	})
	return p.bad(start, append([]ast.Expr{e}, refs...)...)
}

// cast reads CAST(x AS type) and the like.
func (p *parser) cast() ast.Expr {
	start := p.start()
	c := p.nodes.casts.New()
	c.Try = p.kw() != token.CAST && p.kw() != token.PARSE
	word := *p.peek()
	p.pos += 2
	c.Operand = p.groupMemberNoAlias()
	if !p.isKw(token.AS) && !p.is(token.Comma) { // CAST as a plain function
		name := &ast.ObjectName{Span: word.Span, Parts: []ast.Ident{p.identOf(&word)}}
		refs := p.closeParen()
		call := &ast.Call{Name: name, Args: []ast.Arg{{Span: c.Operand.Range(), Expr: c.Operand}}}
		for _, ref := range refs {
			call.Args = append(call.Args, ast.Arg{Span: ref.Range(), Expr: ref})
		}
		call.Span = p.from(start)
		return call
	}
	p.pos++
	if p.is(token.String) { // ClickHouse: CAST(x, 'UInt8')
		c.Format = p.stringLiteral()
	} else {
		c.Type = p.typeName()
	}
	if p.acceptWord("format") {
		c.Format = p.expr()
	}
	if p.acceptKw(token.COLLATE) {
		p.objectName()
	}
	p.skipWords("rename", "add", "fields") // Snowflake: how the fields of objects change
	if p.isKw(token.AT) && p.ahead(1).Keyword == token.TIME {
		p.pos += 3
		p.expr()
	}
	// PARSE ... USING, Oracle's DEFAULT ... ON CONVERSION ERROR
	if p.acceptKw(token.USING) || p.isKw(token.DEFAULT) || p.is(token.Comma) {
		p.salvage(func() bool { return p.is(token.Semicolon) })
	}
	if refs := p.closeParen(); len(refs) > 0 {
		c.Span = p.from(start)
		return p.bad(start, append([]ast.Expr{c}, refs...)...)
	}
	c.Span = p.from(start)
	return c
}

// groupMemberNoAlias reads an expression in front of AS type.
func (p *parser) groupMemberNoAlias() ast.Expr {
	args, braces := p.args, p.braces
	p.args, p.braces = 0, 0
	e := p.expr()
	p.args, p.braces = args, braces
	return e
}

// convert reads CONVERT(type, x [, style]), CONVERT(x, type), CONVERT(x USING charset).
func (p *parser) convert() ast.Expr {
	start := p.start()
	if !p.d.Grammar.ConvertType {
		if p.d.Lexing.DashSpace {
			return p.convertTo()
		}
		return p.name()
	}
	c := &ast.Cast{Try: p.kw() == token.TRY_CONVERT}
	p.pos += 2
	c.Type = p.typeName()
	if p.expect(token.Comma) {
		c.Operand = p.groupMemberNoAlias()
	}
	if p.accept(token.Comma) {
		c.Format = p.groupMemberNoAlias()
	}
	refs := p.closeParen()
	c.Span = p.from(start)
	if c.Operand == nil || len(refs) > 0 {
		return p.bad(start, append([]ast.Expr{c.Operand}, refs...)...)
	}
	return c
}

// arrayPrimary reads ARRAY[...], ARRAY(query), ARRAY<type>[...], MULTISET(query),
// CURSOR(query); nil where the word is a plain name.
func (p *parser) arrayPrimary() ast.Expr {
	start := p.start()
	next := p.ahead(1)
	switch {
	case next.Kind == token.LeftBracket:
		p.pos += 2
		c := &ast.Collection{Kind: ast.Array, Members: p.members(token.RightBracket)}
		c.Span = p.from(start)
		return c
	case next.Kind == token.LeftParen && p.isQuery(p.pos+2):
		kind := ast.ArraySubquery
		if p.advance().Keyword != token.ARRAY {
			kind = ast.MultisetSubquery
		}
		q := p.queryInParens()
		return &ast.Subquery{Span: p.from(start), Kind: kind, Query: q}
	case next.Kind == token.Less && p.kw() == token.ARRAY && p.d.Grammar.AngleTypes:
		t := p.typeName()
		c := &ast.Collection{Kind: ast.Array, Type: t}
		if p.accept(token.LeftBracket) {
			c.Members = p.members(token.RightBracket)
		} else if p.accept(token.LeftParen) {
			c.Members = p.members(token.RightParen)
		}
		c.Span = p.from(start)
		return c
	}
	return nil
}

// mapPrimary reads MAP {...}, MAP[...], MAP(query); nil where it is a name.
func (p *parser) mapPrimary() ast.Expr {
	start := p.start()
	switch next := p.ahead(1); {
	case next.Kind == token.LeftBrace:
		p.pos += 2
		c := p.keyed(start, ast.Map)
		return c
	case next.Kind == token.LeftParen && p.isQuery(p.pos+2):
		p.pos++
		q := p.queryInParens()
		return &ast.Subquery{Span: p.from(start), Kind: ast.MultisetSubquery, Query: q}
	case next.Kind == token.LeftBracket:
		p.pos += 2
		p.braces++
		c := p.mapBracket(start)
		p.braces--
		return c
	}
	return nil
}

// mapBracket reads k: v, k := v ] after MAP[.
func (p *parser) mapBracket(start int32) ast.Expr {
	c := &ast.Collection{Kind: ast.Map}
	for !p.is(token.RightBracket) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		at := p.start()
		e := p.endMapKey(at, p.expr())
		c.Members = append(c.Members, ast.Arg{Span: p.from(at), Expr: e})
		if !p.accept(token.Comma) && !p.accept(token.Colon) && !p.accept(token.Assign) && !p.accept(token.FatArrow) {
			break
		}
	}
	p.closeWith(token.RightBracket)
	c.Span = p.from(start)
	return c
}

func (p *parser) endMapKey(at int32, e ast.Expr) ast.Expr {
	if p.is(token.Colon) || p.is(token.Assign) || p.is(token.FatArrow) {
		return e
	}
	return p.endItem(at, e)
}

// structPrimary reads STRUCT(a AS x, b) and STRUCT<...>(...).
func (p *parser) structPrimary() ast.Expr {
	start := p.start()
	c := &ast.Collection{Kind: ast.Struct}
	if p.ahead(1).Kind == token.Less {
		c.Type = p.typeName()
	} else {
		p.pos++
	}
	if p.expect(token.LeftParen) {
		c.Members = p.members(token.RightParen)
	}
	c.Span = p.from(start)
	return c
}

// withExpression reads BigQuery's WITH (x AS a + 1, y AS x * 2, x + y) as a query of the last value over rows of one
// column each, which see those in front of them.
func (p *parser) withExpression() ast.Expr {
	start := p.start()
	p.pos += 2
	args := p.args
	p.args = 0
	s := &ast.Select{}
	for p.isIdent(0) && p.ahead(1).Keyword == token.AS {
		at := p.start()
		id := p.ident()
		p.pos++
		item := ast.SelectItem{Expr: p.expr(), Alias: id}
		item.Span = p.from(at)
		row := &ast.Query{Span: item.Span, Body: &ast.Select{Span: item.Span, Items: []ast.SelectItem{item}}}
		s.From = append(s.From, &ast.Derived{Span: item.Span, Query: row, Lateral: true})
		if !p.accept(token.Comma) {
			break
		}
	}
	e := p.expr()
	s.Items = []ast.SelectItem{{Span: e.Range(), Expr: e}}
	p.args = args
	q := p.closeSelect(s, start)
	return &ast.Subquery{Span: q.Span, Query: q}
}

// convertTo reads MySQL's CONVERT(x, type) and CONVERT(x USING charset).
func (p *parser) convertTo() ast.Expr {
	start := p.start()
	c := &ast.Cast{}
	p.pos += 2
	c.Operand = p.groupMemberNoAlias()
	switch {
	case p.accept(token.Comma):
		c.Type = p.typeName()
	case p.acceptKw(token.USING):
		c.Type = p.typeName()
	}
	if refs := p.closeParen(); len(refs) > 0 {
		return p.bad(start, append(refs, c.Operand)...)
	}
	c.Span = p.from(start)
	return c
}

// listAhead reports whether the bracket behind the current word has several members: then it is not a subscript.
func (p *parser) listAhead() bool {
	end := p.closing(p.pos + 1)
	for i := p.pos + 2; i < end; i++ {
		if p.toks[i].Kind == token.Comma {
			return true
		}
		if inner := p.closing(i); inner > 0 {
			i = inner
		}
	}
	return false
}
