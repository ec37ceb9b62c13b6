package story

import (
	"cmp"
	"fmt"
	"slices"

	"storyfold/story/text"
)

// Constraints returns the constraints in force, by number.
func (g *Grouper) Constraints() []Constraint { return slices.Clone(g.bind.list) }

// Constrain puts a constraint into force, whose Number is larger than those of
// all before, and returns the decisions that make it true: moves, merges and
// splits with the rule "corrected". Both articles must be open. Nothing changes
// with an error: a *ContradictionError where others exclude it, ErrClosed, or
// ErrConstraint.
func (g *Grouper) Constrain(c Constraint) ([]Decision, error) {
	if c.Kind == Out {
		c.B = ""
	}
	switch n := len(g.bind.list); {
	case c.Kind < Same || c.Kind > Out, c.Kind != Out && c.A == c.B:
		return nil, fmt.Errorf("%w: %s", ErrConstraint, c)
	case n >= MaxConstraints:
		return nil, fmt.Errorf("%w: there are %d already", ErrConstraint, n)
	case n > 0 && c.Number <= g.bind.list[n-1].Number:
		panic("story: Grouper.Constrain: constraint out of order")
	}
	a, b := g.itemOf(c.A), g.itemOf(c.B)
	if a == nil {
		return nil, fmt.Errorf("article %s: %w", c.A.ID(), ErrClosed)
	}
	if b == nil && c.Kind != Out {
		return nil, fmt.Errorf("article %s: %w", c.B.ID(), ErrClosed)
	}
	if err := g.bind.contradiction(c); err != nil {
		return nil, err
	}
	g.out = nil
	old := g.blocksOf(a, b)
	g.bind.list = append(g.bind.list, c)
	g.rebind()
	switch c.Kind {
	case Same:
		g.bring(a, b, old)
	case Apart:
		if a.group == b.group {
			g.separate(a, b)
		}
	case Out:
		g.isolate([]*item{a})
	}
	return g.out, nil
}

// Unconstrain lifts the constraint with this number. Its articles, and those in
// their stories, are judged again in the next pass. The error is ErrNotFound if there is none.
func (g *Grouper) Unconstrain(number uint64) ([]Decision, error) {
	i, ok := slices.BinarySearchFunc(g.bind.list, number, func(c Constraint, n uint64) int { return cmp.Compare(c.Number, n) })
	if !ok {
		return nil, fmt.Errorf("correction %d: %w", number, ErrNotFound)
	}
	c := g.bind.list[i]
	g.bind.list = slices.Delete(g.bind.list, i, i+1)
	g.rebind()
	g.out = nil
	for _, k := range []Key{c.A, c.B} {
		it := g.itemOf(k)
		if it == nil {
			continue
		}
		for _, m := range it.group.members[:min(len(it.group.members), param.recent)] {
			g.edited[m.seq] = m
		}
		g.edited[it.seq] = it
		it.group.tested = 0
	}
	if c.Kind == Same {
		g.release(g.itemOf(c.A), g.itemOf(c.B))
	}
	return g.out, nil
}

// release parts the story of two articles that nothing ties any more, if camps
// gather around them; the next pass merges them again if they are one event.
func (g *Grouper) release(a, b *item) {
	if a == nil || b == nil || a.group != b.group || slices.ContainsFunc(g.bind.joined, func(x *block) bool {
		return slices.Contains(x.items, a) && slices.Contains(x.items, b)
	}) {
		return
	}
	if inB := g.around(a.group, a, b); inB != nil {
		g.isolate(camp(a.group, inB))
	}
}

// camp returns the members of s that are marked.
func camp(s *group, marked []bool) []*item {
	var items []*item
	for i, it := range s.members {
		if marked[i] {
			items = append(items, it)
		}
	}
	return items
}

// Retain drops the constraints that keep does not hold true for: those of
// articles that nobody remembers any more. It moves no article.
func (g *Grouper) Retain(keep func(Constraint) bool) {
	n := len(g.bind.list)
	g.bind.list = slices.DeleteFunc(g.bind.list, func(c Constraint) bool { return !keep(c) })
	if len(g.bind.list) < n {
		g.rebind()
	}
}

