package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// dml reads INSERT, REPLACE INTO, UPDATE, DELETE or MERGE.
func (p *parser) dml(w *ast.With) ast.Statement {
	switch p.kw() {
	case token.UPDATE:
		return p.update(w)
	case token.DELETE:
		return p.delete(w)
	case token.MERGE:
		return p.merge(w)
	}
	if next := p.ahead(1).Keyword; next == token.ALL || next == token.FIRST {
		return p.multiInsert(w)
	}
	start := p.start()
	p.pos++
	return p.insertInto(start, w)
}

// insertInto reads an INSERT after its first word.
func (p *parser) insertInto(start int32, w *ast.With) *ast.Insert {
	i := &ast.Insert{With: w}
	p.skipWords("low_priority", "delayed", "high_priority", "ignore")
	if p.acceptKw(token.OR) { // SQLite: INSERT OR REPLACE
		p.advance()
	}
	i.Overwrite = p.acceptKw(token.OVERWRITE)
	p.acceptKw(token.INTO)
	if p.isWord(0, "directory") || p.isKw(token.LOCAL) {
		p.skipWords("local", "directory")
		p.accept(token.String)
	} else {
		if p.isKw(token.TABLE) || p.isKw(token.FUNCTION) {
			p.pos++
		}
		i.Target = p.objectName()
	}
	p.insertTarget(i)
	if p.isKw(token.SET) {
		p.pos++
		i.Set = p.assignments()
	} else if !p.acceptKw(token.DEFAULT, token.VALUES) {
		p.insertQuery(i)
	}
	p.insertTail(i)
	i.Span = p.from(start)
	if w != nil {
		i.Start = w.Start
	}
	return i
}

// insertTarget reads alias, PARTITION, columns and options after the target.
func (p *parser) insertTarget(i *ast.Insert) {
	for {
		switch {
		case p.acceptKw(token.AS):
			i.Alias = p.alias()
		case p.isKw(token.PARTITION) && p.ahead(1).Kind == token.LeftParen:
			p.pos++
			i.Partition = p.partitionSpec()
		case p.is(token.LeftParen) && !p.isQuery(p.pos+1) && i.Columns == nil:
			for _, c := range p.columnList() {
				i.Columns = append(i.Columns, c.Parts[len(c.Parts)-1])
			}
		case p.acceptKw(token.BY, token.NAME):
			i.ByName = true
		case p.acceptKw(token.BY, token.POSITION):
		case p.acceptKw(token.IF, token.NOT, token.EXISTS):
		case p.isKw(token.ROW) && p.isWord(1, "format"), p.isWord(0, "stored") && p.ahead(1).Keyword == token.AS:
			// Hive: INSERT OVERWRITE DIRECTORY
			p.salvage(func() bool { return p.isQuery(p.pos) || p.is(token.Semicolon) })
		case p.isKw(token.OUTPUT):
			i.Returning = p.output()
		case p.isWord(0, "overriding"):
			p.skipWords("overriding", "system", "user", "value")
		case p.isKw(token.WITH) && p.ahead(1).Kind == token.LeftParen:
			p.pos++
			p.skipParens()
		case p.isKw(token.WITH) && p.isWord(1, "label") && p.isIdent(2) && p.ahead(3).Keyword != token.AS: // Doris
			p.pos += 3
		case p.isKw(token.REPLACE) && p.ahead(1).Keyword == token.WHERE:
			p.pos += 2
			i.Where = p.condition()
		case p.isKw(token.SETTINGS):
			p.pos++
			p.exprs()
		case p.isIdent(0) && i.Alias == nil && i.Columns == nil && p.kw() == token.NotKeyword && p.ahead(1).Kind == token.LeftParen:
			i.Alias = &ast.Alias{Span: p.peek().Span, Name: p.ident()}
		default:
			return
		}
	}
}

// partitionSpec reads (a, b = 1).
func (p *parser) partitionSpec() []ast.Assignment {
	var list []ast.Assignment
	p.expect(token.LeftParen)
	for !p.is(token.RightParen) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		start, before := p.start(), p.pos
		a := ast.Assignment{Columns: []*ast.ColumnRef{p.columnName()}}
		if p.accept(token.Equal) {
			a.Value = p.expr()
		}
		a.Span = p.from(start)
		list = append(list, a)
		if !p.accept(token.Comma) || p.pos == before {
			break
		}
	}
	p.closeParen()
	return list
}

// insertQuery reads the rows of an INSERT.
func (p *parser) insertQuery(i *ast.Insert) {
	switch {
	case p.isKw(token.VALUE):
		p.toks[p.pos].Keyword = token.VALUES // MySQL's synonym
		i.Query = p.query()
	case p.isQuery(p.pos), p.is(token.LeftParen), p.isKw(token.WITH):
		i.Query = p.query()
	case p.isKw(token.EXEC) || p.isKw(token.EXECUTE) || p.isKw(token.FORMAT):
		p.skipOther()
	default:
		p.unexpected("a query or VALUES")
		if p.atItemEnd() && !p.is(token.Comma) {
			return
		}
		i.Query = emptyQuery(token.Span{Start: p.start(), End: p.start()})
		if refs := p.skipStatement(); len(refs) > 0 {
			p.keep(i.Query, refs)
		}
	}
}

