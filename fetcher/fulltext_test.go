package fetcher

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storyfold/story"
)

// press is a site with a feed of short items and a page for each; the articles it
// commits are what Stored knows.
type press struct {
	mu     sync.Mutex // guards what follows
	feed   string
	page   func(r *http.Request) *http.Response
	stored map[story.Key]story.Article
	fault  error // of Stored
}

// shortItems returns a feed of items that link to pages 1 to n.
func shortItems(n int) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Post</title><link>https://harbour-post.example/</link>`)
	for i := range n {
		fmt.Fprintf(&b, `<item><title>Ferry company fined after storm crossing, part %d</title><guid>%[1]d</guid>`+
			`<link>https://pages.example/%[1]d</link><description>A short text.</description></item>`, i+1)
	}
	return b.String() + `</channel></rss>`
}

func (p *press) answer(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.URL.Host == "harbour-post.example" {
		return respond(r, 200, p.feed), nil
	}
	if r.URL.Host == "other.example" {
		return respond(r, 200, feedOf("x")), nil
	}
	return p.page(r), nil
}

func (p *press) known(articles []story.Article) ([]*story.Article, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := make([]*story.Article, len(articles))
	for i := range articles {
		if a, ok := p.stored[articles[i].Key()]; ok {
			known[i] = &a
		}
	}
	return known, p.fault
}

func (p *press) start(t *testing.T, sources ...story.Source) *rig {
	if p.stored == nil {
		p.stored = map[story.Key]story.Article{}
	}
	src := story.Source{Name: "Post", Feed: "https://harbour-post.example/feed", FullText: true, Interval: time.Hour, Enabled: true,
		Headers: map[string]string{"X-Key": "secret"}}
	g := start(t, append([]story.Source{src}, sources...), nil, p.answer, func(o *Options) { o.Stored, o.Concurrency = p.known, 1 })
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sink = func(_ context.Context, r *Result) error {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, a := range r.Articles {
			p.stored[a.Key()] = a
		}
		return nil
	}
	return g
}

func goodPage(r *http.Request) *http.Response {
	return respond(r, 200, articlePage, "Content-Type", "text/html; charset=utf-8")
}

// New articles get the text of their page, a second apart, and other sources do not
// wait for that. A known one is not asked for again and keeps its text.
func TestFullText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &press{feed: shortItems(20), page: func(r *http.Request) *http.Response {
			if r.Header.Get("X-Key") != "" || !strings.HasPrefix(r.Header.Get("Accept"), "text/html") {
				t.Errorf("page asked for with %v", r.Header)
			}
			return goodPage(r)
		}}
		g := p.start(t, story.Source{Name: "Other", Feed: "https://other.example/feed", Enabled: true})
		time.Sleep(5 * time.Second)
		if n := len(g.got()); n != 1 || g.got()[0].Source.Name != "Other" {
			t.Errorf("%d results after 5 s, want that of the other source alone", n)
		}
		time.Sleep(time.Minute)
		if len(g.got()) != 2 || len(g.got()[1].Articles) != 20 {
			t.Fatalf("%d results, want 20 articles in the second", len(g.got()))
		}
		for _, a := range g.got()[1].Articles {
			if !strings.Contains(a.Text, "The captain, who had warned") || strings.Contains(a.Text, "newsletter") {
				t.Fatalf("text = %q, want that of the page", a.Text)
			}
		}
		at := g.times("https://pages.example/")
		for i := 1; i < len(at); i++ {
			if at[i]-at[i-1] < time.Second {
				t.Fatalf("pages asked for at %v, want a second between them", at)
			}
		}
		p.mu.Lock()
		p.feed = strings.Replace(shortItems(21), "crossing, part 1<", "crossing: the ruling<", 1)
		p.mu.Unlock()
		time.Sleep(90 * time.Minute)
		if n := len(g.times("https://pages.example/")); n != 21 {
			t.Errorf("%d pages asked for, want 20 and the new one", n)
		}
		last := g.got()[len(g.got())-1]
		if first := last.Articles[0]; len(first.Text) < 300 || !strings.HasSuffix(first.Title, "the ruling") || last.State.Warning != "" {
			t.Errorf("article = %q, %d bytes, warning %q, want the new title and the long text", first.Title, len(first.Text), last.State.Warning)
		}
	})
}

