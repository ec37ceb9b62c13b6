package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"storyfold/story"
)

// change returns a commit at the given minute of stories and decisions.
func change(minute int, stories []story.Story, aliases []story.Alias, decisions ...story.Decision) *story.Commit {
	return &story.Commit{Time: at(minute), Stories: stories, Aliases: aliases, Decisions: decisions}
}

func TestMergeMoveSplit(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	commit(t, db, single(1, 6))
	// s2 becomes s1, then s1 becomes s3: both are s3 then.
	commit(t, db, change(10, []story.Story{storyOf("s1", article(1), article(2))}, []story.Alias{{From: "s2", To: "s1"}},
		story.Decision{Kind: story.Merge, Story: "s1", From: "s2", Articles: []uint64{2}}))
	commit(t, db, change(11, []story.Story{storyOf("s3", article(1), article(2), article(3))}, []story.Alias{{From: "s1", To: "s3"}},
		story.Decision{Kind: story.Merge, Story: "s3", From: "s1", Articles: []uint64{1, 2}}))
	db = reopen(t, db, dir)
	// In one commit: 4 moves to s3, its story is empty; and 2 is split off.
	commit(t, db, change(12, []story.Story{storyOf("s3", article(1), article(3), article(4)), storyOf("split", article(2))},
		[]story.Alias{{From: "s4", To: "s3"}},
		story.Decision{Kind: story.Move, Story: "s3", From: "s4", Article: 4, Emptied: true},
		story.Decision{Kind: story.Split, Story: "split", From: "s3", Articles: []uint64{2}}))

	for id, want := range map[story.ID]story.ID{"s1": "s3", "s2": "s3", "s3": "s3", "s4": "s3", "s5": "s5", "split": "split"} {
		if s, err := db.Story(id); err != nil || s.ID != want || !db.Used(id) {
			t.Errorf("Story(%s) = %s, %v, Used %t; want %s", id, s.ID, err, db.Used(id), want)
		}
	}
	if _, err := db.Story("s9"); !errors.Is(err, story.ErrNotFound) || db.Used("s9") {
		t.Errorf("Story(s9) = %v, Used %t, want ErrNotFound", err, db.Used("s9"))
	}
	for seq, want := range []story.ID{1: "s3", 2: "split", 3: "s3", 4: "s3", 5: "s5"} {
		if id, err := db.StoryOf(uint64(seq)); seq > 0 && (id != want || err != nil) {
			t.Errorf("StoryOf(%d) = %s, %v, want %s", seq, id, err, want)
		}
	}
	var aliases []story.Alias
	for a, err := range db.Aliases() {
		if err != nil {
			t.Fatal(err)
		}
		aliases = append(aliases, a)
	}
	if want := []story.Alias{{From: "s4", To: "s3"}, {From: "s1", To: "s3"}, {From: "s2", To: "s3"}}; !cmp.Equal(aliases, want) {
		t.Errorf("Aliases: %s", cmp.Diff(want, aliases))
	}
	var open []story.ID
	for s, err := range db.OpenStories() {
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, s.ID)
	}
	if want := []story.ID{"s3", "split", "s5", "s6"}; !cmp.Equal(open, want) {
		t.Errorf("OpenStories: %s", cmp.Diff(want, open))
	}
	for _, id := range []story.ID{"s3", "s2"} {
		var numbers []uint64
		for d, err := range db.DecisionsOf(id) {
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, d.Number)
		}
		if want := []uint64{1, 2, 3, 4, 7, 8, 9, 10}; !cmp.Equal(numbers, want) {
			t.Errorf("DecisionsOf(%s) gives numbers %d, want %d", id, numbers, want)
		}
	}
}

