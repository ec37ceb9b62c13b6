package story

import (
	"bytes"
	"errors"
	"testing"
)

func TestCompare(t *testing.T) {
	g, l, keys := told(t)
	ferry, bank := keys["ferry-vellan"], keys["bank"]
	state := g.State()
	same, err := g.Compare(ferry[0], ferry[1])
	if err != nil {
		t.Fatal(err)
	}
	if !same.SameStory || !same.Fits[0].Enough() || len(same.Pair.Terms) == 0 || same.Fits[0].Strictness <= 0 {
		t.Errorf("two reports of one event: %+v", same)
	}
	other, err := g.Compare(ferry[0], bank[0])
	if err != nil {
		t.Fatal(err)
	}
	if f := other.Fits[1]; other.SameStory || f.Enough() || !f.Near || f.Strictness >= 0 || f.Articles != len(l.members[l.storyOf(ferry[0])]) {
		t.Errorf("reports of two events: %+v", other)
	}
	if other.Likes.Enough() || other.Likes.Limit <= 0 {
		t.Errorf("the stories of two events: %+v", other.Likes)
	}
	if _, err := g.Compare(ferry[0], "nobody"); !errors.Is(err, ErrClosed) {
		t.Errorf("an unknown article: %v", err)
	}
	if err := audit(g, l); err != nil || !bytes.Equal(g.State(), state) {
		t.Errorf("a comparison changed something: %v", err)
	}
	for n, c := range []Constraint{{Kind: Same, A: ferry[0], B: ferry[1]}, {Kind: Apart, A: ferry[1], B: bank[0]}} {
		c.Number = uint64(n + 1)
		ds, err := g.Constrain(c)
		if err != nil {
			t.Fatal(err)
		}
		l.apply(ds)
	}
	for _, c := range []struct {
		a, b Key
		want int
	}{{ferry[0], ferry[1], 1}, {ferry[1], bank[0], 1}, {bank[0], ferry[0], 2}, {ferry[0], bank[1], 0}} {
		if x, err := g.Compare(c.a, c.b); err != nil || len(x.Corrections) != c.want {
			t.Errorf("corrections between %s and %s: %v, %v, want %d", c.a.ID(), c.b.ID(), x.Corrections, err, c.want)
		}
	}
}
