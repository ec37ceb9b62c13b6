package brief

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"storyfold/story"
)

// Bounds of what a revision keeps.
const (
	maxTellReports = 12
	maxTellNew     = 6
	maxTellNames   = 30
	maxTellMedia   = 10
	maxTellText    = 2400 // bytes of a title or a sentence
	maxTellName    = 480
	maxTellURL     = 2048
)

// Tell returns what after, a story that Make has seen, says in a revision that
// follows before: its summary, and the reports and facts that came since. before
// may be nil: then all of them did.
func Tell(before *Past, after *story.Story) *story.Told {
	var known map[uint64]bool
	if before != nil {
		known = before.members
	}
	t := &story.Told{Lang: after.Lang, Reports: tellReports(after.Members, known)}
	for _, x := range after.Brief.Summary {
		t.Summary = tellSentence(t.Summary, after, x, maxSummary)
	}
	for _, x := range after.Brief.New {
		if before != nil && !known[x.Article] {
			t.New = tellSentence(t.New, after, x, maxTellNew)
		}
	}
	if m := after.Member(after.Brief.Representative); m != nil {
		tellMedia(t, m)
	}
	for i := range after.Members {
		m := &after.Members[i]
		tellMedia(t, m)
		t.Outlets = tellNames(t.Outlets, m.Outlet)
		t.Categories = tellNames(t.Categories, m.Categories...)
	}
	return t
}

// tellReports returns the members that are not known, the first by time of each
// family standing for the others. Copies of what is known are left out, unless
// there is nothing else.
func tellReports(members []story.Member, known map[uint64]bool) []story.Quote {
	told := map[int]bool{}
	for _, m := range members {
		if known[m.Seq] {
			told[m.Family] = true
		}
	}
	var reports, copies []story.Quote
	at := map[int]int{}
	for _, m := range byTime(members) {
		i, again := at[m.Family]
		switch {
		case known[m.Seq]:
		case told[m.Family] && m.Family != 0:
			copies = append(copies, quoteOf(m, m.Title))
		case again && m.Family != 0:
			reports[i].Copies++
		default:
			at[m.Family] = len(reports)
			reports = append(reports, quoteOf(m, m.Title))
		}
	}
	if len(reports) == 0 {
		reports = copies
	}
	return reports[:min(len(reports), maxTellReports)]
}

func tellSentence(list []story.Quote, s *story.Story, x story.Sentence, limit int) []story.Quote {
	m := s.Member(x.Article)
	if m == nil || len(list) == limit {
		return list
	}
	return append(list, quoteOf(m, x.Text))
}

func quoteOf(m *story.Member, said string) story.Quote {
	return story.Quote{
		Text: clipBytes(said, maxTellText), Article: m.Seq, ID: m.ID, Outlet: clipBytes(m.Outlet, maxTellName), Source: m.Source,
		URL: address(m.URL), Lang: m.Lang, Time: tellTime(m.Time), Family: m.Family,
	}
}

// tellTime returns t as the store keeps times; zero for a year that it cannot keep.
func tellTime(t time.Time) time.Time {
	t = t.UTC().Round(0)
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Time{}
	}
	return t
}

// tellMedia adds what can be seen and heard of m.
func tellMedia(t *story.Told, m *story.Member) {
	if t.URL == "" {
		t.URL = address(m.URL)
	}
	if t.Image == "" {
		t.Image = address(m.Image)
	}
	for _, e := range m.Enclosures {
		if len(t.Enclosures) < maxTellMedia && address(e.URL) != "" && !slices.Contains(t.Enclosures, e) {
			e.Type = clipBytes(e.Type, maxTellName)
			t.Enclosures = append(t.Enclosures, e)
		}
	}
}

func tellNames(list []string, names ...string) []string {
	for _, name := range names {
		name = clipBytes(name, maxTellName)
		if name != "" && len(list) < maxTellNames && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// address returns s, or "" if it is too long for one.
func address(s string) string {
	if len(s) > maxTellURL {
		return ""
	}
	return s
}

// clipBytes returns at most n bytes of s, in whole runes.
func clipBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.Clone(s[:n])
}

// byTime returns the members by time, those of the same time in commit order.
func byTime(members []story.Member) []*story.Member {
	all := make([]*story.Member, len(members))
	for i := range members {
		all[i] = &members[i]
	}
	slices.SortStableFunc(all, func(a, b *story.Member) int { return a.Time.Compare(b.Time) })
	return all
}
