package feedgen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"storyfold/story"
)

func TestValidators(t *testing.T) {
	m, c := newspaper()
	h := New(Options{Stories: m, Now: func() time.Time { return clock(0, 0) }})
	h.Configure(c)
	for _, path := range []string{"/feed.rss", "/feed.atom", "/feed.json", "/feeds/stories.atom", "/api/stories", "/api/stories/ferryferryferry2"} {
		first := get(t, h, path)
		etag, modified := first.Header().Get("ETag"), first.Header().Get("Last-Modified")
		if first.Code != 200 || !strings.HasPrefix(etag, `"`) || modified == "" {
			t.Fatalf("%s: %d, ETag %s, Last-Modified %s", path, first.Code, etag, modified)
		}
		if !strings.HasPrefix(path, "/api/stories/f") && modified != "Sun, 15 Mar 2026 08:10:00 GMT" {
			t.Errorf("%s: Last-Modified %s, want the last revision", path, modified)
		}
		tests := []struct {
			name   string
			header []string
			want   int
		}{
			{"the same tag", []string{"If-None-Match", etag}, 304},
			{"a weak tag among others", []string{"If-None-Match", `"x", W/` + etag}, 304},
			{"any", []string{"If-None-Match", "*"}, 304},
			{"another tag", []string{"If-None-Match", `"x"`}, 200},
			{"another tag, same date", []string{"If-None-Match", `"x"`, "If-Modified-Since", modified}, 200},
			{"same tag, old date", []string{"If-None-Match", etag, "If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"}, 304},
			{"same date", []string{"If-Modified-Since", modified}, 304},
			{"older date", []string{"If-Modified-Since", "Sat, 14 Mar 2026 00:00:00 GMT"}, 200},
			{"no date", []string{"If-Modified-Since", "yesterday"}, 200},
			{"the same tag with gzip", []string{"If-None-Match", etag, "Accept-Encoding", "gzip"}, 304},
			{"the same tag with brotli", []string{"If-None-Match", etag, "Accept-Encoding", "br"}, 304},
			{"many tags", []string{"If-None-Match", strings.Repeat(`"x", `, 10_000) + etag}, 304},
			{"commas", []string{"If-None-Match", strings.Repeat(",", 60_000)}, 200},
			{"an endless tag", []string{"If-None-Match", `"` + strings.Repeat("x", 60_000)}, 200},
			{"a range", []string{"Range", "bytes=0-3,5-9,2-4", "If-Range", etag}, 200},
		}
		for _, tt := range tests {
			w := get(t, h, path, tt.header...)
			if w.Code != tt.want {
				t.Errorf("%s, %s: %d, want %d", path, tt.name, w.Code, tt.want)
			}
			if w.Code == 304 && (w.Body.Len() > 0 || w.Header().Get("ETag") == "" || w.Header().Get("Content-Type") != "") {
				t.Errorf("%s, %s: a 304 with body %q, headers %v", path, tt.name, w.Body, w.Header())
			}
		}
	}
}

