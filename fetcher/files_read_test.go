package fetcher

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"storyfold/story"
)

func readAll(paths []string, stdin string) (got []story.Article, err error) {
	err = ReadPaths(context.Background(), paths, strings.NewReader(stdin), "shelf",
		func(a *story.Article) error { got = append(got, *a); return nil }, nil)
	return got, err
}

func TestReadPaths(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "z.txt"), "Zebra seen in Orrin\n\nIt was painted.\n")
	writeFile(t, filepath.Join(dir, "sub/b.md"), "# Bear seen in Orrin\n\nIt was real.\n")
	writeFile(t, filepath.Join(dir, "sub/a.jsonl"), `{"id":"a1","title":"Ant"}`+"\n"+`{"id":7,"source":"Lantern","title":"Bee"}`+"\n")
	writeFile(t, filepath.Join(dir, "sub/README.md"), "# What these files are\n")
	writeFile(t, filepath.Join(dir, "sub/photo.jpg"), "\xff\xd8\xff\xe0\x00\x10JFIF")
	z := filepath.Join(dir, "z.txt")
	got, err := readAll([]string{z, "-", filepath.Join(dir, "sub")}, `{"id":"s1","title":"From stdin"}`)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, a := range got {
		ids = append(ids, a.Identity)
	}
	want := []string{"file:" + z, "s1", "a1", "7", "file:" + filepath.Join(dir, "sub/b.md")}
	if !slices.Equal(ids, want) {
		t.Errorf("identities %q, want %q", ids, want)
	}
	if got[1].Outlet != "shelf" || got[3].Outlet != "Lantern" || got[3].Source != "shelf" {
		t.Errorf("outlets %q, %q and source %q", got[1].Outlet, got[3].Outlet, got[3].Source)
	}
}

func TestReadPathsStdin(t *testing.T) {
	for _, c := range []struct{ name, in, title string }{
		{"text", "Zebra seen in Orrin\n\nIt was painted.\n", "Zebra seen in Orrin"},
		{"markdown", "---\ntitle: Bear\n---\nIt was real.\n", "Bear"},
		{"html", "<!doctype html><html><head><title>Cat</title></head><body><p>It slept.</p></body></html>", "Cat"},
		{"rss", `<?xml version="1.0"?><rss version="2.0"><channel><title>x</title><item><title>Dog</title><guid>1</guid></item></channel></rss>`, "Dog"},
		{"jsonl", "\n" + `{"title":"Eel"}`, "Eel"},
		{"json feed", "{\n" + `"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{"id":"1","title":"Fox"}]}`, "Fox"},
	} {
		got, err := readAll([]string{"-"}, c.in)
		if err != nil || len(got) != 1 || got[0].Title != c.title {
			t.Errorf("%s: %+v, %v; want one article %q", c.name, got, err, c.title)
		}
	}
}

func TestReadPathsErrors(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.jsonl")
	writeFile(t, bad, "{\"title\":\"One\"}\n{broken\n"+`{"title":"`+strings.Repeat("x", maxJSONLine)+"\"}\n{\"title\":\"Four\"}")
	missing := filepath.Join(dir, "missing.txt")
	got, err := readAll([]string{missing, bad}, "")
	if len(got) != 2 || got[1].Title != "Four" {
		t.Errorf("%d articles, want the two good lines", len(got))
	}
	for _, want := range []string{missing + ": no such file", bad + ":2: not JSON", bad + ":3: the line is longer than 16 MiB"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v does not wrap os.ErrNotExist", err)
	}
	stop := errors.New("enough")
	err = ReadPaths(context.Background(), []string{missing, bad}, nil, "", func(*story.Article) error { return stop }, nil)
	if err != stop {
		t.Errorf("error of yield came back as %v", err)
	}
}

func TestReadPathsProgress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	writeFile(t, path, strings.Repeat(`{"title":"One more line"}`+"\n", 3000))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var done, total int64
	n := 0
	err = ReadPaths(context.Background(), []string{path}, nil, "", func(*story.Article) error { n++; return nil }, func(d, all int64) {
		if d < done {
			t.Errorf("progress went back from %d to %d", done, d)
		}
		done, total = d, all
	})
	if err != nil || n != 3000 || done != info.Size() || total != info.Size() {
		t.Errorf("%d articles, progress %d of %d, error %v; want 3000, %d of %d", n, done, total, err, info.Size(), info.Size())
	}
}

