package feedgen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"storyfold/story"
)

// issues returns an entry for each revision that f shows of s, and of the
// stories that became it. Such an entry is made of what the revision told, and
// stays as it is.
func (v *view) issues(f *Feed, s *Shown) []entry {
	list := issuesOf(f, s)
	for _, former := range s.Formers {
		if old := v.show(former.Story); old != nil {
			old.became = former.Time
			list = append(list, issuesOf(f, old)...)
		}
	}
	return list
}

// issuesOf returns an entry for each revision of s that was current at a time
// when f showed the story: the one with which f began, and all that followed.
func issuesOf(f *Feed, s *Shown) (list []entry) {
	first, ok := f.firstShown(s)
	if !ok {
		return nil
	}
	for i := range s.Revisions {
		r := &s.Revisions[i]
		if r.Told == nil || i+1 < len(s.Revisions) && !s.Revisions[i+1].Time.After(first) {
			continue
		}
		e := entry{Shown: s, revision: r, name: fmt.Sprintf("%s/r%d", s.ID, r.Number), first: latest(first, r.Time)}
		e.changed = e.first
		for _, q := range r.Told.Reports {
			e.newest = latest(e.newest, q.Time)
		}
		list = append(list, e)
	}
	return list
}

// told is what a revision told, as far as a reader may see it. Its strings are clean.
type told struct {
	headline     string
	summary, new []said
	reports      []contentReport
	articles     []apiArticle // those of reports
	outlets      []string
	tags         []string
	lang         string
	related      string
	image        string
	media        []media
}

// told returns what r, a revision of s, told.
func (v *view) told(s *Shown, r *story.Revision) *told {
	t := r.Told
	x := &told{
		lang: cleanLang(t.Lang), summary: v.quotesOf(s, t.Summary), new: v.quotesOf(s, t.New),
		tags: cleanNames(t.Categories, maxTags), outlets: cleanNames(t.Outlets, maxOutlets),
		related: cleanURL(t.URL), image: cleanURL(t.Image), media: cleanMedia(nil, t.Enclosures),
	}
	for i := range t.Reports {
		q := &t.Reports[i]
		if !v.sees(s, q) {
			continue
		}
		by := v.saidIn(q)
		by.Text = cmp.Or(by.Text, "(untitled)")
		x.reports = append(x.reports, contentReport{First: by, Count: q.Copies})
		x.articles = append(x.articles, apiArticle{
			ID: q.ID, Title: by.Text, URL: by.URL, Source: cleanLine(q.Source, maxName), Outlet: by.Outlet,
			Published: formatTime(q.Time), Family: q.Family,
		})
	}
	if s.hidden { // it is not known which of the names and pictures came from articles that are not shown
		x.tags, x.outlets, x.image, x.media, x.related = nil, nil, "", nil, ""
		for i := range x.reports {
			x.outlets = cleanNames(append(x.outlets, x.reports[i].First.Outlet), maxOutlets)
			x.related = cmp.Or(x.related, x.reports[i].First.URL)
		}
	}
	if len(x.outlets) == 0 { // Atom wants an author
		x.outlets = []string{"unknown outlet"}
	}
	x.headline = cleanLine(r.Headline, maxTitle)
	if x.headline == "" && len(x.reports) > 0 {
		x.headline = x.reports[0].First.Text
	}
	x.headline = cmp.Or(x.headline, headline(s))
	return x
}

// sees reports whether a reader may see what q quotes: a configured source
// brings the article.
func (v *view) sees(s *Shown, q *story.Quote) bool {
	return v.settings.sources[q.Source] || s.Member(q.Article) != nil
}

func (v *view) quotesOf(s *Shown, list []story.Quote) (quotes []said) {
	for i := range list {
		if q := v.saidIn(&list[i]); q.Text != "" && v.sees(s, &list[i]) {
			quotes = append(quotes, q)
		}
	}
	return quotes
}

func (v *view) saidIn(q *story.Quote) said {
	return said{
		Text: cleanLine(q.Text, maxSentence), Lang: cleanLang(q.Lang), URL: cleanURL(q.URL), At: v.instant(q.Time),
		Outlet: cmp.Or(cleanLine(q.Outlet, maxName), cleanLine(q.Source, maxName), "unknown outlet"),
	}
}

// cleanNames returns the first limit different names of list, none of them "".
// It is never nil.
func cleanNames(list []string, limit int) []string {
	names, seen := []string{}, map[string]bool{"": true}
	for _, name := range list {
		name = cleanLine(name, maxName)
		if fold := strings.ToLower(name); !seen[fold] && len(names) < limit {
			seen[fold] = true
			names = append(names, name)
		}
	}
	return names
}

// fillIssue completes an entry about one revision.
func (v *view) fillIssue(e *entry) (err error) {
	r, t := e.revision, v.told(e.Shown, e.revision)
	e.title, e.link, e.related, e.lang = t.headline, e.URL, t.related, t.lang
	e.outlets, e.tags, e.image, e.media = t.outlets, t.tags, t.image, t.media
	e.summary = joinSummary(t.summary, t.outlets)
	e.storyfold = jsonExtension{
		Story: e.ID, URL: e.URL, Revision: r.Number, Reports: r.Reports, Count: len(r.Articles), Articles: t.articles,
	}
	data := contentData{
		New: t.new, Summary: t.summary, Heading: "New reports", Reports: t.reports,
		Count: countsText(r.Reports, len(r.Articles)), Page: e.URL, More: "The whole story as it is now",
	}
	if r.Number == 1 {
		data.Heading = "Reports"
	} else {
		e.title = fmt.Sprintf("%s (update %d)", t.headline, r.Number-1)
		data.Update = "Update: " + cleanLine(r.Reason, maxTitle) + "."
		data.Earlier = strings.Join(earlierOutlets(t), ", ")
	}
	data.sayOnce()
	e.content, err = execContent(contentTemplate, e.name, data)
	return err
}

// earlierOutlets returns those who reported, but for those of the new reports.
func earlierOutlets(t *told) []string {
	return slices.DeleteFunc(slices.Clone(t.outlets), func(name string) bool {
		return slices.ContainsFunc(t.reports, func(r contentReport) bool { return strings.EqualFold(r.First.Outlet, name) })
	})
}

// tombstone says that an entry is no more: its story became another one.
type tombstone struct {
	id   string // urn:uuid:
	when time.Time
}

// maxTombstones is how many of them a feed names, the newest.
const maxTombstones = 100

// tombstones returns the entries that f had of stories that became those in entries.
func (v *view) tombstones(f *Feed, entries []entry) (list []tombstone) {
	for i := range entries {
		for _, former := range entries[i].Formers {
			old := v.show(former.Story)
			if old != nil {
				if _, had := f.firstShown(old); !had {
					continue
				}
			}
			list = append(list, tombstone{v.urn(string(former.Story.ID)), former.Time})
		}
	}
	slices.SortFunc(list, func(a, b tombstone) int { return cmp.Or(b.when.Compare(a.when), cmp.Compare(a.id, b.id)) })
	return list[:min(len(list), maxTombstones)]
}
