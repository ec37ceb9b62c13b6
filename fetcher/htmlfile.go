package fetcher

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// parseHTML reads an article from a web page.
func parseHTML(data []byte) (*piece, error) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(pageText(data)))
	if err != nil {
		return nil, fmt.Errorf("read HTML: %w", err)
	}
	p := &piece{}
	p.pageHead(doc)
	doc.Find("script, style, noscript, template, iframe, object, svg, canvas, nav, aside, footer, form, button, select, dialog, " +
		"[hidden], [role=navigation], [role=complementary], [role=contentinfo], [role=search]").Remove()
	main := mainPart(doc)
	if h := main.Find("h1").First(); h.Length() > 0 {
		if p.Title == "" {
			p.Title = cleanTitle(h.Text())
		}
		if sameTitle(cleanTitle(h.Text()), p.Title) {
			h.Remove()
		}
	}
	if p.Title == "" {
		p.Title = cleanTitle(doc.Find("h1, title").First().Text())
	}
	main.Find("figcaption, [class~=byline], [rel=author], [itemprop=author], time").Remove()
	body, err := goquery.OuterHtml(main)
	if err != nil {
		return nil, fmt.Errorf("read HTML: %w", err)
	}
	p.finish(splitParagraphs(htmlText("<div>" + body + "</div>")))
	return p, nil
}

// pageText returns a page in UTF-8: by byte order mark, by being UTF-8 already, by
// its meta element, by how it looks.
func pageText(data []byte) string {
	if !utf8.Valid(data) && utf16Of(data) == nil {
		if enc, name, certain := charset.DetermineEncoding(data[:min(len(data), 1024)], ""); certain && name != "utf-8" {
			text, _ := decode(data, enc)
			return string(text)
		}
	}
	text, _ := toUTF8(data, "")
	return string(bytes.ReplaceAll(text, []byte{0}, nil))
}

// pageHead reads what the head of a page, and its marked-up times and authors, say.
func (p *piece) pageHead(doc *goquery.Document) {
	meta := map[string][]string{}
	doc.Find("meta").Each(func(_ int, s *goquery.Selection) {
		content := strings.TrimSpace(s.AttrOr("content", ""))
		for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
			if k := strings.ToLower(s.AttrOr(key, "")); k != "" && content != "" && len(meta[k]) < maxCategories {
				meta[k] = append(meta[k], content)
			}
		}
	})
	first := func(keys ...string) string {
		for _, k := range keys {
			if len(meta[k]) > 0 {
				return meta[k][0]
			}
		}
		return ""
	}
	base, _ := url.Parse(first("og:url"))
	p.Outlet = first("og:site_name", "application-name", "publisher", "dc.publisher")
	p.Title = withoutSite(cleanTitle(first("og:title", "headline", "dc.title")), p.Outlet)
	if p.Title == "" && doc.Find("h1").Length() == 0 {
		p.Title = withoutSite(cleanTitle(doc.Find("title").First().Text()), p.Outlet)
	}
	for _, link := range []string{doc.Find("link[rel=canonical]").AttrOr("href", ""), first("og:url")} {
		if p.URL == "" {
			p.URL = resolve(base, link)
		}
	}
	p.Image = resolve(base, first("og:image", "twitter:image"))
	p.Lang = firstNonEmpty(doc.Find("html").AttrOr("lang", ""), first("og:locale", "content-language", "dc.language", "language"))
	p.Published = documentTime(firstNonEmpty(first("article:published_time", "datepublished", "date", "pubdate", "dc.date", "dcterms.created"),
		doc.Find("time[datetime]").AttrOr("datetime", "")))
	for _, k := range []string{"author", "article:author", "dc.creator"} {
		for _, name := range meta[k] {
			if webAddress(name) == "" {
				p.Authors = append(p.Authors, name)
			}
		}
	}
	p.Categories = append(append(p.Categories, meta["article:section"]...), meta["article:tag"]...)
	for _, list := range meta["keywords"] {
		p.Categories = append(p.Categories, nameList(list)...)
	}
}

// withoutSite returns title without the site's name at its end.
func withoutSite(title, site string) string {
	if site == "" {
		return title
	}
	for _, sep := range []string{" - ", " | ", " – ", " — ", " :: ", " · "} {
		if head, ok := strings.CutSuffix(title, sep+site); ok && head != "" {
			return strings.TrimSpace(head)
		}
	}
	return title
}

// mainPart returns the element that holds the article: the longest of those
// marked as such, else of the page's main part, else the whole body.
func mainPart(doc *goquery.Document) *goquery.Selection {
	for _, sel := range []string{"[itemprop=articleBody]", "article", "main, [role=main]", "body"} {
		best, most := (*goquery.Selection)(nil), 0
		doc.Find(sel).Each(func(_ int, s *goquery.Selection) {
			if n := textLength(s); n > most {
				best, most = s, n
			}
		})
		const enough = 200 // bytes; less is a teaser or a stub
		if best != nil && (most >= enough || sel == "body") {
			return best
		}
	}
	return doc.Selection
}

// textLength returns how many bytes of text stand in s, spaces at the ends of texts aside.
func textLength(s *goquery.Selection) int {
	n := 0
	for _, root := range s.Nodes {
		for d := range root.Descendants() {
			if d.Type == html.TextNode {
				n += len(strings.TrimSpace(d.Data))
			}
		}
	}
	return n
}
