package fetcher

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storyfold/story"
)

const frontPage = `<!doctype html><html><head><title>Harbour Post</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<link rel="alternate" type="application/rss+xml" title="Harbour Post" href="https://feeds.example/harbour.xml">
</head><body>News</body></html>`

// site answers for the site harbour-post.example, whose page names a feed on feeds.example.
type site struct {
	mu   sync.Mutex // guards what follows
	page string
	feed func(*http.Request) *http.Response
}

func (s *site) answer(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.URL.String() {
	case "https://harbour-post.example/":
		return respond(r, 200, s.page, "Content-Type", "text/html; charset=utf-8"), nil
	case "https://feeds.example/harbour.xml", "https://harbour-post.example/atom.xml":
		return s.feed(r), nil
	}
	return respond(r, 404, "nothing"), nil
}

// change changes the site.
func (s *site) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func goodFeed(r *http.Request) *http.Response {
	if r.Header.Get("If-None-Match") == `"1"` {
		return respond(r, 304, "")
	}
	return respond(r, 200, feedOf("a", "b"), "ETag", `"1"`)
}

func pageSource() []story.Source {
	return []story.Source{{Name: "Harbour Post", Feed: "https://harbour-post.example/", Interval: time.Hour, Enabled: true,
		Headers: map[string]string{"X-Key": "secret"}}}
}

// addresses returns what was asked for, in order.
func addresses(n *network) (all []string) {
	for _, q := range n.requests() {
		all = append(all, q.url)
	}
	return all
}

// A page leads to its feed; the next looks go straight there, also after a restart.
func TestDiscovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{page: frontPage, feed: func(r *http.Request) *http.Response {
			if r.Header.Get("X-Key") != "" {
				t.Errorf("the headers of the source went to %s", r.URL)
			}
			return goodFeed(r)
		}}
		g := start(t, pageSource(), nil, s.answer)
		time.Sleep(90 * time.Minute)
		want := []string{"https://harbour-post.example/", "https://feeds.example/harbour.xml", "https://feeds.example/harbour.xml"}
		if got := addresses(g.network); !slices.Equal(got, want) {
			t.Errorf("asked for %q, want %q", got, want)
		}
		st := g.States()[0]
		notice := "the address is a web page; its feed is https://feeds.example/harbour.xml"
		if st.Found != want[1] || st.Error != "" || !strings.Contains(st.Notice(), notice) || st.ETag != `"1"` {
			t.Errorf("state = %+v, notice %q, want found and well", st, st.Notice())
		}
		if r := g.got(); len(r) != 1 || titles(r[0]) != "a,b" {
			t.Errorf("%d results, want one with a and b", len(r))
		}
		g.stop()
		again := start(t, pageSource(), []story.SourceState{st}, s.answer)
		time.Sleep(90 * time.Minute)
		if got := addresses(again.network); len(got) == 0 || slices.Contains(got, want[0]) {
			t.Errorf("after a restart: asked for %q, want the feed alone", got)
		}
		again.stop()

		// Once the config names the feed, there is nothing to say any more.
		sources := pageSource()
		sources[0].Feed, sources[0].Headers = st.Found, nil
		named := start(t, sources, []story.SourceState{st}, s.answer)
		time.Sleep(90 * time.Minute)
		if st := named.States()[0]; st.Found != "" || st.Notice() != "" || st.Error != "" || st.ETag != `"1"` {
			t.Errorf("state = %+v, want that of an ordinary source with its validators", st)
		}
	})
}

// A page that names no feed: well-known places are asked, a second apart, and not at every look.
func TestDiscoveryByGuess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{page: "<html><body>Welcome", feed: goodFeed}
		g := start(t, pageSource(), nil, s.answer)
		time.Sleep(time.Minute)
		if st := g.States()[0]; st.Found != "https://harbour-post.example/atom.xml" || st.Error != "" {
			t.Errorf("state = %+v, want atom.xml found", st)
		}
		at := g.times("")
		for i := 1; i < len(at); i++ {
			if at[i]-at[i-1] < time.Second {
				t.Errorf("requests at %v, want a second between them", at)
			}
		}
		g.stop()

		s.change(func() {
			s.feed = func(r *http.Request) *http.Response { return respond(r, 200, s.page, "Content-Type", "text/html") }
		})
		g = start(t, pageSource(), nil, s.answer)
		time.Sleep(3 * time.Hour)
		st := g.States()[0]
		if !strings.Contains(st.Error, "a web page on which no feed was found") || st.Found != "" {
			t.Errorf("state = %+v, want an error that says that there is none", st)
		}
		if pages, guessed := len(g.times("https://harbour-post.example/")), len(g.times("https://harbour-post.example/atom.xml")); guessed != 1 || pages < 8 {
			t.Errorf("%d requests, %d guesses of atom.xml, want several looks and one guess", pages, guessed)
		}
	})
}

