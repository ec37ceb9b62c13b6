package store

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// maxID is the longest id of a story, in bytes.
const maxID = 64

// Commit stores all of c in one transaction, or nothing. It returns when c is
// on disk. A commit that contradicts itself or the store is refused with
// ErrInvalid; other errors come from the disk.
//
// Articles with a sequence number that is stored replace that article; new ones
// must continue NextSeq in order. Stories replace whole; story.Commit.Fresh spares
// the store to look at what has not changed of them. In the end every article
// must be a member of exactly one story, but for new ones of a commit that owes
// its stories; while some are owed, only such commits, and those that pay, may have
// articles, decisions or stories. An empty commit writes nothing.
func (db *DB) Commit(c *story.Commit) error {
	if isEmpty(c) {
		return nil
	}
	db.write.Lock()
	defer db.write.Unlock()
	asked := db.asked.all()
	err := db.update(func(t tables) error {
		w := writer{
			tables: t, db: db, commit: c, changes: newChanges(), sorted: map[*bolt.Bucket]*puts{},
			loose: map[uint64]bool{}, entered: map[uint64]story.ID{}, touched: map[story.ID]*touched{},
		}
		if err := w.run(); err != nil {
			return err
		}
		return asked.store(t)
	})
	if err != nil {
		return fmt.Errorf("commit to %s: %w", db.path, err)
	}
	db.asked.drop(asked)
	return nil
}

func isEmpty(c *story.Commit) bool {
	return len(c.Articles) == 0 && len(c.Stories) == 0 && len(c.Decisions) == 0 && len(c.Aliases) == 0 &&
		len(c.States) == 0 && len(c.Listings) == 0 && c.Engine == nil && len(c.Constraints) == 0 && len(c.Lifted) == 0 &&
		c.Settings == nil && !c.Paying
}

// writer puts one commit into the store.
type writer struct {
	tables
	db      *DB
	commit  *story.Commit
	changes changes

	next    uint64                // number of the next new article
	loose   map[uint64]bool       // new articles that no story has taken yet
	entered map[uint64]story.ID   // articles that went to a story, which bucket member does not show yet
	touched map[story.ID]*touched // the stories that change or become aliases

	sorted map[*bolt.Bucket]*puts // what waits to be put in the order of its keys
}

// later returns what waits to be put into b.
func (w *writer) later(b *bolt.Bucket) *puts {
	p := w.sorted[b]
	if p == nil {
		c := w.commit
		p = &puts{bucket: b, pairs: make([]pair, 0, max(len(c.Articles), len(c.Decisions), len(c.Stories)))}
		w.sorted[b] = p
	}
	return p
}

