package fetcher

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"storyfold/story"
)

// Bounds of one look at files.
const (
	maxFile      = 16 << 20  // bytes of a document; jsonl is bounded by line instead
	maxFileText  = 128 << 20 // bytes of text taken from one jsonl file
	maxLookText  = 64 << 20  // bytes of text after which a look takes no further file
	maxLookNamed = 10        // files that an error names
)

// rereadEvery is how often files are given that have not changed. Who stores
// articles learns so that they are still listed: one that was removed would
// otherwise be taken for new when its file is read again, after a restart.
const rereadEvery = 7 * 24 * time.Hour

// What can be wrong with a file.
var (
	errFileTooLarge = fmt.Errorf("the file is larger than %d MiB", maxFile>>20)
	errFileChanged  = errors.New("the file changed while it was read; it is read again when it is still")
	errNotText      = errors.New("not a text, Markdown, HTML, jsonl or feed file")
	errFileText     = fmt.Errorf("the file holds more than %d MiB of text; the first articles are kept", maxFileText>>20)
)

// fileSource reads the files of a source. It remembers which were committed.
type fileSource struct {
	src story.Source
	at  pattern
	log *slog.Logger

	mu     sync.Mutex          // guards what follows
	seen   map[string]fileMark // by path
	reread time.Time           // when all files are given again
}

// fileMark tells whether a file is still the one that was committed.
type fileMark struct {
	size  int64
	mtime time.Time
	hash  uint64
	items int   // articles in it
	err   error // what was wrong with it, so that it is said until the file changes
}

func newFileSource(src story.Source, log *slog.Logger) *fileSource {
	s := &fileSource{src: src, at: splitPattern(src.Files), log: log}
	s.renew()
	return s
}

// renew lets the next looks give all files.
func (s *fileSource) renew() {
	s.seen = map[string]fileMark{}
	s.reread = time.Now().Round(0).Add(rereadEvery) // by the calendar: a machine may sleep
}

// look gives the articles of the files that are new or changed since the last
// look whose result was committed; if full, and once a week, of all files. A file that cannot be
// read, is broken, or changes while it is read is named in the result's Err, and
// the others are given. The result's More says that there is more to be given.
func (s *fileSource) look(ctx context.Context, full bool) *Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &Result{Source: s.src, marks: map[string]fileMark{}}
	r.State = story.SourceState{Name: s.src.Name, Address: s.src.Files, Format: "files"}
	if full || time.Now().After(s.reread) {
		s.renew()
	}
	var problems problemList
	paths, err := s.at.find(ctx, func(err error) { problems.add(s.short(err)) })
	if err != nil {
		r.Err = s.short(err)
		return r
	}
	s.forget(paths)
	taken, text := 0, 0
	for _, path := range paths {
		if r.Err = ctx.Err(); r.Err != nil {
			return r
		}
		if len(r.Articles) >= maxItems || text >= maxLookText {
			r.More = true
			break
		}
		n := len(r.Articles)
		mark, read := s.take(ctx, path, r)
		if mark.err != nil {
			problems.add(fmt.Errorf("%s: %w", s.at.relative(path), mark.err))
		}
		if read {
			taken++
		}
		for i := range r.Articles[n:] {
			text += len(r.Articles[n+i].Text)
		}
	}
	r.Err = problems.err()
	r.NotModified = taken == 0
	r.State.Items = s.items(r.marks)
	if len(paths) == 0 && r.Err == nil {
		r.State.Warning = "no file matches " + s.at.glob
		if info, err := os.Stat(filepath.Join(s.at.base, s.at.glob)); err == nil && info.IsDir() {
			r.State.Warning = fmt.Sprintf("%[1]s is a folder; write %[1]s/** for the files in it", s.at.glob)
		}
	}
	return r
}

// committed notes that r is stored: its files are given again only when they change.
func (s *fileSource) committed(r *Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for path, m := range r.marks {
		s.seen[path] = m
	}
}

// forget drops the marks of files that are no longer there. paths is sorted.
func (s *fileSource) forget(paths []string) {
	for path := range s.seen {
		if _, there := slices.BinarySearch(paths, path); !there {
			delete(s.seen, path)
		}
	}
}

