package feedgen

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkServe compares the answers of a feed of 50 entries with those of
// http.FileServer for a file of the same bytes: the handler alone, and over a
// kept loopback connection.
func BenchmarkServe(b *testing.B) {
	_, c := newspaper()
	c.Sources = sources("north")
	feed := newHandler(many(50), c)
	bytes := body(b, feed, "/feed.atom")
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "feed.atom"), bytes, 0o600); err != nil {
		b.Fatal(err)
	}
	files := http.FileServer(http.Dir(dir))
	for _, tt := range []struct {
		name   string
		h      http.Handler
		header string // of the conditional request
	}{{"feed", feed, "If-None-Match"}, {"file", files, "If-Modified-Since"}} {
		first := get(b, tt.h, "/feed.atom").Header()
		validator := map[string]string{"If-None-Match": first.Get("ETag"), "If-Modified-Since": first.Get("Last-Modified")}[tt.header]
		for _, want := range []int{200, 304} {
			r := httptest.NewRequest("GET", "/feed.atom", nil)
			if want == 304 {
				r.Header.Set(tt.header, validator)
			}
			name := tt.name + "/" + http.StatusText(want)
			b.Run("handler/"+name, func(b *testing.B) { benchHandler(b, tt.h, r, want) })
			b.Run("loopback/"+name, func(b *testing.B) { benchLoopback(b, tt.h, r.Header, want) })
		}
	}
}

func benchHandler(b *testing.B, h http.Handler, r *http.Request, want int) {
	b.ReportAllocs()
	for b.Loop() {
		w := &discard{http.Header{}, http.StatusOK}
		if h.ServeHTTP(w, r); w.code != want {
			b.Fatalf("%d, want %d", w.code, want)
		}
	}
	perSecond(b)
}

func benchLoopback(b *testing.B, h http.Handler, header http.Header, want int) {
	server := httptest.NewServer(h)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	for b.Loop() {
		r, err := http.NewRequest("GET", server.URL+"/feed.atom", nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header = header
		res, err := client.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != want {
			b.Fatalf("%d, want %d", res.StatusCode, want)
		}
	}
	perSecond(b)
}

func perSecond(b *testing.B) { b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s") }
