package feedgen

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"storyfold/story"
)

//go:embed tmpl/*.html
var pageFiles embed.FS

//go:embed assets/style.css
var styleSheet []byte

//go:embed assets/favicon.svg
var favicon []byte

// styleVersion is part of the style sheet's address, so that browsers may keep
// it for good and still see a new one.
var styleVersion = contentHash(styleSheet)

// The pages, each parsed together with the layout.
var (
	frontTemplate   = parsePage("front.html")
	storyTemplate   = parsePage("story.html")
	sourcesTemplate = parsePage("sources.html")
	feedsTemplate   = parsePage("feeds.html")
	aboutTemplate   = parsePage("about.html")
	noticeTemplate  = parsePage("notice.html")
	confirmTemplate = parsePage("confirm.html")
)

func parsePage(name string) *template.Template {
	return template.Must(template.New("layout.html").ParseFS(pageFiles, "tmpl/layout.html", "tmpl/"+name))
}

func contentHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

const htmlType = "text/html; charset=utf-8"

// page is what the layout shows on every page.
type page struct {
	Title      string
	Root       string // path of the base URL, without a slash at the end; "" mostly
	Nav        string // the page's place in the menu: "stories", "story", "sources", "feeds", "about"
	Style      string // version of the style sheet
	Alternates []alternate
	Zone       string // of the times on the page: "CET"; "" if it shows none
	Version    string
}

// alternate is a feed that a reader may find from a page.
type alternate struct {
	Format, Title, Href string // Format: "atom", "rss", "json"
}

// newPage returns the layout's data. The zone is named as it was at the time of ref; not at all
// where that is zero, for a page without times.
func (h *Handler) newPage(c *Config, title, nav string, ref time.Time) page {
	p := page{Title: title, Root: rootPath(c), Nav: nav, Style: styleVersion, Version: h.options.Version}
	if !ref.IsZero() {
		p.Zone = zoneName(zoneOf(c), ref)
	}
	for _, f := range feedFormats {
		p.Alternates = append(p.Alternates, alternate{f.ext, "Stories", p.Root + "/feed." + f.ext})
	}
	return p
}

// rootPath returns the path that every link within the pages starts with.
func rootPath(c *Config) string {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Path == "/" {
		return ""
	}
	return u.Path
}

func zoneOf(c *Config) *time.Location {
	if c.Timezone == nil {
		return time.UTC
	}
	return c.Timezone
}

// registerPages adds the pages and what they load.
func (h *Handler) registerPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", h.serveFront)
	mux.HandleFunc("GET /stories/{id}", h.serveStory)
	mux.HandleFunc("GET /sources", h.serveSources)
	mux.HandleFunc("GET /feeds", h.serveFeeds)
	mux.HandleFunc("GET /about", h.serveAbout)
	mux.HandleFunc("GET /icons/{key}", h.serveIcon)
	mux.HandleFunc("GET /style.css", serveAsset(styleSheet, "text/css; charset=utf-8"))
	mux.HandleFunc("GET /favicon.svg", serveAsset(favicon, "image/svg+xml"))
}

// serveAsset serves bytes that change only with the program. An address with a
// version may be kept for a year, one without for an hour.
func serveAsset(body []byte, contentType string) http.HandlerFunc {
	a := newAnswer(nil, body, time.Time{})
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		if r.URL.Query().Get("v") == contentHash(body) {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		a.send(w, r, contentType)
	}
}

// execute renders a page into memory.
func execute(t *template.Template, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	return b.Bytes(), nil
}

// notice is a page that says one thing: an error, and where to go from there.
type notice struct {
	page
	Heading, Text string
}

// servePageError answers with a page for err: 410 for a story that was removed,
// 404 for one that never was, 500 for the rest, which is logged.
func (h *Handler) servePageError(w http.ResponseWriter, r *http.Request, c *Config, err error) {
	switch {
	case errors.Is(err, story.ErrRemoved):
		h.serveNotice(w, r, c, http.StatusGone, "This story has been removed",
			"It was here once. Its articles are older than storyfold keeps them, so the story went with them. Its address will not be used again.")
	case errors.Is(err, story.ErrNotFound):
		h.serveNotice(w, r, c, http.StatusNotFound, "There is no such story",
			"The address may be incomplete, or its sources are not read any more.")
	default:
		h.log().Error("page failed", "path", r.URL.Path, "err", err)
		h.serveNotice(w, r, c, http.StatusInternalServerError, "This page could not be made",
			"The store did not give what the page needs. The log of the daemon says why.")
	}
}

func (h *Handler) serveNotice(w http.ResponseWriter, r *http.Request, c *Config, status int, heading, text string) {
	body, err := execute(noticeTemplate, notice{h.newPage(c, heading, "", time.Time{}), heading, text})
	if err != nil {
		http.Error(w, heading, status)
		return
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Content-Type", htmlType)
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}