// Who looks for an id that is not used comes to an end, also when the store is closed.
func TestUsedOfAClosedStore(t *testing.T) {
	db := openStore(t, t.TempDir())
	commit(t, db, single(1, 2))
	if !db.Used("s1") {
		t.Error("s1 is not used")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db.Used("s1") {
		t.Error("a closed store says that an id is used")
	}
}

func TestGenerationChangesWithStories(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	last := db.Generation()
	next := func(what string, changes bool) {
		t.Helper()
		if g := db.Generation(); changes != (g > last) || g < last {
			t.Errorf("Generation() = %d after %s, was %d", g, what, last)
		}
		last = db.Generation()
	}
	commit(t, db, single(1, 2))
	next("new stories", true)
	commit(t, db, &story.Commit{States: []story.SourceState{{Name: "ridge"}}})
	next("a state", false)
	s := storyOf("s1", article(1), article(2))
	commit(t, db, change(5, []story.Story{s}, []story.Alias{{From: "s2", To: "s1"}}))
	next("a merge", true)
	db = reopen(t, db, dir)
	next("reopening", false)
	s.Closed = true
	commit(t, db, change(6, []story.Story{s}, nil))
	next("a closed story", true)
	if _, err := db.Expire(at(1000)); err != nil {
		t.Fatal(err)
	}
	next("retention", true)
}

// retire closes stories of single.
func retire(t *testing.T, db *DB, ids ...story.ID) {
	t.Helper()
	c := &story.Commit{Time: at(500)}
	for _, id := range ids {
		s, err := db.Story(id)
		if err != nil {
			t.Fatal(err)
		}
		s.Closed = true
		c.Stories = append(c.Stories, s)
		c.Decisions = append(c.Decisions, story.Decision{Kind: story.Close, Story: id, Reason: story.Reason{Rule: "window"}})
	}
	commit(t, db, c)
}

func TestExpire(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	c := single(1, 5)
	c.Listings = []story.Listing{{Key: story.MakeKey("mirror", "m1"), Seq: 1}}
	commit(t, db, c)
	commit(t, db, change(10, []story.Story{storyOf("s1", article(1), article(2))}, []story.Alias{{From: "s2", To: "s1"}},
		story.Decision{Kind: story.Merge, Story: "s1", From: "s2", Articles: []uint64{2}}))
	retire(t, db, "s1", "s3", "s5")
	db = reopen(t, db, dir)

	if ids, err := db.Expire(time.Time{}); len(ids) > 0 || err != nil {
		t.Errorf("Expire(zero) = %s, %v, want none", ids, err)
	}
	ids, err := db.Expire(at(4)) // 5 is younger, 4 is open
	if want := []story.ID{"s1", "s3"}; !slices.Equal(ids, want) || err != nil {
		t.Errorf("Expire = %s, %v, want %s", ids, err, want)
	}
	db = reopen(t, db, dir)
	for _, id := range []story.ID{"s1", "s2", "s3"} {
		if _, err := db.Story(id); !errors.Is(err, story.ErrRemoved) || !db.Used(id) {
			t.Errorf("Story(%s) = %v, Used %t, want ErrRemoved", id, err, db.Used(id))
		}
	}
	a := article(1)
	if _, err := db.Article(1); !errors.Is(err, story.ErrNotFound) {
		t.Errorf("Article(1) = %v, want ErrNotFound", err)
	}
	if _, err := db.ArticleByID(a.ID()); !errors.Is(err, story.ErrNotFound) {
		t.Errorf("ArticleByID = %v, want ErrNotFound", err)
	}
	if links, err := db.ByLink([]string{a.URL}); len(links) > 0 || err != nil {
		t.Errorf("ByLink = %v, %v, want none", links, err)
	}
	known, err := db.Known([]story.Key{a.Key(), "mirror\x00m1"})
	if want := (map[story.Key]Known{a.Key(): {Removed: true}, "mirror\x00m1": {Removed: true}}); err != nil || !cmp.Equal(known, want) {
		t.Errorf("Known = %v, %v, want both removed", known, err)
	}
	want := Stats{Articles: 2, Stories: 2, OpenStories: 1, Decisions: 3, Bytes: db.Stats().Bytes}
	if got := db.Stats(); got != want {
		t.Errorf("Stats() = %+v, want %+v", got, want)
	}
	if err := db.Commit(single(1, 1)); !errors.Is(err, ErrInvalid) {
		t.Errorf("Commit of a removed story = %v, want ErrInvalid", err)
	}
	if db.NextSeq() != 6 {
		t.Errorf("NextSeq() = %d, want 6: numbers are not reused", db.NextSeq())
	}
}

// The key of a removed article is remembered while its source lists it, and a month more.
func TestExpireForgetsKeys(t *testing.T) {
	const day = 24 * time.Hour
	now := at(0)
	listed := map[story.Key]bool{}
	dir := t.TempDir()
	db := openWith(t, dir, Options{
		Create: true, NoSync: true,
		Now:    func() time.Time { return now },
		Listed: func(k story.Key) bool { return listed[k] },
	})
	var keys []story.Key
	for seq := uint64(1); seq <= 6; seq++ {
		a := article(seq)
		keys = append(keys, a.Key()) // 1 and 4 are of valley, 2 and 5 of ridge, 3 and 6 of harbour
	}
	commit(t, db, single(1, 6))
	retire(t, db, "s1", "s2", "s3", "s4", "s5", "s6")
	if ids, err := db.Expire(at(100)); len(ids) != 6 || err != nil {
		t.Fatalf("Expire = %s, %v, want all six", ids, err)
	}
	expect := func(when string, want ...story.Key) {
		t.Helper()
		if _, err := db.Expire(time.Time{}); err != nil {
			t.Fatal(err)
		}
		var got []story.Key
		_ = db.view(func(t tables) error {
			for _, v := range withPrefix(t.gone, nil) {
				g, _ := parseGone(v)
				got = append(got, g.key)
			}
			return nil
		})
		slices.Sort(got)
		want = slices.Sorted(slices.Values(want))
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q are remembered, want %q", when, got, want)
		}
	}
	ask := func(keys ...story.Key) {
		t.Helper()
		if _, err := db.Known(keys); err != nil {
			t.Fatal(err)
		}
	}
	// Every ten days valley lists 1, but not 4. ridge answers "not modified".
	// harbour lists others only; 3 is a file that is there.
	listed[keys[2]] = true
	for range 4 {
		expect(now.String(), keys...)
		now = now.Add(10 * day)
		ask(keys[0])
		ask("harbour\x00other")
	}
	expect("after 40 days", keys[0], keys[1], keys[2], keys[4])
	now = now.Add(200 * day)
	ask(keys[0])
	expect("after 240 days", keys[0], keys[1], keys[2], keys[4])
	now = now.Add(200 * day)
	delete(listed, keys[2])
	expect("after 440 days", keys[0])
}

