package store

import (
	"bytes"
	"errors"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// What is put comes in the order of the keys, each once, and what must be new is.
func TestPuts(t *testing.T) {
	db := openStore(t, t.TempDir())
	undone := errors.New("undone")
	err := db.bolt.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket([]byte("probe"))
		if err != nil {
			t.Fatal(err)
		}
		p := puts{bucket: b}
		for _, n := range []uint64{7, 3, 9, 1, 8, 2} {
			p.add(number(n), number(100+n))
		}
		if err := p.flushNew(); err != nil {
			t.Fatal(err)
		}
		for i, e := range p.pairs {
			if i > 0 && bytes.Compare(p.pairs[i-1].key, e.key) >= 0 {
				t.Errorf("key %d was put after %d", parseNumber(e.key), parseNumber(p.pairs[i-1].key))
			}
			if got := valueAt(b.Cursor(), e.key); !bytes.Equal(got, e.value) {
				t.Errorf("at key %d there is %x, want %x", parseNumber(e.key), got, e.value)
			}
		}
		if n := length(b); n != 6 || has(b.Cursor(), number(4)) || valueAt(b.Cursor(), number(10)) != nil {
			t.Errorf("the bucket has %d keys, or some that were not put", n)
		}
		for name, keys := range map[string][]uint64{"there": {4, 9}, "twice": {5, 4, 5}} {
			p := puts{bucket: b}
			for _, n := range keys {
				p.add(number(n), nil)
			}
			if err := p.flushNew(); !errors.Is(err, ErrInvalid) || length(b) != 6 {
				t.Errorf("%s: flushNew = %v, %d keys", name, err, length(b))
			}
		}
		return undone
	})
	if err != undone {
		t.Errorf("Update = %v", err)
	}
}
