package fetcher

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Bounds of one walk.
const (
	maxDirDepth  = 64
	maxWalkFiles = 1_000_000
)

// walker visits the files below a directory in sorted order. Links to files and to
// directories are followed, but no directory is visited twice, so loops end.
type walker struct {
	ctx     context.Context
	depth   int                           // levels below the root that can hold a match
	dir     func(path string)             // each directory that is read; may be nil
	file    func(path string)             // each file that is neither hidden nor temporary
	problem func(error)                   // what could not be read
	seen    map[string]bool               // real paths of directories
	linked  []struct{ path, real string } // directories behind links, visited after all others
	files   int
}

// walk visits root, which must be a directory.
func (w *walker) walk(root string) error {
	w.seen = map[string]bool{}
	real, err := filepath.EvalSymlinks(root)
	if err != nil { // of the first part of root that is missing
		return &fs.PathError{Op: "open", Path: root, Err: bareError(err)}
	}
	if err := w.visit(root, real, 0); err != nil {
		return err
	}
	for len(w.linked) > 0 {
		next := w.linked[0]
		w.linked = w.linked[1:]
		if err := w.visit(next.path, next.real, strings.Count(strings.TrimPrefix(next.path, root), string(filepath.Separator))); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) visit(path, real string, depth int) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if w.seen[real] || depth > min(w.depth, maxDirDepth) {
		return nil
	}
	w.seen[real] = true
	if w.dir != nil {
		w.dir(path)
	}
	entries, err := os.ReadDir(path) // sorted; what was read before an error is kept
	if err != nil {
		if depth == 0 {
			return err
		}
		w.problem(err)
	}
	for _, e := range entries {
		if skipName(e.Name()) {
			continue
		}
		sub := filepath.Join(path, e.Name())
		mode := e.Type()
		target := filepath.Join(real, e.Name())
		if mode&fs.ModeSymlink != 0 {
			info, err := os.Stat(sub)
			if err != nil {
				w.problem(err)
				continue
			}
			if mode = info.Mode().Type(); mode.IsDir() {
				if target, err = filepath.EvalSymlinks(sub); err == nil {
					w.linked = append(w.linked, struct{ path, real string }{sub, target})
				}
				continue
			}
		}
		switch {
		case mode.IsDir():
			if err := w.visit(sub, target, depth+1); err != nil {
				return err
			}
		case mode.IsRegular():
			if w.files++; w.files > maxWalkFiles {
				return fmt.Errorf("%s: more than %d files", path, maxWalkFiles)
			}
			w.file(sub)
		}
	}
	return nil
}

// skipName reports whether a file or directory of this name is hidden, or is
// what an editor or a download leaves while it works.
func skipName(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") {
		return true
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".swp", ".swo", ".swx", ".part", ".partial", ".crdownload", ".tmp", ".temp", ".bak", ".orig", ".lock":
		return true
	}
	return false
}

// pattern is a glob, split into the directory that is fixed and the rest.
type pattern struct {
	base string // directory, absolute
	glob string // relative to base, with "/"
}

func splitPattern(files string) pattern {
	base, glob := doublestar.SplitPattern(filepath.ToSlash(files))
	return pattern{base: filepath.Clean(filepath.FromSlash(base)), glob: glob}
}

// depth returns how many levels of directories below base can hold a match.
func (p pattern) depth() int {
	if strings.Contains(p.glob, "**") || strings.ContainsAny(p.glob, "{") {
		return maxDirDepth
	}
	return strings.Count(p.glob, "/")
}

// relative returns path relative to base, with "/".
func (p pattern) relative(path string) string {
	rel, err := filepath.Rel(p.base, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// matches reports whether path is one of the pattern's files.
func (p pattern) matches(path string) bool {
	rel := p.relative(path)
	if rel == ".." || strings.HasPrefix(rel, "../") {
		return false
	}
	for part := range strings.SplitSeq(rel, "/") {
		if skipName(part) {
			return false
		}
	}
	ok, err := doublestar.Match(p.glob, rel)
	return ok && err == nil
}

// find returns the files of the pattern, sorted. What could not be read goes to problem.
func (p pattern) find(ctx context.Context, problem func(error)) ([]string, error) {
	var found []string
	w := &walker{ctx: ctx, depth: p.depth(), problem: problem, file: func(path string) {
		if p.matches(path) {
			found = append(found, path)
		}
	}}
	err := w.walk(p.base)
	slices.Sort(found)
	return found, err
}
