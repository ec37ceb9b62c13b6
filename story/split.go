package story

import (
	"cmp"
	"math"
	"slices"

	"storyfold/story/text"
)

const (
	splitFirst  = 6   // members at the first test
	splitLast   = 80  // members at the last one
	splitGrowth = 1.2 // factor between two tests
	splitShort  = 0.4 // mean shortness above which words are too few to tell camps
	splitStarts = 16  // bisections tried from different members
	splitRounds = 8   // rounds of two-means
	splitCamp   = 3   // members of the smaller camp at least
	splitTerms  = 5   // exclusive terms that are looked at
)

// test looks for two camps in a story that has grown since the last test, and
// splits it if there are.
func (g *Grouper) test(s *group) {
	n := len(s.members)
	if n < splitFirst || n > splitLast || float64(n) < splitGrowth*float64(s.tested) || s.r() > splitShort {
		return
	}
	s.tested = n
	g.stats.Tests++
	b := g.bisect(s)
	if b.inB == nil || b.within < param.splitWithin {
		return
	}
	limit := param.splitRho - param.splitN/float64(n) + g.strict
	if b.rho >= limit+param.splitEx*(1-param.splitBase) {
		return // not even with camps that share no word
	}
	ex, telling := g.exclusive(s, b.inB)
	limit += float64(param.splitEx * (ex - param.splitBase))
	if b.rho < limit {
		g.split(s, b, limit, telling)
	}
}

// split takes the camp that does not hold the first article out of s.
func (g *Grouper) split(s *group, b bisection, limit float64, telling []Term) {
	var camp []*item
	for i, it := range s.members {
		if b.inB[i] != b.inB[0] {
			camp = append(camp, it)
		}
	}
	if g.bind.torn(s, camp) {
		return
	}
	to := g.splitOff(s, camp, Reason{Rule: "camps", Score: b.rho, Threshold: limit, Terms: telling, Near: s.id})
	for _, sibling := range slices.Clone(s.siblings) {
		g.part(to, sibling)
	}
	g.part(to, s)
	s.tested, to.tested = 0, 0
	g.test(s)
	g.test(to)
}

// splitOff makes a story of some members of s, in commit order, but not of the first one.
func (g *Grouper) splitOff(s *group, camp []*item, why Reason) *group {
	d := Decision{Kind: Split, From: s.id, Reason: why}
	to := g.newGroup(g.newID(camp[0]))
	d.Story = to.id
	for _, it := range camp {
		d.Articles = append(d.Articles, it.seq)
		g.leave(s, it)
		g.enter(to, it)
	}
	g.fresh = append(g.fresh, to)
	g.out = append(g.out, d)
	return to
}

// bisection is a story in two camps.
type bisection struct {
	inB    []bool  // by member; nil: there is none
	rho    float64 // mean likeness across, over the geometric mean of those within
	within float64 // the lesser mean likeness within
}

// bisect returns the bisection of s with the least rho. Members are compared
// without what all of them share: a stem weighs less the more members have it.
func (g *Grouper) bisect(s *group) bisection {
	sim := g.residuals(s)
	n := len(s.members)
	best := bisection{rho: math.Inf(1)}
	inB := zeros(&g.camps, 2*n)
	next, last := inB[:n:n], inB[n:]
	for k := range min(n, splitStarts) {
		seed := k * n / min(n, splitStarts)
		least := -1
		for j := range n {
			if j != seed && (least < 0 || sim[seed*n+j] < sim[seed*n+least]) {
				least = j
			}
		}
		sizes := g.twoMeans(sim, next, seed, least)
		if min(sizes[0], sizes[1]) < splitCamp || best.inB != nil && slices.Equal(next, best.inB) {
			continue
		}
		if b := weigh(sim, n, next, sizes); b.inB != nil && b.rho < best.rho {
			best = b
			next, last = last, next
		}
	}
	return best
}

// residuals returns the matrix of likeness of the members of s. It is reused.
func (g *Grouper) residuals(s *group) []float64 {
	n := len(s.members)
	lnN := g.lnStories(s.lang)
	g.room()
	for i, c := 0, g.sumsOf(s); i < len(c.terms); i++ {
		if df := int(c.dfOf(i)); df >= 2 && df < n { // of few
			g.mark(c.term(i), i)
		}
	}
	dates := g.datesIn(s)
	g.rows, g.starts = g.rows[:0], append(g.starts[:0], 0)
	for _, it := range s.members {
		g.addResiduals(s, it, lnN, dates)
		g.starts = append(g.starts, len(g.rows))
	}
	g.gatherGroup(s)
	sim, dense := zeros(&g.sim, n*n), zeros(&g.dense, int(s.sums.n)+len(dates))
	for i := range n {
		row := g.rows[g.starts[i]:g.starts[i+1]]
		for _, x := range row {
			dense[x.at] = x.w
		}
		for j := i + 1; j < n; j++ {
			dot := 0.0
			for _, x := range g.rows[g.starts[j]:g.starts[j+1]] {
				dot += float64(x.w * dense[x.at])
			}
			sim[i*n+j], sim[j*n+i] = dot, dot
		}
		for _, x := range row {
			dense[x.at] = 0
		}
	}
	return sim
}

// zeros returns n zero values, in the memory of buf if it suffices.
func zeros[T any](buf *[]T, n int) []T {
	if cap(*buf) < n {
		*buf = make([]T, n+n/4)
	}
	clear((*buf)[:n])
	return (*buf)[:n]
}

// residual is a stem, or a date, of a member with the weight that is left of it when
// what all members share is taken away.
type residual struct {
	at int32 // index of the story's entry; the dates follow
	w  float64
}

