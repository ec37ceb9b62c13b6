package fetcher

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"storyfold/story"
)

// document is a feed once parsed.
type document struct {
	Format   string // "RSS 2.0", "Atom 1.0", "JSON Feed 1.1"
	Title    string // what the feed calls itself
	Site     string // its web page
	Icon     string // the picture that stands for it
	Articles []story.Article
	Warning  string // what was changed without loss: "some letters could not be read"

	id      string        // atom:id of the feed; "" in other formats
	lang    string        // declared by the feed
	ttl     time.Duration // how long the feed wants to be left alone; 0: it does not say
	hours   uint32        // to skip; bit h: hour h, UTC
	days    uint8         // to skip; bit d: day d, 0 = Sunday
	items   int           // items of the document, also those without anything to show
	marks   []uint32      // see story.SourceState, as the following:
	churn   bool          // its guids are not used
	unnamed bool          // neither its guids nor its links are used

	same    []uint64 // see Result.Same
	memory  *memory  // as long as Articles, without what the Sink adds; nil: nothing can be remembered
	authors string   // of items that name none, in Atom
}

// entry is an item on its way to an article, the same for all formats.
// Its texts are as written: HTML or plain.
type entry struct {
	guid, link   string
	title        string
	content      string // the whole text
	summary      string // what stands for it
	published    time.Time
	authors      []string
	categories   []string
	lang, outlet string
	images       []string
	enclosures   []story.Enclosure
}

// Bounds of the lists of one article.
const (
	maxAuthors    = 20
	maxCategories = 30
	maxEnclosures = 20
)

// parseFeed reads a feed from data, as it came from a server or a file. The
// contentType is the server's header ("" if there is none); base is the address of the
// document, against which links are resolved ("" if it has none); src
// gives source name, category and language of the articles.
//
// Where the document is cut off, broken, too deep or too long, the articles that could
// be read are returned beside an error that is ErrCutOff, ErrBroken, ErrTooDeep or
// ErrTooManyItems. On every other error the document is nil.
func parseFeed(data []byte, contentType, base string, src story.Source) (*document, error) {
	return parseNext(data, contentType, base, src, &story.SourceState{}, nil)
}

// parseNext is parseFeed for a document of a source in the state st, which it does not change.
// Of items that m knows, which may be nil, it gives no more than Result.Same says.
func parseNext(data []byte, contentType, base string, src story.Source, st *story.SourceState, m *memory) (*document, error) {
	f, err := filter(data, contentType, true, m)
	if err != nil {
		return nil, err
	}
	defer func() { f.done() }()
	doc, err := f.parse(base, src, st)
	if err == errWhole {
		f.done()
		if f, err = filter(data, contentType, true, nil); err == nil {
			doc, err = f.parse(base, src, st)
		}
	}
	return doc, err
}

// parse is parseNext for a document that went through the prefilter. On errWhole the items that are known
// must be read, too.
func (f *filtered) parse(base string, src story.Source, st *story.SourceState) (*document, error) {
	baseURL, err := url.Parse(base)
	if err != nil || !baseURL.IsAbs() {
		baseURL = nil
	}
	var doc *document
	var entries []entry
	var partly error
	switch f.root {
	case "":
		doc, entries, partly, err = parseJSONFeed(f.data)
		if f.err != nil { // too deep, for which data was cut there
			partly = fmt.Errorf("%w; %s before that", f.err, items(len(entries)))
		}
	case "feed":
		doc, entries, err = parseAtom(f)
	default:
		doc, entries, err = parseRSS(f)
	}
	if err != nil {
		if f.err != nil {
			err = f.err
		}
		return nil, fmt.Errorf("%w: %w", ErrNotFeed, err)
	}
	doc.Warning = f.warning
	if err := doc.finish(f, entries, baseURL, src, st); err != nil {
		return nil, err
	}
	if partly != nil {
		return doc, partly
	}
	return doc, f.err
}

// finish makes articles of the entries.
func (d *document) finish(f *filtered, entries []entry, base *url.URL, src story.Source, st *story.SourceState) error {
	d.Title = cleanLine(d.Title, maxName)
	d.Site = resolve(base, d.Site)
	d.id = cleanLine(d.id, maxName)
	siteBase := base
	if u, err := url.Parse(d.Site); err == nil && base == nil && u.IsAbs() {
		siteBase = u // a feed file: its page is the best guess
	}
	d.Icon = resolve(siteBase, d.Icon)
	m := &maker{doc: d, base: siteBase, src: &src, now: time.Now(), lang: firstNonEmpty(baseLang(d.lang), baseLang(src.Lang))}
	seen, err := m.make(f, entries, st)
	if err != nil {
		return err
	}
	guids, names := churnOf(st.Marks, m.traces)
	d.churn, d.unnamed, d.marks = st.Churn || guids, st.Unnamed || names, marksOf(m.traces)
	if d.same != nil {
		if d.churn || d.unnamed || !m.identifyPlain() {
			return errWhole
		}
	} else {
		d.identify(m)
	}
	if seen {
		d.remember(m, f.context)
	}
	return nil
}

// identify gives the articles that m made of all items their identities.
func (d *document) identify(m *maker) {
	for i := range m.entries {
		switch {
		case d.unnamed:
			m.entries[i].guid, m.entries[i].link = identityWithoutNames(&d.Articles[i]), ""
		case d.churn:
			m.entries[i].guid = ""
		}
	}
	d.Articles = identify(d.Articles, m.entries)
}