func TestHead(t *testing.T) {
	m, c := newspaper()
	server := httptest.NewServer(newHandler(m, c))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	for _, path := range []string{"/feed.rss", "/feed.json", "/healthz", "/api/sources", "/nothing"} {
		res, err := client.Head(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		same, err := client.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(res.Body)
		want, _ := io.ReadAll(same.Body)
		res.Body.Close()
		same.Body.Close()
		if len(got) > 0 || len(want) == 0 || res.StatusCode != same.StatusCode || res.Header.Get("ETag") != same.Header.Get("ETag") {
			t.Errorf("HEAD %s = %d %q %s, GET = %d %s", path, res.StatusCode, got, res.Header.Get("ETag"), same.StatusCode, same.Header.Get("ETag"))
		}
	}
}

// A second handler over the same stories writes the same bytes, whatever the time is.
func TestSameBytes(t *testing.T) {
	m, c := newspaper()
	paths := []string{"/feed.rss", "/feed.atom", "/feed.json", "/feeds.opml", "/api/stories", "/feed.atom?limit=2"}
	h := newHandler(m, c)
	for _, path := range paths {
		first := get(t, h, path)
		m2, c2 := newspaper()
		m2.gen++
		h2 := New(Options{Stories: m2, Version: "another", Now: func() time.Time { return clock(9000, 0) }})
		h2.Configure(c2)
		if again := get(t, h2, path); !bytes.Equal(first.Body.Bytes(), again.Body.Bytes()) || first.Header().Get("ETag") != again.Header().Get("ETag") {
			t.Errorf("%s is not the same on a second rendering", path)
		}
	}
}

func TestCacheFollowsStoreAndConfig(t *testing.T) {
	m, c := newspaper()
	h := newHandler(m, c)
	before := body(t, h, "/feed.rss")
	m.list[1].Brief.Headline = "Frost spares the cherries"
	if !bytes.Equal(before, body(t, h, "/feed.rss")) {
		t.Error("rendered anew while the generation stayed")
	}
	m.gen++
	if !strings.Contains(string(body(t, h, "/feed.rss")), "Frost spares the cherries") {
		t.Error("a new generation does not show")
	}
	c.Feeds[0].Title = "Another title"
	h.Configure(c)
	if !strings.Contains(string(body(t, h, "/feed.rss")), "Another title") {
		t.Error("a new config does not show")
	}
	for i := range 2 * maxAnswers {
		body(t, h, fmt.Sprintf("/feed.rss?limit=%d", i%500+1))
	}
	if n := len(h.answers.kept); n > maxAnswers || h.answers.bytes > maxAnswerBytes || h.answers.bytes <= 0 {
		t.Errorf("the cache holds %d answers, %d bytes", n, h.answers.bytes)
	}
}

func TestConcurrentRequests(t *testing.T) {
	m, c := newspaper()
	h := newHandler(m, c)
	want := body(t, newHandler(m, c), "/feed.json")
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if i%4 == 0 {
				h.Configure(c)
			}
			r := httptest.NewRequest("GET", "/feed.json", nil)
			r.Header.Set("Accept-Encoding", []string{"gzip", ""}[i%2])
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Header().Get("Content-Encoding") == "" && !bytes.Equal(w.Body.Bytes(), want) {
				t.Errorf("another answer at the same time: %d bytes, want %d", w.Body.Len(), len(want))
			}
		})
	}
	wg.Wait()
}

