package httpserver

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
)

// Limits limits requests to the API. Sizes are in bytes.
type Limits struct {
	Request int64 `json:"request"` // body of an upload, packed and unpacked
	JSON    int64 `json:"json"`    // body of any other request
	Parts   int   `json:"parts"`   // of an upload
	Text    int   `json:"text"`    // of a text that a person edits
	Field   int   `json:"field"`   // of a text field of an upload
	Page    int   `json:"page"`    // rows of a page
	Query   int   `json:"q"`       // characters of a search
	URI     int   `json:"uri"`
	Headers int   `json:"headers"`
	Nodes   int   `json:"nodes"` // of a graph in one reply
}

// DefaultLimits are the limits unless configured otherwise.
func DefaultLimits() Limits {
	return Limits{
		Request: 2 << 30, JSON: 1 << 20, Parts: 16, Text: 256 << 10, Field: 4 << 10,
		Page: 200, Query: 512, URI: 8 << 10, Headers: 64 << 10, Nodes: 2000,
	}
}

// LimitsReply is the reply that lists the limits.
type LimitsReply struct {
	Data Limits `json:"data"`
}

// DescribeLimits serves the limits.
func (s *Server) DescribeLimits() {
	Register(s, Operation{
		Method: http.MethodGet, Path: "/api/v1/limits", Scope: access.Public, ID: "get-limits", Tag: "server", Summary: "Limits of requests",
	}, func(context.Context, access.Principal, *struct{}) (*Body[LimitsReply], error) {
		return &Body[LimitsReply]{LimitsReply{s.cfg.Limits}}, nil
	})
}
