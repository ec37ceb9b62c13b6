package story

import (
	"cmp"
	"math"
	"slices"

	"storyfold/story/text"
)

// match is a story scored against an article.
type match struct {
	group *group
	s     float64 // the join score without the threshold
	bare  float64 // s without the best member's part
	full  bool    // s has the best member's part
}

// scatter marks the features of it by their stems: has(term) is true for each
// and at[term] is the feature's index. The marks must be taken away again. It returns the features.
func (g *Grouper) scatter(it *item) packed {
	g.room()
	p := g.featuresOf(it)
	for i := range p.words {
		g.mark(p.term(i), i)
	}
	return p
}

// mark makes has(term) true, and at[term] this index.
func (g *Grouper) mark(term int32, at int) {
	g.at[term] = int32(at)
	g.bits[uint32(term)/64] |= 1 << (uint32(term) % 64)
}

// room gives every stem a place for marks.
func (g *Grouper) room() {
	if n := len(g.lex.words); len(g.at) < n {
		g.at = append(g.at, make([]int32, n-len(g.at)+n/2)...)
		g.bits = append(g.bits, make([]uint64, (len(g.at)+63)/64-len(g.bits))...)
	}
}

func (g *Grouper) has(term int32) bool { return g.bits[uint32(term)/64]>>(uint32(term)%64)&1 != 0 }

func (g *Grouper) unmark(term int32) { g.bits[uint32(term)/64] &^= 1 << (uint32(term) % 64) }

// gather takes away the marks of it.
func (g *Grouper) gather(it *item) {
	p := g.featuresOf(it)
	for i := range p.words {
		g.bits[uint32(p.term(i))/64] = 0
	}
}

// lnStories returns ln(N + 20) for a language: N weighs the open stories in it,
// or all of them if it is unknown.
func (g *Grouper) lnStories(lang string) float64 {
	n := g.stories
	if lang != "" {
		n = g.storiesIn[lang] + g.storiesIn[""]
	}
	return math.Log(float64(n)/rootOne + coldStories)
}

// coldStories is a number of stories, with the words that news usually has, that is added to
// those seen, so that the first articles and small streams have sensible weights.
const coldStories = 20

// minIDF is the least weight of a stem that nearly every story has.
const minIDF = 0.01

// idf2 returns the square of a stem's inverse document frequency.
func (g *Grouper) idf2(lnN float64, term int32) float64 {
	return squared(lnN - float64(g.lex.lnDF[term]))
}

func squared(idf float64) float64 {
	if idf < minIDF {
		idf = minIDF
	}
	return float64(idf * idf)
}

// rounded returns the nearest integer of x, which is not negative: sums of
// integers do not depend on their order.
func rounded(x float64) int64 { return int64(float64(x) + 0.5) }

// product returns w·a·b, rounded.
func product[T int32 | uint32](w float64, a, b T) int64 {
	return rounded(w * float64(int64(a)*int64(b)))
}

// query is an article that looks for its story: its marks are set while it is in use.
type query struct {
	it   *item
	lnN  float64
	r    float64
	v, h float64 // lengths of its vectors

	features packed
	weights  []weight // of its features
	keys     []uint64 // of its features: see heavy
}

// weight is the weight of a feature at a moment: the square of its inverse
// document frequency, alone and times v and h.
type weight struct{ idf2, v, h float64 }

// ask makes it the article of g.query.
func (g *Grouper) ask(it *item) *query {
	q := &g.query
	q.it, q.r, q.lnN = it, it.r(), g.lnStories(it.lang)
	q.features = g.scatter(it)
	q.weights, q.keys = q.weights[:0], q.keys[:0]
	var v, h int64
	for i := range q.features.words {
		f := q.features.at(i)
		w := g.idf2(q.lnN, f.term)
		x := weight{w, float64(w * float64(f.v)), float64(w * float64(f.h))}
		q.weights = append(q.weights, x)
		// The order by idf²·v² is that by idf·v.
		q.keys = append(q.keys, math.Float64bits(float64(x.v*float64(f.v)))&^maxFeatures|uint64(maxFeatures-i))
		v += product(w, f.v, f.v)
		h += product(w, f.h, f.h)
	}
	q.v, q.h = math.Sqrt(float64(v)), math.Sqrt(float64(h))
	return q
}

// maxFeatures is how many features an article can have.
const maxFeatures = 1<<16 - 1

// heavy returns the keys of the query's param.stems heaviest features, the first of those that weigh the
// same, in no order that matters. A key is the bits of a weight, with the index in its last
// 16, counted down. They are counted by size, so that few are compared.
func (g *Grouper) heavy(q *query) []uint64 {
	const (
		drop = 49 // bits of a key below those that tell its size: sizes are an eighth of a power of two apart
		low  = (1023 - 16) << (52 - drop)
	)
	if len(q.keys) <= param.stems {
		return q.keys
	}
	var counts [512]uint16
	size := func(key uint64) int { return min(max(int(key>>drop)-low, 0), len(counts)-1) }
	for _, key := range q.keys {
		counts[size(key)]++
	}
	least, n := len(counts)-1, int(counts[len(counts)-1])
	for ; n < param.stems; n += int(counts[least]) {
		least--
	}
	top, edge := g.tops[:0], g.edge[:0]
	for _, key := range q.keys {
		if k := size(key); k > least {
			top = append(top, key)
		} else if k == least {
			edge = append(edge, key)
		}
	}
	slices.Sort(edge)
	g.tops, g.edge = append(top, edge[n-param.stems:]...), edge
	return g.tops
}

