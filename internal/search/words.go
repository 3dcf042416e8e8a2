package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestToken is the length in bytes to which tokens and words are cut.
const longestToken = 64

// tokenizer cuts texts into tokens. It keeps its buffers between texts.
type tokenizer struct {
	folded []byte // of one identifier
	parts  []part
}

// part is where a part of an identifier begins.
type part struct{ folded, text int }

// each calls f for every token of a text, with the offset in the text at which its first part begins. The token is only
// valid during the call.
func (t *tokenizer) each(text string, f func(token []byte, at int) bool) {
	for at := 0; at < len(text); {
		next, identifier := t.identifier(text, at)
		at = next
		if !identifier {
			continue
		}
		for _, p := range t.parts {
			token := t.folded[p.folded:]
			if !f(token[:cutAt(token)], p.text) {
				return
			}
		}
	}
}

// cutAt is the length of a token that is cut at the end of a letter.
func cutAt(token []byte) int {
	if len(token) <= longestToken {
		return len(token)
	}
	n := longestToken
	for n > 0 && !utf8.RuneStart(token[n]) {
		n--
	}
	return n
}

// identifier reads the identifier at an offset, which may be none, and returns where the next may begin.
func (t *tokenizer) identifier(text string, at int) (next int, found bool) {
	t.folded, t.parts = t.folded[:0], t.parts[:0]
	before, separated := other, true
	for at < len(text) {
		r, size := rune(text[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[at:])
		}
		class := classOf(r)
		if class == other {
			return at + size, len(t.parts) > 0
		}
		if class == separator {
			separated = true
			at += size
			continue
		}
		if separated || class == ideograph || before == ideograph && class != mark || class == upper && before == lower ||
			class == upper && before == upper && lowerFollows(text[at+size:]) {
			t.parts = append(t.parts, part{len(t.folded), at})
		}
		t.folded = appendFolded(t.folded, r)
		before, separated = class, false
		at += size
	}
	return at, len(t.parts) > 0
}

// class is what a letter is to the cutting of identifiers.
type class uint8

const (
	other class = iota
	separator
	lower // and digits
	upper
	ideograph // of a script without spaces: a part of its own
	mark
)

var classes = func() (table [utf8.RuneSelf]class) {
	for r := range rune(utf8.RuneSelf) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			table[r] = lower
		case r >= 'A' && r <= 'Z':
			table[r] = upper
		case r == '_':
			table[r] = separator
		}
	}
	return table
}()

func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		return classes[r]
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return ideograph
	case unicode.IsUpper(r):
		return upper
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return lower
	case unicode.IsMark(r):
		return mark
	}
	return other
}

func lowerFollows(rest string) bool {
	if rest == "" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLower(r)
}

// appendFolded appends a letter in lower case, in its plain form and without accents: é as e, a full-width letter as
// the usual one.
func appendFolded(b []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(b, byte(r))
	}
	for _, plain := range norm.NFKD.String(string(r)) {
		if !unicode.IsMark(plain) {
			b = utf8.AppendRune(b, unicode.ToLower(plain))
		}
	}
	return b
}

// words returns the identifiers of a text as words to look for.
func words(text string) (out []string) {
	var t tokenizer
	for at := 0; at < len(text); {
		next, found := t.identifier(text, at)
		at = next
		if found && len(t.folded) > 0 {
			out = append(out, string(t.folded[:cutAt(t.folded)]))
		}
	}
	return out
}

// whole returns a text as one word, without what separates its words.
func whole(text string) string { return strings.Join(words(text), "") }