// itemOf returns the open article with this key, or nil.
func (g *Grouper) itemOf(k Key) *item {
	if k == "" {
		return nil
	}
	for _, it := range g.items {
		if string(g.keys.values(it.key)) == string(k) {
			return it
		}
	}
	return nil
}

// blocksOf returns the open articles that go with a and with b.
func (g *Grouper) blocksOf(a, b *item) [2][]*item {
	with := func(it *item) []*item {
		if of := g.bind.bound[it.seq]; of != nil {
			return slices.Clone(of.items)
		}
		return []*item{it}
	}
	if b == nil {
		return [2][]*item{with(a)}
	}
	return [2][]*item{with(a), with(b)}
}

// bring puts a and b into one story: both stories become one, unless their
// languages or other corrections keep the rest apart. Then one of the articles
// goes alone, with those that were bound to it before.
func (g *Grouper) bring(a, b *item, blocks [2][]*item) {
	s, t := a.group, b.group
	if s == t {
		return
	}
	// The block of both is one now, so what a bars b bars too.
	whole := func(s *group, block []*item) bool { return len(s.members) == len(block) } // is it all of s?
	keeps := func(s *group, leaving []*item) bool {                                     // may the leaving ones come to s?
		return !slices.ContainsFunc(leaving, func(it *item) bool { return g.bind.bars(it, s) })
	}
	alien := !text.Alike(s.lang, t.lang)
	switch {
	case !g.bind.forbids(s, t) && (!alien || whole(s, blocks[0]) || whole(t, blocks[1])):
	case keeps(s, blocks[1]):
		g.carry(blocks[1], s)
		return
	case keeps(t, blocks[0]):
		g.carry(blocks[0], t)
		return
	case !whole(t, blocks[1]):
		g.isolate(blocks[0])
		g.carry(blocks[1], a.group)
		return
	default:
		g.isolate(blocks[0])
		s = a.group
	}
	if t.first() < s.first() {
		s, t = t, s
	}
	g.absorb(s, t, Reason{Rule: RuleCorrected, Terms: g.common(s, t)})
}

// carry moves some articles of a story to another, one after the other.
func (g *Grouper) carry(items []*item, to *group) {
	for _, it := range items {
		g.shift(it, to, Reason{Rule: RuleCorrected, Near: it.group.id})
	}
}

// shift moves an article to another story, whatever it scores there.
func (g *Grouper) shift(it *item, to *group, why Reason) {
	from := it.group
	d := Decision{Kind: Move, Article: it.seq, Story: to.id, From: from.id, Reason: why}
	g.leave(from, it)
	if len(from.members) == 0 {
		d.Emptied = true
		g.freeGroup(from)
	}
	g.enter(to, it)
	g.out = append(g.out, d)
}

// isolate puts articles of one story, by seq, into a story of their own. The id
// stays with the part that has the first article.
func (g *Grouper) isolate(items []*item) {
	s := items[0].group
	if len(s.members) == len(items) {
		return
	}
	leaving := items
	if slices.Contains(items, s.members[0]) {
		leaving = slices.DeleteFunc(slices.Clone(s.members), func(it *item) bool { return slices.Contains(items, it) })
	}
	to := g.splitOff(s, leaving, Reason{Rule: RuleCorrected, Near: s.id})
	s.tested, to.tested = 0, 0
}

const (
	partMembers = 200 // members of the largest story that is looked at for two camps
	partRho     = .52 // likeness across over that within, below which the camps of two articles are real
)

// separate parts the story that has a and b, which are apart now. Where the
// others gather around both, they go with the one that they are more like; else
// the less typical of the two goes alone.
func (g *Grouper) separate(a, b *item) {
	s := a.group
	inB := g.around(s, a, b)
	if inB == nil {
		odd := a
		if g.fit(b) < g.fit(a) || g.fit(b) == g.fit(a) && b.seq > a.seq {
			odd = b
		}
		g.isolate(g.blocksOf(odd, nil)[0])
		return
	}
	g.isolate(camp(s, inB))
}

