package fetcher

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"codeberg.org/readeck/go-readability"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits of a web page.
const (
	maxPage         = 3 << 20  // bytes, unpacked
	maxPageElements = 20_000   // of a page whose article is looked for, as are the following:
	maxPageDepth    = 100      // elements in one another
	maxPageText     = 1 << 20  // bytes, without scripts
	maxPageWork     = 32 << 20 // bytes of text, and 16 for each element, times their depth: so the time grows
	maxAttribute    = 1 << 10  // bytes of an attribute; a longer one is dropped
	maxAlternates   = 5        // feeds of a page that are tried
	maxLinks        = 500      // links in the head of a page that are looked at
)

// isWebPage reports whether a document that is no feed is a web page.
func isWebPage(body []byte, contentType string) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	if kind == "text/html" || kind == "application/xhtml+xml" {
		return true
	}
	return strings.HasPrefix(http.DetectContentType(body), "text/html")
}

// feedTypes are the media types by which a page marks its feeds.
var feedTypes = map[string]bool{
	"application/rss+xml": true, "application/atom+xml": true, "application/feed+json": true, "application/rdf+xml": true,
}

// alternates returns the addresses of the feeds that a web page names in its links, in their
// order, at most maxAlternates. Feeds of comments are left out.
func alternates(page []byte, base *url.URL) (feeds []string) {
	headLinks(page, base, func(link map[string]string, base *url.URL) bool {
		if feed := feedLink(link, base); feed != "" && !contains(feeds, feed) {
			feeds = append(feeds, feed)
		}
		return len(feeds) < maxAlternates
	})
	return feeds
}

// headLinks gives the attributes of the links of a web page to yield, with the address that
// they are relative to, in their order and at most maxLinks of them, until yield returns false.
// The time is linear in the length of the page.
func headLinks(page []byte, base *url.URL, yield func(link map[string]string, base *url.URL) bool) {
	z := html.NewTokenizer(strings.NewReader(pageText(page)))
	based := false
	for links := 0; links < maxLinks; {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.Base:
				if u, err := base.Parse(attributes(z)["href"]); err == nil && !based {
					base, based = u, true
				}
			case atom.Link:
				links++
				if !yield(attributes(z), base) {
					return
				}
			}
		}
	}
}

func contains(list []string, address string) bool {
	for _, s := range list {
		if CanonicalLink(s) == CanonicalLink(address) {
			return true
		}
	}
	return false
}

// attributes returns those of the tag under z that links are made of.
func attributes(z *html.Tokenizer) map[string]string {
	found := map[string]string{}
	for range maxAttrs {
		key, value, more := z.TagAttr()
		switch string(key) {
		case "rel", "type", "href", "title", "sizes":
			found[string(key)] = strings.TrimSpace(string(value))
		}
		if !more {
			break
		}
	}
	return found
}

// commentWords stand in the titles and addresses of feeds that hold what readers say.
var commentWords = []string{"comment", "kommentar", "comentari", "commenti", "reacties"}

// feedLink returns the address of the feed that a link with these attributes
// leads to, or "".
func feedLink(link map[string]string, base *url.URL) string {
	kind, _, _ := strings.Cut(strings.ToLower(link["type"]), ";")
	rel := strings.Fields(strings.ToLower(link["rel"]))
	marked := false
	for _, r := range rel {
		marked = marked || r == "alternate" || r == "feed"
	}
	if !marked || !feedTypes[strings.TrimSpace(kind)] {
		return ""
	}
	feed := resolve(base, link["href"])
	u, err := url.Parse(feed)
	if err != nil || feed == "" || strings.Contains(u.Path, "/wp-json/") {
		return ""
	}
	about := strings.ToLower(link["title"] + " " + u.Path)
	for _, word := range commentWords {
		if strings.Contains(about, word) {
			return ""
		}
	}
	return feed
}

