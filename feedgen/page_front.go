package feedgen

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/cases"

	"storyfold/story"
)

const (
	frontStories = 60        // at most on one page
	frontBytes   = 50 * 1024 // of stories on one page, so that the whole stays under 60 KB
	wideStories  = 8         // with several reports, in the wide column; the others follow in less room
	maxWords     = 12        // of a search

	reportBonus = 8 * time.Hour  // freshness that each doubling of the independent reports is worth
	maxBonus    = 48 * time.Hour // and at most so much
)

// frontPage is what front.html shows.
type frontPage struct {
	page
	Heading    string
	Hidden     string // said before the heading to those who do not see the page
	Date       stamp
	Sources    string // "20 sources"
	Filters    []filterGroup
	Query      query
	Filtered   bool
	Several    []frontStory // the first stories with more than one report
	Also       []frontStory // the others
	Rail       []frontStory // the first stories with one report
	Once       []frontStory // the others
	Newest     string       // address of the first page; "" if this is it
	Older      string       // address of the next page, or ""
	NoSources  bool
	ScanCapped int // stories looked through, if there are more
}

// filterGroup is a row of links that narrow the page.
type filterGroup struct {
	Label string
	Links []filterLink
}

type filterLink struct {
	Text, Lang, Href string
	Current          bool
}

// frontStory is a story in the list.
type frontStory struct {
	Href     string
	Headline prose
	Summary  []quote
	Reports  string // "independent reports"
	Count    int
	Articles string // "14 articles", or "" where that says nothing
	Outlets  []outletMark
	More     int // outlets that are not named
	Newest   stamp
	Mark     foldMark
	Large    bool
}

// outletMark is an outlet with its icon.
type outletMark struct {
	Name, Icon string // Icon: its address, "" if there is none
}

// query is what the reader asked the front page for.
type query struct {
	Category, Lang, Text string
	before               rankCursor
}

// rankCursor is a place in the order of the front page: after the story with
// this rank and id. The zero rankCursor is before all.
type rankCursor struct {
	rank int64
	id   story.ID
}

// askedLang returns the language that s names, "en" for "en-GB"; "und", which no story
// is in, where it names none; "" for "".
func askedLang(s string) string {
	if s == "" {
		return ""
	}
	base, _, _ := strings.Cut(strings.ToLower(s), "-")
	return cmp.Or(cleanLang(base), "und")
}

// parseQuery reads the parts of the address that the page knows, and drops the rest.
func parseQuery(values url.Values) query {
	q := query{
		Category: cleanLine(values.Get("category"), 80),
		Lang:     askedLang(values.Get("lang")),
		Text:     cleanLine(values.Get("q"), 200),
	}
	rank, id, ok := strings.Cut(values.Get("before"), ".")
	if n, err := strconv.ParseInt(rank, 10, 64); ok && err == nil && n > 0 && len(id) <= 32 {
		q.before = rankCursor{n, story.ID(id)}
	}
	return q
}

// href returns the address of the page that answers q.
func (q query) href(root string) string {
	values := url.Values{}
	for _, kv := range [][2]string{{"category", q.Category}, {"lang", q.Lang}, {"q", q.Text}} {
		if kv[1] != "" {
			values.Set(kv[0], kv[1])
		}
	}
	if q.before.rank > 0 {
		values.Set("before", fmt.Sprintf("%d.%s", q.before.rank, q.before.id))
	}
	if len(values) == 0 {
		return root + "/"
	}
	return root + "/?" + values.Encode()
}

func (h *Handler) serveFront(w http.ResponseWriter, r *http.Request) {
	v, q := h.viewOf(r), parseQuery(r.URL.Query())
	h.reply(w, r, htmlType, "front"+q.href(""), func() ([]byte, time.Time, error) {
		data, modified, err := h.front(v, q)
		if err != nil {
			return nil, time.Time{}, err
		}
		body, err := execute(frontTemplate, data)
		return body, modified, err
	})
}

