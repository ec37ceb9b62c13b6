package fetcher

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAlternates(t *testing.T) {
	base, _ := url.Parse("https://harbour-post.example/news/")
	link := func(rel, kind, href, title string) string {
		return `<link rel="` + rel + `" type="` + kind + `" href="` + href + `" title="` + title + `">`
	}
	for name, test := range map[string]struct {
		page string
		want []string
	}{
		"all kinds": {`<!doctype html><head>` + link("alternate", "application/rss+xml", "/rss", "") + link("ALTERNATE feed", "application/atom+xml; charset=utf-8", "atom.xml", "") +
			link("alternate", "application/feed+json", "https://cdn.example/feed.json", ""),
			[]string{"https://harbour-post.example/rss", "https://harbour-post.example/news/atom.xml", "https://cdn.example/feed.json"}},
		"comments and machines": {link("alternate", "application/rss+xml", "/comments/feed", "Post") + link("alternate", "application/rss+xml", "/x", "Kommentare zu: Post") +
			link("alternate", "application/json", "/wp-json/wp/v2/pages/7", "") + link("alternate", "application/feed+json", "/wp-json/feed", "") +
			link("alternate", "text/html", "/de", "Deutsch") + link("stylesheet", "application/rss+xml", "/css", ""), nil},
		"base":     {`<base href="https://www.example.org/a/"><base href="https://no.example/">` + link("alternate", "application/rss+xml", "b", ""), []string{"https://www.example.org/a/b"}},
		"hostile":  {link("alternate", "application/rss+xml", "javascript:alert(1)", "") + link("alternate", "application/rss+xml", "file:///etc/passwd", "") + link("alternate", "application/rss+xml", "https://me:secret@example.org/rss", ""), []string{"https://example.org/rss"}},
		"twice":    {link("alternate", "application/rss+xml", "/rss", "") + link("alternate", "application/rss+xml", "http://www.harbour-post.example/rss/", ""), []string{"https://harbour-post.example/rss"}},
		"in text":  {`<p>Write &lt;link rel="alternate"&gt;</p><script>'` + link("alternate", "application/rss+xml", "/rss", "") + `'</script><!--` + link("alternate", "application/rss+xml", "/rss", "") + `-->`, nil},
		"too many": {strings.Repeat(link("alternate", "application/rss+xml", "/rss", ""), 50000), []string{"https://harbour-post.example/rss"}},
	} {
		if got := alternates([]byte(test.page), base); !slices.Equal(got, test.want) {
			t.Errorf("%s: alternates = %q, want %q", name, got, test.want)
		}
	}
}

const articlePage = `<!doctype html><html lang="en"><head><title>Ferry company fined after storm crossing - Harbour Post</title></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><aside>Subscribe to our newsletter today</aside>
<article><h1>Ferry company fined after storm crossing</h1>
<p>The Strand Line must pay 40,000 crowns for letting its ferry Osprey cross the sound in a storm in March, the harbour court ruled on Monday.</p>
<p>Two hundred passengers spent six hours on board before the ship could enter the harbour, and eleven of them were hurt, the court heard.</p>
<p>The captain, who had warned the company twice that morning, was cleared. The company said that it would read the ruling, and then decide whether to appeal.</p>
<script>track()</script></article>
<footer>Terms, privacy, <a href="/jobs">jobs</a></footer></body></html>`

func TestArticleOf(t *testing.T) {
	address, _ := url.Parse("https://harbour-post.example/news/1")
	text, err := articleOf([]byte(articlePage), "text/html; charset=utf-8", address, "Ferry company fined after storm crossing")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(strings.Split(text, "\n\n")); n < 3 || !strings.Contains(text, "The captain, who had warned") {
		t.Errorf("articleOf = %q, want its three paragraphs", text)
	}
	for _, chaff := range []string{"Sport", "newsletter", "Terms", "track", "<"} {
		if strings.Contains(text, chaff) {
			t.Errorf("articleOf = %q, with %q in it", text, chaff)
		}
	}
}

func TestArticleOfOtherPages(t *testing.T) {
	address, _ := url.Parse("https://harbour-post.example/news/1")
	for name, test := range map[string]struct{ page, contentType, title string }{
		"a PDF":      {"%PDF-1.7", "application/pdf", "Ferry"},
		"nothing":    {"<html><body></body></html>", "text/html", "Ferry"},
		"a question": {articlePage, "text/html", "Budget debate opens in parliament tomorrow"},
		"deep":       {"<html><body>" + strings.Repeat("<div>", 100_000) + "x", "text/html", "Ferry"},
		"wide":       {"<html><body>" + strings.Repeat("<p>x", 300_000), "text/html", "Ferry"},
		"long":       {"<html><body><p>" + strings.Repeat("word, ", maxPageText/5), "text/html", "Ferry"},
		"work":       {"<html><body>" + strings.Repeat("<div>", maxPageDepth-10) + strings.Repeat("<p>x", maxPageElements-200), "text/html", "Ferry"},
		"nested":     {"<html><body>" + strings.Repeat("<div>", 2*maxPageDepth) + "<p>x", "text/html", "Ferry"},
		"tables":     {"<html><body>" + strings.Repeat("<table><tr><td>", 15_000) + "x", "text/html", "Ferry"},
	} {
		start := time.Now()
		text, err := articleOf([]byte(test.page), test.contentType, address, test.title)
		if err == nil || text != "" {
			t.Errorf("%s: articleOf = %.60q, %v, want an error", name, text, err)
		}
		t.Logf("%s: %v after %v", name, err, time.Since(start))
	}
}

// FuzzWebPage: whatever a page holds, reading it ends, and gives plain text and http addresses.
func FuzzWebPage(f *testing.F) {
	f.Add([]byte(articlePage), "text/html")
	f.Add([]byte(`<link rel=alternate type=application/rss+xml href=//x/y><b><i></b></i><table><p>a`), "")
	base, _ := url.Parse("https://harbour-post.example/news/")
	f.Fuzz(func(t *testing.T, page []byte, contentType string) {
		for _, feed := range alternates(page, base) {
			if !isHTTP(feed) {
				t.Fatalf("alternates gave %q", feed)
			}
		}
		text, err := articleOf(page, contentType, base, "")
		if err != nil && text != "" {
			t.Fatal("a text beside an error")
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return visible(r) < 0 }); i >= 0 {
			t.Fatalf("articleOf gave the sign %q", text[i:i+1])
		}
	})
}
