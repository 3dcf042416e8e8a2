package lexer

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// symbols lists operators of more than one byte by their first byte, the longer
// ones first.
var symbols = [256][]struct {
	text string
	kind token.Kind
}{
	':': {{"::", token.DoubleColon}, {":=", token.Assign}},
	'=': {{"=>", token.FatArrow}, {"==", token.Equal}},
	'-': {{"->>", token.ArrowText}, {"->", token.Arrow}, {"-|-", token.Contains}},
	'|': {{"||", token.Concat}, {"|>", token.PipeRight}, {"|/", token.Bang}},
	'<': {
		{"<=>", token.NullSafeEqual},
		{"<->", token.Contains},
		{"<>", token.NotEqual},
		{"<=", token.LessEqual},
		{"<<", token.ShiftLeft},
		{"<@", token.Contains},
	},
	'>': {{">=", token.GreaterEqual}, {">>", token.ShiftRight}},
	'!': {{"!~~*", token.Match}, {"!~~", token.Match}, {"!~*", token.Match}, {"!~", token.Match}, {"!=", token.NotEqual}, {"!<", token.GreaterEqual}, {"!>", token.LessEqual}},
	'^': {{"^=", token.NotEqual}, {"^@", token.Match}},
	'~': {{"~~*", token.Match}, {"~~", token.Match}, {"~*", token.Match}, {"~=", token.Match}},
	'/': {{"//", token.DoubleSlash}},
	'&': {{"&&", token.Contains}},
	'@': {{"@>", token.Contains}, {"@@@", token.Contains}, {"@@", token.Contains}, {"@?", token.Contains}},
	'#': {{"#>>", token.HashArrowText}, {"#>", token.HashArrow}, {"#-", token.Contains}},
	'*': {{"**", token.Caret}},
}

// single maps bytes that are tokens by themselves.
var single = [256]token.Kind{
	'(': token.LeftParen, ')': token.RightParen, '[': token.LeftBracket, ']': token.RightBracket,
	'{': token.LeftBrace, '}': token.RightBrace, ',': token.Comma, ';': token.Semicolon, '.': token.Dot,
	':': token.Colon, '=': token.Equal, '<': token.Less, '>': token.Greater, '+': token.Plus, '-': token.Minus,
	'*': token.Star, '/': token.Slash, '%': token.Percent, '^': token.Caret, '&': token.Ampersand, '|': token.Bar,
	'~': token.Tilde, '!': token.Bang, '?': token.Question, '#': token.Hash, '@': token.At,
}

// symbol reads punctuation, an operator, or one of the forms that begin like one.
func (l *Lexer) symbol(c byte) token.Token {
	switch c {
	case '.':
		if isDigit(l.at(1)) && !l.afterName() {
			l.pos++
			l.digits()
			l.exponent()
			return token.Token{Kind: token.Number}
		}
	case '$':
		return l.dollar()
	case '@':
		if !l.rules.AtOperator {
			if t, ok := l.variable(); ok {
				return t
			}
		}
	case '[':
		if l.identQ['['] && (!l.rules.Subscripts || !l.behindValue()) {
			return l.ident(l.pos, ']')
		}
	case '#':
		if l.rules.HashNames && (wordBytes[l.at(1)] || l.at(1) == '#') {
			l.pos++
			l.skipWord()
			return token.Token{Kind: token.Word}
		}
	case '{':
		if closing, ok := templates[l.at(1)]; ok {
			return l.template(closing)
		}
	case '<', '=', '>', '|':
		if l.conflict(c) {
			l.skipLine()
			return token.Token{Kind: token.Conflict}
		}
	case '?':
		if l.rules.QuestionOperators && (l.at(1) == '|' && l.at(2) != '|' || l.at(1) == '&') {
			l.pos += 2
			return token.Token{Kind: token.Contains}
		}
	}
	return l.operator(c)
}

var templates = map[byte]string{'{': "}}", '%': "%}", '#': "#}"}

func (l *Lexer) operator(c byte) token.Token {
	rest := l.src[l.pos:l.end]
	for _, s := range symbols[c] {
		if strings.HasPrefix(rest, s.text) {
			l.pos += len(s.text)
			return token.Token{Kind: s.kind}
		}
	}
	l.pos++
	if k := single[c]; k != token.EOF {
		return token.Token{Kind: k}
	}
	return token.Token{Kind: token.Other}
}

// afterName reports whether the byte here directly follows a name or a closing
// bracket, so that a dot here is not a decimal point.
func (l *Lexer) afterName() bool {
	if l.previousEnd != l.pos {
		return false
	}
	switch l.previous {
	case token.Word, token.QuotedIdent, token.RightParen, token.RightBracket:
		return true
	}
	return false
}

// variable reads @name and @@name.
func (l *Lexer) variable() (token.Token, bool) {
	n := 1
	if l.at(n) == '@' {
		n++
	}
	if !wordBytes[l.at(n)] {
		return token.Token{}, false
	}
	l.pos += n
	l.skipWord()
	return token.Token{Kind: token.Parameter}, true
}

// conflict reports whether a version control conflict marker begins here: seven
// equal signs of its kind at the start of a line, followed by a space or the
// end of the line.
func (l *Lexer) conflict(c byte) bool {
	if l.pos > 0 && l.src[l.pos-1] != '\n' {
		return false
	}
	for n := 1; n < 7; n++ {
		if l.at(n) != c {
			return false
		}
	}
	next := l.at(7)
	return next == ' ' || next == '\n' || next == '\r' || next == 0
}

// behindValue reports whether the token right in front of the current byte can end a value.
func (l *Lexer) behindValue() bool {
	if l.previousEnd != l.pos {
		return false
	}
	switch l.previous {
	case token.Word, token.QuotedIdent, token.RightParen, token.RightBracket:
		return true
	}
	return false
}
