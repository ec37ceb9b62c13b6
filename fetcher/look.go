package fetcher

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"storyfold/story"
)

// Fetch looks once at a feed or at files, whatever the schedule says. The state
// in the result is st after the look, with the time that Run would look again; it
// counts only once the result is committed. Fetch keeps nothing and may be
// called from any goroutine, with or without Run.
func (f *Fetcher) Fetch(ctx context.Context, src story.Source, st story.SourceState) *Result {
	if src.Feed == "" {
		return f.lookAtFiles(ctx, newFileSource(src, f.log()), &src, st, true)
	}
	v := &visit{f: f}
	defer v.leave()
	return f.lookAtFeed(ctx, v, &src, st, nil)
}

// lookAtFeed is Fetch for a feed of whose last document m is remembered, which may be nil. Whatever
// goes wrong ends in the result.
func (f *Fetcher) lookAtFeed(ctx context.Context, v *visit, src *story.Source, st story.SourceState, m *memory) (r *Result) {
	now := time.Now()
	defer func() {
		if p := recover(); p != nil {
			f.log().Error("reading a feed failed in a way that it must not", "source", src.Name, "panic", p, "stack", string(debug.Stack()))
			r = f.failed(src, st, now, fmt.Errorf("storyfold failed to read the document: %v", p))
		}
	}()
	o, c := f.settings()
	begin := askPage(st, now)
	answer, err := c.get(ctx, v, src, &begin)
	if err != nil {
		return f.failed(src, st, now, err)
	}
	defer func() { answer.done() }()
	v.leave() // the server is done with; what follows is ours
	f.counts.bytes.Add(int64(len(answer.body)))
	hash := xxhash.Sum64(answer.body)
	if answer.notModified || answer.broken == nil && hash == st.BodyHash && hash != 0 {
		return f.unchanged(o, src, st, now, answer)
	}
	doc, err := f.document(ctx, answer, src, &st, m)
	if doc == nil {
		d, err := f.discover(ctx, v, c, src, &st, answer, err)
		if d == nil {
			return f.failed(src, st, now, err)
		}
		d.found(&st)
		answer = d.answer
		return f.read(o, src, st, now, answer, xxhash.Sum64(answer.body), d.doc, d.err)
	}
	st.Found = begin.Found
	return f.read(o, src, st, now, answer, hash, doc, err)
}

// document reads the document in the answer; an error beside it says what is wrong with it.
func (f *Fetcher) document(ctx context.Context, a *answer, src *story.Source, st *story.SourceState, m *memory) (*document, error) {
	doc, err := f.parse(ctx, a, src, st, m)
	switch {
	case a.broken != nil && (doc == nil || err == nil):
		err = a.broken
	case a.broken != nil:
		err = fmt.Errorf("%w; %w", a.broken, err)
	}
	return doc, err
}