func TestExpireIsBounded(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	const n = maxExpireStories + 10
	c := single(1, n)
	for i := range c.Stories {
		c.Stories[i].Closed = true
	}
	commit(t, db, c)
	for _, want := range []int{maxExpireStories, 10, 0} {
		if ids, err := db.Expire(at(2 * n)); len(ids) != want || err != nil {
			t.Errorf("Expire removes %d stories, %v, want %d", len(ids), err, want)
		}
	}
}

func TestLongNames(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	c := single(1, 1)
	long := string(make([]byte, 100_000))
	a := &c.Articles[0]
	a.Identity, a.URL = "guid"+long, "https://ridge.example/"+long
	c.Stories[0] = storyOf("s1", *a)
	c.Listings = []story.Listing{{Key: story.MakeKey("mirror", long), Seq: 1}}
	commit(t, db, c)
	db = reopen(t, db, dir)
	known, err := db.Known([]story.Key{a.Key(), c.Listings[0].Key, a.Key() + "x"})
	if err != nil || len(known) != 2 || known[a.Key()].Seq != 1 || known[c.Listings[0].Key].Seq != 1 {
		t.Errorf("Known of long keys = %d, %v, want both", len(known), err)
	}
	if links, err := db.ByLink([]string{a.URL, a.URL[:500], a.URL[:30]}); err != nil || len(links) != 1 {
		t.Errorf("ByLink finds %d, %v, want the long link only", len(links), err)
	}
	retire(t, db, "s1")
	if _, err := db.Expire(at(1000)); err != nil {
		t.Fatal(err)
	}
	if known, err = db.Known([]story.Key{a.Key()}); err != nil || !known[a.Key()].Removed {
		t.Errorf("Known of a removed long key = %v, %v", known[a.Key()], err)
	}
}

