package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// pipe reads one |> operator.
func (p *parser) pipe() *ast.PipeOp {
	start := p.start()
	p.pos++
	op := &ast.PipeOp{}
	p.pipeBody(op)
	if !p.pipeEnds() {
		p.unexpected("the end of the pipe operator")
		refs := p.salvage(func() bool { return p.is(token.PipeRight) || p.is(token.Semicolon) })
		op.Limits = append(op.Limits, refs...)
	}
	op.Span = p.from(start)
	return op
}

func (p *parser) pipeEnds() bool {
	switch p.peek().Kind {
	case token.PipeRight, token.Semicolon, token.RightParen, token.EOF:
		return true
	}
	return false
}

// pipeBody reads an operator after |>.
func (p *parser) pipeBody(op *ast.PipeOp) {
	switch k := p.kw(); {
	case k == token.SELECT:
		op.Kind = ast.PipeSelect
		p.pos++
		s := &ast.Select{}
		p.selectHead(s)
		op.Distinct = s.Distinct
		op.Items = p.selectItems()
	case k == token.EXTEND:
		p.pipeItems(op, ast.PipeExtend)
	case k == token.SET:
		op.Kind = ast.PipeSet
		p.pos++
		op.Items = p.setItems()
	case k == token.DROP:
		op.Kind = ast.PipeDrop
		p.pos++
		for {
			op.Columns = append(op.Columns, p.ident())
			if !p.accept(token.Comma) || p.pipeEnds() {
				break
			}
		}
	case k == token.RENAME:
		op.Kind = ast.PipeRename
		p.pos++
		op.Items = p.pipeRenames()
	case k == token.AS:
		op.Kind = ast.PipeAs
		p.pos++
		op.Alias = p.alias()
	case k == token.WHERE:
		op.Kind = ast.PipeWhere
		p.pos++
		op.Condition = p.expr()
	case k == token.AGGREGATE:
		p.aggregate(op)
	case k == token.DISTINCT:
		op.Kind = ast.PipeDistinct
		p.pos++
	case p.joinAhead() > 0:
		op.Kind = ast.PipeJoin
		op.Table = p.join(nil)
	case k == token.CALL:
		op.Kind = ast.PipeCall
		p.pos++
		op.Table = p.tableSuffixes(p.tableName())
	case p.acceptKw(token.ORDER, token.BY):
		op.Kind = ast.PipeOrderBy
		op.OrderBy = p.orderItems()
	case k == token.LIMIT, k == token.OFFSET:
		op.Kind = ast.PipeLimit
		q := &ast.Query{}
		p.queryTail(q)
		op.Limits = q.Limits
	case k == token.WINDOW:
		p.pipeItems(op, ast.PipeWindow)
	case k == token.TABLESAMPLE:
		op.Kind = ast.PipeTableSample
		p.sample()
	case k == token.PIVOT:
		op.Kind = ast.PipePivot
		op.Table = p.pivot(nil)
		p.pipeAlias(op)
	case k == token.UNPIVOT:
		op.Kind = ast.PipeUnpivot
		op.Table = p.unpivot(nil)
		p.pipeAlias(op)
	case k == token.MATCH_RECOGNIZE:
		op.Kind = ast.PipeMatchRecognize
		op.Table = p.matchRecognize(nil)
		p.pipeAlias(op)
	case k == token.WITH:
		op.Kind = ast.PipeWith
		op.With = p.with()
	case p.setAhead():
		p.pipeSet(op)
	default:
		p.pipeOther(op)
	}
}

func (p *parser) pipeItems(op *ast.PipeOp, kind ast.PipeKind) {
	op.Kind = kind
	p.pos++
	op.Items = p.selectItems()
}

// pipeAlias reads [AS] name after an operator that gives a table.
func (p *parser) pipeAlias(op *ast.PipeOp) {
	if p.acceptKw(token.AS) || p.implicitTableAlias() {
		op.Alias = p.alias()
	}
}