// front collects the front page, and the time of the newest revision.
func (h *Handler) front(v *view, q query) (*frontPage, time.Time, error) {
	found, err := rankStories(v, q)
	if err != nil {
		return nil, time.Time{}, err
	}
	c := v.config
	p := &frontPage{
		page:      h.newPage(c, "storyfold", "stories", found.newest),
		Query:     q,
		Filtered:  q.Category+q.Lang+q.Text != "",
		Sources:   count(h.sourceCount(c), "source", "sources"),
		NoSources: h.sourceCount(c) == 0,
	}
	p.Alternates = slices.Concat(v.searchAlternates(q, p.Root), p.Alternates, feedAlternates(c))
	p.describe(q, found.newest, zoneOf(c))
	p.Filters = []filterGroup{categoryFilter(c, q, p.Root), languageFilter(found.languages, q, p.Root)}
	if found.capped {
		p.ScanCapped = maxScan
	}
	p.fill(v, found, q)
	return p, latest(found.newest, v.lastMuteOver()), nil
}

// sourceCount returns how many sources /sources lists.
func (h *Handler) sourceCount(c *Config) int {
	if h.options.States == nil {
		return len(c.Sources)
	}
	return len(h.options.States())
}

// describe sets heading and title.
func (p *frontPage) describe(q query, newest time.Time, zone *time.Location) {
	if !newest.IsZero() {
		p.Date = stamp{ISO: newest.In(zone).Format("2006-01-02"), Text: newest.In(zone).Format("Monday, 2 January 2006")}
	}
	if parts := q.parts(); len(parts) > 0 {
		p.Hidden, p.Heading = "Stories: ", strings.Join(parts, " · ")
		p.Title = p.Heading + " – storyfold"
	}
}

// fill turns the found stories into the page's lists until the page is full.
func (p *frontPage) fill(v *view, found *frontFind, q query) {
	zone, bytes, shown := zoneOf(v.config), 0, 0
	for _, r := range found.stories {
		s := newFrontStory(v, r.Shown, p.Root, func(t time.Time) stamp { return newStamp(t, zone, found.newest) })
		if s.Count > 1 && len(p.Several) == 0 && q.before.rank == 0 {
			s.Large = true
		} else if len(s.Summary) > 1 && len(p.Several) >= wideStories {
			s.Summary = s.Summary[:1]
		}
		bytes += s.size()
		if shown == frontStories || shown > 0 && bytes > frontBytes {
			break
		}
		shown++
		if s.Count > 1 {
			p.Several = append(p.Several, s)
		} else {
			p.Once = append(p.Once, s)
		}
	}
	p.Several, p.Also = cutAfter(p.Several, wideStories)
	// The rail is about as high as the column beside it.
	p.Rail, p.Once = cutAfter(p.Once, (3*len(p.Several)+3)/2)
	if len(p.Several) == 0 {
		p.Rail, p.Once = nil, append(p.Rail, p.Once...)
	}
	if shown < len(found.stories) {
		last := found.stories[shown-1]
		older := q
		older.before = rankCursor{last.rank, last.ID}
		p.Older = older.href(p.Root)
	}
	if q.before.rank > 0 {
		first := q
		first.before = rankCursor{}
		p.Newest = first.href(p.Root)
	}
}

// cutAfter returns the first n of list, and the others.
func cutAfter(list []frontStory, n int) (first, others []frontStory) {
	n = min(n, len(list))
	return list[:n], list[n:]
}

// size returns about how many bytes s takes on the page.
func (s *frontStory) size() int {
	n := 330 + len(s.Href) + len(template.HTMLEscapeString(s.Headline.Text)) + len(s.Mark.Copies) + len(s.Mark.Reports)
	for _, q := range s.Summary {
		n += 60 + len(template.HTMLEscapeString(q.Text)) + len(template.HTMLEscapeString(q.Outlet))
	}
	for _, o := range s.Outlets {
		n += 14 + len(template.HTMLEscapeString(o.Name))
		if o.Icon != "" {
			n += 70 + len(o.Icon)
		}
	}
	return n
}

