package story

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"storyfold/story/text"
)

// TestSlab changes runs in every way and compares them with slices.
func TestSlab(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := new(slab[uint32])
		var runs []run
		var want [][]uint32
		next, held := uint32(0), 0
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			k := rapid.IntRange(0, 9).Draw(t, "kind")
			i := rapid.IntRange(0, max(0, len(runs)-1)).Draw(t, "run")
			switch {
			case k < 3 || len(runs) == 0:
				n := rapid.IntRange(0, 40).Draw(t, "values")
				if k == 0 && rapid.IntRange(0, 9).Draw(t, "large") == 0 {
					n = rapid.IntRange(chunkSize/2, 2*chunkSize).Draw(t, "many values")
				}
				var r run
				var w []uint32
				for range n {
					next++
					s.push(&r, next)
					w = append(w, next)
				}
				runs, want = append(runs, r), append(want, w)
			case k < 6:
				next++
				s.push(&runs[i], next)
				want[i] = append(want[i], next)
			case k < 9:
				s.drop(&runs[i])
				runs, want = slices.Delete(runs, i, i+1), slices.Delete(want, i, i+1)
			default:
				to := new(slab[uint32])
				for j := range runs {
					to.move(s, &runs[j])
				}
				s = to
			}
		}
		held = 0
		for i, r := range runs {
			if got := s.values(r); !slices.Equal(got, want[i]) {
				t.Fatalf("run %d of %d: %d values %.60v, want %d", i, len(runs), len(got), fmt.Sprint(got), len(want[i]))
			}
			held += int(r.room)
		}
		if s.held != held {
			t.Fatalf("held = %d, want %d", s.held, held)
		}
	})
}

func TestClassOf(t *testing.T) {
	last, lastRoom := 0, uint32(0)
	for n := uint32(1); n < 1<<20; n++ {
		class, room := classOf(n)
		switch {
		case room < n, room > n+n/4+1:
			t.Fatalf("classOf(%d): room %d", n, room)
		case class == last && room != lastRoom, class < last, class > last+1:
			t.Fatalf("classOf(%d) = %d, %d after %d, %d", n, class, room, last, lastRoom)
		}
		if again, same := classOf(room); again != class || same != room {
			t.Fatalf("classOf(%d) = %d, %d; of its room %d, %d", n, class, room, again, same)
		}
		last, lastRoom = class, room
	}
}

// TestLexicon compares the numbers of stems with those that a map gives.
func TestLexicon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLexicon()
		refs, ids := map[string]int32{}, map[string]int32{}
		for range rapid.IntRange(1, 400).Draw(t, "steps") {
			stem := letters(rapid.Uint64Range(0, 600).Draw(t, "stem"))
			if refs[stem] > 0 && rapid.Bool().Draw(t, "drop") {
				l.drop(ids[stem])
				refs[stem]--
				continue
			}
			id, ok := l.number(text.Hash(stem), []byte(stem))
			if !ok || refs[stem] > 0 && id != ids[stem] {
				t.Fatalf("number(%q) = %d, %v, want %d", stem, id, ok, ids[stem])
			}
			l.names[id].refs++
			refs[stem]++
			ids[stem] = id
		}
		open := 0
		for stem, n := range refs {
			if n == 0 {
				continue
			}
			open++
			if got := string(l.text(ids[stem])); got != stem || l.names[ids[stem]].refs != n {
				t.Fatalf("stem %d is %q with %d articles, want %q with %d", ids[stem], got, l.names[ids[stem]].refs, stem, n)
			}
		}
		if l.used != open {
			t.Fatalf("%d stems, want %d", l.used, open)
		}
	})
}

// TestWide checks stories that are too large for narrow columns, and what is held
// after they are gone.
func TestWide(t *testing.T) {
	g, l := NewGrouper(Options{}), newLedger()
	r := newNewsroom(3)
	for range 400 {
		r.step(g, l, r.article(2, 0))
	}
	wide := 0
	for _, s := range g.groups {
		if s != nil && s.wide {
			wide++
		}
	}
	if wide == 0 {
		t.Fatal("no story has wide columns")
	}
	if err := audit(g, l); err != nil {
		t.Fatal(err)
	}
	for _, s := range slices.Clone(g.groups) {
		if s != nil {
			g.drop(s)
		}
	}
	if n := g.records.held + g.sums.held + g.lex.posts.held + g.lex.texts.held + g.lex.used; n != 0 {
		t.Errorf("%d values are held without a story", n)
	}
}

// TestCompact checks that little is held after much was, and that nothing else changes.
func TestCompact(t *testing.T) {
	p := newPress()
	g, l := NewGrouper(Options{}), newLedger()
	add := func(n int) {
		for range n {
			a := p.article(150)
			l.articles[a.Seq] = a
			l.apply(g.Add(a))
		}
	}
	add(4000)
	before := g.records.total
	for _, s := range slices.Clone(g.groups)[:len(g.groups)-50] {
		if s != nil {
			l.apply([]Decision{{Kind: Show, Story: s.id}, {Kind: Close, Story: s.id}})
			g.drop(s)
		}
	}
	l.err = nil // some were shown before
	g.compact()
	if after := g.records.total; after > before/2 {
		t.Errorf("the records take %d values after all but a few are dropped, %d before", after, before)
	}
	add(100)
	if err := audit(g, l); err != nil {
		t.Error(err)
	}
}

func TestItemsKeepNoArticle(t *testing.T) {
	g := NewGrouper(Options{})
	p := newPress()
	for range 60 { // with a pass
		a := p.article(40)
		a.Lang = strings.Clone("en-GB")[:2] // of a text of its own
		g.Add(a)
		if it := g.items[a.Seq]; unsafe.StringData(it.lang) == unsafe.StringData(a.Lang) {
			t.Fatalf("article %d is held by its language", a.Seq)
		}
		if it := g.itemOf(a.Key()); it == nil || it.seq != a.Seq {
			t.Fatalf("article %d is not found by its key", a.Seq)
		}
	}
	if g.counter.reading.of != [2]string{} {
		t.Errorf("the Grouper holds the article read last")
	}
}
