package store

import (
	"time"

	"storyfold/story"
)

// What follows writes records that are read by reflection, byte for byte as encode does: maps of
// given lengths, with some fields although they are zero, and times as texts.

// sized writes a map of the fields that write writes: fewer than 24.
func (c *coder) sized(write func()) {
	start, outer := len(c.out), c.written
	c.out, c.written = append(c.out, 0), 0
	write()
	c.out[start], c.written = majorMap<<5|byte(c.written), outer
}

// sizedList writes a list, where it is not empty, of which write writes each value.
func sizedList[T any](c *coder, key uint64, list []T, write func(*T)) {
	if !c.field(key, len(list) == 0) {
		return
	}
	c.putHead(majorList, uint64(len(list)))
	for i := range list {
		write(&list[i])
	}
}

// anyText writes a text, also an empty one.
func (c *coder) anyText(key uint64, s string) {
	c.field(key, false)
	c.putText(s)
}

// textTime writes a time that is not zero as a text.
func (c *coder) textTime(key uint64, t time.Time) {
	if !t.IsZero() {
		c.anyTime(key, t)
	}
}

// anyTime writes a time as a text, or that there is none.
func (c *coder) anyTime(key uint64, t time.Time) {
	c.field(key, false)
	if t.IsZero() {
		c.out = append(c.out, cborNil)
		return
	}
	var b [len(time.RFC3339Nano)]byte
	text := t.UTC().AppendFormat(b[:0], time.RFC3339Nano)
	c.putHead(majorText, uint64(len(text)))
	c.out = append(c.out, text...)
}

func (c *coder) putArticle(a *story.Article) {
	c.sized(func() {
		c.field(1, false)
		c.putHead(majorUint, a.Seq)
		c.anyText(2, a.Source)
		c.anyText(3, a.Identity)
		textsField(c, 4, &a.Also)
		textField(c, 5, &a.Outlet)
		textField(c, 6, &a.URL)
		textField(c, 7, &a.Title)
		textField(c, 8, &a.Text)
		textField(c, 9, &a.Lang)
		c.textTime(10, a.Published)
		c.textTime(11, a.FirstSeen)
		c.textTime(12, a.Edited)
		textsField(c, 13, &a.Authors)
		textsField(c, 14, &a.Categories)
		textField(c, 15, &a.Image)
		sizedList(c, 16, a.Enclosures, c.putEnclosure)
		textsField(c, 17, &a.Credits)
		sizedList(c, 18, a.Titles, c.putOldTitle)
	})
}

func (c *coder) putEnclosure(e *story.Enclosure) {
	c.sized(func() {
		c.anyText(1, e.URL)
		textField(c, 2, &e.Type)
		intField(c, 3, &e.Length)
	})
}

func (c *coder) putOldTitle(t *story.OldTitle) {
	c.sized(func() {
		c.anyText(1, t.Title)
		c.anyTime(2, t.Until)
	})
}

func (c *coder) putDecided(r *record) {
	c.sized(func() {
		c.anyTime(1, r.Time)
		c.field(2, false)
		c.putDecision(&r.Decision)
	})
}

func (c *coder) putDecision(d *story.Decision) {
	c.sized(func() {
		c.field(1, false)
		c.putHead(majorUint, uint64(d.Kind))
		uintField(c, 2, &d.Article)
		c.anyText(3, string(d.Story))
		textField(c, 4, &d.From)
		uintsField(c, 5, &d.Articles)
		boolField(c, 6, &d.Emptied)
		c.field(7, false)
		c.putReason(&d.Reason)
	})
}

func (c *coder) putReason(r *story.Reason) {
	c.sized(func() {
		c.anyText(1, r.Rule)
		floatField(c, 2, &r.Score)
		floatField(c, 3, &r.Threshold)
		sizedList(c, 4, r.Terms, c.putTerm)
		textField(c, 5, &r.Near)
		floatField(c, 6, &r.NearScore)
	})
}

func (c *coder) putTerm(t *story.Term) {
	c.sized(func() {
		c.anyText(1, t.Text)
		c.field(2, false)
		c.putFloat(t.Weight)
	})
}
