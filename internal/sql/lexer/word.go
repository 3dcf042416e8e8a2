package lexer

import (
	"strings"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// word reads an unquoted name, a keyword, or a string with a prefix.
func (l *Lexer) word(start int) token.Token {
	l.skipWord()
	text := l.src[start:l.pos]
	if len(text) <= 2 && l.pos < l.end {
		if t, ok := l.prefixed(text); ok {
			return t
		}
	}
	return token.Token{Kind: token.Word, Keyword: token.Lookup(text)}
}

// skipWord moves to the end of a word.
func (l *Lexer) skipWord() {
	for l.pos < l.end {
		c := l.src[l.pos]
		switch {
		case c >= utf8.RuneSelf:
			if l.wideSpace() > 0 {
				return
			}
			_, size := utf8.DecodeRuneInString(l.src[l.pos:l.end])
			l.pos += size
		case wordBytes[c], l.rules.NameBytes != "" && strings.IndexByte(l.rules.NameBytes, c) >= 0:
			l.pos++
		default:
			return
		}
	}
}

// prefixed reads a string after its prefix, as in E'...', r"...", N'...'.
func (l *Lexer) prefixed(prefix string) (token.Token, bool) {
	q := l.src[l.pos]
	if q == '&' && prefix[0]|0x20 == 'u' && len(prefix) == 1 && l.at(1) == '\'' {
		l.pos++
		q = '\''
	}
	if !l.stringQ[q] {
		return token.Token{}, false
	}
	var p [2]byte
	for i := range len(prefix) {
		p[i] = prefix[i] | 0x20
	}
	switch string(p[:len(prefix)]) {
	case "e":
		return l.text(q, true), true
	case "n", "b", "x", "u", "_u":
		return l.text(q, l.rules.Backslash), true
	case "r", "rb", "br":
		if l.rules.RawPrefix {
			return l.raw(q), true
		}
	case "q", "nq":
		if l.rules.QQuotes {
			return l.oracleQuote(), true
		}
	}
	return token.Token{}, false
}

// number reads a number, or a name that begins with a digit where the dialect
// has such names.
func (l *Lexer) number(start int) token.Token {
	if l.src[l.pos] == '0' && (l.at(1)|0x20 == 'x' || l.at(1)|0x20 == 'b') && isHex(l.at(2)) {
		l.pos += 2
		for isHex(l.at(0)) || l.at(0) == '_' {
			l.pos++
		}
		return token.Token{Kind: token.Number}
	}
	l.digits()
	afterName := l.previous == token.Dot && l.previousEnd == start
	if l.at(0) == '.' && !afterName && l.at(1) != '.' {
		l.pos++
		l.digits()
	}
	l.exponent()
	if l.pos >= l.end || classes[l.src[l.pos]] != letter && l.src[l.pos] != '$' {
		return token.Token{Kind: token.Number}
	}
	return l.numberSuffix(start, afterName)
}

func (l *Lexer) digits() {
	for c := l.at(0); c >= '0' && c <= '9' || c == '_' && isDigit(l.at(1)); c = l.at(0) {
		l.pos++
	}
}

func (l *Lexer) exponent() {
	if l.at(0)|0x20 != 'e' {
		return
	}
	n := 1
	if c := l.at(1); c == '+' || c == '-' {
		n = 2
	}
	if isDigit(l.at(n)) {
		l.pos += n
		l.digits()
	}
}

// numberSuffix decides what letters directly after digits are: 10L is a
// number, 3rd_party a name, and 1a the number 1 with an alias.
func (l *Lexer) numberSuffix(start int, afterName bool) token.Token {
	end := l.pos
	l.skipWord()
	switch suffix := l.src[end:l.pos]; {
	case len(suffix) == 1 && !afterName && isNumberSuffix(suffix[0]), suffix == "BD" || suffix == "bd":
		return token.Token{Kind: token.Number}
	case l.rules.DigitNames || afterName:
		return token.Token{Kind: token.Word}
	default:
		l.pos = max(end, start+1)
		return token.Token{Kind: token.Number}
	}
}

func isNumberSuffix(c byte) bool {
	switch c | 0x20 {
	case 'l', 's', 'y', 'd', 'f':
		return true
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
