package feedgen

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]coding{
		"gzip": gzipForm, "br": brotForm, "gzip, br": brotForm, "gzip, deflate, br, zstd": brotForm, "*": brotForm,
		"br;q=0.9, gzip": gzipForm, "br;q=1.0, gzip;q=0.8, *;q=0.1": brotForm, "x-gzip": gzipForm, "GZIP;Q=0.5": gzipForm,
		"": identity, "deflate": identity, "gzip;q=0": identity, "*;q=0": identity, "gzip;q=0, *": brotForm, "br;q=0, *": gzipForm,
		"identity": identity, "identity, br;q=0.5": identity, "identity;q=0.5, br;q=0.5": brotForm, "gzip;q=0.000": identity,
		"gzip;q=x": identity, "gzip;q=nan": identity, "gzip;q=-1": identity, "gzip;q=9, br;q=1": brotForm, "gzip; foo=1 ; q=0": identity,
		";;;,,,=": identity, strings.Repeat("br;q=0,", 9000) + "gzip": gzipForm,
	} {
		if got := negotiate(http.Header{"Accept-Encoding": {accept}}); got != want {
			t.Errorf("negotiate(%.40q) = %q, want %q", accept, got, want)
		}
	}
	if got := negotiate(http.Header{"Accept-Encoding": {"gzip", "br;q=0"}}); got != gzipForm {
		t.Errorf("over two lines: %q", got)
	}
	if got := negotiate(nil); got != identity {
		t.Errorf("without the header: %q", got)
	}
}

func TestCodings(t *testing.T) {
	m, c := newspaper()
	h := newHandler(m, c)
	for _, path := range []string{"/feed.atom", "/", "/style.css", "/api/sources?x"} {
		plain := get(t, h, path)
		tags := map[string]bool{plain.Header().Get("ETag"): true}
		for accept, unpack := range map[coding]func(io.Reader) (io.Reader, error){
			gzipForm: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
			brotForm: func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		} {
			w := get(t, h, path, "Accept-Encoding", string(accept))
			if plain.Body.Len() < minPacked {
				if w.Header().Get("Content-Encoding") != "" || w.Header().Get("Vary") != "" {
					t.Errorf("%s: %d bytes were compressed", path, plain.Body.Len())
				}
				continue
			}
			if w.Header().Get("Content-Encoding") != string(accept) || w.Header().Get("Vary") != "Accept-Encoding" || w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) || w.Body.Len() >= plain.Body.Len() {
				t.Errorf("%s in %s: headers %v for %d bytes", path, accept, w.Header(), w.Body.Len())
			}
			r, err := unpack(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(r); err != nil || !bytes.Equal(text, plain.Body.Bytes()) {
				t.Errorf("%s in %s holds something else: %v", path, accept, err)
			}
			tag := w.Header().Get("ETag")
			if tags[tag] || !strings.HasPrefix(tag, `"`) {
				t.Errorf("%s in %s: the tag %s is not its own", path, accept, tag)
			}
			tags[tag] = true
			again := get(t, h, path, "Accept-Encoding", string(accept), "If-None-Match", tag)
			if again.Code != 304 || again.Header().Get("Content-Encoding") != "" || again.Header().Get("ETag") != tag || again.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s in %s with its own tag: %d %v", path, accept, again.Code, again.Header())
			}
		}
		if plain.Header().Get("Content-Encoding") != "" || get(t, h, path, "Range", "bytes=0-9").Body.Len() != plain.Body.Len() {
			t.Errorf("%s: plain is %v, or a range was given", path, plain.Header())
		}
	}
}

// A body is compressed once, also when a commit that left it as it was has come since.
func TestCompressedOnce(t *testing.T) {
	m, c := newspaper()
	h := newHandler(m, c)
	pack := func() *byte {
		get(t, h, "/feed.atom", "Accept-Encoding", "br")
		a := h.answers.kept["feed/atom/0/stories"]
		if a == nil {
			t.Fatal("the feed is not kept")
		}
		return &a.packs.form(brotForm, a.body)[0]
	}
	first := pack()
	if pack() != first {
		t.Error("compressed again for the same answer")
	}
	m.gen++
	if pack() != first {
		t.Error("compressed again though nothing changed")
	}
	m.list[1].Brief.Headline = "Frost spares the cherries"
	m.gen++
	if pack() == first {
		t.Error("another feed in the same compressed form")
	}
}
