package parser

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// joinAhead returns the distance at which JOIN or APPLY follows the words that may
// precede it; 0 means that no join starts here, 1 that the current
// token is JOIN itself.
func (p *parser) joinAhead() int {
	for n := range 6 {
		switch p.ahead(n).Keyword {
		case token.JOIN, token.STRAIGHT_JOIN:
			return n + 1
		case token.APPLY:
			if n > 0 {
				return n + 1
			}
			return 0
		case token.INNER, token.LEFT, token.RIGHT, token.FULL, token.CROSS, token.NATURAL, token.OUTER, token.SEMI, token.ANTI,
			token.ASOF, token.ANY, token.ALL, token.GLOBAL, token.POSITIONAL, token.ARRAY, token.LOOP, token.MERGE:
		default:
			if n == 0 || !p.isWord(n, "hash") && !p.isWord(n, "broadcast") && !p.isWord(n, "shuffle") && !p.isWord(n, "local") && !p.isWord(n, "remote") && !p.isWord(n, "distributed") && !p.isWord(n, "directed") {
				return 0
			}
		}
	}
	return 0
}

// joins reads the joins after a member of FROM.
func (p *parser) joins(left ast.TableExpr) ast.TableExpr {
	for n := 0; p.is(token.Word); n++ {
		switch {
		case p.isKw(token.LATERAL) && p.isWord(1, "view"):
			left = p.lateralView(left)
		case p.nestedAhead():
			left = p.nestedColumns(left)
		case p.d.Grammar.UnnestSuffix && p.isWord(0, "unnest") && p.ahead(1).Kind == token.LeftParen:
			left = p.unnested(left)
		case p.isKw(token.NULL) && p.isWord(1, "aware"): // Doris: NULL AWARE LEFT ANTI JOIN
			p.pos += 2
		case p.joinAhead() > 0:
			if n > longestChain {
				p.report(p.peek().Span, TooLong, "too many joins in a row")
				return &ast.BadTable{Span: p.from(left.Range().Start), Input: left, Children: p.skipItem()}
			}
			left = p.suffixedJoin(p.join(left))
		default:
			return left
		}
	}
	return left
}

// suffixedJoin reads a PIVOT or the like that applies to a whole join.
func (p *parser) suffixedJoin(j ast.TableExpr) ast.TableExpr {
	switch p.kw() {
	case token.PIVOT, token.UNPIVOT, token.MATCH_RECOGNIZE, token.SAMPLE:
		if p.ahead(1).Kind == token.LeftParen {
			return p.tableSuffixes(j)
		}
	case token.TABLESAMPLE:
		p.sample()
	}
	return j
}

// join reads one join with its right side and its condition.
func (p *parser) join(left ast.TableExpr) ast.TableExpr {
	start := p.start()
	if left != nil {
		start = left.Range().Start
	}
	j := &ast.Join{Left: left}
	p.joinWords(j)
	if p.is(token.LeftBracket) && p.isIdent(1) && p.ahead(2).Kind == token.RightBracket {
		// StarRocks: JOIN [BROADCAST]
		p.pos += 3
	}
	if j.Kind == ast.ArrayJoinKind {
		at := p.start()
		a := &ast.ArrayJoin{Items: p.selectItems()}
		a.Span = p.from(at)
		j.Right = a
	} else {
		j.Right = p.tablePrimary()
	}
	for p.isKw(token.LATERAL) && p.isWord(1, "view") {
		j.Right = p.lateralView(j.Right)
	}
	p.joinCondition(j)
	if j.On == nil && j.Using == nil && j.NeedsCondition() && p.depth < p.opt.MaxDepth && p.joinAhead() > 0 && p.nestedCondition() {
		p.depth++
		for j.On == nil && j.Using == nil && p.joinAhead() > 0 {
			j.Right = p.join(j.Right)
			p.joinCondition(j)
		}
		p.depth--
	}
	j.Span = p.from(start)
	return j
}

// nestedCondition distinguishes a JOIN b JOIN c ON .. ON .. from a JOIN b JOIN c ON ..:
// it looks for a second condition after that of the next join.
func (p *parser) nestedCondition() bool {
	balance := 1
	for i := p.pos; i < min(len(p.toks), p.pos+4096); i++ {
		switch t := p.toks[i]; t.Kind {
		case token.LeftParen, token.LeftBracket:
			if end := p.closing(i); end > 0 {
				i = end
			}
		case token.RightParen, token.Semicolon, token.Comma, token.EOF, token.PipeRight:
			return balance <= 0
		case token.Word:
			switch t.Keyword {
			case token.JOIN:
				if prev := p.toks[i-1].Keyword; prev != token.CROSS && prev != token.NATURAL {
					balance++
				}
			case token.ON, token.USING:
				if balance--; balance == 0 {
					return true
				}
			case token.WHERE, token.GROUP, token.ORDER, token.SELECT, token.HAVING, token.UNION, token.LIMIT:
				return false
			}
		}
	}
	return false
}

