package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// star reads * with its modifiers; the star is the current token.
func (p *parser) star(start int32, qualifier ast.Expr) ast.Expr {
	p.pos++
	s := p.nodes.stars.New()
	s.Qualifier = qualifier
	if qualifier == nil && p.isKw(token.COLUMNS) && p.ahead(1).Kind == token.LeftParen { // DuckDB: *COLUMNS(...)
		s = p.columns()
		s.Unpack = true
	}
	p.starModifiers(s)
	s.Span = p.from(start)
	return s
}

// starModifiers reads EXCEPT, EXCLUDE, REPLACE, RENAME, APPLY, ILIKE and the like.
func (p *parser) starModifiers(s *ast.Star) {
	for p.is(token.Word) {
		m := ast.StarModifier{}
		start := p.start()
		if !p.starModifier(&m) {
			return
		}
		m.Span = p.from(start)
		s.Modifiers = append(s.Modifiers, m)
	}
}

// starModifier reads one modifier; false means that none begins here.
func (p *parser) starModifier(m *ast.StarModifier) bool {
	switch p.kw() {
	case token.EXCEPT:
		if !p.exceptsColumns() {
			return false
		}
		p.starExcept(m)
	case token.EXCLUDE:
		if p.d.Grammar.ListExclude {
			return false
		}
		p.starExcept(m)
	case token.REPLACE:
		p.pos++
		p.acceptWord("strict")
		m.Kind, m.Items = ast.StarReplace, p.replacements()
	case token.RENAME:
		p.pos++
		m.Kind, m.Items = ast.StarRename, p.renames()
	case token.APPLY:
		if p.ahead(1).Kind != token.LeftParen && !p.d.Grammar.ParamCalls {
			return false
		}
		p.starApply(m)
	default:
		return p.starPattern(m)
	}
	return true
}

// exceptsColumns distinguishes EXCEPT columns from the set operation.
func (p *parser) exceptsColumns() bool {
	switch next := p.ahead(1); next.Kind {
	case token.LeftParen:
		return !p.isQuery(p.pos + 2)
	case token.QuotedIdent:
		return true
	case token.String: // ClickHouse: * EXCEPT 'regexp'
		return p.d.Grammar.ParamCalls
	case token.Word:
		return !p.isQuery(p.pos+1) && next.Keyword != token.ALL && next.Keyword != token.DISTINCT &&
			next.Keyword != token.CORRESPONDING && p.words[next.Keyword]&notName == 0
	}
	return false
}

// exceptNames makes a star of the name `(a|b)?+.+`, a regular expression that matches all columns except a and b. Other
// expressions stay.
func (p *parser) exceptNames(e ast.Expr) ast.Expr {
	ref, ok := e.(*ast.ColumnRef)
	if !ok || !p.d.Grammar.RegexNames || len(ref.Parts) == 0 {
		return e
	}
	last := len(ref.Parts) - 1
	name := ref.Parts[last]
	list, ends := strings.CutSuffix(name.Text, ")?+.+")
	list, begins := strings.CutPrefix(list, "(")
	if !begins || !ends || !name.Quoted || strings.ContainsAny(list, "()[]{}.*+?^$\\") {
		return e
	}
	s := p.nodes.stars.New()
	s.Span = ref.Span
	if last > 0 {
		s.Qualifier = &ast.ColumnRef{Span: ref.Span, Parts: ref.Parts[:last]}
	}
	m := ast.StarModifier{Span: name.Span, Kind: ast.StarExcept}
	for text := range strings.SplitSeq(list, "|") {
		id := ast.Ident{Span: name.Span, Text: text, Quoted: true}
		m.Columns = append(m.Columns, &ast.ColumnRef{Span: name.Span, Parts: []ast.Ident{id}})
	}
	s.Modifiers = append(s.Modifiers, m)
	return s
}

// starExcept reads EXCEPT [STRICT] columns, or ClickHouse's EXCEPT('regexp').
func (p *parser) starExcept(m *ast.StarModifier) {
	p.pos++
	if p.isWord(0, "strict") && (p.isIdent(1) || p.ahead(1).Kind == token.LeftParen) {
		p.pos++
	}
	if p.d.Grammar.ParamCalls && p.is(token.LeftParen) && p.ahead(1).Kind == token.String && p.ahead(2).Kind == token.RightParen {
		p.pos++
		m.Kind, m.Op, m.Pattern = ast.StarMatch, "NOT REGEXP", p.stringLiteral()
		p.closeParen()
		return
	}
	if p.d.Grammar.ParamCalls && p.is(token.String) {
		m.Kind, m.Op, m.Pattern = ast.StarMatch, "NOT REGEXP", p.stringLiteral()
		return
	}
	m.Columns = p.columnList()
}

