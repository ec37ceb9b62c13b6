package feedgen

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/singleflight"
)

// reply serves what render returns, under contentType, with validators: a
// strong ETag made of the bytes, and Last-Modified unless the time is zero. It
// answers HEAD and conditional requests, and compresses with gzip where the
// client takes it.
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
	head := w.Header()
	if head.Get("Cache-Control") == "" {
		head.Set("Cache-Control", "no-cache")
	}
	if !strings.HasPrefix(contentType, "text/html") {
		head.Set("Content-Security-Policy", otherPolicy)
	}
	body, etag := a.body, a.etag
	if len(a.body) >= minGzip {
		head.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header) {
			body, etag = a.gzipped(), a.gzipEtag
			head.Set("Content-Encoding", "gzip")
		}
	}
	head.Set("ETag", etag)
	if !a.modified.IsZero() {
		head.Set("Last-Modified", a.lastModified)
	}
	if a.unchanged(r.Header) {
		head.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	head.Set("Content-Type", contentType)
	head.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) // a client that went away is no error of ours
	}
}

// minGzip is the least size in bytes that is worth compressing.
const minGzip = 512

// answer is a rendered body with its validators.
type answer struct {
	of             *view // the generation and settings that it was made for
	body           []byte
	etag, gzipEtag string    // strong, with quotes
	modified       time.Time // for Last-Modified, whole seconds; zero: none is sent
	lastModified   string    // modified, as HTTP writes it
	stood          time.Time // the latest modified that was sent under the key

	compress sync.Once
	packed   []byte // body, gzipped; set by compress

	used uint64 // the cache's clock at the last use; guarded by cache.mu
}

func newAnswer(v *view, body []byte, modified time.Time) *answer {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:16])
	a := &answer{of: v, body: body, etag: `"` + hash + `"`, gzipEtag: `"` + hash + `-gz"`}
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
// answer under the key and may be nil, get a later date, and none within one
// second. A config may change the bytes too: no date is before the one in force.
func (a *answer) follow(before *answer, now time.Time) {
	if a.modified.IsZero() {
		return
	}
	if since := a.of.settings.since; since.After(a.modified) {
		a.date(since)
	}
	if before != nil && before.etag == a.etag {
		a.date(before.modified)
	} else if before != nil && !a.modified.After(before.stood) {
		a.date(now)
		if !a.modified.After(before.stood) {
			a.modified, a.stood = time.Time{}, before.stood
			return
		}
	}
	a.stood = a.modified
	if before != nil && before.stood.After(a.stood) {
		a.stood = before.stood
	}
}

// gzipped returns the body in gzip form, which is made once.
func (a *answer) gzipped() []byte {
	a.compress.Do(func() {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(a.body) // into memory: cannot fail
		z.Close()
		a.packed = b.Bytes()
	})
	return a.packed
}

// unchanged reports whether a conditional request is answered by 304.
// If-None-Match goes before If-Modified-Since, and either form's tag will do:
// both stand for the same content.
func (a *answer) unchanged(h http.Header) bool {
	if tags := h.Values("If-None-Match"); len(tags) > 0 {
		for tag := range strings.SplitSeq(strings.Join(tags, ","), ",") {
			tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			if tag == "*" || tag == a.etag || tag == a.gzipEtag {
				return true
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

// acceptsGzip reports whether the client takes gzip, by RFC 9110 §12.5.3.
func acceptsGzip(h http.Header) bool {
	star := false
	for coding := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(coding, ";")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			return !refused(params)
		case "*":
			star = !refused(params)
		}
	}
	return star
}

// refused reports whether the parameters of a coding hold the weight zero.
func refused(params string) bool {
	name, value, _ := strings.Cut(strings.TrimSpace(params), "=")
	if !strings.EqualFold(strings.TrimSpace(name), "q") {
		return false
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return err != nil || q <= 0
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
		a := newAnswer(v, body, modified)
		a.follow(c.last(key), v.h.options.Now())
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

// cost is what a counts for in bytes: its body, and as much again as room for the gzipped form.
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
