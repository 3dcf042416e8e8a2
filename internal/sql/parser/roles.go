package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// What a keyword cannot be, as bits. Every other word is a plain name.
const (
	// notName: never a column at the start of an expression.
	notName uint8 = 1 << iota
	// notAlias: never an alias without AS.
	notAlias
	// notTableAlias: never an alias without AS in FROM.
	notTableAlias
	// clauseWord: ends an expression and begins a clause.
	clauseWord
)

// wordTable maps every keyword to the roles that it cannot have.
type wordTable [512]uint8

// commonWords are the reserved words of every dialect.
var commonWords = buildWords()

func buildWords() (t wordTable) {
	set := func(bits uint8, words ...token.Keyword) {
		for _, w := range words {
			t[w] |= bits
		}
	}
	const reserved = notName | notAlias | notTableAlias
	set(reserved|clauseWord,
		token.SELECT, token.FROM, token.WHERE, token.GROUP, token.ORDER, token.HAVING, token.UNION, token.EXCEPT,
		token.INTERSECT, token.ON, token.JOIN, token.INTO, token.THEN, token.WHEN, token.ELSE, token.LIMIT)
	set(reserved, token.AND, token.OR, token.AS, token.IN, token.IS, token.BETWEEN, token.BY, token.FOR)
	set(notAlias|notTableAlias|clauseWord,
		token.QUALIFY, token.MINUS, token.FETCH, token.END, token.RETURNING)
	set(notAlias|notTableAlias,
		token.NOT, token.LIKE, token.ILIKE, token.CASE, token.WITH, token.USING, token.COLLATE, token.OVER, token.CONNECT,
		token.RLIKE, token.REGEXP, token.NOTNULL, token.ISNULL, token.DISTINCT)
	set(notTableAlias,
		token.INNER, token.LEFT, token.RIGHT, token.FULL, token.CROSS, token.NATURAL, token.LATERAL, token.SET,
		token.TABLESAMPLE, token.STRAIGHT_JOIN, token.VALUES, token.FINAL, token.PREWHERE, token.MATCH_CONDITION)
	return t
}

// wordsOf applies a dialect's own words.
func wordsOf(d *dialect.Dialect) wordTable {
	t := commonWords
	for _, w := range d.Grammar.Reserved {
		t[token.Lookup(w)] |= notAlias | notTableAlias | clauseWord
	}
	for _, w := range d.Grammar.Unreserved {
		t[token.Lookup(w)] = 0
	}
	t[token.NotKeyword] = 0
	return t
}

// implicitAlias reports whether the current token is an alias without AS after
// an expression.
func (p *parser) implicitAlias() bool {
	t := p.peek()
	switch t.Kind {
	case token.QuotedIdent:
		return true
	case token.String:
		return p.d.Grammar.StringAlias
	case token.Word:
		if t.Keyword == token.BULK && p.isWord(1, "collect") {
			return false
		}
		return t.Keyword == token.NotKeyword || p.words[t.Keyword]&notAlias == 0 && !p.beginsClause(t.Keyword) && !p.startsStatement()
	}
	return false
}

// bareLabel reports whether the current word is an alias without AS in spite of being
// reserved: PostgreSQL takes nearly every word where nothing else can go on.
func (p *parser) bareLabel() bool {
	if !p.d.Grammar.BareLabels || !p.is(token.Word) {
		return false
	}
	switch p.kw() {
	case token.END, token.THEN, token.WHEN, token.ELSE, token.CASE, token.SELECT, token.USING, token.DISTINCT, token.BY, token.JOIN, token.CONNECT,
		token.AND, token.OR, token.IN, token.IS, token.BETWEEN, token.NOT, token.LIKE, token.ILIKE, token.COLLATE:
		return p.itemEndsBehind()
	}
	return false
}

