package fetcher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"storyfold/story"
)

const (
	iconEvery   = 7 * 24 * time.Hour // between two searches for the icon of one source
	iconSpread  = 24 * time.Hour     // added to that at random
	iconRetry   = time.Hour          // after an icon that could not be stored
	iconPause   = time.Second        // between the searches for two sources
	iconIdle    = 5 * time.Second    // until it is seen that another source wants one
	iconsTaken  = 100                // sources at once that take over what others of their site have
	iconTimeout = 10 * time.Second   // for one address on the way to an icon
	maxIconURLs = 4                  // addresses that one search tries, the site's page aside
)

const acceptIcon = "image/png, image/webp, image/x-icon, image/gif, image/jpeg, */*;q=0.1"

// lookForIcons looks for the icons of sources that are well, one after the other, each about once a
// week, until ctx ends.
func (f *Fetcher) lookForIcons(ctx context.Context) {
	for ctx.Err() == nil {
		e := f.wantsIcon(time.Now())
		if e == nil {
			sleep(ctx, iconIdle)
			continue
		}
		f.lookForIcon(ctx, e)
		sleep(ctx, iconPause)
	}
}

// wantsIcon returns the source whose icon has been due for longest at now, nil if none is.
// One that belongs to the same site as another takes over what that one has.
func (f *Fetcher) wantsIcon(now time.Time) *source {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.opts.SaveIcon == nil {
		return nil
	}
	for range iconsTaken {
		var first *source
		for _, e := range f.entries {
			due := e.src.Enabled && e.src.Feed != "" && !e.st.Checked.IsZero() && e.st.Error == "" && !e.st.IconNext.After(now) && !e.host.hold.After(now)
			if due && (first == nil || e.st.IconNext.Before(first.st.IconNext)) {
				first = e
			}
		}
		if first == nil {
			return nil
		}
		i := slices.IndexFunc(f.entries, func(e *source) bool { return e.st.IconNext.After(now) && sameIcon(e, first) })
		if i < 0 {
			return first
		}
		f.setIcon(first, f.entries[i].st.Icon, f.entries[i].st.IconNext)
	}
	return nil
}

// sameIcon reports whether two sources have their icon from the same place.
func sameIcon(a, b *source) bool {
	return a.src.Feed != "" && a.st.FeedIcon == b.st.FeedIcon && a.st.Site == b.st.Site &&
		(a.st.Site != "" || siteOf(&a.src, &a.st) == siteOf(&b.src, &b.st))
}

// siteOf returns the address of the page that a source belongs to: the one that its feed names, else
// the front page of its host.
func siteOf(src *story.Source, st *story.SourceState) string {
	if st.Site != "" {
		return st.Site
	}
	u, err := url.Parse(asked(src, st))
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String()
}

// setIcon notes the icon of e, "" for none, and when it is looked for again. Fetcher.mu is held.
func (f *Fetcher) setIcon(e *source, key string, next time.Time) {
	if e.st.Icon != key {
		f.iconVersion.Add(1)
	}
	e.st.Icon, e.st.IconNext, e.unflushed = key, next, true
}

// Icons returns the keys of the icons of the sources that have one, by their names.
func (f *Fetcher) Icons() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	keys := map[string]string{}
	for _, e := range f.entries {
		if e.st.Icon != "" {
			keys[e.src.Name] = e.st.Icon
		}
	}
	return keys
}

// IconVersion changes whenever what Icons returns does.
func (f *Fetcher) IconVersion() uint64 { return f.iconVersion.Load() }

