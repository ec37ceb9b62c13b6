package feedgen

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// hashOf returns a hash of password that is quick to check.
func hashOf(t testing.TB, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(hash)
}

// guarded is a newspaper with the user ann, whose password is "harbour", a feed
// with a key, and an action.
func guarded(t testing.TB, users bool) *Handler {
	m, c := newspaper()
	c.Feeds = append(c.Feeds, Feed{Name: "mine", Key: "s3cret"})
	if users {
		c.Users = []User{{"ann", hashOf(t, "harbour")}}
	}
	h := New(Options{
		Stories: m, Log: slog.New(slog.DiscardHandler),
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "up 1\n") }),
	})
	h.mux.HandleFunc("POST /stories/{id}/act", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	})
	h.Configure(c)
	return h
}

// asker is how a request comes.
type asker struct {
	name     string
	local    bool // over loopback, to a loopback name
	user     string
	password string
	header   []string
}

func (a asker) request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if a.local {
		r.RemoteAddr, r.Host = "127.0.0.1:4711", "127.0.0.1:8080"
		r = r.WithContext(contextWithAddr(r, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}))
	}
	if a.user != "" {
		r.SetBasicAuth(a.user, a.password)
	}
	for i := 0; i+1 < len(a.header); i += 2 {
		r.Header.Set(a.header[i], a.header[i+1])
	}
	return r
}

func TestWhoMay(t *testing.T) {
	stranger, local := asker{name: "stranger"}, asker{name: "local use", local: true}
	ann, wrong := asker{name: "ann", user: "ann", password: "harbour"}, asker{name: "wrong", user: "ann", password: "haven"}
	nobody, forwarded := asker{name: "nobody", user: "bob", password: "harbour"}, asker{name: "proxy", local: true, header: []string{"X-Forwarded-For", "192.0.2.1"}}
	foreign := asker{name: "another site", local: true, user: "ann", password: "harbour", header: []string{"Sec-Fetch-Site", "cross-site"}}
	origin := asker{name: "another origin", local: true, user: "ann", password: "harbour", header: []string{"Origin", "https://evil.example"}}
	tests := []struct {
		users        bool
		method, path string
		codes        map[int][]asker
	}{
		{false, "GET", "/", map[int][]asker{200: {stranger, local, wrong, forwarded}}},
		{false, "GET", "/opml", map[int][]asker{200: {local}, 403: {stranger, ann, forwarded}}},
		{false, "GET", "/metrics", map[int][]asker{200: {local}, 403: {stranger, ann, forwarded}}},
		{false, "POST", "/stories/x/act", map[int][]asker{200: {local}, 403: {stranger, ann, forwarded, foreign, origin}}},
		{true, "GET", "/", map[int][]asker{200: {ann}, 401: {stranger, local, wrong, nobody, forwarded}}},
		{true, "HEAD", "/sources", map[int][]asker{200: {ann}, 401: {stranger, local, wrong, nobody}}},
		{true, "GET", "/api/stories", map[int][]asker{200: {ann}, 401: {stranger, local}}},
		{true, "GET", "/api/sources", map[int][]asker{200: {ann}, 401: {stranger, local}}},
		{true, "GET", "/feeds", map[int][]asker{200: {ann}, 401: {stranger}}},
		{true, "GET", "/stories/ferryferryferry2", map[int][]asker{200: {ann}, 401: {stranger}}},
		{true, "GET", "/nothing", map[int][]asker{404: {ann}, 401: {stranger}}},
		{true, "GET", "/feed.atom", map[int][]asker{200: {ann, stranger, wrong}}},
		{true, "GET", "//feed.atom", map[int][]asker{307: {ann}}},
		{true, "GET", "/feeds/mine.rss", map[int][]asker{403: {stranger, ann}}},
		{true, "GET", "/feeds/mine.rss?key=s3cret", map[int][]asker{200: {stranger, ann}}},
		{true, "GET", "/healthz", map[int][]asker{200: {stranger}}},
		{true, "GET", "/style.css", map[int][]asker{200: {stranger}}},
		{true, "GET", "/opml", map[int][]asker{200: {ann, local}, 401: {stranger, wrong, forwarded}}},
		{true, "GET", "/metrics", map[int][]asker{200: {ann, local}, 401: {stranger, nobody}}},
		{true, "POST", "/stories/x/act", map[int][]asker{200: {ann}, 401: {stranger, local, wrong, nobody}, 403: {foreign, origin}}},
		{true, "POST", "/feed.atom", map[int][]asker{405: {ann, stranger}}},
		{true, "PUT", "/stories/x/act", map[int][]asker{404: {ann}}},
		{true, "POST", "/nothing", map[int][]asker{404: {ann}}},
	}
	for _, tt := range tests {
		for code, askers := range tt.codes {
			for _, a := range askers {
				h := guarded(t, tt.users)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, a.request(tt.method, tt.path, ""))
				if w.Code != code {
					t.Errorf("users %v: %s %s by %s = %d %q, want %d", tt.users, tt.method, tt.path, a.name, w.Code, w.Body, code)
				}
				asks := w.Header().Get("WWW-Authenticate")
				if (code == 401) != (asks == `Basic realm="storyfold", charset="UTF-8"`) || w.Header().Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("users %v: %s %s by %s: headers %v", tt.users, tt.method, tt.path, a.name, w.Header())
				}
				shared := strings.HasPrefix(w.Header().Get("Cache-Control"), "public")
				if shared && (code != 200 || !strings.Contains(tt.path, "feed.") && tt.path != "/style.css") {
					t.Errorf("users %v: %s %s by %s may be kept by a shared cache", tt.users, tt.method, tt.path, a.name)
				}
			}
		}
	}
}

