package story

import (
	"bytes"
	"math"

	"storyfold/story/text"
)

func sqrt(x int64) float64 { return math.Sqrt(float64(x)) }

// maxTerms is how many terms a reason names.
const maxTerms = 8

// share is what a stem brought to a score.
type share struct {
	term  int32
	score float64
}

// heaviest moves the n heaviest shares to the front and returns them; those of
// the same weight stand in the order of the words.
func (g *Grouper) heaviest(shares []share, n int) []share {
	n = min(n, len(shares))
	if n == 0 {
		return nil
	}
	for i, x := range shares {
		at := min(i, n-1)
		if i >= n && !g.heavier(x, shares[at]) {
			continue
		}
		shares[i] = shares[at]
		for ; at > 0 && g.heavier(x, shares[at-1]); at-- {
			shares[at] = shares[at-1]
		}
		shares[at] = x
	}
	return shares[:n]
}

func (g *Grouper) heavier(x, y share) bool {
	return x.score > y.score || x.score == y.score && bytes.Compare(g.lex.text(x.term), g.lex.text(y.term)) < 0
}

// terms returns the heaviest shares as parts of their sum. The shares are parts
// of a cosine; they are summed in fixed point, so that their order does not matter.
func (g *Grouper) terms(shares []share) []Term {
	const scale = 1 << 40
	sum := int64(0)
	for i := range shares {
		sum += int64(float64(shares[i].score * scale))
	}
	top := g.heaviest(shares, maxTerms)
	for len(top) > 0 && top[len(top)-1].score <= 0 {
		top = top[:len(top)-1]
	}
	out := g.named(top)
	for i := range out {
		out[i].Weight = float64(top[i].score*scale) / float64(max(sum, 1))
	}
	return out
}

// named returns shares as terms, nil if there are none. Their words lie in one string.
func (g *Grouper) named(shares []share) []Term {
	if len(shares) == 0 {
		return nil
	}
	g.letters = g.letters[:0]
	for _, s := range shares {
		g.letters = append(g.letters, g.lex.text(s.term)...)
	}
	all, terms := string(g.letters), make([]Term, len(shares))
	for i, s := range shares {
		n := len(g.lex.text(s.term))
		terms[i] = Term{Text: text.PlainStem(all[:n]), Weight: s.score}
		all = all[n:]
	}
	return terms
}

// shared returns the terms that carry the cosines of the query and s.
func (g *Grouper) shared(q *query, s *group) []Term {
	v2, h2 := g.normsOf(s, q.it.lang, q.lnN)
	v, h := 1/max(1, q.v*sqrt(v2)), param.head*(1-q.r)/max(1, q.h*sqrt(h2))
	shares, c := g.shares[:0], g.sumsOf(s)
	for _, x := range g.hits(c.terms) {
		i := int(x)
		t := c.term(i)
		f, w := q.features.at(int(g.at[t])), q.weights[g.at[t]].idf2
		shares = append(shares, share{t, float64(v*float64(product(w, uint32(f.v), c.vOf(i)))) + float64(h*float64(product(w, uint32(f.h), c.hOf(i))))})
	}
	g.shares = shares
	return g.terms(shares)
}

// common returns the terms that carry the cosine of two stories.
func (g *Grouper) common(a, b *group) []Term {
	lnN := g.lnStories(a.lang)
	av, _ := g.normsOf(a, a.lang, lnN)
	bv, _ := g.normsOf(b, a.lang, lnN)
	scale := 1 / max(1, sqrt(av)*sqrt(bv))
	g.scatterGroup(a)
	shares, ca, cb := g.shares[:0], g.sumsOf(a), g.sumsOf(b)
	for i := range cb.terms {
		if t := cb.term(i); g.has(t) {
			shares = append(shares, share{t, scale * float64(product(g.idf2(lnN, t), cb.vOf(i), ca.vOf(int(g.at[t]))))})
		}
	}
	g.gatherGroup(a)
	g.shares = shares
	return g.terms(shares)
}
