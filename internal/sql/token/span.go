// Package token holds the vocabulary that the lexer, the parser and the tree
// share: places in the text, kinds of tokens and the keywords of SQL.
// It knows nothing of any one dialect.
package token

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// Span is a half-open range of byte offsets, [Start, End), into the SQL text.
type Span struct {
	Start, End int32
}

// Range returns the span itself. Every tree node embeds a Span, so every tree
// node answers Range.
func (s Span) Range() Span { return s }

// Len is the number of bytes covered.
func (s Span) Len() int { return int(s.End - s.Start) }

// Text cuts the span out of the text of a script. A span outside of it returns "".
func (s Span) Text(text string) string {
	if s.Start < 0 || s.End < s.Start || int(s.End) > len(text) {
		return ""
	}
	return text[s.Start:s.End]
}

// Join is the smallest span that covers both.
func (s Span) Join(t Span) Span {
	return Span{Start: min(s.Start, t.Start), End: max(s.End, t.End)}
}

// Position is a place for people: both numbers count from 1, the column counts
// characters (runes), not bytes.
type Position struct {
	Line, Column int
}

func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Lines turns byte offsets into positions. Build it once per text; it is only
// needed when something has to be shown.
type Lines struct {
	text   string
	starts []int32
}

// NewLines indexes the line starts of a text.
func NewLines(text string) *Lines {
	starts := make([]int32, 1, 16+strings.Count(text, "\n"))
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			starts = append(starts, int32(i+1))
		}
	}
	return &Lines{text: text, starts: starts}
}

// Position returns line and column of a byte offset. Offsets outside the text are
// moved to its nearest end.
func (l *Lines) Position(offset int32) Position {
	offset = max(0, min(offset, int32(len(l.text))))
	line := sort.Search(len(l.starts), func(i int) bool { return l.starts[i] > offset })
	start := l.starts[line-1]
	return Position{Line: line, Column: 1 + utf8.RuneCountInString(l.text[start:offset])}
}