// fit returns what an article scores in its own story.
func (g *Grouper) fit(it *item) float64 {
	q := g.ask(it)
	defer g.gather(it)
	m := g.score(q, it.group)
	g.addMember(q, &m)
	return m.s
}

// around tells which members of s are on b's side and not on a's, or nil if
// there are no two camps.
func (g *Grouper) around(s *group, a, b *item) []bool {
	n := len(s.members)
	if n < 4 || n > partMembers {
		return nil
	}
	seeds := [2]int{slices.Index(s.members, a), slices.Index(s.members, b)}
	sim := g.residuals(s)
	inB, sizes := make([]bool, n), [2]int{}
	for i, it := range s.members {
		inB[i] = i == seeds[1] || i != seeds[0] && sim[i*n+seeds[1]] > sim[i*n+seeds[0]]
		if of := g.bind.bound[it.seq]; of != nil { // with the first of its block, or with the one that is bound
			lead := slices.Index(s.members, of.items[0])
			switch of { // neither a nor b need be bound
			case g.bind.bound[a.seq]:
				inB[i] = false
			case g.bind.bound[b.seq]:
				inB[i] = true
			default:
				inB[i] = inB[lead]
			}
		}
		if inB[i] {
			sizes[1]++
		} else {
			sizes[0]++
		}
	}
	if min(sizes[0], sizes[1]) < 2 {
		return nil
	}
	if w := weigh(sim, n, inB, sizes); w.inB == nil || w.rho >= partRho {
		return nil
	}
	return inB
}

// contradiction returns why c cannot be true beside the others, or nil.
func (b *binder) contradiction(c Constraint) error {
	refuse := func(chain ...Constraint) error { return &ContradictionError{Asked: c, Chain: chain} }
	for _, x := range b.list {
		switch {
		case x.Kind == c.Kind && (x.A == c.A && x.B == c.B || x.A == c.B && x.B == c.A):
			return &ContradictionError{Asked: c, Chain: []Constraint{x}, Said: true}
		case c.Kind == Out && x.Kind == Same && (x.A == c.A || x.B == c.A):
			return refuse(x)
		case c.Kind == Same && x.Kind == Out && (x.A == c.A || x.A == c.B):
			return refuse(x)
		}
	}
	switch c.Kind {
	case Apart:
		if chain := b.path(c.A, c.B); chain != nil {
			return refuse(chain...)
		}
	case Same:
		for _, x := range b.list {
			if x.Kind != Apart {
				continue
			}
			for _, ends := range [][2]Key{{x.A, x.B}, {x.B, x.A}} {
				if b.linked(c.A, ends[0]) && b.linked(c.B, ends[1]) {
					return refuse(slices.Concat(b.path(c.A, ends[0]), []Constraint{x}, b.path(ends[1], c.B))...)
				}
			}
		}
	}
	return nil
}

// linked reports whether two keys are the same or in one block.
func (b *binder) linked(x, y Key) bool {
	return x == y || b.blocks[x] != nil && b.blocks[x] == b.blocks[y]
}

// path returns the constraints of kind Same that lead from one key to another, as
// few as possible; nil if none do.
func (b *binder) path(from, to Key) []Constraint {
	if !b.linked(from, to) || from == to {
		return nil
	}
	before := map[Key]Constraint{from: {}}
	for queue := []Key{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at == to {
			break
		}
		for _, c := range b.list {
			next := c.B
			if c.B == at {
				next = c.A
			} else if c.A != at {
				continue
			}
			if _, seen := before[next]; c.Kind == Same && !seen {
				before[next] = c
				queue = append(queue, next)
			}
		}
	}
	var chain []Constraint
	for at := to; at != from; {
		c := before[at]
		chain = append(chain, c)
		if at == c.A {
			at = c.B
		} else {
			at = c.A
		}
	}
	slices.Reverse(chain)
	return chain
}
