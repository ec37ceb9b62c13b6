package fetcher

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storyfold/story"
)

func TestHostKey(t *testing.T) {
	for _, c := range []struct {
		address, key string
		speaks       bool
	}{
		{"https://example.org/feed", "example.org", true},
		{"http://Feeds.Example.org:80/x", "example.org", true},
		{"https://one.tumblr.com/rss", "tumblr.com", true},
		{"https://two.tumblr.com/rss", "tumblr.com", true},
		{"https://a.news.example.co.uk/", "example.co.uk", true},
		{"https://one.github.io/feed", "one.github.io", true},
		{"https://example.org:8443/", "example.org:8443", true},
		{"http://8.8.8.8/", "8.8.8.8", true},
		{"http://[2606:4700::1111]:8080/", "[2606:4700::1111]:8080", true},
		{"http://192.168.1.4:8080/", "192.168.1.4:8080", false},
		{"http://127.0.0.1/", "127.0.0.1", false},
		{"http://nas/feed", "nas", false},
		{"http://news.nas.local/feed", "news.nas.local", false},
		{"http://wiki.corp/feed", "wiki.corp", false},
	} {
		u, err := url.Parse(c.address)
		if err != nil {
			t.Fatal(err)
		}
		if key, speaks := hostKey(u), speaksForHost(u); key != c.key || speaks != c.speaks {
			t.Errorf("%s: host %q, speaks for it: %v; want %q, %v", c.address, key, speaks, c.key, c.speaks)
		}
	}
}

// TestCrowdedHost puts a thousand feeds on one host beside a few of others.
func TestCrowdedHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sources []story.Source
		for i := range 1000 {
			sources = append(sources, feedSource(fmt.Sprint("crowd", i), fmt.Sprintf("https://blog%d.crowd.example/", i)))
		}
		for i := range 10 {
			s := feedSource(fmt.Sprint("lone", i), fmt.Sprintf("https://lone%d.example/", i))
			s.Interval = 5 * time.Minute
			sources = append(sources, s)
		}
		g := start(t, sources, nil, func(r *http.Request) (*http.Response, error) {
			time.Sleep(5 * time.Second)
			return same(r)
		})
		time.Sleep(time.Hour)
		g.stop()
		crowd := g.times("https://blog")
		if len(crowd) < 1000 {
			t.Errorf("%d looks at the crowded host within an hour, want each feed looked at", len(crowd))
		}
		for _, gap := range gaps(crowd) {
			if gap < time.Second {
				t.Fatalf("requests to one host %v apart", gap)
			}
		}
		for i := range 10 {
			at := g.times(fmt.Sprintf("https://lone%d.", i))
			if len(at) < 10 || at[0] > 6*time.Second {
				t.Fatalf("a feed of another host was looked at %d times, first after %v; want it every 5 minutes from the start", len(at), at[0])
			}
			for _, gap := range gaps(at) {
				if gap > 5*time.Minute+40*time.Second {
					t.Errorf("a feed of another host waited %v", gap)
				}
			}
		}
	})
}

// TestRedirectsToOneHost has feeds of many hosts lead to one, which then is
// treated like any other host, while nobody else waits and no look runs out of time.
func TestRedirectsToOneHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sources []story.Source
		for i := range 100 {
			sources = append(sources, feedSource(fmt.Sprint(i), fmt.Sprintf("https://from%d.example/", i)))
		}
		for i := range 5 {
			s := feedSource(fmt.Sprint("lone", i), fmt.Sprintf("https://lone%d.example/", i))
			s.Interval = 10 * time.Second
			sources = append(sources, s)
		}
		g := start(t, sources, nil, func(r *http.Request) (*http.Response, error) {
			if strings.HasPrefix(r.URL.Host, "from") {
				return respond(r, 302, "", "Location", "https://hub.example/"+r.URL.Host), nil
			}
			time.Sleep(3 * time.Second)
			return same(r)
		}, func(o *Options) { o.Concurrency = 8 })
		time.Sleep(4 * time.Minute)
		g.stop()
		hub := g.times("https://hub.")
		if len(hub) != 100 || g.most["hub.example"] > 2 {
			t.Errorf("%d requests to the common host, %d at a time; want 100, at most 2", len(hub), g.most["hub.example"])
		}
		for _, gap := range gaps(hub) {
			if gap < time.Second {
				t.Errorf("requests to one host %v apart", gap)
			}
		}
		for _, st := range g.States() {
			if st.Error != "" {
				t.Errorf("%s: %s", st.Name, st.Error)
			}
		}
		for i := range 5 {
			if at := g.times(fmt.Sprintf("https://lone%d.", i)); len(at) < 15 {
				t.Errorf("a feed of another host was looked at %d times in 4 minutes, want every 10 s", len(at))
			}
		}
	})
}

