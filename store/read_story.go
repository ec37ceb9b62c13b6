package store

import (
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// Story returns the story with this id. An alias resolves: the story's ID is
// another one then. The error is story.ErrNotFound if there never was such a
// story, and story.ErrRemoved if there was.
func (db *DB) Story(id story.ID) (story.Story, error) { return db.story(id, tables.readWhole) }

// Untold is Story for who adds to the story: without what its revisions said.
// A commit that names it in story.Commit.Fresh leaves that as it is.
func (db *DB) Untold(id story.ID) (story.Story, error) { return db.story(id, tables.readUntold) }

func (db *DB) story(id story.ID, read func(tables, story.ID, *story.Story) (bool, error)) (s story.Story, err error) {
	err = db.view(func(t tables) error {
		if v := t.alias.Get([]byte(id)); v != nil {
			id = aliasEnd(v)
		}
		ok, err := read(t, id, &s)
		switch {
		case ok || err != nil:
			return err
		case t.removed.Get([]byte(id)) != nil:
			return story.ErrRemoved
		}
		return story.ErrNotFound
	})
	if err != nil {
		return story.Story{}, fmt.Errorf("story %s: %w", id, err)
	}
	return s, nil
}

// getFields reads the record at key of bucket b, as get does.
func getFields[T any](b *bolt.Bucket, bucket string, key []byte, v *T, fields func(*coder, *T)) (bool, error) {
	raw := b.Get(key)
	if raw == nil {
		return false, nil
	}
	return true, located(decodeFields(raw, v, fields), bucket, key)
}

// located says where an error comes from.
func located(err error, bucket string, key []byte) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("bucket %s, key %s: %w", bucket, printKey(key), err)
}

// readHeader reads the header of a story. It reports whether there is one.
func (t tables) readHeader(id story.ID, h *header) (bool, error) {
	return getFields(t.story, bucketStory, []byte(id), h, headerFields)
}

// readWhole reads all of a story.
func (t tables) readWhole(id story.ID, s *story.Story) (bool, error) {
	ok, err := t.readUntold(id, s)
	if !ok || err != nil {
		return ok, err
	}
	for k, v := range withPrefix(t.told, idPrefix(id)) {
		n := parseNumber(k[len(id)+1:])
		if n == 0 || n > uint64(len(s.Revisions)) {
			return true, located(fmt.Errorf("%w: no such revision", ErrDamaged), bucketTold, k)
		}
		told := new(story.Told)
		if err := decodeFields(v, told, toldFields); err != nil {
			return true, located(err, bucketTold, k)
		}
		s.Revisions[n-1].Told = told
	}
	return true, nil
}

// readUntold reads a story without what its revisions said.
func (t tables) readUntold(id story.ID, s *story.Story) (bool, error) {
	var h header
	if ok, err := t.readHeader(id, &h); !ok || err != nil {
		return ok, err
	}
	*s = h.Story
	return true, errors.Join(t.readMembers(&h, s), t.readRevisions(&h, s), t.readFormers(&h, s))
}

// maxAhead bounds the memory that is set aside for what a header promises.
const maxAhead = 1 << 16

func (t tables) readMembers(h *header, s *story.Story) error {
	s.Members = make([]story.Member, 0, min(h.count, maxAhead))
	for k, v := range withPrefix(t.memberOf, idPrefix(h.ID)) {
		s.Members = append(s.Members, story.Member{})
		if err := decodeFields(v, &s.Members[len(s.Members)-1], memberFields); err != nil {
			return located(err, bucketMemberOf, k)
		}
	}
	if uint64(len(s.Members)) != h.count || sumOf(s.Members) != h.sum {
		return fmt.Errorf("%w: story %s has %d members here, and should have %d", ErrDamaged, h.ID, len(s.Members), h.count)
	}
	return nil
}

// readRevisions reads the revisions. Their lists of articles share their memory,
// as far as each goes on where the one before ended.
func (t tables) readRevisions(h *header, s *story.Story) error {
	s.Revisions = make([]story.Revision, 0, min(h.revisions, maxAhead))
	articles := make([]uint64, 0, len(s.Members))
	for k, v := range withPrefix(t.revision, idPrefix(h.ID)) {
		var r revised
		if err := decodeFields(v, &r, revisedFields); err != nil {
			return located(err, bucketRevision, k)
		}
		articles = r.after(articles)
		r.Articles = articles[:len(articles):len(articles)]
		s.Revisions = append(s.Revisions, r.Revision)
	}
	if uint64(len(s.Revisions)) != h.revisions {
		return fmt.Errorf("%w: story %s has %d revisions here, and should have %d", ErrDamaged, h.ID, len(s.Revisions), h.revisions)
	}
	return nil
}

// after returns the articles of the revision, given those of the one before.
func (r *revised) after(before []uint64) []uint64 {
	came, gone := r.Articles, r.gone
	if n := len(before); len(gone) == 0 && (n == 0 || len(came) == 0 || came[0] > before[n-1]) {
		return append(before, came...)
	}
	all := make([]uint64, 0, len(before)+len(came))
	for _, seq := range before {
		for len(came) > 0 && came[0] < seq {
			all, came = append(all, came[0]), came[1:]
		}
		if len(gone) > 0 && gone[0] == seq {
			gone = gone[1:]
			continue
		}
		all = append(all, seq)
	}
	return append(all, came...)
}

func (t tables) readFormers(h *header, s *story.Story) error {
	for _, f := range h.formers {
		former := story.Former{Time: f.time}
		ok, err := getFields(t.former, bucketFormer, formerKey(h.ID, f.id), &former.Story, storyFields)
		if err == nil && !ok {
			err = fmt.Errorf("%w: former story %s of story %s is not stored", ErrDamaged, f.id, h.ID)
		}
		if err != nil {
			return err
		}
		s.Formers = append(s.Formers, former)
	}
	return nil
}
