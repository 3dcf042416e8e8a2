// Package search finds documents by words: the query language, the words of a text, an index in memory and the place of
// a match.
//
// A document is a list of texts, each in a field. A text is cut into identifiers, and these into parts: customer_id,
// customerId and "customer id" begin with the part customer. For each part the index has a token, which is the rest of
// the identifier from there on, in lower case and without separators: customerid and id. A word of a query matches the
// tokens that begin with it, so it finds whole identifiers in any spelling, their parts, and the beginnings of both.
//
// Indexing, matching and showing a match use the same tokens. That is why the hits of one text are the same wherever it
// is stored: no database takes part in it.
package search

// Field is where in a document a text is.
type Field uint8

// The fields, best first: a hit by its name precedes one by a column, and so on.
const (
	Name        Field = iota
	Column            // names of columns
	Tag               // tags, owners and groups
	Relation          // database, schema, package and file
	Description       // of the asset and of its columns
	Meta
	Property // what the kind has of its own: the URL of an exposure, the expression of a metric
	Code
	fields
)

// Fields is how many fields there are.
const Fields = int(fields)

// Texts outside of the fields that words are looked for in.
const (
	// Whole are the names as a whole, for exact matches and beginnings.
	Whole = fields + iota
	// Identity are further names that are only found as a whole: unique ids and relations.
	Identity
	indexed // all that an index has
)

var fieldNames = [fields]string{"name", "column", "tag", "relation", "description", "meta", "property", "code"}

// String returns the name of the field.
func (f Field) String() string {
	if f < fields {
		return fieldNames[f]
	}
	return ""
}

// text reports whether the field holds prose or code, in which a word of one or two letters matches whole tokens only.
func (f Field) text() bool { return f >= Description && f < fields }

// Text is one text of a document.
type Text struct {
	Field  Field
	Column string // that it is about; "" for the asset itself
	Text   string
}
