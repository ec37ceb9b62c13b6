package fetcher

import (
	"context"
	"errors"
	"maps"
	"time"

	"storyfold/story"
)

// configure makes sources the sources. Known ones keep what they have; states are
// those that were stored, for the others. Fetcher.mu is held.
func (f *Fetcher) configure(sources []story.Source, states []story.SourceState) {
	kept := make(map[string]bool, len(sources))
	for i := range sources {
		kept[sources[i].Name] = true
	}
	for _, e := range f.entries {
		states = append(states, e.st)
	}
	byName, byAddress := map[string]*story.SourceState{}, map[string]*story.SourceState{}
	for i := range states {
		st := &states[i]
		byName[st.Name] = st
		if !kept[st.Name] { // a renamed source; one that stays keeps its state for itself
			byAddress[st.Address] = st
		}
	}
	old := f.byName
	f.entries, f.byName = make([]*source, 0, len(sources)), make(map[string]*source, len(sources))
	for _, src := range sources {
		if f.byName[src.Name] != nil {
			continue // names are unique; the first counts
		}
		e := old[src.Name]
		if e != nil && e.src.Address() == src.Address() {
			delete(old, src.Name)
			f.change(e, src)
		} else {
			e = f.add(src, inherited(&src, byName, byAddress), len(sources))
		}
		f.entries = append(f.entries, e)
		f.byName[src.Name] = e
	}
	for _, e := range old {
		f.remove(e)
	}
	f.iconVersion.Add(1)
	used := map[*host]bool{}
	for _, e := range f.entries {
		used[e.host] = true
	}
	maps.DeleteFunc(f.hosts, func(_ string, h *host) bool { return !used[h] && h.active == 0 })
}

// inherited returns the state that src begins with.
func inherited(src *story.Source, byName, byAddress map[string]*story.SourceState) story.SourceState {
	st := byName[src.Name]
	if st == nil || st.Address != src.Address() && st.Asked() != src.Address() {
		st = byAddress[src.Address()]
	}
	if st == nil {
		return story.SourceState{Name: src.Name, Address: src.Address()}
	}
	s := *st
	s.Name = src.Name
	if s.Address != src.Address() { // the new address of a feed that moved, now in the config
		s.Address, s.Found, s.Moved, s.MovedLooks, s.MovedSince, s.Adopted = src.Address(), "", "", 0, time.Time{}, false
	}
	return s
}

// maxAhead is how far ahead a stored plan may lie; one farther off was made by another clock, and
// so was one of a look that is to come.
const maxAhead = goneInterval + goneInterval/5

// add takes in a source that was not there; n sources begin with it.
func (f *Fetcher) add(src story.Source, st story.SourceState, n int) *source {
	now := time.Now()
	e := &source{src: src, st: st, index: -1, host: f.hostOf(&src, &st), unflushed: st.Icon != ""} // under a new name, it may be
	if e.st.Checked.After(now.Add(time.Minute)) {
		e.st.Next, e.st.NextReason, e.st.Hold = now, "the clock was set back", time.Time{}
	}
	e.due = e.st.Next
	if !e.due.After(now) || e.due.After(now.Add(maxAhead)) {
		e.due = firstLook(src.Name, n, now)
		if e.st.Hold.After(e.due) && e.st.Hold.Before(now.Add(maxAhead)) {
			e.due = e.st.Hold
		}
	}
	if src.Feed == "" {
		e.due = now
		e.files = newFileSource(src, f.opts.Log)
		f.watch(e)
	}
	if e.st.Next.IsZero() && src.Enabled {
		e.st.NextReason = "first look"
		e.st.Next = e.due
	}
	f.at(e, e.due)
	return e
}

