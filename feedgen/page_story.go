package feedgen

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"storyfold/story"
)

const (
	storyArticles = 300 // listed on a story's page; the JSON has them all
	openCopies    = 4   // copies of a report that are listed without unfolding
	openWhy       = 8   // reasons that are told without unfolding
)

// storyPage is what story.html shows.
type storyPage struct {
	page
	ID        string
	JSON      string // address of the story in the API
	Headline  prose
	Summary   []quote
	Figures   []figure
	First     stamp
	Last      stamp
	Timeline  *timeline
	Reports   []storyReport
	Unlisted  int // articles left out of Reports
	News      []quote
	Only      []quote   // that are not among News
	Why       []whyLine // told at once
	WhyFold   []whyLine // told when unfolded
	History   []historyLine
	Closed    bool
	OneReport bool
	Alone     bool // one article
	Correct   *correctForm
	Mute      *muteForm
}

// figure is a number and what it counts.
type figure struct {
	Number int
	Text   string
	Main   bool
}

// storyReport is an independent report with what is folded under it.
type storyReport struct {
	Lead storyArticle
	Open []storyArticle // shown at once
	Fold []storyArticle // shown when unfolded
	Note string         // "copied by 2"
}

// storyArticle is one line of the list.
type storyArticle struct {
	Anchor, Outlet, URL string
	Icon                string // address of the outlet's
	Title               prose
	Time, Seen          stamp
	Delayed             bool   // seen later than its time, which is then worth saying
	Kind                string // how it is tied to the report, where it does not copy it
	Credits             string
	Notes               []string // "paywall", "also listed by Harbour Wire"
}

// historyLine is one change of the story.
type historyLine struct {
	Time   stamp
	Kind   string
	Text   string
	State  string // of the story then: "2 independent reports, 3 articles"
	when   time.Time
	number int
}

func (h *Handler) serveStory(w http.ResponseWriter, r *http.Request) {
	id := story.ID(r.PathValue("id"))
	v := h.viewOf(r)
	s, err := v.story(id)
	if err != nil {
		h.servePageError(w, r, v.config, err)
		return
	}
	if s.ID != id {
		w.Header().Set("Cache-Control", "no-cache")
		http.Redirect(w, r, rootPath(v.config)+"/stories/"+string(s.ID), http.StatusMovedPermanently)
		return
	}
	form, mark := h.correctForm(r, s)
	mute, muteMark := h.muteForm(r, s)
	if form != nil || mute != nil {
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Set("Referrer-Policy", "same-origin") // or the form would seem to be another site's
	}
	h.reply(w, r, htmlType, "story/"+string(id)+mark+muteMark, func() ([]byte, time.Time, error) {
		p := h.newStoryPage(v, s)
		p.Correct, p.Mute = form, mute
		body, err := execute(storyTemplate, p)
		return body, s.Updated(), err
	})
}

// newStoryPage tells everything that is known of s.
func (h *Handler) newStoryPage(v *view, s *Shown) *storyPage {
	c := v.config
	zone, ref := zoneOf(c), s.Updated()
	at := func(t time.Time) stamp { return newStamp(t, zone, ref) }
	reports := reportsOf(s.Members)
	first, last, articles := span(reports)
	p := &storyPage{
		page:      h.newPage(c, "", "story", ref),
		ID:        string(s.ID),
		Headline:  headlineOf(&s.Story, maxHeadline),
		Summary:   quotesOf(&s.Story, s.Brief.Summary, 3, maxQuote, at),
		First:     at(first),
		Last:      at(last),
		Timeline:  newTimeline(reports, zone, at),
		News:      quotesOf(&s.Story, s.Brief.New, 12, maxQuote, at),
		Only:      quotesOf(&s.Story, without(s.Brief.Only, s.Brief.New), 12, maxQuote, at),
		History:   historyOf(&s.Story, at),
		Closed:    s.Closed,
		OneReport: len(reports) == 1,
		Alone:     articles == 1,
	}
	p.JSON = p.Root + "/api/stories/" + p.ID
	p.Title = p.Headline.Text + " – storyfold"
	p.Figures = []figure{
		{len(reports), plural(len(reports), "independent report", "independent reports"), true},
		{articles, plural(articles, "article", "articles"), false},
		{familyCount(s.Members), plural(familyCount(s.Members), "family", "families"), false},
		{outletCount(s.Members), plural(outletCount(s.Members), "outlet", "outlets"), false},
	}
	p.list(v, reports, at)
	p.Why = whyLines(&s.Story, p.Root, min(len(s.Members), storyArticles))
	if len(p.Why) > openWhy+1 {
		p.Why, p.WhyFold = p.Why[:openWhy], p.Why[openWhy:]
	}
	return p
}

