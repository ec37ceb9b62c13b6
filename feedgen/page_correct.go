package feedgen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"storyfold/story"
)

// Corrections takes the reader's word on what is one story.
type Corrections interface {
	// Correct makes a correction of two articles, by id or address; b is "" for
	// story.Out. An error with a method Refused() bool says in words why not.
	Correct(ctx context.Context, kind story.ConstraintKind, a, b string) error

	// Undo lifts the correction with this number.
	Undo(ctx context.Context, number uint64) error

	// List gives those in force.
	List(ctx context.Context) ([]Correction, error)
}

// Correction is a correction as a page shows it.
type Correction struct {
	Number   uint64
	Text     string // "“A” and “B” are one story"
	Articles []story.ArticleID
}

// correctForm is the part of a story's page that corrects it.
type correctForm struct {
	Action   string
	Articles []choice
	Made     []Correction // that name an article of the story
}

// choice is an article that a form offers.
type choice struct{ ID, Text string }

// correctForm returns what lets r correct s, and a mark that differs where it
// does; nil and "" if r may not.
func (h *Handler) correctForm(r *http.Request, s *Shown) (*correctForm, string) {
	if h.options.Corrections == nil || s.Closed || !h.trusted(r) {
		return nil, ""
	}
	f := &correctForm{Action: rootPath(h.viewOf(r).config) + correctPath(s.ID), Articles: choices(s)}
	made, err := h.options.Corrections.List(r.Context())
	if err != nil {
		h.log().Error("corrections are not shown", "err", err)
	}
	var mark strings.Builder
	mark.WriteString(" correct")
	for _, c := range made {
		here := func(id story.ArticleID) bool {
			return slices.ContainsFunc(s.Members, func(m story.Member) bool { return m.ID == id })
		}
		if slices.ContainsFunc(c.Articles, here) && len(f.Made) < storyArticles {
			c.Text = cleanLine(c.Text, 400)
			f.Made = append(f.Made, c)
			fmt.Fprintf(&mark, " %d", c.Number)
		}
	}
	return f, mark.String()
}

func correctPath(id story.ID) string { return "/stories/" + string(id) + "/correct" }

// choices lists the articles of s for a form.
func choices(s *Shown) (list []choice) {
	for _, m := range s.Members[:min(len(s.Members), storyArticles)] {
		list = append(list, choice{string(m.ID), outletOf(&m) + ": " + titleOf(&m, 90)})
	}
	return list
}

// registerCorrect adds the action of the form, and the page that a link in an
// entry leads to.
func (h *Handler) registerCorrect(mux *http.ServeMux) {
	if h.options.Corrections != nil {
		mux.HandleFunc("POST /stories/{id}/correct", h.serveCorrect)
		mux.HandleFunc("GET /stories/{id}/correct", func(w http.ResponseWriter, r *http.Request) {
			h.serveQuestion(w, r, action{ask: h.askCorrect})
		})
	}
}

// askCorrect is the question of a signed link: which article to leave out.
func (h *Handler) askCorrect(r *http.Request) (question, error) {
	s, err := h.viewOf(r).story(story.ID(r.PathValue("id")))
	switch {
	case err != nil:
		return question{}, err
	case s.Closed:
		return question{}, badForm("this story is closed: no article joins or leaves it any more")
	case len(s.Members) == 1:
		return question{}, badForm("this story has one article only; there is nothing to leave out")
	}
	return question{
		Heading: "Which article does not belong here?", Button: "Leave it out", Back: "/stories/" + string(s.ID),
		Text: "It becomes a story of its own, and what follows it does not come back into “" + headline(s) + "”. The story’s page can undo that.",
		Do:   "out", Choices: choices(s),
	}, nil
}

// correctLink returns the link by which a reader of an entry of f leaves an
// article out of s; "" if its entries have none, or if there is nothing to leave out.
func (v *view) correctLink(f *Feed, s *Shown) string {
	if v.h.options.Corrections == nil || !f.acts || len(s.Members) == 1 {
		return ""
	}
	return v.actionLink(s, correctPath(s.ID), nil)
}

// serveCorrect makes the correction that a form asks for, and goes back to the
// page. Whether its sender may is looked after before.
func (h *Handler) serveCorrect(w http.ResponseWriter, r *http.Request) {
	c := h.viewOf(r).config
	err := h.correct(r)
	var refused interface{ Refused() bool }
	switch {
	case errors.As(err, &refused) && refused.Refused():
		h.serveNotice(w, r, c, http.StatusConflict, "Nothing was corrected", capital(err.Error())+".")
	case err != nil:
		h.servePageError(w, r, c, err)
	default:
		http.Redirect(w, r, rootPath(c)+"/stories/"+url.PathEscape(r.PathValue("id")), http.StatusSeeOther)
	}
}

// badForm is a form that no page of ours sends.
type badForm string

func (e badForm) Error() string { return string(e) }

// Refused tells serveCorrect that nothing was done.
func (e badForm) Refused() bool { return true }

func (h *Handler) correct(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm("the form could not be read")
	}
	a, b := strings.TrimSpace(r.PostForm.Get("a")), strings.TrimSpace(r.PostForm.Get("b"))
	made := h.options.Corrections
	switch what := r.PostForm.Get("do"); what {
	case "out":
		return made.Correct(r.Context(), story.Out, a, "")
	case "apart":
		return made.Correct(r.Context(), story.Apart, a, b)
	case "same":
		if b == "" {
			return badForm("the other article or story is missing")
		}
		return made.Correct(r.Context(), story.Same, a, h.articleOf(b))
	case "undo":
		n, err := strconv.ParseUint(r.PostForm.Get("n"), 10, 64)
		if err != nil {
			return badForm("the number of the correction is missing")
		}
		return made.Undo(r.Context(), n)
	}
	return badForm("the form does not say what to correct")
}

// articleOf returns an article of the story whose page is at ref, or whose id it
// is; ref itself if there is none.
func (h *Handler) articleOf(ref string) string {
	id := ref
	if u, err := url.Parse(ref); err == nil {
		if _, last, ok := strings.Cut(u.Path, "/stories/"); ok {
			id = last
		}
	}
	s, err := h.options.Stories.Story(story.ID(id))
	if err != nil || len(s.Members) == 0 {
		return ref
	}
	return string(s.Members[0].ID)
}

// capital returns s with its first letter as a capital one.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
