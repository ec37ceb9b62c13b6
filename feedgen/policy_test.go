package feedgen

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"storyfold/story"
	"storyfold/story/brief"
)

// tell gives the revisions of s what they told.
func tell(s story.Story) story.Story {
	var before *brief.Past
	s.Revisions = slices.Clone(s.Revisions)
	for i := range s.Revisions {
		after := asOf(s, i)
		s.Revisions[i].Told = brief.Tell(before, &after)
		before = brief.PastOf(&after)
	}
	return s
}

// asOf returns s as it was when revision i was its last.
func asOf(s story.Story, i int) story.Story {
	in := func(seq uint64) bool { return slices.Contains(s.Revisions[i].Articles, seq) }
	s.Members = slices.DeleteFunc(slices.Clone(s.Members), func(m story.Member) bool { return !in(m.Seq) })
	s.Revisions = s.Revisions[:i+1]
	s.Reports = story.Independent(s.Members)
	said := func(list []story.Sentence) []story.Sentence {
		return slices.DeleteFunc(slices.Clone(list), func(x story.Sentence) bool { return !in(x.Article) })
	}
	s.Brief.Summary, s.Brief.Only, s.Brief.New = said(s.Brief.Summary), said(s.Brief.Only), said(s.Brief.New)
	return s
}

// jsonEntry is an entry as JSON Feed shows it.
type jsonEntry struct {
	ID        string
	URL       string
	Title     string
	Published time.Time     `json:"date_published"`
	Modified  time.Time     `json:"date_modified"`
	Content   string        `json:"content_html"`
	Storyfold jsonExtension `json:"_storyfold"`
}

