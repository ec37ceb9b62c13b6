package fetcher

import (
	"container/heap"
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"storyfold/story"
)

// host is a server that several sources may be on. Fetcher.mu guards it.
type host struct {
	queue   []*source       // due, oldest first
	waiting []chan struct{} // redirects to here that wait for a place; closed when they have it
	active  int             // places taken: requests under way, or about to start
	next    time.Time       // when the next request may start
	hold    time.Time       // the server is not to be disturbed before then
	why     string          // the reason for hold, in words
	refused []refused       // what it answered 403 to lately; the newest are kept
	index   int             // in Fetcher.ready; -1: not there
	local   bool            // files: no delay between looks
}

// hostKey names the server of an address. All names of one registrable domain are
// one server (many blogs under one roof), and each port that is not the usual one is another.
func hostKey(u *url.URL) string {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if publicName(name) {
		if domain, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil {
			name = domain
		}
	}
	if port := u.Port(); port != "" && port != usualPort[u.Scheme] {
		return net.JoinHostPort(name, port)
	}
	return name
}

var usualPort = map[string]string{"http": "80", "https": "443"}

// privateDomains are top-level names that no public server has.
var privateDomains = []string{"localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa"}

// publicName reports whether name may be that of a server for everybody: no address,
// and not a name of a local network.
func publicName(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	if _, err := netip.ParseAddr(name); err == nil || dot <= 0 {
		return false
	}
	return !slices.Contains(privateDomains, name[dot+1:])
}

// hostOf returns the host that a source is asked from. Files have one of their own.
func (f *Fetcher) hostOf(src *story.Source, st *story.SourceState) *host {
	if src.Feed == "" {
		return &host{index: -1, local: true}
	}
	u, err := url.Parse(asked(src, st))
	if err != nil {
		return f.hostAt(src.Feed)
	}
	return f.hostAt(hostKey(u))
}

// asked returns the address that a feed is read from.
func asked(src *story.Source, st *story.SourceState) string {
	if st.Address == src.Feed {
		return st.Asked()
	}
	return src.Feed
}

func (f *Fetcher) hostAt(key string) *host {
	h := f.hosts[key]
	if h == nil {
		h = &host{index: -1}
		f.hosts[key] = h
	}
	return h
}

// release gives back a place at h: to a redirect that waits, else to the queue.
func (f *Fetcher) release(h *host) {
	if len(h.waiting) > 0 {
		close(h.waiting[0])
		h.waiting = slices.Delete(h.waiting, 0, 1)
		return
	}
	h.active--
	f.lineUp(h)
}

// visit is the place that one look has at a host. A look has one place at a time: it
// gives it back before it goes to another host, so that no two looks wait for each other.
// Nor does it keep others from being looked at while it waits.
type visit struct {
	f     *Fetcher
	host  *host // nil: nowhere
	among bool  // it is one of Fetcher.looks

	accept string // media types to ask for; "": those of feeds
}

// to takes a place at the host with this key and waits until a request may start there.
func (v *visit) to(ctx context.Context, key string) error {
	f := v.f
	f.mu.Lock()
	h := f.hostAt(key)
	if now := time.Now(); h.hold.After(now) {
		f.mu.Unlock()
		return fmt.Errorf("the host %s is to be left alone; it can be asked again in %s", key, words(h.hold.Sub(now)))
	}
	if v.host != h {
		if v.host != nil {
			f.release(v.host)
			v.host = nil
			f.poke()
		}
		if h.active < f.opts.PerHost {
			h.active++
		} else if err := v.wait(ctx, h); err != nil {
			f.mu.Unlock()
			return err
		}
		v.host = h
	}
	if err := v.letOthersBegin(ctx, h); err != nil {
		f.mu.Unlock()
		return err
	}
	now := time.Now()
	start := later(now, h.next)
	if f.opts.HostDelay > 0 {
		h.next = start.Add(f.opts.HostDelay)
		if h.index >= 0 {
			heap.Fix(&f.ready, h.index)
		}
	}
	f.mu.Unlock()
	return sleep(ctx, start.Sub(now))
}

// letOthersBegin leaves the next turn at h to a source that waits for it: a look that needs many
// requests (redirects, a search for a feed, pages) takes every other turn at most. Fetcher.mu
// is held before and after, and not between.
func (v *visit) letOthersBegin(ctx context.Context, h *host) error {
	f, wait := v.f, time.Until(h.next)
	if h.index < 0 || wait <= 0 || !f.mayLook() {
		return nil
	}
	f.mu.Unlock()
	err := sleep(ctx, wait)
	f.mu.Lock()
	if err == nil && f.run != nil && !f.run.ending {
		f.dispatch(time.Now())
	}
	return err
}

// wait waits for a place at h. Fetcher.mu is held before and after, and not between.
func (v *visit) wait(ctx context.Context, h *host) error {
	f, turn := v.f, make(chan struct{})
	h.waiting = append(h.waiting, turn)
	if v.among {
		f.looks--
		f.poke()
		defer func() { f.looks++ }()
	}
	f.mu.Unlock()
	select {
	case <-turn:
		f.mu.Lock()
		return nil
	case <-ctx.Done():
	}
	f.mu.Lock()
	if i := slices.Index(h.waiting, turn); i >= 0 {
		h.waiting = slices.Delete(h.waiting, i, i+1)
	} else {
		f.release(h) // the place came at the same moment
	}
	return ctx.Err()
}

// leave gives the place back.
func (v *visit) leave() {
	v.f.mu.Lock()
	if v.host != nil {
		v.f.release(v.host)
		v.host = nil
	}
	v.f.mu.Unlock()
	v.f.poke()
}

// sleep waits for d, or returns the error of ctx if that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