// insertTail reads ON CONFLICT, ON DUPLICATE KEY UPDATE and RETURNING.
func (p *parser) insertTail(i *ast.Insert) {
	if p.is(token.Word) && p.isKw(token.AS) && p.isIdent(1) { // MySQL: VALUES (...) AS new
		p.pos++
		p.alias()
	}
	if p.isWord(0, "log") && p.isWord(1, "errors") { // Oracle
		p.skipOther()
	}
	if p.isKw(token.ON) {
		p.pos++
		p.skipWords("conflict", "duplicate", "key")
		p.skipParens()
		if p.acceptKw(token.ON, token.CONSTRAINT) {
			p.ident()
		}
		if p.acceptKw(token.WHERE) {
			p.expr()
		}
		p.acceptKw(token.DO)
		if p.acceptKw(token.UPDATE) {
			p.acceptKw(token.SET)
			i.OnConflict = p.assignments()
			if p.acceptKw(token.WHERE) {
				i.Where = p.condition()
			}
		} else {
			p.acceptWord("nothing")
		}
	}
	i.Returning = append(i.Returning, p.returning()...)
}

// returning reads RETURNING items, if it follows.
func (p *parser) returning() []ast.SelectItem {
	if !p.acceptKw(token.RETURNING) {
		return nil
	}
	items := p.selectItems()
	if p.isKw(token.INTO) { // Oracle
		p.pos++
		p.exprs()
	}
	return items
}

// output reads T-SQL's OUTPUT items [INTO t [(columns)]].
func (p *parser) output() []ast.SelectItem {
	p.pos++
	items := p.selectItems()
	if p.acceptKw(token.INTO) {
		p.objectName()
		if p.is(token.LeftParen) && !p.isQuery(p.pos+1) {
			p.skipParens()
		}
	}
	return items
}

// assignments reads column = value, (a, b) = (...), ....
func (p *parser) assignments() []ast.Assignment {
	var list []ast.Assignment
	for {
		start := p.start()
		a := ast.Assignment{}
		if p.is(token.LeftParen) {
			a.Columns = p.columnList()
		} else if p.is(token.Parameter) {
			t := p.advance()
			a.Columns = []*ast.ColumnRef{{Span: t.Span, Parts: []ast.Ident{p.identOf(&t)}}}
		} else {
			a.Columns = []*ast.ColumnRef{p.columnName()}
		}
		for p.is(token.LeftBracket) { // SET a[1] = x
			p.subscript()
		}
		if len(a.Columns) == 0 { // SET () = ...
			a.Columns = []*ast.ColumnRef{{Span: p.from(start)}}
		}
		a.Value = p.assigned(a.Columns[0])
		a.Span = p.from(start)
		list = append(list, a)
		if !p.accept(token.Comma) {
			return list
		}
	}
}

// assigned reads = value, or T-SQL's += value, which uses the column as well.
func (p *parser) assigned(column *ast.ColumnRef) ast.Expr {
	if p.accept(token.Equal) || p.accept(token.Assign) {
		return p.condition()
	}
	if in := infixes[p.peek().Kind]; in.prec != precNone && p.ahead(1).Kind == token.Equal {
		p.pos += 2
		return p.pair(column, in.op, p.condition())
	}
	p.unexpected("=")
	return p.condition()
}

// update reads UPDATE target SET ... [FROM ...] [WHERE ...].
func (p *parser) update(w *ast.With) ast.Statement {
	start := p.start()
	p.pos++
	u := &ast.Update{With: w}
	p.skipWords("low_priority", "ignore")
	if p.isKw(token.TOP) && p.topAhead() {
		p.pos++
		p.primary()
	}
	u.Target = p.tableExpr()
	for p.accept(token.Comma) {
		right := p.tableExpr()
		u.Target = &ast.Join{Span: u.Target.Range().Join(right.Range()), Kind: ast.CrossJoin, Left: u.Target, Right: right}
	}
	if p.acceptKw(token.FROM) { // Teradata: UPDATE t FROM s SET ...
		u.From = p.fromList()
	}
	if p.expectKw(token.SET) {
		u.Set = p.assignments()
	}
	if p.isKw(token.OUTPUT) {
		u.Returning = p.output()
	}
	if p.acceptKw(token.FROM) {
		u.From = append(u.From, p.fromList()...)
	}
	if p.acceptKw(token.WHERE) {
		u.Where = p.condition()
	}
	p.discardTail()
	u.Returning = append(u.Returning, p.returning()...)
	u.Span = p.from(start)
	if w != nil {
		u.Start = w.Start
	}
	if target, ok := u.Target.(*ast.TableRef); ok && p.isKw(token.ELSE) && p.ahead(1).Keyword == token.INSERT {
		return p.upsert(u, target)
	}
	return u
}

