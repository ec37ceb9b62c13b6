package story

import (
	"cmp"
	"math"
	"slices"
)

func sqrt(x int64) float64 { return math.Sqrt(float64(x)) }

// maxTerms is how many terms a reason names.
const maxTerms = 8

// share is what a term brought to a score.
type share struct {
	text  string
	score float64
}

// terms returns the heaviest shares as parts of their sum. Shares of the same
// weight stand in the order of the words.
func terms(shares []share) []Term {
	slices.SortFunc(shares, func(a, b share) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.text, b.text))
	})
	sum := 0.0
	for _, s := range shares {
		sum += s.score
	}
	var out []Term
	for _, s := range shares[:min(len(shares), maxTerms)] {
		if s.score > 0 {
			out = append(out, Term{Text: s.text, Weight: s.score / sum})
		}
	}
	return out
}

// shared returns the terms that carry the cosines of the query and s.
func (g *Grouper) shared(q *query, s *group) []Term {
	v2, h2 := g.normsOf(s, q.it.lang, q.lnN)
	v, h := 1/max(1, q.v*sqrt(v2)), p.head*(1-q.r)/max(1, q.h*sqrt(h2))
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
	g.scatterGroup(a)
	shares := g.shares[:0]
	for i := range b.entries {
		if e := &b.entries[i]; g.has(e.term) {
			w := g.idf2(lnN, e.term)
			shares = append(shares, share{g.lex.words[e.term].text, float64(product(w, e.v, a.entries[g.at[e.term]].v))})
		}
	}
	for i := range a.entries {
		g.unmark(a.entries[i].term)
	}
	g.shares = shares
	return terms(shares)
}
