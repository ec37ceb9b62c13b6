package fetcher

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storyfold/story"
)

// drawing returns a picture of this size as its encoder writes it.
func drawing(t testing.TB, kind string, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	var err error
	pixels := image.NewGray(image.Rect(0, 0, width, height))
	switch kind {
	case "png":
		err = png.Encode(&b, pixels)
	case "gif":
		err = gif.Encode(&b, pixels, nil)
	case "jpeg":
		err = jpeg.Encode(&b, pixels, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// iconFile returns an ICO file of these pictures.
func iconFile(pictures ...string) string {
	head := []byte{0, 0, 1, 0, byte(len(pictures)), 0}
	at := len(head) + 16*len(pictures)
	for _, p := range pictures {
		head = append(head, make([]byte, 8)...)
		head = binary.LittleEndian.AppendUint32(head, uint32(len(p)))
		head = binary.LittleEndian.AppendUint32(head, uint32(at))
		at += len(p)
	}
	return string(head) + strings.Join(pictures, "")
}

// bitmap returns the head of a bitmap as it stands in an ICO file.
func bitmap(width, height int32) string {
	b := make([]byte, 40)
	binary.LittleEndian.PutUint32(b[4:], uint32(width))
	binary.LittleEndian.PutUint32(b[8:], uint32(2*height))
	return string(b)
}

// webP returns the head of a WebP picture.
func webP(chunk string, body ...byte) string {
	return "RIFF\x00\x00\x00\x00WEBP" + chunk + "\x00\x00\x00\x00" + string(append(body, make([]byte, 32)...))
}

func TestIconType(t *testing.T) {
	small := drawing(t, "png", 32, 32)
	for name, c := range map[string]struct{ data, kind, says string }{
		"PNG":                  {small, "image/png", ""},
		"GIF":                  {drawing(t, "gif", 16, 16), "image/gif", ""},
		"JPEG":                 {drawing(t, "jpeg", 64, 48), "image/jpeg", ""},
		"WebP, extended":       {webP("VP8X", 0, 0, 0, 0, 31, 0, 0, 31, 0, 0), "image/webp", ""},
		"WebP, lossless":       {webP("VP8L", 0x2f, 31, 0xc0, 7, 0), "image/webp", ""},
		"WebP, lossy":          {webP("VP8 ", 0, 0, 0, 0x9d, 1, 0x2a, 32, 0, 32, 0), "image/webp", ""},
		"ICO of bitmaps":       {iconFile(bitmap(16, 16), bitmap(32, 32)), "image/x-icon", ""},
		"ICO of a PNG":         {iconFile(small), "image/x-icon", ""},
		"SVG":                  {`<svg xmlns="http://www.w3.org/2000/svg"/>`, "", "no picture"},
		"SVG behind a prolog":  {"\xef\xbb\xbf<?xml version=\"1.0\"?><svg/>", "", "no picture"},
		"web page":             {"<!DOCTYPE html><title>404</title>", "", "no picture"},
		"nothing":              {"", "", "no picture"},
		"PNG that breaks off":  {small[:20], "", "broken"},
		"ICO that breaks off":  {iconFile(bitmap(16, 16))[:30], "", "breaks off"},
		"ICO without pictures": {"\x00\x00\x01\x00\x00\x00", "", "breaks off"},
		"ICO of ten thousand":  {"\x00\x00\x01\x00\xff\xff" + strings.Repeat("\x00", 100), "", "breaks off"},
		"ICO, negative":        {iconFile(bitmap(-16, 16)), "", "-16"},
		"ICO of a huge PNG":    {iconFile(drawing(t, "png", 1500, 1500)), "", "1500 × 1500"},
		"WebP that breaks off": {"RIFF\x00\x00\x00\x00WEBPVP8X\x00", "", "breaks off"},
		"WebP of another kind": {webP("EVIL"), "", "EVIL"},
		"huge":                 {drawing(t, "png", 9, 2000), "", "pixels"},
		"large":                {drawing(t, "gif", 2000, 2000), "", "2000 × 2000"},
		"counter":              {drawing(t, "gif", 1, 1), "", "1 × 1"},
		"banner":               {drawing(t, "png", 144, 40), "", "no square"},
		"bomb of WebP":         {webP("VP8X", 0, 0, 0, 0, 255, 255, 255, 255, 255, 255), "", "16777216"},
	} {
		kind, err := iconType([]byte(c.data))
		if kind != c.kind || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v; want %q and an error that says %q", name, kind, err, c.kind, c.says)
		}
	}
}

func TestIconLinks(t *testing.T) {
	page := `<html><head><base href="/assets/"><title>x</title>
		<link rel="stylesheet" href="s.css"><link rel=icon type="image/svg+xml" href="i.svg"><link rel=mask-icon href=m.png>
		<link rel="apple-touch-icon" sizes="180x180" href="touch.png"><LINK REL="Shortcut Icon" href="//cdn.example/f.ico?v=2">
		<link rel="icon" sizes="8x8" href="tiny.png"><link rel="icon" sizes="16x16" href="16.png"><link rel="icon" sizes="48x48" href="48.png">
		<link rel="icon" href="data:image/png;base64,AAAA"><link rel="icon" href="javascript:alert(1)"><link rel="icon" href="other.SVG?x">`
	base, _ := url.Parse("https://site.example/news/")
	want := []string{"https://site.example/assets/48.png", "https://cdn.example/f.ico?v=2", "https://site.example/assets/16.png",
		"https://site.example/assets/touch.png", "https://site.example/assets/tiny.png"}
	if got := iconLinks([]byte(page), base); !slices.Equal(got, want) {
		t.Errorf("iconLinks = %q, want %q", got, want)
	}
}

// gallery is what a rig's sites serve, by address, and the icons that were stored.
type gallery struct {
	mu    sync.Mutex // guards what follows
	files map[string]string
	saved []story.Icon
	err   error // of the store
}

func (a *gallery) answer(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if body, ok := a.files[r.URL.String()]; ok {
		return respond(r, 200, body), nil
	}
	if strings.HasSuffix(r.URL.Path, "/feed") {
		if r.Header.Get("If-None-Match") != "" {
			return respond(r, 304, ""), nil
		}
		return respond(r, 200, strings.Replace(feedOf("a"), "<link>https://example.org/</link>", "", 1), "ETag", `"1"`), nil
	}
	return respond(r, 404, "no such thing"), nil
}

func (a *gallery) save(icon story.Icon) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err == nil {
		a.saved = append(a.saved, icon)
	}
	return a.err
}

func (a *gallery) set(address, body string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.files[address] = body
}

// start is the function start with icons.
func (a *gallery) start(t *testing.T, states []story.SourceState, sources ...story.Source) *rig {
	return start(t, sources, states, a.answer, func(o *Options) { o.SaveIcon = a.save })
}

// withIcon returns a feed that names its page and its icon.
func withIcon(site, icon string) string {
	return strings.Replace(feedOf("a"), "<link>https://example.org/</link>", "<link>"+site+"</link><image><url>"+icon+"</url></image>", 1)
}

// TestIconSearch looks for icons where they can be, and in which order.
func TestIconSearch(t *testing.T) {
	red, green, blue := drawing(t, "png", 32, 32), drawing(t, "gif", 32, 32), drawing(t, "jpeg", 32, 32)
	link := `<!DOCTYPE html><link rel=icon href=/i.gif>`
	for name, c := range map[string]struct {
		files map[string]string
		want  string // the icon; "" for none
		asked []string
	}{
		"the feed's own": {map[string]string{"/feed": withIcon("https://a.example/", "/logo.png"), "/logo.png": red, "/": link, "/i.gif": green},
			red, []string{"/logo.png"}},
		"its page's": {map[string]string{"/": link, "/i.gif": green, "/favicon.ico": blue},
			green, []string{"/", "/i.gif"}},
		"the well-known one": {map[string]string{"/": "<!DOCTYPE html><title>x</title>", "/favicon.ico": blue},
			blue, []string{"/", "/favicon.ico"}},
		"without a page": {map[string]string{"/favicon.ico": blue}, blue, []string{"/", "/favicon.ico"}},
		"one after the other": {map[string]string{"/feed": withIcon("https://a.example/news", "/logo.svg"), "/logo.svg": "<svg/>", "/news": link, "/i.gif": "<svg/>", "/favicon.ico": blue},
			blue, []string{"/logo.svg", "/news", "/i.gif", "/favicon.ico"}},
		"too large": {map[string]string{"/": link, "/i.gif": green + strings.Repeat("x", maxIcon)}, "", []string{"/", "/i.gif", "/favicon.ico"}},
		"none":      {nil, "", []string{"/", "/favicon.ico"}},
		"a hundred": {map[string]string{"/": "<!DOCTYPE html>" + many(100, `<link rel=icon href=/%d.png>`)}, "", []string{"/", "/0.png", "/1.png", "/2.png", "/3.png"}},
		"inside":    {map[string]string{"/feed": withIcon("http://127.0.0.1/", "http://169.254.169.254/x.png")}, "", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &gallery{files: map[string]string{}}
				for path, body := range c.files {
					a.files["https://a.example"+path] = body
				}
				g := a.start(t, nil, feedSource("a", "https://a.example/feed"))
				time.Sleep(3 * time.Minute)
				st := g.state("a")
				if key := story.IconKey([]byte(c.want)); c.want != "" && (st.Icon != key || len(a.saved) != 1 || a.saved[0].Key != key || string(a.saved[0].Data) != c.want) {
					t.Errorf("icon %q, stored %d; want %q", st.Icon, len(a.saved), key)
				} else if c.want == "" && (st.Icon != "" || len(a.saved) > 0) {
					t.Errorf("icon %q of %d, want none", st.Icon, len(a.saved))
				}
				if st.Error != "" || st.Notice() != "" || st.Condition() != "ok" {
					t.Errorf("a search for an icon is a fault of the source: %+v", st)
				}
				var asked []string
				for _, r := range g.requests() {
					if path := strings.TrimPrefix(r.url, "https://a.example"); path != "/feed" {
						asked = append(asked, path)
					}
				}
				if !slices.Equal(asked, c.asked) {
					t.Errorf("asked for %q, want %q", asked, c.asked)
				}
				g.stop()
			})
		})
	}
}

