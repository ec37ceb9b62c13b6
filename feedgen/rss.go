package feedgen

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/feeds"
)

// rssFeed is gorilla's channel with what it cannot say.
type rssFeed struct {
	*feeds.RssFeed
	Links []atomLink `xml:"atom:link"`
	Items []*rssItem `xml:"item"`
}

const rssType = "application/rss+xml"

// rssItem is gorilla's item with several categories, the outlets, the language,
// the image and all that can be seen or heard.
type rssItem struct {
	*feeds.RssItem
	Categories []string        `xml:"category"`
	Creator    string          `xml:"dc:creator,omitempty"`
	Language   string          `xml:"dc:language,omitempty"`
	Source     *rssSource      `xml:"source"`
	Media      []*mediaContent `xml:"media:content"`
}

// rssSource is the feed that the representative article came from.
type rssSource struct {
	URL  string `xml:"url,attr"`
	Name string `xml:",chardata"`
}

// mediaContent is an element of Media RSS.
type mediaContent struct {
	URL    string `xml:"url,attr"`
	Size   int64  `xml:"fileSize,attr,omitempty"` // bytes
	Type   string `xml:"type,attr,omitempty"`
	Medium string `xml:"medium,attr,omitempty"`
}

// imageContent returns the picture of an entry; nil if there is none.
func imageContent(image string) *mediaContent {
	if image == "" {
		return nil
	}
	return &mediaContent{URL: image, Medium: "image"}
}

// mediaContents returns the picture of e and its enclosures, each once.
func mediaContents(e *entry) (list []*mediaContent) {
	if e.image != "" {
		list = append(list, imageContent(e.image))
	}
	for _, m := range e.media {
		if m.url == e.image {
			list[0].Size, list[0].Type = m.length, m.kind
			continue
		}
		c := &mediaContent{URL: m.url, Size: m.length, Type: m.kind}
		switch kind, _, _ := strings.Cut(m.kind, "/"); kind {
		case "image", "audio", "video":
			c.Medium = kind
		}
		list = append(list, c)
	}
	return list
}

type atomLink struct {
	Href   string `xml:"href,attr"`
	Rel    string `xml:"rel,attr"`
	Type   string `xml:"type,attr,omitempty"`
	Length string `xml:"length,attr,omitempty"`
}

// rssRoot is the document element.
type rssRoot struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Atom    string   `xml:"xmlns:atom,attr"`
	Content string   `xml:"xmlns:content,attr"`
	DC      string   `xml:"xmlns:dc,attr"`
	Media   string   `xml:"xmlns:media,attr"`
	Channel *rssFeed `xml:"channel"`
}

// FeedXml implements feeds.XmlFeed.
func (r *rssRoot) FeedXml() interface{} { return r }

const mediaNamespace = "http://search.yahoo.com/mrss/"

// writeRSS writes d as RSS 2.0.
func writeRSS(d *document) ([]byte, error) {
	channel := &rssFeed{
		RssFeed: &feeds.RssFeed{
			Title: d.title, Link: d.home, Description: d.subtitle, Language: d.lang, Generator: "storyfold",
			LastBuildDate: rssTime(d.revised),
		},
		Links: append([]atomLink{{Href: d.self, Rel: "self", Type: rssType}}, pageLinks(d, rssType)...),
	}
	for i := range d.entries {
		channel.Items = append(channel.Items, newRSSItem(&d.entries[i], d.origin(&d.entries[i])))
	}
	root := &rssRoot{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Content: "http://purl.org/rss/1.0/modules/content/",
		DC: "http://purl.org/dc/elements/1.1/", Media: mediaNamespace, Channel: channel,
	}
	return encodeXML(root)
}

func newRSSItem(e *entry, from *origin) *rssItem {
	item := &rssItem{
		RssItem: &feeds.RssItem{
			Title: e.title, Link: e.link, Description: textAsHTML(e.summary),
			Content: &feeds.RssContent{Content: e.content},
			Guid:    &feeds.RssGuid{Id: e.id, IsPermaLink: "false"},
			PubDate: rssTime(e.published()),
		},
		Categories: e.tags, Creator: strings.Join(e.outlets, ", "), Language: e.lang, Media: mediaContents(e),
	}
	if from != nil {
		item.Source = &rssSource{from.address, from.name}
	}
	if len(e.media) > 0 { // RSS 2.0 means one; media:content has all
		m := e.media[0]
		item.Enclosure = &feeds.RssEnclosure{Url: m.url, Type: m.kind, Length: strconv.FormatInt(m.length, 10)}
	}
	return item
}

// rssTime writes t as RFC 822 with a year of four digits; "" for the zero time.
func rssTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC1123Z)
}

var htmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// textAsHTML returns text as HTML: readers take an RSS description for it.
func textAsHTML(text string) string { return htmlText.Replace(text) }

// encodeXML writes a feed as XML.
func encodeXML(feed feeds.XmlFeed) ([]byte, error) {
	var b bytes.Buffer
	if err := feeds.WriteXML(feed, &b); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