func TestRoutes(t *testing.T) {
	m, c := newspaper()
	c.Feeds = append(c.Feeds, Feed{Name: "a b.c"})
	m.alias = map[story.ID]story.ID{"oldoldoldoldold2": "ferryferryferry2"}
	m.removed = map[story.ID]bool{"gonegonegonegon2": true}
	unshown := ferry()
	unshown.ID, unshown.Shown = "unshownunshownu2", time.Time{}
	m.list = append(m.list, unshown)
	h := newHandler(m, c)
	tests := []struct {
		method, path string
		code         int
		contentType  string
	}{
		{"GET", "/feed.rss", 200, "application/rss+xml; charset=utf-8"},
		{"GET", "/feed.atom", 200, "application/atom+xml; charset=utf-8"},
		{"GET", "/feed.json", 200, "application/feed+json; charset=utf-8"},
		{"GET", "/feeds/stories.json", 200, "application/feed+json; charset=utf-8"},
		{"GET", "/feeds/a%20b.c.rss", 200, "application/rss+xml; charset=utf-8"},
		{"GET", "/feeds/other.rss", 404, ""},
		{"GET", "/feeds/stories.xml", 404, ""},
		{"GET", "/feeds/stories", 404, ""},
		{"GET", "/feeds.opml", 200, "text/x-opml; charset=utf-8"},
		{"GET", "/opml", 403, ""},
		{"GET", "/metrics", 404, ""},
		{"GET", "/api/stories", 200, "application/json; charset=utf-8"},
		{"GET", "/api/stories/ferryferryferry2", 200, "application/json; charset=utf-8"},
		{"GET", "/api/stories/oldoldoldoldold2", 301, "text/html; charset=utf-8"},
		{"GET", "/api/stories/gonegonegonegon2", 410, ""},
		{"GET", "/api/stories/unshownunshownu2", 404, ""},
		{"GET", "/api/stories/%3Cscript%3E", 404, ""},
		{"GET", "/api/sources", 200, "application/json; charset=utf-8"},
		{"GET", "/healthz", 200, "text/plain; charset=utf-8"},
		{"GET", "/readyz", 200, "text/plain; charset=utf-8"},
		{"GET", "/robots.txt", 200, "text/plain; charset=utf-8"},
		{"GET", "/%3Cscript%3E", 404, ""},
		{"POST", "/feed.rss", 405, ""},
		{"POST", "/", 405, ""},
		{"PUT", "/api/stories", 405, ""},
		{"DELETE", "/nothing", 404, ""},
		{"OPTIONS", "/stories/x", 405, ""},
	}
	for _, tt := range tests {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, nil))
		want := tt.contentType
		if want == "" {
			want = "text/plain; charset=utf-8"
		}
		if w.Code != tt.code || w.Header().Get("Content-Type") != want {
			t.Errorf("%s %s = %d %s, want %d %s", tt.method, tt.path, w.Code, w.Header().Get("Content-Type"), tt.code, want)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
			"Content-Security-Policy": "default-src 'none'; sandbox",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s %s: %s = %q, want %q", tt.method, tt.path, name, got, want)
			}
		}
		if w.Header().Get("Cache-Control") == "" || w.Code >= 400 && strings.Contains(w.Body.String(), "script") {
			t.Errorf("%s %s: Cache-Control %q, body %q", tt.method, tt.path, w.Header().Get("Cache-Control"), w.Body)
		}
		if w.Code == 405 && w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s %s: Allow = %q", tt.method, tt.path, w.Header().Get("Allow"))
		}
		if w.Code == 301 && w.Header().Get("Location") != c.BaseURL+"/api/stories/ferryferryferry2" {
			t.Errorf("%s: Location %q", tt.path, w.Header().Get("Location"))
		}
	}
	if w := get(t, h, "/%3Cscript%3E", "Accept", "text/html,*/*"); w.Code != 404 || !strings.Contains(w.Body.String(), "<h1>No such page</h1>") || strings.Contains(w.Body.String(), "script") {
		t.Errorf("nothing, for a browser: %d %s", w.Code, w.Body)
	}
	if got := get(t, h, "/stories/ferryferryferry2").Header().Get("Content-Security-Policy"); got != pagePolicy {
		t.Errorf("policy of a page = %q", got)
	}
	if strings.Contains(string(body(t, h, "/feed.json")), "unshown") {
		t.Error("a story that is not shown yet is in the feed")
	}
}

func TestKeyedFeed(t *testing.T) {
	m, c := newspaper()
	c.Feeds = append(c.Feeds, Feed{Name: "mine", Title: "Mine", Key: "s3cret&key"})
	h := newHandler(m, c)
	for path, want := range map[string]int{
		"/feeds/mine.rss": 403, "/feeds/mine.rss?key=": 403, "/feeds/mine.rss?key=s3cret": 403,
		"/feeds/mine.rss?key=s3cret%26key": 200, "/feeds/mine.json?limit=1&key=s3cret%26key": 200,
	} {
		w := get(t, h, path)
		if w.Code != want || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") || w.Code == 403 && strings.Contains(w.Body.String(), "s3cret") {
			t.Errorf("%s = %d, Cache-Control %q, want %d and private", path, w.Code, w.Header().Get("Cache-Control"), want)
		}
	}
	f := parse(t, body(t, h, "/feeds/mine.atom?key=s3cret%26key&limit=1"))
	if want := "http://127.0.0.1:8080/feeds/mine.atom?key=s3cret%26key&limit=1"; f.FeedLink != want {
		t.Errorf("self = %q, want %q", f.FeedLink, want)
	}
	if list := string(body(t, h, "/feeds.opml")); strings.Contains(list, "mine") || strings.Contains(list, "s3cret") {
		t.Error("/feeds.opml shows a feed with a key to a stranger")
	}
	server := httptest.NewServer(h)
	defer server.Close()
	res, err := http.Get(server.URL + "/feeds.opml")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if list, _ := io.ReadAll(res.Body); !strings.Contains(string(list), "mine.atom?key=s3cret%26key") || !strings.HasPrefix(res.Header.Get("Cache-Control"), "private") {
		t.Errorf("/feeds.opml in local use: %s %s", res.Header.Get("Cache-Control"), list)
	}
}