// setItems reads column = expr, ....
func (p *parser) setItems() []ast.SelectItem {
	var list []ast.SelectItem
	for {
		start := p.start()
		item := ast.SelectItem{}
		column := p.columnName()
		item.Alias = column.Parts[len(column.Parts)-1]
		p.expect(token.Equal)
		item.Expr = p.expr()
		item.Span = p.from(start)
		list = append(list, item)
		if !p.accept(token.Comma) || p.pipeEnds() {
			return list
		}
	}
}

// pipeRenames reads old [AS] new, ....
func (p *parser) pipeRenames() []ast.SelectItem {
	var list []ast.SelectItem
	for {
		start := p.start()
		item := ast.SelectItem{Expr: p.columnName()}
		p.acceptKw(token.AS)
		item.Alias = p.ident()
		item.Span = p.from(start)
		list = append(list, item)
		if !p.accept(token.Comma) || p.pipeEnds() {
			return list
		}
	}
}

// aggregate reads AGGREGATE [items] [GROUP [AND ORDER] BY items].
func (p *parser) aggregate(op *ast.PipeOp) {
	op.Kind = ast.PipeAggregate
	p.pos++
	if !p.isKw(token.GROUP) && !p.pipeEnds() {
		op.Items = p.aggregateItems()
	}
	if !p.isKw(token.GROUP) {
		return
	}
	start := p.start()
	p.pos++
	p.acceptKw(token.AND, token.ORDER)
	p.expectKw(token.BY)
	g := &ast.GroupBy{}
	if p.isKw(token.ALL) {
		p.pos++
		g.All = true
	} else {
		p.groupItems(g)
	}
	g.Span = p.from(start)
	op.GroupBy = g
}

// aggregateItems reads items, each perhaps with ASC or DESC.
func (p *parser) aggregateItems() []ast.SelectItem {
	var list []ast.SelectItem
	for !p.isKw(token.GROUP) && !p.pipeEnds() {
		start := p.start()
		item := ast.SelectItem{Expr: p.expr()}
		if !p.isKw(token.ASC) && !p.isKw(token.DESC) {
			p.itemAlias(&item)
		}
		_ = p.acceptAny(token.ASC, token.DESC)
		if p.acceptKw(token.NULLS) {
			_ = p.acceptAny(token.FIRST, token.LAST)
		}
		item.Span = p.from(start)
		list = append(list, item)
		if !p.accept(token.Comma) {
			break
		}
	}
	return list
}

// pipeSet reads UNION ALL (q1), (q2) and the like.
func (p *parser) pipeSet(op *ast.PipeOp) {
	op.Kind = ast.PipeSetOperation
	start := p.start()
	arm := p.setOperator()
	for {
		arm.Right = p.operand()
		arm.Span = p.from(start)
		op.Arms = append(op.Arms, arm)
		if !p.accept(token.Comma) {
			return
		}
		start = p.start()
	}
}

// pipeOther reads the operators that end a pipe: INSERT INTO t, CREATE TABLE t,
// EXPORT DATA and what is not known.
func (p *parser) pipeOther(op *ast.PipeOp) {
	if p.acceptKw(token.INSERT) {
		op.Kind = ast.PipeInsert
		p.acceptKw(token.INTO)
		op.Target = p.objectName()
		if p.is(token.LeftParen) {
			op.Columns = p.identList()
		}
		return
	}
	if !p.isKw(token.CREATE) && !p.isWord(0, "export") && !p.isWord(0, "static_describe") && !p.isWord(0, "describe") && !p.isWord(0, "log") && !p.isKw(token.ASSERT) {
		p.unexpected("a pipe operator")
		op.Kind = ast.PipeBad
	} else {
		op.Kind = ast.PipeOther
	}
	refs := p.salvage(func() bool { return p.is(token.PipeRight) || p.is(token.Semicolon) })
	if op.Kind == ast.PipeBad {
		op.Limits = refs
	}
}
