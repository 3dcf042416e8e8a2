package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// literal makes a literal of the current token and what stands before it since start.
func (p *parser) literal(start int32, kind ast.LiteralKind) ast.Expr {
	p.pos++
	l := p.nodes.literals.new()
	l.Span = p.from(start)
	l.Kind = kind
	l.Text = l.Span.Text(p.src)
	return l
}

// stringLiteral reads a string; strings directly behind each other are one.
func (p *parser) stringLiteral() ast.Expr {
	start := p.start()
	l := p.nodes.literals.new()
	l.Text = p.stringValue(p.advance())
	for p.is(token.String) && !p.d.Grammar.StringAlias {
		l.Text += p.stringValue(p.advance())
		if p.pos > longestChain && l.Span.Len() > longestChain {
			break
		}
	}
	l.Span = p.from(start)
	return l
}

// stringValue is the value of a string token.
func (p *parser) stringValue(t token.Token) string {
	return unquote(p.text(&t), p.d.Lexing.Backslash)
}

// unquote takes prefix and quotes off a string or name and undoes escapes.
func unquote(text string, backslash bool) string {
	i := strings.IndexAny(text, "'\"`[$")
	if i < 0 {
		return text
	}
	prefix, body := text[:i], text[i:]
	switch q := body[0]; {
	case q == '$':
		n := strings.IndexByte(body[1:], '$') + 2
		if n < 2 || len(body) < 2*n {
			return text
		}
		return body[n : len(body)-n]
	case len(body) >= 6 && body[1] == q && body[2] == q && strings.HasSuffix(body, body[:3]):
		return body[3 : len(body)-3]
	case strings.EqualFold(prefix, "q") || strings.EqualFold(prefix, "nq"):
		if len(body) < 4 {
			return text
		}
		return body[2 : len(body)-2]
	}
	closing := body[:1]
	if closing == "[" {
		closing = "]"
	}
	inner := strings.TrimSuffix(body[1:], closing)
	if strings.Contains(inner, closing+closing) {
		inner = strings.ReplaceAll(inner, closing+closing, closing)
	}
	raw := strings.ContainsAny(prefix, "rR")
	if (backslash || strings.ContainsAny(prefix, "eE")) && !raw && strings.IndexByte(inner, '\\') >= 0 {
		inner = unescape(inner)
	}
	return inner
}

// unescape undoes backslash escapes; those of no common meaning stand for the
// character itself.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case '0':
			b.WriteByte(0)
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// fold is the text in lower case; no allocation where it already is.
func fold(text string) string { return strings.ToLower(text) }

// isUnit tells whether token n is a unit word.
func (p *parser) isUnit(n int) bool {
	t := p.ahead(n)
	return t.Kind == token.Word && t.Len() <= 20 && dialect.IsUnitWord(fold(p.text(t)))
}

// interval reads INTERVAL with its value and unit, or a column of that name.
func (p *parser) interval() ast.Expr {
	start := p.start()
	m := p.mark()
	p.pos++
	switch p.peek().Kind {
	case token.String:
		i := &ast.Interval{Value: p.stringLiteral()}
		p.unit()
		i.Span = p.from(start)
		return i
	case token.Number, token.LeftParen, token.Parameter, token.Question, token.Minus, token.Word, token.QuotedIdent, token.Plus:
		if i := p.intervalValue(start); i != nil {
			return i
		}
	}
	p.reset(m)
	return nil
}

// intervalValue reads the value and the unit that must follow it. INTERVAL(x)
// without a unit is a call.
func (p *parser) intervalValue(start int32) ast.Expr {
	if p.is(token.Word) && !p.startsOperand(0) && p.kw() != token.CASE {
		return nil
	}
	m := p.mark()
	value := p.prefix(precUnary)
	if !p.isUnit(0) {
		p.reset(m)
		if !p.is(token.LeftParen) && !p.is(token.Number) && !p.is(token.Minus) && !p.is(token.Word) {
			return nil
		}
		value = p.binary(precOther)
		if !p.isUnit(0) || !p.clean(m) {
			p.reset(m)
			if p.is(token.Number) { // INTERVAL 5 + x: a number without a unit
				return &ast.Interval{Value: p.prefix(precUnary), Span: p.from(start)}
			}
			return nil
		}
	}
	p.unit()
	return &ast.Interval{Span: p.from(start), Value: value}
}

// unit reads DAY, DAY(3) TO SECOND(2) and the like, if they follow.
func (p *parser) unit() {
	if !p.isUnit(0) {
		return
	}
	p.pos++
	if p.is(token.LeftParen) && p.ahead(1).Kind == token.Number {
		p.skipParens()
	}
	if p.isKw(token.TO) && p.isUnit(1) {
		p.pos += 2
		if p.is(token.LeftParen) && p.ahead(1).Kind == token.Number {
			p.skipParens()
		}
	}
}

// skipParens moves over balanced parentheses, if one opens here.
func (p *parser) skipParens() {
	if !p.is(token.LeftParen) {
		return
	}
	if end := p.closing(p.pos); end > 0 {
		p.pos = end + 1
		return
	}
	p.unexpected("a closed parenthesis")
	p.pos++
}
