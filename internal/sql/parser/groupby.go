package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// groupBy reads GROUP BY ..., with ROLLUP, CUBE and GROUPING SETS opened up.
func (p *parser) groupBy() *ast.GroupBy {
	start := p.start()
	p.pos += 2
	g := &ast.GroupBy{}
	p.acceptKw(token.DISTINCT)
	if p.isKw(token.ALL) && !p.startsOperand(1) {
		p.pos++
		g.All = true
	} else {
		p.acceptKw(token.ALL)
		p.groupItems(g)
	}
	for p.isKw(token.WITH) && (p.ahead(1).Keyword == token.ROLLUP || p.ahead(1).Keyword == token.CUBE || p.ahead(1).Keyword == token.TOTALS) {
		p.pos += 2
		g.Sets = true
	}
	if p.isKw(token.USING) && p.isWord(1, "timecode") { // Teradata: GROUP BY TIME (...) USING TIMECODE (ts) FILL (...)
		p.pos += 2
		if p.is(token.LeftParen) {
			g.Items = append(g.Items, ast.SelectItem{Span: p.peek().Span, Expr: p.parenthesized()})
		}
		if p.acceptWord("fill") {
			p.skipParens()
		}
	}
	if p.isKw(token.GROUPING, token.SETS) { // Hive: GROUP BY a, b GROUPING SETS (...)
		p.groupItems(g)
	}
	g.Span = p.from(start)
	return g
}

// groupItems reads the elements of GROUP BY or of a grouping set.
func (p *parser) groupItems(g *ast.GroupBy) {
	for !p.itemsEnd() {
		p.groupItem(g)
		if !p.accept(token.Comma) {
			return
		}
	}
}

func (p *parser) groupItem(g *ast.GroupBy) {
	paren := p.ahead(1).Kind == token.LeftParen
	switch {
	case p.isKw(token.GROUPING, token.SETS) && p.ahead(2).Kind == token.LeftParen:
		p.pos += 2
		p.groupSet(g)
	case (p.isKw(token.ROLLUP) || p.isKw(token.CUBE)) && paren:
		p.pos++
		p.groupSet(g)
	case p.is(token.LeftParen) && (g.Sets || p.ahead(1).Kind == token.RightParen) && !p.isQuery(p.pos+1) && p.depth < p.opt.MaxDepth &&
		(p.afterClosing(0).Kind == token.Comma || p.afterClosing(0).Kind == token.RightParen):
		p.groupSet(g)
	default:
		start := p.start()
		item := ast.SelectItem{Expr: p.expr()}
		switch {
		case p.isKw(token.AS) && p.isIdent(1):
			p.pos++
			item.Alias = p.ident()
		case p.isKw(token.ASC), p.isKw(token.DESC):
			p.pos++
			if p.acceptKw(token.NULLS) {
				_ = p.acceptAny(token.FIRST, token.LAST)
			}
		}
		item.Span = p.from(start)
		g.Items = append(g.Items, item)
	}
}

// groupSet reads (element, ...).
func (p *parser) groupSet(g *ast.GroupBy) {
	g.Sets = true
	p.pos++
	p.depth++
	p.groupItems(g)
	p.depth--
	for _, ref := range p.closeParen() {
		g.Items = append(g.Items, ast.SelectItem{Span: ref.Range(), Expr: ref})
	}
}
