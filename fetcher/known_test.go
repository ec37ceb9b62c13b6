package fetcher

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storyfold/story"
)

// learnt returns what is remembered of a document once it was committed, nil if nothing is.
func learnt(doc *document) *memory {
	r := &Result{Articles: doc.Articles, memory: doc.memory, Kept: make([]uint64, len(doc.Articles))}
	for i := range r.Kept {
		r.Kept[i] = uint64(i) + 1
	}
	return r.remembered()
}

// sameWithMemory checks that a document gives the same with what was remembered of another as without, but
// for the articles that are known, and returns how many those are.
func sameWithMemory(t *testing.T, was, now []byte, contentType string, src story.Source) int {
	t.Helper()
	const base = "https://feeds.example.org/news/feed.xml"
	read := func(data []byte, st *story.SourceState, m *memory) (*document, error) {
		return parseNext(data, contentType, base, src, st, m)
	}
	st := &story.SourceState{}
	first, err := read(was, st, nil)
	if err != nil || first == nil {
		return 0
	}
	m := learnt(first)
	st.Marks, st.Churn, st.Unnamed = first.marks, first.churn, first.unnamed
	want, wantErr := read(now, st, nil)
	got, gotErr := read(now, st, m)
	if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) || (got == nil) != (want == nil) {
		t.Fatalf("%v with what is remembered, %v without", gotErr, wantErr)
	}
	if got == nil {
		return 0
	}
	known := 0
	for i := range got.same {
		if got.same[i] == 0 {
			continue
		}
		known++
		g, w := &got.Articles[i], &want.Articles[i]
		old := first.Articles[m.index(t, got.same[i])]
		if old.Identity != g.Identity || g.Source != w.Source || g.Identity != w.Identity || !g.Published.Equal(w.Published) {
			t.Fatalf("%+v is known as %+v of %+v", w, g, old)
		}
		w.FirstSeen = old.FirstSeen
		if !reflect.DeepEqual(*w, old) {
			t.Fatalf("%+v is taken for %+v", w, old)
		}
		*g = *w
	}
	again := learnt(got)
	if whole := learnt(want); (again == nil) != (whole == nil) || again != nil && !reflect.DeepEqual(again, whole) {
		t.Fatalf("what is remembered next is %+v, %+v without", again, whole)
	}
	got.same, got.memory, want.memory = nil, nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("what is remembered changed what was read:\n%+v\nwant\n%+v", got, want)
	}
	return known
}

// index returns which article of the document had the content.
func (m *memory) index(t *testing.T, content uint64) int {
	for _, k := range m.items {
		if k.content == content {
			return int(content) - 1
		}
	}
	t.Fatalf("no item has content %d", content)
	return 0
}

