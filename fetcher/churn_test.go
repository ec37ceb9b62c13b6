package fetcher

import (
	"fmt"
	"testing"
	"time"

	"storyfold/story"
)

// TestChurnOf compares two documents of a feed.
func TestChurnOf(t *testing.T) {
	type item struct {
		guid, link, title string
		day               int // of its date; 0: none
		text              string
	}
	list := func(n int, form string, day int) (items []item) {
		for i := range n {
			guid, link := fmt.Sprintf(form, "g", i), fmt.Sprintf("https://x.example/"+form, "p", i)
			items = append(items, item{guid, link, fmt.Sprintf("Item %d", i), day, ""})
		}
		return items
	}
	for name, c := range map[string]struct {
		was, now       []item
		guids, renamed bool
	}{
		"steady":              {list(5, "%s1-%d", 3), list(5, "%s1-%d", 3), false, false},
		"all new":             {list(5, "%s1-%d", 3), list(5, "%s2-%d", 4), false, false},
		"all names":           {list(5, "%s1-%d", 3), list(5, "%s2-%d", 3), false, true},
		"one item, all there": {list(1, "%s1-%d", 3), list(1, "%s2-%d", 3), false, true},
		"one of many":         {list(1, "%s1-%d", 3), list(5, "%s2-%d", 3), false, false},
		"no date, no text":    {list(5, "%s1-%d", 0), list(5, "%s2-%d", 0), false, false},
		"https instead of http": {
			[]item{{"http://x.example/1", "http://x.example/1", "a", 3, ""}}, []item{{"https://x.example/1", "https://x.example/1", "a", 3, ""}}, false, false},
		"the same title, the same moment": {
			[]item{{"1", "https://x.example/1", "Job offer", 3, ""}, {"2", "https://x.example/2", "Job offer", 3, ""}},
			[]item{{"2", "https://x.example/2", "Job offer", 3, ""}, {"3", "https://x.example/3", "Job offer", 3, ""}}, false, false},
		"a daily column": {
			[]item{{"1", "https://x.example/1", "Tides", 3, "High at six."}}, []item{{"2", "https://x.example/2", "Tides", 4, "High at seven."}}, false, false},
		"a column without a date": {
			[]item{{"1", "https://x.example/1", "Tides", 0, "High at six."}}, []item{{"2", "https://x.example/2", "Tides", 0, "High at seven."}}, false, false},
		"text alone": {
			[]item{{"1", "https://x.example/1", "Tides", 0, "High at six."}}, []item{{"2", "https://x.example/2", "Tides", 0, "High at six."}}, false, true},
		"links without guids": {
			[]item{{"", "https://x.example/1", "a", 3, ""}}, []item{{"", "https://x.example/2", "a", 3, ""}}, false, true},
		"guids without links": {
			[]item{{"1", "", "a", 3, ""}}, []item{{"2", "", "a", 3, ""}}, false, true},
		"links beside steady guids": {
			[]item{{"1", "https://x.example/1", "a", 3, ""}}, []item{{"1", "https://x.example/2", "a", 3, ""}}, false, false},
		"no names at all": {[]item{{"", "", "a", 3, ""}}, []item{{"", "", "a", 3, ""}}, false, false},
		"a few moved":     {list(6, "%s1-%d", 3), append(list(4, "%s1-%d", 3), list(6, "%s2-%d", 3)[4:]...), false, false},
	} {
		read := func(items []item) (traces []trace) {
			for _, x := range items {
				a := story.Article{Title: x.title, Text: x.text, URL: x.link}
				if x.day > 0 {
					a.Published = time.Date(2025, 11, x.day, 9, 0, 0, 0, time.UTC)
				}
				traces = append(traces, traceOf(&a, &entry{guid: x.guid, link: x.link, title: x.title}))
			}
			return traces
		}
		marks := marksOf(read(c.was))
		if guids, names := churnOf(marks, read(c.now)); guids != c.guids || names != c.renamed {
			t.Errorf("%s: new guids %v, new names %v; want %v, %v", name, guids, names, c.guids, c.renamed)
		}
	}
	long := make([]trace, 1000)
	if n := len(marksOf(long)); n != 4*markedItems {
		t.Errorf("%d numbers are remembered of 1,000 items, want %d", n, 4*markedItems)
	}
	if guids, names := churnOf([]uint32{1, 2, 3}, long); guids || names {
		t.Error("marks of another form make churn")
	}
}
