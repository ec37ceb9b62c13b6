package fetcher

import (
	"strings"
	"testing"
)

func TestHTMLText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain", "plain"},
		{"  one\n two \n\n\n three ", "one two\n\nthree"},
		{"<p>one</p>\n<p>two\nlines</p>", "one\n\ntwo lines"},
		{"one<br>two<br/><br/>three", "one two\n\nthree"},
		{"<ul><li>a</li><li>b</li></ul>", "a\n\nb"},
		{"a<script>b</script>c<style>d</style>e", "ace"},
		{"<!-- no -->yes", "yes"},
		{"x &lt; y &amp; z", "x < y & z"},
		{"&lt;p&gt;one&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;", "one\n\ntwo"},
		{"about the &lt;div&gt; element", "about the <div> element"},
		{"a\x00b\u202ec\ufeffd\u00ade", "abcde"},
		{"in<b>to</b> one word", "into one word"},
		{"<p>cut off in <a href='x", "cut off in"},
		{"<td>a</td><td>b</td>", "a b"},
		{"a&nbsp;b", "a b"},
		{"5 > 3 and 2 < 4", "5 > 3 and 2 < 4"},
		{strings.Repeat("<div>", 100_000) + "deep", "deep"},
	} {
		if got := htmlText(c.in); got != c.want {
			t.Errorf("htmlText(%.60q) = %.60q, want %q", c.in, got, c.want)
		}
	}
	if n := len(htmlText(strings.Repeat("й ", maxText))); n > maxText || n < maxText-4 {
		t.Errorf("a long text has %d bytes, want %d", n, maxText)
	}
}

func TestCleanTitle(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" one\n\ttwo ", "one two"},
		{"<b>bold</b> &amp; plain", "bold & plain"},
		{"AT&amp;amp;T", "AT&T"},
		{"a < b", "a < b"},
		{"map<string> in Go", "map<string> in Go"},
		{"<script>alert(1)</script>", ""},
		{"Is 1 <b", "Is 1 <b"},
		{"Q&A; R&D", "Q&A; R&D"},
	} {
		if got := cleanTitle(c.in); got != c.want {
			t.Errorf("cleanTitle(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := []rune(cleanTitle(strings.Repeat("long ", 800_000))); len(got) > maxTitle || got[len(got)-1] != '…' {
		t.Errorf("a long title has %d letters", len(got))
	}
}
