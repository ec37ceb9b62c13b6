package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// Limits of one Expire, so that it holds up commits for moments only.
const (
	maxExpireStories  = 1_000
	maxExpireArticles = 5_000
	maxExpireKeys     = 20_000 // keys of removed articles looked at
)

// How long the key of a removed article is remembered.
const (
	// keepKey is how much longer than its source lists it: as long as no document
	// of the source, read so much later, was without it.
	keepKey = 30 * 24 * time.Hour

	// keepSilent is how long when the source is not read any more.
	keepSilent = 365 * 24 * time.Hour
)

// Expire removes closed stories whose newest article was first seen before the
// given time, the oldest first, each with its articles, its decisions and the
// aliases that end there, and returns their ids. Those stay used: Story says
// story.ErrRemoved. The zero time removes none.
//
// The keys of the removed articles stay, so that Known tells them from new
// ones. Expire also forgets such keys: 30 days after a source last listed one,
// if the source was read since (Known was asked for its other keys), and a year
// after a source was last read; but not those that Options.Listed knows of.
//
// Corrections of articles that are neither stored nor remembered go, too.
//
// While stories are owed (story.Commit.Owing) it removes none.
//
// One call removes at most 1,000 stories and looks at 20,000 keys. Call it again
// while it removes something.
func (db *DB) Expire(before time.Time) (removed []story.ID, err error) {
	db.write.Lock()
	defer db.write.Unlock()
	now, asked, sweep := db.opts.Now().UTC(), db.asked.all(), db.sweep
	err = db.update(func(t tables) error {
		x := expiry{writer: writer{tables: t, db: db, changes: newChanges()}, now: now}
		if err := asked.store(t); err != nil {
			return err
		}
		if removed, err = x.removeStories(before); err != nil {
			return err
		}
		if sweep, err = x.forgetKeys(sweep); err != nil {
			return err
		}
		if err := x.forgetConstraints(); err != nil {
			return err
		}
		if len(removed) > 0 {
			if err := db.advance(t); err != nil {
				return err
			}
		}
		return x.changes.store(t)
	})
	if err != nil {
		return nil, fmt.Errorf("remove stories from %s: %w", db.path, err)
	}
	db.asked.drop(asked)
	db.sweep = sweep
	return removed, nil
}

// expiry is the work of one Expire.
type expiry struct {
	writer
	now time.Time
}

// removeStories removes the closed stories that ended before the given time.
func (x *expiry) removeStories(before time.Time) ([]story.ID, error) {
	if x.owed != nil {
		return nil, nil
	}
	var ids []story.ID
	articles := 0
	for len(ids) < maxExpireStories && articles < maxExpireArticles {
		k, _ := x.closed.Cursor().First()
		if len(k) < timeSize || !parseTime(k).Before(before) {
			break
		}
		id := story.ID(k[timeSize:])
		n, err := x.removeStory(id)
		if err != nil {
			return nil, fmt.Errorf("story %s: %w", id, err)
		}
		ids, articles = append(ids, id), articles+n
	}
	return ids, nil
}

// removeStory removes one story with all that is its own, and returns how many
// articles it had.
func (x *expiry) removeStory(id story.ID) (int, error) {
	var h header
	if ok, err := x.readHeader(id, &h); err != nil {
		return 0, err
	} else if !ok {
		return 0, notStored(bucketClosed, id)
	}
	members := keysWith(x.memberOf, idPrefix(id))
	for _, k := range members {
		seq := parseNumber(k[len(id)+1:])
		if err := x.removeArticle(seq); err != nil {
			return 0, fmt.Errorf("article %d: %w", seq, err)
		}
		if err := x.memberOf.Delete(k); err != nil {
			return 0, err
		}
	}
	for _, v := range withPrefix(x.sourceOf, idPrefix(id)) {
		_, source := parseSource(v)
		x.changes.stories(source, -1)
	}
	if err := errors.Join(x.dropHeader(&h), x.dropParts(id)); err != nil {
		return 0, err
	}
	for _, of := range x.withAliases(id) {
		if err := x.removeID(of, id); err != nil {
			return 0, err
		}
	}
	return len(members), nil
}

