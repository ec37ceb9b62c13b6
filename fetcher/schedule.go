package fetcher

import (
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"storyfold/story"
)

const (
	goneInterval   = 7 * 24 * time.Hour // between looks at a feed that is gone
	deadAfter      = 7 * 24 * time.Hour // of nothing but failures, a source is dead
	deadInterval   = 24 * time.Hour     // least time between looks at a dead source
	rescanInterval = time.Minute        // between slow looks at files, beside the watch
	sinkRetry      = 30 * time.Second   // after a result that could not be committed; doubled each time
	maxSinkRetry   = 10 * time.Minute
	jitter         = 0.1  // share of an interval that is added at random
	failureJitter  = 0.25 // the same after a failure: what failed together must not come back together
	rhythmItems    = 20   // newest items whose gaps are looked at
	restShare      = 20.0 // a feed is left alone for this part of the time since its newest item
)

// facts are what one look tells about when to look again, beside what st keeps of it.
type facts struct {
	now        time.Time
	err        error         // nil also if there were items beside it
	retryAfter time.Duration // as the server asks
	chance     float64       // in [0, 1): the jitter's dice
}

// plan sets when the source is looked at next, and why then, in st, which holds
// the rest of what the look found. doc.go has the formula.
func plan(o *Options, src *story.Source, st *story.SourceState, f facts) {
	wait, why := usual(o, src, st, f)
	dice := jitter
	switch {
	case st.Gone:
		wait, why = goneInterval, "the feed is gone (410): looked for once a week"
	case f.err != nil:
		wait, why = backOff(o, src, st, f.now)
		dice = failureJitter
	}
	st.Hold = time.Time{}
	if f.retryAfter > 0 {
		st.Hold = f.now.Add(f.retryAfter)
		if f.retryAfter >= wait {
			wait, why = f.retryAfter, "the server asked to wait "+words(f.retryAfter)+" (Retry-After)"
		}
	}
	next := f.now.Add(wait + time.Duration(float64(wait)*dice*f.chance))
	if f.err == nil && !st.Gone && src.Interval == 0 {
		if awake := afterSkips(st, next); awake.After(next) {
			next, why = awake, why+"; the feed asks to be left alone until then (skipHours, skipDays)"
		}
	}
	st.Next, st.NextReason = next, why
}

// afterSkips returns the first time from t on, in steps of an hour, that the feed
// does not ask to skip; t itself if it skips them all.
func afterSkips(st *story.SourceState, t time.Time) time.Time {
	const week = 7 * 24
	for h := range week {
		at := t.UTC().Add(time.Duration(h) * time.Hour)
		if st.SkipHours>>at.Hour()&1 == 0 && st.SkipDays>>int(at.Weekday())&1 == 0 {
			return t.Add(time.Duration(h) * time.Hour)
		}
	}
	return t
}

// Interval returns how long the source of r, which is a feed, will be left alone after
// a good look, before anything is added at random, and why.
func (f *Fetcher) Interval(r *Result) (time.Duration, string) {
	return usual(f.options(), &r.Source, &r.State, facts{now: r.State.Checked})
}

// usual returns the interval of a source that is well.
func usual(o *Options, src *story.Source, st *story.SourceState, f facts) (time.Duration, string) {
	if src.Interval > 0 {
		return src.Interval, "interval is set to " + words(src.Interval)
	}
	wait := o.Interval
	why := "its rhythm is not known yet: every " + words(wait)
	if st.Rhythm > 0 {
		rest := time.Duration(float64(f.now.Sub(st.Newest)) / restShare)
		wait = max(st.Rhythm, rest)
		why = "its items come about every " + words(2*st.Rhythm)
		if rest > st.Rhythm {
			why = "its newest item is " + words(f.now.Sub(st.Newest)) + " old"
		}
		switch {
		case wait < o.MinInterval:
			why += ": at most every " + words(o.MinInterval)
		case wait > o.MaxInterval:
			why += ": at least every " + words(o.MaxInterval)
		default:
			why += ": looked at every " + words(wait)
		}
		wait = min(max(wait, o.MinInterval), o.MaxInterval)
	}
	if st.TTL > wait {
		wait, why = st.TTL, "the feed asks for "+words(st.TTL)+" between looks (ttl)"
	}
	if st.Fresh > wait {
		wait, why = st.Fresh, "the server says the feed stays as it is for "+words(st.Fresh)
	}
	if wait > o.MaxInterval {
		wait, why = o.MaxInterval, why+", but at least every "+words(o.MaxInterval)
	}
	return wait, why
}

// backOff returns how long to wait after the failures that st counts.
func backOff(o *Options, src *story.Source, st *story.SourceState, now time.Time) (time.Duration, string) {
	wait := o.MinInterval
	if src.Interval > 0 && src.Interval < wait {
		wait = src.Interval
	}
	most := max(o.MaxInterval, src.Interval)
	for i := 1; i < st.Errors && wait < most; i++ {
		wait *= 2
	}
	wait = min(wait, most)
	if st.Errors <= 1 {
		return wait, "the last look failed: again after " + words(wait)
	}
	if failing := now.Sub(st.ErrorSince); !st.ErrorSince.IsZero() && failing >= deadAfter {
		wait = max(wait, deadInterval)
		return wait, fmt.Sprintf("all looks failed for %s: again after %s", words(failing), words(wait))
	}
	return wait, fmt.Sprintf("the last %d looks failed: again after %s", st.Errors, words(wait))
}

// rhythm returns half of the median gap between the newest items and the date of
// the newest. It is 0 with fewer than two dates.
func rhythm(articles []story.Article, now time.Time) (half time.Duration, newest time.Time) {
	var dates []time.Time
	for i := range articles {
		if t := articles[i].Published; !t.IsZero() && !t.After(now) {
			dates = append(dates, t)
		}
	}
	slices.SortFunc(dates, func(a, b time.Time) int { return b.Compare(a) })
	if len(dates) == 0 {
		return 0, time.Time{}
	}
	newest = dates[0]
	dates = dates[:min(len(dates), rhythmItems)]
	if len(dates) < 2 {
		return 0, newest
	}
	gaps := make([]time.Duration, len(dates)-1)
	for i := range gaps {
		gaps[i] = dates[i].Sub(dates[i+1])
	}
	slices.Sort(gaps)
	return max(gaps[len(gaps)/2]/2, time.Second), newest
}

// firstLook returns when a source without a plan is looked at after a start:
// soon, but not all at once. A place in the queue of n sources comes from its name.
func firstLook(name string, n int, now time.Time) time.Time {
	spread := min(max(time.Duration(n)*5*time.Millisecond, 200*time.Millisecond), time.Minute)
	h := fnv.New32a()
	h.Write([]byte(name))
	return now.Add(time.Duration(float64(spread) * float64(h.Sum32()) / (1 << 32)))
}
