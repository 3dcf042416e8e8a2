package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Match is where a term was found.
type Match struct {
	Field  Field
	Column string // of which the text is; "" for the asset itself
	// Fragment is the text around the match, on one line.
	Fragment string
}

// How is how a term matches.
type How uint8

// The ways to match: tokens that begin with the words; names and relations that have them inside; names and columns
// that are near them.
const (
	ByWords How = iota
	Inside
	Near
)

// Locate finds the best text of a document for a term: of the best field that has its words, that which is the word,
// begins with it or has it. It reports whether there is one in the fields up to one.
func Locate(texts []Text, term Term, how How, last Field) (Match, bool) {
	best, found := located{}, false
	for i := range texts {
		text := &texts[i]
		if text.Field >= fields || text.Field > last || term.Field != nil && *term.Field != text.Field {
			continue
		}
		if l, ok := locateTerm(text, term, how); ok && (!found || l.better(best)) {
			best, found = l, true
		}
	}
	if term.Phrase && how == ByWords && (!found || best.text.Field > Relation) && last >= Relation && (term.Field == nil || *term.Field == Relation) && HasPhrase(texts, Relation, term.Words) {
		return Match{Field: Relation, Fragment: address(texts)}, true
	}
	if !found {
		return Match{}, false
	}
	return Match{Field: best.text.Field, Column: best.text.Column, Fragment: fragment(best.text.Text, best.at)}, true
}

// address joins the parts of the address of a table, in which a phrase may begin in one and end in another.
func address(texts []Text) string {
	var parts []string
	for i := range texts {
		if texts[i].Field == Relation && texts[i].Column == "" {
			parts = append(parts, texts[i].Text)
		}
	}
	return fragment(strings.Join(parts, "."), 0)
}

// located is a match in a text.
type located struct {
	text  *Text
	words int // that the text has
	exact int // 2: the text is the word, 1: it begins with it
	at    int
}

func (l located) better(o located) bool {
	switch {
	case l.words != o.words:
		return l.words > o.words
	case l.text.Field != o.text.Field:
		return l.text.Field < o.text.Field
	}
	return l.exact > o.exact
}

func locateTerm(text *Text, term Term, how How) (located, bool) {
	if !term.Phrase {
		return locate(text, term.Words, how)
	}
	if how != ByWords {
		return located{text: text, at: -1}, false
	}
	return locatePhrase(text, term.Words)
}

// locate finds the words of a term in one text.
func locate(text *Text, words []string, how How) (located, bool) {
	l := located{text: text, at: -1}
	if how == Inside && text.Field != Name && text.Field != Relation || how == Near && text.Field > Column {
		return l, false
	}
	left := map[string]*nearWord{}
	for _, word := range words {
		left[word] = newNearWord(word)
	}
	var t tokenizer
	t.each(text.Text, func(token []byte, at int) bool {
		for word, n := range left {
			if matches(text.Field, token, word) || how == Inside && inside(token, word) || how == Near && n.near(token) {
				delete(left, word)
				l.found(at, len(token) == len(word))
			}
		}
		return len(left) > 0
	})
	return l, l.words > 0
}

// found notes a word.
func (l *located) found(at int, whole bool) {
	l.words++
	if l.at < 0 {
		l.at = at
	}
	if at > 0 {
		return
	}
	l.exact = max(l.exact, 1)
	if whole {
		l.exact = 2
	}
}

func inside(token []byte, word string) bool {
	return len(word) >= shortestInside && strings.Contains(string(token), word)
}

func matches(field Field, token []byte, word string) bool {
	if len(token) < len(word) || string(token[:len(word)]) != word {
		return false
	}
	return len(token) == len(word) || !onlyWhole(field, word)
}

// Lengths of a fragment in letters: all of it, and in front of the match.
const (
	longestFragment = 160
	fragmentBefore  = 40
)

// fragment returns the text around an offset, with single spaces, and an ellipsis where it is cut.
func fragment(text string, at int) string {
	from := at
	for n := 0; from > 0 && n < fragmentBefore; n++ {
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	if from > 0 { // not in the middle of a word
		if n := strings.IndexFunc(text[from:at], unicode.IsSpace); n >= 0 {
			from += n
		}
	}
	var b strings.Builder
	if from > 0 && strings.TrimSpace(text[:from]) != "" {
		b.WriteString("…")
	}
	letters, space := 0, false
	for i, r := range text[from:] {
		if letters >= longestFragment {
			if strings.TrimSpace(text[from+i:]) != "" {
				b.WriteString("…")
			}
			break
		}
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = letters > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			letters++
			space = false
		}
		b.WriteRune(r)
		letters++
	}
	return b.String()
}
