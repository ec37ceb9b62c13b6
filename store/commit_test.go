package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"storyfold/story"
)

func TestCommitIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	uuid := db.UUID()
	c := single(1, 3)
	c.States = []story.SourceState{{Name: "harbour", Address: "https://harbour.example/feed", ETag: `"x"`, Checked: at(3), Items: 1}}
	commit(t, db, c)
	db = reopen(t, db, dir)

	if db.UUID() != uuid || uuid == [16]byte{} {
		t.Errorf("UUID() = %x, want %x", db.UUID(), uuid)
	}
	if got := db.NextSeq(); got != 4 {
		t.Errorf("NextSeq() = %d, want 4", got)
	}
	for i := range c.Articles {
		want := &c.Articles[i]
		got, err := db.Article(want.Seq)
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("Article(%d) = %v, %v\n%s", want.Seq, got, err, cmp.Diff(want, got))
		}
		if byID, err := db.ArticleByID(want.ID()); err != nil || byID.Seq != want.Seq {
			t.Errorf("ArticleByID(%s) = %v, %v, want article %d", want.ID(), byID, err, want.Seq)
		}
	}
	for i := range c.Stories {
		want := c.Stories[i]
		got, err := db.Story(want.ID)
		if err != nil || !cmp.Equal(got, want, cmpopts.EquateEmpty()) {
			t.Errorf("Story(%s): %v\n%s", want.ID, err, cmp.Diff(want, got))
		}
		if id, err := db.StoryOf(want.Members[0].Seq); id != want.ID || err != nil {
			t.Errorf("StoryOf(%d) = %s, %v, want %s", want.Members[0].Seq, id, err, want.ID)
		}
	}
	engine, err := db.Engine()
	if string(engine) != "engine after 3" || err != nil {
		t.Errorf("Engine() = %q, %v", engine, err)
	}
	states, err := db.States()
	want := c.States[0]
	want.Articles, want.Stories = 1, 1
	if err != nil || !cmp.Equal(states, []story.SourceState{want}) {
		t.Errorf("States(): %v\n%s", err, cmp.Diff([]story.SourceState{want}, states))
	}
	if stats := db.Stats(); stats.Articles != 3 || stats.Stories != 3 || stats.OpenStories != 3 || stats.Decisions != 3 || stats.Bytes == 0 {
		t.Errorf("Stats() = %+v", stats)
	}
	var numbers []uint64
	for d, err := range db.Decisions(2) {
		if err != nil || !d.Time.Equal(c.Time) || d.Decision.Story != c.Decisions[d.Number-1].Story {
			t.Errorf("Decisions(2) gives %+v, %v", d, err)
		}
		numbers = append(numbers, d.Number)
	}
	if !cmp.Equal(numbers, []uint64{2, 3}) {
		t.Errorf("Decisions(2) gives numbers %d, want 2, 3", numbers)
	}
}

func TestKnown(t *testing.T) {
	dir := t.TempDir()
	db := openWith(t, dir, Options{Create: true, NoSync: true, Canonical: func(s string) string { return "canonical:" + s }})
	c := single(1, 2)
	further := story.MakeKey("mirror", "guid-1")
	c.Listings = []story.Listing{{Key: further, Seq: 1}}
	commit(t, db, c)
	a, b := &c.Articles[0], &c.Articles[1]

	got, err := db.Known([]story.Key{a.Key(), b.Key(), further, "harbour\x00unknown"})
	want := map[story.Key]Known{
		a.Key(): {Seq: 1, Hash: ContentHash(a)},
		b.Key(): {Seq: 2, Hash: ContentHash(b)},
		further: {Seq: 1, Listing: true},
	}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("Known: %v\n%s", err, cmp.Diff(want, got))
	}
	link := "canonical:" + a.URL
	links, err := db.ByLink([]string{link, a.URL})
	if err != nil || !cmp.Equal(links, map[string]uint64{link: 1}) {
		t.Errorf("ByLink = %v, %v", links, err)
	}
}

func TestEditReplacesArticle(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	commit(t, db, single(1, 2))
	a := article(1)
	old := a.URL
	a.Retitled(a.Title, at(9))
	a.Title, a.URL, a.Edited, a.Also = "Ferry refloated", "https://valley.example/new", at(9), []string{"ridge"}
	generation := db.Generation()
	commit(t, db, &story.Commit{Time: at(9), Articles: []story.Article{a}})

	got, err := db.Article(1)
	if err != nil || !cmp.Equal(got, &a) {
		t.Errorf("Article(1): %v\n%s", err, cmp.Diff(&a, got))
	}
	if db.NextSeq() != 3 || db.Generation() != generation {
		t.Errorf("NextSeq() = %d, Generation() = %d, want 3, %d", db.NextSeq(), db.Generation(), generation)
	}
	links, err := db.ByLink([]string{old, a.URL})
	if err != nil || links[old] != 1 || links[a.URL] != 1 {
		t.Errorf("ByLink = %v, %v, want both the old and the new link", links, err)
	}
	counts, err := db.Counts()
	if want := (Count{Articles: 2, Stories: 1}); err != nil || counts["ridge"] != want {
		t.Errorf("Counts() = %v, %v, want %v for ridge", counts, err, want)
	}
}

