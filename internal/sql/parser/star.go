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
	}
	p.starModifiers(s)
	s.Span = p.from(start)
	return s
}

// starModifiers reads EXCEPT, EXCLUDE, REPLACE, RENAME, ILIKE and their kin.
func (p *parser) starModifiers(s *ast.Star) {
	for {
		paren := p.ahead(1).Kind == token.LeftParen
		switch p.kw() {
		case token.EXCEPT:
			if !paren || p.isQuery(p.pos+2) {
				return
			}
			p.pos++
			s.Except = append(s.Except, p.columnList()...)
		case token.EXCLUDE:
			if p.d.Grammar.ListExclude {
				return
			}
			p.pos++
			s.Except = append(s.Except, p.columnList()...)
		case token.REPLACE:
			p.pos++
			s.Replace = append(s.Replace, p.replacements()...)
		case token.RENAME:
			p.pos++
			s.Rename = append(s.Rename, p.renames()...)
		case token.APPLY:
			if !paren {
				return
			}
			p.pos++
			p.skipParens()
		default:
			if !p.starPattern(s) {
				return
			}
		}
	}
}

// starPattern reads ILIKE '...' and its kin behind a star.
func (p *parser) starPattern(s *ast.Star) bool {
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
	s.PatternOp = op
	s.Pattern = p.binary(precOther)
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
	return []ast.SelectItem{p.selectItem()}
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

// columns reads DuckDB's COLUMNS(...): a star with modifiers, a pattern, a
// lambda, or a list.
func (p *parser) columns() *ast.Star {
	start := p.start()
	p.pos += 2
	s := &ast.Star{Columns: true}
	args := p.args
	p.args = 1
	e := p.expr()
	p.args = args
	switch e := e.(type) {
	case *ast.Star:
		*s = *e
		s.Columns = true
	case *ast.Literal:
		s.Pattern, s.PatternOp = e, "REGEXP"
	default:
		s.Argument = e
	}
	if refs := p.closeParen(); len(refs) > 0 {
		s.Argument = p.bad(start, append(refs, e)...)
	}
	s.Span = p.from(start)
	if p.d.Grammar.ParamCalls { // ClickHouse: COLUMNS('re') EXCEPT ..., APPLY
		p.starModifiers(s)
		s.PatternOp = strings.TrimSpace(s.PatternOp)
	}
	return s
}
