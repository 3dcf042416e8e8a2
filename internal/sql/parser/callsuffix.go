package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// callSuffixes reads what may follow the arguments of a call.
func (p *parser) callSuffixes(c *ast.Call) {
	if p.is(token.LeftParen) && (p.d.Grammar.ParamCalls || c.Name != nil && strings.EqualFold(c.Name.Last().Text, "identifier")) {
		for _, a := range c.Args {
			c.Params = append(c.Params, a.Expr)
		}
		c.Args, c.Query = nil, nil
		p.arguments(c)
	}
	for p.is(token.Word) {
		next := p.ahead(1)
		switch p.kw() {
		case token.WITHIN:
			if next.Keyword != token.GROUP {
				return
			}
			p.pos += 2
			c.WithinGroup = true
			c.OrderBy = append(c.OrderBy, p.orderInParens()...)
		case token.FILTER:
			if next.Kind != token.LeftParen {
				return
			}
			p.pos += 2
			p.acceptKw(token.WHERE)
			c.Filter = p.expr()
			p.closeParen()
		case token.IGNORE, token.RESPECT:
			if !p.acceptKw(p.kw(), token.NULLS) {
				return
			}
		case token.FROM:
			switch after := p.ahead(2).Keyword; {
			case next.Keyword != token.FIRST && next.Keyword != token.LAST:
				return
			case after != token.OVER && after != token.IGNORE && after != token.RESPECT:
				return
			}
			p.pos += 2
		case token.KEEP:
			if next.Kind != token.LeftParen {
				return
			}
			p.pos += 2
			p.skipWords("dense_rank", "first", "last")
			if p.acceptKw(token.ORDER, token.BY) {
				c.OrderBy = append(c.OrderBy, p.orderItems()...)
			}
			p.closeParen()
		case token.OVER:
			if next.Kind != token.LeftParen && !p.isIdent(1) {
				return
			}
			p.pos++
			c.Over = p.over()
		case token.USING: // Hive: TRANSFORM (...) USING 'script'
			if next.Kind != token.String {
				return
			}
			p.pos += 2
			p.scriptEnd = p.pos
		case token.ROW: // Hive: TRANSFORM (...) ROW FORMAT ... USING 'script'
			if !p.isWord(1, "format") || c.Name == nil || !strings.EqualFold(c.Name.Last().Text, "transform") {
				return
			}
			p.salvage(func() bool { return p.isKw(token.USING) || p.isKw(token.FROM) || p.is(token.Semicolon) })
		default:
			if !p.isWord(0, "against") || next.Kind != token.LeftParen {
				return
			}
			p.pos += 2 // MySQL: MATCH (a) AGAINST ('x' IN BOOLEAN MODE)
			e := p.binary(precOther)
			c.Args = append(c.Args, ast.Arg{Span: e.Range(), Expr: e})
			p.skipWords("in", "natural", "language", "boolean", "mode", "with", "query", "expansion")
			p.closeParen()
		}
	}
}

// orderInParens reads (ORDER BY ...).
func (p *parser) orderInParens() []ast.OrderItem {
	if !p.expect(token.LeftParen) {
		return nil
	}
	var list []ast.OrderItem
	if p.acceptKw(token.ORDER, token.BY) {
		list = p.orderItems()
	}
	if p.isWord(0, "graph") && p.isWord(1, "path") { // T-SQL
		p.pos += 2
	}
	p.closeParen()
	return list
}

// over reads what follows OVER: a name or (...).
func (p *parser) over() *ast.Window {
	if !p.is(token.LeftParen) {
		id := p.ident()
		return &ast.Window{Span: id.Span, Base: id}
	}
	return p.window()
}

// window reads ([base] [PARTITION BY ...] [ORDER BY ...] [frame]).
func (p *parser) window() *ast.Window {
	start := p.start()
	w := &ast.Window{}
	p.expect(token.LeftParen)
	args, braces := p.args, p.braces
	p.args, p.braces = 0, 0
	defer func() { p.args, p.braces = args, braces }()
	if p.isIdent(0) && !p.isKw(token.PARTITION) && !p.isKw(token.ORDER) && !p.isKw(token.MEASURES) && !p.isKw(token.DISTRIBUTE) && !p.isKw(token.SORT) && !p.frameAhead() {
		w.Base = p.ident()
	}
	if p.isKw(token.PARTITION) && (p.isWord(1, "best") || p.isWord(1, "nodes") || p.isWord(1, "auto")) { // Vertica
		p.pos += 2
	}
	if p.acceptKw(token.PARTITION, token.BY) || p.acceptKw(token.DISTRIBUTE, token.BY) || p.acceptKw(token.CLUSTER, token.BY) {
		w.PartitionBy = p.exprs()
	}
	p.resetWhen(w)
	if p.acceptKw(token.ORDER, token.BY) || p.acceptKw(token.SORT, token.BY) {
		w.OrderBy = p.orderItems()
	}
	p.resetWhen(w)
	if p.isKw(token.MEASURES) { // Trino: pattern recognition in a window
		p.pos++
		w.Measures = p.measures()
	}
	if p.frameAhead() {
		p.frame(w)
	}
	if p.isWord(0, "after") || p.isKw(token.PATTERN) || p.isWord(0, "initial") || p.isWord(0, "seek") {
		p.windowPattern(w)
	}
	w.PartitionBy = append(w.PartitionBy, p.closeParen()...)
	w.Span = p.from(start)
	return w
}

