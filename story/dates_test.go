package story

import (
	"slices"
	"testing"
)

// TestDatesAreWords checks that a report of an event joins the one that names its day, where the other
// words speak for another event of the same kind, and that the reason says so.
func TestDatesAreWords(t *testing.T) {
	reports := []Article{
		{Title: "Ferry Marisol runs aground off Pellin", Text: "The ferry struck a sandbank in thick fog near the lighthouse on the 3rd of March. " +
			"The captain blamed a broken radar, and the harbour office began to question the crew about the engine, the anchor and a missing lookout. " +
			"Rescue boats brought the passengers to the quay, where doctors waited with blankets."},
		{Title: "Tolmark liner stranded at Vessen", Text: "The liner hit a reef in heavy swell beside the breakwater on the 9th of October. " +
			"Its owner spoke of torn charts, and a maritime court heard the pilot on the rudder, the tide and an unlit buoy. " +
			"Helicopters lifted the passengers to a stadium, where volunteers served soup."},
	}
	later := Article{Title: "What the passengers told", Text: "Two days after the night of October 9, many passengers still speak of the thick fog, the broken radar and the soup at the stadium, " +
		"of children who wept, and of a stranger who sang until the boats and helicopters came."}
	g, l := NewGrouper(Options{}), newLedger()
	var last []Decision
	for i, a := range append(reports, later) {
		a.Seq, a.Identity, a.Lang, a.FirstSeen = uint64(i+1), string(rune('a'+i)), "en", morning
		last = g.Add(&a)
		l.apply(last)
	}
	if l.story[1] == l.story[2] {
		t.Fatal("both ferries are one story")
	}
	if l.story[3] != l.story[2] {
		t.Error("the report does not join the ferry of the day that it names")
	}
	if terms := last[0].Reason.Terms; !slices.ContainsFunc(terms, func(x Term) bool { return x.Text == "9 October" }) {
		t.Errorf("the terms are %v, want the day among them", terms)
	}
}

// TestOnlyDates checks that an article that names dates, and no words, stays alone.
func TestOnlyDates(t *testing.T) {
	g, l := NewGrouper(Options{}), newLedger()
	for i := range 2 {
		l.apply(g.Add(&Article{Seq: uint64(i + 1), Identity: string(rune('a' + i)), Source: string(rune('a' + i)), Lang: "en", FirstSeen: morning,
			Title: "Wednesday, March 11, 2026", Text: "Thursday, March 12, 2026. Friday, March 13, 2026."}))
	}
	if l.story[1] == l.story[2] {
		t.Error("two articles of dates alone are one story")
	}
}
