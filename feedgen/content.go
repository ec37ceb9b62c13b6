package feedgen

import (
	"cmp"
	"fmt"
	"html/template"
	"mime"
	"slices"
	"strings"
	"time"

	"storyfold/story"
)

// Limits of what an entry says, so that a story of ten thousand copies stays readable.
const (
	maxNew     = 6
	maxOnly    = 6
	maxFolds   = 40 // reports that are listed
	maxCopies  = 8  // copies that are named at one report
	maxOutlets = 30
	maxTags    = 20
	maxMedia   = 10
	maxTerms   = 6

	maxListBytes = 64 << 10 // of texts and addresses; a list ends behind it
)

// contentTemplate is the HTML of an entry: plain enough for a reader that shows
// text alone, and with absolute addresses only.
var contentTemplate = template.Must(template.New("content").Parse(`
{{- define "outlet"}}{{if .URL}}<a href="{{.URL}}">{{.Outlet}}</a>{{else}}{{.Outlet}}{{end}}{{end}}
{{- define "said"}}{{if .Lang}}<span lang="{{.Lang}}" dir="auto">{{.Text}}</span>{{else}}{{.Text}}{{end}}{{end}}
{{- define "time"}}<time datetime="{{.ISO}}">{{.Text}}</time>{{end}}
{{- with .Update}}<p><strong>{{.}}</strong></p>
{{end}}
{{- with .New}}<h3>What is new</h3>
<ul>
{{range .}}<li>{{template "said" .}} <em>({{template "outlet" .}}, {{template "time" .At}})</em></li>
{{end}}</ul>
{{end}}
{{- range .Summary}}<p>{{template "said" .}} <em>({{template "outlet" .}})</em></p>
{{end}}
{{- if .Reports}}<h3>{{.Heading}}</h3>
<ul>
{{range .Reports}}<li>{{if .First.URL}}<a href="{{.First.URL}}">{{template "said" .First}}</a>{{else}}{{template "said" .First}}{{end}} — <em>{{.First.Outlet}}</em>, {{template "time" .First.At}}
{{- with .Credits}}, credits {{.}}{{end}}
{{- with .Count}} · copied by {{.}}{{end}}
{{- if .Copies}}: {{range $i, $c := .Copies}}{{if $i}}, {{end}}{{template "outlet" $c}}{{end}}{{with .More}} and {{.}} more{{end}}{{end}}</li>
{{end}}{{with .MoreReports}}<li>and {{.}} more</li>
{{end}}</ul>
{{end}}
{{- with .Earlier}}<p>Reported before by {{.}}.</p>
{{end}}
{{- with .Only}}<h3>Reported by one alone</h3>
<ul>
{{range .}}<li>Only in {{template "outlet" index . 0}}:{{range .}} {{template "said" .}}{{end}}</li>
{{end}}</ul>
{{end -}}
<p>{{.Count}}{{with .Terms}} Grouped because they share: {{.}}.{{end}} <a href="{{.Page}}">{{.More}}</a>{{with .Mute}} · <a href="{{.}}">Mute for a week</a>{{end}}{{with .Correct}} · <a href="{{.}}">Leave an article out</a>{{end}}</p>
`))

// contentData is what contentTemplate shows. Its strings are clean.
type contentData struct {
	Mute         string // address of the page that asks whether to mute; "": none
	Correct      string // of the page that asks which article to leave out; "": none
	Update       string // of an entry about one revision: what came
	New, Summary []said
	Only         [][]said // by article
	Heading      string
	Reports      []contentReport
	MoreReports  int
	Earlier      string // who reported before these
	Count, Terms string
	Page, More   string
}

// said is a text of an article, and where it stands.
type said struct {
	Text, Lang  string
	Outlet, URL string
	At          instant
}

// contentReport is a family: the first report, and who copied it.
type contentReport struct {
	First   said
	Credits string
	Count   int    // of copies
	Copies  []said // at most maxCopies of them
	More    int    // how many are not named
}

// instant is a time for machines and for people.
type instant struct{ ISO, Text string }

// content returns the HTML of e.
func (v *view) content(e *entry) (string, error) {
	data := contentData{
		New: v.newSince(e.Shown, e.first), Page: e.URL,
		Summary: v.quote(e.Shown, e.Brief.Summary, 3), Only: v.only(e.Shown),
		Mute: e.mute, Correct: e.correct,
		Heading: "Reports", Count: countText(e.Shown), Terms: sharedTerms(e.Shown),
		More: "The whole story: timeline, copies, why grouped",
	}
	if len(e.Members) == 1 {
		data.Heading, data.More = "Report", "This story's page"
	}
	data.sayOnce()
	families, size := folds(e.Members), 0
	for _, f := range families[:min(len(families), maxFolds)] {
		if size > maxListBytes {
			break
		}
		r := contentReport{First: v.saidBy(&f.First, titleOf(&f.First, maxTitle)), Count: len(f.Copies)}
		for i := range f.Copies[:min(len(f.Copies), maxCopies)] {
			r.Copies = append(r.Copies, v.saidBy(&f.Copies[i], ""))
		}
		r.More = r.Count - len(r.Copies)
		for _, x := range append(r.Copies, r.First) {
			size += len(x.Text) + len(x.Outlet) + len(x.URL)
		}
		r.Credits = cleanLine(strings.Join(creditsOf(f), ", "), maxName)
		data.Reports = append(data.Reports, r)
	}
	data.MoreReports = len(families) - len(data.Reports)
	return execContent(contentTemplate, e.name, data)
}

