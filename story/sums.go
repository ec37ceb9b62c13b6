package story

// entry is a stem of a story: the sums of its members' weights, and how many have it.
type entry struct {
	term  int32
	v, h  uint32
	df    uint32
	place uint32 // of its posting in the stem's list
}

// sums are the entries of a story as they are kept, in columns, so that scoring
// reads no more than it needs. While a story has few members the columns are narrow.
type sums struct {
	terms  []uint32 // the stem's number, and in narrow columns df
	places []uint32
	v      []uint32 // in narrow columns v and h
	h, df  []uint32 // nil in narrow columns
}

const (
	narrowColumns = 3
	wideColumns   = 5

	// maxNarrow is how many members have their sums in narrow columns: that many times
	// one is less than 1<<halfBits.
	maxNarrow = 15

	dfBits = kindBits // of df beside the stem's number: hits reads both
)

// columns returns how many columns the sums of s have.
func (s *group) columns() uint32 {
	if s.wide {
		return wideColumns
	}
	return narrowColumns
}

// sumsOf returns the entries of a story. They are good until an entry is added or
// taken away anywhere.
func (g *Grouper) sumsOf(s *group) sums { return s.columnsIn(&g.sums) }

// columnsIn returns the entries of s, which are in this slab.
func (s *group) columnsIn(slab *slab[uint32]) sums {
	r, n := slab.get(s.sums.at, s.sums.room), s.sums.n
	w := s.sums.room / s.columns()
	c := sums{terms: r[:n], places: r[w:][:n], v: r[2*w:][:n]}
	if s.wide {
		c.h, c.df = r[3*w:][:n], r[4*w:][:n]
	}
	return c
}

// settleIn moves the entries of s to a run of g.sums with room for n of them, in columns
// of this width. They are in the slab from, which may be g.sums itself.
func (g *Grouper) settleIn(s *group, from *slab[uint32], n uint32, wide bool) {
	t := group{wide: wide}
	t.sums.n = s.sums.n
	t.sums.at, t.sums.room = g.sums.take(n * t.columns())
	old, c := s.columnsIn(from), g.sumsOf(&t)
	if wide == s.wide {
		copy(c.terms, old.terms)
		copy(c.places, old.places)
		copy(c.v, old.v)
		copy(c.h, old.h)
		copy(c.df, old.df)
	} else {
		for i := range old.terms {
			c.set(i, old.at(i))
		}
	}
	from.give(s.sums.at, s.sums.room)
	s.wide, s.sums = wide, t.sums
	if s.slot >= 0 {
		g.where[s.slot] = where{s.sums.at, s.sums.room / s.columns()}
	}
}

// where says where the sums of a story are: the places begin width values after at. By
// slot, this is found sooner than in the story.
type where struct{ at, width uint32 }

func (c *sums) term(i int) int32 { return int32(c.terms[i] >> dfBits) }

// dfOf returns how many members have the stem of an entry.
func (c *sums) dfOf(i int) uint32 {
	if c.h != nil {
		return c.df[i]
	}
	return c.terms[i] % (1 << dfBits)
}

// vOf and hOf return the sums of an entry.
func (c *sums) vOf(i int) uint32 {
	if c.h != nil {
		return c.v[i]
	}
	return c.v[i] >> halfBits
}

func (c *sums) hOf(i int) uint32 {
	if c.h != nil {
		return c.h[i]
	}
	return c.v[i] % (1 << halfBits)
}

// at returns an entry.
func (c *sums) at(i int) entry {
	return entry{term: c.term(i), v: c.vOf(i), h: c.hOf(i), df: c.dfOf(i), place: c.places[i]}
}

// set changes an entry.
func (c *sums) set(i int, e entry) {
	c.places[i] = e.place
	if c.df != nil {
		c.terms[i], c.v[i], c.h[i], c.df[i] = uint32(e.term)<<dfBits, e.v, e.h, e.df
	} else {
		c.terms[i], c.v[i] = uint32(e.term)<<dfBits|e.df, e.v<<halfBits|e.h
	}
}

// reserve gives the sums of a story room for n entries, in columns that hold those of
// its members.
func (g *Grouper) reserve(s *group, n uint32) {
	wide := s.wide || len(s.members) > maxNarrow
	if wide == s.wide && n*s.columns() <= s.sums.room {
		return
	}
	g.settleIn(s, &g.sums, n, wide)
}

