package feedgen

import (
	"sync"
	"sync/atomic"
	"time"
	"unique"

	"storyfold/story"
)

// censusDays is how many days back a census counts day by day.
const censusDays = 14

// censusStories is how many stories a census looks at.
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

// censuses keeps the last census while it is true, and what it was counted from: the
// next one reads only the stories that have changed.
type censuses struct {
	last atomic.Pointer[census]

	mu      sync.Mutex // guards what follows
	by      *settings  // that the tallies were made under
	tallies map[story.ID]*storyTally
}

// storyTally is what a census counts of a story.
type storyTally struct {
	number  uint64    // as story.Version
	updated time.Time // the last revision; zero for a story that is not shown
	reports int
	members []articleTally // none for a story that is not shown
}

// articleTally is what a census counts of an article.
type articleTally struct {
	at      time.Time
	outlet  unique.Handle[string]
	sources []unique.Handle[string]
}

// of returns the census of v.
func (k *censuses) of(v *view) (*census, error) {
	if t := k.last.Load(); t != nil && t.of.same(v) {
		return t, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	list, err := v.h.options.Stories.Versions(censusStories + 1)
	if err != nil {
		return nil, err
	}
	t := &census{of: v, Sources: map[string]*[censusDays]int{}, Capped: len(list) > censusStories}
	list = list[:min(len(list), censusStories)]
	if err := k.follow(v, list); err != nil {
		return nil, err
	}
	t.add(list, k.tallies)
	k.last.Store(t)
	return t, nil
}

// follow makes the tallies those of list.
func (k *censuses) follow(v *view, list []story.Version) error {
	if k.by != v.settings {
		k.by, k.tallies = v.settings, nil
	}
	known := make(map[story.ID]*storyTally, len(list))
	var ids []story.ID
	for _, at := range list {
		if t := k.tallies[at.ID]; t != nil && t.number == at.Number {
			known[at.ID] = t
			continue
		}
		ids = append(ids, at.ID)
		known[at.ID] = &storyTally{number: at.Number}
	}
	for s, err := range v.h.options.Stories.Headers(ids) {
		if err != nil {
			return err
		}
		if t, shown := known[s.ID], v.show(s); t != nil && shown != nil {
			t.take(shown)
		}
	}
	k.tallies = known
	return nil
}

// take notes what is counted of s.
func (t *storyTally) take(s *Shown) {
	t.updated, t.reports = s.bound, s.Reports
	t.members = make([]articleTally, len(s.Members))
	for i := range s.Members {
		m := &s.Members[i]
		sources := make([]unique.Handle[string], 0, 1+len(m.Also))
		for _, name := range append([]string{m.Source}, m.Also...) {
			sources = append(sources, unique.Make(name))
		}
		t.members[i] = articleTally{m.Time, unique.Make(m.Outlet), sources}
	}
}

// add counts the stories of list, which are ordered by last revision, newest first.
func (t *census) add(list []story.Version, tallies map[story.ID]*storyTally) {
	outlets := map[unique.Handle[string]]bool{}
	for _, at := range list {
		s := tallies[at.ID]
		if len(s.members) == 0 {
			continue
		}
		if t.Last.IsZero() {
			t.begin(s.updated)
		}
		t.Stories++
		t.Articles += len(s.members)
		t.Reports += s.reports
		for i := range s.members {
			outlets[s.members[i].outlet] = true
		}
		t.count(s)
	}
	t.Outlets = len(outlets)
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
func (t *census) count(s *storyTally) {
	first := s.members[0].at
	for i := range s.members {
		m := &s.members[i]
		if m.at.Before(first) {
			first = m.at
		}
		day := t.day(m.at)
		if day < 0 {
			continue
		}
		t.Days[day].Articles++
		for _, source := range m.sources {
			name := source.Value()
			if t.Sources[name] == nil {
				t.Sources[name] = &[censusDays]int{}
			}
			t.Sources[name][day]++
		}
	}
	if day := t.day(first); day >= 0 {
		t.Days[day].Stories++
	}
}
