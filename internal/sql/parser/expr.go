package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// The precedences of infix operators, loosest first.
const (
	precNone = iota
	precAssign
	precOr
	precAnd
	precNot
	precCompare
	precLike
	precOther
	precBitOr
	precBitAnd
	precShift
	precAdd
	precMultiply
	precPower
	precUnary
)

// infix describes a token as an infix operator.
type infix struct {
	prec uint8
	op   ast.Operator
}

// infixes holds the operators that are tokens of their own.
var infixes = [64]infix{
	token.Equal:         {precCompare, ast.OpEqual},
	token.NotEqual:      {precCompare, ast.OpNotEqual},
	token.Less:          {precCompare, ast.OpLess},
	token.LessEqual:     {precCompare, ast.OpLessEqual},
	token.Greater:       {precCompare, ast.OpGreater},
	token.GreaterEqual:  {precCompare, ast.OpGreaterEqual},
	token.NullSafeEqual: {precCompare, ast.OpNullSafeEqual},
	token.Assign:        {precAssign, ast.OpAssign},
	token.Arrow:         {precOther, ast.OpArrow},
	token.ArrowText:     {precOther, ast.OpArrowText},
	token.HashArrow:     {precOther, ast.OpArrow},
	token.HashArrowText: {precOther, ast.OpArrowText},
	token.Contains:      {precOther, ast.OpContains},
	token.Question:      {precOther, ast.OpContains},
	token.Match:         {precOther, ast.OpMatch},
	token.Tilde:         {precOther, ast.OpMatch},
	token.Concat:        {precAdd, ast.OpConcat},
	token.Bar:           {precBitOr, ast.OpBitOr},
	token.Hash:          {precBitOr, ast.OpBitXor},
	token.Ampersand:     {precBitAnd, ast.OpBitAnd},
	token.ShiftLeft:     {precShift, ast.OpShiftLeft},
	token.ShiftRight:    {precShift, ast.OpShiftRight},
	token.Plus:          {precAdd, ast.OpPlus},
	token.Minus:         {precAdd, ast.OpMinus},
	token.Star:          {precMultiply, ast.OpMultiply},
	token.Slash:         {precMultiply, ast.OpDivide},
	token.DoubleSlash:   {precMultiply, ast.OpIntegerDivide},
	token.Percent:       {precMultiply, ast.OpModulo},
	token.Caret:         {precPower, ast.OpPower},
}

// infix returns the infix operator that the current token is.
func (p *parser) infix() infix {
	t := p.peek()
	if t.Kind != token.Word {
		in := infixes[t.Kind]
		if t.Kind == token.ArrowText && p.d.Grammar.FlowOperator || t.Kind == token.Question && p.d.Grammar.Ternary || t.Kind == token.Percent && p.percentAhead() {
			return infix{}
		}
		return in
	}
	if p.d.Grammar.BareLabels && t.Keyword != token.NotKeyword && p.endsBehind() {
		return infix{}
	}
	switch t.Keyword {
	case token.NotKeyword:
		if t.Len() == 2 && p.d.Grammar.WordComparisons {
			return p.wordComparison(t)
		}
		if p.interpolates() {
			return infix{precCompare, ast.OpEqual}
		}
		if p.ahead(1).Kind == token.String && p.matches() {
			return infix{precCompare, ast.OpOther}
		}
	case token.AND:
		return infix{precAnd, ast.OpAnd}
	case token.OR:
		return infix{precOr, ast.OpOr}
	case token.XOR:
		return infix{precOr, ast.OpXor}
	case token.DIV:
		return infix{precMultiply, ast.OpIntegerDivide}
	case token.MOD:
		if p.startsOperand(1) {
			return infix{precMultiply, ast.OpModulo}
		}
	case token.OVERLAPS:
		return infix{precCompare, ast.OpOverlaps}
	case token.OPERATOR:
		if p.ahead(1).Kind == token.LeftParen && p.closing(p.pos+1) > 0 {
			return infix{precOther, ast.OpOther}
		}
	}
	return infix{}
}

// percentAhead reports whether % is that of LIMIT 10%, not of a % b: no operand follows.
func (p *parser) percentAhead() bool {
	next := p.ahead(1)
	return next.Kind == token.EOF || next.Kind == token.Semicolon || next.Kind == token.RightParen || next.Keyword == token.OFFSET
}

