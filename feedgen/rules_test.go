package feedgen

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/language"

	"storyfold/story"
)

// The rules of RSS 2.0, its modules, Atom (RFC 4287, 5005, 6721) and Media RSS
// that a validator of feeds reports, as far as our feeds come near them. What is
// not named here may not stand in a feed: the tables are a schema.

// namespaces are those that a feed may use, with the prefix that the tables know them by.
var namespaces = map[string]string{
	"":                            "",
	"http://www.w3.org/2005/Atom": "atom:",
	"http://purl.org/rss/1.0/modules/content/": "content:",
	"http://purl.org/dc/elements/1.1/":         "dc:",
	mediaNamespace:                             "media:",
	"http://purl.org/atompub/tombstones/1.0":   "at:",
	"http://www.w3.org/XML/1998/namespace":     "xml:",
}

// children says which elements an element has, and how many of each: "1", "?" for
// at most one, "+" for at least one, "*".
var children = map[string]map[string]string{
	"":        {"rss": "?", "atom:feed": "?"},
	"rss":     {"channel": "1"},
	"channel": {"title": "1", "link": "1", "description": "1", "language": "?", "generator": "1", "lastBuildDate": "?", "atom:link": "+", "item": "*"},
	"item": {
		"title": "1", "link": "1", "description": "1", "content:encoded": "1", "guid": "1", "pubDate": "1", "category": "*",
		"dc:creator": "1", "dc:language": "?", "source": "?", "enclosure": "?", "media:content": "*",
	},
	"atom:feed": {
		"atom:id": "1", "atom:title": "1", "atom:subtitle": "1", "atom:updated": "1", "atom:generator": "1",
		"atom:link": "+", "at:deleted-entry": "*", "atom:entry": "*",
	},
	"atom:entry": {
		"atom:id": "1", "atom:title": "1", "atom:published": "1", "atom:updated": "1", "atom:summary": "1", "atom:content": "1",
		"atom:link": "+", "atom:author": "+", "atom:category": "*", "atom:source": "?", "media:content": "?",
	},
	"atom:source": {"atom:id": "1", "atom:title": "1", "atom:updated": "1", "atom:link": "+"},
	"atom:author": {"atom:name": "1"},
}

// texts says of what form the text of an element is; an element without one has no text.
var texts = map[string]func(string) error{
	"title": words, "link": address, "description": markup, "language": tongue, "generator": words, "lastBuildDate": date822,
	"content:encoded": markup, "guid": name, "pubDate": date822, "category": words, "dc:creator": words, "dc:language": tongue, "source": words,
	"atom:id": name, "atom:title": words, "atom:subtitle": words, "atom:updated": date3339, "atom:published": date3339, "atom:generator": words,
	"atom:summary": words, "atom:content": markup, "atom:name": words,
}

// attributes says of what form the attributes of an element are; "!" marks those
// that it must have.
var attributes = map[string]map[string]func(string) error{
	"rss":              {"version!": only("2.0")},
	"guid":             {"isPermaLink!": only("false")},
	"source":           {"url!": address},
	"enclosure":        {"url!": address, "type!": media822, "length!": number822},
	"media:content":    {"url!": address, "type": media822, "fileSize": number822, "medium": only("image", "audio", "video", "document", "executable")},
	"atom:feed":        {"xml:lang": tongue},
	"atom:entry":       {"xml:lang": tongue},
	"atom:link":        {"href!": address, "rel!": only("self", "alternate", "related", "enclosure", "first", "next", "hub"), "type": media822, "length": number822},
	"atom:content":     {"type!": only("html")},
	"atom:summary":     {"type!": only("text")},
	"atom:category":    {"term!": words},
	"at:deleted-entry": {"ref!": name, "when!": date3339},
}