// readJSON reads a feed back, and the address of its next page.
func readJSON(t testing.TB, text []byte) (items []jsonEntry, next string) {
	t.Helper()
	var f struct {
		Items []jsonEntry
		Next  string `json:"next_url"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f.Items, f.Next
}

func toldNewspaper() (*memory, Config) {
	m, c := newspaper()
	for i := range m.list {
		m.list[i] = tell(m.list[i])
	}
	return m, c
}

// at returns a handler whose clock stands still.
func at(m *memory, c Config, now time.Time) *Handler {
	h := New(Options{Stories: m, Now: func() time.Time { return now }})
	h.Configure(c)
	return h
}

// Each revision is an entry of its own, and says the same for ever.
func TestReissue(t *testing.T) {
	m, c := toldNewspaper()
	c.Feeds = []Feed{{Name: "stories", Updates: Reissue}}
	items, _ := readJSON(t, body(t, newHandler(m, c), "/feed.json"))
	var got []string
	for _, x := range items {
		got = append(got, fmt.Sprintf("%s r%d %s", x.Storyfold.Story, x.Storyfold.Revision, x.Published.Format("02 15:04")))
	}
	want := []string{
		"ferryferryferry2 r3 15 08:10", "wahlwahlwahlwah2 r1 15 02:11", "frostfrostfrost2 r1 14 09:11",
		"ferryferryferry2 r2 14 07:40", "ferryferryferry2 r1 14 06:11",
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("entries (-want +got):\n%s", diff)
	}
	h := newHandler(m, c)
	if id := h.view().urn("ferryferryferry2/r3"); items[0].ID != id || items[0].URL != c.BaseURL+"/stories/ferryferryferry2" {
		t.Errorf("id %s, link %s; want %s, and the story", items[0].ID, items[0].URL, id)
	}
	if items[0].Title != m.list[0].Brief.Headline+" (update 2)" || items[4].Title != m.list[0].Brief.Headline {
		t.Errorf("titles %q and %q, want the headline, and that of an update told apart", items[4].Title, items[0].Title)
	}
	second := items[3].Content
	for _, part := range []string{"Update: new report by Island Radio.", "The captain saw no lights.", "New reports", "Reported before by Northern Wire, Harbour Post.", "2 independent reports in 3 articles."} {
		if !strings.Contains(second, part) {
			t.Errorf("the second revision does not say %q:\n%s", part, second)
		}
	}
	if strings.Contains(second, "Ledger") || strings.Contains(second, "lighthouse") {
		t.Errorf("the second revision knows the third:\n%s", second)
	}

	ferry := m.list[0]
	for n := range ferry.Revisions { // as it grew
		was := asOf(ferry, n)
		m.list[0] = was
		m.list[0].Members[0].Title = "Edited since"
		old, _ := readJSON(t, body(t, newHandler(m, c), "/feed.json"))
		for _, x := range old {
			i := slices.IndexFunc(items, func(y jsonEntry) bool { return x.ID == y.ID })
			if diff := gocmp.Diff(items[i], x); diff != "" {
				t.Errorf("entry %d with %d revisions (-want +got):\n%s", i, n+1, diff)
			}
		}
	}
}

// A feed that begins with the second revision has no entry for the first one.
func TestReissueBeginsWithFirstShown(t *testing.T) {
	m, c := toldNewspaper()
	c.Feeds = []Feed{{Name: "two", MinReports: 2, Updates: Reissue}, {Name: "copy", Sources: []string{"harbour"}, Updates: Reissue}}
	for feed, want := range map[string]string{"two": "3 15 08:10, 2 14 07:40", "copy": "3 15 08:10, 2 14 07:40, 1 14 06:50"} {
		items, _ := readJSON(t, body(t, newHandler(m, c), "/feeds/"+feed+".json"))
		var got []string
		for _, x := range items {
			got = append(got, fmt.Sprintf("%d %s", x.Storyfold.Revision, x.Published.Format("02 15:04")))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %s, want %s", feed, strings.Join(got, ", "), want)
		}
	}
}

// What a removed source brought leaves frozen entries, too.
func TestReissueHides(t *testing.T) {
	m, c := toldNewspaper()
	c.Sources = sources("north", "ledger", "bote") // no harbour, no island
	c.Feeds = []Feed{{Name: "stories", Updates: Reissue}}
	text := string(body(t, newHandler(m, c), "/feed.json"))
	for _, word := range []string{"Harbour Post", "Island Radio", "no lights", "3.mp3"} {
		if strings.Contains(text, word) {
			t.Errorf("a removed source still says %q", word)
		}
	}
	if n := len(parse(t, []byte(text)).Items); n != 4 {
		t.Errorf("%d entries, want 4: the revision of Island Radio is gone", n)
	}
}

func TestDigest(t *testing.T) {
	m, c := toldNewspaper()
	c.Feeds = []Feed{{Name: "days", Title: "Days", Updates: Digest(8, 0)}} // CET: 7:00 UTC
	seven := func(day int) time.Time { return time.Date(2026, 3, day, 7, 0, 0, 0, time.UTC) }
	show := func(now time.Time) (list []string) {
		items, _ := readJSON(t, body(t, at(m, c, now), "/feeds/days.json"))
		for _, x := range items {
			line := x.Storyfold.Day + " " + x.Published.Format("15:04")
			for _, s := range x.Storyfold.Stories {
				line += fmt.Sprintf(" %.4s/r%d", s.Story, s.Revision)
			}
			list = append(list, line)
		}
		return list
	}
	all := []string{"2026-03-16 07:00 ferr/r3", "2026-03-15 07:00 ferr/r2 wahl/r1 fros/r1", "2026-03-14 07:00 ferr/r1"}
	for _, tt := range []struct {
		now  time.Time
		want []string
	}{
		{seven(14), nil},
		{seven(14).Add(settle), all[2:]},
		{seven(15).Add(-time.Second), all[2:]},
		{seven(15).Add(settle), all[1:]},
		{seven(16).Add(settle), all},
		{seven(20), all}, // and none for days without news
	} {
		if diff := gocmp.Diff(tt.want, show(tt.now)); diff != "" {
			t.Errorf("at %v (-want +got):\n%s", tt.now, diff)
		}
	}
	h := at(m, c, seven(16).Add(time.Hour))
	x := parse(t, body(t, h, "/feeds/days.atom")).Items[1]
	if x.Title != "Days, Sunday, 15 March 2026: 3 stories" || x.GUID != h.view().urn("digest/days/2026-03-15") {
		t.Errorf("title %q, id %s", x.Title, x.GUID)
	}
	if strings.Contains(x.Content, "lighthouse") || !strings.Contains(x.Content, "Update: new report by Island Radio.") {
		t.Errorf("the digest of the 15th knows what it should not, or not what it should:\n%s", x.Content)
	}
}

// The same handler serves the next digest when its time has come, and the same
// bytes until then.
func TestDigestComesWithItsHour(t *testing.T) {
	m, c := toldNewspaper()
	c.Feeds = []Feed{{Name: "days", Updates: Digest(8, 0)}}
	now := time.Date(2026, 3, 15, 6, 0, 0, 0, time.UTC)
	h := New(Options{Stories: m, Now: func() time.Time { return now }})
	h.Configure(c)
	first := get(t, h, "/feeds/days.atom").Header().Get("ETag")
	now = now.Add(59 * time.Minute)
	if same := get(t, h, "/feeds/days.atom", "If-None-Match", first); same.Code != 304 {
		t.Errorf("before its hour the digest changed: %d", same.Code)
	}
	now = now.Add(2 * time.Minute)
	if next := get(t, h, "/feeds/days.atom", "If-None-Match", first); next.Code != 200 || len(parse(t, next.Body.Bytes()).Items) != 2 {
		t.Errorf("after its hour: %d", next.Code)
	}
}

func TestLargeDigestIsBounded(t *testing.T) {
	m := many(1200)
	for i := range m.list {
		m.list[i] = tell(m.list[i])
	}
	c := Config{BaseURL: "https://news.example", Sources: sources("north"), Feeds: []Feed{{Name: "days", Updates: Digest(12, 0)}}}
	items, _ := readJSON(t, body(t, at(m, c, clock(100, 0)), "/feeds/days.json"))
	if len(items) != 2 {
		t.Fatalf("%d days, want 2", len(items))
	}
	if x := items[0]; len(x.Storyfold.Stories) != maxDayStories || !strings.Contains(x.Title, ": 851 stories") || !strings.Contains(x.Content, "and 651 more") {
		t.Errorf("%q names %d stories:\n%.300s", x.Title, len(x.Storyfold.Stories), x.Content[len(x.Content)-300:])
	}
}

// Page after page, each entry comes once and in order, whatever the policy.
func TestPaging(t *testing.T) {
	m := many(400)
	for i := range m.list {
		s := &m.list[i]
		if i%3 == 0 {
			r := s.Revisions[0]
			r.Number, r.Time = 2, clock(i%96, i)
			s.Revisions = append(s.Revisions, r)
		}
		if i%7 == 0 { // as after a first import
			s.Revisions[0].Time, s.Shown = clock(0, 0), clock(0, 0)
		}
		*s = tell(*s)
	}
	for _, policy := range []Updates{Bump, Silent, Reissue, Digest(6, 0), Digest(0, 30)} {
		for _, query := range []string{"", "?limit=7"} {
			c := Config{BaseURL: "https://news.example", Sources: sources("north"), Feeds: []Feed{{Name: "x", Items: 9, Updates: policy, Key: "k&y"}}}
			h := at(m, c, clock(200, 0))
			key := "?key=k%26y"
			path := "/feeds/x.json" + key + strings.ReplaceAll(query, "?", "&")
			want, _, err := h.view().entries(h.view().settings.feeds["x"], part{limit: 1 << 30})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			pages := 0
			for path != "" {
				items, next := readJSON(t, body(t, h, path))
				for _, x := range items {
					got = append(got, x.ID)
				}
				if pages++; pages > 1 && len(items) == 0 {
					t.Fatalf("%s: page %d is empty", policy, pages)
				}
				path = strings.TrimPrefix(next, c.BaseURL)
			}
			var ids []string
			for _, e := range want {
				ids = append(ids, h.view().urn(e.name))
			}
			if diff := gocmp.Diff(ids, got); diff != "" {
				t.Errorf("%s%s: %d entries on %d pages, want %d (-want +got):\n%.600s", policy, query, len(got), pages, len(ids), diff)
			}
		}
	}
}

func TestPageLinks(t *testing.T) {
	c := Config{BaseURL: "https://news.example", Sources: sources("north"), Feeds: []Feed{{Name: "stories", Items: 9}}}
	h := newHandler(many(30), c)
	link := regexp.MustCompile(`<(?:atom:)?link href="([^"]*)" rel="(self|first|next)"`)
	links := func(path string) map[string]string {
		found := map[string]string{}
		text := body(t, h, path)
		parse(t, text)
		head, _, _ := strings.Cut(string(text), "<entry>")
		head, _, _ = strings.Cut(head, "<item>")
		for _, x := range link.FindAllStringSubmatch(head, -1) {
			found[x[2]] = strings.ReplaceAll(strings.TrimPrefix(x[1], c.BaseURL), "&amp;", "&")
		}
		return found
	}
	for _, ext := range []string{"atom", "rss"} {
		begin := "/feed." + ext + "?limit=12"
		one := links(begin)
		two := links(one["next"])
		three := links(two["next"])
		if one["self"] != begin || one["first"] != begin || two["first"] != begin || two["self"] != one["next"] || two["next"] == two["self"] || three["next"] != "" {
			t.Errorf("%s: %v, then %v, then %v", ext, one, two, three)
		}
		if all := links("/feed." + ext + "?limit=30"); all["next"] != "" || all["first"] != "" {
			t.Errorf("%s: a whole feed has pages: %v", ext, all)
		}
	}
	for _, bad := range []string{"x", "1.2", "1.x.y", "1.2.", ".1.2.3", "1.2." + strings.Repeat("a", 300), "99999999999999999999.1.a"} {
		if w := get(t, h, "/feed.rss?before="+bad); w.Code != 400 {
			t.Errorf("before=%s: %d, want 400", bad, w.Code)
		}
	}
}