// A page asked for by a user shows what local use shows.
func TestUserSeesEverything(t *testing.T) {
	h := guarded(t, true)
	for _, path := range []string{"/feeds", "/feeds.opml"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, asker{user: "ann", password: "harbour"}.request("GET", path, ""))
		if !strings.Contains(w.Body.String(), "key=s3cret") || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") {
			t.Errorf("%s for a user: %s\n%s", path, w.Header().Get("Cache-Control"), w.Body)
		}
	}
	if w := get(t, h, "/feeds.opml"); w.Code != 200 || strings.Contains(w.Body.String(), "s3cret") {
		t.Errorf("/feeds.opml for a stranger: %d %s", w.Code, w.Body)
	}
}

func TestLargeForm(t *testing.T) {
	h, ann := guarded(t, true), asker{user: "ann", password: "harbour"}
	for size, want := range map[int]int{maxForm: 200, maxForm + 1: 413} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, ann.request("POST", "/stories/x/act", strings.Repeat("x", size)))
		if w.Code != want {
			t.Errorf("a form of %d bytes = %d, want %d", size, w.Code, want)
		}
	}
}

// A changed password holds from the reload on, however well the old one is remembered.
func TestChangedPassword(t *testing.T) {
	h, ann := guarded(t, true), asker{user: "ann", password: "harbour"}
	code := func(a asker) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, a.request("GET", "/", ""))
		return w.Code
	}
	if got := code(ann); got != 200 {
		t.Fatalf("ann = %d", got)
	}
	c := h.conf.Load().Config
	c.Users = []User{{"ann", hashOf(t, "lantern")}}
	h.Configure(c)
	if old, fresh := code(ann), code(asker{user: "ann", password: "lantern"}); old != 401 || fresh != 200 {
		t.Errorf("after a change: the old password gives %d, the new one %d", old, fresh)
	}
	c.Users = []User{{"bob", hashOf(t, "lantern")}}
	h.Configure(c)
	if got := code(asker{user: "ann", password: "lantern"}); got != 401 {
		t.Errorf("a removed user = %d", got)
	}
}

