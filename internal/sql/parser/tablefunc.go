package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// tableOf reads TABLE(f(x)), TABLE('name'), TABLE(query) and TABLE(TABLE t).
func (p *parser) tableOf() ast.TableExpr {
	start := p.start()
	if p.isQuery(p.pos+2) && p.ahead(2).Keyword != token.TABLE {
		p.pos++
		q := p.queryInParens()
		return &ast.Derived{Span: p.from(start), Query: q}
	}
	p.pos += 2
	var t ast.TableExpr
	switch {
	case p.is(token.String):
		tok := p.advance()
		parts := nameParts(nil, p.stringValue(tok), tok.Span)
		t = &ast.TableRef{Span: tok.Span, Name: &ast.ObjectName{Span: tok.Span, Parts: parts}}
	case p.isIdent(0):
		t = p.tablePrimary()
		// Teradata: TABLE (f(x) RETURNS (a INT))
		if f, ok := t.(*ast.TableFunction); ok && f.Alias != nil && strings.EqualFold(f.Alias.Name.Text, "returns") {
			f.Columns, f.Alias = f.Alias.Columns, nil
			if p.isWord(0, "hash") || p.isKw(token.LOCAL) { // HASH BY a LOCAL ORDER BY b
				p.salvage(func() bool { return p.is(token.Semicolon) })
			}
		}
	default:
		e := p.expr()
		t = &ast.BadTable{Children: []ast.Expr{e}}
		if call, ok := e.(*ast.Call); ok {
			t = &ast.TableFunction{Calls: []*ast.Call{call}}
		}
	}
	if refs := p.closeParen(); len(refs) > 0 {
		return &ast.BadTable{Span: p.from(start), Input: t, Children: refs}
	}
	switch t := t.(type) {
	case *ast.TableFunction:
		t.Span = p.from(start)
	case *ast.TableRef:
		t.Span = p.from(start)
	case *ast.BadTable:
		t.Span = p.from(start)
	}
	return t
}

// rowsFrom reads ROWS FROM (f(x) [AS (cols)], g(y)).
func (p *parser) rowsFrom() ast.TableExpr {
	start := p.start()
	p.pos += 2
	f := &ast.TableFunction{}
	p.expect(token.LeftParen)
	for !p.is(token.RightParen) && !p.is(token.EOF) {
		call, ok := p.expr().(*ast.Call)
		if ok {
			f.Calls = append(f.Calls, call)
		}
		if p.acceptKw(token.AS) {
			f.Columns, f.ColumnsOf = p.columnDefs(), max(len(f.Calls)-1, 0)
		}
		if !ok || !p.accept(token.Comma) {
			break
		}
	}
	p.closeParen()
	f.Span = p.from(start)
	return f
}

// description reads DuckDB's (DESCRIBE t), (SHOW TABLES) and (SUMMARIZE query) as a function whose rows do not depend
// on what the tables hold; false for a table of that name.
func (p *parser) description() (ast.TableExpr, bool) {
	word := p.ahead(1)
	if !p.d.Grammar.DescribeTables || p.ahead(2).Kind == token.RightParen || p.ahead(2).Kind == token.Dot || p.ahead(2).Kind == token.LeftParen || p.closing(p.pos) == 0 {
		return nil, false
	}
	name := fold(p.text(word))
	if name == "show" && !p.isWord(2, "tables") {
		name = "describe"
	}
	switch name {
	case "describe", "desc", "show", "summarize":
	default:
		return nil, false
	}
	if p.words[p.ahead(2).Keyword]&clauseWord != 0 && !p.isQuery(p.pos+2) {
		return nil, false // FROM (show JOIN t)
	}
	start := p.start()
	p.pos = p.closing(p.pos) + 1
	return described(p.from(start), ast.Ident{Span: word.Span, Text: name}), true
}

// described is a function that lists what a table has.
func described(span token.Span, name ast.Ident) *ast.TableFunction {
	call := &ast.Call{Span: name.Span, Name: &ast.ObjectName{Span: name.Span, Parts: []ast.Ident{name}}}
	return &ast.TableFunction{Span: span, Calls: []*ast.Call{call}}
}

