package story

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// keeps returns what a Grouper does against the constraints in force, or nil.
func (g *Grouper) keeps() error {
	at := map[Key]*item{}
	for _, it := range g.items {
		at[Key(g.keys.values(it.key))] = it
	}
	for _, c := range g.bind.list {
		a, b := at[c.A], at[c.B]
		switch {
		case c.Kind == Out && a != nil && len(a.group.members) > 1:
			return fmt.Errorf("correction %d: %s is not alone", c.Number, c)
		case a == nil || b == nil:
		case c.Kind == Same && a.group != b.group, c.Kind == Apart && a.group == b.group:
			return fmt.Errorf("correction %d: %s does not hold", c.Number, c)
		}
	}
	return nil
}

// ends checks that every alias leads to a story with articles, and each article is in one.
func (l *ledger) ends() error {
	for from := range l.alias {
		seen, at := map[ID]bool{}, from
		for next, ok := l.alias[at]; ok; next, ok = l.alias[at] {
			if seen[at] {
				return fmt.Errorf("alias %s goes in a circle", from)
			}
			seen[at], at = true, next
		}
		if len(l.members[at]) == 0 || len(l.members[from]) > 0 {
			return fmt.Errorf("alias %s ends at %s with %d articles", from, at, len(l.members[at]))
		}
	}
	held := 0
	for id, members := range l.members {
		held += len(members)
		if _, ok := l.alias[id]; len(members) == 0 && !ok {
			return fmt.Errorf("story %s lost its articles and is no alias", id)
		}
	}
	if held != len(l.articles) {
		return fmt.Errorf("%d articles are in stories, of %d", held, len(l.articles))
	}
	return nil
}

// TestProperties plays random streams of articles, edits, corrections, passes,
// expiry, other settings and restarts, and checks what must hold after each of them.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		events := rapid.IntRange(1, 16).Draw(t, "events")
		gap := time.Duration(rapid.IntRange(0, 240).Draw(t, "minutes")) * time.Minute
		steps := stream(seed, rapid.IntRange(20, 110).Draw(t, "steps"), events, gap)
		rnd := newNewsroom(seed + 1).rnd
		set := Settings{Window: 2 * 24 * time.Hour}
		live, l := NewGrouper(Options{Window: set.Window}), newLedger()
		var twin *Grouper
		made, number, checks := map[uint64]bool{}, uint64(0), 0
		check := func(what string, want, got []Decision) {
			if twin != nil && fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
				t.Fatalf("%s: the restored Grouper decides\n%+v, want\n%+v", what, got, want)
			}
			l.apply(want)
			err := errors.Join(l.err, live.keeps())
			if checks++; err == nil && checks%8 == 0 {
				err = errors.Join(audit(live, l), l.ends())
			}
			if err != nil {
				t.Fatalf("after %s: %v", what, err)
			}
		}
		each := func(what string, do func(g *Grouper) []Decision) {
			ds, again := do(live), []Decision(nil)
			if twin != nil {
				again = do(twin)
			}
			check(what, ds, again)
		}
		for _, a := range steps {
			switch {
			case a == nil:
				each("a pass", (*Grouper).Pass)
			case l.articles[a.Seq] != nil:
				l.articles[a.Seq] = a
				each("an edit", func(g *Grouper) []Decision { return g.Edit(a) })
			default:
				l.articles[a.Seq] = a
				each("an article", func(g *Grouper) []Decision { return g.Add(a) })
			}
			if len(l.articles) == 0 {
				continue
			}
			switch rnd.IntN(6) {
			case 0:
				number++
				c := Constraint{Number: number, Kind: ConstraintKind(1 + rnd.IntN(5)*2/4), A: l.anyKey(rnd.IntN), B: l.anyKey(rnd.IntN)}
				var refused error
				each("correction "+c.String(), func(g *Grouper) []Decision {
					ds, err := g.Constrain(c)
					if err != nil && ds != nil {
						t.Fatalf("Constrain(%s) = %v with error %v", c, ds, err)
					}
					refused = err
					return ds
				})
				if refused == nil {
					made[number] = true
				}
			case 1:
				if rnd.IntN(3) > 0 || len(made) == 0 {
					break
				}
				n := slices.Sorted(maps.Keys(made))[rnd.IntN(len(made))]
				delete(made, n)
				each(fmt.Sprint("undoing ", n), func(g *Grouper) []Decision {
					ds, err := g.Unconstrain(n)
					if err != nil {
						t.Fatal(err)
					}
					return ds
				})
			case 2:
				if rnd.IntN(4) > 0 {
					break
				}
				s := Settings{Window: time.Duration(1+rnd.IntN(3)) * 24 * time.Hour, Strictness: float64(rnd.IntN(3) - 1)}
				each(fmt.Sprintf("regrouping by %+v", s), func(g *Grouper) []Decision {
					ds, err := g.Regroup(s, func(seq uint64) (*Article, error) { return l.articles[seq], nil })
					if err != nil {
						t.Fatal(err)
					}
					set = s
					return ds
				})
			case 3:
				if rnd.IntN(4) > 0 {
					break
				}
				o := Options{Window: set.Window, Strictness: set.Strictness, Constraints: live.Constraints()}
				restored, err := Restore(o, live.State(), l.restorable())
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(audit(restored, l), restored.keeps()); err != nil {
					t.Fatalf("restored: %v", err)
				}
				twin = restored
			}
		}
		if err := errors.Join(audit(live, l), l.ends()); err != nil {
			t.Fatal(err)
		}
		if twin != nil && !bytes.Equal(live.State(), twin.State()) {
			t.Fatal("states differ in the end")
		}
	})
}

// anyKey returns the key of one of the articles.
func (l *ledger) anyKey(intn func(int) int) Key {
	n := len(l.articles)
	return l.articles[uint64(n-intn(min(n, 40)))].Key()
}

