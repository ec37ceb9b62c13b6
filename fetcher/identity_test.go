package fetcher

import "testing"

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
