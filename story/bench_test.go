package story

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
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

func (p *press) article(words int) *Article {
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
	if words > 0 {
		write(words)
	}
	at := morning.Add(time.Duration(p.n) * time.Second)
	return &Article{
		Seq: uint64(p.n), Source: "Bench", Identity: fmt.Sprint(p.n), Title: title, Text: b.String(), Lang: "en",
		Published: at, FirstSeen: at,
	}
}

// BenchmarkAdd measures what a full text costs with so many open, with its
// share of passes and splits. The counters repeat exactly on any machine; the
// cost must not grow with what is open, but by the longer lists of common stems
// up to the posting budget. STORYFOLD_LONG=1 adds 100,000 open articles.
func BenchmarkAdd(b *testing.B) { growth(b, 440) }

// BenchmarkTitles is BenchmarkAdd with bare titles.
func BenchmarkTitles(b *testing.B) { growth(b, 0) }

// growth measures the cost of an article with bodies of so many words.
func growth(b *testing.B, words int) {
	sizes := []int{1_000, 10_000}
	if os.Getenv("STORYFOLD_LONG") != "" {
		sizes = append(sizes, 100_000)
	}
	for _, open := range sizes {
		b.Run(fmt.Sprintf("open=%d", open), func(b *testing.B) {
			empty := inUse()
			p := newPress()
			g := NewGrouper(Options{Window: time.Duration(open) * time.Second}) // an article a second
			for range open {
				g.Add(p.article(words))
			}
			size := float64(inUse()-empty) / float64(open)
			before := g.Stats()
			b.ReportAllocs()
			b.ResetTimer()
			var next []*Article
			used := -cpuTime()
			for b.Loop() {
				if len(next) == 0 {
					b.StopTimer()
					used += cpuTime()
					for range 500 {
						next = append(next, p.article(words))
					}
					used -= cpuTime()
					b.StartTimer()
				}
				g.Add(next[0])
				next = next[1:]
			}
			used += cpuTime()
			s, n := g.Stats(), float64(b.N)
			b.ReportMetric(float64(used.Microseconds())/n, "cpu-µs/op")
			for _, x := range []struct {
				name string
				n    uint64
			}{
				{"postings/op", s.Postings - before.Postings}, {"touched/op", s.Touched - before.Touched},
				{"stems/op", s.Walked - before.Walked}, {"scored/op", s.Scored - before.Scored}, {"judged/op", s.Judged - before.Judged},
			} {
				b.ReportMetric(float64(x.n)/n, x.name)
			}
			b.ReportMetric(float64(s.Stories), "stories")
			b.ReportMetric(size, "B/open")
		})
	}
}

// cpuTime returns the processor time that the process has used, with that of the collector.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCurve compares the processor time of a full text, and of a title, at 10,000 open articles with
// that at 100,000 and, if STORYFOLD_LONG is more than 1, at 1,000,000. It feeds each by turns
// and takes medians, since on a busy machine only what is measured together can be compared.
func BenchmarkCurve(b *testing.B) {
	sizes := []int{10_000, 100_000, 1_000_000}
	switch os.Getenv("STORYFOLD_LONG") {
	case "":
		b.Skip("STORYFOLD_LONG is not set")
	case "1":
		sizes = sizes[:2]
	}
	const block = 100
	for name, words := range map[string]int{"text": 440, "title": 0} {
		b.Run(name, func(b *testing.B) {
			groupers, presses, times := make([]*Grouper, len(sizes)), make([]*press, len(sizes)), make([][]float64, len(sizes))
			for i, open := range sizes {
				g, p := NewGrouper(Options{Window: time.Duration(open) * time.Second}), newPress()
				for range open {
					g.Add(p.article(words))
				}
				groupers[i], presses[i] = g, p
			}
			runtime.GC()
			for b.Loop() {
				for i, g := range groupers {
					var next [block]*Article
					for k := range next {
						next[k] = presses[i].article(words)
					}
					used := -cpuTime()
					for _, a := range next {
						g.Add(a)
					}
					used += cpuTime()
					times[i] = append(times[i], float64(used.Nanoseconds())/block/1e3)
				}
			}
			for i, t := range times {
				slices.Sort(t)
				b.ReportMetric(t[len(t)/2], fmt.Sprintf("cpu-µs@%d", sizes[i]))
				slices.Sort(times[0])
				b.ReportMetric(t[len(t)/2]/times[0][len(t)/2], fmt.Sprintf("times@%d", sizes[i]))
			}
		})
	}
}

// inUse returns the bytes in use.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkState measures the state of 10,000 open articles.
func BenchmarkState(b *testing.B) {
	p, g := newPress(), NewGrouper(Options{})
	for range 10_000 {
		g.Add(p.article(440))
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = len(g.State())
	}
	b.ReportMetric(float64(n), "bytes")
}
