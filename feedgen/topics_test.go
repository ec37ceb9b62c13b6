package feedgen

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

const hub = "https://hub.example/?a=1&b=2"

func TestHubIsNamed(t *testing.T) {
	m, c := newspaper()
	c.Hub = hub
	c.Feeds = append(c.Feeds, Feed{Name: "mine", Key: "s3cret"}, Feed{Name: "world"})
	h := newHandler(m, c)
	for _, path := range []string{"/feed.atom", "/feed.rss", "/feed.json", "/feeds/world.atom"} {
		w := get(t, h, path)
		text := strings.ReplaceAll(w.Body.String(), "&amp;", "&")
		want := `href="` + hub + `" rel="hub"`
		if strings.HasSuffix(path, "json") {
			want = hub
			var feed struct{ Hubs []struct{ Type, URL string } }
			if err := json.Unmarshal(w.Body.Bytes(), &feed); err != nil || len(feed.Hubs) != 1 || feed.Hubs[0].Type != "WebSub" || feed.Hubs[0].URL != hub {
				t.Errorf("%s: hubs %+v, %v", path, feed.Hubs, err)
			}
		}
		if strings.Count(text, want) != 1 {
			t.Errorf("%s does not name the hub once:\n%.900s", path, text)
		}
		links := []string{"<" + hub + `>; rel="hub"`, "<" + c.BaseURL + path + `>; rel="self"`}
		for name, got := range map[string][]string{"GET": w.Header()["Link"], "304": get(t, h, path, "If-None-Match", "*").Header()["Link"]} {
			if !slices.Equal(got, links) {
				t.Errorf("%s, %s: Link %q, want %q", path, name, got, links)
			}
		}
		parse(t, w.Body.Bytes())
	}
	for _, path := range []string{"/feeds/mine.atom?key=s3cret", "/feeds/mine.json?key=s3cret", "/feed.atom?limit=2", "/search.rss?q=ferry", "/"} {
		w := get(t, h, path)
		if w.Code != 200 || strings.Contains(w.Body.String(), "hub.example") || w.Header()["Link"] != nil {
			t.Errorf("%s = %d, and names the hub, which is never told of it", path, w.Code)
		}
	}
	c.Hub = ""
	h.Configure(c)
	if topics, err := h.Topics(); strings.Contains(string(body(t, h, "/feed.atom")), "hub") || len(topics) != 0 || err != nil {
		t.Errorf("without a hub: topics %v, %v", topics, err)
	}
}

func TestTopics(t *testing.T) {
	m, c := newspaper()
	c.Hub = hub
	c.Feeds = append(c.Feeds, Feed{Name: "mine", Key: "s3cret"}, Feed{Name: "politik", Categories: []string{"politik"}}, Feed{Name: "daily", Updates: "digest@07:00"})
	h := newHandler(m, c)
	now := clock(30, 0)
	h.options.Now = func() time.Time { return now }
	topics := func() map[string]string {
		t.Helper()
		topics, err := h.Topics()
		if err != nil {
			t.Fatal(err)
		}
		return topics
	}
	before, mark := topics(), h.Mark()
	if len(before) != 9 || before[c.BaseURL+"/feed.rss"] != get(t, h, "/feed.rss").Header().Get("ETag") {
		t.Fatalf("topics %v, want three feeds in three formats", before)
	}
	for topic := range before {
		if strings.Contains(topic, "mine") || strings.Contains(topic, "key") {
			t.Errorf("%s is told to the hub", topic)
		}
	}
	if !maps.Equal(before, topics()) || h.Mark() != mark {
		t.Error("topics change by themselves")
	}
	m.list[1].Brief.Headline = "Frost spares the plums" // in all feeds but politik
	m.gen++
	for topic, tag := range topics() {
		if changed := tag != before[topic]; changed == strings.Contains(topic, "politik") && !strings.Contains(topic, "daily") {
			t.Errorf("%s: changed %v", topic, changed)
		}
	}
	if h.Mark() == mark {
		t.Error("a commit does not change the mark")
	}
	mark = h.Mark()
	now = now.Add(24 * time.Hour) // a new day for the digest, without a commit
	if h.Mark() == mark {
		t.Error("a new day of a digest does not change the mark")
	}
	h = New(Options{Stories: broken{m}, Log: quiet})
	h.Configure(c)
	if topics, err := h.Topics(); err == nil {
		t.Errorf("topics of a store that cannot be read: %v", topics)
	}
}
