package fetcher

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	watchQuiet   = 300 * time.Millisecond // without an event and a change of size before files are looked at
	watchLongest = 10 * time.Second       // after the first event, however busy the files are
	maxWatchDirs = 8192                   // directories of one source that are watched; a rescan finds changes in others
)

// watch calls changed once it watches, and when files of the source may have changed and have been
// still for a moment: sizes no longer grow. New subdirectories are watched too. It
// returns when ctx ends, with its error. Where the system cannot watch, it
// says so once in the log and waits for ctx.
func (s *fileSource) watch(ctx context.Context, changed func()) error {
	fsw, err := fsnotify.NewWatcher()
	if err != nil {
		s.log.Warn("files cannot be watched; they are looked at on every rescan", "source", s.src.Name, "err", err)
		<-ctx.Done()
		return ctx.Err()
	}
	defer fsw.Close()
	w := &watcher{source: s, fsw: fsw, dirs: map[string]bool{}, sizes: map[string]int64{}}
	w.sync(ctx)
	w.begin()
	timer := time.NewTimer(watchQuiet) // for what changed since the last look and before now
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case ev, ok := <-fsw.Events:
			if !ok {
				<-ctx.Done()
				return ctx.Err()
			}
			if w.note(ctx, ev) && time.Since(w.first) < watchLongest {
				timer.Reset(watchQuiet)
			}
		case err, ok := <-fsw.Errors:
			if !ok {
				<-ctx.Done()
				return ctx.Err()
			}
			if errors.Is(err, fsnotify.ErrEventOverflow) { // events are lost: everything may have changed
				w.sync(ctx)
				w.begin()
				timer.Reset(watchQuiet)
			} else {
				s.log.Warn("watching files failed", "source", s.src.Name, "err", err)
			}
		case <-timer.C:
			if !w.settled() {
				timer.Reset(watchQuiet)
				continue
			}
			changed()
		}
	}
}

// watcher is one run of watch.
type watcher struct {
	source *fileSource
	fsw    *fsnotify.Watcher
	dirs   map[string]bool  // watched
	sizes  map[string]int64 // of the files that changed, as last seen; -1: not there
	first  time.Time        // when the first event came after which changed was not called; zero: none
	full   bool             // it was said that not all can be watched
}

// note takes an event. It is true if files of the source may have changed.
func (w *watcher) note(ctx context.Context, ev fsnotify.Event) bool {
	ours := w.source.at.matches(ev.Name)
	if ours {
		w.sizes[ev.Name] = fileSize(ev.Name)
		w.begin()
	}
	gone := ev.Has(fsnotify.Remove) || ev.Has(fsnotify.Rename)
	if gone && w.dirs[ev.Name] || ev.Has(fsnotify.Create) && isDir(ev.Name) {
		w.sync(ctx)
		w.begin()
		return true
	}
	return ours
}

// begin notes that something changed that changed was not called for.
func (w *watcher) begin() {
	if w.first.IsZero() {
		w.first = time.Now()
	}
}

// settled reports whether no file that changed has another size than when it was
// last seen, or it took too long to wait for that. Then a new round begins.
func (w *watcher) settled() bool {
	still := true
	for path, size := range w.sizes {
		if now := fileSize(path); now != size {
			w.sizes[path], still = now, false
		}
	}
	if !still && time.Since(w.first) < watchLongest {
		return false
	}
	clear(w.sizes)
	w.first = time.Time{}
	return true
}

// sync watches the directories that are there now: those that can hold files of
// the source, or, while there is none, the nearest one above.
func (w *watcher) sync(ctx context.Context) {
	p := w.source.at
	found := map[string]bool{}
	walk := &walker{ctx: ctx, depth: p.depth(), problem: func(error) {}, file: func(string) {}, dir: func(path string) {
		if len(found) < maxWatchDirs {
			found[path] = true
		} else if !w.full {
			w.full = true
			w.source.log.Warn("too many directories to watch; the others are looked at on every rescan", "source", w.source.src.Name, "watched", maxWatchDirs)
		}
	}}
	if err := walk.walk(p.base); err != nil && len(found) == 0 {
		found[existing(p.base)] = true
	}
	for dir := range w.dirs {
		if !found[dir] {
			_ = w.fsw.Remove(dir) // it may be gone, and its watch with it
		}
	}
	for dir := range found {
		// Adding again is harmless, and renews the watch of a directory that was replaced.
		if err := w.fsw.Add(dir); err != nil {
			delete(found, dir)
			if !w.full && !errors.Is(err, os.ErrNotExist) {
				w.full = true
				w.source.log.Warn("a directory cannot be watched; it is looked at on every rescan", "source", w.source.src.Name, "dir", dir, "err", err)
			}
		}
	}
	w.dirs = maps.Clone(found)
}

// existing returns the nearest directory that exists, at path or above.
func existing(path string) string {
	for !isDir(path) {
		up := filepath.Dir(path)
		if up == path {
			break
		}
		path = up
	}
	return path
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}
