package feedgen

import (
	"errors"
	"html"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"storyfold/story"
)

// muteShelf keeps mutes in memory.
type muteShelf struct {
	list []story.Mute
	err  error
}

func (m *muteShelf) Mutes() ([]story.Mute, error) { return m.list, m.err }

func (m *muteShelf) SetMutes(list []story.Mute) error {
	if m.err == nil {
		m.list = list
	}
	return m.err
}

func TestMuteOnPages(t *testing.T) {
	m, c := newspaper()
	c.Users = []User{{"ann", hashOf(t, "harbour")}}
	now, shelf := clock(40, 0), &muteShelf{}
	start := func() *Handler {
		h := New(Options{Stories: m, Mutes: shelf, Log: quiet, Secret: []byte("secret"), Now: func() time.Time { return now }})
		h.Configure(c)
		return h
	}
	h := start()
	ann := asker{user: "ann", password: "harbour"}
	get := func(path string) string {
		t.Helper()
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, ann.request("GET", path, "")); w.Code != 200 {
			t.Fatalf("%s = %d %s", path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	post := func(path string, form url.Values, a asker) (int, string) {
		a.header = []string{"Content-Type", "application/x-www-form-urlencoded"}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, a.request("POST", path, form.Encode()))
		return w.Code, w.Header().Get("Location")
	}
	const page, action, title = "/stories/ferryferryferry2", "/stories/ferryferryferry2/mute", "Ferry runs aground"
	heard := func(want bool) {
		t.Helper()
		for _, path := range []string{"/feed.atom", "/"} {
			if got := strings.Contains(get(path), title); got != want {
				t.Errorf("%s shows the story: %v, want %v", path, got, want)
			}
		}
		if text := get(page); !strings.Contains(text, title) || strings.Contains(text, `value="undo"`) == want || strings.Contains(text, "mute-days") != want {
			t.Errorf("the story's page, heard %v:\n%s", want, text)
		}
		if got := strings.Contains(get("/feeds"), title); got == want {
			t.Errorf("/feeds lists the story as muted: %v", got)
		}
	}
	heard(true)
	for _, form := range []url.Values{nil, {"days": {"0"}}, {"days": {"8"}}, {"days": {"1e9"}}, {"do": {"mute"}}} {
		if code, _ := post(action, form, ann); code != 400 {
			t.Errorf("the form %v = %d, want 400", form, code)
		}
	}
	if code, _ := post(action, url.Values{"days": {"3"}}, asker{}); code != 401 || len(shelf.list) != 0 {
		t.Errorf("a stranger's form = %d, mutes %v", code, shelf.list)
	}
	if code, _ := post("/stories/nothingnothing22/mute", url.Values{"days": {"3"}}, ann); code != 404 {
		t.Errorf("muting nothing = %d", code)
	}
	if code, to := post(action, url.Values{"days": {"3"}}, ann); code != 303 || to != page {
		t.Fatalf("muting = %d %s", code, to)
	}
	heard(false)
	if h = start(); len(shelf.list) != 1 || !shelf.list[0].Until.Equal(now.AddDate(0, 0, 3).Truncate(time.Second)) {
		t.Errorf("mutes %+v", shelf.list)
	}
	heard(false) // after a restart, too
	c.Mutes = []Mute{{Story: "frostfrostfrost2"}}
	h.Configure(c)
	heard(false)
	post("/stories/wahlwahlwahlwah2/mute", url.Values{"days": {"30"}}, ann)
	if code, to := post(action, url.Values{"do": {"undo"}, "from": {"feeds"}}, ann); code != 303 || to != "/feeds#muted" {
		t.Errorf("undoing = %d %s", code, to)
	}
	heard(true)
	if atom := get("/feed.atom"); strings.Contains(atom, "Late frost") || strings.Contains(atom, "Ostermark w") {
		t.Error("undoing one mute undid others")
	}
	post(action, url.Values{"days": {"1"}}, ann)
	now = now.AddDate(0, 0, 1)
	heard(true) // its time is over

	// The mute of a story that became another one, by its old name.
	shelf.list = []story.Mute{{Story: "oldoldoldoldold2", Until: now.AddDate(0, 0, 1)}}
	m.alias = map[story.ID]story.ID{"oldoldoldoldold2": "ferryferryferry2"}
	if post(action, url.Values{"do": {"undo"}}, ann); len(shelf.list) != 0 {
		t.Errorf("undoing at the new address leaves %v", shelf.list)
	}
	shelf.err = errors.New("disk full")
	if code, _ := post(action, url.Values{"days": {"1"}}, ann); code != 500 {
		t.Errorf("muting on a full disk = %d", code)
	}
	heard(true)
}

func TestMuteByLink(t *testing.T) {
	m, c := newspaper()
	c.Users = []User{{"ann", hashOf(t, "harbour")}}
	shelf := &muteShelf{}
	h := New(Options{Stories: m, Mutes: shelf, Log: quiet, Now: func() time.Time { return clock(40, 0) }})
	h.Configure(c)
	c.Feeds = append(c.Feeds, Feed{Name: "mine", Key: "s3cret"})
	h.Configure(c)
	if strings.Contains(string(body(t, h, "/feed.atom")), "/mute") {
		t.Error("the open feed holds a link that mutes")
	}
	for _, item := range parse(t, body(t, h, "/feeds/mine.rss?key=s3cret")).Items {
		_, href, ok := strings.Cut(html.UnescapeString(item.Content), "· <a href=\""+c.BaseURL)
		if href, _, _ = strings.Cut(href, "\""); !ok {
			t.Fatalf("no link that mutes: %s", item.Content)
		}
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, asker{user: "ann", password: "harbour"}.request("GET", href, "")); w.Code != 200 || !strings.Contains(w.Body.String(), "Mute it for 7 days") {
			t.Errorf("%s = %d", href, w.Code)
		}
	}
	w := httptest.NewRecorder()
	link := h.sign(mutePath("ferryferryferry2"), url.Values{"days": {"7"}}, clock(41, 0))
	h.ServeHTTP(w, asker{user: "ann", password: "harbour"}.request("GET", link, ""))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "Mute it for 7 days") || len(shelf.list) != 0 {
		t.Fatalf("the question: %d, %v\n%s", w.Code, shelf.list, w.Body)
	}
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, asker{user: "ann", password: "harbour"}.request("POST", link, "")); w.Code != 303 || len(shelf.list) != 1 {
		t.Errorf("the button: %d, %v", w.Code, shelf.list)
	}
}
