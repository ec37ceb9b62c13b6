package feedgen

import (
	"net/http"
	"strings"

	"golang.org/x/text/cases"
)

// registerSearch adds the searches that one can subscribe to.
func (h *Handler) registerSearch(mux *http.ServeMux) {
	for ext := range formats {
		mux.HandleFunc("/search."+ext, func(w http.ResponseWriter, r *http.Request) { h.serveSearch(w, r, ext) })
	}
}

// serveSearch answers with the newest stories that the front page finds for the
// same parameters.
func (h *Handler) serveSearch(w http.ResponseWriter, r *http.Request, ext string) {
	q := parseQuery(r.URL.Query())
	if strings.TrimSpace(q.Text) == "" {
		fail(w, http.StatusBadRequest, "A search needs words: add ?q= and the words to the address.")
		return
	}
	v := h.viewOf(r)
	w.Header().Set("Cache-Control", "public, max-age=60")
	h.replyFeed(w, r, v.searchFeed(q), ext, "?"+q.params())
}

// params returns what tells the search from others, as an address holds it.
func (q query) params() string {
	q.before = rankCursor{}
	_, params, _ := strings.Cut(q.href(""), "?")
	return params
}

// searchFeed returns the feed of a search.
func (v *view) searchFeed(q query) *Feed {
	return &Feed{
		Name: "search/" + cases.Fold().String(q.params()), Title: "Stories with " + q.words(), Items: defaultItems, Updates: Bump, Link: LinkAuto,
		search: q.params(), home: v.config.BaseURL + q.href(""), match: q.matcher(),
	}
}

// words says what is asked for: "“bridge”, world, English".
func (q query) words() string {
	parts := []string{}
	if q.Text != "" {
		parts = append(parts, "“"+q.Text+"”")
	}
	if q.Category != "" {
		parts = append(parts, q.Category)
	}
	if q.Lang != "" {
		parts = append(parts, languageName(q.Lang))
	}
	return strings.Join(parts, ", ")
}

// searchAlternates names the feeds of a search, for those that look for feeds on
// its page.
func searchAlternates(q query, root string) (links []alternate) {
	if q.Text == "" {
		return nil
	}
	for _, format := range feedFormats {
		links = append(links, alternate{format.ext, "Stories with " + q.words(), root + "/search." + format.ext + "?" + q.params()})
	}
	return links
}
