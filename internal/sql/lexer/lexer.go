// Package lexer cuts SQL text into tokens by the rules of a dialect. It copies
// no text and never fails: what it does not know becomes a token of its own, and
// what does not end is marked unclosed.
package lexer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// Lexer reads one text. Make it with New.
type Lexer struct {
	src   string
	pos   int
	end   int
	rules *dialect.Lexing
	// identQ and stringQ are the bytes that open quoted names and strings.
	identQ, stringQ [256]bool
	// plain is set once a backslash escape turned out to keep a string from
	// ending; from then on backslashes are plain characters.
	plain bool
	// unclosed holds the ends of templates that do not occur any more.
	unclosed string
	// previous is the kind of the token before, previousEnd its end; a dot and a
	// digit after a name are not a decimal fraction.
	previous    token.Kind
	previousEnd int
}

// New returns a lexer of text[start:end]; spans count from the start of the text.
func New(text string, start, end int, d *dialect.Dialect) *Lexer {
	l := &Lexer{src: text, pos: start, end: end, rules: &d.Lexing}
	for i := 0; i < len(d.Lexing.IdentQuotes); i++ {
		l.identQ[d.Lexing.IdentQuotes[i]] = true
	}
	for i := 0; i < len(d.Lexing.StringQuotes); i++ {
		l.stringQ[d.Lexing.StringQuotes[i]] = true
	}
	return l
}

// Next is the next token. After the end it is EOF again and again; an EOF is
// Unclosed where the text ended within a comment.
func (l *Lexer) Next() token.Token {
	if !l.skipSpace() {
		return token.Token{Span: l.span(l.end), Kind: token.EOF, Unclosed: true}
	}
	start := l.pos
	if start >= l.end {
		return token.Token{Span: l.span(l.end), Kind: token.EOF}
	}
	t := l.scan(start)
	t.Span = l.span(start)
	l.previous, l.previousEnd = t.Kind, l.pos
	return t
}

func (l *Lexer) span(start int) token.Span {
	return token.Span{Start: int32(start), End: int32(l.pos)}
}

// at is the byte n bytes ahead, or 0 past the end.
func (l *Lexer) at(n int) byte {
	if l.pos+n < l.end {
		return l.src[l.pos+n]
	}
	return 0
}

// scan reads the token that starts here and moves past it.
func (l *Lexer) scan(start int) token.Token {
	c := l.src[start]
	switch classes[c] {
	case letter:
		return l.word(start)
	case digit:
		return l.number(start)
	case quote:
		return l.quote(start, c)
	default:
		return l.symbol(c)
	}
}

// The classes of bytes.
const (
	symbol uint8 = iota
	letter
	digit
	quote
	space
)

// classes maps the first byte of a token to the kind of token. wordBytes are the
// bytes that continue a word.
var classes, wordBytes = buildClasses()

func buildClasses() (class [256]uint8, word [256]bool) {
	for c := range 256 {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= utf8.RuneSelf:
			class[c], word[c] = letter, true
		case c >= '0' && c <= '9':
			class[c], word[c] = digit, true
		case c == '\'', c == '"', c == '`':
			class[c] = quote
		case c <= ' ', c == 0x7f:
			class[c] = space
		}
	}
	word['$'] = true
	return class, word
}

// skipSpace moves over white space and comments; false means that a comment
// does not end.
func (l *Lexer) skipSpace() bool {
	for l.pos < l.end {
		c := l.src[l.pos]
		switch {
		case classes[c] == space:
			l.pos++
		case c == '-' && l.at(1) == '-' && l.dashComment():
			l.skipLine()
		case c == '/' && l.at(1) == '*':
			if !l.skipBlock() {
				return false
			}
		case c == '#' && l.rules.HashComments:
			l.skipLine()
		case c == '/' && l.at(1) == '/' && l.rules.SlashComments:
			l.skipLine()
		case c >= utf8.RuneSelf:
			size := l.wideSpace()
			if size == 0 {
				return true
			}
			l.pos += size
		default:
			return true
		}
	}
	return true
}

// dashComment reports whether -- begins a comment here.
func (l *Lexer) dashComment() bool {
	return !l.rules.DashSpace || l.at(2) <= ' '
}

func (l *Lexer) skipLine() {
	if i := strings.IndexByte(l.src[l.pos:l.end], '\n'); i >= 0 {
		l.pos += i + 1
		return
	}
	l.pos = l.end
}

func (l *Lexer) skipBlock() bool {
	depth := 1
	for l.pos += 2; l.pos < l.end; l.pos++ {
		switch {
		case l.src[l.pos] == '*' && l.at(1) == '/':
			l.pos++
			if depth--; depth == 0 {
				l.pos++
				return true
			}
		case l.rules.NestedComments && l.src[l.pos] == '/' && l.at(1) == '*':
			l.pos++
			depth++
		}
	}
	return false
}

// wideSpace is the size of a white space character beyond ASCII, or 0.
func (l *Lexer) wideSpace() int {
	r, size := utf8.DecodeRuneInString(l.src[l.pos:l.end])
	if unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B' {
		return size
	}
	return 0
}
