package feedgen

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"storyfold/story"
)

// sourcesPage is what sources.html shows.
type sourcesPage struct {
	page
	Counts   []stateCount
	States   []filterLink // to the sources in one state, and to all; empty where all are in one
	Troubled int          // sources that are failing or gone
	Trouble  []sourceRow  // the first of them, at most maxTrouble; above the first page alone
	Rows     []sourceRow  // at most maxRows
	Previous string       // address of the page before, or ""
	Next     string       // address of the next page, or ""
	Place    string       // which sources these are; "" if they are all
	Masked   bool         // addresses are shown without what may be secret
	Paused   string       // why nothing is taken in, or ""
}

// maxTrouble is how many sources stand above the list: where the network is down, all fail.
const maxTrouble = 25

// maxRows is how many sources are on one page.
const maxRows = 500

type stateCount struct {
	Number int
	State  string
}

// sourceRow is a source and how it does.
type sourceRow struct {
	Anchor, Name string
	Href         string // where the row is
	Icon         string // its address, or ""
	Category     string
	Address      string
	Link         string // the address, if it can be opened and nothing is masked
	Site         string
	Format       string
	State        string
	Error        string
	Since        stamp // of the error
	Errors       int
	Warning      string
	Moved        string
	Checked      stamp
	Next         stamp
	NextReason   string
	LastNew      stamp
	Articles     int
	Stories      int
	Rhythm       *rhythm // of its articles; nil where it says nothing
}

// sourceStates are the states in the order of the page's summary.
var sourceStates = []string{"ok", "failing", "gone", "new", "paused"}

func (h *Handler) serveSources(w http.ResponseWriter, r *http.Request) {
	v := h.viewOf(r)
	trusted := h.trusted(r)
	q := parseSourcesQuery(r.URL.Query())
	w.Header().Set("Cache-Control", "private, no-cache")
	h.reply(w, r, htmlType, "", func() ([]byte, time.Time, error) {
		body, err := execute(sourcesTemplate, h.newSourcesPage(v, q, trusted))
		return body, time.Time{}, err
	})
}

// sourcesQuery says which sources are asked for.
type sourcesQuery struct {
	State string // one of sourceStates, or "": all
	from  int    // how many of them stand on earlier pages: a multiple of maxRows
}

func parseSourcesQuery(v url.Values) (q sourcesQuery) {
	if state := v.Get("state"); slices.Contains(sourceStates, state) {
		q.State = state
	}
	if n, err := strconv.Atoi(v.Get("from")); err == nil && n > 0 {
		q.from = n - n%maxRows
	}
	return q
}

// href returns the address of the page that q asks for.
func (q sourcesQuery) href(root string) string {
	v := url.Values{}
	if q.State != "" {
		v.Set("state", q.State)
	}
	if q.from > 0 {
		v.Set("from", strconv.Itoa(q.from))
	}
	if len(v) == 0 {
		return root + "/sources"
	}
	return root + "/sources?" + v.Encode()
}

// newSourcesPage tells of the sources that q asks for. Secrets in addresses are shown to those who may see everything.
func (h *Handler) newSourcesPage(v *view, q sourcesQuery, trusted bool) *sourcesPage {
	var states []story.SourceState
	if h.options.States != nil {
		states = h.options.States()
	}
	var last time.Time
	for i := range states {
		if states[i].Checked.After(last) {
			last = states[i].Checked
		}
	}
	c := v.config
	p := &sourcesPage{page: h.newPage(c, "Sources – storyfold", "sources", last), Masked: !trusted}
	if h.options.Ready != nil {
		if err := h.options.Ready(); err != nil {
			p.Paused = cleanLine(err.Error(), 400)
		}
	}
	sources := map[string]*story.Source{}
	for i := range c.Sources {
		sources[c.Sources[i].Name] = &c.Sources[i]
	}
	days := map[string]*[censusDays]int{}
	if t, err := h.censuses.of(v); err == nil {
		days = t.Sources
	} else {
		h.log().Error("sources are shown without their rhythm", "err", err)
	}
	at := func(t time.Time) stamp { return newStamp(t, zoneOf(c), last) }
	asked := p.count(states, q)
	q.from = min(q.from, max(asked-1, 0)/maxRows*maxRows)
	p.list(states, q, func(i int) sourceRow {
		st := &states[i]
		row := newSourceRow(st, sources[st.Name], trusted, at)
		row.Anchor, row.Icon, row.Rhythm = fmt.Sprintf("s%d", i+1), v.icon(cleanLine(st.Name, maxOutlet)), newRhythm(days[st.Name])
		return row
	})
	p.turn(q, asked)
	return p
}

