package fetcher

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"storyfold/story"
)

// piece is one article as a file tells it, before its source adds what it knows.
type piece struct {
	ID, Title, Outlet, URL, Lang, Image string
	Published                           time.Time
	Authors, Categories                 []string
	Text                                string // paragraphs, separated by "\n\n"
	Credits                             []string
}

// article returns p as an article of src, with this identity.
func (p *piece) article(src story.Source, identity string) story.Article {
	a := story.Article{
		Source:    src.Name,
		Identity:  identity,
		Outlet:    cleanLine(p.Outlet, maxName),
		URL:       webAddress(p.URL),
		Title:     cleanTitle(p.Title),
		Text:      cutBytes(p.Text, maxText),
		Lang:      baseLang(p.Lang),
		Published: saneTime(p.Published),
		Image:     webAddress(p.Image),
		Authors:   names(p.Authors, maxAuthors),
		Credits:   p.Credits,
	}
	if a.Outlet == "" {
		a.Outlet = src.Name
	}
	if a.Lang == "" {
		a.Lang = baseLang(src.Lang)
	}
	a.Categories = names(append([]string{src.Category}, p.Categories...), maxCategories)
	if a.Title == "" {
		a.Title = leadTitle(a.Text)
	}
	return a
}

// webAddress returns s if it is an absolute http or https address, else "".
func webAddress(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxURL {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// saneTime returns t, or zero if no article can be from then.
func saneTime(t time.Time) time.Time {
	if y := t.Year(); y < 1900 || y > 2100 {
		return time.Time{}
	}
	return t.UTC()
}

// timeForms are the ways in which files write a time, beside those of feeds and
// those that name the month.
var timeForms = []string{
	"2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05 MST", "2006/01/02 15:04", "2006/01/02",
	time.RFC850, time.ANSIC, time.UnixDate, time.RubyDate, "2.1.2006 15:04:05", "2.1.2006 15:04", "2.1.2006",
}

// wordForms are those that remain when every month is its English abbreviation
// and punctuation is gone.
var wordForms = []string{
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04", "2 Jan 2006",
	"Jan 2 2006 15:04:05", "Jan 2 2006 15:04", "Jan 2 2006 3:04 PM", "Jan 2 2006 3:04PM", "Jan 2 2006",
	"2 Jan 2006 3:04 PM", "Mon 2 Jan 2006 15:04", "Mon 2 Jan 2006", "Mon Jan 2 2006",
}

// documentTime reads a time as people and programs write it, in English,
// German, French, Spanish, Italian or Portuguese where it names the month; seconds
// or milliseconds since 1970 too. Without a zone it is UTC. It is zero if s is no time.
func documentTime(s string) time.Time {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) < 6 || len(s) > 60 {
		return time.Time{}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return epoch(n)
	}
	if t := parseDate(s); !t.IsZero() {
		return saneTime(t)
	}
	plain := plainDate(s)
	for _, try := range []struct {
		text  string
		forms []string
	}{{s, timeForms}, {plain, timeForms}, {plain, wordForms}} {
		for _, form := range try.forms {
			if t, err := time.Parse(form, try.text); err == nil {
				return saneTime(t)
			}
		}
	}
	return time.Time{}
}

// epoch returns the time n seconds, or milliseconds if that many, after 1970.
// Numbers too small to be meant so give zero.
func epoch(n float64) time.Time {
	switch {
	case n >= 1e8 && n < 5e9:
		return saneTime(time.Unix(int64(n), 0))
	case n >= 1e11 && n < 5e12:
		return saneTime(time.UnixMilli(int64(n)))
	}
	return time.Time{}
}

// monthNames gives the English abbreviation for the first letters of a month's name.
var monthNames = []struct{ begin, month string }{
	{"janu", "Jan"}, {"jän", "Jan"}, {"janv", "Jan"}, {"jan", "Jan"}, {"ene", "Jan"}, {"genn", "Jan"},
	{"feb", "Feb"}, {"fév", "Feb"}, {"fev", "Feb"},
	{"mär", "Mar"}, {"mae", "Mar"}, {"mar", "Mar"},
	{"apr", "Apr"}, {"avr", "Apr"}, {"abr", "Apr"},
	{"mai", "May"}, {"may", "May"}, {"mag", "May"},
	{"juin", "Jun"}, {"jun", "Jun"}, {"giu", "Jun"},
	{"juil", "Jul"}, {"jul", "Jul"}, {"lug", "Jul"},
	{"aug", "Aug"}, {"aoû", "Aug"}, {"ago", "Aug"},
	{"sep", "Sep"}, {"set", "Sep"},
	{"oct", "Oct"}, {"okt", "Oct"}, {"ott", "Oct"}, {"out", "Oct"},
	{"nov", "Nov"}, {"dec", "Dec"}, {"déc", "Dec"}, {"dez", "Dec"}, {"dic", "Dec"},
}

// plainDate writes the date s with English months and without commas, "de", "at", "Uhr".
func plainDate(s string) string {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '|' || r == '·' }) {
		bare := strings.TrimRight(strings.ToLower(w), ".")
		switch bare {
		case "de", "del", "di", "at", "um", "à", "a", "alle", "uhr", "of", "h", "the", "am", "le":
			if w == "AM" || w == "am" && len(out) > 0 && strings.Contains(out[len(out)-1], ":") {
				out = append(out, "AM")
			}
			continue
		case "pm":
			out = append(out, "PM")
			continue
		}
		if m := monthOf(bare); m != "" {
			out = append(out, m)
			continue
		}
		if d := strings.TrimRight(bare, "stndrhoº"); d != "" && len(d) <= 2 && isDigits(d) {
			bare = d
		} else {
			bare = strings.TrimRight(w, ".")
		}
		out = append(out, bare)
	}
	return strings.Join(out, " ")
}

// monthOf returns the English abbreviation of the month that w names, or "".
func monthOf(w string) string {
	if len(w) < 3 || len(w) > 11 || w[0] >= '0' && w[0] <= '9' {
		return ""
	}
	for _, m := range monthNames {
		if strings.HasPrefix(w, m.begin) && plausibleMonth(w) {
			return m.month
		}
	}
	return ""
}

// plausibleMonth keeps words such as "Marburg" and "Sepsis" from being months.
func plausibleMonth(w string) bool {
	switch {
	case len(w) <= 4:
		return true
	case strings.HasSuffix(w, "er"), strings.HasSuffix(w, "re"), strings.HasSuffix(w, "ro"), strings.HasSuffix(w, "bre"),
		strings.HasSuffix(w, "ry"), strings.HasSuffix(w, "ar"), strings.HasSuffix(w, "io"), strings.HasSuffix(w, "zo"),
		strings.HasSuffix(w, "ço"):
		return true
	}
	switch w {
	case "march", "april", "avril", "abril", "aprile", "maggio", "juillet", "juli", "junho", "julho", "agosto", "august",
		"août", "lug", "janv", "févr", "märz", "jänner", "sept", "juin", "giugno", "luglio", "marzo", "enero":
		return true
	}
	return false
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
