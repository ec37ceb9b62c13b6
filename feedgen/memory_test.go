package feedgen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"storyfold/story"
)

// memory holds stories in memory; it is what the tests serve.
type memory struct {
	list    []story.Story
	alias   map[story.ID]story.ID
	removed map[story.ID]bool
	gen     uint64
	read    int // stories that Headers gave
}

func (m *memory) Newest() iter.Seq2[story.Story, error] {
	sorted := slices.Clone(m.list)
	slices.SortStableFunc(sorted, func(a, b story.Story) int { return b.Updated().Compare(a.Updated()) })
	return func(yield func(story.Story, error) bool) {
		for _, s := range sorted {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (m *memory) Versions(limit int) (list []story.Version, err error) {
	for s := range m.Newest() {
		if len(list) < limit {
			list = append(list, story.Version{ID: s.ID, Number: cmp.Or(s.Version, m.gen+1)})
		}
	}
	return list, nil
}

func (m *memory) Headers(ids []story.ID) iter.Seq2[story.Story, error] {
	return func(yield func(story.Story, error) bool) {
		for _, id := range ids {
			for _, s := range m.list {
				if s.ID != id {
					continue
				}
				if m.read++; !yield(s, nil) {
					return
				}
			}
		}
	}
}

func (m *memory) Story(id story.ID) (story.Story, error) {
	if to, ok := m.alias[id]; ok {
		id = to
	}
	for _, s := range m.list {
		if s.ID == id {
			return s, nil
		}
	}
	if m.removed[id] {
		return story.Story{}, fmt.Errorf("story %s: %w", id, story.ErrRemoved)
	}
	return story.Story{}, fmt.Errorf("story %s: %w", id, story.ErrNotFound)
}

func (m *memory) Aliases() iter.Seq2[story.Alias, error] {
	return func(yield func(story.Alias, error) bool) {
		for from, to := range m.alias {
			if !yield(story.Alias{From: from, To: to}, nil) {
				return
			}
		}
	}
}

func (m *memory) Generation() uint64 { return m.gen }

func (m *memory) UUID() [16]byte {
	return [16]byte{0x4f, 0x1c, 0x77, 0x0e, 0x52, 0xd4, 0x4a, 0x0b, 0x9c, 0x35, 0x18, 0xe2, 0x6b, 0x90, 0xaf, 0x21}
}

// clock is when the invented events happen.
func clock(hours, minutes int) time.Time {
	return time.Date(2026, 3, 14, 6, 0, 0, 250e6, time.UTC).Add(time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
}

// article is a member of an invented story, first seen ten minutes after it was published.
func article(seq uint64, family int, source, outlet, title string, at time.Time) story.Member {
	key := story.MakeKey(source, fmt.Sprint(seq))
	return story.Member{
		Seq: seq, ID: key.ID(), Title: title, URL: fmt.Sprintf("https://%s.example/%d", source, seq), Source: source, Outlet: outlet,
		Time: at, FirstSeen: at.Add(10 * time.Minute), Lang: "en", Categories: []string{"world"}, Family: family,
		Why: story.Reason{Rule: "join", Score: .61, Threshold: .5, Terms: []story.Term{{Text: "ferry", Weight: .5}, {Text: "brisholm", Weight: .25}}},
	}
}

// single is a story of one article.
func single(id story.ID, m story.Member) story.Story {
	m.Why = story.Reason{Rule: "first"}
	return story.Story{
		ID: id, Members: []story.Member{m}, Reports: 1, Lang: m.Lang, Shown: m.FirstSeen.Add(time.Minute),
		Revisions: []story.Revision{{Number: 1, Time: m.FirstSeen, Reason: "opened", Articles: []uint64{m.Seq}, Reports: 1, Headline: m.Title}},
		Brief:     story.Brief{Headline: m.Title, HeadlineOf: m.Seq, Representative: m.Seq},
	}
}

// ferry is a story with two independent reports, a copy of the first one, and a
// third report that came a day later with something new.
func ferry() story.Story {
	a := article(1, 1, "north", "Northern Wire", "Ferry runs aground off Brisholm, 214 people brought ashore", clock(0, 0))
	a.Why = story.Reason{Rule: "first"}
	a.Image = "https://north.example/ferry.jpg"
	a.Credits = []string{"NW"}
	b := article(2, 1, "harbour", "Harbour Post", "Ferry aground off Brisholm: 214 brought ashore", clock(0, 40))
	c := article(3, 2, "island", "Island Radio", "Captain of grounded ferry “saw no lights”", clock(1, 30))
	c.Categories = []string{"local", "World"}
	c.Enclosures = []story.Enclosure{{URL: "https://island.example/3.mp3", Type: "audio/mpeg", Length: 4096}}
	d := article(4, 3, "ledger", "The Ledger", "Brisholm lighthouse had been dark for a week, log shows", clock(26, 0))
	return story.Story{
		ID: "ferryferryferry2", Members: []story.Member{a, b, c, d}, Reports: 3, Lang: "en", Shown: a.FirstSeen.Add(time.Minute),
		Revisions: []story.Revision{
			{Number: 1, Time: a.FirstSeen, Reason: "opened", Articles: []uint64{1}, Reports: 1, Headline: a.Title},
			{Number: 2, Time: c.FirstSeen, Reason: "new report by Island Radio", Articles: []uint64{1, 2, 3}, Reports: 2, Headline: a.Title},
			{Number: 3, Time: d.FirstSeen, Reason: "new report by The Ledger", Articles: []uint64{1, 2, 3, 4}, Reports: 3, Headline: a.Title},
		},
		Brief: story.Brief{
			Headline: a.Title, HeadlineOf: 1, Representative: 1,
			Summary: []story.Sentence{
				{Text: "The ferry Alma ran aground off Brisholm on Saturday & all 214 people aboard were brought ashore.", Article: 1},
				{Text: "The captain told investigators that he saw no lights.", Article: 3},
			},
			Only: []story.Sentence{
				{Text: "The lighthouse had been dark for a week.", Article: 4},
				{Text: "The captain has sailed the strait for thirty years.", Article: 3},
				{Text: "Two calls to the harbour office went unanswered.", Article: 4},
			},
			New: []story.Sentence{
				{Text: "The captain saw no lights.", Article: 3},
				{Text: "A log shows that the lighthouse had been dark for a week.", Article: 4},
			},
		},
		History: []story.Event{},
	}
}

// sources are the configured sources of the tests.
func sources(names ...string) (list []story.Source) {
	for _, name := range names {
		list = append(list, story.Source{Name: name, Feed: "https://" + name + ".example/feed", Category: "world", Enabled: true})
	}
	return list
}

// newspaper is a store with the ferry and two more stories, and its config.
func newspaper() (*memory, Config) {
	frost := article(5, 1, "ledger", "The Ledger", "Late frost takes the plum harvest in Ostermark", clock(3, 0))
	wahl := article(6, 1, "bote", "Der Bote", "Ostermark wählt einen neuen Rat", clock(20, 0))
	wahl.Lang, wahl.Categories = "de", []string{"politik"}
	m := &memory{gen: 7, list: []story.Story{ferry(), single("frostfrostfrost2", frost), single("wahlwahlwahlwah2", wahl)}}
	return m, Config{
		BaseURL: "http://127.0.0.1:8080", Timezone: time.FixedZone("CET", 3600),
		Sources: sources("north", "harbour", "island", "ledger", "bote"),
		Feeds:   []Feed{{Name: "stories", Title: "Stories", Updates: Bump}},
	}
}

func newHandler(m *memory, c Config) *Handler {
	h := New(Options{Stories: m, Version: "test"})
	h.Configure(c)
	return h
}

// get asks h for path, with pairs of header names and values.
func get(t testing.TB, h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// body asks h for path and returns the bytes of a 200.
func body(t testing.TB, h http.Handler, path string) []byte {
	t.Helper()
	w := get(t, h, path)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s = %d %q, want 200", path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// broken is a store that cannot be read.
type broken struct{ *memory }

var errDisk = errors.New("disk: input/output error")

func (broken) Newest() iter.Seq2[story.Story, error] {
	return func(yield func(story.Story, error) bool) { yield(story.Story{}, errDisk) }
}

func (broken) Story(story.ID) (story.Story, error) { return story.Story{}, errDisk }

var quiet = slog.New(slog.DiscardHandler)

// contextWithAddr returns the context of r as a connection to addr gives it.
func contextWithAddr(r *http.Request, addr net.Addr) context.Context {
	return context.WithValue(r.Context(), http.LocalAddrContextKey, addr)
}