// resetWhen reads Teradata's RESET WHEN condition.
func (p *parser) resetWhen(w *ast.Window) {
	if p.isWord(0, "reset") && p.ahead(1).Keyword == token.WHEN {
		p.pos += 2
		w.PartitionBy = append(w.PartitionBy, p.expr())
	}
}

// windowPattern reads the pattern of a window, whose definitions decide which rows the measures see.
func (p *parser) windowPattern(w *ast.Window) {
	m := &ast.MatchRecognize{}
	for p.is(token.Word) && p.matchClause(m) {
	}
	w.PartitionBy = append(w.PartitionBy, m.Define...)
}

func (p *parser) frameAhead() bool {
	return (p.isKw(token.ROWS) || p.isKw(token.RANGE) || p.isWord(0, "groups")) && p.ahead(1).Kind != token.RightParen
}

// frame reads ROWS BETWEEN ... AND ... [EXCLUDE ...].
func (p *parser) frame(w *ast.Window) {
	p.pos++
	if p.acceptKw(token.BETWEEN) {
		p.bound(w)
		p.expectKw(token.AND)
	}
	p.bound(w)
	if p.acceptKw(token.EXCLUDE) {
		p.skipWords("no", "others", "current", "row", "group", "ties")
	}
}

// bound reads one end of a frame and keeps its offset.
func (p *parser) bound(w *ast.Window) {
	switch {
	case p.acceptKw(token.CURRENT, token.ROW):
		return
	case p.acceptKw(token.UNBOUNDED):
	default:
		e := p.binary(precOther)
		if _, ok := e.(*ast.Literal); !ok {
			w.Frame = append(w.Frame, e)
		}
	}
	if !p.acceptAny(token.PRECEDING, token.FOLLOWING) {
		p.unexpected("PRECEDING or FOLLOWING")
	}
}

// keywordCall reads the calls whose arguments are separated by words:
// EXTRACT(unit FROM x), TRIM(BOTH c FROM x), SUBSTRING(x FROM a FOR b),
// POSITION(a IN b), OVERLAY(x PLACING y FROM a FOR b).
func (p *parser) keywordCall(k token.Keyword) ast.Expr {
	start := p.start()
	word := p.advance()
	c := p.nodes.calls.New()
	c.Name = &ast.ObjectName{Span: word.Span, Parts: []ast.Ident{p.identOf(&word)}}
	p.pos++
	args, braces := p.args, p.braces
	p.args, p.braces = 1, 0
	defer func() { p.args, p.braces = args, braces }()
	base := len(p.argStack)
	p.leadingWord(k)
	for !p.is(token.RightParen) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		if p.acceptAny(token.FROM, token.FOR, token.IN) || p.acceptWord("placing") || p.accept(token.Comma) || p.acceptKw(token.SIMILAR) || p.acceptKw(token.ESCAPE) {
			continue
		}
		if p.acceptKw(token.USING) {
			p.advance()
			continue
		}
		at := p.start()
		before := p.pos
		e := p.binary(precOther)
		p.argStack = append(p.argStack, ast.Arg{Span: p.from(at), Expr: e})
		if p.pos == before || p.infix().prec != precNone && p.infix().prec < precOther {
			break
		}
	}
	for _, ref := range p.closeParen() {
		p.argStack = append(p.argStack, ast.Arg{Span: ref.Range(), Expr: ref})
	}
	c.Args = p.popArgs(base)
	p.callSuffixes(c)
	c.Span = p.from(start)
	return c
}

// leadingWord reads the unit of EXTRACT and LEADING, TRAILING, BOTH of TRIM.
func (p *parser) leadingWord(k token.Keyword) {
	at := p.start()
	switch k {
	case token.EXTRACT:
		if !p.is(token.Word) && !p.is(token.String) && !p.is(token.QuotedIdent) {
			return
		}
		switch {
		case p.ahead(1).Keyword == token.FROM || p.ahead(1).Kind == token.Comma:
			p.pos++
		case p.ahead(1).Kind == token.LeftParen && p.afterClosing(1).Keyword == token.FROM:
			p.pos = p.closing(p.pos+1) + 1
		default:
			return
		}
	case token.TRIM:
		if !p.isKw(token.BOTH) && !p.isWord(0, "leading") && !p.isWord(0, "trailing") || p.ahead(1).Kind == token.RightParen || p.ahead(1).Kind == token.Comma {
			return
		}
		p.pos++
	default:
		return
	}
	word := &ast.Keyword{Span: p.from(at), Text: p.from(at).Text(p.src)}
	p.argStack = append(p.argStack, ast.Arg{Span: word.Span, Expr: word})
}

// exprs reads expressions separated by commas up to the end of a clause.
func (p *parser) exprs() []ast.Expr {
	base := len(p.exprStack)
	for {
		p.exprStack = append(p.exprStack, p.expr())
		if !p.accept(token.Comma) {
			break
		}
	}
	list := p.nodes.exprs.Copy(p.exprStack[base:])
	clear(p.exprStack[base:])
	p.exprStack = p.exprStack[:base]
	return list
}
