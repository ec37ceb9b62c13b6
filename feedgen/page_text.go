package feedgen

import (
	"strconv"
	"strings"
	"time"

	"storyfold/story"
)

// prose is text from a source, with the language that it is declared to be in.
type prose struct {
	Text string
	Lang string // "" if none is known
}

// newProse makes s fit for a page: one line, without control characters and
// without those that turn the direction of the text around them, and at most
// maxRunes long, cut at a word where there is one.
func newProse(s, lang string, maxRunes int) prose {
	return prose{Text: cleanLine(s, maxRunes), Lang: cleanLang(lang)}
}

// stamp is a time as a page shows it.
type stamp struct {
	ISO  string // for machines; "" for no time
	Text string // for people: "21 Nov, 14:05"
}

// newStamp shows t in zone, with the year where it is not the year of ref.
func newStamp(t time.Time, zone *time.Location, ref time.Time) stamp {
	if t.IsZero() {
		return stamp{}
	}
	local := t.In(zone)
	layout := "2 Jan, 15:04"
	if local.Year() != ref.In(zone).Year() {
		layout = "2 Jan 2006, 15:04"
	}
	return stamp{ISO: t.UTC().Format("2006-01-02T15:04:05Z"), Text: local.Format(layout)}
}

// zoneName returns the name that zone had at the time of ref.
func zoneName(zone *time.Location, ref time.Time) string {
	name, _ := ref.In(zone).Zone()
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}

// count returns "1 article", "2 articles".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// list joins words for people: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// languageName names a language in itself, as someone looks for it; the code
// where the name is not known.
func languageName(code string) string {
	if name, ok := languageNames[code]; ok {
		return name
	}
	return code
}

var languageNames = map[string]string{
	"ar": "العربية", "bg": "Български", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
	"el": "Ελληνικά", "en": "English", "es": "Español", "et": "Eesti", "eu": "Euskara", "fa": "فارسی",
	"fi": "Suomi", "fr": "Français", "he": "עברית", "hi": "हिन्दी", "hr": "Hrvatski", "hu": "Magyar",
	"id": "Indonesia", "it": "Italiano", "ja": "日本語", "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu",
	"nl": "Nederlands", "no": "Norsk", "pl": "Polski", "pt": "Português", "ro": "Română", "ru": "Русский",
	"sk": "Slovenčina", "sl": "Slovenščina", "sr": "Српски", "sv": "Svenska", "th": "ไทย", "tr": "Türkçe",
	"uk": "Українська", "vi": "Tiếng Việt", "zh": "中文",
}

const (
	maxHeadline = 240 // runes of a headline on a page
	maxQuote    = 420 // runes of a sentence
	maxOutlet   = 48  // runes of an outlet's or a source's name
)

// headlineOf returns the story's headline, or what comes nearest to one.
func headlineOf(s *story.Story, maxRunes int) prose {
	lang, title := s.Lang, s.Brief.Headline
	if m := s.Member(s.Brief.HeadlineOf); m != nil && m.Lang != "" {
		lang = m.Lang
	}
	p := newProse(title, lang, maxRunes)
	for i := 0; p.Text == "" && i < len(s.Members); i++ {
		p = newProse(s.Members[i].Title, s.Members[i].Lang, maxRunes)
	}
	if p.Text == "" {
		return prose{Text: "Without a headline", Lang: "en"}
	}
	return p
}

// outletOf returns who published m.
func outletOf(m *story.Member) string {
	if name := cleanLine(m.Outlet, maxOutlet); name != "" {
		return name
	}
	return cleanLine(m.Source, maxOutlet)
}

// quote is a sentence and who said it.
type quote struct {
	prose
	Outlet string
	Anchor string // of the article on the story's page
	Time   stamp
}

// quotesOf returns at most limit of the sentences, each with its outlet. Those
// of articles that are not shown are left out.
func quotesOf(s *story.Story, sentences []story.Sentence, limit, maxRunes int, at func(time.Time) stamp) []quote {
	var quotes []quote
	for _, sentence := range sentences {
		m := s.Member(sentence.Article)
		if m == nil || len(quotes) == limit {
			continue
		}
		p := newProse(sentence.Text, m.Lang, maxRunes)
		if p.Text != "" {
			quotes = append(quotes, quote{p, outletOf(m), anchorOf(m), at(m.Time)})
		}
	}
	return quotes
}

// anchorOf returns the id of m's line on the story's page.
func anchorOf(m *story.Member) string { return "a" + strconv.FormatUint(m.Seq, 10) }

// report is one independent report of a story: the articles that are tied by
// a family or by an outlet.
type report struct {
	Lead *story.Member   // the earliest
	Rest []*story.Member // by time
}

// reportsOf returns the independent reports of members, earliest first; there
// are story.Independent(members) of them.
func reportsOf(members []story.Member) []report {
	parent := make([]int, len(members))
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	family, outlet := map[int]int{}, map[string]int{}
	for i := range members {
		parent[i] = i
		m := &members[i]
		if j, ok := family[m.Family]; ok && m.Family != 0 {
			parent[find(i)] = find(j)
		} else {
			family[m.Family] = i
		}
		if j, ok := outlet[m.Outlet]; ok {
			parent[find(i)] = find(j)
		} else {
			outlet[m.Outlet] = i
		}
	}
	byTime := timeOrder(members)
	var reports []report
	place := map[int]int{} // root → index in reports
	for _, i := range byTime {
		root := find(i)
		at, ok := place[root]
		if !ok {
			place[root] = len(reports)
			reports = append(reports, report{Lead: &members[i]})
			continue
		}
		reports[at].Rest = append(reports[at].Rest, &members[i])
	}
	return reports
}
