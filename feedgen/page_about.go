package feedgen

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// aboutPage is what about.html shows.
type aboutPage struct {
	page
	Figures []figure
	Sources string // "9 sources"
	Folded  string // what folding came to, in a sentence; "" where nothing was folded
	Week    *weekChart
	Capped  int // stories that were counted, if there are more
}

// weekChart is the drawing of a week's days. Places across are in per cent.
type weekChart struct {
	Desc         string
	Height, Axis int // pixels from the top
	Columns      []weekColumn
}

// weekColumn is a day: all of its articles, and the stories that they began.
type weekColumn struct {
	X, Middle, Width string
	Articles         weekBar
	Stories          weekBar
	Day, Folded      string // "Mon 16", "12 → 5"
	Label            int    // pixels from the top, of Folded
}

type weekBar struct{ Y, Height int }

const (
	weekDays = 7
	weekBars = 120 // pixels of the highest bar
	weekTop  = 22  // above it, for its label
)

func (h *Handler) serveAbout(w http.ResponseWriter, r *http.Request) {
	v := h.viewOf(r)
	// The number of sources, and the version, are of the program and not of the store.
	w.Header().Set("Cache-Control", "private, no-cache")
	h.reply(w, r, htmlType, "", func() ([]byte, time.Time, error) {
		t, err := h.censuses.of(v)
		if err != nil {
			return nil, time.Time{}, err
		}
		body, err := execute(aboutTemplate, h.newAboutPage(v.config, t))
		return body, time.Time{}, err
	})
}

func (h *Handler) newAboutPage(c *Config, t *census) *aboutPage {
	p := &aboutPage{page: h.newPage(c, "About – storyfold", "about", t.Last), Week: newWeekChart(t)}
	sources := h.sourceCount(c)
	p.Sources = count(sources, "source", "sources")
	p.Figures = []figure{
		{Number: t.Stories, Text: plural(t.Stories, "story", "stories"), Main: true},
		{Number: t.Articles, Text: plural(t.Articles, "article", "articles")},
		{Number: t.Reports, Text: plural(t.Reports, "independent report", "independent reports")},
		{Number: t.Outlets, Text: plural(t.Outlets, "outlet", "outlets")},
		{Number: sources, Text: plural(sources, "source", "sources")},
	}
	if saved := t.Articles - t.Stories; saved > 0 {
		p.Folded = fmt.Sprintf("%s became %s: %s to read.", count(t.Articles, "article", "articles"), count(t.Stories, "story", "stories"),
			count(saved, "headline less", "headlines fewer"))
	}
	if t.Capped {
		p.Capped = censusStories
	}
	return p
}

// newWeekChart draws the last days of t. It is nil where a drawing says nothing.
func newWeekChart(t *census) *weekChart {
	days := t.Days[censusDays-weekDays:]
	most := 0
	for _, d := range days {
		most = max(most, d.Articles)
	}
	if most == 0 {
		return nil
	}
	c := &weekChart{Axis: weekTop + weekBars, Height: weekTop + weekBars + 24}
	var said []string
	for i, d := range days {
		left := 100 * float64(i) / weekDays
		height := func(n int) weekBar {
			high := (n*weekBars + most - 1) / most // what is not nothing can be seen
			return weekBar{c.Axis - high, high}
		}
		col := weekColumn{
			X: percent(left + 2.5), Middle: percent(left + 50.0/weekDays), Width: percent(100.0/weekDays - 5),
			Articles: height(d.Articles), Stories: height(d.Stories), Day: d.Date.Format("Mon 2"),
		}
		col.Label = col.Articles.Y - 7
		if d.Articles > 0 {
			col.Folded = strconv.Itoa(d.Articles) + " → " + strconv.Itoa(d.Stories)
		}
		c.Columns = append(c.Columns, col)
		said = append(said, fmt.Sprintf("%s: %s, %s", d.Date.Format("Monday 2 January"),
			count(d.Articles, "article", "articles"), count(d.Stories, "new story", "new stories")))
	}
	c.Desc = strings.Join(said, "; ") + "."
	return c
}

// rhythm is the drawing of a source's articles day by day.
type rhythm struct {
	Title         string
	Width, Height int // pixels
	Path          string
}

// Size of a rhythm in pixels.
const (
	rhythmBar    = 4
	rhythmStep   = 6
	rhythmWidth  = censusDays*rhythmStep - (rhythmStep - rhythmBar)
	rhythmHeight = 20
)

// newRhythm draws the days of a source. It is nil where there are too few
// articles for a drawing to say something.
func newRhythm(days *[censusDays]int) *rhythm {
	if days == nil {
		return nil
	}
	total, busy, most := 0, 0, 0
	for _, n := range days {
		total += n
		most = max(most, n)
		if n > 0 {
			busy++
		}
	}
	if total < 3 || busy < 2 {
		return nil
	}
	var path strings.Builder
	for i, n := range days {
		high := max(1, n*rhythmHeight/most) // a day without articles keeps its place
		fmt.Fprintf(&path, "M%d %dh%dv%dh-%dz", i*rhythmStep, rhythmHeight-high, rhythmBar, high, rhythmBar)
	}
	return &rhythm{
		Title: fmt.Sprintf("The last %d days: %s on %s, at most %d a day", censusDays, count(total, "article", "articles"), count(busy, "day", "days"), most),
		Width: rhythmWidth, Height: rhythmHeight, Path: path.String(),
	}
}
