package feedgen

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"storyfold/story"
)

// getPage asks h for a page and returns the answer with its body.
func getPage(t *testing.T, h http.Handler, target string) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

// wantPage asks for a page that must answer with status and be well made.
func wantPage(t *testing.T, h http.Handler, target string, status int) string {
	t.Helper()
	r, body := getPage(t, h, target)
	if r.StatusCode != status {
		t.Fatalf("GET %s = %d, want %d", target, r.StatusCode, status)
	}
	if got := r.Header.Get("Content-Type"); got != htmlType {
		t.Errorf("GET %s: Content-Type = %q, want %q", target, got, htmlType)
	}
	if policy := r.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") ||
		!strings.Contains(policy, "style-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("GET %s: Content-Security-Policy = %q", target, policy)
	}
	for _, fault := range pageFaults(body) {
		t.Errorf("GET %s: %s", target, fault)
	}
	return body
}

// pageFaults walks a page and names what is wrong with it.
func pageFaults(body string) []string {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	w := &pageWalk{ids: map[string]bool{}, labels: map[string]bool{}, seen: map[string]int{}}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			w.element(n)
		}
	}
	for _, name := range []string{"title", "main", "h1", "header", "footer"} {
		if w.seen[name] == 0 || name != "header" && w.seen[name] > 1+w.svgTitles*btoi(name == "title") {
			w.fault("%d <%s> elements", w.seen[name], name)
		}
	}
	for _, id := range w.refs {
		if !w.ids[id] {
			w.fault("#%s leads nowhere", id)
		}
	}
	for _, id := range w.inputs {
		if !w.labels[id] {
			w.fault("input %q has no label", id)
		}
	}
	return w.faults
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pageWalk is what pageFaults notes on its way.
type pageWalk struct {
	ids, labels  map[string]bool
	refs, inputs []string
	seen         map[string]int
	svgTitles    int
	heading      int
	faults       []string
}

func (w *pageWalk) fault(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

// element looks at one element.
func (w *pageWalk) element(n *html.Node) {
	attrs := map[string]string{}
	for _, a := range n.Attr {
		attrs[a.Key] = a.Val
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			w.fault("<%s> has the attribute %s", n.Data, a.Key)
		}
		w.address(n, a)
	}
	w.seen[n.Data]++
	if id, ok := attrs["id"]; ok {
		if w.ids[id] || id == "" {
			w.fault("id %q is not unique", id)
		}
		w.ids[id] = true
	}
	w.refs = append(w.refs, strings.Fields(attrs["aria-labelledby"])...)
	switch n.Data {
	case "script", "style", "iframe", "object", "embed", "base":
		w.fault("<%s> on the page", n.Data)
	case "html":
		if attrs["lang"] == "" {
			w.fault("<html> without lang")
		}
	case "title":
		if n.Parent.Data != "head" {
			w.svgTitles++
		} else if n.FirstChild == nil {
			w.fault("empty <title>")
		}
	case "img":
		if _, ok := attrs["alt"]; !ok {
			w.fault("<img> without alt")
		}
	case "svg":
		if attrs["aria-hidden"] != "true" && attrs["role"] != "img" {
			w.fault("<svg> is neither hidden nor an image")
		}
	case "label":
		w.labels[attrs["for"]] = true
	case "input":
		if attrs["type"] != "hidden" {
			w.inputs = append(w.inputs, attrs["id"])
		}
	case "nav", "table":
		if attrs["aria-label"] == "" && n.Data == "nav" {
			w.fault("<nav> without a name")
		}
	case "time":
		if _, err := time.Parse(time.RFC3339, attrs["datetime"]); err != nil {
			w.fault("<time datetime=%q>", attrs["datetime"])
		}
	case "h1", "h2", "h3", "h4":
		level := int(n.Data[1] - '0')
		if level > w.heading+1 {
			w.fault("<%s> follows a heading of level %d", n.Data, w.heading)
		}
		w.heading = level
	}
}

// address looks at an attribute that may hold an address.
func (w *pageWalk) address(n *html.Node, a html.Attribute) {
	switch a.Key {
	case "src", "srcset", "poster", "data", "background", "xlink:href":
		w.fault("<%s %s=%q> loads something", n.Data, a.Key, a.Val)
	case "href", "action":
	default:
		return
	}
	u, err := url.Parse(a.Val)
	switch {
	case err != nil:
		w.fault("address %q: %v", a.Val, err)
	case n.Data == "link" && (u.IsAbs() || u.Host != ""):
		w.fault("<link href=%q> leads to another host", a.Val)
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "feed":
		w.fault("<%s %s=%q>", n.Data, a.Key, a.Val)
	case strings.HasPrefix(a.Val, "#"):
		w.refs = append(w.refs, u.Fragment)
	}
}