// without returns the sentences of list that are not among said.
func without(list, said []story.Sentence) []story.Sentence {
	return slices.DeleteFunc(slices.Clone(list), func(x story.Sentence) bool { return slices.Contains(said, x) })
}

// list fills in the reports, at most storyArticles lines of them.
func (p *storyPage) list(v *view, reports []report, at func(time.Time) stamp) {
	paywall := map[string]bool{}
	for _, src := range v.config.Sources {
		paywall[src.Name] = src.Paywall
	}
	left := storyArticles
	for _, r := range reports {
		if left == 0 {
			p.Unlisted += 1 + len(r.Rest)
			continue
		}
		left--
		line := storyReport{Lead: v.newStoryArticle(r.Lead, r.Lead, paywall, at)}
		rest := r.Rest[:min(left, len(r.Rest))]
		p.Unlisted += len(r.Rest) - len(rest)
		left -= len(rest)
		copies := 0
		for i, m := range rest {
			a := v.newStoryArticle(m, r.Lead, paywall, at)
			if m.Family == r.Lead.Family && m.Family != 0 {
				copies++
			}
			if i < openCopies || len(rest) == openCopies+1 {
				line.Open = append(line.Open, a)
			} else {
				line.Fold = append(line.Fold, a)
			}
		}
		if copies > 0 {
			line.Note = fmt.Sprintf("copied by %d", copies)
		}
		p.Reports = append(p.Reports, line)
	}
}

// newStoryArticle tells of m, which belongs to the report that lead opens.
func (v *view) newStoryArticle(m, lead *story.Member, paywall map[string]bool, at func(time.Time) stamp) storyArticle {
	a := storyArticle{
		Anchor:  anchorOf(m),
		Outlet:  outletOf(m),
		URL:     cleanURL(m.URL),
		Title:   newProse(m.Title, m.Lang, maxHeadline),
		Time:    at(m.Time),
		Seen:    at(m.FirstSeen),
		Icon:    v.icon(outletOf(m)),
		Delayed: m.FirstSeen.Sub(m.Time) >= time.Minute,
	}
	if day, _, ok := strings.Cut(a.Seen.Text, ", "); ok && strings.HasPrefix(a.Time.Text, day+", ") {
		a.Seen.Text = a.Seen.Text[len(day)+2:]
	}
	if a.Title.Text == "" {
		a.Title = prose{Text: "Without a headline", Lang: "en"}
	}
	switch {
	case m == lead:
	case m.Family == lead.Family && m.Family != 0: // the line above says that these are copies
	case m.Outlet == lead.Outlet:
		a.Kind = "later, same outlet"
	default:
		a.Kind = "tied by outlet or text"
	}
	credits := make([]string, 0, 3)
	for _, credit := range m.Credits[:min(len(m.Credits), 3)] {
		credits = append(credits, cleanLine(credit, maxOutlet))
	}
	a.Credits = list(credits)
	if paywall[m.Source] {
		a.Notes = append(a.Notes, "paywall")
	}
	if n := len(m.Also); n > 0 {
		names := make([]string, 0, 3)
		for _, name := range m.Also[:min(n, 3)] {
			names = append(names, cleanLine(name, maxOutlet))
		}
		a.Notes = append(a.Notes, "also listed by "+list(names))
	}
	return a
}

// historyOf returns revisions and events, newest first.
func historyOf(s *story.Story, at func(time.Time) stamp) []historyLine {
	var lines []historyLine
	for _, r := range s.Revisions {
		lines = append(lines, historyLine{
			Time: at(r.Time), Kind: fmt.Sprintf("revision %d", r.Number), when: r.Time, number: r.Number,
			Text:  cleanLine(r.Reason, 200),
			State: count(r.Reports, "independent report", "independent reports") + ", " + count(len(r.Articles), "article", "articles"),
		})
	}
	for _, e := range s.History {
		lines = append(lines, historyLine{Time: at(e.Time), Kind: e.Kind.String(), Text: cleanLine(e.Text, 400), when: e.Time})
	}
	slices.SortStableFunc(lines, func(a, b historyLine) int {
		if c := b.when.Compare(a.when); c != 0 {
			return c
		}
		return b.number - a.number
	})
	return lines[:min(len(lines), 100)]
}

