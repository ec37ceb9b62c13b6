package store

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// maxProblems is how many problems Check tells.
const maxProblems = 50

// Check walks the whole file: every invariant of doc.go, then bbolt's own check of
// its pages. It returns nil if all hold, else the first problems, at most 50, each
// in words. Commits go on meanwhile, and wait only while the pages are checked, which
// is a small part of it.
func (db *DB) Check() error {
	err := db.view(func(t tables) error {
		t.readAll()
		c := checker{tables: t, sources: map[string]Count{}, owned: map[string]int{}}
		return c.run()
	})
	if err == nil {
		err = db.checkPages()
	}
	if err != nil {
		return fmt.Errorf("check %s: %w", db.path, err)
	}
	return nil
}

// readAll reads every key and value. bbolt checks its pages in a goroutine of its
// own, where a fault in mapped memory cannot be caught; this comes upon it first.
func (t tables) readAll() {
	sum := uint32(0)
	read := func(b *bolt.Bucket) {
		for k, v := range withPrefix(b, nil) {
			sum = crc32.Update(crc32.Update(sum, castagnoli, k), castagnoli, v)
		}
	}
	for _, b := range t.all() {
		read(*b)
	}
	for _, b := range []*bolt.Bucket{t.constraint, t.owed} {
		if b != nil {
			read(b)
		}
	}
}

// checkPages has bbolt check its pages. Its list of free pages is that of the
// last commit, so none may be made meanwhile.
func (db *DB) checkPages() error {
	db.write.Lock()
	defer db.write.Unlock()
	return db.view(func(t tables) error {
		problems := problems{fmt.Errorf("%w: page check", ErrDamaged)}
		for err := range t.tx.Check() {
			problems.add("%w", err)
		}
		if len(problems) == 1 {
			return nil
		}
		return errors.Join(problems...)
	})
}

// problems are what a check found.
type problems []error

func (p *problems) add(format string, args ...any) {
	if len(*p) < maxProblems {
		*p = append(*p, fmt.Errorf(format, args...))
	}
}

// checker walks the invariants of doc.go.
type checker struct {
	tables
	problems

	// What was counted on the way.
	totals  totals
	sources map[string]Count
	owned   map[string]int // entries that the buckets of the stories' parts should have
	marks   int            // entries that bucket decisionof should have

	// What is owed.
	from   uint64            // number of the first decision that no story shows; 0: none
	placed map[uint64]bool   // articles that are in no story yet
	opened map[story.ID]bool // stories that may not be stored yet
}

func (c *checker) run() error {
	for _, walk := range []func(){
		c.checkOwed, c.articles, c.keys, c.links, c.names, c.stories, c.orders, c.aliases, c.decisions, c.constraints, c.icons, c.states, c.gones, c.sums,
	} {
		walk()
	}
	return errors.Join(c.problems...)
}

// length returns how many keys b has.
func length(b *bolt.Bucket) (n int) {
	for range withPrefix(b, nil) {
		n++
	}
	return n
}

// equal notes that a count is not what it should be.
func (c *checker) equal(what string, got, want int) {
	if got != want {
		c.add("%s: %d, and should be %d", what, got, want)
	}
}

// articles: every article has its key, its id, its story and a number below next.
func (c *checker) articles() {
	next := c.number(keyNext)
	for k := range withPrefix(c.article, nil) {
		var a story.Article
		if _, err := get(c.article, bucketArticle, k, &a); err != nil {
			c.add("%w", err)
			continue
		}
		seq := parseNumber(k)
		if a.Seq != seq || seq == 0 || seq >= next {
			c.add("article at key %s has number %d, and the next one gets %d", printKey(k), a.Seq, next)
		}
		own, _ := parseKeyValue(c.key.Get(nameKey(a.Key())))
		if want := (keyValue{kind: keyOwn, seq: seq, hash: ContentHash(&a), key: a.Key()}); own != want {
			c.add("article %d: its key leads to article %d, kind %q, hash %x, want hash %x", seq, own.seq, own.kind, own.hash, want.hash)
		}
		if got := c.id.Get([]byte(a.ID())); !bytes.Equal(got, k) {
			c.add("article %d: its id %s leads to %s", seq, a.ID(), printKey(got))
		}
		if id := c.member.Get(k); (id == nil || c.story.Get(id) == nil) && !c.placed[seq] {
			c.add("article %d: it is in story %q, which is not stored", seq, id)
		}
		counted := changes{totals: c.totals, sources: c.sources}
		counted.article(&a, +1)
		c.totals = counted.totals
	}
	c.equal("bucket id", length(c.id), c.totals[totalArticles])
	c.equal("bucket member", length(c.member), c.totals[totalArticles]-len(c.placed))
}

