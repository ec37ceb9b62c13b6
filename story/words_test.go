package story

import (
	"strings"
	"testing"
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