// newFrontStory tells what the list says of s.
func newFrontStory(v *view, s *Shown, root string, at func(time.Time) stamp) frontStory {
	reports := reportsOf(s.Members)
	f := frontStory{
		Href:     root + "/stories/" + url.PathEscape(string(s.ID)),
		Headline: headlineOf(&s.Story, frontHeadline(s.Lang)),
		Count:    len(reports),
		Reports:  "independent reports",
		Newest:   at(s.NewestTime()),
		Mark:     newFoldMark(reports),
	}
	if len(reports) == 1 {
		f.Reports = "report"
		f.Summary = quotesOf(&s.Story, s.Brief.Summary, 1, 150, at)
	} else {
		f.Summary = quotesOf(&s.Story, s.Brief.Summary, 2, 280, at)
	}
	if len(s.Members) > 1 {
		f.Articles = count(len(s.Members), "article", "articles")
	}
	f.Outlets, f.More = v.outletsOf(reports, 5)
	return f
}

// frontHeadline returns how many runes of a headline the list shows.
func frontHeadline(lang string) int {
	switch lang {
	case "ja", "zh", "ko": // a sign is as wide as two letters, and says as much
		return 80
	}
	return 180
}

// outletsOf names the outlets, those with a report of their own first, and
// says how many more there are.
func (v *view) outletsOf(reports []report, limit int) (outlets []outletMark, more int) {
	seen := map[string]bool{}
	add := func(m *story.Member) {
		name := outletOf(m)
		if seen[name] {
			return
		}
		seen[name] = true
		if len(outlets) < limit {
			outlets = append(outlets, outletMark{name, v.icon(name)})
		} else {
			more++
		}
	}
	for _, r := range reports {
		add(r.Lead)
	}
	for _, r := range reports {
		for _, m := range r.Rest {
			add(m)
		}
	}
	return outlets, more
}

// rankedStory is a story and its place on the front page.
type rankedStory struct {
	*Shown
	rank int64 // Unix seconds
}

// rankOf places a story on a time line of its own: where its last material
// report stands, moved ahead by eight hours for each doubling of its
// independent reports. It needs no clock, so a story's rank changes only with
// the story.
func rankOf(s *Shown) int64 {
	fresh := s.Updated()
	if t := s.NewestTime(); t.Before(fresh) {
		fresh = t
	}
	bonus := min(float64(reportBonus)*math.Log2(float64(max(1, s.Reports))), float64(maxBonus))
	return fresh.Unix() + int64(bonus/float64(time.Second))
}

// compareRank orders by rank, highest first, then by id.
func compareRank(a, b rankedStory) int {
	return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.ID, b.ID))
}

// frontFind is what rankStories found.
type frontFind struct {
	stories   []rankedStory // best first; one more than a page holds if there is a next page
	newest    time.Time     // last revision of any story
	languages map[string]int
	capped    bool // not all stories were looked through
}

// rankStories returns the best stories that q asks for. Stories come by last
// revision, and a rank is at most maxBonus ahead of that: it stops where no
// later story could reach the page.
func rankStories(v *view, q query) (*frontFind, error) {
	const want = frontStories + 1
	found := &frontFind{languages: map[string]int{}}
	match, floor, seen := q.matcher(), int64(math.MinInt64), 0
	stories, filtered := v.audible(), q.Category+q.Lang+q.Text != ""
	if filtered {
		may, list, err := v.find(q)
		if err != nil {
			return nil, err
		}
		stories, found.newest, found.languages, found.capped = list, may.newest, may.langs, may.capped
	}
	for s, err := range stories {
		if err != nil {
			return nil, err
		}
		if found.newest.IsZero() {
			found.newest = s.Updated()
		}
		if s.bound.Add(maxBonus).Unix() < floor {
			break
		}
		if seen++; seen > maxScan {
			found.capped = true
			break
		}
		if !filtered {
			found.languages[cleanLang(s.Lang)]++
		}
		r := rankedStory{s, rankOf(s)}
		if !q.before.precedes(r) || !match(s) {
			continue
		}
		found.stories = append(found.stories, r)
		if len(found.stories) >= 2*want {
			slices.SortFunc(found.stories, compareRank)
			found.stories = found.stories[:want]
			floor = found.stories[want-1].rank
		}
	}
	slices.SortFunc(found.stories, compareRank)
	found.stories = found.stories[:min(len(found.stories), want)]
	return found, nil
}

