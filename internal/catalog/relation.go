package catalog

import "strings"

// NewRelation makes the address of a dbt node. The parts are the manifest's
// own fields (database, schema, alias or identifier); text is its
// relation_name, which only shows which parts are quoted and may be empty. Where it
// does not name the same parts, they count as unquoted.
func NewRelation(platform, database, schema, identifier, text string) Relation {
	r := Relation{Platform: platform, Database: database, Schema: schema, Identifier: identifier, Text: text}
	named, ok := ParseRelationName(platform, text)
	if !ok {
		return r
	}
	r.QuotedDatabase = named.QuotedDatabase && named.Database == database
	r.QuotedSchema = named.QuotedSchema && named.Schema == schema
	r.QuotedIdentifier = named.QuotedIdentifier && named.Identifier == identifier
	return r
}

// WarehouseRelation makes the address of a table from names as the warehouse
// itself stores them (a crawl, catalog.json): every part is exact.
func WarehouseRelation(platform, database, schema, identifier string) Relation {
	return Relation{
		Platform: platform, Database: database, Schema: schema, Identifier: identifier,
		QuotedDatabase: true, QuotedSchema: true, QuotedIdentifier: true,
	}
}

// IsZero reports whether the physical address is missing.
func (r Relation) IsZero() bool { return r == Relation{} }

// Key is the relation's identity: database, schema and identifier, folded by
// the platform's rule and joined with dots. A part that holds a dot or a double
// quote is put in double quotes, doubled inside, so that no two relations
// share a key; a missing database leaves the key with a leading dot. It is ""
// without an identifier.
func (r Relation) Key() string {
	if r.Identifier == "" {
		return ""
	}
	return keyPart(r.fold(r.Database, r.QuotedDatabase)) + "." + r.BareKey()
}

// BareKey is the key without the database: schema and identifier.
func (r Relation) BareKey() string {
	if r.Identifier == "" {
		return ""
	}
	return keyPart(r.fold(r.Schema, r.QuotedSchema)) + "." + keyPart(r.fold(r.Identifier, r.QuotedIdentifier))
}

// Display is the relation as people write it: the parts that there are, with
// dots between them.
func (r Relation) Display() string {
	parts := make([]string, 0, 3)
	for _, p := range []string{r.Database, r.Schema, r.Identifier} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ".")
}

func (r Relation) fold(part string, quoted bool) string {
	if quoted && quotesExact(r.Platform) {
		return part
	}
	return FoldOf(r.Platform).Apply(part)
}

func keyPart(s string) string {
	if !strings.ContainsAny(s, `."`) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// cutKey splits a key into its database part, as written in the key, and the
// bare key.
func cutKey(key string) (database, bare string) {
	if !strings.HasPrefix(key, `"`) {
		database, bare, _ = strings.Cut(key, ".")
		return database, bare
	}
	for i := 1; i < len(key); i++ {
		if key[i] != '"' {
			continue
		}
		if i+1 < len(key) && key[i+1] == '"' {
			i++
			continue
		}
		return key[:i+1], strings.TrimPrefix(key[i+1:], ".")
	}
	return key, ""
}

// ParseRelationName reads a relation as dbt or SQL writes it: one to three
// parts with dots between them, each plain or quoted with double quotes,
// backticks or brackets (a closing quote inside is doubled). BigQuery may quote
// all parts as one. False for anything else, such as a function call.
func ParseRelationName(platform, text string) (Relation, bool) {
	parts, ok := splitRelation(text)
	if !ok {
		return Relation{}, false
	}
	if platform == "bigquery" {
		parts = splitWholes(parts)
	}
	if len(parts) > 3 {
		return Relation{}, false
	}
	r := Relation{Platform: platform, Text: text}
	last := len(parts) - 1
	r.Identifier, r.QuotedIdentifier = parts[last].name, parts[last].quoted
	if last >= 1 {
		r.Schema, r.QuotedSchema = parts[last-1].name, parts[last-1].quoted
	}
	if last >= 2 {
		r.Database, r.QuotedDatabase = parts[0].name, parts[0].quoted
	}
	return r, true
}

type relationPart struct {
	name   string
	quoted bool
}

func splitRelation(text string) ([]relationPart, bool) {
	var parts []relationPart
	rest := strings.TrimSpace(text)
	for len(parts) < 4 {
		part, tail, ok := cutPart(rest)
		if !ok {
			return nil, false
		}
		parts = append(parts, part)
		if tail == "" {
			return parts, true
		}
		if tail[0] != '.' {
			return nil, false
		}
		rest = tail[1:]
	}
	return nil, false
}

// cutPart takes the first part off; false if it is empty or not well formed.
func cutPart(s string) (part relationPart, tail string, ok bool) {
	if s == "" {
		return part, "", false
	}
	switch s[0] {
	case '"', '`':
		return cutQuoted(s, s[0])
	case '[':
		return cutQuoted(s, ']')
	}
	end := strings.IndexByte(s, '.')
	if end < 0 {
		end = len(s)
	}
	name := s[:end]
	if name == "" || strings.ContainsAny(name, "\"`'[](){},; \t\r\n") {
		return part, "", false
	}
	return relationPart{name: name}, s[end:], true
}

func cutQuoted(s string, closing byte) (part relationPart, tail string, ok bool) {
	var name strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] == closing {
			if i+1 == len(s) || s[i+1] != closing {
				return relationPart{name: name.String(), quoted: true}, s[i+1:], name.Len() > 0
			}
			i++
		}
		name.WriteByte(s[i])
	}
	return part, "", false
}

// splitWholes takes apart the parts that BigQuery allows within one pair of
// backticks: `project.dataset.table`. No BigQuery name contains a dot itself,
// except old project ids with a domain (example.com:project).
func splitWholes(parts []relationPart) []relationPart {
	var out []relationPart
	for _, p := range parts {
		if !p.quoted || strings.Contains(p.name, ":") {
			out = append(out, p)
			continue
		}
		for _, name := range strings.Split(p.name, ".") {
			if name == "" {
				return parts
			}
			out = append(out, relationPart{name: name, quoted: true})
		}
	}
	return out
}

// BareKeyOf returns a key without its database: the BareKey of its relation.
func BareKeyOf(key string) string {
	_, bare := cutKey(key)
	return bare
}

// IdentifierKeyOf returns the last part of a key: the folded identifier.
func IdentifierKeyOf(key string) string {
	_, identifier := cutKey(BareKeyOf(key))
	return identifier
}

// PlaceOf returns a key without its identifier: the folded database and schema.
func PlaceOf(key string) string {
	if identifier := IdentifierKeyOf(key); identifier != "" {
		return key[:len(key)-len(identifier)-1]
	}
	return ""
}

// SamePlace reports whether two keys name relations of one schema. A missing
// database matches any.
func SamePlace(a, b string) bool {
	databaseA, bareA := cutKey(a)
	databaseB, bareB := cutKey(b)
	schemaA, _ := cutKey(bareA)
	schemaB, _ := cutKey(bareB)
	return schemaA == schemaB && (databaseA == databaseB || databaseA == "" || databaseB == "")
}