// removeArticle removes an article and every way to find it. Its keys are
// remembered.
func (x *expiry) removeArticle(seq uint64) error {
	a := new(story.Article)
	err := readArticle(x.article, seq, a)
	if errors.Is(err, ErrDamaged) {
		a, err = x.db.standIn(x.tables, seq, err)
	}
	if err != nil {
		return err
	}
	x.changes.article(a, -1)
	prefix := number(seq)
	for _, k := range keysWith(x.name, prefix) {
		kind, name := k[len(prefix)], k[len(prefix)+1:]
		if err := x.removeName(kind, name, seq); err != nil {
			return err
		}
		if err := x.name.Delete(k); err != nil {
			return err
		}
	}
	return errors.Join(x.id.Delete([]byte(a.ID())), x.member.Delete(prefix), x.article.Delete(prefix))
}

// removeName lets a link no longer find the article, and turns a key into that
// of a removed one.
func (x *expiry) removeName(kind byte, name []byte, seq uint64) error {
	if kind == nameOfLink {
		return x.link.Delete(slices.Concat(name, []byte{0}, number(seq)))
	}
	old, _ := parseKeyValue(x.key.Get(name))
	if err := x.gone.Put(name, goneValue{asked: x.now, key: old.key}.append(nil)); err != nil {
		return err
	}
	return x.key.Delete(name)
}

// removeID removes the decisions that are those of the story or alias id, which
// ended at the removed story end, and marks the id as used.
func (x *expiry) removeID(id, end story.ID) error {
	for _, k := range keysWith(x.decisionOf, idPrefix(id)) {
		if err := x.removeDecision(parseNumber(k[len(k)-8:]), id); err != nil {
			return err
		}
	}
	if v := x.alias.Get([]byte(id)); v != nil {
		x.changes.totals[totalAliases]--
		err := errors.Join(
			x.aliasOrder.Delete(number(aliasNumber(v))),
			x.aliasOf.Delete(append(idPrefix(end), id...)),
			x.alias.Delete([]byte(id)),
		)
		if err != nil {
			return err
		}
	}
	return x.removed.Put([]byte(id), appendTime(nil, x.now))
}

// removeDecision removes a decision if it made or changed the story id. One that
// only took from it stays, with the story that gained.
func (x *expiry) removeDecision(n uint64, id story.ID) error {
	d, err := x.readDecision(number(n))
	if err != nil || d.Decision.Story != id {
		return err
	}
	x.changes.totals[totalDecisions]--
	for _, k := range decisionKeys(&d.Decision, n) {
		if err := x.decisionOf.Delete(k); err != nil {
			return err
		}
	}
	return x.decision.Delete(number(n))
}

// forgetKeys looks at keys of removed articles, from the given one on, and
// forgets those that may come back as new. It returns where to go on, nil for
// the start.
func (x *expiry) forgetKeys(from []byte) (next []byte, err error) {
	var forget [][]byte
	c := x.gone.Cursor()
	k, v := c.Seek(from)
	for n := 0; k != nil && n < maxExpireKeys; n++ {
		if g, ok := parseGone(v); ok && x.forgettable(g) && !x.db.opts.Listed(g.key) {
			forget = append(forget, bytes.Clone(k))
		}
		k, v = c.Next()
	}
	next = bytes.Clone(k)
	for _, k := range forget {
		if err := x.gone.Delete(k); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// forgettable tells whether the source of a removed article has stopped to list it.
func (x *expiry) forgettable(g goneValue) bool {
	read := parseTime(x.read.Get(nameKey(sourceOf(g.key))))
	if g.asked.After(read) {
		read = g.asked
	}
	return read.Sub(g.asked) > keepKey || x.now.Sub(read) > keepSilent
}

// keysWith returns copies of the keys of b that begin with prefix.
func keysWith(b *bolt.Bucket, prefix []byte) (keys [][]byte) {
	for k := range withPrefix(b, prefix) {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}

// newest returns when the latest member of s was first seen.
func newest(s *story.Story) time.Time {
	var t time.Time
	for i := range s.Members {
		if s.Members[i].FirstSeen.After(t) {
			t = s.Members[i].FirstSeen
		}
	}
	return t
}
