package daemon

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// owing takes the results as the batches of a burst that is not over, and an edit of a
// told story, an edit of an article that is in none, and another source's listing of one.
func owing(t *testing.T, p *Pipeline) {
	t.Helper()
	all := results(worldEvents)
	play(t, p, all, 0, 5)
	told, fresh, listed := report(0, 1), report(3, 0), report(4, 1)
	told.Title, fresh.Title = "At last: "+told.Title, "Again: "+fresh.Title
	listed.Source, listed.Identity = "aggregator", "x1"
	edits := &fetcher.Result{Articles: []story.Article{told, fresh, listed}}
	for i, r := range []*fetcher.Result{all[5], all[6], edits, all[7], all[8]} {
		p.now = clockAt(5 + i)
		j := &job{result: r}
		if err := p.process([]*job{j}, false); err != nil {
			t.Fatal(err)
		}
		if r == edits && j.counts != (Counts{Edited: 2, Unchanged: 1}) {
			t.Errorf("counts of the edits: %+v", j.counts)
		}
	}
	p.now = clockAt(20)
}

func owed(t *testing.T, db *store.DB) store.Owed {
	t.Helper()
	if err := db.Check(); err != nil {
		t.Errorf("Check: %v", err)
	}
	o, err := db.Owed()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestBurstIsToldOnce counts what is written in a burst, and what readers see meanwhile.
func TestBurstIsToldOnce(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	play(t, p, results(worldEvents), 0, 5)
	before, generation := outcome(t, db), db.Generation()
	before = before[:strings.Index(before, "\n1 open")]
	owing(t, p)
	if now := outcome(t, db); !strings.HasPrefix(now, before) || db.Generation() != generation {
		t.Errorf("readers see a part of a burst\n%s", firstDifference(now, before))
	}
	if o := owed(t, db); len(o.Articles) < 10 {
		t.Errorf("owed are %+v", o)
	}
	if err := p.settle(); err != nil {
		t.Fatal(err)
	}
	if o := owed(t, db); o.From > 0 || db.Generation() != generation+1 {
		t.Errorf("owed after the burst: %+v; the stories changed %d times", o, db.Generation()-generation)
	}
}

// TestOwedStoriesAreToldAlike has the stories of a burst told by the process that decided
// and by the next one.
func TestOwedStoriesAreToldAlike(t *testing.T) {
	told := map[bool]string{}
	for _, killed := range []bool{false, true} {
		dir := t.TempDir()
		db := openStore(t, dir)
		p := testPipeline(t, db, clockAt(0))
		owing(t, p)
		if killed {
			closeStore(t, db)
			db = openStore(t, dir)
			p = testPipeline(t, db, clockAt(20))
		}
		if err := p.settle(); err != nil {
			t.Fatal(err)
		}
		for s, err := range db.Newest() {
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			told[killed] += string(b) + "\n"
		}
		closeStore(t, db)
	}
	if told[true] != told[false] {
		t.Errorf("the next process tells otherwise\n%s", firstDifference(told[true], told[false]))
	}
	if !strings.Contains(told[true], "At last: ") || !strings.Contains(told[true], "Again: ") {
		t.Error("an edit is missing")
	}
}

// TestRunTellsAtItsEnd takes more at once than a batch holds.
func TestRunTellsAtItsEnd(t *testing.T) {
	for _, settle := range []bool{false, true} {
		db := openStore(t, t.TempDir())
		p := testPipeline(t, db, time.Now)
		p.most = 3
		stop, ended := make(chan struct{}), make(chan error, 1)
		go func() { ended <- p.Run(stop) }()
		var wait sync.WaitGroup
		for _, r := range results(worldEvents) {
			wait.Go(func() {
				if err := p.Sink(t.Context(), r); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if settle {
			if err := p.Settle(t.Context()); err != nil {
				t.Error(err)
			}
			if o := owed(t, db); o.From > 0 {
				t.Errorf("owed after Settle: %+v", o)
			}
		}
		close(stop)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if o := owed(t, db); o.From > 0 {
			t.Errorf("owed at the end: %+v", o)
		}
		closeStore(t, db)
	}
}

// TestDiffTellsFirst asks a store with owed stories what other settings would make of them.
func TestDiffTellsFirst(t *testing.T) {
	db := openStore(t, t.TempDir())
	defer closeStore(t, db)
	p := testPipeline(t, db, clockAt(0))
	owing(t, p)
	out, err := Diff(db, Config{Group: story.Options{Strictness: 1}}, p.log)
	if err != nil || out.Stories != db.Stats().OpenStories {
		t.Errorf("Diff = %d stories, %v; want %d", out.Stories, err, db.Stats().OpenStories)
	}
	if o := owed(t, db); o.From > 0 {
		t.Errorf("owed after Diff: %+v", o)
	}
}
