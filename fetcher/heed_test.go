package fetcher

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storyfold/story"
)

// TestHostRests has servers that are too busy, or refuse, and do not say for how long.
func TestHostRests(t *testing.T) {
	const public, local = "https://%s.feeds.example/", "http://nas.local/%s"
	for _, c := range []struct {
		name, base string
		private    bool
		code, bad  int // what the first bad sources are answered with
		quiet      bool
		says       string
	}{
		{"429", public, false, 429, 1, true, "too busy (429)"},
		{"503", public, false, 503, 1, true, "too busy (503)"},
		{"500", public, false, 500, 1, false, ""},
		{"429, private name", local, false, 429, 1, false, ""},
		{"503, private source", public, true, 503, 1, false, ""},
		{"403 once", public, false, 403, 1, false, ""},
		{"403 twice", public, false, 403, 2, false, ""},
		{"403 everywhere", public, false, 403, 5, true, "refused 3 addresses (403)"},
		{"403 everywhere, private name", local, false, 403, 5, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sources []story.Source
				for i := range 5 {
					s := feedSource(fmt.Sprint("s", i), fmt.Sprintf(c.base, fmt.Sprint("s", i)))
					s.Private, s.Interval = c.private, 2*time.Minute
					sources = append(sources, s)
				}
				far := feedSource("far", "https://far.example/")
				far.Interval = 2 * time.Minute
				var trouble atomic.Bool
				g := start(t, append(sources, far), nil, func(r *http.Request) (*http.Response, error) {
					for i := range c.bad {
						if trouble.Load() && strings.Contains(r.URL.String(), fmt.Sprint("s", i)) {
							return respond(r, c.code, ""), nil
						}
					}
					return same(r)
				})
				time.Sleep(3 * time.Minute)
				trouble.Store(true)
				time.Sleep(3 * time.Minute)
				last := g.state("s4") // well, but for the trouble of the others
				if held := last.Hold.After(time.Now()); held != c.quiet || !strings.Contains(last.NextReason, c.says) {
					t.Errorf("a neighbour is held: %v until %v, %q; want %v, %q", held, last.Hold, last.NextReason, c.quiet, c.says)
				}
				if left := time.Until(last.Hold); c.quiet && left > hostRest {
					t.Errorf("it is held for another %v, want at most %v", left, hostRest)
				}
				trouble.Store(false)
				before := len(g.times("https://far."))
				time.Sleep(hostRest + 3*time.Minute)
				if n := len(g.times("https://far.")) - before; n < 5 {
					t.Errorf("%d looks at another host meanwhile, want no change there", n)
				}
				if st := g.state("s4"); st.Error != "" || st.Hold.After(time.Now()) {
					t.Errorf("afterwards: %+v, want it looked at as before", st)
				}
				g.stop()
			})
		})
	}
}

// TestRefusalsFarBetween has a host refuse now and then, and give something in between.
func TestRefusalsFarBetween(t *testing.T) {
	h, now := &host{}, time.Now()
	for i := range 20 {
		if h.refuses(fmt.Sprint("https://a.example/", i), now) {
			t.Fatalf("refusal %d, %v after the one before, makes a burst", i, burstTime/2+time.Second)
		}
		now = now.Add(burstTime/2 + time.Second)
	}
	h.refused = nil
	for i := range 20 {
		if h.refuses("https://a.example/", now) {
			t.Fatalf("refusal %d of one address makes a burst", i)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		var sources []story.Source
		for i := range 6 {
			s := feedSource(fmt.Sprint(i), fmt.Sprintf("https://s%d.feeds.example/", i))
			s.Interval = time.Minute
			sources = append(sources, s)
		}
		g := start(t, sources, nil, func(r *http.Request) (*http.Response, error) {
			if r.URL.Host < "s2" { // two of six refuse
				return respond(r, 403, ""), nil
			}
			return same(r)
		})
		time.Sleep(time.Hour)
		g.stop()
		if st := g.state("4"); !st.Hold.IsZero() {
			t.Errorf("a host with good answers in between is held: %+v", st)
		}
	})
}
