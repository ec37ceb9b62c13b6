package story

import (
	"testing"
	"time"
)

// TestColumns checks that instalments of a column are stories of their own, and
// that copies of one report are not taken for a column.
func TestColumns(t *testing.T) {
	forecast := "Light snow is expected in the west of the Tansy region at night, wind from the north-west, frost down to minus nine degrees in the valleys."
	same := func(a, b Article) bool {
		g, l := NewGrouper(Options{}), newLedger()
		for i, a := range []Article{a, b} {
			a.Seq, a.Identity, a.Lang = uint64(i+1), string(rune('a'+i)), "en"
			if a.FirstSeen.IsZero() {
				a.FirstSeen = morning
			}
			l.apply(g.Add(&a))
		}
		l.apply(g.Pass())
		return l.story[1] == l.story[2]
	}
	a := Article{Source: "Coast Wire", Title: "Weather in Tansy on 8 November", Text: forecast}
	b := a
	b.Title = "Weather in Tansy on 16 November"
	if same(a, b) {
		t.Error("the weather of two days is one story")
	}
	b.Title = "Weather in Tansy on November 8"
	if !same(a, b) {
		t.Error("one day's weather, told twice, is two stories")
	}
	a.Title, b.Title = "Tansy weather", "Tansy weather"
	b.Text = "Warm air from the south brings the Tansy region a dry day with light wind, ten degrees in the valleys, and sun in the west from noon."
	b.FirstSeen = morning.Add(24 * time.Hour)
	if same(a, b) {
		t.Error("a source's daily column is one story")
	}
	b.Text = forecast
	if !same(a, b) {
		t.Error("a report that is published again is another story")
	}
	a = Article{Source: "Coast Wire", Title: "Ferry Marisol aground - Coast Wire"}
	b = Article{Source: "Vellan Post", Title: "Ferry Marisol aground | Vellan Post"}
	if !same(a, b) {
		t.Error("two titles that differ in the outlets' names are two stories")
	}
	b.Title, a.Title = "World news in brief", "World news in brief"
	b.FirstSeen = morning.Add(time.Hour)
	if same(a, b) {
		t.Error("two round-ups are one story")
	}
}
