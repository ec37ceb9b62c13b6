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
	sameFact    = .5  // a match that tells the same fact twice,
	sameShare   = .6  // and a share of the shorter sentence that does
	mainMatter  = .5  // of the headline's weight: a sentence that has it tells what all tell
)

// fact is a sentence with how new it is.
type fact struct {
	*statement
	score float64
}

// others is what the reports that a sentence is compared with say.
type others struct {
	has   func(*report) bool // whether one is of them
	n     int                // how many they are
	words []int32            // by word: how many of them have it
	keys  []int32            // by key: how many of them have a word that begins so
	logs  []float64          // by how many of them have a word: its rarity
}

// others returns what all reports say.
func (c *corpus) others() *others {
	o := &others{words: make([]int32, len(c.words)), keys: make([]int32, len(c.words))}
	for i := range c.words {
		w := &c.words[i]
		o.words[i] = w.docs
		o.keys[w.key] += w.docs
	}
	o.count(len(c.reports))
	return o
}

// count sets how many the others are.
func (o *others) count(n int) {
	o.n = n
	o.logs = o.logs[:0]
	for have := range n + 1 {
		o.logs = append(o.logs, math.Log(float64(n+1)/(float64(have)+.5)))
	}
}

// add adds a report, or takes it away if by is -1.
func (o *others) add(c *corpus, r *report, by int32) {
	for _, w := range r.ids {
		o.words[w] += by
		o.keys[c.words[w].key] += by
	}
	o.n += int(by)
}

// only returns what one family alone reports, best first, without what the
// summary says and without what makes the headline: that is what all report,
// in whatever words.
func (c *corpus) only(summary []story.Sentence, head []int32) []story.Sentence {
	if len(c.families) < 2 {
		return nil
	}
	var facts []fact
	o := c.others()
	for _, family := range c.families {
		for _, r := range family {
			o.add(c, r, -1)
		}
		o.count(o.n)
		o.has = func(r *report) bool { return r.family != family[0].family }
		for _, r := range family {
			facts = c.facts(facts, r, o)
		}
		for _, r := range family {
			o.add(c, r, 1)
		}
	}
	// Of copies, the article that speaks for the family is quoted.
	slices.SortStableFunc(facts, func(a, b fact) int { return cmp.Compare(b.rank(), a.rank()) })
	said := c.factsOf(summary)
	var out []fact
	of, each := make([]int, len(c.sizes)), maxOnly/len(c.families)+2
	for _, f := range facts {
		if len(out) == maxOnly {
			break
		}
		if of[f.report.family] < each && c.covers(f.terms, head) < mainMatter && !c.told(f, said) && !c.told(f, out) {
			out = append(out, f)
			of[f.report.family]++
		}
	}
	return quotes(out)
}

// factsOf finds the sentences that were quoted.
func (c *corpus) factsOf(quoted []story.Sentence) []fact {
	var out []fact
	for i := range c.statements {
		s := &c.statements[i]
		if s.fit && slices.Contains(quoted, s.report.quote(s.sentence)) {
			out = append(out, fact{statement: s})
		}
	}
	return out
}

func (f fact) rank() float64 {
	if f.report.voice {
		return f.score + .2
	}
	return f.score
}

// news returns what articles said that none before had, in commit order: of each
// the best facts in its own order, of all the latest.
func (c *corpus) news() []story.Sentence {
	if len(c.reports) < 2 {
		return nil
	}
	var out []story.Sentence
	o := c.others()
	for i := len(c.reports) - 1; i > 0 && len(out) < maxNew; i-- {
		r := c.reports[i]
		o.add(c, r, -1)
		o.count(o.n)
		o.has = func(other *report) bool { return other.first < r.first }
		facts := c.facts(nil, r, o)
		slices.SortStableFunc(facts, func(a, b fact) int { return cmp.Compare(b.score, a.score) })
		var best []fact
		for _, f := range facts {
			if len(best) < maxNewEach && !c.told(f, best) {
				best = append(best, f)
			}
		}
		slices.SortFunc(best, func(a, b fact) int { return cmp.Compare(a.pos, b.pos) })
		out = append(quotes(best), out...)
	}
	return out[max(0, len(out)-maxNew):]
}

// told reports whether one of facts tells f already.
func (c *corpus) told(f fact, facts []fact) bool {
	return slices.ContainsFunc(facts, func(o fact) bool {
		return c.match(f.statement, o.statement) > sameFact || c.same(f.statement, o.statement) > sameShare
	})
}

func quotes(facts []fact) []story.Sentence {
	out := make([]story.Sentence, 0, len(facts))
	for _, f := range facts {
		out = append(out, f.report.quote(f.sentence))
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// facts appends the sentences of r that tell what the others do not: they hold a
// name or number that none of them has, and none of their sentences covers them.
func (c *corpus) facts(out []fact, r *report, o *others) []fact {
	cased := r.cased()
	for i := range r.sentences {
		s := &c.said(r)[i]
		if !s.fit {
			continue
		}
		fresh := c.fresh(s, o)
		if fresh == 0 && cased || cased && r.lang == "de" && fresh < 2 {
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
		score := ((unseen-covered)/total + .15*min(4, float64(fresh))) * lengthFactor(int(s.length))
		if s.leans {
			score -= .5
		}
		out = append(out, fact{s, score})
	}
	return out
}

// cased reports whether names in p can be told by their capitals.
func (p *prepared) cased() bool {
	for _, t := range p.terms {
		if t&marked != 0 && !p.words[t&indexBits].number {
			return true
		}
	}
	return false
}

// fresh returns how many names and numbers of s none of the others has.
func (c *corpus) fresh(s *statement, o *others) int {
	n := 0
	for i, t := range s.report.prepared.terms[s.from:s.to] {
		if t&marked == 0 {
			continue
		}
		if w := &c.words[s.terms[i]]; !w.agency && o.keys[w.key] == 0 {
			n++
		}
	}
	return n
}

// rarity is the weight of a word against the others: the fewer have it, the more.
func (c *corpus) rarity(w int32, o *others) float64 {
	return c.words[w].weight * o.logs[o.words[w]]
}

// novelty returns the weight of a sentence, and of those of its words that none of the others has.
func (c *corpus) novelty(s *statement, o *others) (total, unseen float64) {
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
func (c *corpus) covered(s *statement, o *others) float64 {
	for _, w := range s.terms {
		if o.words[w] > 0 {
			c.gather(w, c.rarity(w, o))
		}
	}
	best := 0.0
	c.gathered(func(other *statement, sum float64) {
		if sum > best && o.has(other.report) {
			best = sum
		}
	})
	return best
}
