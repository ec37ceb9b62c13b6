package story

import (
	"fmt"
	"testing"
	"time"
)

func TestForgetTold(t *testing.T) {
	var s Story
	for i := range MaxTold + 5 {
		s.Revisions = append(s.Revisions, Revision{Number: i + 1, Told: &Told{}})
	}
	whole := s.Revisions
	s.ForgetTold()
	for i, r := range s.Revisions {
		if (r.Told != nil) != (i >= 5) {
			t.Errorf("revision %d: told %v", r.Number, r.Told != nil)
		}
	}
	if whole[0].Told == nil {
		t.Error("forgetting changed the revisions of another copy of the story")
	}
}

func TestAbsorb(t *testing.T) {
	at := func(i int) time.Time { return time.Unix(int64(i)*3600, 0) }
	var s Story
	for i := range MaxFormers + 3 {
		from := Story{ID: ID(fmt.Sprint(i)), Shown: at(1), Members: make([]Member, 1+i*50)}
		if i == 1 {
			from.Formers = []Former{{Time: at(-1), Story: Story{ID: "earlier"}}}
		}
		s.Absorb(&from, at(i))
	}
	s.Absorb(&Story{ID: "unseen", Members: make([]Member, 1)}, at(99))
	if n := len(s.Formers); n != MaxFormers || s.Formers[n-1].Story.ID != ID(fmt.Sprint(MaxFormers+2)) || !s.Formers[0].Time.Before(s.Formers[1].Time) {
		t.Errorf("%d formers, from %s to %s", n, s.Formers[0].Story.ID, s.Formers[n-1].Story.ID)
	}
	var few Story
	few.Absorb(&Story{ID: "a", Shown: at(1), Members: make([]Member, 3), Formers: []Former{{Time: at(1), Story: Story{ID: "b"}}}}, at(2))
	few.Absorb(&Story{ID: "c", Shown: at(1), Members: make([]Member, maxFormerMembers+1)}, at(3))
	if few.Formers[0].Story.ID != "b" || len(few.Formers[1].Story.Members) != 3 || few.Formers[1].Story.Formers != nil || few.Formers[2].Story.Members != nil {
		t.Errorf("formers = %+v", few.Formers)
	}
}