// maker makes articles of the entries of one document.
type maker struct {
	doc  *document
	base *url.URL // nil: none
	src  *story.Source
	now  time.Time
	lang string // of items that declare none

	// What was made, and what of; all as long as doc.Articles.
	entries []entry  // with absolute links
	places  []*place // in the document; nil: that is not known
	traces  []trace
}

// article returns e as an article, all but its identity. It is false for an item with
// nothing to show.
func (m *maker) article(e *entry) (story.Article, bool) {
	body := e.content
	if len(body) < len(e.summary) && strings.TrimSpace(body) == "" {
		body = e.summary
	}
	text, inline := htmlExtract(body)
	if text == "" && body != e.summary {
		text = htmlText(e.summary)
	}
	a := story.Article{
		Source:     m.src.Name,
		Outlet:     cleanLine(e.outlet, maxName),
		URL:        resolve(m.base, e.link),
		Title:      cleanTitle(e.title),
		Text:       text,
		Lang:       firstNonEmpty(baseLang(e.lang), m.lang),
		Published:  clampDate(e.published, m.now),
		Authors:    names(maxAuthors, e.authors),
		Categories: names(maxCategories, []string{m.src.Category}, e.categories),
		Credits:    credits(text),
	}
	if a.Title == "" {
		a.Title = titleOf(text)
	}
	if a.Title == "" {
		return a, false
	}
	if a.Outlet == "" {
		a.Outlet = m.src.Name
	}
	for _, enc := range e.enclosures {
		if enc.URL = resolve(m.base, enc.URL); enc.URL != "" && len(a.Enclosures) < maxEnclosures {
			enc.Type, enc.Length = cleanLine(enc.Type, 100), max(enc.Length, 0)
			a.Enclosures = append(a.Enclosures, enc)
		}
	}
	a.Image = firstImage(m.base, e.images, a.Enclosures, inline)
	return a, true
}

// firstImage returns the first usable address among images, the enclosures
// that are images, and those in the text.
func firstImage(base *url.URL, images []string, enclosures []story.Enclosure, inline []string) string {
	for _, src := range images {
		if u := resolve(base, src); u != "" {
			return u
		}
	}
	for _, enc := range enclosures {
		if strings.HasPrefix(enc.Type, "image/") {
			return enc.URL
		}
	}
	for _, src := range inline {
		if u := resolve(base, src); u != "" {
			return u
		}
	}
	return ""
}

// titleOf returns the beginning of text, for an item without a title.
func titleOf(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	const most = 100
	if short := cutRunes(line, most); short != line {
		if i := strings.LastIndexByte(short, ' '); i > most/2 {
			short = short[:i] + "…"
		}
		return short
	}
	return line
}

// names cleans lists of names: no blanks, no repetition, at most max, which is small.
func names(max int, lists ...[]string) []string {
	var out []string
	for _, list := range lists {
		for _, name := range list {
			if len(out) == max {
				return out
			}
			name = cleanLine(name, maxName)
			if name != "" && (len(out) == 0 || !hasName(out, strings.ToLower(name))) {
				out = append(out, name)
			}
		}
	}
	return out
}

// hasName reports whether one of list is low in small letters.
func hasName(list []string, low string) bool {
	return slices.ContainsFunc(list, func(name string) bool { return strings.ToLower(name) == low })
}

// earliest is the first date that a feed is believed.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// clampDate returns t, or the zero time if it cannot be true: before 1990 or more than a day ahead.
func clampDate(t, now time.Time) time.Time {
	if t.Before(earliest) || t.After(now.Add(24*time.Hour)) {
		return time.Time{}
	}
	return t.UTC()
}

// baseLang returns the base language of a tag like "en-GB" or "zh_Hans", and ""
// for what is none.
func baseLang(tag string) string {
	tag = strings.TrimSpace(tag)
	if tag == "" || len(tag) > 35 {
		return ""
	}
	head, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	base, err := language.ParseBase(head)
	if err != nil || base.String() == "und" || base.String() == "mul" {
		return ""
	}
	return base.String()
}

func firstNonEmpty(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// resolve returns ref as an absolute http or https address without user names, or "".
func resolve(base *url.URL, ref string) string {
	if _, path, ok := plainAddress(ref); ok && !strings.Contains(path, "/.") && len(ref) <= maxURL {
		return strings.Clone(ref)
	}
	if strings.ContainsAny(ref, " \t\r\n") {
		lines := strings.FieldsFunc(ref, func(r rune) bool { return r == '\t' || r == '\r' || r == '\n' })
		for i := range lines { // broken over lines, and indented
			lines[i] = strings.TrimSpace(lines[i])
		}
		ref = strings.ReplaceAll(strings.TrimSpace(strings.Join(lines, "")), " ", "%20")
	}
	ref = strings.Map(func(r rune) rune {
		if r <= ' ' || visible(r) < 0 || r == 0x200e || r == 0x200f || r == 0x61c { // white space, controls, marks of direction
			return -1
		}
		return r
	}, ref)
	if ref == "" || len(ref) > maxURL {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	u.User = nil
	return u.String()
}
