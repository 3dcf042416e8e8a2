package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// pivot reads PIVOT (aggregates FOR column IN (values) ...).
func (p *parser) pivot(input ast.TableExpr) ast.TableExpr {
	start := p.start()
	if input != nil {
		start = input.Range().Start
	}
	v := &ast.Pivot{Input: input}
	p.pos++
	p.expect(token.LeftParen)
	v.Aggregates = p.pivotAggregates()
	for p.acceptKw(token.FOR) || len(v.For) > 0 && p.isIdent(0) && !p.isKw(token.GROUP) && !p.isKw(token.DEFAULT) {
		f, ok := p.pivotFor()
		v.For = append(v.For, f)
		if !ok {
			break
		}
	}
	if p.isKw(token.GROUP, token.BY) {
		v.GroupBy = p.groupBy()
	}
	if p.acceptKw(token.DEFAULT, token.ON, token.NULL) {
		p.skipParensInto(&v.Default)
	}
	p.keepInput(&v.Input, p.closeParen())
	v.Span = p.from(start)
	return v
}

// keepInput wraps an input with the references that were salvaged after it.
func (p *parser) keepInput(input *ast.TableExpr, refs []ast.Expr) {
	if len(refs) == 0 {
		return
	}
	span := refs[0].Range()
	if *input != nil {
		span = span.Join((*input).Range())
	}
	*input = &ast.BadTable{Span: span, Input: *input, Children: refs}
}

// skipParensInto reads (expr).
func (p *parser) skipParensInto(e *ast.Expr) {
	if p.accept(token.LeftParen) {
		*e = p.expr()
		p.closeParen()
	}
}

// pivotAggregates reads aggregates with aliases up to FOR.
func (p *parser) pivotAggregates() []ast.SelectItem {
	var list []ast.SelectItem
	for {
		start := p.start()
		item := ast.SelectItem{Expr: p.expr()}
		if p.acceptKw(token.AS) || p.implicitAlias() {
			item.Alias = p.ident()
		}
		item.Span = p.from(start)
		list = append(list, item)
		if !p.accept(token.Comma) || p.isKw(token.FOR) {
			return list
		}
	}
}

// pivotFor reads column IN (...), (a, b) IN (...).
func (p *parser) pivotFor() (ast.PivotFor, bool) {
	start := p.start()
	f := ast.PivotFor{}
	if p.is(token.LeftParen) {
		p.pos++
		f.Columns = p.exprList(token.RightParen)
		p.closeParen()
	} else {
		f.Columns = []ast.Expr{p.binary(precOther)}
	}
	ok := p.expectKw(token.IN)
	if ok {
		p.pivotValues(&f)
	}
	f.Span = p.from(start)
	return f, ok
}

// pivotValues reads (a, b AS x), (ANY ...), (SELECT ...), or a name.
func (p *parser) pivotValues(f *ast.PivotFor) {
	switch {
	case !p.is(token.LeftParen):
		f.Any = true
		p.primary()
	case p.isQuery(p.pos + 1):
		f.Query = p.queryInParens()
	case p.ahead(1).Keyword == token.ANY:
		f.Any = true
		p.skipParens()
	default:
		p.pos++
		f.Values = p.selectItems()
		for _, ref := range p.closeParen() {
			f.Values = append(f.Values, ast.SelectItem{Span: ref.Range(), Expr: ref})
		}
	}
}

// unpivot reads UNPIVOT [INCLUDE NULLS] (value FOR name IN (columns)).
func (p *parser) unpivot(input ast.TableExpr) ast.TableExpr {
	start := p.start()
	if input != nil {
		start = input.Range().Start
	}
	u := &ast.Unpivot{Input: input}
	p.pos++
	if p.acceptAny(token.INCLUDE, token.EXCLUDE) {
		p.acceptKw(token.NULLS)
	}
	p.expect(token.LeftParen)
	u.Values = p.identsOrList()
	if p.expectKw(token.FOR) {
		u.Name = p.identsOrList()
	}
	if p.expectKw(token.IN) && p.expect(token.LeftParen) {
		u.Columns = p.unpivotColumns()
		p.closeParen()
	}
	p.keepInput(&u.Input, p.closeParen())
	u.Span = p.from(start)
	return u
}

// identsOrList reads a name or (a, b).
func (p *parser) identsOrList() []ast.Ident {
	if p.is(token.LeftParen) {
		return p.identList()
	}
	return []ast.Ident{p.ident()}
}

// unpivotColumns reads column [AS label], (a, b) [AS label], ....
func (p *parser) unpivotColumns() []ast.UnpivotColumns {
	var list []ast.UnpivotColumns
	for !p.is(token.RightParen) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		start := p.start()
		c := ast.UnpivotColumns{}
		if p.is(token.LeftParen) {
			p.pos++
			c.Columns = p.exprList(token.RightParen)
			p.closeParen()
		} else {
			c.Columns = []ast.Expr{p.expr()}
		}
		if p.acceptKw(token.AS) {
			c.Label = p.expr()
		} else if p.isIdent(0) && p.implicitAlias() || p.is(token.String) {
			c.Label = p.primary()
		}
		c.Span = p.from(start)
		list = append(list, c)
		if !p.accept(token.Comma) {
			break
		}
	}
	return list
}

// pivotStatement reads DuckDB's PIVOT t ON ... USING ... and UNPIVOT t ON ...
// INTO NAME ... VALUE ..., also as PIVOT_WIDER and PIVOT_LONGER, as SELECT * FROM the result.
func (p *parser) pivotStatement() ast.QueryBody {
	start := p.start()
	var t ast.TableExpr
	if k := p.advance().Keyword; k == token.PIVOT || k == token.PIVOT_WIDER {
		t = p.pivotOnStatement(start)
	} else {
		t = p.unpivotOnStatement(start)
	}
	star := &ast.Star{Span: token.Span{Start: start, End: start}}
	return &ast.Select{Span: p.from(start), Items: []ast.SelectItem{{Span: star.Span, Expr: star}}, From: []ast.TableExpr{t}}
}

