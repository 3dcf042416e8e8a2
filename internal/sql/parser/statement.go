package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// statement reads one statement, without its semicolon. It consumes nothing only
// where no statement starts.
func (p *parser) statement() ast.Statement {
	start := p.start()
	if !p.enter() {
		refs := p.skipStatement()
		return p.badStatement(start, refs)
	}
	defer p.leave()
	if p.isQuery(p.pos) && (!p.d.Grammar.FlowOperator || !p.isKw(token.SHOW) && !p.isKw(token.DESCRIBE)) {
		return p.queryOrDML(start)
	}
	if p.isWord(0, "subscribe") && (p.isIdent(1) || p.ahead(1).Kind == token.LeftParen) {
		return p.subscribe()
	}
	if p.isWord(0, "graph") && p.isIdent(1) {
		return p.graphQuery()
	}
	if p.isWord(0, "using") && p.isWord(1, "external") { // Athena: USING EXTERNAL FUNCTION f(...) ... SELECT
		for !p.isKw(token.SELECT) && !p.isKw(token.WITH) && !p.is(token.EOF) && !p.is(token.Semicolon) {
			p.pos++
		}
		return p.statement()
	}
	if p.isWord(0, "submit") && p.isWord(1, "task") {
		return p.submitTask()
	}
	next := p.ahead(1)
	if n := p.temporalAt(); n > 0 {
		p.pos += n
		return p.statement()
	}
	switch p.kw() {
	case token.SELECT, token.WITH, token.FROM, token.VALUES:
		return p.queryOrDML(start)
	case token.REPLACE: // Teradata: REPLACE VIEW
		if p.isWord(1, "view") || p.isWord(1, "recursive") || p.isWord(1, "macro") || p.isWord(1, "procedure") {
			return p.create()
		}
		if next.Kind != token.LeftParen {
			return p.dml(nil)
		}
	case token.INSERT, token.UPDATE, token.DELETE, token.MERGE:
		if next.Kind != token.LeftParen {
			return p.dml(nil)
		}
	case token.CREATE:
		return p.create()
	case token.ALTER:
		if p.isWord(1, "view") {
			return p.create()
		}
	case token.EXPLAIN:
		p.pos++
		p.skipWords("analyze", "verbose", "extended", "formatted", "plan", "for", "using", "text", "json")
		p.skipParens()
		return p.statement()
	case token.CACHE:
		return p.cache()
	case token.AT: // Vertica: AT EPOCH n SELECT ..., AT TIME 'x' SELECT ...
		if p.isWord(1, "epoch") || next.Keyword == token.TIME {
			for range 3 {
				p.advance()
			}
			return p.statement()
		}
	case token.COPY:
		return p.copyInto()
	case token.BEGIN, token.DECLARE, token.IF, token.WHILE, token.LOOP, token.FOR, token.REPEAT, token.SET, token.RETURN, token.CASE, token.CALL, token.EXEC, token.EXECUTE, token.RAISE:
		if s := p.procedural(); s != nil {
			return s
		}
	}
	if p.isWord(0, "let") && p.isIdent(1) || p.isIdent(0) && (next.Kind == token.Assign) {
		return p.assign()
	}
	if p.is(token.LeftParen) {
		return p.queryOrDML(start)
	}
	return p.other()
}

// submitTask reads the statement of StarRocks' SUBMIT TASK [name] [SCHEDULE ...] [PROPERTIES (...)] AS statement.
func (p *parser) submitTask() ast.Statement {
	for !p.isKw(token.AS) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		if end := p.closing(p.pos); end > 0 {
			p.pos = end
		}
		p.pos++
	}
	p.acceptKw(token.AS)
	return p.statement()
}

// queryOrDML reads a query, or a data-changing statement after WITH.
func (p *parser) queryOrDML(start int32) ast.Statement {
	p.skipFunctions()
	if !p.isKw(token.WITH) {
		switch p.kw() {
		case token.INSERT, token.UPDATE, token.DELETE, token.MERGE:
			return p.dml(nil)
		case token.FROM:
			if s := p.hiveInsert(); s != nil {
				return s
			}
		}
		q := p.query()
		return &ast.QueryStatement{Span: p.from(start), Query: q}
	}
	w := p.with()
	switch p.kw() {
	case token.INSERT, token.UPDATE, token.DELETE, token.MERGE, token.REPLACE:
		return p.dml(w)
	case token.FROM:
		m := p.mark()
		if s := p.hiveInsert(); s != nil {
			if mi, ok := s.(*ast.MultiInsert); ok && mi.Query != nil {
				mi.Query.With = w
			}
			return s
		}
		p.reset(m)
	}
	q := &ast.Query{With: w}
	p.queryRest(q, start)
	return &ast.QueryStatement{Span: p.from(start), Query: q}
}

