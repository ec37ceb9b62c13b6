package store

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// chunk is how many records an iterator reads in one transaction. Between two
// transactions none is open, so the caller may take its time.
const chunk = 64

// Article returns the article with this sequence number. The error is
// story.ErrNotFound if there is none.
func (db *DB) Article(seq uint64) (*story.Article, error) {
	a := new(story.Article)
	err := db.viewBucket(bucketArticle, func(b *bolt.Bucket) error { return readArticle(b, seq, a) })
	if err != nil {
		return nil, fmt.Errorf("article %d: %w", seq, err)
	}
	return a, nil
}

// ArticleByID returns the article with this public name. The error is
// story.ErrNotFound if there is none.
func (db *DB) ArticleByID(id story.ArticleID) (*story.Article, error) {
	a := new(story.Article)
	err := db.view(func(t tables) error {
		seq := t.id.Get([]byte(id))
		if seq == nil {
			return story.ErrNotFound
		}
		return readArticle(t.article, parseNumber(seq), a)
	})
	if err != nil {
		return nil, fmt.Errorf("article %s: %w", id, err)
	}
	return a, nil
}

// StoryOf returns the story that the article is in now. The error is
// story.ErrNotFound if there is no such article.
func (db *DB) StoryOf(seq uint64) (id story.ID, err error) {
	err = db.viewBucket(bucketMember, func(b *bolt.Bucket) error {
		v := b.Get(number(seq))
		if v == nil {
			return story.ErrNotFound
		}
		id = story.ID(v)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("story of article %d: %w", seq, err)
	}
	return id, nil
}

// Used tells whether there is or ever was a story with this id, also as an
// alias. A store that cannot be read says no, so that whoever looks for an unused
// id comes to an end; nothing can be committed to it either.
func (db *DB) Used(id story.ID) bool {
	used := false
	_ = db.viewBuckets(func(b *bolt.Bucket) error {
		used = used || b.Get([]byte(id)) != nil
		return nil
	}, bucketStory, bucketAlias, bucketRemoved)
	return used
}

// Newest gives the stories by last revision, newest first, those of the same
// time by id, last first. The caller may take its time: no transaction is open
// meanwhile. A story that gains a revision during the iteration moves to the
// front and may be missed; Generation tells. What the stories point to is shared
// and must not be changed.
func (db *DB) Newest() iter.Seq2[story.Story, error] {
	return db.stories(bucketUpdated, timeSize, true, db.headers.read)
}

// OpenStories gives the stories that are not closed, by first article, without
// what their revisions said.
func (db *DB) OpenStories() iter.Seq2[story.Story, error] {
	return db.stories(bucketOpen, 8, false, tables.readUntold)
}

// notStored is the error for a story that only an order of stories names.
func notStored(order string, id story.ID) error {
	return fmt.Errorf("%w: bucket %s names story %q, which is not stored", ErrDamaged, order, id)
}

// stories gives the stories in the order of a bucket, whose keys end with the
// id after head bytes, as read reads them.
func (db *DB) stories(
	order string, head int, backward bool, read func(t tables, id story.ID, s *story.Story) (bool, error),
) iter.Seq2[story.Story, error] {
	return inChunks(db, order, backward, nil, func(t tables, k []byte) (s story.Story, err error) {
		id := story.ID(k[min(head, len(k)):])
		ok, err := read(t, id, &s)
		if err == nil && !ok {
			err = notStored(order, id)
		}
		return s, err
	})
}

// inChunks gives what read makes of the keys of a bucket after the given one, or
// of all if that is nil, in their order or backward. No transaction is open
// between two chunks.
func inChunks[T any](
	db *DB, bucket string, backward bool, after []byte, read func(t tables, key []byte) (T, error),
) iter.Seq2[T, error] {
	return inChunksOf(chunk, db, bucket, backward, after, read)
}

// inChunksOf is inChunks with so many in one transaction.
func inChunksOf[T any](
	n int, db *DB, bucket string, backward bool, after []byte, read func(t tables, key []byte) (T, error),
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		last := after
		for {
			var found []T
			err := db.view(func(t tables) error {
				for k := range keysFrom(t.tx.Bucket([]byte(bucket)), last, backward) {
					v, err := read(t, k)
					if err != nil {
						return err
					}
					last = bytes.Clone(k)
					if found = append(found, v); len(found) == n {
						break
					}
				}
				return nil
			})
			for _, v := range found {
				if !yield(v, nil) {
					return
				}
			}
			if err != nil {
				yield(*new(T), fmt.Errorf("read %s: %w", bucket, err))
				return
			}
			if len(found) < n {
				return
			}
		}
	}
}

// keysFrom gives the keys of b after the key last, or all if that is nil, in
// their order or backward.
func keysFrom(b *bolt.Bucket, last []byte, backward bool) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		c := b.Cursor()
		var k []byte
		switch {
		case last == nil && backward:
			k, _ = c.Last()
		case last == nil:
			k, _ = c.First()
		case backward:
			if k, _ = c.Seek(last); k == nil { // all are before last
				k, _ = c.Last()
			} else {
				k, _ = c.Prev()
			}
		default:
			if k, _ = c.Seek(last); bytes.Equal(k, last) {
				k, _ = c.Next()
			}
		}
		for k != nil && yield(k) {
			if backward {
				k, _ = c.Prev()
			} else {
				k, _ = c.Next()
			}
		}
	}
}

