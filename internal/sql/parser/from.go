package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// fromList reads the members of FROM.
func (p *parser) fromList() []ast.TableExpr {
	var list []ast.TableExpr
	for {
		list = append(list, p.tableExpr())
		if !p.accept(token.Comma) || p.itemsEnd() {
			break
		}
	}
	return list
}

// tableExpr reads one member of FROM with its joins.
func (p *parser) tableExpr() ast.TableExpr {
	return p.joins(p.tablePrimary())
}

// tablePrimary reads a table, subquery or function with its alias and suffixes.
func (p *parser) tablePrimary() ast.TableExpr {
	start := p.start()
	if !p.enter() {
		bad := p.skipDeep()
		return &ast.BadTable{Span: bad.Range()}
	}
	defer p.leave()
	if p.d.Grammar.AliasColon && p.isIdent(0) && p.ahead(1).Kind == token.Colon && p.ahead(2).Kind != token.Colon {
		name := p.ident()
		p.pos++
		t := p.tableSuffixes(p.tableCore())
		setAlias(t, &ast.Alias{Span: name.Span, Name: name})
		return t
	}
	lateral := p.isKw(token.LATERAL) && !p.isWord(1, "view") && (p.isIdent(1) || p.ahead(1).Kind == token.LeftParen)
	if lateral {
		p.pos++
	}
	t := p.tableCore()
	if lateral {
		setLateral(t, start)
	}
	return p.tableSuffixes(t)
}

// setLateral marks a member of FROM as lateral.
func setLateral(t ast.TableExpr, start int32) {
	switch t := t.(type) {
	case *ast.TableRef:
		t.Lateral, t.Start = true, start
	case *ast.Derived:
		t.Lateral, t.Start = true, start
	case *ast.TableFunction:
		t.Lateral, t.Start = true, start
	}
}

// tableCore reads a member of FROM without alias and suffixes.
func (p *parser) tableCore() ast.TableExpr {
	start := p.start()
	t := p.peek()
	switch t.Kind {
	case token.LeftParen:
		return p.tableParens()
	case token.String:
		if p.ahead(1).Kind == token.Dot {
			return p.tableName() // quotes of another dialect
		}
		tok := p.advance()
		id := p.identOf(&tok)
		if p.is(token.LeftParen) && p.d.Lexing.StagePaths { // Snowflake: '@stage' (FILE_FORMAT => ...)
			p.skipParens()
		}
		return &ast.TableRef{Span: tok.Span, Name: &ast.ObjectName{Span: tok.Span, Parts: []ast.Ident{id}, File: true}}
	case token.Parameter, token.At:
		if result := p.flowTable(); result != nil {
			return result
		}
		return p.stage()
	case token.Template, token.LeftBrace:
		if t.Kind == token.LeftBrace && p.closing(p.pos) > 0 {
			p.pos = p.closing(p.pos) + 1
		} else if t.Kind == token.Template {
			p.pos++
		} else {
			break
		}
		id := ast.Ident{Span: p.from(start), Text: p.from(start).Text(p.src)}
		name := &ast.ObjectName{Span: id.Span, Parts: []ast.Ident{id}}
		p.restOfName(name)
		return &ast.TableRef{Span: name.Span, Name: name}
	case token.QuotedIdent:
		return p.tableName()
	case token.Word:
		return p.tableWord(t)
	case token.DoubleColon: // T-SQL: ::fn_helpcollations()
		if p.isIdent(1) && p.ahead(2).Kind == token.LeftParen {
			p.pos++
			return p.tableName()
		}
	case token.Dollar:
		if p.variableAhead() {
			p.pos = p.closing(p.pos+1) + 1
			id := ast.Ident{Span: p.from(start), Text: p.from(start).Text(p.src)}
			name := &ast.ObjectName{Span: id.Span, Parts: []ast.Ident{id}}
			p.restOfName(name)
			return p.tableRef(start, name)
		}
	}
	p.unexpected("a table")
	refs := p.skipTable()
	return &ast.BadTable{Span: p.from(start), Children: refs}
}

// skipTable moves to where another member or clause may begin.
func (p *parser) skipTable() []ast.Expr {
	return p.salvage(func() bool { return p.atItemEnd() || p.joinAhead() > 0 || p.isKw(token.ON) || p.isKw(token.AS) })
}

