package fetcher

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"storyfold/story"
)

// Report is what a look that Refresh asked for came to.
type Report struct {
	Source      string
	State       story.SourceState // after the look
	New, Edited int               // articles, as the Sink counted them
	NotModified bool              // nothing had changed
	Partly      bool              // in spite of Err some of the document was read
	Err         error             // why the look failed, was only partly good, or did not take place
	Took        time.Duration     // from the start of the request to the commit
}

// Refresh looks at these sources now (none named: at all enabled ones) and waits until what was found is
// committed. It returns a report for each, in the order of names, or
// of the config. Limits to hosts hold, and a server that is to be left alone
// (Retry-After, say) is not asked: the report says so. The progress function, which may be nil,
// is called after each source.
//
// An unknown name is an error, and nothing is looked at. When ctx ends or Run
// does, the reports so far are returned with an error.
func (f *Fetcher) Refresh(ctx context.Context, names []string, progress func(done, total int)) ([]Report, error) {
	order, answers, run, err := f.order(names)
	if err != nil {
		return nil, err
	}
	f.poke()
	got := make(map[string]Report, len(order))
	for len(got) < len(order) && err == nil {
		select {
		case r := <-answers:
			got[r.Source] = r
			if progress != nil {
				progress(len(got), len(order))
			}
		case <-ctx.Done():
			err = ctx.Err()
		case <-run.done:
			err = ErrStopped
		}
	}
	for len(answers) > 0 { // what came while it ended
		r := <-answers
		got[r.Source] = r
	}
	reports := make([]Report, 0, len(got))
	for _, name := range order {
		if r, ok := got[name]; ok {
			reports = append(reports, r)
		}
	}
	return reports, err
}

// order has the named sources looked at. It returns their names and the channel on
// which each of them will answer once.
func (f *Fetcher) order(names []string) ([]string, chan Report, *run, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.run == nil || f.run.ending {
		return nil, nil, nil, ErrNotRunning
	}
	var chosen []*source
	if len(names) == 0 {
		for _, e := range f.entries {
			if e.src.Enabled {
				chosen = append(chosen, e)
			}
		}
	}
	seen := map[string]bool{}
	for _, name := range names {
		e := f.byName[name]
		if e == nil {
			return nil, nil, nil, f.unknown(name)
		}
		if !seen[name] {
			chosen = append(chosen, e)
		}
		seen[name] = true
	}
	order := make([]string, len(chosen))
	c := make(chan Report, len(chosen))
	now := time.Now()
	for i, e := range chosen {
		order[i] = e.src.Name
		switch {
		case !e.src.Enabled:
			c <- Report{Source: e.src.Name, State: e.st, Err: errDisabled}
		case e.st.Hold.After(now):
			c <- Report{Source: e.src.Name, State: e.st, Err: held(e.st.Hold)}
		default:
			e.waiting = append(e.waiting, c)
			f.now(e)
		}
	}
	return order, c, f.run, nil
}

var errDisabled = errors.New("the source is disabled in the config")

// held is the error for a source whose server is to be left alone until t.
func held(t time.Time) error {
	return fmt.Errorf("the server is to be left alone; it can be asked again in %s", words(time.Until(t)))
}

// unknown is the error for a source that is not there, with the nearest name that is.
func (f *Fetcher) unknown(name string) error {
	best, nearest := max(2, utf8.RuneCountInString(name)/2), ""
	for _, e := range f.entries {
		if d := distance(strings.ToLower(name), strings.ToLower(e.src.Name)); d <= best && (d < best || nearest == "") {
			best, nearest = d, e.src.Name
		}
	}
	if nearest == "" {
		return fmt.Errorf("there is no source %q", name)
	}
	return fmt.Errorf("there is no source %q; did you mean %q?", name, nearest)
}

// distance returns how many letters must be added, removed or replaced to make b of a.
func distance(a, b string) int {
	s, t := []rune(cutRunes(a, maxName)), []rune(cutRunes(b, maxName))
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		diagonal := row[0]
		row[0] = i + 1
		for j := range t {
			cost := diagonal
			if s[i] != t[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(t)]
}
