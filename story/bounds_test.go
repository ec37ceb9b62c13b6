package story

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// effort is what an article costs, in things that are counted.
type effort struct{ postings, scored, walked, judged, tests float64 }

// efforts feeds n articles and returns the effort for each in the second tenth of
// them, and in the last tenth.
func efforts(t *testing.T, n int, article func(i int) Article) (g *Grouper, early, late effort) {
	t.Helper()
	g = NewGrouper(Options{})
	var marks []Stats
	for i := range n {
		if i == n/10 || i == n/5 || i == n-n/10 {
			marks = append(marks, g.Stats())
		}
		a := article(i)
		a.Seq, a.Identity, a.FirstSeen, a.Lang = uint64(i+1), fmt.Sprint(i), morning.Add(time.Duration(i)*time.Second), "en"
		g.Add(&a)
	}
	per := func(a, b Stats) effort {
		k := float64(n / 10)
		return effort{
			float64(b.Postings-a.Postings) / k, float64(b.Scored-a.Scored) / k, float64(b.Walked-a.Walked) / k,
			float64(b.Judged-a.Judged) / k, float64(b.Tests-a.Tests) / k,
		}
	}
	return g, per(marks[0], marks[1]), per(marks[2], g.Stats())
}

// TestBounds checks that streams that are meant to be dear, or by chance are, cost no
// more for an article when there are many of them.
func TestBounds(t *testing.T) {
	n := 4_000
	if testing.Short() {
		n = 1_000
	}
	ferry := "The car ferry Marisol ran aground on the Tansy Shoal outside Port Vellan with 212 passengers aboard, the coastguard said."
	words := func(from, n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString("ev" + letters(uint64(from*40+i)) + " ")
		}
		return b.String()
	}
	for _, c := range []struct {
		name    string
		article func(i int) Article
		stories int // at most, for each MaxMembers articles; 0: any number
	}{
		{"identical articles", func(int) Article { return Article{Source: "Echo", Title: "Ferry Marisol aground", Text: ferry} }, 1},
		{"identical titles", func(int) Article { return Article{Source: "Echo", Title: "Ferry Marisol aground off Port Vellan"} }, 1},
		{"titles on one thing that never end", func(i int) Article {
			return Article{Source: fmt.Sprint("Outlet ", i%50), Title: "Zorvex coin " + words(i/3, 3)}
		}, 0},
		{"articles like everything", func(i int) Article {
			if i%20 == 0 { // words of the last forty events
				return Article{Source: "Almanac", Title: words(max(0, i/4-10), 40), Text: words(max(0, i/4-40), 400)}
			}
			return Article{Source: fmt.Sprint("Outlet ", i%7), Title: words(i/4, 8), Text: words(i/4, 30) + ferry}
		}, 0},
		{"a source that repeats all others", func(i int) Article {
			source := fmt.Sprint("Outlet ", i%7)
			if i%2 == 1 {
				source = "Echo"
			}
			return Article{Source: source, Title: words(i/2, 8), Text: words(i/2, 30)}
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, early, late := efforts(t, n, c.article)
			t.Logf("early %+v\nlate %+v, %d stories", early, late, g.Stats().Stories)
			for _, x := range []struct {
				what        string
				early, late float64
				most        float64 // whatever it was before
			}{
				{"postings", early.postings, late.postings, float64(param.budget) * 12},
				{"stories scored", early.scored, late.scored, 70},
				{"stems walked", early.walked, late.walked, 1e9},
				{"articles judged", early.judged, late.judged, float64(param.recent/param.every + 1)},
				{"tests for a split", early.tests, late.tests, 2},
			} {
				if x.late > 2*x.early+20 && x.what != "postings" || x.late > x.most {
					t.Errorf("%s for an article: %.1f early, %.1f late", x.what, x.early, x.late)
				}
			}
			if got, most := g.Stats().Stories, c.stories*(n+MaxMembers-1)/MaxMembers; c.stories > 0 && got > most {
				t.Errorf("%d stories, want at most %d", got, most)
			}
			for _, s := range g.byID {
				if len(s.members) > MaxMembers {
					t.Errorf("story %s has %d articles, want at most %d", s.id, len(s.members), MaxMembers)
				}
			}
		})
	}
}
