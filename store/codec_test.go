package store

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storyfold/story"
)

// writtenAlike fails the test unless a record is written without reflection as with it.
func writtenAlike(t *testing.T, v any, write func(*coder)) {
	t.Helper()
	var want bytes.Buffer
	if err := toCBOR.MarshalToBuffer(v, &want); err != nil {
		t.Fatal(err)
	}
	got := coder{out: []byte{}}
	if write(&got); !bytes.Equal(got.out, want.Bytes()) {
		t.Errorf("%+v is written as\n%x, want\n%x", v, got.out, want.Bytes())
	}
}

// Articles and decisions are written as their readers of plain CBOR expect: no field is forgotten
// when one is added.
func TestWrittenAlike(t *testing.T) {
	var a story.Article
	writtenAlike(t, &a, func(c *coder) { c.putArticle(&a) })
	fill(reflect.ValueOf(&a).Elem(), 1)
	a.Titles = append(a.Titles, story.OldTitle{})
	a.Enclosures = append(a.Enclosures, story.Enclosure{Length: -1})
	writtenAlike(t, &a, func(c *coder) { c.putArticle(&a) })
	var r record
	writtenAlike(t, &r, func(c *coder) { c.putDecided(&r) })
	fill(reflect.ValueOf(&r).Elem(), 1)
	r.Decision.Reason.Terms = append(r.Decision.Reason.Terms, story.Term{})
	writtenAlike(t, &r, func(c *coder) { c.putDecided(&r) })
}

// parsed fails the test unless an article, and what grouping reads of it, come out of its record
// without reflection.
func parsed(t *testing.T, a *story.Article) {
	t.Helper()
	b, err := encode(a)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := unpackTo([]byte("what was there"), b)
	if err != nil {
		t.Fatal(err)
	}
	for whole, want := range map[bool]*story.Article{true: a, false: groupedOf(a)} {
		var got story.Article
		c := coder{reading: true, in: string(plain)}
		if !c.article(&got, whole) || !cmp.Equal(&got, want) {
			t.Errorf("article(encode(%+v), %t): %s", a, whole, cmp.Diff(want, &got))
		}
	}
}

// TestParseArticle reads an article with all fields, and one with hardly any.
func TestParseArticle(t *testing.T) {
	var a story.Article
	fill(reflect.ValueOf(&a).Elem(), 1)
	parsed(t, &a)
	a.Titles = append(a.Titles, story.OldTitle{Title: "of no known time"})
	parsed(t, &a)
	parsed(t, &story.Article{Seq: 1})
	a.Text = strings.Repeat("The ferry lay on the bank. ", 500)
	parsed(t, &a)
}

