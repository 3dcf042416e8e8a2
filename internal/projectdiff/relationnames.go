package projectdiff

import (
	"cmp"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lexer"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// relationNames knows the tables of a state by their names in SQL. Where the two states lie in different databases and
// schemas, the same code names the same tables differently.
type relationNames struct {
	platform string
	full     map[string]string // unique id by relation key
	bare     map[string]string // by the key without the database
	ephemera map[string]string // by the name of the CTE that dbt makes
	heads    map[string]bool   // first parts of the names, lower case
}

func namesOn(platform string) *relationNames {
	return &relationNames{platform: platform, full: map[string]string{}, bare: map[string]string{}, ephemera: map[string]string{}, heads: map[string]bool{}}
}

func newRelationNames(l *lineage.ProjectLineage, canonical func(id string) string) *relationNames {
	r := namesOn(l.Head.AdapterType)
	for _, n := range l.Nodes {
		switch {
		case !lineage.IsTable(n):
		case n.Materialized == "ephemeral":
			r.ephemera["__dbt__cte__"+strings.ToLower(identifier(n))] = canonical(n.UniqueID)
		default:
			r.add(catalog.NewRelation(r.platform, n.Database, n.Schema, identifier(n), n.RelationName), canonical(n.UniqueID))
			r.add(n.DeferredRelation(r.platform), canonical(n.UniqueID))
		}
	}
	return r
}

func (r *relationNames) add(relation catalog.Relation, id string) {
	if relation.Identifier == "" || relation.Schema == "" {
		return
	}
	r.full[relation.Key()], r.bare[relation.BareKey()] = id, id
	r.heads[strings.ToLower(cmp.Or(relation.Database, relation.Schema))] = true
	r.heads[strings.ToLower(relation.Schema)] = true
}

// find returns the table that a dotted name means.
func (r *relationNames) find(text string) (string, bool) {
	relation, ok := catalog.ParseRelationName(r.platform, text)
	if !ok || relation.Schema == "" {
		return "", false
	}
	if relation.Database == "" {
		id, ok := r.bare[relation.BareKey()]
		return id, ok
	}
	id, ok := r.full[relation.Key()]
	return id, ok
}

// tableNames finds tables by the names of a state, else by those of the other one, which deferred code reads.
type tableNames []*relationNames

func (t tableNames) find(text string) (string, bool) {
	for _, names := range t {
		if id, ok := names.find(text); ok {
			return id, true
		}
	}
	return "", false
}

func (t tableNames) begins(word string) bool {
	word = strings.ToLower(strings.Trim(word, "\"`[]"))
	head, _, _ := strings.Cut(word, ".")
	for _, names := range t {
		if names.heads[head] {
			return true
		}
	}
	return false
}

func (t tableNames) ephemeral(word string) (string, bool) {
	for _, names := range t {
		if id, ok := names.ephemera[word]; ok {
			return id, true
		}
	}
	return "", false
}

// normalizer writes SQL in a form that is equal for code that does the same on the tables of another schema: without
// comments, with one space between tokens, words in lower case, and with the unique ids of tables in place of their
// names, in string literals too.
type normalizer struct {
	platform string
	dialect  *dialect.Dialect
	names    tableNames
	columns  map[string]string // what columns are called in this form, by their names in the code, folded
}

// NamedTable is a table and what it is called where the code of two schemas is compared.
type NamedTable struct {
	Relation catalog.Relation
	ID       string
}

// CodeForm writes SQL in a form that is equal for code that does the same on the tables of another schema, which have
// the same ids there.
func CodeForm(platform, sql string, tables []NamedTable) string {
	names := namesOn(platform)
	for _, t := range tables {
		names.add(t.Relation, t.ID)
	}
	return normalizer{platform: platform, dialect: lineage.DialectOf(platform), names: tableNames{names}}.normal(sql)
}

func (n normalizer) fold(name string) string { return catalog.FoldColumn(n.platform, name) }

func (n normalizer) normal(sql string) string {
	var b strings.Builder
	var tokens []token.Token
	for l := lexer.New(sql, 0, len(sql), n.dialect); ; {
		t := l.Next()
		if t.Kind == token.EOF {
			break
		}
		tokens = append(tokens, t)
	}
	for i := 0; i < len(tokens); {
		text, used := n.token(sql, tokens[i:])
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		if used == 1 {
			used += n.alias(sql, tokens[i:])
		}
		i += used
	}
	return b.String()
}

// alias returns how many tokens after that of a column give it the name again that it has in this form: "net as
// amount" is amount where net is the new name of amount.
func (n normalizer) alias(sql string, tokens []token.Token) int {
	name, ok := n.newName(sql, tokens[0])
	if !ok {
		return 0
	}
	at := 1
	if at < len(tokens) && tokens[at].Kind == token.Word && strings.EqualFold(tokens[at].Text(sql), "as") {
		at++
	}
	if at < len(tokens) && n.column(sql, tokens[at]) == n.fold(name) {
		return at
	}
	return 0
}

// newName returns the name that a column has in this form, if it is another one.
func (n normalizer) newName(sql string, t token.Token) (string, bool) {
	if len(n.columns) == 0 {
		return "", false
	}
	name, ok := n.columns[n.column(sql, t)]
	return name, ok
}

// column returns a name as columns are called, folded; "" if the token is none.
func (n normalizer) column(sql string, t token.Token) string {
	switch text := t.Text(sql); t.Kind {
	case token.Word:
		return n.fold(text)
	case token.QuotedIdent:
		bare, _ := catalog.UnquoteColumn(n.platform, text)
		return n.fold(bare)
	}
	return ""
}

// token returns the form of the first of some tokens, and how many it replaces.
func (n normalizer) token(sql string, tokens []token.Token) (string, int) {
	text := tokens[0].Text(sql)
	switch tokens[0].Kind {
	case token.String:
		return n.literal(text), 1
	case token.Word, token.QuotedIdent:
	default:
		return text, 1
	}
	if n.names.begins(text) {
		if id, used := n.table(sql, tokens); used > 0 {
			return id, used
		}
	}
	if tokens[0].Kind == token.QuotedIdent {
		if now, ok := n.newName(sql, tokens[0]); ok {
			return text[:1] + now + text[len(text)-1:], 1
		}
		return text, 1
	}
	lower := strings.ToLower(text)
	if id, ok := n.names.ephemeral(lower); ok {
		return id, 1
	}
	if now, ok := n.newName(sql, tokens[0]); ok {
		return strings.ToLower(now), 1
	}
	return lower, 1
}

// table reads the longest name of a table at the beginning of some tokens; 0 if there is none.
func (n normalizer) table(sql string, tokens []token.Token) (id string, used int) {
	for parts := range 3 {
		last := 2 * parts
		if last >= len(tokens) || last > 0 && tokens[last-1].Kind != token.Dot || tokens[last].Kind != token.Word && tokens[last].Kind != token.QuotedIdent {
			break
		}
		if found, ok := n.names.find(sql[tokens[0].Start:tokens[last].End]); ok {
			id, used = found, last+1
		}
	}
	return id, used
}

// literal replaces the names of tables in a string literal, whose own quotes are not part of a name.
func (n normalizer) literal(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	var b strings.Builder
	from := strings.IndexAny(text, "'\"") + 1
	b.WriteString(text[:from])
	for i := from; i < len(text); {
		end := dotted(text, i)
		if end == i {
			b.WriteByte(text[i])
			i++
			continue
		}
		name := text[i:end]
		if id, ok := n.names.find(name); ok {
			name = id
		}
		b.WriteString(name)
		i = end
	}
	return b.String()
}

// dotted returns the end of the dotted name that begins at a position; the position if none does.
func dotted(text string, at int) int {
	end := at
	for i := at; i < len(text); {
		next := namePart(text, i)
		if next == i {
			break
		}
		if end = next; end == len(text) || text[end] != '.' {
			break
		}
		i = end + 1
	}
	return end
}

// namePart returns the end of a name, with its quotes, that begins at a position.
func namePart(text string, at int) int {
	switch closing := text[at]; closing {
	case '"', '`', '[':
		if closing == '[' {
			closing = ']'
		}
		if n := strings.IndexByte(text[at+1:], closing); n > 0 {
			return at + 1 + n + 1
		}
		return at
	}
	end := at
	for end < len(text) && isNameByte(text[end]) {
		end++
	}
	return end
}

func isNameByte(c byte) bool {
	return c == '_' || c == '$' || c == '-' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// identifier is the name of a node's table.
func identifier(n *lineage.Node) string { return cmp.Or(n.Identifier, n.Alias, n.Name) }
