package feedgen

import (
	"fmt"
	"strings"
	"testing"

	"storyfold/story"
)

// TestFillingsFollowVersions proves that an entry is made anew when its story or
// the config changes, or its feed differs, and is not made anew otherwise.
func TestFillingsFollowVersions(t *testing.T) {
	m, c := newspaper()
	for i := range m.list {
		m.list[i].Version = uint64(i + 1)
	}
	c.Feeds = append(c.Feeds, Feed{Name: "here", Link: LinkStory}, Feed{Name: "two", MinReports: 2})
	h := newHandler(m, c)
	ask := func(path, text string, want bool) {
		t.Helper()
		m.gen++
		if got := strings.Contains(string(body(t, h, path)), text); got != want {
			t.Errorf("%s holds %q: %v, want %v", path, text, got, want)
		}
	}
	const old, renewed = "Ferry runs aground off Brisholm", "Ferry freed"
	ask("/feed.atom", old, true)
	s := ferry()
	s.Brief.Headline, s.Version = renewed, 1
	m.list[0] = s
	for _, ext := range []string{"atom", "rss", "json"} {
		ask("/feed."+ext, renewed, false) // as its version says, nothing changed
	}
	m.list[0].Version = 99
	ask("/feed.atom", renewed, true)
	ask("/feed.rss", renewed, true)

	ask("/feeds/here.atom", "/stories/ferryferryferry2\" rel=\"alternate\"", true)
	ask("/feed.atom", "/stories/ferryferryferry2\" rel=\"alternate\"", false)
	ask("/feed.json", "The captain saw no lights.", true)
	ask("/feeds/two.json", "The captain saw no lights.", false) // not new to those who see the story from there on

	c.BaseURL = "https://news.example"
	h.Configure(c)
	ask("/feed.atom", "http://127.0.0.1:8080", false)
	m.list[0].Version = 0
	m.list[0].Brief.Headline = old
	ask("/feed.atom", old, true)
}

// TestFillingsAreBounded proves that what is kept does not grow without end.
func TestFillingsAreBounded(t *testing.T) {
	var k fillings
	set := &settings{serial: 1}
	long := strings.Repeat("x", 10_000)
	for i := range 5000 {
		k.keep(set, fillingKey{name: fmt.Sprint(i)}, filling{content: long, storyfold: jsonExtension{Story: story.ID("s")}})
	}
	if n := (len(k.young) + len(k.old)) * len(long); n > maxFillings {
		t.Errorf("%d bytes are kept, want at most %d", n, maxFillings)
	}
	last := fillingKey{name: "4999"}
	if k.lookup(set, last) == nil || k.lookup(&settings{serial: 2}, last) != nil {
		t.Error("the last filling is gone, or stays under another config")
	}
	k.keep(&settings{serial: 0}, fillingKey{name: "late"}, filling{})
	if k.lookup(set, last) == nil {
		t.Error("a late answer under an older config drops what is kept")
	}
}
