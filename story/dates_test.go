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
	later := Article{Title: "What the passengers told", Text: "Two days after the night of October 9, many passengers speak of the fog, the blankets and the soup at the stadium, " +
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

// TestOneDayIsNoStory checks that reports that have but the day in common, as all pages of a day have, are
// stories of their own, though the stream has just begun.
func TestOneDayIsNoStory(t *testing.T) {
	const day = "Published on Wednesday, 17 June 2026. "
	g, l := NewGrouper(Options{}), newLedger()
	for i, a := range []Article{
		{Title: "Glassworks of Ardmoor to close", Text: day + "The last furnace goes out after ninety years, and the union asks for a plan."},
		{Title: "Tessaly museum buys a fossil whale", Text: day + "A farmer found the skeleton while he dug a pond."},
		{Title: "Pellin wins the regatta", Text: day + "The crew of eight rowed the course in record time against a headwind."},
		{Title: "Comet visible from the southern islands", Text: day + "Astronomers expect its tail to brighten until the new moon."},
		{Title: "Cheese makers dispute a name", Text: day + "Two valleys claim the same rind, the same caves and the same monk."},
	} {
		a.Seq, a.Identity, a.Lang, a.FirstSeen = uint64(i+1), string(rune('a'+i)), "en", morning
		l.apply(g.Add(&a))
	}
	l.apply(g.Pass())
	seen := map[ID]uint64{}
	for seq := range uint64(5) {
		id := l.story[seq+1]
		if other, ok := seen[id]; ok {
			t.Errorf("articles %d and %d are one story", other, seq+1)
		}
		seen[id] = seq + 1
	}
}