// Aliases gives the stories that became another one, the latest first, each
// with the story where it ends now.
func (db *DB) Aliases() iter.Seq2[story.Alias, error] {
	return inChunks(db, bucketAliasOrder, true, nil, func(t tables, k []byte) (story.Alias, error) {
		from := t.aliasOrder.Get(k)
		return story.Alias{From: story.ID(from), To: aliasEnd(t.alias.Get(from))}, nil
	})
}

// Decided is a decision as it is stored.
type Decided struct {
	Number   uint64    // from 1, in the order in which they were taken
	Time     time.Time // of the commit
	Decision story.Decision
}

// Decisions gives the decisions from this number on, oldest first. Those of
// removed stories are gone.
func (db *DB) Decisions(from uint64) iter.Seq2[Decided, error] {
	return inChunks(db, bucketDecision, false, number(max(from, 1)-1), tables.readDecision)
}

// DecisionsOf gives the decisions that a story was part of, oldest first, also
// those of the stories that became it. An alias stands for its story.
func (db *DB) DecisionsOf(id story.ID) iter.Seq2[Decided, error] {
	return func(yield func(Decided, error) bool) {
		numbers, err := db.decisionNumbers(id)
		for part := range slices.Chunk(numbers, chunk) {
			var found []Decided
			err = db.view(func(t tables) error {
				for _, n := range part {
					if t.decision.Get(number(n)) == nil { // removed meanwhile
						continue
					}
					d, err := t.readDecision(number(n))
					if err != nil {
						return err
					}
					found = append(found, d)
				}
				return nil
			})
			for _, d := range found {
				if !yield(d, nil) {
					return
				}
			}
			if err != nil {
				break
			}
		}
		if err != nil {
			yield(Decided{}, fmt.Errorf("read decisions of story %s: %w", id, err))
		}
	}
}

// decisionNumbers returns the numbers of the decisions that a story, or one
// that became it, was part of; ascending.
func (db *DB) decisionNumbers(id story.ID) (numbers []uint64, err error) {
	err = db.view(func(t tables) error {
		if v := t.alias.Get([]byte(id)); v != nil {
			id = aliasEnd(v)
		}
		for _, of := range t.withAliases(id) {
			prefix := idPrefix(of)
			for k := range withPrefix(t.decisionOf, prefix) {
				numbers = append(numbers, parseNumber(k[len(prefix):]))
			}
		}
		return nil
	})
	slices.Sort(numbers)
	return slices.Compact(numbers), err
}

// withAliases returns id and all aliases that end there.
func (t tables) withAliases(id story.ID) []story.ID {
	ids, prefix := []story.ID{id}, idPrefix(id)
	for k := range withPrefix(t.aliasOf, prefix) {
		ids = append(ids, story.ID(k[len(prefix):]))
	}
	return ids
}

func (t tables) readDecision(key []byte) (Decided, error) {
	var r record
	if _, err := get(t.decision, bucketDecision, key, &r); err != nil {
		return Decided{}, err
	}
	return Decided{Number: parseNumber(key), Time: r.Time, Decision: r.Decision}, nil
}

// Engine returns the Grouper's own state as it was last committed; nil if it
// never was.
func (db *DB) Engine() (state []byte, err error) {
	err = db.view(func(t tables) error {
		raw := t.engine.Get(keyEngine)
		if raw == nil {
			return nil
		}
		plain, err := unpack(raw)
		if err != nil {
			return fmt.Errorf("bucket %s: %w", bucketEngine, err)
		}
		state = append([]byte{}, plain...)
		return nil
	})
	return state, err
}

// Settings returns the settings of the grouping that the stored stories follow;
// ok is false if they were never stored.
func (db *DB) Settings() (s story.Settings, ok bool, err error) {
	err = db.view(func(t tables) (err error) {
		ok, err = get(t.engine, bucketEngine, keySettings, &s)
		return err
	})
	if err != nil {
		return s, false, fmt.Errorf("read settings: %w", err)
	}
	return s, ok, nil
}

// States returns the stored states of sources by name, with their counts. A
// source that is no longer configured is among them.
func (db *DB) States() ([]story.SourceState, error) {
	var states []story.SourceState
	err := db.view(func(t tables) error {
		return t.state.ForEach(func(k, _ []byte) error {
			var s story.SourceState
			if _, err := get(t.state, bucketState, k, &s); err != nil {
				return err
			}
			count := parseCount(t.counts.Get(nameKey(s.Name)))
			s.Articles, s.Stories = count.Articles, count.Stories
			states = append(states, s)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read states: %w", err)
	}
	return states, nil
}

// Stats says how much is stored.
type Stats struct {
	Articles    int
	Stories     int // without aliases
	OpenStories int
	Aliases     int
	Decisions   int
	Bytes       int64 // length of the file
}

// Stats returns how much is stored; all zero where the store cannot tell.
func (db *DB) Stats() Stats {
	var s Stats
	err := db.view(func(t tables) error {
		n := t.totals()
		s = Stats{
			Articles: n[totalArticles], Stories: n[totalOpen] + n[totalClosed], OpenStories: n[totalOpen],
			Aliases: n[totalAliases], Decisions: n[totalDecisions], Bytes: t.tx.Size(),
		}
		return nil
	})
	if err != nil {
		return Stats{}
	}
	return s
}
