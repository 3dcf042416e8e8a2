package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// tableSuffixes reads alias, time travel, sampling, hints, PIVOT, UNPIVOT,
// MATCH_RECOGNIZE and the like after a member of FROM, in any order.
func (p *parser) tableSuffixes(t ast.TableExpr) ast.TableExpr {
	for n := 0; n < longestChain; n++ {
		next := p.tableSuffix(t)
		if next == nil {
			return t
		}
		t = next
	}
	return t
}

// tableSuffix reads one suffix, or returns nil.
func (p *parser) tableSuffix(t ast.TableExpr) ast.TableExpr {
	if p.is(token.LeftParen) && p.hintParens() {
		p.skipParens()
		return t
	}
	if p.is(token.Word) {
		if next, done := p.wordSuffix(t); done {
			return next
		}
	}
	if aliasOf(t) != nil {
		return nil
	}
	// Oracle: t@link
	if ref, ok := t.(*ast.TableRef); ok && p.is(token.Parameter) && p.adjacent(0) && p.src[p.start()] == '@' {
		p.pos++
		for p.is(token.Dot) && p.partAhead(1) {
			p.pos += 2
		}
		if p.is(token.LeftParen) && p.adjacent(0) { // Doris: t@incr('startTime' = 'x'), t@branch('b')
			p.skipParens()
		}
		ref.End = p.from(ref.Start).End
		return t
	}
	switch {
	case p.acceptKw(token.AS):
		if p.is(token.LeftParen) && !p.aliasColumnsAhead() {
			p.unexpected("an alias")
			return nil
		}
		setAlias(t, p.alias())
		return t
	case p.implicitTableAlias():
		setAlias(t, p.alias())
		return t
	}
	return nil
}

