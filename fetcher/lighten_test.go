package fetcher

import (
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"storyfold/story"
)

// TestLighten checks what the parser is spared, and that it makes no difference.
func TestLighten(t *testing.T) {
	long := strings.Repeat("The harbour master of Fjordvik said so. ", 3)
	const dc, media = ` xmlns:dc="http://purl.org/dc/elements/1.1/"`, ` xmlns:media="http://search.yahoo.com/mrss/"`
	for _, c := range []struct{ name, doc, format, root string }{
		{"RSS", `<rss version="2.0"` + dc + media + ` xmlns:x="urn:x">
<channel> <title>t</title>
 <item> <title>one</title> <dc:creator>Ilse Brandt</dc:creator>
  <media:content url="https://a.example/1.png" medium="image"/> <x:y>z</x:y> </item> </channel> </rss>`, "RSS 2.0", `<rss version="2.0" xmlns:x="urn:x"><channel><title>`},
		{"RSS 1.0", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"` + dc + `>
<channel><title>t</title></channel> <item><title>one</title> <dc:date>2026-03-03</dc:date></item></rdf:RDF>`, "RSS 1.0", `<rdf:RDF><channel>`},
		{"Atom 1.0", `<feed xmlns="http://www.w3.org/2005/Atom"` + media + `> <title>t</title>
<entry> <id>1</id> <title type="html">one &lt;b>two&lt;/b></title> <content type="html">` + long + `</content> </entry></feed>`, "Atom 1.0", `<feed><title>`},
		{"Atom, long title", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title type="html">` + long + `</title></entry></feed>`, "Atom 1.0", `<feed><entry>`},
		{"Atom 0.3", `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>t</title><entry><id>1</id><title>one</title></entry></feed>`,
			"Atom 0.3", `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>`},
		{"prefixed", `<a:feed xmlns:a="http://www.w3.org/2005/Atom"` + media + `><a:entry><a:id>1</a:id><a:title>one</a:title></a:entry></a:feed>`,
			"Atom 1.0", `<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns:media`},
		{"another namespace", `<rss version="2.0" xmlns:dc="urn:x"><channel><item><title>one</title><dc:creator>Ilse</dc:creator></item></channel></rss>`,
			"RSS 2.0", `<rss version="2.0" xmlns:dc="urn:x"><channel>`},
		{"mixed text", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>one</title> <content type="xhtml"><div><b>a</b> <i>b</i></div></content></entry></feed>`,
			"Atom 1.0", `<feed><entry><id>1</id><title>one</title><content type="xhtml"><div><b>a</b> <i>b</i></div></content></entry>`},
	} {
		f, err := prefilter([]byte(c.doc), "")
		if err != nil || !strings.HasPrefix(string(f.data), c.root) {
			t.Errorf("%s: the parser is given %q, %v; want %q first", c.name, f.data, err, c.root)
		}
		src := story.Source{Name: testSource}
		doc, err := parseFeed([]byte(c.doc), "", "https://feeds.example.org/news/feed.xml", src)
		if err != nil || doc.Format != c.format || len(doc.Articles) != 1 {
			t.Errorf("%s: %+v, %v; want an article and %q", c.name, doc, err, c.format)
			continue
		}
		sameWithoutAside(t, doc, []byte(c.doc), "", src)
	}
}

// TestEight checks what looks at eight bytes at a time against looking at each.
func TestEight(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const letters = "abc  \n\x01\x7f\x80\xef"
	for range 20_000 {
		s := make([]byte, random.IntN(40))
		for i := range s {
			s[i] = 'x'
			if random.IntN(6) == 0 {
				s[i] = letters[random.IntN(len(letters))]
			}
		}
		if isClean(s) != cleanBytes(s) {
			t.Fatalf("isClean(%q) = %v", s, isClean(s))
		}
		want := 0
		for want < len(s) && s[want] >= ' ' && s[want] < 0x7f {
			if s[want] == ' ' && (want == 0 || want+1 == len(s) || s[want+1] <= ' ' || s[want+1] >= 0x7f) {
				break
			}
			want++
		}
		if got := plainRun(s); got != want {
			t.Fatalf("plainRun(%q) = %d, want %d", s, got, want)
		}
	}
}

// TestPlainAddress checks that an address that is taken as it stands is what a parser would make of it.
func TestPlainAddress(t *testing.T) {
	base, _ := url.Parse("https://feeds.example.org/news/feed.xml")
	for ref, plain := range map[string]bool{
		"https://example.org/a/b-c_d~e.html": true, "http://example.org": true, "http://example.org:8080/?a=b&c=d%20e": true, "https://x.example//a//": true,
		"https://example.org/a/../b": true, "https://example.org/./b": true, "https://example.org/a?b/./c": true,
		"HTTPS://example.org/": false, "https://Example.org/": false, "https://example.org/ü": false, "https://example.org/a#b": false, "https://example.org/%41": false,
		"https://example.org/a b": false, "https:///a": false, "https://u@example.org/": false, "https://example.org:/": false, "//example.org/a": false, "/a": false,
		"https://example.org/a?b?c": false,
	} {
		if _, _, ok := plainAddress(ref); ok != plain {
			t.Errorf("plainAddress(%q) is %v", ref, ok)
		}
		u, err := url.Parse(ref)
		if !plain || err != nil {
			continue
		}
		if got, want := resolve(base, ref), base.ResolveReference(u).String(); got != want {
			t.Errorf("resolve(%q) = %q, want %q", ref, got, want)
		}
	}
}
