package daemon

import (
	"encoding/binary"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// damage spoils the record of an article in the closed store at dir.
func damage(t *testing.T, dir string, seq uint64) {
	t.Helper()
	file, err := bolt.Open(filepath.Join(dir, "storyfold.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = file.Update(func(tx *bolt.Tx) error {
		key := binary.BigEndian.AppendUint64(nil, seq)
		v := slices.Clone(tx.Bucket([]byte("article")).Get(key))
		v[len(v)/2] ^= 0x55
		return tx.Bucket([]byte("article")).Put(key, v)
	})
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}

// reopened is the store at dir, which notes the sequence numbers of damaged articles.
func reopened(t *testing.T, dir string) (*store.DB, map[uint64]bool) {
	t.Helper()
	told := map[uint64]bool{}
	db, err := store.Open(dir, store.Options{Canonical: IdentifyingLink, Damaged: func(a *story.Article, err error) {
		if a.Source == "" || a.Title == "" || !errors.Is(err, store.ErrDamaged) {
			t.Errorf("instead of a damaged article: %+v, %v", a, err)
		}
		told[a.Seq] = true
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, told
}

// TestDamagedArticle restores from a store in which one article is damaged, and takes more in: its
// own edit, too, which mends it.
func TestDamagedArticle(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	all := results(worldEvents)
	play(t, testPipeline(t, db, clockAt(0)), all, 0, len(all)/2)
	whole, err := db.Article(1)
	if err != nil {
		t.Fatal(err)
	}
	articles := db.Stats().Articles
	closeStore(t, db)
	damage(t, dir, 1)

	db, told := reopened(t, dir)
	p := testPipeline(t, db, clockAt(len(all)))
	if !told[1] || len(told) != 1 {
		t.Errorf("told of damaged articles %v, want of 1", told)
	}
	play(t, p, all, len(all)/2, len(all))
	if n := db.Stats().Articles; n <= articles {
		t.Errorf("%d articles after more came, %d before", n, articles)
	}
	if a, err := db.Readable(1); err != nil || a.Title != whole.Title || a.Key() != whole.Key() {
		t.Errorf("Readable = %+v, %v", a, err)
	}
	if err := db.Check(); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("Check = %v, want the damage", err)
	}
	whole.Seq, whole.FirstSeen, whole.Text = 0, time.Time{}, whole.Text+" And that was not all."
	if _, err := p.once(t.Context(), &fetcher.Result{Articles: []story.Article{*whole}}); err != nil {
		t.Fatal(err)
	}
	if err := db.Check(); err != nil {
		t.Errorf("Check after the article came again = %v", err)
	}
}

// TestDamagedArticleIsOwed has stories told that are owed and of which an article is damaged: a new
// one, and one that was edited.
func TestDamagedArticleIsOwed(t *testing.T) {
	for _, which := range []string{"edited", "new"} {
		dir := t.TempDir()
		db := openStore(t, dir)
		owing(t, testPipeline(t, db, clockAt(0)))
		articles := owed(t, db).Articles
		closeStore(t, db)
		seq := articles[0]
		if which == "new" {
			seq = articles[len(articles)-1]
		}
		damage(t, dir, seq)

		db, told := reopened(t, dir)
		testPipeline(t, db, clockAt(20))
		if left, err := db.Owed(); err != nil || left.From > 0 || !told[seq] {
			t.Errorf("%s: owed after the restore: %+v, %v; told of %v", which, left, err, told)
		}
		if _, err := db.StoryOf(seq); err != nil {
			t.Errorf("%s: the damaged article has no story: %v", which, err)
		}
	}
}
