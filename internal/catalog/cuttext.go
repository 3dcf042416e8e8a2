package catalog

import "unicode/utf8"

// CutText returns a text of at most n bytes, and no half character, followed by an ellipsis if it was longer.
func CutText(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
