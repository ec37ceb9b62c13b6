package brief

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"storyfold/story"
)

// TestCache checks that a cache stays within its bytes and gives what was put last.
func TestCache(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	c := cache{limit: 40_000}
	put := map[uint64]*prepared{}
	for range 2000 {
		seq := uint64(random.IntN(60))
		switch random.IntN(4) {
		case 0:
			c.forget(seq)
			delete(put, seq)
		default:
			p := &prepared{seq: seq, title: strings.Repeat("x", random.IntN(3000))}
			c.put(p)
			put[seq] = p
		}
		used := 0
		for i, k := range c.kept {
			used += k.prepared.size()
			if c.at[k.seq] != i || put[k.seq] != k.prepared {
				t.Fatalf("entry %d is out of place or out of date", i)
			}
		}
		if used != c.used || used > c.limit || len(c.at) != len(c.kept) {
			t.Fatalf("%d bytes are kept, %d are noted, %d are allowed", used, c.used, c.limit)
		}
	}
	if len(c.kept) < 10 {
		t.Errorf("only %d are kept", len(c.kept))
	}
	if c.reset(); c.get(1) != nil || c.used != 0 || c.limit != 40_000 {
		t.Error("reset keeps something")
	}
}

// TestUsedAgain checks that an article is read the same in the memory of others.
func TestUsedAgain(t *testing.T) {
	long := longArticle(t)
	short := *long
	short.Seq, short.Title, short.Text, short.Credits = 2, "Ferry towed in", "The ferry Kestrel was towed into Port Arlen at noon on Wednesday.", []string{"Orla Finch"}
	var fresh, p preparer
	for range 3 {
		for _, a := range []*story.Article{long, &short} {
			got := p.prepare(a)
			if diff := cmp.Diff(fresh.prepare(a), got, cmp.AllowUnexported(prepared{}, usage{}, sentence{}), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("article %d is read in another way (-want +got):\n%s", a.Seq, diff)
			}
			p.release(got)
		}
	}
	for range 2 * maxSpare {
		p.release(new(prepared))
	}
	p.release(&prepared{said: make([]byte, maxSpareBytes)})
	if len(p.spare) != maxSpare {
		t.Errorf("%d articles are kept for their memory, want %d", len(p.spare), maxSpare)
	}
}
