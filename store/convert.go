package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// convertAtOnce is how many members of stories one transaction converts.
const convertAtOnce = 10_000

// keptName is how the file of an earlier version is called once it was converted.
func keptName(from uint32) string { return fmt.Sprintf("%s.v%d", fileName, from) }

// convert makes the store in dir, of an earlier version, one of this version. It
// does so in a copy, which takes the file's place when it is complete and on
// disk; the file as it was stays beside it. The caller holds the lock.
func convert(dir string, from uint32, o Options) error {
	path, temp, kept := filepath.Join(dir, fileName), filepath.Join(dir, tempName), filepath.Join(dir, keptName(from))
	for _, leftover := range []string{temp, kept} {
		if err := os.Remove(leftover); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := convertCopy(path, temp, o); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Link(path, kept); err != nil { // a file system without links
		if err := copyFile(path, kept); err != nil {
			return errors.Join(err, os.Remove(temp))
		}
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(dir)
}

// convertCopy writes the store at path, converted, to temp.
func convertCopy(path, temp string, o Options) error {
	if err := copyFile(path, temp); err != nil {
		return err
	}
	o.ReadOnly, o.NoSync = false, true // until all of it is there
	b, err := openBolt(temp, o)
	if err != nil {
		return err
	}
	return errors.Join(convertAll(b), b.Sync(), b.Close())
}

// convertAll converts all of a store.
func convertAll(b *bolt.DB) (err error) {
	defer guard(&err)()
	err = b.Update(func(tx *bolt.Tx) error {
		for _, name := range partNames {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
	for last, more := []byte(nil), true; err == nil && more; {
		err = b.Update(func(tx *bolt.Tx) error {
			t, err := openTables(tx)
			if err != nil {
				return err
			}
			last, more, err = t.convertStories(last)
			return err
		})
	}
	if err != nil {
		return err
	}
	return b.Update(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(bucketMeta)).Put(keyVersion, binary.BigEndian.AppendUint32(nil, version))
	})
}

// convertStories converts stories after the given key. It returns the last one's, and
// whether there are more.
func (t tables) convertStories(after []byte) (last []byte, more bool, err error) {
	var ids [][]byte
	for k := range keysFrom(t.story, after, false) {
		if ids = append(ids, slices.Clone(k)); len(ids) == convertAtOnce {
			break
		}
	}
	members := 0
	for i, id := range ids {
		var s story.Story
		if _, err := get(t.story, bucketStory, id, &s); err != nil {
			return nil, false, err
		}
		if err := t.convertStory(&s); err != nil {
			return nil, false, fmt.Errorf("story %s: %w", id, err)
		}
		if members += len(s.Members); members >= convertAtOnce {
			return id, true, nil
		}
		if i == convertAtOnce-1 {
			return id, true, nil
		}
	}
	return nil, false, nil
}

// convertStory stores a story of version 1, which was one record, in its parts. What
// leads to it, and what is counted of it, stays.
func (t tables) convertStory(s *story.Story) error {
	if len(s.Members) == 0 {
		return fmt.Errorf("%w: it has no members", ErrDamaged)
	}
	s.ForgetTold()
	for i := range s.Revisions {
		r := &s.Revisions[i]
		r.Number = i + 1
		slices.Sort(r.Articles)
		r.Articles = slices.Compact(r.Articles)
	}
	w := writer{tables: t, changes: newChanges()}
	now := &touched{now: s, whole: true, sources: map[string]int{}}
	for i := range s.Members {
		m := &s.Members[i]
		raw, err := encodeFields(m, memberFields, compressStory)
		if err != nil {
			return err
		}
		if err := t.memberOf.Put(numberedKey(s.ID, m.Seq), raw); err != nil {
			return err
		}
		for source := range sourcesOf(m.Source, m.Also) {
			now.sources[source]++
		}
	}
	h := headerOf(s)
	raw, err := encodeFields(&h, headerFields, minCompressed)
	if err != nil {
		return err
	}
	return errors.Join(w.putRevisions(now), w.putFormers(now), w.settleSources(s.ID, now.sources), t.story.Put([]byte(s.ID), raw))
}

// copyFile copies a file to a new name, and waits until it is on disk.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
