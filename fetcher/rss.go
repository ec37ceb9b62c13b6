package fetcher

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"storyfold/story"
)

func parseRSS(f *filtered) (*document, []entry, error) {
	channel, err := new(rss.Parser).Parse(bytes.NewReader(f.data))
	if err != nil {
		return nil, nil, err
	}
	doc := &document{
		Format: strings.TrimSpace("RSS " + firstNonEmpty(f.version, channel.Version)),
		Title:  channel.Title,
		Site:   channel.Link,
		lang:   channel.Language,
		ttl:    minutes(channel.TTL),
		hours:  skippedHours(channel.SkipHours),
		days:   skippedDays(channel.SkipDays),
	}
	if doc.lang == "" && channel.DublinCoreExt != nil {
		doc.lang = firstNonEmpty(channel.DublinCoreExt.Language...)
	}
	if channel.Image != nil {
		doc.Icon = channel.Image.URL
	}
	entries := make([]entry, len(channel.Items))
	for i, item := range channel.Items {
		item.Content, item.Description = f.whole(item.Content), f.whole(item.Description)
		entries[i] = rssEntry(item)
		if len(f.items) == len(entries) && entries[i].lang == "" {
			entries[i].lang = f.items[i].lang
		}
	}
	return doc, entries, nil
}

func rssEntry(item *rss.Item) entry {
	e := entry{
		link:    item.Link,
		title:   item.Title,
		content: item.Content,
		summary: item.Description,
	}
	if item.GUID != nil {
		e.guid = item.GUID.Value
		if e.link == "" && !strings.EqualFold(item.GUID.IsPermalink, "false") && isHTTP(e.guid) {
			e.link = e.guid
		}
	}
	if item.Source != nil {
		e.outlet = item.Source.Title
		if e.outlet == "" {
			e.outlet = siteName(item.Source.URL)
		}
	}
	if item.PubDateParsed != nil {
		e.published = *item.PubDateParsed
	}
	if item.Author != "" {
		e.authors = append(e.authors, personName(item.Author))
	}
	for _, c := range item.Categories {
		e.categories = append(e.categories, c.Value)
	}
	for _, enc := range item.Enclosures {
		length, _ := strconv.ParseInt(strings.TrimSpace(enc.Length), 10, 64)
		e.enclosures = append(e.enclosures, story.Enclosure{URL: enc.URL, Type: enc.Type, Length: length})
	}
	e.addDublinCore(item.DublinCoreExt)
	e.addExtensions(item.Extensions)
	if it := item.ITunesExt; it != nil {
		if it.Image != "" {
			e.images = append(e.images, it.Image)
		}
		e.summary = firstNonEmpty(e.summary, it.Summary)
		if len(e.authors) == 0 && it.Author != "" {
			e.authors = append(e.authors, it.Author)
		}
	}
	if e.published.IsZero() {
		e.published = parseDate(item.PubDate)
	}
	return e
}

func (e *entry) addDublinCore(dc *ext.DublinCoreExtension) {
	if dc == nil {
		return
	}
	e.title = firstNonEmpty(e.title, first(dc.Title))
	e.summary = firstNonEmpty(e.summary, first(dc.Description))
	e.outlet = firstNonEmpty(e.outlet, first(dc.Publisher))
	e.lang = firstNonEmpty(e.lang, first(dc.Language))
	e.authors = append(append(e.authors, dc.Creator...), dc.Author...)
	e.categories = append(e.categories, dc.Subject...)
	if e.published.IsZero() {
		e.published = parseDate(first(dc.Date))
	}
}

// addExtensions reads the namespaces that carry an item's parts beside the format itself.
func (e *entry) addExtensions(x ext.Extensions) {
	atom := x["atom"]
	e.title = firstNonEmpty(e.title, value(atom["title"]))
	if e.published.IsZero() {
		e.published = parseDate(firstNonEmpty(value(atom["published"]), value(atom["updated"])))
	}
	for _, link := range atom["link"] {
		if rel := link.Attrs["rel"]; e.link == "" && (rel == "" || rel == "alternate") {
			e.link = link.Attrs["href"]
		}
	}
	for _, person := range atom["author"] {
		e.authors = append(e.authors, value(person.Children["name"]))
	}
	if orig := value(x["feedburner"]["origLink"]); orig != "" {
		e.link = orig
	}
	e.addMedia(x["media"], 0)
}

// addMedia walks media:content, media:thumbnail and media:group (one in another).
func (e *entry) addMedia(media map[string][]ext.Extension, depth int) {
	if media == nil || depth > 3 {
		return
	}
	for _, m := range media["content"] {
		kind, medium := m.Attrs["type"], m.Attrs["medium"]
		isImage := medium == "image" || strings.HasPrefix(kind, "image/")
		if src := m.Attrs["url"]; src != "" {
			if isImage {
				e.images = append(e.images, src)
			} else if kind != "" || medium != "" {
				length, _ := strconv.ParseInt(m.Attrs["fileSize"], 10, 64)
				e.enclosures = append(e.enclosures, story.Enclosure{URL: src, Type: kind, Length: length})
			}
		}
		e.addMedia(m.Children, depth+1)
	}
	for _, group := range media["group"] {
		e.addMedia(group.Children, depth+1)
	}
	for _, thumb := range media["thumbnail"] {
		e.images = append(e.images, thumb.Attrs["url"])
	}
	if depth > 0 || e.summary == "" {
		e.title = firstNonEmpty(e.title, value(media["title"]))
		e.summary = firstNonEmpty(e.summary, value(media["description"]))
	}
}

func value(list []ext.Extension) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].Value
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// personName returns the name in "mail@example.org (Name)", or s.
func personName(s string) string {
	if at := strings.IndexByte(s, '@'); at >= 0 {
		if open := strings.IndexByte(s, '('); open > at && strings.HasSuffix(strings.TrimSpace(s), ")") {
			return strings.TrimSuffix(strings.TrimSpace(s[open+1:]), ")")
		}
		if open := strings.IndexAny(s, "(<"); open > 0 && open < at {
			return strings.TrimSpace(s[:open])
		}
		return ""
	}
	return s
}

// siteName returns the host of an address without "www.", or "".
func siteName(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

func isHTTP(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// minutes reads an RSS ttl.
func minutes(ttl string) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(ttl))
	if err != nil || n <= 0 || n > 7*24*60 {
		return 0
	}
	return time.Duration(n) * time.Minute
}

// skippedHours reads the hours of RSS skipHours, 0 to 23 (and 24, which some write for 0), as bits.
func skippedHours(hours []string) (bits uint32) {
	for _, h := range hours {
		if n, err := strconv.Atoi(strings.TrimSpace(h)); err == nil && n >= 0 && n <= 24 {
			bits |= 1 << (n % 24)
		}
	}
	return bits
}

// skippedDays reads the English day names of RSS skipDays as bits, Sunday the lowest.
func skippedDays(days []string) (bits uint8) {
	for _, day := range days {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.EqualFold(strings.TrimSpace(day), d.String()) {
				bits |= 1 << d
			}
		}
	}
	return bits
}