func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestIconSchedule looks at an icon once a week, and waits for the turn of its host.
func TestIconSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &gallery{files: map[string]string{"https://a.example/favicon.ico": drawing(t, "png", 32, 32)}}
		var sources []story.Source
		for i := range 5 { // of one site
			sources = append(sources, feedSource(fmt.Sprint(i), fmt.Sprintf("https://a.example/%d/feed", i)))
		}
		off := feedSource("off", "https://off.example/feed")
		off.Enabled = false
		g := a.start(t, nil, append(sources, off)...)
		time.Sleep(5 * time.Minute)
		first := g.state("0")
		for _, src := range sources {
			if st := g.state(src.Name); st.Icon != first.Icon || st.Icon == "" {
				t.Errorf("source %s has the icon %q, its neighbour %q", src.Name, st.Icon, first.Icon)
			}
		}
		if keys := g.Icons(); len(keys) != 5 || keys["3"] != first.Icon {
			t.Errorf("Icons() = %v", keys)
		}
		version := g.IconVersion()
		time.Sleep(30 * 24 * time.Hour)
		asked := g.times("https://a.example/favicon.ico")
		if len(asked) < 4 || len(asked) > 5 || len(g.times("https://off.")) > 0 {
			t.Errorf("the icon of five feeds of one site was asked for %d times in 30 days, that of a disabled source %d times; want once a week",
				len(asked), len(g.times("https://off.")))
		}
		if len(a.saved) != 1 || g.IconVersion() != version {
			t.Errorf("an icon that stays the same was stored %d times", len(a.saved))
		}
		for _, gap := range gaps(g.times("https://a.example/")) {
			if gap < time.Second {
				t.Fatalf("requests to one host %v apart", gap)
			}
		}

		a.set("https://a.example/favicon.ico", drawing(t, "png", 48, 48))
		time.Sleep(9 * 24 * time.Hour)
		second := g.state("0").Icon
		if second == first.Icon || g.IconVersion() == version {
			t.Error("a new icon is not seen")
		}
		a.set("https://a.example/favicon.ico", "gone")
		time.Sleep(9 * 24 * time.Hour)
		if st := g.state("0"); st.Icon != second {
			t.Errorf("the icon was %q and is %q: want it to stay when there is no other", second, st.Icon)
		}
		g.stop()

		// A restart goes on where it was.
		states := g.States()
		again := a.start(t, states, sources...)
		time.Sleep(time.Hour)
		again.stop()
		if n := len(again.times("https://a.example/favicon.ico")); n > 0 || again.state("2").Icon != second {
			t.Errorf("after a restart: %d requests, icon %q", n, again.state("2").Icon)
		}
		if flushed := again.Unflushed(); len(flushed) == 0 {
			t.Error("the states with icons are not given to be stored")
		}
	})
}