func TestPagesRich(t *testing.T) {
	p := richStories()
	h := newPageHandler(p)
	front := wantPage(t, h, "/", 200)
	for _, want := range []string{
		"Sea lock at Port Ellery fails", "<b>5</b> independent reports <span>14 articles</span>", "and 9 more",
		`lang="ar" dir="auto"`, `<time datetime="2026-11-21T11:25:00Z">21 Nov, 11:25</time>`,
		`type="application/atom+xml" title="Stories" href="/feed.atom"`, `href="/feeds/world.json"`,
		`<cite dir="auto">Harbour Wire</cite>`, "Saturday, 21 November 2026",
	} {
		if !strings.Contains(front, want) {
			t.Errorf("front page lacks %q", want)
		}
	}
	if strings.Contains(front, "s3cret") || strings.Contains(front, "desk.atom") {
		t.Error("front page names a feed with a key")
	}
	lock := p.aliases[0].To
	page := wantPage(t, h, "/stories/"+string(lock), 200)
	for _, want := range []string{
		"copied by 7", "3 more under this report", "credits <bdi>Harbour Wire</bdi>", `rel="noopener noreferrer nofollow"`,
		"It scored 0.59; 0.41 was needed.", `<bdi>lock</bdi> <span class="share">31%</span>`, "took in a story of 2 articles",
		"New in later articles", "What only one outlet reports", `href="/api/stories/` + string(lock) + `"`,
		`<svg class="timeline"`, "first seen", "revision 5",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("story page lacks %q", want)
		}
	}
	if strings.Contains(page, "Harbour list") {
		t.Error("story page names a source that is not configured")
	}
	for _, s := range p.list {
		wantPage(t, h, "/stories/"+string(s.ID), 200)
	}
	sources := wantPage(t, h, "/sources", 200)
	for _, want := range []string{">failing<", ">gone<", ">new<", ">ok<", "503 (Service Unavailable)", "Retry-After", "cut off, 12 items", "4 times in a row", "moved for good"} {
		if !strings.Contains(sources, want) {
			t.Errorf("sources page lacks %q", want)
		}
	}
	feeds := wantPage(t, h, "/feeds", 200)
	for _, want := range []string{"feed:http://127.0.0.1:8080/feed.atom", "/feeds/world.rss", "at least 2 independent reports", "/feeds.opml", "1 more with a key"} {
		if !strings.Contains(feeds, want) {
			t.Errorf("feeds page lacks %q", want)
		}
	}
}

func TestPagesHideSecretsFromStrangers(t *testing.T) {
	h := newPageHandler(richStories())
	local := httptest.NewServer(h) // its requests come over the loopback network
	defer local.Close()
	for _, path := range []string{"/sources", "/feeds", "/"} {
		if _, body := getPage(t, h, path); strings.Contains(body, "s3cret") || strings.Contains(body, "token=abc") || strings.Contains(body, "reader:pass") {
			t.Errorf("GET %s from elsewhere shows a secret", path)
		}
	}
	for path, want := range map[string]string{"/sources": "token=abc", "/feeds": "s3cret"} {
		r, err := http.Get(local.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("GET %s in local use lacks %q", path, want)
		}
		for _, fault := range pageFaults(string(body)) {
			t.Errorf("GET %s in local use: %s", path, fault)
		}
	}
}

func TestPagesEmpty(t *testing.T) {
	h := New(Options{Stories: &pageStories{}, Ready: func() error { return errors.New("restoring: 12 stories to go") }})
	for path, want := range map[string]string{
		"/": "No stories yet", "/?q=ferry": "No story matches", "/?before=5.x": "nothing older",
		"/sources": "12 stories to go", "/feeds": "/feed.atom",
	} {
		if body := wantPage(t, h, path, 200); !strings.Contains(body, want) {
			t.Errorf("GET %s lacks %q", path, want)
		}
	}
	h.Configure(Config{Sources: []story.Source{{Name: "Wire", Feed: "https://wire.example/feed", Enabled: true}}})
	if body := wantPage(t, h, "/", 200); !strings.Contains(body, "storyfold refresh") {
		t.Error("front page with a source and without stories does not say what to do")
	}
}

// hostile is text as nobody should send it.
const hostile = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\x00\x07 \u202Egnp.exe\u2066 \"' {{.}} ]]> &amp; "

