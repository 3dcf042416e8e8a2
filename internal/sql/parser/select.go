package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// selection reads SELECT ... or FROM ... [SELECT ...], without ORDER BY and
// what follows it.
func (p *parser) selection() ast.QueryBody {
	start := p.start()
	s := p.nodes.selects.New()
	if p.acceptKw(token.FROM) {
		s.FromFirst = true
		s.From = p.fromList()
		if !p.isKw(token.SELECT) {
			p.clauses(s)
		}
	}
	if p.acceptKw(token.SELECT) {
		p.selectHead(s)
		s.Items = p.selectItems()
	} else if s.FromFirst && p.scriptAhead() {
		s.Items = []ast.SelectItem{p.scriptItem()}
	} else if s.FromFirst {
		star := &ast.Star{Span: token.Span{Start: start, End: start}}
		s.Items = []ast.SelectItem{{Span: star.Span, Expr: star}}
	}
	p.clauses(s)
	s.Span = p.from(start)
	return s
}

// selectHead reads what is between SELECT and the items.
func (p *parser) selectHead(s *ast.Select) {
	for p.is(token.Word) {
		next := p.ahead(1)
		if p.isWord(0, "normalize") && next.Keyword == token.ON { // Teradata: NORMALIZE ON MEETS OR OVERLAPS
			p.pos += 2
			p.skipWords("meets", "or", "overlaps")
			continue
		}
		switch p.kw() {
		case token.ALL:
			if next.Kind == token.Comma || next.Keyword == token.FROM {
				return
			}
			p.pos++
		case token.DISTINCT, token.UNIQUE:
			if p.kw() == token.UNIQUE && (next.Kind != token.Word || next.Keyword == token.FROM || next.Keyword == token.AS) {
				return // a column of that name, as dbt_utils.deduplicate makes one
			}
			p.pos++
			s.Distinct = true
			if p.isKw(token.ON) && p.ahead(1).Kind == token.LeftParen {
				p.pos += 2
				s.DistinctOn = p.exprList(token.RightParen)
				p.closeParen()
			}
		case token.TOP:
			if !p.topAhead() {
				return
			}
			p.top(s)
		case token.AS:
			p.pos++
			switch {
			case p.acceptKw(token.STRUCT):
				s.Mode = ast.AsStruct
			case p.acceptKw(token.VALUE):
				s.Mode = ast.AsValue
			default:
				p.objectName()
				s.Mode = ast.AsStruct
			}
		case token.STRAIGHT_JOIN:
			p.pos++
		case token.WITH: // BigQuery: SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (...)
			if !p.isIdent(1) {
				return
			}
			p.pos += 2
			if p.acceptWord("options") {
				p.skipParens()
			}
		default:
			if !p.mysqlHint() {
				return
			}
			p.pos++
		}
	}
}

// mysqlHint reports whether a word such as SQL_CALC_FOUND_ROWS is next.
func (p *parser) mysqlHint() bool {
	if !p.startsOperand(1) {
		return false
	}
	for _, hint := range []string{"sql_calc_found_rows", "sql_no_cache", "sql_cache", "sql_small_result", "sql_big_result", "sql_buffer_result", "high_priority", "distinctrow"} {
		if p.isWord(0, hint) {
			return true
		}
	}
	return false
}

func (p *parser) topAhead() bool {
	k := p.ahead(1).Kind
	return p.d.Grammar.Top && (k == token.Number || k == token.LeftParen || k == token.Parameter)
}

// top reads TOP n, TOP (n) [PERCENT] [WITH TIES].
func (p *parser) top(s *ast.Select) {
	p.pos++
	if p.is(token.LeftParen) {
		s.Top = p.parenthesized()
	} else {
		s.Top = p.primary()
	}
	p.acceptKw(token.PERCENT)
	p.acceptKw(token.WITH, token.TIES)
}

// selectItems reads projections; a trailing comma is allowed.
func (p *parser) selectItems() []ast.SelectItem {
	base := len(p.itemStack)
	for !p.itemsEnd() {
		p.itemStack = append(p.itemStack, p.selectItem())
		if !p.accept(token.Comma) {
			break
		}
	}
	if p.isKw(token.EXCLUDE) && p.d.Grammar.ListExclude {
		p.excludeItems(base)
	}
	list := p.nodes.items.Copy(p.itemStack[base:])
	clear(p.itemStack[base:])
	p.itemStack = p.itemStack[:base]
	return list
}

