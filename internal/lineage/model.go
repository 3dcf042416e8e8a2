package lineage

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

const (
	maxCode   = 1 << 20
	maxIssues = 50
)

// The codes of issues in addition to those of the parser and the resolver.
const (
	IssueTooLong     = "too_long"
	IssueNoQuery     = "no_query"
	IssueCrash       = "engine_fault"
	IssueUndeclared  = "undeclared_parent"
	IssueNotCompiled = "not_compiled"
	IssueNotSQL      = "not_sql"
	IssueOverBudget  = string(resolve.OverBudget)
)

// model is the reading of one model.
type model struct {
	*Tracer
	self    int32
	dialect *dialect.Dialect
	block   *Block
	met     map[string]int32 // tables by the names that mean them
	metKey  []byte
	refs    map[*resolve.Table]int32
	refAt   map[Ref]int32 // places in the block's list
	lines   *token.Lines
	script  *ast.Script // while it is read
	// relationsNamed are the keys of all relations in the code; nil until one is not found.
	relationsNamed map[string]bool
	guessed        map[int32]string // relations that only have the identifier of a parent, by parent
	ctx            context.Context  //nolint:containedctx // of the call of read, which the model does not outlive
	budget         Budget
	steps          int
}

// read traces the code of a table within a budget and returns the steps that it
// took. It never fails; whatever goes wrong is in the block.
func (t *Tracer) read(ctx context.Context, self int32, text string, budget Budget) (block *Block, steps int) {
	code := t.tables[self].Code
	d := DialectOf(t.tables[self].Platform)
	m := &model{Tracer: t, self: self, dialect: d, block: &Block{Dialect: d.Name}, ctx: ctx, budget: budget}
	defer func() {
		if fault := recover(); fault != nil {
			block = failed(d.Name, Issue{Code: IssueCrash, Message: fmt.Sprint("the engine stopped: ", fault)})
		}
	}()
	switch {
	case code.Language == StatedLanguage:
		m.stated(text)
	case !code.isSQL():
		m.declared(code.Language)
	case code.Compiled.IsZero():
		m.block.Status = NotCompiled
		m.block.Issues = []Issue{{Code: IssueNotCompiled, Message: "the manifest holds no compiled code for it; dbt compile, run, build and docs generate write it, dbt parse and dbt ls do not"}}
	case len(text) > maxCode:
		return failed(d.Name, Issue{Code: IssueTooLong, Message: fmt.Sprintf("the code has %d bytes; up to %d are read", len(text), maxCode)}), 0
	default:
		m.sql(text)
	}
	return m.block, m.steps
}

func failed(dialect string, issue Issue) *Block {
	return &Block{Status: Failed, Dialect: dialect, Issues: []Issue{issue}}
}

// trees keeps the memory of syntax trees for the next models.
var trees = sync.Pool{New: func() any { return new(parser.Memory) }}

// sql reads compiled SQL.
func (m *model) sql(text string) {
	memory := trees.Get().(*parser.Memory)
	m.query(text, memory)
	m.script = nil
	trees.Put(memory)
}

func (m *model) query(text string, memory *parser.Memory) {
	script, problems := parser.Parse(text, m.dialect, parser.Options{Memory: memory, MaxTokens: m.budget.Tokens})
	m.script = script
	result := resolve.Query(m.ctx, script, m.dialect, schema{m}, resolve.Options{Budget: m.budget.Budget, Boundary: m.isBoundary})
	m.steps = result.Steps
	m.lines = token.NewLines(text)
	for _, p := range problems {
		m.issue(string(p.Code), p.Message, p.Position)
	}
	m.outputs(result)
	partial := m.diagnostics(result, m.nameStar())
	if s := m.tables[m.self].Code.Snapshot; s != nil && len(m.block.Outputs) > 0 {
		m.block.Outputs = s.columns(m.block.Outputs)
	}
	m.block.Outputs = inOrder(m.block.Outputs, m.tables[m.self].Code.Contract)
	m.compareColumns()
	m.rows(result)
	switch {
	case len(m.block.Outputs) == 0 && (m.block.exceeded() || m.block.tooDeep()):
		m.block.Status = Partial
	case result.Status == resolve.NoQuery || len(m.block.Outputs) == 0:
		m.block.Status = Failed
		if len(m.block.Issues) == 0 {
			m.issue(IssueNoQuery, "no query was found", token.Position{Line: 1, Column: 1})
		}
	case len(problems) > 0 || partial || m.block.Resolved() < len(m.block.Outputs):
		m.block.Status = Partial
	}
}

