package store

import (
	"fmt"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// readArticle reads an article of the bucket of articles. It is story.ErrNotFound if there is none.
func readArticle(b *bolt.Bucket, seq uint64, a *story.Article) error {
	key := number(seq)
	raw := b.Get(key)
	if raw == nil {
		return story.ErrNotFound
	}
	s := scratches.Get().(*scratch)
	defer s.free()
	plain, err := s.unpack(raw)
	if err == nil {
		err = parseArticle(plain, a, true)
	}
	return located(err, bucketArticle, key)
}

// parseArticle reads the CBOR of an article: all of it, or what grouping reads. It
// keeps nothing of plain.
func parseArticle(plain []byte, a *story.Article, whole bool) error {
	if c := (coder{reading: true, in: string(plain)}); c.article(a, whole) {
		return nil
	}
	*a = story.Article{} // it may be written in another way
	if err := fromCBOR.Unmarshal(plain, a); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// article reads the record of an article, and reports whether it is written as encode writes it.
// Only the text shares the memory of the record.
func (c *coder) article(a *story.Article, whole bool) bool {
	c.eachField(func(key uint64) {
		switch key {
		case 1:
			a.Seq = c.number()
		case 2:
			a.Source = c.ownText()
		case 3:
			a.Identity = c.ownText()
		case 5:
			a.Outlet = c.ownText()
		case 6:
			a.URL = c.ownText()
		case 7:
			a.Title = c.ownText()
		case 8:
			a.Text = c.text()
		case 9:
			a.Lang = c.ownText()
		case 10:
			a.Published = c.timeText()
		case 11:
			a.FirstSeen = c.timeText()
		default:
			if whole {
				c.beside(a, key)
			} else {
				c.skip(0)
			}
		}
	})
	return !c.broken && len(c.in) == 0
}

// beside reads a field of an article that grouping does not read.
func (c *coder) beside(a *story.Article, key uint64) {
	switch key {
	case 4:
		a.Also = readList(c, c.ownText)
	case 12:
		a.Edited = c.timeText()
	case 13:
		a.Authors = readList(c, c.ownText)
	case 14:
		a.Categories = readList(c, c.ownText)
	case 15:
		a.Image = c.ownText()
	case 16:
		a.Enclosures = readList(c, c.enclosure)
	case 17:
		a.Credits = readList(c, c.ownText)
	case 18:
		a.Titles = readList(c, c.oldTitle)
	default:
		c.skip(0)
	}
}

func (c *coder) enclosure() (e story.Enclosure) {
	c.eachField(func(key uint64) {
		switch key {
		case 1:
			e.URL = c.ownText()
		case 2:
			e.Type = c.ownText()
		case 3:
			e.Length = c.int()
		default:
			c.skip(0)
		}
	})
	return e
}

func (c *coder) oldTitle() (t story.OldTitle) {
	c.eachField(func(key uint64) {
		switch key {
		case 1:
			t.Title = c.ownText()
		case 2:
			t.Until = c.timeText()
		default:
			c.skip(0)
		}
	})
	return t
}

// eachField has read called for each key of a map whose length is given, to read its value.
func (c *coder) eachField(read func(key uint64)) {
	major, n := c.head()
	if major != majorMap {
		c.fail()
	}
	for ; n > 0 && !c.broken; n-- {
		read(c.number())
	}
}

// readList reads a list; nil if it is empty.
func readList[T any](c *coder, read func() T) (list []T) {
	for n := c.count(); n > 0 && !c.broken; n-- {
		list = append(list, read())
	}
	return list
}

// ownText reads a text that does not share the memory of the record.
func (c *coder) ownText() string { return strings.Clone(c.text()) }

// timeText reads a time as encode writes it.
func (c *coder) timeText() time.Time {
	if len(c.in) > 0 && c.in[0] == cborNil {
		c.byte()
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, c.text())
	if err != nil {
		c.fail()
	}
	return t
}
