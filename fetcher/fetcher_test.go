package fetcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"storyfold/story"
)

// network plays the servers of the world without any network, so that synctest
// can play the clock.
type network struct {
	answer func(r *http.Request) (*http.Response, error)

	mu     sync.Mutex // guards what follows
	asked  []request
	active map[string]int // by host, and "" for all
	most   map[string]int
}

type request struct {
	url string
	at  time.Time
	tag string // If-None-Match
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.asked = append(n.asked, request{r.URL.String(), time.Now(), r.Header.Get("If-None-Match")})
	for _, h := range []string{"", r.URL.Host} {
		n.active[h]++
		n.most[h] = max(n.most[h], n.active[h])
	}
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		n.active[""]--
		n.active[r.URL.Host]--
		n.mu.Unlock()
	}()
	return n.answer(r)
}

// times returns when an address that begins so was asked for, since the first of all.
func (n *network) times(prefix string) (at []time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, q := range n.asked {
		if strings.HasPrefix(q.url, prefix) {
			at = append(at, q.at.Sub(n.asked[0].at))
		}
	}
	return at
}

// respond returns an answer; header holds names and values in turn.
func respond(r *http.Request, code int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r}
}

// rig is a running Fetcher on a network.
type rig struct {
	*Fetcher
	*network
	sink    Sink
	results []*Result
	mu      sync.Mutex // guards results
	stop    func()
}

// start runs a Fetcher in a synctest bubble until stop is called, or the test ends.
func start(t *testing.T, sources []story.Source, states []story.SourceState, answer func(*http.Request) (*http.Response, error), change ...func(*Options)) *rig {
	t.Helper()
	o := Options{}
	for _, c := range change {
		c(&o)
	}
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	g := &rig{Fetcher: f, network: &network{answer: answer, active: map[string]int{}, most: map[string]int{}}}
	f.client.open, f.client.guarded = g.network, g.network
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := f.Run(ctx, sources, states, g.take); !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v", err)
		}
	}()
	g.stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	t.Cleanup(g.stop)
	return g
}

func (g *rig) take(ctx context.Context, r *Result) error {
	g.mu.Lock()
	g.results = append(g.results, r)
	sink := g.sink
	g.mu.Unlock()
	if sink != nil {
		return sink(ctx, r)
	}
	return nil
}

// got returns the results so far.
func (g *rig) got() []*Result {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.results)
}

// requests returns what was asked so far.
func (n *network) requests() []request {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.asked)
}

func (g *rig) setSink(s Sink) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sink = s
}

func (g *rig) state(name string) story.SourceState {
	for _, st := range g.States() {
		if st.Name == name {
			return st
		}
	}
	return story.SourceState{}
}

func feedSource(name, feed string) story.Source {
	return story.Source{Name: name, Feed: feed, Enabled: true}
}

// same answers with a feed of one item, and 304 to who has it.
func same(r *http.Request) (*http.Response, error) {
	if r.Header.Get("If-None-Match") == `"1"` {
		return respond(r, 304, ""), nil
	}
	return respond(r, 200, feedOf("a"), "ETag", `"1"`), nil
}

func gaps(at []time.Duration) (out []time.Duration) {
	for i := 1; i < len(at); i++ {
		out = append(out, at[i]-at[i-1])
	}
	return out
}

func TestInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := feedSource("a", "https://a.example/feed")
		src.Interval = 15 * time.Minute
		g := start(t, []story.Source{src}, nil, same)
		time.Sleep(5 * time.Hour)
		g.stop()
		at := g.times("https://a.")
		if len(at) < 17 || len(at) > 21 {
			t.Errorf("%d looks in 5 hours at an interval of 15 minutes", len(at))
		}
		seen := map[time.Duration]bool{}
		for _, gap := range gaps(at) {
			seen[gap] = true
			if gap < 15*time.Minute || gap > 17*time.Minute {
				t.Errorf("looks %v apart, want 15 minutes and up to a tenth", gap)
			}
		}
		if len(seen) < 5 {
			t.Error("intervals have no jitter")
		}
		if len(g.got()) != 1 || titles(g.got()[0]) != "a" {
			t.Errorf("%d results, want one: 304 is not worth one", len(g.got()))
		}
		if st := g.Unflushed(); len(st) != 1 || !st[0].Next.After(st[0].Checked) || len(g.Unflushed()) != 0 {
			t.Errorf("Unflushed = %+v, want the state once", st)
		}
	})
}