// creditsOf returns up to three of those whom the report f credits, in whichever copy.
func creditsOf(f fold) []string {
	credits := slices.Clone(f.First.Credits)
	for i := range f.Copies {
		for _, credit := range f.Copies[i].Credits {
			if !slices.Contains(credits, credit) {
				credits = append(credits, credit)
			}
		}
	}
	return credits[:min(len(credits), 3)]
}

// execContent returns the HTML of the entry with this name.
func execContent(t *template.Template, name string, data any) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return "", fmt.Errorf("content of entry %s: %w", name, err)
	}
	return b.String(), nil
}

// sayOnce leaves out of the summary what is said to be new, and out of what one
// article alone reports what either says: the reader has half a minute.
func (d *contentData) sayOnce() {
	texts := map[string]bool{}
	again := func(q said) bool { return texts[q.Text] }
	note := func(list []said) {
		for _, q := range list {
			texts[q.Text] = true
		}
	}
	note(d.New)
	d.Summary = slices.DeleteFunc(d.Summary, again)
	note(d.Summary)
	for i := range d.Only {
		d.Only[i] = slices.DeleteFunc(d.Only[i], again)
	}
	d.Only = slices.DeleteFunc(d.Only, func(list []said) bool { return len(list) == 0 })
}

// saidBy returns text as something that m says.
func (v *view) saidBy(m *story.Member, text string) said {
	return said{Text: text, Lang: cleanLang(m.Lang), Outlet: outletName(m), URL: cleanURL(m.URL), At: v.instant(m.Time)}
}

// instant writes t for people in the time zone of the config, and never as a distance from now.
func (v *view) instant(t time.Time) instant {
	return instant{formatTime(t), t.In(v.settings.zone).Format("2 Jan 2006, 15:04 MST")}
}

// quote returns the first sentences of list whose articles are in s.
func (v *view) quote(s *Shown, list []story.Sentence, limit int) []said {
	var quotes []said
	for _, x := range list {
		m := s.Member(x.Article)
		text := cleanLine(x.Text, maxSentence)
		if m == nil || text == "" {
			continue
		}
		if quotes = append(quotes, v.saidBy(m, text)); len(quotes) == limit {
			break
		}
	}
	return quotes
}

// only returns what one article alone says, article by article in the order of the brief.
func (v *view) only(s *Shown) [][]said {
	var list [][]said
	at := map[uint64]int{}
	for _, x := range s.Brief.Only[:min(len(s.Brief.Only), maxOnly)] {
		q := v.quote(s, []story.Sentence{x}, 1)
		if len(q) == 0 {
			continue
		}
		i, ok := at[x.Article]
		if !ok {
			i = len(list)
			at[x.Article] = i
			list = append(list, nil)
		}
		list[i] = append(list[i], q[0])
	}
	return list
}

// newSince returns what articles that came after t said first, the latest of them on top.
func (v *view) newSince(s *Shown, t time.Time) []said {
	if len(s.Brief.New) == 0 {
		return nil
	}
	arrivals := s.arrivals()
	fresh := slices.Clone(s.Brief.New)
	fresh = slices.DeleteFunc(fresh, func(x story.Sentence) bool { return !arrivals[x.Article].After(t) })
	slices.SortStableFunc(fresh, func(a, b story.Sentence) int {
		return cmp.Or(arrivals[b.Article].Compare(arrivals[a.Article]), cmp.Compare(b.Article, a.Article))
	})
	return v.quote(s, fresh, maxNew)
}

// countText says how many reports there are in how many articles.
func countText(s *Shown) string { return countsText(s.Reports, len(s.Members)) }

func countsText(reports, articles int) string {
	switch {
	case articles == 1:
		return "One article so far."
	case reports == 1:
		return fmt.Sprintf("1 report in %d articles.", articles)
	}
	return fmt.Sprintf("%d independent reports in %d articles.", reports, articles)
}

