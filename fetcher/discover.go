package fetcher

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"storyfold/story"
)

const (
	lostLooks = 5                  // failures in a row, over
	lostTime  = 24 * time.Hour     // this time, before a page is asked again for its feed
	oneOffs   = 7 * 24 * time.Hour // how long a page in the place of a feed is taken for a mishap
	guessLook = 8                  // of so many failed looks, one also tries the well-known places
)

// askPage returns the state to ask a source with: st, or, where the feed that was
// found on its page has failed for long, that of asking the page again.
func askPage(st story.SourceState, now time.Time) story.SourceState {
	if st.Found != "" && st.Errors >= lostLooks && now.Sub(st.ErrorSince) >= lostTime {
		return story.SourceState{Name: st.Name, Address: st.Address}
	}
	return st
}

// discovery is the feed of a web page.
type discovery struct {
	address string
	answer  *answer
	doc     *document
	err     error // beside doc, as parseFeed returns it
}

// found notes d in the state of its source.
func (d *discovery) found(st *story.SourceState) {
	if st.Found != d.address {
		st.Found = d.address
		st.Moved, st.MovedLooks, st.MovedSince, st.Adopted = "", 0, time.Time{}, false
		st.ETag, st.LastModified, st.BodyHash = "", "", 0
	}
}

// discover looks for the feed of the web page that came instead of one, with the
// error notFeed: where the page says, then at well-known places of its site. Each
// request waits for its host's turn. One that once was a feed is a page by
// mishap, until that has lasted. Without a feed it returns the error to show.
func (f *Fetcher) discover(ctx context.Context, v *visit, c *client, src *story.Source, st *story.SourceState,
	page *answer, notFeed error) (*discovery, error) {
	wasFeed := st.Format != "" && st.Found == ""
	if !errors.Is(notFeed, ErrNotFeed) || !isWebPage(page.body, page.header.Get("Content-Type")) ||
		wasFeed && (st.Errors == 0 || time.Since(st.ErrorSince) < oneOffs) {
		return nil, notFeed
	}
	base, err := url.Parse(page.finalURL)
	if err != nil {
		return nil, notFeed
	}
	named := alternates(page.body, base)
	page.body = nil
	page.done() // its room may be needed for the feed
	addresses := named
	if st.Errors%guessLook == 0 {
		addresses = append(addresses, guesses(base)...)
	}
	var first error
	tried := []string{src.Feed, page.finalURL}
	for i, address := range addresses {
		if contains(tried, address) {
			continue
		}
		tried = append(tried, address)
		d, err := f.try(ctx, v, c, src, address)
		if d != nil {
			return d, nil
		}
		if first == nil && i < len(named) {
			first = fmt.Errorf("the address is a web page, and its feed %s cannot be read: %w", address, err)
		}
		if ctx.Err() != nil || asksToWait(err) {
			return nil, fmt.Errorf("the address is a web page, and the search for its feed ended early: %w", err)
		}
	}
	if first == nil {
		first = fmt.Errorf("%w: the address is a web page on which no feed was found; write the address of a feed", ErrNotFeed)
	}
	return nil, first
}

// try reads address as the feed of src.
func (f *Fetcher) try(ctx context.Context, v *visit, c *client, src *story.Source, address string) (*discovery, error) {
	if other := f.reads(address, src.Name); other != "" {
		return nil, fmt.Errorf("the source %s reads it already; one of the two is enough", other)
	}
	a, err := c.get(ctx, v, src, &story.SourceState{Address: src.Feed, Found: address})
	v.leave()
	if err != nil {
		return nil, err
	}
	doc, err := f.document(ctx, a, src, &story.SourceState{}, nil)
	if doc == nil {
		a.done()
		return nil, err
	}
	return &discovery{address: address, answer: a, doc: doc, err: err}, nil
}

// asksToWait reports whether err is a server's wish for fewer requests.
func asksToWait(err error) bool {
	status, ok := errors.AsType[*StatusError](err)
	return ok && (status.Code == 429 || status.Code == 503)
}
