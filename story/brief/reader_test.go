package brief_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storyfold/story"
	"storyfold/story/brief"
)

// A press invents reports. Those of one agency are copies of each other.
type press struct {
	random   *rand.Rand
	articles map[uint64]*story.Article
	wrote    map[uint64]string // the agency of an article, or its own outlet
}

func newPress() *press {
	return &press{random: rand.New(rand.NewPCG(7, 11)), articles: map[uint64]*story.Article{}, wrote: map[uint64]string{}}
}

// text invents a text of n sentences about the ferry Kestrel. Words follow Zipf's law.
func (p *press) text(n int) string {
	zipf := rand.NewZipf(p.random, 1.2, 20, 4000)
	var b strings.Builder
	b.WriteString("The ferry Kestrel burned off Port Arlen on Tuesday, the coast guard said.\n\n")
	for range n {
		b.WriteString("Then")
		for i := range 14 + p.random.IntN(8) {
			word := pressWord(zipf.Uint64())
			if i%7 == 3 {
				word = strings.ToUpper(word[:1]) + word[1:]
			}
			b.WriteString(" " + word)
		}
		fmt.Fprintf(&b, " %d.\n\n", p.random.IntN(900))
	}
	return b.String()
}

// pressWord returns word number n of a language with many vowels.
func pressWord(n uint64) string {
	word := ""
	for n += 30; n > 0; n /= 60 {
		word += "bdfgklmnprtv"[n%12:n%12+1] + "aeiou"[n/12%5:n/12%5+1]
	}
	return word + "n"
}

// publish adds an article of an outlet of its own to s. by is the agency that wrote it.
func (p *press) publish(s *story.Story, by, text string) {
	seq := uint64(len(p.articles) + 1)
	outlet := fmt.Sprint("Outlet ", seq)
	if by == "" {
		by = outlet
	}
	a := &story.Article{
		Seq: seq, Source: outlet, Identity: outlet, Outlet: outlet, Lang: "en", Text: text,
		Title: fmt.Sprintf("Ferry Kestrel burns off Port Arlen, says report %d", seq), FirstSeen: time.Unix(int64(seq)*60, 0).UTC(),
	}
	p.articles[seq], p.wrote[seq] = a, by
	s.Members = append(s.Members, story.MemberOf(a))
}

func (p *press) load(seq uint64) (*story.Article, error) { return p.articles[seq], nil }

// checkFamilies checks that the families of s are those who wrote its articles.
func (p *press) checkFamilies(t *testing.T, s *story.Story) {
	t.Helper()
	family, writer := map[string]int{}, map[int]string{}
	for _, m := range s.Members {
		by := p.wrote[m.Seq]
		if f, ok := family[by]; ok && f != m.Family {
			t.Errorf("of %d: article %d by %s is of family %d, others by it of %d", len(s.Members), m.Seq, by, m.Family, f)
		}
		if w, ok := writer[m.Family]; ok && w != by {
			t.Errorf("of %d: article %d by %s is in a family with one by %s", len(s.Members), m.Seq, by, w)
		}
		family[by], writer[m.Family] = m.Family, by
	}
}

// TestFamiliesOfLargeStory grows stories to 200 articles, half of them copies of
// five agencies and some of a report that stood alone until then: more than are read.
func TestFamiliesOfLargeStory(t *testing.T) {
	for _, batch := range []int{1, 7, 40, 200} {
		t.Run(fmt.Sprint(batch), func(t *testing.T) {
			p, s, r := newPress(), &story.Story{}, brief.NewReader(1<<20)
			agency := make([]string, 5)
			for i := range agency {
				agency[i] = p.text(12)
			}
			for i := range 200 {
				by, text := "", ""
				switch {
				case i%2 == 0:
					by = fmt.Sprint("agency ", i/2%5)
					text = agency[i/2%5]
					if i%3 == 0 { // cut
						text = text[:strings.LastIndex(text[:len(text)*3/4], "\n\n")]
					}
				case i%20 == 9 && i > 20: // of the one twenty before
					seq := uint64(i + 1 - 20)
					by, text = p.wrote[seq], "Port Arlen.\n\n"+p.articles[seq].Text
				default:
					text = p.text(10)
				}
				p.publish(s, by, text)
				if len(s.Members)%batch == 0 {
					if err := r.Make(s, p.load, nil); err != nil {
						t.Fatal(err)
					}
					p.checkFamilies(t, s)
				}
			}
			for _, m := range s.Members {
				if len(m.Print) > 64 {
					t.Fatalf("a fingerprint of %d bytes", len(m.Print))
				}
			}
		})
	}
}

// rewritten returns text with every sixth word another one, and without some sentences.
func (p *press) rewritten(text string) string {
	var out []string
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i%5 == 4 {
			continue
		}
		words := strings.Split(paragraph, " ")
		for j := i % 6; j < len(words)-1; j += 6 {
			words[j] = pressWord(uint64(4000 + p.random.IntN(4000)))
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, "\n\n")
}

