package search

import (
	"bytes"
	"strings"
)

// Most texts are read in another way: the letters of a phrase follow each other in a text that has it, if what
// separates words is left out. Only around places where they do the text is cut into words.

// mostMisses is how many such places without the phrase a text may have before all of it is cut.
const mostMisses = 32

// lettersOf joins the words of a phrase; "" if they have other letters than those of ASCII, or may be cut.
func lettersOf(words []string) string {
	for _, word := range words {
		if len(word) >= longestToken-3 {
			return ""
		}
		for i := range len(word) {
			if word[i] >= 0x80 || classes[word[i]] != lower {
				return ""
			}
		}
	}
	return strings.Join(words, "")
}

// hasLetters reports whether a text has the phrase, if known: of a text with letters beyond ASCII it is not.
func (p *phraseReader) hasLetters(text, letters string, field Field) (has, known bool) {
	p.squeezed = p.squeezed[:0]
	for i := range len(text) {
		c := text[i]
		if c >= 0x80 {
			return false, false
		}
		switch classes[c] {
		case lower:
			p.squeezed = append(p.squeezed, c)
		case upper:
			p.squeezed = append(p.squeezed, c+'a'-'A')
		}
	}
	at, letter := -1, -1 // the offset of a letter by its number
	offset := func(n int) int {
		for letter < n {
			if at++; classes[text[at]] == lower || classes[text[at]] == upper {
				letter++
			}
		}
		return at
	}
	for from, misses := 0, 0; ; misses++ {
		found := bytes.Index(p.squeezed[from:], []byte(letters))
		if found < 0 {
			return false, true
		}
		if misses == mostMisses {
			return false, false
		}
		start := offset(from + found)
		end := start
		for left := len(letters); left > 0; end++ {
			if classes[text[end]] == lower || classes[text[end]] == upper {
				left--
			}
		}
		if p.around(text, start, end, field) {
			return true, true
		}
		from += found + 1
	}
}

// around reports whether the identifiers of a part of a text have the phrase.
func (p *phraseReader) around(text string, start, end int, field Field) bool {
	for start > 0 && classes[text[start-1]] != other {
		start--
	}
	for end < len(text) && classes[text[end]] != other {
		end++
	}
	p.parts, p.at, p.inner = p.parts[:0], p.at[:0], p.inner[:0]
	p.add(text[start:end])
	found := p.find(field) >= 0
	p.parts, p.at, p.inner = p.parts[:0], p.at[:0], p.inner[:0]
	return found
}
