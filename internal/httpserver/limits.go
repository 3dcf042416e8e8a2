package httpserver

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// Limits limits requests to the API. Sizes are in bytes.
type Limits struct {
	Request int64 `json:"request" doc:"Bytes of an upload, packed and unpacked"`
	JSON    int64 `json:"json" doc:"Bytes of the body of any other request"`
	Parts   int   `json:"parts" doc:"Parts of an upload"`
	Text    int   `json:"text" doc:"Bytes of a text that a person edits"`
	Field   int   `json:"field" doc:"Bytes of a text field of an upload"`
	Page    int   `json:"page" doc:"Rows of a page"`
	Query   int   `json:"q" doc:"Characters of a search"`
	URI     int   `json:"uri" doc:"Bytes of the address of a request"`
	Headers int   `json:"headers" doc:"Bytes of the headers of a request"`
	Nodes   int   `json:"nodes" doc:"Nodes of a graph in one reply"`
	// Beyond it only health checks are answered, unless a connection is idle.
	Connections int   `json:"connections" doc:"Connections that are open at a time"`
	Replies     int64 `json:"replies" doc:"Bytes of all replies that are in files until their clients have taken them"`

	Requests int `json:"requests" doc:"Requests per key and minute, of each process of the server; 0: any number"`
	Uploads  int `json:"uploads" doc:"Uploads of artifacts per key and minute, of each process of the server; 0: any number"`
	Streams  int `json:"streams" doc:"Streams of events that one key may have open"`

	AuthFailures int `json:"auth_failures" doc:"Attempts with an invalid key per address within 15 minutes"`

	Artifacts ArtifactLimits `json:"artifacts" doc:"Limits of the artifacts in an upload; the import fails if one is exceeded"`
}

// ArtifactLimits are the limits of the artifacts in an upload, which the import enforces.
type ArtifactLimits struct {
	Manifest    int64 `json:"manifest" doc:"Bytes of a manifest, unpacked"`
	Other       int64 `json:"other" doc:"Bytes of any other artifact, unpacked"`
	UnpackRatio int64 `json:"unpack_ratio" doc:"Ratio of unpacked to packed size"`
	Depth       int   `json:"depth" doc:"Nesting of JSON"`
	Value       int   `json:"value" doc:"Bytes of a JSON value, such as a node, without blanks and what of its texts is cut"`
	Name        int   `json:"name" doc:"Bytes of an id or name"`
	Text        int   `json:"text" doc:"Bytes of a text; longer texts are cut"`
	Code        int   `json:"code" doc:"Bytes of a text that is kept whole, such as SQL; longer texts are cut"`
	Nodes       int   `json:"nodes" doc:"Nodes or results of a file"`
	Columns     int   `json:"columns" doc:"Columns of a node"`
}

// ArtifactLimitsOf returns the limits of the readers of manifests and of other artifacts.
func ArtifactLimitsOf(manifest, other dbt.Limits) ArtifactLimits {
	return ArtifactLimits{
		Manifest: manifest.Bytes, Other: other.Bytes, UnpackRatio: manifest.Ratio, Depth: manifest.Depth, Value: manifest.Value,
		Name: manifest.Name, Text: manifest.Text, Code: manifest.Code, Nodes: manifest.Nodes, Columns: manifest.Columns,
	}
}

// DefaultLimits are the limits unless configured otherwise.
func DefaultLimits() Limits {
	return Limits{
		Request: 2 << 30, JSON: 1 << 20, Parts: 16, Text: 256 << 10, Field: 4 << 10,
		Page: 200, Query: 512, URI: 8 << 10, Headers: 64 << 10, Nodes: 2000, Connections: 1024, Replies: 1 << 30,
		Streams:      20,
		AuthFailures: access.DefaultFailureLimit().Attempts,
		Artifacts:    ArtifactLimitsOf(dbt.DefaultLimits(dbt.Manifest), dbt.DefaultLimits(dbt.Catalog)),
	}
}

// LimitsReply is the reply that lists the limits.
type LimitsReply struct {
	Data Limits `json:"data"`
}

// DescribeLimits serves the limits.
func (s *Server) DescribeLimits() {
	Register(s, Operation{
		Method: http.MethodGet, Path: "/api/v1/limits", Scope: access.Public, ID: "get-limits", Tag: "server", Summary: "Limits of requests", Description: "Limits of requests and artifacts of this server. They are settings (limits.*).",
	}, func(context.Context, access.Principal, *struct{}) (*Body[LimitsReply], error) {
		return &Body[LimitsReply]{LimitsReply{s.cfg.Limits}}, nil
	})
}