// The first of several articles with one link is found by it, and the next one
// when that is gone.
func TestByLinkFindsTheFirst(t *testing.T) {
	db := openStore(t, t.TempDir())
	c := single(1, 3)
	for i := range c.Articles {
		c.Articles[i].URL = "https://ridge.example/same"
	}
	commit(t, db, c)
	link := c.Articles[0].URL
	for want := uint64(1); want <= 3; want++ {
		if got, err := db.ByLink([]string{link}); err != nil || got[link] != want {
			t.Errorf("ByLink = %v, %v, want article %d", got, err, want)
		}
		retire(t, db, c.Stories[want-1].ID)
		if _, err := db.Expire(at(1000)); err != nil {
			t.Fatal(err)
		}
	}
}

// An article that joins a large story costs as many bytes as one that joins a
// small one: what is stored of the other members and revisions stays as it is.
func TestJoinOfLargeStory(t *testing.T) {
	db := openStore(t, t.TempDir())
	const n = 3000
	c := single(1, n)
	c.Stories = []story.Story{storyOf("small", c.Articles[:10]...), storyOf("large", c.Articles[10:]...)}
	for i := range c.Decisions {
		c.Decisions[i].Story = "large"
	}
	commit(t, db, c)
	seq := uint64(n)
	join := func(s *story.Story) int64 {
		seq++
		before := db.bolt.Stats().TxStats
		commit(t, db, joining(seq, s))
		after := db.bolt.Stats().TxStats
		return after.GetPageAlloc() - before.GetPageAlloc()
	}
	small, large := join(&c.Stories[0]), join(&c.Stories[1])
	if large > small+8*4096 {
		t.Errorf("a join of a story of %d members wrote %d bytes, of 10 members %d", n-10, large, small)
	}
}

// joining returns a commit of one article that joins s with a revision, and adds it to s.
func joining(seq uint64, s *story.Story) *story.Commit {
	c := single(seq, seq)
	m := story.MemberOf(&c.Articles[0])
	m.Family, m.Why = len(s.Members)+1, c.Decisions[0].Reason
	s.Members = append(s.Members, m)
	s.Reports = story.Independent(s.Members)
	r := story.Revision{Number: len(s.Revisions) + 1, Time: m.FirstSeen, Reason: "new report", Reports: s.Reports}
	r.Articles = append(slices.Clone(s.Revisions[len(s.Revisions)-1].Articles), seq)
	s.Revisions = append(s.Revisions, r)
	c.Stories, c.Fresh, c.Decisions[0].Story = []story.Story{*s}, map[story.ID][]uint64{s.ID: {seq}}, s.ID
	return c
}

// What a commit does not name as fresh stays as it is stored: revisions, what they
// told, formers, other members. What is too old is forgotten.
func TestFreshLeavesTheRest(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	c := single(1, 2)
	s := storyOf("s1", c.Articles[0])
	s.Revisions[0].Told = &story.Told{URL: "https://valley.example/1"}
	former := storyOf("old", article(9))
	former.Shown = at(1)
	s.Absorb(&former, at(2))
	c.Stories[0] = s
	commit(t, db, c)
	want := s
	for seq := uint64(3); seq < story.MaxTold+5; seq++ {
		light, err := db.Untold("s1")
		if err != nil || light.Revisions[0].Told != nil {
			t.Fatalf("Untold(s1) tells, or %v", err)
		}
		j := joining(seq, &light)
		told := &story.Told{URL: j.Articles[0].URL}
		light.Revisions[len(light.Revisions)-1].Told = told
		j.Stories[0] = light
		commit(t, db, j)
		want = joined(want, light, told)
	}
	want.ForgetTold()
	db = reopen(t, db, dir)
	got, err := db.Story("s1")
	if err != nil || !cmp.Equal(got, want, cmpopts.EquateEmpty()) {
		t.Errorf("Story(s1): %v\n%s", err, cmp.Diff(want, got))
	}
}

// joined returns s with the last member and revision of light, which told this.
func joined(s, light story.Story, told *story.Told) story.Story {
	s.Members = append(s.Members, light.Members[len(light.Members)-1])
	r := light.Revisions[len(light.Revisions)-1]
	r.Told = told
	s.Revisions, s.Reports = append(s.Revisions, r), light.Reports
	return s
}

