package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lexer"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// Parse reads a text of one or more statements. It always returns a script; the
// diagnostics list what in it could not be read. A nil dialect means
// dialect.Default.
func Parse(sql string, d *dialect.Dialect, opt Options) (*ast.Script, []Diagnostic) {
	if d == nil {
		d = dialect.Default
	}
	p := &parser{src: sql, d: d, opt: opt.withDefaults(), words: wordsOf(d)}
	p.scratch = scratches.Get().(*scratch)
	defer p.release()
	p.nodes = &nodes{}
	if opt.Memory != nil {
		p.nodes = &opt.Memory.nodes
		p.nodes.reset()
	}
	p.tokenize(0, len(sql))
	script := &ast.Script{SQL: sql, Span: token.Span{End: int32(len(sql))}}
	script.Statements = p.script()
	p.place()
	return script, p.diagnostics
}

// parser is the state of one parse.
type parser struct {
	src string
	d   *dialect.Dialect
	opt Options
	*scratch
	pos   int
	words wordTable
	// depth counts nested expressions and queries, args the calls around this
	// place, braces the places where a colon ends an expression.
	depth, args, braces int
	// lastClosed is, while tokens are read, the bracket that was closed last.
	lastClosed int32
	// blocks counts the procedural blocks around this place.
	blocks int
	// scriptEnd is the token behind USING 'script' of a TRANSFORM.
	scriptEnd int
	// namedEquals marks the arguments of a function in FROM of T-SQL, where name = value names an argument.
	namedEquals bool
	// flowSteps counts the statements in front of ->>.
	flowSteps   int
	diagnostics []Diagnostic
	nodes       *nodes
	// phraseName is the name that the last NAMED phrase gave, namedAt the token behind it.
	phraseName ast.Ident
	namedAt    int
}

func (o Options) withDefaults() Options {
	if o.MaxDepth <= 0 {
		o.MaxDepth = 250
	}
	if o.MaxTokens <= 0 {
		o.MaxTokens = 1_000_000
	}
	if o.MaxDiagnostics <= 0 {
		o.MaxDiagnostics = 100
	}
	return o
}

// tokenize reads all tokens of a range of the text and pairs the brackets.
func (p *parser) tokenize(start, end int) {
	l := lexer.New(p.src, start, end, p.d)
	if guess := min((end-start)/5, p.opt.MaxTokens) + 8; cap(p.toks) < guess {
		p.toks = make([]token.Token, 0, guess)
		p.match = make([]int32, 0, guess)
	}
	open := p.open[:0]
	defer func() { p.open = open }()
	for {
		t := l.Next()
		if len(p.toks) >= p.opt.MaxTokens && t.Kind != token.EOF {
			p.report(t.Span, TooLong, "the text has too many tokens; the rest is not read")
			t = token.Token{Kind: token.EOF, Span: token.Span{Start: t.Start, End: t.Start}}
		}
		p.lexical(t)
		if t.Kind == token.Conflict {
			continue
		}
		at := int32(len(p.toks))
		p.toks = append(p.toks, t)
		p.match = append(p.match, 0)
		if at > 0 && p.d.Grammar.ShortVerbs {
			p.shortVerb(int(at) - 1)
		}
		switch t.Kind {
		case token.LeftParen, token.LeftBracket, token.LeftBrace:
			open = append(open, at)
		case token.RightParen, token.RightBracket, token.RightBrace:
			open = p.closeBracket(open, at)
		case token.EOF:
			for range spareEOFs {
				p.toks = append(p.toks, t)
				p.match = append(p.match, 0)
			}
			return
		}
	}
}

// spareEOFs is the number of EOF tokens after the end of the text: moving over a few
// words that a construct should have, and a truncated text lacks, stays within the tokens.
const spareEOFs = 16

// closeBracket pairs the closing bracket at an index with the innermost open
// one of its kind; what was opened in between stays without a partner.
func (p *parser) closeBracket(open []int32, at int32) []int32 {
	want := p.toks[at].Kind - 1 // each closing kind follows its opening one
	for i := len(open) - 1; i >= 0 && i >= len(open)-8; i-- {
		if p.toks[open[i]].Kind == want {
			p.match[open[i]], p.lastClosed = at, open[i]
			return open[:i]
		}
	}
	return open
}

// lexical reports what the lexer marked.
func (p *parser) lexical(t token.Token) {
	switch {
	case t.Kind == token.Conflict:
		p.report(t.Span, ConflictMarker, "version control conflict marker")
	case t.Kind == token.Template:
		p.report(t.Span, TemplateLeft, "template code was left in the SQL")
	case t.Unclosed:
		p.report(t.Span, UnclosedQuote, t.Kind.String()+" is not closed")
	}
}

// script reads statements up to the end of the text.
func (p *parser) script() []ast.Statement {
	var list []ast.Statement
	for {
		p.separators()
		if p.is(token.EOF) {
			return list
		}
		before := p.pos
		list = append(list, p.flow(p.statement()))
		if p.is(token.Semicolon) || p.is(token.EOF) {
			continue
		}
		if p.pos == before {
			p.unexpected("a statement")
			p.skipStatement()
			continue
		}
		p.betweenStatements()
	}
}

// separators moves over what separates statements: semicolons, and the "/"
// that ends a block in Oracle's scripts.
func (p *parser) separators() {
	for p.accept(token.Semicolon) || p.accept(token.Slash) {
	}
}

// betweenStatements handles what follows a statement without a semicolon: the
// next statement, or text that has no place.
func (p *parser) betweenStatements() {
	if p.acceptWord("go") {
		return
	}
	if p.d.Grammar.OptionalSemicolon && p.startsStatement() {
		return
	}
	p.unexpected("the end of the statement")
	if !p.startsStatement() {
		p.skipStatement()
	}
}