// keys: every key leads to an article, which knows it; one is the article's own.
func (c *checker) keys() {
	own := 0
	for k, v := range withPrefix(c.key, nil) {
		key, ok := parseKeyValue(v)
		if !ok || !bytes.Equal(nameKey(key.key), k) {
			c.add("bucket key, key %s: its value is that of %q", printKey(k), key.key)
			continue
		}
		if key.kind == keyOwn {
			own++
		} else if key.kind != keyListing {
			c.add("key %q is of kind %q", key.key, key.kind)
		}
		if c.article.Get(number(key.seq)) == nil {
			c.add("key %q leads to article %d, which is not stored", key.key, key.seq)
		}
		if c.name.Get(entryKey(key.seq, nameOfKey, k)) == nil {
			c.add("key %q is missing among the names of article %d", key.key, key.seq)
		}
	}
	c.equal("keys that are articles' own", own, c.totals[totalArticles])
}

// links: every link leads to an article, which knows it.
func (c *checker) links() {
	for k := range withPrefix(c.link, nil) {
		if len(k) < 10 {
			c.add("bucket link, key %s is too short", printKey(k))
			continue
		}
		name, seq := k[:len(k)-9], parseNumber(k[len(k)-8:])
		if c.article.Get(number(seq)) == nil {
			c.add("link %s leads to article %d, which is not stored", printKey(name), seq)
		}
		if c.name.Get(entryKey(seq, nameOfLink, name)) == nil {
			c.add("link %s is missing among the names of article %d", printKey(name), seq)
		}
	}
}

// names: every name of an article leads back to it.
func (c *checker) names() {
	for k := range withPrefix(c.name, nil) {
		if len(k) < 10 {
			c.add("bucket name, key %s is too short", printKey(k))
			continue
		}
		seq, name := parseNumber(k[:8]), k[9:]
		found := false
		switch k[8] {
		case nameOfKey:
			key, ok := parseKeyValue(c.key.Get(name))
			found = ok && key.seq == seq
		case nameOfLink:
			found = c.link.Get(slices.Concat(name, []byte{0}, k[:8])) != nil
		}
		if !found {
			c.add("article %d is not found by its name %s", seq, printKey(k[8:]))
		}
	}
}

// orders: no story is listed twice, and none that is not stored.
func (c *checker) orders() {
	stories := c.totals[totalOpen] + c.totals[totalClosed]
	c.equal("bucket updated", length(c.updated), stories)
	c.equal("bucket open", length(c.open), c.totals[totalOpen])
	c.equal("bucket closed", length(c.closed), c.totals[totalClosed])
	for k := range withPrefix(c.removed, nil) {
		if c.story.Get(k) != nil || c.alias.Get(k) != nil {
			c.add("story %s has been removed, and is there", k)
		}
	}
}

