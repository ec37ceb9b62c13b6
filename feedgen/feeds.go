package feedgen

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"storyfold/story"
)

// mainFeed is the name of the feed that always exists.
const mainFeed = "stories"

// maxDocumentBytes is about how large a feed may become; the oldest entries are
// left out of a larger one. Only hostile sources fill it.
const maxDocumentBytes = 24 << 20

// format is a form that feeds are written in.
type format struct {
	contentType string
	write       func(*document) ([]byte, error)
}

var formats = map[string]format{
	"rss":  {"application/rss+xml; charset=utf-8", writeRSS},
	"atom": {"application/atom+xml; charset=utf-8", writeAtom},
	"json": {"application/feed+json; charset=utf-8", writeJSON},
}

// registerFeeds adds the output feeds and their list.
func (h *Handler) registerFeeds(mux *http.ServeMux) {
	for ext := range formats {
		mux.HandleFunc("/feed."+ext, func(w http.ResponseWriter, r *http.Request) { h.serveFeed(w, r, mainFeed, ext) })
	}
	mux.HandleFunc("/feeds/{file}", func(w http.ResponseWriter, r *http.Request) {
		file := r.PathValue("file")
		dot := strings.LastIndexByte(file, '.')
		if dot < 0 {
			dot = len(file)
		}
		h.serveFeed(w, r, file[:dot], strings.TrimPrefix(file[dot:], "."))
	})
	mux.HandleFunc("/feeds.opml", h.serveFeedsOPML)
}

// serveFeed answers with a feed, in the format that ext names.
func (h *Handler) serveFeed(w http.ResponseWriter, r *http.Request, name, ext string) {
	_, known := formats[ext]
	f := h.viewOf(r).settings.feeds[name]
	if !known || f == nil {
		fail(w, http.StatusNotFound, "There is no such feed; /feeds lists those that there are.")
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=60")
	query := r.URL.Query()
	if f.Key != "" {
		w.Header().Set("Cache-Control", "private, max-age=60")
		if !sameKey(query.Get("key"), f.Key) {
			fail(w, http.StatusForbidden, "This feed needs its key: add ?key= and the key to the address.")
			return
		}
	}
	h.replyFeed(w, r, f, ext, name)
}

// replyFeed answers with the part of f that r asks for. What key names, f and
// the part must depend on alone.
func (h *Handler) replyFeed(w http.ResponseWriter, r *http.Request, f *Feed, ext, key string) {
	p, err := parsePart(r.URL.Query())
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	v := h.viewOf(r)
	f, own := h.acting(r, f)
	if own { // neither this cache nor another one may give it to others
		key += "\x00own"
		w.Header().Set("Cache-Control", "private, max-age=60")
	}
	key = v.feedKey(f, ext, p, key)
	if p.before != (cursor{}) { // rarely read twice
		key = ""
	}
	if hub := v.hubOf(f, p); hub != "" {
		w.Header().Add("Link", "<"+hub+">; rel=\"hub\"")
		w.Header().Add("Link", "<"+v.feedURL(f, ext)+">; rel=\"self\"")
	}
	h.reply(w, r, formats[ext].contentType, key, v.renderFeed(f, ext, p))
}

// feedKey names a part of f for the cache; name tells f from other feeds.
func (v *view) feedKey(f *Feed, ext string, p part, name string) string {
	key := "feed/" + ext + "/" + strconv.Itoa(p.limit) + "/" + name
	if day := v.dueDay(f); day != "" {
		key += "@" + day
	}
	return key
}

// renderFeed returns what makes a part of f.
func (v *view) renderFeed(f *Feed, ext string, p part) func() ([]byte, time.Time, error) {
	return func() ([]byte, time.Time, error) {
		d, err := v.document(f, ext, p)
		if err != nil {
			return nil, time.Time{}, err
		}
		body, err := formats[ext].write(d)
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("write feed %s.%s: %w", f.Name, ext, err)
		}
		return body, d.modified, nil
	}
}

// parsePart reads ?limit= and ?before=.
func parsePart(query url.Values) (p part, err error) {
	if p.limit, err = parseLimit(query); err != nil {
		return part{}, err
	}
	p.before, err = parseCursor(query.Get("before"))
	return p, err
}