// items counts the articles of all files, with new marks before old ones.
func (s *fileSource) items(fresh map[string]fileMark) int {
	n := 0
	for path, m := range s.seen {
		if _, again := fresh[path]; !again {
			n += m.items
		}
	}
	for _, m := range fresh {
		n += m.items
	}
	return n
}

// take reads the file at path into r, unless it is as it was. read tells whether
// it was read and is not the one that was committed.
func (s *fileSource) take(ctx context.Context, path string, r *Result) (mark fileMark, read bool) {
	old, known := s.seen[path]
	f, info, err := openFile(path)
	if err != nil {
		return fileMark{err: bareError(err)}, true
	}
	defer f.Close()
	if known && old.size == info.Size() && old.mtime.Equal(info.ModTime()) {
		return old, false
	}
	hash := xxhash.New()
	var got []story.Article
	err = readFile(ctx, f, info.Size(), hash, path, FileIdentity+s.at.relative(path), s.src, func(a *story.Article) error {
		got = append(got, *a)
		return nil
	})
	if after, statErr := f.Stat(); statErr != nil || after.Size() != info.Size() || !after.ModTime().Equal(info.ModTime()) {
		return fileMark{err: errFileChanged}, true
	}
	if ctx.Err() != nil {
		return fileMark{err: ctx.Err()}, true
	}
	mark = fileMark{size: info.Size(), mtime: info.ModTime(), hash: hash.Sum64(), items: len(got), err: err}
	if known && old.hash == mark.hash && old.size == mark.size {
		s.seen[path] = mark // touched, not changed
		return mark, false
	}
	r.Articles = append(r.Articles, got...)
	r.marks[path] = mark
	return mark, true
}

// short returns err with paths relative to the source's directory.
func (s *fileSource) short(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) && pathErr.Path != s.at.base {
		return fmt.Errorf("%s: %w", s.at.relative(pathErr.Path), pathErr.Err)
	}
	return err
}

