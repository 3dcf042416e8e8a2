package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// prefix reads a prefix operator with its operand, or a value with its suffixes.
func (p *parser) prefix(least uint8) ast.Expr {
	t := p.peek()
	switch t.Kind {
	case token.Minus, token.Plus:
		if n := p.ahead(1); n.Kind == token.Number && p.adjacent(1) && t.Kind == token.Minus {
			start := p.start()
			p.pos++
			return p.suffixes(p.literal(start, ast.NumberLiteral))
		}
		if t.Kind == token.Plus {
			return p.unary(ast.OpPlus, precUnary)
		}
		return p.unary(ast.OpMinus, precUnary)
	case token.Tilde:
		return p.unary(ast.OpBitNot, precUnary)
	case token.Bang:
		return p.unary(ast.OpNot, precUnary)
	case token.At:
		return p.unary(ast.OpOther, precUnary)
	case token.Word:
		switch t.Keyword {
		case token.NOT:
			return p.unary(ast.OpNot, max(precCompare, least))
		case token.PRIOR, token.CONNECT_BY_ROOT:
			if p.startsOperand(1) {
				return p.unary(ast.OpPrior, precUnary)
			}
		}
	}
	return p.suffixes(p.primary())
}

func (p *parser) unary(op ast.Operator, prec uint8) ast.Expr {
	start := p.start()
	p.pos++
	if !p.enter() {
		return p.skipDeep()
	}
	operand := p.binary(prec)
	p.leave()
	return &ast.Unary{Span: p.from(start), Op: op, Operand: operand}
}

// primary reads a value without suffixes.
func (p *parser) primary() ast.Expr {
	t := p.peek()
	start := t.Start
	switch t.Kind {
	case token.Word:
		return p.wordPrimary(t)
	case token.QuotedIdent:
		return p.name()
	case token.Number:
		return p.literal(start, ast.NumberLiteral)
	case token.String:
		return p.stringLiteral()
	case token.LeftParen:
		return p.parenthesized()
	case token.LeftBracket:
		return p.bracketArray()
	case token.LeftBrace:
		return p.brace()
	case token.Star:
		return p.star(start, nil)
	case token.Parameter:
		return p.parameter()
	case token.Question:
		p.pos++
		if (p.is(token.Number) || p.isIdent(0)) && p.adjacent(0) { // SQLite: ?1; Teradata: ?name
			p.pos++
		}
		return &ast.Parameter{Span: p.from(start), Text: "?"}
	case token.Colon:
		if (p.isIdent(1) || p.ahead(1).Kind == token.Number) && p.adjacent(1) {
			p.pos += 2
			return &ast.Parameter{Span: p.from(start), Text: p.from(start).Text(p.src)}
		}
	case token.Hash:
		if p.d.Grammar.PositionColumns && p.ahead(1).Kind == token.Number {
			p.pos++
			return p.positionColumn(start)
		}
	case token.Percent:
		if p.ahead(1).Kind == token.LeftParen || p.isWord(1, "s") { // %(name)s of Python drivers
			p.pos++
			p.skipParens()
			p.acceptWord("s")
			return &ast.Parameter{Span: p.from(start), Text: p.from(start).Text(p.src)}
		}
	case token.Template:
		p.pos++
		return p.bad(start)
	case token.Dollar:
		if p.variableAhead() {
			p.pos = p.closing(p.pos+1) + 1
			return &ast.Parameter{Span: p.from(start), Text: p.from(start).Text(p.src)}
		}
	}
	p.unexpected("an expression")
	return p.bad(start)
}

// variableAhead reports whether ${...}, a variable of a tool or of Hive, is next.
func (p *parser) variableAhead() bool {
	return p.is(token.Dollar) && p.ahead(1).Kind == token.LeftBrace && p.adjacent(1) && p.closing(p.pos+1) > 0
}

// parameter reads @x, $1 and $x; $1 is a column where the dialect says so.
func (p *parser) parameter() ast.Expr {
	t := *p.peek()
	if p.src[t.Start] == '$' && p.d.Grammar.PositionColumns && allDigits(p.src[t.Start+1:t.End]) {
		return p.positionColumn(t.Start)
	}
	p.pos++
	if p.d.Grammar.AliasEquals && p.src[t.Start] == '$' && p.is(token.Number) && p.adjacent(0) { // T-SQL: $1.50
		p.pos++
	}
	return &ast.Parameter{Span: t.Span, Text: p.text(&t)}
}

