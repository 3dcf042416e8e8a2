package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// call reads the arguments of a call, whose "(" is the current token, and what
// may follow them.
func (p *parser) call(start int32, name *ast.ObjectName, receiver ast.Expr) ast.Expr {
	c := p.nodes.calls.New()
	c.Name, c.Receiver = name, receiver
	if p.depth >= p.opt.MaxDepth {
		p.enter()
		refs := p.skipDeep()
		c.Args = []ast.Arg{{Span: refs.Range(), Expr: refs}}
		c.Span = p.from(start)
		return c
	}
	p.arguments(c)
	p.callSuffixes(c)
	c.Span = p.from(start)
	return c
}

// arguments reads ( ... ).
func (p *parser) arguments(c *ast.Call) {
	if p.isQuery(p.pos+1) && !p.queryIsArgument() {
		c.Query = p.queryInParens()
		return
	}
	p.pos++
	args, braces, named := p.args, p.braces, p.namedEquals
	p.args, p.braces, p.namedEquals = args+1, 0, false
	defer func() { p.args, p.braces = args, braces }()
	switch {
	case p.isKw(token.DISTINCT):
		p.pos++
		c.Distinct = true
	case p.isKw(token.ALL) && p.startsOperand(1):
		p.pos++
	}
	base := len(p.argStack)
	for !p.is(token.RightParen) && !p.is(token.EOF) && !p.is(token.Semicolon) && !p.isKw(token.ORDER, token.BY) {
		if named && p.isIdent(0) && p.ahead(1).Kind == token.Equal {
			input := p.isWord(0, "source")
			p.pos += 2
			if word := p.peek(); !input && p.isIdent(0) && (p.ahead(1).Kind == token.Comma || p.ahead(1).Kind == token.RightParen) {
				// CHUNK_TYPE = FIXED
				p.argStack = append(p.argStack, ast.Arg{Span: word.Span, Expr: &ast.Keyword{Span: word.Span, Text: p.text(word)}})
				p.pos++
				if !p.accept(token.Comma) {
					break
				}
				continue
			}
		}
		p.argStack = append(p.argStack, p.arg())
		if !p.accept(token.Comma) {
			break
		}
	}
	p.argumentClauses(c)
	for _, ref := range p.closeParen() {
		p.argStack = append(p.argStack, ast.Arg{Span: ref.Range(), Expr: ref})
	}
	c.Args = p.popArgs(base)
	p.markUnits(c)
}

// queryIsArgument reports whether the query in these parentheses is one of several
// arguments: f((SELECT ...), x) or f(SELECT ... , x) cannot be distinguished by
// its start alone.
func (p *parser) queryIsArgument() bool {
	return p.ahead(1).Kind == token.LeftParen || p.ahead(1).Keyword == token.TABLE
}

// arg reads one argument: value, name => value, value AS name, KEY k VALUE v.
func (p *parser) arg() ast.Arg {
	start := p.start()
	a := ast.Arg{}
	if p.isIdent(0) {
		switch p.ahead(1).Kind {
		case token.FatArrow:
			a.Name = p.ident()
			p.pos++
		case token.Assign:
			a.Name = p.ident()
			p.pos++
		}
		if p.ahead(1).Kind != token.LeftParen && p.startsOperand(1) && p.keywordArgument() {
			named := p.isWord(0, "model") || p.isWord(0, "connection")
			p.pos++
			if named && p.partAhead(0) && p.ahead(1).Kind != token.LeftParen { // MODEL `p.d.m`: the name of no column
				name := p.objectName()
				a.Expr = &ast.Keyword{Span: name.Span, Text: name.Text(p.src)}
				a.Span = p.from(start)
				return a
			}
		}
	}
	if p.ahead(1).Kind == token.String && p.jsonChange() { // Oracle: SET '$.a' = x, REMOVE '$.b'
		p.pos++
		path := p.advance()
		a.Expr = &ast.Keyword{Span: path.Span, Text: p.text(&path)}
		if p.accept(token.Equal) {
			a.Expr = p.expr()
		}
		p.argOptions()
		a.Span = p.from(start)
		return a
	}
	if p.isWord(0, "no") && (p.ahead(1).Keyword == token.CASE || p.ahead(1).Keyword == token.RANGE) {
		// Teradata: CASE_N(..., NO CASE OR UNKNOWN)
		p.pos += 2
		p.skipWords("or", "unknown")
		a.Span = p.from(start)
		a.Expr = &ast.Keyword{Span: a.Span, Text: a.Text(p.src)}
		return a
	}
	a.Expr = p.expr()
	if p.isKw(token.AS) {
		p.argAlias(&a)
	} else if p.is(token.Colon) || p.isKw(token.VALUE) { // JSON_OBJECT('k' : v), JSON_OBJECT('k' VALUE v)
		p.pos++
		a.Expr = p.pair(a.Expr, ast.OpOther, p.expr())
	}
	for p.isWord(0, "passing") { // XMLEXISTS(path PASSING document), JSON_VALUE(document, path PASSING x AS name)
		p.pos++
		p.skipByValue()
		a.Expr = p.pair(a.Expr, ast.OpOther, p.expr())
		if p.acceptKw(token.AS) {
			p.ident()
		}
		p.skipByValue()
	}
	for (p.isWord(0, "keep") || p.isWord(0, "set")) && p.ahead(1).Kind == token.String { // Redshift: OBJECT_TRANSFORM
		p.pos++
		for _, e := range p.exprs() {
			a.Expr = p.pair(a.Expr, ast.OpOther, e)
		}
	}
	if p.isKw(token.DESC) || p.isKw(token.ASC) { // Teradata: RANK(a DESC)
		p.pos++
	}
	p.argOptions()
	if (p.isKw(token.IGNORE) || p.isKw(token.RESPECT)) && p.ahead(1).Keyword == token.NULLS && p.ahead(2).Kind == token.Comma {
		// LAG(a IGNORE NULLS, 1)
		p.pos += 2
	}
	if !p.argEnds() {
		a.Expr = p.endItem(start, a.Expr)
	}
	a.Span = p.from(start)
	return a
}

