package parser

import (
	"strconv"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// flow reads Snowflake's first ->> second ->> third, where $1 in FROM is the result of the statement in front, $2 that
// of the one before it. All but the last become members of the last one's WITH.
func (p *parser) flow(first ast.Statement) ast.Statement {
	var with *ast.With
	last := first
	for p.d.Grammar.FlowOperator && p.is(token.ArrowText) && p.flowSteps < longestFlow {
		start := last.Range().Start
		p.pos++
		p.flowSteps++
		if with == nil {
			with = &ast.With{Span: last.Range()}
		}
		with.CTEs = append(with.CTEs, &ast.CTE{Span: last.Range(), Name: p.flowStep(p.flowSteps), Query: p.flowResult(last)})
		last = p.statement()
		with.Span = p.from(start)
	}
	p.flowSteps = 0
	if with == nil {
		return first
	}
	switch s := last.(type) {
	case *ast.QueryStatement:
		s.Query.With = withSteps(with, s.Query.With)
	case *ast.Insert:
		s.With = withSteps(with, s.With)
	case *ast.Create:
		if s.Query != nil {
			s.Query.With = withSteps(with, s.Query.With)
		}
	}
	return last
}

// longestFlow bounds the statements of a flow.
const longestFlow = 64

// flowStep is the name under which the result of a statement of a flow, counted from 1, is known.
func (p *parser) flowStep(n int) ast.Ident {
	at := p.peek().Start
	return ast.Ident{Span: token.Span{Start: at, End: at}, Text: "->>" + strconv.Itoa(n), Quoted: true}
}

// flowResult is the query that gives the result of a statement; the rows of SHOW and the like are not known.
func (p *parser) flowResult(s ast.Statement) *ast.Query {
	if q, ok := s.(*ast.QueryStatement); ok {
		return q.Query
	}
	span := s.Range()
	call := &ast.Call{Span: span, Name: &ast.ObjectName{Span: span, Parts: []ast.Ident{{Span: span, Text: "statement"}}}}
	from := &ast.TableFunction{Span: span, Calls: []*ast.Call{call}}
	star := &ast.Star{Span: span}
	body := &ast.Select{Span: span, Items: []ast.SelectItem{{Span: span, Expr: star}}, From: []ast.TableExpr{from}}
	return &ast.Query{Span: span, Body: body}
}

// withSteps puts the statements of a flow in front of the last one's own WITH.
func withSteps(steps, own *ast.With) *ast.With {
	if own != nil {
		steps.CTEs = append(steps.CTEs, own.CTEs...)
		steps.Recursive = own.Recursive
	}
	return steps
}

// flowTable reads $1 in FROM as the result of an earlier statement of the flow; nil where it is none.
func (p *parser) flowTable() ast.TableExpr {
	if p.flowSteps == 0 || !p.is(token.Parameter) || p.src[p.start()] != '$' {
		return nil
	}
	t := p.peek()
	n, err := strconv.Atoi(p.src[t.Start+1 : t.End])
	if err != nil || n < 1 || n > p.flowSteps {
		return nil
	}
	name := &ast.ObjectName{Span: t.Span, Parts: []ast.Ident{p.flowStep(p.flowSteps + 1 - n)}}
	p.pos++
	return p.tableRef(t.Start, name)
}

// subscribe reads Materialize's SUBSCRIBE [TO] t or (query) as the query of its rows, with the two columns in
// front that
// say when and how each has changed.
func (p *parser) subscribe() ast.Statement {
	start := p.start()
	p.pos++
	if p.isWord(0, "to") {
		p.pos++
	}
	s := &ast.Select{From: []ast.TableExpr{p.tableCore()}}
	for _, name := range []string{"mz_timestamp", "mz_diff"} {
		at := token.Span{Start: start, End: start}
		s.Items = append(s.Items, ast.SelectItem{Span: at, Expr: &ast.Keyword{Span: at, Text: name}, Alias: ast.Ident{Span: at, Text: name}})
	}
	star := &ast.Star{Span: token.Span{Start: start, End: start}}
	s.Items = append(s.Items, ast.SelectItem{Span: star.Span, Expr: star})
	s.Span = p.from(start)
	p.skipOther()
	return &ast.QueryStatement{Span: p.from(start), Query: &ast.Query{Span: s.Span, Body: s}}
}