// A commit that names too little as fresh is refused, if articles would get lost or be in two stories.
func TestFreshMustNameAllThatMoved(t *testing.T) {
	db := openStore(t, t.TempDir())
	c := single(1, 4)
	c.Stories = []story.Story{storyOf("a", c.Articles[:2]...), storyOf("b", c.Articles[2:]...)}
	c.Decisions = nil
	commit(t, db, c)
	a, b := c.Stories[0], c.Stories[1]
	a.Members, b.Members = a.Members[:1], append(a.Members[1:2:2], b.Members...)
	a.Reports = 1
	for name, fresh := range map[string]map[story.ID][]uint64{
		"nothing":       {"a": nil, "b": nil},
		"the wrong one": {"a": {1}, "b": {3}},
	} {
		if err := db.Commit(&story.Commit{Stories: []story.Story{a, b}, Fresh: fresh}); !errors.Is(err, ErrInvalid) {
			t.Errorf("Commit that names %s = %v, want ErrInvalid", name, err)
		}
	}
	commit(t, db, &story.Commit{Stories: []story.Story{a, b}, Fresh: map[story.ID][]uint64{"a": nil, "b": {2}}})
	if id, err := db.StoryOf(2); id != "b" || err != nil {
		t.Errorf("StoryOf(2) = %s, %v, want b", id, err)
	}
}

// groupedOf returns what grouping reads of an article.
func groupedOf(a *story.Article) *story.Article {
	return &story.Article{
		Seq: a.Seq, Source: a.Source, Identity: a.Identity, Outlet: a.Outlet, URL: a.URL, Title: a.Title, Text: a.Text, Lang: a.Lang,
		Published: a.Published, FirstSeen: a.FirstSeen,
	}
}

// Restorable gives each open story with its articles, and no other.
func TestRestorable(t *testing.T) {
	db := openStore(t, t.TempDir())
	c := single(1, 20)
	c.Stories[2] = storyOf("s3", article(3), article(7), article(9))
	c.Stories = slices.Delete(slices.Delete(c.Stories, 8, 9), 6, 7)
	c.Stories[2].Shown = at(3)
	c.Decisions[6].Story, c.Decisions[8].Story = "s3", "s3"
	commit(t, db, c)
	retire(t, db, "s5")
	next := slices.DeleteFunc(slices.Clone(c.Stories), func(s story.Story) bool { return s.ID == "s5" })
	for r, err := range db.Restorable() {
		if err != nil || len(next) == 0 {
			t.Fatalf("Restorable gives %v, %v", r.Story, err)
		}
		want := next[0]
		next = next[1:]
		if r.Story.ID != want.ID || !r.Story.Shown.Equal(want.Shown) || r.Story.Closed {
			t.Errorf("Restorable gives story %s, shown %v, want %s, %v", r.Story.ID, r.Story.Shown, want.ID, want.Shown)
		}
		var got []uint64
		for _, a := range r.Articles {
			got = append(got, a.Seq)
			full := article(a.Seq)
			if want := groupedOf(&full); !cmp.Equal(a, want) {
				t.Errorf("article %d: %s", a.Seq, cmp.Diff(want, a))
			}
		}
		if seqs := seqsOf(want); !slices.Equal(got, seqs) {
			t.Errorf("story %s comes with articles %d, want %d", want.ID, got, seqs)
		}
	}
	if len(next) > 0 {
		t.Errorf("%d stories are missing", len(next))
	}
}

// TestRestorableAllocations holds what reading an open article allocates: its record is not read by reflection.
func TestRestorableAllocations(t *testing.T) {
	const articles = 240
	db := openStore(t, t.TempDir())
	commit(t, db, benchCommit(1, articles))
	read := 0
	n := testing.AllocsPerRun(5, func() {
		for r, err := range db.Restorable() {
			if err != nil {
				t.Fatal(err)
			}
			read += len(r.Articles)
		}
	})
	if read != 6*articles {
		t.Fatalf("%d articles, want %d six times", read, articles)
	}
	if n /= articles; n > 24 {
		t.Errorf("%.1f allocations for an article, want at most 24", n)
	} else {
		t.Logf("%.1f allocations for an article", n)
	}
}
