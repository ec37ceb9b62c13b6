package fetcher

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"

	"storyfold/story"
)

// benchDocument returns a document of 30 items with a text of some 2 KB each, from item number first on.
func benchDocument(format string, first int) []byte {
	var b strings.Builder
	switch format {
	case "rss":
		b.WriteString(`<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>Fjordvik Courier</title>
<link>https://fjordvik.example/</link>
`)
	case "atom":
		b.WriteString(`<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">
<title>Fjordvik Courier</title>
<id>tag:fjordvik.example,2026:feed</id>
`)
	}
	var list []any
	for n := first; n < first+30; n++ {
		title, link := fmt.Sprintf("Harbour of Fjordvik closes pier %d for repairs", n), fmt.Sprintf("https://fjordvik.example/news/%d.html", n)
		text := strings.Repeat(fmt.Sprintf("<p>The harbour master of Fjordvik said on Monday that pier %d needs new beams, <a href=\"%s\">and soon</a>. "+
			"Two ferries will leave from Ostholm meanwhile, the council decided.</p>\n", n, link), 10)
		switch format {
		case "rss":
			fmt.Fprintf(&b, "<item>\n<title>%s</title>\n<link>%s</link>\n<guid isPermaLink=\"false\">pier-%d</guid>\n<pubDate>Tue, 03 Mar 2026 %02d:04:05 +0000</pubDate>\n"+
				"<dc:creator>Ilse Brandt</dc:creator>\n<category>Harbour</category>\n<description>%s</description>\n<content:encoded><![CDATA[%s]]></content:encoded>\n</item>\n",
				title, link, n, n%24, html.EscapeString(text[:200]), text)
		case "atom":
			fmt.Fprintf(&b, "<entry>\n<title>%s</title>\n<link href=\"%s\"/>\n<id>pier-%d</id>\n<published>2026-03-03T%02d:04:05Z</published>\n"+
				"<author><name>Ilse Brandt</name></author>\n<category term=\"Harbour\"/>\n<content type=\"html\">%s</content>\n</entry>\n",
				title, link, n, n%24, html.EscapeString(text))
		case "json":
			list = append(list, map[string]any{"id": fmt.Sprint("pier-", n), "url": link, "title": title, "content_html": text, "tags": []string{"Harbour"},
				"date_published": fmt.Sprintf("2026-03-03T%02d:04:05Z", n%24), "authors": []any{map[string]string{"name": "Ilse Brandt"}}})
		}
	}
	switch format {
	case "rss":
		b.WriteString("</channel>\n</rss>\n")
	case "atom":
		b.WriteString("</feed>\n")
	case "json":
		whole, _ := json.Marshal(map[string]any{"version": "https://jsonfeed.org/version/1.1", "title": "Fjordvik Courier", "items": list})
		b.Write(whole)
	}
	return []byte(b.String())
}

// BenchmarkParse reads a document of 30 items.
func BenchmarkParse(b *testing.B) {
	for _, format := range []string{"rss", "atom", "json"} {
		data := benchDocument(format, 0)
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				doc, err := parseFeed(data, "", "https://fjordvik.example/feed", story.Source{Name: testSource})
				if err != nil || len(doc.Articles) != 30 || len(doc.Articles[29].Text) < 1500 {
					b.Fatalf("%+v, %v", doc, err)
				}
			}
		})
	}
}