// A feed that fails for long has its page asked again; a short failure has not.
func TestDiscoveryAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{page: frontPage, feed: goodFeed}
		g := start(t, pageSource(), nil, s.answer)
		time.Sleep(time.Minute)
		s.change(func() {
			s.feed = func(r *http.Request) *http.Response {
				if strings.HasSuffix(r.URL.Path, "harbour.xml") {
					return respond(r, 500, "")
				}
				return goodFeed(r)
			}
		})
		time.Sleep(12 * time.Hour)
		if n := len(g.times("https://harbour-post.example/")); n != 1 {
			t.Errorf("the page was asked %d times within half a day of failures, want once", n)
		}
		s.change(func() { s.page = strings.ReplaceAll(frontPage, "https://feeds.example/harbour.xml", "/atom.xml") })
		time.Sleep(72 * time.Hour)
		if st := g.States()[0]; st.Found != "https://harbour-post.example/atom.xml" || st.Error != "" {
			t.Errorf("state = %+v, want the page's new feed", st)
		}
	})
}

// Where a feed was, a page is a mishap and no reason to read another feed.
func TestDiscoveryLeavesFeedsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bad atomic.Bool
		answer := func(r *http.Request) (*http.Response, error) {
			if !bad.Load() {
				return goodFeed(r), nil
			}
			return respond(r, 200, frontPage, "Content-Type", "text/html"), nil
		}
		g := start(t, pageSource(), nil, answer)
		time.Sleep(time.Minute)
		bad.Store(true)
		time.Sleep(5 * 24 * time.Hour)
		for _, url := range addresses(g.network) {
			if url != "https://harbour-post.example/" {
				t.Errorf("asked for %s", url)
			}
		}
		if st := g.States()[0]; !strings.Contains(st.Error, "a web page") || st.Found != "" {
			t.Errorf("state = %+v, want the error that it is a web page", st)
		}
	})
}

func TestDiscoveryStops(t *testing.T) {
	for name, test := range map[string]struct {
		feed    *http.Response
		sources []story.Source
		want    string
		asked   int
	}{
		"busy server":    {respond(nil, 429, "", "Retry-After", "3600"), nil, "ended early: the server asks for fewer requests (429)", 2},
		"read elsewhere": {respond(nil, 200, feedOf("a")), []story.Source{{Name: "Post", Feed: "https://feeds.example/harbour.xml"}}, "the source Post reads it already", 8},
		"private":        {nil, nil, "cannot be read: refused", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &site{page: frontPage, feed: func(r *http.Request) *http.Response {
					if strings.HasSuffix(r.URL.Path, "atom.xml") {
						return respond(r, 404, "")
					}
					resp := *test.feed
					resp.Request = r
					return &resp
				}}
				if test.feed == nil {
					s.page = strings.ReplaceAll(frontPage, "feeds.example", "127.0.0.1")
				}
				g := start(t, append(pageSource(), test.sources...), nil, s.answer)
				time.Sleep(time.Minute)
				if st := g.States()[0]; !strings.Contains(st.Error, test.want) {
					t.Errorf("error = %q, want %q in it", st.Error, test.want)
				}
			})
		})
	}
}

// The probe of a config finds a feed, too.
func TestDiscoveryInFetch(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Write([]byte(`<html><link rel=alternate type=application/atom+xml href=/news>`))
		case "/news":
			w.Write([]byte(feedOf("a")))
		}
	})
	r := newFetcher(t).Fetch(context.Background(), story.Source{Name: "s", Feed: s.URL, Enabled: true}, story.SourceState{})
	if r.Err != nil || titles(r) != "a" || r.State.Found != s.URL+"/news" {
		t.Errorf("Fetch = %v, %q, found %q, want a", r.Err, titles(r), r.State.Found)
	}
}

// What is configured for a site goes to that site alone, and never in the clear where
// the config says https.
func TestDiscoveryKeepsSecrets(t *testing.T) {
	src := &pageSource()[0]
	for address, sent := range map[string]bool{
		"https://harbour-post.example/rss":           true,
		"http://harbour-post.example/rss":            false,
		"https://harbour-post.example:444/rss":       false,
		"https://feeds.harbour-post.example/":        false,
		"https://harbour-post.example.evil.example/": false,
	} {
		req, err := newFetcher(t).client.request(t.Context(), src, &story.SourceState{Address: src.Feed, Found: address})
		if err != nil || req.URL.String() != address || (req.Header.Get("X-Key") != "") != sent {
			t.Errorf("request for %s: %v, headers %v, want them sent: %v", address, err, req.Header, sent)
		}
	}
}

// A page that calls itself its feed is not asked for twice.
func TestDiscoveryOfItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{page: strings.ReplaceAll(frontPage, "https://feeds.example/harbour.xml", "/#top"), feed: goodFeed}
		g := start(t, pageSource(), nil, s.answer)
		time.Sleep(time.Minute)
		if n := len(g.times("https://harbour-post.example/#")); n != 0 {
			t.Errorf("asked for %q, want the page without it", addresses(g.network))
		}
	})
}
