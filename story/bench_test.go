package story

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// press invents full-text articles for benchmarks: words follow Zipf's law,
// and every event adds words of its own.
type press struct {
	rnd  *rand.Rand
	zipf *rand.Zipf
	n    int
}

func newPress() *press {
	rnd := rand.New(rand.NewPCG(11, 13))
	return &press{rnd: rnd, zipf: rand.NewZipf(rnd, 1.1, 20, 40_000)}
}

// letters writes a number in letters, so that it is a word.
func letters(n uint64) string {
	var b []byte
	for ; n > 0 || len(b) < 3; n /= 20 {
		b = append(b, "bcdfghjklmnpqrstvwxz"[n%20], "aeiou"[n%5])
	}
	return string(b)
}

func (p *press) article() *Article {
	p.n++
	// A new event for every eighth article; reports cluster in time.
	event := uint64(max(0, p.n/8-int(math.Abs(p.rnd.NormFloat64()*20))))
	var b strings.Builder
	write := func(n int) {
		for range n {
			if p.rnd.IntN(4) == 0 {
				b.WriteString("ev" + letters(event*31+uint64(p.rnd.IntN(14))))
			} else {
				b.WriteString(letters(p.zipf.Uint64()))
			}
			b.WriteByte(' ')
		}
	}
	write(9)
	title := b.String()
	b.Reset()
	write(440)
	at := morning.Add(time.Duration(p.n) * time.Second)
	return &Article{
		Seq: uint64(p.n), Source: "Bench", Identity: fmt.Sprint(p.n), Title: title, Text: b.String(), Lang: "en",
		Published: at, FirstSeen: at,
	}
}

// BenchmarkAdd measures what an article costs with so many open, with its
// share of passes and splits. The counters repeat exactly on any machine; the
// cost must not grow with what is open, but by the longer lists of common stems
// up to the posting budget.
func BenchmarkAdd(b *testing.B) {
	for _, open := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("open=%d", open), func(b *testing.B) {
			p := newPress()
			g := NewGrouper(Options{Window: time.Duration(open) * time.Second}) // an article a second
			for range open {
				g.Add(p.article())
			}
			before := g.Stats()
			b.ReportAllocs()
			b.ResetTimer()
			var next []*Article
			for b.Loop() {
				if len(next) == 0 {
					b.StopTimer()
					for range 500 {
						next = append(next, p.article())
					}
					b.StartTimer()
				}
				g.Add(next[0])
				next = next[1:]
			}
			s, n := g.Stats(), float64(b.N)
			b.ReportMetric(float64(s.Postings-before.Postings)/n, "postings/op")
			b.ReportMetric(float64(s.Walked-before.Walked)/n, "stems/op")
			b.ReportMetric(float64(s.Scored-before.Scored)/n, "scored/op")
			b.ReportMetric(float64(s.Stories), "stories")
		})
	}
}

// BenchmarkState measures the state of 10,000 open articles.
func BenchmarkState(b *testing.B) {
	p, g := newPress(), NewGrouper(Options{})
	for range 10_000 {
		g.Add(p.article())
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = len(g.State())
	}
	b.ReportMetric(float64(n), "bytes")
}
