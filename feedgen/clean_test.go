package feedgen

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"storyfold/story"
)

func TestCleanLine(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 10, ""},
		{"  a \n\t b\u2028c\u0085d  ", 20, "a b c d"},
		{"nul\x00 bell\a vt\vff\fx esc\x1b", 40, "nul bell vt ff x esc"},
		{"bad \xff\xc3 utf8", 40, "bad \ufffd\ufffd utf8"},
		{"a\u202eevil\u2066b\u2069", 40, "aevilb"},
		{"לא \u200fשינוי", 40, "לא \u200fשינוי"},
		{"\ufeffmark \ufffe\uffff\U0001fffe", 40, "mark"},
		{"ab]]>cd", 40, "ab]]>cd"},
		{"exactly ten", 11, "exactly ten"},
		{"one word too many", 12, "one word…"},
		{long, 22, "word word word word…"},
		{strings.Repeat("x", 50), 5, "xxxxx…"},
		{"xxxxe\u0301\u0301\u0301y", 6, "xxxxe…"},
		{strings.Repeat("\u0301", 60), 5, "\u0301…"},
	} {
		got := cleanLine(tt.in, tt.limit)
		if got != tt.want {
			t.Errorf("cleanLine(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}

func TestCleanURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://north.example/a?b=c&d#e":                 "https://north.example/a?b=c&d#e",
		" http://north.example/ä ":                        "http://north.example/%C3%A4",
		"https://good.example@evil.example/":              "https://evil.example/",
		"javascript:alert(1)":                             "",
		"JAVASCRIPT://north.example/%0aalert(1)":          "",
		"data:text/html,x":                                "",
		"//north.example/x":                               "",
		"/x":                                              "",
		"https:///x":                                      "",
		"https://north.example/[1]?a=|&b=%7c&c=100%#x":    "https://north.example/%5B1%5D?a=%7C&b=%7c&c=100%25#x",
		"https://münchen.example:8080/ß":                  "https://xn--mnchen-3ya.example:8080/%C3%9F",
		"http://[2001:db8::1]:80/[x]":                     "http://[2001:db8::1]:80/%5Bx%5D",
		"https://north.example/\x00":                      "",
		"https://north.example/" + `"><script>`:           "https://north.example/%22%3E%3Cscript%3E",
		"https://x.example/" + strings.Repeat("a", 1<<12): "",
		"": "",
	} {
		if got := cleanURL(in); got != want {
			t.Errorf("cleanURL(%q) = %q, want %q", in, got, want)
		}
	}
}

// hostileStory is a story whose every string is s.
func hostileStory(s string) story.Story {
	m := article(1, 1, "north", s, s, clock(0, 0))
	m.URL, m.Image, m.Lang, m.Categories, m.Credits = s, "https://i.example/"+s, s, []string{s, s + "2"}, []string{s}
	m.Enclosures = []story.Enclosure{{URL: "https://e.example/" + s, Type: s, Length: -5}}
	m.Why.Rule, m.Why.Terms = s, []story.Term{{Text: s, Weight: 1}}
	n := article(2, 1, "harbour", s+"x", s, clock(1, 0))
	n.URL = "https://h.example/" + s
	o := article(3, 2, "island", "", "", clock(2, 0))
	o.URL = ""
	said := []story.Sentence{{Text: s, Article: 1}, {Text: s, Article: 3}, {Text: s, Article: 99}}
	return story.Story{
		ID: "hostilehostilex2", Members: []story.Member{m, n, o}, Reports: 2, Lang: s, Shown: clock(0, 20),
		Revisions: []story.Revision{{Number: 1, Time: clock(0, 10), Reason: s, Articles: []uint64{1}, Reports: 1, Headline: s}},
		Brief:     story.Brief{Headline: s, HeadlineOf: 1, Representative: 1, Summary: said, Only: said, New: said},
	}
}

var hostileStrings = []string{
	"a\x00b\x08c\x0b\x0c\x1f\x7f\u0085", "]]>", "<![CDATA[ ]]]]><!", "bad \xff\xfe\xc0\xaf utf8", "\xed\xa0\x80 surrogate",
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "&lt;b&gt; &#0; &bogus;", "{{.}} `${x}`",
	"\u202egnp.exe\u202c \u2066x", "\ufffe\uffff", "line\nbreak\r\nand\ttab", strings.Repeat("title ", 17000), strings.Repeat("é", 50000), "", " ", "\u2028\u2029",
}

// checkFeeds fails unless every format of the feed is well-formed, has the one
// entry, and no markup from outside.
func checkFeeds(t testing.TB, s string) {
	_, c := newspaper()
	c.Feeds = []Feed{{Name: "stories", Title: s}, {Name: "each", Title: s, Updates: Reissue}, {Name: "days", Title: s, Updates: Digest(7, 0)}}
	m := &memory{list: []story.Story{tell(hostileStory(s))}}
	h := at(m, c, clock(100, 0))
	paths := []string{"/feed.rss", "/feed.atom", "/feed.json"}
	for _, feed := range []string{"each", "days"} {
		paths = append(paths, "/feeds/"+feed+".rss", "/feeds/"+feed+".atom", "/feeds/"+feed+".json")
	}
	for _, path := range paths {
		ext := path[strings.LastIndexByte(path, '.')+1:]
		text := body(t, h, path)
		if ext == "json" && !json.Valid(text) {
			t.Fatalf("not JSON: %.500s", text)
		}
		if !utf8.Valid(text) || len(text) > 100_000 {
			t.Fatalf("%s: %d bytes, valid UTF-8: %v", ext, len(text), utf8.Valid(text))
		}
		for _, r := range string(text) {
			if r != '\n' && !allowed(r) {
				t.Fatalf("%s holds %U", ext, r)
			}
		}
		f := parse(t, text)
		if len(f.Items) != 1 {
			t.Fatalf("%s: %d entries, want 1", ext, len(f.Items))
		}
		x := f.Items[0]
		if x.Title == "" || strings.ContainsAny(x.Title, "\n\r\t") || utf8.RuneCountInString(x.Title) > maxTitle+1 || x.GUID == "" {
			t.Fatalf("%s: title %q, id %q", ext, x.Title, x.GUID)
		}
		checkHTML(t, x.Content)
		if ext == "rss" {
			checkHTML(t, x.Description)
		}
	}
	for _, ext := range []string{"rss", "atom", "json"} { // what is asked for comes from outside, too
		w := get(t, h, "/search."+ext+"?q="+url.QueryEscape(s))
		switch {
		case w.Code == 400:
		case w.Code != 200:
			t.Fatalf("search for %q: %d", s, w.Code)
		case ext == "json" && !json.Valid(w.Body.Bytes()):
			t.Fatalf("search for %q is not JSON", s)
		default:
			parse(t, w.Body.Bytes())
		}
	}
	for _, path := range []string{"/feeds.opml", "/api/stories"} {
		if text := body(t, h, path); path == "/feeds.opml" {
			wellFormed(t, text)
		} else if !json.Valid(text) {
			t.Fatalf("%s is not JSON", path)
		}
	}
}

var contentElements = regexp.MustCompile(`^(html|head|body|h3|p|ul|li|a|em|strong|time|span)$`)

// checkHTML fails unless content holds the elements that we write, and links to the web alone.
func checkHTML(t testing.TB, content string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.CommentNode || n.Type == html.ElementNode && !contentElements.MatchString(n.Data) {
			t.Fatalf("content holds <%s>: %.500s", n.Data, content)
		}
		for _, a := range n.Attr {
			switch a.Key {
			case "href":
				if cleanURL(a.Val) == "" {
					t.Fatalf("content links to %q", a.Val)
				}
			case "lang", "dir", "datetime":
			default:
				t.Fatalf("content has the attribute %s=%q", a.Key, a.Val)
			}
		}
	}
}

