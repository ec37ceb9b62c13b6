package main

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/net/http/httpguts"
	"golang.org/x/text/language"

	"storyfold/cmd/internal/daemon"
	"storyfold/story"
)

// sources checks every [[source]].
func (c *checker) sources(cfg *config, doc *document) {
	names, addresses := map[string]int{}, map[string]string{}
	for i := range doc.Source {
		at := fmt.Sprintf("source[%d]", i)
		s := c.source(at, &doc.Source[i])
		if first, ok := names[s.Name]; ok && s.Name != "" {
			c.wrong(at+".name", "a source named %q is there already, in line %d", s.Name, c.places.find(fmt.Sprintf("source[%d].name", first)).line)
		} else {
			names[s.Name] = i
		}
		if other, ok := addresses[s.Address()]; ok && s.Address() != "" {
			c.wrong(c.addressKey(at), "the source %q reads the same address already", other)
		} else {
			addresses[s.Address()] = s.Name
		}
		cfg.Sources = append(cfg.Sources, s)
	}
}

// addressKey returns the path of the key that holds the address of the source at path.
func (c *checker) addressKey(at string) string {
	if c.given(at + ".feed") {
		return at + ".feed"
	}
	return at + ".files"
}

// source checks the [[source]] at path at.
func (c *checker) source(at string, t *sourceTable) story.Source {
	s := story.Source{
		Name: t.Name, Category: c.line(at+".category", t.Category, 200), Rank: c.number(at+".rank", t.Rank, -1000, 1000),
		FullText: t.FullText, Paywall: t.Paywall, Private: t.Private, Headers: t.Headers, Enabled: t.Enabled == nil || *t.Enabled,
	}
	c.sourceName(at, t.Name)
	switch {
	case t.Feed != "" && t.Files != "":
		c.wrong(at+".files", "a source has either feed or files; make two of it")
	case t.Feed == "" && t.Files == "":
		c.wrong(at, `the source %q has neither feed = "https://…" nor files = "…"`, t.Name)
	}
	s.Feed = c.feedAddress(at+".feed", t.Feed)
	s.Files = c.glob(at+".files", t.Files)
	if t.Interval != "" {
		s.Interval = c.duration(at+".interval", t.Interval, time.Second, 30*day)
	}
	if t.Lang != "" {
		s.Lang = c.language(at+".lang", t.Lang)
	}
	c.headers(at+".headers", t.Headers)
	if s.Files != "" {
		for _, key := range []string{"private", "headers", "full_text"} {
			if c.given(at + "." + key) {
				c.wrong(at+"."+key, "%s is for a source with a feed; this one reads files", key)
			}
		}
	}
	return s
}

// sourceName checks the name of the source at path at.
func (c *checker) sourceName(at, name string) {
	path := at + ".name"
	switch {
	case name == "":
		c.wrong(path, "a source needs a name")
	case name != strings.TrimSpace(name):
		c.wrong(path, "name %q begins or ends with a space", name)
	case name == daemon.IngestSource:
		c.wrong(path, "name %q is reserved for articles of `storyfold ingest`; choose another", name)
	default:
		c.line(path, name, 200)
	}
}

// feedAddress checks the address of a feed to read. It returns "" for a wrong one.
func (c *checker) feedAddress(path, text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || text != strings.TrimSpace(text) {
		if strings.Contains(text, "@") {
			text = "…" // it may hold a password, and errors go to the journal
		}
		c.wrong(path, `feed %q is not an http or https address; for files on this machine write files = "…"`, text)
		return ""
	}
	return text
}

// glob checks a pattern of files and makes it absolute. It returns "" for a wrong one.
func (c *checker) glob(path, pattern string) string {
	if pattern == "" {
		return ""
	}
	if strings.Contains(pattern, "://") {
		c.wrong(path, `files %q is an address; write feed = "…"`, pattern)
		return ""
	}
	if strings.HasPrefix(pattern, "~") {
		c.wrong(path, `files %q begins with the home folder as shells have it; write the whole path, from "/" on`, pattern)
		return ""
	}
	if strings.ContainsRune(pattern, 0) || !doublestar.ValidatePathPattern(pattern) {
		c.wrong(path, `files %q is not a pattern; write a path with *, ** (any folders), ? or [a-z], such as "articles/**/*.txt"`, pattern)
		return ""
	}
	if filepath.IsAbs(pattern) {
		return filepath.Clean(pattern)
	}
	return filepath.Join(globSigns.Replace(c.dir), pattern)
}

// globSigns takes their meaning from the signs of a pattern, for a folder
// whose name holds them.
var globSigns = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`)

// language checks a language and returns its base in lower case: "en" for "en-GB".
func (c *checker) language(path, text string) string {
	tag, err := language.Parse(text)
	if err != nil || tag == language.Und {
		c.wrong(path, `%q is not a language; write a code such as "en", "de" or "zh"`, text)
		return ""
	}
	base, _ := tag.Base()
	return base.String()
}

// hopHeaders are set by the client itself.
var hopHeaders = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding",
	"If-None-Match", "If-Modified-Since", "Range", "Te", "Trailer", "Upgrade"}

// headers checks the request headers of a source.
func (c *checker) headers(path string, headers map[string]string) {
	for name, value := range headers {
		at := join(path, step([]byte(name)))
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			c.wrong(at, "%q is not the name of a header", name)
		case slices.ContainsFunc(hopHeaders, func(h string) bool { return strings.EqualFold(h, name) }):
			c.wrong(at, "the header %s is set by storyfold itself", name)
		case !httpguts.ValidHeaderFieldValue(value):
			c.wrong(at, "the value of the header %s holds a control character", name)
		}
	}
}
