package feedgen

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"storyfold/story"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./feedgen -update writes it", err)
	}
	if diff := gocmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

func TestFeedGolden(t *testing.T) {
	m, c := newspaper()
	c.Feeds = append(c.Feeds, Feed{Name: "quiet", Title: "Quiet", Updates: Silent, Link: LinkStory})
	h := newHandler(m, c)
	for _, ext := range []string{"rss", "atom", "json"} {
		golden(t, "stories."+ext, body(t, h, "/feed."+ext))
		golden(t, "quiet."+ext, body(t, h, "/feeds/quiet."+ext))
	}
	golden(t, "stories.api.json", body(t, h, "/api/stories"))
	golden(t, "feeds.opml", body(t, h, "/feeds.opml"))
}

// TestSource proves that entries name the feed of their representative article,
// and none whose address is somebody's secret.
func TestSource(t *testing.T) {
	m, c := newspaper()
	plain, kept := c.Sources[0], "north"
	for name, change := range map[string]func(*story.Source){
		"open":     func(*story.Source) {},
		"password": func(s *story.Source) { s.Feed = "https://ann:s3cret@north.example/feed" },
		"query":    func(s *story.Source) { s.Feed = "https://north.example/feed?token=s3cret" },
		"header":   func(s *story.Source) { s.Headers = map[string]string{"Cookie": "s3cret"} },
		"private":  func(s *story.Source) { s.Private = true },
		"files":    func(s *story.Source) { s.Feed, s.Files = "", "/home/ann/*.txt" },
	} {
		c.Sources[0] = plain
		change(&c.Sources[0])
		h := New(Options{Stories: m, States: func() []story.SourceState {
			return []story.SourceState{
				{Name: kept, FeedID: "tag:north.example,2026:feed", Site: "https://north.example/"},
				{Name: "bote", FeedID: "no IRI", Site: "https://bote.example/"},
			}
		}})
		h.Configure(c)
		rss, atom := string(body(t, h, "/feed.rss")), string(body(t, h, "/feed.atom"))
		for text, want := range map[string]bool{
			`<source url="https://north.example/feed">north</source>`:                                  name == "open",
			`<source url="https://bote.example/feed">bote</source>`:                                    true,
			"<source>\n      <id>tag:north.example,2026:feed</id>\n      <title>north</title>\n      ": name == "open",
			"no IRI": false, "s3cret": false, "/home": false,
		} {
			if got := strings.Contains(rss+atom, text); got != want {
				t.Errorf("%s: the feeds hold %q: %v, want %v", name, text, got, want)
			}
		}
		if got := parse(t, []byte(atom)); len(got.Items) != 3 || got.Items[0].Title == "" {
			t.Errorf("%s: read back as %v", name, got)
		}
	}
}

// parse reads a feed back and fails if it is not well-formed.
func parse(t testing.TB, text []byte) *gofeed.Feed {
	t.Helper()
	if !bytes.HasPrefix(text, []byte("{")) {
		wellFormed(t, text)
	}
	f, err := gofeed.NewParser().Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("gofeed: %v", err)
	}
	return f
}

func wellFormed(t testing.TB, text []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%.2000s", err, text)
		}
	}
}

func titles(f *gofeed.Feed) (list []string) {
	for _, x := range f.Items {
		list = append(list, x.Title)
	}
	return list
}