// itemEndsBehind reports whether the item of a list ends behind the current token.
func (p *parser) itemEndsBehind() bool {
	next := p.ahead(1)
	switch next.Kind {
	case token.Comma, token.RightParen, token.Semicolon, token.EOF:
		return true
	case token.Word:
		switch next.Keyword {
		case token.FROM, token.WHERE, token.GROUP, token.ORDER, token.UNION, token.INTERSECT, token.EXCEPT, token.LIMIT, token.HAVING, token.INTO:
			return true
		}
	}
	return false
}

// endsBehind reports whether nothing but the end of an item follows the current word:
// then it is not an operator.
func (p *parser) endsBehind() bool {
	switch next := p.ahead(1); next.Kind {
	case token.Comma, token.RightParen, token.Semicolon, token.EOF:
		return true
	case token.Word:
		return next.Keyword == token.FROM
	}
	return false
}

// oddAlias reports whether a reserved word is where an alias can be, and that the query
// goes on behind it: it costs this column, not the query.
func (p *parser) oddAlias() bool {
	if !p.is(token.Word) || p.blocks > 0 && p.isKw(token.END) {
		return false
	}
	switch k := p.kw(); k {
	case token.FROM, token.UNION, token.EXCEPT, token.INTERSECT, token.MINUS, token.AS, token.NotKeyword:
		return false
	default:
		if p.words[k]&(notAlias|clauseWord) == 0 {
			return false
		}
	}
	next := p.ahead(1)
	return next.Kind == token.Comma || next.Keyword == token.FROM
}

// implicitTableAlias is the same behind a member of FROM.
func (p *parser) implicitTableAlias() bool {
	t := p.peek()
	switch t.Kind {
	case token.QuotedIdent:
		return true
	case token.String:
		return p.d.Grammar.StringAlias
	case token.Word:
		if t.Keyword == token.NotKeyword {
			return !p.modelAhead() && !p.wordClauseAhead()
		}
		return p.words[t.Keyword]&notTableAlias == 0 && !p.beginsClause(t.Keyword) && !p.beginsSuffix(t.Keyword) && !p.startsStatement()
	}
	return false
}

// wordClauseAhead reports whether a word that is not a keyword begins a clause behind a member of FROM.
func (p *parser) wordClauseAhead() bool {
	next := p.ahead(1)
	switch p.peek().Len() {
	case len("log"):
		return p.isWord(0, "log") && p.isWord(1, "errors")
	case len("match"):
		return next.Kind == token.LeftParen && p.isWord(0, "match") && p.patternAhead()
	case len("unnest"):
		return next.Keyword == token.ON && p.isWord(0, "expand") || p.nestedAhead() || p.scriptAhead() ||
			p.d.Grammar.UnnestSuffix && next.Kind == token.LeftParen && p.isWord(0, "unnest")
	case len("preferring"):
		return p.preferringAhead()
	case len("subpartition"):
		return p.isWord(0, "subpartition") && (next.Kind == token.LeftParen || next.Keyword == token.FOR)
	}
	return false
}

// patternAhead reports whether the parentheses of Vertica's MATCH (PARTITION BY ... DEFINE ... PATTERN ...) follow.
func (p *parser) patternAhead() bool {
	return p.ahead(2).Keyword == token.PARTITION || p.ahead(2).Keyword == token.ORDER || p.isWord(2, "define")
}

