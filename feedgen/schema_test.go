package feedgen

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"storyfold/story"
)

// schema is as much of JSON Schema as testdata/jsonfeed.schema.json needs.
type schema struct {
	Type       string
	Const      any
	Required   []string
	Properties map[string]*schema
	Additional *bool `json:"additionalProperties"`
	Items      *schema
	MinItems   int `json:"minItems"`
	MinLength  int `json:"minLength"`
	Minimum    *float64
	Pattern    string
	Format     string
}

// check returns what of v, at the path, is not as the schema has it.
func (s *schema) check(path string, v any) (wrong []string) {
	bad := func(format string, args ...any) { wrong = append(wrong, path+": "+fmt.Sprintf(format, args...)) }
	if s.Const != nil && v != s.Const {
		bad("%v, want %v", v, s.Const)
	}
	switch v := v.(type) {
	case map[string]any:
		if s.Type != "object" {
			bad("an object, want %s", s.Type)
			break
		}
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				bad("%s is missing", name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if p := s.Properties[name]; p != nil {
				wrong = append(wrong, p.check(path+"."+name, v[name])...)
			} else if s.Additional != nil && !*s.Additional {
				bad("%s is not of the format", name)
			}
		}
	case []any:
		if s.Type != "array" || len(v) < s.MinItems {
			bad("a list of %d, want %s", len(v), s.Type)
			break
		}
		for i, x := range v {
			wrong = append(wrong, s.Items.check(fmt.Sprintf("%s[%d]", path, i), x)...)
		}
	case string:
		if s.Type != "string" || len(v) < s.MinLength || s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
			bad("%q is not as it should be", v)
		}
		wrong = append(wrong, checkFormat(path, s.Format, v)...)
	case float64:
		if s.Type != "integer" && s.Type != "number" || s.Type == "integer" && v != float64(int64(v)) || s.Minimum != nil && v < *s.Minimum {
			bad("the number %v, want %s", v, s.Type)
		}
	default:
		bad("%v, want %s", v, s.Type)
	}
	return wrong
}

func checkFormat(path, format, text string) []string {
	switch format {
	case "uri":
		if u, err := url.Parse(text); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return []string{fmt.Sprintf("%s: %q is not an address", path, text)}
		}
	case "date-time":
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return []string{fmt.Sprintf("%s: %q is not a time", path, text)}
		}
	}
	return nil
}

func TestJSONFeedSchema(t *testing.T) {
	raw, err := os.ReadFile("testdata/jsonfeed.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	m, c := merged()
	c.Feeds = append(c.Feeds, Feed{Name: "silent", Updates: Silent, Link: LinkStory}, Feed{Name: "each", Updates: Reissue}, Feed{Name: "days", Updates: Digest(8, 0)})
	hostile := tell(hostileStory(`<b> & "]]>` + "\x00\u202e"))
	hostile.Members[0].Enclosures = []story.Enclosure{{URL: "https://e.example/a", Type: "audio/mpeg"}}
	m.list = append(m.list, hostile)
	h := at(m, c, clock(100, 0))
	for _, path := range []string{"/feed.json", "/feed.json?limit=1", "/feeds/silent.json", "/feeds/each.json", "/feeds/days.json", "/search.json?q=a"} {
		var doc any
		if err := json.Unmarshal(body(t, h, path), &doc); err != nil {
			t.Fatal(err)
		}
		if wrong := s.check(path, doc); len(wrong) > 0 {
			t.Errorf("%s", strings.Join(wrong, "\n"))
		}
	}
	for _, bad := range []string{
		`{"version": "https://jsonfeed.org/version/1", "title": "x", "items": []}`,
		`{"version": "https://jsonfeed.org/version/1.1", "title": "x", "home_page_url": "x", "feed_url": "javascript:1", "description": "x", "items": [{"id": ""}], "more": 1}`,
	} {
		var doc any
		if err := json.Unmarshal([]byte(bad), &doc); err != nil {
			t.Fatal(err)
		}
		if len(s.check("bad", doc)) == 0 {
			t.Errorf("the schema takes %s", bad)
		}
	}
}
