package daemon

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"storyfold/fetcher"
)

// metrics returns the handler of /metrics. Packages keep plain counts; they are
// turned into Prometheus' terms here, when somebody asks.
func (d *daemon) metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collector{d},
	)
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

var (
	descInfo = prometheus.NewDesc("storyfold_info", "Always 1; the version is a label.", []string{"version"}, nil)
	descUp   = prometheus.NewDesc("storyfold_ready", "1 while articles are taken in, 0 while restoring or while the store does not commit.", nil, nil)
	descRun  = prometheus.NewDesc("storyfold_start_time_seconds", "When the daemon started, as Unix time.", nil, nil)

	descArticles  = prometheus.NewDesc("storyfold_articles", "Articles in the store.", nil, nil)
	descStories   = prometheus.NewDesc("storyfold_stories", "Stories in the store, by state: open ones may still grow.", []string{"state"}, nil)
	descBytes     = prometheus.NewDesc("storyfold_store_bytes", "Size of the store's file in bytes.", nil, nil)
	descCommits   = prometheus.NewDesc("storyfold_commits_total", "Transactions of fetch results, by outcome.", []string{"outcome"}, nil)
	descTaken     = prometheus.NewDesc("storyfold_articles_total", "Articles taken in since the start, by what became of them.", []string{"kind"}, nil)
	descDecisions = prometheus.NewDesc("storyfold_decisions_total", "Decisions of the grouping since the start.", nil, nil)
	descBusy      = prometheus.NewDesc("storyfold_pipeline_busy_seconds_total", "Time spent on grouping and committing.", nil, nil)
	descAge       = prometheus.NewDesc("storyfold_pipeline_idle_seconds", "Time since the pipeline last gave a sign of life.", nil, nil)

	descLooks    = prometheus.NewDesc("storyfold_looks_total", "Looks at feeds since the start, by outcome.", []string{"outcome"}, nil)
	descLookTime = prometheus.NewDesc("storyfold_looks_seconds_total", "Time that looks at feeds took, waiting for a host's turn included, by outcome.", []string{"outcome"}, nil)
	descRequests = prometheus.NewDesc("storyfold_requests_total", "Requests sent since the start: redirects, pages and icons included.", nil, nil)
	descFetched  = prometheus.NewDesc("storyfold_fetched_bytes_total", "Bytes of documents that looks brought since the start, unpacked.", nil, nil)

	descSources  = prometheus.NewDesc("storyfold_sources", "Configured sources, by state.", []string{"state"}, nil)
	descChecked  = prometheus.NewDesc("storyfold_source_checked_time_seconds", "Last look at a source, as Unix time.", []string{"source"}, nil)
	descNext     = prometheus.NewDesc("storyfold_source_next_check_time_seconds", "Next look at a source, as Unix time; 0: none is planned.", []string{"source"}, nil)
	descErrors   = prometheus.NewDesc("storyfold_source_errors", "Failed looks at a source in a row.", []string{"source"}, nil)
	descBrought  = prometheus.NewDesc("storyfold_source_articles", "Articles of a source in the store.", []string{"source"}, nil)
	descInvolved = prometheus.NewDesc("storyfold_source_stories", "Stories with an article of a source.", []string{"source"}, nil)
)

// collector reads the daemon's counts when Prometheus asks.
type collector struct{ d *daemon }

// Describe names no metric: what there is depends on the sources.
func (c collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends every count.
func (c collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	counter := func(desc *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, v, labels...)
	}
	p, s := c.d.pipeline, c.d.db.Stats()
	gauge(descInfo, 1, c.d.Version)
	gauge(descUp, truth(p.Ready() == nil))
	gauge(descRun, seconds(c.d.started))
	gauge(descArticles, float64(s.Articles))
	gauge(descStories, float64(s.OpenStories), "open")
	gauge(descStories, float64(s.Stories-s.OpenStories), "closed")
	gauge(descBytes, float64(s.Bytes))
	counter(descCommits, float64(p.stats.commits.Load()), "ok")
	counter(descCommits, float64(p.stats.failures.Load()), "failed")
	counter(descTaken, float64(p.stats.added.Load()), "new")
	counter(descTaken, float64(p.stats.edited.Load()), "edited")
	counter(descDecisions, float64(p.stats.decisions.Load()))
	counter(descBusy, time.Duration(p.stats.busy.Load()).Seconds())
	gauge(descAge, p.Age().Seconds())
	fetched := c.d.fetcher.Stats()
	for o, looks := range fetched.Looks {
		outcome := fetcher.Outcome(o).String()
		counter(descLooks, float64(looks.Number), outcome)
		counter(descLookTime, looks.Took.Seconds(), outcome)
	}
	counter(descRequests, float64(fetched.Requests))
	counter(descFetched, float64(fetched.Bytes))
	c.sources(gauge)
}

func (c collector) sources(gauge func(*prometheus.Desc, float64, ...string)) {
	byState := map[string]int{"new": 0, "ok": 0, "failing": 0, "gone": 0, "paused": 0}
	for _, s := range c.d.states() {
		byState[s.Condition()]++
		gauge(descChecked, seconds(s.Checked), s.Name)
		gauge(descNext, seconds(s.Next), s.Name)
		gauge(descErrors, float64(s.Errors), s.Name)
		gauge(descBrought, float64(s.Articles), s.Name)
		gauge(descInvolved, float64(s.Stories), s.Name)
	}
	for _, state := range []string{"new", "ok", "failing", "gone", "paused"} {
		gauge(descSources, float64(byState[state]), state)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// seconds returns t as Unix time, and 0 for the zero time.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixNano()) / 1e9
}
