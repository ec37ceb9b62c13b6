package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"golang.org/x/sync/errgroup"

	"storyfold/fetcher"
	"storyfold/story"
)

// probe reads every enabled source once and prints what came back. It is an
// error if one of them gave nothing.
func (a *app) probe(ctx context.Context, cfg *config) error {
	f, err := fetcher.New(a.fetcherOptions(cfg))
	if err != nil {
		return err
	}
	results, err := a.probeAll(ctx, cfg, f)
	if err != nil {
		return err
	}
	failed, looked := 0, 0
	t := grid{header: []string{"source", "status", "format", "items", "newest", "interval", "warnings"}, numbers: []int{3, 5}, wide: 60}
	for i, r := range results {
		if r == nil {
			t.add(printable(cfg.Sources[i].Name), "not enabled")
			continue
		}
		looked++
		if r.Err != nil && len(r.Articles) == 0 {
			failed++
		}
		t.add(probeRow(f, r, cfg)...)
	}
	if err := t.draw(a.stdout, widthOf(a.stdout)); err != nil {
		return err
	}
	if failed > 0 {
		return withHint(fmt.Errorf("%d of %s failed", failed, count(looked, "source", "sources")),
			"the table says what is wrong with each; enabled = false leaves a source out")
	}
	return nil
}

// probeAll looks at every enabled source; the result of another is nil. The
// sources of one host are looked at one after the other, and not all looks under way wait for its turn.
func (a *app) probeAll(ctx context.Context, cfg *config, f *fetcher.Fetcher) ([]*fetcher.Result, error) {
	results := make([]*fetcher.Result, len(cfg.Sources))
	var hosts []string
	byHost := map[string][]int{}
	total := 0
	for i, s := range cfg.Sources {
		if !s.Enabled {
			continue
		}
		host := probeHost(&s)
		if byHost[host] == nil {
			hosts = append(hosts, host)
		}
		byHost[host] = append(byHost[host], i)
		total++
	}
	bar := a.progressCount("probing")
	defer bar.done()
	var looked atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cfg.Fetch.Concurrency)
	for _, host := range hosts {
		g.Go(func() error {
			for _, i := range byHost[host] {
				results[i] = f.Fetch(ctx, cfg.Sources[i], story.SourceState{})
				bar.count(int(looked.Add(1)), total)
			}
			return ctx.Err()
		})
	}
	return results, g.Wait()
}

// probeHost returns the host that a source is read from, "" for files.
func probeHost(s *story.Source) string {
	u, err := url.Parse(s.Feed)
	if err != nil {
		return s.Feed
	}
	return u.Host
}

// probeRow says what came back from a source.
func probeRow(f *fetcher.Fetcher, r *fetcher.Result, cfg *config) []any {
	status := "ok"
	switch {
	case r.State.Gone:
		status = "gone"
	case r.Err != nil && len(r.Articles) > 0:
		status = "partly read"
	case r.Err != nil:
		status = "failed"
	case len(r.Articles) == 0:
		status = "ok, but empty"
	}
	var newest time.Time
	now := time.Now()
	for i := range r.Articles {
		if t := r.Articles[i].Published; t.After(newest) && t.Before(now) { // a date to come is none
			newest = t
		}
	}
	when := ""
	if !newest.IsZero() {
		when = newest.In(cfg.Timezone).Format("2006-01-02 15:04")
	}
	interval := "watched"
	switch {
	case r.Err != nil && len(r.Articles) == 0:
		interval = ""
	case r.Source.Feed != "":
		wait, _ := f.Interval(r)
		if wait > 2*time.Minute {
			wait = wait.Round(time.Minute)
		}
		interval = formatDuration(wait)
	}
	return []any{printable(r.Source.Name), status, printable(r.State.Format), len(r.Articles), when, interval,
		printable(probeWarnings(r, cfg.Sources))}
}

// probeWarnings says what is wrong with a source, or worth knowing.
func probeWarnings(r *fetcher.Result, sources []story.Source) string {
	var all []string
	add := func(s string) {
		if s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	add(r.State.Error)
	if r.Err != nil && len(all) == 0 {
		add(r.Err.Error())
	}
	add(r.State.Notice())
	for _, s := range sources {
		if r.State.Found != "" && s.Name != r.Source.Name && fetcher.CanonicalLink(s.Feed) == fetcher.CanonicalLink(r.State.Found) {
			add(fmt.Sprintf("the source %s reads that feed already; one of the two is enough", s.Name))
		}
	}
	if r.State.Moved != "" && !r.State.Adopted {
		add("moved for good to " + r.State.Moved)
	}
	return strings.Join(all, "; ")
}

// printable makes one line of s that does nothing to a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
}
