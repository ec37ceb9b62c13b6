package feedgen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"storyfold/story"
)

func TestAbout(t *testing.T) {
	p := richStories()
	h := newPageHandler(p)
	articles, reports, outlets := 0, 0, map[string]bool{}
	for _, s := range p.list {
		articles += len(s.Members)
		reports += s.Reports
		for _, m := range s.Members {
			outlets[m.Outlet] = true
		}
	}
	page := wantPage(t, h, "/about", 200)
	for _, want := range []string{
		"<dt>stories</dt><dd>14</dd>", fmt.Sprintf("%d articles became 14 stories: %d headlines fewer to read.", articles, articles-14),
		"Saturday 21 November", "<dt>independent reports</dt>", "storyfold test", `href="/api/stories"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("about page lacks %q", want)
		}
	}
	v := h.view()
	c, err := h.censuses.of(v)
	if err != nil {
		t.Fatal(err)
	}
	if c.Stories != len(p.list) || c.Articles != articles || c.Reports != reports || c.Outlets != len(outlets) || c.Capped {
		t.Errorf("census: %d stories, %d articles, %d reports, %d outlets, want %d, %d, %d, %d",
			c.Stories, c.Articles, c.Reports, c.Outlets, len(p.list), articles, reports, len(outlets))
	}
	inDays, began := 0, 0
	for _, d := range c.Days {
		inDays, began = inDays+d.Articles, began+d.Stories
	}
	if inDays != articles || began != len(p.list) {
		t.Errorf("%d articles and %d stories on the days, want all", inDays, began)
	}
	again, _ := h.censuses.of(h.view())
	if again != c {
		t.Error("counted again while nothing changed")
	}
	p.gen++
	if again, _ = h.censuses.of(h.view()); again == c {
		t.Error("not counted again after a commit")
	}
}

func TestAboutEmpty(t *testing.T) {
	page := wantPage(t, newPageHandler(&memory{}), "/about", 200)
	if strings.Contains(page, "Seven days") || strings.Contains(page, "articles became") || !strings.Contains(page, "<dt>stories</dt><dd>0</dd>") {
		t.Error("an empty store has a week")
	}
}

// Days are the zone's own, also where one of them has 23 or 25 hours.
func TestCensusDays(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Skip("skipped: no time zones here")
	}
	c := &census{of: &view{settings: &settings{zone: zone}}}
	c.begin(time.Date(2026, 3, 30, 0, 30, 0, 0, zone)) // the clock was put forward on the 29th
	for _, tt := range []struct {
		at   time.Time
		want int
	}{
		{time.Date(2026, 3, 30, 23, 59, 0, 0, zone), 13},
		{time.Date(2026, 3, 29, 22, 30, 0, 0, time.UTC), 13},
		{time.Date(2026, 3, 29, 0, 0, 0, 0, zone), 12},
		{time.Date(2026, 3, 28, 23, 0, 0, 0, zone), 11},
		{time.Date(2026, 3, 17, 0, 0, 0, 0, zone), 0},
		{time.Date(2026, 3, 16, 23, 59, 0, 0, zone), -1},
		{time.Date(2026, 3, 31, 0, 0, 0, 0, zone), -1},
		{time.Time{}, -1},
	} {
		if got := c.day(tt.at); got != tt.want {
			t.Errorf("day(%v) = %d, want %d", tt.at, got, tt.want)
		}
	}
	if got := c.Days[0].Date.Format("2 Jan"); got != "17 Mar" {
		t.Errorf("the first day is %s, want 17 Mar", got)
	}
}

func TestRhythm(t *testing.T) {
	for _, tt := range []struct {
		days [censusDays]int
		want string
	}{
		{[censusDays]int{}, ""},
		{[censusDays]int{13: 40}, ""},
		{[censusDays]int{0: 1, 13: 1}, ""},
		{[censusDays]int{0: 1, 13: 4}, "The last 14 days: 5 articles on 2 days, at most 4 a day"},
	} {
		r := newRhythm(&tt.days)
		if r == nil && tt.want != "" || r != nil && r.Title != tt.want {
			t.Errorf("newRhythm(%v) = %+v, want %q", tt.days, r, tt.want)
		}
	}
	p := richStories()
	if page := wantPage(t, newPageHandler(p), "/sources", 200); !strings.Contains(page, `aria-label="The last 14 days: `) {
		t.Error("no source has a rhythm")
	}
	if newRhythm(nil) != nil {
		t.Error("a source without articles has a rhythm")
	}
}

