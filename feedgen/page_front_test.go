package feedgen

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// manyStories are n stories with texts of the usual length.
func manyStories(n int) *memory {
	mk := &maker{}
	var p memory
	for i := range n {
		title := fmt.Sprintf("Council number %d agrees on a plan for the river, and the ferry keeps its timetable", i)
		pieces := []piece{{10 * i, 1, "Harbour Wire", title, nil}}
		for j := range i % 4 {
			pieces = append(pieces, piece{10*i + j, 2 + j, []string{"Coastline Post", "The Northern Ledger", "Radio Estuary"}[j], title, nil})
		}
		s := mk.make("en", "world", title, pieces...)
		text := "The council agreed on Tuesday on a plan that gives the river more room & keeps the ferry's timetable as it is until the new bridge opens."
		summarize(&s, []int{0}, text)
		if len(pieces) > 1 {
			summarize(&s, []int{1}, text)
		}
		p.list = append(p.list, s)
	}
	return &p
}

func TestFrontPageSizeAndPaging(t *testing.T) {
	p := manyStories(200)
	h := newPageHandler(p)
	seen := map[string]int{}
	path := "/"
	for turns := 0; path != ""; turns++ {
		if turns > 10 {
			t.Fatal("paging does not end")
		}
		body := wantPage(t, h, path, 200)
		if len(body) >= 60_000 {
			t.Errorf("GET %s: %d bytes, want less than 60 KB", path, len(body))
		}
		ids := storyLinks(body)
		if turns < 3 && len(ids) != frontStories {
			t.Errorf("GET %s: %d stories, want %d", path, len(ids), frontStories)
		}
		for _, id := range ids {
			seen[id]++
		}
		path = linkWithRel(body, "next")
	}
	for _, s := range p.list {
		if seen[string(s.ID)] != 1 {
			t.Errorf("story %s is on %d pages, want 1", s.ID, seen[string(s.ID)])
		}
	}
}

// storyLinks returns the ids of the stories that a page's headings link to.
func storyLinks(body string) []string {
	root, _ := html.Parse(strings.NewReader(body))
	var ids []string
	for n := range root.Descendants() {
		if n.Data != "a" || n.Parent.Data != "h3" {
			continue
		}
		for _, a := range n.Attr {
			if id, ok := strings.CutPrefix(a.Val, "/stories/"); ok && a.Key == "href" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func linkWithRel(body, rel string) string {
	root, _ := html.Parse(strings.NewReader(body))
	for n := range root.Descendants() {
		if n.Data == "a" && slices.Contains(n.Attr, html.Attribute{Key: "rel", Val: rel}) {
			for _, a := range n.Attr {
				if a.Key == "href" {
					return a.Val
				}
			}
		}
	}
	return ""
}

// The front page's early stop must not change what it shows.
func TestRankStoriesAgreesWithSortingAll(t *testing.T) {
	p := manyStories(900)
	h := newPageHandler(p)
	v := h.view()
	var all []rankedStory
	for s, err := range v.stories() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rankedStory{s, rankOf(s)})
	}
	slices.SortFunc(all, compareRank)
	found, err := rankStories(v, query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.stories) != frontStories+1 {
		t.Fatalf("rankStories found %d stories, want %d", len(found.stories), frontStories+1)
	}
	for i, r := range found.stories {
		if r.ID != all[i].ID {
			t.Fatalf("place %d: story %s, want %s", i, r.ID, all[i].ID)
		}
	}
}

func TestFrontPageFilters(t *testing.T) {
	h := newPageHandler(richStories())
	for _, test := range []struct {
		query string
		want  []string // in headlines
		not   []string
	}{
		{"?q=FERRIES+lock", []string{"Sea lock"}, []string{"comet"}},
		{"?q=ministry+watch", []string{"Sea lock"}, []string{"comet"}},
		{"?q=ferries+comet", nil, []string{"Sea lock", "Probe"}},
		{"?lang=de", []string{"Stadttheater"}, []string{"Sea lock"}},
		{"?lang=de-AT", []string{"Stadttheater"}, []string{"Sea lock"}},
		{"?lang=klingonish", nil, []string{"Stadttheater", "Sea lock"}},
		{"?category=SCIENCE", []string{"Probe"}, []string{"Sea lock"}},
		{"?category=science&lang=ja", []string{"湖の水位"}, []string{"Probe"}},
	} {
		body := wantPage(t, h, "/"+test.query, 200)
		for _, w := range test.want {
			if !strings.Contains(body, w) {
				t.Errorf("GET /%s lacks %q", test.query, w)
			}
		}
		for _, n := range test.not {
			if strings.Contains(body, n) {
				t.Errorf("GET /%s holds %q", test.query, n)
			}
		}
	}
}

func TestFrontPageOrder(t *testing.T) {
	ids := storyLinks(wantPage(t, newPageHandler(richStories()), "/", 200))
	if len(ids) != 14 || ids[0] != "story00000000001" {
		t.Errorf("stories = %v, want 14 with the one of five reports first", ids)
	}
}