// sum adds the features of it to the sums of s, in one walk over the entries.
func (g *Grouper) sum(s *group, it *item) {
	p := g.scatter(it)
	g.reserve(s, s.sums.n)
	c := g.sumsOf(s)
	hits := g.hits(c.terms)
	for _, x := range hits {
		i := int(x)
		t := c.term(i)
		g.unmark(t)
		f, e := p.at(int(g.at[t])), c.at(i)
		s.plain2 += int64(f.v) * (2*int64(e.v) + int64(f.v))
		e.v, e.h, e.df = e.v+uint32(f.v), e.h+uint32(f.h), e.df+1
		c.set(i, e)
		g.lex.postings(t)[e.place] = makePosting(s.slot, e.v, i)
		g.lex.words[t].df += root(int32(e.df)) - root(int32(e.df-1))
	}
	if fresh := g.hits(p.words); len(fresh) > 0 { // a word holds its stem as an entry does
		at := s.sums.n
		g.reserve(s, at+uint32(len(fresh)))
		s.sums.n += uint32(len(fresh))
		c = g.sumsOf(s)
		for k, i := range fresh { // fetches what the next loop needs
			f := p.at(int(i))
			w := &g.lex.words[f.term]
			c.set(int(at)+k, entry{term: f.term, v: uint32(f.v), h: uint32(f.h), df: 1, place: w.posts.n})
			w.df += root(1)
		}
		for k, i := range fresh {
			f := p.at(int(i))
			g.unmark(f.term)
			g.lex.posts.push(&g.lex.words[f.term].posts, makePosting(s.slot, uint32(f.v), int(at)+k))
			s.plain2 += int64(f.v) * int64(f.v)
		}
	}
	for i := range p.words {
		g.lex.renew(p.term(i))
	}
	g.lengths[s.slot] = sqrt(s.plain2)
}

// subtract takes the features of it from the sums of s: the inverse of sum.
func (g *Grouper) subtract(s *group, it *item) {
	p, c := g.scatter(it), g.sumsOf(s)
	hits := g.hits(c.terms)
	for k := len(hits) - 1; k >= 0; k-- { // from the end: what stands behind a hole is no hit any more
		i := int(hits[k])
		t := c.term(i)
		g.unmark(t)
		f, e := p.at(int(g.at[t])), c.at(i)
		s.plain2 -= int64(f.v) * (2*int64(e.v) - int64(f.v))
		e.v, e.h, e.df = e.v-uint32(f.v), e.h-uint32(f.h), e.df-1
		g.lex.words[t].df += root(int32(e.df)) - root(int32(e.df+1))
		if e.df > 0 {
			c.set(i, e)
			g.lex.postings(t)[e.place] = makePosting(s.slot, e.v, i)
			continue
		}
		g.unpost(t, e.place)
		s.sums.n--
		if last := int(s.sums.n); i != last {
			e = c.at(last)
			c.set(i, e)
			g.lex.postings(e.term)[e.place] = makePosting(s.slot, e.v, i)
		}
	}
	for i := range p.words {
		g.lex.renew(p.term(i))
	}
	if s.sums.n == 0 {
		g.sums.drop(&s.sums)
	}
	g.lengths[s.slot] = sqrt(s.plain2)
}

// unpost removes a posting by putting the last of its list in its place.
func (g *Grouper) unpost(term int32, place uint32) {
	list := g.lex.postings(term)
	last := uint32(len(list) - 1)
	if place != last {
		list[place] = list[last]
		g.replace(term, list[last], place)
	}
	g.lex.shorten(term)
}

// replace tells the entry of a posting of term that it stands in another place.
func (g *Grouper) replace(term int32, p posting, place uint32) {
	c, i := g.where[p.slot()], uint32(p.index())
	r := g.sums.get(c.at, 2*c.width)
	for i >= noIndex && int32(r[i]>>dfBits) != term {
		i++
	}
	r[c.width+i] = place
}

// unpostAll removes the postings of a story that is dropped with its members. What it needs is
// far apart in memory, so it is fetched in loops in which nothing waits for anything.
func (g *Grouper) unpostAll(s *group) {
	c := g.sumsOf(s)
	lasts := g.lasts[:0]
	for i, t := range c.terms {
		w := &g.lex.words[t>>dfBits]
		w.df -= root(int32(c.dfOf(i)))
		lasts = append(lasts, g.lex.posts.last(w.posts))
	}
	g.lasts = lasts
	for i, p := range lasts {
		term, place := c.term(i), c.places[i]
		if w := &g.lex.words[term]; place != w.posts.n-1 {
			g.lex.postings(term)[place] = p
			g.replace(term, p, place)
		}
		g.lex.shorten(term)
		if g.lex.words[term].posts.n > 0 { // else the stem is dropped with the members
			g.lex.renew(term)
		}
	}
}

// compact moves what is held to new slabs where most of the old ones is free.
func (g *Grouper) compact() {
	if g.keys.sparse() {
		old := g.keys
		g.keys = slab[byte]{}
		for _, it := range g.items {
			g.keys.move(&old, &it.key)
		}
	}
	if g.records.sparse() {
		old := g.records
		g.records = slab[uint32]{}
		for _, it := range g.items {
			g.records.move(&old, &it.record)
		}
	}
	if g.sums.sparse() {
		old := g.sums
		g.sums = slab[uint32]{}
		for _, s := range g.groups {
			if s != nil {
				g.settleIn(s, &old, s.sums.n, s.wide)
			}
		}
	}
	g.lex.compact()
}
