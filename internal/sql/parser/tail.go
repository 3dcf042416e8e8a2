package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// queryTail reads what follows the body of a query: ORDER BY, LIMIT, OFFSET,
// FETCH, FOR, OPTION, SETTINGS and the like, in any order.
func (p *parser) queryTail(q *ast.Query) {
	for p.is(token.Word) {
		next := p.ahead(1)
		switch p.kw() {
		case token.ORDER:
			if next.Kind == token.Word && p.isWord(1, "siblings") {
				p.pos++
			} else if next.Keyword != token.BY {
				return
			}
			p.pos++
			p.acceptKw(token.BY)
			q.OrderBy = p.orderItems()
		case token.LIMIT:
			p.limit(q)
		case token.OFFSET:
			p.pos++
			q.Limits = append(q.Limits, p.expr())
			_ = p.acceptAny(token.ROW, token.ROWS)
		case token.FETCH:
			p.fetch(q)
		case token.FOR:
			p.forClause(q)
		case token.LOCK:
			if next.Keyword != token.IN {
				return
			}
			p.pos++
			p.skipWords("in", "share", "mode")
		case token.OPTION:
			if next.Kind != token.LeftParen {
				return
			}
			p.pos++
			p.skipParens()
		case token.SETTINGS:
			p.pos++
			p.exprs()
		case token.FORMAT:
			if !p.isIdent(1) {
				return
			}
			p.pos += 2
		case token.WITH:
			if !p.withOption() {
				return
			}
		case token.INTO: // MySQL: INTO OUTFILE, INTO @x after the query
			p.pos++
			p.salvage(func() bool { return p.is(token.Semicolon) || p.isKw(token.FOR) })
		case token.CLUSTER, token.DISTRIBUTE, token.SORT: // Hive, after a set operation
			if next.Keyword != token.BY {
				return
			}
			p.pos += 2
			q.OrderBy = append(q.OrderBy, p.orderItems()...)
		case token.SEGMENTED, token.UNSEGMENTED: // Vertica, after CREATE TABLE ... AS
			if !p.beginsClause(p.kw()) {
				return
			}
			p.salvage(func() bool { return p.is(token.Semicolon) || p.is(token.RightParen) })
		case token.SAMPLE, token.TABLESAMPLE, token.USING: // DuckDB: USING SAMPLE
			if p.kw() == token.USING && next.Keyword != token.SAMPLE {
				return
			}
			p.acceptKw(token.USING)
			p.sample()
		default:
			if !p.isWord(0, "options") || next.Kind != token.LeftParen {
				return
			}
			p.pos++ // Materialize: OPTIONS (LIMIT INPUT GROUP SIZE = n)
			p.skipParens()
		}
	}
}

// withOption reads the options after a view's query: WITH NO SCHEMA BINDING,
// WITH [NO] DATA, WITH CHECK OPTION, WITH READ ONLY, WITH TIES, WITH UR.
func (p *parser) withOption() bool {
	at := p.pos
	p.pos++
	switch {
	case p.acceptKw(token.NO, token.SCHEMA):
		p.acceptWord("binding")
	case p.acceptKw(token.NO) && p.acceptWord("data"), p.acceptWord("data"), p.acceptKw(token.TIES), p.acceptWord("ur"), p.acceptKw(token.TOTALS):
	case p.isWord(0, "check"), p.isWord(0, "read"), p.isWord(0, "local") || p.isKw(token.CASCADE):
		p.skipWords("local", "cascaded", "check", "option", "read", "only")
	default:
		p.pos = at
		return false
	}
	return true
}

