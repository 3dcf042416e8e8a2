package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// modelAhead distinguishes Oracle's MODEL clause from an alias.
func (p *parser) modelAhead() bool {
	if t := p.peek(); t.Kind != token.Word || t.Len() != 5 || p.src[t.Start]|0x20 != 'm' || !p.isWord(0, "model") {
		return false
	}
	next := p.ahead(1)
	if next.Kind != token.Word {
		return false
	}
	switch fold(p.text(next)) {
	case "partition", "dimension":
		return p.ahead(2).Keyword == token.BY
	case "ignore", "keep":
		return p.isWord(2, "nav")
	case "unique", "return", "reference", "main":
		return true
	}
	return false
}

// model reads MODEL [options] [PARTITION BY (...)] DIMENSION BY (...) MEASURES
// (...) [RULES [options]] (rule, ...).
func (p *parser) model() *ast.Model {
	start := p.start()
	m := &ast.Model{}
	p.pos++
	for p.is(token.Word) {
		switch {
		case p.acceptKw(token.PARTITION, token.BY), p.isWord(0, "dimension") && p.acceptBy(), p.acceptWord("measures"):
			if p.accept(token.LeftParen) {
				m.Columns = append(m.Columns, p.selectItems()...)
				p.closeParen()
			}
		case p.acceptWord("reference"), p.acceptWord("main"):
			p.ident()
			if p.acceptKw(token.ON) {
				p.skipParens()
			}
		case p.modelOption():
		default:
			m.Span = p.from(start)
			return m
		}
	}
	if p.accept(token.LeftParen) {
		m.Rules = p.exprList(token.RightParen)
		m.Rules = append(m.Rules, p.closeParen()...)
	}
	m.Span = p.from(start)
	return m
}

func (p *parser) acceptBy() bool {
	p.pos++
	return p.acceptKw(token.BY)
}

// modelOption moves over a word of the options of MODEL and RULES.
func (p *parser) modelOption() bool {
	switch fold(p.text(p.peek())) {
	case "ignore", "keep", "nav", "unique", "dimension", "single", "reference", "return", "updated", "all", "rows", "rules", "update", "upsert",
		"automatic", "sequential", "order":
		p.pos++
		return true
	case "iterate":
		p.pos++
		p.skipParens()
		if p.acceptWord("until") {
			p.skipParens()
		}
		return true
	}
	return false
}
