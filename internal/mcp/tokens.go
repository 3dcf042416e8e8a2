package mcp

import (
	"strings"
	"unicode"
)

// tokens estimates how many tokens a text has for a language model. Tokenizers differ, so it is a little above what the
// common ones count: four letters or two digits a token, everything else one each, and two where it is not ASCII.
func tokens(text string) int {
	n, letters, digits := 0, 0, 0
	flush := func() {
		n += (letters+3)/4 + (digits+1)/2
		letters, digits = 0, 0
	}
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			letters++
			continue
		case r >= '0' && r <= '9':
			digits++
			continue
		}
		flush()
		switch {
		case r == ' ': // belongs to the word behind it
		case r <= unicode.MaxASCII:
			n++
		default:
			n += 2
		}
	}
	flush()
	return n
}

// visible leaves out characters that a person does not see and a model reads: they can hide orders in a text.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector) {
			return -1
		}
		return r
	}, text)
}
