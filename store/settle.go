package store

import (
	"fmt"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// settle refuses a commit that leaves an article without a story, or an alias
// without an end, and stores which sources the stories have.
func (w *writer) settle() error {
	if len(w.loose) > 0 && !w.commit.Owing {
		return inNoStory(slices.Collect(maps.Keys(w.loose)))
	}
	for _, id := range slices.Sorted(maps.Keys(w.touched)) {
		if err := w.settleStory(id, w.touched[id]); err != nil {
			return err
		}
	}
	for _, a := range w.commit.Aliases {
		if end := aliasEnd(w.alias.Get([]byte(a.From))); w.story.Get([]byte(end)) == nil {
			return fmt.Errorf("%w: alias %s ends at %s, which is not stored", ErrInvalid, a.From, end)
		}
	}
	return nil
}

// inNoStory is the error for articles that a commit leaves without a story.
func inNoStory(seqs []uint64) error {
	return fmt.Errorf("%w: article %d is in no story (one of %d)", ErrInvalid, slices.Min(seqs), len(seqs))
}

func (w *writer) settleStory(id story.ID, t *touched) error {
	var members []story.Member
	if t.now != nil {
		members = t.now.Members
	}
	if t.count != uint64(len(members)) || t.sum != sumOf(members) {
		var left []uint64
		for _, k := range keysWith(w.memberOf, idPrefix(id)) {
			seq := parseNumber(k[len(id)+1:])
			if _, ok := memberAt(members, seq); !ok {
				left = append(left, seq)
			}
		}
		if len(left) > 0 {
			return inNoStory(left)
		}
		return fmt.Errorf("%w: story %s has members that are stored elsewhere", ErrInvalid, id)
	}
	if err := w.settleSources(id, t.sources); err != nil {
		return err
	}
	if t.now == nil && t.there {
		return w.dropParts(id)
	}
	return nil
}

// settleSources stores by how much the members of a story's sources became more.
func (w *writer) settleSources(id story.ID, sources map[string]int) error {
	for _, source := range slices.Sorted(maps.Keys(sources)) {
		more := sources[source]
		if more == 0 {
			continue
		}
		key := sourceKey(id, source)
		before, _ := parseSource(w.sourceOf.Get(key))
		switch {
		case before == 0:
			w.changes.stories(source, +1)
		case before+more == 0:
			w.changes.stories(source, -1)
			if err := w.sourceOf.Delete(key); err != nil {
				return err
			}
			continue
		}
		if err := w.sourceOf.Put(key, append(number(uint64(before+more)), source...)); err != nil {
			return err
		}
	}
	return nil
}

// parseSource reads a value of bucket sourceof: how many members of the story the
// source brings or lists, and its name.
func parseSource(v []byte) (n int, source string) {
	if len(v) < 8 {
		return 0, ""
	}
	return int(parseNumber(v[:8])), string(v[8:])
}

// dropParts removes the records of a story beside its header and its members.
func (t tables) dropParts(id story.ID) error {
	for _, b := range []*bolt.Bucket{t.revision, t.told, t.former, t.sourceOf} {
		for _, k := range keysWith(b, idPrefix(id)) {
			if err := b.Delete(k); err != nil {
				return err
			}
		}
	}
	return nil
}
