package feedgen

import (
	"encoding/xml"
	"strconv"
	"time"

	"github.com/gorilla/feeds"
)

// atomFeed is gorilla's feed with what it cannot say.
type atomFeed struct {
	XMLName xml.Name `xml:"feed"`
	Lang    string   `xml:"xml:lang,attr,omitempty"`
	Media   string   `xml:"xmlns:media,attr"`
	Gone    string   `xml:"xmlns:at,attr,omitempty"`
	*feeds.AtomFeed
	Generator string        `xml:"generator"`
	Links     []atomLink    `xml:"link"`
	Deleted   []atomDeleted `xml:"at:deleted-entry"`
	Entries   []*atomEntry  `xml:"entry"`
}

// atomDeleted says that an entry is no more (RFC 6721).
type atomDeleted struct {
	Ref  string `xml:"ref,attr"`
	When string `xml:"when,attr"`
}

// FeedXml implements feeds.XmlFeed.
func (f *atomFeed) FeedXml() interface{} { return f }

// atomEntry is gorilla's entry with several authors and categories, and the feed
// that its representative article came from.
type atomEntry struct {
	XMLName xml.Name `xml:"entry"`
	Lang    string   `xml:"xml:lang,attr,omitempty"`
	*feeds.AtomEntry
	Links      []atomLink         `xml:"link"`
	Authors    []feeds.AtomPerson `xml:"author"`
	Categories []atomCategory     `xml:"category"`
	Source     *atomSource        `xml:"source"`
	Image      *mediaContent      `xml:"media:content"`
}

// atomSource is what an entry keeps of another feed (RFC 4287, section 4.2.11).
type atomSource struct {
	ID      string     `xml:"id"`
	Title   string     `xml:"title"`
	Updated string     `xml:"updated"`
	Links   []atomLink `xml:"link"`
}

// newAtomSource returns what e keeps of the feed o: of an Atom feed alone, since
// others have no id. Its date is that of the article, since when the feed may
// have changed.
func newAtomSource(e *entry, o *origin) *atomSource {
	if o == nil || o.id == "" {
		return nil
	}
	s := &atomSource{
		ID: o.id, Title: o.name, Updated: atomTime(e.representative().Time.Truncate(time.Second)),
		Links: []atomLink{{Href: o.address, Rel: "self", Type: "application/atom+xml"}},
	}
	if o.site != "" {
		s.Links = append(s.Links, atomLink{Href: o.site, Rel: "alternate", Type: "text/html"})
	}
	return s
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// writeAtom writes d as Atom 1.0.
func writeAtom(d *document) ([]byte, error) {
	updated := d.revised
	feed := &atomFeed{
		Lang: d.lang, Media: mediaNamespace, Generator: "storyfold",
		AtomFeed: &feeds.AtomFeed{Xmlns: "http://www.w3.org/2005/Atom", Title: d.title, Id: d.id, Subtitle: d.subtitle},
		Links: []atomLink{
			{Href: d.self, Rel: "self", Type: "application/atom+xml"},
			{Href: d.home, Rel: "alternate", Type: "text/html"},
		},
	}
	feed.Links = append(feed.Links, pageLinks(d, "application/atom+xml")...)
	for _, g := range d.gone {
		feed.Gone = "http://purl.org/atompub/tombstones/1.0"
		feed.Deleted = append(feed.Deleted, atomDeleted{g.id, atomTime(g.when)})
		updated = latest(updated, g.when)
	}
	for i := range d.entries {
		e := &d.entries[i]
		feed.Entries = append(feed.Entries, newAtomEntry(e, d.origin(e)))
		updated = latest(updated, e.updated().Add(e.fraction))
	}
	if updated.IsZero() {
		updated = time.Unix(0, 0) // a feed without entries must have a date, and must not change
	}
	feed.Updated = atomTime(updated)
	return encodeXML(feed)
}

func newAtomEntry(e *entry, from *origin) *atomEntry {
	x := &atomEntry{
		Lang: e.lang,
		AtomEntry: &feeds.AtomEntry{
			Title: e.title, Id: e.id,
			Published: atomTime(e.published().Add(e.fraction)), Updated: atomTime(e.updated().Add(e.fraction)),
			Summary: &feeds.AtomSummary{Content: e.summary, Type: "text"},
			Content: &feeds.AtomContent{Content: e.content, Type: "html"},
		},
		Links:  []atomLink{{Href: e.link, Rel: "alternate", Type: "text/html"}},
		Source: newAtomSource(e, from),
		Image:  imageContent(e.image),
	}
	if e.related != "" {
		x.Links = append(x.Links, atomLink{Href: e.related, Rel: "related", Type: "text/html"})
	}
	for _, m := range e.media {
		link := atomLink{Href: m.url, Rel: "enclosure", Type: m.kind}
		if m.length > 0 {
			link.Length = strconv.FormatInt(m.length, 10)
		}
		x.Links = append(x.Links, link)
	}
	for _, name := range e.outlets {
		x.Authors = append(x.Authors, feeds.AtomPerson{Name: name})
	}
	for _, tag := range e.tags {
		x.Categories = append(x.Categories, atomCategory{tag})
	}
	return x
}

// pageLinks links the beginning of the feed, what follows, and the hub.
func pageLinks(d *document, kind string) (links []atomLink) {
	for _, l := range []atomLink{{Href: d.first, Rel: "first", Type: kind}, {Href: d.next, Rel: "next", Type: kind}} {
		if l.Href != "" {
			links = append(links, l)
		}
	}
	if d.hub != "" {
		links = append(links, atomLink{Href: d.hub, Rel: "hub"})
	}
	return links
}

// atomTime writes t as RFC 3339 in UTC, with milliseconds.
func atomTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
