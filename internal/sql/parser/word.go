package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// wordPrimary reads a value that begins with a word: a construct of its own, a
// call, or a column.
func (p *parser) wordPrimary(t *token.Token) ast.Expr {
	if t.Keyword != token.NotKeyword {
		if e := p.keywordPrimary(t); e != nil {
			return e
		}
		if p.words[t.Keyword]&notName != 0 && p.ahead(1).Kind != token.Dot {
			p.unexpected("an expression")
			return p.bad(t.Start)
		}
	}
	if p.args > 0 && p.d.Grammar.ArrowLambda {
		if p.ahead(1).Kind == token.Arrow && !p.jsonArrow() {
			return p.lambda()
		}
		if n := p.typedLambda(); n > 0 {
			return p.lambdaOf(n)
		}
	}
	if list := p.identifierParts(nil); list != nil { // a column or function by a constant
		if p.is(token.LeftParen) {
			return p.call(t.Start, &ast.ObjectName{Span: p.from(t.Start), Parts: list}, nil)
		}
		return p.columnRef(t.Start, list)
	}
	switch next := p.ahead(1); next.Kind {
	case token.LeftBrace, token.LeftBracket: // Oracle: JSON {'a': x}, JSON [x, y]
		if p.isWord(0, "json") && !p.adjacent(1) {
			p.pos++
			return p.primary()
		}
		if next.Kind == token.LeftBracket && p.isWord(0, "list") && p.listAhead() { // Materialize: LIST[a, b]
			start := t.Start
			p.pos += 2
			c := &ast.Collection{Kind: ast.Array, Members: p.members(token.RightBracket)}
			c.Span = p.from(start)
			return c
		}
	case token.LeftParen:
		if p.d.Grammar.AliasEquals && p.isWord(0, "match") && p.closing(p.pos+1) > 0 {
			// T-SQL: a pattern over nodes and edges
			start := t.Start
			p.pos = p.closing(p.pos+1) + 1
			return &ast.Keyword{Span: p.from(start), Text: "MATCH"}
		}
	case token.Word:
		switch {
		case t.Keyword == token.NotKeyword && p.ahead(2).Kind == token.LeftParen && p.isWord(0, "new"):
			// Teradata: NEW type(x)
			p.pos++
			return p.wordPrimary(p.peek())
		case p.d.Lexing.DashSpace && p.startsOperand(1) && p.isWord(0, "binary"): // MySQL: BINARY x
			return p.unary(ast.OpOther, precUnary)
		}
	case token.String:
		if p.src[t.Start] == '_' && !p.d.Grammar.BareLabels { // MySQL, Teradata: the character set of a string
			p.pos++
			return p.stringLiteral()
		}
	}
	// Snowflake: as EXTRACT
	if p.ahead(1).Kind == token.LeftParen && p.ahead(3).Keyword == token.FROM && p.isWord(0, "date_part") {
		return p.keywordCall(token.EXTRACT)
	}
	if p.ahead(1).Kind == token.Word && p.ahead(2).Kind == token.LeftParen {
		switch {
		case p.isWord(0, "approximate"): // Redshift
			p.pos++
		case p.ahead(1).Keyword == token.FOR && p.isWord(0, "collation"): // COLLATION FOR (x)
			start := p.start()
			name := p.nodes.names.New()
			name.Parts = []ast.Ident{{Span: p.peek().Span, Text: "pg_collation_for"}}
			p.pos += 2
			return p.call(start, name, nil)
		}
	}
	return p.name()
}

// jsonArrow reports whether the -> after the current word extracts from JSON, since
// a path follows.
func (p *parser) jsonArrow() bool {
	k := p.ahead(2).Kind
	return k == token.String || k == token.Number
}

// lambda reads x -> body.
func (p *parser) lambda() ast.Expr {
	return p.lambdaOf(1)
}

// lambdaOf reads a lambda whose arrow is token n.
func (p *parser) lambdaOf(n int) ast.Expr {
	start := p.start()
	body := p.pos + n + 1
	l := &ast.Lambda{Params: []ast.Ident{p.ident()}}
	p.pos = body
	l.Body = p.expr()
	l.Span = p.from(start)
	return l
}

