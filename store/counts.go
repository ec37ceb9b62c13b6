package store

import (
	"encoding/binary"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// Count says how much of a source is stored.
type Count struct {
	Articles int // that it brought or lists
	Stories  int // with such an article
}

// Places in the totals.
const (
	totalArticles = iota
	totalOpen     // stories
	totalClosed
	totalAliases
	totalDecisions
	numTotals
)

// totals say how much is stored of what would be slow to count.
type totals [numTotals]int

// totals reads the stored ones.
func (t tables) totals() (n totals) {
	v := t.meta.Get(keyTotals)
	for i := range n {
		if len(v) >= 8*(i+1) {
			n[i] = int(parseNumber(v[8*i : 8*i+8]))
		}
	}
	return n
}

// changes collect what a transaction adds to and takes from the totals and the
// counts of sources.
type changes struct {
	totals  totals
	sources map[string]Count
}

func newChanges() changes { return changes{sources: map[string]Count{}} }

// article notes that a came (+1) or went (-1).
func (c *changes) article(a *story.Article, n int) {
	c.totals[totalArticles] += n
	for source := range sourcesOf(a.Source, a.Also) {
		count := c.sources[source]
		count.Articles += n
		c.sources[source] = count
	}
}

// stories notes that a source has so many stories more.
func (c *changes) stories(source string, n int) {
	count := c.sources[source]
	count.Stories += n
	c.sources[source] = count
}

// totalOf returns the place in the totals of stories that are closed, or not.
func totalOf(closed bool) int {
	if closed {
		return totalClosed
	}
	return totalOpen
}

// sourcesOf returns a source and the further ones that list the same article.
func sourcesOf(source string, also []string) map[string]bool {
	sources := map[string]bool{source: true}
	for _, s := range also {
		sources[s] = true
	}
	delete(sources, "")
	return sources
}

// store adds the changes to what is stored.
func (c *changes) store(t tables) error {
	var v []byte
	for i, n := range t.totals() {
		v = binary.BigEndian.AppendUint64(v, uint64(n+c.totals[i]))
	}
	if err := t.meta.Put(keyTotals, v); err != nil {
		return err
	}
	for _, source := range slices.Sorted(maps.Keys(c.sources)) {
		change := c.sources[source]
		if change == (Count{}) {
			continue
		}
		count := parseCount(t.counts.Get(nameKey(source)))
		count.Articles += change.Articles
		count.Stories += change.Stories
		if err := putCount(t.counts, source, count); err != nil {
			return err
		}
	}
	return nil
}

func putCount(b *bolt.Bucket, source string, c Count) error {
	if c == (Count{}) {
		return b.Delete(nameKey(source))
	}
	v := binary.BigEndian.AppendUint64(number(uint64(c.Articles)), uint64(c.Stories))
	return b.Put(nameKey(source), append(v, source...))
}

// countSize is the length of the two numbers at the start of a count's value;
// the name of the source follows.
const countSize = 16

func parseCount(v []byte) Count {
	if len(v) < countSize {
		return Count{}
	}
	return Count{Articles: int(parseNumber(v[:8])), Stories: int(parseNumber(v[8:countSize]))}
}

// Counts returns what is stored of each source that has anything stored.
func (db *DB) Counts() (map[string]Count, error) {
	counts := map[string]Count{}
	err := db.view(func(t tables) error {
		return t.counts.ForEach(func(_, v []byte) error {
			counts[string(v[min(countSize, len(v)):])] = parseCount(v)
			return nil
		})
	})
	return counts, err
}
