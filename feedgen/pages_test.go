package feedgen

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

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
	lock := p.alias["alias00000000001"]
	page := wantPage(t, h, "/stories/"+string(lock), 200)
	for _, want := range []string{
		"copied by 7", "3 more under this report", "6 more articles", "credits <bdi>Harbour Wire</bdi>", `rel="noopener noreferrer nofollow"`,
		"It scored 0.59; 0.41 was needed.", `<bdi>lock</bdi> <span class="share">31%</span>`, "took in a story of 2 articles",
		"New in later articles", "What else only one outlet reports", `href="/api/stories/` + string(lock) + `"`,
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
	h := New(Options{Stories: &memory{}, Ready: func() error { return errors.New("restoring: 12 stories to go") }})
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

func hostileStories() *memory {
	mk := &maker{}
	var p memory
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
	return &p
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

func TestStoryPageAnswers(t *testing.T) {
	p := richStories()
	h := newPageHandler(p)
	r, _ := getPage(t, h, "/stories/alias00000000001")
	if got, want := r.Header.Get("Location"), "/stories/"+string(p.alias["alias00000000001"]); r.StatusCode != 301 || got != want {
		t.Errorf("alias = %d to %q, want 301 to %q", r.StatusCode, got, want)
	}
	wantPage(t, h, "/stories/removed000000001", 410)
	wantPage(t, h, "/stories/unknown", 404)
	wantPage(t, h, "/stories/"+strings.Repeat("x", 5000), 404)

	unread := New(Options{Stories: broken{&memory{}}, Log: quiet})
	for _, path := range []string{"/", "/stories/x"} {
		if r, body := getPage(t, unread, path); r.StatusCode != 500 || strings.Contains(body, errDisk.Error()) {
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

// Text must be readable in both schemes: a contrast of at least 4.5 (WCAG AA).
func TestStyleContrast(t *testing.T) {
	light, dark, ok := strings.Cut(string(styleSheet), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("style sheet has no dark scheme")
	}
	for name, css := range map[string]string{"light": light, "dark": dark} {
		for _, pair := range [][2]string{
			{"ink", "paper"}, {"soft", "paper"}, {"spot", "paper"}, {"good", "paper"}, {"warn", "paper"}, {"bad", "paper"},
			{"ink", "tint"}, {"soft", "tint"}, {"spot", "tint"}, {"bad", "tint"}, {"good", "tint"}, {"warn", "tint"},
		} {
			a, b := luminance(t, css, pair[0]), luminance(t, css, pair[1])
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
				t.Errorf("%s scheme: %s on %s has a contrast of %.2f, want at least 4.5", name, pair[0], pair[1], ratio)
			}
		}
	}
}

// luminance returns the relative luminance of the first colour named --name in css.
func luminance(t *testing.T, css, name string) float64 {
	t.Helper()
	_, rest, ok := strings.Cut(css, "--"+name+": #")
	if !ok {
		t.Fatalf("no colour --%s", name)
	}
	var rgb [3]int
	if _, err := fmt.Sscanf(rest[:6], "%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
		t.Fatalf("colour --%s: %v", name, err)
	}
	sum := 0.0
	for i, weight := range [3]float64{0.2126, 0.7152, 0.0722} {
		c := float64(rgb[i]) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// TestPagesNameTheZone: a page names the zone of its times, as it is at these times, and none where it has none.
func TestPagesNameTheZone(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Skip(err)
	}
	const zone = "Times are in CET."
	for _, c := range []struct {
		stories *memory
		path    string
		want    bool
	}{
		{richStories(), "/", true}, {richStories(), "/about", true}, {richStories(), "/feeds", false}, {richStories(), "/stories/none", false},
		{&memory{}, "/", false}, {&memory{}, "/about", false},
	} {
		h := New(Options{Stories: c.stories, Now: func() time.Time { return pageNoon }})
		config := pageConfig(c.stories)
		config.Timezone = rome
		h.Configure(config)
		r := httptest.NewRequest("GET", c.path, nil)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if page := w.Body.String(); strings.Contains(page, zone) != c.want || !c.want && strings.Contains(page, "Times are") {
			t.Errorf("GET %s of %d stories: names the zone: %v, want %v", c.path, len(c.stories.list), !c.want, c.want)
		}
	}
}

// TestSourcesAllFail: where every source fails, the list of trouble does not push the sources off the page.
func TestSourcesAllFail(t *testing.T) {
	const all = maxTrouble + 15
	states := func() (list []story.SourceState) {
		for i := range all {
			list = append(list, story.SourceState{Name: fmt.Sprintf("Wire %d", i), Address: "https://wire.example/feed", Error: "there is no way to the server's network", Errors: 3})
		}
		return list
	}
	h := New(Options{Stories: &memory{}, States: states})
	page := wantPage(t, h, "/sources", 200)
	if !strings.Contains(page, fmt.Sprintf("%d need a look", all)) || !strings.Contains(page, "<li>and more in the list below</li>") ||
		strings.Count(page, `<li><a href="#s`) != maxTrouble || strings.Count(page, `<tr role="row" id="s`) != all {
		t.Errorf("of %d failing sources %d stand above the list and %d in it, want %d and all",
			all, strings.Count(page, `<li><a href="#s`), strings.Count(page, `<tr role="row" id="s`), maxTrouble)
	}
}

// TestSourcesTurn: thousands of sources stand on several pages, and those in one state on pages of their own.
func TestSourcesTurn(t *testing.T) {
	const all, failing = 2*maxRows + 7, 3
	states := func() (list []story.SourceState) {
		for i := range all {
			s := story.SourceState{Name: fmt.Sprintf("Wire %d.", i), Address: "https://wire.example/feed", Checked: time.Unix(1e9, 0)}
			if i >= all-failing {
				s.Error = "there is no way to the server's network"
			}
			list = append(list, s)
		}
		return list
	}
	h := New(Options{Stories: &memory{}, States: states})
	seen := map[string]int{}
	row := regexp.MustCompile(`<tr role="row" id="(s\d+)">`)
	next := regexp.MustCompile(`<a href="([^"]*)" rel="next">`)
	pages := 0
	for path := "/sources"; path != ""; pages++ {
		page := wantPage(t, h, path, 200)
		for _, m := range row.FindAllStringSubmatch(page, -1) {
			seen[m[1]]++
		}
		path = ""
		if m := next.FindStringSubmatch(page); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if pages != 3 || len(seen) != all {
		t.Errorf("%d pages show %d sources, want 3 and %d", pages, len(seen), all)
	}
	first := wantPage(t, h, "/sources", 200)
	for _, want := range []string{
		"3 need a look", fmt.Sprintf(`<a href="/sources?from=%d#s%d">`, 2*maxRows, all), "Sources 1 to 500 of 1007.",
		`<a href="/sources?state=failing">failing</a>`,
	} {
		if !strings.Contains(first, want) {
			t.Errorf("the first page lacks %q", want)
		}
	}
	if page := wantPage(t, h, "/sources?state=failing", 200); len(row.FindAllString(page, -1)) != failing || strings.Contains(page, "need a look") {
		t.Errorf("the page of those that fail shows %d", len(row.FindAllString(page, -1)))
	}
	if page := wantPage(t, h, "/sources?state=gone&from=x", 200); !strings.Contains(page, "No source is in this state") {
		t.Error("nothing is said where no source is gone")
	}
	if page := wantPage(t, h, "/sources?from=99999999&state=nonsense", 200); !strings.Contains(page, "Sources 1001 to 1007 of 1007.") {
		t.Error("beyond the end is not the last page")
	}
}
