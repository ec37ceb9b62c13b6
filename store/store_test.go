package store

import (
	"fmt"
	"testing"
	"time"

	"storyfold/story"
)

// start is the time of the first commit of all tests.
var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// openStore opens the store in dir, making it if need be. The test fails if the
// store is not in order at its end.
func openStore(t testing.TB, dir string) *DB {
	t.Helper()
	return openWith(t, dir, Options{Create: true, NoSync: true})
}

func openWith(t testing.TB, dir string, o Options) *DB {
	t.Helper()
	db, err := Open(dir, o)
	if err != nil {
		t.Fatalf("Open(%q) = %v", dir, err)
	}
	t.Cleanup(func() {
		_ = db.Close()
		check(t, dir)
	})
	return db
}

// check fails the test if the closed store in dir is not in order.
func check(t testing.TB, dir string) {
	t.Helper()
	db, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Errorf("Open(%q) for the check = %v", dir, err)
		return
	}
	defer db.Close()
	if err := db.Check(); err != nil {
		t.Errorf("Check() = %v", err)
	}
}

// reopen closes db and opens it again.
func reopen(t testing.TB, db *DB, dir string) *DB {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatalf("Close() = %v", err)
	}
	return openStore(t, dir)
}

func commit(t testing.TB, db *DB, c *story.Commit) {
	t.Helper()
	if err := db.Commit(c); err != nil {
		t.Fatalf("Commit = %v", err)
	}
}

// at returns the time n minutes after the start.
func at(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

// article returns the article with this number, of one of three sources.
func article(seq uint64) story.Article {
	source := []string{"harbour", "valley", "ridge"}[seq%3]
	return story.Article{
		Seq: seq, Source: source, Identity: fmt.Sprintf("item-%d", seq), Outlet: "The " + source,
		URL:   fmt.Sprintf("https://%s.example/%d", source, seq),
		Title: fmt.Sprintf("Ferry %d runs aground off Aldermouth", seq),
		Text:  fmt.Sprintf("The ferry Northern Star %d ran aground on Tuesday.\n\nNobody was hurt, the harbour office said.", seq),
		Lang:  "en", Published: at(int(seq) - 1), FirstSeen: at(int(seq)),
		Categories: []string{"news"}, Authors: []string{"Mara Lind"},
	}
}

// storyOf returns the story with this id of these articles, each in a family of its own.
func storyOf(id story.ID, articles ...story.Article) story.Story {
	s := story.Story{ID: id, Lang: "en", Brief: story.Brief{Headline: articles[0].Title}}
	for i := range articles {
		m := story.MemberOf(&articles[i])
		m.Family, m.Why = i+1, story.Reason{Rule: "join", Score: 0.7, Threshold: 0.5}
		s.Members = append(s.Members, m)
		if n := story.Independent(s.Members); n > s.Reports {
			s.Reports = n
			revision := story.Revision{Number: len(s.Revisions) + 1, Time: m.FirstSeen, Reason: "new report by " + m.Outlet, Reports: n}
			for _, m := range s.Members {
				revision.Articles = append(revision.Articles, m.Seq)
			}
			s.Revisions = append(s.Revisions, revision)
		}
	}
	return s
}

// single returns a commit of new articles, each in a story of its own, named sN.
func single(from, to uint64) *story.Commit {
	c := &story.Commit{Time: at(int(to)), Engine: fmt.Appendf(nil, "engine after %d", to)}
	for seq := from; seq <= to; seq++ {
		a := article(seq)
		id := story.ID(fmt.Sprintf("s%d", seq))
		c.Articles = append(c.Articles, a)
		c.Stories = append(c.Stories, storyOf(id, a))
		c.Decisions = append(c.Decisions, story.Decision{Kind: story.Open, Article: seq, Story: id, Reason: story.Reason{Rule: "first"}})
	}
	return c
}
