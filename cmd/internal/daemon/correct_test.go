package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// socketDesk runs p and returns a client on the admin routes in front of it.
func socketDesk(t *testing.T, db *store.DB, p *Pipeline) *Client {
	t.Helper()
	d := &daemon{Options: Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}, db: db, pipeline: p}
	d.desk = &Desk{db: db, p: p, do: p.Do}
	restored := make(chan struct{})
	close(restored)
	server := httptest.NewServer(d.adminServer(restored).Handler)
	t.Cleanup(server.Close)
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() { defer close(ended); p.Run(stop) }()
	t.Cleanup(func() { close(stop); <-ended })
	client := server.Client()
	client.Transport = rewrite{server.URL, client.Transport}
	return &Client{http: client}
}

// town is a small world of three events that share no words of their own, each
// told by three outlets.
func town() (all []*fetcher.Result) {
	events := [][]string{
		{"Quill bridge closed after cracks", "Cracks were found in two cables of the bridge over the river Quill, and the city engineer closed it to traffic. The old ferry runs every ten minutes until the cables are replaced."},
		{"Power cut leaves Tarnfield dark", "Nine thousand homes in Tarnfield were without electricity after a transformer behind the market hall caught fire. The grid company restored the last district before dawn."},
		{"Orchestra loses its conductor", "Conductor Mirela Holt leaves the Osterby orchestra after a quarrel about wages, violinists and the chairman confirmed. Her farewell concert with the Brahms requiem is sold out."},
	}
	for outlet := range 3 {
		r := &fetcher.Result{}
		for e, text := range events {
			name := fmt.Sprintf("outlet-%d", outlet)
			r.Articles = append(r.Articles, story.Article{
				Source: name, Outlet: name, Identity: fmt.Sprint(e), Lang: "en", URL: fmt.Sprintf("https://%s.example/%d", name, e),
				Title: text[0], Text: text[1] + fmt.Sprintf(" Our reporter %s was there at %d.", name, 8+outlet),
				Published: epoch.Add(time.Duration(e+3*outlet) * time.Minute),
			})
		}
		all = append(all, r)
	}
	return all
}

// twoStories returns two open stories of one language; the second has several articles.
func twoStories(t *testing.T, db *store.DB) (one, other story.Story) {
	t.Helper()
	for s, err := range db.OpenStories() {
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Members) > 2 && other.ID == "" {
			other = s
		} else {
			one = s
		}
	}
	if one.ID == "" || other.ID == "" {
		t.Fatal("the world has not the stories that this test needs")
	}
	return one, other
}

// TestCorrect corrects through a running pipeline, and finds it all after a restart.
func TestCorrect(t *testing.T) {
	ctx, dir, all := context.Background(), t.TempDir(), town()
	db := openStore(t, dir)
	p := testPipeline(t, db, clockAt(0))
	play(t, p, all, 0, len(all))
	storyOf := func(id string) story.ID {
		t.Helper()
		a, err := db.ArticleByID(story.ArticleID(id))
		if err != nil {
			t.Fatal(err)
		}
		s, err := db.StoryOf(a.Seq)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, other := twoStories(t, db)
	a, b, c := string(one.Members[0].ID), string(other.Members[0].ID), string(other.Members[1].ID)
	t.Run("running", func(t *testing.T) {
		client := socketDesk(t, db, p)
		made, err := client.Correct(ctx, story.Same, one.Members[0].URL, b)
		if err != nil {
			t.Fatal(err)
		}
		if made.Number != 1 || len(made.Of) != 2 || made.Of[0].Story != made.Of[1].Story || made.Of[0].Title == "" {
			t.Errorf("Correct = %+v", made)
		}
		if storyOf(a) != storyOf(b) || storyOf(b) != storyOf(c) {
			t.Errorf("the stories are %s, %s and %s, want one", storyOf(a), storyOf(b), storyOf(c))
		}
		_, err = client.Correct(ctx, story.Apart, a, b)
		if refused, ok := errors.AsType[*RefusedError](err); !ok || !strings.Contains(refused.Text, "contradicts correction 1") {
			t.Errorf("a contradiction: %v", err)
		}
		if _, err := client.Correct(ctx, story.Out, c, ""); err != nil {
			t.Fatal(err)
		}
		if s, err := db.Story(storyOf(c)); err != nil || len(s.Members) != 1 || s.Shown.IsZero() {
			t.Errorf("the article that is left out is in %+v, %v", s, err)
		}
		list, err := client.Corrections(ctx)
		if err != nil || len(list) != 2 {
			t.Errorf("Corrections = %v, %v", list, err)
		}
	})
	closeStore(t, db)

	db = openStore(t, dir)
	defer func() { closeStore(t, db) }()
	desk, err := OpenDesk(db, Config{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Correct(ctx, story.Same, c, b); err == nil || !strings.Contains(err.Error(), "correction 2: “") {
		t.Errorf("same of one that was left out before the restart: %v", err)
	}
	for _, n := range []uint64{1, 2} {
		if _, err := desk.Undo(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	if storyOf(a) == storyOf(b) || storyOf(b) != storyOf(c) {
		t.Errorf("after the undo the stories are %s, %s and %s", storyOf(a), storyOf(b), storyOf(c))
	}
	if _, err := desk.Undo(ctx, 2); err == nil {
		t.Error("an undo of what is not there went well")
	}
}

// rewrite sends requests to a test server.
type rewrite struct {
	to string
	http.RoundTripper
}

func (w rewrite) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Host = strings.TrimPrefix(w.to, "http://")
	return w.RoundTripper.RoundTrip(r)
}
