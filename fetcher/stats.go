package fetcher

import (
	"sync/atomic"
	"time"
)

// Outcome is what a look at a feed came to.
type Outcome int

// The outcomes of looks.
const (
	Read      Outcome = iota // a document was read
	Unchanged                // nothing had changed
	Partly                   // some of a document was read
	Failed                   // nothing was read
	outcomes
)

// String returns a word for o: "read", "unchanged", "partly" or "failed".
func (o Outcome) String() string {
	return [...]string{"read", "unchanged", "partly", "failed"}[o]
}

// Stats counts what was done since New.
type Stats struct {
	Requests int64           // sent to servers, redirects, pages and icons included
	Bytes    int64           // of documents, unpacked
	Looks    [outcomes]Looks // at feeds, by Outcome
}

// Looks are looks at feeds, and the time that they took, waiting for turns included.
type Looks struct {
	Number int64
	Took   time.Duration
}

// counters are Stats while they are counted.
type counters struct {
	requests, bytes atomic.Int64
	looks, took     [outcomes]atomic.Int64
}

// Stats returns what was done so far. It may be called from any goroutine.
func (f *Fetcher) Stats() Stats {
	s := Stats{Requests: f.counts.requests.Load(), Bytes: f.counts.bytes.Load()}
	for o := range s.Looks {
		s.Looks[o] = Looks{f.counts.looks[o].Load(), time.Duration(f.counts.took[o].Load())}
	}
	return s
}

// look counts a look at a feed.
func (c *counters) look(r *Result, took time.Duration) {
	o := Failed
	switch {
	case r.NotModified:
		o = Unchanged
	case r.Err == nil:
		o = Read
	case len(r.Articles) > 0:
		o = Partly
	}
	c.looks[o].Add(1)
	c.took[o].Add(int64(took))
}
