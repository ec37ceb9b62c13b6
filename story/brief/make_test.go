package brief_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"storyfold/story"
	"storyfold/story/brief"
)

// of makes a sample of articles that each have an outlet, a title and a text.
func of(articles ...[3]string) *sample {
	s := &sample{articles: make(map[uint64]*story.Article)}
	for i, a := range articles {
		seq := uint64(i + 1)
		s.names = append(s.names, a[0])
		s.articles[seq] = &story.Article{
			Seq: seq, Source: a[0], Identity: a[0], Outlet: a[0], Title: a[1], Text: a[2], Lang: "en",
			FirstSeen: time.Date(2026, 3, 4, 5, i, 0, 0, time.UTC),
		}
	}
	return s
}

// TestMakeStable checks, for stories that grow in a random order, what Make
// promises whatever the articles say.
func TestMakeStable(t *testing.T) {
	all := samples(t)
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(rt *rapid.T) {
		s := all[rapid.SampledFrom(names).Draw(rt, "story")]
		order := rapid.Permutation(s.all()).Draw(rt, "order")
		before := s.story(order[:rapid.IntRange(1, len(order)).Draw(rt, "before")]...)
		mustMake(t, before, s, nil)
		checkBrief(rt, s, before)
		if _, ok := brief.Material(brief.PastOf(before), before); ok {
			rt.Fatalf("Material finds something in a story that did not change")
		}
		st, again := s.story(order...), s.story(order...)
		for i, m := range before.Members {
			st.Members[i].Family = m.Family // what the caller has from last time
		}
		mustMake(t, st, s, nil)
		mustMake(t, again, s, nil)
		if diff := cmp.Diff(again, st); diff != "" {
			rt.Fatalf("Make is no function of its articles (-fresh +again):\n%s", diff)
		}
		checkBrief(rt, s, st)
		if got, want := sorted(s.grouped(st)), sorted(s.families); !slices.Equal(got, want) {
			rt.Fatalf("families = %q, want %q", got, want)
		}
	})
}

// checkBrief checks the invariants of a story that Make has seen.
func checkBrief(t interface{ Fatalf(string, ...any) }, s *sample, st *story.Story) {
	next := 1
	for _, m := range st.Members {
		if m.Family < 1 || m.Family > next {
			t.Fatalf("family %d, where %d is the next", m.Family, next)
		}
		if m.Family == next {
			next++
		}
	}
	if want := story.Independent(st.Members); st.Reports != want {
		t.Fatalf("Reports = %d, want %d", st.Reports, want)
	}
	b := st.Brief
	if len(b.Summary) > 3 || len(b.Only) > 5 || len(b.New) > 12 {
		t.Fatalf("%d, %d and %d sentences", len(b.Summary), len(b.Only), len(b.New))
	}
	if st.Member(b.Representative) == nil {
		t.Fatalf("representative %d is no member", b.Representative)
	}
	for _, x := range slices.Concat(b.Summary, b.Only, b.New) {
		a := s.articles[x.Article]
		if st.Member(x.Article) == nil || !strings.Contains(a.Text, x.Text) {
			t.Fatalf("%q is not of article %d", x.Text, x.Article)
		}
	}
}

const report = `A fire in the engine room of the ferry Kestrel injured nine people off Port Arlen on Tuesday night, the coast guard said.

Three fishing boats and a pilot cutter reached the ship first and took most of the passengers on board, said Ilse Varga.

The ferry, built in 1994, passed its last safety inspection in March, according to its operator Arlen Line.`