// interpolates reports whether Vertica's a INTERPOLATE PREVIOUS VALUE b follows, which joins rows
// with the ones before them.
func (p *parser) interpolates() bool {
	return p.isWord(0, "interpolate") && p.isIdent(1) && p.isWord(2, "value")
}

// matches reports whether a word compares a text with the string behind it: Doris's MATCH_ANY, Vertica's LIKEB.
func (p *parser) matches() bool {
	for _, word := range []string{"match_any", "match_all", "match_phrase", "match_phrase_prefix", "match_phrase_edge", "match_regexp", "likeb", "ilikeb"} {
		if p.isWord(0, word) {
			return true
		}
	}
	return false
}

// startsOperand reports whether token n can begin a value, to distinguish an infix word
// from an alias.
func (p *parser) startsOperand(n int) bool {
	t := p.ahead(n)
	switch t.Kind {
	case token.Number, token.String, token.LeftParen, token.QuotedIdent, token.Parameter:
		return true
	case token.Word:
		return p.words[t.Keyword]&notName == 0 && p.words[t.Keyword]&clauseWord == 0
	}
	return false
}

// expr reads a value expression. It never returns nil.
func (p *parser) expr() ast.Expr {
	if !p.enter() {
		return p.skipDeep()
	}
	e := p.binary(precNone + 1)
	p.leave()
	return e
}

// skipDeep moves over what lies too deep: the current brackets, or nothing.
func (p *parser) skipDeep() ast.Expr {
	start := p.start()
	if end := p.closing(p.pos); end > 0 {
		p.pos = end + 1
		return p.bad(start)
	}
	refs := p.skipItem()
	return p.bad(start, refs...)
}

// longestChain bounds left-nested chains that cannot be flat (x::a::b..., long
// runs of joins), so that walking a tree stays cheap in stack.
const longestChain = 5000

// binary reads operands and the infix operators between them that bind at least
// as tightly as a precedence.
func (p *parser) binary(least uint8) ast.Expr {
	left := p.prefix(least)
	for n := 0; ; n++ {
		in := p.infix()
		switch {
		case in.prec >= least && in.prec != precNone:
			left = p.run(left, in)
		case in.prec != precNone:
			return left
		default:
			next := p.predicate(left, least)
			if next == nil {
				return left
			}
			left = next
		}
		if n > longestChain {
			p.report(p.peek().Span, TooDeep, "too many operators in a row")
			return p.bad(left.Range().Start, append([]ast.Expr{left}, p.skipItem()...)...)
		}
	}
}

// run reads a left-associative run of operators of one precedence.
func (p *parser) run(left ast.Expr, in infix) ast.Expr {
	base := len(p.exprStack)
	p.exprStack = append(p.exprStack, left)
	var ops [8]ast.Operator
	operators := ops[:0]
	for prec := in.prec; in.prec == prec; in = p.infix() {
		operators = append(operators, in.op)
		switch {
		case p.interpolates():
			p.pos += 3
		case p.advance().Keyword == token.OPERATOR:
			p.pos = p.closing(p.pos) + 1
		}
		p.exprStack = append(p.exprStack, p.rightOperand(prec))
	}
	b := p.nodes.binaries.New()
	b.Operands = p.nodes.exprs.Copy(p.exprStack[base:])
	b.Operators = p.nodes.ops.Copy(operators)
	b.Span = p.from(left.Range().Start)
	clear(p.exprStack[base:])
	p.exprStack = p.exprStack[:base]
	return b
}

// rightOperand reads what follows an operator: ANY and ALL after a
// comparison, or whatever binds tighter.
func (p *parser) rightOperand(prec uint8) ast.Expr {
	if prec == precCompare || prec == precOther {
		if q := p.quantified(); q != nil {
			return q
		}
	}
	return p.binary(prec + 1)
}

// quantified reads ANY (...), SOME (...), ALL (...), or returns nil.
func (p *parser) quantified() ast.Expr {
	if !p.isKw(token.ANY) && !p.isKw(token.ALL) && !p.isKw(token.SOME) || p.ahead(1).Kind != token.LeftParen {
		return nil
	}
	start := p.start()
	q := &ast.Quantified{All: p.advance().Keyword == token.ALL}
	if p.isQuery(p.pos + 1) {
		q.Query = p.queryInParens()
	} else {
		p.pos++
		q.List = p.exprList(token.RightParen)
		p.closeParen()
	}
	q.Span = p.from(start)
	return q
}

