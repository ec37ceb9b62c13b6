package fetcher

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"storyfold/story"
)

// addDocuments makes the documents of testdata/feeds the seeds.
func addDocuments(f *testing.F) {
	for _, pattern := range []string{"*.xml", "*.jsonfeed"} {
		files, _ := filepath.Glob(filepath.Join("testdata", "feeds", pattern))
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			contentType, _ := os.ReadFile(strings.TrimSuffix(file, filepath.Ext(file)) + ".type")
			f.Add(data, strings.TrimSpace(string(contentType)))
		}
	}
}

// FuzzPrefilter: whatever goes in, XML that comes out is UTF-8, well-formed, and
// within the limits.
func FuzzPrefilter(f *testing.F) {
	addDocuments(f)
	f.Add([]byte(head+strings.Repeat("<b>", 300)+tail), "") // too deep outside of the items
	f.Fuzz(func(t *testing.T, data []byte, contentType string) {
		out, err := prefilter(data, contentType)
		if err != nil {
			if out != nil {
				t.Fatal("a document beside an error")
			}
			return
		}
		if !utf8.Valid(out.data) {
			t.Fatalf("not UTF-8: %q", out.data)
		}
		if out.root == "" {
			return
		}
		d := xml.NewDecoder(bytes.NewReader(out.data))
		d.Strict = false
		depth, items := 0, 0
		for {
			token, err := d.RawToken()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("not well-formed: %v\n%q", err, out.data)
			}
			switch e := token.(type) {
			case xml.StartElement:
				if depth++; depth > maxDepth {
					t.Fatal("too deep")
				}
				if name := strings.ToLower(e.Name.Local); name == "item" || name == "entry" {
					items++
				}
			case xml.EndElement:
				depth--
			case xml.ProcInst, xml.Comment, xml.Directive:
				t.Fatalf("%T was left in", token)
			}
		}
		if depth != 0 {
			t.Fatalf("%d elements are left open\n%q", depth, out.data)
		}
		if len(out.items) > maxItems || len(out.items) > items {
			t.Fatalf("%d items noted, %d there", len(out.items), items)
		}
	})
}

// FuzzParse: whatever goes in, the articles that come out are plain, bounded and told apart.
func FuzzParse(f *testing.F) {
	addDocuments(f)
	src := story.Source{Name: testSource, Category: "c", Lang: "en"}
	f.Fuzz(func(t *testing.T, data []byte, contentType string) {
		doc, err := parseFeed(data, contentType, "https://feeds.example.org/news/feed.xml", src)
		sameWithoutAside(t, doc, data, contentType, src)
		if doc == nil {
			if err == nil {
				t.Fatal("neither a document nor an error")
			}
			return
		}
		ids := map[string]bool{}
		for _, a := range doc.Articles {
			if a.Identity == "" || ids[a.Identity] {
				t.Fatalf("identity %q is empty or not the only one", a.Identity)
			}
			ids[a.Identity] = true
			checkArticle(t, &a)
		}
	})
}

func checkArticle(t *testing.T, a *story.Article) {
	t.Helper()
	if a.Title == "" || a.Outlet == "" || a.Source != testSource {
		t.Fatalf("title %q, outlet %q, source %q", a.Title, a.Outlet, a.Source)
	}
	if len(a.Text) > maxText || utf8.RuneCountInString(a.Title) > maxTitle || len(a.Identity) > maxIdentity {
		t.Fatal("a text, title or identity without bounds")
	}
	lines := append([]string{a.Title, a.Outlet, a.URL, a.Image, a.Lang}, append(a.Authors, a.Categories...)...)
	for _, e := range a.Enclosures {
		lines = append(lines, e.URL, e.Type)
		if !isHTTP(e.URL) || e.Length < 0 {
			t.Fatalf("enclosure %+v", e)
		}
	}
	for _, s := range append(lines, strings.ReplaceAll(a.Text, "\n\n", "")) {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || s != strings.TrimSpace(s) {
			t.Fatalf("%q is no clean line", s)
		}
	}
	for _, u := range []string{a.URL, a.Image} {
		if u != "" && !isHTTP(u) {
			t.Fatalf("address %q", u)
		}
	}
	if y := a.Published.Year(); !a.Published.IsZero() && (y < 1990 || a.Published.After(time.Now().Add(25*time.Hour))) {
		t.Fatalf("published %v", a.Published)
	}
}

// FuzzText: text that was made plain is plain.
func FuzzText(f *testing.F) {
	f.Add("<p>One &amp; two<br>three</p><script>x</script>")
	f.Add("a\n\nb &lt;p&gt;x&lt;/p&gt;")
	for _, s := range markup {
		if len(s) < 64<<10 { // TestReadPlain has the others; changed again and again they cost too much
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		sameByTokens(t, s)
		for _, out := range []string{strings.ReplaceAll(htmlText(s), "\n\n", ""), cleanTitle(s)} {
			if strings.ContainsFunc(out, unicode.IsControl) || !utf8.ValidString(out) || len(out) > maxText {
				t.Fatalf("%q became %q", s, out)
			}
		}
	})
}
