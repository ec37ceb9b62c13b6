package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// Owed is what commits with story.Commit.Owing have left to do.
type Owed struct {
	From     uint64   // number of the first decision that the stories do not show; 0: nothing is owed
	Articles []uint64 // those that were stored since, new and edited ones, ascending
}

// Owed returns what is owed.
func (db *DB) Owed() (o Owed, err error) {
	err = db.view(func(t tables) error {
		o = t.debts()
		return nil
	})
	if err != nil {
		return Owed{}, fmt.Errorf("read what is owed: %w", err)
	}
	return o, nil
}

func (t tables) debts() Owed {
	from := t.meta.Get(keyOwed)
	if from == nil || t.owed == nil {
		return Owed{}
	}
	o := Owed{From: parseNumber(from)}
	for k := range withPrefix(t.owed, nil) {
		o.Articles = append(o.Articles, parseNumber(k))
	}
	return o
}

// debts begins to owe, or to pay what is owed.
func (w *writer) debts() error {
	c := w.commit
	owed, told := w.owed != nil, len(c.Stories) > 0 || len(c.Aliases) > 0
	switch {
	case c.Owing && (c.Paying || told):
		return fmt.Errorf("%w: it owes its stories, and brings some", ErrInvalid)
	case c.Owing && !owed:
		return w.owe()
	case c.Paying && owed:
		return w.pay()
	case owed && !c.Owing && (told || len(c.Articles) > 0 || len(c.Decisions) > 0):
		return fmt.Errorf("%w: the stories of earlier decisions are owed", ErrInvalid)
	}
	return nil
}

// owe makes the file one that owes the stories of decisions from here on.
func (w *writer) owe() (err error) {
	if w.owed, err = w.tx.CreateBucket([]byte(bucketOwed)); err != nil {
		return err
	}
	return errors.Join(w.meta.Put(keyOwed, number(w.number(keyDecision))), putVersion(w.meta, owingVersion))
}

// pay takes the articles that are in no story for ones that this commit must place. Then
// nothing is owed.
func (w *writer) pay() error {
	for k := range withPrefix(w.owed, nil) {
		if w.member.Get(k) == nil {
			w.loose[parseNumber(k)] = true
		}
	}
	w.owed = nil
	return errors.Join(w.tx.DeleteBucket([]byte(bucketOwed)), w.meta.Delete(keyOwed), putVersion(w.meta, version))
}

func putVersion(meta *bolt.Bucket, n uint32) error {
	return meta.Put(keyVersion, binary.BigEndian.AppendUint32(nil, n))
}

// checkOwed finds what is owed, for the walks after it: each article that it leaves
// without a story was placed once, by a decision that no story shows yet.
func (c *checker) checkOwed() {
	owed := c.debts()
	if (c.owed != nil) != (c.meta.Get(keyOwed) != nil) || (c.owed != nil) != (parseVersion(c.meta) == owingVersion) {
		c.add("bucket owed is there: %t, but meta says from decision %d, version %d", c.owed != nil, owed.From, parseVersion(c.meta))
	}
	c.from, c.placed, c.opened = owed.From, map[uint64]bool{}, map[story.ID]bool{}
	if owed.From == 0 {
		return
	}
	stored := make(map[uint64]bool, len(owed.Articles))
	for _, seq := range owed.Articles {
		stored[seq] = true
		if c.article.Get(number(seq)) == nil {
			c.add("article %d is owed a story, and not stored", seq)
		}
	}
	for k := range keysFrom(c.decision, number(owed.From-1), false) {
		d, err := c.readDecision(k)
		if err != nil {
			continue // decisions tells
		}
		switch d := d.Decision; d.Kind {
		case story.Open, story.Join:
			if c.placed[d.Article] || !stored[d.Article] || c.member.Get(number(d.Article)) != nil {
				c.add("decision %s places article %d, which has its story, or is not owed one", printKey(k), d.Article)
			}
			c.placed[d.Article] = true
		}
		switch d := d.Decision; d.Kind {
		case story.Open, story.Move, story.Split:
			c.opened[d.Story] = true
		}
	}
}

func parseVersion(meta *bolt.Bucket) uint32 {
	v := meta.Get(keyVersion)
	if len(v) != 4 {
		return 0
	}
	return binary.BigEndian.Uint32(v)
}
