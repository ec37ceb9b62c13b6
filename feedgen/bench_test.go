package feedgen

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// discard is a response that is thrown away.
type discard struct {
	header http.Header
	code   int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(code int)        { d.code = code }

func benchmarkFeed(b *testing.B, want int, header ...string) {
	_, c := newspaper()
	c.Sources = sources("north")
	h := newHandler(many(50), c)
	if n := len(parse(b, body(b, h, "/feed.atom")).Items); n != 50 {
		b.Fatalf("%d entries, want 50", n)
	}
	r := httptest.NewRequest("GET", "/feed.atom", nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if want == http.StatusNotModified {
		r.Header.Set("If-None-Match", get(b, h, "/feed.atom").Header().Get("ETag"))
	}
	b.ReportAllocs()
	for b.Loop() {
		w := &discard{http.Header{}, http.StatusOK}
		if h.ServeHTTP(w, r); w.code != want {
			b.Fatalf("%d, want %d", w.code, want)
		}
	}
}

func BenchmarkFeed200(b *testing.B)     { benchmarkFeed(b, http.StatusOK) }
func BenchmarkFeed200Gzip(b *testing.B) { benchmarkFeed(b, http.StatusOK, "Accept-Encoding", "gzip") }
func BenchmarkFeed304(b *testing.B)     { benchmarkFeed(b, http.StatusNotModified) }

// BenchmarkRender makes the feed of 50 entries anew each time.
func BenchmarkRender(b *testing.B) {
	_, c := newspaper()
	c.Sources = sources("north")
	m := many(2000)
	h := newHandler(m, c)
	b.ReportAllocs()
	for b.Loop() {
		m.gen++
		body(b, h, "/feed.atom?limit=50")
	}
}