// predicate reads a suffix that is not a simple infix operator (IS, IN, LIKE,
// BETWEEN, ...) if it binds tightly enough; else it returns nil.
func (p *parser) predicate(left ast.Expr, least uint8) ast.Expr {
	t := p.peek()
	if t.Kind == token.Question && p.d.Grammar.Ternary && least <= precAssign {
		return p.ternary(left)
	}
	if t.Kind != token.Word || t.Keyword == token.NotKeyword && t.Len() != len("sounds") && t.Len() != len("match") || least > precLike {
		return nil
	}
	if p.d.Grammar.BareLabels && t.Keyword != token.NULL && t.Keyword != token.ISNULL && t.Keyword != token.NOTNULL && p.endsBehind() {
		return nil
	}
	start := left.Range().Start
	at := p.pos
	global := t.Keyword == token.GLOBAL && (p.ahead(1).Keyword == token.IN || p.ahead(1).Keyword == token.NOT)
	if global {
		p.pos++
	}
	not := p.isKw(token.NOT)
	if not {
		p.pos++
	}
	switch p.kw() {
	case token.IS:
		if !not && least <= precCompare {
			return p.is_(left)
		}
	case token.NULL: // SQLite: x NOT NULL
		if not && p.d.Grammar.NotNullPostfix {
			p.pos++
			return &ast.Unary{Span: p.from(start), Op: ast.OpIsNotNull, Operand: left}
		}
	case token.ISNULL, token.NOTNULL:
		if !not && p.ahead(1).Kind != token.LeftParen {
			op := ast.OpIsNull
			if p.advance().Keyword == token.NOTNULL {
				op = ast.OpIsNotNull
			}
			return &ast.Unary{Span: p.from(start), Op: op, Operand: left}
		}
	case token.IN:
		return p.in(left, not)
	case token.BETWEEN:
		return p.between(left, not)
	case token.MEMBER, token.SUBMULTISET:
		if p.ahead(1).Keyword == token.OF {
			p.pos += 2
			right := p.binary(precOther)
			return p.pair(left, ast.OpMemberOf, right)
		}
	default:
		if op := p.likeOperator(not); op != "" {
			return p.like(left, not, op)
		}
	}
	p.pos = at
	return nil
}

// pair makes a Binary of two operands.
func (p *parser) pair(left ast.Expr, op ast.Operator, right ast.Expr) *ast.Binary {
	b := p.nodes.binaries.New()
	b.Operands = p.nodes.exprs.Copy([]ast.Expr{left, right})
	b.Operators = p.nodes.ops.Copy([]ast.Operator{op})
	b.Span = p.from(left.Range().Start)
	return b
}

// ternary reads cond ? a : b as a call of if.
func (p *parser) ternary(condition ast.Expr) ast.Expr {
	start := condition.Range().Start
	word := p.advance()
	p.braces++
	yes := p.expr()
	p.braces--
	p.expect(token.Colon)
	no := p.expr()
	name := &ast.ObjectName{Span: word.Span, Parts: []ast.Ident{{Span: word.Span, Text: "if"}}}
	args := []ast.Arg{{Span: condition.Range(), Expr: condition}, {Span: yes.Range(), Expr: yes}, {Span: no.Range(), Expr: no}}
	return &ast.Call{Span: p.from(start), Name: name, Args: args}
}

// is_ reads IS [NOT] NULL, TRUE, DISTINCT FROM x, JSON and the like.
func (p *parser) is_(left ast.Expr) ast.Expr {
	start := left.Range().Start
	p.pos++
	not := p.acceptKw(token.NOT)
	op := ast.OpIsKind
	switch {
	case p.acceptKw(token.NULL):
		op = ast.OpIsNull
		if not {
			op = ast.OpIsNotNull
		}
	case p.acceptAny(token.TRUE, token.FALSE, token.UNKNOWN):
		op = ast.OpIsTrue
	case p.acceptKw(token.DISTINCT):
		p.expectKw(token.FROM)
		right := p.binary(precLike)
		if not {
			return p.pair(left, ast.OpIsNotDistinct, right)
		}
		return p.pair(left, ast.OpIsDistinct, right)
	case p.acceptKw(token.OF):
		p.acceptKw(token.TYPE)
		p.skipParens()
	case p.acceptWord("json"), p.acceptWord("document"), p.acceptWord("normalized"), p.acceptWord("empty"), p.acceptWord("nan"), p.acceptWord("infinite"), p.acceptKw(token.PRESENT):
		_ = p.acceptKw(token.VALUE) || p.acceptKw(token.ARRAY) || p.acceptKw(token.OBJECT) || p.acceptWord("scalar")
		_ = p.acceptKw(token.WITH, token.UNIQUE) || p.acceptKw(token.WITHOUT, token.UNIQUE)
		_ = p.acceptWord("keys")
		_ = p.acceptWord("strict") || p.acceptWord("lax")
	default:
		return p.pair(left, ast.OpIs, p.binary(precLike))
	}
	return &ast.Unary{Span: p.from(start), Op: op, Operand: left}
}