// sameKey compares in a time that tells nothing about want.
func sameKey(got, want string) bool {
	a, b := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// document is a feed, ready to be written in any format. Its strings are clean.
type document struct {
	id       string // urn:uuid:
	title    string
	subtitle string
	self     string // its own address
	first    string // address of its beginning; "" if this is all
	next     string // address of what follows; "" if nothing does
	hub      string // that tells of changes; "" if none does
	home     string // of the page that it stands for
	lang     string // of all entries, "" if they differ
	revised  time.Time
	modified time.Time // for Last-Modified; also changes that are no revision
	entries  []entry
	gone     []tombstone
	origins  map[string]origin // of the entries' articles, by source
}

// entry is what a feed shows of a story, of a revision, or of a day.
type entry struct {
	*Shown                   // the story; nil in a digest
	revision *story.Revision // that the entry shows for good; nil: the story as it stands
	day      *day            // that the entry tells of; nil but in a digest

	name     string        // what the id is made of; no two entries of a store have the same
	first    time.Time     // when the entry was first shown in this feed
	changed  time.Time     // when it last changed, by the feed's policy
	newest   time.Time     // of its newest article
	fraction time.Duration // that tells its dates apart from other entries', below a second

	filling
}

// filling is what an entry says. What it points to does not change.
type filling struct {
	id        string // urn:uuid:
	title     string
	link      string
	related   string // the representative article; "" if it has no address
	lang      string
	summary   string // plain text
	content   string // HTML
	mute      string // address of the page that asks whether to mute; "": none
	correct   string // of the page that asks which article to leave out; "": none
	outlets   []string
	tags      []string
	image     string
	media     []media
	storyfold jsonExtension
}

// media is an enclosure.
type media struct {
	url, kind string
	length    int64
}

// document collects the part of f that is asked for.
func (v *view) document(f *Feed, ext string, p part) (*document, error) {
	entries, more, err := v.entries(f, p)
	if err != nil {
		return nil, err
	}
	d := &document{
		id: v.urn("feed/" + f.Name), title: cleanLine(f.Title, maxTitle), subtitle: "One entry per story.",
		home: cmp.Or(f.home, v.config.BaseURL+"/"), modified: v.lastMuteOver(),
	}
	if f.Updates.frozen() {
		d.subtitle = "One entry per change of a story."
		if f.Updates != Reissue {
			d.subtitle = "The stories of each day."
		}
	}
	size := 0
	for i := 0; i < len(entries); i++ {
		e := &entries[i]
		if err := v.h.fillings.fill(v, f, e); err != nil {
			return nil, err
		}
		if size += len(e.content) + sizeOf(e.storyfold.Articles); size > maxDocumentBytes && i+1 < len(entries) {
			entries, more = entries[:i+1], true
		}
		d.revised = latest(d.revised, e.revised())
		d.modified = latest(d.modified, e.modifiedAt())
	}
	d.entries, d.lang, d.origins = entries, commonLang(entries), v.origins()
	tellApart(entries)
	v.link(d, f, ext, p, more)
	if !f.Updates.frozen() {
		d.gone = v.tombstones(f, entries)
	}
	return d, nil
}

// link sets the addresses of d, and of its neighbours (RFC 5005, section 3).
func (v *view) link(d *document, f *Feed, ext string, p part, more bool) {
	begin := v.feedURL(f, ext)
	d.hub = v.hubOf(f, p)
	if p.limit > 0 {
		begin = withParam(begin, "limit", strconv.Itoa(p.limit))
	}
	d.self = begin
	if p.before != (cursor{}) {
		d.self = withParam(begin, "before", p.before.String())
	}
	if more {
		d.next = withParam(begin, "before", d.entries[len(d.entries)-1].place().String())
	}
	if d.self != begin || more {
		d.first = begin
	}
}

// withParam returns address with one more parameter.
func withParam(address, name, value string) string {
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	return address + sep + name + "=" + url.QueryEscape(value)
}

// revised is when what e shows was last revised, modifiedAt when anything of it changed.
func (e *entry) revised() time.Time {
	if e.frozen() {
		return e.changed
	}
	return e.Updated()
}

func (e *entry) modifiedAt() time.Time {
	if e.frozen() {
		return e.changed
	}
	return e.modified()
}

// origin returns where the article came from that stands for the entry; nil if
// that cannot be told, and in entries that stay as they are.
func (d *document) origin(e *entry) *origin {
	if e.frozen() {
		return nil
	}
	o, ok := d.origins[e.representative().Source]
	if !ok || o.address == "" {
		return nil
	}
	return &o
}

func (e *entry) frozen() bool { return e.revision != nil || e.day != nil }

// fill completes e for f.
func (v *view) fill(f *Feed, e *entry) (err error) {
	e.id = v.urn(e.name)
	switch {
	case e.day != nil:
		return v.fillDay(f, e)
	case e.revision != nil:
		return v.fillIssue(e)
	}
	e.title = headline(e.Shown)
	e.related = relatedURL(e.Shown)
	e.link = e.URL
	if e.related != "" && (f.Link == LinkArticle || f.Link == LinkAuto && v.settings.local) {
		e.link = e.related
	}
	e.lang = cleanLang(e.Lang)
	e.summary = plainSummary(e.Shown)
	e.outlets = outlets(e.Shown)
	e.tags = categories(e.Shown)
	e.image = imageOf(e.Shown)
	e.media = enclosures(e.Shown)
	e.storyfold = jsonExtension{
		Story: e.ID, URL: e.URL, Revision: e.Revisions[len(e.Revisions)-1].Number, Reports: e.Reports,
		Count: len(e.Members), Articles: newArticles(e.Shown),
	}
	e.mute, e.correct = v.muteLink(f, e.Shown), v.correctLink(f, e.Shown)
	e.content, err = v.content(e)
	return err
}

// published and updated are the dates of an entry, by its feed's policy.
func (e *entry) published() time.Time { return e.first.UTC().Truncate(time.Second) }
func (e *entry) updated() time.Time   { return e.changed.UTC().Truncate(time.Second) }

// tellApart gives the entries of a feed different dates, within the second of
// each: readers and validators take equal ones for a mistake. The fraction of an
// entry is made from its id, so that it does not change when others come and go.
func tellApart(entries []entry) {
	taken := map[time.Time]bool{}
	for i := range entries {
		e := &entries[i]
		sum := fnv.New32a()
		sum.Write([]byte(e.name))
		n := sum.Sum32() % 1000
		for taken[e.updated().Add(time.Duration(n)*time.Millisecond)] {
			n = (n + 1) % 1000
		}
		e.fraction = time.Duration(n) * time.Millisecond
		taken[e.updated().Add(e.fraction)] = true
	}
}

// commonLang returns the language of all entries, or "" if they differ.
func commonLang(entries []entry) string {
	lang := ""
	for i := range entries {
		switch l := entries[i].lang; {
		case l == "" || lang != "" && l != lang:
			return ""
		default:
			lang = l
		}
	}
	return lang
}
