package fetcher

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"storyfold/story"
)

// ReadPaths gives to yield the articles of files and folders, in the order in
// which they are named; a folder's files in sorted order, as far as their names end as
// articles' do. "-" is stdin: jsonl, or one document of another form. The form of
// a file is told by its name, else by its content. Jsonl is read line by line,
// in any number; of a feed file at most 10,000 items are taken.
//
// Articles have this source, and it is their outlet where they name none. The
// identity of a file with one article is "file:" and its absolute path, or its own id.
//
// What cannot be read does not end it: the rest is given, and all errors, each
// naming file and line, are returned joined at the end (the first 100, then
// their number). An error of yield, or the end of ctx, ends it at once and is returned alone.
//
// progress, if not nil, is told the bytes read so far and in all; in all is 0
// where that is not known, because stdin is read.
func ReadPaths(ctx context.Context, paths []string, stdin io.Reader, source string, yield func(a *story.Article) error, progress func(bytesDone, bytesTotal int64)) error {
	p := &pathReader{ctx: ctx, src: story.Source{Name: source, Enabled: true}, progress: progress}
	p.yield = func(a *story.Article) error {
		if err := yield(a); err != nil {
			return stopError{err}
		}
		return nil
	}
	var files []string
	for _, path := range paths {
		files = append(files, p.expand(path)...)
	}
	for _, f := range files {
		err := p.read(f, stdin)
		var stop stopError
		switch {
		case errors.As(err, &stop):
			return stop.error
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			p.problem(err)
		}
	}
	if p.more > 0 {
		p.errs = append(p.errs, fmt.Errorf("and %d more", p.more))
	}
	return errors.Join(p.errs...)
}

// stopError is an error of the caller's yield.
type stopError struct{ error }

// pathReader is one run of ReadPaths.
type pathReader struct {
	ctx         context.Context
	src         story.Source
	yield       func(*story.Article) error
	progress    func(done, total int64)
	done, total int64
	unknown     bool // stdin is among the files: the total is not known
	errs        []error
	more        int // errors beyond maxPathErrors
}

const maxPathErrors = 100

func (p *pathReader) problem(err error) {
	if len(p.errs) < maxPathErrors {
		p.errs = append(p.errs, err)
	} else {
		p.more++
	}
}

// expand returns path, or the files below it if it is a folder. Files that
// describe a folder ("README") are not taken from it.
func (p *pathReader) expand(path string) []string {
	if path == "-" {
		p.unknown = true
		return []string{path}
	}
	info, err := os.Stat(path)
	if err != nil {
		p.problem(fmt.Errorf("%s: %w", path, bareError(err)))
		return nil
	}
	if !info.IsDir() {
		p.total += info.Size()
		return []string{path}
	}
	var files []string
	w := &walker{ctx: p.ctx, depth: maxDirDepth, problem: p.problem, file: func(f string) {
		if name := strings.ToLower(filepath.Base(f)); !knownName(name) || strings.TrimSuffix(name, filepath.Ext(name)) == "readme" {
			return
		}
		files = append(files, f)
		if info, err := os.Stat(f); err == nil {
			p.total += info.Size()
		}
	}}
	if err := w.walk(path); err != nil {
		p.problem(err)
	}
	slices.Sort(files)
	return files
}

// read gives the articles of one file.
func (p *pathReader) read(path string, stdin io.Reader) error {
	if path == "-" {
		if stdin == nil {
			return errors.New("stdin: not open")
		}
		return p.readAll(bufio.NewReader(stdin), 0, "stdin", "", "stdin")
	}
	f, info, err := openFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, bareError(err))
	}
	defer f.Close()
	abs, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return p.readAll(f, info.Size(), path, path, filepath.ToSlash(abs))
}

// readAll reads one document, or the lines of a jsonl file. label names it in
// errors, name tells its form.
func (p *pathReader) readAll(f io.Reader, size int64, label, name, identity string) error {
	r := io.TeeReader(f, progressWriter{p})
	head := make([]byte, 4<<10)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return fmt.Errorf("%s: %w", label, bareError(err))
	}
	head = head[:n]
	whole := io.MultiReader(bytes.NewReader(head), r)
	if kindOf(name, head) == kindLines {
		err := newLineReader(whole, p.src).each(p.ctx, p.yield, func(line int, err error) {
			p.problem(fmt.Errorf("%s:%d: %w", label, line, err))
		})
		return wrapLabel(label, err)
	}
	err = readFile(p.ctx, whole, size, io.Discard, name, FileIdentity+identity, p.src, p.yield)
	return wrapLabel(label, err)
}

// wrapLabel names the file in err, unless err is the caller's own.
func wrapLabel(label string, err error) error {
	var stop stopError
	if err == nil || errors.As(err, &stop) {
		return err
	}
	return fmt.Errorf("%s: %w", label, bareError(err))
}

// progressWriter counts the bytes that are read.
type progressWriter struct{ p *pathReader }

func (w progressWriter) Write(b []byte) (int, error) {
	w.p.done += int64(len(b))
	if w.p.progress != nil {
		total := max(w.p.total, w.p.done)
		if w.p.unknown {
			total = 0
		}
		w.p.progress(w.p.done, total)
	}
	return len(b), nil
}
