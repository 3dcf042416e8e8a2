package observe

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// scrapeTime bounds the time that a scrape may use of the store.
const scrapeTime = 2 * time.Second

var queueLength = prometheus.NewDesc("thalweg_import_queue_length", "Imports waiting for a worker.", nil, nil)

// queue reads its value only when it is scraped.
type queue struct {
	length func(context.Context) (int, error)
}

func (q queue) Describe(descs chan<- *prometheus.Desc) { descs <- queueLength }

func (q queue) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	n, err := q.length(ctx)
	if err != nil {
		metrics <- prometheus.NewInvalidMetric(queueLength, err)
		return
	}
	metrics <- prometheus.MustNewConstMetric(queueLength, prometheus.GaugeValue, float64(n))
}
