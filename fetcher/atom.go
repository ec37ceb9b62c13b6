package fetcher

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed/atom"

	"storyfold/story"
)

func parseAtom(f *filtered) (*document, []entry, error) {
	feed, err := new(atom.Parser).Parse(bytes.NewReader(f.data))
	if err != nil {
		return nil, nil, err
	}
	doc := &document{
		Format: strings.TrimSpace("Atom " + firstNonEmpty(f.version, feed.Version)),
		Title:  feed.Title,
		Site:   alternate(feed.Links),
		id:     firstNonEmpty(f.id, feed.ID), // the parser resolves ids against xml:base; an id is a name
		Icon:   firstNonEmpty(feed.Icon, feed.Logo),
		lang:   feed.Language,
	}
	for _, p := range feed.Authors {
		doc.authors += p.Name + "\x00" + p.Email + "\x00"
	}
	entries := make([]entry, len(feed.Entries))
	for i, from := range feed.Entries {
		from.Title, from.Summary = f.whole(from.Title), f.whole(from.Summary)
		if from.Content != nil {
			from.Content.Value = f.whole(from.Content.Value)
		}
		entries[i] = atomEntry(from, feed)
		if len(f.items) == len(entries) {
			entries[i].lang = firstNonEmpty(f.items[i].lang, entries[i].lang)
			// The parser resolves ids against xml:base; an id is a name, not a link.
			entries[i].guid = firstNonEmpty(f.items[i].id, entries[i].guid)
		}
	}
	return doc, entries, nil
}

func atomEntry(from *atom.Entry, feed *atom.Feed) entry {
	e := entry{
		guid:    from.ID,
		link:    alternate(from.Links),
		title:   from.Title,
		summary: from.Summary,
	}
	if c := from.Content; c != nil {
		switch {
		case c.Src != "":
			e.link = firstNonEmpty(e.link, c.Src)
		case isText(c.Type):
			e.content = c.Value
		}
	}
	e.published = firstTime(from.PublishedParsed, from.UpdatedParsed)
	if e.published.IsZero() {
		e.published = parseDate(firstNonEmpty(from.Published, from.Updated))
	}
	authors := from.Authors
	if from.Source != nil {
		e.outlet = firstNonEmpty(from.Source.Title, siteName(alternate(from.Source.Links)))
		if len(authors) == 0 {
			authors = from.Source.Authors
		}
	}
	if len(authors) == 0 {
		authors = feed.Authors
	}
	for _, p := range append(authors, from.Contributors...) {
		e.authors = append(e.authors, firstNonEmpty(p.Name, personName(p.Email)))
	}
	for _, c := range from.Categories {
		e.categories = append(e.categories, firstNonEmpty(c.Label, c.Term))
	}
	for _, l := range from.Links {
		if l.Rel == "enclosure" {
			length, _ := strconv.ParseInt(l.Length, 10, 64)
			e.enclosures = append(e.enclosures, story.Enclosure{URL: l.Href, Type: l.Type, Length: length})
		}
	}
	e.addExtensions(from.Extensions)
	return e
}

// alternate returns the address of the page among links: rel "alternate", HTML before other types.
func alternate(links []*atom.Link) string {
	found := ""
	for _, l := range links {
		if l.Rel != "alternate" && l.Rel != "" || l.Href == "" {
			continue
		}
		if l.Type == "" || strings.Contains(l.Type, "html") {
			return l.Href
		}
		if found == "" {
			found = l.Href
		}
	}
	return found
}

// isText reports whether content of an Atom type can be read as text.
func isText(kind string) bool {
	kind = strings.ToLower(kind)
	return kind == "" || kind == "text" || kind == "html" || kind == "xhtml" ||
		strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "xml")
}

func firstTime(times ...*time.Time) time.Time {
	for _, t := range times {
		if t != nil {
			return *t
		}
	}
	return time.Time{}
}
