package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// body reads the statements of a routine up to the end of the text or the END
// that closes it.
func (p *parser) body() []ast.Statement {
	p.blocks++
	defer func() { p.blocks-- }()
	var list []ast.Statement
	for !p.is(token.EOF) {
		list = append(list, p.statements()...)
		if p.is(token.EOF) {
			break
		}
		if !p.isKw(token.END) && !p.isKw(token.EXCEPTION) {
			break
		}
		p.pos++
	}
	return list
}

// statements reads statements up to a word that ends a block.
func (p *parser) statements() []ast.Statement {
	var list []ast.Statement
	for {
		p.separators()
		if p.is(token.EOF) || p.endsBlock() {
			return list
		}
		before := p.pos
		list = append(list, p.statement())
		if p.is(token.Semicolon) || p.is(token.EOF) || p.endsBlock() {
			continue
		}
		if p.pos == before || !p.startsStatement() {
			p.unexpected("the end of the statement")
			p.skipOther()
			if p.pos == before {
				p.pos++
			}
		}
	}
}

// endsBlock reports whether a word ends a list of statements.
func (p *parser) endsBlock() bool {
	switch p.kw() {
	case token.END, token.ELSE, token.ELSEIF, token.ELSIF, token.UNTIL, token.EXCEPTION:
		return true
	case token.WHEN:
		return true
	}
	return p.d.Grammar.OptionalSemicolon && p.isWord(0, "go")
}

// procedural reads the statements of stored procedures; nil means that this is
// none of them.
func (p *parser) procedural() ast.Statement {
	start := p.start()
	next := p.ahead(1)
	switch p.kw() {
	case token.BEGIN:
		if next.Kind == token.Semicolon || next.Kind == token.EOF || p.isWord(1, "transaction") || p.isWord(1, "work") || p.isWord(1, "tran") {
			return p.other()
		}
		p.pos++
		p.skipWords("atomic", "try", "catch")
		return p.block(start)
	case token.DECLARE:
		return p.declare()
	case token.IF, token.WHILE, token.FOR, token.REPEAT, token.LOOP, token.CASE:
		return p.control(start)
	case token.SET:
		return p.set()
	case token.RETURN:
		return p.returnStatement()
	}
	return nil
}

// block reads statements up to END and what may follow it.
func (p *parser) block(start int32) ast.Statement {
	p.blocks++
	b := &ast.Block{}
	for {
		b.Statements = append(b.Statements, p.statements()...)
		if !p.isKw(token.EXCEPTION) && !p.isKw(token.ELSE) && !p.isKw(token.WHEN) {
			break
		}
		p.pos++
		for !p.is(token.EOF) && !p.isKw(token.THEN) && !p.is(token.Semicolon) && p.isKw(token.WHEN) {
			p.skipTo(token.THEN)
		}
		p.acceptKw(token.THEN)
	}
	p.blocks--
	if p.acceptKw(token.END) {
		if !p.acceptWord("try") && !p.acceptWord("catch") && (p.ahead(1).Kind == token.Semicolon || p.ahead(1).Kind == token.EOF) {
			_ = p.acceptAny(token.IF, token.LOOP, token.WHILE, token.FOR, token.CASE, token.REPEAT)
		}
		if p.isIdent(0) && p.kw() == token.NotKeyword && p.ahead(1).Kind == token.Semicolon {
			p.pos++
		}
		if p.isKw(token.BEGIN) && p.isWord(1, "catch") {
			p.pos += 2
			at := p.start()
			b.Statements = append(b.Statements, p.block(at))
		}
	}
	b.Span = p.from(start)
	return b
}

// skipTo moves to a keyword within the statement.
func (p *parser) skipTo(k token.Keyword) {
	for !p.is(token.EOF) && !p.is(token.Semicolon) && !p.isKw(k) {
		p.pos++
	}
}

// control reads IF, WHILE, FOR, LOOP and REPEAT with their statements.
func (p *parser) control(start int32) ast.Statement {
	if !p.enter() {
		return p.badStatement(start, p.skipStatement())
	}
	defer p.leave()
	b := &ast.Block{}
	word := p.advance().Keyword
	p.controlHead(b, word)
	if p.isKw(token.BEGIN) { // T-SQL: IF x BEGIN ... END
		at := p.start()
		p.pos++
		b.Statements = append(b.Statements, p.block(at))
		if p.acceptKw(token.ELSE) {
			b.Statements = append(b.Statements, p.statement())
		}
		b.Span = p.from(start)
		return b
	}
	if p.d.Grammar.OptionalSemicolon && word != token.LOOP && word != token.REPEAT { // T-SQL: IF x statement
		b.Statements = append(b.Statements, p.statement())
		p.accept(token.Semicolon)
		if p.acceptKw(token.ELSE) {
			b.Statements = append(b.Statements, p.statement())
		}
		b.Span = p.from(start)
		return b
	}
	p.branches(b)
	b.Span = p.from(start)
	return b
}

