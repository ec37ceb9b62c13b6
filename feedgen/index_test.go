package feedgen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"storyfold/story"
)

// invented is a story of words drawn by chance.
func invented(rnd *rand.Rand, id int, version uint64) story.Story {
	words := []string{"Ferry", "ferries", "Straße", "湖の水位が高さ", "harbour", "bridge", "a-b", "Änderung", "x", "aground", "plum", "no", "tram", "dam"}
	text := func() string {
		var list []string
		for range 1 + rnd.IntN(4) {
			list = append(list, words[rnd.IntN(len(words))])
		}
		return strings.Join(list, " ")
	}
	source := []string{"north", "harbour", "gone"}[rnd.IntN(3)]
	m := article(uint64(id+1), 1, source, []string{source, "The Ledger"}[rnd.IntN(2)], text(), clock(id, 0))
	if rnd.IntN(4) == 0 {
		m.Also = []string{"island"}
	}
	m.Categories, m.Lang = []string{[]string{"world", "Local News"}[rnd.IntN(2)]}, []string{"en", "de", ""}[rnd.IntN(3)]
	s := single(story.ID(fmt.Sprintf("s%015d", id)), m)
	n := article(uint64(id+10_001), 2, "bote", "Der Bote", text(), clock(id, 1))
	s.Members, s.Version = append(s.Members, n), version
	s.Brief.Summary = []story.Sentence{{Text: text(), Article: m.Seq}}
	return s
}

// TestIndexFindsAll proves that searches through the index find what a look at
// every story finds, while stories come, change and go.
func TestIndexFindsAll(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	_, c := newspaper()
	m := &memory{}
	h := newHandler(m, c)
	queries := []query{
		{Text: "ferr"}, {Text: "STRASSE bridge"}, {Text: "水位"}, {Text: "a-b x"}, {Text: "ledger"}, {Text: "island"}, {Text: "gone"}, {Text: "zebra"},
		{Category: "LOCAL news"}, {Lang: "de"}, {Text: "plum", Category: "world", Lang: "en"}, {Text: "harbour harbour"},
	}
	version := uint64(1)
	for round := range 60 {
		for range rnd.IntN(30) {
			s := invented(rnd, rnd.IntN(200), version)
			version++
			m.list = slices.DeleteFunc(m.list, func(x story.Story) bool { return x.ID == s.ID })
			if rnd.IntN(5) > 0 {
				m.list = append(m.list, s)
			}
		}
		m.gen++
		for _, q := range queries {
			v, match := h.view(), q.matcher()
			var want, got []story.ID
			for s := range v.audible() {
				if match(s) {
					want = append(want, s.ID)
				}
			}
			_, stories, err := v.find(q)
			if err != nil {
				t.Fatal(err)
			}
			for s := range stories {
				if match(s) {
					got = append(got, s.ID)
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("round %d: %+v finds %d stories, want %d", round, q, len(got), len(want))
			}
		}
	}
	if x := &h.index; x.count > 2*len(x.order)+1100 || len(x.known) != len(m.list) {
		t.Errorf("the index has numbered %d stories, of which %d are known and %d stored", x.count, len(x.known), len(m.list))
	}
}

// TestIndexReadsLittle proves that a search reads what it may find, and after a
// change what changed.
func TestIndexReadsLittle(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	m := &memory{}
	for i := range 500 {
		m.list = append(m.list, invented(rnd, i, uint64(i+1)))
	}
	_, c := newspaper()
	h := newHandler(m, c)
	ask := func(path string) int {
		m.read = 0
		body(t, h, path)
		return m.read
	}
	if n := ask("/search.json?q=zebra"); n != 500 {
		t.Errorf("the first search reads %d stories, want all 500", n)
	}
	if n := ask("/?q=zebra"); n != 0 {
		t.Errorf("a search that finds nothing reads %d stories", n)
	}
	m.list[7].Version, m.gen = 1000, m.gen+1
	if n := ask("/?q=zebra+crossing"); n > 2 { // the changed one, and the newest
		t.Errorf("after a change of one story a search reads %d", n)
	}
}

// TestIndexOfLargeStory proves that a story of more words than the index takes is
// found by all of them.
func TestIndexOfLargeStory(t *testing.T) {
	s := ferry()
	for i := range 600 {
		s.Members = append(s.Members, article(uint64(i+10), i+10, "north", "Northern Wire", strings.Repeat(fmt.Sprintf("word%d ", i*10), 3)+fmt.Sprintf("a%d b%d c%d d%d e%d f%d g%d h%d i%d", i, i, i, i, i, i, i, i, i), clock(0, 1)))
	}
	_, c := newspaper()
	h := newHandler(&memory{list: []story.Story{s}}, c)
	if x := parse(t, body(t, h, "/search.atom?q=i599")); len(x.Items) != 1 {
		t.Errorf("found %d stories", len(x.Items))
	}
}
