package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// shortVerb makes a keyword of SEL, INS, UPD or DEL at an index where a statement
// or query can begin. It is called once the token after it is read.
func (p *parser) shortVerb(at int) {
	word := &p.toks[at]
	if word.Kind != token.Word || word.Keyword != token.NotKeyword || word.Len() != 3 {
		return
	}
	verb, ok := shortVerbs[fold(p.text(word))]
	if ok && p.goesOnBehind(verb, &p.toks[at+1]) && p.beginsAt(verb, at) {
		word.Keyword = verb
	}
}

var shortVerbs = map[string]token.Keyword{
	"sel": token.SELECT, "ins": token.INSERT, "upd": token.UPDATE, "del": token.DELETE,
}

// beginsAt reports whether the tokens before an index allow a verb at it.
func (p *parser) beginsAt(verb token.Keyword, at int) bool {
	if at == 0 {
		return true
	}
	switch before := &p.toks[at-1]; before.Kind {
	case token.Semicolon, token.LeftParen:
		return true
	case token.RightParen: // WITH x AS (...) SEL
		if open := p.lastClosed; open > 0 && p.toks[open-1].Keyword == token.AS {
			return true
		}
	case token.Word:
		switch before.Keyword {
		case token.UNION, token.EXCEPT, token.MINUS, token.INTERSECT, token.ALL, token.AS:
			return true
		}
		if p.d.Grammar.LockingClause && lockModes[fold(p.text(before))] {
			return true
		}
	}
	return verb == token.SELECT && p.behindTarget(at-1)
}

// behindTarget reports whether INTO t or INTO t (columns) ends at an index.
func (p *parser) behindTarget(at int) bool {
	if p.toks[at].Kind == token.RightParen {
		at = int(p.lastClosed) - 1
	}
	for n := 0; n < longestName && at >= 0; n++ {
		if k := p.toks[at].Keyword; k == token.INTO || k == token.INSERT {
			return n > 0
		}
		if k := p.toks[at].Kind; k != token.Word && k != token.QuotedIdent && k != token.Dot {
			return false
		}
		at--
	}
	return false
}

// longestName bounds the tokens of a table's name.
const longestName = 6

// goesOnBehind reports whether a token can follow a verb: a name, a value or a star,
// and not what follows a name.
func (p *parser) goesOnBehind(verb token.Keyword, next *token.Token) bool {
	switch next.Kind {
	case token.QuotedIdent, token.String, token.Number, token.Star, token.LeftParen, token.Parameter:
		return true
	case token.Word:
		switch next.Keyword {
		case token.INTO, token.DISTINCT, token.CASE, token.NOT:
			return true
		case token.FROM:
			return verb == token.DELETE
		}
		return p.words[next.Keyword]&(notName|notAlias) == 0
	}
	return false
}

// wordComparison reads EQ, NE, GT, GE, LT and LE where a value follows; else
// such a word is an alias.
func (p *parser) wordComparison(t *token.Token) infix {
	op, ok := wordComparisons[fold(p.text(t))]
	if !ok || !p.startsOperand(1) {
		return infix{}
	}
	return infix{precCompare, op}
}

var wordComparisons = map[string]ast.Operator{
	"eq": ast.OpEqual, "ne": ast.OpNotEqual, "gt": ast.OpGreater, "ge": ast.OpGreaterEqual, "lt": ast.OpLess, "le": ast.OpLessEqual,
}

// phraseAhead reports whether the parenthesis here holds phrases about the value in
// front of it: (FORMAT '...'), (TITLE '...'), (NAMED x), (INTEGER).
func (p *parser) phraseAhead() bool {
	if !p.d.Grammar.Phrases || p.ahead(1).Kind != token.Word {
		return false
	}
	if p.d.Grammar.TypePhrases && phraseTypes[fold(p.text(p.ahead(1)))] {
		end := p.ahead(2)
		if end.Kind == token.LeftParen && p.closing(p.pos+2) > 0 {
			end = &p.toks[p.closing(p.pos+2)+1]
		}
		return end.Kind == token.RightParen || end.Kind == token.Comma
	}
	switch fold(p.text(p.ahead(1))) {
	case "format", "title":
		return p.ahead(2).Kind == token.String && p.phraseEnds(3)
	case "named":
		return p.isIdent(2) && p.phraseEnds(3)
	case "uppercase", "casespecific":
		return p.phraseEnds(2)
	case "not":
		return p.isWord(2, "casespecific") && p.phraseEnds(3)
	}
	return false
}