// descriptionQuery reads the same as a statement.
func (p *parser) descriptionQuery() ast.QueryBody {
	start := p.start()
	word := p.advance()
	name := fold(p.text(&word))
	if name == "show" && !p.isWord(0, "tables") {
		name = "describe"
	}
	p.salvage(func() bool { return p.is(token.Semicolon) })
	star := &ast.Star{Span: token.Span{Start: start, End: start}}
	from := described(p.from(start), ast.Ident{Span: word.Span, Text: name})
	return &ast.Select{Span: from.Span, Items: []ast.SelectItem{{Span: star.Span, Expr: star}}, From: []ast.TableExpr{from}}
}

// documentTable reads JSON_TABLE(doc, 'path' COLUMNS ...) and
// XMLTABLE([namespaces,] 'path' PASSING doc COLUMNS ...).
func (p *parser) documentTable() ast.TableExpr {
	start := p.start()
	word := p.advance()
	call := &ast.Call{Name: &ast.ObjectName{Span: word.Span, Parts: []ast.Ident{p.identOf(&word)}}}
	f := &ast.TableFunction{Calls: []*ast.Call{call}}
	p.pos++
	for !p.isKw(token.COLUMNS) && !p.is(token.RightParen) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		if p.accept(token.Comma) || p.acceptWord("passing") {
			p.skipByValue()
			continue
		}
		if p.isWord(0, "xmlnamespaces") {
			p.pos++
			p.skipParens()
			continue
		}
		before := p.pos
		at := p.start()
		e := p.binary(precAnd)
		call.Args = append(call.Args, ast.Arg{Span: p.from(at), Expr: e})
		p.argOptions()
		if p.acceptKw(token.AS) {
			p.ident()
		}
		p.skipByValue()
		if p.pos == before {
			break
		}
	}
	call.Span = p.from(start)
	if p.acceptKw(token.COLUMNS) {
		paren := p.accept(token.LeftParen)
		f.Columns = p.documentColumns()
		if paren {
			p.closeParen()
		}
	}
	p.argOptions()
	for _, ref := range p.closeParen() {
		call.Args = append(call.Args, ast.Arg{Span: ref.Range(), Expr: ref})
	}
	f.Span = p.from(start)
	return f
}

// skipByValue skips BY VALUE and BY REF.
func (p *parser) skipByValue() { p.skipWords("by", "value", "ref") }

// documentColumns reads the COLUMNS list of JSON_TABLE or XMLTABLE.
func (p *parser) documentColumns() []ast.ColumnDef {
	var list []ast.ColumnDef
	for !p.is(token.RightParen) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		before := p.pos
		start := p.start()
		if p.isWord(0, "nested") && (p.ahead(1).Keyword == token.PATH || p.ahead(1).Kind == token.String) {
			c := ast.ColumnDef{}
			p.pos++
			p.acceptKw(token.PATH)
			c.Path = p.primary()
			if p.acceptKw(token.AS) {
				p.ident()
			}
			if p.acceptKw(token.COLUMNS) && p.accept(token.LeftParen) && p.enter() {
				c.Nested = p.documentColumns()
				p.leave()
				p.closeParen()
			}
			c.Span = p.from(start)
			list = append(list, c)
		} else if c, ok := p.columnDef(); ok {
			list = append(list, c)
		}
		if !p.accept(token.Comma) || p.pos == before {
			break
		}
	}
	return list
}

// semanticView reads Snowflake's SEMANTIC_VIEW(view DIMENSIONS a METRICS b FACTS
// c WHERE d) as the query over the view that it stands for.
func (p *parser) semanticView() ast.TableExpr {
	start := p.start()
	p.pos += 2
	s := &ast.Select{From: []ast.TableExpr{p.semanticTable()}}
	for p.is(token.Word) {
		if p.acceptKw(token.WHERE) {
			s.Where = p.condition()
			continue
		}
		if !p.acceptWord("dimensions") && !p.acceptWord("metrics") && !p.acceptWord("facts") {
			break
		}
		for {
			s.Items = append(s.Items, p.semanticItem())
			if !p.accept(token.Comma) {
				break
			}
		}
	}
	q := p.closeSelect(s, start)
	return &ast.Derived{Span: q.Span, Query: q}
}

