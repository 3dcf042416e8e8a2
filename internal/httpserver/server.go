package httpserver

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// Authenticator finds the principal of a request by its credentials.
type Authenticator interface {
	Authenticate(ctx context.Context, header http.Header, remote string) (access.Principal, error)
}

// Config configures a Server.
type Config struct {
	Access  Authenticator
	Limits  Limits // the zero value means DefaultLimits
	Log     *slog.Logger
	Now     func() time.Time
	Version string // in the OpenAPI document

	// Loopback means that the server listens on loopback only. With Loopback or Hosts the server answers only to Hosts
	// and to loopback names, else to every name. Health checks always answer to every name.
	Loopback bool
	Hosts    []string
	// TrustedProxies are the networks whose X-Forwarded-For is trusted.
	TrustedProxies []netip.Prefix

	Observe     func(route, method string, status int, took time.Duration) // nil: none
	QueryWithin time.Duration                                              // of one request; 0 = no limit
	// SlowWindow is how long a body may arrive at less than 1 KiB per second, and how long a client may take for the
	// next piece of a reply; 0 means 30 s, less than 0 no limit.
	SlowWindow time.Duration
	// Folder is where large replies are until their clients have taken them; the system's if it is empty.
	Folder string
}

// Server collects routes and returns one handler for them.
type Server struct {
	cfg    Config
	huma   huma.API
	router *router
	turns  *turn.Queue // of reads
	mounts mounts
}

// New returns a Server without routes.
func New(cfg Config) (*Server, error) {
	if cfg.Access == nil || cfg.Log == nil || cfg.Now == nil {
		return nil, errors.New("http server: a dependency is missing")
	}
	if cfg.Limits == (Limits{}) {
		cfg.Limits = DefaultLimits()
	}
	if cfg.SlowWindow == 0 {
		cfg.SlowWindow = slowWindow
	}
	rt := newRouter(cfg.Access)
	rt.now = cfg.Now
	rt.quotas = []*quota{newQuota(requestQuota, cfg.Limits.Requests), newQuota(uploadQuota, cfg.Limits.Uploads)}
	turns := turn.NewQueue(runtime.GOMAXPROCS(0) - 1) // which leaves a processor to short requests
	return &Server{cfg: cfg, huma: newHuma(rt, cfg.Version, cfg.QueryWithin, turns), router: rt, turns: turns}, nil
}

// Mount sets the policy of a path and everything below it, except below longer mounted paths.
func (s *Server) Mount(path string, p Policy) {
	s.mounts = append(s.mounts, mount{prefix: strings.TrimSuffix(path, "/"), policy: p})
}

// Route is a route with a plain handler.
type Route struct {
	Method, Path string
	Scope        access.Scope
	Aliases      []string // further paths of the same route
	Sample       []string // optional parameters of the query that the sample request has
	Handler      http.Handler
	InTurn       bool            // it reads the catalog: a long read waits for its turn
	Tagged       bool            // its replies get an ETag, as those of reads have
	Operation    *huma.Operation // its description; method, path, security and the problem reply are filled in
}

// Handle serves a route and, if it has an Operation, describes it.
func (s *Server) Handle(r Route) {
	if r.Tagged {
		r.Handler = tagged(r.Handler)
	}
	if r.InTurn {
		r.Handler = inTurn(s.turns, r.Handler)
	}
	s.router.handle(r)
	if r.Operation == nil {
		return
	}
	op := *r.Operation
	op.Method, op.Path, op.Security = r.Method, r.Path, securityOf(r.Scope)
	op.Metadata = map[string]any{}
	if len(r.Sample) > 0 {
		op.Metadata[sampleKey] = r.Sample
	}
	if r.Tagged {
		op.Metadata[taggedKey] = true
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	if r.Scope != access.Public {
		op.Responses["default"] = s.problemReply()
	}
	s.huma.OpenAPI().AddOperation(&op)
}

// Registry returns the schemas of the OpenAPI document.
func (s *Server) Registry() huma.Registry { return s.huma.OpenAPI().Components.Schemas }

// Handler returns the handler of everything registered. It fails if a route has no scope or is served twice.
func (s *Server) Handler() (http.Handler, error) {
	if err := errors.Join(s.router.errs...); err != nil {
		return nil, err
	}
	hosts := hostRule{loopback: s.cfg.Loopback}
	for _, name := range s.cfg.Hosts {
		hosts.names = append(hosts.names, hostName(name))
	}
	return &edge{
		next: s.router, log: s.cfg.Log, now: s.cfg.Now, limits: s.cfg.Limits, hosts: hosts,
		proxies: slices.Clone(s.cfg.TrustedProxies), mounts: slices.Clone(s.mounts), observe: s.cfg.Observe,
		window: s.cfg.SlowWindow, room: &room{folder: s.cfg.Folder, limit: s.cfg.Limits.Replies},
	}, nil
}

// SchemaOf returns the schema of a type, for the Operation of a [Route].
func SchemaOf[T any](registry huma.Registry) *huma.Schema {
	t := reflect.TypeFor[T]()
	return registry.Schema(t, true, t.Name())
}