// dated is a date that members of a story name.
type dated struct {
	date text.Date
	df   int // members that name it
}

// datesIn returns the dates that the members of s name, rising. The slice is reused.
func (g *Grouper) datesIn(s *group) []dated {
	g.dates = g.dates[:0]
	for _, it := range s.members {
		g.dates = g.datesOf(g.dates, it)
	}
	slices.Sort(g.dates)
	list := g.dated[:0]
	for i, x := range g.dates {
		if i == 0 || x != g.dates[i-1] {
			list = append(list, dated{date: x})
		}
		list[len(list)-1].df++
	}
	g.dated = list
	return list
}

// addResiduals appends to g.rows what is left of a member of s, whose stems that count are marked, scaled
// to length 1.
func (g *Grouper) addResiduals(s *group, it *item, lnN float64, dates []dated) {
	n := len(s.members)
	p, c := g.featuresOf(it), g.sumsOf(s)
	start, sum := len(g.rows), 0.0
	add := func(at int32, df int, w float64) {
		w *= 1 - float64(df)/float64(n)
		g.rows = append(g.rows, residual{at, w})
		sum += float64(w * w)
	}
	for _, i := range g.hits(p.words) {
		f := p.at(int(i))
		k := g.at[f.term]
		w := float64(float64(f.v) * math.Sqrt(g.idf2(lnN, f.term)))
		if g.lex.names[f.term].digit {
			w *= param.splitNumber
		}
		add(k, int(c.dfOf(int(k))), w)
	}
	g.dates = g.datesOf(g.dates[:0], it)
	for _, x := range g.dates {
		k, _ := slices.BinarySearchFunc(dates, x, func(d dated, x text.Date) int { return cmp.Compare(d.date, x) })
		if df := dates[k].df; df >= 2 && df < n {
			add(int32(int(s.sums.n)+k), df, param.splitDate*usualWeight)
		}
	}
	row := g.rows[start:]
	if sum > 0 {
		scale := 1 / math.Sqrt(sum)
		for k := range row {
			row[k].w *= scale
		}
	}
}

// usualWeight is about what a word of a full text weighs that few stories have.
const usualWeight = 0.4 * one

// twoMeans parts members into those nearer to member a and those nearer to b, then moves each
// to the camp that it is more like on average, until none moves. It fills in inB and returns the
// sizes of the camps.
func (g *Grouper) twoMeans(sim []float64, inB []bool, a, b int) (sizes [2]int) {
	n := len(inB)
	to := zeros(&g.to, n) // sum of likeness to each camp, without oneself
	camp := func(i int) int {
		if inB[i] {
			return 1
		}
		return 0
	}
	for i := range n {
		inB[i] = i == b || i != a && sim[i*n+b] > sim[i*n+a]
		sizes[camp(i)]++
	}
	for i := range n {
		for j, x := range sim[i*n:][:n] { // nobody is like oneself
			to[i][camp(j)] += x
		}
	}
	for range splitRounds {
		moved := false
		for i := range n {
			c := camp(i)
			if sizes[c] == 1 {
				continue
			}
			if to[i][1-c]/float64(sizes[1-c]) <= to[i][c]/float64(sizes[c]-1) {
				continue
			}
			inB[i], moved = !inB[i], true
			sizes[c]--
			sizes[1-c]++
			for j, x := range sim[i*n:][:n] {
				to[j][c] -= x
				to[j][1-c] += x
			}
		}
		if !moved {
			break
		}
	}
	return sizes
}

// weigh measures a bisection.
func weigh(sim []float64, n int, inB []bool, sizes [2]int) bisection {
	var within [2]float64
	across := 0.0
	for i := range n {
		for j := i + 1; j < n; j++ {
			switch x := sim[i*n+j]; {
			case inB[i] != inB[j]:
				across += x
			case inB[i]:
				within[1] += x
			default:
				within[0] += x
			}
		}
	}
	for c, size := range sizes {
		within[c] /= float64(size * (size - 1) / 2)
	}
	across /= float64(sizes[0] * sizes[1])
	least := min(within[0], within[1])
	if least <= 0 {
		return bisection{}
	}
	return bisection{inB: inB, rho: across / math.Sqrt(within[0]*within[1]), within: least}
}

// exclusive returns how exclusive the best words of two camps are: the mean
// difference of the shares of members that have them, over the five best words
// of a camp, in the camp where it is less. It names the words of the camp without the
// first article.
func (g *Grouper) exclusive(s *group, inB []bool) (float64, []Term) {
	g.scatterGroup(s)
	have, sizes := zeros(&g.have, int(s.sums.n)), [2]int{}
	for i, it := range s.members {
		c := 0
		if inB[i] {
			c = 1
		}
		sizes[c]++
		p := g.featuresOf(it)
		for i := range p.words {
			have[g.at[p.term(i)]][c]++
		}
	}
	g.gatherGroup(s)
	other := 1
	if inB[0] {
		other = 0
	}
	least, named, terms := 1.0, []Term(nil), g.sumsOf(s)
	for c := range 2 {
		diffs := g.shares[:0]
		for k, n := range have {
			if d := float64(n[c])/float64(sizes[c]) - float64(n[1-c])/float64(sizes[1-c]); d > 0 {
				diffs = append(diffs, share{terms.term(k), d})
			}
		}
		sum := 0.0
		top := g.heaviest(diffs, splitTerms)
		for _, d := range top {
			sum += d.score
		}
		if c == other {
			named = g.named(top)
		}
		g.shares = diffs
		least = min(least, sum/splitTerms)
	}
	return least, named
}
