package feedgen

import (
	"html"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// actionLinks are the links to actions in a feed.
func actionLinks(feed string) (links []string) {
	feed = strings.ReplaceAll(html.UnescapeString(html.UnescapeString(feed)), `\"`, `"`)
	for _, m := range regexp.MustCompile(`href="(http[^"]*/(?:mute|correct)\?[^"]*)"`).FindAllStringSubmatch(feed, -1) {
		links = append(links, m[1])
	}
	return links
}

// TestOwnAnswers proves that entries lead to what changes a story in answers to
// who may do that, and that no such answer is given to anybody else.
func TestOwnAnswers(t *testing.T) {
	m, c := newspaper()
	now := clock(40, 0)
	h := New(Options{Stories: m, Mutes: &muteShelf{}, Corrections: &book{}, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	h.Configure(c)
	ask := func(a asker, path string) (string, string) {
		t.Helper()
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, a.request("GET", path, "")); w.Code != 200 {
			t.Fatalf("%s = %d %s", path, w.Code, w.Body)
		}
		text, _ := io.ReadAll(w.Body)
		return string(text), w.Header().Get("Cache-Control")
	}
	local, stranger := asker{local: true}, asker{}
	proxied := asker{local: true, header: []string{"X-Forwarded-For", "192.0.2.7"}}
	for _, path := range []string{"/feed.rss", "/feed.atom", "/feed.json", "/feeds/stories.atom?limit=2", "/search.rss?q=ferry"} {
		for range 2 { // in turns: whoever came first, nobody gets the other's
			own, cache := ask(local, path)
			if len(actionLinks(own)) == 0 || !strings.HasPrefix(cache, "private") {
				t.Errorf("%s for local use: %d links, Cache-Control %s", path, len(actionLinks(own)), cache)
			}
			for _, a := range []asker{stranger, proxied} {
				text, cache := ask(a, path)
				if got := actionLinks(text); len(got) > 0 || !strings.HasPrefix(cache, "public") {
					t.Errorf("%s for others: %q, Cache-Control %s", path, got, cache)
				}
			}
			m.gen++ // and after a change
		}
	}
	before, _ := ask(local, "/feed.atom")
	now = now.AddDate(0, 0, 3)
	m.gen++
	if after, _ := ask(local, "/feed.atom"); after != before {
		t.Error("the links change with the clock")
	}

	hub := c
	hub.Hub = "https://hub.example/"
	h.Configure(hub)
	if text, _ := ask(local, "/feed.atom"); len(actionLinks(text)) > 0 {
		t.Error("what a hub hands on holds links to actions")
	}
	keyed := c
	keyed.Feeds = []Feed{{Name: "mine", Key: "k"}}
	h.Configure(keyed)
	if text, _ := ask(stranger, "/feeds/mine.rss?key=k"); len(actionLinks(text)) > 0 {
		t.Error("a feed with a key holds links although nobody can log in")
	}
	keyed.Users = []User{{"ann", hashOf(t, "harbour")}}
	h.Configure(keyed)
	if text, cache := ask(stranger, "/feeds/mine.rss?key=k"); len(actionLinks(text)) == 0 || !strings.HasPrefix(cache, "private") {
		t.Errorf("a feed with a key holds no links, Cache-Control %s", cache)
	}
}

// TestLeaveOutByLink follows the link of an entry to the page that asks, and
// presses its button.
func TestLeaveOutByLink(t *testing.T) {
	m, c := newspaper()
	b := &book{}
	h := New(Options{Stories: m, Corrections: b, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return clock(40, 0) }})
	h.Configure(c)
	local := asker{local: true}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, local.request("GET", path, ""))
		return w
	}
	links := actionLinks(get("/feed.atom").Body.String())
	if len(links) == 0 {
		t.Fatal("no entry has a link")
	}
	for _, link := range links {
		if !strings.HasPrefix(link, c.BaseURL+"/stories/") {
			t.Fatalf("link %s", link)
		}
	}
	s := ferry()
	link := strings.TrimPrefix(links[0], c.BaseURL)
	if !strings.Contains(link, string(s.ID)) {
		t.Fatalf("the first link is %s, want that of %s", link, s.ID)
	}
	page := get(link)
	text := page.Body.String()
	form := regexp.MustCompile(`<form method="post" action="([^"]*)"`).FindStringSubmatch(text)
	if page.Code != 200 || form == nil || strings.Count(text, `type="radio"`) != len(s.Members) || page.Header().Get("Cache-Control") != "private, no-store" {
		t.Fatalf("the question: %d\n%s", page.Code, text)
	}
	if len(b.asked) > 0 {
		t.Fatalf("a GET asked for %q", b.asked)
	}
	local.header = []string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, local.request("POST", html.UnescapeString(form[1]), url.Values{"do": {"out"}, "a": {string(s.Members[1].ID)}}.Encode()))
	if w.Code != 303 || w.Header().Get("Location") != "/stories/"+string(s.ID) || len(b.asked) != 1 || b.asked[0] != "out "+string(s.Members[1].ID) {
		t.Errorf("the button: %d to %s, asked %q", w.Code, w.Header().Get("Location"), b.asked)
	}

	closed := ferry()
	closed.Closed = true
	m.list[0], m.gen = closed, m.gen+1
	if w := get(link); w.Code != 409 || !strings.Contains(w.Body.String(), "This story is closed") || strings.Contains(w.Body.String(), "<form") {
		t.Errorf("the question about a closed story: %d\n%s", w.Code, w.Body)
	}
	if w := get(correctPath(s.ID)); w.Code != 403 {
		t.Errorf("without a signature: %d", w.Code)
	}
}
