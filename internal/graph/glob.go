package graph

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
// classes, an open bracket that is not closed matches itself. It takes at most len(pattern) × len(text)
// steps.
func glob(pattern, text string) bool {
	if !isPattern(pattern) {
		return pattern == text
	}
	return globRunes([]rune(pattern), []rune(text))
}

func globRunes(pattern, text []rune) bool {
	p, s := 0, 0
	star, resume := -1, 0 // the last *, and where its text would end next
	for s < len(text) {
		if p < len(pattern) && pattern[p] == '*' {
			star, resume = p, s
			p++
			continue
		}
		if width := matchOne(pattern[p:], text[s]); width > 0 {
			p += width
			s++
			continue
		}
		if star < 0 {
			return false
		}
		resume++
		p, s = star+1, resume
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// matchOne matches the pattern's first element against one letter and returns the element's length; 0: no match.
func matchOne(pattern []rune, letter rune) int {
	if len(pattern) == 0 {
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
	if pattern[0] == letter {
		return 1
	}
	return 0
}

// matchClass reads [abc]. Its width is 0 if the bracket is not closed.
func matchClass(pattern []rune, letter rune) (width int, ok bool) {
	at := 1
	negated := at < len(pattern) && pattern[at] == '!'
	if negated {
		at++
	}
	for first := true; at < len(pattern); first = false {
		if pattern[at] == ']' && !first {
			return at + 1, ok != negated
		}
		low, high := pattern[at], pattern[at]
		if at+2 < len(pattern) && pattern[at+1] == '-' && pattern[at+2] != ']' {
			high = pattern[at+2]
			at += 2
		}
		ok = ok || low <= letter && letter <= high
		at++
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

// tooLong reports whether a pattern wants more folders than there are.
func tooLong(parts []string, most int) bool {
	for _, part := range parts {
		if part != "**" {
			most--
		}
	}
	return most < 0
}
