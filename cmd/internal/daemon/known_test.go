package daemon

import (
	"context"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storyfold/fetcher"
	"storyfold/store"
	"storyfold/story"
)

// harbourItem is an item of a feed that changes.
type harbourItem struct {
	guid, link, title, text string
	at                      time.Time
}

// harbourFeeds are feeds whose items come, go and change.
type harbourFeeds struct {
	random *rand.Rand
	feeds  [][]harbourItem
	made   int
}

// publish changes the feed: new items, edits, other orders, and now and then two items with one link,
// be it of another feed.
func (h *harbourFeeds) publish(feed int) {
	items := h.feeds[feed]
	pick := func() *harbourItem { return &items[h.random.IntN(len(items))] }
	for range 1 + h.random.IntN(2) {
		h.made++
		items = slices.Insert(items, 0, harbourItem{guid: fmt.Sprintf("pier-%d", h.made), link: fmt.Sprintf("https://fjordvik.example/news/%d", h.made),
			title: fmt.Sprintf("Pier %d of Fjordvik is closed", h.made), text: fmt.Sprintf("<p>The beams of pier %d are old & rotten.</p>", h.made),
			at: time.Date(2026, 3, 3, 10, h.made%60, 0, 0, time.UTC)})
	}
	switch h.random.IntN(8) {
	case 0:
		pick().text += "<p>Update: the ferries leave from Ostholm.</p>"
	case 1:
		pick().title += ", again"
	case 2:
		other := h.feeds[h.random.IntN(len(h.feeds))]
		pick().link = other[h.random.IntN(len(other))].link
	case 3:
		h.random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	case 4:
		h.made++
		pick().guid = fmt.Sprintf("pier-%d", h.made)
	}
	h.feeds[feed] = items[:min(len(items), 12)]
}

// ServeHTTP serves the feeds at /0, /1 and so on, RSS and Atom in turn.
func (h *harbourFeeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var feed int
	if _, err := fmt.Sscanf(r.URL.Path, "/%d", &feed); err != nil || feed >= len(h.feeds) {
		http.NotFound(w, r)
		return
	}
	var b strings.Builder
	b.WriteString([]string{`<rss version="2.0"><channel><title>Fjordvik</title>`, `<feed xmlns="http://www.w3.org/2005/Atom"><title>Fjordvik</title>`}[feed%2])
	for _, x := range h.feeds[feed] {
		if feed%2 == 0 {
			fmt.Fprintf(&b, "<item><title>%s</title><link>%s</link><guid isPermaLink='false'>%s</guid><pubDate>%s</pubDate><description>%s</description></item>\n",
				x.title, x.link, x.guid, x.at.Format(time.RFC1123Z), html.EscapeString(x.text))
		} else {
			fmt.Fprintf(&b, "<entry><title>%s</title><link href='%s'/><id>%s</id><updated>%s</updated><content type='html'>%s</content></entry>\n",
				x.title, x.link, x.guid, x.at.Format(time.RFC3339), html.EscapeString(x.text))
		}
	}
	b.WriteString([]string{"</channel></rss>", "</feed>"}[feed%2])
	w.Write([]byte(b.String()))
}

// stack is a fetcher with a store.
type stack struct {
	*fetcher.Fetcher
	db          *store.DB
	same, whole int // articles whose items were known, and others
	outdated    int
}

// startStack runs a fetcher of the sources into a store. It remembers items or not.
func startStack(t *testing.T, sources []story.Source, remembers bool) *stack {
	t.Helper()
	f, err := fetcher.New(fetcher.Options{AllowPrivateNetworks: true, HostDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	s := &stack{Fetcher: f, db: openStore(t, t.TempDir())}
	p := testPipeline(t, s.db, clockAt(0))
	var mu sync.Mutex
	sink := func(ctx context.Context, r *fetcher.Result) error {
		mu.Lock()
		defer mu.Unlock()
		n, err := p.once(ctx, r)
		r.New, r.Edited = n.New, n.Edited
		for i := range r.Articles {
			if r.Same != nil && r.Same[i] != 0 {
				s.same++
			} else {
				s.whole++
			}
		}
		if r.Outdated {
			s.outdated++
		}
		if !remembers {
			r.Kept = nil
		}
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Run(ctx, sources, nil, sink)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		closeStore(t, s.db)
	})
	return s
}

// read has one source read, and again in case that an article of it was outdated.
func (s *stack) read(t *testing.T, name string) {
	t.Helper()
	for range 2 {
		for {
			_, err := s.Refresh(t.Context(), []string{name}, nil)
			if err == nil {
				break
			}
			if err != fetcher.ErrNotRunning {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// articles returns what is stored, by key, without times and numbers.
func (s *stack) articles(t *testing.T) map[story.Key]story.Article {
	t.Helper()
	all := map[story.Key]story.Article{}
	for seq := uint64(1); seq < s.db.NextSeq(); seq++ {
		a, err := s.db.Article(seq)
		if err != nil {
			t.Fatal(err)
		}
		a.Seq, a.FirstSeen, a.Edited = 0, time.Time{}, time.Time{}
		for i := range a.Titles {
			a.Titles[i].Until = time.Time{}
		}
		all[a.Key()] = *a
	}
	return all
}

// TestKnownItems reads changing feeds with and without remembering their items: the same is
// stored at all times.
func TestKnownItems(t *testing.T) {
	const feeds, rounds = 4, 30
	h := &harbourFeeds{random: rand.New(rand.NewPCG(5, 7)), feeds: make([][]harbourItem, feeds)}
	s := httptest.NewServer(h)
	defer s.Close()
	var sources []story.Source
	for i := range feeds {
		h.feeds[i] = []harbourItem{{guid: fmt.Sprint("first-", i), link: fmt.Sprintf("https://fjordvik.example/first/%d", i), title: "First", text: "One.", at: time.Unix(1.7e9, 0).UTC()}}
		sources = append(sources, story.Source{Name: fmt.Sprintf("s%d", i), Feed: fmt.Sprintf("%s/%d", s.URL, i), Enabled: true})
	}
	with, without := startStack(t, sources, true), startStack(t, sources, false)
	for round := range rounds {
		for i := range feeds {
			with.read(t, sources[i].Name)
			without.read(t, sources[i].Name)
		}
		got, want := with.articles(t), without.articles(t)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("round %d: what is stored differs (- without, + with what is remembered):\n%s", round, d)
		}
		if len(got) < feeds+round {
			t.Fatalf("round %d: %d articles", round, len(got))
		}
		for i := range feeds {
			h.publish(i)
		}
	}
	if with.same < with.whole/2 || without.same != 0 {
		t.Errorf("%d items were known, %d were read; without what is remembered %d and %d", with.same, with.whole, without.same, without.whole)
	}
}
