package story

import (
	"runtime"
	"testing"
	"time"
)

// TestCost holds what an article costs, in things that repeat exactly, or nearly so: it fails if
// a change makes articles dearer by a quarter, or if what is open takes more memory.
func TestCost(t *testing.T) {
	// So few articles hold a large part of all words: the memory of one is far above that in a large window.
	for _, c := range []struct {
		name  string
		words int

		postings, scored, walked, judged, touched float64 // for an article, at most
		mallocs, size                             float64 // allocations for an article; bytes of an open one
	}{
		{"full texts", 440, 310, 5.8, 5_700, 3.9, 190, 44, 7_500},
		{"titles", 0, 530, 17.8, 500, 2.7, 490, 19, 1_400},
	} {
		t.Run(c.name, func(t *testing.T) {
			const open, n = 2_000, 1_000
			p := newPress()
			var articles []*Article
			for range open + n {
				articles = append(articles, p.article(c.words))
			}
			empty := inUse()
			g := NewGrouper(Options{Window: open * time.Second})
			for _, a := range articles[:open] {
				g.Add(a)
			}
			size := float64(inUse()-empty) / open
			before, m := g.Stats(), mallocs()
			for _, a := range articles[open:] {
				g.Add(a)
			}
			allocated, s := mallocs()-m, g.Stats()
			per := func(x, y uint64) float64 { return float64(y-x) / n }
			for _, x := range []struct {
				what      string
				got, most float64
			}{
				{"postings read", per(before.Postings, s.Postings), c.postings},
				{"stories scored", per(before.Scored, s.Scored), c.scored},
				{"stems walked", per(before.Walked, s.Walked), c.walked},
				{"articles judged", per(before.Judged, s.Judged), c.judged},
				{"stories touched", per(before.Touched, s.Touched), c.touched},
				{"allocations", float64(allocated) / n, c.mallocs},
				{"bytes of an open article", size, c.size},
			} {
				t.Logf("%s: %.1f", x.what, x.got)
				if x.got > x.most {
					t.Errorf("%s: %.1f, want at most %.1f", x.what, x.got, x.most)
				}
			}
			if s.Articles > open+open/5 || s.Stems > before.Stems+before.Stems/4 { // words leave with the articles
				t.Errorf("%d articles and %d stems are open, with %d stems before", s.Articles, s.Stems, before.Stems)
			}
			runtime.KeepAlive(articles)
		})
	}
}

// mallocs returns how many allocations there were.
func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}
