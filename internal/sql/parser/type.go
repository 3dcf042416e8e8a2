package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// typeName reads a type: words, arguments in parentheses or angle brackets, and
// suffixes such as [] and ARRAY.
func (p *parser) typeName() *ast.TypeName {
	t := p.nodes.types.New()
	start := p.start()
	if !p.isIdent(0) && !p.is(token.Template) {
		p.unexpected("a type")
		t.Span = p.from(start)
		return t
	}
	if !p.enter() {
		t.Span = p.from(start)
		return t
	}
	defer p.leave()
	p.pos++
	for p.is(token.Dot) && p.partAhead(1) {
		p.pos += 2
	}
	p.typeWords()
	t.Name = p.from(start).Text(p.src)
	p.typeArguments(t)
	p.typeSuffix()
	t.Span = p.from(start)
	return t
}

// typeWords reads the further words of a type of several words.
func (p *parser) typeWords() {
	for {
		switch {
		case p.acceptKw(token.PRECISION), p.acceptKw(token.VARYING):
		case p.isWord(0, "unsigned"), p.isWord(0, "signed"), p.isWord(0, "large") && p.isWord(1, "object"):
			p.pos++
		case p.isWord(-1, "national") && (p.isWord(0, "character") || p.isWord(0, "char")):
			p.pos++
		case p.isWord(-1, "long") && p.isWord(0, "raw"), p.isWord(-1, "large") && p.isWord(0, "object"):
			p.pos++
		case p.isWord(-1, "interval") && p.isUnit(0):
			p.unit()
			return
		case (p.isWord(-1, "time") || p.isWord(-1, "timestamp")) && p.zone():
		default:
			return
		}
	}
}

// zone reads WITH TIME ZONE, WITHOUT TIME ZONE, WITH LOCAL TIME ZONE.
func (p *parser) zone() bool {
	return p.acceptKw(token.WITH, token.TIME, token.ZONE) || p.acceptKw(token.WITHOUT, token.TIME, token.ZONE) ||
		p.acceptKw(token.WITH, token.LOCAL, token.TIME, token.ZONE)
}

// typeArguments reads (10, 2), <a INT64, b STRING> and (a int, b text).
func (p *parser) typeArguments(t *ast.TypeName) {
	switch p.peek().Kind {
	case token.LeftParen:
		if p.isIdent(1) && p.isIdent(2) && (p.isWord(-1, "row") || p.isWord(-1, "struct") || p.isWord(-1, "tuple") ||
			p.isWord(-1, "nested") || p.isWord(-1, "object")) && p.closing(p.pos) > 0 {
			p.pos++
			t.Fields = p.typeFields(token.RightParen)
			p.closeParen()
		} else {
			p.skipParens()
		}
		p.zone()
		_ = p.acceptWord("unsigned") || p.acceptKw(token.VARYING)
		if p.is(token.LeftParen) && p.isWord(-1, "varying") {
			p.skipParens()
		}
	case token.Less:
		if !angleTypes[fold(p.text(p.ahead(-1)))] {
			return
		}
		p.pos++
		t.Fields = p.typeFields(token.Greater)
		p.closeAngle()
	case token.NotEqual: // STRUCT<>
		if angleTypes[fold(p.text(p.ahead(-1)))] {
			p.pos++
		}
	}
}

// angleTypes are the types with arguments in angle brackets; after any other
// type "<" compares.
var angleTypes = map[string]bool{"array": true, "struct": true, "map": true, "range": true, "row": true, "uniontype": true, "enum": true}

// typeFields reads types separated by commas, each perhaps with a name.
func (p *parser) typeFields(end token.Kind) []ast.ColumnDef {
	var fields []ast.ColumnDef
	for !p.is(end) && !p.is(token.ShiftRight) && !p.is(token.EOF) {
		f := ast.ColumnDef{}
		start, before := p.start(), p.pos
		if p.is(token.String) || p.isIdent(0) && (p.ahead(1).Kind == token.Colon || p.isIdent(1) && !p.typeGoesOn()) {
			t := p.advance()
			f.Name = p.identOf(&t)
			p.accept(token.Colon)
		}
		f.Type = p.typeName()
		p.acceptKw(token.NOT, token.NULL)
		if p.acceptKw(token.COMMENT) || p.acceptKw(token.COLLATE) || p.acceptWord("options") {
			_ = p.accept(token.String) || p.isIdent(0) && p.accept(token.Word)
			p.skipParens()
		}
		f.Span = p.from(start)
		fields = append(fields, f)
		if !p.accept(token.Comma) || p.pos == before {
			break
		}
	}
	return fields
}

// typeGoesOn reports whether the current word and the next are one type.
func (p *parser) typeGoesOn() bool {
	switch p.ahead(1).Keyword {
	case token.ARRAY:
		return p.ahead(2).Kind != token.Less
	case token.PRECISION, token.VARYING, token.COMMENT, token.COLLATE, token.WITH, token.WITHOUT:
		return true
	}
	return p.isWord(1, "unsigned") || p.isWord(0, "interval") && p.isUnit(1)
}

// closeAngle moves over one ">", splitting ">>" where it closes two types.
func (p *parser) closeAngle() {
	switch p.peek().Kind {
	case token.Greater:
		p.pos++
	case token.ShiftRight:
		t := p.peek()
		t.Kind = token.Greater
		t.Start++
	case token.GreaterEqual:
		t := p.peek()
		t.Kind = token.Equal
		t.Start++
	default:
		p.unexpected(">")
	}
}

// typeSuffix reads [], [3], ARRAY, CHARACTER SET x and %TYPE after a type.
func (p *parser) typeSuffix() {
	for {
		switch {
		case p.is(token.LeftBracket) && (p.ahead(1).Kind == token.RightBracket || p.ahead(1).Kind == token.Number && p.ahead(2).Kind == token.RightBracket && !p.d.Grammar.ColonPaths):
			p.pos = p.closing(p.pos) + 1
		case p.isKw(token.ARRAY) && p.ahead(1).Keyword != token.JOIN:
			p.pos++
			if p.is(token.LeftBracket) && p.closing(p.pos) > 0 {
				p.pos = p.closing(p.pos) + 1
			}
		case p.isWord(0, "character") && p.isKw(token.NotKeyword, token.SET):
			p.pos += 2
			p.ident()
		case p.is(token.Percent) && (p.isWord(1, "type") || p.isWord(1, "rowtype")):
			p.pos += 2
		default:
			return
		}
	}
}