// wholes are rules about a feed as a whole, or about the parts of one element.
var wholes = []struct {
	name  string
	check func(root *element, address string) error
}{
	{"one self link, which is the feed's address", func(root *element, address string) error {
		var self []string
		for _, l := range root.feed().all("atom:link") {
			if l.attr["rel"] == "self" {
				self = append(self, l.attr["href"])
			}
		}
		if len(self) != 1 || self[0] != address {
			return fmt.Errorf("%q at %s", self, address)
		}
		return nil
	}},
	{"no two links of a kind in one element", func(root *element, _ string) error {
		return root.each(func(e *element) error {
			var links []string
			for _, l := range e.all("atom:link") {
				if rel := l.attr["rel"]; rel == "alternate" || rel == "first" || rel == "next" {
					links = append(links, rel+" "+l.attr["type"])
				}
			}
			return distinctly(links)
		})
	}},
	{"ids differ, and are not those of deleted entries", func(root *element, _ string) error {
		var ids []string
		for _, e := range root.entries() {
			ids = append(ids, e.text("guid")+e.text("atom:id"))
		}
		for _, d := range root.feed().all("at:deleted-entry") {
			ids = append(ids, d.attr["ref"])
		}
		return distinctly(append(ids, root.feed().text("atom:id")+"(feed)"))
	}},
	{"updated values differ", func(root *element, _ string) error {
		var dates []string
		for _, e := range root.feed().all("atom:entry") {
			dates = append(dates, e.text("atom:updated"))
		}
		return distinctly(dates)
	}},
	{"no entry is updated before it was published, or after its feed", func(root *element, _ string) error {
		for _, e := range root.feed().all("atom:entry") {
			// Written alike, such dates sort as text.
			if p, u, f := e.text("atom:published"), e.text("atom:updated"), root.feed().text("atom:updated"); u < p || u > f {
				return fmt.Errorf("published %s, updated %s, feed %s", p, u, f)
			}
		}
		return nil
	}},
	{"categories of an entry differ", func(root *element, _ string) error {
		return root.each(func(e *element) error {
			var list []string
			for _, c := range e.all("atom:category") {
				list = append(list, c.attr["term"])
			}
			for _, c := range e.all("category") {
				list = append(list, c.content)
			}
			return distinctly(list)
		})
	}},
	{"a summary says more than the title", func(root *element, _ string) error {
		for _, e := range root.entries() {
			if e.text("atom:summary")+e.text("description") == e.text("title")+e.text("atom:title") {
				return fmt.Errorf("%q", e.text("atom:title"))
			}
		}
		return nil
	}},
	{"what can be heard or seen is named once", func(root *element, _ string) error {
		return root.each(func(e *element) error {
			var list []string
			for _, m := range e.all("media:content") {
				list = append(list, m.attr["url"])
			}
			return distinctly(list)
		})
	}},
}

func distinctly(list []string) error {
	seen := map[string]bool{}
	for _, s := range list {
		if seen[s] {
			return fmt.Errorf("%q twice", s)
		}
		seen[s] = true
	}
	return nil
}

// The forms of texts and attributes.

func only(values ...string) func(string) error {
	return func(s string) error {
		for _, v := range values {
			if s == v {
				return nil
			}
		}
		return fmt.Errorf("want one of %q", values)
	}
}

func words(s string) error {
	if s == "" || strings.TrimSpace(s) != s {
		return errors.New("blank, or blanks around it")
	}
	return plain(s)
}

// plain refuses what XML forbids, controls, and what turns the direction of text.
func plain(s string) error {
	for _, r := range s {
		if !allowed(r) && r != '\n' {
			return fmt.Errorf("holds %U", r)
		}
	}
	return nil
}

var uriCharacters = regexp.MustCompile(`^(?:[A-Za-z0-9;/?:@&=+$.\-_!~*'(),#]|%[0-9A-Fa-f]{2})+$`)

func address(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return errors.New("no absolute address of the web")
	}
	if strings.HasPrefix(u.Host, "[") {
		s = strings.Replace(s, u.Host, "host", 1)
	}
	if !uriCharacters.MatchString(s) || strings.Count(s, "#") > 1 {
		return errors.New("characters that no URI may hold")
	}
	return nil
}

func name(s string) error {
	if u, err := url.Parse(s); err != nil || u.Scheme == "" || !uriCharacters.MatchString(s) {
		return errors.New("no absolute URI")
	}
	return nil
}

func date822(s string) error {
	t, err := time.Parse("Mon, 02 Jan 2006 15:04:05 -0700", s)
	return plausible(t, err, t.Format("Mon") == s[:3])
}

