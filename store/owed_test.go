package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// owe returns the commit of step without its stories, which are owed, and the one that pays.
func owe(seq uint64) (owing, paying *story.Commit) {
	owing = step(seq)
	paying = &story.Commit{Time: owing.Time, Stories: owing.Stories, Aliases: owing.Aliases, Paying: true}
	owing.Stories, owing.Aliases, owing.Owing = nil, nil, true
	return owing, paying
}

func TestOwed(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	commit(t, db, step(1))
	version := func() uint32 {
		t.Helper()
		var n uint32
		if err := db.view(func(tb tables) error { n = parseVersion(tb.meta); return db.Check() }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	generation := db.Generation()
	first, pays := owe(4)
	commit(t, db, first)
	edit := article(2)
	edit.Title = "Ferry 2 is afloat"
	commit(t, db, &story.Commit{Time: at(9), Articles: []story.Article{edit}, Owing: true})
	db = reopen(t, db, dir)
	o, err := db.Owed()
	if err != nil || o.From != 5 || !slices.Equal(o.Articles, []uint64{2, 4, 5, 6}) {
		t.Errorf("Owed() = %+v, %v", o, err)
	}
	if n := version(); n != owingVersion || db.Generation() != generation {
		t.Errorf("version %d, generation %d; want %d, and no story changed since %d", n, db.Generation(), owingVersion, generation)
	}
	if _, err := db.StoryOf(4); !errors.Is(err, story.ErrNotFound) {
		t.Errorf("StoryOf(4) = %v before it is told", err)
	}
	for name, c := range map[string]*story.Commit{
		"not owing":       single(7, 7),
		"owing and told":  {Time: at(9), Stories: pays.Stories, Owing: true},
		"half of it paid": {Time: at(9), Stories: pays.Stories[:1], Paying: true},
		"nothing paid":    {Time: at(9), Paying: true},
	} {
		if name == "half of it paid" {
			half := *c
			half.Stories = []story.Story{storyOf("s4", first.Articles[:2]...)}
			c = &half
		}
		if err := db.Commit(c); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: Commit = %v", name, err)
		}
	}
	commit(t, db, &story.Commit{Time: at(9), States: []story.SourceState{{Name: "valley"}}})
	if removed, err := db.Expire(at(1_000_000)); err != nil || len(removed) > 0 {
		t.Errorf("Expire = %v, %v while stories are owed", removed, err)
	}
	pays.Stories[1].Members[1].Title = edit.Title
	pays.Fresh = map[story.ID][]uint64{"s1": {2}}
	commit(t, db, pays)
	if o, err := db.Owed(); err != nil || o.From != 0 || o.Articles != nil {
		t.Errorf("Owed() = %+v, %v after it was paid", o, err)
	}
	if n := version(); n != 2 || db.Generation() == generation {
		t.Errorf("version %d, generation %d after it was paid", n, db.Generation())
	}
	commit(t, db, step(7))
}

// An article without a story is an error of the file unless it is owed one by a decision.
func TestCheckOwed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(tx *bolt.Tx) error
		want   string
	}{
		"forgotten": {func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketOwed)).Delete(number(5)) }, "places article 5"},
		"undecided": {func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketDecision)).Delete(number(6)) }, "article 5: it is in story"},
		"told":      {func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMember)).Put(number(5), []byte("s1")) }, "places article 5"},
		"unmarked":  {func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Delete(keyOwed) }, "bucket owed"},
		"version": {func(tx *bolt.Tx) error {
			return tx.Bucket([]byte(bucketMeta)).Put(keyVersion, binary.BigEndian.AppendUint32(nil, version))
		}, "bucket owed"},
		"later": {func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Put(keyOwed, number(7)) }, "article 4: it is in story"},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := Open(t.TempDir(), Options{Create: true, NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			commit(t, db, step(1))
			owing, _ := owe(4)
			commit(t, db, owing)
			if err := db.Check(); err != nil {
				t.Fatal(err)
			}
			if err := db.bolt.Update(c.change); err != nil {
				t.Fatal(err)
			}
			if err := db.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Check() = %v, want %q", err, c.want)
			}
		})
	}
}

// oweForever commits and owes, pays, and says the number of each article that is
// committed. What an earlier process owes it pays first.
func oweForever(dir string) error {
	db, err := Open(dir, Options{Create: true})
	if err != nil {
		return err
	}
	owed, err := db.Owed()
	if err != nil {
		return err
	}
	if len(owed.Articles) > 0 {
		_, pays := owe(owed.Articles[0])
		if err := db.Commit(pays); err != nil {
			return err
		}
	}
	for {
		owing, paying := owe(db.NextSeq())
		if err := db.Commit(owing); err != nil {
			return err
		}
		fmt.Println(db.NextSeq() - 1)
		if err := db.Commit(paying); err != nil {
			return err
		}
	}
}

// A process that is killed between what it stored and the stories of it leaves both in order.
func TestKilledWhileOwing(t *testing.T) { killed(t, "owe", 8, func(int, *DB) {}) }
