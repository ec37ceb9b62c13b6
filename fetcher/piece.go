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
		Authors:   names(maxAuthors, p.Authors),
		Credits:   p.Credits,
	}
	if a.Outlet == "" {
		a.Outlet = src.Name
	}
	if a.Lang == "" {
		a.Lang = baseLang(src.Lang)
	}
	a.Categories = names(maxCategories, []string{src.Category}, p.Categories)
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

// documentTime reads a time as people and programs write it: what parseDate reads,
// and other numbers of seconds or milliseconds since 1970. It is zero if s is no time.
func documentTime(s string) time.Time {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) < 6 || len(s) > 60 {
		return time.Time{}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return epoch(n)
	}
	return saneTime(parseDate(s))
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

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