func TestFeedReadBack(t *testing.T) {
	m, c := newspaper()
	h := newHandler(m, c)
	for _, ext := range []string{"rss", "atom", "json"} {
		t.Run(ext, func(t *testing.T) {
			f := parse(t, body(t, h, "/feed."+ext))
			if want := "http://127.0.0.1:8080/feed." + ext; f.FeedLink != want {
				t.Errorf("FeedLink = %q, want %q", f.FeedLink, want)
			}
			if f.Title != "Stories" || len(f.Items) != 3 {
				t.Fatalf("got %q with %d items, want Stories with 3", f.Title, len(f.Items))
			}
			x, s := f.Items[0], ferry()
			if want := h.view().urn(string(s.ID)); x.GUID != want {
				t.Errorf("GUID = %q, want %q", x.GUID, want)
			}
			if x.Title != s.Brief.Headline || x.Link != s.Members[0].URL {
				t.Errorf("title %q, link %q; want %q, %q", x.Title, x.Link, s.Brief.Headline, s.Members[0].URL)
			}
			if got := x.PublishedParsed.Truncate(time.Second); !got.Equal(s.Shown.Truncate(time.Second)) {
				t.Errorf("published %v, want %v", got, s.Shown)
			}
			if diff := gocmp.Diff([]string{"world", "local"}, x.Categories); diff != "" {
				t.Errorf("categories (-want +got):\n%s", diff)
			}
			if image := imageBack(x); image != "https://north.example/ferry.jpg" {
				t.Errorf("image = %q, want the ferry", image)
			}
			if len(x.Enclosures) != 1 || x.Enclosures[0].URL != "https://island.example/3.mp3" || x.Enclosures[0].Type != "audio/mpeg" {
				t.Errorf("enclosures = %v, want the recording", x.Enclosures)
			}
			e := entryOf(t, h, "stories", s.ID)
			if x.Content != e.content {
				t.Errorf("content (-want +got):\n%s", gocmp.Diff(e.content, x.Content))
			}
			var authors []string
			for _, a := range x.Authors {
				authors = append(authors, a.Name)
			}
			if got := strings.Join(authors, ", "); got != "Northern Wire, Harbour Post, Island Radio, The Ledger" {
				t.Errorf("authors = %q", got)
			}
		})
	}
}

// imageBack returns the image of x; gofeed leaves Media RSS in Atom to the caller.
func imageBack(x *gofeed.Item) string {
	if x.Image != nil {
		return x.Image.URL
	}
	if list := x.Extensions["media"]["content"]; len(list) > 0 {
		return list[0].Attrs["url"]
	}
	return ""
}

