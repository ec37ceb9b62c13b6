package store

import (
	"time"

	"storyfold/story"
)

// The fields of the records that coder writes and reads, by the keys of their types' tags.

func memberFields(c *coder, m *story.Member) {
	uintField(c, 1, &m.Seq)
	textField(c, 2, &m.ID)
	textField(c, 3, &m.Title)
	textField(c, 4, &m.URL)
	textField(c, 5, &m.Source)
	textsField(c, 6, &m.Also)
	textField(c, 7, &m.Outlet)
	timeField(c, 8, &m.Time)
	timeField(c, 9, &m.FirstSeen)
	textField(c, 10, &m.Lang)
	textsField(c, 11, &m.Categories)
	textField(c, 12, &m.Image)
	listField(c, 13, &m.Enclosures, enclosureFields)
	textsField(c, 14, &m.Credits)
	intField(c, 15, &m.Family)
	recordField(c, 16, &m.Why, reasonFields)
	bytesField(c, 17, &m.Print)
}

func enclosureFields(c *coder, e *story.Enclosure) {
	textField(c, 1, &e.URL)
	textField(c, 2, &e.Type)
	intField(c, 3, &e.Length)
}

func reasonFields(c *coder, r *story.Reason) {
	textField(c, 1, &r.Rule)
	floatField(c, 2, &r.Score)
	floatField(c, 3, &r.Threshold)
	listField(c, 4, &r.Terms, termFields)
	textField(c, 5, &r.Near)
	floatField(c, 6, &r.NearScore)
}

func termFields(c *coder, t *story.Term) {
	textField(c, 1, &t.Text)
	floatField(c, 2, &t.Weight)
}

func eventFields(c *coder, e *story.Event) {
	timeField(c, 1, &e.Time)
	intField(c, 2, &e.Kind)
	textField(c, 3, &e.Text)
}

func briefFields(c *coder, b *story.Brief) {
	textField(c, 1, &b.Headline)
	uintField(c, 2, &b.HeadlineOf)
	uintField(c, 3, &b.Representative)
	listField(c, 4, &b.Summary, sentenceFields)
	listField(c, 5, &b.Only, sentenceFields)
	listField(c, 6, &b.New, sentenceFields)
}

func sentenceFields(c *coder, s *story.Sentence) {
	textField(c, 1, &s.Text)
	uintField(c, 2, &s.Article)
}

func revisionFields(c *coder, r *story.Revision) {
	intField(c, 1, &r.Number)
	timeField(c, 2, &r.Time)
	textField(c, 3, &r.Reason)
	uintsField(c, 4, &r.Articles)
	intField(c, 5, &r.Reports)
	textField(c, 6, &r.Headline)
	pointerField(c, 7, &r.Told, toldFields)
}

func toldFields(c *coder, t *story.Told) {
	listField(c, 1, &t.Summary, quoteFields)
	listField(c, 2, &t.New, quoteFields)
	listField(c, 3, &t.Reports, quoteFields)
	textsField(c, 4, &t.Outlets)
	textsField(c, 5, &t.Categories)
	textField(c, 6, &t.Lang)
	textField(c, 7, &t.URL)
	textField(c, 8, &t.Image)
	listField(c, 9, &t.Enclosures, enclosureFields)
}

func quoteFields(c *coder, q *story.Quote) {
	textField(c, 1, &q.Text)
	uintField(c, 2, &q.Article)
	textField(c, 3, &q.ID)
	textField(c, 4, &q.Outlet)
	textField(c, 5, &q.Source)
	textField(c, 6, &q.URL)
	textField(c, 7, &q.Lang)
	timeField(c, 8, &q.Time)
	intField(c, 9, &q.Family)
	intField(c, 10, &q.Copies)
}

// storyFields are those of a story that became another one: all in one record.
func storyFields(c *coder, s *story.Story) {
	textField(c, 1, &s.ID)
	listField(c, 2, &s.Members, memberFields)
	listField(c, 3, &s.Revisions, revisionFields)
	plainFields(c, s)
}

// plainFields are the fields of a story that stay small, whatever becomes of it.
func plainFields(c *coder, s *story.Story) {
	intField(c, 4, &s.Reports)
	timeField(c, 5, &s.Shown)
	boolField(c, 6, &s.Closed)
	textField(c, 7, &s.Lang)
	recordField(c, 8, &s.Brief, briefFields)
	listField(c, 9, &s.History, eventFields)
}

// header is the record of a story in bucket story: what it says, without its
// members, revisions and formers, which have records of their own.
type header struct {
	story.Story
	count     uint64    // members
	sum       uint64    // of seqHash of the members
	revisions uint64    // their number
	updated   time.Time // of the last revision
	first     uint64    // Seq of the first member
	newest    time.Time // when the latest member was first seen; zero while the story is not closed
	formers   []formerName
	changed   uint64 // the generation that stored it: no two states of a story have the same header
}

// formerName names a story that became another one.
type formerName struct {
	time time.Time
	id   story.ID
}

func headerFields(c *coder, h *header) {
	textField(c, 1, &h.ID)
	plainFields(c, &h.Story)
	uintField(c, 12, &h.count)
	uintField(c, 13, &h.sum)
	uintField(c, 14, &h.revisions)
	timeField(c, 15, &h.updated)
	uintField(c, 16, &h.first)
	timeField(c, 17, &h.newest)
	listField(c, 18, &h.formers, formerFields)
	uintField(c, 19, &h.changed)
}

func formerFields(c *coder, f *formerName) {
	timeField(c, 1, &f.time)
	textField(c, 2, &f.id)
}

// revised is the record of a revision: with the articles that came and went since
// the one before, and without what the story said, which has a record of its own.
type revised struct {
	story.Revision // Articles: those that came
	gone           []uint64
}

func revisedFields(c *coder, r *revised) {
	revisionFields(c, &r.Revision)
	uintsField(c, 8, &r.gone)
}