func date3339(s string) error {
	t, err := time.Parse("2006-01-02T15:04:05.000Z", s)
	return plausible(t, err, true)
}

func plausible(t time.Time, err error, more bool) error {
	if err != nil || !more || t.Year() < 1990 && !t.Equal(time.Unix(0, 0)) || t.Year() > 2100 {
		return errors.New("no plausible date")
	}
	return nil
}

func tongue(s string) error {
	_, err := language.ParseBase(s)
	return err
}

func media822(s string) error {
	kind, _, err := mime.ParseMediaType(s)
	if err == nil && strings.Count(kind, "/") != 1 {
		return errors.New("no media type")
	}
	return err
}

func number822(s string) error {
	_, err := strconv.ParseUint(s, 10, 63)
	return err
}

// markup is HTML that every reader shows: a few elements, each closed, no styles,
// no scripts, and no address but absolute ones.
func markup(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("blank")
	}
	var open []string
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) || len(open) > 0 {
				return fmt.Errorf("%v, open: %q", z.Err(), open)
			}
			return plain(s)
		case html.StartTagToken:
			t := z.Token()
			if !contentElements.MatchString(t.Data) {
				return fmt.Errorf("<%s>", t.Data)
			}
			for _, a := range t.Attr {
				form, ok := map[string]func(string) error{"href": address, "lang": tongue, "dir": only("auto"), "datetime": words}[a.Key]
				if !ok {
					return fmt.Errorf("<%s %s>", t.Data, a.Key)
				}
				if err := form(a.Val); err != nil {
					return fmt.Errorf("<%s %s=%q>: %w", t.Data, a.Key, a.Val, err)
				}
			}
			open = append(open, t.Data)
		case html.EndTagToken:
			t := z.Token()
			if len(open) == 0 || open[len(open)-1] != t.Data {
				return fmt.Errorf("</%s> in %q", t.Data, open)
			}
			open = open[:len(open)-1]
		case html.TextToken:
		default:
			return fmt.Errorf("%s", z.Token())
		}
	}
}

// element is an element of XML; names are those of the tables.
type element struct {
	name, content string
	attr          map[string]string
	kids          []*element
}

func (e *element) all(name string) (list []*element) {
	for _, k := range e.kids {
		if k.name == name {
			list = append(list, k)
		}
	}
	return list
}

// text returns the text of the first child of this name.
func (e *element) text(name string) string {
	if list := e.all(name); len(list) > 0 {
		return list[0].content
	}
	return ""
}

// feed returns the channel, or the Atom feed.
func (e *element) feed() *element {
	top := e.kids[0]
	if list := top.all("channel"); len(list) > 0 {
		return list[0]
	}
	return top
}

func (e *element) entries() []*element {
	return append(e.feed().all("item"), e.feed().all("atom:entry")...)
}

// each calls f for e and all in it.
func (e *element) each(f func(*element) error) error {
	if err := f(e); err != nil {
		return fmt.Errorf("%s: %w", e.name, err)
	}
	for _, k := range e.kids {
		if err := k.each(f); err != nil {
			return err
		}
	}
	return nil
}

// readXML reads a document, whose element is the only child of what it returns.
func readXML(document []byte) (*element, error) {
	if !utf8.Valid(document) || !bytes.HasPrefix(document, []byte(`<?xml version="1.0" encoding="UTF-8"?>`)) {
		return nil, errors.New("no UTF-8, or no declaration")
	}
	root := &element{}
	open := []*element{root}
	d := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(root.kids) == 1 {
			return root, nil
		} else if err != nil {
			return nil, fmt.Errorf("not well-formed: %w", err)
		}
		last := open[len(open)-1]
		switch x := token.(type) {
		case xml.StartElement:
			e := &element{name: known(x.Name), attr: map[string]string{}}
			for _, a := range x.Attr {
				if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
					continue
				}
				e.attr[known(a.Name)] = a.Value
			}
			last.kids = append(last.kids, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			last.content += string(x)
		case xml.Comment, xml.Directive:
			return nil, errors.New("a comment or a directive")
		}
	}
}

