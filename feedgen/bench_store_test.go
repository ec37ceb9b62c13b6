package feedgen

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"storyfold/store"
	"storyfold/story"
)

// BenchmarkAfterCommit measures the CPU of an answer from a store of 10,000
// stories of which a commit changed one: nothing is answered from the cache.
func BenchmarkAfterCommit(b *testing.B) {
	db, err := store.Open(b.TempDir(), store.Options{Create: true, NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	_, c := newspaper()
	c.Sources, c.Feeds = sources("north"), nil
	changed := fillStore(b, db, 10_000)
	h := New(Options{Stories: db})
	h.Configure(c)
	for _, path := range []string{"/feed.atom?limit=50", "/feed.json?limit=500", "/", "/search.atom?q=nothing", "/?q=nothing", "/about", "/sources"} {
		ask := func() {
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, httptest.NewRequest("GET", path, nil)); w.Code != 200 {
				b.Fatalf("%s = %d", path, w.Code)
			}
		}
		b.Run(strings.Trim(path, "/"), func(b *testing.B) {
			ask()
			var used time.Duration
			for b.Loop() {
				changed.Brief.Headline += "!"
				if err := db.Commit(&story.Commit{Time: clock(20_000, 0), Stories: []story.Story{changed}}); err != nil {
					b.Fatal(err)
				}
				before := cpu()
				ask()
				used += cpu() - before
			}
			b.ReportMetric(float64(used.Microseconds())/1000/float64(b.N), "cpu-ms/answer")
		})
	}
}

// cpu returns the time that the process has used.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// fillStore stores n stories of three articles on average, an hour apart, and
// returns one of the latest.
func fillStore(b *testing.B, db *store.DB, n int) (last story.Story) {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := func(words int) string {
		var list []string
		for range words {
			x := rnd.Float64()
			list = append(list, fmt.Sprintf("wo%drd", int(30_000*x*x*x)))
		}
		return strings.Join(list, " ")
	}
	seq := uint64(0)
	for i := range n {
		c := &story.Commit{Time: clock(i, 10)}
		var s story.Story
		for k := 0; k == 0 || k < 40 && rnd.IntN(3) > 0; k++ {
			seq++
			m := article(seq, k+1, "north", fmt.Sprintf("Outlet %d", rnd.IntN(200)), text(9), clock(i, 0))
			c.Articles = append(c.Articles, story.Article{
				Seq: seq, Source: m.Source, Identity: fmt.Sprint(seq), Title: m.Title, Outlet: m.Outlet, Published: m.Time, FirstSeen: m.FirstSeen,
			})
			if k == 0 {
				s = single(story.ID(fmt.Sprintf("story%011d", i)), m)
			} else {
				s.Members = append(s.Members, m)
			}
			s.Revisions[0].Articles = append(s.Revisions[0].Articles[:k], seq)
			s.Brief.Summary = append(s.Brief.Summary, story.Sentence{Text: text(25), Article: seq})
		}
		s.Reports = story.Independent(s.Members)
		s.Brief.Summary = s.Brief.Summary[:min(3, len(s.Brief.Summary))]
		c.Stories = []story.Story{s}
		if err := db.Commit(c); err != nil {
			b.Fatal(err)
		}
		if i == n-10 {
			last = s
		}
	}
	return last
}