// TestRetryAfterHost tells who keeps quiet when one address asks for it.
func TestRetryAfterHost(t *testing.T) {
	for _, c := range []struct {
		name, base string
		private    bool
		quiet      bool // the others on that host
	}{
		{"public name", "https://%s.feeds.example/", false, true},
		{"private name", "http://nas.local/%s", false, false},
		{"private source", "https://feeds.example/%s", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sources []story.Source
				for _, name := range []string{"loud", "other", "third"} {
					s := feedSource(name, fmt.Sprintf(c.base, name))
					s.Private, s.Interval = c.private, 10*time.Minute
					sources = append(sources, s)
				}
				far := feedSource("far", "https://far.example/")
				far.Interval = 10 * time.Minute
				var loud atomic.Bool
				g := start(t, append(sources, far), nil, func(r *http.Request) (*http.Response, error) {
					if strings.Contains(r.URL.String(), "loud") && loud.Load() {
						return respond(r, 503, "", "Retry-After", "7200"), nil
					}
					return same(r)
				})
				time.Sleep(time.Minute)
				loud.Store(true)
				time.Sleep(15 * time.Minute)
				count := func() (n int) { return len(g.times(fmt.Sprintf(c.base, "other"))) }
				before, st := count(), g.state("other")
				if held := st.Hold.After(time.Now()); held != c.quiet || held != strings.Contains(st.NextReason, "Retry-After") {
					t.Errorf("the other source: Hold %v, %q; want it held: %v", st.Hold, st.NextReason, c.quiet)
				}
				time.Sleep(90 * time.Minute)
				if quiet := count() == before; quiet != c.quiet {
					t.Errorf("%d looks at the other source meanwhile, want quiet: %v", count()-before, c.quiet)
				}
				if n := len(g.times("https://far.")); n < 9 {
					t.Errorf("%d looks at another host, want no change there", n)
				}
				loud.Store(false)
				time.Sleep(time.Hour)
				if count() == before {
					t.Error("the other source is not looked at when the time is over")
				}
				g.stop()
			})
		})
	}
}

// TestHostHoldIsBounded has one address ask for more than its neighbours can be made to wait.
func TestHostHoldIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sources := []story.Source{feedSource("loud", "https://a.feeds.example/"), feedSource("other", "https://b.feeds.example/")}
		g := start(t, sources, nil, func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "a.feeds.example" {
				return respond(r, 429, "", "Retry-After", "86400"), nil
			}
			return same(r)
		})
		time.Sleep(20 * time.Hour)
		g.stop()
		if at := g.times("https://a."); len(at) != 1 {
			t.Errorf("%d looks at the address that asked for a day, want 1", len(at))
		}
		if at := g.times("https://b."); len(at) < 20 {
			t.Errorf("%d looks at the other in 20 hours, want it to wait no longer than %v", len(at), maxHostHold)
		}
	})
}

// TestKeepAlive counts the connections that looks at one host need.
func TestKeepAlive(t *testing.T) {
	var opened atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gone":
			http.Error(w, strings.Repeat("gone ", 100), http.StatusGone)
		case "/moved":
			http.Redirect(w, r, "/feed", http.StatusFound)
		default:
			w.Header().Set("ETag", `"1"`)
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			io.WriteString(w, feedOf("a"))
		}
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	f := newFetcher(t)
	var st story.SourceState
	for _, path := range []string{"/feed", "/feed", "/gone", "/moved", "/feed"} {
		r := fetch(t, f, s.URL+path, st)
		if path == "/feed" {
			st = r.State
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("5 looks at one host opened %d connections, want 1", n)
	}
}