// Counts come from what is shown: nothing of a source that is not configured.
func TestAboutHidesSources(t *testing.T) {
	m, c := newspaper()
	c.Sources = []story.Source{c.Sources[3]}
	h := newHandler(m, c)
	got, err := h.censuses.of(h.view())
	if err != nil {
		t.Fatal(err)
	}
	if got.Stories == len(m.list) || len(got.Sources) != 1 || got.Sources["ledger"] == nil {
		t.Errorf("%d stories and the sources %v, want those of the ledger alone", got.Stories, got.Sources)
	}
}

// What a source brought is not shown while the source is not enabled, and shown again afterwards.
func TestDisabledSource(t *testing.T) {
	m, c := newspaper()
	h := newHandler(m, c)
	paths := []string{"/", "/feed.atom", "/feed.json", "/api/stories?limit=500", "/search.atom?q=ferry"}
	before := map[string]string{}
	for _, path := range paths {
		before[path] = string(body(t, h, path))
	}
	off := c
	off.Sources = slices.Clone(c.Sources)
	off.Sources[0].Enabled = false // north: Northern Wire
	h.Configure(off)
	for _, path := range paths {
		if got := string(body(t, h, path)); strings.Contains(got, "Northern Wire") || !strings.Contains(before[path], "Northern Wire") {
			t.Errorf("GET %s names an article of a source that is not enabled", path)
		}
	}
	h.Configure(c)
	for _, path := range paths {
		if string(body(t, h, path)) != before[path] {
			t.Errorf("GET %s differs after the source was enabled again", path)
		}
	}
}

// TestCensusReadsLittle proves that after a change only what changed is read, and counted as if all were.
func TestCensusReadsLittle(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	m := &memory{}
	for i := range 300 {
		m.list = append(m.list, invented(rnd, i, uint64(i+1)))
	}
	_, c := newspaper()
	h := newHandler(m, c)
	count := func() *census {
		t.Helper()
		m.read = 0
		got, err := h.censuses.of(h.view())
		if err != nil {
			t.Fatal(err)
		}
		fresh := New(Options{Stories: m})
		fresh.Configure(c)
		read := m.read
		want, err := fresh.censuses.of(fresh.view())
		if err != nil {
			t.Fatal(err)
		}
		m.read = read
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(census{})); diff != "" {
			t.Errorf("a census that follows differs from a new one (-new +following):\n%s", diff)
		}
		return got
	}
	if first := count(); m.read != 300 || first.Stories == 0 {
		t.Errorf("the first census reads %d stories and counts %d, want 300 and most of them", m.read, first.Stories)
	}
	m.list[7].Version, m.gen = 1000, m.gen+1
	m.list[7].Members = append(m.list[7].Members, article(9001, 9, "north", "Late Edition", "A late report", clock(3, 0)))
	m.list[7].Revisions = append(m.list[7].Revisions, story.Revision{Number: 99, Time: clock(5000, 0)})
	if count(); m.read != 1 {
		t.Errorf("after a change of one story a census reads %d", m.read)
	}
	m.list, m.gen = m.list[20:], m.gen+1
	if count(); m.read != 0 {
		t.Errorf("after stories went a census reads %d", m.read)
	}
	c.Sources = c.Sources[1:]
	h.Configure(c)
	if count(); m.read != len(m.list) {
		t.Errorf("under another config a census reads %d stories, want all %d", m.read, len(m.list))
	}
}