func TestHostileStrings(t *testing.T) {
	for _, s := range hostileStrings {
		checkFeeds(t, s)
	}
}

// A title that looks like markup is text, and stays readable.
func TestTitleIsText(t *testing.T) {
	_, c := newspaper()
	title := `If a < b & "c" > d: the <script> of ]]> a quarrel`
	m := &memory{list: []story.Story{hostileStory(title)}}
	for _, ext := range []string{"rss", "atom", "json"} {
		if x := parse(t, body(t, newHandler(m, c), "/feed."+ext)).Items[0]; x.Title != title {
			t.Errorf("%s: title %q, want %q", ext, x.Title, title)
		}
	}
}

// Forms of one word are named once.
func TestSharedTerms(t *testing.T) {
	s := ferry()
	for i, list := range [][]string{1: {"ferry", "ashore"}, 2: {"captain", "investigators"}, 3: {"Ferry", "captains", "lighthouse"}} {
		s.Members[i].Why.Terms = nil
		for j, text := range list {
			s.Members[i].Why.Terms = append(s.Members[i].Why.Terms, story.Term{Text: text, Weight: .5 - .1*float64(j)})
		}
	}
	if got, want := sharedTerms(&Shown{Story: s}), "ferry, captain, ashore, investigators, lighthouse"; got != want {
		t.Errorf("sharedTerms = %q, want %q", got, want)
	}
}

