package story

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ConstraintKind says what a reader's correction asks for.
type ConstraintKind uint8

const (
	Same  ConstraintKind = iota + 1 // A and B are in one story
	Apart                           // A and B are never in one story
	Out                             // A is alone in its story
)

// String returns the kind as the command line writes it: "same", "apart", "out".
func (k ConstraintKind) String() string {
	switch k {
	case Same:
		return "same"
	case Apart:
		return "apart"
	case Out:
		return "out"
	}
	return "unknown"
}

// Constraint is a reader's correction: it wins over whatever the articles say,
// at once and as long as both articles are remembered.
type Constraint struct {
	Number uint64         `cbor:"1,keyasint"` // from 1, never used again; by it the correction is undone
	Kind   ConstraintKind `cbor:"2,keyasint"`
	A      Key            `cbor:"3,keyasint"`
	B      Key            `cbor:"4,keyasint,omitempty"` // "" for Out
	Made   time.Time      `cbor:"5,keyasint,omitzero"`
}

// MaxConstraints is how many constraints a Grouper takes.
const MaxConstraints = 10_000

var (
	// ErrClosed reports a correction of an article whose story is closed, or which
	// is unknown: it cannot change its story any more.
	ErrClosed = errors.New("its story is closed")

	// ErrConstraint reports a correction that makes no sense: it names one article
	// twice, or there are too many.
	ErrConstraint = errors.New("not a possible correction")
)

// ContradictionError reports a correction that earlier ones exclude, or that one
// of them says already.
type ContradictionError struct {
	Asked Constraint
	Chain []Constraint // that leads from A to B, or what is said of A; never empty
	Said  bool         // Chain[0] says the same: it does not contradict
}

// Error names the corrections of the chain, and their articles by their public names.
func (e *ContradictionError) Error() string {
	if e.Said {
		return fmt.Sprintf("correction %d says so already", e.Chain[0].Number)
	}
	var parts []string
	for _, c := range e.Chain {
		parts = append(parts, fmt.Sprintf("correction %d (%s)", c.Number, c.String()))
	}
	return fmt.Sprintf("%s contradicts %s", e.Asked.String(), strings.Join(parts, ", "))
}

// String returns the kind and the public names of the articles.
func (c Constraint) String() string {
	if c.Kind == Out {
		return fmt.Sprintf("%s %s", c.Kind, c.A.ID())
	}
	return fmt.Sprintf("%s %s %s", c.Kind, c.A.ID(), c.B.ID())
}

// block is a set of articles that constraints keep in one story. At any time the
// open ones among them are in one; those of blocks that are apart never are.
type block struct {
	out   bool // it has one article, which is alone in its story
	apart []*block
	items []*item // those that are open, by seq
}

// binder holds the constraints in force and what follows from them.
type binder struct {
	list   []Constraint // by number
	blocks map[Key]*block
	joined []*block          // those of several articles
	bound  map[uint64]*block // of open articles, by seq
}

// newBinder returns the binder of a Grouper without articles.
func newBinder(list []Constraint) binder {
	b := binder{list: slices.Clone(list)}
	slices.SortFunc(b.list, func(x, y Constraint) int { return cmp.Compare(x.Number, y.Number) })
	b.derive()
	return b
}

// derive makes the blocks that follow from the list, without articles.
func (b *binder) derive() {
	b.blocks, b.bound, b.joined = make(map[Key]*block), make(map[uint64]*block), nil
	parent := make(map[Key]Key)
	root := func(k Key) Key {
		for parent[k] != "" {
			if up := parent[parent[k]]; up != "" {
				parent[k] = up
			}
			k = parent[k]
		}
		return k
	}
	for _, c := range b.list {
		if x, y := root(c.A), root(c.B); c.Kind == Same && x != y {
			parent[y] = x
		}
	}
	at := func(k Key) *block {
		top := root(k)
		if b.blocks[top] == nil {
			b.blocks[top] = new(block)
		}
		b.blocks[k] = b.blocks[top]
		return b.blocks[k]
	}
	for _, c := range b.list {
		switch x := at(c.A); c.Kind {
		case Same:
			if at(c.B); !slices.Contains(b.joined, x) {
				b.joined = append(b.joined, x)
			}
		case Out:
			x.out = true
		case Apart:
			y := at(c.B)
			x.apart, y.apart = append(x.apart, y), append(y.apart, x)
		}
	}
}