// bareError returns err without operation and path, which the caller names.
func bareError(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// openFile opens a regular file for reading.
func openFile(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path) // before opening: a named pipe would wait for a writer
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	if info, err = f.Stat(); err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// readFile gives the articles of one file to yield. identity is that of a file
// with one article. All that is read is written to seen, too. Broken lines
// and documents are errors at the end; only an error of yield ends reading.
func readFile(ctx context.Context, f io.Reader, size int64, seen io.Writer, path, identity string, src story.Source, yield func(*story.Article) error) error {
	head := make([]byte, 4<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return bareError(err)
	}
	head = head[:n]
	r := io.TeeReader(io.MultiReader(bytes.NewReader(head), f), seen)
	kind := kindOf(path, head)
	if kind == kindLines {
		return readLines(ctx, r, src, yield)
	}
	if size > maxFile {
		return errFileTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return bareError(err)
	case len(data) > maxFile:
		return errFileTooLarge
	}
	articles, err := parseFile(kind, data, path, identity, src)
	for i := range articles {
		if yieldErr := yield(&articles[i]); yieldErr != nil {
			return yieldErr
		}
	}
	return err
}

// readLines reads a jsonl file up to the bounds of one document.
func readLines(ctx context.Context, r io.Reader, src story.Source, yield func(*story.Article) error) error {
	var problems problemList
	n, text := 0, 0
	err := newLineReader(r, src).each(ctx, func(a *story.Article) error {
		if n == maxItems {
			return ErrTooManyItems
		}
		if text += len(a.Text); text > maxFileText {
			return errFileText
		}
		n++
		return yield(a)
	}, func(line int, err error) { problems.add(fmt.Errorf("line %d: %w", line, err)) })
	if err != nil {
		problems.add(bareError(err))
	}
	return problems.err()
}

// fileKind is the form of a file.
type fileKind int

const (
	kindUnknown fileKind = iota
	kindText
	kindMarkdown
	kindHTML
	kindLines
	kindFeed
)

// kinds are the forms that names tell. A ".json" file may be a feed or lines.
var kinds = map[string]fileKind{
	".txt": kindText, ".text": kindText,
	".md": kindMarkdown, ".markdown": kindMarkdown, ".mdown": kindMarkdown, ".mkd": kindMarkdown,
	".html": kindHTML, ".htm": kindHTML, ".xhtml": kindHTML,
	".jsonl": kindLines, ".ndjson": kindLines,
	".rss": kindFeed, ".atom": kindFeed, ".rdf": kindFeed, ".xml": kindFeed,
	".json": kindUnknown,
}

// knownName reports whether the name tells that the file may hold articles.
func knownName(path string) bool {
	_, ok := kinds[strings.ToLower(filepath.Ext(path))]
	return ok
}

// kindOf returns the form of a file by its name, else by its first bytes.
func kindOf(path string, head []byte) fileKind {
	if k := kinds[strings.ToLower(filepath.Ext(path))]; k != kindUnknown {
		return k
	}
	text, _ := toUTF8(head, "")
	s := strings.TrimSpace(string(text))
	low := strings.ToLower(s)
	switch {
	case s == "":
		return kindText
	case s[0] == '{':
		first, _, _ := strings.Cut(s, "\n")
		if strings.Contains(s, "jsonfeed.org/version") || strings.TrimSpace(first) == "{" {
			return kindFeed
		}
		return kindLines
	case strings.Contains(low, "<rss") || strings.Contains(low, "<feed") || strings.Contains(low, "<rdf:rdf"):
		if s[0] == '<' {
			return kindFeed
		}
	case strings.HasPrefix(low, "<!doctype html") || strings.HasPrefix(low, "<html") || s[0] == '<' && strings.Contains(low, "<head"):
		return kindHTML
	case strings.HasPrefix(s, "<?xml"):
		return kindFeed
	case strings.HasPrefix(s, "# ") || strings.HasPrefix(s, "---\n") || strings.HasPrefix(s, "+++\n"):
		return kindMarkdown
	}
	if manyZeros(head) && utf16Of(head) == nil {
		return kindUnknown
	}
	return kindText
}

// parseFile reads a whole document of any form but jsonl.
func parseFile(kind fileKind, data []byte, path, identity string, src story.Source) ([]story.Article, error) {
	if kind != kindFeed && !textual(data) {
		return nil, errNotText
	}
	var p *piece
	var err error
	switch kind {
	case kindFeed:
		doc, err := parseFeed(data, "", "", src)
		if doc == nil {
			return nil, err
		}
		return doc.Articles, err
	case kindHTML:
		p, err = parseHTML(data)
	case kindMarkdown:
		p, err = parseMarkdown(plainText(data))
	case kindText:
		p, err = parseText(plainText(data))
	default:
		return nil, errNotText
	}
	if err != nil {
		return nil, err
	}
	if id := strings.ReplaceAll(strings.TrimSpace(p.ID), "\x00", ""); id != "" && len(id) <= maxIdentity {
		identity = id
	}
	a := p.article(src, identity)
	if a.Title == "" && a.Text == "" {
		return nil, errNoContent
	}
	return []story.Article{a}, nil
}

// plainText returns data in UTF-8, without NUL bytes and with "\n" at the end of lines.
func plainText(data []byte) string {
	text, _ := toUTF8(data, "")
	return strings.NewReplacer("\x00", "", "\r\n", "\n", "\r", "\n").Replace(string(text))
}

// textual reports whether data can be text: not more than one control byte in
// ten, UTF-16 aside.
func textual(data []byte) bool {
	head := data[:min(len(data), 8<<10)]
	if utf16Of(head) != nil {
		return true
	}
	controls := 0
	for _, c := range head {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b || c == 0x7f {
			controls++
		}
	}
	return controls*10 <= len(head)
}

// problemList gathers errors, names the first and counts the others.
type problemList struct {
	errs []error
	more int
}

func (p *problemList) add(err error) {
	if len(p.errs) < maxLookNamed {
		p.errs = append(p.errs, err)
	} else {
		p.more++
	}
}

// err returns all of them as one error on one line, or nil.
func (p *problemList) err() error {
	switch {
	case len(p.errs) == 0:
		return nil
	case len(p.errs) == 1:
		return p.errs[0]
	}
	return p
}

// Error joins the errors with "; ".
func (p *problemList) Error() string {
	var b strings.Builder
	for i, err := range p.errs {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(err.Error())
	}
	if p.more > 0 {
		fmt.Fprintf(&b, "; and %d more", p.more)
	}
	return b.String()
}

// Unwrap returns the errors that are named.
func (p *problemList) Unwrap() []error { return p.errs }
