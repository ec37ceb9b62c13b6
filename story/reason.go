package story

import "math"

func sqrt(x int64) float64 { return math.Sqrt(float64(x)) }

// maxTerms is how many terms a reason names.
const maxTerms = 8

// share is what a term brought to a score.
type share struct {
	text  string
	score float64
}

// heaviest moves the n heaviest shares to the front and returns them; those of
// the same weight stand in the order of the words.
func heaviest(shares []share, n int) []share {
	n = min(n, len(shares))
	for k := range n {
		best := k
		for i := k + 1; i < len(shares); i++ {
			if x, y := &shares[i], &shares[best]; x.score > y.score || x.score == y.score && x.text < y.text {
				best = i
			}
		}
		shares[k], shares[best] = shares[best], shares[k]
	}
	return shares[:n]
}

// terms returns the heaviest shares as parts of their sum. The shares are parts
// of a cosine; they are summed in fixed point, so that their order does not matter.
func terms(shares []share) []Term {
	const scale = 1 << 40
	sum := int64(0)
	for i := range shares {
		sum += int64(float64(shares[i].score * scale))
	}
	var out []Term
	for _, s := range heaviest(shares, maxTerms) {
		if s.score > 0 {
			out = append(out, Term{Text: s.text, Weight: float64(s.score*scale) / float64(max(sum, 1))})
		}
	}
	return out
}

// shared returns the terms that carry the cosines of the query and s.
func (g *Grouper) shared(q *query, s *group) []Term {
	v2, h2 := g.normsOf(s, q.it.lang, q.lnN)
	v, h := 1/max(1, q.v*sqrt(v2)), param.head*(1-q.r)/max(1, q.h*sqrt(h2))
	shares := g.shares[:0]
	for i := range s.entries {
		e := &s.entries[i]
		if !g.has(e.term) {
			continue
		}
		f := q.it.features[g.at[e.term]]
		w := g.idf2(q.lnN, e.term)
		shares = append(shares, share{g.lex.words[e.term].text,
			float64(v*float64(product(w, f.v, e.v))) + float64(h*float64(product(w, f.h, e.h)))})
	}
	g.shares = shares
	return terms(shares)
}

// common returns the terms that carry the cosine of two stories.
func (g *Grouper) common(a, b *group) []Term {
	lnN := g.lnStories(a.lang)
	av, _ := g.normsOf(a, a.lang, lnN)
	bv, _ := g.normsOf(b, a.lang, lnN)
	scale := 1 / max(1, sqrt(av)*sqrt(bv))
	g.scatterGroup(a)
	shares := g.shares[:0]
	for i := range b.entries {
		if e := &b.entries[i]; g.has(e.term) {
			w := g.idf2(lnN, e.term)
			shares = append(shares, share{g.lex.words[e.term].text, scale * float64(product(w, e.v, a.entries[g.at[e.term]].v))})
		}
	}
	for i := range a.entries {
		g.unmark(a.entries[i].term)
	}
	g.shares = shares
	return terms(shares)
}