// positionColumn reads the number of #1 or the whole of $1.
func (p *parser) positionColumn(start int32) ast.Expr {
	t := p.advance()
	n := 0
	for _, c := range p.text(&t) {
		if c >= '0' && c <= '9' && n < 1_000_000 {
			n = n*10 + int(c-'0')
		}
	}
	ref := &ast.ColumnRef{Span: p.from(start), Position: n}
	ref.Parts = []ast.Ident{{Span: ref.Span, Text: ref.Text(p.src)}}
	return ref
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// parenthesized reads (query), (expr), (a, b), () and (x, y) -> body.
func (p *parser) parenthesized() ast.Expr {
	start := p.start()
	if p.isQuery(p.pos + 1) {
		q := p.queryInParens()
		return &ast.Subquery{Span: p.from(start), Query: q}
	}
	if p.args > 0 && p.d.Grammar.ArrowLambda && p.afterClosing(0).Kind == token.Arrow {
		return p.lambdaList()
	}
	if p.depth >= p.opt.MaxDepth {
		p.enter()
		return p.skipDeep()
	}
	if p.ahead(1).Kind == token.Plus && p.ahead(2).Kind == token.RightParen {
		p.unexpected("an expression")
	}
	p.pos++
	if p.accept(token.RightParen) {
		return &ast.Collection{Span: p.from(start), Kind: ast.Tuple}
	}
	args, braces := p.args, p.braces
	p.args, p.braces = 0, 0
	defer func() { p.args, p.braces = args, braces }()
	first := p.groupMember()
	if p.is(token.Comma) {
		return p.tuple(start, first)
	}
	if refs := p.closeParen(); len(refs) > 0 {
		return p.bad(start, append([]ast.Expr{first}, refs...)...)
	}
	return first
}

// groupMember reads one expression in parentheses; a name after AS is dropped.
func (p *parser) groupMember() ast.Expr {
	start := p.start()
	e := p.expr()
	if p.isKw(token.AS) && p.isIdent(1) {
		p.pos += 2
	}
	return p.endItem(start, e)
}

// tuple reads the rest of (first, ...).
func (p *parser) tuple(start int32, first ast.Expr) ast.Expr {
	c := &ast.Collection{Kind: ast.Tuple, Members: []ast.Arg{{Span: first.Range(), Expr: first}}}
	for p.accept(token.Comma) && !p.is(token.RightParen) {
		e := p.groupMember()
		c.Members = append(c.Members, ast.Arg{Span: e.Range(), Expr: e})
	}
	for _, ref := range p.closeParen() {
		c.Members = append(c.Members, ast.Arg{Span: ref.Range(), Expr: ref})
	}
	c.Span = p.from(start)
	return c
}

// lambdaList reads (x, y) -> body; parameters may carry types.
func (p *parser) lambdaList() ast.Expr {
	start := p.start()
	end := p.closing(p.pos)
	l := &ast.Lambda{}
	for p.pos++; p.pos < end; p.pos++ {
		if p.isIdent(0) {
			l.Params = append(l.Params, p.ident())
			p.pos--
		}
		for p.pos < end && !p.is(token.Comma) {
			p.pos++
		}
	}
	p.pos = end + 1
	p.expect(token.Arrow)
	l.Body = p.expr()
	l.Span = p.from(start)
	return l
}

// bracketArray reads [a, b] and DuckDB's [expr for x in list if condition].
func (p *parser) bracketArray() ast.Expr {
	start := p.start()
	open := p.pos
	p.pos++
	if p.closing(open) > 0 {
		for i := p.pos; i < p.closing(open) && i < p.pos+64; i++ {
			if p.toks[i].Keyword == token.FOR {
				return p.comprehension(start)
			}
		}
	}
	c := &ast.Collection{Kind: ast.Array}
	c.Members = p.members(token.RightBracket)
	c.Span = p.from(start)
	return c
}

// members reads the members of a collection and its closing bracket.
func (p *parser) members(end token.Kind) []ast.Arg {
	args, braces := p.args, p.braces
	p.args, p.braces = 1, 0
	defer func() { p.args, p.braces = args, braces }()
	base := len(p.argStack)
	for !p.is(end) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		p.argStack = append(p.argStack, p.arg())
		if !p.accept(token.Comma) {
			break
		}
	}
	for _, ref := range p.closeWith(end) {
		p.argStack = append(p.argStack, ast.Arg{Span: ref.Range(), Expr: ref})
	}
	return p.popArgs(base)
}