func known(n xml.Name) string {
	prefix, ok := namespaces[n.Space]
	if !ok {
		prefix = n.Space + "?"
	}
	return prefix + n.Local
}

// fits checks e by the tables.
func fits(e *element) error {
	want, found := children[e.name], map[string]int{}
	for _, k := range e.kids {
		if found[k.name]++; want[k.name] == "" {
			return fmt.Errorf("<%s> is not allowed", k.name)
		}
	}
	for kid, times := range want {
		if n := found[kid]; n == 0 && (times == "1" || times == "+") || n > 1 && (times == "1" || times == "?") {
			return fmt.Errorf("%d <%s>, want %s", n, kid, times)
		}
	}
	if form := texts[e.name]; form != nil {
		if err := form(e.content); err != nil {
			return fmt.Errorf("%.200q: %w", e.content, err)
		}
	} else if strings.TrimSpace(e.content) != "" {
		return fmt.Errorf("text %.200q", e.content)
	}
	forms := attributes[e.name]
	for key, value := range e.attr {
		form := forms[key]
		if form == nil {
			form = forms[key+"!"]
		}
		if form == nil {
			return fmt.Errorf("attribute %s is not allowed", key)
		}
		if err := form(value); err != nil {
			return fmt.Errorf("%s=%.200q: %w", key, value, err)
		}
	}
	for key := range forms {
		if must, ok := strings.CutSuffix(key, "!"); ok && e.attr[must] == "" {
			return fmt.Errorf("attribute %s is missing", must)
		}
	}
	return nil
}

// brokenRules returns the rules that the feed at this address breaks.
func brokenRules(document []byte, address string) (list []string) {
	root, err := readXML(document)
	if err != nil {
		return []string{err.Error()}
	}
	if err := root.each(fits); err != nil {
		return []string{err.Error()}
	}
	for _, w := range wholes {
		if err := w.check(root, address); err != nil {
			list = append(list, w.name+": "+err.Error())
		}
	}
	return list
}

// hostileAddresses stand where articles name addresses.
var hostileAddresses = []string{
	"https://north.example/a b|c^d`e{f}[g]\\h\"<i>", "https://north.example/?q=a|b{c}[d]^e`f\\g\"h<i>&100%&ä", "https://münchen.example/straße?x=ß#ü#v",
	"http://[2001:db8::1]/x", "https://north.example:99999/", "https://north.example/%zz", "https://north.example/?%zz", "//north.example", "mailto:a@b.example",
}

// TestRules checks the feeds of an invented world, and those of hostile inputs,
// under every policy, in parts, and with links to actions.
func TestRules(t *testing.T) {
	feeds := []Feed{
		{Name: "stories", Title: "Stories"}, {Name: "quiet", Updates: Silent, Link: LinkStory}, {Name: "each", Updates: Reissue},
		{Name: "days", Updates: Digest(7, 0)}, {Name: "mine", Key: "ä&b", Updates: Bump},
	}
	worlds := map[string]func() (*memory, Config){
		"newspaper": toldNewspaper,
		"merged":    merged,
		"empty":     func() (*memory, Config) { _, c := newspaper(); return &memory{}, c },
		"of one moment": func() (*memory, Config) {
			m, c := newspaper()
			for i := range 80 {
				s := tell(ferry())
				s.ID = story.ID(fmt.Sprintf("moment%010d", i))
				m.list = append(m.list, s)
			}
			return m, c
		},
	}
	for i, s := range append(hostileStrings, hostileAddresses...) {
		worlds[fmt.Sprintf("hostile %d", i)] = func() (*memory, Config) {
			_, c := newspaper()
			c.Sources[0].Feed = s
			return &memory{list: []story.Story{tell(hostileStory(s))}}, c
		}
	}
	for what, world := range worlds {
		m, c := world()
		c.Feeds = feeds
		for i, base := range []string{"http://127.0.0.1:8080", "https://news.example/sub/path"} {
			c.BaseURL, c.Hub = base, []string{"", "https://hub.example/?a=b"}[i]
			if i > 0 && strings.HasPrefix(what, "hostile") {
				break
			}
			h := New(Options{
				Stories: m, Mutes: &muteShelf{}, Corrections: &book{}, Now: func() time.Time { return clock(100, 0) },
				States: func() []story.SourceState {
					return []story.SourceState{{Name: "north", FeedID: "tag:north.example,2026:a", Site: "https://north.example/"}, {Name: "bote", FeedID: what, Site: what}}
				},
			})
			h.Configure(c)
			for _, path := range []string{"/feed.", "/feeds/quiet.", "/feeds/each.", "/feeds/days.", "/feeds/mine.", "/search."} {
				for _, ext := range []string{"rss", "atom"} {
					query := map[string]string{"/feeds/mine.": "?key=%C3%A4%26b", "/search.": "?q=ferry"}[path]
					keepsRules(t, what, h, c.BaseURL, path+ext+query)
				}
			}
		}
	}
}