// excludeItems reads Redshift's EXCLUDE (a, b) after a list of projections: those
// columns of its stars, and projections of these names, are left out.
func (p *parser) excludeItems(base int) {
	p.pos++
	list := p.columnList()
	for p.accept(token.Comma) {
		list = append(list, p.columnName())
	}
	kept := p.itemStack[:base]
	for _, item := range p.itemStack[base:] {
		if star, ok := item.Expr.(*ast.Star); ok && len(list) > 0 {
			star.Modifiers = append(star.Modifiers, ast.StarModifier{Span: list[0].Span, Columns: list})
		} else if excluded(&item, list) {
			continue
		}
		kept = append(kept, item)
	}
	clear(p.itemStack[len(kept):])
	p.itemStack = kept
}

func excluded(item *ast.SelectItem, list []*ast.ColumnRef) bool {
	name := item.Alias.Text
	if ref, ok := item.Expr.(*ast.ColumnRef); ok && name == "" && len(ref.Parts) > 0 {
		name = ref.Parts[len(ref.Parts)-1].Text
	}
	for _, ref := range list {
		if len(ref.Parts) > 0 && strings.EqualFold(ref.Parts[len(ref.Parts)-1].Text, name) {
			return true
		}
	}
	return false
}

// itemsEnd reports whether no further item follows, also after a trailing comma.
func (p *parser) itemsEnd() bool {
	t := p.peek()
	switch t.Kind {
	case token.RightParen, token.RightBracket, token.RightBrace, token.Semicolon, token.EOF, token.PipeRight:
		return true
	case token.Word:
		return p.words[t.Keyword]&clauseWord != 0 && p.words[t.Keyword]&notName != 0 && p.ahead(1).Kind != token.Dot
	}
	return false
}

// selectItem reads expr [[AS] alias], alias = expr, or alias: expr.
func (p *parser) selectItem() ast.SelectItem {
	start := p.start()
	item := ast.SelectItem{}
	next := p.ahead(1).Kind
	switch {
	case next == token.Equal && p.d.Grammar.AliasEquals && (p.isIdent(0) || p.is(token.String)):
		t := p.advance()
		item.Alias = p.identOf(&t)
		p.pos++
	case next == token.Equal && p.d.Grammar.AliasEquals && p.is(token.Parameter):
		t := p.advance()
		item.Alias, item.Variable = p.identOf(&t), true
		p.pos++
	case next == token.Colon && p.d.Grammar.AliasColon && (p.isIdent(0) || p.is(token.String)):
		t := p.advance()
		item.Alias = p.identOf(&t)
		p.pos++
	}
	p.phraseName, p.namedAt = ast.Ident{}, 0
	item.Expr = p.exceptNames(p.expr())
	if p.namedAt == p.pos && item.Alias.IsZero() {
		item.Alias = p.phraseName
	}
	if p.scriptEnd == p.pos && p.pos > 0 {
		p.scriptColumns(&item)
	} else if item.Alias.IsZero() {
		p.itemAlias(&item)
	}
	if !p.atItemEnd() && !p.clauseAhead() {
		item.Expr = p.endItem(start, item.Expr)
		if bad, ok := item.Expr.(*ast.BadExpr); ok && item.Alias.IsZero() {
			item.Alias = p.lastAlias(bad)
		}
	}
	item.Span = p.from(start)
	return item
}

// scriptColumns reads AS (x, y INT) or AS x, y behind a script of Hive, which gives key and value without it.
func (p *parser) scriptColumns(item *ast.SelectItem) {
	if p.isKw(token.AS) && p.ahead(1).Kind == token.LeftParen {
		p.itemAlias(item)
	} else if p.acceptKw(token.AS) {
		for p.isIdent(0) {
			item.Aliases = append(item.Aliases, p.ident())
			if !p.accept(token.Comma) {
				break
			}
		}
	} else {
		at := p.from(p.start())
		item.Aliases = []ast.Ident{{Span: at, Text: "key"}, {Span: at, Text: "value"}}
	}
	if p.isKw(token.ROW) && p.isWord(1, "format") {
		p.salvage(func() bool { return p.atItemEnd() })
	}
}