func (p *parser) phraseEnds(n int) bool {
	return p.ahead(n).Kind == token.RightParen || p.ahead(n).Kind == token.Comma
}

// phraseTypes are the types that a phrase may name: words that no column of
// Teradata can be called.
var phraseTypes = map[string]bool{
	"integer": true, "int": true, "bigint": true, "smallint": true, "byteint": true, "decimal": true, "dec": true, "numeric": true, "number": true,
	"float": true, "real": true, "char": true, "character": true, "varchar": true, "date": true, "time": true, "timestamp": true, "clob": true,
}

// phrase reads ( phrase, phrase ) after a value. A type makes a cast of it; what
// only changes how the value is displayed has no effect.
func (p *parser) phrase(e ast.Expr) ast.Expr {
	start, open := e.Range().Start, p.pos
	p.pos++
	var name ast.Ident
	for !p.is(token.RightParen) && !p.is(token.EOF) {
		if p.isWord(0, "named") && p.isIdent(1) {
			p.pos++
			name = p.ident()
		} else if phraseTypes[fold(p.text(p.peek()))] {
			e = &ast.Cast{Operand: e, Type: p.typeName(), Span: p.from(start)}
		} else {
			p.salvage(func() bool { return p.is(token.Comma) || p.is(token.RightParen) })
		}
		if !p.accept(token.Comma) {
			break
		}
	}
	p.closeParen()
	if !name.IsZero() {
		p.phraseName, p.namedAt = name, p.pos
	} else if p.namedAt == open {
		p.namedAt = p.pos
	}
	if c, ok := e.(*ast.Cast); ok && c.Start == start {
		c.Span = p.from(start)
	}
	return e
}

// lockingAt returns how many tokens a locking clause at an index has: LOCKING ROW
// FOR ACCESS, LOCK TABLE t IN SHARE MODE NOWAIT; 0 where there is none.
func (p *parser) lockingAt(at int) int {
	if !p.d.Grammar.LockingClause {
		return 0
	}
	first := fold(p.text(&p.toks[at]))
	if first != "locking" && first != "lock" {
		return 0
	}
	for n := 1; n < longestLock && at+n+1 < len(p.toks); n++ {
		t := &p.toks[at+n]
		if (t.Keyword == token.FOR || t.Keyword == token.IN) && lockModes[fold(p.text(&p.toks[at+n+1]))] {
			n += 2
			for at+n < len(p.toks) && lockOptions[fold(p.text(&p.toks[at+n]))] {
				n++
			}
			return n
		}
		if t.Kind != token.Word && t.Kind != token.QuotedIdent && t.Kind != token.Dot {
			return 0
		}
	}
	return 0
}

// temporalAt returns how many tokens the qualifier of a temporal statement has: CURRENT VALIDTIME, NONSEQUENCED
// VALIDTIME, VALIDTIME AS OF DATE '2020-01-01' AND ...; 0 where there is none.
func (p *parser) temporalAt() int {
	if !p.d.Grammar.TypePhrases || !p.is(token.Word) {
		return 0
	}
	n := 0
	if p.isKw(token.CURRENT) || p.isWord(0, "nonsequenced") || p.isWord(0, "sequenced") {
		n++
	}
	if !p.isWord(n, "validtime") && !p.isWord(n, "transactiontime") {
		return 0
	}
	for ; p.pos+n < len(p.toks) && n < longestTemporal; n++ {
		switch p.ahead(n).Keyword {
		case token.SELECT, token.INSERT, token.UPDATE, token.DELETE, token.WITH, token.MERGE:
			return n
		}
		if p.isWord(n, "locking") || p.isWord(n, "sel") {
			return n
		}
	}
	return 0
}

// longestTemporal bounds the tokens of the qualifier of a temporal statement.
const longestTemporal = 24

// longestLock bounds the tokens of a locking clause.
const longestLock = 12

var (
	lockModes   = map[string]bool{"access": true, "read": true, "share": true, "write": true, "exclusive": true, "checksum": true}
	lockOptions = map[string]bool{"mode": true, "nowait": true, "override": true}
)

// skipLocking moves over locking clauses.
func (p *parser) skipLocking() {
	for p.is(token.Word) {
		n := p.lockingAt(p.pos)
		if n == 0 {
			return
		}
		p.pos += n
	}
}
