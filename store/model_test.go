package store

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"storyfold/story"
)

// model is what a store should hold, kept in the plainest way.
type model struct {
	next     uint64
	minute   int
	articles map[uint64]story.Article
	stories  map[story.ID]story.Story
	aliases  map[story.ID]story.ID
	removed  map[story.ID]bool
}

// ids returns the open stories' ids, sorted.
func (m *model) ids() []story.ID {
	return slices.Sorted(func(yield func(story.ID) bool) {
		for id, s := range m.stories {
			if !s.Closed && !yield(id) {
				return
			}
		}
	})
}

// with returns the story of these articles with a revision at the model's time.
func (m *model) with(id story.ID, seqs []uint64) story.Story {
	slices.Sort(seqs)
	var articles []story.Article
	for _, seq := range seqs {
		articles = append(articles, m.articles[seq])
	}
	s := storyOf(id, articles...)
	s.Revisions = []story.Revision{{Number: 1, Time: at(m.minute), Articles: seqs, Reports: s.Reports}}
	return s
}

func seqsOf(s story.Story) (seqs []uint64) {
	for _, m := range s.Members {
		seqs = append(seqs, m.Seq)
	}
	return seqs
}

// change draws one change of the stories, applies it to the model and adds it to the commit.
func (m *model) change(t *rapid.T, c *story.Commit) {
	open := m.ids()
	touch := map[story.ID]bool{}
	drawn := func(label string) story.ID { return rapid.SampledFrom(open).Draw(t, label) }
	kind := rapid.SampledFrom([]story.Kind{story.Open, story.Join, story.Move, story.Merge, story.Split, story.Close}).Draw(t, "kind")
	d := story.Decision{Kind: kind}
	if kind == story.Open || kind == story.Join {
		a := article(m.next)
		m.articles[a.Seq], d.Article = a, a.Seq
		m.next++
		c.Articles = append(c.Articles, a)
		if d.Story = story.ID(fmt.Sprintf("s%d", a.Seq)); kind == story.Join && len(open) > 0 {
			d.Story = drawn("story")
		}
		m.stories[d.Story] = m.with(d.Story, append(seqsOf(m.stories[d.Story]), a.Seq))
		touch[d.Story] = true
	} else if len(open) == 0 {
		return
	} else if d.Story = drawn("story"); kind == story.Close {
		s := m.stories[d.Story]
		s.Closed = true
		m.stories[d.Story] = s
		touch[d.Story] = true
	} else if kind == story.Split {
		seqs := seqsOf(m.stories[d.Story])
		if len(seqs) < 2 {
			return
		}
		d.From, d.Story = d.Story, story.ID(fmt.Sprintf("split%d-%d", seqs[1], m.minute*100+len(c.Decisions)))
		m.stories[d.From], m.stories[d.Story] = m.with(d.From, seqs[:1]), m.with(d.Story, slices.Clone(seqs[1:]))
		touch[d.From], touch[d.Story] = true, true
	} else {
		d.From = drawn("from")
		if d.From == d.Story {
			return
		}
		moved, left := seqsOf(m.stories[d.From]), []uint64(nil)
		if kind == story.Move {
			moved, left = moved[:1], slices.Clone(moved[1:])
			d.Article = moved[0]
		}
		m.stories[d.Story] = m.with(d.Story, append(seqsOf(m.stories[d.Story]), moved...))
		touch[d.Story] = true
		if len(left) > 0 {
			m.stories[d.From] = m.with(d.From, left)
			touch[d.From] = true
		} else {
			m.alias(d.From, d.Story, c)
		}
	}
	c.Decisions = append(c.Decisions, d)
	c.Stories = slices.DeleteFunc(c.Stories, func(s story.Story) bool { _, there := m.stories[s.ID]; return touch[s.ID] || !there })
	for _, id := range slices.Sorted(maps.Keys(touch)) {
		c.Stories = append(c.Stories, m.stories[id])
	}
}

func (m *model) alias(from, to story.ID, c *story.Commit) {
	delete(m.stories, from)
	for a, end := range m.aliases {
		if end == from {
			m.aliases[a] = to
		}
	}
	m.aliases[from] = to
	c.Aliases = append(c.Aliases, story.Alias{From: from, To: to})
}

