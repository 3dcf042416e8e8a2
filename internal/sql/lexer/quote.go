package lexer

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// quote reads what a quotation mark opens.
func (l *Lexer) quote(start int, q byte) token.Token {
	if l.stringQ[q] {
		if l.rules.TripleQuotes && l.at(1) == q && l.at(2) == q {
			return l.triple(q, l.rules.Backslash)
		}
		return l.text(q, l.rules.Backslash)
	}
	return l.ident(start, q)
}

// ident reads a quoted name; doubling the quote stands for itself. A quote that
// opens nothing in this dialect opens a name too, since nothing else it could
// be makes sense.
func (l *Lexer) ident(start int, closing byte) token.Token {
	l.pos = start + 1
	for l.pos < l.end {
		i := strings.IndexByte(l.src[l.pos:l.end], closing)
		if i < 0 {
			break
		}
		l.pos += i + 1
		if l.at(0) != closing {
			return token.Token{Kind: token.QuotedIdent}
		}
		l.pos++
	}
	l.pos = l.end
	return token.Token{Kind: token.QuotedIdent, Unclosed: true}
}

// text reads a string whose opening quote is here. Where backslashes are
// escapes and the string would not end, the text was evidently written without
// such escapes; then they are switched off for the rest of it.
func (l *Lexer) text(q byte, backslash bool) token.Token {
	start := l.pos
	if l.string(q, backslash && !l.plain) {
		return token.Token{Kind: token.String}
	}
	if backslash && !l.plain {
		l.plain = true
		l.pos = start
		if l.string(q, false) {
			return token.Token{Kind: token.String}
		}
	}
	l.pos = l.end
	return token.Token{Kind: token.String, Unclosed: true}
}

// string moves past the quote that closes a string; false if there is none.
func (l *Lexer) string(q byte, backslash bool) bool {
	for l.pos++; l.pos < l.end; l.pos++ {
		switch c := l.src[l.pos]; {
		case c == q && l.at(1) == q:
			l.pos++
		case c == q:
			l.pos++
			return true
		case c == '\\' && backslash:
			l.pos++
		}
	}
	l.pos = l.end
	return false
}

// raw reads r'...' and r”'...”'.
func (l *Lexer) raw(q byte) token.Token {
	if l.rules.TripleQuotes && l.at(1) == q && l.at(2) == q {
		return l.triple(q, true)
	}
	// A backslash still keeps the quote after it from closing.
	return l.text(q, true)
}

func (l *Lexer) triple(q byte, backslash bool) token.Token {
	for l.pos += 3; l.pos < l.end; l.pos++ {
		switch c := l.src[l.pos]; {
		case c == q && l.at(1) == q && l.at(2) == q:
			l.pos += 3
			return token.Token{Kind: token.String}
		case c == '\\' && backslash:
			l.pos++
		}
	}
	l.pos = l.end
	return token.Token{Kind: token.String, Unclosed: true}
}

// oracleQuote reads q'[...]' with any delimiter.
func (l *Lexer) oracleQuote() token.Token {
	closing := l.at(1)
	switch closing {
	case '[':
		closing = ']'
	case '(':
		closing = ')'
	case '{':
		closing = '}'
	case '<':
		closing = '>'
	}
	l.pos = min(l.pos+2, l.end)
	if i := strings.Index(l.src[l.pos:l.end], string([]byte{closing, '\''})); i >= 0 {
		l.pos += i + 2
		return token.Token{Kind: token.String}
	}
	l.pos = l.end
	return token.Token{Kind: token.String, Unclosed: true}
}

// dollar reads $$...$$, $tag$...$tag$, $1 and $name.
func (l *Lexer) dollar() token.Token {
	n := 1
	for wordBytes[l.at(n)] && l.at(n) != '$' {
		n++
	}
	if l.at(n) == '$' && l.rules.DollarQuotes && !isDigit(l.at(1)) {
		tag := l.src[l.pos : l.pos+n+1]
		l.pos += n + 1
		if i := strings.Index(l.src[l.pos:l.end], tag); i >= 0 {
			l.pos += i + len(tag)
			return token.Token{Kind: token.String}
		}
		l.pos = l.end
		return token.Token{Kind: token.String, Unclosed: true}
	}
	l.pos += n
	if n == 1 {
		return token.Token{Kind: token.Dollar}
	}
	return token.Token{Kind: token.Parameter}
}

// template reads {{ ... }}, {% ... %} and {# ... #}.
func (l *Lexer) template(closing string) token.Token {
	l.pos += 2
	if !strings.Contains(l.unclosed, closing) {
		if i := strings.Index(l.src[l.pos:l.end], closing); i >= 0 {
			l.pos += i + 2
			return token.Token{Kind: token.Template}
		}
		l.unclosed += closing
	}
	return token.Token{Kind: token.Template, Unclosed: true}
}
