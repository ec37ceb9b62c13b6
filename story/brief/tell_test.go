package brief

import (
	"strings"
	"testing"
	"time"

	"storyfold/story"
)

func tellMember(seq uint64, family int, outlet string) story.Member {
	return story.Member{
		Seq: seq, Family: family, Outlet: outlet, Source: strings.ToLower(outlet), Title: "Title of " + outlet, URL: "https://" + outlet + ".example/",
		Time: time.Date(2026, 3, 14, 6, int(seq), 0, 0, time.UTC), Categories: []string{"world"},
		Enclosures: []story.Enclosure{{URL: "https://" + outlet + ".example/a.mp3"}},
	}
}

func TestTell(t *testing.T) {
	before := &story.Story{Members: []story.Member{tellMember(1, 1, "A"), tellMember(2, 2, "B")}}
	after := &story.Story{Lang: "en", Members: []story.Member{
		tellMember(1, 1, "A"), tellMember(2, 2, "B"), tellMember(3, 1, "C"), tellMember(4, 3, "D"), tellMember(5, 3, "E"),
	}}
	after.Brief = story.Brief{
		Representative: 2,
		Summary:        []story.Sentence{{Text: "One.", Article: 1}, {Text: "Gone.", Article: 9}},
		New:            []story.Sentence{{Text: "Old news.", Article: 2}, {Text: "News.", Article: 4}},
	}
	told := Tell(PastOf(before), after)
	if len(told.Reports) != 1 || told.Reports[0].Article != 4 || told.Reports[0].Copies != 1 || told.Reports[0].Text != "Title of D" {
		t.Errorf("new reports = %+v, want that of D with a copy", told.Reports)
	}
	if len(told.New) != 1 || told.New[0].Text != "News." || told.New[0].Outlet != "D" {
		t.Errorf("new = %+v, want what D said", told.New)
	}
	if len(told.Summary) != 1 || told.Summary[0].Outlet != "A" {
		t.Errorf("summary = %+v", told.Summary)
	}
	if strings.Join(told.Outlets, "") != "ABCDE" || len(told.Categories) != 1 || told.URL != "https://B.example/" || len(told.Enclosures) != 5 {
		t.Errorf("outlets %v, categories %v, url %s, enclosures %v", told.Outlets, told.Categories, told.URL, told.Enclosures)
	}
	first := Tell(nil, before)
	if len(first.Reports) != 2 || first.New != nil {
		t.Errorf("the first revision tells %+v", first)
	}
	copied := &story.Story{Members: append(before.Members[:2:2], tellMember(3, 1, "C"))}
	if r := Tell(PastOf(before), copied).Reports; len(r) != 1 || r[0].Article != 3 {
		t.Errorf("a copy with news: %+v", r)
	}
}

// What a revision keeps has bounds, whatever its articles hold.
func TestTellIsBounded(t *testing.T) {
	long := strings.Repeat("é", 50_000)
	s := &story.Story{Lang: "en"}
	for i := range uint64(300) {
		m := tellMember(i+1, int(i+1), long[:2*(1000+i)])
		m.Title, m.URL, m.Image, m.Categories = long, "https://"+long, "https://"+long, []string{long[:2000+2*i]}
		m.Enclosures = []story.Enclosure{{URL: "https://" + long, Type: long}, {URL: "https://x.example/" + long[:2*i], Type: long}}
		s.Members = append(s.Members, m)
		s.Brief.Summary = append(s.Brief.Summary, story.Sentence{Text: long, Article: i + 1})
	}
	s.Brief.New = s.Brief.Summary
	told, size := Tell(PastOf(&story.Story{}), s), 0
	for _, list := range [][]story.Quote{told.Summary, told.New, told.Reports} {
		for _, q := range list {
			size += len(q.Text) + len(q.Outlet) + len(q.URL)
		}
	}
	for _, text := range append(append([]string{told.URL, told.Image}, told.Outlets...), told.Categories...) {
		size += len(text)
	}
	for _, e := range told.Enclosures {
		size += len(e.URL) + len(e.Type)
	}
	if size > 150_000 || len(told.Reports) != maxTellReports {
		t.Errorf("a revision keeps %d bytes and %d reports", size, len(told.Reports))
	}
}
