package brief

import (
	"math"
	"math/bits"
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

// relate returns the family of each member, from 1 in commit order. u has what the
// fingerprints join.
func (c *corpus) relate(u union) []int {
	c.joinCopies(u)
	c.joinBare(u)
	c.joinUnread(u)
	next, number, out := 0, blank(&c.numbers, len(c.members)), blank(&c.related, len(c.members))
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

// settle takes the families in.
func (c *corpus) settle(families []int) {
	blank(&c.sizes, len(families)+1)
	for i, f := range families {
		c.members[i].Family = f
		c.sizes[f]++
	}
	for i, p := range c.prints {
		c.members[i].Print = p
	}
	at := blank(&c.numbers, len(families)+1)
	c.families = c.families[:0]
	for _, r := range c.reports {
		r.family = families[r.member]
		if at[r.family] == 0 {
			c.families = append(c.families, nil)
			at[r.family] = len(c.families)
		}
		i := at[r.family] - 1
		c.families[i] = append(c.families[i], r)
	}
}

// joinCopies puts reports that are copies or light rewrites into one family.
func (c *corpus) joinCopies(u union) {
	var texts []*report
	for _, r := range c.reports {
		if !r.bare() {
			texts = append(texts, r)
		}
	}
	n := len(texts)
	if n < 2 {
		return
	}
	one := func(int) float64 { return 1 }
	runs := slices.Clone(c.shared.of(texts, func(r *report) []uint32 { return r.shingles }, one))
	var pairs []float64
	for j, y := range texts {
		for i, x := range texts[:j] {
			windows := runs[i*n+j]
			if windows < titleRelief*rewriteRuns {
				continue
			}
			need := c.need(x, y)
			if windows >= copyShingles*need {
				u.join(x.member, y.member)
			} else if windows >= rewriteRuns*need && sameLanguage(x, y) {
				if pairs == nil {
					// The phrases of the story say little: a pair weighs ln((n+1)/c) if c of the n texts have it.
					weight := func(have int) float64 { return math.Log(float64(n+1) / float64(have)) }
					pairs = c.shared.of(texts, func(r *report) []uint32 { return r.pairs }, weight)
				}
				if pairs[i*n+j] >= copyPairs*need {
					u.join(x.member, y.member)
				}
			}
		}
	}
}

// need returns how many times the thresholds x and y must share.
func (c *corpus) need(x, y *report) float64 {
	need := max(1, math.Sqrt(fullPairs/float64(min(len(x.pairs), len(y.pairs)))))
	if alikeTitles(x, y) {
		need *= titleRelief
	}
	return need
}

// sameLanguage reports whether x and y may be of one language.
func sameLanguage(x, y *report) bool { return x.lang == y.lang || x.lang == "" || y.lang == "" }

// alikeTitles reports whether the titles of x and y are near-identical, and long
// enough to say so. One that was cut from the front of its text says nothing
// beside the text.
func alikeTitles(x, y *report) bool {
	if min(x.heads, y.heads) < sameStems || x.goesOn || y.goesOn {
		return false
	}
	both := 0
	for _, w := range x.head() {
		if slices.Contains(y.head(), w) {
			both++
		}
	}
	return float64(both) >= sameTitle*float64(x.heads+y.heads-both)
}

// joinBare puts an article without a text into the family of the first article
// of a near-identical title. It joins just one, so that it cannot make one
// family of two reports under the same headline.
func (c *corpus) joinBare(u union) {
	for j, y := range c.reports {
		if !y.bare() {
			continue
		}
		for i, x := range c.reports {
			if i == j || x.bare() && i > j || !sameLanguage(x, y) {
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
	read, voice := blank(&c.read, len(c.members)), c.emptied() // known family to a member of it
	for _, r := range c.reports {
		read[r.member] = true
		f := c.members[r.member].Family
		if _, ok := voice[f]; !ok {
			voice[f] = r.member
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

// overlaps tells what each two texts share. Its memory is used again.
type overlaps struct {
	slots []featureSlot
	mask  uint32    // slots in use are those up to it
	turn  uint32    // up to maxTurn
	used  []uint32  // slots, in the order in which they were taken
	mass  []float64 // by text
	both  []float64 // by text and text
}

// featureSlot has a feature, and then a bit for each text that has it, above the turn that it is of.
type featureSlot struct{ key, texts uint32 }

const (
	turnBits = 32 - maxTexts
	maxTurn  = 1<<turnBits - 1
)

// of returns, at [i*n+j] for each i < j of the n texts, the weight of the
// features that both have as a share of the lighter one. A feature weighs
// weight(the number of texts that have it) and counts once a text.
func (o *overlaps) of(texts []*report, features func(*report) []uint32, weight func(have int) float64) []float64 {
	n, total := len(texts), 0
	for _, r := range texts {
		total += len(features(r))
	}
	o.reset(total)
	for i, r := range texts {
		for _, f := range features(r) {
			o.at(f).texts |= 1 << (turnBits + i)
		}
	}
	weights := make([]float64, n+1)
	for have := range n {
		weights[have+1] = weight(have + 1)
	}
	blank(&o.mass, n)
	blank(&o.both, n*n)
	for _, k := range o.used {
		texts := o.slots[k].texts >> turnBits
		w := weights[bits.OnesCount32(texts)]
		for ; texts != 0; texts &= texts - 1 {
			i := bits.TrailingZeros32(texts)
			o.mass[i] += w
			for rest := texts & (texts - 1); rest != 0; rest &= rest - 1 {
				o.both[i*n+bits.TrailingZeros32(rest)] += w
			}
		}
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			if o.both[i*n+j] > 0 {
				o.both[i*n+j] /= min(o.mass[i], o.mass[j])
			}
		}
	}
	return o.both
}

// reset forgets the features and makes room for n.
func (o *overlaps) reset(n int) {
	size := 256
	for size < 2*n {
		size *= 2
	}
	if o.turn++; size > len(o.slots) || o.turn > maxTurn {
		o.slots, o.turn = make([]featureSlot, max(size, len(o.slots))), 1
	}
	o.mask = uint32(size - 1)
	o.used = o.used[:0]
}

// at returns the slot of a feature.
func (o *overlaps) at(key uint32) *featureSlot {
	for i := spread(key) & o.mask; ; i = (i + 1) & o.mask {
		s := &o.slots[i]
		if s.texts&maxTurn != o.turn {
			*s = featureSlot{key, o.turn}
			o.used = append(o.used, i)
			return s
		}
		if s.key == key {
			return s
		}
	}
}

// union is a forest of sets; the root of a set is its least element.
type union []int

// newUnion returns a forest of single elements in the memory of u.
func newUnion(u []int) union {
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
