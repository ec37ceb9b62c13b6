package store

import (
	"fmt"
	"testing"

	"storyfold/story"
)

// byID reads all stories as lists do.
func byID(t *testing.T, db *DB) map[story.ID]story.Story {
	t.Helper()
	found := map[story.ID]story.Story{}
	for s, err := range db.Newest() {
		if err != nil {
			t.Fatal(err)
		}
		found[s.ID] = s
	}
	return found
}

// TestHeadersFollowCommits proves that lists give what was stored last, and read
// anew what changed alone.
func TestHeadersFollowCommits(t *testing.T) {
	db := openStore(t, t.TempDir())
	commit(t, db, single(1, 300))
	first := byID(t, db)
	if len(first) != 300 {
		t.Fatalf("%d stories, want 300", len(first))
	}
	var changed story.Story
	for _, s := range first {
		changed = s
		break
	}
	changed.Brief.Headline += " and more"
	commit(t, db, change(5, []story.Story{changed}, nil))
	for id, s := range byID(t, db) {
		was := first[id]
		if same := &s.Members[0] == &was.Members[0]; same != (id != changed.ID) {
			t.Errorf("story %s was read anew: %v", id, !same)
		}
		if s.Version == 0 || (s.Version == was.Version) != (id != changed.ID) {
			t.Errorf("story %s has version %x, had %x", id, s.Version, was.Version)
		}
		if id == changed.ID && s.Brief.Headline != changed.Brief.Headline {
			t.Errorf("headline %q, want %q", s.Brief.Headline, changed.Brief.Headline)
		}
	}
}

// TestHeadersAreBounded proves that what is kept stays within its room, and that
// the newest stories are what is kept.
func TestHeadersAreBounded(t *testing.T) {
	var h headers
	const size = maxHeaders / 10
	for i := range 100 {
		h.keep(story.Story{ID: story.ID(fmt.Sprint(i)), Revisions: []story.Revision{{Time: at(i)}}}, size)
		h.keep(story.Story{ID: "ancient", Revisions: []story.Revision{{Time: at(-1)}}}, size)
		if h.bytes > maxHeaders || h.bytes != size*len(h.kept) {
			t.Fatalf("%d bytes of %d stories", h.bytes, len(h.kept))
		}
	}
	h.keep(story.Story{ID: "huge"}, maxHeaders+1)
	if _, ok := h.kept["99"]; !ok || len(h.kept) < 9 {
		t.Errorf("%d stories are kept, the newest among them: %v", len(h.kept), ok)
	}
}
