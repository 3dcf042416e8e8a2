package httpserver

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// EventMedia is the media type of streams of events.
const EventMedia = "text/event-stream"

// eventsSuffix is what the path of a stream of events has after that of what it follows.
const eventsSuffix = "/events"

// orEvents serves the stream of events of a resource to clients that prefer it to the resource.
func orEvents(rt *router, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		accept := exchangeOf(r.Context()).accept
		if wanted := quality(accept, EventMedia); wanted == 0 || wanted < quality(accept, jsonMedia) {
			h.ServeHTTP(w, r)
			return
		}
		stream := r.Clone(r.Context())
		stream.URL.Path, stream.URL.RawPath = r.URL.Path+eventsSuffix, ""
		rt.mux.ServeHTTP(w, stream)
	})
}

// eventsReply describes a resource that can be followed.
func eventsReply() *huma.Response {
	return &huma.Response{Content: map[string]*huma.MediaType{
		jsonMedia:  {}, // the library adds its schema
		EventMedia: {Schema: &huma.Schema{Type: huma.TypeString, Description: "Its states, as the path with /events streams them"}},
	}}
}
