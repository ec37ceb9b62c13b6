package fetcher

import (
	"fmt"
	"strings"
	"testing"

	"storyfold/story"
)

func TestCanonicalLink(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"https://example.org/a", "https://example.org/a"},
		{"http://www.example.org/a/", "https://example.org/a"},
		{"HTTP://M.Example.ORG:80/a#part", "https://example.org/a"},
		{"https://amp.example.org/a", "https://example.org/a"},
		{"https://example.org/a/amp/", "https://example.org/a"},
		{"https://example.org/amp/a", "https://example.org/a"},
		{"https://example.org/a.amp.html", "https://example.org/a.html"},
		{"https://example.org/a?utm_source=x&utm_medium=y&fbclid=1&gclid=2", "https://example.org/a"},
		{"https://example.org/a?b=2&a=1&UTM_Source=x", "https://example.org/a?a=1&b=2"},
		{"https://example.org/a?outputType=amp", "https://example.org/a"},
		{"https://example.org/story?id=5", "https://example.org/story?id=5"},
		{"https://example.org:8443/a", "https://example.org:8443/a"},
		{"http://example.org:80/a", "https://example.org/a"},
		{"https://example.org.:443/a/", "https://example.org/a"},
		{"http://127.0.0.1:8080/a.amp", "https://127.0.0.1:8080/a"},
		{"https://example.org", "https://example.org"},
		{"https://example.org/", "https://example.org"},
		{"https://m.uk/a", "https://m.uk/a"},
		{"https://user:pw@example.org/a", "https://example.org/a"},
		{"https://[2606:4700::1111]/a", "https://[2606:4700::1111]/a"},
		{"https://example.org/caf%C3%A9", "https://example.org/caf%C3%A9"},
		{"https://example.org/amp", "https://example.org/amp"},
		{"mailto:a@example.org", ""},
		{"/relative", ""},
		{"", ""},
		{"http://%zz/", ""},
	} {
		got := CanonicalLink(c.in)
		if got != c.want {
			t.Errorf("CanonicalLink(%q) = %q, want %q", c.in, got, c.want)
		}
		if again := CanonicalLink(got); again != got {
			t.Errorf("CanonicalLink(%q) = %q, want it to stay", got, again)
		}
	}
}

// TestChurn reads documents of one feed in turn and tells by what its articles are identified.
func TestChurn(t *testing.T) {
	type look struct {
		guids, links string // with the number of the item appended; guids: "%d" is the look
		items        int
		byLink       bool
	}
	for name, looks := range map[string][]look{
		"steady":         {{"g", "https://x.example/", 5, false}, {"g", "https://x.example/", 5, false}, {"g", "https://x.example/", 5, false}},
		"new each time":  {{"g1-", "https://x.example/", 5, false}, {"g2-", "https://x.example/", 5, true}, {"g3-", "https://x.example/", 5, true}, {"g3-", "https://x.example/", 5, true}},
		"two items":      {{"g1-", "https://x.example/", 2, false}, {"g2-", "https://x.example/", 2, false}},
		"other items":    {{"g1-", "https://x.example/old/", 5, false}, {"g2-", "https://x.example/new/", 5, false}},
		"links as guids": {{"https://x.example/", "https://x.example/", 5, true}, {"http://x.example/", "http://x.example/", 5, true}},
	} {
		t.Run(name, func(t *testing.T) {
			var st story.SourceState
			for n, l := range looks {
				var b strings.Builder
				for i := range l.items {
					fmt.Fprintf(&b, "<item><title>Item %[1]d</title><guid isPermaLink='false'>%[2]s%[1]d</guid><link>%[3]s%[1]d</link></item>", i, l.guids, l.links)
				}
				doc, err := parseNext([]byte("<rss version='2.0'><channel>"+b.String()+"</channel></rss>"), "", "https://x.example/feed", story.Source{Name: "s"}, &st, nil)
				if err != nil || len(doc.Articles) != l.items {
					t.Fatalf("look %d: %v", n+1, err)
				}
				want := fmt.Sprint(l.guids, 1)
				if l.byLink && l.guids != l.links {
					want = fmt.Sprint(l.links, 1)
				}
				if got := doc.Articles[1].Identity; got != want {
					t.Errorf("look %d: identity %q, want %q", n+1, got, want)
				}
				st.Marks, st.Churn, st.Unnamed = doc.marks, doc.churn, doc.unnamed
			}
		})
	}
}
