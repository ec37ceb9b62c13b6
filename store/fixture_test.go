package store

import (
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"storyfold/story"
)

var update = flag.Bool("update", false, "write the fixture store of the current version anew")

// fixture is the store of format 1, as it was first released.
const fixture = "testdata/v1.db.gz"

// fixtureCommit is what the fixture holds.
func fixtureCommit() *story.Commit {
	c := step(1)
	c.Articles[0].Titles = []story.OldTitle{{Title: "Ferry late", Until: at(1)}}
	c.Articles[0].Also = []string{"mirror"}
	c.Articles[1].Enclosures = []story.Enclosure{{URL: "https://ridge.example/a.mp3", Type: "audio/mpeg", Length: 1}}
	c.Stories = []story.Story{storyOf("s1", c.Articles...)}
	s := &c.Stories[0]
	s.Shown, s.Tested, s.Revisions[1].Headline = at(4), 3, "Ferry aground"
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
	dir := t.TempDir()
	readFixture(t, filepath.Join(dir, fileName))
	db := openStore(t, dir)
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
	f, err := os.Create(fixture)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	_, err = z.Write(raw)
	if err := errors.Join(err, z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func readFixture(t *testing.T, path string) {
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
