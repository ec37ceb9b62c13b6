package feedgen

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"storyfold/story"
)

// withAction is a handler on which /stories/{id}/forget counts what it did.
func withAction(t *testing.T, now *time.Time) (*Handler, *[]string) {
	h := guarded(t, true)
	h.options.Now = func() time.Time { return *now }
	var did []string
	h.registerAction(h.mux, "/stories/{id}/forget", action{
		ask: func(r *http.Request) (question, error) {
			if r.PathValue("id") == "x" {
				return question{}, story.ErrNotFound
			}
			return question{
				Heading: "Forget it?", Text: "“<Ferry>” until " + r.FormValue("day"), Button: "Forget", Back: "/stories/" + r.PathValue("id"),
			}, nil
		},
		do: func(r *http.Request) (string, error) {
			if r.PathValue("id") == "x" {
				return "", story.ErrRemoved
			}
			did = append(did, r.PathValue("id")+" "+r.FormValue("day"))
			return "/stories/" + r.PathValue("id"), nil
		},
	})
	return h, &did
}

func TestSignedLink(t *testing.T) {
	now := clock(0, 0)
	h, did := withAction(t, &now)
	ann := asker{user: "ann", password: "harbour"}
	ask := func(method, path string, a asker) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, a.request(method, path, ""))
		return w
	}
	link := h.sign("/stories/ferryferryferry2/forget", url.Values{"day": {"2026-04-01"}}, clock(1, 0))
	if again := h.sign("/stories/ferryferryferry2/forget", url.Values{"day": {"2026-04-01"}}, clock(1, 0)); again != link {
		t.Errorf("another link for the same: %s, %s", again, link)
	}
	page := ask("GET", link, ann)
	text := page.Body.String()
	form := regexp.MustCompile(`<form method="post" action="([^"]*)"`).FindStringSubmatch(text)
	if page.Code != 200 || form == nil || strings.Contains(text, "<Ferry>") || !strings.Contains(text, `href="/stories/ferryferryferry2"`) ||
		page.Header().Get("Cache-Control") != "private, no-store" || page.Header().Get("Referrer-Policy") != "same-origin" {
		t.Fatalf("the page that asks: %d %v\n%s", page.Code, page.Header(), text)
	}
	if len(*did) != 0 {
		t.Fatalf("a GET did %q", *did)
	}
	if w := ask("POST", html.UnescapeString(form[1]), ann); w.Code != 303 || w.Header().Get("Location") != "/stories/ferryferryferry2" || len(*did) != 1 || (*did)[0] != "ferryferryferry2 2026-04-01" {
		t.Errorf("the button: %d %v, did %q", w.Code, w.Header(), *did)
	}

	for name, broken := range map[string]string{
		"no signature":  "/stories/ferryferryferry2/forget?day=2026-04-01",
		"no query":      "/stories/ferryferryferry2/forget",
		"another story": strings.Replace(link, "ferryferryferry2", "frostfrostfrost2", 1),
		"another value": strings.Replace(link, "2026-04-01", "2036-04-01", 1),
		"one more":      link + "&day=2036-04-01",
		"later":         strings.Replace(link, "until=1", "until=2", 1),
		"two marks":     link + "&sig=x",
		"half a mark":   regexp.MustCompile(`sig=[^&]{4}`).ReplaceAllString(link, "sig="),
		"semicolon":     link + ";",
	} {
		if broken == link {
			t.Fatalf("%s: the link is the same", name)
		}
		if w := ask("GET", broken, ann); w.Code != 403 || strings.Contains(w.Body.String(), "<form") {
			t.Errorf("%s: %d, want 403", name, w.Code)
		}
	}
	other, _ := withAction(t, &now)
	w := httptest.NewRecorder()
	if other.ServeHTTP(w, ann.request("GET", link, "")); w.Code != 403 {
		t.Errorf("a link of another store: %d, want 403", w.Code)
	}
	for _, method := range []string{"GET", "POST"} {
		if w := ask(method, link, asker{}); w.Code != 401 {
			t.Errorf("%s by a stranger who has the link: %d, want 401", method, w.Code)
		}
	}
	if w := ask("GET", h.sign("/stories/x/forget", nil, clock(1, 0)), ann); w.Code != 404 {
		t.Errorf("a question about nothing: %d, want 404", w.Code)
	}
	if w := ask("POST", "/stories/x/forget", ann); w.Code != 410 {
		t.Errorf("an action that fails: %d, want 410", w.Code)
	}
	now = clock(1, 0)
	if w := ask("GET", link, ann); w.Code != 403 {
		t.Errorf("after its time: %d, want 403", w.Code)
	}
	if len(*did) != 1 {
		t.Errorf("did %q", *did)
	}
}