// expire applies a retention to the model and returns the ids that go.
func (m *model) expire(before time.Time) (ids []story.ID) {
	for id, s := range m.stories {
		if s.Closed && newest(&s).Before(before) {
			ids = append(ids, id)
			for _, seq := range seqsOf(s) {
				delete(m.articles, seq)
			}
			delete(m.stories, id)
			m.removed[id] = true
		}
	}
	for a, end := range m.aliases {
		if m.removed[end] {
			m.removed[a] = true
			delete(m.aliases, a)
		}
	}
	slices.Sort(ids)
	return ids
}

// compare fails the test unless the store says what the model says.
func (m *model) compare(t *rapid.T, db *DB) {
	stories := map[story.ID]bool{}
	last := at(1 << 20)
	for s, err := range db.Newest() {
		if err != nil {
			t.Fatal(err)
		}
		if want := m.stories[s.ID]; !slices.Equal(seqsOf(s), seqsOf(want)) || s.Closed != want.Closed {
			t.Fatalf("story %s has articles %d, want %d", s.ID, seqsOf(s), seqsOf(want))
		}
		if s.Updated().After(last) || stories[s.ID] {
			t.Fatalf("Newest gives story %s twice or too late", s.ID)
		}
		stories[s.ID], last = true, s.Updated()
	}
	if len(stories) != len(m.stories) || db.NextSeq() != m.next {
		t.Fatalf("%d stories, NextSeq() = %d, want %d, %d", len(stories), db.NextSeq(), len(m.stories), m.next)
	}
	for a, end := range m.aliases {
		if s, err := db.Story(a); err != nil || s.ID != end {
			t.Fatalf("Story(%s) = %s, %v, want %s", a, s.ID, err, end)
		}
	}
	for id := range m.removed {
		if _, err := db.Story(id); !errors.Is(err, story.ErrRemoved) {
			t.Fatalf("Story(%s) = %v, want ErrRemoved", id, err)
		}
	}
	if stats := db.Stats(); stats.Articles != len(m.articles) || stats.Aliases != len(m.aliases) {
		t.Fatalf("Stats() = %+v, want %d articles, %d aliases", stats, len(m.articles), len(m.aliases))
	}
	if err := db.Check(); err != nil {
		t.Fatal(err)
	}
}

// Any order of changes leaves a store that is in order and says what a plain model says.
func TestStoreIsLikeItsModel(t *testing.T) {
	root := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(root, "")
		if err != nil {
			t.Fatal(err)
		}
		db, err := Open(dir, Options{Create: true, NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { db.Close() }()
		m := &model{
			next: 1, articles: map[uint64]story.Article{}, stories: map[story.ID]story.Story{},
			aliases: map[story.ID]story.ID{}, removed: map[story.ID]bool{},
		}
		for range rapid.IntRange(1, 12).Draw(t, "commits") {
			m.minute++
			c := &story.Commit{Time: at(m.minute)}
			for range rapid.IntRange(1, 6).Draw(t, "changes") {
				m.change(t, c)
			}
			if err := db.Commit(c); err != nil {
				t.Fatalf("Commit(%+v) = %v", c, err)
			}
			switch rapid.IntRange(0, 5).Draw(t, "then") {
			case 0:
				if db.Close() != nil {
					t.Fatal("Close fails")
				}
				if db, err = Open(dir, Options{NoSync: true}); err != nil {
					t.Fatal(err)
				}
			case 1:
				before := at(rapid.IntRange(0, 40).Draw(t, "before"))
				ids, err := db.Expire(before)
				slices.Sort(ids)
				if want := m.expire(before); err != nil || !slices.Equal(ids, want) {
					t.Fatalf("Expire = %s, %v, want %s", ids, err, want)
				}
			}
			m.compare(t, db)
		}
	})
}

// Readers go on while commits are made, and see each whole.
func TestReadersBesideCommits(t *testing.T) {
	db := openStore(t, t.TempDir())
	commit(t, db, step(1))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				for s, err := range db.Newest() {
					if err != nil || len(s.Members) != 3 {
						t.Errorf("Newest gives story %s with %d members, %v", s.ID, len(s.Members), err)
					}
				}
				a := article(1)
				if known, err := db.Known([]story.Key{a.Key()}); err != nil || known[a.Key()].Seq != 1 {
					t.Errorf("Known = %v, %v", known, err)
				}
				_, _ = db.Generation(), db.NextSeq()
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range 30 {
		commit(t, db, step(db.NextSeq()))
	}
	close(done)
	readers.Wait()
}