// TestKnown reads a document and then another, and checks how many items of that are known.
func TestKnown(t *testing.T) {
	item := func(n int, more string) string {
		return fmt.Sprintf("<item><title>Pier %d</title><guid>pier-%[1]d</guid><link>https://fjordvik.example/%[1]d</link>"+
			"<pubDate>Tue, 03 Mar 2026 10:%02[1]d:00 +0000</pubDate><description>%s The harbour master of Fjordvik said so.</description></item>\n", n, more)
	}
	items := func(numbers ...int) (s string) {
		for _, n := range numbers {
			s += item(n, "")
		}
		return s
	}
	rss := func(items string) string { return head + items + tail }
	entry := func(n int) string {
		return fmt.Sprintf("<entry><title>Pier %d</title><id>pier-%[1]d</id><updated>2026-03-03T10:%02[1]d:00Z</updated><content type='html'>&lt;p&gt;Long %[1]d</content></entry>", n)
	}
	atom := func(author, entries string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><author><name>` + author + `</name></author>` + entries + `</feed>`
	}
	now := rss(items(1, 2, 3))
	for name, c := range map[string]struct {
		was, now string
		known    int
	}{
		"the same":             {now, now, 3},
		"a new one":            {now, rss(items(4, 1, 2, 3)), 3},
		"one between":          {now, rss(items(1, 2, 4, 3)), 3},
		"one less":             {now, rss(items(2, 3)), 2},
		"another order":        {now, rss(items(3, 1, 2)), 3},
		"one edited":           {now, rss(items(1) + item(2, "Update:") + items(3)), 2},
		"one twice":            {now, rss(items(1, 2, 3, 1)), 0},
		"guid of another":      {now, rss(items(1, 2, 3) + strings.Replace(items(4), "pier-4", "pier-1", 1)), 0},
		"guid that is gone":    {now, rss(items(1, 2, 3) + strings.Replace(items(4), "<guid>pier-4</guid>", "", 1)), 0},
		"new title of channel": {now, strings.Replace(now, "<title>T", "<title>U", 1), 3},
		"new language":         {now, strings.Replace(now, "<title>T", "<language>nb</language><title>T", 1), 0},
		"new namespace":        {now, strings.Replace(now, "<rss ", `<rss xmlns:x="urn:x" `, 1), 0},
		"base":                 {now, strings.Replace(now, "<channel>", `<channel xml:base="https://x.example/">`, 1), 0},
		"cut off":              {now, now[:len(now)-len(tail)-20], 0},
		"broken":               {now, strings.Replace(now, "<title>T", "<title>T <", 1), 0},
		"no guids": {rss("<item><title>a</title><link>https://x.example/a</link></item>"),
			rss("<item><title>a</title><link>https://x.example/a</link></item>"), 0},
		"end tag in a section": {rss(items(1) + "<item><guid>c</guid><title>c</title><description><![CDATA[</item>]]></description></item>"),
			rss(items(4, 1) + "<item><guid>c</guid><title>c</title><description><![CDATA[</item>]]></description></item>"), 1},
		"a date to come":   {rss(strings.Replace(items(1), "2026", "2126", 1) + items(2)), rss(strings.Replace(items(1), "2026", "2126", 1) + items(2)), 1},
		"items outside":    {now, head + items(1) + "</channel>" + items(2, 3) + "</rss>", 0},
		"a long one":       {rss(items(1) + item(2, strings.Repeat("High water. ", maxKnownItem/12))), rss(items(3, 1) + item(2, strings.Repeat("High water. ", maxKnownItem/12))), 1},
		"nothing to show":  {rss(items(1) + "<item><guid>x</guid></item>"), rss(items(1) + "<item><guid>x</guid></item>"), 1},
		"Atom":             {atom("Ilse", entry(1)+entry(2)), atom("Ilse", entry(3)+entry(1)+entry(2)), 2},
		"Atom, new author": {atom("Ilse", entry(1)+entry(2)), atom("Greta", entry(3)+entry(1)+entry(2)), 0},
		"JSON":             {`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"a"}]}`, `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"a"}]}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if known := sameWithMemory(t, []byte(c.was), []byte(c.now), "", story.Source{Name: testSource, Lang: "en"}); known != c.known {
				t.Errorf("%d items are known, want %d", known, c.known)
			}
		})
	}
	if m := learnt(mustParse(t, rss(items(1, 2, 3)))); len(m.items) != 3 {
		t.Errorf("%d items are remembered", len(m.items))
	}
	many := make([]int, maxRemembered+10)
	for i := range many {
		many[i] = i
	}
	if m := learnt(mustParse(t, rss(items(many...)))); len(m.items) != maxRemembered {
		t.Errorf("%d items are remembered", len(m.items))
	}
}