// statementWords begin a statement; they separate statements where a dialect
// asks for no semicolon.
func (p *parser) startsStatement() bool {
	if !p.d.Grammar.OptionalSemicolon && p.blocks == 0 {
		return false
	}
	next := p.ahead(1)
	switch p.kw() {
	case token.SELECT, token.INSERT, token.UPDATE, token.DELETE, token.MERGE, token.DECLARE, token.CREATE, token.EXEC, token.EXECUTE,
		token.WHILE, token.BEGIN, token.DROP, token.ALTER, token.TRUNCATE, token.GRANT:
		return next.Kind == token.Word || next.Kind == token.QuotedIdent || next.Kind == token.Parameter || p.kw() == token.SELECT
	case token.SET, token.IF, token.RETURN, token.WITH:
		return (next.Kind == token.Word || next.Kind == token.Parameter || p.kw() == token.RETURN) && next.Keyword != token.TIES && next.Keyword != token.NO
	}
	return p.isWord(0, "go") || p.isWord(0, "print")
}

// otherVerbs begin statements that hold no query we read.
var otherVerbs = map[string]bool{
	"alter": true, "drop": true, "grant": true, "revoke": true, "commit": true, "rollback": true, "use": true, "truncate": true,
	"analyze": true, "vacuum": true, "comment": true, "show": true, "describe": true, "desc": true, "call": true, "exec": true,
	"execute": true, "start": true, "savepoint": true, "release": true, "lock": true, "unlock": true, "refresh": true, "optimize": true,
	"load": true, "unload": true, "put": true, "get": true, "list": true, "ls": true, "rm": true, "remove": true, "reset": true, "unset": true,
	"attach": true, "detach": true, "install": true, "pragma": true, "checkpoint": true, "export": true, "import": true, "print": true,
	"go": true, "raiserror": true, "throw": true, "fetch": true, "open": true, "close": true, "deallocate": true, "end": true, "purge": true,
	"system": true, "kill": true, "rename": true, "undrop": true, "msck": true, "repair": true, "reindex": true, "cluster": true, "flush": true,
	"assert": true, "break": true, "continue": true, "leave": true, "iterate": true, "null": true, "exit": true, "discard": true, "security": true,
	"set": true, "add": true, "uncache": true, "clear": true, "abort": true, "do": true, "listen": true, "notify": true, "prepare": true,
	"dbcc": true, "waitfor": true, "goto": true, "delimiter": true, "summarize": true, "signal": true, "resignal": true, "raise": true, "exchange": true,
}

// other reads a statement without a query, or one that is not known.
func (p *parser) other() ast.Statement {
	start := p.start()
	word := p.peek()
	if word.Kind == token.Word && otherVerbs[fold(p.text(word))] {
		verb := strings.ToUpper(p.text(word))
		p.pos++
		p.skipOther()
		return &ast.OtherStatement{Span: p.from(start), Verb: verb}
	}
	p.unexpected("a statement")
	return p.badStatement(start, p.skipStatement())
}

// skipOther moves to the end of a statement that is not read.
func (p *parser) skipOther() {
	for !p.is(token.Semicolon) && !p.is(token.EOF) && !p.startsStatement() && (!p.is(token.ArrowText) || !p.d.Grammar.FlowOperator) {
		if p.blocks > 0 && (p.isKw(token.END) || p.isKw(token.ELSE)) {
			return
		}
		if end := p.closing(p.pos); end > 0 {
			p.pos = end
		}
		p.pos++
	}
}

// badStatement keeps the queries that were found in a statement that could not
// be read.
func (p *parser) badStatement(start int32, refs []ast.Expr) ast.Statement {
	b := &ast.BadStatement{}
	for _, ref := range refs {
		if sub, ok := ref.(*ast.Subquery); ok {
			b.Children = append(b.Children, sub.Query)
		}
	}
	b.Span = p.from(start)
	return b
}

// cache reads Spark's CACHE [LAZY] TABLE name [OPTIONS (...)] [AS] query.
func (p *parser) cache() ast.Statement {
	start := p.start()
	p.pos++
	p.acceptWord("lazy")
	p.acceptKw(token.TABLE)
	c := &ast.Create{Kind: "table", Name: p.objectName()}
	if p.acceptWord("options") {
		p.skipParens()
	}
	p.acceptKw(token.AS)
	if p.isQuery(p.pos) {
		c.Query = p.query()
	}
	c.Span = p.from(start)
	return c
}

// copyInto reads COPY INTO t FROM (query) as an insert and COPY (query) TO as a
// query; other forms hold none.
func (p *parser) copyInto() ast.Statement {
	start := p.start()
	p.pos++
	if p.is(token.LeftParen) && p.isQuery(p.pos+1) {
		q := p.queryInParens()
		p.skipOther()
		return &ast.QueryStatement{Span: p.from(start), Query: q}
	}
	p.acceptKw(token.INTO)
	i := &ast.Insert{}
	if p.partAhead(0) {
		i.Target = p.objectName()
	}
	if p.is(token.LeftParen) && !p.isQuery(p.pos+1) && p.isIdent(1) {
		i.Columns = p.identList()
	}
	if p.isKw(token.FROM) && p.ahead(1).Kind == token.LeftParen && p.isQuery(p.pos+2) {
		p.pos++
		i.Query = p.queryInParens()
	}
	p.skipOther()
	i.Span = p.from(start)
	if i.Query == nil {
		return &ast.OtherStatement{Span: i.Span, Verb: "COPY"}
	}
	return i
}