func TestMakeLarge(t *testing.T) {
	const n = 100
	own := []string{
		"Inspector Rurik Sandoval opened an inquiry at the quay into the burning of a ship and sealed the pumps for his laboratory.",
		"Witnesses told this paper that a bell rang twice before anybody on the car deck shouted or looked for the exits.",
		"Tourism will suffer from the closed route, hotel owners in the old town fear, and want help from the government.",
		"Marine biologists found no oil in the bay after the accident but will keep sampling mussels until the summer.",
	}
	var articles [][3]string
	for i := range n {
		text := report
		if i%25 == 7 {
			text = own[i/25]
		}
		articles = append(articles, [3]string{fmt.Sprintf("Outlet %d", i), "Ferry Kestrel burns off Port Arlen, nine injured", text})
	}
	s := of(articles...)
	st := &story.Story{}
	loads := 0
	load := func(seq uint64) (*story.Article, error) {
		loads++
		return s.load(seq)
	}
	for i := range n {
		st.Members = append(st.Members, story.MemberOf(s.articles[uint64(i+1)]))
		loads = 0
		if err := brief.Make(st, load, nil); err != nil {
			t.Fatal(err)
		}
		if loads > 21 { // those that are read, and others that have no fingerprint yet
			t.Fatalf("Make loaded %d articles of %d", loads, i+1)
		}
	}
	if st.Reports != 5 {
		t.Errorf("Reports = %d, want the wire and 4 of their own", st.Reports)
	}
	for i, m := range st.Members {
		if own := i%25 == 7; own != (m.Family != 1) {
			t.Errorf("member %d is of family %d", i, m.Family)
		}
	}
}

func TestMakeMissingArticles(t *testing.T) {
	s := of([3]string{"Post", "Ferry Kestrel burns off Port Arlen", report}, [3]string{"Echo", "Title alone", ""})
	st := s.story(0, 1)
	delete(s.articles, 1)
	mustMake(t, st, s, nil)
	if st.Reports != 2 || st.Brief.Headline == "" {
		t.Errorf("Make without article 1: %d reports, headline %q", st.Reports, st.Brief.Headline)
	}
	delete(s.articles, 2)
	mustMake(t, st, s, nil)
	if st.Reports != 2 || st.Brief.Representative != 1 || st.Brief.Headline != "Ferry Kestrel burns off Port Arlen" {
		t.Errorf("Make without articles: %d reports, %+v", st.Reports, st.Brief)
	}
	mustMake(t, &story.Story{}, s, nil)
}

func TestMakeSingle(t *testing.T) {
	s := of([3]string{"Post", "Ferry Kestrel burns", "PORT ARLEN, Caldova (Merrow) — " + report})
	st := s.story(0)
	mustMake(t, st, s, nil)
	want := story.Brief{
		Headline: "Ferry Kestrel burns", HeadlineOf: 1, Representative: 1,
		Summary: []story.Sentence{
			{Text: "A fire in the engine room of the ferry Kestrel injured nine people off Port Arlen on Tuesday night, the coast guard said.", Article: 1},
			{Text: "Three fishing boats and a pilot cutter reached the ship first and took most of the passengers on board, said Ilse Varga.", Article: 1},
		},
	}
	if diff := cmp.Diff(want, st.Brief); diff != "" {
		t.Errorf("Brief of one article (-want +got):\n%s", diff)
	}
}

func TestHeadline(t *testing.T) {
	const good = "Ferry Kestrel burns off Port Arlen, nine injured"
	for _, tt := range []struct{ title, other, want string }{
		{good, good + " - Harbour Post", good},
		{"FERRY KESTREL BURNS OFF PORT ARLEN, NINE INJURED", good, good},
		{"BREAKING: " + good + " | Harbour Post", "Ferry news", good},
		{"Watch: Ferry Kestrel burns off Port Arlen!", good, good},
		{"Why nine people were injured when the ferry Kestrel burned off Port Arlen?", good, good},
		{"Port Arlen", good, good},
		{good + ", while the coast guard, three fishing boats and a pilot cutter took most of the passengers on board on Tuesday night", good, good},
		{"", "", "A fire in the engine room of the ferry Kestrel injured nine people off Port Arlen on Tuesday night, the coast…"},
		{"UPDATE 2-" + good, "", good},
	} {
		s := of([3]string{"Harbour Post", tt.title, report}, [3]string{"Harbour Post Online", tt.other, report})
		st := s.story(0, 1)
		mustMake(t, st, s, nil)
		if st.Brief.Headline != tt.want {
			t.Errorf("headline of %q and %q = %q, want %q", tt.title, tt.other, st.Brief.Headline, tt.want)
		}
	}
}

