package store

import (
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"storyfold/story"
)

// maxHeaders is about how many bytes of memory the kept stories may take.
const maxHeaders = 16 << 20

// About how many bytes of memory a story takes, a member of it, and a revision.
const (
	storyCost    = 4 << 10
	memberCost   = 1200
	revisionCost = 1500
)

// headers keeps stories as they were decoded: lists and feeds read hundreds of
// them after each commit, of which few have changed.
type headers struct {
	mu    sync.Mutex // guards what follows
	bytes int
	kept  map[story.ID]keptStory
}

// keptStory is a story, whose version is the hash of its header, which changes with
// every part of it.
type keptStory struct {
	story story.Story
	size  int // bytes of memory, about
}

// read reads the story with this id, which is no alias. What it points to is
// shared with other callers and must not be changed.
func (h *headers) read(t tables, id story.ID, s *story.Story) (bool, error) {
	raw := t.story.Get([]byte(id))
	if raw == nil {
		return false, nil
	}
	version := xxhash.Sum64(raw)
	if kept, ok := h.lookup(id, version); ok {
		*s = kept
		return true, nil
	}
	if ok, err := t.readWhole(id, s); !ok || err != nil {
		return ok, err
	}
	s.Version = version
	h.keep(*s, storyCost+memberCost*len(s.Members)+revisionCost*len(s.Revisions))
	return true, nil
}

// Versions returns the names of at most limit stories, in the order of Newest,
// with what tells their states apart.
func (db *DB) Versions(limit int) (list []story.Version, err error) {
	err = db.view(func(t tables) error {
		for k := range keysFrom(t.updated, nil, true) {
			if len(list) == limit {
				return nil
			}
			id := k[min(timeSize, len(k)):]
			list = append(list, story.Version{ID: story.ID(id), Number: xxhash.Sum64(t.story.Get(id))})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read versions of stories: %w", err)
	}
	return list, nil
}

// Headers gives these stories as Newest does. Those that are no more are left out.
func (db *DB) Headers(ids []story.ID) iter.Seq2[story.Story, error] {
	return func(yield func(story.Story, error) bool) {
		for part := range slices.Chunk(ids, chunk) {
			var found []story.Story
			err := db.view(func(t tables) error {
				for _, id := range part {
					var s story.Story
					ok, err := db.headers.read(t, id, &s)
					if err != nil {
						return err
					}
					if ok {
						found = append(found, s)
					}
				}
				return nil
			})
			for _, s := range found {
				if !yield(s, nil) {
					return
				}
			}
			if err != nil {
				yield(story.Story{}, fmt.Errorf("read stories: %w", err))
				return
			}
		}
	}
}

func (h *headers) lookup(id story.ID, version uint64) (story.Story, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k, ok := h.kept[id]
	return k.story, ok && k.story.Version == version
}

// keep keeps s. Where there is no room it takes that of older stories, for lists
// are read from the newest on, again and again.
func (h *headers) keep(s story.Story, size int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.kept == nil {
		h.kept = map[story.ID]keptStory{}
	}
	h.drop(s.ID)
	for h.bytes+size > maxHeaders {
		if !h.dropOlder(s.Updated()) {
			return
		}
	}
	h.kept[s.ID] = keptStory{s, size}
	h.bytes += size
}

func (h *headers) drop(id story.ID) {
	h.bytes -= h.kept[id].size
	delete(h.kept, id)
}

// dropOlder drops the oldest one of a few, and is false if none of them was last
// revised before t.
func (h *headers) dropOlder(t time.Time) bool {
	const few = 8
	var oldest story.ID
	n := 0
	for id, k := range h.kept { // in an order of chance
		if at := k.story.Updated(); at.Before(t) {
			oldest, t = id, at
		}
		if n++; n == few {
			break
		}
	}
	if oldest == "" {
		return false
	}
	h.drop(oldest)
	return true
}
