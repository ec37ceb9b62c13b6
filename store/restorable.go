package store

import (
	"errors"
	"iter"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// wholeChunk is how many stories with all their articles are read in one transaction.
const wholeChunk = 4

// Restorable gives the stories that are not closed, by first article, with all
// their articles: what a Grouper is restored from. Of the stories it
// gives what their headers hold, and of the articles what grouping reads: number, source,
// identity, outlet, address, title, text, language, and when they were published and first seen;
// of one that is damaged what Readable would.
func (db *DB) Restorable() iter.Seq2[story.Restored, error] {
	return func(yield func(story.Restored, error) bool) {
		var read groupedReader
		stories := inChunksOf(wholeChunk, db, bucketOpen, false, nil, func(t tables, k []byte) (r story.Restored, err error) {
			var h header
			id := story.ID(k[min(8, len(k)):])
			ok, err := t.readHeader(id, &h)
			if err == nil && !ok {
				err = notStored(bucketOpen, id)
			}
			if err != nil {
				return r, err
			}
			r.Story = &h.Story
			for k := range withPrefix(t.memberOf, idPrefix(id)) {
				seq := parseNumber(k[len(id)+1:])
				a, err := read.article(t.article, seq)
				if errors.Is(err, ErrDamaged) {
					a, err = db.standIn(t, seq, err)
				}
				if err != nil {
					return r, err
				}
				r.Articles = append(r.Articles, a)
			}
			return r, nil
		})
		for r, err := range stories {
			if !yield(r, err) {
				return
			}
		}
	}
}

// groupedReader reads of articles what grouping reads of them. It uses its memory again.
type groupedReader struct{ memory []byte }

// maxKeptMemory is how much of it a groupedReader keeps for the next article, in bytes.
const maxKeptMemory = 1 << 20

func (r *groupedReader) article(b *bolt.Bucket, seq uint64) (*story.Article, error) {
	key := number(seq)
	raw := b.Get(key)
	if raw == nil {
		return nil, story.ErrNotFound
	}
	plain, err := unpackTo(r.memory, raw)
	if err != nil {
		return nil, located(err, bucketArticle, key)
	}
	a := new(story.Article)
	if err := parseArticle(plain, a, false); err != nil {
		return nil, located(err, bucketArticle, key)
	}
	if raw[0] == formatZstd && cap(plain) <= maxKeptMemory {
		r.memory = plain
	}
	return a, nil
}