// popArgs takes the arguments collected since base.
func (p *parser) popArgs(base int) []ast.Arg {
	list := p.nodes.args.Copy(p.argStack[base:])
	clear(p.argStack[base:])
	p.argStack = p.argStack[:base]
	return list
}

// comprehension reads expr FOR x IN list [IF condition] ].
func (p *parser) comprehension(start int32) ast.Expr {
	body := p.expr()
	call := &ast.Call{Name: &ast.ObjectName{Parts: []ast.Ident{{Text: "list_comprehension"}}}}
	if !p.expectKw(token.FOR) {
		return p.bad(start, append([]ast.Expr{body}, p.closeWith(token.RightBracket)...)...)
	}
	params := []ast.Ident{p.ident()}
	for p.accept(token.Comma) {
		params = append(params, p.ident())
	}
	p.expectKw(token.IN)
	call.Args = append(call.Args, ast.Arg{Expr: p.expr()})
	call.Args = append(call.Args, ast.Arg{Expr: &ast.Lambda{Span: body.Range(), Params: params, Body: body}})
	if p.acceptKw(token.IF) {
		condition := p.expr()
		call.Args = append(call.Args, ast.Arg{Expr: &ast.Lambda{Span: condition.Range(), Params: params, Body: condition}})
	}
	for i := range call.Args {
		call.Args[i].Span = call.Args[i].Expr.Range()
	}
	p.closeWith(token.RightBracket)
	call.Span = p.from(start)
	return call
}

// brace reads {'k': v}, {k: v}, {name:Type} and ODBC's {fn f(x)}.
func (p *parser) brace() ast.Expr {
	start := p.start()
	if p.d.Grammar.BraceParams && p.isIdent(1) && p.ahead(2).Kind == token.Colon && p.closing(p.pos) > 0 {
		p.pos = p.closing(p.pos) + 1
		return &ast.Parameter{Span: p.from(start), Text: p.from(start).Text(p.src)}
	}
	p.pos++
	if p.isIdent(0) && (p.ahead(1).Kind == token.String || p.isWord(0, "fn")) && !p.adjacent(1) {
		p.pos++
		e := p.expr()
		if refs := p.closeWith(token.RightBrace); len(refs) > 0 {
			return p.bad(start, append(refs, e)...)
		}
		return e
	}
	return p.keyed(start, ast.Struct)
}

// keyed reads k: v, k: v } after an opening brace.
func (p *parser) keyed(start int32, kind ast.CollectionKind) ast.Expr {
	c := &ast.Collection{Kind: kind}
	args := p.args
	p.args = 1
	p.braces++
	for !p.is(token.RightBrace) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		at := p.start()
		var key ast.Arg
		if kind == ast.Struct && (p.isIdent(0) || p.is(token.String)) && p.ahead(1).Kind == token.Colon {
			t := p.advance()
			key.Name = p.identOf(&t)
		} else {
			key.Expr = p.expr()
		}
		if p.accept(token.Colon) || p.accept(token.Assign) || p.accept(token.Equal) {
			if key.Expr != nil {
				key.Span = p.from(at)
				c.Members = append(c.Members, key)
			}
			key.Expr = p.expr()
		}
		key.Expr = p.endItem(at, key.Expr)
		key.Span = p.from(at)
		c.Members = append(c.Members, key)
		if !p.accept(token.Comma) {
			break
		}
	}
	p.braces--
	p.args = args
	for _, ref := range p.closeWith(token.RightBrace) {
		c.Members = append(c.Members, ast.Arg{Span: ref.Range(), Expr: ref})
	}
	c.Span = p.from(start)
	return c
}
