package store

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"storyfold/story"
)

// compressStory is the size in bytes from which the parts of a story are
// compressed. Most members are smaller: they are read far more often than written.
const compressStory = 1024

// touched is a story that a commit changes, or turns into an alias.
type touched struct {
	now    *story.Story // as it is to be; nil: an alias
	there  bool         // it is stored
	before header       // as it is stored
	whole  bool         // all of now is compared with what is stored

	count   uint64         // members, as they come and go
	sum     uint64         // of their seqHash
	sources map[string]int // by how much their members become more
}

// seqHash spreads a sequence number over 64 bits, as SplitMix64 does. Sums of it
// tell sets of members apart.
func seqHash(seq uint64) uint64 {
	seq += 0x9e3779b97f4a7c15
	seq = (seq ^ seq>>30) * 0xbf58476d1ce4e5b9
	seq = (seq ^ seq>>27) * 0x94d049bb133111eb
	return seq ^ seq>>31
}

// sumOf returns the sum of seqHash of the members.
func sumOf(members []story.Member) (sum uint64) {
	for i := range members {
		sum += seqHash(members[i].Seq)
	}
	return sum
}

// touch reads the headers of the stories that change.
func (w *writer) touch() error {
	for i := range w.commit.Stories {
		s := &w.commit.Stories[i]
		if err := w.checkStory(s); err != nil {
			return fmt.Errorf("story %s: %w", s.ID, err)
		}
		if w.touched[s.ID] != nil {
			return fmt.Errorf("%w: story %s is there twice", ErrInvalid, s.ID)
		}
		if _, err := w.begin(s.ID, s); err != nil {
			return err
		}
	}
	return nil
}

// begin notes that a story changes to what now is.
func (w *writer) begin(id story.ID, now *story.Story) (*touched, error) {
	t := &touched{now: now, sources: map[string]int{}}
	var err error
	if t.there, err = w.readHeader(id, &t.before); err != nil {
		return nil, err
	}
	_, narrowed := w.commit.Fresh[id]
	t.whole, t.count, t.sum = !t.there || !narrowed, t.before.count, t.before.sum
	w.touched[id] = t
	return t, nil
}

// checkStory refuses a story that the store could not give back.
func (w *writer) checkStory(s *story.Story) error {
	switch id := []byte(s.ID); {
	case len(id) == 0 || len(id) > maxID || bytes.IndexByte(id, 0) >= 0:
		return fmt.Errorf("%w: the id is %q", ErrInvalid, s.ID)
	case w.alias.Get(id) != nil:
		return fmt.Errorf("%w: it is an alias", ErrInvalid)
	case w.removed.Get(id) != nil:
		return fmt.Errorf("%w: it has been removed", ErrInvalid)
	case len(s.Members) == 0:
		return fmt.Errorf("%w: it has no members", ErrInvalid)
	}
	for i := 1; i < len(s.Members); i++ {
		if s.Members[i].Seq <= s.Members[i-1].Seq {
			return fmt.Errorf("%w: member %d is not in order", ErrInvalid, s.Members[i].Seq)
		}
	}
	for i := range s.Revisions {
		r := &s.Revisions[i]
		if r.Number != i+1 || !ascending(r.Articles) {
			return fmt.Errorf("%w: revision %d stands in place of %d, or its articles are not in order", ErrInvalid, r.Number, i+1)
		}
	}
	return nil
}

// ascending reports whether the numbers are in order, each there once.
func ascending(seqs []uint64) bool {
	for i := 1; i < len(seqs); i++ {
		if seqs[i] <= seqs[i-1] {
			return false
		}
	}
	return true
}

// leave removes the story that becomes an alias, if it is stored. Its members
// are still its own until others take them.
func (w *writer) leave(id story.ID) error {
	if t := w.touched[id]; t != nil {
		return fmt.Errorf("%w: it changes in the same commit", ErrInvalid)
	}
	t, err := w.begin(id, nil)
	if err != nil || !t.there {
		return err
	}
	return w.dropHeader(&t.before)
}

// dropHeader removes the header of a story and its places in the orders of stories.
func (w *writer) dropHeader(h *header) error {
	if err := w.updated.Delete(h.updatedKey()); err != nil {
		return err
	}
	order, place := w.orderOf(h)
	if err := order.Delete(place); err != nil {
		return err
	}
	w.changes.totals[totalOf(h.Closed)]--
	return w.story.Delete([]byte(h.ID))
}

