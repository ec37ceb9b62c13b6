package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// The buckets; doc.go says what is in them.
const (
	bucketMeta       = "meta"
	bucketArticle    = "article"
	bucketKey        = "key"
	bucketLink       = "link"
	bucketName       = "name"
	bucketID         = "id"
	bucketMember     = "member"
	bucketStory      = "story"
	bucketUpdated    = "updated"
	bucketOpen       = "open"
	bucketClosed     = "closed"
	bucketRemoved    = "removed"
	bucketAlias      = "alias"
	bucketAliasOf    = "aliasof"
	bucketAliasOrder = "aliasorder"
	bucketDecision   = "decision"
	bucketDecisionOf = "decisionof"
	bucketEngine     = "engine"
	bucketState      = "state"
	bucketCount      = "count"
	bucketGone       = "gone"
	bucketRead       = "read"

	// The parts of a story, by its id.
	bucketMemberOf = "memberof"
	bucketRevision = "revision"
	bucketTold     = "told"
	bucketFormer   = "former"
	bucketSourceOf = "sourceof"

	bucketConstraint = "constraint" // made with the first one
	bucketIcon       = "icon"       // likewise
	bucketOwed       = "owed"       // there while stories are owed
)

var bucketNames = []string{
	bucketMeta, bucketArticle, bucketKey, bucketLink, bucketName, bucketID, bucketMember, bucketStory, bucketUpdated,
	bucketOpen, bucketClosed, bucketRemoved, bucketAlias, bucketAliasOf, bucketAliasOrder, bucketDecision,
	bucketDecisionOf, bucketEngine, bucketState, bucketCount, bucketGone, bucketRead,
}

// partNames are the buckets that version 1 did not have.
var partNames = []string{bucketMemberOf, bucketRevision, bucketTold, bucketFormer, bucketSourceOf}

// allNames are the buckets that every store has.
var allNames = slices.Concat(bucketNames, partNames)

// The keys of bucket meta, and those of bucket engine.
var (
	keyFormat     = []byte("format")
	keyVersion    = []byte("version")
	keyUUID       = []byte("uuid")
	keyNext       = []byte("next")
	keyDecision   = []byte("decision")
	keyAlias      = []byte("alias")
	keyGeneration = []byte("generation")
	keyTotals     = []byte("totals")
	keyEngine     = []byte("state")
	keyOwed       = []byte("owed")
	keySettings   = []byte("settings")
)

// tables are the buckets within one transaction.
type tables struct {
	tx *bolt.Tx

	meta, article, key, link, name, id, member  *bolt.Bucket
	story, updated, open, closed, removed       *bolt.Bucket
	alias, aliasOf, aliasOrder                  *bolt.Bucket
	decision, decisionOf, engine, state, counts *bolt.Bucket
	gone, read                                  *bolt.Bucket
	memberOf, revision, told, former, sourceOf  *bolt.Bucket

	constraint, icon *bolt.Bucket // nil while there never was one
	owed             *bolt.Bucket // nil while nothing is owed
}

// openTables finds all buckets; a missing one is damage.
func openTables(tx *bolt.Tx) (tables, error) {
	t := tables{
		tx: tx, constraint: tx.Bucket([]byte(bucketConstraint)), icon: tx.Bucket([]byte(bucketIcon)), owed: tx.Bucket([]byte(bucketOwed)),
	}
	for name, b := range t.all() {
		if *b = tx.Bucket([]byte(name)); *b == nil {
			return t, missing(name)
		}
	}
	// What grows at its end needs no room in the middle, nor what grows at the ends of stories.
	t.article.FillPercent = 1
	for _, b := range []*bolt.Bucket{t.decision, t.name, t.member, t.memberOf, t.revision, t.told} {
		b.FillPercent = 0.95
	}
	// What comes in many places at once leaves pages that half would leave half empty.
	for _, b := range []*bolt.Bucket{t.key, t.link, t.id, t.story, t.updated, t.open, t.decisionOf, t.sourceOf} {
		b.FillPercent = 0.65
	}
	return t, nil
}

