package story

import (
	"slices"
	"strings"
	"testing"

	"storyfold/story/text"
)

func TestReasonWords(t *testing.T) {
	filler := strings.Repeat("The harbour lay in fog and nobody spoke. ", 40) // several steps
	a := &Article{
		Lang: "en", Title: "Presidents meet in Hallmere",
		Text: "The presidents of both countries arrived.\n\n" + filler + "They signed agreements about ferries and the old city.",
	}
	r := Reason{Terms: []Term{{Text: "presid"}, {Text: "agreement"}, {Text: "ferri"}, {Text: "citi"}, {Text: "absent"}}}
	r.Words(a)
	for i, want := range []string{"Presidents", "agreements", "ferries", "city", "absent"} {
		if got := r.Terms[i].Text; got != want {
			t.Errorf("term %d = %q, want %q", i, got, want)
		}
	}
}

func TestRewordIsWords(t *testing.T) {
	g := NewGrouper(Options{})
	long := strings.Repeat("of the and the in a to ", 300) // hardly a content word: the limit of bytes comes first
	articles := []*Article{
		{Title: "Ferries aground - Coast Wire", Outlet: "Coast Wire", Text: "The wires of the ferry burnt on 12 June 2031."},
		{Title: "渡輪在港口擱淺", Text: strings.Repeat("港口的渡輪在霧中擱淺。", 200), Lang: "zh"},
		{Title: "Harbour", Text: long[:maxRead-10] + " presidents meet, a president says", Lang: "en"},
		{Title: "Broken", Text: strings.Repeat("harbours \xff ferries ", 400), Lang: "en"},
		{Title: strings.Repeat("Harbour news ", 100) + "ferries", Text: "A ferry."},
	}
	for _, l := range readLabelled(t) {
		articles = append(articles, &Article{Source: l.Source, Title: l.Title, Text: l.Text, Lang: l.Lang},
			&Article{Source: l.Source, Title: l.Title + " | " + l.Source, Text: l.Text, Lang: l.Lang})
	}
	for _, a := range articles {
		read := g.read(a)
		stems := []string{"12 June", "absent"}
		stem := func(part int, t *text.Token) {
			stems = append(stems, string(t.AppendStem(nil, read.of[part], read.lang)))
		}
		for i := range read.title {
			stem(0, &read.title[i])
		}
		for i := 0; i < len(read.body); i += 1 + len(read.body)/40 {
			stem(1, &read.body[i])
		}
		if n := len(read.body); n > 0 {
			stem(1, &read.body[n-1])
			stems = append(stems, "ferri")
		}
		for len(stems) > 0 {
			var got, want Reason
			for _, stem := range stems[:min(maxTerms, len(stems))] {
				got.Terms = append(got.Terms, Term{Text: stem})
			}
			stems = stems[len(got.Terms):]
			want.Terms = slices.Clone(got.Terms)
			want.Words(a)
			g.read(a)
			if g.reword(&got, a); !slices.Equal(got.Terms, want.Terms) {
				t.Errorf("%.40q: words %v, want %v", a.Title, got.Terms, want.Terms)
			}
		}
	}
}