// entryOf returns how a feed shows a story.
func entryOf(t *testing.T, h *Handler, feed string, id story.ID) *entry {
	t.Helper()
	v := h.view()
	d, err := v.document(v.settings.feeds[feed], "atom", part{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.entries {
		if d.entries[i].ID == id {
			return &d.entries[i]
		}
	}
	return nil
}

func TestUpdates(t *testing.T) {
	m, c := newspaper()
	c.Feeds = []Feed{{Name: "bump", Updates: Bump}, {Name: "silent", Updates: Silent}}
	h := newHandler(m, c)
	ferry, frost, wahl := m.list[0].Brief.Headline, m.list[1].Brief.Headline, m.list[2].Brief.Headline

	bump, silent := parse(t, body(t, h, "/feeds/bump.atom")), parse(t, body(t, h, "/feeds/silent.atom"))
	if diff := gocmp.Diff([]string{ferry, wahl, frost}, titles(bump)); diff != "" {
		t.Errorf("bump is not ordered by the last revision (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff([]string{wahl, frost, ferry}, titles(silent)); diff != "" {
		t.Errorf("silent is not ordered by first shown (-want +got):\n%s", diff)
	}
	if got, want := bump.Items[0].UpdatedParsed.Truncate(time.Second), m.list[0].Updated().Truncate(time.Second); !got.Equal(want) {
		t.Errorf("bump: updated %v, want the last revision %v", got, want)
	}
	for _, x := range silent.Items {
		if x.Updated != x.Published {
			t.Errorf("silent: updated %s, want %s as published", x.Updated, x.Published)
		}
	}
	if a, b := silent.Items[2], bump.Items[0]; a.Published != b.Published || a.GUID != b.GUID || a.Content != b.Content {
		t.Errorf("the policies give the ferry other ids, dates or content")
	}
	rss := parse(t, body(t, h, "/feeds/bump.rss"))
	if got, want := *rss.Items[0].PublishedParsed, m.list[0].Shown.Truncate(time.Second); !got.Equal(want) {
		t.Errorf("bump: pubDate %v, want first shown %v", got, want)
	}
}

// A feed that asks for two reports shows the ferry when the second one comes.
func TestFirstShown(t *testing.T) {
	m, c := newspaper()
	word := func(s string) []Match { return []Match{regexp.MustCompile(s)} }
	tests := []struct {
		feed Feed
		want time.Time // zero: not shown
	}{
		{Feed{}, m.list[0].Shown},
		{Feed{MinReports: 2}, clock(1, 40)},
		{Feed{MinReports: 3}, clock(26, 10)},
		{Feed{MinReports: 4}, time.Time{}},
		{Feed{Categories: []string{"World"}}, m.list[0].Shown},
		{Feed{Categories: []string{"local"}}, clock(1, 40)},
		{Feed{Categories: []string{"sports"}}, time.Time{}},
		{Feed{Sources: []string{"harbour"}}, clock(0, 50)}, // a copy: it makes no revision
		{Feed{Sources: []string{"ledger", "bote"}}, clock(26, 10)},
		{Feed{Languages: []string{"en"}}, m.list[0].Shown},
		{Feed{Languages: []string{"de"}}, time.Time{}},
		{Feed{Include: word("lighthouse")}, clock(26, 10)},
		{Feed{Include: word("no lights")}, clock(1, 40)},
		{Feed{Include: word("investigators")}, clock(1, 40)}, // in the summary alone
		{Feed{Exclude: word("plum")}, m.list[0].Shown},
		{Feed{Exclude: word("(?i)captain")}, time.Time{}},
	}
	for _, tt := range tests {
		tt.feed.Name = "x"
		c.Feeds = []Feed{tt.feed}
		e := entryOf(t, newHandler(m, c), "x", m.list[0].ID)
		switch {
		case e == nil && !tt.want.IsZero():
			t.Errorf("%+v: not shown, want first shown %v", tt.feed, tt.want)
		case e != nil && !e.first.Equal(tt.want):
			t.Errorf("%+v: first shown %v, want %v", tt.feed, e.first, tt.want)
		}
	}
}

// What a reader saw as the published date stays, whatever comes after it.
func TestFirstShownStays(t *testing.T) {
	whole := ferry()
	feeds := []Feed{{}, {MinReports: 2}, {Categories: []string{"local"}}, {Sources: []string{"harbour"}}, {Include: []Match{regexp.MustCompile("lights|ashore")}}}
	for _, f := range feeds {
		f.Name = "x"
		var seen time.Time
		for n := range len(whole.Members) {
			s := whole
			s.Members = whole.Members[:n+1]
			s.Revisions = slices.DeleteFunc(slices.Clone(whole.Revisions), func(r story.Revision) bool { return len(r.Articles) > n+1 })
			s.Reports = story.Independent(s.Members)
			_, c := newspaper()
			c.Feeds = []Feed{f}
			e := entryOf(t, newHandler(&memory{list: []story.Story{s}}, c), "x", s.ID)
			if e == nil {
				if !seen.IsZero() {
					t.Errorf("%+v: gone with %d articles", f, n+1)
				}
				continue
			}
			if !seen.IsZero() && !e.first.Equal(seen) {
				t.Errorf("%+v: first shown %v with %d articles, was %v", f, e.first, n+1, seen)
			}
			seen = e.first
		}
	}
}

func TestWhatIsNew(t *testing.T) {
	m, c := newspaper()
	c.Feeds = []Feed{{Name: "all"}, {Name: "two", MinReports: 2}, {Name: "three", MinReports: 3}}
	h := newHandler(m, c)
	lights, log := "The captain saw no lights.", "A log shows that the lighthouse"
	for feed, want := range map[string][]bool{"all": {true, true}, "two": {false, true}, "three": {false, false}} {
		content := entryOf(t, h, feed, m.list[0].ID).content
		before, _, _ := strings.Cut(content, "<p>")
		if got := []bool{strings.Contains(before, lights), strings.Contains(before, log)}; !slices.Equal(got, want) {
			t.Errorf("%s: what is new has (lights, log) = %v, want %v", feed, got, want)
		}
		if has := strings.Contains(content, "What is new"); has != (want[0] || want[1]) {
			t.Errorf("%s: the heading for what is new: %v", feed, has)
		}
	}
	all := entryOf(t, h, "all", m.list[0].ID).content
	if strings.Index(all, log) > strings.Index(all, lights) {
		t.Error("the latest news is not on top")
	}
}

// What is new is not said again in the summary, nor either as what one alone reports.
func TestSaidOnce(t *testing.T) {
	m, c := newspaper()
	b := &m.list[0].Brief
	b.New = append(b.New, story.Sentence{Text: b.Summary[1].Text, Article: 3})
	b.Only = append([]story.Sentence{{Text: b.New[1].Text, Article: 4}, {Text: b.Summary[0].Text, Article: 1}}, b.Only...)
	content := entryOf(t, newHandler(m, c), "stories", m.list[0].ID).content
	for _, x := range slices.Concat(b.New, b.Summary) {
		if n := strings.Count(content, strings.ReplaceAll(x.Text, "&", "&amp;")); n != 1 {
			t.Errorf("%q is said %d times in:\n%s", x.Text, n, content)
		}
	}
	if strings.Contains(content, "Only in <a href=\"https://north.example/1\"") || !strings.Contains(content, "dark for a week.") {
		t.Errorf("what one alone reports:\n%s", content)
	}
}

// many is a store with n stories, each a minute apart.
func many(n int) *memory {
	m := &memory{}
	for i := range n {
		a := article(uint64(i+1), 1, "north", "Northern Wire", fmt.Sprintf("Event %d", i), clock(0, i))
		m.list = append(m.list, single(story.ID(fmt.Sprintf("story%05d", i)), a))
	}
	return m
}

func TestFeedItems(t *testing.T) {
	config := func(f Feed) Config {
		f.Name = "stories"
		return Config{BaseURL: "https://news.example", Sources: sources("north"), Feeds: []Feed{f}}
	}
	minute := 24 * 60
	tests := []struct {
		stories int
		feed    Feed
		query   string
		want    int
	}{
		{10, Feed{}, "", 10},
		{700, Feed{}, "", 500},
		{minute, Feed{}, "?limit=7", 7},
		{minute, Feed{}, "?limit=9999", 500},
		{minute, Feed{}, "?limit=99999999999999999999", 500},
		{300, Feed{Items: 3}, "", 300},
		{300, Feed{Items: 3, MinReports: 2}, "", 0},
	}
	for _, tt := range tests {
		for _, policy := range []Updates{Bump, Silent} {
			tt.feed.Updates = policy
			f := parse(t, body(t, newHandler(many(tt.stories), config(tt.feed)), "/feed.json"+tt.query))
			if len(f.Items) != tt.want {
				t.Errorf("%d stories, %+v, %q: %d entries, want %d", tt.stories, tt.feed, tt.query, len(f.Items), tt.want)
			}
			if len(f.Items) > 0 && f.Items[0].Title != fmt.Sprintf("Event %d", tt.stories-1) {
				t.Errorf("first entry is %q, want the newest", f.Items[0].Title)
			}
		}
	}
	sparse := &memory{}
	for i := range 2000 { // one an hour
		sparse.list = append(sparse.list, single(story.ID(fmt.Sprintf("hour%05d", i)), article(uint64(i+1), 1, "north", "N", "E", clock(i, 0))))
	}
	if n := len(parse(t, body(t, newHandler(sparse, config(Feed{Items: 5})), "/feed.json")).Items); n != 25 {
		t.Errorf("one story an hour, items 5: %d entries, want the 25 that were shown in the day before the last revision", n)
	}
	if n := len(parse(t, body(t, newHandler(sparse, config(Feed{})), "/feed.json")).Items); n != 50 {
		t.Errorf("one story an hour: %d entries, want 50", n)
	}
	for _, bad := range []string{"0", "-3", "x", "1e3", "<b>"} {
		if w := get(t, newHandler(sparse, config(Feed{})), "/feed.rss?limit="+bad); w.Code != 400 || strings.Contains(w.Body.String(), "<") {
			t.Errorf("limit=%s: %d %q, want a plain 400", bad, w.Code, w.Body)
		}
	}
}

// counting counts the stories that are read.
type counting struct {
	*memory
	read int
}

func (c *counting) Newest() iter.Seq2[story.Story, error] {
	return func(yield func(story.Story, error) bool) {
		for s, err := range c.memory.Newest() {
			if c.read++; !yield(s, err) {
				return
			}
		}
	}
}

// Reading the newest stories selects what reading the whole store does.
func TestSelectFromPart(t *testing.T) {
	_, c := newspaper()
	m := &memory{}
	for i := range 3000 { // one in twenty minutes; each third goes on for up to four days
		s := single(story.ID(fmt.Sprintf("story%05d", i)), article(uint64(i+1), 1, "north", "Northern Wire", "Event", clock(0, 20*i)))
		if i%3 == 0 {
			r := s.Revisions[0]
			r.Number, r.Time = 2, clock(i%96, 20*i)
			s.Revisions = append(s.Revisions, r)
		}
		if i%5 == 0 {
			s.Shown = s.Shown.Add(3 * time.Hour)
		}
		m.list = append(m.list, s)
	}
	for _, policy := range []Updates{Bump, Silent} {
		f := &Feed{Name: "x", Items: 40, Updates: policy}
		for _, limit := range []int{0, 1, 30, 200} {
			store := &counting{memory: m}
			h := New(Options{Stories: store})
			h.Configure(c)
			v := h.view()
			var all []entry
			var newest time.Time
			for s, err := range v.stories() {
				if err != nil {
					t.Fatal(err)
				}
				newest = latest(newest, s.bound)
				all = append(all, v.entriesOf(f, s)...)
			}
			store.read = 0
			got, more, err := v.entries(f, part{limit: limit})
			if err != nil {
				t.Fatal(err)
			}
			ids := func(list []entry) (ids []story.ID) {
				for _, e := range list {
					ids = append(ids, e.ID)
				}
				return ids
			}
			want, wantMore := selectEntries(all, f, part{limit: limit}, newest)
			if more != wantMore {
				t.Errorf("%s, limit %d: more = %v, want %v", policy, limit, more, wantMore)
			}
			if diff := gocmp.Diff(ids(want), ids(got)); diff != "" {
				t.Errorf("%s, limit %d (-want +got):\n%s", policy, limit, diff)
			}
			if store.read > 900 {
				t.Errorf("%s, limit %d: %d of %d stories were read", policy, limit, store.read, len(m.list))
			}
		}
	}
}

// What a merge brings came with the merge, and stays so when a revision lists it.
func TestArrivals(t *testing.T) {
	s := ferry()
	merged := article(9, 4, "bote", "Der Bote", "Fähre", clock(-3, 0)) // long in another story
	s.Members = append(s.Members, merged)
	s.History = []story.Event{{Time: clock(25, 0), Kind: story.Merge, Text: "merged"}, {Time: clock(40, 0), Kind: story.Merge}}
	s.Revisions = s.Revisions[:2]
	want := map[uint64]time.Time{1: clock(0, 10), 2: clock(0, 50), 3: clock(1, 40), 4: clock(26, 10), 9: clock(25, 0)}
	check := func(when string) {
		t.Helper()
		if diff := gocmp.Diff(want, (&Shown{Story: s}).arrivals()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	check("before a revision lists them")
	s.Revisions = append(s.Revisions, story.Revision{Number: 3, Time: clock(26, 10), Articles: []uint64{1, 2, 3, 4, 9}, Reports: 4})
	check("after")
}

func TestIDsStayUnderNewBaseURL(t *testing.T) {
	m, c := newspaper()
	h := newHandler(m, c)
	guids := func() (list []string) {
		for _, ext := range []string{"rss", "atom", "json"} {
			for _, x := range parse(t, body(t, h, "/feed."+ext)).Items {
				list = append(list, x.GUID)
			}
		}
		return list
	}
	before := guids()
	c.BaseURL = "https://news.example/deep/"
	h.Configure(c)
	after := guids()
	if diff := gocmp.Diff(before, after); diff != "" {
		t.Errorf("ids changed with base_url:\n%s", diff)
	}
	if diff := gocmp.Diff(after[:3], after[3:6]); diff != "" || !strings.HasPrefix(after[0], "urn:uuid:") {
		t.Errorf("RSS and Atom name stories differently: %s %s", after, diff)
	}
	x := parse(t, body(t, h, "/feed.atom")).Items[0]
	if want := "https://news.example/deep/stories/ferryferryferry2"; x.Link != want {
		t.Errorf("link %q under a public base_url, want %q", x.Link, want)
	}
}

// Entries of one commit have the same dates; in Atom they are told apart, and
// stay so when others come.
func TestAtomDatesDiffer(t *testing.T) {
	_, c := newspaper()
	stamps := func(n int) map[string]string {
		m := many(n)
		for i := range m.list {
			m.list[i].Revisions[0].Time, m.list[i].Shown = clock(9, 0), clock(9, 0)
		}
		all := map[string]string{}
		for _, x := range parse(t, body(t, newHandler(m, c), "/feed.atom?limit=500")).Items {
			all[x.GUID] = x.Updated
		}
		return all
	}
	few, lots := stamps(400), stamps(450)
	seen := map[string]bool{}
	for _, s := range lots {
		if seen[s] {
			t.Errorf("updated %s twice", s)
		}
		seen[s] = true
	}
	moved := 0
	for id, s := range few {
		if lots[id] != s {
			moved++
		}
	}
	if moved > 60 {
		t.Errorf("%d of %d dates changed when other entries came", moved, len(few))
	}
}

func TestRemovedSourceHides(t *testing.T) {
	m, c := newspaper()
	c.Sources = sources("north", "harbour", "island") // no ledger, no bote
	m.list[0].Members[3].Also = nil
	h := newHandler(m, c)
	feed := string(body(t, h, "/feed.json"))
	for _, word := range []string{"Ledger", "lighthouse", "frost", "Ostermark"} {
		if strings.Contains(feed, word) {
			t.Errorf("a removed source still says %q", word)
		}
	}
	e := entryOf(t, h, "stories", m.list[0].ID)
	if e == nil || e.Reports != 2 || len(e.Members) != 3 || len(e.Revisions) != 2 || !e.changed.Equal(clock(1, 40)) {
		t.Fatalf("the ferry without its third report: %+v", e)
	}
	if len(m.list[0].Members) != 4 || len(m.list[0].Brief.New) != 2 || m.list[0].Revisions[2].Headline == "" {
		t.Error("hiding changed the store's own story")
	}
	m.list[0].Members[3].Also = []string{"harbour"}
	if e := entryOf(t, newHandler(m, c), "stories", m.list[0].ID); len(e.Members) != 4 || e.Members[3].Source != "harbour" {
		t.Errorf("an article that a configured source lists too is hidden: %+v", e.Members)
	}
}

func TestJSONFeed(t *testing.T) {
	m, c := newspaper()
	var f struct {
		Version string
		Items   []struct {
			ExternalURL string `json:"external_url"`
			Language    string
			Storyfold   jsonExtension `json:"_storyfold"`
			Attachments []map[string]any
		}
	}
	if err := json.Unmarshal(body(t, newHandler(m, c), "/feed.json"), &f); err != nil {
		t.Fatal(err)
	}
	x := f.Items[0]
	if x.ExternalURL != m.list[0].Members[0].URL || x.Language != "en" {
		t.Errorf("external_url %q, language %q", x.ExternalURL, x.Language)
	}
	if s := x.Storyfold; s.Story != "ferryferryferry2" || s.Revision != 3 || s.Reports != 3 || len(s.Articles) != 4 || s.Articles[1].Why.Rule != "join" || s.Articles[1].Family != 1 {
		t.Errorf("_storyfold = %+v", s)
	}
	if x.Attachments[0]["size_in_bytes"] != 4096. {
		t.Errorf("attachments = %v", x.Attachments)
	}
	empty := string(body(t, newHandler(&memory{}, c), "/feed.json"))
	if !strings.Contains(empty, `"items": []`) {
		t.Errorf("a feed without entries has no items: %s", empty)
	}
	for _, ext := range []string{"rss", "atom"} {
		parse(t, body(t, newHandler(&memory{}, c), "/feed."+ext))
	}
}
