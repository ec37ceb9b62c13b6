package story

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Comparison says how two open articles stand to each other, by the weights of now.
type Comparison struct {
	SameStory bool
	Languages [2]string // of A and B, as text.Language gives them
	Telling   [2]bool   // false: the article has too few words to be compared
	Gap       time.Duration
	Window    time.Duration

	Pair  Fit    // of the later article with the earlier one alone
	Fits  [2]Fit // of A with B's story, and of B with A's; without themselves
	Likes Fit    // of both stories with each other; empty if they are one

	// Better is by how much another story must fit better than an article's own
	// for the article to move there later.
	Better float64

	// Siblings is true if the stories come from one that was split: they do not merge.
	Siblings bool

	// Full is true if the stories have too many articles to be one, by MaxMembers.
	Full bool

	// Corrections are those that tie the articles or keep them apart, as a chain.
	Corrections []Constraint
}

// Fit is what an article, or a story, scores with a story.
type Fit struct {
	Articles int // of the story
	Score    float64
	Limit    float64 // least score that joins, or, of stories, merges
	Terms    []Term  // that carry the score
	Near     bool    // the window allows it

	// Strictness is the setting at which Score would be just enough: a lower one
	// joins, a higher one does not.
	Strictness float64
}

// Enough reports whether the score is enough.
func (f Fit) Enough() bool { return f.Score >= f.Limit }

// Compare returns how the open articles with these keys stand to each other. It
// changes no later decision. The error is ErrClosed if one of them is not open.
func (g *Grouper) Compare(x, y Key) (Comparison, error) {
	a, b := g.itemOf(x), g.itemOf(y)
	for i, it := range []*item{a, b} {
		if it == nil {
			return Comparison{}, fmt.Errorf("article %s: %w", []Key{x, y}[i].ID(), ErrClosed)
		}
	}
	early, late := a, b
	if b.seq < a.seq {
		early, late = b, a
	}
	single := g.alone(early)
	defer g.sums.drop(&single.sums)
	c := Comparison{
		SameStory: a.group == b.group, Languages: [2]string{a.lang, b.lang}, Telling: [2]bool{a.telling, b.telling},
		Gap: time.Duration(max(a.time-b.time, b.time-a.time)) * time.Second, Window: time.Duration(g.window) * time.Second,
		Pair: g.fitWith(late, single), Fits: [2]Fit{g.fitWith(a, b.group), g.fitWith(b, a.group)},
		Corrections: g.bind.between(x, y), Better: param.better,
	}
	if s, t := a.group, b.group; s != t {
		p := pair{a: s, b: t}
		if t.first() < s.first() {
			p.a, p.b = t, s
		}
		c.Full = len(s.members)+len(t.members) > MaxMembers
		c.Siblings = slices.Contains(s.siblings, t)
		if g.mayMerge(&p) {
			lnN := g.lnStories(p.lang())
			g.spread(s, lnN)
			p.score = g.likeness(&p, t, lnN, -1)
			g.gatherGroup(s)
		}
		c.Likes = g.fitOf(p.score, p.limit)
		c.Likes.Articles, c.Likes.Terms, c.Likes.Near = len(s.members)+len(t.members), g.common(p.a, p.b), true
	}
	return c, nil
}

// fitWith returns what an article scores with a story, without itself.
func (g *Grouper) fitWith(it *item, s *group) Fit {
	n := len(s.members)
	if it.group == s {
		n--
	}
	if n == 0 {
		return Fit{}
	}
	q := g.ask(it)
	defer g.gather(it)
	m := g.score(q, s)
	g.addMember(q, &m)
	f := g.fitOf(m.s, g.threshold(q.r))
	f.Articles, f.Near, f.Terms = n, s.near(it.time, g.window), g.shared(q, s)
	return f
}

func (g *Grouper) fitOf(score, limit float64) Fit {
	return Fit{Score: score, Limit: limit, Strictness: (g.strict + score - limit) / strictStep}
}

// between returns the corrections that tie two articles or keep them apart, or nil.
func (b *binder) between(x, y Key) []Constraint {
	if chain := b.path(x, y); chain != nil {
		return chain
	}
	var against *ContradictionError
	for _, kind := range []ConstraintKind{Apart, Same} {
		if err := b.contradiction(Constraint{Kind: kind, A: x, B: y}); errors.As(err, &against) {
			return against.Chain
		}
	}
	return nil
}
