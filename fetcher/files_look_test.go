package fetcher

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storyfold/story"
)

func testFiles(t *testing.T, glob string) (*fileSource, string) {
	t.Helper()
	dir := t.TempDir()
	src := story.Source{Name: "Lantern", Files: filepath.Join(dir, glob), Category: "world", Lang: "en", Enabled: true}
	return newFileSource(src, slog.New(slog.DiscardHandler)), dir
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func identities(r *Result) []string {
	var ids []string
	for i := range r.Articles {
		ids = append(ids, r.Articles[i].Identity)
	}
	return ids
}

func wantIdentities(t *testing.T, what string, r *Result, want ...string) {
	t.Helper()
	if got := identities(r); !slices.Equal(got, want) {
		t.Errorf("%s: articles %q, want %q", what, got, want)
	}
}

func TestLook(t *testing.T) {
	ctx := context.Background()
	s, dir := testFiles(t, "**/*.{txt,jsonl}")
	writeFile(t, filepath.Join(dir, "a.txt"), "The mill is open\n\nThe mill of Orrin opened on Monday.\n")
	writeFile(t, filepath.Join(dir, "2026/b.txt"), "The mill is shut\n\nThe mill of Orrin closed on Tuesday.\n")
	writeFile(t, filepath.Join(dir, "2026/c.jsonl"), `{"id":"c1","title":"One"}`+"\n"+`{"id":"c2","title":"Two"}`+"\n")
	writeFile(t, filepath.Join(dir, "2026/notes.md"), "# Not matched")
	for _, skipped := range []string{".hidden.txt", "draft.txt~", ".git/x.txt", "#a.txt", "b.tmp"} {
		writeFile(t, filepath.Join(dir, skipped), "Not an article")
	}

	first := s.look(ctx, false)
	if first.Err != nil || first.NotModified || first.State.Items != 4 || first.State.Format != "files" {
		t.Errorf("first look: err %v, not modified %v, state %+v", first.Err, first.NotModified, first.State)
	}
	all := []string{"file:2026/b.txt", "c1", "c2", "file:a.txt"}
	wantIdentities(t, "first look", first, all...)
	if a := first.Articles[0]; a.Source != "Lantern" || a.Outlet != "Lantern" || a.Lang != "en" || a.Categories[0] != "world" {
		t.Errorf("article %+v lacks what its source says", a)
	}

	wantIdentities(t, "look after a failed commit", s.look(ctx, false), all...)
	s.committed(first)
	if r := s.look(ctx, false); !r.NotModified || len(r.Articles) != 0 || r.State.Items != 4 {
		t.Errorf("look after the commit: not modified %v, %d articles, %d items", r.NotModified, len(r.Articles), r.State.Items)
	}

	later := time.Now().Add(time.Hour)
	writeFile(t, filepath.Join(dir, "a.txt"), "The mill is open again\n\nThe mill of Orrin opened on Monday.\n")
	if err := os.Chtimes(filepath.Join(dir, "2026/b.txt"), later, later); err != nil {
		t.Fatal(err)
	}
	edited := s.look(ctx, false)
	wantIdentities(t, "look after an edit and a touch", edited, "file:a.txt")
	s.committed(edited)
	if got := edited.Articles[0].Title; got != "The mill is open again" {
		t.Errorf("title after the edit = %q", got)
	}

	wantIdentities(t, "full look", s.look(ctx, true), all...)
}

// Files that do not change are given again once a week: their articles are still
// listed, and who keeps the keys of removed ones must hear of it.
func TestLookGivesAllEveryWeek(t *testing.T) {
	s, dir := testFiles(t, "*.jsonl")
	writeFile(t, filepath.Join(dir, "c.jsonl"), `{"id":"c1","title":"One"}`+"\n"+`{"id":"c2","title":"Two"}`+"\n")
	synctest.Test(t, func(t *testing.T) {
		s.renew() // by the clock of this test
		given := 0
		for range 4 * 15 {
			r := s.look(t.Context(), false)
			s.committed(r)
			given += len(r.Articles)
			time.Sleep(6 * time.Hour)
		}
		if given != 2*3 {
			t.Errorf("in 15 days the two articles were given as %d, want 6", given)
		}
	})
}

// TestLookNoFolder: where a part of the way to the files is missing, the error names the whole folder.
func TestLookNoFolder(t *testing.T) {
	s, dir := testFiles(t, "nothing/here/*.txt")
	r := s.look(context.Background(), false)
	want := filepath.Join(dir, "nothing", "here") + ": no such file"
	if r.Err == nil || !strings.Contains(r.Err.Error(), want) || !errors.Is(r.Err, fs.ErrNotExist) {
		t.Errorf("look: error %v, want %q", r.Err, want)
	}
}

func TestLookNoFile(t *testing.T) {
	for glob, want := range map[string]string{
		"*.txt":  "no file matches *.txt",
		"one.md": "no file matches one.md",
		"in":     "in is a folder; write in/** for the files in it",
	} {
		s, dir := testFiles(t, glob)
		writeFile(t, filepath.Join(dir, "in", "a.txt"), "A title\n\nA text.\n")
		if r := s.look(context.Background(), false); r.Err != nil || r.State.Warning != want {
			t.Errorf("%s: error %v, warning %q; want %q", glob, r.Err, r.State.Warning, want)
		}
	}
}

func TestLookProblems(t *testing.T) {
	ctx := context.Background()
	s, dir := testFiles(t, "*")
	writeFile(t, filepath.Join(dir, "good.txt"), "A title\n\nA text.\n")
	writeFile(t, filepath.Join(dir, "bad.jsonl"), "{\"id\":\"x\",\"title\":\"X\"}\nnot json\n")
	writeFile(t, filepath.Join(dir, "image.png"), "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "gone.txt")); err != nil {
		t.Fatal(err)
	}
	large, err := os.Create(filepath.Join(dir, "large.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(maxFile + 1); err != nil {
		t.Fatal(err)
	}
	large.Close()

	r := s.look(ctx, false)
	wantIdentities(t, "look", r, "x", "file:good.txt")
	for _, want := range []string{"bad.jsonl: line 2: not JSON", "gone.txt: no such file", "image.png: not a text", "large.txt: the file is larger than 16 MiB"} {
		if r.Err == nil || !strings.Contains(r.Err.Error(), want) {
			t.Errorf("error %v does not say %q", r.Err, want)
		}
	}
	if !errors.Is(r.Err, errNotText) || !errors.Is(r.Err, fs.ErrNotExist) {
		t.Errorf("error %v does not wrap its parts", r.Err)
	}
	s.committed(r)
	again := s.look(ctx, false)
	if len(again.Articles) != 0 || again.Err == nil || again.Err.Error() != r.Err.Error() {
		t.Errorf("second look: %d articles, error %v; want none and the same error", len(again.Articles), again.Err)
	}
}

func TestLookWithoutFiles(t *testing.T) {
	s, dir := testFiles(t, "in/*.txt")
	if r := s.look(context.Background(), false); !errors.Is(r.Err, fs.ErrNotExist) {
		t.Errorf("look without the folder: error %v", r.Err)
	}
	if err := os.Mkdir(filepath.Join(dir, "in"), 0o755); err != nil {
		t.Fatal(err)
	}
	if r := s.look(context.Background(), false); r.Err != nil || r.State.Warning == "" {
		t.Errorf("look at an empty folder: error %v, warning %q", r.Err, r.State.Warning)
	}
}

func TestLookUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root reads every file: needs an ordinary user")
	}
	s, dir := testFiles(t, "*.txt")
	writeFile(t, filepath.Join(dir, "a.txt"), "A title\n\nA text.\n")
	writeFile(t, filepath.Join(dir, "b.txt"), "Secret\n\nNobody may read it.\n")
	if err := os.Chmod(filepath.Join(dir, "b.txt"), 0); err != nil {
		t.Fatal(err)
	}
	r := s.look(context.Background(), false)
	wantIdentities(t, "look", r, "file:a.txt")
	if !errors.Is(r.Err, fs.ErrPermission) || !strings.Contains(r.Err.Error(), "b.txt") {
		t.Errorf("error %v, want one that names b.txt", r.Err)
	}
}

