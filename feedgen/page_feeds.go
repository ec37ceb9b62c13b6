package feedgen

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// feedsPage is what feeds.html shows.
type feedsPage struct {
	page
	Feeds []feedRow
	Keyed int    // feeds with a key that are not shown here
	OPML  string // address of the list for readers
	Muted []mutedRow
	Count string
}

// feedRow is an output feed.
type feedRow struct {
	Anchor, Title string
	Contains      string
	Updates       string
	Items         string
	Keyed         bool
	Formats       []feedFormat
}

// feedFormat is one of a feed's addresses.
type feedFormat struct {
	Name, Href, Address string
	Subscribe           template.URL // the address with the scheme that opens a reader
}

var feedFormats = []struct{ ext, name string }{
	{"atom", "Atom"},
	{"rss", "RSS"},
	{"json", "JSON Feed"},
}

// feedPath returns where a feed is served.
func feedPath(f *Feed, ext string) string {
	path := "/feeds/" + url.PathEscape(f.Name) + "." + ext
	if f.Name == "stories" {
		path = "/feed." + ext
	}
	if f.Key != "" {
		path += "?key=" + url.QueryEscape(f.Key)
	}
	return path
}

// feedAlternates names the output feeds beside "stories" for those that look
// for feeds on a page; one with a key is not named.
func feedAlternates(c *Config) []alternate {
	var links []alternate
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if f.Name == "stories" || f.Key != "" || len(links) >= 36 {
			continue
		}
		for _, format := range feedFormats {
			links = append(links, alternate{format.ext, feedTitle(f), rootPath(c) + feedPath(f, format.ext)})
		}
	}
	return links
}

func feedTitle(f *Feed) string {
	if f.Title != "" {
		return cleanLine(f.Title, 120)
	}
	return f.Name
}

func (h *Handler) serveFeeds(w http.ResponseWriter, r *http.Request) {
	v := h.viewOf(r)
	trusted := h.trusted(r)
	w.Header().Set("Cache-Control", "private, no-cache")
	if trusted {
		w.Header().Set("Referrer-Policy", "same-origin") // or the forms would seem to be another site's
	}
	h.reply(w, r, htmlType, "feeds/"+strconv.FormatBool(trusted), func() ([]byte, time.Time, error) {
		p := h.newFeedsPage(v.config, trusted)
		if trusted {
			if p.Muted = v.mutedRows(); p.Muted != nil {
				p.Zone = zoneName(v.settings.zone, v.now)
			}
		}
		body, err := execute(feedsTemplate, p)
		return body, time.Time{}, err
	})
}

// newFeedsPage lists the output feeds; those with a key for those who may see everything.
func (h *Handler) newFeedsPage(c *Config, trusted bool) *feedsPage {
	p := &feedsPage{page: h.newPage(c, "Feeds – storyfold", "feeds", time.Time{})}
	p.OPML = p.Root + "/feeds.opml"
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if f.Key != "" && !trusted {
			p.Keyed++
			continue
		}
		p.Feeds = append(p.Feeds, newFeedRow(f, c, p.Root, fmt.Sprintf("f%d", i+1)))
	}
	p.Alternates = append(p.Alternates, feedAlternates(c)...)
	p.Count = count(len(p.Feeds), "feed", "feeds")
	return p
}

func newFeedRow(f *Feed, c *Config, root, anchor string) feedRow {
	items := f.Items
	if items == 0 {
		items = 50
	}
	what := count(items, "story", "stories")
	switch {
	case f.Updates == Reissue:
		what = count(items, "entry", "entries")
	case f.Updates.frozen():
		what = count(items, "day", "days")
	}
	row := feedRow{
		Anchor: anchor, Title: feedTitle(f), Contains: feedContains(f), Updates: updatesText(f.Updates), Keyed: f.Key != "",
		Items: fmt.Sprintf("The newest %s, and everything first shown in the last 24 hours.", what),
	}
	if _, _, digest := f.Updates.digest(); digest {
		row.Items = fmt.Sprintf("The newest %s.", what)
	}
	for _, format := range feedFormats {
		path := feedPath(f, format.ext)
		a := feedFormat{Name: format.name, Href: root + path, Address: c.BaseURL + path}
		if cleanURL(a.Address) != "" {
			a.Subscribe = template.URL("feed:" + cleanURL(a.Address))
		}
		row.Formats = append(row.Formats, a)
	}
	return row
}

// feedContains says in a sentence which stories a feed has.
func feedContains(f *Feed) string {
	var parts []string
	add := func(one, many string, words []string) {
		if len(words) == 0 {
			return
		}
		label := one
		if len(words) > 1 {
			label = many
		}
		short := make([]string, 0, len(words))
		for _, w := range words[:min(len(words), 12)] {
			short = append(short, cleanLine(w, 60))
		}
		if n := len(words) - len(short); n > 0 {
			short = append(short, fmt.Sprintf("%d more", n))
		}
		parts = append(parts, label+" "+list(short))
	}
	add("in the category", "in the categories", f.Categories)
	add("from the source", "from the sources", f.Sources)
	names := make([]string, 0, len(f.Languages))
	for _, code := range f.Languages {
		names = append(names, languageName(code))
	}
	add("in the language", "in the languages", names)
	if f.MinReports > 1 {
		parts = append(parts, fmt.Sprintf("with at least %d independent reports", f.MinReports))
	}
	if n := len(f.Include); n > 0 {
		parts = append(parts, "that match "+count(n, "word or pattern", "of the words or patterns")+" to include")
	}
	if n := len(f.Exclude); n > 0 {
		parts = append(parts, "that match none of "+count(n, "word or pattern", "words or patterns")+" to exclude")
	}
	if len(parts) == 0 {
		return "All stories."
	}
	return "Stories " + strings.Join(parts, ", ") + "."
}

// updatesText says what a reader sees when a story goes on.
func updatesText(u Updates) string {
	if hour, minute, ok := u.digest(); ok {
		return fmt.Sprintf("One entry a day, at %02d:%02d, with the stories that something came to since the day before. It does not change afterwards.", hour, minute)
	}
	switch u {
	case Reissue:
		return "One entry each time a new report or new facts come to a story. Earlier entries stay as they are."
	case Silent:
		return "One entry a story. Its dates stay as first shown; its content is kept up to date, and readers that compare dates do not mark it unread again."
	}
	return "One entry a story. A new report or new facts move it up: its updated date is that of the last change. In RSS the date of publication stays."
}