func mustParse(t *testing.T, s string) *document {
	t.Helper()
	doc, err := parseString(s)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestKnownCostsLittle: what is known is not read again.
func TestKnownCostsLittle(t *testing.T) {
	src := story.Source{Name: testSource}
	for _, format := range []string{"rss", "atom"} {
		first := mustParse(t, string(benchDocument(format, 0)))
		m, data := learnt(first), benchDocument(format, 0)
		full := testing.AllocsPerRun(5, func() { parseFeed(data, "", "https://feeds.example.org/feed.xml", src) })
		again := testing.AllocsPerRun(5, func() {
			parseNext(data, "", "https://feeds.example.org/feed.xml", src, &story.SourceState{}, m)
		})
		if again > full/10 {
			t.Errorf("%s: %v allocations where all is known, %v where nothing is", format, again, full)
		}
	}
}

// TestKnownLooks has a feed read three times, and the second time found to be stored otherwise.
func TestKnownLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		g := start(t, []story.Source{feedSource("a", "https://a.example/feed")}, nil, func(r *http.Request) (*http.Response, error) {
			looks++
			return respond(r, 200, strings.Replace(feedOf("a", "b", "c"), "<channel>", fmt.Sprintf("<channel><ttl>%d</ttl>", min(looks, 2)), 1)), nil
		})
		g.setSink(func(_ context.Context, r *Result) error {
			r.Kept = []uint64{1, 2, 3}
			r.Outdated = r.Same != nil
			return nil
		})
		synctest.Wait()
		time.Sleep(time.Minute)
		g.Refresh(t.Context(), nil, nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		got := g.got()
		if len(got) != 3 {
			t.Fatalf("%d results", len(got))
		}
		if got[0].Same != nil || !slices.Equal(got[1].Same, []uint64{1, 2, 3}) || got[2].Same != nil {
			t.Errorf("known %v, %v and %v", got[0].Same, got[1].Same, got[2].Same)
		}
		if a := got[1].Articles[1]; a.Identity != got[0].Articles[1].Identity || a.Title != "" || titles(got[2]) != titles(got[0]) {
			t.Errorf("%+v is known", a)
		}
		if st := g.state("a"); st.Items != 3 || st.BodyHash == 0 {
			t.Errorf("state %+v", st)
		}
	})
}

// FuzzKnown: with what is remembered of one document, another gives the same as without.
func FuzzKnown(f *testing.F) {
	const items = "<item><guid>1</guid><title>a</title><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate></item><item><guid>2</guid><link>https://x.example/2</link><title>b</title></item>"
	f.Add([]byte(head+items+tail), uint16(len(head)), uint16(0), []byte("<item><guid>3</guid><title>c</title></item>"))
	f.Add([]byte(head+items+tail), uint16(len(head+items)), uint16(0), []byte("<item><guid>1</guid><title>c</title></item>"))
	f.Add([]byte(head+items+tail), uint16(30), uint16(0), []byte("<language>nb</language>"))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title type="html">a</title><content type="html">&lt;p&gt;b</content></entry></feed>`),
		uint16(43), uint16(0), []byte("<entry><id>3</id><title>c</title></entry><author><name>d</name></author>"))
	f.Fuzz(func(t *testing.T, was []byte, at, size uint16, with []byte) {
		from := min(int(at), len(was))
		to := min(from+int(size), len(was))
		now := bytes.Join([][]byte{was[:from], with, was[to:]}, nil)
		sameWithMemory(t, was, now, "", story.Source{Name: testSource})
	})
}

// BenchmarkKnown reads a document with three new items beside 27 that are known.
func BenchmarkKnown(b *testing.B) {
	src := story.Source{Name: testSource}
	for _, format := range []string{"rss", "atom"} {
		doc, _ := parseFeed(benchDocument(format, 3), "", "https://fjordvik.example/feed", src)
		m, data := learnt(doc), benchDocument(format, 0)
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				doc, err := parseNext(data, "", "https://fjordvik.example/feed", src, &story.SourceState{}, m)
				if err != nil || len(doc.Articles) != 30 || doc.same[29] == 0 && doc.same[3] == 0 {
					b.Fatalf("%+v, %v", doc, err)
				}
			}
		})
	}
}
