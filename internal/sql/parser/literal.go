package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// literal makes a literal of the tokens from start up to the current one.
func (p *parser) literal(start int32, kind ast.LiteralKind) ast.Expr {
	p.pos++
	l := p.nodes.literals.New()
	l.Span = p.from(start)
	l.Kind = kind
	l.Text = l.Span.Text(p.src)
	return l
}

// stringLiteral reads a string; strings directly after each other are one.
func (p *parser) stringLiteral() ast.Expr {
	start := p.start()
	l := p.nodes.literals.New()
	l.Text = p.stringValue(p.advance())
	if p.d.Grammar.TypePhrases && p.is(token.Word) && p.adjacent(0) && hexForms[fold(p.text(p.peek()))] {
		// Teradata: 'ff'XB
		p.pos++
	}
	if p.is(token.String) && (!p.d.Grammar.StringAlias || p.d.Lexing.Backslash) {
		var b strings.Builder
		b.WriteString(l.Text)
		for p.is(token.String) {
			b.WriteString(p.stringValue(p.advance()))
		}
		l.Text = b.String()
	}
	if p.isWord(0, "uescape") && p.ahead(1).Kind == token.String {
		p.pos += 2
	}
	l.Span = p.from(start)
	return l
}

// hexForms are the words right behind Teradata's hexadecimal literals.
var hexForms = map[string]bool{
	"x": true, "xb": true, "xbf": true, "xbv": true, "xc": true, "xcf": true, "xcv": true, "xi": true, "xi1": true, "xi2": true, "xi4": true, "xi8": true,
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

// isUnit reports whether token n is a unit word.
func (p *parser) isUnit(n int) bool {
	t := p.ahead(n)
	return t.Kind == token.Word && t.Len() <= 20 && dialect.IsUnitWord(fold(p.text(t)))
}

// interval reads INTERVAL with its value and unit; nil where the word is a plain
// name.
func (p *parser) interval() ast.Expr {
	start := p.start()
	i := &ast.Interval{}
	switch {
	case p.ahead(1).Kind == token.String:
		p.pos++
		i.Value = p.stringLiteral()
	case p.ahead(1).Kind == token.LeftParen && p.ahead(2).Kind == token.Number && p.ahead(3).Kind == token.RightParen && p.ahead(4).Kind == token.String:
		p.pos += 4 // INTERVAL(3) '...'
		i.Value = p.stringLiteral()
	case p.intervalAhead():
		p.pos++
		i.Value = p.binary(precOther)
	case p.ahead(1).Kind == token.Number:
		p.pos++
		i.Value = p.prefix(precUnary)
	default:
		return nil
	}
	p.unit()
	for p.isUnit(1) && (p.is(token.Number) || p.is(token.String)) { // Spark: INTERVAL 5 HOURS 30 MINUTES
		p.pos++
		p.unit()
	}
	i.Span = p.from(start)
	return i
}

// intervalAhead reports whether a value and then a unit follow the current word.
// It only counts brackets, so nested intervals cost no more than flat ones.
func (p *parser) intervalAhead() bool {
	for n := 1; n < 64; {
		for k := p.ahead(n).Kind; k == token.Minus || k == token.Plus; k = p.ahead(n).Kind {
			n++
		}
		if n = p.pastOperand(n); n == 0 {
			return false
		}
		if p.isUnit(n) {
			return true
		}
		switch p.ahead(n).Kind {
		case token.Plus, token.Minus, token.Star, token.Slash, token.DoubleColon, token.Concat, token.Percent:
			n++
		default:
			return false
		}
	}
	return false
}

// pastOperand is the distance of what follows the simple operand at distance n:
// a name, a call, a literal, something in parentheses. It is 0 if none is there.
func (p *parser) pastOperand(n int) int {
	if p.ahead(n).Keyword == token.CASE {
		for ; n < 256 && p.ahead(n).Kind != token.EOF; n++ {
			if p.ahead(n).Keyword == token.END {
				return n + 1
			}
		}
		return 0
	}
	switch p.ahead(n).Kind {
	case token.Number, token.Parameter, token.Question:
		n++
	case token.LeftParen:
	case token.Word, token.QuotedIdent:
		if !p.startsOperand(n) {
			return 0
		}
		for n++; p.ahead(n).Kind == token.Dot && p.partAhead(n+1); n += 2 {
		}
	default:
		return 0
	}
	for p.ahead(n).Kind == token.LeftParen || p.ahead(n).Kind == token.LeftBracket || p.ahead(n).Keyword == token.OVER {
		if p.ahead(n).Keyword == token.OVER {
			n++
			continue
		}
		at := min(p.pos+n, len(p.toks)-1)
		end := p.closing(at)
		if end == 0 {
			return 0
		}
		n = end - p.pos + 1
	}
	return n
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
