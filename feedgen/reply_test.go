package feedgen

import (
	"net/http"
	"testing"
	"time"
)

// A client that compares dates alone sees every change: other bytes have a later
// date, or none while there is no later second.
func TestLastModifiedFollowsTheBytes(t *testing.T) {
	m, c := newspaper()
	now := clock(100, 0)
	h := New(Options{Stories: m, Now: func() time.Time { return now }})
	h.Configure(c)
	sent := time.Time{}
	steps := []struct {
		what    string
		after   time.Duration
		change  func()
		none    bool // no date is sent
		renewed bool // the date is later than the last one that was sent
	}{
		{"in the second of the start, when the process before may have answered", 0, func() {}, true, false},
		{"a second later", time.Second, func() { m.gen++ }, false, true},
		{"a commit that changes nothing here", time.Minute, func() { m.gen++ }, false, false},
		{"a headline within the second", 0, func() { m.gen++; m.list[1].Brief.Headline = "Frost spares the cherries" }, false, true},
		{"another one within that second", 100 * time.Millisecond, func() { m.gen++; m.list[1].Brief.Headline = "Frost spares the plums" }, true, false},
		{"the same a second later", time.Second, func() { m.gen++ }, false, true},
		{"one more", time.Second, func() { m.gen++; m.list[1].Brief.Headline = "Frost spares nothing" }, false, true},
		{"a new base_url", time.Hour, func() { c.BaseURL = "http://localhost:8080"; h.Configure(c) }, false, true},
	}
	for _, step := range steps {
		now = now.Add(step.after)
		step.change()
		header := get(t, h, "/feed.rss").Header().Get("Last-Modified")
		if step.none {
			if header != "" {
				t.Errorf("%s: Last-Modified %s, want none", step.what, header)
			}
			continue
		}
		modified, err := http.ParseTime(header)
		if err != nil || modified.After(now) || modified.After(sent) != step.renewed || modified.Before(sent) {
			t.Errorf("%s: Last-Modified %q after %v, at %v, renewed %v", step.what, header, sent, now, step.renewed)
		}
		sent = modified
	}
}