// lookForIcon looks for the icon of e and has it stored. Where none is found, or it
// cannot be stored, an earlier one stays.
func (f *Fetcher) lookForIcon(ctx context.Context, e *source) {
	defer func() {
		if p := recover(); p != nil {
			f.log().Error("looking for an icon failed in a way that it must not", "source", e.src.Name, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	o, _ := f.settings()
	f.mu.Lock()
	src, st := e.src, e.st
	next := time.Now().Add(iconEvery + rand.N(iconSpread))
	f.setIcon(e, st.Icon, next) // whatever comes of it
	f.mu.Unlock()
	icon, err := f.findIcon(ctx, &src, &st)
	if err != nil {
		o.Log.Debug("no icon", "source", src.Name, "reason", err)
		icon.Key = st.Icon
	} else if icon.Key != st.Icon {
		if err := o.SaveIcon(icon); err != nil {
			o.Log.Warn("an icon was not stored; it is looked for again", "source", src.Name, "error", err)
			icon.Key, next = st.Icon, time.Now().Add(iconRetry)
		}
	}
	if ctx.Err() != nil {
		next = st.IconNext
	}
	f.mu.Lock()
	f.setIcon(e, icon.Key, next)
	f.mu.Unlock()
}

// findIcon returns the first usable icon among: the one that the feed names, those that the
// links of its site's page name, and /favicon.ico there.
func (f *Fetcher) findIcon(ctx context.Context, src *story.Source, st *story.SourceState) (story.Icon, error) {
	var tried []string
	var last error
	try := func(addresses ...string) (icon story.Icon, ok bool) {
		for _, address := range addresses {
			if address == "" || slices.Contains(tried, address) || len(tried) == maxIconURLs || ctx.Err() != nil {
				continue
			}
			tried = append(tried, address)
			var err error
			if icon, err = f.readIcon(ctx, src, address); err == nil {
				return icon, true
			}
			last = fmt.Errorf("%s: %w", address, err)
		}
		return icon, false
	}
	if icon, ok := try(st.FeedIcon); ok {
		return icon, nil
	}
	site := siteOf(src, st)
	page, err := f.aside(ctx, f.iconClient(maxPage), &visit{f: f, accept: acceptPage}, src, site)
	var named []string
	if err == nil {
		site = page.finalURL
		if base, err := url.Parse(site); err == nil && isWebPage(page.body, page.header.Get("Content-Type")) {
			named = iconLinks(page.body, base)
		}
		page.done()
	}
	if icon, ok := try(named...); ok {
		return icon, nil
	}
	if u, err := url.Parse(site); err == nil {
		if icon, ok := try((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/favicon.ico"}).String()); ok {
			return icon, nil
		}
	}
	return story.Icon{}, cmp.Or(last, errors.New("its site names none"))
}

// readIcon asks for an icon.
func (f *Fetcher) readIcon(ctx context.Context, src *story.Source, address string) (story.Icon, error) {
	a, err := f.aside(ctx, f.iconClient(maxIcon), &visit{f: f, accept: acceptIcon}, src, address)
	if err != nil {
		return story.Icon{}, err
	}
	defer a.done()
	if a.broken != nil {
		return story.Icon{}, a.broken
	}
	kind, err := iconType(a.body)
	if err != nil {
		return story.Icon{}, err
	}
	data := slices.Clone(a.body)
	return story.Icon{Key: story.IconKey(data), Type: kind, Data: data, Found: time.Now().UTC()}, nil
}

// iconClient returns the client for documents of at most so many bytes on the way to an icon.
func (f *Fetcher) iconClient(most int64) *client {
	_, c := f.settings()
	p := *c
	p.maxBody, p.timeout = min(c.maxBody, most), min(c.timeout, iconTimeout)
	return &p
}

// iconLinks returns the addresses of the icons that a web page names, the best first:
// of some 32 pixels and more, and those without a size before those made for a phone's screen.
func iconLinks(page []byte, base *url.URL) []string {
	type link struct {
		address string
		rank    int
	}
	var links []link
	headLinks(page, base, func(attrs map[string]string, base *url.URL) bool {
		address := resolve(base, attrs["href"])
		if rank := iconRank(attrs); rank > 0 && address != "" && !drawn(address, attrs["type"]) {
			links = append(links, link{address, rank})
		}
		return len(links) < maxLinks
	})
	slices.SortStableFunc(links, func(a, b link) int { return cmp.Compare(b.rank, a.rank) })
	addresses := make([]string, len(links))
	for i, l := range links {
		addresses[i] = l.address
	}
	return addresses
}

// iconRank says how good the icon of a link is, 0 for a link to something else.
func iconRank(attrs map[string]string) int {
	rel := strings.Fields(strings.ToLower(attrs["rel"]))
	width, _, _ := strings.Cut(strings.ToLower(attrs["sizes"]), "x")
	side, _ := strconv.Atoi(width)
	switch {
	case slices.Contains(rel, "icon") && side >= 32 && side <= 96:
		return 5
	case slices.Contains(rel, "icon") && side == 0:
		return 4
	case slices.Contains(rel, "icon") && side >= 16:
		return 3
	case slices.Contains(rel, "apple-touch-icon"), slices.Contains(rel, "apple-touch-icon-precomposed"):
		return 2
	case slices.Contains(rel, "icon"):
		return 1
	}
	return 0
}

// drawn reports whether an icon is made of lines, which can hold programs, and not of pixels.
func drawn(address, kind string) bool {
	u, err := url.Parse(address)
	return err != nil || strings.Contains(strings.ToLower(kind), "svg") || strings.EqualFold(path.Ext(u.Path), ".svg")
}

// aside asks for an address that a source leads to, once its host may be asked. Where the
// answer is a server's wish for fewer requests, the host is heeded. The caller calls the
// answer's done, and the visit's leave where it goes on with it.
func (f *Fetcher) aside(ctx context.Context, c *client, v *visit, src *story.Source, address string) (*answer, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	defer v.leave()
	if err := v.to(ctx, hostKey(u)); err != nil {
		return nil, err
	}
	select {
	case f.paging <- struct{}{}:
		defer func() { <-f.paging }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	a, err := c.get(ctx, v, src, &story.SourceState{Address: src.Feed, Found: address})
	if asksToWait(err) {
		f.mu.Lock()
		f.heed(src, err, time.Now())
		f.mu.Unlock()
		f.poke()
	}
	return a, err
}
