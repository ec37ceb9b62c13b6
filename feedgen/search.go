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
	f := h.viewOf(r).searchFeed(q)
	w.Header().Set("Cache-Control", "public, max-age=60")
	if f.Key != "" {
		w.Header().Set("Cache-Control", "private, max-age=60")
		if !sameKey(r.URL.Query().Get("key"), f.Key) && !h.needUser(w, r) {
			return
		}
	}
	h.replyFeed(w, r, f, ext, "?"+q.params())
}

// searchKey returns the key that searches need: where pages are for users alone,
// that of the feed "stories", which shows as much.
func (s *settings) searchKey() string {
	if s.users == nil {
		return ""
	}
	return s.stories.Key
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
		Key: v.settings.searchKey(), search: q.params(), home: v.config.BaseURL + q.href(""), match: q.matcher(), asked: q,
	}
}

// words says what is asked for: "“bridge”, world, English".
func (q query) words() string { return strings.Join(q.parts(), ", ") }

// parts says what is asked for, piece by piece.
func (q query) parts() (parts []string) {
	if q.Text != "" {
		parts = append(parts, "“"+q.Text+"”")
	}
	if q.Category != "" {
		parts = append(parts, q.Category)
	}
	if q.Lang != "" {
		parts = append(parts, languageName(q.Lang))
	}
	return parts
}

// searchAlternates names the feeds of a search, for those that look for feeds on
// its page.
func (v *view) searchAlternates(q query, root string) (links []alternate) {
	if q.Text == "" {
		return nil
	}
	for _, format := range feedFormats {
		address := root + "/search." + format.ext + "?" + q.params()
		if key := v.settings.searchKey(); key != "" {
			address = withParam(address, "key", key)
		}
		links = append(links, alternate{format.ext, "Stories with " + q.words(), address})
	}
	return links
}