// tableWord reads a member of FROM that begins with a word.
func (p *parser) tableWord(t *token.Token) ast.TableExpr {
	start := t.Start
	paren := p.ahead(1).Kind == token.LeftParen
	switch t.Keyword {
	case token.VALUES:
		if paren || p.ahead(1).Keyword == token.BETWEEN {
			q := &ast.Query{}
			if p.d.Grammar.ValuesStructure && paren {
				q.Body = p.valuesFunction()
			} else {
				q.Body = p.values()
			}
			q.Span = p.from(start)
			return &ast.Derived{Span: q.Span, Query: q}
		}
	case token.SELECT, token.WITH:
		if p.isQuery(p.pos) { // Databricks and others: FROM SELECT ... does not exist, but a pipe's branch does
			q := p.query()
			return &ast.Derived{Span: q.Span, Query: q}
		}
	case token.TABLE:
		if paren {
			return p.tableOf()
		}
		if p.isIdent(1) && p.words[p.ahead(1).Keyword]&clauseWord == 0 {
			p.pos++
			return p.tableName()
		}
	case token.ONLY:
		if p.isIdent(1) && p.words[p.ahead(1).Keyword]&notName == 0 || paren {
			p.pos++
			if paren {
				return p.tableParens()
			}
			return p.tableName()
		}
	case token.UNPIVOT: // Redshift: FROM t, UNPIVOT t.obj AS v AT k
		if p.isIdent(1) {
			p.pos++
			return p.tableName()
		}
	case token.ROWS:
		if p.ahead(1).Keyword == token.FROM {
			return p.rowsFrom()
		}
	case token.XMLTABLE, token.JSON_TABLE:
		if paren && p.ahead(2).Keyword != token.ON {
			return p.documentTable()
		}
	}
	if p.d.Grammar.StreamTables && p.isWord(0, "stream") { // Databricks: STREAM t, STREAM(t), STREAM read_files(...)
		if paren {
			p.pos++
			return p.tableParens()
		}
		if p.isIdent(1) && p.words[p.ahead(1).Keyword]&(clauseWord|notName) == 0 {
			p.pos++
			return p.tableName()
		}
	}
	if paren {
		switch {
		case p.isWord(0, "semantic_view"):
			return p.semanticView()
		case p.isWord(0, "graph_table"):
			return p.graphTable()
		case p.isWord(0, "external") && p.ahead(2).Kind == token.LeftParen:
			return p.inlineExternal()
		case p.d.Grammar.AliasEquals && (p.isWord(0, "predict") || p.isWord(0, "vector_search")):
			return p.appliedTo()
		}
	}
	if p.words[t.Keyword]&notName != 0 && p.ahead(1).Kind != token.Dot {
		p.unexpected("a table")
		return &ast.BadTable{Span: token.Span{Start: start, End: start}}
	}
	return p.tableName()
}

// tableParens reads (query), (table expression), or (name).
func (p *parser) tableParens() ast.TableExpr {
	start := p.start()
	if t, ok := p.description(); ok {
		return t
	}
	if p.isQuery(p.pos + 1) {
		q := p.queryInParens()
		return &ast.Derived{Span: p.from(start), Query: q}
	}
	if p.isWord(1, "location") && p.ahead(2).Kind == token.Equal && p.ahead(3).Kind == token.String && p.closing(p.pos) > 0 {
		// Teradata
		file := p.ahead(3)
		id := p.identOf(file)
		p.pos = p.closing(p.pos) + 1
		return &ast.TableRef{Span: p.from(start), Name: &ast.ObjectName{Span: file.Span, Parts: []ast.Ident{id}, File: true}}
	}
	if p.isWord(1, "import") && (p.ahead(2).Keyword == token.FROM || p.ahead(2).Keyword == token.INTO) && p.closing(p.pos) > 0 {
		return p.imported()
	}
	p.pos++
	t := p.tableExpr()
	for p.accept(token.Comma) {
		right := p.tableExpr()
		t = &ast.Join{Span: p.from(start), Kind: ast.CrossJoin, Left: t, Right: right}
	}
	if refs := p.closeParen(); len(refs) > 0 {
		return &ast.BadTable{Span: p.from(start), Input: t, Children: refs}
	}
	return t
}

