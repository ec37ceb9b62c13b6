package fetcher

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"storyfold/story"
)

// feedOf returns an RSS document with these titles.
func feedOf(titles ...string) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Test feed</title><link>https://example.org/</link>`)
	for _, t := range titles {
		fmt.Fprintf(&b, `<item><title>%s</title><guid isPermaLink="false">%[1]s</guid><description>About %[1]s.</description></item>`, t)
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

// newFetcher returns a Fetcher for tests, which may reach the loopback.
func newFetcher(t *testing.T, change ...func(*Options)) *Fetcher {
	t.Helper()
	o := Options{AllowPrivateNetworks: true, HostDelay: -1, Timeout: 10 * time.Second}
	for _, c := range change {
		c(&o)
	}
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.client.close)
	return f
}

// serve starts a server that answers with h.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func fetch(t *testing.T, f *Fetcher, url string, st story.SourceState) *Result {
	t.Helper()
	return f.Fetch(t.Context(), story.Source{Name: "s", Feed: url, Enabled: true}, st)
}

func titles(r *Result) string {
	var out []string
	for _, a := range r.Articles {
		out = append(out, a.Title)
	}
	return strings.Join(out, ",")
}

func TestConditionalGet(t *testing.T) {
	const tag, date = `W/"odd tag`, "Fri, 20 Nov 2026 10:00:00 GMT"
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == tag && r.Header.Get("If-Modified-Since") == date {
			w.Header().Set("ETag", `"next"`)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header()["ETag"] = []string{tag}
		w.Header().Set("Last-Modified", date)
		io.WriteString(w, feedOf("a", "b"))
	})
	f := newFetcher(t)
	r := fetch(t, f, s.URL, story.SourceState{})
	if r.Err != nil || titles(r) != "a,b" || r.State.ETag != tag || r.State.LastModified != date || r.State.Items != 2 {
		t.Fatalf("first look = %q, %+v, %v", titles(r), r.State, r.Err)
	}
	r2 := fetch(t, f, s.URL, r.State)
	if !r2.NotModified || r2.Err != nil || len(r2.Articles) != 0 {
		t.Fatalf("second look: NotModified %v, Err %v, want a 304 without articles", r2.NotModified, r2.Err)
	}
	if r2.State.ETag != `"next"` || r2.State.LastModified != date || r2.State.Format != "RSS 2.0" {
		t.Errorf("state after 304 = %+v, want the new ETag and all else as it was", r2.State)
	}
}

func TestSameBytes(t *testing.T) {
	body := feedOf("a")
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, body) })
	f := newFetcher(t)
	r := fetch(t, f, s.URL, story.SourceState{})
	if r = fetch(t, f, s.URL, r.State); !r.NotModified {
		t.Error("the same bytes are not NotModified")
	}
	body = feedOf("a", "b")
	if r = fetch(t, f, s.URL, r.State); r.NotModified || titles(r) != "a,b" {
		t.Errorf("changed bytes: NotModified %v, articles %q", r.NotModified, titles(r))
	}
}

func gzipped(b []byte) []byte {
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	zw.Write(b)
	zw.Close()
	return buf.Bytes()
}

func brotlied(b []byte) []byte {
	var buf bytes.Buffer
	bw := brotli.NewWriterLevel(&buf, 5)
	bw.Write(b)
	bw.Close()
	return buf.Bytes()
}