// run stores the commit. The order matters: what becomes of each story is known
// before any takes a member of another, and an alias ends at a story that is stored.
func (w *writer) run() error {
	for _, step := range []func() error{
		w.debts, w.articles, w.listings, w.touch, w.aliases, w.join, w.settle, w.decisions, w.constraints, w.states, w.finish,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) articles() error {
	w.next = w.number(keyNext)
	first := w.next
	var a story.Article
	for i := range w.commit.Articles {
		a = cleanArticle(w.commit.Articles[i])
		if err := w.putArticle(&a, first); err != nil {
			return fmt.Errorf("article %d: %w", a.Seq, err)
		}
	}
	if w.next == first {
		return w.later(w.link).flush()
	}
	names := w.later(w.key)
	if err := names.flushNew(); err != nil {
		return err
	}
	return errors.Join(
		w.forgetGone(names.pairs), w.later(w.id).flushNew(), w.later(w.link).flush(), w.meta.Put(keyNext, number(w.next)),
	)
}

// putArticle stores a, new or edited, and its names. Numbers from first on are new with the commit.
func (w *writer) putArticle(a *story.Article, first uint64) error {
	if a.Source == "" || a.Identity == "" {
		return fmt.Errorf("%w: no source or no identity", ErrInvalid)
	}
	seq := number(a.Seq)
	own := keyValue{kind: keyOwn, seq: a.Seq, hash: ContentHash(a), key: a.Key()}
	switch {
	case a.Seq == w.next:
		if err := w.newArticle(&own); err != nil {
			return err
		}
	case a.Seq < first:
		if err := w.editArticle(a, &own); err != nil {
			return err
		}
	default:
		return fmt.Errorf("%w: the next new article is %d", ErrInvalid, w.next)
	}
	w.changes.article(a, +1)
	if w.commit.Owing {
		if err := w.owed.Put(seq, nil); err != nil {
			return err
		}
	}
	if link := w.db.opts.Canonical(a.URL); link != "" {
		if err := w.putLink(link, a.Seq); err != nil {
			return err
		}
	}
	raw, err := encodeWith(func(c *coder) { c.putArticle(a) }, minCompressed)
	if err != nil {
		return err
	}
	return w.article.Put(seq, raw)
}

// newArticle takes the next sequence number, the key and the public name for an article.
func (w *writer) newArticle(own *keyValue) error {
	w.next++
	w.loose[own.seq] = true
	name := nameKey(own.key)
	w.later(w.key).add(name, own.value())
	w.later(w.id).add([]byte(own.key.ID()), number(own.seq))
	return w.name.Put(entryKey(own.seq, nameOfKey, name), nil)
}

// editArticle gives the key of a stored article its new value.
func (w *writer) editArticle(a *story.Article, own *keyValue) error {
	old := new(story.Article)
	err := readArticle(w.article, a.Seq, old)
	if errors.Is(err, ErrDamaged) {
		old, err = w.db.standIn(w.tables, a.Seq, err)
	}
	switch {
	case errors.Is(err, story.ErrNotFound):
		return fmt.Errorf("%w: the next new article is %d", ErrInvalid, w.next)
	case err != nil:
		return err
	case old.Key() != own.key:
		return fmt.Errorf("%w: its key was %q and is %q", ErrInvalid, old.Key(), own.key)
	}
	w.changes.article(old, -1)
	return w.key.Put(nameKey(own.key), own.value())
}

// forgetGone forgets that articles with these keys, which are in order, were removed.
func (w *writer) forgetGone(keys []pair) error {
	c := w.gone.Cursor()
	for _, e := range keys {
		if has(c, e.key) {
			if err := c.Delete(); err != nil {
				return err
			}
		}
	}
	return nil
}

// putLink lets link find the article. Links that it had before find it still.
func (w *writer) putLink(link string, seq uint64) error {
	w.later(w.link).add(linkKey(link, seq), nil)
	return w.name.Put(entryKey(seq, nameOfLink, nameKey(link)), nil)
}

// listings stores further keys of articles.
func (w *writer) listings() error {
	for _, l := range w.commit.Listings {
		name := nameKey(l.Key)
		if w.article.Get(number(l.Seq)) == nil {
			return fmt.Errorf("%w: %q lists article %d, which is not stored", ErrInvalid, l.Key, l.Seq)
		}
		if old, ok := parseKeyValue(w.key.Get(name)); ok {
			if old.seq != l.Seq {
				return fmt.Errorf("%w: %q lists article %d, but is article %d", ErrInvalid, l.Key, l.Seq, old.seq)
			}
			continue
		}
		if err := w.gone.Delete(name); err != nil {
			return err
		}
		if err := w.key.Put(name, keyValue{kind: keyListing, seq: l.Seq, key: l.Key}.value()); err != nil {
			return err
		}
		if err := w.name.Put(entryKey(l.Seq, nameOfKey, name), nil); err != nil {
			return err
		}
	}
	return nil
}

// aliases turns stories into aliases. Aliases of such a story follow it, so that
// each always names where it ends.
func (w *writer) aliases() error {
	for _, a := range w.commit.Aliases {
		to := a.To
		if end := w.alias.Get([]byte(to)); end != nil {
			to = aliasEnd(end)
		}
		if err := w.putAlias(a.From, to); err != nil {
			return fmt.Errorf("alias %s of %s: %w", a.From, a.To, err)
		}
	}
	return nil
}

func (w *writer) putAlias(from, to story.ID) error {
	key := []byte(from)
	switch {
	case len(key) == 0 || len(key) > maxID || bytes.IndexByte(key, 0) >= 0 || from == to:
		return fmt.Errorf("%w: not a name for another story", ErrInvalid)
	case w.alias.Get(key) != nil:
		return fmt.Errorf("%w: it is an alias already", ErrInvalid)
	case w.removed.Get(key) != nil:
		return fmt.Errorf("%w: it has been removed", ErrInvalid)
	}
	if err := w.leave(from); err != nil {
		return err
	}
	var follow []story.ID
	for k := range withPrefix(w.aliasOf, idPrefix(from)) {
		follow = append(follow, story.ID(k[len(from)+1:]))
	}
	for _, id := range follow {
		if id == to {
			return fmt.Errorf("%w: a circle", ErrInvalid)
		}
		n := aliasNumber(w.alias.Get([]byte(id)))
		if err := w.aliasOf.Delete(append(idPrefix(from), id...)); err != nil {
			return err
		}
		if err := w.pointAlias(id, to, n); err != nil {
			return err
		}
	}
	w.changes.totals[totalAliases]++
	n := w.number(keyAlias)
	if err := w.aliasOrder.Put(number(n), key); err != nil {
		return err
	}
	if err := w.meta.Put(keyAlias, number(n+1)); err != nil {
		return err
	}
	return w.pointAlias(from, to, n)
}

// pointAlias makes the alias with number n end at the story to.
func (w *writer) pointAlias(from, to story.ID, n uint64) error {
	if err := w.alias.Put([]byte(from), append(number(n), to...)); err != nil {
		return err
	}
	return w.aliasOf.Put(append(idPrefix(to), from...), nil)
}

// aliasEnd returns where an alias ends, from its value; aliasNumber its place in order.
func aliasEnd(v []byte) story.ID { return story.ID(v[min(8, len(v)):]) }

func aliasNumber(v []byte) uint64 { return parseNumber(v[:min(8, len(v))]) }

// record is the value of a decision.
type record struct {
	Time     time.Time      `cbor:"1,keyasint"`
	Decision story.Decision `cbor:"2,keyasint"`
}

func (w *writer) decisions() error {
	w.changes.totals[totalDecisions] += len(w.commit.Decisions)
	n := w.number(keyDecision)
	r := record{Time: cleanTime(w.commit.Time)}
	for i := range w.commit.Decisions {
		d := &r.Decision
		if *d = w.commit.Decisions[i]; d.Story == "" {
			return fmt.Errorf("%w: a decision (%s) of no story", ErrInvalid, d.Kind)
		}
		raw, err := encodeWith(func(c *coder) { c.putDecided(&r) }, minCompressed)
		if err == nil {
			err = w.decision.Put(number(n), raw)
		}
		if err != nil {
			return fmt.Errorf("decision %d: %w", n, err)
		}
		for _, key := range decisionKeys(d, n) {
			w.later(w.decisionOf).add(key, nil)
		}
		n++
	}
	return errors.Join(w.later(w.decisionOf).flush(), w.meta.Put(keyDecision, number(n)))
}

// decisionKeys returns the keys under which bucket decisionof finds d.
func decisionKeys(d *story.Decision, n uint64) [][]byte {
	keys := [][]byte{numberedKey(d.Story, n)}
	if d.From != "" && d.From != d.Story {
		keys = append(keys, numberedKey(d.From, n))
	}
	return keys
}

func (w *writer) states() error {
	for _, s := range w.commit.States {
		if s.Name == "" {
			return fmt.Errorf("%w: the state of a source without a name", ErrInvalid)
		}
		s = cleanState(s)
		if err := put(w.state, []byte(s.Name), &s); err != nil {
			return fmt.Errorf("state of source %s: %w", s.Name, err)
		}
	}
	return nil
}

// finish stores what belongs to the commit as a whole.
func (w *writer) finish() error {
	c := w.commit
	if c.Engine != nil {
		raw, err := pack(c.Engine)
		if err != nil {
			return fmt.Errorf("engine: %w", err)
		}
		if err := w.engine.Put(keyEngine, raw); err != nil {
			return err
		}
	}
	if c.Settings != nil {
		if err := put(w.engine, keySettings, c.Settings); err != nil {
			return err
		}
	}
	if len(c.Stories) > 0 || len(c.Aliases) > 0 {
		if err := w.db.advance(w.tables); err != nil {
			return err
		}
	}
	return w.changes.store(w.tables)
}

// advance writes a generation that no reader of this process has seen.
func (db *DB) advance(t tables) error {
	return t.meta.Put(keyGeneration, number(db.nextGeneration(t)))
}

// nextGeneration returns the generation that a transaction makes.
func (db *DB) nextGeneration(t tables) uint64 {
	return max(t.number(keyGeneration), db.generation.Load()) + 1
}
