package feedgen

import (
	"fmt"
	"net/http"
	"time"

	"storyfold/story"
)

// sourcesPage is what sources.html shows.
type sourcesPage struct {
	page
	Counts   []stateCount
	Troubled int         // sources that are failing or gone
	Trouble  []sourceRow // the first of them, at most maxTrouble
	Rows     []sourceRow
	Masked   bool   // addresses are shown without what may be secret
	Paused   string // why nothing is taken in, or ""
}

// maxTrouble is how many sources stand above the list: where the network is down, all fail.
const maxTrouble = 25

type stateCount struct {
	Number int
	State  string
}

// sourceRow is a source and how it does.
type sourceRow struct {
	Anchor, Name string
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
	w.Header().Set("Cache-Control", "private, no-cache")
	h.reply(w, r, htmlType, "", func() ([]byte, time.Time, error) {
		body, err := execute(sourcesTemplate, h.newSourcesPage(v, trusted))
		return body, time.Time{}, err
	})
}

// newSourcesPage tells of every source. Secrets in addresses are shown to those who may see everything.
func (h *Handler) newSourcesPage(v *view, trusted bool) *sourcesPage {
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
	counts := map[string]int{}
	for i := range states {
		st := &states[i]
		row := newSourceRow(st, sources[st.Name], trusted, at)
		row.Anchor, row.Icon, row.Rhythm = fmt.Sprintf("s%d", i+1), v.icon(cleanLine(st.Name, maxOutlet)), newRhythm(days[st.Name])
		counts[row.State]++
		if row.State == "failing" || row.State == "gone" {
			if p.Troubled++; len(p.Trouble) < maxTrouble {
				p.Trouble = append(p.Trouble, row)
			}
		}
		p.Rows = append(p.Rows, row)
	}
	for _, state := range sourceStates {
		if counts[state] > 0 {
			p.Counts = append(p.Counts, stateCount{counts[state], state})
		}
	}
	return p
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