// sharedTerms lists the words that carried the grouping, the heaviest first, as
// the articles write them.
func sharedTerms(s *Shown) string {
	if len(s.Members) < 2 {
		return ""
	}
	weight := map[string]float64{}
	var terms []string
	for i := range s.Members {
		for _, t := range s.Members[i].Why.Terms {
			fold := strings.ToLower(t.Text)
			if _, ok := weight[fold]; !ok {
				terms = append(terms, t.Text)
			}
			weight[fold] += t.Weight
		}
	}
	slices.SortFunc(terms, func(a, b string) int {
		return cmp.Or(cmp.Compare(weight[strings.ToLower(b)], weight[strings.ToLower(a)]), cmp.Compare(a, b))
	})
	var words []string
	for _, t := range terms {
		word := cleanLine(t, 60)
		if word != "" && len(words) < maxTerms && !slices.ContainsFunc(words, func(w string) bool { return oneWord(w, word) }) {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// maxEnding is how many bytes longer a form of a word may be than another one.
const maxEnding = 3

// oneWord reports whether a and b look like forms of one word: "cable" and "Cables".
func oneWord(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	return strings.HasPrefix(b, a) && len(b) <= len(a)+maxEnding
}

// headline returns the title of an entry; never "".
func headline(s *Shown) string {
	return cmp.Or(cleanLine(s.Brief.Headline, maxTitle), cleanLine(s.representative().Title, maxTitle), "(untitled)")
}

// titleOf returns the title of an article, at most limit runes of it; never "".
func titleOf(m *story.Member, limit int) string {
	return cmp.Or(cleanLine(m.Title, limit), "(untitled)")
}

// outletName returns who published m; never "".
func outletName(m *story.Member) string {
	return cmp.Or(cleanLine(m.Outlet, maxName), cleanLine(m.Source, maxName), "unknown outlet")
}

// plainSummary returns the summary as text, each sentence with its outlet; where
// there is none, it tells who reports. It is never "".
func plainSummary(s *Shown) string {
	var quotes []said
	for _, x := range s.Brief.Summary {
		text := cleanLine(x.Text, maxSentence)
		if m := s.Member(x.Article); m != nil && text != "" && len(quotes) < 3 {
			quotes = append(quotes, said{Text: text, Outlet: outletName(m)})
		}
	}
	return joinSummary(quotes, outlets(s))
}

// joinSummary returns quotes as text; names are who reports.
func joinSummary(quotes []said, names []string) string {
	var parts []string
	for _, q := range quotes {
		parts = append(parts, q.Text+" ("+q.Outlet+")")
	}
	if len(parts) > 0 {
		return strings.Join(parts, " ")
	}
	text := "Reported by " + strings.Join(names[:min(len(names), 5)], ", ")
	if more := len(names) - 5; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + "."
}

// outlets returns the names of those who report, in the order in which their
// articles were committed.
func outlets(s *Shown) []string {
	return distinct(s, maxOutlets, func(m *story.Member) []string { return []string{outletName(m)} })
}

// categories returns those of the articles, without regard to case.
func categories(s *Shown) []string {
	return distinct(s, maxTags, func(m *story.Member) []string {
		list := make([]string, 0, len(m.Categories))
		for _, c := range m.Categories[:min(len(m.Categories), maxTags)] {
			list = append(list, cleanLine(c, maxName))
		}
		return list
	})
}

// distinct collects what of gives for the members of s: the first limit
// different strings, none of them "". It is never nil.
func distinct(s *Shown, limit int, of func(*story.Member) []string) []string {
	list, seen := []string{}, map[string]bool{"": true}
	for i := range s.Members {
		for _, text := range of(&s.Members[i]) {
			if fold := strings.ToLower(text); !seen[fold] && len(list) < limit {
				seen[fold] = true
				list = append(list, text)
			}
		}
	}
	return list
}

// fromRepresentative returns the first result of of that is not "": of the
// representative, else of the other members in order.
func fromRepresentative(s *Shown, of func(*story.Member) string) string {
	if text := of(s.representative()); text != "" {
		return text
	}
	for i := range s.Members {
		if text := of(&s.Members[i]); text != "" {
			return text
		}
	}
	return ""
}

// relatedURL returns the address of the article that stands for all, or of the
// first one that has an address; "" if none has.
func relatedURL(s *Shown) string {
	return fromRepresentative(s, func(m *story.Member) string { return cleanURL(m.URL) })
}

func imageOf(s *Shown) string {
	return fromRepresentative(s, func(m *story.Member) string { return cleanURL(m.Image) })
}

// enclosures returns the media of the articles, the representative's first.
func enclosures(s *Shown) []media {
	list := cleanMedia(nil, s.representative().Enclosures)
	for i := range s.Members {
		list = cleanMedia(list, s.Members[i].Enclosures)
	}
	return list
}

// cleanMedia adds to list what of found can be linked and is not there, until it
// has maxMedia.
func cleanMedia(list []media, found []story.Enclosure) []media {
	for _, x := range found {
		address := cleanURL(x.URL)
		if address == "" || len(list) == maxMedia || slices.ContainsFunc(list, func(m media) bool { return m.url == address }) {
			continue
		}
		kind, _, err := mime.ParseMediaType(x.Type)
		if err != nil || !strings.Contains(kind, "/") {
			kind = "application/octet-stream"
		}
		list = append(list, media{address, kind, max(x.Length, 0)})
	}
	return list
}
