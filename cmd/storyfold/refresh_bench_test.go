package main

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// press is a server of many feeds that bring more with each edition.
type press struct {
	edition atomic.Int64
	asked   atomic.Int64
}

// ServeHTTP answers /N with feed N: two items of this edition, on events that a
// handful of feeds report.
func (p *press) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked.Add(1)
	edition := p.edition.Load()
	sum := fnv.New64a()
	fmt.Fprint(sum, r.URL.Path, edition)
	rnd := rand.New(rand.NewPCG(sum.Sum64(), 1))
	fmt.Fprint(w, `<rss version="2.0"><channel><title>Outlet</title><link>https://outlet.example/</link>`)
	for range 2 {
		event := uint64(edition)<<32 + rnd.Uint64N(500)
		e := rand.New(rand.NewPCG(event, 2)) // all who report the event share its words
		words := make([]string, 12)
		for i := range words {
			words[i] = fmt.Sprintf("%c%s%s", 'A'+e.IntN(26), syllables[e.IntN(len(syllables))], syllables[e.IntN(len(syllables))])
		}
		var text strings.Builder
		for s := range 12 {
			fmt.Fprintf(&text, "The %s of %s said", words[s%12], words[(s*5+1)%12])
			for range 14 {
				fmt.Fprint(&text, " ", common[rnd.IntN(len(common))])
			}
			fmt.Fprintf(&text, " near %s. ", words[(s*7+2)%12])
		}
		fmt.Fprintf(w, `<item><title>%s %s after %s</title><guid isPermaLink="false">%x</guid><link>https://outlet.example%s/%x</link><description>%s</description></item>`,
			words[0], words[1], words[2], rnd.Uint64(), r.URL.Path, rnd.Uint64(), &text)
	}
	fmt.Fprint(w, `</channel></rss>`)
}

var (
	syllables = strings.Fields("barn dell marsh vik holt wyn combe strand thorp gate mere fell burn shaw beck ness")
	common    = strings.Fields("officials described residents afterwards nearby during afternoon several reported expected statement council evening added remained considered earlier")
)

// latencies are how long requests took.
type latencies struct {
	mu  sync.Mutex // guards all
	all []time.Duration
}

// load sends requests from a few clients at once until stop is closed.
func (l *latencies) load(b *testing.B, url string, stop <-chan struct{}) {
	var wait sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	defer client.CloseIdleConnections()
	for i := range 4 {
		wait.Go(func() {
			paths := []string{"/feed.atom", "/feed.json", "/", "/feed.rss"}
			for n := i; ; n++ {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
				start := time.Now()
				res, err := client.Get(url + paths[n%len(paths)])
				if err != nil {
					b.Error(err)
					return
				}
				io.Copy(io.Discard, res.Body)
				res.Body.Close()
				took := time.Since(start)
				l.mu.Lock()
				l.all = append(l.all, took)
				l.mu.Unlock()
			}
		})
	}
	wait.Wait()
}

func (l *latencies) report(b *testing.B, name string) {
	if len(l.all) == 0 {
		b.Fatal("no request was answered")
	}
	slices.Sort(l.all)
	at := func(q float64) float64 {
		return float64(l.all[min(len(l.all)-1, int(q*float64(len(l.all))))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), name+"-p50-ms")
	b.ReportMetric(at(0.99), name+"-p99-ms")
	b.ReportMetric(at(1), name+"-max-ms")
	b.ReportMetric(float64(len(l.all)), name+"-requests")
}

// BenchmarkServeDuringRefresh measures what clients wait for answers of a daemon
// in another process while it looks at 1,000 feeds, each with two new articles;
// and, to compare, while it does nothing. An operation is one refresh.
func BenchmarkServeDuringRefresh(b *testing.B) {
	const feeds = 1000
	farm := &press{}
	server := httptest.NewServer(farm)
	defer server.Close()
	dir := b.TempDir()
	config := strings.Builder{}
	config.WriteString(head + "[fetch]\nhost_delay = \"0s\"\nper_host = 32\ninterval = \"1d\"\nmin_interval = \"1d\"\n")
	for i := range feeds {
		fmt.Fprintf(&config, "[[source]]\nname = \"outlet %d\"\nfeed = \"%s/%d\"\nprivate = true\n", i, server.URL, i)
	}
	write(b, filepath.Join(dir, "config.toml"), config.String())
	s := serve(b, dir)
	command(b, dir, "refresh", "--config", "config.toml")

	var idle, busy latencies
	quiet := make(chan struct{})
	time.AfterFunc(3*time.Second, func() { close(quiet) })
	idle.load(b, s.url, quiet)
	for b.Loop() {
		farm.edition.Add(1)
		before := farm.asked.Load()
		done := make(chan struct{})
		go func() {
			defer close(done)
			command(b, dir, "refresh", "--config", "config.toml")
		}()
		busy.load(b, s.url, done)
		if n := farm.asked.Load() - before; n < feeds {
			b.Fatalf("%d feeds were looked at, want %d", n, feeds)
		}
	}
	idle.report(b, "idle")
	busy.report(b, "refresh")
}