// TestBody tells what is made of bodies of all kinds under a limit of 64 KiB.
func TestBody(t *testing.T) {
	feed := []byte(feedOf("a", "b"))
	bomb := append(append([]byte(nil), feed...), bytes.Repeat([]byte(" "), 4<<20)...)
	cut := feed[:len(feed)-60]
	for name, c := range map[string]struct {
		encoding string
		body     []byte
		titles   string
		err      error  // or
		says     string // part of the error's text
	}{
		"plain":               {"", feed, "a,b", nil, ""},
		"gzip":                {"gzip", gzipped(feed), "a,b", nil, ""},
		"brotli":              {"br", brotlied(feed), "a,b", nil, ""},
		"gzip in gzip":        {"gzip, gzip", gzipped(gzipped(feed)), "a,b", nil, ""},
		"gzip, not announced": {"", gzipped(feed), "a,b", nil, ""},
		"announced, not gzip": {"gzip", feed, "a,b", nil, ""},
		"too large":           {"", bomb, "", ErrTooLarge, ""},
		"gzip bomb":           {"gzip", gzipped(bomb), "", ErrTooLarge, ""},
		"brotli bomb":         {"br", brotlied(bomb), "", ErrTooLarge, ""},
		"bomb in gzip":        {"gzip, gzip", gzipped(gzipped(bomb)), "", ErrTooLarge, ""},
		"too many packings":   {"gzip, gzip, gzip", feed, "", nil, "too many times"},
		"unknown packing":     {"x-rot13", feed, "", nil, "x-rot13"},
		"broken gzip":         {"gzip", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03broken"), "", nil, "server"},
		"gzip cut off":        {"gzip", gzipped(feed)[:150], "", nil, "server"},
		"empty":               {"", nil, "", ErrEmpty, ""},
		"cut off":             {"", cut, "a", ErrCutOff, "1 item before"},
		"web page":            {"", []byte("<!doctype html><title>Hi</title>"), "", ErrNotFeed, "web page"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"1"`)
				if c.encoding != "" {
					w.Header().Set("Content-Encoding", c.encoding)
				}
				w.Write(c.body)
			})
			f := newFetcher(t, func(o *Options) { o.MaxBody = 64 << 10 })
			r := fetch(t, f, s.URL, story.SourceState{})
			if c.err == nil && c.says == "" {
				if r.Err != nil || titles(r) != c.titles || r.State.ETag == "" {
					t.Fatalf("got %q, %v, ETag %q; want %q", titles(r), r.Err, r.State.ETag, c.titles)
				}
				return
			}
			if r.Err == nil || c.err != nil && !errors.Is(r.Err, c.err) || !strings.Contains(r.Err.Error(), c.says) {
				t.Fatalf("Err = %v, want %v %s", r.Err, c.err, c.says)
			}
			if c.titles != "" && titles(r) != c.titles {
				t.Errorf("articles = %q, want %q", titles(r), c.titles)
			}
			if r.State.ETag != "" || r.State.BodyHash != 0 {
				t.Errorf("validators of a document that was not read whole were kept: %+v", r.State)
			}
			if r.State.Error == "" || r.State.Errors != 1 || r.State.ErrorSince.IsZero() {
				t.Errorf("state = %+v, want the failure noted", r.State)
			}
		})
	}
}

func TestTransferBreaksOff(t *testing.T) {
	feed := feedOf("a", "b", "c")
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		titles  string
	}{
		"hang-up": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(feed)))
			io.WriteString(w, feed[:len(feed)-40])
		}, "a,b"},
		"stall": {func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, feed[:len(feed)-40])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "a,b"},
		"no headers": {func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, ""},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte("<x/>"), 4096)); err != nil {
					return
				}
			}
		}, ""},
		"announces much": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1099511627776")
			io.WriteString(w, feed)
		}, "a,b,c"},
		"announces much, and means it": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1099511627776")
			for n := 0; n <= maxAnnounced; n += 4096 {
				io.WriteString(w, strings.Repeat(" ", 4096))
			}
			<-r.Context().Done()
		}, ""},
		"huge headers": {func(w http.ResponseWriter, r *http.Request) {
			for i := range 40 {
				w.Header().Set(fmt.Sprintf("X-Pad-%d", i), strings.Repeat("h", 10<<10))
			}
			io.WriteString(w, feed)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.handler)
			f := newFetcher(t, func(o *Options) { o.Timeout, o.MaxBody = 300*time.Millisecond, 1<<20 })
			r := fetch(t, f, s.URL, story.SourceState{ETag: `"old"`, BodyHash: 7})
			if r.Err == nil || titles(r) != c.titles {
				t.Fatalf("got %q, %v; want %q and an error", titles(r), r.Err, c.titles)
			}
			if c.titles != "" && r.State.ETag != "" {
				t.Error("a document that broke off kept its validators")
			}
			if strings.Contains(r.State.Error, "127.0.0.1") {
				t.Errorf("the error shows the address: %s", r.State.Error)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	soon := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	for _, c := range []struct {
		code       int
		retryAfter string
		least      time.Duration // until the next look
		gone       bool
		says       string
	}{
		{404, "", 4 * time.Minute, false, "nothing at this address"},
		{401, "", 4 * time.Minute, false, "login"},
		{500, "", 4 * time.Minute, false, "failed"},
		{410, "", 6 * 24 * time.Hour, true, "gone"},
		{429, "", 29 * time.Minute, false, "fewer requests"},
		{429, "7200", 2 * time.Hour, false, "2 h"},
		{429, "99999999999999999999", 24 * time.Hour, false, "24 h"},
		{503, soon, 58 * time.Minute, false, "down"},
		{503, "-5", 4 * time.Minute, false, "down"},
		{304, "", 4 * time.Minute, false, "did not ask"},
		{301, "", 4 * time.Minute, false, "redirects"},
		{403, "", 4 * time.Minute, false, "refuses"},
	} {
		t.Run(fmt.Sprint(c.code, c.retryAfter), func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if c.retryAfter != "" {
					w.Header().Set("Retry-After", c.retryAfter)
				}
				w.WriteHeader(c.code)
			})
			f := newFetcher(t)
			before := time.Now()
			r := fetch(t, f, s.URL, story.SourceState{})
			status, ok := errors.AsType[*StatusError](r.Err)
			if !ok || status.Code != c.code || !strings.Contains(r.State.Error, c.says) {
				t.Fatalf("Err = %v, want status %d that says %q", r.Err, c.code, c.says)
			}
			if wait := r.State.Next.Sub(before); wait < c.least || wait > 9*24*time.Hour {
				t.Errorf("next look after %v (%s), want at least %v", wait, r.State.NextReason, c.least)
			}
			if r.State.Gone != c.gone {
				t.Errorf("Gone = %v, want %v", r.State.Gone, c.gone)
			}
			if c.retryAfter != "" && c.retryAfter[0] != '-' && r.State.Hold.Before(before.Add(c.least)) {
				t.Errorf("Hold = %v, want it to be kept", r.State.Hold)
			}
		})
	}
}

// TestPuzzle tells a server that wants to see a browser from one that refuses.
func TestPuzzle(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cf-Mitigated", "challenge")
		http.Error(w, "<html>Just a moment</html>", http.StatusForbidden)
	})
	if r := fetch(t, newFetcher(t), s.URL, story.SourceState{}); !strings.Contains(r.State.Error, "puzzle for browsers (403)") {
		t.Errorf("error %q, want it to name the puzzle", r.State.Error)
	}
}

func TestRedirects(t *testing.T) {
	var elsewhere *httptest.Server
	seen := make(chan http.Header, 20)
	mux := http.NewServeMux()
	to := func(path string, code int, target func() string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", target())
			w.WriteHeader(code)
		})
	}
	plain := func(s string) func() string { return func() string { return s } }
	to("/301", 301, plain("/308"))
	to("/308", 308, plain("/feed"))
	to("/302", 302, plain("/301"))
	to("/mixed", 301, plain("/302"))
	to("/loop", 302, plain("/loop?again"))
	to("/file", 302, plain("file:///etc/passwd"))
	to("/bad", 302, plain("http://%zz/"))
	to("/away", 301, func() string {
		return strings.Replace(elsewhere.URL, "http://", "http://user:secret@", 1)
	})
	mux.HandleFunc("/feed", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, feedOf("a")) })
	s := serve(t, mux.ServeHTTP)
	elsewhere = serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header.Clone()
		io.WriteString(w, feedOf("b"))
	})
	f := newFetcher(t)
	for _, c := range []struct {
		path, titles, moved string
		err                 error
	}{
		{"/301", "a", "/feed", nil},
		{"/302", "a", "", nil},
		{"/mixed", "a", "/302", nil},
		{"/feed", "a", "", nil},
		{"/loop", "", "", ErrRedirects},
		{"/file", "", "", ErrRefused},
	} {
		r := fetch(t, f, s.URL+c.path, story.SourceState{})
		if titles(r) != c.titles || !errors.Is(r.Err, c.err) || c.err == nil && r.Err != nil {
			t.Errorf("%s: %q, %v; want %q, %v", c.path, titles(r), r.Err, c.titles, c.err)
		}
		if got := strings.TrimPrefix(r.State.Moved, s.URL); got != c.moved {
			t.Errorf("%s: Moved = %q, want %q", c.path, got, c.moved)
		}
	}
	if r := fetch(t, f, s.URL+"/bad", story.SourceState{}); r.Err == nil {
		t.Error("/bad: no error")
	}

	src := story.Source{Name: "s", Feed: s.URL + "/away", Headers: map[string]string{"X-Key": "k", "Authorization": "Bearer k", "User-Agent": "mine"}}
	if r := f.Fetch(t.Context(), src, story.SourceState{}); titles(r) != "b" {
		t.Fatalf("/away: %q, %v", titles(r), r.Err)
	}
	h := <-seen
	for _, name := range []string{"X-Key", "Authorization", "Referer"} {
		if h.Get(name) != "" {
			t.Errorf("the other host was sent %s: %s", name, h.Get(name))
		}
	}
	if h.Get("User-Agent") != "storyfold" {
		t.Errorf("the other host was sent User-Agent %q", h.Get("User-Agent"))
	}
}

func TestRequest(t *testing.T) {
	var got http.Header
	var host string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, host = r.Header.Clone(), r.Host
		io.WriteString(w, feedOf("a"))
	})
	f := newFetcher(t, func(o *Options) { o.UserAgent = "storyfold/1 (+http://reader.example)" })
	src := story.Source{Name: "s", Feed: strings.Replace(s.URL, "http://", "http://me:pw@", 1), Headers: map[string]string{"X-Key": "k", "Host": "feeds.example.org"}}
	if r := f.Fetch(t.Context(), src, story.SourceState{}); r.Err != nil {
		t.Fatal(r.Err)
	}
	for name, want := range map[string]string{
		"User-Agent": "storyfold/1 (+http://reader.example)", "X-Key": "k", "Accept-Encoding": "gzip, br", "Authorization": "Basic bWU6cHc=",
		"If-None-Match": "",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Get(name), want)
		}
	}
	if host != "feeds.example.org" {
		t.Errorf("Host: %q", host)
	}
}

func TestPrivateNetworks(t *testing.T) {
	secret := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, feedOf("secret")) })
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, secret.URL, http.StatusFound)
			return
		}
		io.WriteString(w, feedOf("own"))
	})
	for _, c := range []struct {
		name, path     string
		allow, private bool
		titles         string
	}{
		{"refused", "/", false, false, ""},
		{"allowed", "/", true, false, "own"},
		{"private", "/", false, true, "own"},
		{"private, redirected to another port", "/away", false, true, ""},
		{"allowed, redirected", "/away", true, false, "secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFetcher(t, func(o *Options) { o.AllowPrivateNetworks = c.allow })
			src := story.Source{Name: "s", Feed: s.URL + c.path, Private: c.private}
			r := f.Fetch(t.Context(), src, story.SourceState{})
			if titles(r) != c.titles || c.titles == "" && !errors.Is(r.Err, ErrRefused) {
				t.Errorf("got %q, %v; want %q", titles(r), r.Err, c.titles)
			}
		})
	}
}

func TestProxy(t *testing.T) {
	asked := make(chan string, 10)
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.String()
		io.WriteString(w, feedOf("through the proxy"))
	})
	f := newFetcher(t, func(o *Options) { o.Proxy, o.AllowPrivateNetworks = proxy.URL, false })
	if r := fetch(t, f, "http://feeds.example.org/x", story.SourceState{}); titles(r) != "through the proxy" {
		t.Errorf("got %q, %v", titles(r), r.Err)
	}
	if got := <-asked; got != "http://feeds.example.org/x" {
		t.Errorf("the proxy was asked for %s", got)
	}
	for _, inside := range insideSpellings {
		if r := fetch(t, f, inside, story.SourceState{}); !errors.Is(r.Err, ErrRefused) {
			t.Errorf("%s through the proxy: %q, %v; want it refused", inside, titles(r), r.Err)
		}
	}
	if _, err := New(Options{Proxy: "ftp://x"}); err == nil {
		t.Error("New took an ftp proxy")
	}
}

func TestNoServer(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	f := newFetcher(t)
	for url, says := range map[string]string{s.URL: "nothing listens", "ftp://x.example/": "not an http", "http://": "not an http"} {
		if r := fetch(t, f, url, story.SourceState{}); r.Err == nil || !strings.Contains(r.State.Error, says) {
			t.Errorf("%s: %v, want an error that says %q", url, r.Err, says)
		}
	}
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	defer tls.Close()
	if r := fetch(t, f, tls.URL, story.SourceState{}); r.Err == nil || !strings.Contains(r.State.Error, "certificate") {
		t.Errorf("a certificate of nobody's: %v", r.Err)
	}
	plain := serve(t, http.NotFound)
	if r := fetch(t, f, strings.Replace(plain.URL, "http:", "https:", 1), story.SourceState{}); r.Err == nil || !strings.Contains(r.State.Error, "try the address with http://") {
		t.Errorf("https to a server of http: %v", r.Err)
	}
}

func TestCertWords(t *testing.T) {
	cert := &x509.Certificate{Issuer: pkix.Name{CommonName: "Weir CA"}, DNSNames: []string{"weir.example", "www.weir.example"},
		NotBefore: time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}
	for want, err := range map[string]error{
		"signed by Weir CA":                                       x509.UnknownAuthorityError{Cert: cert},
		"holds from 2 Jan 2025 to 2 Jan 2026":                     x509.CertificateInvalidError{Cert: cert, Reason: x509.Expired},
		"for weir.example, www.weir.example, not for dam.example": x509.HostnameError{Certificate: cert, Host: "dam.example"},
		"tell the feed's owner":                                   x509.CertificateInvalidError{Cert: cert, Reason: x509.TooManyIntermediates},
	} {
		if got := certWords(&tls.CertificateVerificationError{Err: err}); !strings.Contains(got, want) {
			t.Errorf("%v: %q, want it to say %q", err, got, want)
		}
	}
}

// TestPasswordInAddress follows redirects from an address that holds a password.
func TestPasswordInAddress(t *testing.T) {
	heard := make(chan string, 1)
	elsewhere := serve(t, func(w http.ResponseWriter, r *http.Request) {
		heard <- r.Header.Get("Authorization")
		io.WriteString(w, feedOf("b"))
	})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if name, password, ok := r.BasicAuth(); !ok || name != "me" || password != "p w" {
			w.WriteHeader(401)
			return
		}
		switch r.URL.Path {
		case "/here":
			http.Redirect(w, r, "/feed", http.StatusFound)
		case "/away":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		default:
			io.WriteString(w, feedOf("a"))
		}
	})
	f := newFetcher(t)
	with := strings.Replace(s.URL, "http://", "http://me:p%20w@", 1)
	for path, want := range map[string]string{"/feed": "a", "/here": "a", "/away": "b"} {
		r := fetch(t, f, with+path, story.SourceState{})
		if titles(r) != want || r.Err != nil {
			t.Errorf("%s: %q, %v; want %q", path, titles(r), r.Err, want)
		}
		if len(r.Articles) > 0 && strings.Contains(r.Articles[0].URL, "me:") {
			t.Errorf("%s: the password is in the article's address", path)
		}
	}
	if sent := <-heard; sent != "" {
		t.Errorf("the other host was sent Authorization %q", sent)
	}
	moved := story.SourceState{Name: "s", Address: with + "/feed", Moved: s.URL + "/new", Adopted: true}
	if r := fetch(t, f, with+"/feed", moved); titles(r) != "a" {
		t.Errorf("at the new address on its host: %q, %v", titles(r), r.Err)
	}
}

func TestCacheHeaders(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		cache, expires, date string
		want                 time.Duration
	}{
		{"", "", "", 0},
		{"max-age=600", "", "", 10 * time.Minute},
		{"public, Max-Age = \"60\"", "", "", time.Minute},
		{"no-cache, max-age=600", "", "", 0},
		{"max-age=x", "", "", 0},
		{"", "Fri, 20 Nov 2026 13:00:00 GMT", "", time.Hour},
		{"", "Fri, 20 Nov 2026 13:00:00 GMT", "Fri, 20 Nov 2026 12:30:00 GMT", 30 * time.Minute},
		{"", "0", "", 0},
		{"", "Fri, 20 Nov 2020 13:00:00 GMT", "", 0},
		{"max-age=99999999999999999999999", "", "", 365 * 24 * time.Hour},
	} {
		h := http.Header{}
		for name, v := range map[string]string{"Cache-Control": c.cache, "Expires": c.expires, "Date": c.date} {
			if v != "" {
				h.Set(name, v)
			}
		}
		if got, _ := freshFor(h, now); got != c.want {
			t.Errorf("freshFor(%v) = %v, want %v", h, got, c.want)
		}
	}
}

func TestCanceled(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	f := newFetcher(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if r := f.Fetch(ctx, story.Source{Name: "s", Feed: s.URL}, story.SourceState{}); !errors.Is(r.Err, context.Canceled) {
		t.Errorf("Err = %v, want context.Canceled", r.Err)
	}
}
