package store

import (
	"bytes"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// puts gathers what is put into a bucket, to put it there in the order of the keys. A page that
// bbolt writes to is split when the transaction ends, and not before: until then each key that
// comes before many new ones moves them all.
type puts struct {
	bucket *bolt.Bucket
	pairs  []pair
}

type pair struct{ key, value []byte }

// add notes that the value is to be put at the key. Two at one key must be equal.
func (p *puts) add(key, value []byte) { p.pairs = append(p.pairs, pair{key, value}) }

// flush puts what was added, and leaves it in order.
func (p *puts) flush() error {
	p.sort()
	for _, e := range p.pairs {
		if err := p.bucket.Put(e.key, e.value); err != nil {
			return err
		}
	}
	return nil
}

// flushNew is flush where no key may be there before.
func (p *puts) flushNew() error {
	p.sort()
	c := p.bucket.Cursor()
	for i, e := range p.pairs {
		if i > 0 && bytes.Equal(e.key, p.pairs[i-1].key) || has(c, e.key) {
			return fmt.Errorf("%w: %s is another article's", ErrInvalid, printKey(e.key))
		}
	}
	return p.flush()
}

func (p *puts) sort() {
	slices.SortFunc(p.pairs, func(a, b pair) int { return bytes.Compare(a.key, b.key) })
}

// has reports whether there is such a key in the bucket of the cursor.
func has(c *bolt.Cursor, key []byte) bool {
	k, _ := c.Seek(key)
	return bytes.Equal(k, key)
}

// valueAt returns what is at the key in the bucket of the cursor; nil: nothing is.
func valueAt(c *bolt.Cursor, key []byte) []byte {
	k, v := c.Seek(key)
	if !bytes.Equal(k, key) {
		return nil
	}
	return v
}
