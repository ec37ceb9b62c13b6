package daemon

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// partition returns the open stories with their members, by id.
func partition(t *testing.T, db *store.DB) []string {
	t.Helper()
	var all []string
	for s, err := range db.OpenStories() {
		if err != nil {
			t.Fatal(err)
		}
		line := string(s.ID)
		for _, m := range s.Members {
			line += fmt.Sprint(" ", m.Seq)
		}
		all = append(all, line)
	}
	slices.Sort(all)
	return all
}

// akin are events with three reports each, which share more words from event to
// event: where the line is drawn depends on the settings.
func akin() *fetcher.Result {
	r := &fetcher.Result{}
	words := func(mark string, n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("%s%c%c", mark, 'a'+i%26, 'a'+i/26))
		}
		return strings.Join(all, " ")
	}
	for event := range 14 {
		for outlet := range 3 {
			mark := fmt.Sprintf("k%c%c", 'a'+event, 'a'+outlet)
			shared := words(fmt.Sprintf("ev%c", 'a'+event), 6+2*event)
			name := fmt.Sprint("outlet-", outlet)
			r.Articles = append(r.Articles, story.Article{
				Source: name, Outlet: name, Identity: fmt.Sprint(event), Title: words(mark+"t", 5) + " " + words(fmt.Sprintf("ev%c", 'a'+event), 2),
				Text: shared + " " + words(mark, 60-2*event), Lang: "en", Published: epoch,
			})
		}
	}
	return r
}

// TestRegroup checks that a diff changes nothing, that new settings do what it
// said, and that no reader is woken by that.
func TestRegroup(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	db := openStore(t, dir)
	p := testPipeline(t, db, clockAt(0))
	play(t, p, []*fetcher.Result{akin()}, 0, 1)
	before := partition(t, db)
	for i, strictness := range []float64{1, -1} {
		c := Config{Group: story.Options{Strictness: strictness}}
		said, err := Diff(db, c, log)
		if err != nil {
			t.Fatal(err)
		}
		if len(said.Splits)+len(said.Merges)+len(said.Moves) == 0 || strings.Contains(said.Text(), "nothing would change") {
			t.Fatalf("strictness %v: %s", strictness, said.Text())
		}
		if got := partition(t, db); !slices.Equal(got, before) {
			t.Fatalf("the diff changed the stories to %v", got)
		}
		told := map[story.ID]story.Story{}
		for s, err := range db.Newest() {
			if err != nil {
				t.Fatal(err)
			}
			told[s.ID] = s
		}
		if i == 0 { // a restart with another config
			closeStore(t, db)
			db = openStore(t, dir)
			p = NewPipeline(db, c, log)
			if err := p.Restore(); err != nil {
				t.Fatal(err)
			}
			if err := p.follow(c.Group); err != nil {
				t.Fatal(err)
			}
		} else { // a reload
			stop, ended := make(chan struct{}), make(chan struct{})
			go func() { defer close(ended); p.Run(stop) }()
			if err := p.Regroup(ctx, groupSettings(c.Group)); err != nil {
				t.Fatal(err)
			}
			close(stop)
			<-ended
		}
		after := partition(t, db)
		if slices.Equal(after, before) {
			t.Errorf("strictness %v: nothing changed: %v", strictness, after)
		}
		before = after
		aliases := 0
		for _, m := range said.Merges {
			for _, from := range m.From {
				aliases++
				if s, err := db.Story(from.ID); err != nil || s.ID != m.Into.ID {
					t.Errorf("%s is %s now, %v; the diff said %s", from, s.ID, err, m.Into)
				}
			}
		}
		if n := len(told) - aliases + len(said.Splits); n != len(after) {
			t.Errorf("%d stories are open, the diff said %d", len(after), n)
		}
		for s, err := range db.Newest() {
			if err != nil {
				t.Fatal(err)
			}
			old, ok := told[s.ID]
			switch {
			case ok && (len(s.Revisions) != len(old.Revisions) || !s.Updated().Equal(old.Updated()) || !s.Shown.Equal(old.Shown)):
				t.Errorf("story %s: revisions %d, updated %v, shown %v; before %d, %v, %v", s.ID, len(s.Revisions), s.Updated(), s.Shown, len(old.Revisions), old.Updated(), old.Shown)
			case !ok && (len(s.Revisions) != 1 || s.Updated().After(clockAt(0)()) || s.Shown.IsZero() || s.Shown.After(clockAt(0)())):
				t.Errorf("the new story %s has revisions %v and was shown at %v", s.ID, s.Revisions, s.Shown)
			}
		}
		if again, err := Diff(db, c, log); err != nil || !strings.Contains(again.Text(), "nothing would change") {
			t.Errorf("a diff afterwards: %v %s", err, again.Text())
		}
	}
	closeStore(t, db)
}
