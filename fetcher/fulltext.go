package fetcher

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"storyfold/story"
)

// Limits of the pages that one look reads.
const (
	maxPages        = 50               // pages; what is beyond keeps the feed's text
	maxPagesTime    = 10 * time.Minute // after which no further page is begun
	maxPageFailures = 5                // in a row, after which no further page is asked for
	pagesAtOnce     = 16               // pages on their way, of all sources
)

const acceptPage = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

// Stored tells for each of the articles, which one source brought, the stored one
// that it is, or nil if it is new. One that was stored and removed is an empty article.
type Stored func(articles []story.Article) ([]*story.Article, error)

// fullText replaces the text of new articles in r by that of the pages they link
// to, where that is longer; one that is known gets back the longer text it has. A
// page that cannot be read is a warning, and the article stays as the feed has it. Each page
// waits for its host's turn, while other sources are looked at. It returns an
// error, and r is not to be used, if it cannot be told what is new, or ctx ends.
func (f *Fetcher) fullText(ctx context.Context, src *story.Source, r *Result) error {
	o, c := f.settings()
	if !src.FullText || o.Stored == nil || len(r.Articles) == 0 {
		return nil
	}
	known, err := o.Stored(r.Articles)
	if err != nil {
		return fmt.Errorf("which articles are new could not be told: %w", err)
	}
	f.mu.Lock()
	f.looks-- // others may be looked at meanwhile
	f.mu.Unlock()
	f.poke()
	defer func() {
		f.mu.Lock()
		f.looks++
		f.mu.Unlock()
	}()
	p := &pages{f: f, c: c.forPages(), src: src, visit: &visit{f: f, accept: acceptPage}, until: time.Now().Add(maxPagesTime)}
	defer p.visit.leave()
	for i := range r.Articles {
		a := &r.Articles[i]
		switch {
		case known[i] == nil:
			p.read(ctx, a)
		case len(known[i].Text) > len(a.Text) && known[i].Source == a.Source:
			a.Text, a.Credits = known[i].Text, known[i].Credits
		}
	}
	if warning := p.warning(); warning != "" {
		r.State.Warning = joined(r.State.Warning, warning)
	}
	return ctx.Err()
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// forPages returns a client like c for pages that articles link to.
func (c *client) forPages() *client {
	p := *c
	p.maxBody = min(c.maxBody, maxPage)
	return &p
}

// pages reads the pages of one look, one after the other.
type pages struct {
	f     *Fetcher
	c     *client
	src   *story.Source
	visit *visit
	until time.Time

	asked, failed, left int
	row                 int   // failures in a row
	first               error // of the failures
	stopped             bool
}

// read gives a the text of its page, if that is longer.
func (p *pages) read(ctx context.Context, a *story.Article) {
	if a.URL == "" || ctx.Err() != nil {
		return
	}
	if p.stopped || p.asked == maxPages || p.row == maxPageFailures || time.Now().After(p.until) {
		p.left++
		return
	}
	p.asked++
	text, err := p.text(ctx, a)
	if err != nil {
		p.failed++
		p.row++
		if p.first == nil {
			p.first = pageError(err)
		}
		p.stopped = asksToWait(err)
		return
	}
	p.row = 0
	if len(text) > len(a.Text) {
		a.Text, a.Credits = text, credits(text)
	}
}

// text returns the text of a's page.
func (p *pages) text(ctx context.Context, a *story.Article) (string, error) {
	page, err := p.f.aside(ctx, p.c, p.visit, p.src, a.URL)
	if err != nil {
		return "", err
	}
	defer page.done()
	if page.broken != nil {
		return "", page.broken
	}
	u, err := url.Parse(page.finalURL)
	if err != nil {
		return "", err
	}
	select {
	case p.f.parsing <- struct{}{}:
		defer func() { <-p.f.parsing }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return articleOf(page.body, page.header.Get("Content-Type"), u, a.Title)
}

// warning says which pages could not be read; "" if all could.
func (p *pages) warning() string {
	var text string
	if p.failed > 0 {
		text = fmt.Sprintf("full text: %d of %s could not be read (%s)", p.failed, count(p.asked, "page", "pages"), p.first)
	}
	if p.left > 0 {
		text = joined(text, fmt.Sprintf("full text: %s not asked for in this look", count(p.left, "page was", "pages were")))
	}
	return text
}

// pageError says of a page what err says of a feed.
func pageError(err error) error {
	if status, ok := errors.AsType[*StatusError](err); ok {
		return fmt.Errorf("the server answered %d", status.Code)
	}
	if errors.Is(err, ErrTooLarge) {
		return fmt.Errorf("the page is larger than %s", size(maxPage))
	}
	return err
}

// count returns n with the right one of two words.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
