package feedgen

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"storyfold/story"
)

// registerAPI adds the JSON interface and the sources as OPML.
func (h *Handler) registerAPI(mux *http.ServeMux) {
	mux.HandleFunc("/api/stories", h.serveAPIStories)
	mux.HandleFunc("/api/stories/{id}", h.serveAPIStory)
	mux.HandleFunc("/api/sources", h.serveAPISources)
	mux.HandleFunc("/opml", h.serveOPML)
}

const jsonType = "application/json; charset=utf-8"

// maxArticles is how many articles of one story the API and JSON Feed list.
const maxArticles = 500

// apiStories is the answer of /api/stories and /api/stories/{id}.
type apiStories struct {
	Stories []apiStory `json:"stories"`
}

type apiStory struct {
	ID         story.ID     `json:"id"`
	URL        string       `json:"url"`
	Title      string       `json:"title"`
	Summary    string       `json:"summary"`
	Published  string       `json:"published"`
	Updated    string       `json:"updated"`
	Revision   int          `json:"revision"`
	Reports    int          `json:"reports"`
	Lang       string       `json:"language,omitempty"`
	Languages  []string     `json:"languages"`
	Categories []string     `json:"categories"`
	Count      int          `json:"article_count"` // articles lists at most maxArticles of them
	Articles   []apiArticle `json:"articles"`
}

// apiArticle is an article in the API and in JSON Feed's _storyfold.
type apiArticle struct {
	ID        story.ArticleID `json:"id"`
	Title     string          `json:"title"`
	URL       string          `json:"url"`
	Source    string          `json:"source"`
	Outlet    string          `json:"outlet"`
	Published string          `json:"published"`
	Family    int             `json:"family"`
	Why       *why            `json:"why,omitempty"`
}

// why is the reason of the decision that put an article into its story.
type why struct {
	Rule      string    `json:"rule"`
	Score     float64   `json:"score"`
	Threshold float64   `json:"threshold"`
	Terms     []whyTerm `json:"terms"`
}

type whyTerm struct {
	Term   string  `json:"term"`
	Weight float64 `json:"weight"`
}

// maxArticlesBytes is how much of titles and addresses such a list holds; it ends behind it.
const maxArticlesBytes = 256 << 10

// newArticles returns the articles of s, in commit order.
func newArticles(s *Shown) []apiArticle {
	listed := min(len(s.Members), maxArticles)
	list := make([]apiArticle, 0, listed)
	size := 0
	for i := range s.Members[:listed] {
		m := &s.Members[i]
		if size += len(m.Title) + len(m.URL); size > maxArticlesBytes && i > 0 {
			break
		}
		list = append(list, apiArticle{
			ID: m.ID, Title: titleOf(m, maxTitle), URL: cleanURL(m.URL), Source: cleanLine(m.Source, maxName),
			Outlet: outletName(m), Published: formatTime(m.Time), Family: m.Family, Why: newWhy(&m.Why),
		})
	}
	return list
}

// sizeOf estimates the bytes of list.
func sizeOf(list []apiArticle) (n int) {
	for i := range list {
		n += 400 + len(list[i].Title) + len(list[i].URL)
	}
	return n
}

func newWhy(r *story.Reason) *why {
	w := &why{Rule: cleanLine(r.Rule, maxName), Score: r.Score, Threshold: r.Threshold, Terms: []whyTerm{}}
	for _, t := range r.Terms {
		w.Terms = append(w.Terms, whyTerm{cleanLine(t.Text, maxName), t.Weight})
	}
	return w
}

func newAPIStory(s *Shown) apiStory {
	return apiStory{
		ID: s.ID, URL: s.URL, Title: headline(s), Summary: plainSummary(s),
		Published: formatTime(s.firstShown()), Updated: formatTime(s.Updated()),
		Revision: s.Revisions[len(s.Revisions)-1].Number,
		Reports:  s.Reports, Lang: cleanLang(s.Lang), Languages: languages(s), Categories: categories(s),
		Count: len(s.Members), Articles: newArticles(s),
	}
}

