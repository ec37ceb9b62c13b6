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
