package store

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

var update = flag.Bool("update", false, "write the fixture store of the current version anew")

// fixture is the store of a format, as it was first released.
func fixture(version int) string { return fmt.Sprintf("testdata/v%d.db.gz", version) }

// fixtureCommit is what the fixture holds.
func fixtureCommit() *story.Commit {
	c := step(1)
	c.Articles[0].Titles = []story.OldTitle{{Title: "Ferry late", Until: at(1)}}
	c.Articles[0].Also = []string{"mirror"}
	c.Articles[1].Enclosures = []story.Enclosure{{URL: "https://ridge.example/a.mp3", Type: "audio/mpeg", Length: 1}}
	c.Stories = []story.Story{storyOf("s1", c.Articles...)}
	s := &c.Stories[0]
	s.Shown, s.Revisions[1].Headline = at(4), "Ferry aground"
	s.History = []story.Event{{Time: at(4), Kind: story.Merge, Text: "s3 became this story"}}
	s.Brief.Summary = []story.Sentence{{Text: "Nobody was hurt.", Article: 2}}
	c.Decisions[1].Reason = story.Reason{Rule: "join", Score: 0.75, Threshold: 0.5, Terms: []story.Term{{Text: "ferry", Weight: 0.5}}, Near: "s9", NearScore: 0.25}
	c.States[0] = story.SourceState{
		Name: "valley", Address: "https://valley.example/feed", Format: "Atom 1.0", ETag: `"1"`, BodyHash: 1 << 63,
		Checked: at(3), Next: at(33), NextReason: "as often as it brings news", Errors: 2, Items: 3,
	}
	c.Listings = []story.Listing{{Key: story.MakeKey("mirror", "m1"), Seq: 1}}
	return c
}

// A store of each released version opens, is in order and says what it said.
func TestFixture(t *testing.T) {
	want := fixtureCommit()
	if *update {
		writeFixture(t, want)
	}
	for n := 1; n <= version; n++ {
		t.Run(fmt.Sprint("version ", n), func(t *testing.T) { testFixture(t, n, want) })
	}
}

func testFixture(t *testing.T, n int, want *story.Commit) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	readFixture(t, fixture(n), path)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db := openStore(t, dir)
	if kept := db.Kept(); (kept != "") != (n < version) {
		t.Errorf("Kept() = %q of version %d", kept, n)
	} else if kept != "" {
		if after, err := os.ReadFile(kept); err != nil || !bytes.Equal(before, after) {
			t.Errorf("the file of version %d was not kept as it was (%v)", n, err)
		}
	}
	for i := range want.Articles {
		a, err := db.Article(want.Articles[i].Seq)
		if err != nil || !cmp.Equal(a, &want.Articles[i]) {
			t.Errorf("Article(%d): %v\n%s", want.Articles[i].Seq, err, cmp.Diff(&want.Articles[i], a))
		}
	}
	if s, err := db.Story("s3"); err != nil || !cmp.Equal(s, want.Stories[0], cmpopts.EquateEmpty()) {
		t.Errorf("Story(s3): %v\n%s", err, cmp.Diff(want.Stories[0], s))
	}
	for d, err := range db.Decisions(0) {
		if err != nil || !cmp.Equal(d.Decision, want.Decisions[d.Number-1]) {
			t.Errorf("Decisions gives %+v, %v, want %+v", d, err, want.Decisions[d.Number-1])
		}
	}
	state := want.States[0]
	state.Articles, state.Stories = 1, 1
	if states, err := db.States(); err != nil || !cmp.Equal(states, []story.SourceState{state}) {
		t.Errorf("States(): %v\n%s", err, cmp.Diff([]story.SourceState{state}, states))
	}
	if engine, err := db.Engine(); err != nil || string(engine) != "engine after 3" {
		t.Errorf("Engine() = %q, %v", engine, err)
	}
	commit(t, db, step(db.NextSeq())) // it goes on
}

func writeFixture(t *testing.T, c *story.Commit) {
	t.Helper()
	db := openStore(t, t.TempDir())
	commit(t, db, c)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(db.Path())
	if err != nil {
		t.Fatal(err)
	}
	raw = raw[:lastMeta(t, db.Path()).pages*uint64(os.Getpagesize())]
	f, err := os.Create(fixture(version))
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	_, err = z.Write(raw)
	if err := errors.Join(err, z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func readFixture(t *testing.T, fixture, path string) {
	t.Helper()
	f, err := os.Open(fixture)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A store of an earlier version is converted also for one who only reads it. A
// conversion that was broken off is made again.
func TestConversionIsRepeated(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	readFixture(t, fixture(1), path)
	for _, leftover := range []string{tempName, keptName(1)} {
		if err := os.WriteFile(filepath.Join(dir, leftover), []byte("broken off"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		db := openWith(t, dir, Options{ReadOnly: true})
		if s, err := db.Story("s1"); err != nil || len(s.Members) != 3 {
			t.Errorf("Story(s1) has %d members, %v", len(s.Members), err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A store that cannot be converted stays as it is.
func TestFailedConversionChangesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	readFixture(t, fixture(1), path)
	b, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = b.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketStory)).Put([]byte("s1"), []byte("torn")) })
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("Open = %v, want ErrDamaged", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed (%v)", err)
	}
	if _, err := os.Stat(filepath.Join(dir, tempName)); err == nil {
		t.Error("the copy was left behind")
	}
}