// beginsClause reports whether a word that may be a name begins a clause here,
// classified by what follows it.
func (p *parser) beginsClause(k token.Keyword) bool {
	next := p.ahead(1)
	switch k {
	case token.WINDOW:
		return p.isIdent(1) && p.ahead(2).Keyword == token.AS
	case token.QUALIFY: // where the word is not reserved
		return next.Kind == token.Word && (p.ahead(2).Kind == token.LeftParen && p.words[next.Keyword] == 0 && next.Keyword != token.USING || comparison(p.ahead(2).Kind))
	case token.OFFSET:
		return next.Kind == token.Number || next.Kind == token.Parameter || next.Kind == token.LeftParen
	case token.START:
		return next.Keyword == token.WITH
	case token.CLUSTER, token.DISTRIBUTE, token.SORT, token.PARTITION:
		return next.Keyword == token.BY
	case token.OPTION:
		return next.Kind == token.LeftParen
	case token.ROWS, token.RANGE:
		return next.Keyword == token.BETWEEN || next.Keyword == token.UNBOUNDED || next.Keyword == token.CURRENT
	case token.FULL, token.LEFT, token.INNER:
		return next.Keyword == token.UNION || next.Keyword == token.EXCEPT || next.Keyword == token.INTERSECT
	case token.SETTINGS:
		return p.isIdent(1) && p.ahead(2).Kind == token.Equal
	case token.INSERT: // Hive: FROM t INSERT INTO u SELECT a INSERT INTO v SELECT b
		return next.Keyword == token.INTO || next.Keyword == token.OVERWRITE
	case token.EXCLUDE:
		return p.d.Grammar.ListExclude && (next.Kind == token.LeftParen || p.isIdent(1))
	case token.TIMESERIES:
		return p.isIdent(1) && p.ahead(2).Keyword == token.AS
	case token.SEGMENTED, token.UNSEGMENTED:
		return next.Keyword == token.BY || next.Keyword == token.ALL
	}
	return false
}

// beginsSuffix reports the same for words after a member of FROM.
func (p *parser) beginsSuffix(k token.Keyword) bool {
	next := p.ahead(1)
	switch k {
	case token.UNPIVOT:
		return next.Kind == token.LeftParen || next.Keyword == token.INCLUDE || next.Keyword == token.EXCLUDE
	case token.PIVOT:
		return next.Kind == token.LeftParen || p.isWord(1, "xml") && p.ahead(2).Kind == token.LeftParen
	case token.MATCH_RECOGNIZE, token.BEFORE, token.CHANGES:
		return next.Kind == token.LeftParen
	case token.AT:
		return next.Kind == token.LeftParen || p.versionWord()
	case token.SAMPLE:
		return next.Kind == token.LeftParen || next.Kind == token.Number || next.Keyword == token.ROW || p.sampleMethod() || p.sampleWords()
	case token.SEMI, token.ANTI, token.ASOF, token.POSITIONAL, token.ARRAY, token.ANY, token.ALL, token.GLOBAL, token.OUTER:
		return p.joinAhead() > 0
	case token.VERSION, token.TIMESTAMP, token.SYSTEM_TIME, token.SYSTEM_VERSION:
		return next.Keyword == token.AS && p.ahead(2).Keyword == token.OF
	case token.USE, token.IGNORE, token.FORCE:
		return next.Keyword == token.INDEX || next.Keyword == token.KEY
	case token.WINDOW:
		return p.isIdent(1) && p.ahead(2).Keyword == token.AS
	case token.OUTPUT:
		return p.isIdent(1)
	case token.LOCK: // MySQL: LOCK IN SHARE MODE
		return next.Keyword == token.IN
	case token.INDEXED:
		return next.Keyword == token.BY
	case token.MAP: // Hive: FROM t MAP a, b USING 'script'
		return p.scriptAhead()
	case token.NULL: // Doris: NULL AWARE LEFT ANTI JOIN
		return p.isWord(1, "aware")
	case token.TABLET:
		return next.Kind == token.LeftParen
	}
	return false
}

// comparison reports whether a token compares two values.
func comparison(k token.Kind) bool {
	switch k {
	case token.Equal, token.Less, token.LessEqual, token.Greater, token.GreaterEqual, token.NotEqual:
		return true
	}
	return false
}

// preferringAhead reports whether Exasol's PREFERRING HIGH a or PREFERRING (LOW a ...) follows.
func (p *parser) preferringAhead() bool {
	n := 1
	for p.ahead(n).Kind == token.LeftParen && n < longestName {
		n++
	}
	return (p.isWord(n, "high") || p.isWord(n, "low")) && p.isWord(0, "preferring")
}