func (p *parser) semanticTable() ast.TableExpr {
	start := p.start()
	name := p.objectName()
	return p.tableRef(start, name)
}

// semanticItem reads one dimension, metric or fact; its qualifier is a logical
// table inside the view, not the view.
func (p *parser) semanticItem() ast.SelectItem {
	start := p.start()
	item := ast.SelectItem{Expr: p.expr()}
	if ref, ok := item.Expr.(*ast.ColumnRef); ok && len(ref.Parts) > 1 {
		ref.Parts = ref.Parts[len(ref.Parts)-1:]
	}
	if !p.isWord(0, "dimensions") && !p.isWord(0, "metrics") && !p.isWord(0, "facts") {
		p.itemAlias(&item)
	}
	item.Span = p.from(start)
	return item
}

// timeseries reads Vertica's TIMESERIES slice AS 'length' OVER (PARTITION BY ...
// ORDER BY ts) as a lateral member of FROM: rows with the slice that each ts lies in.
func (p *parser) timeseries() ast.TableExpr {
	start := p.start()
	word := p.advance()
	id := p.ident()
	name := &ast.ObjectName{Span: word.Span, Parts: []ast.Ident{p.identOf(&word)}}
	call := &ast.Call{Name: name}
	if p.acceptKw(token.AS) {
		length := p.primary()
		call.Args = append(call.Args, ast.Arg{Span: length.Range(), Expr: length})
	}
	if p.acceptKw(token.OVER) && p.is(token.LeftParen) {
		for _, item := range p.window().OrderBy {
			call.Args = append(call.Args, ast.Arg{Span: item.Span, Expr: item.Expr})
		}
	}
	call.Span = p.from(start)
	alias := &ast.Alias{Span: id.Span, Name: id, Columns: []ast.ColumnDef{{Span: id.Span, Name: id}}}
	return &ast.TableFunction{Span: p.from(start), Lateral: true, Calls: []*ast.Call{call}, Alias: alias}
}

// inlineExternal reads Oracle's EXTERNAL ((a NUMBER, b VARCHAR2(10)) TYPE ... LOCATION ('x.csv')).
func (p *parser) inlineExternal() ast.TableExpr {
	start := p.start()
	word := p.advance()
	call := &ast.Call{Name: &ast.ObjectName{Span: word.Span, Parts: []ast.Ident{p.identOf(&word)}}}
	f := &ast.TableFunction{Calls: []*ast.Call{call}}
	end := p.closing(p.pos)
	p.pos++
	f.Columns = p.columnDefs()
	if end > p.pos {
		p.pos = end
	}
	p.closeParen()
	call.Span = p.from(start)
	f.Span = call.Span
	return f
}

// appliedTo reads T-SQL's PREDICT(MODEL = @m, DATA = t AS d) WITH (score FLOAT) AS p and VECTOR_SEARCH(TABLE = t AS d,
// COLUMN = v, ...) AS s: the rows of the table under its alias, joined with the columns of the function.
func (p *parser) appliedTo() ast.TableExpr {
	start := p.start()
	word := p.advance()
	call := &ast.Call{Name: &ast.ObjectName{Span: word.Span, Parts: []ast.Ident{p.identOf(&word)}}}
	f := &ast.TableFunction{Lateral: true, Calls: []*ast.Call{call}}
	searches := fold(p.text(&word)) == "vector_search"
	var data ast.TableExpr
	p.pos++
	for !p.is(token.RightParen) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		name := p.peek()
		if !p.isIdent(0) || p.ahead(1).Kind != token.Equal {
			break
		}
		p.pos += 2
		switch fold(p.text(name)) {
		case "data", "table":
			data = p.tablePrimary()
			if arg := argumentOfTable(data); arg != nil && !searches {
				call.Args = append(call.Args, ast.Arg{Span: arg.Range(), Expr: arg})
			}
		case "column", "similar_to":
			e := p.expr()
			call.Args = append(call.Args, ast.Arg{Span: e.Range(), Expr: e})
		default:
			p.expr()
		}
		if !p.accept(token.Comma) {
			break
		}
	}
	p.closeParen()
	call.Span = p.from(start)
	f.Span = call.Span
	if searches {
		f.Columns = []ast.ColumnDef{{Span: word.Span, Name: ast.Ident{Span: word.Span, Text: "distance"}}}
	}
	t := p.tableSuffixes(f)
	if data == nil {
		return t
	}
	return &ast.Join{Span: p.from(start), Kind: ast.CrossJoin, Left: data, Right: t}
}