// limit reads LIMIT n, LIMIT m, n, LIMIT ALL, LIMIT n PERCENT, LIMIT n BY cols.
func (p *parser) limit(q *ast.Query) {
	p.pos++
	if p.acceptKw(token.ALL) {
		return
	}
	q.Limits = append(q.Limits, p.expr())
	if p.accept(token.Comma) {
		q.Limits = append(q.Limits, p.expr())
	}
	_ = p.acceptKw(token.PERCENT) || p.accept(token.Percent)
	p.acceptKw(token.WITH, token.TIES)
	if p.isKw(token.OFFSET) {
		p.pos++
		q.Limits = append(q.Limits, p.expr())
		_ = p.acceptAny(token.ROW, token.ROWS)
	}
	p.accept(token.Percent)
	if p.acceptKw(token.BY) {
		q.LimitBy = p.exprs()
	}
	// Vertica: LIMIT n OVER (PARTITION BY ... ORDER BY ...)
	if p.isKw(token.OVER) && p.ahead(1).Kind == token.LeftParen {
		p.pos++
		w := p.window()
		q.LimitBy = append(q.LimitBy, w.PartitionBy...)
		for i := range w.OrderBy {
			q.LimitBy = append(q.LimitBy, w.OrderBy[i].Expr)
		}
	}
}

// fetch reads FETCH FIRST n ROWS ONLY.
func (p *parser) fetch(q *ast.Query) {
	p.pos++
	p.skipWords("approx", "approximate", "exact") // Oracle
	_ = p.acceptAny(token.FIRST, token.NEXT)
	if !p.isKw(token.ROW) && !p.isKw(token.ROWS) {
		q.Limits = append(q.Limits, p.expr())
	}
	p.acceptKw(token.PERCENT)
	_ = p.acceptAny(token.ROW, token.ROWS)
	_ = p.acceptKw(token.ONLY) || p.acceptKw(token.WITH, token.TIES)
}

// forClause skips FOR UPDATE, FOR XML PATH(”) and the like.
func (p *parser) forClause(q *ast.Query) {
	p.pos++
	switch {
	case p.isWord(0, "xml"), p.isWord(0, "json"), p.isWord(0, "browse"):
		q.Document = !p.isWord(0, "browse")
		p.pos++
		for p.isIdent(0) && !p.isKw(token.OPTION) {
			p.pos++
			p.skipParens()
			if !p.accept(token.Comma) {
				break
			}
		}
	case p.isWord(0, "system_time"):
		p.pos++
	default:
		p.skipWords("no", "update", "share", "key", "read", "only", "fetch")
		if p.acceptKw(token.OF) {
			p.exprs()
		}
		p.skipWords("nowait", "skip", "locked", "wait")
		p.accept(token.Number)
	}
}

// orderItems reads the members of ORDER BY.
func (p *parser) orderItems() []ast.OrderItem {
	var list []ast.OrderItem
	for {
		list = append(list, p.orderItem())
		if !p.accept(token.Comma) {
			break
		}
	}
	return list
}

func (p *parser) orderItem() ast.OrderItem {
	start := p.start()
	item := ast.OrderItem{}
	if p.isKw(token.ALL) && !p.startsOperand(1) || p.isKw(token.ALL, token.ASC) || p.isKw(token.ALL, token.DESC) {
		p.pos++
		item.All = true
	} else {
		item.Expr = p.expr()
		if p.isKw(token.AS) && p.isIdent(1) {
			p.pos += 2
		}
	}
	if p.acceptKw(token.USING) {
		p.advance()
	}
	if !p.acceptKw(token.ASC) {
		item.Desc = p.acceptKw(token.DESC)
	}
	if p.acceptKw(token.NULLS) {
		_ = p.acceptAny(token.FIRST, token.LAST)
	}
	p.orderFill(&item)
	item.Span = p.from(start)
	return item
}

// orderFill skips ClickHouse's WITH FILL [FROM x] [TO y] [STEP z] and INTERPOLATE.
func (p *parser) orderFill(item *ast.OrderItem) {
	if p.acceptKw(token.WITH, token.FILL) {
		for p.acceptAny(token.FROM, token.TO, token.STEP) || p.acceptWord("staleness") {
			p.expr()
		}
	}
	if p.acceptWord("interpolate") {
		p.skipParens()
	}
}