// wordSuffix reads the suffixes that begin with a word; false means none does.
func (p *parser) wordSuffix(t ast.TableExpr) (ast.TableExpr, bool) {
	next := p.ahead(1)
	paren := next.Kind == token.LeftParen
	switch p.kw() {
	case token.FOR:
		if next.Keyword == token.SYSTEM_TIME || next.Keyword == token.SYSTEM_VERSION || next.Keyword == token.VERSION || next.Keyword == token.TIMESTAMP {
			p.pos++
			return p.timeTravel(t), true
		}
		if next.Keyword == token.TIME && p.ahead(2).Keyword == token.AS { // Doris: FOR TIME AS OF
			p.pos++
			return p.timeTravel(t), true
		}
		if next.Keyword == token.PATH { // T-SQL: a node or edge of a path
			p.pos += 2
			return t, true
		}
	case token.VERSION, token.TIMESTAMP, token.SYSTEM_TIME, token.SYSTEM_VERSION:
		if next.Keyword == token.AS && p.ahead(2).Keyword == token.OF {
			return p.timeTravel(t), true
		}
	case token.AT, token.BEFORE, token.CHANGES:
		if paren {
			p.pos++
			p.skipParens()
			return t, true
		}
		if p.kw() == token.AT && p.versionWord() { // Dremio: AT BRANCH b, AT SNAPSHOT '1'
			p.pos += 2
			p.advance()
			if p.isKw(token.AS, token.OF) {
				return p.timeTravel(t), true
			}
			return t, true
		}
		// Redshift: t.arr AS x AT i
		if ref, ok := t.(*ast.TableRef); ok && p.kw() == token.AT && p.d.Names.CorrelatedPaths && ref.Alias != nil && p.isIdent(1) {
			p.pos++
			ref.WithOffset = p.ident()
			ref.End = ref.WithOffset.End
			return t, true
		}
		if p.kw() == token.AT && (next.Keyword == token.VERSION || next.Keyword == token.TIMESTAMP) {
			p.pos += 2
			p.primary()
			return t, true
		}
	case token.TABLESAMPLE, token.SAMPLE:
		if p.kw() == token.TABLESAMPLE || paren || next.Kind == token.Number || next.Keyword == token.ROW || p.sampleMethod() || p.sampleWords() {
			p.sample()
			return t, true
		}
	case token.FINAL:
		p.pos++
		return t, true
	case token.END: // Snowflake: CHANGES (...) AT (...) END (...)
		if paren && p.toks[max(p.pos-1, 0)].Kind == token.RightParen {
			p.pos++
			p.skipParens()
			return t, true
		}
	case token.NOT: // SQLite
		if next.Keyword == token.INDEXED {
			p.pos += 2
			return t, true
		}
	case token.WITH:
		return p.withSuffix(t)
	case token.PIVOT:
		if p.isWord(1, "xml") && p.ahead(2).Kind == token.LeftParen {
			p.pos++
			return p.pivot(t), true
		}
		if paren {
			return p.pivot(t), true
		}
	case token.UNPIVOT:
		if paren || next.Keyword == token.INCLUDE || next.Keyword == token.EXCLUDE {
			return p.unpivot(t), true
		}
	case token.MATCH_RECOGNIZE:
		if paren {
			return p.matchRecognize(t), true
		}
	case token.PARTITION, token.TABLET:
		if next.Keyword == token.FOR && p.ahead(2).Kind == token.LeftParen { // Oracle: PARTITION FOR (key)
			p.pos += 2
			p.skipParens()
			return t, true
		}
		if paren {
			p.pos++
			p.skipParens()
			return t, true
		}
	case token.INDEXED: // SQLite
		if next.Keyword == token.BY && p.isIdent(2) {
			p.pos += 3
			return t, true
		}
	case token.USE, token.IGNORE, token.FORCE:
		if next.Keyword == token.INDEX || next.Keyword == token.KEY {
			p.pos += 2
			if p.acceptKw(token.FOR) {
				p.skipWords("join", "order", "group", "by")
			}
			p.skipParens()
			return t, true
		}
	case token.AS:
		// Materialize: AS OF 1720000000000
		if next.Keyword == token.OF && p.ahead(2).Keyword == token.AT && p.isWord(3, "least") { // Materialize
			p.pos += 4
			p.binary(precOther)
			return t, true
		}
		if next.Keyword == token.OF && (p.ahead(2).Kind == token.Number || p.ahead(2).Kind == token.String) {
			p.pos += 2
			p.primary()
			return t, true
		}
		if next.Keyword == token.OF && p.ahead(2).Keyword == token.PERIOD && p.ahead(3).Keyword == token.FOR && p.isIdent(4) {
			p.pos += 3 // Oracle: AS OF PERIOD FOR valid_time x
			return p.timeTravel(t), true
		}
		if next.Keyword == token.OF && p.ahead(2).Kind == token.Word { // Oracle: AS OF TIMESTAMP x, AS OF SCN x
			p.pos++
			return p.timeTravel(t), true
		}
	}
	switch {
	case p.isWord(0, "subpartition") && (paren || next.Keyword == token.FOR): // Oracle
		p.pos++
		p.acceptKw(token.FOR)
		p.skipParens()
		return t, true
	case p.isWord(0, "versions") && next.Keyword == token.BETWEEN: // Oracle: VERSIONS BETWEEN SCN x AND y
		p.pos += 2
		p.skipWords("scn", "timestamp")
		p.binary(precLike)
		p.acceptKw(token.AND)
		p.binary(precLike)
		return t, true
	case p.isWord(0, "options") && paren && p.hintsAhead():
		p.pos++
		p.skipParens()
		return t, true
	case p.isKw(token.PARTITION, token.BY) && p.ahead(2).Kind == token.LeftParen: // Oracle: JOIN t PARTITION BY (a) ON
		p.pos += 2
		p.skipParens()
		return t, true
	}
	return nil, false
}

// hintsAhead distinguishes Materialize's OPTIONS (LIMIT INPUT GROUP SIZE = n) from an alias with names.
func (p *parser) hintsAhead() bool {
	k := p.ahead(2).Keyword
	return k == token.LIMIT || k == token.DISTINCT || p.isWord(2, "aggregate")
}

// withSuffix reads WITH ORDINALITY, WITH OFFSET, OPENJSON's WITH (columns) and
// hints.
func (p *parser) withSuffix(t ast.TableExpr) (ast.TableExpr, bool) {
	next := p.ahead(1)
	switch {
	case next.Keyword == token.ORDINALITY:
		p.pos += 2
		if f, ok := t.(*ast.TableFunction); ok {
			f.Ordinality = true
			f.End = p.from(f.Start).End
		}
	case next.Keyword == token.OFFSET:
		p.pos++
		word := p.advance()
		name := ast.Ident{Span: word.Span, Text: "offset"}
		if p.acceptKw(token.AS) || p.implicitTableAlias() {
			name = p.ident()
		}
		switch t := t.(type) {
		case *ast.TableFunction:
			t.WithOffset, t.End = name, p.from(t.Start).End
		case *ast.TableRef:
			t.WithOffset, t.End = name, p.from(t.Start).End
		}
	case next.Kind == token.LeftParen:
		p.pos++
		if f, ok := t.(*ast.TableFunction); ok && f.Alias == nil && p.isIdent(1) && (p.isIdent(2) || p.ahead(2).Kind == token.Dot) {
			f.Columns = p.columnDefs()
			f.End = p.from(f.Start).End
			return t, true
		}
		p.skipParens()
	default:
		return nil, false
	}
	return t, true
}