// precedes tells whether r comes after the cursor.
func (c rankCursor) precedes(r rankedStory) bool {
	return c.rank == 0 || r.rank < c.rank || r.rank == c.rank && r.ID > c.id
}

// matcher returns the test for category, language and words.
func (q query) matcher() func(*Shown) bool {
	fold := cases.Fold()
	words := strings.Fields(fold.String(q.Text))
	words = words[:min(len(words), maxWords)]
	category := fold.String(q.Category)
	return func(s *Shown) bool {
		if q.Lang != "" && s.Lang != q.Lang {
			return false
		}
		if category != "" && !slices.ContainsFunc(s.Members, func(m story.Member) bool {
			return slices.ContainsFunc(m.Categories, func(c string) bool { return fold.String(c) == category })
		}) {
			return false
		}
		return len(words) == 0 || containsAll(fold.String(searchText(s)), words)
	}
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// searchText is what a search looks at: headlines, summary and outlets.
func searchText(s *Shown) string {
	var b strings.Builder
	b.WriteString(s.Brief.Headline)
	for _, sentence := range s.Brief.Summary {
		b.WriteString("\n" + sentence.Text)
	}
	for i := range s.Members {
		b.WriteString("\n" + s.Members[i].Title + "\n" + s.Members[i].Outlet)
	}
	return b.String()
}

// categoryFilter links the categories of the enabled sources, in the order of the config.
func categoryFilter(c *Config, q query, root string) filterGroup {
	g := filterGroup{Label: "Categories"}
	var names []string
	for _, s := range c.Sources {
		if name := cleanLine(s.Category, 40); s.Enabled && name != "" && !slices.Contains(names, name) && len(names) < 12 {
			names = append(names, name)
		}
	}
	if q.Category != "" && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, q.Category) }) {
		names = append(names, q.Category)
	}
	if len(names) == 0 {
		return g
	}
	all := query{Lang: q.Lang, Text: q.Text}
	g.Links = append(g.Links, filterLink{Text: "All", Href: all.href(root), Current: q.Category == ""})
	for _, name := range names {
		one := query{Category: name, Lang: q.Lang, Text: q.Text}
		g.Links = append(g.Links, filterLink{Text: name, Href: one.href(root), Current: strings.EqualFold(name, q.Category)})
	}
	return g
}

// languageFilter links the languages of the stories, the most frequent first,
// if there are at least two.
func languageFilter(counts map[string]int, q query, root string) filterGroup {
	g := filterGroup{Label: "Languages"}
	if q.Lang != "" {
		counts[q.Lang] += 0
	}
	delete(counts, "")
	if len(counts) < 2 && q.Lang == "" {
		return g
	}
	codes := make([]string, 0, len(counts))
	for code := range counts {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	all := query{Category: q.Category, Text: q.Text}
	g.Links = append(g.Links, filterLink{Text: "All languages", Href: all.href(root), Current: q.Lang == ""})
	for i, code := range codes {
		if i >= 8 && code != q.Lang {
			continue
		}
		one := query{Category: q.Category, Lang: code, Text: q.Text}
		g.Links = append(g.Links, filterLink{Text: languageName(code), Lang: code, Href: one.href(root), Current: code == q.Lang})
	}
	return g
}
