package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Health is the reply to a check.
type Health struct {
	Status string            `json:"status" enum:"ok,failing"`
	Checks map[string]string `json:"checks,omitempty" doc:"Each ok, or what is wrong"`
}

// readyWithin bounds each check.
const readyWithin = 3 * time.Second

// health serves what load balancers and monitors ask, at the root.
func (a *api) health(rt *router, d Deps) {
	alive := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { WriteJSON(w, http.StatusOK, Health{Status: "ok"}) })
	rt.handle(http.MethodGet, "/livez", alive, "/livez/{$}")
	rt.handle(http.MethodGet, "/healthcheck", alive, "/healthcheck/{$}")
	rt.handle(http.MethodGet, "/api/v1/healthcheck", alive, "/api/v1/healthcheck/{$}")
	rt.handle(http.MethodGet, "/readyz", http.HandlerFunc(a.ready), "/readyz/{$}")
	rt.handle(http.MethodGet, "/metrics", a.metrics(d), "/metrics/{$}")
	doc := a.huma.OpenAPI()
	for path, id := range map[string]string{"/healthcheck": "healthcheck", "/livez": "livez", "/readyz": "readyz", "/api/v1/healthcheck": "api-healthcheck"} {
		doc.AddOperation(a.healthOperation(path, id))
	}
}

func (a *api) healthOperation(path, id string) *huma.Operation {
	reply := &huma.Response{
		Description: "Health",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: SchemaOf[Health](a.huma.OpenAPI().Components.Schemas)}},
	}
	return &huma.Operation{
		Method: http.MethodGet, Path: path, OperationID: id, Tags: []string{"server"}, Summary: "Health", Security: []map[string][]string{},
		Responses: map[string]*huma.Response{"200": reply, "503": reply},
	}
}

// ready tells whether requests can be served, check by check.
func (a *api) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	out := Health{Status: "ok", Checks: map[string]string{}}
	status := http.StatusOK
	for name, check := range map[string]func(context.Context) error{"store": a.storeReady, "blobs": a.blobsReady} {
		out.Checks[name] = "ok"
		if err := check(ctx); err != nil {
			// What is wrong inside is for the log; whoever asks has no key.
			noteFailure(ctx, fmt.Errorf("check %s: %w", name, err))
			out.Checks[name], out.Status, status = "failing", "failing", http.StatusServiceUnavailable
		}
	}
	WriteJSON(w, status, out)
}

func (a *api) storeReady(ctx context.Context) error {
	if err := a.store.Ready(ctx); err != nil {
		return err
	}
	current, known, err := a.store.SchemaVersion(ctx)
	if err == nil && current != known {
		err = fmt.Errorf("tables are of version %d, this program knows %d", current, known)
	}
	return err
}

// leastSpace is what must be free for uploads to be taken.
const leastSpace = 64 << 20

func (a *api) blobsReady(ctx context.Context) error {
	free, err := a.blobs(catalog.DefaultWorkspace).Free(ctx)
	if err == nil && free >= 0 && free < leastSpace {
		err = fmt.Errorf("%d bytes free: %w", free, catalog.ErrNoSpace)
	}
	return err
}

// metrics serves the metrics; with MetricsKey, to keys with read:audit alone.
func (a *api) metrics(d Deps) http.Handler {
	h := d.Metrics
	if h == nil {
		h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { WriteProblem(w, r, notFound()) })
	}
	if !d.MetricsKey {
		return h
	}
	guarded := newRouter(d.Access)
	return guarded.guard("GET /metrics", access.ReadAudit, h)
}