// count counts the sources by their states, and returns how many are asked for.
func (p *sourcesPage) count(states []story.SourceState, q sourcesQuery) int {
	counts := map[string]int{}
	for i := range states {
		counts[states[i].Condition()]++
	}
	p.Troubled = counts["failing"] + counts["gone"]
	for _, state := range sourceStates {
		if counts[state] > 0 {
			p.Counts = append(p.Counts, stateCount{counts[state], state})
		}
	}
	if q.State == "" {
		return len(states)
	}
	return counts[q.State]
}

// list takes the rows of the page, and the sources above it. rowOf makes the row of a source.
func (p *sourcesPage) list(states []story.SourceState, q sourcesQuery, rowOf func(i int) sourceRow) {
	number := 0 // among those asked for
	for i := range states {
		state := states[i].Condition()
		listed := false
		if q.State == "" || q.State == state {
			listed = number >= q.from && len(p.Rows) < maxRows
			number++
		}
		above := (state == "failing" || state == "gone") && q == sourcesQuery{} && len(p.Trouble) < maxTrouble
		if !listed && !above {
			continue
		}
		row := rowOf(i)
		if row.Href = "#" + row.Anchor; !listed {
			row.Href = sourcesQuery{from: i - i%maxRows}.href(p.Root) + row.Href
		}
		if above {
			p.Trouble = append(p.Trouble, row)
		}
		if listed {
			p.Rows = append(p.Rows, row)
		}
	}
}

// turn adds the ways to the other pages of the so many sources that are asked for.
func (p *sourcesPage) turn(q sourcesQuery, asked int) {
	if len(p.Counts) > 1 || q.State != "" {
		p.States = append(p.States, filterLink{Text: "All", Href: sourcesQuery{}.href(p.Root), Current: q.State == ""})
		for _, c := range p.Counts {
			p.States = append(p.States, filterLink{Text: c.State, Href: sourcesQuery{State: c.State}.href(p.Root), Current: q.State == c.State})
		}
	}
	if asked <= maxRows {
		return
	}
	p.Place = fmt.Sprintf("%d to %d of %d", q.from+1, q.from+len(p.Rows), asked)
	if q.from > 0 {
		p.Previous = sourcesQuery{q.State, q.from - maxRows}.href(p.Root)
	}
	if next := q.from + maxRows; next < asked {
		p.Next = sourcesQuery{q.State, next}.href(p.Root)
	}
}

// newSourceRow tells of one source; src is nil if it is not configured.
func newSourceRow(st *story.SourceState, src *story.Source, trusted bool, at func(time.Time) stamp) sourceRow {
	address, text := maskAddress, maskText
	if trusted {
		plain := func(s string) string { return s }
		address, text = plain, plain
	}
	row := sourceRow{
		Name: cleanLine(st.Name, 120), Format: cleanLine(st.Format, 40),
		Address: cleanLine(address(st.Address), 300), Moved: cleanLine(address(st.Moved), 300), Site: cleanURL(st.Site),
		State: st.Condition(), Error: cleanLine(text(st.Error), 600), Since: at(st.ErrorSince), Errors: st.Errors, Warning: cleanLine(text(st.Notice()), 400),
		Checked: at(st.Checked), Next: at(st.Next), NextReason: cleanLine(text(st.NextReason), 200), LastNew: at(st.LastNew),
		Articles: st.Articles, Stories: st.Stories,
	}
	if st.Adopted { // the notice says it
		row.Moved = ""
	}
	if trusted {
		row.Link = cleanURL(st.Address)
	}
	if src != nil {
		row.Category = cleanLine(src.Category, 60)
	}
	return row
}