// tableName reads a table's name, or a function call.
func (p *parser) tableName() ast.TableExpr {
	start := p.start()
	name := p.objectName()
	if p.is(token.LeftParen) && !p.hintParens() {
		if k := p.ahead(1).Keyword; (k == token.ON || k == token.USING && p.d.Grammar.TypePhrases) && p.closing(p.pos) > 0 {
			return p.onFunction(start, name)
		}
		p.namedEquals = p.d.Grammar.AliasEquals
		call, ok := p.call(start, name, nil).(*ast.Call)
		p.namedEquals = false
		if !ok {
			return &ast.BadTable{Span: p.from(start)}
		}
		if p.is(token.Dot) && strings.EqualFold(name.Last().Text, "opendatasource") {
			// T-SQL: OPENDATASOURCE(...).db.dbo.t
			p.pos++
			return p.tableName()
		}
		f := &ast.TableFunction{Calls: []*ast.Call{call}}
		f.Span = p.from(start)
		return p.functionPath(f)
	}
	return p.tableRef(start, name)
}

func (p *parser) tableRef(start int32, name *ast.ObjectName) *ast.TableRef {
	t := p.nodes.tables.New()
	t.Span, t.Name = p.from(start), name
	return t
}

// functionPath reads a field of a call as a table: BigQuery's UNNEST(x).y has
// none, but others do; the fields are part of the function's value.
func (p *parser) functionPath(f *ast.TableFunction) ast.TableExpr {
	for p.is(token.Dot) && p.partAhead(1) {
		p.pos += 2
		if p.is(token.LeftParen) {
			p.skipParens()
		}
	}
	f.End = p.from(f.Start).End
	return f
}

// hintParens reports whether old T-SQL hints follow a table's name: t (NOLOCK).
func (p *parser) hintParens() bool {
	return p.isWord(1, "nolock") || p.isWord(1, "readpast") || p.isWord(1, "updlock") || p.isWord(1, "holdlock")
}

// objectName reads a dotted name of a table, view or the like.
func (p *parser) objectName() *ast.ObjectName {
	n := p.nodes.names.New()
	start := p.start()
	if !p.partAhead(0) && !p.is(token.String) {
		p.unexpected("a name")
		n.Span = token.Span{Start: start, End: start}
		return n
	}
	var parts [6]ast.Ident
	list := p.identifierParts(parts[:0])
	if list == nil {
		list = p.tablePart(parts[:0])
	}
	list = p.moreParts(list)
	n.Parts = p.nodes.idents.Copy(list)
	n.Span = p.from(start)
	return n
}

// identifierParts reads IDENTIFIER('db.s.t') with a constant as the name in it; nil
// where none begins here.
func (p *parser) identifierParts(list []ast.Ident) []ast.Ident {
	if p.ahead(1).Kind != token.LeftParen || p.ahead(2).Kind != token.String || p.peek().Len() != len("identifier") || !p.isWord(0, "identifier") {
		return nil
	}
	end := p.closing(p.pos + 1)
	var name strings.Builder
	for i := p.pos + 2; i < end; i++ {
		switch t := p.toks[i]; {
		case t.Kind == token.String:
			name.WriteString(p.stringValue(t))
		case p.text(&t) != "||":
			return nil
		}
	}
	if name.Len() == 0 {
		return nil
	}
	span := token.Span{Start: p.start(), End: p.toks[end].End}
	p.pos = end + 1
	return nameParts(list, name.String(), span)
}

// nameParts cuts a dotted name in a string into its parts.
func nameParts(list []ast.Ident, name string, span token.Span) []ast.Ident {
	for len(name) > 0 {
		part, quoted := name, false
		if q := name[0]; q == '"' || q == '`' {
			if end := strings.IndexByte(name[1:], q); end >= 0 {
				part, quoted, name = name[1:end+1], true, name[end+2:]
				list = append(list, ast.Ident{Span: span, Text: part, Quoted: quoted})
				name = strings.TrimPrefix(name, ".")
				continue
			}
		}
		if dot := strings.IndexByte(name, '.'); dot >= 0 {
			part, name = name[:dot], name[dot+1:]
		} else {
			name = ""
		}
		list = append(list, ast.Ident{Span: span, Text: strings.TrimSpace(part)})
	}
	return list
}

// restOfName adds the parts behind a first one.
func (p *parser) restOfName(n *ast.ObjectName) {
	n.Parts = p.moreParts(n.Parts)
	n.End = p.from(n.Start).End
}

