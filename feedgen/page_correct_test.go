package feedgen

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"storyfold/story"
)

// book notes the corrections that it is asked for.
type book struct {
	asked []string
	made  []Correction
	err   error
}

func (b *book) Correct(_ context.Context, kind story.ConstraintKind, x, y string) error {
	b.asked = append(b.asked, strings.TrimSpace(fmt.Sprint(kind, " ", x, " ", y)))
	return b.err
}

func (b *book) Undo(_ context.Context, n uint64) error {
	b.asked = append(b.asked, fmt.Sprint("undo ", n))
	return b.err
}

func (b *book) List(context.Context) ([]Correction, error) { return b.made, nil }

func TestCorrectForm(t *testing.T) {
	s := ferry()
	m, c := newspaper()
	b := &book{made: []Correction{
		{Number: 7, Text: "“A <b>” stays alone", Articles: []story.ArticleID{s.Members[1].ID}},
		{Number: 8, Text: "elsewhere", Articles: []story.ArticleID{"other"}},
	}}
	h := New(Options{Stories: m, Corrections: b, Log: slog.New(slog.DiscardHandler)})
	h.Configure(c)
	local, stranger := asker{local: true}, asker{}
	page := "/stories/" + string(s.ID)

	w := httptest.NewRecorder()
	h.ServeHTTP(w, local.request("GET", page, ""))
	text := w.Body.String()
	for _, want := range []string{
		`action="/stories/ferryferryferry2/correct"`, `<label for="out-a">`, `<option value="` + string(s.Members[2].ID) + `"`,
		`name="do" value="apart"`, `aria-label="Undo correction 7"`, `“A &lt;b&gt;” stays alone`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(text, "elsewhere") || w.Header().Get("Referrer-Policy") != "same-origin" || w.Header().Get("Cache-Control") != "private, no-cache" {
		t.Errorf("the page shows another story's correction, or has headers %v", w.Header())
	}
	b.made = nil
	w = httptest.NewRecorder()
	h.ServeHTTP(w, local.request("GET", page, ""))
	if strings.Contains(w.Body.String(), "Undo") {
		t.Error("an undone correction stays on the page")
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, stranger.request("GET", page, ""))
	if strings.Contains(w.Body.String(), "<form class=\"correct\"") {
		t.Error("a stranger gets the form")
	}

	first, second := string(s.Members[0].ID), string(s.Members[1].ID)
	post := func(who asker, form url.Values) *httptest.ResponseRecorder {
		r := who.request("POST", page+"/correct", form.Encode())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, tt := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"do": {"out"}, "a": {first}}, "out " + first},
		{url.Values{"do": {"apart"}, "a": {first}, "b": {second}}, "apart " + first + " " + second},
		{url.Values{"do": {"same"}, "a": {second}, "b": {" https://x.example/1 "}}, "same " + second + " https://x.example/1"},
		{url.Values{"do": {"same"}, "a": {second}, "b": {"http://127.0.0.1:8080/stories/" + string(s.ID)}}, "same " + second + " " + first},
		{url.Values{"do": {"undo"}, "n": {"7"}}, "undo 7"},
	} {
		w := post(local, tt.form)
		if w.Code != 303 || w.Header().Get("Location") != page || b.asked[len(b.asked)-1] != tt.want {
			t.Errorf("POST %v = %d to %q, asked %q; want %q", tt.form, w.Code, w.Header().Get("Location"), b.asked, tt.want)
		}
	}
	n := len(b.asked)
	for _, form := range []url.Values{{}, {"do": {"undo"}}, {"do": {"same"}, "a": {first}}, {"do": {"burn"}}} {
		if w := post(local, form); w.Code != 409 {
			t.Errorf("POST %v = %d, want 409", form, w.Code)
		}
	}
	foreign := asker{local: true, header: []string{"Sec-Fetch-Site", "cross-site"}}
	for _, who := range []asker{stranger, foreign} {
		if w := post(who, url.Values{"do": {"out"}, "a": {first}}); w.Code != 403 {
			t.Errorf("POST by %+v = %d, want 403", who, w.Code)
		}
	}
	if len(b.asked) != n {
		t.Errorf("refused forms were passed on: %q", b.asked[n:])
	}
	b.err = badForm("this contradicts correction 3")
	if w := post(local, url.Values{"do": {"out"}, "a": {first}}); w.Code != 409 || !strings.Contains(w.Body.String(), "This contradicts correction 3.") {
		t.Errorf("a refusal = %d %s", w.Code, w.Body)
	}
	b.err = errors.New("disk full")
	if w := post(local, url.Values{"do": {"out"}, "a": {first}}); w.Code != 500 || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("a failure = %d %s", w.Code, w.Body)
	}
	if !slices.Contains(b.asked, "undo 7") {
		t.Error("nothing was undone")
	}
}
