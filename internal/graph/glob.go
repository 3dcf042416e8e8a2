package graph

import (
	"strings"
	"unicode/utf8"
)

// special are the characters that make a text a pattern.
const special = "*?[]"

// isPattern reports whether a text contains a character that is special to glob. It runs for every node of a
// graph.
func isPattern(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case '*', '?', '[', ']':
			return true
		}
	}
	return false
}

// glob matches as Python's fnmatch does on Linux: * is any text, ? is any letter, [abc], [a-z] and [!abc] are
// classes, an open bracket that is not closed matches itself. It takes at most len(pattern) × len(text) steps and
// allocates nothing.
func glob[T string | []byte](pattern string, text T) bool {
	p, s := 0, 0
	star, resume := -1, 0 // the last *, and where its text would end next
	for s < len(text) {
		if p < len(pattern) && pattern[p] == '*' {
			p++
			s = skip(pattern[p:], text, s)
			star, resume = p-1, s
			continue
		}
		letter, size := letterAt(text, s)
		if width := matchOne(pattern[p:], letter); width > 0 {
			p += width
			s += size
			continue
		}
		if star < 0 {
			return false
		}
		_, size = letterAt(text, resume)
		resume = skip(pattern[star+1:], text, resume+size)
		p, s = star+1, resume
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// skip returns the first position from which on a pattern that begins with a plain ASCII letter can match.
func skip[T string | []byte](pattern string, text T, at int) int {
	if pattern == "" || pattern[0] >= utf8.RuneSelf || strings.IndexByte(special, pattern[0]) >= 0 {
		return at
	}
	for at < len(text) && text[at] != pattern[0] {
		at++
	}
	return at
}

// letterAt decodes the letter at a position.
func letterAt[T string | []byte](text T, at int) (letter rune, size int) {
	if text[at] < utf8.RuneSelf {
		return rune(text[at]), 1
	}
	return utf8.DecodeRuneInString(string(text[at:min(len(text), at+utf8.UTFMax)]))
}

// matchOne matches the pattern's first element against one letter and returns the element's length; 0: no match.
func matchOne(pattern string, letter rune) int {
	if pattern == "" {
		return 0
	}
	switch pattern[0] {
	case '?':
		return 1
	case '[':
		if width, ok := matchClass(pattern, letter); width > 0 {
			if ok {
				return width
			}
			return 0
		}
	}
	if wanted, size := letterAt(pattern, 0); wanted == letter {
		return size
	}
	return 0
}

// matchClass reads [abc]. Its width is 0 if the bracket is not closed.
func matchClass(pattern string, letter rune) (width int, ok bool) {
	at := 1
	negated := at < len(pattern) && pattern[at] == '!'
	if negated {
		at++
	}
	for first := true; at < len(pattern); first = false {
		if pattern[at] == ']' && !first {
			return at + 1, ok != negated
		}
		low, size := letterAt(pattern, at)
		high := low
		at += size
		if at+1 < len(pattern) && pattern[at] == '-' && pattern[at+1] != ']' {
			high, size = letterAt(pattern, at+1)
			at += 1 + size
		}
		ok = ok || low <= letter && letter <= high
	}
	return 0, false
}

// globPath matches folder by folder; ** is any number of folders.
func globPath(parts, names []string) bool { return globFolders(parts, names)[len(names)] }

// globFolders reports which beginnings of names, by their length, a pattern matches. It remembers, for each pattern
// part, which beginnings it can follow, so that many ** cost no more than one.
func globFolders(parts, names []string) []bool {
	ends := make([]bool, len(names)+1) // ends[n]: the parts so far match names[:n]
	if tooLong(parts, len(names)) {
		return ends
	}
	ends[0] = true
	for _, part := range parts {
		following := make([]bool, len(names)+1)
		for n := range following {
			switch {
			case part == "**":
				following[n] = ends[n] || n > 0 && following[n-1]
			case n > 0:
				following[n] = ends[n-1] && glob(part, names[n-1])
			}
		}
		ends = following
	}
	return ends
}

// globSteps returns about how many steps it takes to match a file and its folders.
func globSteps(parts, names []string) int {
	if tooLong(parts, len(names)) {
		return 4
	}
	return 4 + 5*len(parts)*len(names)
}

// tooLong reports whether a pattern wants more folders than there are.
func tooLong(parts []string, most int) bool {
	for _, part := range parts {
		if part != "**" {
			most--
		}
	}
	return most < 0
}
