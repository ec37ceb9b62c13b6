package daemon

import (
	"context"
	"testing"

	"storyfold/fetcher"
	"storyfold/story"
)

// stored takes articles for what identify does: whose text the store has, nobody
// needs to ask for again.
func TestStored(t *testing.T) {
	const link = "https://coast-gazette.example/2026/11/lighthouse"
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	first := story.Article{Source: "Coast Gazette", Identity: "1", Outlet: "Coast Gazette", URL: link, Title: "Keeper retires after forty years", Text: "He kept the light, alone, through forty winters."}
	if _, err := p.once(context.Background(), &fetcher.Result{Articles: []story.Article{first}}); err != nil {
		t.Fatal(err)
	}
	change := func(f func(*story.Article)) story.Article {
		a := first
		a.Text = "He kept the light."
		f(&a)
		return a
	}
	asked := []story.Article{
		change(func(a *story.Article) { a.Title = "Keeper retires" }),                      // known
		change(func(a *story.Article) { a.Identity, a.URL = "2", link+"?utm_source=rss" }), // under a new guid
		change(func(a *story.Article) { a.Source, a.Identity = "Other", "x" }),             // listed by another source
		change(func(a *story.Article) {
			a.Identity, a.Title, a.URL = "3", "Harbour dredged again", "https://cg.example/2"
		}), // new
		change(func(a *story.Article) {
			a.Identity, a.Title = "4", "Harbour dredging delayed until the spring tides come in"
		}), // new, at an old link
	}
	found, err := stored(db, asked)
	if err != nil || len(found) != len(asked) {
		t.Fatalf("stored = %v, %v", found, err)
	}
	for i, known := range []bool{true, true, true, false, false} {
		if (found[i] != nil) != known || known && found[i].Text != first.Text {
			t.Errorf("stored, article %d = %+v, want known: %v", i, found[i], known)
		}
	}
	p.now = clockAt(1000) // the story closes
	later := story.Article{Source: "Coast Gazette", Identity: "5", Title: "Ferries run again"}
	if _, err := p.once(context.Background(), &fetcher.Result{Articles: []story.Article{later}}); err != nil {
		t.Fatal(err)
	}
	if ids, err := db.Expire(clockAt(1000)()); err != nil || len(ids) != 1 {
		t.Fatalf("Expire = %v, %v, want the first story removed", ids, err)
	}
	if found, err = stored(db, asked[:1]); err != nil || found[0] == nil || found[0].Text != "" {
		t.Errorf("stored after its removal = %+v, %v, want an empty article: it is not new", found, err)
	}
}
