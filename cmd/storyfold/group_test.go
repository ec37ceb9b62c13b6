package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storyfold/story"
)

func TestPlacement(t *testing.T) {
	tests := []struct {
		name      string
		decisions []story.Decision
		want      map[uint64]story.ID
		became    map[story.ID]story.ID
	}{
		{"join", []story.Decision{
			{Kind: story.Open, Article: 1, Story: "a"}, {Kind: story.Join, Article: 2, Story: "a"},
		}, map[uint64]story.ID{1: "a", 2: "a"}, nil},
		{"merge, then merge again", []story.Decision{
			{Kind: story.Open, Article: 1, Story: "a"}, {Kind: story.Open, Article: 2, Story: "b"}, {Kind: story.Open, Article: 3, Story: "c"},
			{Kind: story.Merge, Story: "b", From: "c", Articles: []uint64{3}},
			{Kind: story.Merge, Story: "a", From: "b", Articles: []uint64{2, 3}},
		}, map[uint64]story.ID{1: "a", 2: "a", 3: "a"}, map[story.ID]story.ID{"b": "a", "c": "a"}},
		{"move that empties", []story.Decision{
			{Kind: story.Open, Article: 1, Story: "a"}, {Kind: story.Open, Article: 2, Story: "b"},
			{Kind: story.Move, Article: 1, From: "a", Story: "b", Emptied: true},
		}, map[uint64]story.ID{1: "b", 2: "b"}, map[story.ID]story.ID{"a": "b"}},
		{"split", []story.Decision{
			{Kind: story.Open, Article: 1, Story: "a"}, {Kind: story.Join, Article: 2, Story: "a"}, {Kind: story.Join, Article: 3, Story: "a"},
			{Kind: story.Split, From: "a", Story: "b", Articles: []uint64{2, 3}},
			{Kind: story.Close, Story: "a"}, {Kind: story.Show, Story: "b"},
		}, map[uint64]story.ID{1: "a", 2: "b", 3: "b"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPlacement()
			for i := range test.decisions {
				p.apply(&test.decisions[i])
			}
			if diff := cmp.Diff(test.want, p.placed); diff != "" {
				t.Errorf("placed (-want +got):\n%s", diff)
			}
			for from, to := range test.became {
				if got := p.resolve(from); got != to {
					t.Errorf("resolve(%s) = %s, want %s", from, got, to)
				}
			}
			n := 0
			for id, members := range p.members {
				n += len(members)
				for _, seq := range members {
					if p.placed[seq] != id {
						t.Errorf("%d is in %s, but placed in %s", seq, id, p.placed[seq])
					}
				}
			}
			if n != len(p.placed) {
				t.Errorf("stories hold %d articles, want %d", n, len(p.placed))
			}
		})
	}
}

// A long stream is not kept in memory: texts go with the stories that close.
func TestBatchLetsTextsGo(t *testing.T) {
	b := newBatch(story.Options{}, nil)
	start := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	const days, perDay = 60, 5
	most := 0
	for i := range days * perDay {
		a := &story.Article{
			Identity: fmt.Sprint(i), Title: ownWords(i, 0, 6), Text: ownWords(i, 6, 40),
			Published: start.Add(time.Duration(i) * day / perDay),
		}
		if err := b.add(a); err != nil {
			t.Fatal(err)
		}
		most = max(most, len(b.texts))
	}
	if err := b.finish(); err != nil {
		t.Fatal(err)
	}
	if limit := 10 * perDay; most > limit {
		t.Errorf("%d texts were kept at a time, want at most those of ten days, %d", most, limit)
	}
	if len(b.lines) != days*perDay || len(b.texts) != 0 {
		t.Errorf("%d lines and %d texts at the end, want %d and 0", len(b.lines), len(b.texts), days*perDay)
	}
}

// ownWords returns invented words that no other article n has.
func ownWords(n, from, to int) string {
	syllables := strings.Fields("ba ke li mo nu pra ste vil dor gan hem jus")
	var words []string
	for i := from; i < to; i++ {
		word := ""
		for x := (n+1)*41 + i*104729; x > 0; x /= len(syllables) {
			word += syllables[x%len(syllables)]
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// Articles without a date take the first date of the stream, else a fixed one: never the clock's.
func TestBatchTakesTimeFromArticles(t *testing.T) {
	date := time.Date(2026, time.March, 3, 6, 0, 0, 0, time.UTC)
	b := newBatch(story.Options{}, nil)
	articles := []*story.Article{
		{Identity: "1", Title: "first"}, {Identity: "2", Title: "second", Published: date},
		{Identity: "3", Title: "third", Published: date.Add(-day)}, {Identity: "4", Title: "fourth"},
		{Identity: "5", Title: "fifth", Published: date.Add(day)},
	}
	for _, a := range articles {
		if err := b.add(a); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []time.Time{date, date, date, date, date.Add(day)} {
		if got := articles[i].FirstSeen; !got.Equal(want) || articles[i].Seq != uint64(i+1) {
			t.Errorf("article %d: seen %v, number %d, want %v, %d", i, got, articles[i].Seq, want, i+1)
		}
	}
	b = newBatch(story.Options{}, nil)
	only := &story.Article{Identity: "1", Title: "first"}
	if err := b.add(only); err != nil {
		t.Fatal(err)
	}
	if err := b.finish(); err != nil {
		t.Fatal(err)
	}
	if !only.FirstSeen.Equal(noDate) {
		t.Errorf("an article of no date was seen %v, want %v", only.FirstSeen, noDate)
	}
}
