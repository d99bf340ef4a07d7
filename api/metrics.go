package api

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo-contrib/echoprometheus"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"tiendo/pkg/access"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
)

const metricPrefix = "tiendo"

// Upper ends of what requests are sorted into: a prepared answer, one from the
// mirror, one from the database, a slow one, one that people complain about;
// and a 304, a task, a timeline.
var (
	secondsOfRequests = []float64{0.001, 0.01, 0.1, 0.5, 2}
	bytesOfAnswers    = []float64{1 << 10, 16 << 10, 256 << 10}
)

// countRequests counts what is asked, by route and status, and says how to count
// beside it.
func (s *Server) countRequests() (echo.MiddlewareFunc, *requestMetrics) {
	kept := &requestMetrics{Registerer: s.metrics}
	counting := echoprometheus.NewMiddlewareWithConfig(echoprometheus.MiddlewareConfig{
		Subsystem: metricPrefix, DoNotUseRequestPathFor404: true, Registerer: kept,
		Skipper: func(c echo.Context) bool { return c.Path() == "/metrics" || isStream(c) }, // no request takes hours
		// What callers make up themselves would be a series each.
		LabelFuncs: map[string]echoprometheus.LabelValueFunc{
			hostLabel: func(echo.Context, error) string { return "" },
			"method":  func(c echo.Context, _ error) string { return knownMethod(c.Request().Method) },
		},
		HistogramOptsFunc: func(o prometheus.HistogramOpts) prometheus.HistogramOpts {
			o.Buckets = secondsOfRequests
			if strings.HasSuffix(o.Name, "_bytes") {
				o.Buckets = bytesOfAnswers
			}
			return o
		},
	})
	return counting, kept
}

// requestMetrics keeps what echoprometheus registers, so that the hot pass counts
// into the same series.
type requestMetrics struct {
	prometheus.Registerer
	requests *prometheus.CounterVec
	others   []*prometheus.HistogramVec // durations, sizes of answers, sizes of requests
}

// Register implements prometheus.Registerer.
func (m *requestMetrics) Register(c prometheus.Collector) error {
	switch c := c.(type) {
	case *prometheus.CounterVec:
		m.requests = c
	case *prometheus.HistogramVec:
		m.others = append(m.others, c)
	}
	return m.Registerer.Register(c)
}

// of finds the series of a status, a method and a route, when they are first
// counted into: what was never asked for is no series.
func (m *requestMetrics) of(status, method, route string) func() *requestCount {
	return sync.OnceValue(func() *requestCount {
		labels := prometheus.Labels{"code": status, "method": method, hostLabel: "", "url": route}
		return &requestCount{m.requests.With(labels), m.others[0].With(labels), m.others[1].With(labels)}
	})
}

// requestCount is what is counted of requests of one kind.
type requestCount struct {
	requests      prometheus.Counter
	seconds, size prometheus.Observer
}

func (c *requestCount) observe(took time.Duration, size int) {
	c.requests.Inc()
	c.seconds.Observe(took.Seconds())
	c.size.Observe(float64(size))
}

func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// newMetrics are those of this server: there may be several in a process.
func newMetrics(country *mirror.Mirror, prepared *feed.Prepared, accounts *access.Service) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), inMemory{country, prepared},
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: metricPrefix + "_clients_stale",
			Help: "Tokens that have stopped refreshing for three of their own intervals. Servers on one database come to the same.",
		}, func() float64 { return float64(accounts.Stale()) }))
	return registry
}

var (
	revisionInMemory = prometheus.NewDesc(metricPrefix+"_mirror_revision",
		"Revision of the election's log that is shown. Servers that follow one log come to the same.", []string{"election"}, nil)
	milestonesInMemory = prometheus.NewDesc(metricPrefix+"_mirror_milestones",
		"Milestones of the election in memory.", []string{"election"}, nil)
	ageOfMemory = prometheus.NewDesc(metricPrefix+"_mirror_age_seconds",
		"Seconds since it was last known that memory has all that the logs have; a server that is too old is not ready.", nil, nil)
	preparedHits = prometheus.NewDesc(metricPrefix+"_prepared_hits_total",
		"Requests with a body that met an answer which was ready.", nil, nil)
	preparedMade = prometheus.NewDesc(metricPrefix+"_prepared_made_total",
		"Answers that were made ready.", nil, nil)
	preparedDropped = prometheus.NewDesc(metricPrefix+"_prepared_dropped_total",
		"Answers that were ready and had to go: the log went over them, or room was needed.", nil, nil)
	preparedBytes = prometheus.NewDesc(metricPrefix+"_prepared_bytes",
		"Memory that answers which are ready take.", nil, nil)
)