// A file that grows while it is read gives an error, and its articles at the next look.
func TestLookGrowing(t *testing.T) {
	s, dir := testFiles(t, "*.jsonl")
	path := filepath.Join(dir, "a.jsonl")
	writeFile(t, path, `{"id":"1","title":"One"}`+"\n")
	grow := &growingContext{Context: context.Background(), grow: func() {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		if _, err := f.WriteString(`{"id":"2","title":"Two"}` + "\n"); err != nil {
			t.Error(err)
		}
	}, calls: 4}
	r := s.look(grow, false)
	if !errors.Is(r.Err, errFileChanged) || len(r.Articles) != 0 {
		t.Fatalf("look at a growing file: error %v, %d articles; want errFileChanged and none", r.Err, len(r.Articles))
	}
	s.committed(r)
	wantIdentities(t, "next look", s.look(context.Background(), false), "1", "2")
}

// growingContext lets a file grow when Err is asked for the calls-th time, which
// the reader of lines does before each line.
type growingContext struct {
	context.Context
	grow  func()
	calls int
}

func (c *growingContext) Err() error {
	if c.calls--; c.calls == 0 {
		c.grow()
	}
	return nil
}

func TestLookLinks(t *testing.T) {
	s, dir := testFiles(t, "**/*.txt")
	writeFile(t, filepath.Join(dir, "real/a.txt"), "A title\n\nA text.\n")
	outside := t.TempDir()
	writeFile(t, filepath.Join(outside, "b.txt"), "B title\n\nB text.\n")
	for link, target := range map[string]string{
		"real/loop": dir, "real/self": "self", "again": filepath.Join(dir, "real"),
		"real/c.txt": filepath.Join(outside, "b.txt"), "outside": outside,
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	wantIdentities(t, "look", s.look(context.Background(), false), "file:outside/b.txt", "file:real/a.txt", "file:real/c.txt")
}

// A source of more articles than one look gives is given in parts.
func TestLookMore(t *testing.T) {
	s, dir := testFiles(t, "*.jsonl")
	for _, name := range []string{"a", "b", "c"} {
		var b strings.Builder
		for range maxItems/2 + 1 {
			b.WriteString(`{"title":"` + name + `","id":"` + name + strings.Repeat("x", b.Len()%7) + `","text":"` + strings.Repeat("y", b.Len()%11) + `"}` + "\n")
		}
		writeFile(t, filepath.Join(dir, name+".jsonl"), b.String())
	}
	total := 0
	for looks := 1; ; looks++ {
		r := s.look(context.Background(), looks == 1)
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		total += len(r.Articles)
		s.committed(r)
		if !r.More {
			if looks != 2 {
				t.Errorf("%d looks, want 2", looks)
			}
			break
		}
	}
	if want := 3 * (maxItems/2 + 1); total != want {
		t.Errorf("%d articles, want %d", total, want)
	}
}

func TestWatch(t *testing.T) {
	s, dir := testFiles(t, "in/**/*.txt")
	ctx, cancel := context.WithCancel(context.Background())
	changed := make(chan struct{}, 100)
	done := make(chan error)
	go func() { done <- s.watch(ctx, func() { changed <- struct{}{} }) }()
	await := func(what string, want ...string) {
		t.Helper()
		timeout := time.After(20 * time.Second)
		for {
			select {
			case <-changed:
				r := s.look(ctx, false)
				s.committed(r)
				got := identities(r)
				want = slices.DeleteFunc(want, func(w string) bool { return slices.Contains(got, w) })
				if len(want) == 0 {
					return
				}
			case <-timeout:
				t.Fatalf("%s: nobody was told about %q", what, want)
			}
		}
	}
	await("start") // it watches now, before the folder exists
	writeFile(t, filepath.Join(dir, "in/a.txt"), "A title\n\nA text.\n")
	await("new folder", "file:a.txt")
	writeFile(t, filepath.Join(dir, "in/deep/er/b.txt"), "B title\n\nB text.\n")
	await("new subfolders", "file:deep/er/b.txt")
	writeFile(t, filepath.Join(dir, "in/deep/er/b.txt"), "B title, edited\n\nB text.\n")
	await("edit", "file:deep/er/b.txt")
	writeFile(t, filepath.Join(dir, "in/c.txt.tmp"), "C title\n\nC text.\n")
	if err := os.Rename(filepath.Join(dir, "in/c.txt.tmp"), filepath.Join(dir, "in/c.txt")); err != nil {
		t.Fatal(err)
	}
	await("rename", "file:c.txt")
	if err := os.Rename(filepath.Join(dir, "in"), filepath.Join(dir, "old")); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "in/d.txt"), "D title\n\nD text.\n")
	await("folder replaced", "file:d.txt")
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("watch returned %v, want context.Canceled", err)
	}
}