func (p *parser) joinCondition(j *ast.Join) {
	if p.isKw(token.MATCH_CONDITION) {
		p.pos++
		j.Match = p.expr()
	}
	switch {
	case p.acceptKw(token.ON):
		j.On = p.condition()
	case p.isKw(token.USING) && p.ahead(1).Kind == token.LeftParen:
		p.pos++
		j.Using = p.usingList()
		if p.isKw(token.AS) && p.isIdent(1) {
			p.pos++
			j.UsingAlias = p.ident()
		}
	case p.isKw(token.USING) && p.isIdent(1) && p.ahead(1).Keyword != token.SAMPLE: // ClickHouse: USING a, b
		p.pos++
		for {
			j.Using = append(j.Using, p.ident())
			if !p.accept(token.Comma) {
				break
			}
		}
	}
	if p.isKw(token.MATCH_CONDITION) {
		p.pos++
		j.Match = p.expr()
	}
}

// usingList reads (a, b); a qualified name keeps its last part.
func (p *parser) usingList() []ast.Ident {
	var list []ast.Ident
	for _, ref := range p.columnList() {
		list = append(list, ref.Parts[len(ref.Parts)-1])
	}
	return list
}

// joinWords reads the words up to JOIN or APPLY and what they say.
func (p *parser) joinWords(j *ast.Join) {
	side, outer, semi, anti := token.NotKeyword, false, false, false
	for n := p.joinAhead(); n > 0; n-- {
		switch k := p.advance().Keyword; k {
		case token.LEFT, token.RIGHT, token.FULL, token.CROSS, token.POSITIONAL:
			side = k
		case token.OUTER:
			outer = true
		case token.SEMI:
			semi = true
		case token.ANTI:
			anti = true
		case token.NATURAL:
			j.Natural = true
		case token.ASOF:
			j.AsOf = true
		case token.ARRAY:
			j.Kind = ast.ArrayJoinKind
			j.AsOf = false
		case token.APPLY:
			j.Lateral = true
		}
	}
	if j.Kind == ast.ArrayJoinKind {
		return
	}
	j.Kind = joinKind(side, semi, anti)
	if j.Lateral && outer && side == token.NotKeyword {
		j.Kind = ast.LeftJoin
	}
}

func joinKind(side token.Keyword, semi, anti bool) ast.JoinKind {
	right := side == token.RIGHT
	switch {
	case semi && right:
		return ast.RightSemiJoin
	case semi:
		return ast.SemiJoin
	case anti && right:
		return ast.RightAntiJoin
	case anti:
		return ast.AntiJoin
	}
	switch side {
	case token.LEFT:
		return ast.LeftJoin
	case token.RIGHT:
		return ast.RightJoin
	case token.FULL:
		return ast.FullJoin
	case token.CROSS:
		return ast.CrossJoin
	case token.POSITIONAL:
		return ast.PositionalJoin
	}
	return ast.InnerJoin
}

// lateralViews reads LATERAL VIEW after a complete FROM clause.
func (p *parser) lateralViews(from []ast.TableExpr) []ast.TableExpr {
	if len(from) == 0 {
		return []ast.TableExpr{p.lateralView(nil)}
	}
	last := len(from) - 1
	from[last] = p.joins(from[last])
	return from
}

// lateralView reads LATERAL VIEW [OUTER] f(x) [t] [AS a, b].
func (p *parser) lateralView(left ast.TableExpr) ast.TableExpr {
	at := p.start()
	p.pos += 2
	f := &ast.TableFunction{Lateral: true, Outer: p.acceptKw(token.OUTER)}
	if core, ok := p.tableName().(*ast.TableFunction); ok {
		f.Calls = core.Calls
	} else {
		p.unexpected("a call")
	}
	a := &ast.Alias{}
	a.Start = p.start()
	if p.isIdent(0) && !p.isKw(token.AS) && p.implicitTableAlias() {
		a.Name = p.ident()
	}
	if p.acceptKw(token.AS) {
		for {
			id := p.ident()
			a.Columns = append(a.Columns, ast.ColumnDef{Span: id.Span, Name: id})
			if !p.accept(token.Comma) {
				break
			}
		}
	}
	a.Span = p.from(a.Start)
	if !a.Name.IsZero() || len(a.Columns) > 0 {
		f.Alias = a
	}
	f.Span = p.from(at)
	start := at
	if left != nil {
		start = left.Range().Start
	}
	return &ast.Join{Span: p.from(start), Kind: ast.LateralViewJoin, Left: left, Right: f, Lateral: true}
}