// join stores the changed stories and gives them their members.
func (w *writer) join() error {
	for _, id := range slices.Sorted(maps.Keys(w.touched)) {
		t := w.touched[id]
		if t.now == nil {
			continue
		}
		if err := w.putStory(t); err != nil {
			return fmt.Errorf("story %s: %w", id, err)
		}
	}
	members := w.later(w.member)
	members.pairs = slices.Grow(members.pairs, len(w.entered))
	for seq, id := range w.entered {
		members.add(number(seq), []byte(id))
	}
	for _, b := range []*bolt.Bucket{w.member, w.updated, w.open, w.closed} {
		if err := w.later(b).flush(); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) putStory(t *touched) error {
	for _, step := range []func(*touched) error{w.putMembers, w.putRevisions, w.putFormers, w.putHeader} {
		if err := step(t); err != nil {
			return err
		}
	}
	return nil
}

// putMembers stores the members that are new or changed.
func (w *writer) putMembers(t *touched) error {
	if t.whole {
		for i := range t.now.Members {
			if err := w.putMember(t, &t.now.Members[i]); err != nil {
				return err
			}
		}
		return nil
	}
	for _, seq := range w.commit.Fresh[t.now.ID] {
		i, ok := memberAt(t.now.Members, seq)
		if !ok {
			continue // it came and went within the commit
		}
		if err := w.putMember(t, &t.now.Members[i]); err != nil {
			return err
		}
	}
	return nil
}

// memberAt returns where the member with this number is.
func memberAt(members []story.Member, seq uint64) (int, bool) {
	return slices.BinarySearchFunc(members, seq, func(m story.Member, seq uint64) int {
		switch {
		case m.Seq < seq:
			return -1
		case m.Seq > seq:
			return 1
		}
		return 0
	})
}

// putMember stores one member, taking it from the story that it was in.
func (w *writer) putMember(t *touched, m *story.Member) error {
	key := numberedKey(t.now.ID, m.Seq)
	raw, err := encodeFields(m, memberFields, compressStory)
	if err != nil {
		return err
	}
	switch of := w.storyOf(m.Seq); of {
	case t.now.ID:
		old := w.memberOf.Get(key)
		if bytes.Equal(old, raw) {
			return nil
		}
		if err := t.uncount(old); err != nil {
			return fmt.Errorf("member %d: %w", m.Seq, err)
		}
	case "":
		if !w.loose[m.Seq] {
			return fmt.Errorf("%w: member %d is not stored", ErrInvalid, m.Seq)
		}
		delete(w.loose, m.Seq)
		w.enter(t, m.Seq)
	default:
		if err := w.release(of, m.Seq); err != nil {
			return err
		}
		w.enter(t, m.Seq)
	}
	for source := range sourcesOf(m.Source, m.Also) {
		t.sources[source]++
	}
	return w.memberOf.Put(key, raw)
}

// enter notes that an article is in the story now.
func (w *writer) enter(t *touched, seq uint64) {
	t.count++
	t.sum += seqHash(seq)
	w.entered[seq] = t.now.ID
}

// storyOf returns the story that an article is in by now, "" if in none.
func (w *writer) storyOf(seq uint64) story.ID {
	switch id, ok := w.entered[seq]; {
	case ok:
		return id
	case w.loose[seq]:
		return ""
	}
	return story.ID(w.member.Get(number(seq)))
}

// release takes an article out of a story that changes in the same commit.
func (w *writer) release(id story.ID, seq uint64) error {
	t := w.touched[id]
	if t == nil {
		return fmt.Errorf("%w: member %d is in story %s", ErrInvalid, seq, id)
	}
	if t.now != nil {
		if _, keeps := memberAt(t.now.Members, seq); keeps {
			return fmt.Errorf("%w: member %d is in story %s, too", ErrInvalid, seq, id)
		}
	}
	key := numberedKey(id, seq)
	if err := t.uncount(w.memberOf.Get(key)); err != nil {
		return fmt.Errorf("member %d of story %s: %w", seq, id, err)
	}
	t.count--
	t.sum -= seqHash(seq)
	return w.memberOf.Delete(key)
}

// uncount takes the sources of a stored member from the story's.
func (t *touched) uncount(raw []byte) error {
	var m story.Member
	if err := decodeFields(raw, &m, memberFields); err != nil {
		return err
	}
	for source := range sourcesOf(m.Source, m.Also) {
		t.sources[source]--
	}
	return nil
}

// putRevisions stores the revisions that are new, or all that differ.
func (w *writer) putRevisions(t *touched) error {
	s, from := t.now, 0
	if !t.whole {
		if from = int(t.before.revisions); len(s.Revisions) < from {
			return fmt.Errorf("%w: it had %d revisions and has %d", ErrInvalid, from, len(s.Revisions))
		}
	}
	var before []uint64
	if from > 0 {
		before = s.Revisions[from-1].Articles
	}
	for i := from; i < len(s.Revisions); i++ {
		if err := w.putRevision(s.ID, s.Revisions[i], before); err != nil {
			return err
		}
		before = s.Revisions[i].Articles
	}
	for n := len(s.Revisions) + 1; n <= int(t.before.revisions); n++ {
		if err := w.revision.Delete(numberedKey(s.ID, uint64(n))); err != nil {
			return err
		}
	}
	return w.putTold(t, from)
}

// putRevision stores a revision, given the articles of the one before.
func (w *writer) putRevision(id story.ID, r story.Revision, before []uint64) error {
	record := revised{Revision: r}
	record.Told = nil
	record.Articles, record.gone = difference(before, r.Articles)
	raw, err := encodeFields(&record, revisedFields, compressStory)
	if err != nil {
		return fmt.Errorf("revision %d: %w", r.Number, err)
	}
	return w.revision.Put(numberedKey(id, uint64(r.Number)), raw)
}

// difference returns what came and what went between two ascending lists.
func difference(before, after []uint64) (came, gone []uint64) {
	for len(before) > 0 && len(after) > 0 {
		switch b, a := before[0], after[0]; {
		case b == a:
			before, after = before[1:], after[1:]
		case b < a:
			gone, before = append(gone, b), before[1:]
		default:
			came, after = append(came, a), after[1:]
		}
	}
	return append(came, after...), append(gone, before...)
}

// putTold stores what the revisions from the given one on said, and forgets what
// is too old. Of earlier ones it stays as it is stored.
func (w *writer) putTold(t *touched, from int) error {
	s := t.now
	for i := from; i < len(s.Revisions); i++ {
		r := &s.Revisions[i]
		if r.Told == nil {
			continue
		}
		raw, err := encodeFields(r.Told, toldFields, minCompressed)
		if err != nil {
			return fmt.Errorf("revision %d: %w", r.Number, err)
		}
		if err := w.told.Put(numberedKey(s.ID, uint64(r.Number)), raw); err != nil {
			return err
		}
	}
	return w.forgetTold(t)
}

// forgetTold removes what revisions said that are too old, or no longer there.
func (w *writer) forgetTold(t *touched) error {
	s := t.now
	last := len(s.Revisions) - story.MaxTold
	if !t.whole {
		for n := max(int(t.before.revisions)-story.MaxTold, 0) + 1; n <= last; n++ {
			if err := w.told.Delete(numberedKey(s.ID, uint64(n))); err != nil {
				return err
			}
		}
		return nil
	}
	for _, k := range keysWith(w.told, idPrefix(s.ID)) {
		n := int(parseNumber(k[len(s.ID)+1:]))
		if n <= last || n > len(s.Revisions) || s.Revisions[n-1].Told == nil {
			if err := w.told.Delete(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// putFormers stores the stories that became this one, as far as they are new.
func (w *writer) putFormers(t *touched) error {
	before := map[story.ID]bool{}
	for _, f := range t.before.formers {
		before[f.id] = true
	}
	for i := range t.now.Formers {
		f := &t.now.Formers[i].Story
		if before[f.ID] && !t.whole {
			delete(before, f.ID)
			continue
		}
		delete(before, f.ID)
		raw, err := encodeFields(f, storyFields, minCompressed)
		if err != nil {
			return fmt.Errorf("former story %s: %w", f.ID, err)
		}
		if err := w.former.Put(formerKey(t.now.ID, f.ID), raw); err != nil {
			return err
		}
	}
	for id := range before {
		if err := w.former.Delete(formerKey(t.now.ID, id)); err != nil {
			return err
		}
	}
	return nil
}

// putHeader stores the header and the places in the orders of stories.
func (w *writer) putHeader(t *touched) error {
	h := headerOf(t.now)
	h.changed = w.db.nextGeneration(w.tables)
	if t.there {
		if err := w.dropHeader(&t.before); err != nil {
			return err
		}
	}
	order, place := w.orderOf(&h)
	w.later(order).add(place, nil)
	w.later(w.updated).add(h.updatedKey(), nil)
	w.changes.totals[totalOf(h.Closed)]++
	raw, err := encodeFields(&h, headerFields, minCompressed)
	if err != nil {
		return err
	}
	return w.story.Put([]byte(h.ID), raw)
}

// headerOf returns the header of s.
func headerOf(s *story.Story) header {
	h := header{
		Story: *s, count: uint64(len(s.Members)), sum: sumOf(s.Members), revisions: uint64(len(s.Revisions)),
		updated: cleanTime(s.Updated()), first: s.Members[0].Seq,
	}
	if s.Closed {
		h.newest = cleanTime(newest(s))
	}
	for i := range s.Formers {
		h.formers = append(h.formers, formerName{s.Formers[i].Time, s.Formers[i].Story.ID})
	}
	return h
}