func (p *parser) moreParts(list []ast.Ident) []ast.Ident {
	for p.is(token.Dot) {
		switch {
		case p.partAhead(1), p.ahead(1).Kind == token.String && p.adjacent(1):
			p.pos++
			list = p.tablePart(list)
		case p.ahead(1).Kind == token.Dot: // db..t
			p.pos++
			list = append(list, ast.Ident{Span: token.Span{Start: p.start(), End: p.start()}})
		case p.ahead(1).Kind == token.Star && p.adjacent(1): // wildcard tables without quotes
			p.pos += 2
			list = append(list, ast.Ident{Span: p.toks[p.pos-1].Span, Text: "*"})
		default:
			return list
		}
	}
	return list
}

// tablePart reads one part of a table's name and adds it; a quoted path is split
// and a dashed name joined where the dialect has them.
func (p *parser) tablePart(list []ast.Ident) []ast.Ident {
	t := p.advance()
	id := p.identOf(&t)
	if t.Kind == token.QuotedIdent && p.d.Grammar.BacktickPaths && p.src[t.Start] == '`' {
		return splitPath(list, id)
	}
	if p.d.Lexing.DashedNames && t.Kind == token.Word {
		for p.is(token.Minus) && p.adjacent(0) && p.adjacent(1) && (p.ahead(1).Kind == token.Word || p.ahead(1).Kind == token.Number) {
			p.pos += 2
			id.Span = p.from(id.Start)
			id.Text = id.Span.Text(p.src)
		}
	}
	if p.is(token.Star) && p.adjacent(0) && t.Kind == token.Word && p.d.Grammar.BacktickPaths { // events_*
		p.pos++
		id.Span = p.from(id.Start)
		id.Text = id.Span.Text(p.src)
	}
	return append(list, id)
}

// splitPath splits `a.b.c` at its dots; every part keeps its own place.
func splitPath(list []ast.Ident, id ast.Ident) []ast.Ident {
	start, from := id.Start+1, 0
	for i := 0; i <= len(id.Text); i++ {
		if i < len(id.Text) && id.Text[i] != '.' {
			continue
		}
		if i > from || i == len(id.Text) {
			span := token.Span{Start: start + int32(from), End: start + int32(i)}
			list = append(list, ast.Ident{Span: span, Text: id.Text[from:i], Quoted: true})
		}
		from = i + 1
	}
	return list
}

// stage reads @stage/path, @~/path, @%table and table variables.
func (p *parser) stage() ast.TableExpr {
	start := p.start()
	p.pos++
	if p.d.Lexing.StagePaths {
		for !p.is(token.EOF) && p.adjacent(0) && p.stagePart() {
			p.pos++
		}
	}
	id := ast.Ident{Span: p.from(start), Text: p.from(start).Text(p.src)}
	name := &ast.ObjectName{Span: id.Span, Parts: []ast.Ident{id}}
	if p.is(token.LeftParen) && p.d.Lexing.StagePaths {
		p.skipParens()
	}
	return p.tableRef(start, name)
}

// stagePart reports whether the current token continues a stage's path.
func (p *parser) stagePart() bool {
	switch p.peek().Kind {
	case token.LeftParen, token.RightParen, token.Comma, token.Semicolon:
		return false
	}
	return true
}

// setAlias names a member of FROM; a pair of joined tables is named as a whole.
func setAlias(t ast.TableExpr, a *ast.Alias) {
	switch t := t.(type) {
	case *ast.TableRef:
		t.Alias, t.End = a, max(t.End, a.End)
	case *ast.Derived:
		t.Alias, t.End = a, max(t.End, a.End)
	case *ast.TableFunction:
		t.Alias, t.End = a, max(t.End, a.End)
	case *ast.Join:
		t.Alias, t.End = a, max(t.End, a.End)
	case *ast.Pivot:
		t.Alias, t.End = a, max(t.End, a.End)
	case *ast.Unpivot:
		t.Alias, t.End = a, max(t.End, a.End)
	case *ast.MatchRecognize:
		t.Alias, t.End = a, max(t.End, a.End)
	case *ast.BadTable:
		t.Alias, t.End = a, max(t.End, a.End)
	}
}