// diagnostics adds what could not be resolved to the issues, without the star among the outputs if its columns have
// got names since. It reports whether the result is partial all the same.
func (m *model) diagnostics(result resolve.Result, named bool) bool {
	left := result.Diagnostics
	if named {
		left = slices.DeleteFunc(left, func(d resolve.Diagnostic) bool { return d.Code == resolve.UnknownStar && d.Span.Len() == 0 })
	}
	for _, d := range left {
		m.issue(string(d.Code), d.Message, m.lines.Position(d.Span.Start))
	}
	return result.Status == resolve.Partial && (!named || len(left) > 0)
}

func (m *model) issue(code, message string, at token.Position) {
	if len(m.block.Issues) < maxIssues {
		m.block.Issues = append(m.block.Issues, Issue{Code: code, Message: message, Line: at.Line, Column: at.Column})
	}
}

// manyEdges is the number of edges from which on a map is faster than looking through the list.
const manyEdges = 32

func (m *model) outputs(result resolve.Result) {
	seen := map[Edge]bool{}
	m.block.Outputs = make([]Output, 0, len(result.Outputs))
	for i := range result.Outputs {
		out := &result.Outputs[i]
		o := Output{Name: out.Name, Star: out.Star, Masked: out.Masked, Span: out.Definition}
		if o.Span.Len() == 0 {
			o.Span = out.Span
		}
		if n := len(out.Edges); n > 0 {
			o.Edges = make([]Edge, 0, n)
		}
		if len(out.Edges) > manyEdges {
			clear(seen)
		}
		for _, e := range out.Edges {
			if e.Table == nil {
				o.Gap = true
				continue
			}
			ref := m.ref(e.Table)
			edge := Edge{Ref: ref, Column: e.Column, Path: e.Path, Kinds: e.Kinds, Confidence: e.Confidence, Masked: e.Masked}
			if len(out.Edges) > manyEdges {
				if seen[edge] {
					continue
				}
				seen[edge] = true
			} else if slices.Contains(o.Edges, edge) {
				continue
			}
			o.Edges = append(o.Edges, edge)
		}
		m.block.Outputs = append(m.block.Outputs, o)
	}
}

// inOrder puts outputs into the order of a contract, if it names just these.
func inOrder(outputs []Output, contract []string) []Output {
	if len(contract) == 0 || len(contract) != len(outputs) {
		return outputs
	}
	at := make(map[string]int, len(outputs))
	for i := range outputs {
		at[strings.ToLower(outputs[i].Name)] = i
	}
	ordered := make([]Output, 0, len(outputs))
	for _, name := range contract {
		fold := strings.ToLower(name)
		i, ok := at[fold]
		if !ok {
			return outputs
		}
		delete(at, fold) // a name that occurs twice orders nothing
		ordered = append(ordered, outputs[i])
	}
	return ordered
}

// rows takes the columns that control the rows, except for the model's own: an
// incremental model that looks at itself does not derive from itself.
func (m *model) rows(result resolve.Result) {
	seen := make(map[Use]bool, len(result.Indirect))
	for _, u := range result.Indirect {
		if u.Table == nil || m.number(u.Table.Parts, u.Table.Boundary) == m.self {
			continue
		}
		use := Use{Ref: m.ref(u.Table), Column: u.Column, Kinds: u.Kinds, Confidence: u.Confidence}
		if !seen[use] {
			seen[use] = true
			m.block.Rows = append(m.block.Rows, use)
		}
	}
}

