package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// create reads CREATE ...; of what holds no query only the name is kept.
func (p *parser) create() ast.Statement {
	start := p.start()
	p.pos++
	c := &ast.Create{Kind: p.createKind()}
	if words := fold(p.from(start).Text(p.src)); c.Kind == "table" {
		c.Temporary = strings.Contains(words, " temp") || strings.Contains(words, " volatile")
	}
	switch c.Kind {
	case "":
		p.skipOther()
		return &ast.OtherStatement{Span: p.from(start), Verb: "CREATE"}
	case "procedure", "function", "trigger", "macro", "task", "package", "package body":
		p.routine(c)
	default:
		p.createRelation(c)
	}
	c.Span = p.from(start)
	return c
}

// createKinds are the words that name what is created; "materialized" and the
// like stay in front of it.
var createKinds = map[string]bool{
	"table": true, "view": true, "procedure": true, "function": true, "trigger": true, "macro": true, "task": true, "proc": true,
	"package": true, "body": true, "vds": true,
}

// createKind reads the words between CREATE and the name.
func (p *parser) createKind() string {
	qualifier := ""
	for n := 0; n < longestKind && p.kindWord(); n++ {
		word := fold(p.text(p.peek()))
		switch word {
		case "materialized", "dynamic", "external":
			qualifier = word + " "
		case "proc":
			word = "procedure"
		case "vds": // Dremio
			word = "view"
		}
		p.pos++
		if !createKinds[word] {
			continue
		}
		if word == "package" && p.isWord(0, "body") {
			p.pos++
			return "package body"
		}
		if word == "view" || word == "table" {
			return qualifier + word
		}
		return word
	}
	return ""
}

// longestKind bounds the tokens between CREATE and what it creates.
const longestKind = 16

// kindWord reports whether the current token can be in front of what is created: MySQL has ALGORITHM = MERGE DEFINER =
// 'root'@'localhost' SQL SECURITY INVOKER VIEW.
func (p *parser) kindWord() bool {
	switch p.peek().Kind {
	case token.Word, token.Equal, token.Parameter, token.At, token.String:
		return true
	case token.QuotedIdent:
		return p.pos > 0 && (p.ahead(-1).Kind == token.Equal || p.ahead(-1).Kind == token.At)
	}
	return false
}

// createRelation reads a table or view with columns, options and query.
func (p *parser) createRelation(c *ast.Create) {
	p.acceptKw(token.IF, token.NOT, token.EXISTS)
	c.Name = p.objectName()
	p.acceptKw(token.IF, token.NOT, token.EXISTS)
	listed := false // a parenthesis further on, PARTITION BY (d), does not list columns
	for !p.is(token.Semicolon) && !p.is(token.EOF) {
		switch {
		case p.is(token.LeftParen) && p.isQuery(p.pos+1), p.isKw(token.SELECT), p.isKw(token.WITH) && (p.ahead(1).Kind != token.LeftParen && p.withQuery()):
			c.Query = p.query()
			p.createTail()
			return
		case p.isKw(token.AS) && (p.isQuery(p.pos+1) || p.ahead(1).Kind == token.LeftParen):
			p.pos++
			c.Query = p.query()
			p.createTail()
			return
		case p.isKw(token.AS) && p.isIdent(1) && c.Kind == "table" && p.d.Grammar.TypePhrases: // AS t WITH DATA
			p.pos++
			c.Source = p.objectName()
		case p.is(token.LeftParen) && c.Columns == nil && !listed && p.columnsAhead():
			if p.ahead(1).Keyword == token.LIKE {
				p.pos += 2
				c.Source = p.objectName()
				p.salvage(func() bool { return p.is(token.Semicolon) })
				p.closeParen()
				continue
			}
			c.Columns = p.columnDefs()
		case p.acceptKw(token.LIKE), p.acceptKw(token.CLONE), p.isKw(token.COPY) && p.ahead(1).Keyword != token.GRANTS && p.acceptKw(token.COPY):
			c.Source = p.objectName()
		case p.isKw(token.TO) && p.isIdent(1) && c.To == nil:
			p.pos++
			c.To = p.objectName()
		case p.isKw(token.WITH): // T-SQL: WITH SCHEMABINDING
			p.pos++
			p.skipParens()
		case p.startsStatement():
			return
		default:
			listed = listed || p.listsKeys()
			if end := p.closing(p.pos); end > 0 {
				p.pos = end
			}
			p.pos++
		}
	}
}