// scriptItem reads MAP a, b USING 'script' AS x, y and REDUCE, Hive's other words for SELECT TRANSFORM (a, b).
func (p *parser) scriptItem() ast.SelectItem {
	start := p.start()
	p.pos++
	c := p.nodes.calls.New()
	c.Name = &ast.ObjectName{Parts: []ast.Ident{{Text: "transform"}}}
	c.Args = arguments(p.exprs())
	p.callSuffixes(c)
	c.Span = p.from(start)
	item := ast.SelectItem{Expr: c}
	p.scriptColumns(&item)
	item.Span = p.from(start)
	return item
}

// scriptAhead reports whether MAP a, b USING or REDUCE a, b USING follows.
func (p *parser) scriptAhead() bool {
	if !p.d.Grammar.AngleTypes || !p.isWord(0, "map") && !p.isWord(0, "reduce") || !p.isIdent(1) {
		return false
	}
	for n := 2; n < longestScript; n++ {
		switch t := p.ahead(n); {
		case t.Keyword == token.USING:
			return p.ahead(n+1).Kind == token.String
		case t.Kind == token.EOF, t.Kind == token.Semicolon, t.Kind == token.RightParen, p.words[t.Keyword]&clauseWord != 0:
			return false
		}
	}
	return false
}

// longestScript bounds the tokens of the values of a script.
const longestScript = 256

// lastAlias finds the alias of an item that could not be read: the name after
// an AS that ends it.
func (p *parser) lastAlias(bad *ast.BadExpr) ast.Ident {
	if p.pos < 2 || p.toks[p.pos-2].Keyword != token.AS || !p.isIdent(-1) {
		return ast.Ident{}
	}
	id := p.identOf(p.ahead(-1))
	if n := len(bad.Children); n > 0 && bad.Children[n-1].Range() == id.Span {
		bad.Children = bad.Children[:n-1]
	}
	return id
}

// clauseAhead reports whether a word that may also be a name begins a clause here.
func (p *parser) clauseAhead() bool {
	if !p.is(token.Word) {
		return false
	}
	switch k := p.kw(); k {
	case token.PREWHERE, token.SETTINGS, token.FORMAT, token.WITH, token.BULK, token.USING, token.OFFSET, token.LATERAL, token.CONNECT, token.SAMPLE:
		return true
	case token.FOR: // SELECT without FROM, as a subquery of T-SQL
		return p.isWord(1, "json") || p.isWord(1, "xml")
	default:
		if k == token.NotKeyword {
			return p.modelAhead() || p.wordClauseAhead()
		}
		return p.beginsClause(k) || p.startsStatement()
	}
}

// itemAlias reads [AS] alias or AS (a, b).
func (p *parser) itemAlias(item *ast.SelectItem) {
	switch {
	case p.acceptKw(token.AS):
		if p.is(token.LeftParen) {
			for _, c := range p.columnDefs() {
				item.Aliases = append(item.Aliases, c.Name)
			}
			return
		}
		if p.is(token.String) || p.is(token.Template) {
			t := p.advance()
			item.Alias = p.identOf(&t)
			return
		}
		p.accept(token.Colon) // Snowflake: AS :name in scripts
		item.Alias = p.ident()
	case p.isWord(0, "emits") && p.ahead(1).Kind == token.LeftParen: // Exasol: f(a) EMITS (x INT, y INT)
		p.pos++
		for _, c := range p.columnDefs() {
			item.Aliases = append(item.Aliases, c.Name)
		}
	case p.implicitAlias(), p.bareLabel():
		t := p.advance()
		item.Alias = p.identOf(&t)
	case p.oddAlias():
		p.unexpected("an alias")
		t := p.advance()
		item.Alias = p.identOf(&t)
	}
}

// clauses reads the clauses of a SELECT after its items, in whatever order.
func (p *parser) clauses(s *ast.Select) {
	for p.is(token.Word) {
		if !p.clause(s) {
			return
		}
	}
}

