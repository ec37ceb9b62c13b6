package fetcher

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const opmlDocument = `<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="2.0"><head><title>Küste</title></head><body>
<outline text="Küste"><outline type="rss" text="Hafen-Bote" xmlUrl="https://hafen.example/feed?a=1&amp;b=2"/>
<outline text="Inseln"><outline text="&lt;b&gt;Düne&lt;/b&gt;" xmlurl=" https://duene.example/rss "></outline></outline>
<outline type="atom" title="Watt" text="x" url="https://watt.example/atom"/></outline>
<outline type="rss" text="Moor" xmlUrl="https://moor.example/rss" category="/Land/Moor"/>
<outline type="link" text="Seite" url="https://seite.example/"/>
</body></opml>`

func TestReadOPML(t *testing.T) {
	want := []Subscription{
		{"Hafen-Bote", "https://hafen.example/feed?a=1&b=2", "Küste"},
		{"Düne", "https://duene.example/rss", "Inseln"},
		{"Watt", "https://watt.example/atom", "Küste"},
		{"Moor", "https://moor.example/rss", "Moor"},
	}
	latin, err := charmap.ISO8859_1.NewEncoder().String(opmlDocument)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(opmlDocument)
	if err != nil {
		t.Fatal(err)
	}
	for name, doc := range map[string]string{"UTF-8 that says Latin 1": opmlDocument, "Latin 1": latin, "UTF-16": wide} {
		got, err := ReadOPML(strings.NewReader(doc))
		if err != nil {
			t.Errorf("%s: ReadOPML: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	var out strings.Builder
	if err := WriteOPML(&out, "t", want); err != nil {
		t.Fatal(err)
	}
	again, err := ReadOPML(strings.NewReader(out.String()))
	if err != nil || len(again) != len(want) {
		t.Errorf("ReadOPML of what WriteOPML wrote = %v, %v", again, err)
	}
}

func TestReadHostileOPML(t *testing.T) {
	feed := `<outline text="Hafen-Bote" xmlUrl="https://hafen.example/feed"/>`
	bomb := `<!DOCTYPE opml [<!ENTITY a0 "ha">`
	for i := range 30 {
		bomb += fmt.Sprintf(`<!ENTITY a%d "&a%d;&a%d;">`, i+1, i, i)
	}
	for name, test := range map[string]struct {
		doc   string
		feeds int
		err   error // nil: none, errAny: one
	}{
		"entity bomb":     {bomb + `]><opml><body>` + feed + `<outline text="&a30;" xmlUrl="https://b.example/"/></body></opml>`, 2, nil},
		"external entity": {`<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="&x;" xmlUrl="https://b.example/&x;"/></body></opml>`, 1, nil},
		"deep":            {`<opml><body>` + feed + strings.Repeat("<outline text='x'>", 100_000), 1, errAny},
		"cut off":         {`<opml><body>` + feed + `<outline text="Half`, 1, ErrCutOff},
		"not closed":      {`<opml><body>` + feed, 1, ErrCutOff},
		"bad nesting":     {`<opml><body>` + feed + `</opml></body>` + feed, 1, errAny},
		"controls":        {"<opml><body>\x00\x0b" + feed + "</body></opml>", 1, nil},
		"empty":           {"  ", 0, ErrNotOPML},
		"a feed":          {`<rss version="2.0"><channel/></rss>`, 0, ErrNotOPML},
		"a web page":      {`<!doctype html><html><body>hi`, 0, ErrNotOPML},
		"JSON":            {`{"version": 1}`, 0, ErrNotOPML},
		"too large":       {"<opml><body>" + strings.Repeat(" ", maxOPML), 0, errAny},
	} {
		got, err := ReadOPML(strings.NewReader(test.doc))
		if len(got) != test.feeds || (err != nil) != (test.err != nil) || test.err != nil && test.err != errAny && !errors.Is(err, test.err) {
			t.Errorf("%s: ReadOPML = %d feeds, %v, want %d, %v", name, len(got), err, test.feeds, test.err)
		}
		for _, s := range got {
			if strings.Contains(s.Name+s.Feed, "root:") || len(s.Name) > 4*maxName {
				t.Errorf("%s: ReadOPML gave %+v", name, s)
			}
		}
	}
}

var errAny = errors.New("any")

// FuzzOPML: whatever goes in, what comes out is short, plain, and can be written.
func FuzzOPML(f *testing.F) {
	f.Add(opmlDocument)
	f.Add("<opml><body><outline text='a'><outline xmlUrl='b'/></body>")
	f.Fuzz(func(t *testing.T, doc string) {
		feeds, _ := ReadOPML(strings.NewReader(doc))
		for _, s := range feeds {
			for _, line := range []string{s.Name, s.Category} {
				if utf8.RuneCountInString(line) > maxName || strings.ContainsAny(line, "\n\r\x00") {
					t.Fatalf("ReadOPML gave the line %q", line)
				}
			}
		}
		var out strings.Builder
		if err := WriteOPML(&out, "t", feeds); err != nil {
			t.Fatal(err)
		}
		if again, err := ReadOPML(strings.NewReader(out.String())); err != nil || len(again) > len(feeds) {
			t.Fatalf("reading it again: %d feeds of %d, %v", len(again), len(feeds), err)
		}
	})
}
