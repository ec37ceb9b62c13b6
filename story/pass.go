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
	clear(g.rivals)
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
	g.merge(items)
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
	start := len(g.near)
	for _, m := range ms {
		if m.s > floor {
			g.near = append(g.near, m.group)
		}
	}
	if len(g.near) > start {
		g.rivals[it.seq] = g.near[start:len(g.near):len(g.near)]
	}
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
func (g *Grouper) merge(items []*item) {
	var pairs []pair
	type key struct{ a, b *group }
	tried := make(map[key]bool)
	for _, it := range items {
		s := it.group
		if !slices.Contains(s.members[max(0, len(s.members)-5):], it) {
			continue
		}
		for _, other := range g.rivals[it.seq] {
			x := pair{a: s, b: other}
			if len(other.members) == 0 || other == s {
				continue
			}
			if x.b.first() < x.a.first() {
				x.a, x.b = x.b, x.a
			}
			if tried[key{x.a, x.b}] {
				continue
			}
			tried[key{x.a, x.b}] = true
			if g.likeness(&x); x.score > x.limit {
				pairs = append(pairs, x)
			}
		}
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

// likeness fills in the score of a pair, and the limit above which it is one story.
func (g *Grouper) likeness(x *pair) {
	a, b := x.a, x.b
	n := float64(len(a.members) + len(b.members))
	r := float64(a.short+b.short) / one / n
	x.limit = float64(param.mergeText*(1-r)) + float64(param.mergeT*r) + g.strict
	if n > MaxMembers || !text.Alike(a.lang, b.lang) || slices.Contains(a.siblings, b) || g.bind.forbids(a, b) || g.columns(a, b) {
		return
	}
	lang := a.lang
	if !text.Sure(lang) {
		lang = b.lang
	}
	lnN := g.lnStories(lang)
	av, ah := g.normsOf(a, lang, lnN)
	bv, bh := g.normsOf(b, lang, lnN)
	if a.sums.n > b.sums.n {
		a, b = b, a
	}
	g.scatterGroup(a)
	ca, cb := g.sumsOf(a), g.sumsOf(b)
	var dv, dh int64
	for i := range cb.terms {
		t := cb.term(i)
		if !g.has(t) {
			continue
		}
		at := int(g.at[t])
		w := g.idf2(lnN, t)
		dv += product(w, cb.vOf(i), ca.vOf(at))
		dh += product(w, cb.hOf(i), ca.hOf(at))
	}
	g.gatherGroup(a)
	g.stats.Walked += uint64(len(cb.terms))
	if av > 0 && bv > 0 {
		x.score = float64((1 - param.mergeHead) * float64(dv) / (sqrt(av) * sqrt(bv)))
	}
	if ah > 0 && bh > 0 {
		x.score += float64(param.mergeHead * float64(dh) / (sqrt(ah) * sqrt(bh)))
	}
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
