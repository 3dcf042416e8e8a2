package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// merge reads MERGE INTO target USING source ON ... WHEN ....
func (p *parser) merge(w *ast.With) ast.Statement {
	start := p.start()
	p.pos++
	m := &ast.Merge{With: w}
	if p.isKw(token.TOP) && p.topAhead() {
		p.pos++
		p.primary()
	}
	p.acceptKw(token.WITH, token.SCHEMA)
	p.acceptWord("evolution")
	p.acceptKw(token.INTO)
	m.Target = p.mergeTarget()
	if p.expectKw(token.USING) {
		m.Using = p.tableExpr()
	}
	switch {
	case p.acceptKw(token.ON):
		m.On = p.condition()
	case p.isKw(token.USING) && p.ahead(1).Kind == token.LeftParen: // DuckDB
		p.pos++
		keys := &ast.Collection{Kind: ast.Tuple}
		for _, id := range p.usingList() {
			keys.Members = append(keys.Members, ast.Arg{Span: id.Span, Expr: &ast.ColumnRef{Span: id.Span, Parts: []ast.Ident{id}}})
		}
		keys.Span = p.from(start)
		m.On = keys
	}
	if p.removesDuplicates() {
		w := ast.MergeWhen{Action: ast.MergeInsert, All: true}
		w.Start = p.start()
		p.pos += 2
		w.Span = p.from(w.Start)
		m.Whens = append(m.Whens, w)
	}
	for p.isKw(token.WHEN) {
		m.Whens = append(m.Whens, p.mergeWhen())
	}
	if p.isKw(token.OUTPUT) {
		m.Returning = p.output()
	}
	m.Returning = append(m.Returning, p.returning()...)
	p.discardTail()
	m.Span = p.from(start)
	if w != nil {
		m.Start = w.Start
	}
	return m
}

// removesDuplicates reports whether Redshift's REMOVE DUPLICATES is next, which takes the rows of the source.
func (p *parser) removesDuplicates() bool { return p.isWord(0, "remove") && p.isWord(1, "duplicates") }

// mergeTarget reads the target with its alias.
func (p *parser) mergeTarget() *ast.TableRef {
	start := p.start()
	t := &ast.TableRef{Name: p.objectName()}
	t.Span = p.from(start)
	if p.isKw(token.WITH) && p.ahead(1).Kind == token.LeftParen {
		p.pos++
		p.skipParens()
	}
	if p.acceptKw(token.AS) || !p.isKw(token.USING) && p.implicitTableAlias() {
		setAlias(t, p.alias())
	}
	return t
}

// mergeWhen reads WHEN [NOT] MATCHED [BY SOURCE] [AND ...] THEN action.
func (p *parser) mergeWhen() ast.MergeWhen {
	start := p.start()
	p.pos++
	w := ast.MergeWhen{Matched: true}
	if p.acceptKw(token.NOT) {
		w.Matched = false
	}
	p.expectKw(token.MATCHED)
	if p.acceptKw(token.BY) {
		w.BySource = p.acceptWord("source")
		p.acceptWord("target")
	}
	if p.acceptKw(token.AND) {
		w.Condition = p.expr()
	}
	p.expectKw(token.THEN)
	p.mergeAction(&w)
	for {
		if p.acceptKw(token.WHERE) {
			w.Where = p.condition()
		} else if p.isKw(token.DELETE) && p.ahead(1).Keyword == token.WHERE {
			p.pos += 2
			w.DeleteWhere = p.condition()
		} else {
			break
		}
	}
	w.Span = p.from(start)
	return w
}

// mergeAction reads UPDATE SET ..., INSERT ..., DELETE or DO NOTHING.
func (p *parser) mergeAction(w *ast.MergeWhen) {
	switch {
	case p.acceptKw(token.UPDATE):
		w.Action = ast.MergeUpdate
		p.acceptKw(token.SET)
		if p.accept(token.Star) || p.acceptKw(token.ALL) || p.acceptKw(token.BY, token.NAME) {
			w.All = true
			p.acceptKw(token.BY, token.NAME)
			return
		}
		if p.isKw(token.WHEN) || p.is(token.Semicolon) || p.is(token.EOF) {
			w.All = true
			return
		}
		w.Set = p.assignments()
	case p.acceptKw(token.INSERT):
		w.Action = ast.MergeInsert
		p.mergeInsert(w)
	case p.acceptKw(token.DELETE):
		w.Action = ast.MergeDelete
	case p.acceptKw(token.DO):
		p.acceptWord("nothing")
	default:
		p.unexpected("UPDATE, INSERT or DELETE")
		p.salvage(func() bool { return p.isKw(token.WHEN) || p.is(token.Semicolon) })
	}
}

func (p *parser) mergeInsert(w *ast.MergeWhen) {
	if p.accept(token.Star) || p.acceptKw(token.ROW) || p.acceptKw(token.ALL) || p.acceptKw(token.BY, token.NAME) {
		w.All = true
		p.acceptKw(token.BY, token.NAME)
		return
	}
	if p.is(token.LeftParen) {
		w.Columns = p.columnList()
	}
	switch {
	case p.acceptKw(token.VALUES):
		if p.expect(token.LeftParen) {
			w.Values = p.exprList(token.RightParen)
			w.Values = append(w.Values, p.closeParen()...)
		}
	case p.acceptKw(token.ROW):
		w.All = true
	case p.acceptKw(token.DEFAULT, token.VALUES):
	case len(w.Columns) == 0:
		w.All = true
	}
}