func TestCredits(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"SKARVIK, Norway (AP) — A ferry rammed the pier.", []string{"AP"}},
		{"(Reuters) - A ferry rammed the pier.", []string{"Reuters"}},
		{"A ferry rammed the pier.\n\nSource: dpa", []string{"dpa"}},
		{"A ferry rammed the pier, AP reports.", []string{"AP"}},
		{"The captain told NBC News that he was sorry.", []string{"NBC News"}},
		{"Associated Press (AP) reports that a ferry rammed the pier.", []string{"AP"}},
		{"Wie die dpa berichtet, rammte eine Fähre den Pier. (Reuters/AFP)", []string{"dpa", "Reuters", "AFP"}},
		{"Sources include:\n\nAPNews.com\n\nReuters.com\n\nSomewhere.example", []string{"AP", "Reuters"}},
		{"Quellen: dpa, AFP", []string{"dpa", "AFP"}},
		{"Selon l'AFP, le bateau a heurté le quai.", []string{"AFP"}},
		{"QUILLAN, Nov. 17 (NWP) — The bridge is closed.", []string{"NWP"}},
		{"Reuters is moving to a new building, its owner said.", nil},
		{"The minister spoke to an AP course at school.", nil},
		{"Philadelphia (PA) is a city. The American Psychological Association (APA) met there.", nil},
		{"State media, the Korean Central News Agency, reported a launch. KCNA reported it.", nil},
		{"Ruth Sid told the press that ap is a word.", nil},
		{"", nil},
	} {
		if got := credits(c.text); !slices.Equal(got, c.want) {
			t.Errorf("credits(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestDocumentTime(t *testing.T) {
	day := time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Time{
		"2026-11-18T10:00:00+01:00":       day.Add(9 * time.Hour),
		"2026-11-18":                      day,
		"18.11.2026, 09:15 Uhr":           day.Add(9*time.Hour + 15*time.Minute),
		"18. November 2026, 09:15 Uhr":    day.Add(9*time.Hour + 15*time.Minute),
		"18 de noviembre de 2026, 09:20":  day.Add(9*time.Hour + 20*time.Minute),
		"le 18 novembre 2026 à 09:20":     day.Add(9*time.Hour + 20*time.Minute),
		"November 18th, 2026 at 3:04 PM":  day.Add(15*time.Hour + 4*time.Minute),
		"Wed, 18 Nov 2026 07:00:00 +0000": day.Add(7 * time.Hour),
		"1795003200":                      time.Unix(1795003200, 0).UTC(),
		"1795003200000":                   time.Unix(1795003200, 0).UTC(),
		"yesterday":                       {},
		"32 November 2026":                {},
		"0001-01-01T00:00:00Z":            {},
		"9999-12-31T00:00:00Z":            {},
		"12":                              {},
	} {
		if got := documentTime(in); !got.Equal(want) {
			t.Errorf("documentTime(%q) = %v, want %v", in, got, want)
		}
	}
}

// Input that costs a careless parser much more than its length must cost no more than other input.
func TestTangled(t *testing.T) {
	for name, in := range map[string]string{
		"quotes": strings.Repeat(">", 50000) + " deep", "brackets": strings.Repeat("[", 50000), "stars": strings.Repeat("*a_ ", 50000),
		"links": strings.Repeat("[a](", 50000), "lists": strings.Repeat(" - ", 20000) + "x", "rows": strings.Repeat("a|b\n", 50000),
		"quote lines": strings.Repeat("> > > > x\n", 5000), "backticks": strings.Repeat("`x ", 50000),
	} {
		if _, err := parseMarkdown(in); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := parseHTML([]byte(strings.Repeat("<div>", 100000))); err == nil {
		t.Log("deep HTML was read")
	}
	for name, block := range map[string]string{
		"aliases": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n" +
			"e: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\ntags: [*f,*f,*f,*f,*f,*f,*f,*f]\n",
		"nesting": "title: " + strings.Repeat("[", 20000),
	} {
		p := &piece{}
		_ = parseFrontMatter(p, "---", block) // an error or not: it returns
		if len(p.Categories) > maxCategories {
			t.Errorf("%s: %d categories", name, len(p.Categories))
		}
	}
}

// contents returns what is in the files that match pattern.
func contents(t testing.TB, pattern string) (all [][]byte) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no files, %v", pattern, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data)
	}
	return all
}

func FuzzTextFile(f *testing.F) {
	for _, data := range contents(f, "testdata/files/*.txt") {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := parseText(plainText(data))
		if err != nil {
			return
		}
		a := p.article(story.Source{Name: "fuzz"}, "file:x")
		if !utf8.ValidString(a.Title) || !utf8.ValidString(a.Text) || strings.ContainsAny(a.Title, "\n\x00") || strings.Contains(a.Text, "\x00") {
			t.Errorf("title %q or text %q is not clean", a.Title, a.Text)
		}
		if strings.Contains(a.Text, "\n\n\n") || strings.Contains(strings.ReplaceAll(a.Text, "\n\n", ""), "\n") {
			t.Errorf("text %q is not in paragraphs", a.Text)
		}
		if utf8.RuneCountInString(a.Title) > maxTitle {
			t.Errorf("title of %d letters", utf8.RuneCountInString(a.Title))
		}
	})
}

func FuzzFrontMatter(f *testing.F) {
	for _, data := range contents(f, "testdata/files/*.md") {
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, doc string) {
		fence, block, body := splitFrontMatter(doc)
		if fence == "" && body != doc {
			t.Errorf("body %q without front matter, want all of %q", body, doc)
		}
		if len(block)+len(body) > len(doc) {
			t.Errorf("block %q and body %q are longer than %q", block, body, doc)
		}
		p := &piece{}
		if fence == "" || parseFrontMatter(p, fence, block) != nil {
			return
		}
		a := p.article(story.Source{Name: "fuzz"}, "file:x")
		if !utf8.ValidString(a.Title) || strings.Contains(a.Title, "\n") || a.URL != "" && !strings.HasPrefix(a.URL, "http") {
			t.Errorf("title %q, url %q", a.Title, a.URL)
		}
	})
}
