package fetcher

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"storyfold/story"
)

func parseString(s string) (*document, error) {
	return parseFeed([]byte(s), "", "https://feeds.example.org/feed.xml", story.Source{Name: testSource})
}

const head, tail = `<rss version="2.0"><channel><title>T</title>`, `</channel></rss>`

func TestDepth(t *testing.T) {
	nested := func(open, end string, n int) string { return strings.Repeat(open, n) + strings.Repeat(end, n) }
	for name, c := range map[string]struct {
		doc string
		err error
	}{
		"150 levels":          {head + "<item><title>x</title><description>" + nested("<b>", "</b>", 150) + "</description></item>" + tail, nil},
		"2 million levels":    {head + "<item><title>x</title><description>" + strings.Repeat("<b>", 2_000_000), ErrTooDeep},
		"levels outside":      {nested("<b>", "</b>", 300), ErrNotFeed},
		"levels in CDATA":     {head + "<item><title>x</title><description><![CDATA[" + strings.Repeat("<div><b>", 200_000) + "]]></description></item>" + tail, nil},
		"levels in a comment": {head + "<!--" + strings.Repeat("<b>", 300) + "--><item><title>x</title></item>" + tail, nil},
		"void elements":       {head + "<item><title>x</title><description>" + strings.Repeat("a<br>", 300) + "</description></item>" + tail, nil},
		"JSON":                {`{"version":"https://jsonfeed.org/version/1.1","items":` + strings.Repeat("[", 200_000), ErrTooDeep},
		"JSON in a string":    {`{"version":"https://jsonfeed.org/version/1.1","items":[{"title":"\"` + strings.Repeat("[", 300) + `"}]}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := parseString(c.doc)
			if !errors.Is(err, c.err) || c.err == nil && (err != nil || len(doc.Articles) != 1) {
				t.Errorf("parseFeed = %+v, %v; want %v", doc, err, c.err)
			}
		})
	}
}

// TestItemsBeforeTheDepth: what stands before the place that is too deep is kept, whatever stands behind it.
func TestItemsBeforeTheDepth(t *testing.T) {
	const rss = "<item><title>one</title></item><item><title>two</title></item>"
	const jsonHead = `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"one"},{"id":"2","title":"two"}`
	for name, c := range map[string]struct {
		doc   string
		items int
	}{
		"in an item":             {head + rss + "<item><title>three</title><a>" + strings.Repeat("<b>", 200_000), 2},
		"closed again":           {head + rss + "<item><a>" + strings.Repeat("<b>", 300) + strings.Repeat("</b>", 300) + "</a></item>" + rss + tail, 2},
		"outside the items":      {head + rss + strings.Repeat("<b>", 300) + tail, 2},
		"before them":            {head + strings.Repeat("<b>", 300) + rss + tail, 0},
		"JSON, in an item":       {jsonHead + `,{"id":"3","x":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + "}]}", 2},
		"JSON, behind the items": {jsonHead + `],"x":` + strings.Repeat(`{"a":`, 300), 2},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := parseString(c.doc)
			want := fmt.Sprintf("%v; %s before that", ErrTooDeep, items(c.items))
			if !errors.Is(err, ErrTooDeep) || err.Error() != want || doc == nil || len(doc.Articles) != c.items {
				t.Errorf("parseFeed = %+v, %v; want %d articles and %q", doc, err, c.items, want)
			}
		})
	}
}

func TestManyItems(t *testing.T) {
	var xml, json strings.Builder
	xml.WriteString(head)
	json.WriteString(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"first"}`)
	for i := range maxItems + 500 {
		fmt.Fprintf(&xml, "<item><title>t%d</title><guid>%[1]d</guid></item>", i)
		fmt.Fprintf(&json, `,{"id":"%d","title":"t%[1]d"}`, i)
	}
	for name, doc := range map[string]string{"XML": xml.String() + tail, "JSON": json.String() + "]}"} {
		d, err := parseString(doc)
		if !errors.Is(err, ErrTooManyItems) || d == nil || d.items != maxItems || d.Articles[1].Title != "t1" {
			t.Errorf("%s: %v, want the first %d items and ErrTooManyItems", name, err, maxItems)
		}
	}
}

func TestHugeParts(t *testing.T) {
	var attrs strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&attrs, ` a%d="1"`, i)
	}
	for name, doc := range map[string]string{
		"title":         head + "<item><title>" + strings.Repeat("long ", 800_000) + "</title></item>" + tail,
		"attributes":    head + "<item" + attrs.String() + "><title>x</title></item>" + tail,
		"attribute":     head + `<item a="` + strings.Repeat("v", 1<<20) + `"><title>x</title></item>` + tail,
		"open quote":    head + `<item><title>x</title><description a="` + strings.Repeat("v", 1<<20) + `</description></item>` + tail,
		"name":          head + "<item><title>x</title><" + strings.Repeat("n", 1<<20) + "></item>" + tail,
		"entity":        head + "<item><title>x &" + strings.Repeat("n", 1<<20) + "; &#" + strings.Repeat("1", 1<<20) + ";</title></item>" + tail,
		"text":          head + "<item><title>x</title><description>" + strings.Repeat("word ", 1<<20) + "</description></item>" + tail,
		"unclosed HTML": head + "<item><title>x</title><description><![CDATA[" + strings.Repeat("<a b='", 1<<19) + "]]></description></item>" + tail,
	} {
		doc, _ := parseString(doc)
		if doc == nil || len(doc.Articles) != 1 {
			t.Errorf("%s: %+v, want one article", name, doc)
			continue
		}
		checkArticle(t, &doc.Articles[0])
	}
}

// TestHostileMarkup: documents made to keep a scanner busy end soon, one way or the other.
func TestHostileMarkup(t *testing.T) {
	const n = 1 << 19
	for name, part := range map[string]string{
		"tags without end":    "<a '",
		"tags without names":  "<<<<",
		"declarations":        "<!DOCTYPE [",
		"comments":            "<!--",
		"instructions":        "<?",
		"CDATA":               "<![CDATA[",
		"end tags":            "</x",
		"stray end tags":      "</x>",
		"references":          "&#x",
		"brackets":            "]]>",
		"attributes":          `<a b="c"d='e' f=g h`,
		"quotes in directive": `<!"'`,
	} {
		if doc, err := parseString(head + "<item><title>x</title>" + strings.Repeat(part, n)); doc == nil && err == nil {
			t.Errorf("%s: neither a document nor an error", name)
		}
	}
}

func TestNestingIsMended(t *testing.T) {
	doc, err := parseString(head + "<item><title>One</title><description><p>a<b>b</p></description></item></channel></rss>")
	if !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), "<b>") || len(doc.Articles) != 1 || doc.Articles[0].Text != "ab" {
		t.Errorf("parseFeed = %+v, %v", doc, err)
	}
}
