package daemon

import (
	"context"
	"fmt"
	"testing"
	"time"

	"storyfold/fetcher"
	"storyfold/story"
)

// TestNewGuid gives an article of a source again under another guid.
func TestNewGuid(t *testing.T) {
	const (
		link  = "https://coast-gazette.example/2026/11/lighthouse"
		title = "Lighthouse keeper retires after forty years on the rock"
	)
	noon := epoch.Add(12 * time.Hour)
	for name, c := range map[string]struct {
		link, title string
		published   time.Time
		text        string
		want        Counts
	}{
		"nothing else new":       {link, title, noon, "He kept the light.", Counts{Unchanged: 1}},
		"http":                   {"http://coast-gazette.example/2026/11/lighthouse", title, noon, "He kept the light.", Counts{Edited: 1}},
		"AMP":                    {"https://amp.coast-gazette.example/2026/11/lighthouse/amp", title, noon, "He kept the light.", Counts{Edited: 1}},
		"tracking":               {link + "?utm_source=rss&fbclid=x", title, noon, "He kept the light.", Counts{Edited: 1}},
		"text edited":            {link, title, noon, "He kept the light, alone.", Counts{Edited: 1}},
		"title edited":           {link, "Lighthouse keeper retires after 40 years on the rock", noon.Add(time.Hour), "He kept the light.", Counts{Edited: 1}},
		"title edited, no date":  {link, "Lighthouse keeper retires after 40 years on the rock", time.Time{}, "He kept the light.", Counts{Edited: 1}},
		"title edited, week on":  {link, "Lighthouse keeper retires after 40 years on the rock", noon.Add(170 * time.Hour), "He kept the light.", Counts{New: 1}},
		"another title":          {link, "Harbour dredging delayed until the spring tides", noon, "He kept the light.", Counts{New: 1}},
		"another link":           {link + "-2", title, noon, "He kept the light.", Counts{New: 1}},
		"same title, years late": {link, title, noon.Add(9000 * time.Hour), "He kept the light.", Counts{Unchanged: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			db := openStore(t, t.TempDir())
			defer closeStore(t, db)
			p := testPipeline(t, db, clockAt(0))
			first := story.Article{Source: "Coast Gazette", Identity: "guid-1", Outlet: "Coast Gazette", URL: link, Title: title, Text: "He kept the light.", Published: noon}
			again := first
			again.Identity, again.URL, again.Title, again.Published, again.Text = "guid-2", c.link, c.title, c.published, c.text
			take := func(a story.Article) Counts {
				t.Helper()
				n, err := p.once(context.Background(), &fetcher.Result{Articles: []story.Article{a}})
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			if n := take(first); n.New != 1 {
				t.Fatalf("first look: %+v", n)
			}
			if n := take(again); n != c.want {
				t.Fatalf("under another guid: %+v, want %+v", n, c.want)
			}
			if n := take(again); n.Unchanged != 1 {
				t.Errorf("the same once more: %+v", n)
			}
			if c.want.New > 0 {
				return
			}
			again.Text = "He kept the light. A party is planned."
			if n := take(again); n.Edited != 1 {
				t.Errorf("an edit under the new guid: %+v", n)
			}
			a, err := db.Article(1)
			if err != nil || a.Text != again.Text || a.Identity != "guid-1" || !a.Published.Equal(noon) {
				t.Errorf("stored: %+v, %v; want the edit in place", a, err)
			}
			if stats := db.Stats(); stats.Articles != 1 {
				t.Errorf("%d articles, want 1", stats.Articles)
			}
		})
	}
}

// TestOneItemTwiceInOneDocument gives one article under two guids with two texts, look after look.
func TestOneItemTwiceInOneDocument(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	a := story.Article{Source: "s", Identity: "a", Outlet: "s", URL: "https://s.example/1", Title: "Ferry timetable for the winter", Text: "Short."}
	b := a
	b.Identity, b.Text = "b", "Long, with all departures."
	for i := range 4 {
		n, err := p.once(context.Background(), &fetcher.Result{Articles: []story.Article{a, b}})
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int{true: 1}[i == 0]; n.New != want || n.Edited != 0 {
			t.Errorf("look %d: %+v, want %d new and no edit", i, n, want)
		}
	}
}

// TestChurningGuids has a source whose guids are new in each look, as the fetcher reads it.
func TestChurningGuids(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	for look := range 5 {
		r := &fetcher.Result{}
		for i := range 10 {
			r.Articles = append(r.Articles, story.Article{Source: "s", Identity: fmt.Sprint(look, "-", i), Outlet: "s",
				URL: fmt.Sprintf("https://s.example/%d", i), Title: fmt.Sprintf("Council meeting number %d in brief", i), Text: "The council met."})
		}
		n, err := p.once(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int{true: 10}[look == 0]; n.New != want || n.New+n.Unchanged != 10 {
			t.Errorf("look %d: %+v, want %d new", look, n, want)
		}
	}
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		near bool
	}{
		{"Ferry runs aground off Tarn Point", "FERRY runs aground off Tarn Point", true},
		{"Ferry runs aground off Tarn Point", "Ferry runs aground off Tarn Point, 12 hurt", true},
		{"Ferry runs aground off Tarn Point", "Passengers saved from ferry at Tarn Point", false},
		{"Weather for Monday", "Mayor opens library", false},
		{"", "", false},
		{"a", "a", false},
	} {
		if got := alike(c.a, c.b); got >= nearlyEqual != c.near || got < 0 || got > 1 || got != alike(c.b, c.a) {
			t.Errorf("alike(%q, %q) = %.2f, want near: %v", c.a, c.b, got, c.near)
		}
	}
}

// TestHeavyResultComesLast gives a result of very many articles first, and others while it waits.
func TestHeavyResultComesLast(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, time.Now)
	p.most = 100
	stop, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- p.Run(stop) }()
	article := func(source string, i int) story.Article {
		return story.Article{Source: source, Identity: fmt.Sprint(i), Outlet: source, Title: fmt.Sprintf("%s %d", source, i)}
	}
	heavy := &fetcher.Result{}
	for i := range p.most + 1 {
		heavy.Articles = append(heavy.Articles, article("heavy", i))
	}
	done := make(chan Counts, 1)
	go func() {
		n, err := p.Take(context.Background(), heavy)
		if err != nil {
			t.Error(err)
		}
		done <- n
	}()
	n, err := p.Take(context.Background(), &fetcher.Result{Articles: []story.Article{article("light", 1)}})
	if err != nil || n.New != 1 {
		t.Fatalf("a light result: %+v, %v", n, err)
	}
	if n := <-done; n.New != p.most+1 {
		t.Errorf("the heavy result: %+v", n)
	}
	if a, err := db.Article(1); err != nil || a.Source != "light" {
		t.Errorf("the first article is of %+v, %v; want the light source", a, err)
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestParts interrupts a result of many articles between two parts. The source's state
// must not be there then, and the next look must find the rest.
func TestParts(t *testing.T) {
	dir := t.TempDir()
	db := openStore(t, dir)
	calls := 0
	p := testPipeline(t, db, func() time.Time {
		if calls++; calls == 2 {
			panic("between two parts")
		}
		return time.Now()
	})
	p.most = 100
	r := &fetcher.Result{State: story.SourceState{Name: "many", ETag: "1"}}
	for i := range 2*p.most + 50 {
		r.Articles = append(r.Articles, story.Article{Source: "many", Identity: fmt.Sprint(i), Outlet: "many", Title: fmt.Sprintf("Report %d", i)})
	}
	func() {
		defer func() { recover() }()
		n, err := p.once(t.Context(), r)
		t.Errorf("%+v, %v in one part", n, err)
	}()
	closeStore(t, db)
	db = openStore(t, dir)
	defer func() { closeStore(t, db) }()
	states, err := db.States()
	if next := db.NextSeq(); err != nil || len(states) > 0 || next != uint64(p.most)+1 {
		t.Fatalf("states %+v, %v, next article %d; want no state beside %d articles", states, err, next, p.most)
	}
	p = testPipeline(t, db, time.Now)
	p.most = 100
	n, err := p.once(t.Context(), r)
	if err != nil || n.New != 150 || n.Unchanged != 100 || p.stats.commits.Load() != 4 { // the stories of the first part, two parts, and theirs

		t.Errorf("after the restart %+v, %v, in %d commits", n, err, p.stats.commits.Load())
	}
	if states, err := db.States(); err != nil || len(states) != 1 || states[0].ETag != "1" {
		t.Errorf("states %+v, %v", states, err)
	}
}

// TestSame gives articles of which only the keys are there, since their items are as they were.
func TestSame(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	article := func(source, guid, link, text string) story.Article {
		return story.Article{Source: source, Identity: guid, Outlet: source, URL: "https://coast-gazette.example/" + link, Title: "Lighthouse " + link, Text: text}
	}
	take := func(same []uint64, articles ...story.Article) (*fetcher.Result, Counts) {
		t.Helper()
		r := &fetcher.Result{Articles: articles, Same: same}
		n, err := p.once(context.Background(), r)
		if err != nil || len(r.Kept) != len(articles) {
			t.Fatalf("%v, kept %v", err, r.Kept)
		}
		return r, n
	}
	first, _ := take(nil, article("Gazette", "1", "a", "x"), article("Gazette", "2", "b", "x"), article("Pilot", "9", "a", "y"))
	if first.Kept[0] == 0 || first.Kept[1] == 0 || first.Kept[2] != 0 {
		t.Fatalf("kept %v: two articles and a listing", first.Kept)
	}
	stub := func(guid string) story.Article { return story.Article{Source: "Gazette", Identity: guid} }
	same, n := take(first.Kept[:2], stub("1"), stub("2"))
	if same.Outdated || n != (Counts{Unchanged: 2}) || same.Kept[0] != first.Kept[0] || same.Kept[1] != first.Kept[1] {
		t.Errorf("unchanged: %+v, kept %v, outdated %v", n, same.Kept, same.Outdated)
	}
	// Of two items that are one article, the first counts, also where it is known without its words.
	again, n := take([]uint64{first.Kept[0], 0}, stub("1"), article("Gazette", "3", "a", "other words"))
	if n != (Counts{Unchanged: 2}) || again.Kept[1] != 0 || again.Outdated {
		t.Errorf("a second item: %+v, kept %v", n, again.Kept)
	}
	if edited, n := take(nil, article("Gazette", "2", "b", "new words")); n.Edited != 1 || edited.Kept[0] == 0 || edited.Kept[0] == first.Kept[1] {
		t.Errorf("edited: %+v, kept %v", n, edited.Kept)
	}
	if late, n := take(first.Kept[1:2], stub("2")); !late.Outdated || n.Edited != 0 || late.Kept[0] != 0 {
		t.Errorf("stored otherwise: %+v, kept %v, outdated %v", n, late.Kept, late.Outdated)
	}
}