func missing(bucket string) error { return fmt.Errorf("%w: bucket %s is missing", ErrDamaged, bucket) }

// all gives the name and place of every bucket.
func (t *tables) all() iter.Seq2[string, **bolt.Bucket] {
	places := []**bolt.Bucket{
		&t.meta, &t.article, &t.key, &t.link, &t.name, &t.id, &t.member, &t.story, &t.updated,
		&t.open, &t.closed, &t.removed, &t.alias, &t.aliasOf, &t.aliasOrder, &t.decision,
		&t.decisionOf, &t.engine, &t.state, &t.counts, &t.gone, &t.read,
		&t.memberOf, &t.revision, &t.told, &t.former, &t.sourceOf,
	}
	return func(yield func(string, **bolt.Bucket) bool) {
		for i, name := range allNames {
			if !yield(name, places[i]) {
				return
			}
		}
	}
}

// number reads a counter of bucket meta.
func (t tables) number(key []byte) uint64 { return parseNumber(t.meta.Get(key)) }

// get decodes the record at key of bucket b into v. It reports whether there is
// one; an error names the place.
func get(b *bolt.Bucket, bucket string, key []byte, v any) (bool, error) {
	raw := b.Get(key)
	if raw == nil {
		return false, nil
	}
	if err := decode(raw, v); err != nil {
		return true, fmt.Errorf("bucket %s, key %s: %w", bucket, printKey(key), err)
	}
	return true, nil
}

// put encodes v and stores it at key of bucket b.
func put(b *bolt.Bucket, key []byte, v any) error {
	raw, err := encode(v)
	if err != nil {
		return err
	}
	return b.Put(key, raw)
}

// printKey returns key as a message shows it: a number, or a quoted text.
func printKey(key []byte) string {
	if len(key) == 8 && key[0] == 0 {
		return fmt.Sprint(binary.BigEndian.Uint64(key))
	}
	return fmt.Sprintf("%.80q", key)
}

// withPrefix gives the keys and values of b that begin with prefix. The bucket
// must not change meanwhile.
func withPrefix(b *bolt.Bucket, prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := b.Cursor()
		for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// Keys that are made of several parts. Those of variable length stand last, or
// are followed by a NUL, which no story id contains.

func numberedKey(id story.ID, n uint64) []byte { return binary.BigEndian.AppendUint64(idPrefix(id), n) }

// idPrefix has room for a number behind it.
func idPrefix(id story.ID) []byte {
	return append(append(make([]byte, 0, len(id)+9), id...), 0)
}

func formerKey(id, former story.ID) []byte { return append(idPrefix(id), former...) }

func sourceKey(id story.ID, source string) []byte { return append(idPrefix(id), nameKey(source)...) }

// updatedKey is the key of a story in bucket updated.
func (h *header) updatedKey() []byte { return append(appendTime(nil, h.updated), h.ID...) }

// orderOf returns the bucket that lists a story beside others of its kind, and its key there.
func (t tables) orderOf(h *header) (*bolt.Bucket, []byte) {
	if h.Closed {
		return t.closed, append(appendTime(nil, h.newest), h.ID...)
	}
	return t.open, append(number(h.first), h.ID...)
}

func linkKey(link string, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(linkPrefix(link), seq)
}

// linkPrefix begins the keys of a link: its name and a NUL.
func linkPrefix(link string) []byte { return append(nameKey(link), 0) }

// Kinds of entries in bucket name.
const (
	nameOfKey  = 'k'
	nameOfLink = 'l'
)

// entryKey is the key in bucket name of an entry for the article seq.
func entryKey(seq uint64, kind byte, name []byte) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 9+len(name)), seq)
	return append(append(b, kind), name...)
}
