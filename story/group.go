package story

import (
	"cmp"
	"slices"
)

// group is an open story.
//
// Its sums are integers, so that adding and removing an article are exact
// inverses: they are a function of the members alone, whatever happened before.
type group struct {
	id      ID
	slot    int32
	members []*item // by seq, never empty between decisions
	entries []entry // one for each stem that a member has, in no order that matters
	times   []int64 // of the members, ascending
	seen    int64   // largest seen of the members
	short   int64   // sum of the members' shortness
	plain2  int64   // sum of v² over entries
	lang    string  // of the first member with a known one

	tested   int      // members at the last test for a split
	shown    bool     // its first pass is behind it
	siblings []*group // open stories that it must not merge with
	changed  bool     // since the last pass began: listed in Grouper.changed
	due      bool     // during a pass: it was changed before it began

	waits  bool  // it has an entry in Grouper.expiry that counts
	queued int64 // that entry's time

	norms norms
}

// entry is a stem of a story: the sums of its members' weights, and how many have it.
type entry struct {
	term  int32
	v, h  int32
	df    int32
	place int32 // of its posting in the stem's list
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
		g.acc = append(g.acc, 0)
		g.lengths = append(g.lengths, 0)
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
	s.members = slices.Insert(s.members, i, it)
	i, _ = slices.BinarySearch(s.times, it.time)
	s.times = slices.Insert(s.times, i, it.time)
	s.short += int64(it.short)
	it.group = s
	if last := len(s.members) - 1; s.members[last] == it {
		s.seen = max(s.seen, it.seen)
		if s.lang == "" {
			s.lang = it.lang
		}
	} else {
		s.settle()
	}
	g.count(s)
	g.sum(s, it)
	g.expiry.push(s)
	if it.ids == 0 || it.ids == 1 && it.home == s.id {
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
	s.members = slices.Delete(s.members, i, i+1)
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

// settle derives what follows from the list of members.
func (s *group) settle() {
	s.lang, s.seen = "", 0
	for _, m := range s.members {
		if s.lang == "" {
			s.lang = m.lang
		}
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

// sum adds the features of it to the sums of s, in one walk over the entries.
func (g *Grouper) sum(s *group, it *item) {
	g.scatter(it)
	for i := range s.entries {
		e := &s.entries[i]
		if !g.has(e.term) {
			continue
		}
		f := it.features[g.at[e.term]]
		s.plain2 += int64(f.v) * int64(2*e.v+f.v)
		e.v, e.h, e.df = e.v+f.v, e.h+f.h, e.df+1
		g.lex.words[e.term].posts[e.place].v = e.v
		g.lex.grow(e.term, root(e.df)-root(e.df-1))
		g.unmark(e.term)
	}
	for _, f := range it.features {
		if !g.has(f.term) {
			continue
		}
		g.unmark(f.term)
		w := &g.lex.words[f.term]
		s.entries = append(s.entries, entry{term: f.term, v: f.v, h: f.h, df: 1, place: int32(len(w.posts))})
		w.posts = append(w.posts, posting{slot: s.slot, entry: int32(len(s.entries) - 1), v: f.v})
		s.plain2 += int64(f.v) * int64(f.v)
		g.lex.grow(f.term, root(1))
	}
	g.lengths[s.slot] = sqrt(s.plain2)
}

// subtract takes the features of it from the sums of s: the inverse of sum.
func (g *Grouper) subtract(s *group, it *item) {
	g.scatter(it)
	for i := 0; i < len(s.entries); i++ {
		e := &s.entries[i]
		if !g.has(e.term) {
			continue
		}
		f := it.features[g.at[e.term]]
		g.unmark(e.term)
		s.plain2 -= int64(f.v) * int64(2*e.v-f.v)
		e.v, e.h, e.df = e.v-f.v, e.h-f.h, e.df-1
		g.lex.grow(e.term, root(e.df)-root(e.df+1))
		if e.df > 0 {
			g.lex.words[e.term].posts[e.place].v = e.v
			continue
		}
		g.unpost(e.term, e.place)
		last := len(s.entries) - 1
		if i != last {
			s.entries[i] = s.entries[last]
			g.lex.words[s.entries[i].term].posts[s.entries[i].place].entry = int32(i)
		}
		s.entries = s.entries[:last]
		i--
	}
	g.lengths[s.slot] = sqrt(s.plain2)
}

// unpost removes a posting by putting the last of its list in its place.
func (g *Grouper) unpost(term, place int32) {
	w := &g.lex.words[term]
	last := len(w.posts) - 1
	if int(place) != last {
		moved := w.posts[last]
		w.posts[place] = moved
		g.groups[moved.slot].entries[moved.entry].place = place
	}
	w.posts = w.posts[:last]
}

// drop forgets s and all its members.
func (g *Grouper) drop(s *group) {
	g.uncount(s)
	g.changes++
	for i := range s.entries {
		e := &s.entries[i]
		g.lex.grow(e.term, -root(e.df))
		g.unpost(e.term, e.place)
	}
	for _, m := range s.members {
		for _, f := range m.features {
			g.lex.drop(f.term)
		}
		delete(g.items, m.seq)
		delete(g.strayed, m.seq)
		delete(g.edited, m.seq)
		g.bind.unbind(m)
		m.group, m.features = nil, nil
	}
	s.members = nil
	g.freeGroup(s)
}

// without returns list without s.
func without(list []*group, s *group) []*group {
	return slices.DeleteFunc(list, func(x *group) bool { return x == s })
}
