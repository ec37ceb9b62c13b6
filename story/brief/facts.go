package brief

import (
	"cmp"
	"math"
	"slices"

	"storyfold/story"
)

// Limits of facts.
const (
	maxOnly     = 5
	maxNew      = 12
	maxNewEach  = 3
	mostCovered = .30 // of a sentence's weight, in one sentence elsewhere
	leastNew    = .30 // of its weight, found nowhere else
	leastPlain  = .60 // the same where names cannot be told by their capitals
	sameFact    = .5  // a match that tells the same fact twice
	mainMatter  = .5  // of the headline's weight: a sentence that has it tells what all tell
)

// fact is a sentence with how new it is.
type fact struct {
	doc      *doc
	sentence *sentence
	score    float64
}

// others is what the articles that a sentence is compared with say.
type others struct {
	docs  []*doc
	words []int // by word: how many of docs have it
	keys  []int // by key: how many of docs have a word that begins so
}

func (c *corpus) others() *others {
	return &others{words: make([]int, len(c.words)), keys: make([]int, len(c.keys))}
}

// add takes d in.
func (o *others) add(c *corpus, d *doc) {
	o.docs = append(o.docs, d)
	for _, w := range d.terms {
		o.words[w]++
		o.keys[c.words[w].key]++
	}
}

// only returns what one family alone reports, best first, without what the
// summary says and without what makes the headline: that is what all report,
// in whatever words.
func (c *corpus) only(summary []story.Sentence, headline string) []story.Sentence {
	head := c.known(headline, c.lang())
	var facts []fact
	families := c.familyNumbers()
	if len(families) < 2 {
		return nil
	}
	for _, f := range families {
		o := c.others()
		for _, d := range c.docs {
			if d.family != f {
				o.add(c, d)
			}
		}
		for _, d := range c.docs {
			if d.family == f {
				facts = append(facts, c.facts(d, o)...)
			}
		}
	}
	// Of copies, the article that speaks for the family is quoted.
	slices.SortStableFunc(facts, func(a, b fact) int { return cmp.Compare(b.rank(), a.rank()) })
	said := c.factsOf(summary)
	var out []fact
	of, each := make(map[int]int), maxOnly/len(families)+2
	for _, f := range facts {
		if len(out) < maxOnly && !c.told(f, said) && of[f.doc.family] < each && c.covers(f.sentence.terms, head) < mainMatter && !c.told(f, out) {
			out = append(out, f)
			of[f.doc.family]++
		}
	}
	return quotes(out)
}

// factsOf finds the sentences that were quoted.
func (c *corpus) factsOf(quoted []story.Sentence) []fact {
	var out []fact
	for _, d := range c.docs {
		for i := range d.sentences {
			s := &d.sentences[i]
			if slices.Contains(quoted, quote(d, s)) {
				out = append(out, fact{doc: d, sentence: s})
			}
		}
	}
	return out
}

func (f fact) rank() float64 {
	if f.doc.voice {
		return f.score + .2
	}
	return f.score
}

// news returns what articles said that none before had, in commit order: of each
// the best facts in its own order, of all the latest.
func (c *corpus) news() []story.Sentence {
	var out []story.Sentence
	o := c.others()
	for _, d := range c.docs {
		if len(o.docs) > 0 {
			facts := c.facts(d, o)
			slices.SortStableFunc(facts, func(a, b fact) int { return cmp.Compare(b.score, a.score) })
			var best []fact
			for _, f := range facts {
				if len(best) < maxNewEach && !c.told(f, best) {
					best = append(best, f)
				}
			}
			slices.SortFunc(best, func(a, b fact) int { return cmp.Compare(a.sentence.pos, b.sentence.pos) })
			out = append(out, quotes(best)...)
		}
		o.add(c, d)
	}
	return out[max(0, len(out)-maxNew):]
}

// familyNumbers returns the families of the docs, in commit order.
func (c *corpus) familyNumbers() []int {
	var out []int
	for _, d := range c.docs {
		if !slices.Contains(out, d.family) {
			out = append(out, d.family)
		}
	}
	return out
}

// told reports whether one of facts tells f already.
func (c *corpus) told(f fact, facts []fact) bool {
	return slices.ContainsFunc(facts, func(o fact) bool { return c.match(f.sentence.terms, o.sentence.terms) > sameFact })
}

func quotes(facts []fact) []story.Sentence {
	out := make([]story.Sentence, 0, len(facts))
	for _, f := range facts {
		out = append(out, quote(f.doc, f.sentence))
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// facts returns the sentences of d that tell what the others do not: they hold a
// name or number that none of them has, and none of their sentences covers them.
func (c *corpus) facts(d *doc, o *others) []fact {
	var out []fact
	cased := c.cased(d)
	for i := range d.sentences {
		s := &d.sentences[i]
		if !s.fit {
			continue
		}
		fresh := c.fresh(s, o)
		if fresh == 0 && cased || cased && d.lang == "de" && fresh < 2 {
			continue
		}
		total, unseen := c.novelty(s, o)
		if total == 0 || unseen < leastNew*total || (!cased && fresh == 0) && unseen < leastPlain*total {
			continue
		}
		covered := c.covered(s, o)
		if covered >= mostCovered*total {
			continue
		}
		score := ((unseen-covered)/total + .15*min(4, float64(fresh))) * lengthFactor(s.text)
		if leans(s.text) {
			score -= .5
		}
		out = append(out, fact{d, s, score})
	}
	return out
}

// cased reports whether names in d can be told by their capitals.
func (c *corpus) cased(d *doc) bool {
	upper := 0
	for _, s := range d.sentences {
		for _, w := range s.marks {
			if !c.words[w].number {
				upper++
			}
		}
	}
	return upper > 0
}

// fresh returns how many names and numbers of s none of the others has.
func (c *corpus) fresh(s *sentence, o *others) int {
	n := 0
	for _, w := range s.marks {
		if !c.words[w].agency && o.keys[c.words[w].key] == 0 {
			n++
		}
	}
	return n
}

// rarity is the weight of a word against the others: the fewer have it, the more.
func (c *corpus) rarity(w int32, o *others) float64 {
	return c.words[w].weight * math.Log(float64(len(o.docs)+1)/(float64(o.words[w])+.5))
}

// novelty returns the weight of a sentence, and of those of its words that none of the others has.
func (c *corpus) novelty(s *sentence, o *others) (total, unseen float64) {
	for _, w := range s.terms {
		r := c.rarity(w, o)
		total += r
		if o.words[w] == 0 {
			unseen += r
		}
	}
	return total, unseen
}

// covered returns the most weight of s that one sentence of the others has.
func (c *corpus) covered(s *sentence, o *others) float64 {
	for _, w := range s.terms {
		c.scores[w] = c.rarity(w, o)
	}
	best := 0.0
	for _, d := range o.docs {
		for i := range d.sentences {
			sum := 0.0
			for _, w := range d.sentences[i].terms {
				sum += c.scores[w]
			}
			best = max(best, sum)
		}
	}
	for _, w := range s.terms {
		c.scores[w] = 0
	}
	return best
}