func hostileStories() *pageStories {
	mk := &maker{}
	var p pageStories
	for i, title := range []string{hostile, hostile + strings.Repeat("ä\u0300 long ", 20_000), "", strings.Repeat("x", 100_000), "\xff\xfe broken \xc3", "مرحبا <b>"} {
		s := mk.make("\"><script>", hostile, title,
			piece{90, 1, hostile, title, []string{hostile}}, piece{60, 1, "b" + hostile, title, []string{hostile}}, piece{50, 2, strings.Repeat("o", 9000), title, nil})
		summarize(&s, []int{0, 2}, title+hostile, strings.Repeat("文", 40_000))
		s.Brief.New, s.Brief.Only = s.Brief.Summary, s.Brief.Summary
		s.Brief.Summary = append(s.Brief.Summary, story.Sentence{Text: "of no one", Article: 99_999})
		s.History = []story.Event{{Time: pageNoon, Kind: story.Merge, Text: hostile}}
		s.Members[0].URL = []string{"javascript:alert(1)", "data:text/html,<script>", "//evil.example/x", "https://ok.example/\"><script>", "http:", "ftp://x.example/"}[i]
		s.Members[1].URL = "https://ok.example/?a=1&b=<script>"
		s.Members[1].Why = story.Reason{Rule: hostile, Score: -5, Threshold: 1e300, Near: story.ID(hostile), NearScore: -1, Terms: []story.Term{{Text: hostile, Weight: 1e9}, {}}}
		s.Revisions[0].Reason = hostile
		p.list = append(p.list, s)
	}
	return p.sort()
}

func TestPagesHostile(t *testing.T) {
	p := hostileStories()
	c := pageConfig(p)
	c.Feeds = append(c.Feeds, Feed{Name: hostile, Title: hostile, Categories: []string{hostile}, Sources: []string{hostile}, Languages: []string{hostile}})
	for i := range c.Sources {
		c.Sources[i].Category = hostile
	}
	h := New(Options{Stories: p, States: func() []story.SourceState {
		return []story.SourceState{{Name: hostile, Address: "javascript:alert(1)", Site: "javascript:alert(1)", Format: hostile, Error: hostile + strings.Repeat("e", 100_000),
			Warning: hostile, NextReason: hostile, Moved: hostile, ErrorSince: pageNoon, Checked: pageNoon}}
	}})
	h.Configure(c)
	paths := []string{"/", "/sources", "/feeds", "/?q=" + url.QueryEscape(hostile), "/?category=" + url.QueryEscape(hostile) + "&lang=%22%3E", "/?before=-1.%00", "/?lang=zz"}
	for _, s := range p.list {
		paths = append(paths, "/stories/"+string(s.ID))
	}
	for _, path := range paths {
		body := wantPage(t, h, path, 200)
		if strings.Contains(body, "<script") || strings.ContainsAny(body, "\x00\x07\u202E\u2066") {
			t.Errorf("GET %s holds what a source may not say", path)
		}
		if len(body) > 60<<10 {
			t.Errorf("GET %s: %d bytes, want at most 60 KB", path, len(body))
		}
	}
}

// manyStories are n stories with texts of the usual length.
func manyStories(n int) *pageStories {
	mk := &maker{}
	var p pageStories
	for i := range n {
		title := fmt.Sprintf("Council number %d agrees on a plan for the river, and the ferry keeps its timetable", i)
		pieces := []piece{{10 * i, 1, "Harbour Wire", title, nil}}
		for j := range i % 4 {
			pieces = append(pieces, piece{10*i + j, 2 + j, []string{"Coastline Post", "The Northern Ledger", "Radio Estuary"}[j], title, nil})
		}
		s := mk.make("en", "world", title, pieces...)
		text := "The council agreed on Tuesday on a plan that gives the river more room & keeps the ferry's timetable as it is until the new bridge opens."
		summarize(&s, []int{0}, text)
		if len(pieces) > 1 {
			summarize(&s, []int{1}, text)
		}
		p.list = append(p.list, s)
	}
	return p.sort()
}

func TestFrontPageSizeAndPaging(t *testing.T) {
	p := manyStories(200)
	h := newPageHandler(p)
	seen := map[string]int{}
	path := "/"
	for turns := 0; path != ""; turns++ {
		if turns > 10 {
			t.Fatal("paging does not end")
		}
		body := wantPage(t, h, path, 200)
		if len(body) >= 60_000 {
			t.Errorf("GET %s: %d bytes, want less than 60 KB", path, len(body))
		}
		ids := storyLinks(body)
		if turns < 3 && len(ids) != frontStories {
			t.Errorf("GET %s: %d stories, want %d", path, len(ids), frontStories)
		}
		for _, id := range ids {
			seen[id]++
		}
		path = linkWithRel(body, "next")
	}
	for _, s := range p.list {
		if seen[string(s.ID)] != 1 {
			t.Errorf("story %s is on %d pages, want 1", s.ID, seen[string(s.ID)])
		}
	}
}

