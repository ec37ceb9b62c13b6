package feedgen

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"storyfold/story"
)

// timeOrder returns the places of members by time, then by commit order.
func timeOrder(members []story.Member) []int {
	order := make([]int, len(members))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(members[a].Time.Compare(members[b].Time), cmp.Compare(members[a].Seq, members[b].Seq))
	})
	return order
}

// foldMark is a story's shape in small: a column for each independent report,
// with the articles that copy it or go on with it as thinner sheets beneath.
type foldMark struct {
	Width, Height   int    // pixels
	Reports, Copies string // path data
}

const (
	markColumns = 10
	markRows    = 6 // sheets beneath a report
)

func newFoldMark(reports []report) foldMark {
	const width, head, sheet, gap = 9, 8, 3, 2
	var m foldMark
	var top, below strings.Builder
	for i, r := range reports[:min(len(reports), markColumns)] {
		x := i * (width + 3)
		fmt.Fprintf(&top, "M%d 0h%dv%dh-%dz", x, width, head, width)
		rest := min(len(r.Rest), markRows)
		for j := range rest {
			fmt.Fprintf(&below, "M%d %dh%dv%dh-%dz", x, head+gap+j*(sheet+gap), width, sheet, width)
		}
		m.Width = x + width
		m.Height = max(m.Height, head+rest*(sheet+gap))
	}
	m.Reports, m.Copies = top.String(), below.String()
	return m
}

// timeline is the drawing of a story's reports over time. Places across are in
// per cent, so that it fits every width without scaling its text.
type timeline struct {
	Title, Desc string
	Height      int
	Axis        int // place of the axis from the top, pixels
	Lanes       []lane
	Ticks       []tick
}

type lane struct {
	Outlet   string
	LabelX   string
	Anchor   string // which end of the outlet's name stands at LabelX: "start", "end"
	Y, Label int    // pixels from the top
	From, To string
	Dots     []dot
}

type dot struct {
	X, Title string
	Copy     bool
}

type tick struct {
	X, Text string
	Y       int
}

const (
	timelineLanes = 16
	laneHeight    = 34
	laneTop       = 8
)

// newTimeline draws reports, of which there is at least one. It is nil where a
// drawing says nothing: one article, or all at one moment.
func newTimeline(reports []report, zone *time.Location, at func(time.Time) stamp) *timeline {
	first, last, articles := span(reports)
	if len(reports) < 2 && articles < 3 || !last.After(first) {
		return nil
	}
	shown := reports[:min(len(reports), timelineLanes)]
	t := &timeline{Title: "When each report appeared", Axis: laneTop + len(shown)*laneHeight + 4}
	t.Height = t.Axis + 24
	t.Desc = fmt.Sprintf("%s from %s to %s. The list below gives each one in words.",
		count(articles, "article", "articles"), at(first).Text, at(last).Text)
	if len(shown) < len(reports) {
		t.Desc = fmt.Sprintf("The first %d of %d reports. ", len(shown), len(reports)) + t.Desc
	}
	place := func(x time.Time) float64 { // in per cent
		return 2 + 96*float64(x.Sub(first))/float64(last.Sub(first))
	}
	for i, r := range shown {
		t.Lanes = append(t.Lanes, newLane(r, laneTop+i*laneHeight, place, at))
	}
	t.Ticks = newTicks(first, last, zone, place, t.Axis+18)
	return t
}

// span returns the times of the earliest and the latest article, and how many there are.
func span(reports []report) (first, last time.Time, articles int) {
	first, last = reports[0].Lead.Time, reports[0].Lead.Time
	for _, r := range reports {
		articles += 1 + len(r.Rest)
		end := r.Lead.Time
		if n := len(r.Rest); n > 0 {
			end = r.Rest[n-1].Time
		}
		if end.After(last) {
			last = end
		}
	}
	return first, last, articles
}

func newLane(r report, top int, place func(time.Time) float64, at func(time.Time) stamp) lane {
	x := place(r.Lead.Time)
	l := lane{Outlet: outletOf(r.Lead), LabelX: percent(max(0, x-0.6)), Anchor: "start", Label: top + 11, Y: top + 24}
	if x > 55 {
		l.LabelX, l.Anchor = percent(min(100, x+0.6)), "end"
	}
	l.From, l.To = percent(x), percent(x)
	rest := r.Rest
	if len(rest) > 60 {
		rest = rest[:60]
	}
	for _, m := range rest {
		l.Dots = append(l.Dots, dot{X: percent(place(m.Time)), Title: outletOf(m) + ", " + at(m.Time).Text, Copy: true})
		l.To = percent(place(m.Time))
	}
	// The report comes last, so that it is drawn above its copies.
	l.Dots = append(l.Dots, dot{X: l.From, Title: l.Outlet + ", " + at(r.Lead.Time).Text})
	return l
}

func percent(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) + "%" }

// tickSteps are the distances that two marks of the axis may have.
var tickSteps = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour,
	6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour,
	30 * 24 * time.Hour, 90 * 24 * time.Hour, 365 * 24 * time.Hour,
}

// newTicks marks the axis at round times of the zone, at most five.
func newTicks(first, last time.Time, zone *time.Location, place func(time.Time) float64, y int) []tick {
	length, step := last.Sub(first), tickSteps[len(tickSteps)-1]
	for _, s := range tickSteps {
		if length/s <= 4 {
			step = s
			break
		}
	}
	local := first.In(zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
	at := day
	if step < 24*time.Hour {
		at = day.Add(local.Sub(day).Truncate(step))
	}
	margin := length / 14 // a mark nearer to the edge would be cut off
	var ticks []tick
	for n := 0; n < 12 && !at.After(last.Add(-margin)); n++ {
		if !at.Before(first.Add(margin)) {
			layout := "15:04"
			if step >= 24*time.Hour || at.In(zone).Hour() == 0 && at.In(zone).Minute() == 0 {
				layout = "2 Jan"
			}
			ticks = append(ticks, tick{X: percent(place(at)), Text: at.In(zone).Format(layout), Y: y})
		}
		if step >= 24*time.Hour {
			at = at.AddDate(0, 0, int(step/(24*time.Hour)))
		} else {
			at = at.Add(step)
		}
	}
	return ticks
}
