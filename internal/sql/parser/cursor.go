package parser

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// peek is the current token.
func (p *parser) peek() *token.Token { return &p.toks[p.pos] }

// ahead is the token n places further; past the end it is the EOF.
func (p *parser) ahead(n int) *token.Token { return &p.toks[min(p.pos+n, len(p.toks)-1)] }

// is reports whether the current token is of a kind.
func (p *parser) is(k token.Kind) bool { return p.toks[p.pos].Kind == k }

// kw is the keyword of the current token, NotKeyword if it is none.
func (p *parser) kw() token.Keyword { return p.toks[p.pos].Keyword }

// isKw reports whether the tokens from here on are these keywords.
func (p *parser) isKw(words ...token.Keyword) bool {
	for i, w := range words {
		if p.ahead(i).Keyword != w {
			return false
		}
	}
	return true
}

// advance moves over the current token and returns it; it stays at the EOF.
func (p *parser) advance() token.Token {
	t := p.toks[p.pos]
	if t.Kind != token.EOF {
		p.pos++
	}
	return t
}

func (p *parser) accept(k token.Kind) bool {
	if p.toks[p.pos].Kind != k || k == token.EOF {
		return false
	}
	p.pos++
	return true
}

// acceptKw moves over these keywords if all of them follow.
func (p *parser) acceptKw(words ...token.Keyword) bool {
	if !p.isKw(words...) {
		return false
	}
	p.pos += len(words)
	return true
}

// acceptAny moves over one of these keywords.
func (p *parser) acceptAny(words ...token.Keyword) bool {
	for _, w := range words {
		if p.kw() == w {
			p.pos++
			return true
		}
	}
	return false
}

// isWord reports whether a token is this word, keyword or not, given in lower case.
func (p *parser) isWord(n int, word string) bool {
	t := p.ahead(n)
	return t.Kind == token.Word && t.Len() == len(word) && strings.EqualFold(t.Text(p.src), word)
}

func (p *parser) acceptWord(word string) bool {
	if !p.isWord(0, word) {
		return false
	}
	p.pos++
	return true
}

// expect moves over a token of a kind or reports that it is missing.
func (p *parser) expect(k token.Kind) bool {
	if p.accept(k) {
		return true
	}
	p.unexpected(k.String())
	return false
}

func (p *parser) expectKw(w token.Keyword) bool {
	if p.acceptKw(w) {
		return true
	}
	p.unexpected(strings.ToUpper(w.String()))
	return false
}

// text is the text of a token.
func (p *parser) text(t *token.Token) string { return p.src[t.Start:t.End] }

// start is where the current token starts.
func (p *parser) start() int32 { return p.toks[p.pos].Start }

// from is the span from an offset to the end of the token before this one.
func (p *parser) from(start int32) token.Span {
	if p.pos == 0 {
		return token.Span{Start: start, End: start}
	}
	return token.Span{Start: start, End: max(start, p.toks[p.pos-1].End)}
}

// adjacent reports whether no space separates token n from the one before it.
func (p *parser) adjacent(n int) bool {
	return p.pos+n > 0 && p.ahead(n).Start == p.ahead(n-1).End
}

// closing is the index of the bracket that closes the one at an index, or 0.
func (p *parser) closing(at int) int {
	if at >= len(p.match) {
		return 0
	}
	return int(p.match[at])
}

// afterClosing is the token after the bracket that closes the current one.
func (p *parser) afterClosing(n int) *token.Token {
	at := min(p.pos+n, len(p.toks)-1)
	if end := p.closing(at); end > 0 {
		return &p.toks[min(end+1, len(p.toks)-1)]
	}
	return &p.toks[len(p.toks)-1]
}

// isIdent reports whether token n can be a name where a name is required.
func (p *parser) isIdent(n int) bool {
	k := p.ahead(n).Kind
	return k == token.Word || k == token.QuotedIdent
}

// ident reads a name where one is required.
func (p *parser) ident() ast.Ident {
	if !p.isIdent(0) {
		p.unexpected("a name")
		return ast.Ident{Span: token.Span{Start: p.start(), End: p.start()}}
	}
	t := p.advance()
	return p.identOf(&t)
}

// identOf makes a name of a token.
func (p *parser) identOf(t *token.Token) ast.Ident {
	text := p.text(t)
	if t.Kind == token.QuotedIdent || t.Kind == token.String {
		return ast.Ident{Span: t.Span, Text: unquote(text, t.Kind == token.String && p.d.Lexing.Backslash), Quoted: true}
	}
	return ast.Ident{Span: t.Span, Text: text}
}

// identList reads (a, b, c); the parenthesis is the current token.
func (p *parser) identList() []ast.Ident {
	var list []ast.Ident
	if !p.expect(token.LeftParen) {
		return nil
	}
	for !p.is(token.RightParen) && !p.is(token.EOF) {
		list = append(list, p.ident())
		if !p.accept(token.Comma) {
			break
		}
	}
	p.closeParen()
	return list
}