// bind notes that an article with this key is open.
func (b *binder) bind(it *item, key []byte) {
	if of := b.blocks[Key(key)]; of != nil {
		i, _ := slices.BinarySearchFunc(of.items, it.seq, bySeq)
		of.items = slices.Insert(of.items, i, it)
		b.bound[it.seq] = of
	}
}

// unbind notes that an article is open no more.
func (b *binder) unbind(it *item) {
	if of := b.bound[it.seq]; of != nil {
		of.items = slices.DeleteFunc(of.items, func(x *item) bool { return x == it })
		delete(b.bound, it.seq)
	}
}

// rebind makes everything anew after the list changed.
func (g *Grouper) rebind() {
	g.bind.derive()
	for _, it := range g.items {
		g.bind.bind(it, g.keys.values(it.key))
	}
}

// pinned reports whether the reader's word says where it is: only another such word moves it.
func (b *binder) pinned(it *item) bool {
	of := b.bound[it.seq]
	return of != nil && (of.out || len(of.items) > 1)
}

// bars reports whether an article must not be in a story that it is not in.
func (b *binder) bars(it *item, s *group) bool {
	if len(b.bound) == 0 {
		return false
	}
	if len(s.members) == 1 {
		if of := b.bound[s.members[0].seq]; of != nil && of.out {
			return true
		}
	}
	of := b.bound[it.seq]
	return of != nil && (of.out || of.apartIn(s))
}

// apartIn reports whether s has an article that must not be with the block's.
func (x *block) apartIn(s *group) bool {
	for _, other := range x.apart {
		if slices.ContainsFunc(other.items, func(it *item) bool { return it.group == s }) {
			return true
		}
	}
	return false
}

// forbids reports whether two stories must not become one.
func (b *binder) forbids(s, t *group) bool {
	if len(b.bound) == 0 {
		return false
	}
	if len(s.members) > len(t.members) {
		s, t = t, s
	}
	return slices.ContainsFunc(s.members, func(it *item) bool { return b.bars(it, t) })
}

// torn reports whether a split of s into camp and the rest would part what the
// reader joined.
func (b *binder) torn(s *group, camp []*item) bool {
	if len(b.bound) == 0 {
		return false
	}
	in := make(map[*block]int)
	for _, it := range camp {
		if of := b.bound[it.seq]; of != nil {
			in[of]++
		}
	}
	for of, n := range in {
		if n < len(of.items) {
			return true
		}
	}
	return false
}

// vouch raises what an article scores in its own story to what it scores with
// one of those that the reader put there: who is told that two stories are one
// does not lose those that came with the smaller.
func (g *Grouper) vouch(q *query, own *match) {
	for _, of := range g.bind.joined {
		if len(of.items) < 2 || of.items[0].group != own.group {
			continue
		}
		for _, p := range of.items {
			if p != q.it {
				s := g.alone(p)
				m := g.score(q, s)
				g.addMember(q, &m)
				g.sums.drop(&s.sums)
				own.bare, own.s = max(own.bare, m.bare), max(own.s, m.s)
			}
		}
	}
}

// alone returns a story of one article, which is in no index. Its sums are to be dropped.
func (g *Grouper) alone(it *item) *group {
	s := &group{slot: -1, members: []*item{it}, times: []int64{it.time}, short: int64(it.short), seen: it.seen, lang: it.lang}
	p := g.featuresOf(it)
	g.reserve(s, uint32(len(p.words)))
	s.sums.n = uint32(len(p.words))
	c := g.sumsOf(s)
	for i := range p.words {
		f := p.at(i)
		c.set(i, entry{term: f.term, v: uint32(f.v), h: uint32(f.h), df: 1})
	}
	return s
}

// placeBound puts a new article where earlier constraints on its key want it. It
// reports false where they leave that to its words.
func (g *Grouper) placeBound(it *item) bool {
	if !g.bind.pinned(it) {
		return false
	}
	why := Reason{Rule: RuleCorrected}
	for _, other := range g.bind.bound[it.seq].items {
		if other != it {
			g.enter(other.group, it)
			g.out = append(g.out, Decision{Kind: Join, Article: it.seq, Story: it.group.id, Reason: why})
			return true
		}
	}
	g.open(it, Decision{Kind: Open, Article: it.seq, Reason: why})
	return true
}

// RuleCorrected is the rule of decisions that follow from a constraint.
const RuleCorrected = "corrected"
