package parser

import (
	"cmp"
	"slices"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// report notes a problem. A second one at the same place is a consequence of
// the first and is dropped.
func (p *parser) report(at token.Span, code Code, message string) {
	n := len(p.diagnostics)
	if n >= p.opt.MaxDiagnostics || n > 0 && p.diagnostics[n-1].Start == at.Start {
		return
	}
	p.diagnostics = append(p.diagnostics, Diagnostic{Span: at, Code: code, Message: message})
}

// unexpected reports the current token.
func (p *parser) unexpected(wanted string) {
	t := p.peek()
	if t.Kind == token.EOF {
		p.report(t.Span, UnexpectedEnd, "the text ends where "+wanted+" should be")
		return
	}
	shown := p.text(t)
	if len(shown) > 40 {
		shown = shown[:40] + "…"
	}
	p.report(t.Span, UnexpectedToken, "unexpected "+shown+" where "+wanted+" should be")
}

// place sets the lines and columns of the diagnostics.
func (p *parser) place() {
	if len(p.diagnostics) == 0 {
		return
	}
	slices.SortStableFunc(p.diagnostics, func(a, b Diagnostic) int { return cmp.Compare(a.Start, b.Start) })
	lines := token.NewLines(p.src)
	for i := range p.diagnostics {
		p.diagnostics[i].Position = lines.Position(p.diagnostics[i].Start)
	}
}

// enter goes one level deeper; where that is too deep it reports and refuses.
// Every successful enter is followed by a leave.
func (p *parser) enter() bool {
	if p.depth >= p.opt.MaxDepth {
		p.report(p.peek().Span, TooDeep, "nesting is too deep here; the part is not read")
		return false
	}
	p.depth++
	return true
}

func (p *parser) leave() { p.depth-- }

// mark is a place to come back to.
type mark struct{ pos, diagnostics int }

func (p *parser) mark() mark { return mark{p.pos, len(p.diagnostics)} }

// reset goes back; what was reported since is taken back.
func (p *parser) reset(m mark) {
	p.pos = m.pos
	p.diagnostics = p.diagnostics[:m.diagnostics]
}

// closeParen moves over ")". Anything else in its place is reported
// and skipped, up to the ")" that belongs to this level.
func (p *parser) closeParen() []ast.Expr { return p.closeWith(token.RightParen) }

func (p *parser) closeWith(k token.Kind) []ast.Expr {
	if p.accept(k) {
		return nil
	}
	p.unexpected(k.String())
	refs := p.salvage(func() bool { return p.is(token.Semicolon) })
	p.accept(k)
	return refs
}

// skipStatement moves to the semicolon that ends the statement.
func (p *parser) skipStatement() []ast.Expr {
	var refs []ast.Expr
	for !p.is(token.Semicolon) && !p.is(token.EOF) {
		refs = append(refs, p.salvage(func() bool { return p.is(token.Semicolon) })...)
		if !p.is(token.Semicolon) && !p.is(token.EOF) {
			p.pos++
		}
	}
	return refs
}

// skipItem moves to the end of the current item of a list: a comma, a closing
// bracket, a word that begins a clause, or the end of the statement. It returns
// the column references and subqueries on the way.
func (p *parser) skipItem() []ast.Expr {
	return p.salvage(p.atItemEnd)
}

// atItemEnd reports whether the current token can follow an expression in a list.
func (p *parser) atItemEnd() bool {
	switch p.toks[p.pos].Kind {
	case token.Comma, token.RightParen, token.RightBracket, token.RightBrace, token.Semicolon, token.EOF, token.PipeRight:
		return true
	case token.ArrowText:
		return p.d.Grammar.FlowOperator
	case token.Word:
		return p.words[p.kw()]&clauseWord != 0
	}
	return false
}

// salvage moves on until stop holds or a bracket closes this level, and returns
// the column references and subqueries on the way.
func (p *parser) salvage(stop func() bool) []ast.Expr {
	var refs []ast.Expr
	level := 0
	for !p.is(token.EOF) {
		if level == 0 && stop() {
			return refs
		}
		switch t := p.peek(); t.Kind {
		case token.LeftParen:
			if p.closing(p.pos) > 0 && p.isQuery(p.pos+1) && p.depth < p.opt.MaxDepth {
				refs = append(refs, p.parenthesized())
				continue
			}
			level++
		case token.LeftBracket, token.LeftBrace:
			level++
		case token.RightParen, token.RightBracket, token.RightBrace:
			if level == 0 {
				return refs
			}
			level--
		case token.Word, token.QuotedIdent:
			if ref := p.salvageName(); ref != nil {
				refs = append(refs, ref)
			}
			continue
		}
		p.pos++
	}
	return refs
}

// salvageName reads a dotted name that may be a column; words that the grammar
// knows and names of functions give nil.
func (p *parser) salvageName() ast.Expr {
	t := p.peek()
	if t.Keyword != token.NotKeyword && (p.ahead(1).Kind != token.Dot || p.words[t.Keyword]&notName != 0) {
		p.pos++
		return nil
	}
	ref := &ast.ColumnRef{Parts: []ast.Ident{p.ident()}}
	for p.is(token.Dot) && p.isIdent(1) {
		p.pos++
		ref.Parts = append(ref.Parts, p.ident())
	}
	ref.Span = p.from(t.Start)
	if p.is(token.LeftParen) {
		return nil
	}
	return ref
}

// bad wraps what could be read of an expression with what was salvaged.
func (p *parser) bad(start int32, parts ...ast.Expr) *ast.BadExpr {
	b := &ast.BadExpr{}
	for _, part := range parts {
		if part != nil {
			b.Children = append(b.Children, part)
		}
	}
	b.Span = p.from(start)
	return b
}

// endItem makes sure that an expression of a list ends where it should; what
// follows it otherwise becomes part of a BadExpr.
func (p *parser) endItem(start int32, e ast.Expr) ast.Expr {
	if p.atItemEnd() {
		return e
	}
	p.unexpected("the end of the expression")
	before := p.pos
	refs := p.skipItem()
	if p.pos == before {
		return e
	}
	return p.bad(start, append([]ast.Expr{e}, refs...)...)
}