// TestMoved follows a feed that moved for good, and comes back when the new address fails.
func TestMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		src := feedSource("a", "https://old.example/feed")
		src.Headers = map[string]string{"X-Key": "secret"}
		taken := feedSource("taken", "https://new.example/taken/")
		double := feedSource("double", "https://old.example/double")
		sources := []story.Source{src, taken, double}
		for i := range sources {
			sources[i].Interval = 7 * time.Hour
		}
		g := start(t, sources, nil, func(r *http.Request) (*http.Response, error) {
			switch {
			case r.URL.Path == "/double":
				return respond(r, 308, "", "Location", "http://www.new.example/taken"), nil
			case r.URL.Host == "old.example":
				return respond(r, 301, "", "Location", "https://new.example/feed"), nil
			case r.Header.Get("X-Key") != "":
				return respond(r, 500, "the key was given away"), nil
			case down.Load() && r.URL.Path == "/feed":
				return respond(r, 404, ""), nil
			}
			return same(r)
		})
		time.Sleep(20 * time.Hour)
		if st := g.state("a"); st.Adopted || st.Moved != "https://new.example/feed" || st.Notice() != "" {
			t.Errorf("state after 20 h = %+v, want the address noted and not adopted", st)
		}
		time.Sleep(16 * time.Hour)
		if st := g.state("a"); !st.Adopted || st.Asked() != "https://new.example/feed" || !strings.Contains(st.Notice(), "write that address") {
			t.Errorf("state after 36 h = %+v, want the address adopted", st)
		}
		if st := g.state("double"); st.Adopted || st.Moved == "" {
			t.Errorf("state of the feed that moved onto another's address = %+v, want it not adopted", st)
		}
		before := len(g.times("https://old.example/feed"))
		time.Sleep(24 * time.Hour)
		if n := len(g.times("https://old.example/feed")); n != before {
			t.Errorf("the old address was asked %d times after the new one was adopted", n-before)
		}

		down.Store(true)
		time.Sleep(24 * time.Hour)
		if st := g.state("a"); st.Adopted || len(g.times("https://old.example/feed")) == before {
			t.Errorf("state when the new address fails = %+v, want the configured one asked again", st)
		}
		down.Store(false)
		time.Sleep(72 * time.Hour)
		if st := g.state("a"); !st.Adopted {
			t.Errorf("state = %+v, want the address adopted again", st)
		}

		// The owner does as told: the state goes with the source.
		src.Feed = "https://new.example/feed"
		g.Reload([]story.Source{src})
		if st := g.state("a"); st.ETag == "" || st.Adopted || st.Address != src.Feed || st.Notice() != "" {
			t.Errorf("state with the new address in the config = %+v", st)
		}
		g.stop()
	})
}

// TestCaptivePortal has a redirect that comes and goes, and one to another place each time.
func TestCaptivePortal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a, b atomic.Int32
		g := start(t, []story.Source{feedSource("a", "https://a.example/"), feedSource("b", "https://b.example/")}, nil, func(r *http.Request) (*http.Response, error) {
			switch {
			case r.URL.Host == "a.example" && a.Add(1)%5 != 0:
				return respond(r, 301, "", "Location", "https://portal.example/login"), nil
			case r.URL.Host == "b.example":
				return respond(r, 301, "", "Location", fmt.Sprintf("https://cdn.example/%d", b.Add(1))), nil
			}
			return same(r)
		}, func(o *Options) { o.Interval = 2 * time.Hour })
		time.Sleep(10 * 24 * time.Hour)
		g.stop()
		for _, st := range g.States() {
			if st.Adopted {
				t.Errorf("%s was adopted for %s", st.Moved, st.Name)
			}
		}
	})
}

// TestStuckValidators has servers that say "not modified", or send the same ETag, whatever happens.
func TestStuckValidators(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		sources := []story.Source{feedSource("304", "https://stuck.example/"), feedSource("same", "https://same.example/"), feedSource("weak", "https://weak.example/")}
		for i := range sources {
			sources[i].Interval = time.Hour
		}
		g := start(t, sources, nil, func(r *http.Request) (*http.Response, error) {
			body, tag := feedOf(fmt.Sprint("hour ", int(time.Since(began)/time.Hour))), `"1"`
			switch r.URL.Host {
			case "stuck.example":
				if r.Header.Get("If-None-Match") != "" {
					return respond(r, 304, ""), nil
				}
			case "weak.example":
				tag = `W/"1"`
			}
			return respond(r, 200, body, "ETag", tag), nil
		})
		time.Sleep(30 * time.Hour)
		st := g.state("304")
		if !st.Stuck || !strings.Contains(st.Notice(), "in full") {
			t.Errorf("state of the server that always says 304 = %+v, want it noticed within a day", st)
		}
		results := len(g.got())
		time.Sleep(10 * time.Hour)
		fresh := slices.IndexFunc(g.got()[results:], func(r *Result) bool { return r.Source.Name == "304" && len(r.Articles) == 1 })
		if fresh < 0 {
			t.Error("the changes of the server that always says 304 are still not seen")
		}
		if st := g.state("same"); !st.Stuck || st.Error != "" {
			t.Errorf("state of the server with one ETag for all = %+v", st)
		}
		if st := g.state("weak"); st.Stuck {
			t.Errorf("state of the server with a weak ETag = %+v: it may stay", st)
		}
		g.stop()
	})
}