// TestIconNotStored tries again when the store does not take an icon.
func TestIconNotStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &gallery{files: map[string]string{"https://a.example/favicon.ico": drawing(t, "png", 32, 32)}, err: errors.New("no space left")}
		g := a.start(t, nil, feedSource("a", "https://a.example/feed"))
		time.Sleep(5 * time.Minute)
		if st := g.state("a"); st.Icon != "" || st.Error != "" {
			t.Errorf("state with an icon that is not stored: %+v", st)
		}
		a.mu.Lock()
		a.err = nil
		a.mu.Unlock()
		time.Sleep(2 * time.Hour)
		if st := g.state("a"); st.Icon == "" || len(a.saved) != 1 {
			t.Errorf("the icon is not stored when it can be: %+v", st)
		}
		g.stop()
	})
}

// TestIconDuringLook has a look end after the search that began before it: the icon stays.
func TestIconDuringLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &gallery{files: map[string]string{"https://a.example/favicon.ico": drawing(t, "png", 32, 32)}}
		src := feedSource("a", "https://a.example/feed")
		src.Interval = time.Second
		var looks atomic.Int32
		g := start(t, []story.Source{src}, nil, func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/feed" && looks.Add(1) > 1 {
				time.Sleep(9 * time.Second) // most of the time a look is under way
			}
			return a.answer(r)
		}, func(o *Options) { o.SaveIcon = a.save })
		time.Sleep(10 * time.Minute)
		g.stop()
		if st := g.state("a"); st.Icon == "" || len(g.times("https://a.example/favicon.ico")) != 1 {
			t.Errorf("icon %q, asked for %d times", st.Icon, len(g.times("https://a.example/favicon.ico")))
		}
	})
}

func FuzzIconType(f *testing.F) {
	f.Add([]byte(drawing(f, "png", 16, 16)))
	f.Add([]byte(drawing(f, "gif", 16, 16)))
	f.Add([]byte(drawing(f, "jpeg", 16, 16)))
	f.Add([]byte(iconFile(bitmap(16, 16), drawing(f, "png", 16, 16))))
	f.Add([]byte(webP("VP8X", 0, 0, 0, 0, 31, 0, 0, 31, 0, 0)))
	f.Add([]byte(webP("VP8 ")))
	f.Fuzz(func(t *testing.T, data []byte) {
		if kind, err := iconType(data); (kind == "") == (err == nil) || strings.Contains(kind, "svg") {
			t.Errorf("iconType = %q, %v", kind, err)
		}
	})
}
