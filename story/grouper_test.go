package story

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var morning = time.Date(2026, 5, 4, 6, 0, 0, 0, time.UTC)

// labelled is a line of testdata/news.jsonl.
type labelled struct{ ID, Story, Source, Title, Text, Lang string }

func readLabelled(t testing.TB) []labelled {
	f, err := os.Open("testdata/news.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []labelled
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var l labelled
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// groupAll feeds lines to a new Grouper, an hour apart, and returns what came of it.
func groupAll(t testing.TB, o Options, lines []labelled) (*Grouper, *ledger) {
	t.Helper()
	g, l := NewGrouper(o), newLedger()
	for i, line := range lines {
		at := morning.Add(time.Duration(i) * time.Hour)
		a := &Article{
			Seq: uint64(i + 1), Source: line.Source, Identity: line.ID, Title: line.Title, Text: line.Text, Lang: line.Lang,
			Published: at, FirstSeen: at,
		}
		l.articles[a.Seq] = a
		l.apply(g.Add(a))
	}
	l.apply(g.Pass())
	if err := audit(g, l); err != nil {
		t.Fatal(err)
	}
	return g, l
}

// bcubed returns the B-cubed F1 of a grouping (Bagga and Baldwin, 1998).
func bcubed(lines []labelled, l *ledger) float64 {
	type cell struct {
		story string
		id    ID
	}
	gold, got, both := map[string]float64{}, map[ID]float64{}, map[cell]float64{}
	for i, line := range lines {
		id := l.story[uint64(i+1)]
		gold[line.Story]++
		got[id]++
		both[cell{line.Story, id}]++
	}
	precision, recall := 0.0, 0.0
	for c, n := range both {
		precision += n * n / got[c.id]
		recall += n * n / gold[c.story]
	}
	return 2 * precision * recall / (precision + recall) / float64(len(lines))
}

func TestGroupingFloor(t *testing.T) {
	lines := readLabelled(t)
	titles := slices.Clone(lines)
	for i := range titles {
		titles[i].Text = ""
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	full, bare := 0.0, 0.0
	const orders = 6
	for range orders {
		_, l := groupAll(t, Options{}, lines)
		full += bcubed(lines, l) / orders
		_, l = groupAll(t, Options{}, titles)
		bare += bcubed(titles, l) / orders
		rnd.Shuffle(len(lines), func(i, j int) {
			lines[i], lines[j] = lines[j], lines[i]
			titles[i], titles[j] = titles[j], titles[i]
		})
	}
	t.Logf("B-cubed F1: full text %.3f, titles %.3f", full, bare)
	if full < 0.96 {
		t.Errorf("B-cubed F1 of full texts = %.3f, want at least 0.96", full)
	}
	if bare < 0.70 {
		t.Errorf("B-cubed F1 of titles = %.3f, want at least 0.70", bare)
	}
}

// TestGroupingRules checks what must never happen, over the labelled set in several orders.
func TestGroupingRules(t *testing.T) {
	lines := readLabelled(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 5 {
		_, l := groupAll(t, Options{}, lines)
		at := map[string]ID{} // a story of the first line with this label
		for i, line := range lines {
			id := l.story[uint64(i+1)]
			if other, ok := at["ferry-vellan"]; ok && line.Story == "ferry-keld" && id == other {
				t.Errorf("two ferries at two places are one story: %s", line.Title)
			}
			at[line.Story] = id
			if line.Title == "In brief" && len(l.members[id]) > 1 {
				t.Errorf("%q is not alone", line.Title)
			}
		}
		for id, members := range l.members {
			langs := map[string]bool{}
			for seq := range members {
				langs[l.articles[seq].Lang] = true
			}
			if len(langs) > 1 {
				t.Errorf("story %s is in %d languages", id, len(langs))
			}
		}
		rnd.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	}
}

// TestDeterminism checks that equal articles give equal decisions.
func TestDeterminism(t *testing.T) {
	run := func() ([]string, []byte) {
		g, l := NewGrouper(Options{}), newLedger()
		r := newNewsroom(5)
		for _, a := range stream(5, 300, 12, time.Hour) {
			r.step(g, l, a)
		}
		return l.log, g.State()
	}
	log1, state1 := run()
	log2, state2 := run()
	if !slices.Equal(log1, log2) || string(state1) != string(state2) {
		t.Error("two runs over the same articles differ")
	}
}

func TestReasons(t *testing.T) {
	_, l := groupAll(t, Options{}, readLabelled(t))
	if !strings.Contains(l.log[0], "Rule:first") {
		t.Errorf("first decision = %s, want rule first", l.log[0])
	}
	g, l2 := NewGrouper(Options{}), newLedger()
	joins := 0
	for i, line := range readLabelled(t) {
		ds := g.Add(&Article{Seq: uint64(i + 1), Source: line.Source, Identity: line.ID, Title: line.Title, Text: line.Text, Lang: line.Lang, FirstSeen: morning})
		l2.apply(ds)
		for _, d := range ds {
			if d.Kind != Join {
				continue
			}
			joins++
			if d.Reason.Rule != "join" || d.Reason.Score < d.Reason.Threshold || len(d.Reason.Terms) == 0 || len(d.Reason.Terms) > maxTerms {
				t.Errorf("join of %q: reason %+v", line.Title, d.Reason)
			}
			sum := 0.0
			for _, term := range d.Reason.Terms {
				sum += term.Weight
			}
			if sum <= 0 || sum > 1.0001 {
				t.Errorf("join of %q: terms sum up to %v", line.Title, sum)
			}
		}
	}
	if joins < 10 {
		t.Errorf("%d joins, want at least 10", joins)
	}
}

func TestWindow(t *testing.T) {
	text := "The car ferry Marisol ran aground on the Tansy Shoal outside Port Vellan with 212 passengers aboard."
	o := Options{Window: 48 * time.Hour}
	add := func(g *Grouper, l *ledger, seq int, published, seen time.Duration) {
		a := &Article{
			Seq: uint64(seq), Source: "Coast Wire", Identity: fmt.Sprint(seq), Title: "Ferry Marisol aground", Text: text, Lang: "en",
			Published: morning.Add(published), FirstSeen: morning.Add(seen),
		}
		l.articles[a.Seq] = a
		l.apply(g.Add(a))
	}
	for _, c := range []struct {
		name string
		age  time.Duration // between the published dates
		want bool
	}{
		{"same hour", 0, true},
		{"older, within the window", -47 * time.Hour, true},
		{"older, beyond the window", -49 * time.Hour, false},
	} {
		g, l := NewGrouper(o), newLedger()
		add(g, l, 1, 0, 0)
		add(g, l, 2, c.age, time.Hour)
		if got := l.story[1] == l.story[2]; got != c.want {
			t.Errorf("%s: one story = %v, want %v", c.name, got, c.want)
		}
	}

	g, l := NewGrouper(o), newLedger()
	add(g, l, 1, 0, 0)
	add(g, l, 2, 0, 47*time.Hour) // a late arrival keeps the story in memory
	add(g, l, 3, 90*time.Hour, 94*time.Hour)
	if l.closed[l.story[1]] {
		t.Error("the story closed while an arrival was within the window")
	}
	add(g, l, 4, 96*time.Hour, 96*time.Hour)
	if !l.closed[l.story[1]] || !l.shown[l.story[1]] {
		t.Error("the story is still open after the window")
	}
	if l.story[4] == l.story[1] || l.story[3] == l.story[1] {
		t.Error("an article joined a story whose articles are too old")
	}
	if err := audit(g, l); err != nil {
		t.Error(err)
	}
	if n := g.Stats().Articles; n != 2 {
		t.Errorf("%d articles in memory, want 2", n)
	}
}

// TestNoTimes checks that articles without any time are grouped all the same.
func TestNoTimes(t *testing.T) {
	g, l := NewGrouper(Options{}), newLedger()
	for seq := range uint64(3) {
		a := &Article{Seq: seq + 1, Source: "x", Identity: fmt.Sprint(seq), Title: "Ferry Marisol aground off Vellan", Lang: "en"}
		l.articles[a.Seq] = a
		l.apply(g.Add(a))
	}
	if l.story[1] != l.story[3] || len(l.closed) > 0 {
		t.Errorf("stories %v, closed %v, want one open story", l.story, l.closed)
	}
}

// TestForget checks that closed stories leave nothing behind.
func TestForget(t *testing.T) {
	g, l := NewGrouper(Options{Window: 24 * time.Hour}), newLedger()
	r := newNewsroom(9)
	for range 300 {
		r.step(g, l, r.article(12, time.Hour))
	}
	r.clock = r.clock.Add(1000 * time.Hour)
	r.step(g, l, r.article(12, 0))
	if err := audit(g, l); err != nil {
		t.Fatal(err)
	}
	s := g.Stats()
	if s.Articles != 1 || s.Stories != 1 || g.sums.held > 8*s.Stems || s.Stems > 60 || len(g.strayed) > 1 {
		t.Errorf("after all stories closed: %+v, %d stray", s, len(g.strayed))
	}
}

func TestEdit(t *testing.T) {
	g, l := groupAll(t, Options{}, readLabelled(t))
	if ds := g.Edit(&Article{Seq: 999}); ds != nil {
		t.Errorf("Edit of an unknown article = %v, want nil", ds)
	}
	var ferry, bank uint64
	for i, line := range readLabelled(t) {
		if line.Story == "ferry-vellan" {
			ferry = uint64(i + 1)
		}
		if line.Story == "bank" && bank == 0 {
			bank = uint64(i + 1)
		}
	}
	edited := *l.articles[ferry]
	edited.Title, edited.Text = l.articles[bank].Title, l.articles[bank].Text
	before := l.story[ferry]
	l.articles[ferry] = &edited
	l.apply(g.Edit(&edited))
	if l.story[ferry] != before {
		t.Error("an edit moved the article at once")
	}
	l.apply(g.Pass())
	if l.story[ferry] != l.story[bank] {
		t.Error("an article that was edited into another story's words stayed")
	}
	if err := audit(g, l); err != nil {
		t.Error(err)
	}
	if ds := g.Pass(); ds != nil {
		t.Errorf("a second pass with nothing to do = %v, want nil", ds)
	}
}

// TestIDs checks that an id that was used before is not used again.
func TestIDs(t *testing.T) {
	a := &Article{Seq: 1, Source: "Coast Wire", Identity: "1", Title: "Ferry Marisol aground off Vellan", FirstSeen: morning}
	first := ID(hashID(string(a.Key()), 0))
	ds := NewGrouper(Options{}).Add(a)
	if ds[0].Story != first {
		t.Errorf("story = %s, want %s", ds[0].Story, first)
	}
	ds = NewGrouper(Options{Used: func(id ID) bool { return id == first }}).Add(a)
	if want := ID(hashID(string(a.Key()), 1)); ds[0].Story != want {
		t.Errorf("story = %s, want %s", ds[0].Story, want)
	}
}

func TestStrictness(t *testing.T) {
	lines := readLabelled(t)
	loose, _ := groupAll(t, Options{Strictness: -1}, lines)
	strict, _ := groupAll(t, Options{Strictness: 1}, lines)
	if l, s := loose.Stats().Stories, strict.Stats().Stories; l >= s {
		t.Errorf("%d stories at strictness -1, %d at 1: want fewer", l, s)
	}
}

// FuzzGroup feeds articles that are cut from arbitrary bytes, and checks what
// must hold of any grouping.
func FuzzGroup(f *testing.F) {
	f.Add("Ferry aground\nThe ferry ran aground.\x00Ferry freed\nTugs freed the ferry.\x00\x01\x00", int64(3600))
	f.Add("Бриг\nна мели\x00In brief\x00\xff\xfe\x00東京タワー\n東京タワー", int64(-90000))
	f.Fuzz(func(t *testing.T, s string, gap int64) {
		g, l := NewGrouper(Options{Window: 36 * time.Hour}), newLedger()
		now := morning
		for i, part := range strings.SplitN(s, "\x00", 120) {
			if part == "\x01" {
				l.apply(g.Pass())
				continue
			}
			title, text, _ := strings.Cut(part, "\n")
			now = now.Add(time.Duration(gap%100_000*int64(len(part)%5)) * time.Second)
			a := &Article{Seq: uint64(i + 1), Source: "x", Identity: fmt.Sprint(i), Title: title, Text: text, FirstSeen: now}
			l.articles[a.Seq] = a
			l.apply(g.Add(a))
			if i%7 == 3 && i > 3 && g.items[uint64(i-2)] != nil {
				a := *l.articles[uint64(i-2)]
				a.Text += text
				l.articles[a.Seq] = &a
				l.apply(g.Edit(&a))
			}
		}
		if err := audit(g, l); err != nil {
			t.Fatal(err)
		}
		restored, err := Restore(Options{Window: 36 * time.Hour}, g.State(), l.restorable())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(restored.Pass()), fmt.Sprint(g.Pass()); got != want {
			t.Fatalf("restored pass = %s, want %s", got, want)
		}
	})
}

// FuzzState checks that a damaged state is an error or harmless, and never more.
func FuzzState(f *testing.F) {
	g, l := NewGrouper(Options{}), newLedger()
	r := newNewsroom(2)
	for range 12 {
		r.step(g, l, r.article(5, time.Hour))
	}
	f.Add(g.State())
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, state []byte) {
		restored, err := Restore(Options{}, state, l.restorable())
		if err == nil {
			restored.Pass()
		}
	})
}
