package brief

import (
	"math/rand/v2"
	"strings"
	"testing"
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
