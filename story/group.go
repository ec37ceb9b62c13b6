package story

import (
	"cmp"
	"slices"

	"storyfold/story/text"
)

// group is an open story.
//
// Its sums are integers, so that adding and removing an article are exact
// inverses: they are a function of the members alone, whatever happened before.
type group struct {
	id      ID
	slot    int32
	members []*item // by seq, never empty between decisions
	sums    run     // in Grouper.sums: n entries, one for each stem that a member has, in no order that matters; room counts values
	wide    bool    // the columns of sums
	times   []int64 // of the members, ascending
	seen    int64   // largest seen of the members
	short   int64   // sum of the members' shortness
	plain2  int64   // sum of v² over entries
	lang    string  // of the first member of whom it is known; else as text.Language gives it

	titles     []uint64 // item.column of the members, in their order
	columnBits uint64   // of all members: see item.columnBit

	tested   int      // members at the last test for a split
	shown    bool     // its first pass is behind it
	siblings []*group // open stories that it must not merge with
	changed  bool     // since the last pass began: listed in Grouper.changed
	due      bool     // during a pass: it was changed before it began

	waits  bool  // it has an entry in Grouper.expiry that counts
	queued int64 // that entry's time

	norms norms
}

// norms are the squared lengths of a story's vectors at a moment.
type norms struct {
	at   uint64 // Grouper.changes + 1 when they were taken; 0: never
	lang string // whose story count was used
	v, h int64
}

func (s *group) first() uint64 { return s.members[0].seq }

// r returns the mean shortness of the members.
func (s *group) r() float64 { return float64(s.short) / one / float64(len(s.members)) }

// expires returns the time after which the story leaves memory, but for the window.
func (s *group) expires() int64 { return max(s.times[len(s.times)-1], s.seen) }

// near reports whether a time is at most window away from some member's.
func (s *group) near(t, window int64) bool {
	if newest := s.times[len(s.times)-1]; t <= newest+window && t >= newest-window {
		return true
	}
	i, _ := slices.BinarySearch(s.times, t)
	return i < len(s.times) && s.times[i]-t <= window || i > 0 && t-s.times[i-1] <= window
}

func bySeq(a *item, seq uint64) int { return cmp.Compare(a.seq, seq) }

// newGroup makes a story without members.
func (g *Grouper) newGroup(id ID) *group {
	s := &group{id: id}
	if n := len(g.freeSlots); n > 0 {
		s.slot, g.freeSlots = g.freeSlots[n-1], g.freeSlots[:n-1]
		g.groups[s.slot] = s
	} else {
		s.slot = int32(len(g.groups))
		g.groups = append(g.groups, s)
		g.mass = append(g.mass, 0)
		g.lengths = append(g.lengths, 0)
		g.where = append(g.where, where{})
	}
	g.byID[id] = s
	return s
}

// freeGroup forgets a story that has no members left.
func (g *Grouper) freeGroup(s *group) {
	for _, other := range s.siblings {
		other.siblings = without(other.siblings, s)
	}
	s.siblings = nil
	g.fresh = without(g.fresh, s)
	delete(g.byID, s.id)
	g.groups[s.slot] = nil
	g.freeSlots = append(g.freeSlots, s.slot)
}

// enter makes it a member of s.
func (g *Grouper) enter(s *group, it *item) {
	g.uncount(s)
	g.touch(s)
	i, _ := slices.BinarySearchFunc(s.members, it.seq, bySeq)
	s.members, s.titles = slices.Insert(s.members, i, it), slices.Insert(s.titles, i, it.column)
	i, _ = slices.BinarySearch(s.times, it.time)
	s.times = slices.Insert(s.times, i, it.time)
	s.short += int64(it.short)
	it.group = s
	if last := len(s.members) - 1; s.members[last] == it {
		s.seen = max(s.seen, it.seen)
		s.hear(it.lang)
		s.columnBits |= it.columnBit()
	} else {
		s.settle()
	}
	g.count(s)
	g.sum(s, it)
	g.expiry.push(s)
	if it.ids == 0 || it.ids == 1 && string(it.home[:]) == string(s.id) {
		delete(g.strayed, it.seq)
	} else {
		g.strayed[it.seq] = it
	}
}

// touch notes that the members of s, or what is near them, changed, so that the next
// pass judges them again.
func (g *Grouper) touch(s *group) {
	if !s.changed {
		s.changed = true
		g.changed = append(g.changed, s)
	}
}

// leave takes it out of s. Where it was the last member, s is left without
// any, and the caller frees it.
func (g *Grouper) leave(s *group, it *item) {
	g.uncount(s)
	g.touch(s)
	i, _ := slices.BinarySearchFunc(s.members, it.seq, bySeq)
	s.members, s.titles = slices.Delete(s.members, i, i+1), slices.Delete(s.titles, i, i+1)
	i, _ = slices.BinarySearch(s.times, it.time)
	s.times = slices.Delete(s.times, i, i+1)
	s.short -= int64(it.short)
	it.group = nil
	s.settle()
	g.count(s)
	g.subtract(s, it)
	if len(s.members) > 0 {
		g.expiry.push(s)
	}
}

// hear takes the language of a member for that of s, unless s has one.
func (s *group) hear(lang string) {
	if s.lang == "" || !text.Sure(s.lang) && text.Sure(lang) {
		s.lang = lang
	}
}

// settle derives what follows from the list of members.
func (s *group) settle() {
	s.lang, s.seen, s.columnBits = "", 0, 0
	for _, m := range s.members {
		s.hear(m.lang)
		s.columnBits |= m.columnBit()
		s.seen = max(s.seen, m.seen)
	}
}

// count adds s to the number of stories, by language; uncount takes it away.
func (g *Grouper) count(s *group) {
	if n := len(s.members); n > 0 {
		g.stories += root(int32(n))
		g.storiesIn[s.lang] += root(int32(n))
	}
	g.changes++
}

func (g *Grouper) uncount(s *group) {
	if n := len(s.members); n > 0 {
		g.stories -= root(int32(n))
		g.storiesIn[s.lang] -= root(int32(n))
	}
}

// drop forgets s and all its members.
func (g *Grouper) drop(s *group) {
	g.uncount(s)
	g.changes++
	g.unpostAll(s)
	g.sums.drop(&s.sums)
	for _, m := range s.members {
		g.forget(m)
		g.keys.drop(&m.key)
		delete(g.items, m.seq)
		delete(g.strayed, m.seq)
		delete(g.edited, m.seq)
		g.bind.unbind(m)
		m.group = nil
	}
	s.members, s.titles = nil, nil
	g.freeGroup(s)
}

// forget drops the record of an article.
func (g *Grouper) forget(it *item) {
	p := g.featuresOf(it)
	for i := range p.words {
		g.lex.drop(p.term(i))
	}
	g.records.drop(&it.record)
}

// without returns list without s.
func without(list []*group, s *group) []*group {
	return slices.DeleteFunc(list, func(x *group) bool { return x == s })
}
