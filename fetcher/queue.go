package fetcher

import (
	"container/heap"
	"context"
	"slices"
	"time"

	"storyfold/story"
)

// source is a configured source and what is going on with it. Fetcher.mu guards it.
//
// An enabled source is in exactly one place: in Fetcher.due (index >= 0), in its
// host's queue (queued), or being looked at (busy).
type source struct {
	src story.Source
	st  story.SourceState

	due    time.Time
	index  int // in Fetcher.due; -1: not there
	queued bool
	busy   bool

	again     bool // busy, and to be looked at once more at once
	stale     bool // busy with an earlier config: its validators must not be kept
	removed   bool
	unflushed bool // st changed without a result of its own
	refused   int  // results in a row that could not be committed

	memory *memory // of the last document; nil: nothing is remembered

	waiting  []chan<- Report // for the next look to begin
	watching []chan<- Report // for the look that is under way

	host  *host
	files *fileSource        // nil for a feed
	stop  context.CancelFunc // ends the watch of files
}

// at puts e among those that wait until t.
func (f *Fetcher) at(e *source, t time.Time) {
	e.due = t
	switch {
	case e.busy || e.queued || e.removed || !e.src.Enabled:
	case e.index >= 0:
		heap.Fix(&f.due, e.index)
	default:
		heap.Push(&f.due, e)
	}
}

// now has e looked at as soon as its host allows; if it is being looked at, once more.
func (f *Fetcher) now(e *source) {
	if e.busy {
		e.again = true
		return
	}
	f.at(e, time.Now())
}

// leave takes e out of all queues.
func (f *Fetcher) leave(e *source) {
	if e.index >= 0 {
		heap.Remove(&f.due, e.index)
	}
	if e.queued {
		e.queued = false
		e.host.queue = slices.DeleteFunc(e.host.queue, func(q *source) bool { return q == e })
		if len(e.host.queue) == 0 && e.host.index >= 0 {
			heap.Remove(&f.ready, e.host.index)
		}
	}
}

// line up h, if it has something to do and may do it.
func (f *Fetcher) lineUp(h *host) {
	if h.index < 0 && len(h.queue) > 0 && h.active < f.opts.PerHost {
		heap.Push(&f.ready, h)
	}
}

// dispatch starts what may start at now, and returns how long nothing else can.
func (f *Fetcher) dispatch(now time.Time) time.Duration {
	for len(f.due) > 0 && !f.due[0].due.After(now) {
		e := heap.Pop(&f.due).(*source)
		e.queued = true
		e.host.queue = append(e.host.queue, e)
		f.lineUp(e.host)
	}
	for f.mayLook() && len(f.ready) > 0 && !f.ready[0].next.After(now) {
		h := heap.Pop(&f.ready).(*host)
		if h.active >= f.opts.PerHost { // a redirect took the place
			continue
		}
		e := h.queue[0]
		h.queue = slices.Delete(h.queue, 0, 1)
		f.start(e, now)
		f.lineUp(h)
	}
	wait := time.Hour
	if len(f.due) > 0 {
		wait = min(wait, f.due[0].due.Sub(now))
	}
	if len(f.ready) > 0 && f.mayLook() {
		wait = min(wait, f.ready[0].next.Sub(now))
	}
	return max(wait, 0)
}

// mayLook reports whether one more look may begin.
func (f *Fetcher) mayLook() bool { return f.looks < f.opts.Concurrency && f.held < maxHeld }

// schedule is the loop that starts looks, until ctx ends.
func (f *Fetcher) schedule(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-f.wake:
		}
		f.mu.Lock()
		wait := f.dispatch(time.Now())
		f.mu.Unlock()
		timer.Reset(wait)
	}
}

// ranked is what a heap can hold.
type ranked[T any] interface {
	before(T) bool
	place() *int // index in the heap; -1: not there
}

// ordered is a heap for package heap: the element that comes before all others first.
type ordered[T ranked[T]] []T

var (
	_ ranked[*source] = (*source)(nil)
	_ ranked[*host]   = (*host)(nil)
)

func (h ordered[T]) Len() int           { return len(h) }
func (h ordered[T]) Less(i, j int) bool { return h[i].before(h[j]) }
func (h ordered[T]) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	*h[i].place(), *h[j].place() = i, j
}

// Push appends x, a T, for heap.Push.
func (h *ordered[T]) Push(x any) {
	e := x.(T)
	*e.place() = len(*h)
	*h = append(*h, e)
}

// Pop removes the last element, for heap.Pop.
func (h *ordered[T]) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	clear((*h)[last:])
	*h = (*h)[:last]
	*e.place() = -1
	return e
}

// before orders sources by when they are due.
func (e *source) before(other *source) bool { return e.due.Before(other.due) }
func (e *source) place() *int               { return &e.index }

// before orders hosts by when they may be asked.
func (h *host) before(other *host) bool { return h.next.Before(other.next) }
func (h *host) place() *int             { return &h.index }
