package crawling

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Choice selects the schemas of a warehouse that are crawled.
type Choice struct {
	// Include and Exclude are patterns of the names of schemas, in which * is any text and ? any letter; one with a dot
	// matches database and schema. Without Include all are included.
	Include, Exclude []string
	// KnownOnly leaves out the schemas that came after the first crawl.
	KnownOnly bool
}

// Bounds of the patterns of a choice.
const (
	maxPatterns = 200
	maxPattern  = 300 // bytes
)

// Check returns an error of the first pattern that cannot be one.
func (c Choice) Check() error {
	for _, list := range [][]string{c.Include, c.Exclude} {
		if len(list) > maxPatterns {
			return fmt.Errorf("there are %d patterns, at most %d are taken", len(list), maxPatterns)
		}
		for _, p := range list {
			switch {
			case strings.TrimSpace(p) == "":
				return errors.New("a pattern is blank")
			case len(p) > maxPattern || !utf8.ValidString(p) || strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f }):
				return fmt.Errorf("%.60q cannot be the pattern of a name", p)
			}
		}
	}
	return nil
}

// SchemaName names a schema of a warehouse.
type SchemaName struct{ Database, Schema string }

func (n SchemaName) String() string { return n.Database + "." + n.Schema }

func nameOf(s warehouse.Schema) SchemaName { return SchemaName{s.Database, s.Name} }

// matches reports whether a schema is included and not excluded.
func (c Choice) matches(n SchemaName) bool {
	match := func(pattern string) bool {
		return matchName(pattern, n.Schema) || strings.Contains(pattern, ".") && matchName(pattern, n.String())
	}
	return (len(c.Include) == 0 || slices.ContainsFunc(c.Include, match)) && !slices.ContainsFunc(c.Exclude, match)
}

// matchName reports whether a name matches a pattern, in which * is any text and ? any letter. Case is ignored: people
// write names as they see them in one tool or another.
func matchName(pattern, name string) bool {
	p, n := []rune(catalog.FoldLower.Apply(pattern)), []rune(catalog.FoldLower.Apply(name))
	star, resume := -1, 0
	i, j := 0, 0
	for j < len(n) {
		switch {
		case i < len(p) && p[i] == '*':
			star, resume = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == n[j]):
			i, j = i+1, j+1
		case star >= 0:
			resume++
			i, j = star+1, resume
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

// Selection is what a choice makes of the schemas of a warehouse.
type Selection struct {
	Read       []warehouse.Schema
	Unreadable []warehouse.Schema // that would be read
	LeftOut    int
}

// Select applies the choice. known are the schemas that were crawled before; nil if none was.
func (c Choice) Select(l warehouse.Listing, known map[SchemaName]bool) (s Selection) {
	for _, schema := range l.Schemas {
		switch {
		case !c.matches(nameOf(schema)), c.KnownOnly && known != nil && !known[nameOf(schema)]:
			s.LeftOut++
		case schema.Unreadable != "":
			s.Unreadable = append(s.Unreadable, schema)
		default:
			s.Read = append(s.Read, schema)
		}
	}
	return s
}

// Problem returns why nothing can be read; nil if something can.
func (s Selection) Problem(l warehouse.Listing) error {
	switch {
	case len(s.Read) > 0:
		return nil
	case len(s.Unreadable) > 0:
		return &warehouse.Error{Reason: warehouse.Denied, Message: fmt.Sprintf("none of the schemas can be read, such as %s: %s; nothing was changed",
			nameOf(s.Unreadable[0]), s.Unreadable[0].Unreadable)}
	case len(l.Schemas) > 0:
		return &warehouse.Error{Reason: warehouse.NothingMatches, Message: fmt.Sprintf("the patterns leave out all %d schemas; nothing was changed", len(l.Schemas))}
	}
	return &warehouse.Error{Reason: warehouse.NothingRead, Message: "the warehouse shows no schema to this user; nothing was changed. Check the grants"}
}
