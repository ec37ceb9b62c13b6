package daemon

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"storyfold/fetcher"
	"storyfold/story"
)

// TestExplainClosed checks what is said of articles that cannot be compared any more.
func TestExplainClosed(t *testing.T) {
	ctx, all := context.Background(), town()
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	play(t, p, all, 0, len(all))
	desk := &Desk{db: db, p: p, do: func(_ context.Context, fn func(*story.Commit) error) error {
		err, _ := p.change(fn)
		return err
	}}
	one, other := twoStories(t, db)
	a, b := one.Members[0].URL, string(other.Members[1].ID)
	before := outcome(t, db)
	text, err := desk.Explain(ctx, a, b)
	if err != nil || !strings.Contains(text, "They are not one story") || !strings.Contains(text, "By the weights of now") {
		t.Errorf("Explain of open stories: %v\n%s", err, text)
	}
	if got := outcome(t, db); got != before {
		t.Errorf("an explanation changed the store\n%s", firstDifference(got, before))
	}

	late := report(1, 1)
	late.Published = epoch.Add(30 * 24 * time.Hour)
	p.now = func() time.Time { return late.Published }
	if _, err := p.once(ctx, &fetcher.Result{Articles: []story.Article{late}}); err != nil {
		t.Fatal(err)
	}
	text, err = desk.Explain(ctx, a, b)
	if err != nil || !strings.Contains(text, "closed story") || !strings.Contains(text, "joined the story; it scored") {
		t.Errorf("Explain of closed stories: %v\n%s", err, text)
	}
	if _, err := desk.Correct(ctx, story.Same, a, b); err == nil || !strings.Contains(err.Error(), "closed story") {
		t.Errorf("Correct of closed stories: %v", err)
	}
	if _, err := OpenDesk(db, Config{}, slog.New(slog.NewTextHandler(io.Discard, nil))); err != nil {
		t.Error(err)
	}
}

// TestExplainCredits checks that what two articles credit, and whether they are
// one report, is said.
func TestExplainCredits(t *testing.T) {
	ctx := context.Background()
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	first := town()[0].Articles[0]
	first.Credits = []string{"Merrow Newswire", "ESA"}
	copied := first
	copied.Source, copied.Identity, copied.Outlet, copied.URL = "copyist", "copy", "Copyist", "https://copyist.example/1"
	copied.Credits = []string{"ESA"}
	play(t, p, []*fetcher.Result{{Articles: []story.Article{first, copied}}}, 0, 1)
	desk := &Desk{db: db, p: p, do: func(_ context.Context, fn func(*story.Commit) error) error {
		err, _ := p.change(fn)
		return err
	}}
	text, err := desk.Explain(ctx, first.URL, copied.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"   credits Merrow Newswire, ESA\n", "   credits ESA\n", "Their texts are one report"} {
		if !strings.Contains(text, want) {
			t.Errorf("Explain does not say %q:\n%s", want, text)
		}
	}
	for _, tt := range []struct {
		family  int
		credits []string
		want    string
	}{{1, nil, "one report"}, {2, []string{"ESA"}, "Both credit ESA, but their texts are two reports."}, {2, nil, "Their texts are two reports."}, {0, nil, ""}} {
		e := explanation{articles: [2]*story.Article{{Seq: 1}, {Seq: 2}}}
		e.stories[0].Members = []story.Member{{Seq: 1, Family: 1, Credits: []string{"ESA"}}, {Seq: 2, Family: tt.family, Credits: tt.credits}}
		if got := e.report(); !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("report of families 1 and %d = %q, want %q", tt.family, got, tt.want)
		}
	}
}