// languages returns the languages of s, the most frequent first.
func languages(s *Shown) []string {
	count := map[string]int{}
	list := []string{}
	for _, m := range s.Members {
		if lang := cleanLang(m.Lang); lang != "" {
			if count[lang]++; count[lang] == 1 {
				list = append(list, lang)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	return list
}

// serveAPIStories answers with the newest stories.
func (h *Handler) serveAPIStories(w http.ResponseWriter, r *http.Request) {
	limit, err := parseLimit(r.URL.Query())
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	limit = cmp.Or(limit, maxItems)
	h.reply(w, r, jsonType, "api/stories?"+strconv.Itoa(limit), func() ([]byte, time.Time, error) {
		found := apiStories{[]apiStory{}}
		var modified time.Time
		v, size := h.view(), 0
		for s, err := range v.shown(story.Ordered(h.options.Stories.Newest())) {
			if err != nil {
				return nil, time.Time{}, err
			}
			found.Stories = append(found.Stories, newAPIStory(s))
			modified = latest(modified, s.modified())
			size += sizeOf(found.Stories[len(found.Stories)-1].Articles)
			if len(found.Stories) == limit || size > maxDocumentBytes {
				break
			}
		}
		body, err := json.Marshal(found)
		return body, modified, err
	})
}

// serveAPIStory answers with one story; an alias leads to the story it became.
func (h *Handler) serveAPIStory(w http.ResponseWriter, r *http.Request) {
	v := h.viewOf(r)
	id := story.ID(r.PathValue("id"))
	s, err := v.story(id)
	if err != nil {
		h.failErr(w, r, err)
		return
	}
	if s.ID != id {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Content-Security-Policy", otherPolicy)
		http.Redirect(w, r, v.config.BaseURL+"/api/stories/"+url.PathEscape(string(s.ID)), http.StatusMovedPermanently)
		return
	}
	h.reply(w, r, jsonType, "", func() ([]byte, time.Time, error) {
		body, err := json.Marshal(apiStories{[]apiStory{newAPIStory(s)}})
		return body, s.modified(), err
	})
}

// apiSource is a source in /api/sources. A time that is not known is null.
type apiSource struct {
	Name        string  `json:"name"`
	URL         string  `json:"url"`
	Format      string  `json:"format"`
	State       string  `json:"state"`
	LastChecked *string `json:"last_checked"`
	NextCheck   *string `json:"next_check"`
	NextReason  string  `json:"next_reason"`
	LastError   string  `json:"last_error"`
	Warning     string  `json:"warning,omitempty"`
	Articles    int     `json:"articles"`
	Stories     int     `json:"stories"`
}

// serveAPISources answers with the state of every source. Secrets in addresses
// are shown to those who may see everything.
func (h *Handler) serveAPISources(w http.ResponseWriter, r *http.Request) {
	address, text := maskAddress, maskText
	if h.trusted(r) {
		plain := func(s string) string { return s }
		address, text = plain, plain
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	h.reply(w, r, jsonType, "", func() ([]byte, time.Time, error) {
		list := []apiSource{}
		for _, st := range h.states() {
			list = append(list, apiSource{
				Name: st.Name, URL: address(st.Address), Format: st.Format, State: st.Condition(),
				LastChecked: optionalTime(st.Checked), NextCheck: optionalTime(st.Next),
				NextReason: text(st.NextReason), LastError: text(st.Error), Warning: text(st.Notice()),
				Articles: st.Articles, Stories: st.Stories,
			})
		}
		body, err := json.Marshal(map[string][]apiSource{"sources": list})
		return body, time.Time{}, err
	})
}

// states returns the state of every configured source.
func (h *Handler) states() []story.SourceState {
	if h.options.States == nil {
		return nil
	}
	return h.options.States()
}

// parseLimit returns the value of ?limit=, at most maxItems; 0 if there is none.
func parseLimit(q url.Values) (int, error) {
	text := q.Get("limit")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil && strings.Trim(text, "0123456789") == "" {
		return maxItems, nil // a number too large for an int
	}
	if err != nil || n < 1 {
		return 0, fmt.Errorf("limit must be a number from 1 to %d", maxItems)
	}
	return min(n, maxItems), nil
}

// formatTime writes t as the API does: RFC 3339 in UTC, to the second.
func formatTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func optionalTime(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := formatTime(t)
	return &s
}

// latest returns the later one of two times.
func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