// keepsRules checks a feed, by itself and in parts of two entries.
func keepsRules(t *testing.T, what string, h *Handler, base, path string) {
	t.Helper()
	check := func(path string) string {
		w, own := get(t, h, path), httptest.NewRecorder()
		h.ServeHTTP(own, asker{local: true}.request("GET", path, ""))
		for form, text := range map[string][]byte{"": w.Body.Bytes(), " for local use": own.Body.Bytes()} {
			for _, b := range brokenRules(text, base+path) {
				t.Errorf("%s, %s%s%s: %s", what, base, path, form, b)
			}
		}
		root, err := readXML(w.Body.Bytes())
		if err != nil {
			return ""
		}
		for _, l := range root.feed().all("atom:link") {
			if l.attr["rel"] == "next" {
				return strings.TrimPrefix(l.attr["href"], base)
			}
		}
		return ""
	}
	check(path)
	if what != "newspaper" && what != "merged" {
		return
	}
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	for next := path + sep + "limit=2"; next != ""; {
		next = check(next)
	}
}

// TestRulesAreKept spoils a feed in many ways: each must be noticed.
func TestRulesAreKept(t *testing.T) {
	m, c := toldNewspaper()
	h := at(m, c, clock(100, 0))
	for _, tt := range []struct{ ext, from, to string }{
		{"rss", `version="2.0"`, `version="0.91"`},
		{"rss", "<title>", "<title> "},
		{"rss", "<item>", "<item><pubDate>Sat, 14 Mar 2026 06:11:00 +0000</pubDate>"},
		{"rss", "<pubDate>Sat", "<pubDate>Sun"},
		{"rss", "<guid isPermaLink=\"false\">urn:uuid:", "<guid isPermaLink=\"false\">"},
		{"rss", `rel="self"`, `rel="alternate"`},
		{"rss", "feed.rss", "feed.xml"},
		{"rss", `length="4096"`, `length="-1"`},
		{"rss", `type="audio/mpeg"`, `type="audio"`},
		{"rss", "<dc:language>en", "<dc:language>english"},
		{"rss", "https://north.example/1", "/1"},
		{"rss", "<em>", "<em style='color: red'>"},
		{"rss", "</em>", ""},
		{"atom", "<updated>2026", "<updated>1826"},
		{"atom", "<updated>2026-03-15", "<updated>2026-03-13"},
		{"atom", "xml:lang=\"en\"", "xml:lang=\"-\""},
		{"atom", "<author>", "<author></author><author>"},
		{"atom", "https://north.example/1\"", "https://north.example/ 1\""},
		{"atom", "<category term=\"local\">", "<category term=\"world\">"},
		{"atom", "http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss"},
		{"atom", "</summary>", "\u202e</summary>"},
	} {
		text := string(body(t, h, "/feed."+tt.ext))
		if got := brokenRules([]byte(text), c.BaseURL+"/feed."+tt.ext); len(got) > 0 {
			t.Fatalf("%s: %q", tt.ext, got)
		}
		spoilt := strings.Replace(text, tt.from, tt.to, 1)
		if spoilt == text {
			t.Fatalf("the %s holds no %q", tt.ext, tt.from)
		}
		if len(brokenRules([]byte(spoilt), c.BaseURL+"/feed."+tt.ext)) == 0 {
			t.Errorf("%s with %q for %q breaks no rule", tt.ext, tt.to, tt.from)
		}
	}
}