func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var well atomic.Bool
		g := start(t, []story.Source{feedSource("a", "https://a.example/feed")}, nil, func(r *http.Request) (*http.Response, error) {
			if well.Load() {
				return same(r)
			}
			return respond(r, 500, ""), nil
		})
		time.Sleep(7 * 24 * time.Hour)
		apart := gaps(g.times("https://a."))
		for i, gap := range apart {
			least := min(5*time.Minute<<i, 24*time.Hour)
			if gap < least || gap > least+least/4 {
				t.Errorf("after failure %d: %v, want %v", i+1, gap, least)
			}
		}
		if len(apart) < 12 {
			t.Errorf("%d looks in a week, want at least one a day", len(apart))
		}
		st := g.state("a")
		if st.Errors != len(apart)+1 || st.Error == "" || st.Checked.Sub(st.ErrorSince) < 5*24*time.Hour {
			t.Errorf("state = %+v", st)
		}
		well.Store(true)
		time.Sleep(27 * time.Hour)
		if st := g.state("a"); st.Errors != 0 || st.Error != "" || st.Next.Sub(st.Checked) > time.Hour {
			t.Errorf("state after recovery = %+v", st)
		}
		g.stop()
	})
}

func TestHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sources []story.Source
		for i := range 20 {
			sources = append(sources, feedSource(fmt.Sprint("crowd", i), fmt.Sprintf("https://crowd.example/%d", i)))
		}
		for i := range 10 {
			sources = append(sources, feedSource(fmt.Sprint("lone", i), fmt.Sprintf("https://lone%d.example/", i)))
		}
		g := start(t, sources, nil, func(r *http.Request) (*http.Response, error) {
			time.Sleep(3 * time.Second)
			return same(r)
		})
		time.Sleep(2 * time.Minute)
		g.stop()
		crowd := g.times("https://crowd.")
		if len(crowd) != 20 {
			t.Fatalf("%d looks at the crowded host, want 20", len(crowd))
		}
		for _, gap := range gaps(crowd) {
			if gap < time.Second {
				t.Errorf("requests to one host %v apart", gap)
			}
		}
		if g.most["crowd.example"] != 2 {
			t.Errorf("%d requests to one host at a time, want 2", g.most["crowd.example"])
		}
		if lone := g.times("https://lone"); len(lone) != 10 || slices.Max(lone) > time.Second {
			t.Errorf("other hosts were asked at %v, want at once", lone)
		}
	})
}

func TestHangingHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sources := []story.Source{feedSource("bad", "https://bad.example/"), feedSource("good", "https://good.example/")}
		sources[1].Interval = 10 * time.Second
		g := start(t, sources, nil, func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "bad.example" {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return same(r)
		})
		time.Sleep(29 * time.Second)
		if n := len(g.times("https://good.")); n < 3 {
			t.Errorf("%d looks at the good source while the bad one hung, want 3", n)
		}
		time.Sleep(5 * time.Second)
		if st := g.state("bad"); !strings.Contains(st.Error, "within 30 s") {
			t.Errorf("the bad source's error is %q", st.Error)
		}
		g.stop()
	})
}

func TestConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2000
		sources := make([]story.Source, n)
		for i := range sources {
			sources[i] = feedSource(fmt.Sprint(i), fmt.Sprintf("https://host%d.example/", i))
		}
		g := start(t, sources, nil, func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return same(r)
		}, func(o *Options) { o.Concurrency = 50 })
		time.Sleep(10 * time.Second)
		if most := runtime.NumGoroutine(); most > 200 {
			t.Errorf("%d goroutines", most)
		}
		time.Sleep(2 * time.Minute)
		g.stop()
		if g.most[""] != 50 {
			t.Errorf("%d requests at a time, want 50", g.most[""])
		}
		if len(g.got()) != n {
			t.Errorf("%d results, want %d", len(g.got()), n)
		}
	})
}

func TestSinkFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, []story.Source{feedSource("a", "https://a.example/")}, nil, same)
		full := errors.New("disk full")
		fails := 3
		g.setSink(func(ctx context.Context, r *Result) error {
			if fails--; fails >= 0 {
				return full
			}
			return nil
		})
		time.Sleep(10 * time.Second)
		if st := g.state("a"); st.ETag != "" || !strings.Contains(st.NextReason, "could not be stored") {
			t.Errorf("state after a failed commit = %+v", st)
		}
		time.Sleep(10 * time.Minute)
		g.stop()
		if len(g.requests()) != 4 || len(g.got()) != 4 {
			t.Fatalf("%d requests, %d results; want 4 each", len(g.requests()), len(g.got()))
		}
		for _, q := range g.requests() {
			if q.tag != "" {
				t.Errorf("a request carries %s of a result that was not stored", q.tag)
			}
		}
		if st := g.state("a"); st.ETag != `"1"` {
			t.Errorf("state after the commit = %+v", st)
		}
	})
}

