package brief

import (
	"testing"

	"storyfold/story"
)

// TestIndependentReportsOfOneVocabulary has reports that share the names, the
// numbers and the front of their first sentences, as reports of one event do.
func TestIndependentReportsOfOneVocabulary(t *testing.T) {
	texts := []string{
		"The Varn Bridge in Ostley was closed at once on Tuesday after inspectors found cracks in two of its cables. Bridge engineer Lotte Sand said the cracks were as long as a hand. The Varn Bridge Authority expects repairs to last six weeks; forty thousand cars use the bridge each day.\n\nMayor Piet Hollis asked people to leave their cars at home. Ferries between the banks will run every ten minutes from Wednesday.",
		"Ostley woke up as two towns on Tuesday. Where forty thousand cars cross on other mornings, a policeman stood in the drizzle and shook his head: cracks in two cables, the Varn Bridge closed, six weeks at least. Lotte Sand, the bridge engineer, had not slept.\n\nSchools on the east bank started an hour late. At the ferry landing the queue reached the old customs house, and the Varn Bridge Authority handed out tea. Mayor Piet Hollis came by bicycle.",
	}
	s := &story.Story{}
	articles := map[uint64]*story.Article{}
	for i, text := range texts {
		title := []string{"Varn Bridge in Ostley closed at once after cracks found in two cables", "Ostley woke up as two towns on Tuesday…"}[i]
		a := &story.Article{Seq: uint64(i + 1), Source: string(rune('a' + i)), Outlet: string(rune('A' + i)), Lang: "en", Title: title, Text: text}
		articles[a.Seq] = a
		s.Members = append(s.Members, story.MemberOf(a))
	}
	load := func(seq uint64) (*story.Article, error) { return articles[seq], nil }
	if err := Make(s, load, nil); err != nil {
		t.Fatal(err)
	}
	if s.Members[0].Family == s.Members[1].Family || s.Reports != 2 {
		t.Errorf("families %d, %d, reports %d; want two families", s.Members[0].Family, s.Members[1].Family, s.Reports)
	}
}
