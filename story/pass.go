package story

import (
	"cmp"
	"slices"

	"storyfold/story/text"
)

// pair is two stories that may be one; a has the earlier first article.
type pair struct {
	a, b  *group
	score float64
	limit float64
}

// pass judges those of the recent articles again near which anything changed, merges stories, and shows those that
// were open before it began.
func (g *Grouper) pass() {
	g.since = 0
	g.stats.Passes++
	waiting := g.fresh
	g.fresh = nil
	items := g.toJudge()
	clear(g.near)
	g.near = g.near[:0]
	due := g.changed
	g.changed = nil
	for _, s := range due {
		s.changed, s.due = false, true
	}
	for _, it := range items {
		if it.group.due || it.group.changed || g.edited[it.seq] != nil {
			g.judge(it)
		} else {
			g.stats.Spared++
		}
	}
	for _, s := range due {
		s.due = false
	}
	clear(g.edited)
	g.merge()
	waiting = slices.DeleteFunc(waiting, func(s *group) bool { return len(s.members) == 0 })
	slices.SortFunc(waiting, func(a, b *group) int { return cmp.Compare(a.first(), b.first()) })
	for _, s := range waiting {
		g.show(s)
	}
	g.compact()
}

// toJudge returns the open articles among the last param.recent, and those that were
// edited, in commit order.
func (g *Grouper) toJudge() []*item {
	oldest := uint64(0)
	if n := uint64(param.recent); g.seq > n {
		oldest = g.seq - n
	}
	g.recent = slices.DeleteFunc(g.recent, func(it *item) bool { return it.group == nil || it.seq <= oldest })
	items := g.recent
	if len(g.edited) > 0 {
		items = slices.Clone(items)
		for seq, it := range g.edited {
			if seq <= oldest {
				items = append(items, it)
			}
		}
		slices.SortFunc(items, func(a, b *item) int { return cmp.Compare(a.seq, b.seq) })
	}
	return items
}

// judge compares an article's story with its rivals, and moves the article to
// one that is clearly better, or puts it out of one where it does not belong.
func (g *Grouper) judge(it *item) {
	g.stats.Judged++
	home := it.group
	q := g.ask(it)
	defer g.gather(it)
	limit := g.threshold(q.r)
	own := match{group: home, s: limit, bare: limit, full: true} // a story of one
	if len(home.members) > 1 {
		own = g.score(q, home)
	}
	g.vouch(q, &own)
	clash := g.clashes(home, it)
	if clash {
		own.s, own.bare, own.full = limit-1, limit-1, true
	}
	var others []*group
	if it.telling {
		others = g.candidates(q)
	}
	floor := own.bare + param.better
	ms := g.rank(q, others, floor)
	g.note(it, ms, limit)
	if g.bind.pinned(it) {
		return
	}
	if len(ms) > 0 && ms[0].s > floor || own.bare < limit+param.out {
		g.addMember(q, &own)
	}
	switch {
	case len(ms) > 0 && ms[0].s > own.s+param.better && (ms[0].s >= limit || own.s < limit):
		g.move(q, own, ms)
	case own.s < limit+param.out && len(home.members) > 1 && (clash || home.members[0] != it):
		leaving := []*item{it}
		if home.members[0] == it { // the id stays with the first article
			leaving = slices.Clone(home.members[1:])
		}
		g.gather(it)
		g.splitOff(home, leaving, Reason{
			Rule: "no match", Score: own.s, Threshold: limit + param.out, Near: home.id, NearScore: own.s,
		})
	}
}

// clashes reports whether another member is known to be in another language
// than it, which an edit can bring about. Those that the reader put there do not count.
func (g *Grouper) clashes(s *group, it *item) bool {
	for _, m := range s.members {
		if m != it && text.Sure(m.lang) && !g.bind.pinned(m) {
			return !text.Alike(m.lang, it.lang)
		}
	}
	return false
}

// note keeps the stories near an article, as candidates for a merge with its own.
func (g *Grouper) note(it *item, ms []match, limit float64) {
	floor := limit - float64(param.rivalText*(1-it.r())) - float64(param.rivalT*it.r())
	for _, m := range ms {
		if m.s > floor {
			g.near = append(g.near, nearby{it, m.group})
		}
	}
}

// nearby is an article and a story that it is near to.
type nearby struct {
	it    *item
	group *group
}

// move takes the query's article to the best match.
func (g *Grouper) move(q *query, own match, ms []match) {
	it, to := q.it, ms[0].group
	why := Reason{
		Rule: "better match", Score: ms[0].s, Threshold: own.s + param.better, Terms: g.shared(q, to),
		Near: own.group.id, NearScore: own.s,
	}
	g.gather(it)
	g.shift(it, to, why)
	g.test(to)
}

// merge finds the stories of the judged articles that are one, and merges them, surest first.
func (g *Grouper) merge() {
	var pairs []pair
	var hub *group // whose entries are spread
	lnN := 0.0
	for _, key := range g.nearPairs() {
		s, other := g.groups[key>>32], g.groups[uint32(key)]
		x := pair{a: s, b: other}
		if x.b.first() < x.a.first() {
			x.a, x.b = x.b, x.a
		}
		if !g.mayMerge(&x) {
			continue
		}
		ln := g.lnStories(x.lang())
		if s != hub || ln != lnN {
			if hub != nil {
				g.gatherGroup(hub)
			}
			g.spread(s, ln)
			hub, lnN = s, ln
		}
		if x.score = g.likeness(&x, other, ln, x.limit); x.score > x.limit {
			pairs = append(pairs, x)
		}
	}
	if hub != nil {
		g.gatherGroup(hub)
	}
	slices.SortFunc(pairs, func(x, y pair) int {
		return cmp.Or(cmp.Compare(y.score-y.limit, x.score-x.limit),
			cmp.Compare(x.a.first(), y.a.first()), cmp.Compare(x.b.first(), y.b.first()))
	})
	changed := make(map[*group]bool)
	for _, x := range pairs {
		if changed[x.a] || changed[x.b] {
			continue // their scores are no longer true: next time
		}
		changed[x.a], changed[x.b] = true, true
		g.unite(x)
	}
}