// clause reads one clause; false means that none begins here.
func (p *parser) clause(s *ast.Select) bool {
	start, next := p.start(), p.ahead(1)
	switch p.kw() {
	case token.INTO:
		p.into(s)
	case token.BULK:
		if !p.acceptKw(token.BULK, token.COLLECT) {
			return false
		}
	case token.FROM:
		if s.From != nil {
			return false
		}
		p.pos++
		s.From = p.fromList()
	case token.LATERAL:
		if !p.isWord(1, "view") {
			return false
		}
		s.From = p.lateralViews(s.From)
	case token.PREWHERE:
		p.pos++
		s.Prewhere = p.condition()
	case token.WHERE:
		p.pos++
		s.Where = p.condition()
	case token.START:
		if next.Keyword != token.WITH {
			return false
		}
		p.pos += 2
		p.connect(s, start).StartWith = p.condition()
		s.Connect.Span = p.from(s.Connect.Start)
	case token.CONNECT:
		if next.Keyword != token.BY {
			return false
		}
		p.pos += 2
		p.acceptWord("nocycle")
		p.connect(s, start).Condition = p.condition()
		s.Connect.Span = p.from(s.Connect.Start)
	case token.GROUP:
		if next.Keyword != token.BY {
			return false
		}
		s.GroupBy = p.groupBy()
	case token.HAVING:
		p.pos++
		s.Having = p.condition()
	case token.QUALIFY:
		if p.words[token.QUALIFY]&clauseWord == 0 && !p.beginsClause(token.QUALIFY) {
			return false
		}
		p.pos++
		s.Qualify = p.condition()
	case token.WINDOW:
		if !p.isIdent(1) || p.ahead(2).Keyword != token.AS {
			return false
		}
		p.windows(s)
	case token.TIMESERIES:
		if !p.beginsClause(token.TIMESERIES) {
			return false
		}
		s.From = append(s.From, p.timeseries())
	case token.CLUSTER, token.DISTRIBUTE, token.SORT:
		if next.Keyword != token.BY {
			return false
		}
		p.pos += 2
		s.SortBy = append(s.SortBy, p.orderItems()...)
	case token.WITH: // Teradata: WITH SUM(a) BY b adds lines of totals to a report
		if !p.d.Grammar.TypePhrases || p.ahead(2).Kind != token.LeftParen || p.isWord(1, "check") {
			return false
		}
		p.pos++
		p.exprs()
		if p.acceptKw(token.BY) {
			p.exprs()
		}
	default:
		switch {
		case p.modelAhead():
			s.Model = p.model()
		case p.isWord(0, "expand") && next.Keyword == token.ON:
			p.expandOn(s)
		case p.preferringAhead():
			p.preferring(s)
		case p.isWord(0, "match") && next.Kind == token.LeftParen && p.patternAhead(): // Vertica: the rows of a pattern
			p.pos++
			p.skipParens()
		default:
			return false
		}
	}
	return true
}

// expandOn reads Teradata's EXPAND ON period [AS name] [BY ...] [FOR ...]: a row for each part of a period, which has
// the name.
func (p *parser) expandOn(s *ast.Select) {
	start := p.start()
	word := p.advance()
	p.pos++
	period := p.expr()
	call := &ast.Call{Name: &ast.ObjectName{Span: word.Span, Parts: []ast.Ident{p.identOf(&word)}}, Args: []ast.Arg{{Span: period.Range(), Expr: period}}}
	call.Span = p.from(start)
	if p.acceptKw(token.AS) || p.isIdent(0) && p.implicitAlias() && !p.isKw(token.BY) && !p.isKw(token.FOR) {
		id := p.ident()
		alias := &ast.Alias{Span: id.Span, Name: id, Columns: []ast.ColumnDef{{Span: id.Span, Name: id}}}
		s.From = append(s.From, &ast.TableFunction{Span: p.from(start), Lateral: true, Calls: []*ast.Call{call}, Alias: alias})
	}
	if p.acceptKw(token.BY) {
		_ = p.acceptWord("anchor") && p.acceptAny(token.PERIOD)
		p.binary(precOther)
		if p.acceptKw(token.AT) {
			p.binary(precOther)
		}
	}
	if p.acceptKw(token.FOR) {
		p.expr()
	}
}