func TestLocalUse(t *testing.T) {
	local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	public := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8080}
	tests := []struct {
		name         string
		addr         net.Addr
		remote, host string
		base         string
		header       string
		want         bool
	}{
		{"plain", local, "127.0.0.1:4711", "127.0.0.1:8080", "http://127.0.0.1:8080", "", true},
		{"by name", local, "127.0.0.1:4711", "LocalHost:8080", "http://localhost:8080", "", true},
		{"IPv6", &net.TCPAddr{IP: net.IPv6loopback, Port: 80}, "[::1]:4711", "[::1]", "http://[::1]", "", true},
		{"mapped", local, "[::ffff:127.0.0.1]:4711", "127.0.0.1", "http://127.0.0.1:8080", "", true},
		{"no address", nil, "127.0.0.1:4711", "127.0.0.1:8080", "http://127.0.0.1:8080", "", false},
		{"public listener", public, "192.0.2.9:4711", "127.0.0.1:8080", "http://127.0.0.1:8080", "", false},
		{"public client", local, "192.0.2.9:4711", "127.0.0.1:8080", "http://127.0.0.1:8080", "", false},
		{"public base_url", local, "127.0.0.1:4711", "127.0.0.1:8080", "https://news.example", "", false},
		{"no base_url", local, "127.0.0.1:4711", "127.0.0.1:8080", "", "", false},
		{"rebinding", local, "127.0.0.1:4711", "evil.example:8080", "http://127.0.0.1:8080", "", false},
		{"almost a name", local, "127.0.0.1:4711", "127.0.0.1.evil.example", "http://127.0.0.1:8080", "", false},
		{"no host", local, "127.0.0.1:4711", "", "http://127.0.0.1:8080", "", false},
		{"forwarded", local, "127.0.0.1:4711", "127.0.0.1:8080", "http://127.0.0.1:8080", "Forwarded", false},
		{"for", local, "127.0.0.1:4711", "127.0.0.1:8080", "http://127.0.0.1:8080", "X-Forwarded-For", false},
		{"proto", local, "127.0.0.1:4711", "127.0.0.1:8080", "http://127.0.0.1:8080", "x-forwarded-proto", false},
		{"real ip", local, "127.0.0.1:4711", "127.0.0.1:8080", "http://127.0.0.1:8080", "X-Real-IP", false},
		{"via", local, "127.0.0.1:4711", "127.0.0.1:8080", "http://127.0.0.1:8080", "Via", false},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("GET", "/opml", nil)
		r.RemoteAddr, r.Host = tt.remote, tt.host
		if tt.addr != nil {
			r = r.WithContext(contextWithAddr(r, tt.addr))
		}
		if tt.header != "" {
			r.Header.Set(tt.header, "")
		}
		if got := localUse(r, &Config{BaseURL: tt.base}); got != tt.want {
			t.Errorf("%s: localUse = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// failing is a source whose address and error hold secrets.
func failing() story.SourceState {
	return story.SourceState{
		Name: "north", Address: "https://joe:pass@north.example/feed?token=abc#x", Format: "RSS 2.0",
		Checked: clock(1, 0), Next: clock(2, 0), NextReason: "back-off after 2 errors",
		Error: `Get "https://joe:pass@north.example/feed?token=abc": connection refused`, Errors: 2, Articles: 4, Stories: 3,
	}
}

func TestSources(t *testing.T) {
	m, c := newspaper()
	c.Sources[4].Enabled = false
	states := []story.SourceState{
		failing(), {Name: "harbour"}, {Name: "island", Checked: clock(1, 0)}, {Name: "ledger", Gone: true, Error: "410"}, {Name: "bote", Error: "x", Paused: true},
	}
	h := New(Options{Stories: m, States: func() []story.SourceState { return states }, Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "up 1\n") })})
	h.Configure(c)
	var stranger, local struct{ Sources []apiSource }
	text := body(t, h, "/api/sources")
	if err := json.Unmarshal(text, &stranger); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"joe", "pass", "abc"} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("/api/sources tells a stranger %q", secret)
		}
	}
	var got []string
	for _, s := range stranger.Sources {
		got = append(got, s.State)
	}
	if want := []string{"failing", "new", "ok", "gone", "paused"}; !slices.Equal(got, want) {
		t.Errorf("states = %v, want %v", got, want)
	}
	if s := stranger.Sources[1]; s.LastChecked != nil || s.NextCheck != nil {
		t.Errorf("a source never checked: %+v", s)
	}

	server := httptest.NewServer(h)
	defer server.Close()
	fetch := func(path string) string {
		res, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return string(text)
	}
	if err := json.Unmarshal([]byte(fetch("/api/sources")), &local); err != nil {
		t.Fatal(err)
	}
	if s := local.Sources[0]; s.URL != states[0].Address || s.LastError != states[0].Error || *s.NextCheck != "2026-03-14T08:00:00Z" {
		t.Errorf("in local use: %+v", s)
	}
	if text := fetch("/opml"); !strings.Contains(text, `xmlUrl="https://north.example/feed"`) || strings.Count(text, "<outline") != 6 {
		t.Errorf("/opml = %s", text)
	}
	if text := fetch("/metrics"); text != "up 1\n" {
		t.Errorf("/metrics in local use = %q", text)
	}
	if w := get(t, h, "/metrics"); w.Code != 403 {
		t.Errorf("/metrics for a stranger = %d", w.Code)
	}
}