// candidates returns the open stories, beside its own, that share the query's heaviest stems: at most
// param.candidates of them, best guess first. Exact scores are up to score. The slice is reused.
func (g *Grouper) candidates(q *query) []*group {
	order := g.order[:0] // length of the list, and the feature
	for _, key := range g.heavy(q) {
		at := maxFeatures - key%(maxFeatures+1)
		order = append(order, uint64(g.lex.words[q.features.term(int(at))].posts.n)<<32|at)
	}
	slices.Sort(order)
	g.order = order
	if len(g.touched) <= len(g.groups) {
		g.touched = make([]int32, len(g.groups)+len(g.groups)/2+1)
	}
	touched, n, mass := g.touched, 0, g.mass
	read := 0
	self := int64(0) // what the query brings to its own story
	for i, x := range order {
		at := int(uint32(x))
		posts := g.lex.postings(q.features.term(at))
		if read += len(posts); i > 0 && read > param.budget {
			break
		}
		g.stats.Postings += uint64(len(posts))
		w := q.weights[at].v
		self += int64(float64(w*float64(q.features.at(at).v))) + 1
		for _, post := range posts {
			slot := post.slot()
			sum := mass[slot]
			touched[n] = slot // stays if it is the first time; a branch would be guessed wrong too often
			fresh := 0
			if sum == 0 {
				fresh = 1
			}
			n += fresh
			mass[slot] = sum + int64(float64(w*float64(post.v()))) + 1
		}
	}
	g.stats.Touched += uint64(n)
	return g.best(q, touched[:n], self)
}

// guess is a story with a rough score.
type guess struct {
	slot  int32
	score float64
}

// best returns the best of the stories that candidates touched, and clears their mass. Self is what
// the query brought to that of its own story.
func (g *Grouper) best(q *query, touched []int32, self int64) []*group {
	home := 0.0 // about the rough score of its own story without it
	if s := q.it.group; s != nil && g.mass[s.slot] > 0 {
		if n := float64(len(s.members)); n > 1 {
			home = float64(g.mass[s.slot]-self) / (g.lengths[s.slot] * (n - 1) / n)
		}
		g.mass[s.slot] = math.MinInt64 // it is no candidate
	}
	if len(g.rough) < len(touched) {
		g.rough = make([]float64, len(g.touched))
	}
	rough := g.rough[:len(touched)]
	for i, slot := range touched {
		rough[i] = float64(g.mass[slot]) / g.lengths[slot]
		g.mass[slot] = 0
	}
	// Whether it may join is far away in memory, and seldom what keeps it from a story that is like it.
	top := g.top(touched, nil)
	for _, x := range top {
		if !g.may(q.it, g.groups[x.slot]) {
			top = g.top(touched, q.it)
			break
		}
	}
	g.found = g.found[:0]
	for _, x := range top {
		if x.score < param.worth*max((1-q.r)*top[0].score, (1-q.r/2)*home) {
			break
		}
		if s := g.groups[x.slot]; !g.repeats(q.it, s) {
			g.found = append(g.found, s)
		}
	}
	return g.found
}

// top returns the best param.candidates of the stories that were touched, by g.rough, of those that it
// may join if it is not nil.
func (g *Grouper) top(touched []int32, it *item) []guess {
	top, least := g.guesses[:0], 0.0
	for i, score := range g.rough[:len(touched)] {
		if score < least {
			continue
		}
		x, n := guess{touched[i], score}, len(top)
		if n == param.candidates && !g.before(x, top[n-1]) || it != nil && !g.may(it, g.groups[x.slot]) {
			continue
		}
		if n == param.candidates {
			n--
		} else {
			top = append(top, x)
		}
		for ; n > 0 && g.before(x, top[n-1]); n-- {
			top[n] = top[n-1]
		}
		top[n] = x
		if len(top) == param.candidates {
			least = top[len(top)-1].score
		}
	}
	g.guesses = top
	return top
}

func (g *Grouper) before(x, y guess) bool {
	if x.score != y.score {
		return x.score > y.score
	}
	return g.groups[x.slot].first() < g.groups[y.slot].first()
}

// may reports whether size, language, time and corrections let an article join a story.
func (g *Grouper) may(it *item, s *group) bool {
	return len(s.members) < MaxMembers && text.Alike(it.lang, s.lang) && s.near(it.time, g.window) && !g.bind.bars(it, s)
}

