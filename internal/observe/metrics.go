package observe

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Build is what the running binary was made from.
type Build struct {
	Version  string // v1.2.3 or (devel)
	Revision string // commit; empty if unknown
	Go       string // go1.26.0
}

// Metrics counts what the server does. All methods may be called from many goroutines.
type Metrics struct {
	registry     *prometheus.Registry
	requests     *prometheus.CounterVec
	requestTime  *prometheus.HistogramVec
	imports      *prometheus.CounterVec
	stageTime    *prometheus.HistogramVec
	uploadedSize prometheus.Counter
	standbyReads *prometheus.CounterVec
}

// NewMetrics makes a server's metrics in a registry of their own.
func NewMetrics(build Build) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "thalweg_http_requests_total",
			Help: "Answered requests by route pattern, method and status.",
		}, []string{"route", "method", "status"}),
		requestTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "thalweg_http_request_duration_seconds",
			Help:    "Time from a request's headers to the end of its reply, by route pattern and method.",
			Buckets: []float64{.001, .0025, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route", "method"}),
		imports: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "thalweg_imports_total",
			Help: "Imports that ended, by status.",
		}, []string{"status"}),
		stageTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "thalweg_import_stage_seconds",
			Help:    "Time that imports spent in each stage.",
			Buckets: []float64{.001, .005, .02, .05, .1, .25, .5, 1, 2, 5, 10, 30, 60, 120},
		}, []string{"stage"}),
		uploadedSize: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "thalweg_uploaded_bytes_total",
			Help: "Bytes of artifacts received.",
		}),
	}
	m.standbyReads = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "thalweg_standby_reads_total",
		Help: "Reads of versions where a standby is configured: served by it, or by the database because it was behind or away.",
	}, []string{"outcome"})
	details := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "thalweg_build_info",
		Help:        "Always 1; the labels describe the build.",
		ConstLabels: prometheus.Labels{"version": build.Version, "revision": build.Revision, "go_version": build.Go},
	})
	details.Set(1)
	m.registry.MustRegister(
		m.requests, m.requestTime, m.imports, m.stageTime, m.uploadedSize, m.standbyReads, details,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// methods are the HTTP methods that become a label. All others are counted together.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// Request counts one answered request. route is the pattern that matched, never the path, whose values are unbounded.
func (m *Metrics) Request(route, method string, status int, took time.Duration) {
	if !slices.Contains(methods, method) {
		method = "other"
	}
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.requestTime.WithLabelValues(route, method).Observe(took.Seconds())
}

// ImportEnded counts an import that reached a final status.
func (m *Metrics) ImportEnded(status string) { m.imports.WithLabelValues(status).Inc() }

// Stage records how long an import spent in a stage.
func (m *Metrics) Stage(stage string, took time.Duration) {
	m.stageTime.WithLabelValues(stage).Observe(took.Seconds())
}

// Uploaded counts received bytes of artifacts.
func (m *Metrics) Uploaded(bytes int64) { m.uploadedSize.Add(float64(bytes)) }

// StandbyRead counts a read that a standby could have answered, by how it was answered.
func (m *Metrics) StandbyRead(outcome string) { m.standbyReads.WithLabelValues(outcome).Inc() }

// QueueLength makes the number of waiting imports a metric. length is called at each scrape with limited time; when it
// fails the metric is left out of that scrape. It must be called once at most.
func (m *Metrics) QueueLength(length func(context.Context) (int, error)) error {
	return m.registry.Register(queue{length})
}

// Handler serves the metrics in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	// A metric that is not available must not hide the others.
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}