func TestManyMembers(t *testing.T) {
	s := ferry()
	for i := range 3000 {
		m := article(uint64(i+10), i%60+1, "north", fmt.Sprintf("Outlet %d", i), "Ferry aground", clock(0, i%60))
		s.Members = append(s.Members, m)
	}
	_, c := newspaper()
	h := newHandler(&memory{list: []story.Story{s}}, c)
	e := entryOf(t, h, "stories", s.ID)
	if len(e.content) > 100_000 || len(e.outlets) > maxOutlets || !strings.Contains(e.content, "more</li>") || !strings.Contains(e.content, " more</li>") {
		t.Errorf("an entry of %d articles: %d bytes, %d outlets", len(s.Members), len(e.content), len(e.outlets))
	}
	if n := len(newArticles(e.Shown)); n != maxArticles {
		t.Errorf("%d articles in _storyfold, want %d", n, maxArticles)
	}
}

// Sources that fill everything with as much as they can give a feed of a size that can be served.
func TestDocumentIsBounded(t *testing.T) {
	long := strings.Repeat("x", 1900)
	big := ferry()
	big.Members = nil
	for j := range 200 {
		a := article(uint64(j+1), j+1, "north", long, long, clock(0, j%60))
		a.URL = "https://north.example/" + long
		big.Members = append(big.Members, a)
	}
	m := &memory{}
	for i := range 300 {
		big.ID = story.ID(fmt.Sprintf("big%013d", i))
		m.list = append(m.list, big)
	}
	_, c := newspaper()
	h := newHandler(m, c)
	for _, path := range []string{"/feed.json?limit=500", "/api/stories"} {
		if n := len(body(t, h, path)); n > 2*maxDocumentBytes || n < maxDocumentBytes/4 {
			t.Errorf("%s has %d bytes", path, n)
		}
	}
}

func FuzzFeeds(f *testing.F) {
	for _, s := range hostileStrings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkFeeds(t, s) })
}

func TestCreditsOf(t *testing.T) {
	f := fold{First: story.Member{}, Copies: []story.Member{{Credits: []string{"ESA"}}, {Credits: []string{"NW", "ESA"}}, {Credits: []string{"C", "D"}}}}
	if got := strings.Join(creditsOf(f), " "); got != "ESA NW C" {
		t.Errorf("creditsOf = %s, want those of all copies, three at most", got)
	}
}