// TestAskedOnce has what a feed asks for hold over "not modified", which does not repeat it.
func TestAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc := strings.Replace(feedOf("a"), "<item>", "<ttl>180</ttl><skipDays><day>Saturday</day><day> sunday </day></skipDays><skipHours><hour>24</hour><hour>x</hour></skipHours><item>", 1)
		g := start(t, []story.Source{feedSource("ttl", "https://ttl.example/"), feedSource("fresh", "https://fresh.example/")}, nil, func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("If-None-Match") != "" {
				return respond(r, 304, ""), nil
			}
			if r.URL.Host == "fresh.example" {
				return respond(r, 200, feedOf("a"), "ETag", `"1"`, "Cache-Control", "max-age=14400"), nil
			}
			return respond(r, 200, doc, "ETag", `"1"`), nil
		})
		time.Sleep(20 * 24 * time.Hour)
		g.stop()
		for _, q := range g.requests() {
			if strings.HasPrefix(q.url, "https://ttl.") && q.at != g.requests()[0].at && q.at.Sub(g.requests()[0].at) > time.Minute {
				if at := q.at.UTC(); at.Weekday() == time.Saturday || at.Weekday() == time.Sunday || at.Hour() == 0 {
					t.Errorf("a look at %v, which the feed asks to skip", at)
				}
			}
		}
		for _, gap := range gaps(g.times("https://ttl.")) {
			if gap < 3*time.Hour {
				t.Errorf("looks %v apart, the feed asks for 3 h", gap)
			}
		}
		for _, gap := range gaps(g.times("https://fresh.")) {
			if gap < 4*time.Hour {
				t.Errorf("looks %v apart, the server says 4 h", gap)
			}
		}
	})
}

// TestDeadFeeds has a feed that is gone, and one that only fails, looked for
// slowly and for ever, whatever the intervals are.
func TestDeadFeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t, []story.Source{feedSource("gone", "https://gone.example/"), feedSource("dead", "https://dead.example/")}, nil, func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "gone.example" {
				return respond(r, 410, ""), nil
			}
			return respond(r, 404, ""), nil
		}, func(o *Options) { o.Interval, o.MinInterval, o.MaxInterval = time.Minute, time.Minute, 30*time.Minute })
		time.Sleep(60 * 24 * time.Hour)
		g.stop()
		if n := len(g.times("https://gone.")); n < 7 || n > 10 {
			t.Errorf("%d looks in 60 days at a feed that is gone, want one a week", n)
		}
		if st := g.state("gone"); st.Condition() != "gone" || !strings.Contains(st.Error, "remove the source") {
			t.Errorf("state = %+v, want a warning for the reader", st)
		}
		at := g.times("https://dead.")
		late := 0
		for _, d := range at {
			if d > 8*24*time.Hour {
				late++
			}
		}
		if late < 40 || late > 54 {
			t.Errorf("%d looks at a dead feed in 52 days, want about one a day", late)
		}
	})
}

// TestManyRequestsOfOneLook has looks that need many requests at a host on which other feeds wait.
func TestManyRequestsOfOneLook(t *testing.T) {
	for name, answer := range map[string]func(r *http.Request) (*http.Response, error){
		"chain": func(r *http.Request) (*http.Response, error) {
			return respond(r, 302, "", "Location", "https://example.org/long"+r.URL.Path), nil
		},
		"page": func(r *http.Request) (*http.Response, error) {
			return respond(r, 200, "<!doctype html><title>Weir</title><p>No feed here.", "Content-Type", "text/html"), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sources := []story.Source{feedSource("long", "https://example.org/long")}
				for i := range 4 {
					sources = append(sources, feedSource(fmt.Sprint(i), fmt.Sprintf("https://example.org/short%d", i)))
				}
				var states []story.SourceState
				for i, s := range sources { // the long one begins
					states = append(states, story.SourceState{Name: s.Name, Address: s.Feed, Next: time.Now().Add(time.Second + time.Duration(i)*time.Millisecond)})
				}
				g := start(t, sources, states, func(r *http.Request) (*http.Response, error) {
					if strings.HasPrefix(r.URL.Path, "/short") {
						return same(r)
					}
					return answer(r)
				})
				time.Sleep(time.Minute)
				g.stop()
				short := g.times("https://example.org/short")
				if len(short) != 4 || short[3] > 8*time.Second {
					t.Errorf("the others were asked for at %v, want each at every other turn", short)
				}
				all := g.times("https://example.org/")
				if len(all) < 11 || all[len(all)-1] > time.Duration(len(all))*time.Second {
					t.Errorf("requests at %v, want one a second", all)
				}
				for _, gap := range gaps(all) {
					if gap < time.Second {
						t.Errorf("requests to one host %v apart", gap)
					}
				}
			})
		})
	}
}