func TestNewestIsByLastRevision(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	const n = 200 // more than an iterator reads at once
	commit(t, db, single(1, n))
	s := storyOf("s5", article(5), article(n+1))
	a := article(n + 1)
	commit(t, db, &story.Commit{Time: at(n + 1), Articles: []story.Article{a}, Stories: []story.Story{s}})

	want := []story.ID{"s5"}
	for i := n; i > 0; i-- {
		if i != 5 {
			want = append(want, single(uint64(i), uint64(i)).Stories[0].ID)
		}
	}
	var got []story.ID
	for s, err := range db.Newest() {
		if err != nil {
			t.Fatalf("Newest gives %v", err)
		}
		got = append(got, s.ID)
		// A commit while the caller is at work must not wait for it.
		commit(t, db, &story.Commit{Time: at(0), States: []story.SourceState{{Name: "ridge", Items: len(got)}}})
	}
	if !cmp.Equal(got, want) {
		t.Errorf("Newest: %s", cmp.Diff(want, got))
	}
}

func TestTimesOutsideTheCalendar(t *testing.T) {
	db := openStore(t, t.TempDir())
	c := single(1, 1)
	a := &c.Articles[0]
	a.Published = time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -12*3600))
	a.Edited = time.Date(2026, 3, 1, 10, 0, 0, 1, time.FixedZone("", 3600))
	c.Stories[0].Members[0].Time = time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)
	commit(t, db, c)
	got, err := db.Article(1)
	if err != nil || !got.Published.IsZero() || got.Edited != a.Edited.UTC() {
		t.Errorf("Article(1) = %+v, %v", got, err)
	}
}

func TestInvalidCommitLeavesAll(t *testing.T) {
	stranger := storyOf("x", article(9))
	twice := storyOf("s9", article(1), article(3))
	renamed := article(1)
	renamed.Identity = "another"
	named := func(seq, like uint64) story.Article {
		a, b := article(seq), article(like)
		a.Source, a.Identity = b.Source, b.Identity
		return a
	}
	for name, c := range map[string]*story.Commit{
		"article out of order":  single(5, 5),
		"article in no story":   {Articles: []story.Article{article(3)}},
		"unknown member":        {Stories: []story.Story{stranger}},
		"member of two stories": {Articles: []story.Article{article(3)}, Stories: []story.Story{twice}},
		"other key":             {Articles: []story.Article{renamed}},
		"key of a stored one":   {Articles: []story.Article{named(3, 2)}, Stories: []story.Story{storyOf("s3", named(3, 2))}},
		"key of a new one": {
			Articles: []story.Article{article(3), named(4, 3)},
			Stories:  []story.Story{storyOf("s3", article(3)), storyOf("s4", named(4, 3))},
		},
		"new one twice": {Articles: []story.Article{article(3), article(3)}, Stories: []story.Story{storyOf("s3", article(3))}},
		"new member of two stories": {
			Articles: []story.Article{article(3)},
			Stories:  []story.Story{storyOf("s3", article(3)), storyOf("s4", article(3))},
		},
		"alias of nothing":      {Aliases: []story.Alias{{From: "s9", To: "s8"}}},
		"alias of itself":       {Aliases: []story.Alias{{From: "s1", To: "s1"}}},
		"alias with articles":   {Aliases: []story.Alias{{From: "s1", To: "s2"}}},
		"listing of nothing":    {Listings: []story.Listing{{Key: "a\x00b", Seq: 7}}},
		"state without name":    {States: []story.SourceState{{Address: "x"}}},
		"decision of no story":  {Decisions: []story.Decision{{Kind: story.Show}}},
		"story without members": {Stories: []story.Story{{ID: "s1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db := openStore(t, dir)
			commit(t, db, single(1, 2))
			// What is valid comes first in the same commit, and must go with the rest.
			valid := single(1, 1)
			c.Time, c.Stories = at(9), append(valid.Stories, c.Stories...)
			if name == "alias with articles" || name == "alias of itself" || name == "member of two stories" {
				c.Stories = c.Stories[1:]
			}
			c.Engine = []byte("not to be seen")
			if err := db.Commit(c); !errors.Is(err, ErrInvalid) {
				t.Fatalf("Commit = %v, want ErrInvalid", err)
			}
			db = reopen(t, db, dir)
			if engine, _ := db.Engine(); string(engine) != "engine after 2" {
				t.Errorf("Engine() = %q after a refused commit", engine)
			}
			if stats := db.Stats(); db.NextSeq() != 3 || stats.Articles != 2 || stats.Stories != 2 {
				t.Errorf("NextSeq() = %d, Stats() = %+v after a refused commit", db.NextSeq(), stats)
			}
		})
	}
}

func TestEmptyCommitWritesNothing(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	before := db.Stats()
	commit(t, db, &story.Commit{Time: start})
	if got := db.Stats(); got != before {
		t.Errorf("Stats() = %+v, want %+v", got, before)
	}
}