// change gives a source that stays its new config.
func (f *Fetcher) change(e *source, src story.Source) {
	was := e.src
	e.src = src
	now := time.Now()
	if was.Category != src.Category || was.Lang != src.Lang || !maps.Equal(was.Headers, src.Headers) {
		// What is stored was read with other words: read it again.
		e.st.ETag, e.st.LastModified, e.st.BodyHash = "", "", 0
		e.stale = e.busy
		if e.files != nil {
			e.stop()
			e.files = newFileSource(src, f.opts.Log)
			f.watch(e)
		}
		f.at(e, later(firstLook(src.Name, len(f.byName), now), e.st.Hold))
	}
	switch {
	case was.Enabled && !src.Enabled:
		f.leave(e)
		e.answer(&e.waiting, Report{Source: src.Name, State: e.st, Err: errDisabled})
		if e.files != nil {
			e.stop()
		}
	case !was.Enabled && src.Enabled:
		if e.files != nil {
			e.stop()
			f.watch(e)
		}
		f.at(e, later(firstLook(src.Name, len(f.byName), now), e.st.Hold))
	case was.Interval != src.Interval && src.Interval > 0 && e.st.Errors == 0 && !e.st.Gone:
		e.st.Next = later(e.st.Checked.Add(src.Interval), e.st.Hold)
		e.st.NextReason = "interval is set to " + words(src.Interval)
		f.at(e, e.st.Next)
	}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// remove lets go of a source.
func (f *Fetcher) remove(e *source) {
	f.leave(e)
	e.removed = true
	if e.stop != nil {
		e.stop()
	}
	e.answer(&e.waiting, Report{Source: e.src.Name, State: e.st, Err: errors.New("the source was removed")})
}

// watch begins to watch the files of e.
func (f *Fetcher) watch(e *source) {
	ctx, stop := context.WithCancel(f.run.ctx)
	e.stop = stop
	if !e.src.Enabled {
		return
	}
	files, name, log := e.files, e.src.Name, f.opts.Log
	f.run.wg.Go(func() {
		err := files.watch(ctx, func() {
			f.mu.Lock()
			f.now(e)
			f.mu.Unlock()
			f.poke()
		})
		if err != nil && ctx.Err() == nil {
			log.Warn("files are not watched, only looked at every minute", "source", name, "error", err)
		}
	})
}

// start begins a look at e, which was taken from its host's queue. Fetcher.mu is held.
func (f *Fetcher) start(e *source, now time.Time) {
	e.queued, e.busy, e.again, e.stale = false, true, false, false
	e.watching, e.waiting = e.waiting, nil
	e.host.active++
	if !e.host.local && f.opts.HostDelay > 0 {
		e.host.next = now.Add(f.opts.HostDelay)
	}
	f.looks++
	r, src, st, files, m := f.run, e.src, e.st, e.files, e.memory
	v := &visit{f: f, host: e.host, among: true}
	r.wg.Go(func() { f.look(r, e, v, src, st, files, m) })
}

// look is one look at e, from request to commit.
func (f *Fetcher) look(r *run, e *source, visit *visit, src story.Source, st story.SourceState, files *fileSource, m *memory) {
	began := time.Now()
	var result *Result
	if files != nil {
		result = f.lookAtFiles(r.ctx, files, &src, st, false)
	} else {
		result = f.lookAtFeed(r.ctx, visit, &src, st, m)
	}
	visit.leave() // others may ask the host while this is committed
	if err := f.fullText(r.ctx, &src, result); err != nil {
		result = f.failed(&src, st, time.Now(), err)
	}

	f.mu.Lock()
	f.looks--
	held := result.size()
	f.held += held
	dropped := e.removed || r.ctx.Err() != nil && result.Err != nil
	f.mu.Unlock()
	if files == nil && !dropped {
		f.counts.look(result, time.Since(began))
	}
	f.poke()

	// The state of a look that found nothing new is stored with others', and so is
	// that of files with the same fault as a minute ago.
	quiet := result.NotModified && (result.Err == nil || files != nil && result.State.Error == st.Error)
	var err error
	if st.Errors > 0 && result.Err == nil {
		f.log().Info("source is well again", "source", src.Name, "failures", st.Errors)
	}
	if !dropped && !quiet {
		f.tell(&st, result)
		err = r.sink(r.ctx, result)
	}
	if err == nil && !dropped && files != nil {
		files.committed(result)
	}
	f.finish(e, result, err, dropped, quiet, time.Since(began))
	f.committed(held)
}

// maxHeld is how many bytes of results may wait for their commit before no
// further look begins. Results that wait together are committed together, which
// costs a fraction of committing one after the other.
const maxHeld = 16 << 20

// size returns about how many bytes of memory the articles take.
func (r *Result) size() int {
	n := 0
	for i := range r.Articles {
		a := &r.Articles[i]
		n += 600 + len(a.Title) + len(a.Text) + len(a.URL) + len(a.Image) // and small parts
	}
	return n
}

// committed notes that a result of so many bytes no longer waits.
func (f *Fetcher) committed(held int) {
	f.mu.Lock()
	f.held -= held
	f.mu.Unlock()
	f.poke()
}

// tell logs what a look found; was is the state before it.
func (f *Fetcher) tell(was *story.SourceState, r *Result) {
	log := f.log().With("source", r.Source.Name)
	st := &r.State
	switch {
	case r.Err == nil:
		log.Debug("read", "articles", len(r.Articles), "format", st.Format)
	case st.Errors == 1, st.Gone && !was.Gone:
		log.Warn("source fails", "error", st.Error, "articles", len(r.Articles), "next", st.NextReason)
	default:
		log.Debug("source still fails", "error", st.Error, "failures", st.Errors, "next", st.NextReason)
	}
	if notice := st.Notice(); notice != was.Notice() && notice != "" && (r.Err == nil || notice != st.Warning) {
		log.Warn("source is read, but", "notice", notice)
	}
}

// finish adopts what a look found, and plans the next.
func (f *Fetcher) finish(e *source, r *Result, err error, dropped, quiet bool, took time.Duration) {
	f.mu.Lock()
	defer f.poke()
	defer f.mu.Unlock()
	e.busy = false
	report := Report{Source: e.src.Name, NotModified: r.NotModified, Partly: r.Err != nil && len(r.Articles) > 0, New: r.New, Edited: r.Edited, Err: r.Err, Took: took}
	switch {
	case dropped:
		report.Err = ErrStopped
		if e.removed {
			report.Err = errors.New("the source was removed")
		}
	case err != nil:
		report.Err = &plainError{"what was read could not be stored: " + err.Error(), err}
		f.retry(e)
	default:
		f.adopt(e, r)
		e.refused = 0
		e.unflushed = quiet || !e.st.IconNext.Equal(r.State.IconNext) // looked for meanwhile
		e.again = e.again || r.More
		if r.New > 0 { // known only now that it is committed: stored with the next states
			e.st.LastNew, e.unflushed = e.st.Checked, true
		}
		if !r.NotModified {
			e.memory = r.remembered()
		}
		if r.Outdated {
			e.memory = nil
		}
		if e.stale || r.Outdated {
			e.st.ETag, e.st.LastModified, e.st.BodyHash = "", "", 0
			e.again = true
		}
	}
	next := e.st.Next
	if e.again {
		next = later(time.Now(), e.st.Hold)
		if e.st.Hold.After(time.Now()) { // nobody waits that long
			e.answer(&e.waiting, Report{Source: e.src.Name, State: e.st, Err: held(e.st.Hold)})
		}
	}
	if !e.removed {
		f.at(e, next)
	}
	report.State = e.st
	e.answer(&e.watching, report)
}

// adopt takes over the state after a look, with what it means for e's host.
func (f *Fetcher) adopt(e *source, r *Result) {
	icon, next := e.st.Icon, e.st.IconNext
	e.st = r.State
	e.st.Icon, e.st.IconNext = icon, next // those are lookForIcon's
	now := time.Now()
	if e.files != nil {
		return
	}
	e.host = f.hostOf(&e.src, &e.st)
	if r.Err == nil {
		e.host.refused = nil
	}
	f.heed(&e.src, r.Err, now)
	if e.host.hold.After(now) {
		f.keepBack(e, now)
	}
}

// retry plans the next look after a result that could not be committed.
func (f *Fetcher) retry(e *source) {
	wait := sinkRetry
	for range min(e.refused, 10) {
		wait = min(2*wait, maxSinkRetry)
	}
	e.refused++
	e.st.Next = time.Now().Add(wait)
	e.st.NextReason = "what was read could not be stored: again after " + words(wait)
}

// answer sends r to all that wait in list.
func (e *source) answer(list *[]chan<- Report, r Report) {
	for _, c := range *list {
		c <- r // has room for one of each source
	}
	*list = nil
}