// told groups the labelled set and returns keys of its articles by label.
func told(t *testing.T) (*Grouper, *ledger, map[string][]Key) {
	lines := readLabelled(t)
	g, l := groupAll(t, Options{Window: 400 * time.Hour}, lines)
	keys := map[string][]Key{}
	for i, line := range lines {
		keys[line.Story] = append(keys[line.Story], l.articles[uint64(i+1)].Key())
	}
	return g, l, keys
}

func (l *ledger) storyOf(k Key) ID {
	for seq, a := range l.articles {
		if a.Key() == k {
			return l.story[seq]
		}
	}
	return ""
}

func TestCorrections(t *testing.T) {
	g, l, keys := told(t)
	a, b, c := keys["bank"][0], keys["ferry-vellan"][0], keys["ferry-vellan"][1]
	n := uint64(0)
	constrain := func(kind ConstraintKind, a, b Key) error {
		t.Helper()
		n++
		ds, err := g.Constrain(Constraint{Number: n, Kind: kind, A: a, B: b})
		l.apply(ds)
		for _, d := range ds {
			if d.Reason.Rule != RuleCorrected {
				t.Errorf("%s: rule %q", d.Kind, d.Reason.Rule)
			}
		}
		for range 3 { // no later look undoes it
			g.since = 1
			l.apply(g.Pass())
		}
		if err := errors.Join(audit(g, l), g.keeps()); err != nil {
			t.Fatal(err)
		}
		return err
	}
	rest := len(l.members[l.storyOf(b)]) + len(l.members[l.storyOf(a)])
	if err := constrain(Same, a, b); err != nil {
		t.Fatal(err)
	}
	if got := len(l.members[l.storyOf(a)]); got != rest {
		t.Errorf("the story of both has %d articles, want all %d of the two", got, rest)
	}
	if err := constrain(Same, b, a); err == nil || !strings.Contains(err.Error(), "correction 1 says so already") {
		t.Errorf("the same correction again: %v", err)
	}
	if err := constrain(Same, b, c); err != nil {
		t.Fatal(err)
	}
	err := constrain(Apart, c, a)
	var contradiction *ContradictionError
	if !errors.As(err, &contradiction) || len(contradiction.Chain) != 2 || contradiction.Chain[0].Number != 3 || contradiction.Chain[1].Number != 1 {
		t.Errorf("apart within a chain: %v", err)
	}
	if err := constrain(Out, b, ""); !errors.As(err, &contradiction) {
		t.Errorf("out of an article that is bound: %v", err)
	}
	ds, err := g.Unconstrain(1)
	if err != nil {
		t.Fatal(err)
	}
	l.apply(ds)
	l.apply(g.Pass())
	if l.storyOf(a) == l.storyOf(b) {
		t.Error("what the reader joined stays one story after the undo")
	}
	if err := constrain(Apart, b, a); err != nil {
		t.Fatal(err)
	}
	if err := constrain(Same, c, a); !errors.As(err, &contradiction) || len(contradiction.Chain) != 2 {
		t.Errorf("same across a pair that is apart: %v", err)
	}
	if _, err := g.Unconstrain(1); !errors.Is(err, ErrNotFound) {
		t.Errorf("undoing twice: %v", err)
	}
	if _, err := g.Constrain(Constraint{Number: 99, Kind: Out, A: "nobody\x00nothing"}); !errors.Is(err, ErrClosed) {
		t.Errorf("correcting an unknown article: %v", err)
	}
}

// TestApart checks that a story is parted where its articles part, and that one
// who does not belong goes alone.
func TestApart(t *testing.T) {
	g, l, keys := told(t)
	ferry, bank := keys["ferry-vellan"], keys["bank"]
	apply := func(ds []Decision, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		l.apply(ds)
	}
	size := len(l.members[l.storyOf(ferry[0])])
	apply(g.Constrain(Constraint{Number: 1, Kind: Apart, A: ferry[0], B: ferry[1]}))
	if x, y := len(l.members[l.storyOf(ferry[0])]), len(l.members[l.storyOf(ferry[1])]); x+y != size || min(x, y) > 2 {
		t.Errorf("parting two reports of one event leaves %d and %d of %d articles", x, y, size)
	}
	apply(g.Unconstrain(1))
	apply(g.Pass(), nil)
	if l.storyOf(ferry[0]) != l.storyOf(ferry[1]) {
		t.Error("two reports of one event do not come together again")
	}
	apply(g.Constrain(Constraint{Number: 2, Kind: Same, A: ferry[0], B: bank[0]}))
	apply(g.Unconstrain(2))
	if l.storyOf(ferry[0]) == l.storyOf(bank[0]) {
		apply(g.Constrain(Constraint{Number: 3, Kind: Apart, A: ferry[0], B: bank[0]}))
	}
	for _, k := range ferry {
		if l.storyOf(k) != l.storyOf(ferry[0]) {
			t.Errorf("a ferry went with the bank")
		}
	}
	apply(g.Constrain(Constraint{Number: 4, Kind: Out, A: ferry[1]}))
	a := *l.articles[1]
	for seq, x := range l.articles {
		if x.Key() == ferry[1] {
			a = *l.articles[seq]
		}
	}
	a.Seq, a.Identity, a.FirstSeen = uint64(len(l.articles)+1), "a copy", a.FirstSeen.Add(time.Hour)
	l.articles[a.Seq] = &a
	apply(g.Add(&a), nil)
	if err := errors.Join(audit(g, l), g.keeps()); err != nil {
		t.Error(err)
	}
	if l.story[a.Seq] == l.storyOf(ferry[1]) {
		t.Error("a copy joined the article that was left out")
	}
}