// inMemory tells what the mirror holds at the moment of asking.
type inMemory struct {
	*mirror.Mirror
	prepared *feed.Prepared
}

// Describe implements prometheus.Collector.
func (inMemory) Describe(to chan<- *prometheus.Desc) {
	to <- revisionInMemory
	to <- milestonesInMemory
	to <- ageOfMemory
	to <- preparedHits
	to <- preparedMade
	to <- preparedDropped
	to <- preparedBytes
}

// Collect implements prometheus.Collector.
func (m inMemory) Collect(to chan<- prometheus.Metric) {
	if age, known := m.Age(); known {
		to <- prometheus.MustNewConstMetric(ageOfMemory, prometheus.GaugeValue, age.Seconds())
	}
	f := m.prepared.Figures()
	to <- prometheus.MustNewConstMetric(preparedHits, prometheus.CounterValue, float64(f.Hits))
	to <- prometheus.MustNewConstMetric(preparedMade, prometheus.CounterValue, float64(f.Made))
	to <- prometheus.MustNewConstMetric(preparedDropped, prometheus.CounterValue, float64(f.Dropped))
	to <- prometheus.MustNewConstMetric(preparedBytes, prometheus.GaugeValue, float64(f.Bytes))
	for _, v := range m.Views() {
		id := string(v.Frame().Election.ID)
		to <- prometheus.MustNewConstMetric(revisionInMemory, prometheus.GaugeValue, float64(v.Revision()), id)
		to <- prometheus.MustNewConstMetric(milestonesInMemory, prometheus.GaugeValue, float64(v.Len()), id)
	}
}

var (
	waitingForChanges = prometheus.NewDesc(metricPrefix+"_feed_waiting", "Requests that wait for changes, open streams of events among them.", nil, nil)
	openStreams       = prometheus.NewDesc(metricPrefix+"_feed_streams", "Open streams of events.", nil, nil)
	changesInMemory   = prometheus.NewDesc(metricPrefix+"_feed_kept", "Changes that are kept in memory, for those who ask again.", nil, nil)
)

// fed tells who waits for changes, and what is kept for them.
type fed struct{ *Server }

// Describe implements prometheus.Collector.
func (fed) Describe(to chan<- *prometheus.Desc) {
	to <- waitingForChanges
	to <- openStreams
	to <- changesInMemory
}

// Collect implements prometheus.Collector.
func (s fed) Collect(to chan<- prometheus.Metric) {
	if s.feed == nil {
		return
	}
	gauge := func(d *prometheus.Desc, n int) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n))
	}
	gauge(waitingForChanges, s.feed.Waiting())
	gauge(openStreams, int(s.streams.Load()))
	gauge(changesInMemory, s.feed.Kept())
}

// What echoprometheus always counts and nobody here asks for: the host, which
// callers choose, and the size of requests, of which none may be large.
const (
	hostLabel   = "host"
	requestSize = metricPrefix + "_request_size_bytes"
)

// GetMetrics implements GET /metrics.
func (s *Server) GetMetrics(context.Context, GetMetricsRequestObject) (GetMetricsResponseObject, error) {
	families, err := s.metrics.Gather()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, f := range families {
		if f.GetName() == requestSize {
			continue
		}
		for _, m := range f.GetMetric() {
			for i, l := range m.GetLabel() {
				if l.GetName() == hostLabel {
					m.Label = slices.Concat(m.Label[:i], m.Label[i+1:]) // a new one: the old is the metric's own
					break
				}
			}
		}
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			return nil, err
		}
	}
	return GetMetrics200TextResponse(b.String()), nil
}
