package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storyfold/story"
)

func TestConstraints(t *testing.T) {
	dir, now := t.TempDir(), at(0)
	open := func() *DB {
		db, err := Open(dir, Options{Create: true, NoSync: true, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open()
	commit(t, db, single(1, 4))
	key := func(seq uint64) story.Key { a := article(seq); return a.Key() }
	want := func(next uint64, list ...story.Constraint) {
		t.Helper()
		if err := errors.Join(db.Check(), db.Close()); err != nil {
			t.Fatal(err)
		}
		db = open()
		got, err := db.Constraints()
		if err != nil || !cmp.Equal(got, list) {
			t.Errorf("Constraints: %v\n%s", err, cmp.Diff(list, got))
		}
		if n := db.NextConstraint(); n != next {
			t.Errorf("NextConstraint() = %d, want %d", n, next)
		}
	}
	want(1)
	same := story.Constraint{Number: 1, Kind: story.Same, A: key(1), B: key(2), Made: at(3)}
	apart := story.Constraint{Number: 2, Kind: story.Apart, A: key(1), B: key(3), Made: at(3)}
	out := story.Constraint{Number: 3, Kind: story.Out, A: key(4), Made: at(4)}
	commit(t, db, &story.Commit{Time: at(3), Constraints: []story.Constraint{same, apart}})
	commit(t, db, &story.Commit{Time: at(4), Constraints: []story.Constraint{out}})
	want(4, same, apart, out)
	commit(t, db, &story.Commit{Time: at(5), Lifted: []uint64{2}})
	commit(t, db, &story.Commit{Time: at(6), Lifted: []uint64{3}})
	want(4, same)
	for name, c := range map[string]*story.Commit{
		"a number again":      {Time: at(7), Constraints: []story.Constraint{out}},
		"undoing what is not": {Time: at(7), Lifted: []uint64{2}},
	} {
		if err := db.Commit(c); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: Commit = %v, want ErrInvalid", name, err)
		}
	}
	want(4, same)

	if _, ok, err := db.Settings(); ok || err != nil {
		t.Errorf("Settings of a store without any: %t, %v", ok, err)
	}
	settings := story.Settings{Window: 72 * time.Hour, Strictness: -0.25}
	commit(t, db, &story.Commit{Settings: &settings})
	want(4, same)
	if got, ok, err := db.Settings(); got != settings || !ok || err != nil {
		t.Errorf("Settings = %+v, %t, %v, want %+v", got, ok, err, settings)
	}

	retire(t, db, "s2")
	if ids, err := db.Expire(at(400)); err != nil || len(ids) != 1 {
		t.Fatalf("Expire = %v, %v", ids, err)
	}
	want(4, same) // its key is remembered
	now = at(0).Add(2 * keepSilent)
	if _, err := db.Expire(time.Time{}); err != nil {
		t.Fatal(err)
	}
	want(4)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