// typedLambda is the distance to the arrow of Snowflake's x INT -> body and x
// NUMBER(10, 2) -> body; 0 for none.
func (p *parser) typedLambda() int {
	if p.ahead(1).Kind != token.Word || !p.isIdent(0) {
		return 0
	}
	n := 2
	if p.ahead(2).Kind == token.LeftParen {
		end := p.closing(p.pos + 2)
		if end == 0 {
			return 0
		}
		n = end - p.pos + 1
	}
	if p.ahead(n).Kind == token.Arrow {
		return n
	}
	return 0
}

// keywordPrimary reads the constructs that begin with a keyword; nil means that
// the word is a plain name here.
func (p *parser) keywordPrimary(t *token.Token) ast.Expr {
	start := t.Start
	next := p.ahead(1)
	paren := next.Kind == token.LeftParen
	switch t.Keyword {
	case token.NULL:
		return p.literal(start, ast.NullLiteral)
	case token.TRUE, token.FALSE:
		if !paren && next.Kind != token.Dot {
			return p.literal(start, ast.BoolLiteral)
		}
	case token.DEFAULT:
		if !paren && next.Kind != token.Dot {
			return p.literal(start, ast.DefaultLiteral)
		}
	case token.CASE:
		if next.Kind != token.Dot && next.Kind != token.Comma {
			return p.caseExpr()
		}
	case token.CAST, token.TRY_CAST, token.SAFE_CAST, token.PARSE, token.TRY_PARSE:
		if paren {
			return p.cast()
		}
	case token.CONVERT, token.TRY_CONVERT:
		if paren {
			return p.convert()
		}
	case token.EXISTS:
		if paren && p.isQuery(p.pos+2) {
			p.pos++
			q := p.queryInParens()
			return &ast.Subquery{Span: p.from(start), Kind: ast.ExistsSubquery, Query: q}
		}
	case token.EXTRACT, token.TRIM, token.SUBSTRING, token.SUBSTR, token.POSITION, token.OVERLAY:
		if paren {
			return p.keywordCall(t.Keyword)
		}
	case token.INTERVAL:
		return p.interval()
	case token.ARRAY, token.MULTISET, token.CURSOR:
		return p.arrayPrimary()
	case token.MAP:
		return p.mapPrimary()
	case token.STRUCT:
		if paren || next.Kind == token.Less {
			return p.structPrimary()
		}
	case token.ROW:
		if paren {
			p.pos += 2
			c := &ast.Collection{Kind: ast.Tuple, Members: p.members(token.RightParen)}
			c.Span = p.from(start)
			return c
		}
	case token.COLUMNS:
		if paren {
			return p.columns()
		}
	case token.LAMBDA:
		if p.isIdent(1) && (p.ahead(2).Kind == token.Colon || p.ahead(2).Kind == token.Comma) {
			return p.pythonLambda()
		}
	case token.CURRENT_DATE, token.CURRENT_TIME, token.CURRENT_TIMESTAMP, token.CURRENT_DATETIME, token.CURRENT_USER,
		token.CURRENT_ROLE, token.CURRENT_CATALOG, token.CURRENT_SCHEMA, token.CURRENT_DATABASE, token.CURRENT_PATH,
		token.LOCALTIME, token.LOCALTIMESTAMP:
		if !paren && next.Kind != token.Dot {
			p.pos++
			name := &ast.ObjectName{Span: p.from(start), Parts: []ast.Ident{p.identOf(t)}}
			return &ast.Call{Span: p.from(start), Name: name, NoParens: true}
		}
	case token.NEXT:
		if next.Keyword == token.VALUE && p.ahead(2).Keyword == token.FOR {
			p.pos += 3
			p.objectName()
			if p.isKw(token.OVER) && p.ahead(1).Kind == token.LeftParen { // T-SQL
				p.pos++
				p.window()
			}
			return &ast.Keyword{Span: p.from(start), Text: "NEXT VALUE FOR"}
		}
	case token.SELECT, token.WITH:
		if t.Keyword == token.WITH && paren && p.isIdent(2) && (p.ahead(3).Keyword == token.AS || p.ahead(3).Kind == token.RightParen) {
			return p.withExpression()
		}
		if p.isQuery(p.pos) && p.args > 0 {
			q := p.query()
			return &ast.Subquery{Span: p.from(start), Query: q}
		}
	case token.TABLE:
		if p.isIdent(1) && p.args > 0 {
			q := p.query()
			return &ast.Subquery{Span: p.from(start), Query: q}
		}
	case token.AND, token.OR: // ClickHouse: and(a, b)
		if paren && p.d.Grammar.ParamCalls {
			return p.name()
		}
	case token.IF, token.LEFT, token.RIGHT:
		return nil
	}
	return nil
}

