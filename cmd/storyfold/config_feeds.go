package main

import (
	"fmt"
	"regexp"
	"slices"

	"storyfold/cmd/internal/daemon"
	"storyfold/feedgen"
)

// mainFeed is the name of the output feed that always exists.
const mainFeed = "stories"

// Bounds and defaults of a [[feed]].
const (
	defaultItems = 50
	maxItems     = 500
	maxReports   = 1000
	maxMatches   = 1000 // words and regexps in one list
)

// feeds checks every [[feed]], and adds the main one if it is not among them.
func (c *checker) feeds(cfg *config, doc *document) {
	var names []string
	for _, s := range cfg.Sources {
		names = append(names, s.Name)
	}
	first := map[string]int{}
	for i := range doc.Feed {
		at := fmt.Sprintf("feed[%d]", i)
		f := c.feed(at, &doc.Feed[i], names)
		if j, ok := first[f.Name]; ok && f.Name != "" {
			c.wrong(at+".name", "a feed named %q is there already, in line %d", f.Name, c.places.find(fmt.Sprintf("feed[%d].name", j)).line)
		} else {
			first[f.Name] = i
		}
		if f.Name == mainFeed {
			cfg.Feeds = slices.Insert(cfg.Feeds, 0, f)
		} else {
			cfg.Feeds = append(cfg.Feeds, f)
		}
	}
	if _, ok := first[mainFeed]; !ok {
		cfg.Feeds = slices.Insert(cfg.Feeds, 0, feedgen.Feed{
			Name: mainFeed, Title: "Stories", MinReports: 1, Items: defaultItems, Updates: feedgen.Bump, Link: feedgen.LinkAuto,
		})
	}
}

var feedName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// feed checks the [[feed]] at path at.
func (c *checker) feed(at string, t *feedTable, sources []string) feedgen.Feed {
	f := feedgen.Feed{
		Name: t.Name, Title: c.line(at+".title", t.Title, 200), Categories: t.Categories, Sources: t.Sources,
		Updates: c.updates(at+".updates", t.Updates), Link: c.link(at+".link", t.Link),
		MinReports: 1, Items: defaultItems, Key: c.line(at+".key", t.Key, 200),
		Include: c.matches(at+".include", t.Include), Exclude: c.matches(at+".exclude", t.Exclude),
	}
	if !feedName.MatchString(t.Name) || len(t.Name) > 64 {
		c.wrong(at+".name", "a feed needs a name of lower-case letters, digits and single hyphens, at most 64; %q is none", t.Name)
	}
	if f.Title == "" && t.Name == mainFeed {
		f.Title = "Stories"
	}
	if c.given(at + ".min_reports") {
		f.MinReports = c.number(at+".min_reports", t.MinReports, 1, maxReports)
	}
	if c.given(at + ".items") {
		f.Items = c.number(at+".items", t.Items, 1, maxItems)
	}
	c.leads(at, &f)
	for i, name := range t.Sources {
		if slices.Contains(sources, name) || name == daemon.IngestSource {
			continue
		}
		text := fmt.Sprintf("there is no source named %q", name)
		if near := nearest(name, sources); near != "" {
			text += fmt.Sprintf("; did you mean %q?", near)
		}
		c.wrong(fmt.Sprintf("%s.sources[%d]", at, i), "%s", text)
	}
	for i, lang := range t.Languages {
		f.Languages = append(f.Languages, c.language(fmt.Sprintf("%s.languages[%d]", at, i), lang))
	}
	return f
}

// updates checks what a feed does when a story goes on.
func (c *checker) updates(path, text string) feedgen.Updates {
	if text == "" && !c.given(path) {
		return feedgen.Bump
	}
	u, err := feedgen.ParseUpdates(text)
	if err != nil {
		c.wrong(path, "%v", err)
		return feedgen.Bump
	}
	return u
}

// leads checks that the entries of a feed can lead where link says.
func (c *checker) leads(at string, f *feedgen.Feed) {
	if f.Link == feedgen.LinkArticle && f.Updates != feedgen.Silent && f.Updates != feedgen.Bump {
		c.wrong(at+".link", `link = "article" does not go with updates = %q, whose entries tell of stories as they were and lead to their pages`, f.Updates)
	}
}

// link checks where the entries of a feed lead.
func (c *checker) link(path, text string) feedgen.Link {
	switch l := feedgen.Link(text); {
	case text == "" && !c.given(path):
		return feedgen.LinkAuto
	case l == feedgen.LinkStory, l == feedgen.LinkArticle, l == feedgen.LinkAuto:
		return l
	}
	c.wrong(path, `link must be "story", "article" or "auto", not %q`, text)
	return feedgen.LinkAuto
}

// matches reads a list of words and regexps.
func (c *checker) matches(path string, texts []string) []feedgen.Match {
	if len(texts) > maxMatches {
		c.wrong(path, "%s has %d entries; at most %d are allowed", last(path), len(texts), maxMatches)
		return nil
	}
	var all []feedgen.Match
	for i, text := range texts {
		m, err := parseMatch(text)
		if err != nil {
			c.wrong(fmt.Sprintf("%s[%d]", path, i), "%s: %v", last(path), err)
			continue
		}
		all = append(all, m)
	}
	return all
}