// listsKeys reports whether the current word has keys or options of a table in parentheses behind it.
func (p *parser) listsKeys() bool {
	switch p.kw() {
	case token.CLUSTER:
		return p.ahead(1).Keyword == token.BY
	case token.PARTITION, token.ORDER, token.PRIMARY, token.BY, token.DISTRIBUTED, token.USING, token.UNIQUE, token.ENGINE:
		return true
	case token.ON: // ClickHouse: ON CLUSTER c (columns)
		return p.ahead(1).Keyword != token.CLUSTER
	}
	for _, word := range []string{"partitioned", "clustered", "distkey", "sortkey", "distribute", "organize", "row", "stored", "properties", "tblproperties", "options", "location"} {
		if p.isWord(0, word) {
			return true
		}
	}
	return false
}

// columnsAhead reports whether the parentheses hold a list of columns rather than options.
func (p *parser) columnsAhead() bool {
	return (p.isIdent(1) || p.ahead(1).Kind == token.String) && p.ahead(2).Kind != token.Equal
}

// withQuery reports whether WITH name AS (query) follows, rather than options of a table.
func (p *parser) withQuery() bool {
	if p.ahead(1).Keyword == token.RECURSIVE || p.ahead(2).Keyword == token.AS && p.ahead(3).Kind == token.LeftParen ||
		p.ahead(2).Keyword == token.AS && (p.ahead(3).Keyword == token.MATERIALIZED || p.ahead(3).Keyword == token.NOT) {
		return p.isIdent(1)
	}
	return p.isIdent(1) && p.ahead(2).Kind == token.LeftParen && p.afterClosing(2).Keyword == token.AS && !p.isWord(1, "tag")
}

// createTail skips what may follow the query of a table or view.
func (p *parser) createTail() {
	for p.is(token.Word) && !p.startsStatement() {
		switch p.kw() {
		case token.ON, token.COMMENT, token.DISTRIBUTED, token.PRIMARY, token.ORDER, token.ENGINE, token.PARTITION, token.WITH, token.UNIQUE:
			p.skipOther()
			return
		default:
			if p.isKw(token.AND) && p.isWord(1, "stats") { // Teradata: WITH DATA AND STATS
				p.pos += 2
				continue
			}
			if !p.isWord(0, "distributed") && !p.isWord(0, "refresh") && !p.isWord(0, "distkey") && !p.isWord(0, "no") {
				return
			}
			p.skipOther()
			return
		}
	}
}

// routine reads a procedure, function or trigger with its body.
func (p *parser) routine(c *ast.Create) {
	p.acceptKw(token.IF, token.NOT, token.EXISTS)
	c.Name = p.objectName()
	p.skipParens()
	for !p.is(token.Semicolon) && !p.is(token.EOF) {
		switch {
		case p.isKw(token.AS) || p.isKw(token.IS):
			p.pos++
			if p.is(token.String) || p.isWord(0, "language") || p.is(token.LeftParen) && !p.isQuery(p.pos+1) {
				continue
			}
			c.Body = p.body()
			return
		case p.isKw(token.BEGIN), p.isKw(token.DECLARE):
			c.Body = p.body()
			return
		case p.isKw(token.RETURN) && p.isQuery(p.pos+1):
			p.pos++
			c.Query = p.query()
			return
		case p.is(token.String):
			c.Body = append(c.Body, p.quotedBody()...)
		default:
			if end := p.closing(p.pos); end > 0 {
				p.pos = end
			}
			p.pos++
		}
	}
}

// quotedBody reads the statements in a dollar-quoted body, if it is SQL.
func (p *parser) quotedBody() []ast.Statement {
	t := p.advance()
	text := p.text(&t)
	if !strings.HasPrefix(text, "$") || p.depth >= p.opt.MaxDepth {
		return nil
	}
	tag := strings.IndexByte(text[1:], '$') + 2
	if tag < 2 || len(text) < 2*tag || !looksLikeSQL(text[tag:len(text)-tag]) {
		return nil
	}
	inner := &parser{src: p.src, d: p.d, opt: p.opt, words: p.words, depth: p.depth + 1, blocks: 1, scratch: new(scratch), nodes: p.nodes}
	inner.tokenize(int(t.Start)+tag, int(t.End)-tag)
	list := inner.body()
	p.diagnostics = append(p.diagnostics, inner.diagnostics...)
	return list
}

// looksLikeSQL reports whether a body is SQL rather than another language, by
// its first word.
func looksLikeSQL(body string) bool {
	fields := strings.Fields(body)
	if len(fields) == 0 {
		return false
	}
	switch token.Lookup(strings.TrimSuffix(fields[0], ";")) {
	case token.BEGIN, token.DECLARE, token.SELECT, token.WITH, token.INSERT, token.UPDATE, token.DELETE, token.MERGE, token.CREATE:
		return true
	}
	return false
}
