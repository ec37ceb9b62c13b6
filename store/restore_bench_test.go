package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"storyfold/story"
)

// zipfText invents words by Zipf's law.
type zipfText struct {
	b    strings.Builder
	zipf *rand.Zipf
}

func (z *zipfText) words(n int) string {
	z.b.Reset()
	for range n {
		for k := z.zipf.Uint64() + 300; k > 0; k /= 20 {
			z.b.WriteByte("bcdfghjklmnpqrstvwxz"[k%20])
			z.b.WriteByte("aeiou"[k%5])
		}
		z.b.WriteByte(' ')
	}
	return z.b.String()
}

// BenchmarkRestore measures what an open article of 440 words costs in processor time when a daemon starts: alone
// reading it from the store, and with grouping again. STORYFOLD_LONG=1 restores 100,000 articles, else 5,000.
func BenchmarkRestore(b *testing.B) {
	articles := 5_000
	if os.Getenv("STORYFOLD_LONG") != "" {
		articles = 100_000
	}
	db, err := Open(b.TempDir(), Options{Create: true, NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	z := &zipfText{zipf: rand.NewZipf(rand.New(rand.NewPCG(5, 7)), 1.1, 20, 40_000)}
	for seq := 1; seq <= articles; seq += 1000 {
		c := benchCommit(uint64(seq), 1000)
		for i := range c.Articles {
			a := &c.Articles[i]
			a.Title, a.Text = z.words(9), z.words(440)
			a.Authors, a.Categories = []string{z.words(2)}, []string{"world", z.words(1)}
		}
		commit(b, db, c)
	}
	perArticle := func(b *testing.B, f func()) {
		b.ReportAllocs()
		used := -cpuTime()
		for b.Loop() {
			f()
		}
		used += cpuTime()
		b.ReportMetric(float64(used.Nanoseconds())/1e3/float64(b.N*articles), "cpu-µs/article")
	}
	b.Run("read", func(b *testing.B) {
		perArticle(b, func() {
			for _, err := range db.Restorable() {
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("group", func(b *testing.B) {
		perArticle(b, func() {
			g, err := story.Restore(story.Options{Window: 1 << 20 * time.Hour}, nil, db.Restorable())
			if err != nil || g.Stats().Articles != articles {
				b.Fatal(fmt.Errorf("%d articles, %w", g.Stats().Articles, err))
			}
		})
	})
}

// cpuTime returns the processor time that the process has used, with that of the collector.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
