package fetcher

import (
	"os"
	"path/filepath"
	"slices"
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

// sameByTokens checks that reading what is plainly written at once gives what reading token
// by token gives.
func sameByTokens(t *testing.T, s string) {
	t.Helper()
	got, want := new(textWriter), new(textWriter)
	if rest := got.readPlain(s); rest != "" {
		if !strings.HasSuffix(s, rest) {
			t.Fatalf("%q is left of %q", rest, s)
		}
		got.readTokens(rest)
	}
	want.readTokens(s)
	if string(got.b) != string(want.b) || !slices.Equal(got.images, want.images) {
		t.Fatalf("%q: %q and %q, by tokens %q and %q", s, got.b, got.images, want.b, want.images)
	}
}

// markup is HTML, plainly written and not.
var markup = []string{
	"a <b>c</b> d<br/>e<br />f<hr>", `<p class="x" id='y'>a</p><img src="a.png" width="10"><img height='1' src="b.png">`,
	`<img src="a.png" src="b.png"/><img src=c.png><img src="d.png?a=1&amp;b=2"><img alt="" src=''>`, "a<script>b</script>c<p>d", "<P>a</P>",
	"a <!-- b --> c", "a < b <3 <", "a &lt;p&gt; &amp;amp; &copy; b", "a\r\nb<p>c\rd</p>", "<td>a<th>b</td>", "</p a>b", "<p/ >a", "<p a>b", `<p a="b"c="d">e`,
	`<p a= "b">c`, `<p a="b>c`, "<title>a</title>b", "<xmp>a</xmp>b<plaintext>c</p>", "<svg><h1>a</h1></svg>", "<nosuchelementatall>a", "<p", "a</p", "</>", "<\x00p>a\x00",
	"<p>" + strings.Repeat("a", 2*maxText) + "</p><img src='a'>b", strings.Repeat("<p>", 3*maxText) + "a", "<h7>a</h7><br>", "<a href=\"x\ty\">b</a>",
}

func TestReadPlain(t *testing.T) {
	for _, s := range markup {
		sameByTokens(t, s)
	}
	files, _ := filepath.Glob(filepath.Join("testdata", "*", "*"))
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			sameByTokens(t, string(data))
		}
	}
	w := new(textWriter)
	if rest := w.readPlain(`<p class="lead">One &amp; two.</p><a href='x'>three</a><img src="a.png" alt="b"/>`); rest != "" {
		t.Errorf("%q is not plainly written", rest)
	}
}