// jsonChange reports whether the current word is an operation of Oracle's JSON_TRANSFORM.
func (p *parser) jsonChange() bool {
	if !p.d.Lexing.QQuotes {
		return false
	}
	for _, word := range []string{"set", "remove", "insert", "replace", "append", "prepend", "rename", "keep", "copy", "merge", "sort", "minus", "union", "intersect"} {
		if p.isWord(0, word) {
			return true
		}
	}
	return false
}

// keywordArgument reports whether the current word introduces an argument.
func (p *parser) keywordArgument() bool {
	switch p.kw() {
	case token.KEY, token.NAME, token.VARIABLE:
		return true
	}
	return (p.isWord(0, "changes") || p.isWord(0, "version")) && p.isIdent(1) && p.ahead(2).Kind == token.Comma || p.isWord(0, "variadic") || p.isWord(0, "bulk") && p.ahead(1).Kind == token.String || p.isWord(0, "model") || p.isWord(0, "document") || p.isWord(0, "content") || p.isWord(0, "connection")
}

// argAlias reads AS name or AS type after an argument.
func (p *parser) argAlias(a *ast.Arg) {
	p.pos++
	if p.isIdent(0) && p.ahead(1).Kind != token.LeftParen {
		a.Name = p.ident()
		return
	}
	if p.is(token.String) {
		t := p.advance()
		a.Name = p.identOf(&t)
		return
	}
	start := a.Expr.Range().Start
	t := p.typeName()
	a.Expr = &ast.Cast{Span: p.from(start), Operand: a.Expr, Type: t}
}

// argOptions skips the options that SQL/JSON, XML and string functions allow
// behind an argument.
func (p *parser) argOptions() {
	for p.is(token.Word) {
		switch {
		case p.isKw(token.PARTITION, token.BY): // Trino: f(TABLE(t) PARTITION BY k)
			p.pos += 2
			p.expr()
		case p.isWord(0, "each"): // Teradata: RANGE_N(a BETWEEN 1 AND 10 EACH 2)
			p.pos++
			p.expr()
		case p.isWord(0, "copartition") && p.ahead(1).Kind == token.LeftParen: // Trino
			p.pos++
			p.skipParens()
		case (p.isWord(0, "prune") || p.isWord(0, "keep")) && p.isWord(1, "when"): // Trino: PRUNE WHEN EMPTY
			p.pos += 3
		case p.isKw(token.WITH) && p.isWord(1, "single"): // Spark: TABLE(t) WITH SINGLE PARTITION
			p.pos += 3
		case p.isWord(0, "pretty"), p.isWord(0, "ordered"), p.isWord(0, "ascii"), p.isWord(0, "truncate"):
			// Oracle: JSON_SERIALIZE(x PRETTY)
			p.pos++
		case p.isKw(token.RETURNING):
			p.pos++
			p.typeName()
		case p.isWord(0, "format") && p.isWord(1, "json"), p.isWord(0, "json") && p.isWord(1, "path"):
			p.pos += 2
		case p.isKw(token.NULL, token.ON), p.isKw(token.ABSENT, token.ON):
			p.pos += 3
		case (p.isWord(0, "error") || p.isKw(token.EMPTY)) && p.ahead(1).Keyword == token.ON:
			p.pos += 3
		case p.isKw(token.EMPTY) && (p.ahead(1).Keyword == token.ARRAY || p.ahead(1).Keyword == token.OBJECT):
			p.pos += 4
		case p.isKw(token.DEFAULT):
			p.pos++
			p.binary(precOther)
			if p.acceptKw(token.ON) {
				p.advance()
				p.acceptWord("error") // Oracle: ON CONVERSION ERROR
			}
		case p.isKw(token.WITH), p.isKw(token.WITHOUT):
			p.skipWords("with", "without", "conditional", "unconditional", "array", "wrapper", "unique", "keys", "default", "value")
		case p.isKw(token.KEEP) && p.isWord(1, "quotes"), p.isWord(0, "omit"):
			p.pos += 2
			p.skipWords("on", "scalar", "string")
		case p.isKw(token.ON) && p.isWord(1, "overflow"):
			p.pos += 2
			p.skipWords("error", "truncate")
			if p.accept(token.String) {
				p.skipWords("with", "without", "count")
			}
			p.skipWords("with", "without", "count")
		default:
			return
		}
	}
}

