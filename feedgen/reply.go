package feedgen

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// reply serves what render returns, under contentType, with validators: a
// strong ETag made of the bytes, and Last-Modified unless the time is zero. It
// answers HEAD and conditional requests, whole even where a range is asked for,
// and with brotli or gzip where the client takes it.
//
// The bytes are kept under key while the store's generation and the config stay
// as they were when the request began; so they must depend on nothing else but
// key. An empty key keeps nothing. A Cache-Control set before stays; without
// one it is "no-cache". What is not HTML gets the strictest policy there is.
//
// When render fails with story.ErrNotFound, the answer is 404, with
// story.ErrRemoved 410, else 500 and a line in the log.
func (h *Handler) reply(w http.ResponseWriter, r *http.Request, contentType, key string, render func() ([]byte, time.Time, error)) {
	a, err := h.answers.get(h.viewOf(r), key, render)
	if err != nil {
		h.failErr(w, r, err)
		return
	}
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-cache")
	}
	a.send(w, r, contentType)
}

// send answers r with a, in the form that the client likes best, or with 304.
func (a *answer) send(w http.ResponseWriter, r *http.Request, contentType string) {
	head := w.Header()
	if !strings.HasPrefix(contentType, "text/html") {
		head.Set("Content-Security-Policy", otherPolicy)
	}
	form := identity
	if len(a.body) >= minPacked {
		head.Add("Vary", "Accept-Encoding")
		form = negotiate(r.Header)
	}
	head.Set("ETag", a.tag(form))
	if !a.modified.IsZero() {
		head.Set("Last-Modified", a.lastModified)
	}
	if a.unchanged(r.Header) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.packs.form(form, a.body)
	if form != identity {
		head.Set("Content-Encoding", string(form))
	}
	head.Set("Content-Type", contentType)
	head.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) // a client that went away is no error of ours
	}
}

// answer is a rendered body with its validators.
type answer struct {
	of           *view // the generation and settings that it was made for
	body         []byte
	packs        *packs
	etag         string // strong, with quotes; of the form identity
	gzipTag      string // of the other forms
	brotTag      string
	modified     time.Time // for Last-Modified, whole seconds; zero: none is sent
	lastModified string    // modified, as HTTP writes it
	stood        time.Time // the latest modified that was sent under the key

	used uint64 // the cache's clock at the last use; guarded by cache.mu
}

func newAnswer(v *view, body []byte, modified time.Time) *answer {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:16])
	a := &answer{
		of: v, body: body, packs: &packs{},
		etag: `"` + hash + `"`, gzipTag: `"` + hash + `-gz"`, brotTag: `"` + hash + `-br"`,
	}
	a.date(modified)
	return a
}

func (a *answer) date(modified time.Time) {
	a.modified = modified.UTC().Truncate(time.Second)
	a.lastModified = a.modified.Format(http.TimeFormat)
}

// follow dates a anew where its own date would hide it. Clients that compare
// dates, curl among them, throw away an answer that is not dated later than what
// they have, whatever its tag: so other bytes than before, which is the last
// answer under the key, get a later date, and none within one second. Without
// one before, which is nil then, other bytes may have been sent up to the second
// in which the config came into force, by the process before this one too.
func (a *answer) follow(before *answer, now time.Time) {
	if a.modified.IsZero() {
		return
	}
	stood := a.of.settings.since.Truncate(time.Second)
	if before != nil {
		stood = before.stood
	}
	if since := a.of.settings.since; since.After(a.modified) { // a config may change the bytes, too
		a.date(since)
	}
	if before != nil && before.etag == a.etag && !before.modified.IsZero() {
		a.date(before.modified)
	} else if !a.modified.After(stood) {
		a.date(now)
		if !a.modified.After(stood) {
			a.modified, a.stood = time.Time{}, stood
			return
		}
	}
	a.stood = latest(a.modified, stood)
}

// tag returns the ETag of a in a form.
func (a *answer) tag(c coding) string {
	switch c {
	case gzipForm:
		return a.gzipTag
	case brotForm:
		return a.brotTag
	}
	return a.etag
}

// unchanged reports whether a conditional request is answered by 304.
// If-None-Match goes before If-Modified-Since, and any form's tag will do:
// all stand for the same content.
func (a *answer) unchanged(h http.Header) bool {
	if tags := h.Values("If-None-Match"); len(tags) > 0 {
		for _, line := range tags {
			for tag := range strings.SplitSeq(line, ",") {
				tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
				if tag == "*" || tag == a.etag || tag == a.gzipTag || tag == a.brotTag {
					return true
				}
			}
		}
		return false
	}
	if a.modified.IsZero() {
		return false
	}
	since, err := http.ParseTime(h.Get("If-Modified-Since"))
	return err == nil && !a.modified.After(since)
}

// Limits of the cache: answers, and bytes of their bodies.
const (
	maxAnswers     = 256
	maxAnswerBytes = 32 << 20
)

// cache keeps rendered answers while they are true.
type cache struct {
	flight singleflight.Group

	mu    sync.Mutex // guards what follows
	clock uint64
	bytes int
	kept  map[string]*answer
}

// get returns the answer for key in v: the one that is kept, else what render
// makes, once for all who ask at the same time.
func (c *cache) get(v *view, key string, render func() ([]byte, time.Time, error)) (*answer, error) {
	if key == "" {
		body, modified, err := render()
		if err != nil {
			return nil, err
		}
		return newAnswer(v, body, modified), nil
	}
	if a := c.lookup(v, key); a != nil {
		return a, nil
	}
	made, err, _ := c.flight.Do(v.stamp()+key, func() (any, error) {
		body, modified, err := render()
		if err != nil {
			return nil, err
		}
		a, before := newAnswer(v, body, modified), c.last(key)
		if before != nil && before.etag == a.etag { // compressed already
			a.body, a.packs = before.body, before.packs
		}
		a.follow(before, v.h.options.Now())
		c.keep(key, a)
		return a, nil
	})
	if err != nil {
		return nil, err
	}
	return made.(*answer), nil
}

func (c *cache) lookup(v *view, key string) *answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.kept[key]
	if a == nil || !a.of.same(v) {
		return nil
	}
	c.clock++
	a.used = c.clock
	return a
}

// last returns what is kept under key, true or not; nil if there is nothing.
func (c *cache) last(key string) *answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept[key]
}

// keep stores a, and drops what is no longer true or was not asked for longest,
// until the limits hold.
func (c *cache) keep(key string, a *answer) {
	if cost(a) > maxAnswerBytes {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[string]*answer{}
	}
	c.drop(key)
	if len(c.kept) >= maxAnswers || c.bytes+cost(a) > maxAnswerBytes {
		for k, old := range c.kept {
			if !old.of.same(a.of) {
				c.drop(k)
			}
		}
	}
	for len(c.kept) >= maxAnswers || c.bytes+cost(a) > maxAnswerBytes {
		c.drop(c.oldest())
	}
	c.clock++
	a.used = c.clock
	c.kept[key] = a
	c.bytes += cost(a)
}

// cost is what a counts for in bytes: its body, and as much again as room for the compressed forms.
func cost(a *answer) int { return 2 * len(a.body) }

func (c *cache) drop(key string) {
	if a := c.kept[key]; a != nil {
		c.bytes -= cost(a)
		delete(c.kept, key)
	}
}

func (c *cache) oldest() string {
	keys := make([]string, 0, len(c.kept))
	for k := range c.kept {
		keys = append(keys, k)
	}
	return slices.MinFunc(keys, func(x, y string) int {
		return int(int64(c.kept[x].used) - int64(c.kept[y].used))
	})
}