func (p *parser) pivotOnStatement(start int32) ast.TableExpr {
	v := &ast.Pivot{Statement: true, Input: p.tableExpr()}
	if p.acceptKw(token.ON) {
		for {
			at := p.start()
			f := ast.PivotFor{Columns: []ast.Expr{p.binary(precOther)}, Any: true}
			if p.isKw(token.IN) {
				p.pos++
				f.Any = false
				p.pivotValues(&f)
			}
			f.Span = p.from(at)
			v.For = append(v.For, f)
			if !p.accept(token.Comma) {
				break
			}
		}
	}
	if p.acceptKw(token.USING) {
		v.Aggregates = p.pivotAggregates()
	}
	if p.isKw(token.GROUP, token.BY) {
		v.GroupBy = p.groupBy()
	}
	v.Span = p.from(start)
	return v
}

func (p *parser) unpivotOnStatement(start int32) ast.TableExpr {
	u := &ast.Unpivot{Statement: true, Input: p.tableExpr()}
	if p.acceptKw(token.ON) {
		u.Columns = p.unpivotOn()
	}
	if p.acceptKw(token.INTO) {
		if p.acceptKw(token.NAME) {
			u.Name = []ast.Ident{p.ident()}
		}
		if p.acceptKw(token.VALUE) {
			for {
				u.Values = append(u.Values, p.ident())
				if !p.accept(token.Comma) {
					break
				}
			}
		}
	}
	u.Span = p.from(start)
	if u.Name == nil {
		u.Name = []ast.Ident{{Span: u.Span, Text: "name"}}
	}
	if u.Values == nil {
		u.Values = []ast.Ident{{Span: u.Span, Text: "value"}}
	}
	return u
}

func (p *parser) unpivotOn() []ast.UnpivotColumns {
	var list []ast.UnpivotColumns
	for {
		start := p.start()
		c := ast.UnpivotColumns{}
		if p.is(token.LeftParen) {
			p.pos++
			c.Columns = p.exprList(token.RightParen)
			p.closeParen()
		} else {
			c.Columns = []ast.Expr{p.expr()}
		}
		if p.acceptKw(token.AS) {
			c.Label = p.primary()
		}
		c.Span = p.from(start)
		list = append(list, c)
		if !p.accept(token.Comma) {
			return list
		}
	}
}

// matchRecognize reads MATCH_RECOGNIZE (PARTITION BY ... MEASURES ... PATTERN
// (...) DEFINE ...).
func (p *parser) matchRecognize(input ast.TableExpr) ast.TableExpr {
	start := p.start()
	if input != nil {
		start = input.Range().Start
	}
	m := &ast.MatchRecognize{Input: input}
	p.pos++
	p.expect(token.LeftParen)
	args := p.args
	p.args = 0
	for p.is(token.Word) && p.matchClause(m) {
	}
	p.args = args
	p.keepInput(&m.Input, p.closeParen())
	m.Span = p.from(start)
	return m
}

// matchClause reads one clause of MATCH_RECOGNIZE.
func (p *parser) matchClause(m *ast.MatchRecognize) bool {
	switch {
	case p.acceptKw(token.PARTITION, token.BY):
		m.PartitionBy = p.selectItems()
	case p.acceptKw(token.ORDER, token.BY):
		m.OrderBy = p.orderItems()
	case p.acceptKw(token.MEASURES):
		m.Measures = p.measures()
	case p.isKw(token.ALL, token.ROWS):
		m.AllRows = true
		p.pos += 2
		p.skipWords("per", "match", "show", "omit", "empty", "matches", "with", "unmatched", "rows")
	case p.isWord(0, "one") && p.ahead(1).Keyword == token.ROW:
		p.pos += 2
		p.skipWords("per", "match")
	case p.acceptWord("after"):
		p.skipWords("match", "skip", "to", "past", "next", "first", "last", "row")
		if p.isIdent(0) && !p.isKw(token.PATTERN) && !p.isWord(0, "subset") && !p.isWord(0, "define") {
			p.pos++
		}
	case p.acceptKw(token.PATTERN):
		p.skipParens()
	case p.acceptWord("subset"):
		for p.isIdent(0) && p.ahead(1).Kind == token.Equal {
			m.Symbols = append(m.Symbols, p.ident())
			m.Define = append(m.Define, &ast.Literal{Span: p.peek().Span, Kind: ast.BoolLiteral, Text: "true"})
			p.pos++
			p.skipParens()
			p.accept(token.Comma)
		}
	case p.acceptWord("define"):
		for p.isIdent(0) {
			m.Symbols = append(m.Symbols, p.ident())
			p.expectKw(token.AS)
			m.Define = append(m.Define, p.expr())
			if !p.accept(token.Comma) {
				break
			}
		}
	case p.isWord(0, "initial"), p.isWord(0, "seek"):
		p.pos++
	default:
		return false
	}
	return true
}

// measures reads [FINAL|RUNNING] expr AS name, ....
func (p *parser) measures() []ast.SelectItem {
	var list []ast.SelectItem
	for {
		start := p.start()
		if (p.isKw(token.FINAL) || p.isWord(0, "running")) && p.isIdent(1) {
			p.pos++
		}
		item := ast.SelectItem{Expr: p.expr()}
		p.itemAlias(&item)
		item.Span = p.from(start)
		list = append(list, item)
		if !p.accept(token.Comma) {
			return list
		}
	}
}