// merged is the newspaper after the frost became the ferry.
func merged() (*memory, Config) {
	m, c := toldNewspaper()
	frost := m.list[1]
	m.list = slices.Delete(m.list, 1, 2)
	m.list[0].Absorb(&frost, clock(28, 0))
	m.alias = map[story.ID]story.ID{frost.ID: m.list[0].ID}
	return m, c
}

func TestTombstones(t *testing.T) {
	m, c := merged()
	c.Feeds = []Feed{{Name: "stories"}, {Name: "silent", Updates: Silent}, {Name: "german", Languages: []string{"de"}},
		{Name: "two", MinReports: 2}, {Name: "each", Updates: Reissue}, {Name: "days", Updates: Digest(8, 0)}}
	h := at(m, c, clock(100, 0))
	mark := `<at:deleted-entry ref="` + h.view().urn("frostfrostfrost2") + `" when="2026-03-15T10:00:00.250Z"></at:deleted-entry>`
	for feed, want := range map[string]bool{"stories": true, "silent": true, "german": false, "two": false, "each": false, "days": false} {
		text := string(body(t, h, "/feeds/"+feed+".atom"))
		parse(t, []byte(text))
		if got := strings.Contains(text, mark); got != want || strings.Contains(text, "deleted-entry") != want {
			t.Errorf("%s names the entry that is no more: %v, want %v", feed, got, want)
		}
		if want && !strings.Contains(text, `xmlns:at="http://purl.org/atompub/tombstones/1.0"`) {
			t.Errorf("%s: the namespace of tombstones is missing", feed)
		}
	}
}