// controlHead reads the condition or the loop's range.
func (p *parser) controlHead(b *ast.Block, word token.Keyword) {
	switch word {
	case token.FOR:
		p.skipTo(token.IN)
		p.acceptKw(token.IN)
		if p.is(token.LeftParen) && p.isQuery(p.pos+1) || p.isQuery(p.pos) {
			at := p.start()
			b.Exprs = append(b.Exprs, &ast.Subquery{Query: p.query(), Span: p.from(at)})
		}
		for !p.is(token.EOF) && !p.is(token.Semicolon) && !p.isKw(token.LOOP) && !p.isKw(token.DO) {
			p.pos++
		}
	case token.IF, token.WHILE:
		b.Exprs = append(b.Exprs, p.expr())
	case token.CASE:
		if !p.isKw(token.WHEN) {
			b.Exprs = append(b.Exprs, p.expr())
		}
		if p.acceptKw(token.WHEN) {
			b.Exprs = append(b.Exprs, p.expr())
		}
	}
	_ = p.acceptAny(token.THEN, token.LOOP, token.DO)
}

// branches reads the statements of all branches up to END.
func (p *parser) branches(b *ast.Block) {
	p.blocks++
	defer func() { p.blocks-- }()
	for {
		b.Statements = append(b.Statements, p.statements()...)
		switch {
		case p.acceptKw(token.ELSEIF), p.acceptKw(token.ELSIF), p.acceptKw(token.WHEN), p.acceptKw(token.UNTIL):
			b.Exprs = append(b.Exprs, p.expr())
			p.acceptKw(token.THEN)
		case p.acceptKw(token.ELSE):
			if p.isKw(token.IF) {
				continue
			}
		case p.acceptKw(token.END):
			p.skipWords("if", "loop", "while", "for", "case", "repeat")
			return
		default:
			return
		}
	}
}

// declare reads DECLARE names type [DEFAULT value], DECLARE c CURSOR FOR query,
// and the declarations in front of BEGIN.
func (p *parser) declare() ast.Statement {
	start := p.start()
	p.pos++
	if p.isKw(token.BEGIN) {
		return &ast.SetVariable{Span: p.from(start)}
	}
	if p.is(token.Parameter) && p.ahead(1).Keyword == token.TABLE && p.ahead(2).Kind == token.LeftParen {
		// T-SQL: a table variable
		c := &ast.Create{Kind: "table", Temporary: true, Name: p.objectName()}
		p.pos++
		c.Columns = p.columnDefs()
		c.Span = p.from(start)
		return c
	}
	v := &ast.SetVariable{Declared: true}
	p.acceptKw(token.OR, token.REPLACE) // Databricks: DECLARE OR REPLACE VARIABLE x
	if p.isKw(token.VARIABLE) && p.isIdent(1) && p.isIdent(2) {
		p.pos++
	}
	for {
		v.Names = append(v.Names, p.variableName())
		p.declaration(v)
		if !p.accept(token.Comma) {
			break
		}
	}
	v.Span = p.from(start)
	return v
}

// variableName reads x or @x.
func (p *parser) variableName() ast.Ident {
	if p.is(token.Parameter) {
		t := p.advance()
		return p.identOf(&t)
	}
	return p.ident()
}

// declaration reads what follows a declared name.
func (p *parser) declaration(v *ast.SetVariable) {
	for !p.is(token.Semicolon) && !p.is(token.EOF) && !p.is(token.Comma) {
		switch {
		case p.is(token.Equal), p.is(token.Assign), p.isKw(token.DEFAULT):
			p.pos++
			v.Values = append(v.Values, p.expr())
			return
		case p.isQuery(p.pos):
			v.Query = p.query()
			return
		case p.startsStatement(), p.isKw(token.BEGIN):
			return
		default:
			if end := p.closing(p.pos); end > 0 && !p.isQuery(p.pos+1) {
				p.pos = end
			}
			p.pos++
		}
	}
}

// set reads SET x = value, SET (a, b) = (...); other settings hold no query.
func (p *parser) set() ast.Statement {
	start := p.start()
	n := 1
	if p.ahead(1).Kind == token.LeftParen && p.closing(p.pos+1) > 0 {
		n = p.closing(p.pos+1) - p.pos
	}
	if k := p.ahead(n + 1).Kind; k != token.Equal && k != token.Assign {
		return p.other()
	}
	p.pos++
	v := &ast.SetVariable{}
	if p.is(token.LeftParen) {
		v.Names = p.identList()
	} else {
		v.Names = []ast.Ident{p.variableName()}
	}
	p.pos++
	v.Values = p.exprs()
	v.Span = p.from(start)
	return v
}

// assign reads x := value and LET x := value.
func (p *parser) assign() ast.Statement {
	start := p.start()
	v := &ast.SetVariable{}
	p.acceptWord("let")
	v.Names = []ast.Ident{p.ident()}
	p.declaration(v)
	v.Span = p.from(start)
	return v
}

// returnStatement reads RETURN [QUERY] [value | query | TABLE(query)].
func (p *parser) returnStatement() ast.Statement {
	start := p.start()
	p.pos++
	p.acceptWord("query")
	v := &ast.SetVariable{}
	switch {
	case p.isQuery(p.pos):
		v.Query = p.query()
	case p.is(token.Semicolon), p.is(token.EOF), p.isKw(token.END):
	default:
		p.args++
		v.Values = []ast.Expr{p.expr()}
		p.args--
	}
	v.Span = p.from(start)
	return v
}