// preferring reads Exasol's PREFERRING HIGH a PLUS LOW b PRIOR TO (...) [PARTITION BY c], which chooses rows.
func (p *parser) preferring(s *ast.Select) {
	start := p.start()
	p.pos++
	parts := p.salvage(func() bool {
		switch p.kw() {
		case token.GROUP, token.ORDER, token.HAVING, token.LIMIT, token.UNION, token.EXCEPT, token.INTERSECT, token.MINUS, token.QUALIFY:
			return true
		}
		return p.is(token.Semicolon)
	})
	if s.Where != nil {
		parts = append([]ast.Expr{s.Where}, parts...)
	}
	s.Where = &ast.Collection{Span: p.from(start), Kind: ast.Tuple, Members: arguments(parts)}
}

func arguments(list []ast.Expr) []ast.Arg {
	args := make([]ast.Arg, len(list))
	for i, e := range list {
		args[i] = ast.Arg{Span: e.Range(), Expr: e}
	}
	return args
}

// condition reads the expression of WHERE and the like; what follows it oddly is
// kept as part of it.
func (p *parser) condition() ast.Expr {
	start := p.start()
	e := p.expr()
	if p.atItemEnd() || p.clauseAhead() || p.is(token.Word) && p.conditionEnds() {
		return e
	}
	return p.endItem(start, e)
}

// conditionEnds reports whether a word may follow a condition.
func (p *parser) conditionEnds() bool {
	switch p.kw() {
	case token.START, token.OPTION, token.LOCK, token.WINDOW, token.CLUSTER, token.DISTRIBUTE, token.SORT, token.LEFT, token.RIGHT,
		token.FULL, token.INNER, token.CROSS, token.NATURAL, token.ASOF, token.ANTI, token.SEMI, token.ANY, token.ALL, token.GLOBAL,
		token.ARRAY, token.POSITIONAL, token.STRAIGHT_JOIN, token.PIVOT, token.UNPIVOT, token.TABLESAMPLE, token.FOR, token.AS, token.OUTER,
		token.AND, token.OR, token.DO, token.LOOP, token.BEGIN, token.OUTPUT, token.IF, token.PASSING, token.MATCH_RECOGNIZE,
		token.SET, token.DELETE, token.INSERT, token.SAMPLE:
		return true
	}
	return p.startsStatement() || p.removesDuplicates()
}

// connect returns the hierarchical clause, made at first use.
func (p *parser) connect(s *ast.Select, start int32) *ast.ConnectBy {
	if s.Connect == nil {
		s.Connect = &ast.ConnectBy{}
		s.Connect.Start = start
	}
	return s.Connect
}

// into reads INTO table or INTO variables.
func (p *parser) into(s *ast.Select) {
	p.pos++
	if (p.isWord(0, "outfile") || p.isWord(0, "dumpfile")) && p.ahead(1).Kind == token.String { // MySQL
		p.salvage(func() bool { return p.is(token.Semicolon) || p.isKw(token.FROM) || p.isKw(token.FOR) })
		return
	}
	if p.isWord(0, "local") || p.isWord(0, "global") { // Vertica: INTO LOCAL TEMP TABLE t ON COMMIT PRESERVE ROWS
		if k := p.ahead(1).Keyword; k == token.TEMP || k == token.TEMPORARY {
			p.pos++
		}
	}
	_ = p.acceptAny(token.TEMP, token.TEMPORARY, token.UNLOGGED)
	p.acceptKw(token.TABLE)
	p.acceptWord("strict")
	if p.is(token.Parameter) || p.is(token.Colon) {
		s.IntoVariables = p.exprs()
		return
	}
	name := p.objectName()
	if p.isKw(token.ON) && p.isWord(1, "commit") {
		p.pos += 2
		p.skipWords("preserve", "delete", "rows")
	}
	if !p.is(token.Comma) {
		s.Into = name
		return
	}
	s.IntoVariables = append(s.IntoVariables, &ast.ColumnRef{Span: name.Span, Parts: name.Parts})
	for p.accept(token.Comma) {
		s.IntoVariables = append(s.IntoVariables, p.expr())
	}
}

// windows reads WINDOW name AS (...), ....
func (p *parser) windows(s *ast.Select) {
	p.pos++
	for {
		start := p.start()
		w := ast.NamedWindow{Name: p.ident()}
		p.expectKw(token.AS)
		w.Window = p.over()
		w.Span = p.from(start)
		s.Windows = append(s.Windows, w)
		if !p.accept(token.Comma) {
			return
		}
	}
}