// aliases: each ends at a stored story and is listed for it and in order.
func (c *checker) aliases() {
	next := c.number(keyAlias)
	for k, v := range withPrefix(c.alias, nil) {
		end, n := aliasEnd(v), aliasNumber(v)
		if c.story.Get([]byte(end)) == nil || c.story.Get(k) != nil {
			c.add("alias %s ends at story %q, which is not stored, or is a story itself", k, end)
		}
		if c.aliasOf.Get(append(idPrefix(end), k...)) == nil {
			c.add("alias %s is missing among those of story %s", k, end)
		}
		if !bytes.Equal(c.aliasOrder.Get(number(n)), k) || n >= next {
			c.add("alias %s has number %d, which is another's; the next one is %d", k, n, next)
		}
		c.totals[totalAliases]++
	}
	c.equal("bucket aliasof", length(c.aliasOf), c.totals[totalAliases])
	c.equal("bucket aliasorder", length(c.aliasOrder), c.totals[totalAliases])
}

// decisions: each is readable and found by its stories, the one that it changed
// being stored.
func (c *checker) decisions() {
	next := c.number(keyDecision)
	for k := range withPrefix(c.decision, nil) {
		d, err := c.readDecision(k)
		if err != nil {
			c.add("%w", err)
			continue
		}
		if d.Number == 0 || d.Number >= next {
			c.add("decision at key %s, and the next one gets %d", printKey(k), next)
		}
		awaited := c.from > 0 && d.Number >= c.from && c.opened[d.Decision.Story]
		if id := []byte(d.Decision.Story); c.story.Get(id) == nil && c.alias.Get(id) == nil && !awaited {
			c.add("decision %d: its story %s is not stored", d.Number, id)
		}
		for _, of := range decisionKeys(&d.Decision, d.Number) {
			c.marks++
			if c.decisionOf.Get(of) == nil {
				c.add("decision %d is missing at %s", d.Number, printKey(of))
			}
		}
		c.totals[totalDecisions]++
	}
	c.equal("bucket decisionof", length(c.decisionOf), c.marks)
}

// states: each is readable, under its name; and so is the engine's.
func (c *checker) states() {
	for k := range withPrefix(c.state, nil) {
		var s story.SourceState
		if _, err := get(c.state, bucketState, k, &s); err != nil {
			c.add("%w", err)
		} else if s.Name != string(k) {
			c.add("state of source %s is that of %q", printKey(k), s.Name)
		}
	}
	if _, err := get(c.engine, bucketEngine, keySettings, new(story.Settings)); err != nil {
		c.add("%w", err)
	}
	if raw := c.engine.Get(keyEngine); raw != nil {
		if _, err := unpack(raw); err != nil {
			c.add("bucket %s: %w", bucketEngine, err)
		}
	}
}

// gones: the keys of removed articles are no longer those of articles.
func (c *checker) gones() {
	for k, v := range withPrefix(c.gone, nil) {
		if g, ok := parseGone(v); !ok || !bytes.Equal(nameKey(g.key), k) || c.key.Get(k) != nil {
			c.add("bucket gone, key %s: its value is that of %q, or the key is an article's", printKey(k), g.key)
		}
	}
	for k, v := range withPrefix(c.read, nil) {
		if len(v) != timeSize {
			c.add("bucket read, key %s: no time", printKey(k))
		}
	}
}

// sums: the stored counts are what was counted.
func (c *checker) sums() {
	if stored := c.tables.totals(); stored != c.totals {
		c.add("totals (articles, open, closed stories, aliases, decisions) are %d, counted %d", stored, c.totals)
	}
	if len(c.meta.Get(keyUUID)) != 16 {
		c.add("bucket meta: no uuid")
	}
	stored := map[string]Count{}
	for k, v := range withPrefix(c.tables.counts, nil) {
		source := string(v[min(countSize, len(v)):])
		stored[source] = parseCount(v)
		if !bytes.Equal(nameKey(source), k) {
			c.add("bucket count, key %s: its value is that of source %q", printKey(k), source)
		}
	}
	for _, source := range slices.Sorted(maps.Keys(c.sources)) {
		if stored[source] != c.sources[source] {
			c.add("source %q: stored counts are %+v, counted %+v", source, stored[source], c.sources[source])
		}
	}
	c.equal("bucket count", len(stored), len(c.sources))
}