// nearPairs returns the pairs of stories that judged articles brought near each other, each once:
// the slot of the one with more stems, then that of the other in the lower half. Those of one
// story stand together. The slice is reused.
func (g *Grouper) nearPairs() []uint64 {
	keys := g.order[:0]
	for _, n := range g.near {
		x, y := n.it.group, n.group
		if len(y.members) == 0 || x == y || !slices.Contains(x.members[max(0, len(x.members)-5):], n.it) {
			continue
		}
		if x.sums.n < y.sums.n || x.sums.n == y.sums.n && x.slot < y.slot {
			x, y = y, x
		}
		keys = append(keys, uint64(x.slot)<<32|uint64(y.slot))
	}
	slices.Sort(keys)
	g.order = keys
	return slices.Compact(keys)
}

// lang returns the language by which a pair is weighed.
func (x *pair) lang() string {
	if text.Sure(x.a.lang) {
		return x.a.lang
	}
	return x.b.lang
}

// mayMerge fills in the limit above which a pair is one story, and reports whether it may be.
func (g *Grouper) mayMerge(x *pair) bool {
	a, b := x.a, x.b
	n := len(a.members) + len(b.members)
	r := float64(a.short+b.short) / one / float64(n)
	x.limit = float64(param.mergeText*(1-r)) + float64(param.mergeT*r) + g.strict
	return n <= MaxMembers && text.Alike(a.lang, b.lang) && !slices.Contains(a.siblings, b) && !g.bind.forbids(a, b) && !g.sameColumn(a, b)
}

// bearing is an entry of a story that is compared with others.
type bearing struct {
	idf2 float64
	v, h uint32
}

// spread marks the stems of s: at[term] is the index in bearings.
func (g *Grouper) spread(s *group, lnN float64) {
	g.room()
	c := g.sumsOf(s)
	if cap(g.bearings) < len(c.terms) {
		g.bearings = make([]bearing, len(c.terms)+len(c.terms)/4)
	}
	g.bearings = g.bearings[:len(c.terms)]
	for i := range c.terms {
		t := c.term(i)
		g.mark(t, i)
		g.bearings[i] = bearing{g.idf2(lnN, t), c.vOf(i), c.hOf(i)}
	}
}

// likeness returns the score of a pair, one of which is spread with lnN and the other is s. Where it
// cannot be more than floor it may return less.
func (g *Grouper) likeness(x *pair, s *group, lnN, floor float64) float64 {
	av, ah := g.normsOf(x.a, x.lang(), lnN)
	bv, bh := g.normsOf(x.b, x.lang(), lnN)
	c := g.sumsOf(s)
	hits := g.hits(c.terms)
	g.stats.Walked += uint64(len(c.terms))
	score := 0.0
	if av > 0 && bv > 0 {
		dv := int64(0)
		for _, i := range hits {
			e := &g.bearings[g.at[c.terms[i]>>dfBits]]
			dv += product(e.idf2, e.v, c.vOf(int(i)))
		}
		score = float64((1 - param.mergeHead) * float64(dv) / (sqrt(av) * sqrt(bv)))
	}
	if score+1.001*param.mergeHead <= floor {
		return score
	}
	if ah > 0 && bh > 0 {
		dh := int64(0)
		for _, i := range hits {
			e := &g.bearings[g.at[c.terms[i]>>dfBits]]
			dh += product(e.idf2, e.h, c.hOf(int(i)))
		}
		score += float64(param.mergeHead * float64(dh) / (sqrt(ah) * sqrt(bh)))
	}
	return score
}

// unite makes one story of a pair; the earlier one keeps its id.
func (g *Grouper) unite(x pair) {
	g.absorb(x.a, x.b, Reason{Rule: "merge", Score: x.score, Threshold: x.limit, Terms: g.common(x.a, x.b)})
	g.test(x.a)
}

// absorb lets a, the earlier story, take over all articles of b.
func (g *Grouper) absorb(a, b *group, why Reason) {
	d := Decision{Kind: Merge, Story: a.id, From: b.id, Reason: why}
	members := slices.Clone(b.members)
	for _, it := range members {
		d.Articles = append(d.Articles, it.seq)
		g.leave(b, it)
		g.enter(a, it)
	}
	for _, s := range b.siblings {
		g.part(a, s)
	}
	g.freeGroup(b)
	g.out = append(g.out, d)
}

// part notes that two stories must not merge.
func (g *Grouper) part(a, b *group) {
	if a == b || slices.Contains(a.siblings, b) {
		return
	}
	a.siblings = append(a.siblings, b)
	b.siblings = append(b.siblings, a)
}

// scatterGroup marks the stems of s: at[term] is the entry's index.
func (g *Grouper) scatterGroup(s *group) {
	g.room()
	c := g.sumsOf(s)
	for i := range c.terms {
		g.mark(c.term(i), i)
	}
}

// gatherGroup takes away the marks of s.
func (g *Grouper) gatherGroup(s *group) {
	c := g.sumsOf(s)
	for i := range c.terms {
		g.bits[uint32(c.term(i))/64] = 0
	}
}