// Entries that do not change any more are not changed by a merge either.
func TestMergeKeepsFrozenEntries(t *testing.T) {
	m, c := toldNewspaper()
	c.Feeds = []Feed{{Name: "each", Updates: Reissue}, {Name: "days", Updates: Digest(8, 0)}}
	after, _ := merged()
	for _, feed := range []string{"each", "days"} {
		before, _ := readJSON(t, body(t, at(m, c, clock(26, 30)), "/feeds/"+feed+".json"))
		then, _ := readJSON(t, body(t, at(after, c, clock(29, 0)), "/feeds/"+feed+".json"))
		if diff := gocmp.Diff(before, then); diff != "" {
			t.Errorf("%s after a merge (-want +got):\n%s", feed, diff)
		}
	}
	// In a digest that comes out after the merge, the story is told of once.
	c.Feeds[1].Updates = Digest(12, 0) // 11:00 UTC, an hour after
	items, _ := readJSON(t, body(t, at(after, c, clock(40, 0)), "/feeds/days.json"))
	for _, s := range items[0].Storyfold.Stories {
		if s.Story == "frostfrostfrost2" {
			t.Errorf("%s tells of a story that is another one by then", items[0].Storyfold.Day)
		}
	}
}

func TestSearchFeed(t *testing.T) {
	m, c := newspaper()
	h := newHandler(m, c)
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"ferry", []string{"ferryferryferry2"}},
		{"LEDGER", []string{"ferryferryferry2", "frostfrostfrost2"}},
		{"ledger+plum", []string{"frostfrostfrost2"}},
		{"investigators", []string{"ferryferryferry2"}},
		{"ostermark&lang=de", []string{"wahlwahlwahlwah2"}},
		{"ostermark&category=politik", []string{"wahlwahlwahlwah2"}},
		{"nothing+of+this", nil},
	} {
		var got []string
		items, _ := readJSON(t, body(t, h, "/search.json?q="+tt.query))
		for _, x := range items {
			got = append(got, string(x.Storyfold.Story))
		}
		if diff := gocmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.query, diff)
		}
	}
	f := parse(t, body(t, h, "/search.atom?q=a%26b+%3Cc%3E&limit=5&junk=1"))
	if f.Title != "Stories with “a&b <c>”" || f.FeedLink != "http://127.0.0.1:8080/search.atom?q=a%26b+%3Cc%3E&limit=5" || f.Link != "http://127.0.0.1:8080/?q=a%26b+%3Cc%3E" {
		t.Errorf("title %q, self %q, link %q", f.Title, f.FeedLink, f.Link)
	}
	if a, b := parse(t, body(t, h, "/search.atom?q=ferry")).Items[0], parse(t, body(t, h, "/feed.atom")).Items[0]; a.GUID != b.GUID || a.Published != b.Published {
		t.Errorf("a search names or dates a story as %s %s, the feed as %s %s", a.GUID, a.Published, b.GUID, b.Published)
	}
	for _, bad := range []string{"", "?q=", "?q=+", "?q=x&limit=0", "?q=x&before=y"} {
		if w := get(t, h, "/search.rss"+bad); w.Code != 400 {
			t.Errorf("/search.rss%s = %d, want 400", bad, w.Code)
		}
	}
	page := string(body(t, h, "/?q=ferry"))
	if want := `title="Stories with “ferry”" href="/search.atom?q=ferry"`; !strings.Contains(page, want) {
		t.Errorf("the page of a search does not link its feed, %s:\n%.1500s", want, page)
	}
	if strings.Contains(string(body(t, h, "/")), "/search.") {
		t.Error("the front page links a search")
	}
}