// TestRewritesInLargeStory lets small families of a large story be rewritten, which
// are more than are read each time.
func TestRewritesInLargeStory(t *testing.T) {
	p, s, r := newPress(), &story.Story{}, brief.NewReader(1<<20)
	add := func(by, text string) int {
		p.publish(s, by, text)
		if err := r.Make(s, p.load, nil); err != nil {
			t.Fatal(err)
		}
		return s.Members[len(s.Members)-1].Family
	}
	for range 60 {
		add("", p.text(20))
	}
	found := 0
	for i := range 30 {
		seq := uint64(2*i + 1)
		if add(p.wrote[seq], p.rewritten(p.articles[seq].Text)) == s.Members[seq-1].Family {
			found++
		}
		add("", p.text(20))
	}
	if found < 24 {
		t.Errorf("%d of 30 rewrites are of the family of what they rewrite", found)
	}
	family := map[int]string{}
	for _, m := range s.Members {
		if by := family[m.Family]; by != "" && by != p.wrote[m.Seq] {
			t.Errorf("article %d by %s is of the family of one by %s", m.Seq, p.wrote[m.Seq], by)
		}
		family[m.Family] = p.wrote[m.Seq]
	}
}

// TestReader checks that what a Reader remembers saves loads and changes nothing.
func TestReader(t *testing.T) {
	p := newPress()
	fresh, kept := &story.Story{}, &story.Story{}
	for i := range 60 {
		by, text := "", p.text(8)
		if i%4 == 3 {
			by, text = p.wrote[uint64(i)], p.articles[uint64(i)].Text
		}
		p.publish(fresh, by, text)
	}
	all := fresh.Members
	large, small, none := brief.NewReader(1<<20), brief.NewReader(60_000), new(brief.Reader)
	loads := 0
	load := func(seq uint64) (*story.Article, error) { loads++; return p.load(seq) }
	for n := 1; n <= len(all); n++ {
		fresh.Members = append(fresh.Members[:n-1:n-1], all[n-1])
		kept.Members = append(kept.Members[:n-1:n-1], all[n-1])
		if n == 30 || n == 50 { // an edit
			p.articles[uint64(n-3)].Text = p.text(5)
			large.Forget(uint64(n - 3))
			small.Forget(uint64(n - 3))
		}
		for _, r := range []*brief.Reader{none, small, large} {
			st := &story.Story{Members: append([]story.Member(nil), kept.Members...)}
			loads = 0
			if err := r.Make(st, load, nil); err != nil {
				t.Fatal(err)
			}
			if r == large && n <= 18 && loads != 1 {
				t.Fatalf("with %d members, one of them new: %d loads", n, loads)
			}
			if r == none {
				fresh = st
			} else if diff := cmp.Diff(fresh, st); diff != "" {
				t.Fatalf("with %d members, a Reader that remembers makes something else (-want +got):\n%s", n, diff)
			}
		}
		kept.Members = append([]story.Member(nil), fresh.Members...)
	}
	large.Reset()
	loads = 0
	if err := large.Make(kept, load, nil); err != nil || loads != 18 {
		t.Errorf("after Reset: %d loads, %v", loads, err)
	}
}

// BenchmarkGrowing is a story that grows by one article at a time, as the daemon tells it.
func BenchmarkGrowing(b *testing.B) {
	for _, n := range []int{1, 8, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p, s, r := newPress(), &story.Story{}, brief.NewReader(16<<20)
			for range n {
				p.publish(s, "", p.text(20))
			}
			for i := range s.Members {
				if err := r.Make(&story.Story{Members: s.Members[:i+1]}, p.load, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				r.Forget(uint64(n))
				s.Members[n-1].Print = nil
				if err := r.Make(s, p.load, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestMakeCompares holds how many sentences are compared with all others.
func TestMakeCompares(t *testing.T) {
	p, s, r := newPress(), &story.Story{}, brief.NewReader(16<<20)
	for range 18 {
		p.publish(s, "", p.text(20))
	}
	if err := r.Make(s, p.load, nil); err != nil {
		t.Fatal(err)
	}
	if n := r.Compared(); n == 0 || n > 60 {
		t.Errorf("of 18 articles with 20 sentences, %d are compared with all", n)
	}
}

// TestMakeAllocations holds what a story that grows costs, in allocations.
func TestMakeAllocations(t *testing.T) {
	p, s, r := newPress(), &story.Story{}, brief.NewReader(16<<20)
	for range 60 {
		p.publish(s, "", p.text(20))
	}
	each := func() {
		if err := r.Make(s, p.load, nil); err != nil {
			t.Fatal(err)
		}
	}
	each()
	if n := testing.AllocsPerRun(5, each); n > 200 {
		t.Errorf("a brief of what is remembered takes %.0f allocations", n)
	}
	if n := testing.AllocsPerRun(5, func() { r.Forget(60); each() }); n > 300 {
		t.Errorf("a brief with one article that is not remembered takes %.0f allocations", n)
	}
}
