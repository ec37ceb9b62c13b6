package brief

import (
	"math"
	"slices"
)

// Thresholds of copying, as shares of the shorter text. On the stories that they
// were set on, light rewrites share .11 and more of their weighted pairs and
// independent reports .074 and less.
const (
	copyPairs    = .09 // weighted pairs
	rewriteRuns  = .06 // and at least so many plain windows: names and numbers make pairs, but no runs of words
	copyShingles = .15 // plain windows of words
	fullPairs    = 150 // a text of fewer pairs must share more
	sameTitle    = .8  // shared stems of two titles that are near-identical
	sameStems    = 5   // stems a title has at least that can say so
	titleRelief  = .65 // what near-identical titles leave of the thresholds
)

// families returns the family of each member, from 1 in commit order.
func (c *corpus) families() []int {
	u := newUnion(len(c.members))
	overlap := c.overlaps()
	for j, y := range c.docs {
		for i, x := range c.docs[:j] {
			if isCopy(x, y, overlap.at(i, j)) {
				u.join(x.member, y.member)
			}
		}
	}
	c.joinBare(u)
	c.joinUnread(u)
	number, next := make(map[int]int), 0
	out := make([]int, len(c.members))
	for i := range c.members {
		root := u.find(i)
		if number[root] == 0 {
			next++
			number[root] = next
		}
		out[i] = number[root]
	}
	return out
}

// shared is what two texts share, as shares of the shorter one.
type shared struct {
	pairs    float64 // weighted by how few articles of the story have them
	shingles float64
}

// isCopy reports whether x and y are one report.
func isCopy(x, y *doc, s shared) bool {
	if x.bare() || y.bare() {
		return false
	}
	need := max(1, math.Sqrt(fullPairs/float64(min(len(x.pairs), len(y.pairs)))))
	if alikeTitles(x, y) {
		need *= titleRelief
	}
	if s.shingles >= copyShingles*need {
		return true
	}
	return s.pairs >= copyPairs*need && s.shingles >= rewriteRuns*need && sameLanguage(x, y)
}

// sameLanguage reports whether x and y may be of one language.
func sameLanguage(x, y *doc) bool { return x.lang == y.lang || x.lang == "" || y.lang == "" }

// alikeTitles reports whether the titles of x and y are near-identical, and long
// enough to say so. One that was cut from the front of its text says nothing
// beside the text.
func alikeTitles(x, y *doc) bool {
	if min(len(x.headTerms), len(y.headTerms)) < sameStems ||
		goesOnIn(x.title, x.article.Text) || goesOnIn(y.title, y.article.Text) {
		return false
	}
	both := 0
	for _, w := range x.headTerms {
		if slices.Contains(y.headTerms, w) {
			both++
		}
	}
	return float64(both) >= sameTitle*float64(len(x.headTerms)+len(y.headTerms)-both)
}

// joinBare puts an article without a text into the family of the first article
// of a near-identical title. It joins just one, so that it cannot make one
// family of two reports under the same headline.
func (c *corpus) joinBare(u union) {
	for j, y := range c.docs {
		for i, x := range c.docs {
			if i == j || !y.bare() || x.bare() && i > j || !sameLanguage(x, y) {
				continue
			}
			if alikeTitles(x, y) {
				u.join(x.member, y.member)
				break
			}
		}
	}
}

// joinUnread puts the members that were not read into the family that they were in.
func (c *corpus) joinUnread(u union) {
	read := make([]bool, len(c.members))
	voice := make(map[int]int) // known family to a member of it
	for _, d := range c.docs {
		read[d.member] = true
		f := c.members[d.member].Family
		if _, ok := voice[f]; !ok {
			voice[f] = d.member
		}
	}
	for i, m := range c.members {
		if read[i] || m.Family == 0 {
			continue
		}
		if first, ok := voice[m.Family]; ok {
			u.join(first, i)
		} else {
			voice[m.Family] = i
		}
	}
}

// overlaps holds what each two docs share.
type overlaps struct {
	n    int
	data []shared
}

func (o overlaps) at(i, j int) shared { return o.data[i*o.n+j] }

// overlaps compares each two docs. A pair of words weighs ln((n+1)/c) if c of
// the n texts have it, so that the phrases of the story say little.
func (c *corpus) overlaps() overlaps {
	n := len(c.docs)
	o := overlaps{n: n, data: make([]shared, n*n)}
	texts := 0
	for _, d := range c.docs {
		if !d.bare() {
			texts++
		}
	}
	weight := func(have int) float64 { return math.Log(float64(texts+1) / float64(have)) }
	c.sweep(func(d *doc) []uint64 { return d.pairs }, weight, func(i, j int, share float64) { o.data[i*n+j].pairs = share })
	one := func(int) float64 { return 1 }
	c.sweep(func(d *doc) []uint64 { return d.shingles }, one, func(i, j int, share float64) { o.data[i*n+j].shingles = share })
	return o
}

// sweep calls found for each two docs i < j that share features: with the weight
// of what they share as a share of the lighter one. A feature weighs weight(the
// number of docs that have it).
func (c *corpus) sweep(features func(*doc) []uint64, weight func(have int) float64, found func(i, j int, share float64)) {
	// A feature is mixed and gives its low bits to the number of its doc: then
	// one sort of plain numbers brings those of a feature together.
	const mix, low = 0x9e3779b97f4a7c15, 63
	var all []uint64
	for i, d := range c.docs {
		if d.bare() {
			continue
		}
		for _, f := range features(d) {
			all = append(all, f*mix&^low|uint64(i))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all) // a feature counts once a doc
	n := len(c.docs)
	mass, both := make([]float64, n), make([]float64, n*n)
	for len(all) > 0 {
		end := 1
		for end < len(all) && all[end]&^low == all[0]&^low {
			end++
		}
		w := weight(end)
		for j := range end {
			y := int(all[j] & low)
			mass[y] += w
			for i := range j {
				both[int(all[i]&low)*n+y] += w
			}
		}
		all = all[end:]
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			if both[i*n+j] > 0 {
				found(i, j, both[i*n+j]/min(mass[i], mass[j]))
			}
		}
	}
}

// union is a forest of sets; the root of a set is its least element.
type union []int

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = i
	}
	return u
}

func (u union) find(i int) int {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(i, j int) {
	i, j = u.find(i), u.find(j)
	u[max(i, j)] = min(i, j)
}
