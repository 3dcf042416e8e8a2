package svg

import (
	"cmp"
	"math"
	"strings"
	"unicode"

	"github.com/thalweg-data/thalweg/internal/graph/layout"
)

// Card is a box with a title and, below it, a text at each side.
type Card struct {
	Kind        string // of an asset; "": no mark
	Title       string
	Name        string // in full, if the title is not
	Left, Right string
	Focus       bool // the picture is about it
	Stack       bool // it is several boxes in one
	Dashed      bool
}

// Sizes of a card, in pixels.
const (
	narrowest = 160
	widest    = 260
	headTall  = 30
	footTall  = 25
	textLeft  = 31 // of a title after a mark
	textPad   = 10
)

// Box returns the size of a card.
func (c Card) Box() layout.Box {
	wide := c.titleLeft() + int(math.Ceil(width(c.Title, titleSize))) + textPad
	if foot := int(math.Ceil(width(c.Left, footSize)+width(c.Right, footSize))) + 3*textPad; foot > wide {
		wide = foot
	}
	b := layout.Box{Width: min(max(wide, narrowest), widest), Height: headTall, Anchor: headTall / 2}
	if c.hasFoot() {
		b.Height += footTall
	}
	return b
}

func (c Card) hasFoot() bool { return c.Left != "" || c.Right != "" }

func (c Card) titleLeft() int {
	if c.Kind == "" {
		return textPad
	}
	return textLeft
}

func (w *writer) card(c Card, at layout.Place) {
	edge, dash := lineStrong, ""
	if c.Focus {
		edge = accent
	}
	if c.Dashed {
		dash = ` stroke-dasharray="4 3"`
	}
	w.put("<g><title>%s</title>", escaped(cmp.Or(c.Name, c.Title)))
	if c.Stack {
		w.put(`<rect x="%d" y="%d" width="%d" height="%d" rx="5" fill="%s" stroke="%s"/>`, at.X+3, at.Y+3, at.Width, at.Height, paper, edge)
	}
	w.put(`<rect x="%d" y="%d" width="%d" height="%d" rx="5" fill="%s" stroke="%s"%s/>`, at.X, at.Y, at.Width, at.Height, paper, edge, dash)
	if c.Kind != "" {
		w.mark(c.Kind, at.X+8, at.Y+8)
	}
	room := float64(at.Width - c.titleLeft() - textPad)
	w.text(at.X+c.titleLeft(), at.Y+19, titleSize, ink, "", fitted(c.Title, titleSize, room))
	if c.hasFoot() {
		w.put(`<path d="M%d %d H%d" stroke="%s"/>`, at.X, at.Y+headTall, at.X+at.Width, hairline)
		right := width(c.Right, footSize)
		w.text(at.X+textPad, at.Y+headTall+17, footSize, inkThird, "", fitted(c.Left, footSize, float64(at.Width-3*textPad)-right))
		w.text(at.X+at.Width-textPad, at.Y+headTall+17, footSize, inkThird, "end", fitted(c.Right, footSize, float64(at.Width-2*textPad)))
	}
	w.WriteString("</g>")
}

func (w *writer) text(x, y int, size float64, fill, anchor, text string) {
	if text == "" {
		return
	}
	w.put(`<text x="%d" y="%d" font-size="%s" fill="%s"`, x, y, decimal(size), fill)
	if anchor != "" {
		w.put(` text-anchor="%s"`, anchor)
	}
	w.put(">%s</text>", escaped(text))
}

// mark is the letter and the colours of a kind.
type mark struct{ letter, text, fill string }

var marks = map[string]mark{
	"source": {"S", "#0a6449", "#ddf2e8"}, "seed": {"D", "#635900", "#f3f0cd"}, "model": {"M", "#33434b", "#e8edef"},
	"snapshot": {"N", "#3c4bb0", "#e7eafb"}, "table": {"T", "#1b5c88", "#e0eef8"}, "view": {"V", "#1b5c88", "#e0eef8"},
	"exposure": {"X", "#9d3c06", "#fde8da"}, "metric": {"K", "#96206f", "#fbe4f2"},
	"semantic_model": {"E", "#673b9c", "#efe7fa"}, "saved_query": {"Q", "#673b9c", "#efe7fa"},
}

var otherMark = mark{"O", "#55605b", "#eef1ef"}

// mark draws the mark of a kind: round comes in, square is built, pointed goes out.
func (w *writer) mark(kind string, x, y int) {
	m, ok := marks[kind]
	if !ok {
		m = otherMark
	}
	switch kind {
	case "source":
		w.put(`<circle cx="%d" cy="%d" r="7" fill="%s" stroke="%s"/>`, x+7, y+7, m.fill, m.text)
	case "exposure":
		w.put(`<path d="M%d %d h9 l5 7 l-5 7 h-9 z" fill="%s" stroke="%s"/>`, x, y, m.fill, m.text)
	default:
		w.put(`<rect x="%d" y="%d" width="14" height="14" rx="3" fill="%s" stroke="%s"/>`, x, y, m.fill, m.text)
	}
	w.put(`<text x="%d" y="%d" font-size="9" font-weight="600" fill="%s" text-anchor="middle">%s</text>`, x+7, y+10, m.text, m.letter)
}

// Sizes of texts, in pixels.
const (
	titleSize = 13
	footSize  = 11
)

// width estimates how wide a text is; that of the usual faces is the same within some percent.
func width(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		sum += share(r)
	}
	return sum * size
}

// share is the width of a character as a share of its height.
func share(r rune) float64 {
	switch {
	case strings.ContainsRune("ijl.,:;'|!()[]", r):
		return 0.33
	case strings.ContainsRune("frt -/", r):
		return 0.42
	case strings.ContainsRune("mwMW@%…", r):
		return 0.92
	case r >= 0x1100:
		return 1.05
	case unicode.IsUpper(r):
		return 0.7
	}
	return 0.6
}

// fitted cuts a text in the middle so that it fits, and leaves more of its end.
func fitted(text string, size, room float64) string {
	if width(text, size) <= room {
		return text
	}
	runes := []rune(text)
	head, tail := 0, len(runes)
	left := room - share('…')*size
	for taken := 0; head < tail; taken++ {
		fromEnd := taken%3 != 2 // names of one project differ at their ends
		next := runes[head]
		if fromEnd {
			next = runes[tail-1]
		}
		if left -= share(next) * size; left < 0 {
			break
		}
		if fromEnd {
			tail--
		} else {
			head++
		}
	}
	return string(runes[:head]) + "…" + string(runes[tail:])
}

// longest is how much of a text is drawn, in characters.
const longest = 500

// shown leaves out control characters and marks that change the direction of a text, and the rest of long texts.
func shown(text string) string {
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return '�'
		}
		return r
	}, text)
}
