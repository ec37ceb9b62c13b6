package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// Known is what the store knows about a key.
type Known struct {
	Seq  uint64 // of the article; 0 if it has been removed
	Hash uint64 // its ContentHash; 0 unless the key is the article's own

	// Listing is true if the key is a further listing of an article that another
	// source brought: its content there is no edit.
	Listing bool

	// Removed is true if the article was there and has been removed: it must not
	// come back as new.
	Removed bool
}

// Known returns what is known of those keys that are known. What it is asked
// for is taken to be listed by its source now: keys of removed articles are
// remembered while that goes on (see Expire), so ask for every key of a
// document that was read, also for those that have not changed.
func (db *DB) Known(keys []story.Key) (map[story.Key]Known, error) {
	known, sources := make(map[story.Key]Known, len(keys)), map[string]bool{}
	now := db.opts.Now()
	err := db.view(func(t tables) error {
		inKeys, inGone := t.key.Cursor(), t.gone.Cursor()
		for _, k := range keys {
			name := nameKey(k)
			if v, ok := parseKeyValue(valueAt(inKeys, name)); ok {
				known[k] = Known{Seq: v.seq, Hash: v.hash, Listing: v.kind == keyListing}
			} else if g, ok := parseGone(valueAt(inGone, name)); ok {
				known[k] = Known{Removed: true}
				db.asked.key(k, g.asked, now)
			}
			sources[sourceOf(k)] = true
		}
		for source := range sources {
			db.asked.source(source, parseTime(t.read.Get(nameKey(source))), now)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look up %d keys: %w", len(keys), err)
	}
	return known, nil
}

// ByLink returns the first article for each of the canonical links that an
// article has. No article has the link "".
func (db *DB) ByLink(links []string) (map[string]uint64, error) {
	found := map[string]uint64{}
	err := db.viewBucket(bucketLink, func(b *bolt.Bucket) error {
		c := b.Cursor()
		for _, link := range links {
			prefix := linkPrefix(link)
			for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
				if len(k) == len(prefix)+8 {
					found[link] = parseNumber(k[len(prefix):])
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look up %d links: %w", len(links), err)
	}
	return found, nil
}

// sourceOf returns the source that a key belongs to.
func sourceOf(k story.Key) string {
	source, _, _ := strings.Cut(string(k), "\x00")
	return source
}

// Kinds of keys.
const (
	keyOwn     = 'a' // the key that the article has itself
	keyListing = 'l' // of another source that lists it
)

// keyValue is a value of bucket key.
type keyValue struct {
	kind byte
	seq  uint64
	hash uint64 // ContentHash; 0 in a listing
	key  story.Key
}

// keyValueSize is the length of a keyValue before its key.
const keyValueSize = 17

func (v keyValue) value() []byte {
	b := append(make([]byte, 0, keyValueSize+len(v.key)), v.kind)
	b = binary.BigEndian.AppendUint64(b, v.seq)
	b = binary.BigEndian.AppendUint64(b, v.hash)
	return append(b, v.key...)
}

func parseKeyValue(b []byte) (keyValue, bool) {
	if len(b) < keyValueSize {
		return keyValue{}, false
	}
	return keyValue{
		kind: b[0], seq: parseNumber(b[1:9]), hash: parseNumber(b[9:keyValueSize]), key: story.Key(b[keyValueSize:]),
	}, true
}

// goneValue is a value of bucket gone: the key of an article that was removed.
type goneValue struct {
	asked time.Time // when its source last listed it, or when it was removed
	key   story.Key
}

func (v goneValue) append(b []byte) []byte { return append(appendTime(b, v.asked), v.key...) }

func parseGone(b []byte) (goneValue, bool) {
	if len(b) < timeSize {
		return goneValue{}, false
	}
	return goneValue{asked: parseTime(b), key: story.Key(b[timeSize:])}, true
}

// askedEvery is how exactly the store remembers when a key was asked for: one
// write a day, and not one a look, for every key of a long feed.
const askedEvery = 24 * time.Hour

// maxAsked bounds the keys that wait for the next commit. Those above are asked
// for again with the next look at their source.
const maxAsked = 100_000

// askedKeys are the keys of removed articles, and the sources, that Known was
// asked for, with the time. The next commit stores them.
type askedKeys struct {
	mu      sync.Mutex // guards the rest
	keys    map[story.Key]time.Time
	sources map[string]time.Time
}

// key notes that k, which was last asked for at the time before, is asked for now.
func (a *askedKeys) key(k story.Key, before, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(before) < askedEvery || len(a.keys) >= maxAsked {
		return
	}
	if a.keys == nil {
		a.keys = map[story.Key]time.Time{}
	}
	a.keys[k] = now
}

// source notes that a key of this source is asked for now.
func (a *askedKeys) source(name string, before, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(before) < askedEvery || len(a.sources) >= maxAsked {
		return
	}
	if a.sources == nil {
		a.sources = map[string]time.Time{}
	}
	a.sources[name] = now
}

// all returns what waits now.
func (a *askedKeys) all() *askedKeys {
	a.mu.Lock()
	defer a.mu.Unlock()
	return &askedKeys{keys: maps.Clone(a.keys), sources: maps.Clone(a.sources)}
}

// drop forgets what has been stored.
func (a *askedKeys) drop(stored *askedKeys) {
	a.mu.Lock()
	defer a.mu.Unlock()
	forget := func(k story.Key, at time.Time) bool { return stored.keys[k].Equal(at) }
	maps.DeleteFunc(a.keys, forget)
	maps.DeleteFunc(a.sources, func(name string, at time.Time) bool { return stored.sources[name].Equal(at) })
}

// store writes what waits.
func (a *askedKeys) store(t tables) error {
	for _, k := range slices.Sorted(maps.Keys(a.keys)) {
		name := nameKey(k)
		g, ok := parseGone(t.gone.Get(name))
		if !ok {
			continue
		}
		g.asked = a.keys[k]
		if err := t.gone.Put(name, g.append(nil)); err != nil {
			return err
		}
	}
	for _, source := range slices.Sorted(maps.Keys(a.sources)) {
		if err := t.read.Put(nameKey(source), appendTime(nil, a.sources[source])); err != nil {
			return err
		}
	}
	return nil
}
