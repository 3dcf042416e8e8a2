package httpserver

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// SVGMedia is the media type of drawings.
const SVGMedia = "image/svg+xml"

// Drawn is a reply that a client gets as a drawing if it asks for one.
type Drawn[T any] struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Vary        string `header:"Vary" hidden:"true"`
	Body        T
}

// drawing is a document that has a drawing.
type drawing interface{ SVG() []byte }

// ReplyDrawn returns the reply with a body, which is drawn if the client asks for that.
func ReplyDrawn[T drawing](ctx context.Context, body T) *Drawn[T] {
	out := &Drawn[T]{ContentType: jsonMedia, Vary: "Accept", Body: body}
	if WantsDrawing(ctx) {
		out.ContentType = SVGMedia
	}
	return out
}

// WantsDrawing reports whether the client of a request prefers a drawing to a document.
func WantsDrawing(ctx context.Context) bool {
	accept := exchangeOf(ctx).accept
	wanted := quality(accept, SVGMedia)
	return wanted > 0 && wanted >= quality(accept, jsonMedia)
}

// quality returns how much a client wants a media type that its Accept header names; 0 if it does not.
func quality(accept, media string) float64 {
	for entry := range strings.SplitSeq(accept, ",") {
		name, parameters, _ := strings.Cut(entry, ";")
		if !strings.EqualFold(strings.TrimSpace(name), media) {
			continue
		}
		for parameter := range strings.SplitSeq(parameters, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
			if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && strings.EqualFold(name, "q") {
				return q
			}
		}
		return 1
	}
	return 0
}

// writeSVG is the format of drawings.
func writeSVG(w io.Writer, v any) error {
	d, ok := v.(drawing)
	if !ok {
		return fmt.Errorf("%T has no drawing", v)
	}
	_, _ = w.Write(d.SVG()) // as in writeJSON
	return nil
}

// drawnReply describes the drawing that a route replies with.
func drawnReply() *huma.Response {
	return &huma.Response{Content: map[string]*huma.MediaType{
		jsonMedia: {}, // the library adds its schema
		SVGMedia:  {Schema: &huma.Schema{Type: huma.TypeString, Description: "The same as a picture"}},
	}}
}