// pythonLambda reads LAMBDA x, y: body.
func (p *parser) pythonLambda() ast.Expr {
	start := p.start()
	p.pos++
	l := &ast.Lambda{Params: []ast.Ident{p.ident()}}
	for p.accept(token.Comma) {
		l.Params = append(l.Params, p.ident())
	}
	p.expect(token.Colon)
	l.Body = p.expr()
	l.Span = p.from(start)
	return l
}

// name reads a dotted name and what makes it a call, a star or a typed literal.
func (p *parser) name() ast.Expr {
	start := p.start()
	var parts [6]ast.Ident
	list := append(parts[:0], p.part())
	if p.is(token.DoubleColon) && p.d.Grammar.AliasEquals && p.isIdent(1) { // T-SQL: geography::Point(x, y, 4326)
		p.pos++
		list = append(list[:0], p.part())
		if !p.is(token.LeftParen) {
			return &ast.Keyword{Span: p.from(start), Text: p.from(start).Text(p.src)}
		}
	}
	for p.is(token.Dot) {
		next := p.ahead(1)
		if next.Kind == token.Dot && p.d.Grammar.TypePhrases && p.partAhead(2) { // Teradata: doc..a
			p.pos++
			next = p.ahead(1)
		}
		if next.Kind == token.Star {
			p.pos++
			return p.star(start, p.columnRef(start, list))
		}
		if next.Keyword == token.COLUMNS && p.ahead(2).Kind == token.LeftParen {
			p.pos++
			star := p.columns()
			star.Qualifier, star.Span = p.columnRef(start, list), p.from(start)
			return star
		}
		if !p.partAhead(1) {
			break
		}
		p.pos++
		list = append(list, p.part())
	}
	// Snowflake: model!PREDICT(x)
	if p.is(token.Bang) && p.d.Grammar.ColonPaths && p.adjacent(0) && p.adjacent(1) && p.isIdent(1) && p.ahead(2).Kind == token.LeftParen {
		p.pos++
		list = append(list[:0], p.part())
	}
	if n := p.longLiteral(list); n > 0 {
		typ := list[0].Text
		if p.ahead(n-1).Keyword == token.ZONE && p.ahead(n-3).Keyword == token.WITH {
			typ += "tz"
		}
		p.pos += n
		t := p.advance()
		return &ast.Literal{Span: p.from(start), Kind: ast.TypedLiteral, Text: p.stringValue(t), Type: typ}
	}
	switch {
	case p.is(token.LeftParen) && !p.outerJoinMark() && !p.phraseAhead():
		name := p.nodes.names.New()
		name.Parts = p.nodes.idents.Copy(list)
		name.Span = p.from(start)
		return p.call(start, name, nil)
	case p.is(token.String) && len(list) == 1 && !list[0].Quoted &&
		(typedLiterals[fold(list[0].Text)] || p.d.Grammar.BareLabels && postgresLiterals[fold(list[0].Text)]):
		t := p.advance()
		return &ast.Literal{Span: p.from(start), Kind: ast.TypedLiteral, Text: p.stringValue(t), Type: list[0].Text}
	case p.isKw(token.OVER) && len(list) == 1 && p.d.Grammar.WindowMeasures: // Trino: a measure of a window
		name := p.nodes.names.New()
		name.Parts, name.Span = p.nodes.idents.Copy(list), p.from(start)
		c := p.nodes.calls.New()
		c.Name, c.NoParens = name, true
		p.callSuffixes(c)
		c.Span = p.from(start)
		return c
	case p.is(token.Hash) && p.d.Lexing.IdentQuotes == "":
		p.pos++
	}
	ref := p.columnRef(start, list)
	if p.is(token.LeftParen) && p.outerJoinMark() {
		p.pos += 3
		ref.OuterJoin = true
		ref.Span = p.from(start)
	}
	return ref
}