func TestMask(t *testing.T) {
	for _, tt := range [][2]string{
		{"https://north.example/feed", "https://north.example/feed"},
		{"https://north.example:8443/a%20b?x=1", "https://north.example:8443/a%20b?…"},
		{"https://joe:pass@north.example/feed", "https://…@north.example/feed"},
		{"HTTP://joe@north.example/#secret", "http://…@north.example/?…"},
		{"http://joe:p%zz@north.example/feed?x", "http://…@north.example/feed?…"},
		{"/srv/articles/?/*.txt", "/srv/articles/?/*.txt"},
		{"", ""},
	} {
		if got := maskAddress(tt[0]); got != tt[1] {
			t.Errorf("maskAddress(%q) = %q, want %q", tt[0], got, tt[1])
		}
	}
	if got, want := maskText(failing().Error), `Get "https://…@north.example/feed?…": connection refused`; got != want {
		t.Errorf("maskText = %q, want %q", got, want)
	}
}

func TestReady(t *testing.T) {
	m, c := newspaper()
	reason := errors.New("restoring 12 of 40 stories")
	h := New(Options{Stories: m, Ready: func() error { return reason }})
	h.Configure(c)
	if w := get(t, h, "/readyz"); w.Code != 503 || w.Body.String() != "not ready: restoring 12 of 40 stories\n" {
		t.Errorf("/readyz = %d %q", w.Code, w.Body)
	}
	if w := get(t, h, "/healthz"); w.Code != 200 {
		t.Errorf("/healthz = %d while not ready", w.Code)
	}
	reason = nil
	if w := get(t, h, "/readyz"); w.Code != 200 || w.Body.String() != "ready\n" {
		t.Errorf("/readyz = %d %q, want ready", w.Code, w.Body)
	}
}

func TestStoreError(t *testing.T) {
	m, c := newspaper()
	h := New(Options{Stories: broken{m}, Log: quiet})
	h.Configure(c)
	for _, path := range []string{"/feed.rss", "/api/stories", "/api/stories/ferryferryferry2"} {
		w := get(t, h, path)
		if w.Code != 500 || strings.Contains(w.Body.String(), "disk") || w.Header().Get("ETag") != "" || !strings.Contains(w.Header().Get("Cache-Control"), "no-store") {
			t.Errorf("%s with a broken store = %d %q %v", path, w.Code, w.Body, w.Header())
		}
	}
}
