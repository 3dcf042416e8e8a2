// Package svg draws placed boxes and lines as an SVG document. It has no scripts, styles, links or references to
// anything outside, and takes texts as they come: they may be hostile.
package svg

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/graph/layout"
)

// Picture is what is drawn.
type Picture struct {
	Title   string // for readers that do not see the picture
	Cards   []Card
	Strokes []Stroke // of the lines of the drawing; nil: all alike
	Drawing layout.Drawing
}

// Stroke is how a line is drawn.
type Stroke struct {
	Width  float64 // 0: as others
	Dashed bool
}

// Colours of the light theme.
const (
	canvas     = "#f6f7f6"
	paper      = "#ffffff"
	hairline   = "#e4e8e6"
	lineStrong = "#cdd4d1"
	ink        = "#17211e"
	inkThird   = "#5f6b66"
	accent     = "#0a6b82"
)

// restWidth is that of a line without a weight.
const restWidth = 1.25

// SVG returns the document.
func (p Picture) SVG() []byte {
	var w writer
	d := p.Drawing
	w.put(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" role="img">`, d.Width, d.Height, d.Width, d.Height)
	w.put("<title>%s</title>", escaped(p.Title))
	w.put(`<rect width="%d" height="%d" fill="%s"/>`, d.Width, d.Height, canvas)
	for i, line := range d.Lines {
		stroke := Stroke{}
		if p.Strokes != nil {
			stroke = p.Strokes[i]
		}
		w.line(line, stroke)
	}
	for i, card := range p.Cards {
		w.card(card, d.Boxes[i])
	}
	w.WriteString("</svg>\n")
	return w.Bytes()
}

// escaped returns a text for XML. What changes the direction of texts around it is left out.
func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(shown(text))) // a buffer takes everything
	return b.String()
}

type writer struct{ bytes.Buffer }

func (w *writer) put(format string, values ...any) {
	w.Write(fmt.Appendf(nil, format, values...))
}

// farthest is how far a curve runs level from its ends.
const farthest = 90

func (w *writer) line(line layout.Line, stroke Stroke) {
	width := stroke.Width
	if width == 0 {
		width = restWidth
	}
	w.put(`<path d="M%d %d`, line.Points[0].X, line.Points[0].Y)
	arrow, pull := line.Points[len(line.Points)-1], arrowLength
	if arrow.X < line.Points[len(line.Points)-2].X {
		pull = -arrowLength
	}
	for i := 1; i < len(line.Points); i++ {
		a, b := line.Points[i-1], line.Points[i]
		if i == len(line.Points)-1 {
			b.X -= pull
		}
		half := (b.X - a.X) / 2
		half = max(-farthest, min(farthest, half))
		if a.Y == b.Y {
			w.put(" H%d", b.X)
			continue
		}
		w.put(" C%d %d %d %d %d %d", a.X+half, a.Y, b.X-half, b.Y, b.X, b.Y)
	}
	w.put(`" fill="none" stroke="%s" stroke-width="%s"`, lineStrong, decimal(width))
	if stroke.Dashed {
		w.WriteString(` stroke-dasharray="4 3"`)
	}
	w.WriteString("/>")
	w.put(`<path d="M%d %d l%d %d v%d z" fill="%s"/>`, arrow.X, arrow.Y, -pull, -arrowHalf, 2*arrowHalf, lineStrong)
}

// The size of arrowheads.
const (
	arrowLength = 7
	arrowHalf   = 3
)

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