// wellKnown are the places where feeds stand on sites that do not say so.
var wellKnown = []string{"/feed", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/rss"}

// guesses returns the well-known addresses of feeds on the site of a page.
func guesses(page *url.URL) []string {
	var all []string
	for _, path := range wellKnown {
		u := url.URL{Scheme: page.Scheme, Host: page.Host, Path: path}
		all = append(all, u.String())
	}
	return all
}

// Why a page gives no article.
var (
	errNoPage    = errors.New("it is no web page")
	errNoArticle = errors.New("no article was found on the page")
	errOther     = errors.New("the page is about something else: a login, or a question about cookies?")
)

// articleOf returns the text of the article on a web page, which is known by its
// title: paragraphs as in story.Article.
func articleOf(page []byte, contentType string, address *url.URL, title string) (text string, err error) {
	if !isWebPage(page, contentType) {
		return "", errNoPage
	}
	defer func() {
		if p := recover(); p != nil { // html.Parse does so where elements are nested too deeply
			text, err = "", fmt.Errorf("the page cannot be read: %v", p)
		}
	}()
	if bytes.Count(page, []byte("<")) > 4*maxPageElements {
		return "", fmt.Errorf("the page has more than %d elements", maxPageElements)
	}
	doc, err := html.Parse(strings.NewReader(headerText(page, contentType)))
	if err != nil {
		return "", fmt.Errorf("the page cannot be read: %w", err)
	}
	if err := slim(doc); err != nil {
		return "", err
	}
	reader := readability.NewParser()
	reader.MaxElemsToParse = maxPageElements
	reader.DisableJSONLD = true
	found, err := reader.ParseAndMutate(doc, address)
	if err != nil {
		return "", fmt.Errorf("the page cannot be read: %w", err)
	}
	text = htmlText("<div>" + found.Content + "</div>")
	switch {
	case text == "":
		return "", errNoArticle
	case !about(found.Title+" "+text, title):
		return "", errOther
	}
	return text, nil
}

// slim takes out of a page what no text is in, and refuses one whose article would take
// long to find.
func slim(doc *html.Node) error {
	size, depth, work := 0, 0, 0
	var idle []*html.Node
	for n := doc; n != nil; n = next(n, &depth) {
		switch {
		case depth > maxPageDepth:
			return fmt.Errorf("the page is nested deeper than %d levels", maxPageDepth)
		case n.DataAtom == atom.Script || n.DataAtom == atom.Style || n.DataAtom == atom.Noscript || n.DataAtom == atom.Svg || n.DataAtom == atom.Template:
			idle = append(idle, n)
		case n.Type == html.TextNode && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style:
			size += len(n.Data)
			work += len(n.Data) * depth
		}
		work += 16 * depth
		n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return len(a.Key)+len(a.Val) > maxAttribute })
	}
	if work > maxPageWork {
		return fmt.Errorf("the page holds too much, nested too deeply")
	}
	if size > maxPageText {
		return fmt.Errorf("the page holds more than %d KiB of text", maxPageText>>10)
	}
	for _, n := range idle {
		n.Parent.RemoveChild(n)
	}
	return nil
}

// next returns the node after n in the document, and keeps count of its depth.
func next(n *html.Node, depth *int) *html.Node {
	if n.FirstChild != nil {
		*depth++
		return n.FirstChild
	}
	for n != nil && n.NextSibling == nil {
		*depth--
		n = n.Parent
	}
	if n == nil {
		return nil
	}
	return n.NextSibling
}

// headerText is pageText for a page that a server sent: its header names the encoding, too.
func headerText(page []byte, contentType string) string {
	if headerCharset(contentType) == "" {
		return pageText(page)
	}
	text, _ := toUTF8(page, contentType)
	return string(bytes.ReplaceAll(text, []byte{0}, nil))
}

// about reports whether text holds a good part of the longer words of title; true
// where the title has too few to tell.
func about(text, title string) bool {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	text = strings.ToLower(text)
	all, found := 0, 0
	for _, w := range words {
		if len([]rune(w)) < 4 {
			continue
		}
		all++
		if strings.Contains(text, w) {
			found++
		}
	}
	return all < 3 || 4*found >= all
}
