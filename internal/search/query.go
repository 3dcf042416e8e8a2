package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Query is a parsed query. All of its terms and filters have to hold.
type Query struct {
	Terms   []Term
	Filters []Filter
	// Unknown are the keys in front of a colon that are none; they and what follows were read as words.
	Unknown []string
}

// Term is one word, or several that have to be in one field.
type Term struct {
	// Field is the only one to look in; nil means all.
	Field *Field
	Words []string
	Not   bool
	// Phrase: the words have to follow each other.
	Phrase bool
}

// Filter limits the hits to those with one of the values.
type Filter struct {
	Key    string
	Values []string
	Not    bool
}

// Keys of filters.
const (
	KeyKind         = "kind"
	KeyTag          = "tag"
	KeyColumnTag    = "column_tag"
	KeyOwner        = "owner"
	KeyPackage      = "package"
	KeyGroup        = "group"
	KeyProject      = "project"
	KeyMaterialized = "materialized"
	KeyStatus       = "status"
	KeyTest         = "test"
	KeyHas          = "has"
)

var filterKeys = []string{
	KeyKind, KeyTag, KeyColumnTag, KeyOwner, KeyPackage, KeyGroup, KeyProject, KeyMaterialized, KeyStatus, KeyTest, KeyHas,
}

// fieldKeys are the keys of words that are looked for in one field.
var fieldKeys = map[string]Field{
	"name": Name, "column": Column, "relation": Relation, "description": Description, "meta": Meta, "property": Property, "code": Code, "sql": Code,
}

// Keys returns all keys that may be in front of a colon.
func Keys() []string {
	keys := slices.Clone(filterKeys)
	for key := range fieldKeys {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// mostTerms bounds the terms of a query, the filters, and the words of a term; those behind it are ignored.
const mostTerms = 32

// Parse reads a query: words, and keys with values such as tag:pii or column:email. A value with spaces is in quotes,
// several values are separated by commas, and a minus in front excludes. Every text is a query; one that has no word at
// all, such as %, finds nothing.
func Parse(text string) Query {
	var q Query
	all := skipSpace(text)
	for text = skipSpace(text); text != "" && len(q.Terms)+len(q.Filters) < mostTerms; text = skipSpace(text) {
		not := false
		if len(text) > 1 && text[0] == '-' && !startsWithSpace(text[1:]) {
			not, text = true, text[1:]
		}
		key, rest := keyOf(text)
		value, after := readValue(rest)
		q.add(key, value, not)
		text = after
	}
	if len(q.Terms)+len(q.Filters) == 0 && all != "" {
		q.Terms = []Term{{Words: []string{"%"}}} // no word of the index is like this
	}
	return q
}

func skipSpace(text string) string { return strings.TrimLeftFunc(text, unicode.IsSpace) }

func startsWithSpace(text string) bool { return skipSpace(text) != text }

// keyOf returns the key in front of a colon with a value, "" without one, and what follows.
func keyOf(text string) (key, rest string) {
	n := 0
	for n < len(text) && (classOf(rune(text[n])) == separator || unicode.IsLetter(rune(text[n])) && text[n] < utf8.RuneSelf) {
		n++
	}
	if n == 0 || n == len(text) || text[n] != ':' || n+1 == len(text) || startsWithSpace(text[n+1:]) {
		return "", text
	}
	return text[:n], text[n+1:]
}

// value is what a key is given: words, in parts that commas separate.
type value struct {
	parts  []string
	quoted bool
}

// readValue reads up to the next space that is not in quotes.
func readValue(text string) (v value, rest string) {
	var b strings.Builder
	quoted := false
	for i, r := range text {
		switch {
		case r == '"':
			quoted, v.quoted = !quoted, true
		case !quoted && unicode.IsSpace(r):
			v.parts = append(v.parts, b.String())
			return v, text[i:]
		case !quoted && r == ',':
			v.parts = append(v.parts, b.String())
			b.Reset()
		default:
			b.WriteRune(r)
		}
	}
	v.parts = append(v.parts, b.String())
	return v, ""
}

func (q *Query) add(key string, v value, not bool) {
	lower := strings.ToLower(key)
	switch field, isField := fieldKeys[lower]; {
	case slices.Contains(filterKeys, lower):
		values := slices.DeleteFunc(v.parts, func(s string) bool { return strings.TrimSpace(s) == "" })
		if len(values) > 0 {
			q.Filters = append(q.Filters, Filter{lower, values, not})
		}
	case isField:
		q.term(&field, v, not)
	default:
		if key != "" {
			q.Unknown = append(q.Unknown, key)
			q.term(nil, value{parts: []string{key}}, not)
		}
		q.term(nil, v, not)
	}
}

// term adds a term for each part of a value.
func (q *Query) term(field *Field, v value, not bool) {
	for _, part := range v.parts {
		if w := words(part); len(w) > 0 && len(q.Terms) < mostTerms {
			w = w[:min(len(w), mostTerms)]
			q.Terms = append(q.Terms, Term{field, w, not, v.quoted && len(w) > 1})
		}
	}
}

// HasPhrase reports whether the words of a term have to follow each other.
func (q Query) HasPhrase() bool {
	return slices.ContainsFunc(q.Terms, func(t Term) bool { return t.Phrase })
}

// NamesKind reports whether the query asks for a kind.
func (q Query) NamesKind() bool {
	return slices.ContainsFunc(q.Filters, func(f Filter) bool { return f.Key == KeyKind && !f.Not })
}

// Whole returns the words of the query as one name, "" if it has none that a name could have.
func (q Query) Whole() string {
	var b strings.Builder
	for _, t := range q.Terms {
		switch {
		case t.Not:
		case t.Field != nil && *t.Field != Name:
			return ""
		default:
			for _, word := range t.Words {
				b.WriteString(word)
			}
		}
	}
	name := []byte(b.String())
	return string(name[:cutAt(name)])
}