// in reads IN (list), IN (query), IN UNNEST(x), IN name.
func (p *parser) in(left ast.Expr, not bool) ast.Expr {
	in := &ast.In{Not: not, Operand: left}
	p.pos++
	switch {
	case p.is(token.LeftParen) && p.isQuery(p.pos+1):
		in.Query = p.queryInParens()
	case p.is(token.LeftParen):
		p.pos++
		in.List = p.exprList(token.RightParen)
		in.List = append(in.List, p.closeParen()...)
	default:
		in.Set = p.binary(precOther)
	}
	in.Span = p.from(left.Range().Start)
	return in
}

// between reads BETWEEN [SYMMETRIC] a AND b.
func (p *parser) between(left ast.Expr, not bool) ast.Expr {
	b := &ast.Between{Not: not, Operand: left}
	p.pos++
	_ = p.acceptAny(token.SYMMETRIC, token.ASYMMETRIC)
	b.Low = p.binary(precOther)
	if p.expectKw(token.AND) {
		b.High = p.binary(precOther)
	}
	b.Span = p.from(left.Range().Start)
	return b
}

// likeOperator returns the name of the pattern operator that follows, moves over
// it, or returns "".
func (p *parser) likeOperator(not bool) string {
	t := *p.peek()
	switch t.Keyword {
	case token.LIKE, token.ILIKE, token.RLIKE, token.REGEXP, token.GLOB:
		if !not && p.ahead(1).Kind == token.LeftParen && t.Keyword == token.GLOB {
			return ""
		}
		if t.Keyword != token.LIKE && t.Keyword != token.ILIKE && !p.startsOperand(1) {
			return ""
		}
	case token.NotKeyword:
		switch {
		case p.isWord(0, "match") && p.ahead(1).Kind == token.String: // SQLite
		case p.isWord(0, "sounds") && p.ahead(1).Keyword == token.LIKE: // MySQL
			p.pos += 2
			return "SOUNDS LIKE"
		default:
			return ""
		}
	case token.SIMILAR:
		if p.ahead(1).Keyword != token.TO {
			return ""
		}
		p.pos += 2
		return "SIMILAR TO"
	default:
		return ""
	}
	p.pos++
	return strings.ToUpper(p.text(&t))
}

// like reads the pattern after a pattern operator.
func (p *parser) like(left ast.Expr, not bool, op string) ast.Expr {
	l := &ast.Like{Not: not, Op: op, Operand: left}
	if l.Pattern = p.quantified(); l.Pattern == nil {
		l.Pattern = p.binary(precOther)
	}
	if p.acceptKw(token.ESCAPE) {
		l.Escape = p.binary(precOther)
	}
	l.Span = p.from(left.Range().Start)
	return l
}

// exprList reads expressions separated by commas up to a closing token, which
// stays. The list may be empty and may end in a comma.
func (p *parser) exprList(end token.Kind) []ast.Expr {
	base := len(p.exprStack)
	for !p.is(end) && !p.is(token.EOF) && !p.is(token.Semicolon) {
		start := p.start()
		e := p.endItem(start, p.named(p.expr()))
		p.exprStack = append(p.exprStack, e)
		if !p.accept(token.Comma) {
			break
		}
	}
	list := p.nodes.exprs.Copy(p.exprStack[base:])
	clear(p.exprStack[base:])
	p.exprStack = p.exprStack[:base]
	return list
}

// named drops AS name after an expression where a name has no meaning to us.
func (p *parser) named(e ast.Expr) ast.Expr {
	if p.isKw(token.AS) && p.isIdent(1) && p.args > 0 {
		p.pos += 2
	}
	return e
}
