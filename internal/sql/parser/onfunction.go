package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// onFunction reads Teradata's f(ON t [PARTITION BY ...] [ORDER BY ...] ON (query) ... USING name(values) ...), whose
// "(" is the current token.
func (p *parser) onFunction(start int32, name *ast.ObjectName) ast.TableExpr {
	call := &ast.Call{Name: name}
	f := &ast.TableFunction{Calls: []*ast.Call{call}}
	match := &ast.MatchRecognize{}
	end := p.closing(p.pos)
	p.pos++
	for p.pos < end {
		switch {
		case p.acceptKw(token.ON):
			arg := p.onInput()
			call.Args = append(call.Args, arg)
		case p.isWord(0, "returns") && p.ahead(1).Kind == token.LeftParen:
			p.pos++
			f.Columns = append(f.Columns, p.declaredTexts()...)
		case p.isWord(0, "result") && p.ahead(1).Kind == token.LeftParen:
			p.pos++
			match.Measures = append(match.Measures, p.patternResults()...)
		case p.isWord(0, "exclude") && p.ahead(1).Kind == token.LeftParen:
			p.pos++
			call.Args = append(call.Args, p.descriptor())
		case p.is(token.LeftParen) && p.closing(p.pos) > 0:
			p.pos = p.closing(p.pos) + 1
		default:
			p.pos++
		}
	}
	p.pos = end + 1
	call.Span = p.from(start)
	f.Span = call.Span
	if len(match.Measures) == 0 || len(call.Args) == 0 {
		return f
	}
	match.Input, match.Span = tableOfArgument(call.Args[0].Expr), call.Span
	return match
}

// onInput reads a table of ON: a name or a query, as TABLE(t) or a subquery.
func (p *parser) onInput() ast.Arg {
	start := p.start()
	arg := ast.Arg{}
	if p.is(token.LeftParen) && p.isQuery(p.pos+1) {
		q := p.queryInParens()
		arg.Expr = &ast.Subquery{Span: q.Span, Kind: ast.MultisetSubquery, Query: q}
	} else {
		arg.Expr = tableArgument(p.objectName())
	}
	arg.Span = p.from(start)
	return arg
}

// tableOfArgument is the table that onInput made an argument of.
func tableOfArgument(e ast.Expr) ast.TableExpr {
	switch e := e.(type) {
	case *ast.Subquery:
		return &ast.Derived{Span: e.Span, Query: e.Query}
	case *ast.Call:
		if ref, ok := e.Args[0].Expr.(*ast.ColumnRef); ok {
			return &ast.TableRef{Span: e.Span, Name: &ast.ObjectName{Span: e.Span, Parts: ref.Parts}}
		}
	}
	return nil
}

// argumentOfTable is the reverse of it; nil for what is neither a table nor a query.
func argumentOfTable(t ast.TableExpr) ast.Expr {
	switch t := t.(type) {
	case *ast.TableRef:
		return tableArgument(t.Name)
	case *ast.Derived:
		return &ast.Subquery{Span: t.Span, Kind: ast.MultisetSubquery, Query: t.Query}
	}
	return nil
}

// tableArgument is TABLE(name).
func tableArgument(name *ast.ObjectName) ast.Expr {
	ref := &ast.ColumnRef{Span: name.Span, Parts: name.Parts}
	table := &ast.ObjectName{Span: name.Span, Parts: []ast.Ident{{Span: name.Span, Text: "table"}}}
	return &ast.Call{Span: name.Span, Name: table, Args: []ast.Arg{{Span: name.Span, Expr: ref}}}
}

// declaredTexts reads RETURNS ('a int', 'b varchar(10)') and ('a int, b int') as columns.
func (p *parser) declaredTexts() []ast.ColumnDef {
	var list []ast.ColumnDef
	end := p.closing(p.pos)
	for p.pos++; p.pos < end; p.pos++ {
		if !p.is(token.String) {
			continue
		}
		t := p.peek()
		for part := range strings.SplitSeq(p.stringValue(*t), ",") {
			if fields := strings.Fields(part); len(fields) > 1 {
				list = append(list, ast.ColumnDef{Span: t.Span, Name: ast.Ident{Span: t.Span, Text: fields[0]}})
			}
		}
	}
	p.pos = end + 1
	return list
}

// descriptor reads EXCLUDE ('a', 'b') as DESCRIPTOR(a, b): names of columns.
func (p *parser) descriptor() ast.Arg {
	start := p.start()
	call := &ast.Call{Name: &ast.ObjectName{Parts: []ast.Ident{{Text: "descriptor"}}}}
	end := p.closing(p.pos)
	for p.pos++; p.pos < end; p.pos++ {
		if p.is(token.String) {
			t := p.peek()
			id := ast.Ident{Span: t.Span, Text: p.stringValue(*t)}
			call.Args = append(call.Args, ast.Arg{Span: t.Span, Expr: &ast.ColumnRef{Span: t.Span, Parts: []ast.Ident{id}}})
		}
	}
	p.pos = end + 1
	call.Span = p.from(start)
	return ast.Arg{Span: call.Span, Expr: call}
}

// patternResults reads nPath's RESULT (first(a OF x) AS f, count(* OF ANY (x, y)) AS n).
func (p *parser) patternResults() []ast.SelectItem {
	var list []ast.SelectItem
	end := p.closing(p.pos)
	for p.pos++; p.pos < end; {
		start := p.start()
		call := &ast.Call{Name: p.objectName()}
		if close := p.closing(p.pos); p.is(token.LeftParen) && close > 0 {
			p.pos++
			for p.pos < close && !p.isWord(0, "of") {
				if before := p.pos; !p.is(token.Comma) {
					e := p.expr()
					call.Args = append(call.Args, ast.Arg{Span: e.Range(), Expr: e})
					if p.pos > before {
						continue
					}
				}
				p.pos++
			}
			p.pos = close + 1
		}
		call.Span = p.from(start)
		item := ast.SelectItem{Expr: call}
		if p.acceptKw(token.AS) {
			item.Alias = p.ident()
		}
		item.Span = p.from(start)
		list = append(list, item)
		if !p.accept(token.Comma) {
			break
		}
	}
	p.pos = end + 1
	return list
}