// timeTravel reads SYSTEM_TIME AS OF x, BETWEEN a AND b, FROM a TO b, ALL.
func (p *parser) timeTravel(t ast.TableExpr) ast.TableExpr {
	p.pos++
	var at ast.Expr
	switch {
	case p.ahead(-1).Keyword == token.FOR && p.isIdent(0):
		p.pos++
		at = p.binary(precOther)
	case p.isWord(-1, "of"):
		p.pos++
		at = p.binary(precOther)
	case p.acceptKw(token.AS, token.OF):
		at = p.binary(precOther)
	case p.acceptKw(token.BETWEEN):
		p.binary(precOther)
		p.expectKw(token.AND)
		at = p.binary(precOther)
	case p.acceptKw(token.FROM):
		p.binary(precOther)
		p.acceptKw(token.TO)
		at = p.binary(precOther)
	case p.acceptWord("contained"):
		p.acceptKw(token.IN)
		p.skipParens()
	default:
		p.acceptKw(token.ALL)
	}
	if ref, ok := t.(*ast.TableRef); ok {
		ref.AsOf = at
		ref.End = p.from(ref.Start).End
	}
	return t
}

// sampleMethod reports whether a method of sampling and a size follow SAMPLE.
func (p *parser) sampleMethod() bool {
	return p.ahead(2).Kind == token.LeftParen && (p.isWord(1, "block") || p.isWord(1, "system") || p.isWord(1, "bernoulli"))
}

// versionWord reports whether a kind of version and its name follow AT.
func (p *parser) versionWord() bool {
	if k := p.ahead(2).Kind; k != token.Word && k != token.QuotedIdent && k != token.String || p.words[p.ahead(2).Keyword]&clauseWord != 0 {
		return false
	}
	for _, word := range []string{"branch", "snapshot", "tag", "commit", "ref", "reference"} {
		if p.isWord(1, word) {
			return true
		}
	}
	return false
}

// sampleWords reports whether Teradata's SAMPLE WHEN condition, WITH REPLACEMENT or RANDOMIZED ALLOCATION follows.
func (p *parser) sampleWords() bool {
	return p.d.Grammar.TypePhrases && (p.ahead(1).Keyword == token.WHEN || p.isWord(1, "randomized") || p.isWord(2, "replacement"))
}

// sample skips TABLESAMPLE method (n PERCENT) REPEATABLE (seed) and the like.
func (p *parser) sample() {
	p.pos++
	if p.d.Grammar.TypePhrases { // Teradata
		p.skipWords("with", "replacement", "randomized", "allocation")
		for p.acceptKw(token.WHEN) {
			p.expr()
			p.acceptKw(token.THEN)
			p.exprs()
			if p.acceptKw(token.ELSE) {
				p.exprs()
			}
		}
		if p.acceptKw(token.END) {
			return
		}
	}
	p.skipWords("system", "bernoulli", "row", "block", "reservoir")
	if p.is(token.LeftParen) {
		p.skipParens()
	} else if p.is(token.Number) && p.d.Grammar.Phrases { // Teradata: SAMPLE 0.3, 0.5
		for p.accept(token.Number) && p.accept(token.Comma) {
		}
	} else {
		p.accept(token.Number)
		if p.accept(token.Slash) {
			p.accept(token.Number)
		}
		_ = p.acceptKw(token.PERCENT) || p.accept(token.Percent) || p.acceptKw(token.ROWS)
		if p.is(token.LeftParen) {
			p.skipParens()
		}
		if p.acceptKw(token.OFFSET) {
			p.binary(precOther)
		}
	}
	if p.isWord(0, "repeatable") || p.isWord(0, "seed") {
		p.pos++
		if !p.accept(token.Number) { // Doris: REPEATABLE 5
			p.skipParens()
		}
	}
}
