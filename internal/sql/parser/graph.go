package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// graphTable reads GRAPH_TABLE(g MATCH pattern COLUMNS (a.x AS y)), in BigQuery GRAPH_TABLE(g MATCH pattern RETURN
// a.x AS y) as the rows of a pattern over the graph, whose variables qualify its properties.
func (p *parser) graphTable() ast.TableExpr {
	start := p.start()
	p.pos++
	end := p.closing(p.pos)
	if end == 0 {
		p.pos--
		return p.tableName()
	}
	p.pos++
	m := p.graphMatch(end)
	p.pos = end + 1
	m.Span = p.from(start)
	return m
}

// graphMatch reads a graph and what is matched in it, up to the token at an index. Of several RETURN the last counts.
func (p *parser) graphMatch(end int) *ast.MatchRecognize {
	start := p.start()
	name := p.objectName()
	m := &ast.MatchRecognize{Input: p.tableRef(start, name)}
	for p.pos < end {
		t := p.peek()
		switch before := p.ahead(-1).Kind; {
		case (before == token.LeftParen || before == token.LeftBracket) && p.isIdent(0) && !p.isKw(token.WHERE):
			m.Symbols = append(m.Symbols, p.ident())
			m.Define = append(m.Define, &ast.Literal{Span: t.Span, Kind: ast.BoolLiteral, Text: "true"})
		case p.isKw(token.COLUMNS) && p.ahead(1).Kind == token.LeftParen && p.closing(p.pos+1) > 0:
			p.pos += 2
			m.Measures = p.selectItems()
			p.closeParen()
		case p.isKw(token.RETURN):
			p.pos++
			p.acceptKw(token.DISTINCT)
			m.Measures = p.selectItems()
		default:
			p.pos++
		}
	}
	return m
}

// graphQuery reads BigQuery's GRAPH g MATCH pattern RETURN a.x AS y as a statement.
func (p *parser) graphQuery() ast.Statement {
	start := p.start()
	p.pos++
	end := p.pos
	for end < len(p.toks)-spareEOFs && p.toks[end].Kind != token.Semicolon {
		end++
	}
	m := p.graphMatch(end)
	m.Span = p.from(start)
	star := &ast.Star{Span: token.Span{Start: start, End: start}}
	s := &ast.Select{Span: m.Span, Items: []ast.SelectItem{{Span: star.Span, Expr: star}}, From: []ast.TableExpr{m}}
	return &ast.QueryStatement{Span: m.Span, Query: &ast.Query{Span: m.Span, Body: s}}
}