func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sources []story.Source
		for i := range 100 {
			sources = append(sources, feedSource(fmt.Sprint(i), fmt.Sprintf("https://h%d.example/", i)))
		}
		g := start(t, sources, nil, same)
		time.Sleep(2 * time.Second)
		if n := len(g.times("")); n != 100 {
			t.Fatalf("%d first looks within 2 s, want 100", n)
		}
		g.stop()
		states := g.States()
		time.Sleep(10 * time.Minute)
		g = start(t, sources, states, same)
		time.Sleep(10 * time.Minute)
		if n := len(g.times("")); n != 0 {
			t.Errorf("%d looks before they were due", n)
		}
		time.Sleep(20 * time.Minute)
		if at := g.times(""); len(at) != 100 || at[len(at)-1] < time.Minute || g.requests()[0].tag != `"1"` {
			t.Errorf("%d looks within %v after the restart, want 100, spread, with validators", len(at), at[len(at)-1])
		}
		g.stop()
		time.Sleep(30 * 24 * time.Hour) // overdue, all of them
		g = start(t, sources, g.States(), same)
		time.Sleep(2 * time.Second)
		if at := g.times(""); len(at) != 100 || at[len(at)-1] < 200*time.Millisecond {
			t.Errorf("%d looks within %v, want 100, spread", len(at), at[len(at)-1])
		}
		g.stop()

		states = g.States()
		for i := range states { // the clock was three days ahead, and a server asked for a day
			st := &states[i]
			st.Checked, st.Next, st.Hold = st.Checked.Add(72*time.Hour), st.Next.Add(72*time.Hour), st.Checked.Add(96*time.Hour)
		}
		g = start(t, sources, states, same)
		time.Sleep(2 * time.Second)
		if n := len(g.times("")); n != 100 {
			t.Errorf("%d looks after the clock was set back, want 100", n)
		}
	})
}

func TestReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := feedSource("a", "https://a.example/"), feedSource("b", "https://b.example/")
		g := start(t, []story.Source{a, b}, nil, same)
		time.Sleep(time.Second)
		before := g.state("a")

		c, renamed, off := feedSource("c", "https://c.example/"), feedSource("new b", b.Feed), feedSource("off", "https://off.example/")
		off.Enabled = false
		g.Reload([]story.Source{c, a, renamed, off})
		time.Sleep(time.Second)
		var names []string
		for _, st := range g.States() {
			names = append(names, st.Name)
		}
		if got := strings.Join(names, ","); got != "c,a,new b,off" {
			t.Fatalf("States are %s", got)
		}
		if st := g.state("a"); !cmp.Equal(st, before) {
			t.Errorf("an unchanged source changed: %+v", st)
		}
		if st := g.state("new b"); st.ETag != `"1"` || st.Address != b.Feed {
			t.Errorf("a renamed source did not inherit: %+v", st)
		}
		if st := g.state("off"); !st.Paused || st.NextReason == "" {
			t.Errorf("a disabled source: %+v", st)
		}
		if len(g.times("https://c.")) != 1 || len(g.times("https://off.")) != 0 || len(g.times("https://b.")) != 1 {
			t.Errorf("asked: %v", g.requests())
		}

		a.Interval = 6 * time.Minute
		off.Enabled = true
		g.Reload([]story.Source{a, off})
		time.Sleep(13 * time.Minute)
		if n := len(g.times("https://a.")); n != 2 && n != 3 {
			t.Errorf("%d looks at a source whose interval became 6 minutes", n)
		}
		if len(g.times("https://off.")) != 1 {
			t.Error("an enabled source was not looked at")
		}
		time.Sleep(24 * time.Hour)
		if len(g.times("https://c.")) != 1 {
			t.Error("a removed source is still looked at")
		}

		a.Category = "world"
		g.Reload([]story.Source{a})
		n := len(g.got())
		time.Sleep(time.Second)
		if len(g.got()) != n+1 || g.got()[n].Articles[0].Categories[0] != "world" {
			t.Error("a new category does not reach the articles")
		}
		g.stop()
	})
}

func TestReloadDuringLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, []story.Source{feedSource("a", "https://a.example/")}, nil, func(r *http.Request) (*http.Response, error) {
			time.Sleep(5 * time.Second)
			return same(r)
		})
		time.Sleep(time.Second)
		g.Reload(nil)
		time.Sleep(10 * time.Second)
		if len(g.got()) != 0 {
			t.Error("a removed source brought a result")
		}
		g.stop()
	})
}

func TestRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		off := feedSource("off", "https://off.example/")
		off.Enabled = false
		sources := []story.Source{feedSource("Harbour Post", "https://a.example/"), feedSource("busy", "https://busy.example/"), off, feedSource("down", "https://down.example/")}
		g := start(t, sources, nil, func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			switch r.URL.Host {
			case "busy.example":
				return respond(r, 429, "", "Retry-After", "3600"), nil
			case "down.example":
				return respond(r, 500, ""), nil
			}
			return same(r)
		})
		g.setSink(func(ctx context.Context, r *Result) error {
			r.New = len(r.Articles)
			return nil
		})
		time.Sleep(500 * time.Millisecond)

		if st := g.state("Harbour Post"); !st.LastNew.IsZero() {
			t.Errorf("LastNew = %v before the first look is over", st.LastNew)
		}
		var steps []string
		reports, err := g.Refresh(t.Context(), nil, func(done, total int) { steps = append(steps, fmt.Sprint(done, "/", total)) })
		if err != nil || len(reports) != 3 || strings.Join(steps, " ") != "1/3 2/3 3/3" {
			t.Fatalf("Refresh = %d reports, %v, steps %v", len(reports), err, steps)
		}
		if r := reports[0]; r.Source != "Harbour Post" || !r.NotModified || r.Err != nil || r.Took < time.Second {
			t.Errorf("report of a source that was being looked at = %+v, want that of a second look", r)
		}
		if st := reports[0].State; st.LastNew.IsZero() || !st.LastNew.Before(st.Checked) {
			t.Errorf("LastNew = %v, want the time of the first look", st.LastNew)
		}
		if r := reports[1]; r.Err == nil || !strings.Contains(r.Err.Error(), "to be left alone") {
			t.Errorf("report of a source on hold = %+v", r)
		}
		if r := reports[2]; r.State.Errors != 2 {
			t.Errorf("report of a failing source = %+v", r)
		}
		if n := len(g.times("https://busy.")); n != 1 {
			t.Errorf("a server that asked to wait was asked %d times", n)
		}
		if reports, err := g.Refresh(t.Context(), []string{"off", "Harbour Post", "off"}, nil); err != nil || len(reports) != 2 || reports[0].Err == nil || reports[1].Err != nil {
			t.Errorf("Refresh of a disabled source = %+v, %v", reports, err)
		}
		if _, err := g.Refresh(t.Context(), []string{"harbor post"}, nil); err == nil || !strings.Contains(err.Error(), `"Harbour Post"`) {
			t.Errorf("Refresh of an unknown name: %v, want the nearest one", err)
		}
		if _, err := g.Refresh(t.Context(), []string{"something else"}, nil); err == nil || strings.Contains(err.Error(), "mean") {
			t.Errorf("Refresh of an unknown name: %v, want no guess", err)
		}
		g.stop()
		if _, err := g.Refresh(t.Context(), nil, nil); !errors.Is(err, ErrNotRunning) {
			t.Errorf("Refresh after Run: %v", err)
		}
	})
}

func TestRefreshWhileStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, []story.Source{feedSource("a", "https://a.example/"), feedSource("b", "https://a.example/b")}, nil, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, func(o *Options) { o.PerHost = 1 })
		time.Sleep(time.Second)
		ended := make(chan error)
		go func() {
			_, err := g.Refresh(context.Background(), nil, nil)
			ended <- err
		}()
		synctest.Wait()
		g.stop()
		if err := <-ended; !errors.Is(err, ErrStopped) {
			t.Errorf("Refresh = %v, want ErrStopped", err)
		}
		if len(g.got()) != 0 {
			t.Error("a look that was broken off brought a result")
		}
		if st := g.state("a"); st.Errors != 0 {
			t.Errorf("a look that was broken off counts as a failure: %+v", st)
		}
	})
}

func TestPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, []story.Source{feedSource("a", "https://a.example/"), feedSource("b", "https://b.example/")}, nil, func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "a.example" {
				panic("our own bug")
			}
			return same(r)
		})
		time.Sleep(time.Minute)
		if st := g.state("a"); !strings.Contains(st.Error, "our own bug") {
			t.Errorf("state = %+v, want the panic as its error", st)
		}
		if st := g.state("b"); st.Error != "" {
			t.Errorf("the other source fails: %s", st.Error)
		}
		g.stop()
	})
}