// starApply reads APPLY(f), APPLY f, APPLY(f(parameters)), APPLY(x -> body); a
// prefix for names behind it is read and dropped, as ClickHouse does.
func (p *parser) starApply(m *ast.StarModifier) {
	p.pos++
	m.Kind = ast.StarApply
	args := p.args
	p.args = 1
	defer func() { p.args = args }()
	if !p.accept(token.LeftParen) {
		m.Function = p.prefix(precUnary)
		return
	}
	m.Function = p.expr()
	if p.accept(token.Comma) {
		p.accept(token.String)
	}
	if refs := p.closeParen(); len(refs) > 0 {
		m.Function = p.bad(m.Function.Range().Start, append(refs, m.Function)...)
	}
}

// starPattern reads ILIKE '...' and the like behind a star.
func (p *parser) starPattern(m *ast.StarModifier) bool {
	at := p.pos
	not := p.acceptKw(token.NOT)
	op := p.likeOperator(true)
	if op == "" {
		p.pos = at
		return false
	}
	if not {
		op = "NOT " + op
	}
	m.Kind, m.Op, m.Pattern = ast.StarMatch, op, p.binary(precOther)
	return true
}

// columnList reads (a, t.b) or a single name.
func (p *parser) columnList() []*ast.ColumnRef {
	if !p.accept(token.LeftParen) {
		return []*ast.ColumnRef{p.columnName()}
	}
	var list []*ast.ColumnRef
	for !p.is(token.RightParen) && !p.is(token.EOF) {
		before := p.pos
		list = append(list, p.columnName())
		if !p.accept(token.Comma) || p.pos == before {
			break
		}
	}
	p.closeParen()
	return list
}

// columnName reads a dotted name; a string is a name as well.
func (p *parser) columnName() *ast.ColumnRef {
	start := p.start()
	ref := &ast.ColumnRef{}
	if p.is(token.String) {
		t := p.advance()
		ref.Parts = []ast.Ident{p.identOf(&t)}
	} else {
		ref.Parts = []ast.Ident{p.ident()}
	}
	for p.is(token.Dot) && p.partAhead(1) {
		p.pos++
		ref.Parts = append(ref.Parts, p.part())
	}
	ref.Span = p.from(start)
	return ref
}

// replacements reads (expr AS name, ...) or one of them.
func (p *parser) replacements() []ast.SelectItem {
	if p.accept(token.LeftParen) {
		list := p.selectItems()
		p.closeParen()
		return list
	}
	start := p.start()
	item := ast.SelectItem{Expr: p.expr()}
	if p.acceptKw(token.AS) {
		item.Alias = p.ident()
	}
	item.Span = p.from(start)
	return []ast.SelectItem{item}
}

// renames reads (a AS b, ...) or one of them.
func (p *parser) renames() []ast.SelectItem {
	paren := p.accept(token.LeftParen)
	var list []ast.SelectItem
	for {
		start := p.start()
		item := ast.SelectItem{Expr: p.columnName()}
		p.acceptKw(token.AS)
		item.Alias = p.ident()
		item.Span = p.from(start)
		list = append(list, item)
		if !paren || !p.accept(token.Comma) || p.is(token.RightParen) {
			break
		}
	}
	if paren {
		p.closeParen()
	}
	return list
}

// columns reads COLUMNS(...): a star with modifiers, a pattern, a lambda, or a list.
func (p *parser) columns() *ast.Star {
	start := p.start()
	p.pos += 2
	s := &ast.Star{}
	args := p.args
	p.args = 1
	e := p.expr()
	if p.is(token.Comma) {
		list := &ast.Collection{Kind: ast.Tuple, Members: []ast.Arg{{Span: e.Range(), Expr: e}}}
		for p.accept(token.Comma) && !p.is(token.RightParen) {
			e := p.expr()
			list.Members = append(list.Members, ast.Arg{Span: e.Range(), Expr: e})
		}
		list.Span = p.from(start)
		e = list
	}
	p.args = args
	switch e := e.(type) {
	case *ast.Star:
		*s = *e
	case *ast.Literal:
		s.Modifiers = []ast.StarModifier{{Span: e.Span, Kind: ast.StarMatch, Op: "REGEXP", Pattern: e}}
	case *ast.ColumnRef: // ClickHouse: COLUMNS(a)
		s.Argument = &ast.Collection{Span: e.Span, Kind: ast.Tuple, Members: []ast.Arg{{Span: e.Span, Expr: e}}}
	default:
		s.Argument = e
	}
	s.Columns, s.Unpack = true, p.d.Grammar.ParamCalls
	if refs := p.closeParen(); len(refs) > 0 {
		s.Argument = p.bad(start, append(refs, e)...)
	}
	p.starModifiers(s)
	s.Span = p.from(start)
	return s
}
