package daemon

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"storyfold/fetcher"
	"storyfold/story"
)

// TestChurningNames reads a server that gives every item another guid and another link in each
// look, from fetch to commit: no article is there twice, and a column of the same title every
// day is a new one every day.
func TestChurningNames(t *testing.T) {
	const items = 8
	for name, dated := range map[string]bool{"with dates": true, "with texts alone": false} {
		t.Run(name, func(t *testing.T) {
			look, edited, first := 0, false, time.Now().Add(-30*24*time.Hour)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Write([]byte(churningFeed(look, items, first, dated, edited)))
			}))
			defer s.Close()
			db := openStore(t, t.TempDir())
			defer closeStore(t, db)
			p := testPipeline(t, db, clockAt(0))
			f, err := fetcher.New(fetcher.Options{AllowPrivateNetworks: true, HostDelay: -1})
			if err != nil {
				t.Fatal(err)
			}
			src, st := story.Source{Name: "s", Feed: s.URL, Enabled: true}, story.SourceState{}
			for ; look < 5; look++ {
				r := f.Fetch(t.Context(), src, st)
				if r.Err != nil {
					t.Fatal(r.Err)
				}
				n, err := p.once(context.Background(), r)
				if err != nil {
					t.Fatal(err)
				}
				want := Counts{New: 1, Unchanged: items + look} // the column of the day
				if look == 0 {
					want = Counts{New: items + 1}
				}
				if n != want {
					t.Errorf("look %d: %+v, want %+v", look, n, want)
				}
				st = r.State
			}
			if !st.Unnamed || !strings.Contains(st.Notice(), "by title and date") {
				t.Errorf("state = %+v, want the churn noticed", st)
			}
			if dated {
				look, edited = 4, true
				r := f.Fetch(t.Context(), src, st)
				if n, err := p.once(context.Background(), r); err != nil || n.Edited != items || n.New != 0 {
					t.Errorf("edited texts: %+v, %v; want %d edits and nothing new", n, err, items)
				}
			}
			if n := db.Stats().Articles; n != items+5 {
				t.Errorf("%d articles, want %d", n, items+5)
			}
		})
	}
}

// churningFeed is what the server of TestChurningNames says in a look; its oldest item is from first.
func churningFeed(look, items int, first time.Time, dated, edited bool) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Quay News</title>`)
	item := func(n int, title, text string, at time.Time) {
		fmt.Fprintf(&b, `<item><title>%s</title><guid isPermaLink="false">%d-%d</guid><link>https://track.example/%d/x%d</link><description>%s</description>`,
			title, look, n, look, n, text)
		if dated {
			fmt.Fprintf(&b, `<pubDate>%s</pubDate>`, at.UTC().Format(time.RFC1123Z))
		}
		b.WriteString("</item>")
	}
	for day := range look + 1 {
		item(100+day, "Morning briefing", fmt.Sprintf("What day %d brings to the harbour.", day), first.Add(time.Duration(100+24*day)*time.Hour))
	}
	for n := range items {
		text := fmt.Sprintf("Boat number %d was towed in.", n)
		if edited {
			text += " Its crew is well."
		}
		item(n, fmt.Sprintf("Boat %d towed in", n), text, first.Add(time.Duration(n)*time.Hour))
	}
	b.WriteString("</channel></rss>")
	return b.String()
}