func TestSetOptions(t *testing.T) {
	f, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := f.options()
	if o.Interval != 30*time.Minute || o.MaxBody != 15<<20 || o.Concurrency != 32 || o.PerHost != 2 || o.HostDelay != time.Second {
		t.Errorf("defaults = %+v", o)
	}
	for _, bad := range []Options{{Interval: -1}, {Concurrency: -1}, {MinInterval: 2 * time.Hour, MaxInterval: time.Hour}, {Proxy: "::"}} {
		if err := f.SetOptions(bad); err == nil {
			t.Errorf("SetOptions took %+v", bad)
		}
	}
	if err := f.SetOptions(Options{UserAgent: "other"}); err != nil || f.options().UserAgent != "other" {
		t.Errorf("SetOptions: %v", err)
	}
}

// TestFileSource uses real files, and the watch or the rescan that finds them.
func TestFileSource(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("one.txt", "The ferry sails again\n\nThe ferry to the island sails again from Monday.\n")
	f := newFetcher(t)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan *Result, 10)
	ended := make(chan error)
	src := story.Source{Name: "files", Files: filepath.Join(dir, "*.txt"), Category: "coast", Enabled: true}
	go func() {
		ended <- f.Run(ctx, []story.Source{src}, nil, func(ctx context.Context, r *Result) error {
			got <- r
			return nil
		})
	}()
	if r := <-got; len(r.Articles) != 1 || r.Err != nil || r.State.Format != "files" || r.State.Next.IsZero() {
		t.Errorf("first look = %d articles, %v, %+v", len(r.Articles), r.Err, r.State)
	}
	reports, err := f.Refresh(ctx, nil, nil)
	if err != nil || len(reports) != 1 || !reports[0].NotModified {
		t.Errorf("Refresh of unchanged files = %+v, %v", reports, err)
	}
	write("two.txt", "The lighthouse is lit\n\nThe lighthouse burns for the first time in years.\n")
	if reports, err = f.Refresh(ctx, nil, nil); err != nil || len(reports) != 1 {
		t.Errorf("Refresh of changed files = %+v, %v", reports, err)
	}
	if r := <-got; len(r.Articles) != 1 || !strings.Contains(r.Articles[0].Title, "lighthouse") {
		t.Errorf("second look = %+v, want the new file alone", r.Articles)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v", err)
	}
}

// TestRunLeavesNothing uses real connections: they are closed when Run returns.
func TestRunLeavesNothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-r.Context().Done()
			return
		}
		io.WriteString(w, feedOf("a"))
	})
	defer s.Close()
	f := newFetcher(t)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan string, 10)
	ended := make(chan error)
	go func() {
		ended <- f.Run(ctx, []story.Source{feedSource("a", s.URL), feedSource("slow", s.URL+"/slow")}, nil,
			func(ctx context.Context, r *Result) error {
				got <- titles(r)
				return nil
			})
	}()
	if first := <-got; first != "a" {
		t.Errorf("first result = %q", first)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v", err)
	}
}

// TestResultsWait: results that wait for their commit hold up no further looks,
// until they are too large together.
func TestResultsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sources []story.Source
		for i := range 12 {
			sources = append(sources, feedSource(fmt.Sprint("s", i), fmt.Sprintf("https://h%d.example/feed", i)))
		}
		g := start(t, sources, nil, same, func(o *Options) { o.Concurrency = 1 })
		commit := make(chan struct{})
		g.setSink(func(context.Context, *Result) error { <-commit; return nil })
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if got := len(g.times("")); got != len(sources) {
			t.Errorf("%d of %d sources were asked while results waited", got, len(sources))
		}
		close(commit)
		synctest.Wait()
		if g.held != 0 || g.Fetcher.looks != 0 {
			t.Errorf("%d bytes are held and %d looks under way after the commit", g.held, g.Fetcher.looks)
		}
		g.Fetcher.mu.Lock()
		g.held = maxHeld
		g.Fetcher.mu.Unlock()
		asked := len(g.times(""))
		time.Sleep(24 * time.Hour)
		if got := len(g.times("")); got != asked {
			t.Errorf("%d looks began while %d bytes of results waited", got-asked, maxHeld)
		}
		g.committed(maxHeld)
		time.Sleep(time.Minute)
		if got := len(g.times("")); got == asked {
			t.Error("no look began after the results were committed")
		}
	})
}
