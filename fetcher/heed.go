package fetcher

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"storyfold/story"
)

const (
	// maxHostHold is the longest time that Retry-After of one address keeps the other
	// addresses of its host quiet.
	maxHostHold = 4 * time.Hour

	// hostRest is how long a host is left alone that is too busy (429, 503) and does not
	// say for how long, or that suddenly refuses (403).
	hostRest = 10 * time.Minute

	// A host refuses suddenly when it answers 403 at so many addresses within so long, and
	// gives nothing meanwhile: some say so that there are too many requests.
	burstSize = 3
	burstTime = 10 * time.Minute
)

// refused is an address that was answered with 403, and when.
type refused struct {
	address string
	at      time.Time
}

// speaksForHost reports whether what an address says about waiting counts for its whole
// host. On machines of a private network, many services share a name.
func speaksForHost(u *url.URL) bool {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(name); err == nil {
		return guardian.SafeAddr(ip) == nil
	}
	return publicName(name)
}

// heed holds a host back whose answer to a request of src asks for it: by Retry-After, by
// being too busy without it, or by a burst of refusals.
func (f *Fetcher) heed(src *story.Source, err error, now time.Time) {
	status, ok := errors.AsType[*StatusError](err)
	if !ok || src.Private || !speaksForHost(status.from) {
		return
	}
	h := f.hostAt(hostKey(status.from))
	switch {
	case status.RetryAfter > 0:
		wait := min(status.RetryAfter, maxHostHold)
		f.keep(h, now.Add(wait), now, "its host asked to wait "+words(wait)+" (Retry-After)")
	case status.Code == http.StatusTooManyRequests, status.Code == http.StatusServiceUnavailable:
		f.keep(h, now.Add(hostRest), now, fmt.Sprintf("its host is too busy (%d) and left alone for %s", status.Code, words(hostRest)))
	case status.Code == http.StatusForbidden && h.refuses(status.from.String(), now):
		h.refused = nil
		f.keep(h, now.Add(hostRest), now, fmt.Sprintf("its host refused %d addresses (403) and is left alone for %s", burstSize, words(hostRest)))
	}
}

// refuses notes that h answered 403 at address, and reports whether that makes a burst.
func (h *host) refuses(address string, now time.Time) bool {
	h.refused = slices.DeleteFunc(h.refused, func(r refused) bool { return r.address == address || now.Sub(r.at) > burstTime })
	h.refused = append(h.refused, refused{address, now})
	return len(h.refused) >= burstSize
}

// keep holds everything on h back until t, for the reason why; it is now.
func (f *Fetcher) keep(h *host, t, now time.Time, why string) {
	if !t.After(h.hold) {
		return
	}
	h.hold, h.why = t, why
	for _, e := range f.entries {
		if e.host == h && !e.busy {
			f.keepBack(e, now)
		}
	}
}

// keepBack plans e for when its host's hold is over.
func (f *Fetcher) keepBack(e *source, now time.Time) {
	until := e.host.hold
	if e.st.Hold.Before(until) {
		e.st.Hold, e.unflushed = until, true
	}
	if e.st.Next.Before(until) {
		e.st.Next, e.unflushed = until, true
		e.st.NextReason = e.host.why
	}
	e.answer(&e.waiting, Report{Source: e.src.Name, State: e.st, Err: held(until)})
	if e.queued || e.index >= 0 {
		f.leave(e)
		f.at(e, later(e.due, until))
	}
}
