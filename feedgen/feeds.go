package feedgen

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mainFeed is the name of the feed that always exists.
const mainFeed = "stories"

// Numbers of entries in a feed.
const (
	defaultItems = 50
	maxItems     = 500
)

// recent is the time before the newest revision in the store within which every
// story first shown stays in a feed, up to maxItems.
const recent = 24 * time.Hour

// lag is how much later than its last revision a story may enter a feed: with
// the pass that shows it, or by a copy that makes it meet the feed's filter.
const lag = 24 * time.Hour

// maxScan is how many stories are looked at for one feed.
const maxScan = 20000

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
	form, known := formats[ext]
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
	limit, err := parseLimit(query)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	h.reply(w, r, form.contentType, "feed/"+ext+"/"+strconv.Itoa(limit)+"/"+name, func() ([]byte, time.Time, error) {
		v := h.viewOf(r)
		d, err := v.document(f, ext, limit)
		if err != nil {
			return nil, time.Time{}, err
		}
		body, err := form.write(d)
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("write feed %s.%s: %w", name, ext, err)
		}
		return body, d.modified, nil
	})
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
	home     string // of the page that it stands for
	lang     string // of all entries, "" if they differ
	revised  time.Time
	modified time.Time // for Last-Modified; also changes that are no revision
	entries  []entry
}

// entry is a story in a feed.
type entry struct {
	*Shown
	id       string // urn:uuid:
	title    string
	link     string
	related  string // the representative article; "" if it has no address
	summary  string // plain text
	content  string // HTML
	outlets  []string
	tags     []string
	image    string
	media    []media
	articles []apiArticle
	first    time.Time     // when the story was first shown in this feed
	changed  time.Time     // when it last changed, by the feed's policy
	fraction time.Duration // that tells its dates apart from other entries', below a second
}

// media is an enclosure.
type media struct {
	url, kind string
	length    int64
}

// document collects what f shows. limit is the number of entries asked for; 0:
// as the feed says.
func (v *view) document(f *Feed, ext string, limit int) (*document, error) {
	entries, err := v.entries(f, limit)
	if err != nil {
		return nil, err
	}
	d := &document{
		id: v.urn("feed/" + f.Name), title: cleanLine(f.Title, maxTitle), subtitle: "One entry per story.",
		self: v.feedURL(f, ext), home: v.config.BaseURL + "/", entries: entries,
	}
	if limit > 0 {
		sep := "?"
		if strings.Contains(d.self, "?") {
			sep = "&"
		}
		d.self += sep + "limit=" + strconv.Itoa(limit)
	}
	size := 0
	for i := 0; i < len(entries); i++ {
		e := &entries[i]
		if err := v.fill(f, e); err != nil {
			return nil, err
		}
		if size += len(e.content) + sizeOf(e.articles); size > maxDocumentBytes {
			entries = entries[:i+1]
			d.entries = entries
		}
		d.revised = latest(d.revised, e.Updated())
		d.modified = latest(d.modified, e.modified())
	}
	d.lang = commonLang(entries)
	tellApart(entries)
	return d, nil
}

// entries selects the stories of f and orders them, newest first. Only the
// dates are filled in.
func (v *view) entries(f *Feed, limit int) ([]entry, error) {
	var list []entry
	var newest time.Time
	scanned := 0
	for s, err := range v.stories() {
		if err != nil {
			return nil, err
		}
		if scanned++; scanned == 1 {
			newest = s.bound
		}
		if scanned%64 == 0 {
			list = selectEntries(list, f, limit, newest)
			if scanned >= maxScan || enough(list, f, limit, newest, s.bound.Add(lag)) {
				break
			}
		}
		if first, ok := f.firstShown(s); ok {
			e := entry{Shown: s, first: first, changed: first}
			if f.Updates == Bump {
				e.changed = latest(first, s.Updated())
			}
			list = append(list, e)
		}
	}
	return selectEntries(list, f, limit, newest), nil
}

// selectEntries orders list and returns the entries that stay: the first
// f.Items (or limit), and without a limit all first shown within recent of
// newest, together at most maxItems. Selecting from a selection and more gives
// the same as selecting from all.
func selectEntries(list []entry, f *Feed, limit int, newest time.Time) []entry {
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(b.changed.Compare(a.changed), b.Members[0].Time.Compare(a.Members[0].Time), cmp.Compare(a.ID, b.ID))
	})
	list = slices.CompactFunc(list, func(a, b entry) bool { return a.ID == b.ID })
	if limit > 0 {
		return list[:min(len(list), limit)]
	}
	kept := list[:0]
	for i, e := range list {
		if i < f.Items || e.first.After(newest.Add(-recent)) {
			kept = append(kept, e)
		}
	}
	return kept[:min(len(kept), maxItems)]
}

// enough reports whether no story that enters a feed before bound can change
// the selection list.
func enough(list []entry, f *Feed, limit int, newest, bound time.Time) bool {
	want := cmp.Or(limit, f.Items)
	if len(list) < want || !list[want-1].changed.After(bound) {
		return false
	}
	return limit > 0 || bound.Before(newest.Add(-recent)) || len(list) == maxItems && list[maxItems-1].changed.After(bound)
}

// fill completes e for f.
func (v *view) fill(f *Feed, e *entry) error {
	e.id = v.urn(string(e.ID))
	e.title = headline(e.Shown)
	e.related = relatedURL(e.Shown)
	e.link = e.URL
	if e.related != "" && (f.Link == LinkArticle || f.Link == LinkAuto && v.settings.local) {
		e.link = e.related
	}
	e.summary = plainSummary(e.Shown)
	e.outlets = outlets(e.Shown)
	e.tags = categories(e.Shown)
	e.image = imageOf(e.Shown)
	e.media = enclosures(e.Shown)
	e.articles = newArticles(e.Shown)
	var err error
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
		sum.Write([]byte(e.ID))
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
		switch l := cleanLang(entries[i].Lang); {
		case l == "" || lang != "" && l != lang:
			return ""
		default:
			lang = l
		}
	}
	return lang
}
