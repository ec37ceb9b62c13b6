package store

import (
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// busy makes a store in which no bucket is empty.
func busy(t *testing.T) (*DB, string) {
	t.Helper()
	dir := t.TempDir()
	db, err := Open(dir, Options{Create: true, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	c := single(1, 8)
	c.States = []story.SourceState{{Name: "valley"}}
	c.Listings = []story.Listing{{Key: story.MakeKey("mirror", "m1"), Seq: 5}}
	commit(t, db, c)
	merged := storyOf("s1", article(1), article(2))
	merged.Revisions[1].Told = &story.Told{URL: "https://valley.example/1"}
	was := c.Stories[1]
	was.Shown = at(3)
	merged.Absorb(&was, at(10))
	commit(t, db, change(10, []story.Story{merged}, []story.Alias{{From: "s2", To: "s1"}},
		story.Decision{Kind: story.Merge, Story: "s1", From: "s2", Articles: []uint64{2}}))
	retire(t, db, "s3", "s8")
	if _, err := db.Expire(at(4)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Known([]story.Key{"valley\x00x"}); err != nil {
		t.Fatal(err)
	}
	commit(t, db, &story.Commit{States: []story.SourceState{{Name: "ridge"}}})
	return db, dir
}

// Whatever is taken out of a store, changed or put beside, Check sees it.
func TestCheckSees(t *testing.T) {
	buckets := []string{
		bucketArticle, bucketKey, bucketLink, bucketName, bucketID, bucketMember, bucketStory, bucketUpdated, bucketOpen,
		bucketClosed, bucketAlias, bucketAliasOf, bucketAliasOrder, bucketDecision, bucketDecisionOf, bucketCount,
		bucketMemberOf, bucketRevision, bucketTold, bucketFormer, bucketSourceOf,
	}
	changes := map[string]func(b *bolt.Bucket) error{
		"a missing entry": func(b *bolt.Bucket) error {
			k, _ := b.Cursor().First()
			return b.Delete(k)
		},
		"an entry too many": func(b *bolt.Bucket) error {
			k, v := b.Cursor().Last()
			return b.Put(append([]byte("z"), k...), v)
		},
	}
	for _, bucket := range buckets {
		for what, alter := range changes {
			if bucket == bucketTold && what == "a missing entry" { // not every revision told something
				continue
			}
			t.Run(what+" in "+bucket, func(t *testing.T) { sees(t, bucket, alter) })
		}
	}
	for bucket, alter := range map[string]func(b *bolt.Bucket) error{
		bucketMeta:    func(b *bolt.Bucket) error { return b.Put(keyNext, number(8)) },
		bucketState:   func(b *bolt.Bucket) error { return b.Put([]byte("other"), b.Get([]byte("valley"))) },
		bucketEngine:  func(b *bolt.Bucket) error { return b.Put(keyEngine, []byte("torn")) },
		bucketRemoved: func(b *bolt.Bucket) error { return b.Put([]byte("s4"), appendTime(nil, at(1))) },
		bucketGone:    func(b *bolt.Bucket) error { return b.Put(nameKey("x"), []byte("short")) },
		bucketRead:    func(b *bolt.Bucket) error { return b.Put(nameKey("x"), []byte("short")) },
	} {
		t.Run("a wrong entry in "+bucket, func(t *testing.T) { sees(t, bucket, alter) })
	}
}

// sees fails the test if Check is content with a store whose bucket was altered.
func sees(t *testing.T, bucket string, alter func(b *bolt.Bucket) error) {
	t.Helper()
	db, dir := busy(t)
	if err := db.Check(); err != nil {
		t.Fatalf("Check() before = %v", err)
	}
	err := db.bolt.Update(func(tx *bolt.Tx) error { return alter(tx.Bucket([]byte(bucket))) })
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Check(); err == nil {
		t.Error("Check() = nil")
	} else {
		t.Log(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
}

// What a wrong record of a story or article says is seen as well.
func TestCheckSeesWrongRecords(t *testing.T) {
	for name, alter := range map[string]func(h *header){
		"reports":            func(h *header) { h.Reports++ },
		"number of members":  func(h *header) { h.count++ },
		"sum of members":     func(h *header) { h.sum++ },
		"revisions":          func(h *header) { h.revisions-- },
		"last revision":      func(h *header) { h.updated = at(5000) },
		"first member":       func(h *header) { h.first = 9 },
		"closed":             func(h *header) { h.Closed = true },
		"formers":            func(h *header) { h.formers = nil },
		"another story's id": func(h *header) { h.ID = "s4" },
	} {
		t.Run(name, func(t *testing.T) { seesRecord(t, bucketStory, []byte("s1"), alter, headerFields) })
	}
	for name, alter := range map[string]func(m *story.Member){
		"member's id":        func(m *story.Member) { m.ID = "another" },
		"member's number":    func(m *story.Member) { m.Seq = 4 },
		"further source":     func(m *story.Member) { m.Also = []string{"mirror"} },
		"source of a member": func(m *story.Member) { m.Source = "mirror" },
		"family of a member": func(m *story.Member) { m.Family = 2 },
	} {
		t.Run(name, func(t *testing.T) { seesRecord(t, bucketMemberOf, numberedKey("s1", 1), alter, memberFields) })
	}
	for name, alter := range map[string]func(r *revised){
		"revision number": func(r *revised) { r.Number = 4 },
		"revision order":  func(r *revised) { r.Time = at(5000) },
	} {
		t.Run(name, func(t *testing.T) { seesRecord(t, bucketRevision, numberedKey("s1", 1), alter, revisedFields) })
	}
	t.Run("article", func(t *testing.T) {
		sees(t, bucketArticle, func(b *bolt.Bucket) error {
			a := article(5)
			a.Title = "Another title"
			return put(b, number(5), &a)
		})
	})
}

// seesRecord fails the test if Check is content with a record that was altered.
func seesRecord[T any](t *testing.T, bucket string, key []byte, alter func(*T), fields func(*coder, *T)) {
	t.Helper()
	sees(t, bucket, func(b *bolt.Bucket) error {
		var v T
		if err := decodeFields(b.Get(key), &v, fields); err != nil {
			return err
		}
		alter(&v)
		raw, err := encodeFields(&v, fields, minCompressed)
		if err != nil {
			return err
		}
		return b.Put(key, raw)
	})
}

func TestCheckTellsFiftyProblemsAtMost(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(dir, Options{Create: true, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	commit(t, db, single(1, 100))
	err = db.bolt.Update(func(tx *bolt.Tx) error {
		for seq := uint64(1); seq <= 100; seq++ {
			if err := tx.Bucket([]byte(bucketMember)).Delete(number(seq)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Check()
	if err == nil || strings.Count(err.Error(), "\n")+1 != maxProblems {
		t.Errorf("Check() = %v, want %d lines", err, maxProblems)
	}
}