// FuzzRecord checks that what is stored comes back as it was, and that bytes
// which were never stored are refused without a panic.
func FuzzRecord(f *testing.F) {
	f.Add("Ferry aground", "Nobody was hurt.", int64(1772352000), int64(5), 0.5, []byte{1, 2, 3})
	f.Add("", "", int64(-62135596800), int64(0), 0.0, []byte{formatZstd})
	f.Add("\xff\x00", "日本", int64(253402300800), int64(-1), -1e300, []byte{formatPlain, 0, 0, 0, 0, 0xa0})
	f.Fuzz(func(t *testing.T, title, text string, sec, nano int64, score float64, raw []byte) {
		when := time.Unix(sec, nano)
		a := cleanArticle(story.Article{
			Seq: uint64(sec), Source: text, Identity: title, Title: title, Text: text, Published: when, FirstSeen: when.UTC(),
			Titles:     []story.OldTitle{{Title: text, Until: when}},
			Authors:    []string{title, text},
			Enclosures: []story.Enclosure{{URL: text, Length: nano}},
		})
		var gotA story.Article
		roundTrip(t, &a, &gotA)
		parsed(t, &a)
		writtenAlike(t, &a, func(c *coder) { c.putArticle(&a) })
		when = cleanTime(when)
		if score-score == 0 { // a number
			r := record{Time: when, Decision: story.Decision{
				Kind: story.Kind(nano), Article: uint64(sec), Story: story.ID(text), From: story.ID(title), Articles: []uint64{uint64(nano)},
				Reason: story.Reason{Rule: title, Score: score, Terms: []story.Term{{Text: text, Weight: score}}},
			}}
			writtenAlike(t, &r, func(c *coder) { c.putDecided(&r) })
		}
		s := story.Story{
			ID: story.ID(title), Shown: when, Closed: sec%2 == 0,
			Members:   []story.Member{{Seq: uint64(nano), Title: text, Time: when, Why: story.Reason{Score: score, Terms: []story.Term{{Text: title}}}}},
			Revisions: []story.Revision{{Number: int(nano), Time: when, Articles: []uint64{1, uint64(sec)}, Told: &story.Told{URL: text}}},
			History:   []story.Event{{Time: when, Text: text}},
		}
		if score == score { // not NaN, which differs from itself
			fieldsTrip(t, &s, storyFields)
		}
		for _, v := range []any{new(story.Article), new(story.Story), new(record), new(story.SourceState)} {
			if err := decode(raw, v); err != nil && !errors.Is(err, ErrDamaged) {
				t.Errorf("decode(%q) = %v, want ErrDamaged", raw, err)
			}
		}
		packed, err := pack(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{raw, packed} {
			for _, err := range []error{
				decodeFields(b, new(story.Story), storyFields), decodeFields(b, new(header), headerFields),
				decodeFields(b, new(revised), revisedFields), decodeFields(b, new(story.Told), toldFields),
			} {
				if err != nil && !errors.Is(err, ErrDamaged) {
					t.Errorf("decodeFields(%q) = %v, want ErrDamaged", b, err)
				}
			}
		}
		for _, whole := range []bool{true, false} {
			(&coder{reading: true, in: string(raw)}).article(new(story.Article), whole)
		}
		parseKeyValue(raw)
		parseGone(raw)
		parseCount(raw)
	})
}

// roundTrip fails the test unless want becomes itself by way of a record.
func roundTrip[T any](t *testing.T, want, got *T) {
	t.Helper()
	b, err := encode(want)
	if err != nil {
		t.Fatalf("encode(%+v) = %v", want, err)
	}
	if err := decode(b, got); err != nil {
		t.Fatalf("decode(encode(%+v)) = %v", want, err)
	}
	if !cmp.Equal(got, want) {
		t.Errorf("decode(encode) differs: %s", cmp.Diff(want, got))
	}
}

// Every bit of a record counts: a changed one is seen.
func TestChangedRecordIsRefused(t *testing.T) {
	long := article(1)
	long.Text = string(bytes.Repeat([]byte("The harbour office said so. "), 100))
	short := story.Decision{Kind: story.Open, Article: 1, Story: "s1"}
	for _, v := range []any{&long, &short} {
		b, err := encode(v)
		if err != nil {
			t.Fatal(err)
		}
		for i := range b {
			for bit := range 8 {
				broken := slices.Clone(b)
				broken[i] ^= 1 << bit
				var got story.Article
				err := decode(broken, &got)
				if err == nil && cmp.Equal(&got, &long) { // a bit of the frame that says nothing
					continue
				}
				if !errors.Is(err, ErrDamaged) {
					t.Errorf("decode with bit %d of byte %d changed = %v, want ErrDamaged", bit, i, err)
				}
			}
		}
	}
}

func TestTimesSortAsBytes(t *testing.T) {
	times := []time.Time{
		{}, time.Unix(-1, 5), time.Unix(-1, 999_999_999), time.Unix(0, 0), start, start.Add(1), start.Add(time.Second),
		time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for i, want := range times {
		b := appendTime(nil, want)
		if got := parseTime(b); !got.Equal(want) || len(b) != timeSize {
			t.Errorf("parseTime(appendTime(%v)) = %v", want, got)
		}
		if i > 0 && bytes.Compare(appendTime(nil, times[i-1]), b) >= 0 {
			t.Errorf("%v does not sort before %v", times[i-1], want)
		}
	}
}

func TestContentHash(t *testing.T) {
	a := article(1)
	want := ContentHash(&a)
	for name, change := range map[string]func(a *story.Article){
		"Seq":       func(a *story.Article) { a.Seq = 9 },
		"FirstSeen": func(a *story.Article) { a.FirstSeen = at(99) },
		"Published": func(a *story.Article) { a.Published = at(99) },
		"Also":      func(a *story.Article) { a.Also = []string{"mirror"} },
		"Edited":    func(a *story.Article) { a.Edited = at(99) },
		"Titles":    func(a *story.Article) { a.Retitled("x", at(99)) },
	} {
		b := article(1)
		if change(&b); ContentHash(&b) != want {
			t.Errorf("ContentHash changes with %s", name)
		}
	}
	for name, change := range map[string]func(a *story.Article){
		"Title":      func(a *story.Article) { a.Title += "x" },
		"Text":       func(a *story.Article) { a.Text += "x" },
		"URL":        func(a *story.Article) { a.URL += "x" },
		"Outlet":     func(a *story.Article) { a.Outlet += "x" },
		"Lang":       func(a *story.Article) { a.Lang = "ru" },
		"Image":      func(a *story.Article) { a.Image = "x" },
		"Authors":    func(a *story.Article) { a.Authors = nil },
		"Categories": func(a *story.Article) { a.Categories = append(a.Categories, "") },
		"Enclosures": func(a *story.Article) { a.Enclosures = []story.Enclosure{{}} },
		"two fields": func(a *story.Article) { a.Title, a.Text = a.Title+"T", a.Text[1:] },
	} {
		b := article(1)
		if change(&b); ContentHash(&b) == want {
			t.Errorf("ContentHash does not change with %s", name)
		}
	}
}
