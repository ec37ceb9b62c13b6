package story

import (
	"slices"
	"time"
)

// MaxTold is how many of its last revisions a story keeps with what it said then.
const MaxTold = 30

// MaxFormers is how many stories that became this one a story remembers.
const MaxFormers = 30

// maxFormerMembers is how large a story may be for its articles to be
// remembered when it becomes another one.
const maxFormerMembers = 100

// Told is what a story said in one revision. Entries that must not change any
// more are made from it, so it repeats what they show of articles, which may be
// edited later, or leave the story.
type Told struct {
	Summary []Quote `cbor:"1,keyasint,omitempty"`
	New     []Quote `cbor:"2,keyasint,omitempty"` // what the articles that came with the revision said that no earlier one had
	Reports []Quote `cbor:"3,keyasint,omitempty"` // the articles that came with it, copies under the first of them; Text is the title

	Outlets    []string    `cbor:"4,keyasint,omitempty"` // who had reported, in commit order
	Categories []string    `cbor:"5,keyasint,omitempty"`
	Lang       string      `cbor:"6,keyasint,omitempty"`
	URL        string      `cbor:"7,keyasint,omitempty"` // of the representative
	Image      string      `cbor:"8,keyasint,omitempty"`
	Enclosures []Enclosure `cbor:"9,keyasint,omitempty"`
}

// Quote is a text of an article, with what an entry says of the article.
type Quote struct {
	Text    string    `cbor:"1,keyasint,omitempty"`
	Article uint64    `cbor:"2,keyasint"` // Seq
	ID      ArticleID `cbor:"3,keyasint"`
	Outlet  string    `cbor:"4,keyasint,omitempty"`
	Source  string    `cbor:"5,keyasint"`
	URL     string    `cbor:"6,keyasint,omitempty"`
	Lang    string    `cbor:"7,keyasint,omitempty"`
	Time    time.Time `cbor:"8,keyasint"`
	Family  int       `cbor:"9,keyasint,omitempty"`
	Copies  int       `cbor:"10,keyasint,omitempty"` // of a report: how many more articles of its family came with it
}

// Former is a published story that became another one.
type Former struct {
	Time time.Time `cbor:"1,keyasint"` // when it did

	// Story is the story as it was, with what tells which feeds had it and what
	// its revisions said. Of a very large one, its ID and Shown alone.
	Story Story `cbor:"2,keyasint"`
}

// ForgetTold drops what the story said in all but its last MaxTold revisions.
func (s *Story) ForgetTold() {
	for i := 0; i < len(s.Revisions)-MaxTold; i++ {
		if s.Revisions[i].Told != nil {
			s.Revisions = slices.Clone(s.Revisions)
			s.Revisions[i].Told = nil
		}
	}
}

// Absorb remembers that from, as it was stored, became s at this time. A story
// that was never published leaves no trace.
func (s *Story) Absorb(from *Story, at time.Time) {
	s.Formers = append(slices.Clone(s.Formers), from.Formers...)
	if !from.Shown.IsZero() {
		f := Former{Time: at, Story: Story{ID: from.ID, Shown: from.Shown}}
		if len(from.Members) <= maxFormerMembers {
			f.Story = *from
			f.Story.Formers, f.Story.Closed = nil, true
			f.Story.Members = slices.Clone(from.Members)
			for i := range f.Story.Members {
				m := &f.Story.Members[i]
				m.Why, m.Image, m.Enclosures, m.Credits = Reason{}, "", nil, nil
			}
			f.Story.Brief.Only, f.Story.Brief.New = nil, nil
		}
		s.Formers = append(s.Formers, f)
	}
	slices.SortStableFunc(s.Formers, func(a, b Former) int { return a.Time.Compare(b.Time) })
	if over := len(s.Formers) - MaxFormers; over > 0 {
		s.Formers = slices.Delete(s.Formers, 0, over)
	}
}