// longLiteral is the distance to the string of TIMESTAMP WITH TIME ZONE '...', TIME(3) '...' and the like, whose type
// is more than one word; 0 for anything else.
func (p *parser) longLiteral(name []ast.Ident) int {
	if len(name) != 1 || name[0].Quoted || !p.isKw(token.WITH) && !p.isKw(token.WITHOUT) && !p.is(token.LeftParen) && !p.isKw(token.PRECISION) && !p.isKw(token.VARYING) {
		return 0
	}
	n := 0
	word := fold(name[0].Text)
	if p.is(token.LeftParen) {
		if !p.d.Grammar.BareLabels || !typedLiterals[word] || p.ahead(1).Kind != token.Number || p.ahead(2).Kind != token.RightParen {
			return 0
		}
		n = 3
	}
	switch k := p.ahead(n).Keyword; {
	case (k == token.WITH || k == token.WITHOUT) && (word == "time" || word == "timestamp"):
		if p.ahead(n+1).Keyword != token.TIME || p.ahead(n+2).Keyword != token.ZONE {
			return 0
		}
		n += 3
	case k == token.PRECISION && word == "double", k == token.VARYING && (word == "character" || word == "bit"):
		n++
	}
	if n == 0 || p.ahead(n).Kind != token.String {
		return 0
	}
	return n
}

func (p *parser) columnRef(start int32, parts []ast.Ident) *ast.ColumnRef {
	ref := p.nodes.refs.New()
	ref.Parts = p.nodes.idents.Copy(parts)
	ref.Span = token.Span{Start: start, End: parts[len(parts)-1].End}
	return ref
}

// outerJoinMark reports whether Oracle's (+) is next.
func (p *parser) outerJoinMark() bool {
	return p.ahead(1).Kind == token.Plus && p.ahead(2).Kind == token.RightParen
}

// partAhead reports whether token n can be a part of a dotted name.
func (p *parser) partAhead(n int) bool {
	switch p.ahead(n).Kind {
	case token.Word, token.QuotedIdent, token.Parameter, token.Template:
		return true
	case token.Number:
		return p.adjacent(n)
	}
	return false
}

// part reads one part of a dotted name.
func (p *parser) part() ast.Ident {
	t := p.advance()
	return p.identOf(&t)
}

// postgresLiterals are further ones of PostgreSQL, where no alias is a string.
var postgresLiterals = map[string]bool{
	"bool": true, "boolean": true, "int": true, "int2": true, "int4": true, "int8": true, "integer": true, "bigint": true, "smallint": true,
	"float4": true, "float8": true, "real": true, "money": true, "inet": true, "cidr": true, "macaddr": true, "xml": true, "text": true,
	"varchar": true, "bpchar": true, "bytea": true, "regclass": true, "regtype": true, "oid": true, "name": true, "timetz": true,
	"tsquery": true, "tsvector": true, "int4range": true, "daterange": true, "tsrange": true, "tstzrange": true, "polygon": true, "circle": true,
}

// typedLiterals are the type names that make a literal of the string behind them.
var typedLiterals = map[string]bool{
	"date": true, "time": true, "timestamp": true, "datetime": true, "timestamptz": true, "timestamp_ntz": true,
	"timestamp_ltz": true, "timestamp_tz": true, "json": true, "jsonb": true, "numeric": true, "decimal": true,
	"bignumeric": true, "bigdecimal": true, "bytes": true, "uuid": true, "ipaddress": true, "point": true, "box": true,
	"char": true, "varchar": true, "double": true, "real": true, "integer": true, "bigint": true, "smallint": true,
	"tinyint": true, "boolean": true, "range": true, "geometry": true, "geography": true, "datetime2": true, "datetimeoffset": true,
	"inet": true, "bit": true, "int": true, "float": true, "varbinary": true, "x": true, "string": true, "binary": true, "text": true,
	"date32": true, "datetime64": true, "ts": true, "d": true, "t": true, "super": true, "variant": true, "unistr": true, "_utf8": true, "_utf8mb4": true,
}