// nestedColumns reads Oracle's t NESTED doc COLUMNS (...) as a lateral JSON_TABLE.
func (p *parser) nestedColumns(left ast.TableExpr) ast.TableExpr {
	start := left.Range().Start
	p.pos++
	p.acceptKw(token.PATH)
	call := &ast.Call{Name: &ast.ObjectName{Span: p.peek().Span, Parts: []ast.Ident{{Span: p.peek().Span, Text: "json_table"}}}}
	f := &ast.TableFunction{Lateral: true, Calls: []*ast.Call{call}}
	at := p.start()
	doc := p.binary(precOther)
	call.Args = append(call.Args, ast.Arg{Span: doc.Range(), Expr: doc})
	p.argOptions()
	if p.acceptKw(token.COLUMNS) && p.expect(token.LeftParen) {
		f.Columns = p.documentColumns()
		p.closeParen()
	}
	call.Span = p.from(at)
	f.Span = call.Span
	return &ast.Join{Span: p.from(start), Kind: ast.LeftJoin, Left: left, Right: p.tableSuffixes(f), Lateral: true}
}

// nestedAhead reports whether Oracle's NESTED doc COLUMNS (...) follows a member of FROM.
func (p *parser) nestedAhead() bool {
	if !p.isWord(0, "nested") || !p.isIdent(1) {
		return false
	}
	for n := 2; n < longestNested; n++ {
		switch t := p.ahead(n); {
		case t.Keyword == token.COLUMNS:
			return p.ahead(n+1).Kind == token.LeftParen
		case t.Kind == token.EOF, t.Kind == token.Semicolon, t.Kind == token.Comma, t.Kind == token.LeftParen, t.Kind == token.RightParen:
			return false
		}
	}
	return false
}

// longestNested bounds the tokens of the document in NESTED doc COLUMNS.
const longestNested = 16

// imported reads Exasol's (IMPORT [INTO (a INT, b VARCHAR(10))] FROM ...).
func (p *parser) imported() ast.TableExpr {
	start, end := p.start(), p.closing(p.pos)
	word := p.ahead(1)
	call := &ast.Call{Span: word.Span, Name: &ast.ObjectName{Span: word.Span, Parts: []ast.Ident{p.identOf(word)}}}
	f := &ast.TableFunction{Calls: []*ast.Call{call}}
	p.pos += 2
	if p.acceptKw(token.INTO) && p.is(token.LeftParen) {
		f.Columns = p.columnDefs()
	}
	p.pos = end + 1
	f.Span = p.from(start)
	return f
}

// unnested reads Firebolt's t UNNEST (a AS x, b AS y): the elements of arrays by their names.
func (p *parser) unnested(left ast.TableExpr) ast.TableExpr {
	start, at := left.Range().Start, p.start()
	word := p.advance()
	call := &ast.Call{Name: &ast.ObjectName{Span: word.Span, Parts: []ast.Ident{p.identOf(&word)}}}
	alias := &ast.Alias{Span: word.Span, Name: p.identOf(&word)}
	p.pos++
	for !p.is(token.RightParen) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		e := p.expr()
		call.Args = append(call.Args, ast.Arg{Span: e.Range(), Expr: e})
		id := ast.Ident{Span: e.Range(), Text: "unnest"}
		if ref, ok := e.(*ast.ColumnRef); ok {
			id = ref.Parts[len(ref.Parts)-1]
		}
		if p.acceptKw(token.AS) {
			id = p.ident()
		}
		alias.Columns = append(alias.Columns, ast.ColumnDef{Span: id.Span, Name: id})
		if !p.accept(token.Comma) {
			break
		}
	}
	p.closeParen()
	call.Span = p.from(at)
	f := &ast.TableFunction{Span: call.Span, Lateral: true, Calls: []*ast.Call{call}, Alias: alias}
	return &ast.Join{Span: p.from(start), Kind: ast.CrossJoin, Left: left, Right: f, Lateral: true}
}
