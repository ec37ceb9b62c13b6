package feedgen

import (
	"sync/atomic"
	"time"

	"storyfold/story"
)

// censusDays is how many days back a census counts day by day.
const censusDays = 14

// censusStories is how many stories a census counts.
const censusStories = 10_000

// census counts what a view shows. It does not change.
type census struct {
	of *view

	Stories, Articles, Reports, Outlets int

	Capped bool      // only the newest censusStories stories were counted
	Last   time.Time // the last revision; zero without stories

	// Days are the censusDays days up to that of Last, the oldest first.
	Days [censusDays]dayCount

	// Sources has the articles of each source on these days.
	Sources map[string]*[censusDays]int
}

// dayCount is what the articles of a day, by their own time, are about.
type dayCount struct {
	Date     time.Time // noon
	Articles int
	Stories  int // that began on the day; at most Articles
}

// censuses keeps the last census while it is true.
type censuses struct{ last atomic.Pointer[census] }

// of returns the census of v.
func (k *censuses) of(v *view) (*census, error) {
	if t := k.last.Load(); t != nil && t.of.same(v) {
		return t, nil
	}
	t, err := newCensus(v)
	if err == nil {
		k.last.Store(t)
	}
	return t, err
}

func newCensus(v *view) (*census, error) {
	t := &census{of: v, Sources: map[string]*[censusDays]int{}}
	outlets := map[string]bool{}
	for s, err := range v.stories() {
		if err != nil {
			return nil, err
		}
		if t.Stories == censusStories {
			t.Capped = true
			break
		}
		if t.Last.IsZero() {
			t.begin(s.bound)
		}
		t.Stories++
		t.Articles += len(s.Members)
		t.Reports += s.Reports
		for i := range s.Members {
			outlets[s.Members[i].Outlet] = true
		}
		t.count(s)
	}
	t.Outlets = len(outlets)
	return t, nil
}

// begin sets the days that are counted, of which last's is the last.
func (t *census) begin(last time.Time) {
	t.Last = last
	noon := noonOf(last, t.of.settings.zone)
	for i := range t.Days {
		t.Days[i].Date = noon.AddDate(0, 0, i-censusDays+1)
	}
}

func noonOf(at time.Time, zone *time.Location) time.Time {
	year, month, day := at.In(zone).Date()
	return time.Date(year, month, day, 12, 0, 0, 0, zone)
}

// day returns the place of at's day, or -1 if it is not counted.
func (t *census) day(at time.Time) int {
	if at.Before(t.Days[0].Date.AddDate(0, 0, -1)) { // a Duration holds 290 years
		return -1
	}
	noon := noonOf(at, t.of.settings.zone)
	last := t.Days[censusDays-1].Date
	// Days of 23 and of 25 hours round to the right one.
	back := int((last.Sub(noon) + 12*time.Hour) / (24 * time.Hour))
	if noon.After(last) || back >= censusDays {
		return -1
	}
	return censusDays - 1 - back
}

// count puts the story and its articles on their days.
func (t *census) count(s *Shown) {
	first := s.Members[0].Time
	for i := range s.Members {
		m := &s.Members[i]
		if m.Time.Before(first) {
			first = m.Time
		}
		day := t.day(m.Time)
		if day < 0 {
			continue
		}
		t.Days[day].Articles++
		t.ofSource(m, day)
	}
	if day := t.day(first); day >= 0 {
		t.Days[day].Stories++
	}
}

func (t *census) ofSource(m *story.Member, day int) {
	for _, name := range append([]string{m.Source}, m.Also...) {
		if t.Sources[name] == nil {
			t.Sources[name] = &[censusDays]int{}
		}
		t.Sources[name][day]++
	}
}