// normsOf returns the squared lengths of a story's vectors under the weights of now.
func (g *Grouper) normsOf(s *group, lang string, lnN float64) (v, h int64) {
	if s.norms.at == g.changes+1 && s.norms.lang == lang {
		return s.norms.v, s.norms.h
	}
	c, lnDF := g.sumsOf(s), g.lex.lnDF
	if s.wide {
		for i, t := range c.terms {
			w, a, b := squared(lnN-float64(lnDF[t>>dfBits])), c.v[i], c.h[i]
			v += product(w, a, a)
			h += product(w, b, b)
		}
	} else {
		vh := c.v[:len(c.terms)]
		for i, t := range c.terms {
			w, a, b := squared(lnN-float64(lnDF[t>>dfBits])), vh[i]>>halfBits, vh[i]%(1<<halfBits)
			v += product(w, a, a)
			h += product(w, b, b)
		}
	}
	g.stats.Walked += uint64(len(c.terms))
	s.norms = norms{at: g.changes + 1, lang: lang, v: v, h: h}
	return v, h
}

// hits returns the indices of those of an article's words, or of the terms of a story, whose stems are marked. A test of
// each would be guessed wrong too often, so there is none. The slice is reused.
func (g *Grouper) hits(terms []uint32) []uint32 {
	if len(g.hit) < len(terms) {
		g.hit = make([]uint32, 2*len(terms))
	}
	hit, bits, n := g.hit, g.bits, 0
	for i, t := range terms {
		hit[n] = uint32(i)
		t >>= dfBits
		n += int(bits[t/64] >> (t % 64) & 1)
	}
	return hit[:n]
}

// score returns the join score of the query and a story without the best
// member's part. Where the article is a member, it is left out of the story's sums.
func (g *Grouper) score(q *query, s *group) match {
	v2, h2 := g.normsOf(s, q.it.lang, q.lnN)
	n := len(s.members)
	var dv, dh int64
	own := q.it.group == s
	c := g.sumsOf(s)
	for _, i := range g.hits(c.terms) {
		at := g.at[c.terms[i]>>dfBits]
		w := &q.weights[at]
		v, h := c.vOf(int(i)), c.hOf(int(i))
		if own {
			f := q.features.at(int(at))
			allV, allH := v, h
			v, h = v-uint32(f.v), h-uint32(f.h)
			v2 += product(w.idf2, v, v) - product(w.idf2, allV, allV)
			h2 += product(w.idf2, h, h) - product(w.idf2, allH, allH)
		}
		dv += rounded(w.v * float64(v))
		dh += rounded(w.h * float64(h))
	}
	g.stats.Walked += uint64(len(c.terms))
	g.stats.Scored++
	if own {
		n--
	}
	m := match{group: s}
	if v2 > 0 && q.v > 0 {
		m.bare = float64(dv) / (q.v * math.Sqrt(float64(v2)))
	}
	if h2 > 0 && q.h > 0 {
		m.bare += float64(param.head * (1 - q.r) * float64(dh) / (q.h * math.Sqrt(float64(h2))))
	}
	if n > 0 {
		m.bare += float64(param.size * q.r * (1 - 1/math.Sqrt(float64(n))))
	}
	m.s = m.bare
	return m
}

// addMember adds the best member's part to a score, unless it has it.
func (g *Grouper) addMember(q *query, m *match) {
	if m.full {
		return
	}
	m.full = true
	best, seen := 0.0, 0
	for i := len(m.group.members) - 1; i >= 0 && seen < param.members; i-- {
		if other := m.group.members[i]; other != q.it {
			best = max(best, g.cosine(q, other))
			seen++
		}
	}
	m.s = m.bare + float64(param.member*q.r*best)
}

// cosine returns the cosine of the query and an article under the weights of now.
func (g *Grouper) cosine(q *query, it *item) float64 {
	var dot, v2 int64
	p := g.featuresOf(it)
	for i := range p.words {
		f := p.at(i)
		v2 += product(g.idf2(q.lnN, f.term), f.v, f.v)
		if g.has(f.term) {
			dot += rounded(q.weights[g.at[f.term]].v * float64(f.v))
		}
	}
	g.stats.Walked += uint64(len(p.words))
	if dot == 0 {
		return 0
	}
	return float64(dot) / (q.v * math.Sqrt(float64(v2)))
}

// rank scores stories and returns them best first, with the best member's part
// where it may decide who is first or on which side of floor the first one is.
// The slice is reused.
func (g *Grouper) rank(q *query, among []*group, floor float64) []match {
	ms := g.matches[:0]
	for _, s := range among {
		ms = append(ms, g.score(q, s))
	}
	most := float64(param.member * q.r)
	if most > 0.002 {
		lead := floor
		for _, m := range ms {
			lead = max(lead, m.bare)
		}
		for i := range ms {
			if ms[i].bare+most >= lead {
				g.addMember(q, &ms[i])
			}
		}
	}
	slices.SortFunc(ms, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.s, a.s), cmp.Compare(a.group.first(), b.group.first()))
	})
	g.matches = ms
	return ms
}

// threshold returns the least score at which an article of shortness r joins.
func (g *Grouper) threshold(r float64) float64 {
	return float64(param.joinText*(1-r)) + float64(param.joinT*r) + g.strict
}