// Where pages are for users, a search shows no more than the feed "stories" does.
func TestSearchIsGuarded(t *testing.T) {
	m, c := newspaper()
	for _, tt := range []struct {
		key, query string
		users      bool
		want       int
	}{
		{"", "?q=ferry", false, 200}, {"", "?q=ferry", true, 200}, {"k&y", "?q=ferry", false, 200},
		{"k&y", "?q=ferry", true, 401}, {"k&y", "?q=ferry&key=k", true, 401}, {"k&y", "?q=ferry&key=k%26y", true, 200},
	} {
		c.Feeds, c.Users = []Feed{{Name: "stories", Key: tt.key}}, nil
		if tt.users {
			c.Users = []User{{"ann", hashOf(t, "harbour")}}
		}
		w := get(t, newHandler(m, c), "/search.atom"+tt.query)
		if w.Code != tt.want {
			t.Errorf("%+v: %d", tt, w.Code)
		}
		if tt.key != "" && tt.want == 200 && tt.users {
			if f := parse(t, w.Body.Bytes()); !strings.HasSuffix(f.FeedLink, "?q=ferry&key=k%26y") || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") {
				t.Errorf("%+v: self %q, %v", tt, f.FeedLink, w.Header())
			}
		}
	}
}

func TestMute(t *testing.T) {
	m, c := newspaper()
	now := clock(30, 0)
	h := New(Options{Stories: m, Now: func() time.Time { return now }})
	shown := func(path string) string {
		list := []string{}
		text := string(body(t, h, path))
		for _, id := range []string{"ferryferryferry2", "frostfrostfrost2", "wahlwahlwahlwah2"} {
			if strings.Contains(text, "/stories/"+id) || strings.Contains(text, `"story": "`+id) {
				list = append(list, id[:4])
			}
		}
		return strings.Join(list, " ")
	}
	c.Mutes = []Mute{
		{Story: "frostfrostfrost2"},
		{Story: "ferryferryferry2", Until: clock(40, 0)},
		{Words: []Match{regexp.MustCompile("(?i)neuen rat")}, Until: clock(35, 0)},
	}
	h.Configure(c)
	for _, step := range []struct {
		at   time.Time
		want string
	}{{clock(34, 0), ""}, {clock(35, 0), "wahl"}, {clock(41, 0), "ferr wahl"}} {
		now = step.at
		for _, path := range []string{"/", "/feed.json", "/search.json?q=e", "/?q=e"} {
			if got := shown(path); got != step.want {
				t.Errorf("%s at %v shows %q, want %q", path, step.at, got, step.want)
			}
		}
	}
	for _, s := range m.list {
		body(t, h, "/stories/"+string(s.ID))
		body(t, h, "/api/stories/"+string(s.ID))
	}
	old, _ := merged()
	c.Mutes = []Mute{{Story: "frostfrostfrost2"}}
	if text := string(body(t, newHandler(old, c), "/feed.json")); strings.Contains(text, "ferryferryferry2") {
		t.Error("a muted story is heard of again once it became another one")
	}
}

// Entries of one commit are ordered by their newest article.
func TestOrderAfterImport(t *testing.T) {
	_, c := newspaper()
	c.Feeds = []Feed{{Name: "stories"}, {Name: "silent", Updates: Silent}}
	m := many(40)
	for i := range m.list {
		s := &m.list[i]
		s.ID = story.ID(fmt.Sprintf("story%05d", (i*17)%40))
		s.Revisions[0].Time, s.Shown = clock(48, 0), clock(48, 0)
	}
	h := newHandler(m, c)
	for _, path := range []string{"/feed.atom", "/feeds/silent.rss"} {
		got := titles(parse(t, body(t, h, path)))
		for i, title := range got {
			if want := fmt.Sprintf("Event %d", 39-i); title != want {
				t.Fatalf("%s: entry %d is %q, want %q", path, i, title, want)
			}
		}
	}
}
