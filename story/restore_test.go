package story

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// newsroom invents articles: events have words of their own, kinds of events
// share words, and every language has its own letters in them.
type newsroom struct {
	rnd   *rand.Rand
	clock time.Time
	seq   uint64
}

func newNewsroom(seed uint64) *newsroom {
	return &newsroom{rnd: rand.New(rand.NewPCG(seed, 7)), clock: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
}

// wordOf returns the nth word of a field: two syllables of the field, and the number in letters.
func wordOf(field string, n int) string {
	return fmt.Sprintf("%s%c%c%c", field, 'a'+n%26, 'a'+n/26%26, 'a'+n*7%26)
}

// article invents an article about an event out of so many.
func (r *newsroom) article(events int, gap time.Duration) *Article {
	r.seq++
	r.clock = r.clock.Add(time.Duration(r.rnd.Int64N(int64(gap) + 1)))
	event := r.rnd.IntN(events)
	kind, lang := event%4, []string{"en", "en", "ru", ""}[event%4]
	var words []string
	say := func(field string, of, n int) {
		for range n {
			words = append(words, wordOf(field, r.rnd.IntN(of)))
		}
	}
	say(fmt.Sprintf("ev%c", 'a'+event), 12, 4)
	say(fmt.Sprintf("kin%c", 'a'+kind), 10, 3)
	title := strings.Join(words, " ")
	text := ""
	if r.rnd.IntN(3) > 0 {
		words = nil
		say(fmt.Sprintf("ev%c", 'a'+event), 25, 20)
		say(fmt.Sprintf("kin%c", 'a'+kind), 20, 20)
		say("com", 60, 20)
		text = strings.Join(words, " ")
	}
	a := &Article{
		Seq: r.seq, Source: fmt.Sprint("Outlet ", r.rnd.IntN(5)), Identity: fmt.Sprint(r.seq), Title: title, Text: text,
		Lang: lang, FirstSeen: r.clock, Published: r.clock.Add(-time.Duration(r.rnd.Int64N(int64(24 * time.Hour)))),
	}
	if lang == "ru" {
		a.Lang = "" // its words are in Latin letters
	}
	return a
}

// step feeds g one of: an article, an edit, a pass.
func (r *newsroom) step(g *Grouper, l *ledger, a *Article) {
	if a == nil {
		l.apply(g.Pass())
		return
	}
	if l.articles[a.Seq] != nil {
		l.articles[a.Seq] = a
		l.apply(g.Edit(a))
		return
	}
	l.articles[a.Seq] = a
	l.apply(g.Add(a))
}

// stream invents n steps: articles, and now and then an edit or (nil) a pass.
func stream(seed uint64, n, events int, gap time.Duration) []*Article {
	r := newNewsroom(seed)
	var out, all []*Article
	for range n {
		switch k := r.rnd.IntN(20); {
		case k == 0:
			out = append(out, nil)
		case k == 1 && len(all) > 0:
			old := all[len(all)-1-r.rnd.IntN(min(len(all), 60))]
			edited := r.article(events, 0)
			r.seq--
			edited.Seq, edited.Source, edited.Identity = old.Seq, old.Source, old.Identity
			edited.FirstSeen, edited.Published = old.FirstSeen, old.Published
			out = append(out, edited)
		default:
			a := r.article(events, gap)
			all = append(all, a)
			out = append(out, a)
		}
	}
	return out
}

// TestRestore stops a Grouper anywhere in a stream and checks that the restored
// one takes the decisions of the one that never stopped.
func TestRestore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		events := rapid.IntRange(2, 24).Draw(t, "events")
		gap := time.Duration(rapid.IntRange(0, 300).Draw(t, "minutes")) * time.Minute
		steps := stream(seed, rapid.IntRange(20, 220).Draw(t, "steps"), events, gap)
		stop := rapid.IntRange(0, len(steps)).Draw(t, "stop")
		o := Options{Window: 2 * 24 * time.Hour}
		l := newLedger()
		if rapid.Bool().Draw(t, "used") {
			o.Used = l.used
		}
		live := NewGrouper(o)
		r := newNewsroom(seed)
		for _, a := range steps[:stop] {
			r.step(live, l, a)
		}
		if err := audit(live, l); err != nil {
			t.Fatal(err)
		}
		state := live.State()
		if o.Used != nil {
			before := maps.Clone(l.members) // what is decided after the stop may not be stored yet
			o.Used = func(id ID) bool { return before[id] != nil }
		}
		restored, err := Restore(o, state, l.restorable())
		if err != nil {
			t.Fatal(err)
		}
		if got := restored.State(); !bytes.Equal(got, state) {
			t.Fatalf("Restore(…).State() = %x, want %x", got, state)
		}
		if err := audit(restored, l); err != nil {
			t.Fatalf("restored: %v", err)
		}
		for i, a := range steps[stop:] {
			n := len(l.log)
			r.step(live, l, a)
			want := l.log[n:]
			var ds []Decision
			switch {
			case a == nil:
				ds = restored.Pass()
			case restored.items[a.Seq] != nil:
				ds = restored.Edit(a)
			case a.Seq > restored.seq:
				ds = restored.Add(a)
			}
			var got []string
			for _, d := range ds {
				got = append(got, fmt.Sprintf("%+v", d))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("step %d after the stop:\n got %s\nwant %s", i+1, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
			}
		}
		if err := audit(live, l); err != nil {
			t.Fatal(err)
		}
		if a, b := live.State(), restored.State(); !bytes.Equal(a, b) {
			t.Fatalf("states differ in the end: %x and %x", a, b)
		}
	})
}

func TestRestoreErrors(t *testing.T) {
	g, l := NewGrouper(Options{}), newLedger()
	r := newNewsroom(4)
	for range 30 {
		r.step(g, l, r.article(5, time.Hour))
	}
	twice := func(yield func(Restored, error) bool) {
		for x, err := range l.restorable() {
			for range 2 {
				if !yield(x, err) {
					return
				}
			}
		}
	}
	broken := func(yield func(Restored, error) bool) { yield(Restored{}, errors.New("cannot read")) }
	for _, c := range []struct {
		name  string
		state []byte
		open  iter.Seq2[Restored, error]
		want  string // part of the error; "": none
	}{
		{"whole", g.State(), l.restorable(), ""},
		{"no state", nil, l.restorable(), ""},
		{"a newer state", []byte{stateVersion + 1}, l.restorable(), "state"},
		{"half a state", g.State()[:3], l.restorable(), "state"},
		{"more than a state", append(g.State(), 0), l.restorable(), "state"},
		{"stories twice", g.State(), twice, "twice"},
		{"stories unreadable", g.State(), broken, "cannot read"},
	} {
		restored, err := Restore(Options{}, c.state, c.open)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: Restore = %v", c.name, err)
		case c.want == "":
			if n := restored.Stats().Articles; n != 30 {
				t.Errorf("%s: %d articles, want 30", c.name, n)
			}
		case err == nil || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: Restore = %v, want an error about %q", c.name, err, c.want)
		}
	}
}