func familyCount(members []story.Member) int {
	seen := map[int]bool{}
	for i := range members {
		seen[members[i].Family] = true
	}
	return len(seen)
}

func outletCount(members []story.Member) int {
	seen := map[string]bool{}
	for i := range members {
		seen[outletOf(&members[i])] = true
	}
	return len(seen)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// whyLine is the reason why an article stands in the story, in plain words.
type whyLine struct {
	Anchor, Outlet string
	Title          prose
	Text           string
	Gauge          *gauge
	Terms          []weightedTerm
	Near           string // address of the story that came next, or ""
	NearText       string // "The next story"
	NearScore      string // " scored 0.12."
}

// weightedTerm is a word and its share of a score.
type weightedTerm struct {
	Text  string
	Share string // "31%"
}

// gauge draws a score against the threshold it had to pass.
type gauge struct {
	Score, Threshold string // places across, in per cent
	Passed           bool
}

func whyLines(s *story.Story, root string, limit int) []whyLine {
	lines := make([]whyLine, 0, limit)
	for i := range s.Members[:limit] {
		m := &s.Members[i]
		line := whyLine{Anchor: anchorOf(m), Outlet: outletOf(m), Title: newProse(m.Title, m.Lang, 120)}
		line.explain(&m.Why, root, s.ID)
		lines = append(lines, line)
	}
	return lines
}

// explain puts reason into words.
func (l *whyLine) explain(reason *story.Reason, root string, self story.ID) {
	l.Text = ruleText(reason.Rule)
	measured := reason.Score != 0 || reason.Threshold != 0
	opened := reason.Rule == "no match"
	if measured && !opened {
		l.Text += fmt.Sprintf(" It scored %s; %s was needed.", number(reason.Score), number(reason.Threshold))
	}
	if reason.Near != "" && reason.Near != self {
		l.Near, l.NearText = root+"/stories/"+url.PathEscape(string(reason.Near)), "The next story"
		l.NearScore = fmt.Sprintf(" scored %s.", number(reason.NearScore))
		if reason.NearScore == 0 { // it was taken from there: by a split, or by the reader's word
			l.NearText, l.NearScore = "It was in another story before", "."
		}
	}
	if measured && opened {
		l.NearText, l.NearScore = "The nearest story", fmt.Sprintf(" scored %s; %s was needed.", number(reason.Score), number(reason.Threshold))
	}
	if measured {
		full := max(1, reason.Score, reason.Threshold)
		l.Gauge = &gauge{
			Score:     percent(100 * max(0, reason.Score) / full),
			Threshold: percent(min(99.5, 100*max(0, reason.Threshold)/full)),
			Passed:    !opened && reason.Score >= reason.Threshold,
		}
	}
	for _, t := range reason.Terms[:min(len(reason.Terms), 8)] {
		if word := cleanLine(t.Text, 40); word != "" {
			l.Terms = append(l.Terms, weightedTerm{word, fmt.Sprintf("%.0f%%", 100*min(1, max(0, t.Weight)))})
		}
	}
}

// number shows a score.
func number(x float64) string { return fmt.Sprintf("%.2f", x) }

// ruleText says in a sentence what a rule did.
func ruleText(rule string) string {
	switch strings.ToLower(rule) {
	case "first":
		return "Opened this story: no story before it shared enough words to be compared."
	case "no match":
		return "Opened this story: no story before it was about the same event."
	case "join":
		return "Joined, because it tells of the same event as the articles here."
	case "better match":
		return "Moved here from another story, because it fits this one better."
	case "merge":
		return "Came with another story that was found to tell of the same event."
	case "camps":
		return "Parted from a story that turned out to tell of two events."
	case story.RuleCorrected:
		return "Put here by a correction that a reader made."
	case story.RuleRegrouped:
		return "Put here when the settings of the grouping changed."
	case "window":
		return "Opened this story: those like it were too far away in time."
	case "":
		return "The reason was not recorded."
	}
	return "Placed by the rule “" + cleanLine(rule, 60) + "”."
}
