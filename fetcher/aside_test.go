package fetcher

import (
	"reflect"
	"strings"
	"testing"

	"storyfold/story"
)

// sameWithoutAside checks that doc is what data gives when no text is set aside.
func sameWithoutAside(t *testing.T, doc *document, data []byte, contentType string, src story.Source) {
	t.Helper()
	f, err := filter(data, contentType, false, nil)
	if err != nil {
		if doc != nil {
			t.Fatalf("a document, but %v without texts aside", err)
		}
		return
	}
	want, _ := f.parse("https://feeds.example.org/news/feed.xml", src, &story.SourceState{})
	if (doc == nil) != (want == nil) {
		t.Fatalf("document %v, without texts aside %v", doc != nil, want != nil)
	}
	if doc == nil {
		return
	}
	if !reflect.DeepEqual(doc, want) {
		t.Fatalf("texts aside changed what was read:\n%+v\nwant\n%+v", doc, want)
	}
}

// TestAside checks what is set aside and what is not, and that it makes no difference.
func TestAside(t *testing.T) {
	long := strings.Repeat("The harbour master of Fjordvik said so. ", 3)
	rss := func(item string) string {
		return `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>t</title><item><title>one</title>` +
			item + `</item></channel></rss>`
	}
	atom := func(entry string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>1</id><title>one</title>` + entry + `</entry></feed>`
	}
	tests := []struct {
		name, doc, text string
		aside           int
	}{
		{"escaped", rss("<description>&lt;p&gt;" + long + "&lt;/p&gt;</description>"), long, 1},
		{"section", rss("<content:encoded><![CDATA[<p>" + long + "</p>]]></content:encoded>"), long, 1},
		{"mixed", rss("<description>a &amp;lt; &amp; <![CDATA[b &amp; c]]> d&nbsp;e " + long + "</description>"),
			"a < & b & c d e " + long, 1},
		{"references", rss("<description>&#8220;q&#x201d; &hellip; &copy=2; &nosuch; &am p; AT&T &apos;x&apos; " + long + "</description>"),
			"“q” … ©=2; &nosuch; &am p; AT&T 'x' " + long, 1},
		{"short", rss("<description>short</description>"), "short", 0},
		{"markup", rss("<description><p>" + long + "</p></description>"), long, 0},
		{"blank", rss("<description><![CDATA[" + strings.Repeat(" ", 100) + "]]></description>"), "", 1},
		{"empty", rss("<description><![CDATA[]]><![CDATA[]]><![CDATA[]]><![CDATA[]]><![CDATA[]]></description>"), "", 0},
		{"mark", rss("<description>\ufdd00</description><content:encoded>" + long + "</content:encoded>"), long, 1},
		{"mark in a reference", rss("<description>&#xfdd0;0&#64976;0</description>"), "00", 0},
		{"mark by two steps", rss("<description>&amp;#xfdd0;0</description><content:encoded></content:encoded>"), "0", 0},
		{"two", rss("<description>" + long + "</description><description>2 " + long + "</description>"), "2 " + long, 2},
		{"other namespace", rss(`<description xmlns="urn:x">` + long + "</description>"), "", 0},
		{"attribute", rss(`<description a="b">` + long + "</description>"), long, 0},
		{"html", atom(`<content type="html">&lt;p&gt;` + long + "&lt;/p&gt;</content>"), long, 1},
		{"plain", atom(`<summary>1 &lt; 2 ` + long + "</summary>"), "1 < 2 " + long, 1},
		{"xhtml", atom(`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">` + long + "</div></content>"), long, 0},
		{"base64", atom(`<content type="image/png">` + strings.Repeat("QUJD", 40) + "</content>"), "", 0},
		{"base", atom(`<content type="html" xml:base="https://b.example/">` + long + "</content>"), long, 0},
	}
	src := story.Source{Name: testSource}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := prefilter([]byte(tt.doc), "")
			if err != nil {
				t.Fatal(err)
			}
			if len(f.texts) != tt.aside {
				t.Errorf("%d texts set aside, want %d", len(f.texts), tt.aside)
			}
			doc, err := parseFeed([]byte(tt.doc), "", "https://feeds.example.org/news/feed.xml", src)
			if err != nil || len(doc.Articles) != 1 {
				t.Fatalf("%+v, %v", doc, err)
			}
			if got := doc.Articles[0].Text; got != strings.TrimSpace(tt.text) {
				t.Errorf("text %q, want %q", got, tt.text)
			}
			sameWithoutAside(t, doc, []byte(tt.doc), "", src)
		})
	}
}