// Whatever a page does, the article is there, and the state says what went wrong.
func TestFullTextFailures(t *testing.T) {
	long := strings.Repeat("The feed has more to say than the page. ", 50)
	for name, test := range map[string]struct {
		page func(*http.Request) *http.Response
		feed string
		want string
		most int // pages asked for
	}{
		"not found": {func(r *http.Request) *http.Response { return respond(r, 404, "") }, shortItems(3), "3 of 3 pages could not be read (the server answered 404)", 3},
		"many fail": {func(r *http.Request) *http.Response { return respond(r, 500, "") }, shortItems(9), "4 pages were not asked for", 5},
		"busy":      {func(r *http.Request) *http.Response { return respond(r, 429, "", "Retry-After", "60") }, shortItems(9), "8 pages were not asked for", 1},
		"PDF":       {func(r *http.Request) *http.Response { return respond(r, 200, "%PDF-1.7") }, shortItems(1), "it is no web page", 1},
		"too large": {func(r *http.Request) *http.Response {
			return respond(r, 200, strings.Repeat("<p>x", 1<<20), "Content-Type", "text/html")
		}, shortItems(1), "larger than 3072 KiB", 1},
		"login": {func(r *http.Request) *http.Response { return respond(r, 302, "", "Location", "http://127.0.0.1/login") }, shortItems(1), "refused", 1},
		"other page": {func(r *http.Request) *http.Response {
			return respond(r, 200, strings.NewReplacer("erry", "oat", "company", "x", "storm", "x", "crossing", "x", "fined", "x", "after", "x").Replace(articlePage), "Content-Type", "text/html")
		}, shortItems(1), "about something else", 1},
		"too many": {goodPage, shortItems(60), "10 pages were not asked for", 50},
		"shorter":  {goodPage, strings.ReplaceAll(shortItems(1), "A short text.", long), "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &press{feed: test.feed, page: test.page}
				g := p.start(t)
				time.Sleep(30 * time.Minute)
				if len(g.got()) != 1 || g.got()[0].Err != nil {
					t.Fatalf("results = %d, want a good one", len(g.got()))
				}
				r := g.got()[0]
				if want := strings.Count(test.feed, "<item>"); len(r.Articles) != want {
					t.Errorf("%d articles, want %d", len(r.Articles), want)
				}
				if !strings.Contains(r.State.Warning, test.want) || test.want == "" && r.State.Warning != "" {
					t.Errorf("warning = %q, want %q in it", r.State.Warning, test.want)
				}
				if n := len(g.times("https://pages.example/")); n != test.most {
					t.Errorf("%d pages asked for, want %d", n, test.most)
				}
				if a := r.Articles[0]; name == "shorter" && !strings.Contains(a.Text, "more to say") || name != "shorter" && name != "too many" && a.Text != "A short text." {
					t.Errorf("text = %q, want that of the feed", a.Text)
				}
			})
		})
	}
}

// What is not known to be new is not committed as if it were.
func TestFullTextWithoutStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &press{feed: shortItems(2), page: goodPage, fault: errors.New("the disk is gone")}
		g := p.start(t)
		time.Sleep(2 * time.Minute)
		if len(g.got()) == 0 {
			t.Error("no result")
		}
		for _, r := range g.got() {
			if len(r.Articles) > 0 || !strings.Contains(r.State.Error, "the disk is gone") {
				t.Errorf("result = %d articles, error %q, want the error alone", len(r.Articles), r.State.Error)
			}
		}
	})
}

// A server that asks to wait when it is asked for a page is left alone by all sources.
func TestFullTextHeedsRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &press{feed: shortItems(9), page: func(r *http.Request) *http.Response {
			if r.URL.Path == "/feed" {
				return respond(r, 200, feedOf("x"))
			}
			return respond(r, 503, "", "Retry-After", "3600")
		}}
		g := p.start(t, story.Source{Name: "Pages", Feed: "https://pages.example/feed", Interval: time.Minute, Enabled: true})
		time.Sleep(50 * time.Minute)
		if n := len(g.times("https://pages.example/")); n > 2 {
			t.Errorf("the host was asked %d times within the hour that it asked for, want once or twice before", n)
		}
		time.Sleep(20 * time.Minute)
		if n := len(g.times("https://pages.example/feed")); n < 5 {
			t.Errorf("its feed was asked for %d times in all, want it to go on after the hour", n)
		}
	})
}

// A stop in the midst of pages loses nothing: the look is made again.
func TestFullTextStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &press{feed: shortItems(20), page: goodPage}
		g := p.start(t)
		time.Sleep(5 * time.Second)
		g.stop()
		if n := len(g.got()); n != 0 {
			t.Errorf("%d results, want none of a look that was cut short", n)
		}
	})
}