// ref returns the index of a table in the block's list.
func (m *model) ref(table *resolve.Table) int32 {
	if at, ok := m.refs[table]; ok {
		return at
	}
	made := Ref{}
	if n := m.number(table.Parts, table.Boundary); n != none {
		made.Table, made.Key = m.tables[n].ID, m.guessed[n]
		if n != m.self && !table.Boundary && !slices.Contains(m.parents(m.self), n) {
			m.issue(IssueUndeclared, m.tables[n].Name+" is read, but no ref() or source() names it", token.Position{})
		}
	} else {
		made.Name = table.String()
		if rel, ok := relationOf(m.platform(), table.Parts); ok && !table.File {
			made.Key = rel.Key()
		}
	}
	at := m.place(made)
	if m.refs == nil {
		m.refs = map[*resolve.Table]int32{}
	}
	m.refs[table] = at
	return at
}

// place returns the index of a table in the block's list, where it adds new ones.
func (m *model) place(r Ref) int32 {
	at, ok := m.refAt[r]
	if !ok {
		at = int32(len(m.block.Refs))
		m.block.Refs = append(m.block.Refs, r)
		if m.refAt == nil {
			m.refAt = map[Ref]int32{}
		}
		m.refAt[r] = at
	}
	return at
}

func (m *model) platform() string { return m.tables[m.self].Platform }

// isBoundary reports whether a CTE stands for an ephemeral model.
func (m *model) isBoundary(cte string) bool { return m.ephemeral(m.self, cte) != none }

// number returns the table that a name means.
func (m *model) number(parts []resolve.Name, boundary bool) int32 {
	m.metKey = append(m.metKey[:0], '0')
	if boundary {
		m.metKey[0] = '1'
	}
	for _, p := range parts {
		m.metKey = append(strconv.AppendBool(m.metKey, p.Quoted), p.Text...)
		m.metKey = append(m.metKey, 0)
	}
	if n, ok := m.met[string(m.metKey)]; ok {
		return n
	}
	n := none
	if boundary {
		n = m.ephemeral(m.self, parts[len(parts)-1].Text)
	} else if rel, ok := relationOf(m.platform(), parts); ok {
		if n = m.find(m.self, rel); n == none {
			n = m.guess(rel)
		}
	}
	if m.met == nil {
		m.met = map[string]int32{}
	}
	m.met[string(m.metKey)] = n
	return n
}

// guess returns the parent that a relation means by its identifier alone.
func (m *model) guess(rel catalog.Relation) int32 {
	n := m.namesake(rel)
	if n != none {
		if m.guessed == nil {
			m.guessed = map[int32]string{}
		}
		m.guessed[n] = rel.Key()
	}
	return n
}

// schema provides the columns of tables to the resolver.
type schema struct{ *model }

// Columns implements resolve.Schema.
func (s schema) Columns(parts []resolve.Name) ([]resolve.Column, bool) {
	n := s.number(parts, false)
	if n == none {
		return nil, false
	}
	if n == s.self {
		// What the table's own code resulted in last time must not decide this time.
		own := s.tables[n].Stated
		return own.List(), own.Full
	}
	c := s.columnsOf(n)
	return c.List(), c.Full
}

// declared connects the columns of a model that is not SQL with those of its
// parents that have the same names.
func (m *model) declared(language string) {
	m.block.Status = NotSQL
	m.block.Dialect = language
	m.block.Issues = []Issue{{Code: IssueNotSQL, Message: "the model is written in " + language + "; its columns are connected to columns of its parents by equal names"}}
	platform := m.platform()
	type origin struct {
		number int32
		column string
	}
	byName := map[string][]origin{}
	for _, p := range m.parents(m.self) {
		for c := range m.columnsOf(p).All() {
			fold := catalog.FoldColumn(platform, c.Name)
			byName[fold] = append(byName[fold], origin{p, c.Name})
		}
	}
	for c := range m.tables[m.self].Stated.All() {
		out := Output{Name: c.Name}
		for _, from := range byName[catalog.FoldColumn(platform, c.Name)] {
			out.Edges = append(out.Edges, Edge{
				Ref: m.parentRef(from.number), Column: from.column, Kinds: resolve.Transform, Confidence: resolve.Inferred,
			})
		}
		m.block.Outputs = append(m.block.Outputs, out)
	}
}

func (m *model) parentRef(n int32) int32 {
	return m.place(Ref{Table: m.tables[n].ID})
}
