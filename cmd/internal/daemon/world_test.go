package daemon

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// A small world of invented events. Each event has words of its own; each outlet
// tells it with its own filler, so that reports of one event share what matters.
var (
	places  = strings.Fields("Averil Lindmoor Tarnfield Osterby Calloway Brennick Halvard Mirefield Dunsea Quillan Ravensholt Stavely")
	actors  = strings.Fields("coastguard mayor regulator union museum airline orchestra laboratory brewery cathedral university hospital")
	things  = strings.Fields("ferry tunnel strike merger fire verdict flood vaccine painting bridge satellite harvest election festival")
	details = strings.Fields("aground evacuated resigned bankrupt overturned postponed contaminated restored auctioned quarantined derailed acquitted unveiled suspended")
	filler  = strings.Fields("officials described residents afterwards nearby during afternoon several reported expected further statement council local spokesperson morning evening added continued remained considered situation response earlier")
)

// event writes one report of event e in its own words.
func report(e, outlet int) story.Article {
	r := rand.New(rand.NewPCG(uint64(e)*7919+uint64(outlet), 17))
	pick := func(words []string, i int) string { return words[i%len(words)] }
	key := []string{
		pick(places, e), pick(actors, e*5+1), pick(things, e*3+2), pick(details, e*7+3),
		fmt.Sprintf("%s%d", pick(places, e*11), 10+e), fmt.Sprintf("%sson", pick(places, e*13+5)),
	}
	var b strings.Builder
	for s := range 9 {
		fmt.Fprintf(&b, "The %s in %s said the %s was %s", key[1], key[0], key[2], key[3])
		for range 6 {
			fmt.Fprintf(&b, " %s", filler[r.IntN(len(filler))])
		}
		fmt.Fprintf(&b, " %s %s.", key[4+s%2], filler[r.IntN(len(filler))])
		if s%3 == 2 {
			b.WriteString("\n\n")
		} else {
			b.WriteByte(' ')
		}
	}
	source := fmt.Sprintf("outlet-%d", outlet)
	return story.Article{
		Source: source, Outlet: source, Identity: fmt.Sprintf("e%d", e), Lang: "en",
		URL:       fmt.Sprintf("https://%s.example/news/%d", source, e),
		Title:     fmt.Sprintf("%s %s %s in %s", strings.ToUpper(key[1][:1])+key[1][1:], key[2], key[3], key[0]),
		Text:      strings.TrimSpace(b.String()),
		Published: epoch.Add(time.Duration(e)*time.Hour + time.Duration(outlet)*7*time.Minute),
	}
}

var epoch = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// results are the fetch results of the world: five outlets that report on
// events, a few articles at a time.
func results(events int) []*fetcher.Result {
	var all []*fetcher.Result
	for e := 0; e < events; e += 3 {
		for outlet := range 5 {
			r := &fetcher.Result{State: story.SourceState{Name: fmt.Sprintf("outlet-%d", outlet), Address: fmt.Sprintf("https://outlet-%d.example/feed", outlet), ETag: fmt.Sprint(e)}}
			for k := e; k < min(e+3, events); k++ {
				if (k+outlet)%4 != 0 { // not every outlet has everything
					r.Articles = append(r.Articles, report(k, outlet))
				}
			}
			all = append(all, r)
		}
	}
	return all
}

// openStore opens the store in dir, and checks it when the test ends.
func openStore(t testing.TB, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(dir, store.Options{Create: true, Canonical: IdentifyingLink})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return db
}

func closeStore(t testing.TB, db *store.DB) {
	t.Helper()
	if err := db.Check(); err != nil {
		t.Errorf("Check: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// testPipeline returns a restored pipeline whose clock is tick.
func testPipeline(t testing.TB, db *store.DB, tick func() time.Time) *Pipeline {
	t.Helper()
	p := NewPipeline(db, Config{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	p.now = tick
	if err := p.Restore(); err != nil {
		t.Fatalf("Restore: %v", err)
	}
	return p
}

// outcome is what a store says at the end: every story with its members and
// revisions, and every decision.
func outcome(t testing.TB, db *store.DB) string {
	t.Helper()
	var b strings.Builder
	for s, err := range db.Newest() {
		if err != nil {
			t.Fatalf("Newest: %v", err)
		}
		fmt.Fprintf(&b, "%s %q reports %d closed %v revisions %d:", s.ID, s.Brief.Headline, s.Reports, s.Closed, len(s.Revisions))
		for _, m := range s.Members {
			fmt.Fprintf(&b, " %d/%d", m.Seq, m.Family)
		}
		b.WriteByte('\n')
	}
	for d, err := range db.Decisions(0) {
		if err != nil {
			t.Fatalf("Decisions: %v", err)
		}
		fmt.Fprintf(&b, "%d %v %d %s %s %v %.6f\n", d.Number, d.Decision.Kind, d.Decision.Article, d.Decision.Story, d.Decision.From, d.Decision.Articles, d.Decision.Reason.Score)
	}
	return b.String()
}