func TestGuessing(t *testing.T) {
	now := clock(0, 0)
	h := guarded(t, true)
	h.options.Now = func() time.Time { return now }
	ask := func(from string, a asker) *httptest.ResponseRecorder {
		r := a.request("GET", "/", "")
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	ann := asker{user: "ann", password: "harbour"}
	if got := ask("192.0.2.1:1", ann).Code; got != 200 {
		t.Fatalf("ann = %d", got)
	}
	for i := range guesses {
		if got := ask(fmt.Sprintf("192.0.2.1:%d", i), asker{user: "ann", password: fmt.Sprint(i)}).Code; got != 401 {
			t.Fatalf("guess %d = %d, want 401", i, got)
		}
	}
	bob := asker{user: "bob", password: "x"}
	w := ask("192.0.2.1:99", bob)
	if w.Code != 429 || w.Header().Get("Retry-After") != "60" || w.Header().Get("WWW-Authenticate") != "" {
		t.Errorf("one guess more = %d %v, want 429", w.Code, w.Header())
	}
	if got := ask("192.0.2.1:99", ann).Code; got != 200 {
		t.Errorf("ann, whose login is remembered, from the same address = %d", got)
	}
	if got := ask("192.0.2.2:1", bob).Code; got != 401 {
		t.Errorf("a guess from elsewhere = %d, want 401", got)
	}
	now = now.Add(guessEvery)
	if first, second := ask("192.0.2.1:99", bob).Code, ask("192.0.2.1:99", bob).Code; first != 401 || second != 429 {
		t.Errorf("later: %d, %d; want 401, 429", first, second)
	}
}

func TestClient(t *testing.T) {
	for _, tt := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:99", "", "192.0.2.1/32"},
		{"192.0.2.1:99", "198.51.100.7", "192.0.2.1/32"}, // says who wants to be somebody else
		{"[2001:db8:1:2:3::4]:99", "", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:99", "", "192.0.2.1/32"},
		{"[fe80::1%eth0]:99", "", "fe80::/64"},
		{"127.0.0.1:99", "", "127.0.0.1/32"},
		{"127.0.0.1:99", "203.0.113.9, 198.51.100.7", "198.51.100.7/32"},
		{"[::1]:99", "203.0.113.9,", "::/64"},
		{"@", "", "invalid Prefix"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.remote
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		if got := client(r).String(); got != tt.want {
			t.Errorf("client of %s for %q = %s, want %s", tt.remote, tt.forwarded, got, tt.want)
		}
	}
}

// However many guess, at once or one after the other, what is kept of them is bounded.
func TestGuessersAreBounded(t *testing.T) {
	l := newLogins()
	now := clock(0, 0)
	for i := range 3 * maxGuessers {
		l.mu.Lock()
		l.wrong(netip.PrefixFrom(netip.AddrFrom4([4]byte{192, byte(i >> 16), byte(i >> 8), byte(i)}), 32), now.Add(time.Duration(i)*time.Second))
		l.mu.Unlock()
	}
	if len(l.guesser) > maxGuessers {
		t.Errorf("%d clients are kept, want at most %d", len(l.guesser), maxGuessers)
	}
	set := newSettings(Config{Users: []User{{"ann", hashOf(t, "harbour")}}})
	l.turn <- struct{}{} // a check runs for ever
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	verdicts := make(chan verdict, 2*maxWaiting)
	for i := range 2 * maxWaiting {
		wait.Go(func() {
			verdicts <- l.check(ctx, set, "ann", fmt.Sprint(i), netip.Prefix{}, now)
		})
	}
	for range maxWaiting {
		if v := <-verdicts; v != tooOften {
			t.Errorf("a check too many = %v, want tooOften", v)
		}
	}
	cancel()
	wait.Wait()
	if <-l.turn; len(l.waiting) != 0 || len(l.turn) != 0 {
		t.Errorf("%d wait and %d run when all have gone", len(l.waiting), len(l.turn))
	}
	if v := l.check(context.Background(), set, "ann", "harbour", netip.Prefix{}, now); v != isUser {
		t.Errorf("the right password afterwards = %v", v)
	}
	if v := l.check(context.Background(), set, "ann", strings.Repeat("x", maxCredential+1), netip.Prefix{}, now); v != noUser {
		t.Errorf("an endless password = %v", v)
	}
}

// Nothing that was sent with a wrong login comes back or is logged.
func TestLoginTellsNothing(t *testing.T) {
	m, c := newspaper()
	c.Users = []User{{"ann", hashOf(t, "harbour")}}
	var log bytes.Buffer
	h := New(Options{Stories: m, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	h.Configure(c)
	known, unknown := httptest.NewRecorder(), httptest.NewRecorder()
	h.ServeHTTP(known, asker{user: "ann", password: "hunter2"}.request("GET", "/", ""))
	h.ServeHTTP(unknown, asker{user: "nobody", password: "hunter2"}.request("GET", "/", ""))
	if known.Body.String() != unknown.Body.String() || strings.Contains(known.Body.String()+log.String(), "hunter2") {
		t.Errorf("known user: %s\nunknown: %s\nlog: %s", known.Body, unknown.Body, &log)
	}
}

// BenchmarkLogin is a page for a user whose login is remembered, though its hash is a costly one.
func BenchmarkLogin(b *testing.B) {
	m, c := newspaper()
	hash, err := bcrypt.GenerateFromPassword([]byte("harbour"), bcrypt.DefaultCost)
	if err != nil {
		b.Fatal(err)
	}
	c.Users = []User{{"ann", string(hash)}}
	h := newHandler(m, c)
	r := asker{user: "ann", password: "harbour"}.request("GET", "/", "")
	b.ReportAllocs()
	for b.Loop() {
		w := &discard{http.Header{}, http.StatusOK}
		if h.ServeHTTP(w, r); w.code != 200 {
			b.Fatal(w.code)
		}
	}
}