// parse reads the document in the answer. As many are read at a time as there are processors, and
// one large one: more would only cost memory.
func (f *Fetcher) parse(ctx context.Context, a *answer, src *story.Source, st *story.SourceState, m *memory) (*document, error) {
	if len(a.body) > maxSmall {
		select {
		case f.bulky <- struct{}{}:
			defer func() { <-f.bulky }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	select {
	case f.parsing <- struct{}{}:
		defer func() { <-f.parsing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return parseNext(a.body, a.header.Get("Content-Type"), a.finalURL, *src, st, m)
}

// failed is the result of a look that brought nothing: all but the failure stays as it was.
func (f *Fetcher) failed(src *story.Source, st story.SourceState, now time.Time, err error) *Result {
	checked(src, &st, now)
	fail(&st, now, err)
	st.Warning = "" // that of an earlier document
	if st.Adopted && st.Errors >= maxMovedFailures {
		f.log().Warn("the address that the feed moved to fails: the configured one is asked again", "source", src.Name, "moved", st.Moved)
		st.Moved, st.MovedLooks, st.MovedSince, st.Adopted = "", 0, time.Time{}, false
	}
	what := facts{now: now, err: err, chance: rand.Float64()}
	if status, ok := errors.AsType[*StatusError](err); ok {
		what.retryAfter = status.RetryAfter
		st.Gone = status.Code == 410
		if status.Code == 429 && status.RetryAfter == 0 {
			what.retryAfter = f.options().Interval
		}
	}
	plan(f.options(), src, &st, what)
	return &Result{Source: *src, State: st, Err: err}
}

// unchanged is the result of a look that found what was known.
func (f *Fetcher) unchanged(o *Options, src *story.Source, st story.SourceState, now time.Time, a *answer) *Result {
	checked(src, &st, now)
	if v := validator(a.header, "ETag"); v != "" {
		st.ETag = v
	}
	if v := validator(a.header, "Last-Modified"); v != "" {
		st.LastModified = v
	}
	good(&st, a)
	f.follow(src, &st, a.moved, now)
	if fresh, said := freshFor(a.header, now); said {
		st.Fresh = fresh
	}
	plan(o, src, &st, facts{now: now, chance: rand.Float64()})
	return &Result{Source: *src, State: st, NotModified: true}
}

// read is the result of a look that brought a document; err says what is wrong with it.
func (f *Fetcher) read(o *Options, src *story.Source, st story.SourceState, now time.Time, a *answer,
	hash uint64, doc *document, err error) *Result {
	checked(src, &st, now)
	st.Format, st.Title, st.Site, st.FeedIcon, st.Items = doc.Format, doc.Title, doc.Site, doc.Icon, doc.items
	st.FeedID = doc.id
	if half, newest := rhythm(doc.Articles, now); half > 0 || err == nil {
		st.Rhythm, st.Newest = half, newest
	}
	st.Gone = false
	if err != nil { // not all of it was there: the next look must ask for it again
		fail(&st, now, err)
		st.ETag, st.LastModified, st.BodyHash = "", "", 0
		st.Warning = items(len(doc.Articles)) + " could be read"
	} else {
		good(&st, a)
		f.follow(src, &st, a.moved, now)
		validate(&st, a, hash)
		st.Warning = doc.Warning
		switch {
		case doc.items == 0:
			st.Warning = "the feed has no items"
		case len(doc.Articles) == 0:
			st.Warning = "no item has a title or a text"
		}
	}
	renamed := doc.unnamed && !st.Unnamed
	st.Marks, st.Churn, st.Unnamed = doc.marks, doc.churn, doc.unnamed
	st.TTL, st.SkipHours, st.SkipDays = doc.ttl, doc.hours, doc.days
	st.Fresh, _ = freshFor(a.header, now)
	what := facts{now: now, chance: rand.Float64()}
	if len(doc.Articles) == 0 {
		what.err = err
	}
	plan(o, src, &st, what)
	return &Result{Source: *src, Articles: doc.Articles, Same: doc.same, memory: doc.memory, State: st, Err: err, Renamed: renamed}
}

// lookAtFiles is Fetch for files.
func (f *Fetcher) lookAtFiles(ctx context.Context, files *fileSource, src *story.Source, st story.SourceState, full bool) (r *Result) {
	now := time.Now()
	defer func() {
		if p := recover(); p != nil {
			f.log().Error("reading files failed in a way that it must not", "source", src.Name, "panic", p, "stack", string(debug.Stack()))
			err := fmt.Errorf("storyfold failed to read the files: %v", p)
			checked(src, &st, now)
			fail(&st, now, err)
			st.Next, st.NextReason = now.Add(rescanInterval), "rescan"
			r = &Result{Source: *src, State: st, Err: err}
		}
	}()
	r = files.look(ctx, full)
	r.Source = *src
	warning, items := r.State.Warning, r.State.Items
	checked(src, &st, now)
	st.Format, st.Warning = "files", warning
	if items > 0 {
		st.Items = items
	}
	if r.Err != nil {
		fail(&st, now, r.Err)
	} else {
		st.Error, st.ErrorSince, st.Errors = "", time.Time{}, 0
	}
	r.NotModified = len(r.Articles) == 0
	st.Next, st.NextReason = now.Add(rescanInterval), "rescan, beside the watch"
	r.State = st
	return r
}

// checked notes a look in st, and which source it is of.
func checked(src *story.Source, st *story.SourceState, now time.Time) {
	st.Name, st.Address, st.Checked = src.Name, src.Address(), now
}

// fail notes a failure in st.
func fail(st *story.SourceState, now time.Time, err error) {
	if st.Errors == 0 || st.ErrorSince.IsZero() {
		st.ErrorSince = now
	}
	st.Errors++
	st.Error = cutRunes(oneLine(err.Error()), 1000)
}

// good notes a look without failure in st.
func good(st *story.SourceState, a *answer) {
	st.Error, st.ErrorSince, st.Errors, st.Gone = "", time.Time{}, 0, false
	if !a.notModified {
		st.Full = st.Checked
	}
}

// validate keeps the validators of a whole document with this hash, and notices
// those that stayed the same while the document changed. A weak ETag may do that.
func validate(st *story.SourceState, a *answer, hash uint64) {
	tag, modified := validator(a.header, "ETag"), validator(a.header, "Last-Modified")
	same := tag == st.ETag && modified == st.LastModified
	switch {
	case st.BodyHash == 0 || st.BodyHash == hash || tag == "" && modified == "":
	case !same:
		st.Stuck = false
	case !strings.HasPrefix(tag, "W/"):
		st.Stuck = true
	}
	st.ETag, st.LastModified, st.BodyHash = tag, modified, hash
}

// A permanent redirect is adopted once so many good looks in a row, over so long a
// time, named the same address: a network's login page and a server's mishap do not.
const (
	movedLooks       = 5
	movedTime        = 24 * time.Hour
	maxMovedFailures = 3 // in a row, before the configured address is asked again
)

// follow notes where permanent redirects led in a good look, and decides whether
// that address takes the place of the configured one.
func (f *Fetcher) follow(src *story.Source, st *story.SourceState, to string, now time.Time) {
	switch {
	case st.Adopted && to == "":
		return // it was asked there, and answered there
	case to == "" || to == src.Feed:
		st.Moved, st.MovedLooks, st.MovedSince, st.Adopted = "", 0, time.Time{}, false
		return
	case to != st.Moved || st.Adopted:
		st.Moved, st.MovedLooks, st.MovedSince, st.Adopted = to, 0, now, false
	}
	st.MovedLooks++
	if st.MovedLooks < movedLooks || now.Sub(st.MovedSince) < movedTime {
		return
	}
	if other := f.reads(to, src.Name); other != "" {
		if st.MovedLooks == movedLooks {
			f.log().Warn("the feed moved to the address of another source: one of the two is enough", "source", src.Name, "other", other)
		}
		return
	}
	st.Adopted = true
	f.log().Warn("the feed moved for good: it is read from its new address; write that into the config", "source", src.Name, "address", to)
}

// reads returns the name of a source other than name that is read from address, or "".
func (f *Fetcher) reads(address, name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	link := CanonicalLink(address)
	for _, e := range f.entries {
		if e.src.Name != name && e.src.Feed != "" && (CanonicalLink(e.src.Feed) == link || CanonicalLink(asked(&e.src, &e.st)) == link) {
			return e.src.Name
		}
	}
	return ""
}