// storyLinks returns the ids of the stories that a page's headings link to.
func storyLinks(body string) []string {
	root, _ := html.Parse(strings.NewReader(body))
	var ids []string
	for n := range root.Descendants() {
		if n.Data != "a" || n.Parent.Data != "h3" {
			continue
		}
		for _, a := range n.Attr {
			if id, ok := strings.CutPrefix(a.Val, "/stories/"); ok && a.Key == "href" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func linkWithRel(body, rel string) string {
	root, _ := html.Parse(strings.NewReader(body))
	for n := range root.Descendants() {
		if n.Data == "a" && slices.Contains(n.Attr, html.Attribute{Key: "rel", Val: rel}) {
			for _, a := range n.Attr {
				if a.Key == "href" {
					return a.Val
				}
			}
		}
	}
	return ""
}

// The front page's early stop must not change what it shows.
func TestRankStoriesAgreesWithSortingAll(t *testing.T) {
	p := manyStories(900)
	h := newPageHandler(p)
	v := h.view()
	var all []rankedStory
	for s, err := range v.stories() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rankedStory{s, rankOf(s)})
	}
	slices.SortFunc(all, compareRank)
	found, err := rankStories(v, query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.stories) != frontStories+1 {
		t.Fatalf("rankStories found %d stories, want %d", len(found.stories), frontStories+1)
	}
	for i, r := range found.stories {
		if r.ID != all[i].ID {
			t.Fatalf("place %d: story %s, want %s", i, r.ID, all[i].ID)
		}
	}
}

func TestFrontPageFilters(t *testing.T) {
	h := newPageHandler(richStories())
	for _, test := range []struct {
		query string
		want  []string // in headlines
		not   []string
	}{
		{"?q=FERRIES+lock", []string{"Sea lock"}, []string{"comet"}},
		{"?q=ministry+watch", []string{"Sea lock"}, []string{"comet"}},
		{"?q=ferries+comet", nil, []string{"Sea lock", "Probe"}},
		{"?lang=de", []string{"Stadttheater"}, []string{"Sea lock"}},
		{"?category=SCIENCE", []string{"Probe"}, []string{"Sea lock"}},
		{"?category=science&lang=ja", []string{"湖の水位"}, []string{"Probe"}},
	} {
		body := wantPage(t, h, "/"+test.query, 200)
		for _, w := range test.want {
			if !strings.Contains(body, w) {
				t.Errorf("GET /%s lacks %q", test.query, w)
			}
		}
		for _, n := range test.not {
			if strings.Contains(body, n) {
				t.Errorf("GET /%s holds %q", test.query, n)
			}
		}
	}
}

func TestFrontPageOrder(t *testing.T) {
	ids := storyLinks(wantPage(t, newPageHandler(richStories()), "/", 200))
	if len(ids) != 14 || ids[0] != "story00000000001" {
		t.Errorf("stories = %v, want 14 with the one of five reports first", ids)
	}
}

func TestStoryPageAnswers(t *testing.T) {
	p := richStories()
	h := newPageHandler(p)
	r, _ := getPage(t, h, "/stories/alias00000000001")
	if got, want := r.Header.Get("Location"), "/stories/"+string(p.aliases[0].To); r.StatusCode != 301 || got != want {
		t.Errorf("alias = %d to %q, want 301 to %q", r.StatusCode, got, want)
	}
	wantPage(t, h, "/stories/removed000000001", 410)
	wantPage(t, h, "/stories/unknown", 404)
	wantPage(t, h, "/stories/"+strings.Repeat("x", 5000), 404)

	quiet := slog.New(slog.DiscardHandler)
	broken := New(Options{Stories: &pageStories{broken: errors.New("disk gone")}, Log: quiet})
	for _, path := range []string{"/", "/stories/x"} {
		if r, body := getPage(t, broken, path); r.StatusCode != 500 || strings.Contains(body, "disk gone") {
			t.Errorf("GET %s with a broken store = %d, want 500 without details", path, r.StatusCode)
		}
	}
}

func TestPagesAreTheSameBytes(t *testing.T) {
	for _, path := range []string{"/", "/?q=lock", "/stories/story00000000001", "/sources", "/feeds"} {
		r1, first := getPage(t, newPageHandler(richStories()), path)
		_, second := getPage(t, newPageHandler(richStories()), path)
		if first != second {
			t.Errorf("GET %s differs between two renders", path)
		}
		q := httptest.NewRequest("GET", path, nil)
		q.Header.Set("If-None-Match", r1.Header.Get("ETag"))
		w := httptest.NewRecorder()
		newPageHandler(richStories()).ServeHTTP(w, q)
		if w.Code != http.StatusNotModified {
			t.Errorf("GET %s with its ETag = %d, want 304", path, w.Code)
		}
	}
}

func TestPagesUnderAPath(t *testing.T) {
	p := richStories()
	h := newPageHandler(p)
	c := pageConfig(p)
	c.BaseURL = "https://news.example/fold"
	h.Configure(c)
	for _, path := range []string{"/", "/stories/story00000000001", "/sources", "/feeds", "/stories/none"} {
		_, body := getPage(t, h, path)
		for _, wrong := range []string{`href="/s`, `href="/f"`, `href="/feed`, `action="/"`} {
			if strings.Contains(body, wrong) {
				t.Errorf("GET %s links outside of the base URL: %s", path, wrong)
			}
		}
	}
}

func TestAssets(t *testing.T) {
	h := newPageHandler(richStories())
	_, front := getPage(t, h, "/")
	path := "/style.css?v=" + styleVersion
	if !strings.Contains(front, path) {
		t.Errorf("front page does not load %s", path)
	}
	r, css := getPage(t, h, path)
	if r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/css") || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("GET %s = %d, %v", path, r.StatusCode, r.Header)
	}
	for _, word := range []string{"http:", "https:", "url(", "@import"} {
		if strings.Contains(css, word) {
			t.Errorf("style sheet holds %q", word)
		}
	}
	if r, _ := getPage(t, h, "/style.css"); strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
		t.Error("GET /style.css may be kept for good, but its address has no version")
	}
	if r, _ := getPage(t, h, "/favicon.svg"); r.StatusCode != 200 || r.Header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("GET /favicon.svg = %d, %q", r.StatusCode, r.Header.Get("Content-Type"))
	}
}

