package feedgen

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// action is something that changes what is stored. A link leads to a page that
// asks, and changes nothing; its button sends the POST that acts.
type action struct {
	// ask says what the page asks for r. An error is answered as servePageError has it.
	ask func(r *http.Request) (question, error)

	// do acts, and returns the path, from the base URL on, to go to afterwards.
	do func(r *http.Request) (path string, err error)
}

// errForm reports a form that does not say what an action needs.
var errForm = errors.New("the form is not whole")

// question is what the page in front of an action says.
type question struct {
	Heading, Text string
	Button        string   // what the button says: what will be done
	Back          string   // path that leads away from here, from the base URL on
	Do            string   // the form's field of this name; "": none
	Choices       []choice // one of which the form's field "a" takes; none: there is no such field
}

// registerAction adds a at path, a pattern of http.ServeMux without a method.
// A GET needs a signature by sign; a POST what act asks for.
func (h *Handler) registerAction(mux *http.ServeMux, path string, a action) {
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { h.serveQuestion(w, r, a) })
	mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		c := h.viewOf(r).config
		to, err := a.do(r)
		if errors.Is(err, errForm) {
			h.serveNotice(w, r, c, http.StatusBadRequest, "Nothing was changed", capital(err.Error())+".")
			return
		}
		if err != nil {
			h.servePageError(w, r, c, err)
			return
		}
		http.Redirect(w, r, rootPath(c)+to, http.StatusSeeOther)
	})
}

// confirmPage is what confirm.html shows.
type confirmPage struct {
	page
	question
	Action string
}

func (h *Handler) serveQuestion(w http.ResponseWriter, r *http.Request, a action) {
	c := h.viewOf(r).config
	w.Header().Set("Cache-Control", "private, no-store")
	if !h.signed(r.URL) {
		h.serveNotice(w, r, c, http.StatusForbidden, "This link does not work any more",
			"It is older than such links may be, or not whole. The entry in your reader or the story's page has a new one.")
		return
	}
	q, err := a.ask(r)
	var refused interface{ Refused() bool }
	if errors.As(err, &refused) && refused.Refused() {
		h.serveNotice(w, r, c, http.StatusConflict, "Nothing can be changed here", capital(err.Error())+".")
		return
	}
	if err != nil {
		h.servePageError(w, r, c, err)
		return
	}
	p := &confirmPage{h.newPage(c, q.Heading+" – storyfold", "", time.Time{}), q, ""}
	p.Action, p.Back = p.Root+r.URL.RequestURI(), p.Root+q.Back
	body, err := execute(confirmTemplate, p)
	if err != nil {
		h.servePageError(w, r, c, err)
		return
	}
	// Without a referrer browsers hide where a form came from, and it would be
	// taken for another site's.
	w.Header().Set("Referrer-Policy", "same-origin")
	w.Header().Set("Content-Type", htmlType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// sign returns path with query as a link that holds until a time. The same
// arguments give the same link for as long as the store lives: entries that hold
// it stay the same.
func (h *Handler) sign(path string, query url.Values, until time.Time) string {
	q := url.Values{}
	for name, values := range query {
		q[name] = values
	}
	q.Set("until", strconv.FormatInt(until.Unix(), 10))
	q.Set("sig", h.signature(path, q))
	return path + "?" + q.Encode()
}

// linkDays is how long a link in an entry holds after the story's last revision.
const linkDays = 30

// actionLink returns the absolute address of a signed link about s, as entries hold it.
func (v *view) actionLink(s *Shown, path string, query url.Values) string {
	return v.config.BaseURL + v.h.sign(path, query, s.Updated().AddDate(0, 0, linkDays))
}

// acting returns f for an answer to r. Its entries link to what changes a story
// if r's user may do that: everybody who knows the key of a feed, where there are
// users to log in, and who is at this machine. What a hub fetches is handed on,
// so a feed that has one holds no such links. own is true for an answer that
// nobody else may get.
func (h *Handler) acting(r *http.Request, f *Feed) (_ *Feed, own bool) {
	set := h.viewOf(r).settings
	own = set.local && set.Hub == "" && localUse(r, &set.Config)
	if !own && (f.Key == "" || set.users == nil) {
		return f, false
	}
	acting := *f
	acting.acts = true
	return &acting, own
}

// signed reports whether u is a link that sign made and that still holds.
func (h *Handler) signed(u *url.URL) bool {
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil || len(q["sig"]) != 1 || len(q["until"]) != 1 {
		return false
	}
	sig := q.Get("sig")
	q.Del("sig")
	if !hmac.Equal([]byte(sig), []byte(h.signature(u.Path, q))) {
		return false
	}
	until, err := strconv.ParseInt(q.Get("until"), 10, 64)
	return err == nil && h.options.Now().Before(time.Unix(until, 0))
}

// signature returns the mark of path and q, whose order does not count.
func (h *Handler) signature(path string, q url.Values) string {
	mac := hmac.New(sha256.New, h.options.Secret)
	mac.Write([]byte("link\x00" + path + "\x00" + q.Encode()))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}
