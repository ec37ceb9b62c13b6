package feedgen

import (
	"fmt"
	"strings"
	"testing"

	"storyfold/story"
)

// album is Icons for tests.
type album struct {
	keys    map[string]string
	version uint64
	icons   map[string]story.Icon
}

func (a *album) Icons() map[string]string { return a.keys }
func (a *album) IconVersion() uint64      { return a.version }
func (a *album) Icon(key string) (story.Icon, error) {
	icon, ok := a.icons[key]
	if !ok {
		return icon, story.ErrNotFound
	}
	return icon, nil
}

// put gives the source an icon of this kind.
func (a *album) put(source, kind string) story.Icon {
	data := []byte(source + kind)
	icon := story.Icon{Key: story.IconKey(data), Type: kind, Data: data, Found: pageNoon}
	a.keys[source], a.icons[icon.Key] = icon.Key, icon
	a.version++
	return icon
}

func newAlbum() *album { return &album{keys: map[string]string{}, icons: map[string]story.Icon{}} }

// albumHandler is newPageHandler with icons.
func albumHandler(p *memory, a *album) *Handler {
	h := newPageHandler(p)
	h.options.Icons = a
	return h
}

func TestIconsOnPages(t *testing.T) {
	p, a := richStories(), newAlbum()
	h := albumHandler(p, a)
	if front := wantPage(t, h, "/", 200); strings.Contains(front, "<img") {
		t.Error("the front page has pictures, and no source has an icon")
	}
	name := "Harbour Wire"
	icon := a.put(name, "image/png")
	img := fmt.Sprintf(`<img src="/icons/%s" alt="" width="16" height="16" loading="lazy">&nbsp;`, icon.Key)
	for _, page := range []string{"/", "/stories/" + string(p.list[0].ID), "/sources"} {
		body := wantPage(t, h, page, 200)
		if !strings.Contains(body, img) {
			t.Errorf("GET %s does not show the icon that was found", page)
		}
		if n, near := strings.Count(body, "<img"), strings.Count(strings.NewReplacer("<bdi>", "", `<b dir="auto">`, "").Replace(body), img+name); page != "/sources" && n != near {
			t.Errorf("GET %s: %d pictures, %d beside the name of their outlet", page, n, near)
		}
	}
	if feed := get(t, h, "/feed.json").Body.String(); strings.Contains(feed, icon.Key) {
		t.Error("a feed names an icon")
	}
	delete(a.keys, name)
	a.version++
	if front := wantPage(t, h, "/", 200); strings.Contains(front, "<img") {
		t.Error("the front page still shows the icon of a source that has none any more")
	}
}

func TestServeIcon(t *testing.T) {
	a := newAlbum()
	h := albumHandler(richStories(), a)
	icon, drawn := a.put("a", "image/webp"), a.put("b", "image/svg+xml")
	w := get(t, h, "/icons/"+icon.Key)
	if w.Code != 200 || w.Body.String() != string(icon.Data) {
		t.Errorf("GET of an icon = %d, %q", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/webp", "Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": otherPolicy, "ETag": `"` + icon.Key + `"`,
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if w := get(t, h, "/icons/"+icon.Key, "If-None-Match", `"`+icon.Key+`"`); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("GET of an icon that the browser has = %d", w.Code)
	}
	for _, key := range []string{drawn.Key, "aaaaaaaaaaaaaaaa", "x", "%2e%2e"} {
		if w := get(t, h, "/icons/"+key); w.Code != 404 || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("GET /icons/%s = %d, %v; want 404", key, w.Code, w.Header())
		}
	}
	if w := get(t, newPageHandler(richStories()), "/icons/"+icon.Key); w.Code != 404 {
		t.Errorf("GET of an icon where there are none = %d", w.Code)
	}
	c := pageConfig(richStories())
	c.Users = []User{{Name: "ada", Hash: "$2a$10$abcdefghijklmnopqrstuv"}}
	h.Configure(c)
	if w := get(t, h, "/icons/"+icon.Key); w.Code != 401 {
		t.Errorf("GET of an icon by a stranger, where there are users = %d, want 401", w.Code)
	}
}

// TestFrontPageSizeWithIcons keeps the front page small when all outlets have icons.
func TestFrontPageSizeWithIcons(t *testing.T) {
	p, a := manyStories(200), newAlbum()
	for i := range p.list {
		for j := range p.list[i].Members {
			a.put(p.list[i].Members[j].Outlet, "image/png")
		}
	}
	h := albumHandler(p, a)
	body := wantPage(t, h, "/", 200)
	if n := len(storyLinks(body)); len(body) >= 60_000 || n < frontStories*3/4 || strings.Count(body, "<img") < n {
		t.Errorf("the front page has %d bytes, %d stories, %d icons; want less than 60 KB", len(body), n, strings.Count(body, "<img"))
	}
}
