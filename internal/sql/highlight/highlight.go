// Package highlight classifies the parts of SQL for showing it in colours, by the lexer of its dialect. It reads every
// text, whatever it is: Jinja in raw code is a part of its own, and what is not SQL has few parts.
package highlight

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lexer"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// Parts are the parts of a text by their class: starts and ends in turn, ascending.
type Parts struct {
	Keywords, Functions, Names, Strings, Numbers, Comments, Templates []int32
}

// Read classifies a text. Operators, brackets and white space have no class.
func Read(text string, d *dialect.Dialect) Parts {
	var p Parts
	tokens := lexer.New(text, 0, len(text), d)
	end := int32(0)
	for current := tokens.Next(); ; {
		if current.Kind == token.EOF {
			p.comments(text, end, int32(len(text)))
			return p
		}
		p.comments(text, end, current.Start)
		next := tokens.Next()
		if class := p.class(current, next); class != nil {
			*class = append(*class, current.Start, current.End)
		}
		end, current = current.End, next
	}
}

// class returns the list that a token belongs to, or nil.
func (p *Parts) class(t, next token.Token) *[]int32 {
	switch t.Kind {
	case token.String:
		return &p.Strings
	case token.Number:
		return &p.Numbers
	case token.Template:
		return &p.Templates
	case token.QuotedIdent:
		return &p.Names
	case token.Word:
		switch {
		case next.Kind == token.LeftParen && next.Start == t.End && !structural[t.Keyword]:
			return &p.Functions
		case t.Keyword != token.NotKeyword:
			return &p.Keywords
		default:
			return &p.Names
		}
	}
	return nil
}

// structural are the keywords that stay keywords before a parenthesis.
var structural = map[token.Keyword]bool{
	token.IN: true, token.AS: true, token.AND: true, token.FROM: true, token.WHEN: true, token.THEN: true, token.ELSE: true,
	token.NOT: true, token.OR: true, token.ON: true, token.OVER: true, token.USING: true, token.WHERE: true, token.BY: true,
	token.SELECT: true, token.JOIN: true, token.EXISTS: true, token.UNION: true, token.VALUES: true, token.CASE: true,
	token.HAVING: true, token.FILTER: true, token.WITHIN: true, token.LATERAL: true, token.QUALIFY: true, token.EXCEPT: true,
}

// comments adds what is between two tokens: comments, each without the space around it.
func (p *Parts) comments(text string, from, to int32) {
	between := text[from:to]
	trimmed := strings.TrimSpace(between)
	if trimmed == "" {
		return
	}
	start := from + int32(strings.Index(between, trimmed))
	p.Comments = append(p.Comments, start, start+int32(len(trimmed)))
}