// skipWords moves over any of these words.
func (p *parser) skipWords(words ...string) {
next:
	for _, w := range words {
		if p.acceptWord(w) {
			goto next
		}
	}
}

// argEnds reports whether a clause within the parentheses may follow here.
func (p *parser) argEnds() bool {
	switch p.kw() {
	case token.ORDER, token.LIMIT, token.IGNORE, token.RESPECT, token.HAVING, token.WHERE, token.SEPARATOR, token.USING, token.PARTITION:
		return true
	}
	return false
}

// argumentClauses reads the clauses after the last argument.
func (p *parser) argumentClauses(c *ast.Call) {
	for p.is(token.Word) {
		switch p.kw() {
		case token.IGNORE, token.RESPECT:
			if !p.acceptKw(p.kw(), token.NULLS) {
				return
			}
		case token.PARTITION:
			if p.ahead(1).Keyword != token.BY {
				return
			}
			p.pos += 2
			p.exprs()
		case token.ORDER:
			if p.ahead(1).Keyword != token.BY {
				return
			}
			p.pos += 2
			c.OrderBy = p.orderItems()
		case token.LIMIT:
			p.pos++
			c.Limit = p.expr()
		case token.HAVING:
			p.pos++
			_ = p.acceptWord("max") || p.acceptWord("min")
			c.Having = p.expr()
		case token.WHERE:
			p.pos++
			c.Where = p.expr()
		case token.SEPARATOR:
			p.pos++
			p.expr()
		case token.USING:
			p.pos++
			p.usingArgument(c)
		default:
			before := p.pos
			p.argOptions()
			if p.pos == before {
				return
			}
		}
	}
}

// usingArgument reads USING charset, or USING PARAMETERS a = b of Vertica.
func (p *parser) usingArgument(c *ast.Call) {
	if p.acceptWord("parameters") { // name = value
		for p.isIdent(0) && p.ahead(1).Kind == token.Equal {
			p.pos += 2
			c.Params = append(c.Params, p.expr())
			if !p.accept(token.Comma) {
				break
			}
		}
		return
	}
	if p.isIdent(0) {
		p.pos++
	}
}

// markUnits turns arguments that are unit words into keywords.
func (p *parser) markUnits(c *ast.Call) {
	if len(p.d.Units) == 0 || len(c.Args) == 0 || c.Name == nil {
		return
	}
	last := c.Name.Last().Text
	if len(last) < 5 || len(last) > 20 {
		return
	}
	rules := p.d.Units[fold(last)]
	for _, rule := range rules {
		if rule.Position >= len(c.Args) || len(c.Args) < rule.MinArgs {
			continue
		}
		arg := &c.Args[rule.Position]
		word := ""
		switch e := arg.Expr.(type) {
		case *ast.ColumnRef:
			if len(e.Parts) == 1 && !e.Parts[0].Quoted {
				word = e.Parts[0].Text
			}
		case *ast.Call: // WEEK(MONDAY)
			if len(e.Name.Parts) == 1 && len(e.Args) == 1 && fold(e.Name.Parts[0].Text) == "week" {
				word = "week"
			}
		}
		if len(word) > 0 && len(word) <= 20 && dialect.IsUnitWord(fold(word)) {
			arg.Expr = &ast.Keyword{Span: arg.Span, Text: arg.Text(p.src)}
			return // no function has two
		}
	}
}
