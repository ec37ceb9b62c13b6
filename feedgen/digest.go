package feedgen

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"storyfold/story"
)

// Limits of a digest.
const (
	maxDayStories = 200 // that are named
	maxDayFull    = 60  // of these, with what they say
)

// day is what a digest tells of.
type day struct {
	date    date
	stories []dayStory // the heaviest first, at most maxDayStories once sorted
	more    int        // how many others there are
}

// dayStory is a story in a digest, as the last of its revisions until then told it.
type dayStory struct {
	*Shown
	revision *story.Revision
}

// add takes a story in.
func (d *day) add(s dayStory) {
	if d.stories = append(d.stories, s); len(d.stories) > 2*maxDayStories {
		d.sort()
	}
}

// sort orders the stories by independent reports, then by revision, newest first.
func (d *day) sort() {
	slices.SortFunc(d.stories, func(a, b dayStory) int {
		return cmp.Or(cmp.Compare(b.revision.Reports, a.revision.Reports), b.revision.Time.Compare(a.revision.Time), cmp.Compare(a.ID, b.ID))
	})
	n := min(len(d.stories), maxDayStories)
	d.more += len(d.stories) - n
	clear(d.stories[n:])
	d.stories = d.stories[:n]
}

// dueDay names the last digest of f that is served; "" if f is none.
func (v *view) dueDay(f *Feed) string {
	hour, minute, ok := f.Updates.digest()
	if !ok {
		return ""
	}
	return timetable{hour, minute, v.settings.zone}.due(v.now).String()
}

// days selects the entries of a digest feed: one for each day whose time has
// come, with the stories that had a revision since the time of the day before.
func (v *view) days(f *Feed, p part, table timetable) (list []entry, more bool, err error) {
	due, days, scanned := v.dueDay(f), map[date]*day{}, 0
	whole := time.Time{} // nothing is missing in days that begin at this time or later
	for s, err := range v.audible() {
		if err != nil {
			return nil, false, err
		}
		if scanned++; scanned%64 == 0 {
			if whole = s.bound.Add(formerLag); scanned >= maxScan || len(entriesOfDays(f, p, days, table, whole)) > cmp.Or(p.limit, f.Items) {
				break
			}
			whole = time.Time{}
		}
		for d, s := range v.daysOf(f, s, table) {
			if d.String() > due {
				continue
			}
			if days[d] == nil {
				days[d] = &day{date: d}
			}
			days[d].add(s)
		}
	}
	list, more = selectEntries(entriesOfDays(f, p, days, table, whole), f, p, v.now)
	return list, more, nil
}

// daysOf returns in which digests s is, and the stories that became it, each
// with its last revision before. A story is not told of once it became another.
func (v *view) daysOf(f *Feed, s *Shown, table timetable) func(yield func(date, dayStory) bool) {
	type place struct {
		date
		id story.ID
	}
	at := map[place]dayStory{}
	var order []place
	for _, e := range v.issues(f, s) {
		d := place{table.of(e.changed), e.ID}
		if !e.became.IsZero() && !e.became.After(table.at(d.date)) {
			continue
		}
		if _, ok := at[d]; !ok {
			order = append(order, d)
		}
		at[d] = v.keep(e.Shown, *e.revision)
	}
	return func(yield func(date, dayStory) bool) {
		for _, d := range order {
			if !yield(d.date, at[d]) {
				return
			}
		}
	}
}

// keep returns a story for a digest, without the articles that it does not need:
// a digest holds thousands of stories at a time.
func (v *view) keep(s *Shown, r story.Revision) dayStory {
	known := !s.hidden
	for _, list := range [][]story.Quote{r.Told.Summary, r.Told.New, r.Told.Reports} {
		known = known && !slices.ContainsFunc(list, func(q story.Quote) bool { return !v.settings.sources[q.Source] })
	}
	if !known {
		return dayStory{s, &r}
	}
	small := &Shown{Story: story.Story{ID: s.ID, Members: slices.Clone(s.Members[:1]), Brief: story.Brief{Headline: s.Brief.Headline}}, URL: s.URL}
	return dayStory{small, &r}
}