// upsert reads ELSE INSERT after Teradata's UPDATE: what is written is what MERGE writes.
func (p *parser) upsert(u *ast.Update, target *ast.TableRef) ast.Statement {
	m := &ast.Merge{With: u.With, Target: target}
	for _, from := range u.From {
		if m.Using == nil {
			m.Using = from
		} else {
			m.Using = &ast.Join{Span: m.Using.Range().Join(from.Range()), Kind: ast.CrossJoin, Left: m.Using, Right: from}
		}
	}
	insert := ast.MergeWhen{Action: ast.MergeInsert}
	insert.Start = p.start()
	p.pos += 2
	p.acceptKw(token.INTO)
	if !p.is(token.LeftParen) && !p.isKw(token.VALUES) {
		p.objectName() // the target again
	}
	if p.is(token.LeftParen) && !p.namesColumns() { // VALUES is optional
		p.pos++
		insert.Values = append(p.exprList(token.RightParen), p.closeParen()...)
	} else {
		p.mergeInsert(&insert)
	}
	insert.Span = p.from(insert.Start)
	m.Whens = []ast.MergeWhen{{Span: u.Span, Matched: true, Condition: u.Where, Action: ast.MergeUpdate, Set: u.Set}, insert}
	m.Span = p.from(u.Start)
	return m
}

// namesColumns reports whether VALUES follows the parentheses that are next.
func (p *parser) namesColumns() bool {
	end := p.closing(p.pos)
	return end > 0 && p.ahead(end+1-p.pos).Keyword == token.VALUES
}

// discardTail reads ORDER BY, LIMIT and OPTION after UPDATE and DELETE.
func (p *parser) discardTail() {
	var q ast.Query
	p.queryTail(&q)
}

// delete reads DELETE [t] FROM target [USING ...] [WHERE ...].
func (p *parser) delete(w *ast.With) ast.Statement {
	start := p.start()
	p.pos++
	d := &ast.Delete{With: w}
	if p.isKw(token.TOP) && p.topAhead() {
		p.pos++
		p.primary()
	}
	from := p.acceptKw(token.FROM)
	d.Target = p.tableExpr()
	if p.isKw(token.OUTPUT) {
		d.Returning = p.output()
	}
	if !from && p.acceptKw(token.FROM) || from && p.acceptKw(token.FROM) || p.acceptKw(token.USING) {
		d.From = p.fromList()
	}
	if p.acceptKw(token.WHERE) {
		d.Where = p.condition()
	}
	p.discardTail()
	d.Returning = append(d.Returning, p.returning()...)
	d.Span = p.from(start)
	if w != nil {
		d.Start = w.Start
	}
	return d
}

// multiInsert reads INSERT {ALL|FIRST} [WHEN ...] INTO ... query.
func (p *parser) multiInsert(w *ast.With) ast.Statement {
	start := p.start()
	p.pos += 2
	m := &ast.MultiInsert{}
	var condition ast.Expr
	for {
		if p.acceptKw(token.WHEN) {
			condition = p.expr()
			p.expectKw(token.THEN)
		} else if p.acceptKw(token.ELSE) {
			condition = nil
		}
		if !p.isKw(token.INTO) {
			break
		}
		m.Branches = append(m.Branches, p.insertBranch(condition))
	}
	if p.isQuery(p.pos) {
		m.Query = p.query()
		m.Query.With = joinWith(w, m.Query.With)
	}
	m.Span = p.from(start)
	return m
}

func joinWith(outer, inner *ast.With) *ast.With {
	if inner == nil {
		return outer
	}
	return inner
}

// insertBranch reads INTO t [(columns)] [VALUES (...)].
func (p *parser) insertBranch(condition ast.Expr) ast.InsertBranch {
	start := p.start()
	p.pos++
	b := ast.InsertBranch{Condition: condition, Insert: &ast.Insert{Target: p.objectName()}}
	if p.is(token.LeftParen) && !p.isQuery(p.pos+1) {
		for _, c := range p.columnList() {
			b.Insert.Columns = append(b.Insert.Columns, c.Parts[len(c.Parts)-1])
		}
	}
	b.Insert.Span = p.from(start)
	if p.acceptKw(token.VALUES) && p.accept(token.LeftParen) {
		b.Values = p.exprList(token.RightParen)
		p.closeParen()
	}
	b.Span = p.from(start)
	return b
}

// hiveInsert reads FROM t INSERT ... SELECT ... INSERT ... SELECT ...; it
// returns nil and does not move if the FROM begins a query.
func (p *parser) hiveInsert() ast.Statement {
	start := p.start()
	m := p.mark()
	p.pos++
	from := p.fromList()
	if !p.isKw(token.INSERT) {
		p.reset(m)
		return nil
	}
	multi := &ast.MultiInsert{}
	for p.acceptKw(token.INSERT) {
		at := p.toks[p.pos-1].Start
		i := p.insertInto(at, nil)
		if i.Query != nil {
			if s, ok := i.Query.Body.(*ast.Select); ok && s.From == nil {
				s.From = from
			}
		}
		multi.Branches = append(multi.Branches, ast.InsertBranch{Span: i.Span, Insert: i})
	}
	multi.Span = p.from(start)
	return multi
}
