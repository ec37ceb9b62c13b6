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
	commit(t, db, change(10, []story.Story{storyOf("s1", article(1), article(2))}, []story.Alias{{From: "s2", To: "s1"}},
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

// What a wrong story or article says is seen as well.
func TestCheckSeesWrongRecords(t *testing.T) {
	for name, alter := range map[string]func(s *story.Story){
		"reports":            func(s *story.Story) { s.Reports++ },
		"no revision":        func(s *story.Story) { s.Revisions = nil },
		"revision number":    func(s *story.Story) { s.Revisions[0].Number = 4 },
		"revision order":     func(s *story.Story) { s.Revisions[0].Time = at(5000) },
		"member's id":        func(s *story.Story) { s.Members[0].ID = s.Members[1].ID },
		"missing member":     func(s *story.Story) { s.Members = s.Members[:1] },
		"members' order":     func(s *story.Story) { s.Members[0], s.Members[1] = s.Members[1], s.Members[0] },
		"closed":             func(s *story.Story) { s.Closed = true },
		"further source":     func(s *story.Story) { s.Members[0].Also = []string{"mirror"} },
		"another story's id": func(s *story.Story) { s.ID = "s4" },
	} {
		t.Run(name, func(t *testing.T) {
			sees(t, bucketStory, func(b *bolt.Bucket) error {
				var s story.Story
				if err := decode(b.Get([]byte("s1")), &s); err != nil {
					return err
				}
				alter(&s)
				return put(b, []byte("s1"), &s)
			})
		})
	}
	t.Run("article", func(t *testing.T) {
		sees(t, bucketArticle, func(b *bolt.Bucket) error {
			a := article(5)
			a.Title = "Another title"
			return put(b, number(5), &a)
		})
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