// entriesOfDays returns an entry for each of the days that is after p.before and
// begins at the time whole or later.
func entriesOfDays(f *Feed, p part, days map[date]*day, table timetable, whole time.Time) (list []entry) {
	for d, told := range days {
		at := table.at(d)
		e := entry{day: told, name: "digest/" + f.Name + "/" + d.String(), first: at, changed: at, newest: at}
		if table.at(d.add(-1)).Before(whole) || p.before != (cursor{}) && p.before.compare(e.place()) >= 0 {
			continue
		}
		list = append(list, e)
	}
	return list
}

// digestTemplate is the HTML of a digest.
var digestTemplate = template.Must(template.Must(contentTemplate.Clone()).New("digest").Parse(`
{{- range .Stories}}<h3><a href="{{.Page}}">{{template "said" .Headline}}</a></h3>
{{range .Summary}}<p>{{template "said" .}} <em>({{template "outlet" .}})</em></p>
{{end}}<p>{{.Count}}{{with .Outlets}} {{.}}.{{end}}{{with .Update}} {{.}}{{end}}</p>
{{end}}
{{- with .Brief}}<h3>Also</h3>
<ul>
{{range .}}<li><a href="{{.Page}}">{{template "said" .Headline}}</a></li>
{{end}}{{with $.More}}<li>and {{.}} more</li>
{{end}}</ul>
{{end -}}
`))

// digestData is what digestTemplate shows.
type digestData struct {
	Stories, Brief []digestStory
	More           int
}

type digestStory struct {
	Page     string
	Headline said
	Summary  []said
	Count    string
	Outlets  string
	Update   string
}

// fillDay completes the entry of a digest.
func (v *view) fillDay(f *Feed, e *entry) (err error) {
	e.day.sort()
	data, headlines := digestData{More: e.day.more}, []string{}
	size := 0
	for i, s := range e.day.stories {
		t := v.told(s.Shown, s.revision)
		x := v.newDigestStory(s, t)
		size += len(t.headline) + len(x.Page)
		for _, q := range x.Summary {
			size += len(q.Text) + len(q.URL)
		}
		if size > maxListBytes {
			data.More += len(e.day.stories) - i
			break
		}
		if i < maxDayFull {
			data.Stories = append(data.Stories, x)
		} else {
			data.Brief = append(data.Brief, x)
		}
		headlines = append(headlines, t.headline)
		e.outlets = cleanNames(append(e.outlets, t.outlets...), maxOutlets)
		e.tags = cleanNames(append(e.tags, t.tags...), maxTags)
		e.image = cmp.Or(e.image, t.image)
		if i == 0 {
			e.lang = t.lang
		} else if e.lang != t.lang {
			e.lang = ""
		}
		e.storyfold.Stories = append(e.storyfold.Stories, jsonStory{s.ID, s.URL, s.revision.Number, s.revision.Reports})
	}
	e.storyfold.Day = e.day.date.String()
	e.title = fmt.Sprintf("%s, %s: %s", cleanLine(f.Title, maxTitle/2), e.day.date.Text(), count(len(e.day.stories)+e.day.more, "story", "stories"))
	e.link = v.config.BaseURL + "/#" + e.day.date.String()
	e.summary = cleanLine(strings.Join(headlines, " · "), maxSentence)
	e.content, err = execContent(digestTemplate, e.name, data)
	return err
}

// newDigestStory tells what a digest says of a story.
func (v *view) newDigestStory(s dayStory, t *told) digestStory {
	x := digestStory{
		Page: s.URL, Headline: said{Text: t.headline, Lang: t.lang}, Summary: t.summary[:min(len(t.summary), 2)],
		Count: countsText(s.revision.Reports, len(s.revision.Articles)), Outlets: strings.Join(t.outlets[:min(len(t.outlets), 6)], ", "),
	}
	if s.revision.Number > 1 {
		x.Update = "Update: " + cleanLine(s.revision.Reason, maxTitle) + "."
	}
	return x
}