func TestReportsOfAgreesWithIndependent(t *testing.T) {
	members := func(pairs ...string) []story.Member {
		var list []story.Member
		for i, p := range pairs {
			list = append(list, story.Member{Seq: uint64(i + 1), Family: int(p[0] - '0'), Outlet: p[1:], Time: pageNoon.Add(time.Duration(-i) * time.Hour)})
		}
		return list
	}
	for _, m := range [][]story.Member{
		members("1a"), members("1a", "1b"), members("1a", "2b"), members("1a", "2a"), members("1a", "2b", "3c", "2a"),
		members("1a", "2b", "1b", "3c"), members("0a", "0b"), members("1a", "1b", "2b", "2c", "3d"),
	} {
		reports := reportsOf(m)
		if got, want := len(reports), story.Independent(m); got != want {
			t.Errorf("reportsOf(%v) has %d reports, want %d", m, got, want)
		}
		n := 0
		for _, r := range reports {
			n += 1 + len(r.Rest)
			for _, x := range r.Rest {
				if x.Time.Before(r.Lead.Time) {
					t.Errorf("%s is before the report it stands under", x.Outlet)
				}
			}
		}
		if n != len(m) {
			t.Errorf("reportsOf(%v) has %d articles, want %d", m, n, len(m))
		}
	}
}

func TestTimelineTicks(t *testing.T) {
	place := func(time.Time) float64 { return 50 }
	for _, test := range []struct {
		length time.Duration
		want   string
	}{
		{40 * time.Minute, "12:15 12:30"},
		{6 * time.Hour, "14:00 16:00"},
		{20 * time.Hour, "18:00 22 Nov 06:00"},
		{3 * 24 * time.Hour, "22 Nov 23 Nov 24 Nov"},
		{10 * 365 * 24 * time.Hour, ""},
		{2 * time.Second, ""},
	} {
		var got []string
		ticks := newTicks(pageNoon, pageNoon.Add(test.length), time.UTC, place, 0)
		for _, tick := range ticks {
			got = append(got, tick.Text)
		}
		if test.want != "" && strings.Join(got, " ") != test.want {
			t.Errorf("ticks of %v = %v, want %s", test.length, got, test.want)
		}
		if len(got) > 12 {
			t.Errorf("ticks of %v: %d of them", test.length, len(got))
		}
	}
}
