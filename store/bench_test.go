package store

import (
	"fmt"
	"strings"
	"testing"

	"storyfold/story"
)

// benchCommit is a commit of n articles of 2 KB, the sixth part of them opening
// a story that the others join.
func benchCommit(seq uint64, n int) *story.Commit {
	c := single(seq, seq+uint64(n)-1)
	c.Stories = nil
	for i := range c.Articles {
		c.Articles[i].Text = strings.Repeat(fmt.Sprintf("The ferry %d lay on the bank of Aldermouth until the tide came in. ", i), 30)
	}
	for i := 0; i < n; i += 6 {
		id := story.ID(fmt.Sprintf("s%d", seq+uint64(i)))
		c.Stories = append(c.Stories, storyOf(id, c.Articles[i:min(i+6, n)]...))
		for j := i; j < min(i+6, n); j++ {
			c.Decisions[j].Story = id
		}
	}
	return c
}

func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("articles=%d", n), func(b *testing.B) {
			db, err := Open(b.TempDir(), Options{Create: true})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			for b.Loop() {
				b.StopTimer()
				c := benchCommit(db.NextSeq(), n)
				b.StartTimer()
				commit(b, db, c)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/article")
			b.ReportMetric(float64(db.Stats().Bytes)/float64(db.NextSeq()), "bytes/article")
		})
	}
}

// BenchmarkBurst commits many articles that owe their stories, and the stories in one
// transaction: their ids, and so the places of all that leads to them, are spread.
func BenchmarkBurst(b *testing.B) {
	const articles, part = 24_000, 4_000
	for b.Loop() {
		b.StopTimer()
		db, err := Open(b.TempDir(), Options{Create: true, NoSync: true})
		if err != nil {
			b.Fatal(err)
		}
		paying := &story.Commit{Time: at(articles), Paying: true}
		for seq := uint64(1); seq < articles; seq += part {
			c := benchCommit(seq, part)
			for i := range c.Stories {
				s := &c.Stories[i]
				s.ID = story.ID(story.Key(s.ID).ID())
				for j := range s.Members {
					c.Decisions[s.Members[j].Seq-seq].Story = s.ID
				}
			}
			paying.Stories = append(paying.Stories, c.Stories...)
			c.Stories, c.Owing = nil, true
			b.StartTimer()
			commit(b, db, c)
			b.StopTimer()
		}
		b.StartTimer()
		commit(b, db, paying)
		b.StopTimer()
		stats := db.bolt.Stats().TxStats
		b.ReportMetric(float64(stats.GetPageAlloc())/articles, "page-bytes/article")
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*articles), "µs/article")
}

// BenchmarkNewest reads what a feed or a front page shows.
func BenchmarkNewest(b *testing.B) {
	for _, n := range []int{1_000, 20_000} {
		b.Run(fmt.Sprintf("stories=%d", n), func(b *testing.B) {
			db, err := Open(b.TempDir(), Options{Create: true, NoSync: true})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			for db.Stats().Stories < n {
				commit(b, db, benchCommit(db.NextSeq(), 3000))
			}
			for b.Loop() {
				found := 0
				for _, err := range db.Newest() {
					if err != nil {
						b.Fatal(err)
					}
					if found++; found == 50 {
						break
					}
				}
			}
		})
	}
}

// BenchmarkArticle reads articles again, as the briefs of stories do.
func BenchmarkArticle(b *testing.B) {
	db, err := Open(b.TempDir(), Options{Create: true, NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	commit(b, db, benchCommit(1, 1000))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := db.Article(1 + uint64(i)%1000); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKnown(b *testing.B) {
	db, err := Open(b.TempDir(), Options{Create: true, NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var keys []story.Key
	for range 10 {
		c := benchCommit(db.NextSeq(), 1000)
		for i := range c.Articles {
			keys = append(keys, c.Articles[i].Key())
		}
		commit(b, db, c)
	}
	for b.Loop() {
		if known, err := db.Known(keys[:1000]); err != nil || len(known) != 1000 {
			b.Fatal(len(known), err)
		}
	}
}

func BenchmarkExpire(b *testing.B) {
	db, err := Open(b.TempDir(), Options{Create: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for b.Loop() {
		b.StopTimer()
		c := benchCommit(db.NextSeq(), 3000)
		for i := range c.Stories {
			c.Stories[i].Closed = true
		}
		commit(b, db, c)
		b.StartTimer()
		if ids, err := db.Expire(at(1 << 20)); err != nil || len(ids) != 500 {
			b.Fatal(len(ids), err)
		}
	}
}

// BenchmarkJoin commits one article that joins a story of so many members.
func BenchmarkJoin(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("members=%d", n), func(b *testing.B) {
			db, err := Open(b.TempDir(), Options{Create: true, NoSync: true})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			c := single(1, uint64(n))
			c.Stories = []story.Story{storyOf("large", c.Articles...)}
			for i := range c.Decisions {
				c.Decisions[i].Story = "large"
			}
			commit(b, db, c)
			s, before := c.Stories[0], db.bolt.Stats().TxStats
			for b.Loop() {
				b.StopTimer()
				c := joining(db.NextSeq(), &s)
				b.StartTimer()
				commit(b, db, c)
			}
			after := db.bolt.Stats().TxStats
			b.ReportMetric(float64(after.GetPageAlloc()-before.GetPageAlloc())/float64(b.N), "page-bytes/op")
		})
	}
}
