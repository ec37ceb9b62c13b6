package feedgen

import (
	"slices"
	"strings"
	"time"

	"storyfold/story"
)

// firstShown returns when the story was first shown to a reader who sees all.
func (s *Shown) firstShown() time.Time { return latest(s.Revisions[0].Time, s.Shown) }

// modified returns when anything of s last changed, as far as s tells: a
// revision, a copy that joined, or a line of the history.
func (s *Shown) modified() time.Time {
	t := latest(s.Updated(), s.Shown)
	for i := range s.Members {
		t = latest(t, s.Members[i].FirstSeen)
	}
	if n := len(s.History); n > 0 {
		t = latest(t, s.History[n-1].Time)
	}
	return t
}

// firstShown returns when s was first shown in f: the first moment at which it
// met the filter, and not before Story.Shown. It does not change when more
// articles come. ok is false if s, as it stands now, does not meet the filter.
func (f *Feed) firstShown(s *Shown) (first time.Time, ok bool) {
	first = s.firstShown()
	if f.match != nil {
		return first, f.match(s)
	}
	if f.takesAll() {
		return first, true
	}
	if len(f.Languages) > 0 && !slices.ContainsFunc(f.Languages, func(lang string) bool { return strings.EqualFold(lang, s.Lang) }) {
		return first, false
	}
	now := f.newTally(s)
	now.reports = s.Reports
	for i := range s.Members {
		now.add(&s.Members[i])
	}
	if !now.meets(s.Brief.Headline) {
		return first, false
	}
	if t, met := f.firstMet(s); met {
		first = latest(first, t)
	}
	return first, true
}

// takesAll reports whether f has no filter.
func (f *Feed) takesAll() bool {
	return f.MinReports <= 1 && len(f.Categories)+len(f.Sources)+len(f.Languages)+len(f.Include)+len(f.Exclude) == 0
}

// firstMet goes through the story's past, member by member and revision by
// revision, and returns when it first met the filter.
func (f *Feed) firstMet(s *Shown) (time.Time, bool) {
	arrivals := s.arrivals()
	members := make([]*story.Member, len(s.Members))
	times := make([]time.Time, 0, len(s.Members)+len(s.Revisions))
	for i := range s.Members {
		members[i] = &s.Members[i]
		times = append(times, arrivals[members[i].Seq])
	}
	for _, r := range s.Revisions {
		times = append(times, r.Time)
	}
	slices.SortStableFunc(members, func(a, b *story.Member) int { return arrivals[a.Seq].Compare(arrivals[b.Seq]) })
	slices.SortFunc(times, time.Time.Compare)

	tally := f.newTally(s)
	revisions, headline := s.Revisions, ""
	for _, t := range slices.CompactFunc(times, time.Time.Equal) {
		for ; len(members) > 0 && !arrivals[members[0].Seq].After(t); members = members[1:] {
			tally.add(members[0])
		}
		for ; len(revisions) > 0 && !revisions[0].Time.After(t); revisions = revisions[1:] {
			tally.reports, headline = revisions[0].Reports, revisions[0].Headline
		}
		if tally.meets(headline) {
			return t, true
		}
	}
	return time.Time{}, false
}

// tally is what of a filter is met by the members that were added.
type tally struct {
	feed                         *Feed
	said                         map[uint64][]string // what the summary and the headline take from an article
	category, source             bool
	included, excluded, anything bool
	reports                      int
}

func (f *Feed) newTally(s *Shown) *tally {
	t := &tally{
		feed: f, category: len(f.Categories) == 0, source: len(f.Sources) == 0, included: len(f.Include) == 0,
		said: map[uint64][]string{},
	}
	for _, x := range s.Brief.Summary {
		t.said[x.Article] = append(t.said[x.Article], x.Text)
	}
	if of := s.Brief.HeadlineOf; of != 0 {
		t.said[of] = append(t.said[of], s.Brief.Headline)
	}
	return t
}

// add counts m in.
func (t *tally) add(m *story.Member) {
	f := t.feed
	t.anything = true
	t.category = t.category || slices.ContainsFunc(m.Categories, func(c string) bool {
		return slices.ContainsFunc(f.Categories, func(want string) bool { return strings.EqualFold(c, want) })
	})
	t.source = t.source || slices.Contains(f.Sources, m.Source) ||
		slices.ContainsFunc(m.Also, func(name string) bool { return slices.Contains(f.Sources, name) })
	t.read(m.Title)
	for _, text := range t.said[m.Seq] {
		t.read(text)
	}
}

// read looks for the words of the filter in text.
func (t *tally) read(text string) {
	t.included = t.included || anyMatch(t.feed.Include, text)
	t.excluded = t.excluded || anyMatch(t.feed.Exclude, text)
}

// meets reports whether what was added meets the filter, under this headline.
func (t *tally) meets(headline string) bool {
	return t.anything && t.category && t.source && t.reports >= t.feed.MinReports &&
		(t.included || anyMatch(t.feed.Include, headline)) &&
		!t.excluded && !anyMatch(t.feed.Exclude, headline)
}

func anyMatch(list []Match, text string) bool {
	return slices.ContainsFunc(list, func(m Match) bool { return m.MatchString(text) })
}