// aliasOf is the alias that a member of FROM has so far.
func aliasOf(t ast.TableExpr) *ast.Alias {
	switch t := t.(type) {
	case *ast.TableRef:
		return t.Alias
	case *ast.Derived:
		return t.Alias
	case *ast.TableFunction:
		return t.Alias
	case *ast.Join:
		return t.Alias
	case *ast.Pivot:
		return t.Alias
	case *ast.Unpivot:
		return t.Alias
	case *ast.MatchRecognize:
		return t.Alias
	case *ast.BadTable:
		return t.Alias
	}
	return nil
}

// alias reads name [(columns)] or (columns); an AS has been read.
func (p *parser) alias() *ast.Alias {
	start := p.start()
	a := &ast.Alias{}
	if p.is(token.String) || p.is(token.Template) {
		t := p.advance()
		a.Name = p.identOf(&t)
	} else if !p.is(token.LeftParen) {
		a.Name = p.ident()
	}
	if p.is(token.LeftParen) && p.aliasColumnsAhead() {
		a.Columns = p.columnDefs()
	}
	a.Span = p.from(start)
	return a
}

// aliasColumnsAhead reports whether the parentheses hold a list of columns rather than hints.
func (p *parser) aliasColumnsAhead() bool {
	return (p.isIdent(1) || p.ahead(1).Kind == token.String) && !p.hintParens()
}

// columnDefs reads (name [type ...], ...).
func (p *parser) columnDefs() []ast.ColumnDef {
	var list []ast.ColumnDef
	if !p.expect(token.LeftParen) {
		return nil
	}
	for !p.is(token.RightParen) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		before := p.pos
		if c, ok := p.columnDef(); ok {
			list = append(list, c)
		}
		if !p.accept(token.Comma) || p.pos == before {
			break
		}
	}
	p.closeParen()
	return list
}

// columnDef reads one column of a list; table constraints give false.
func (p *parser) columnDef() (ast.ColumnDef, bool) {
	start := p.start()
	c := ast.ColumnDef{}
	switch p.kw() {
	case token.CONSTRAINT, token.PRIMARY, token.UNIQUE, token.FOREIGN, token.INDEX, token.PERIOD, token.LIKE:
		if p.isIdent(1) || p.ahead(1).Kind == token.LeftParen {
			p.salvage(func() bool { return p.is(token.Comma) || p.is(token.Semicolon) })
			return c, false
		}
	}
	if p.isWord(0, "check") && p.ahead(1).Kind == token.LeftParen {
		p.salvage(func() bool { return p.is(token.Comma) || p.is(token.Semicolon) })
		return c, false
	}
	if p.is(token.String) {
		t := p.advance()
		c.Name = p.identOf(&t)
	} else {
		c.Name = p.ident()
	}
	p.accept(token.Colon)
	if p.isIdent(0) && !p.columnOption() {
		c.Type = p.typeName()
	}
	p.columnOptions(&c)
	c.Span = p.from(start)
	return c, true
}

// columnOption reports whether the current token is an option where a type could be.
func (p *parser) columnOption() bool {
	switch p.kw() {
	case token.NOT, token.NULL, token.DEFAULT, token.COMMENT, token.PRIMARY, token.GENERATED, token.AS, token.WITH, token.UNIQUE, token.CONSTRAINT,
		token.REFERENCES, token.COLLATE, token.PATH, token.FOR:
		return true
	}
	return p.isWord(0, "options") || p.isWord(0, "masking") || p.isWord(0, "tag") || p.isWord(0, "encode")
}

// columnOptions reads what follows a column's type up to the next column.
func (p *parser) columnOptions(c *ast.ColumnDef) {
	for !p.is(token.Comma) && !p.is(token.RightParen) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		switch {
		case p.acceptKw(token.FOR, token.ORDINALITY):
			c.Ordinality = true
		case p.acceptKw(token.PATH):
			c.Path = p.binary(precOther)
		case p.acceptKw(token.DEFAULT, token.AS): // GENERATED BY DEFAULT AS IDENTITY
		case p.acceptKw(token.DEFAULT), p.acceptKw(token.MATERIALIZED), p.isKw(token.AS) && p.ahead(1).Kind == token.LeftParen && p.acceptKw(token.AS):
			c.Default = p.binary(precOther)
		case p.is(token.String) && c.Type != nil: // OPENJSON: name type '$.path'
			c.Path = p.stringLiteral()
		case p.is(token.LeftParen):
			p.skipParens()
		default:
			p.pos++
		}
	}
}