func TestRepresentative(t *testing.T) {
	other := strings.ReplaceAll(report, "said", "told")
	s := of([3]string{"a", "Ferry burns off Port Arlen", report}, [3]string{"b", "Ferry burns off Port Arlen", other}, [3]string{"c", "Ferry burns", ""})
	for _, tt := range []struct {
		pref map[string]brief.Pref
		want uint64
	}{
		{nil, 1},
		{map[string]brief.Pref{"b": {Rank: 5}}, 2},
		{map[string]brief.Pref{"b": {Rank: 5, Paywall: true}}, 1},
		{map[string]brief.Pref{"a": {Rank: -1}, "c": {Rank: -1}}, 2},
		{map[string]brief.Pref{"a": {Paywall: true}, "b": {Paywall: true}, "c": {Paywall: true}}, 1},
	} {
		st := s.story(0, 1, 2)
		mustMake(t, st, s, func(source string) brief.Pref { return tt.pref[source] })
		if st.Brief.Representative != tt.want {
			t.Errorf("representative with %v = %d, want %d", tt.pref, st.Brief.Representative, tt.want)
		}
	}
}

func TestMaterial(t *testing.T) {
	s := samples(t)["ferry"]
	at := func(order ...int) *story.Story {
		st := s.story(order...)
		mustMake(t, st, s, nil)
		return st
	}
	wire, verbatim, cut, rewrite, harbour, short := 0, 1, 2, 3, 4, 5
	for _, tt := range []struct {
		name          string
		before, after *story.Story
		want          string
	}{
		{"opened", nil, at(wire), "opened"},
		{"copy", at(wire), at(wire, verbatim), ""},
		{"cut copy and rewrite", at(wire, verbatim), at(wire, verbatim, cut, rewrite), ""},
		{"new report", at(wire, verbatim), at(wire, verbatim, harbour), "new report by Harbour Post"},
		{"two reports", at(wire), at(wire, harbour, short), "new reports by Harbour Post and Radio Strand"},
		{"whole text after a cut one", at(cut), at(cut, wire), "new facts from Merrow Newswire"},
		{"a member left", at(wire, harbour), at(wire), ""},
	} {
		var before *brief.Past
		if tt.before != nil {
			before = brief.PastOf(tt.before)
		}
		got, ok := brief.Material(before, tt.after)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: Material = %q, %v, want %q", tt.name, got, ok, tt.want)
		}
	}
}

// FuzzMake checks that no text makes Make fail, or say what no article says.
func FuzzMake(f *testing.F) {
	f.Add("Ferry burns | Post", report, "", "", "en")
	f.Add("江云高铁通车", "（记者 周岚）全长312公里。「守る。」", "«»", "“” ( — \n\n...", "zh")
	f.Fuzz(func(t *testing.T, title, text, title2, text2, lang string) {
		s := of([3]string{"a", title, text}, [3]string{"b", title2, text2}, [3]string{"c", title2, text})
		for _, a := range s.articles {
			a.Lang = lang
		}
		st := s.story(0, 1, 2)
		mustMake(t, st, s, nil)
		for _, m := range st.Members {
			if m.Family == 0 {
				t.Errorf("a member has no family")
			}
		}
	})
}

func BenchmarkMake(b *testing.B) {
	var articles [][3]string
	for i := range 40 {
		var text strings.Builder
		for j := range 30 {
			fmt.Fprintf(&text, "Speaker Nadine Korff%d said on day %d that the harbour of Port%d would open gate number %d again after "+
				"crews removed wreckage%d from the northern channel%d. ", j%7, i*j%31, i%5, j, (i+j)%50, i*j%40)
		}
		articles = append(articles, [3]string{fmt.Sprint("Outlet ", i), fmt.Sprintf("Harbour of Port%d opens gate again", i%5), text.String()})
	}
	s := of(articles...)
	st := s.story(s.all()...)
	b.ReportAllocs()
	for b.Loop() {
		if err := brief.Make(st, s.load, nil); err != nil {
			b.Fatal(err)
		}
	}
}
