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
	voiceBonus  = .2  // of the score of a fact in the article that speaks for a family
	mainMatter  = .5  // of the headline's weight: a sentence that has it tells what all tell
)

// fact is a sentence that may tell what others do not. It is not compared with
// their sentences before that decides something.
type fact struct {
	*statement
	score    float64 // how new it is, once it is measured; before that, no less than it will be
	measured bool
	bonus    float64   // part of the score
	fresh    int       // names and numbers that no other has
	total    float64   // weight of its words
	unseen   float64   // of those that no other has
	rarities []float64 // of its words; 0 of those that no other has
}

// rate sets the score of f, so much of whose weight a sentence of another covers.
func (f *fact) rate(covered float64) {
	f.score = ((f.unseen-covered)/f.total + .15*min(4, float64(f.fresh))) * lengthFactor(int(f.length))
	if f.leans {
		f.score -= .5
	}
	f.score += f.bonus
}

// others is what the reports that a sentence is compared with say.
type others struct {
	n     int       // how many they are
	words []int32   // by word: how many of them have it
	keys  []int32   // by key: how many of them have a word that begins so
	logs  []float64 // by how many of them have a word: its rarity
}

// others returns what all reports say.
func (c *corpus) others() *others {
	o := &c.elsewhere
	blank(&o.words, len(c.words))
	blank(&o.keys, len(c.words))
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
	facts, o := c.facts[:0], c.others()
	for _, family := range c.families {
		for _, r := range family {
			o.add(c, r, -1)
		}
		o.count(o.n)
		for _, r := range family {
			bonus := 0.0
			if r.voice { // of copies, the article that speaks for the family is quoted
				bonus = voiceBonus
			}
			facts = c.novel(facts, r, o, bonus)
		}
		for _, r := range family {
			o.add(c, r, 1)
		}
	}
	c.facts = facts
	said, each := c.factsOf(summary), maxOnly/len(c.families)+2
	return quotes(c.best(facts, maxOnly, func(f *fact, chosen []fact) bool {
		of := 0
		for i := range chosen {
			if chosen[i].report.family == f.report.family {
				of++
			}
		}
		return of < each && c.covers(f.terms, head) < mainMatter && !c.told(f, said) && !c.told(f, chosen)
	}, func(f *fact) float64 {
		return c.covered(f, len(c.statements), func(other *report) bool { return other.family != f.report.family })
	}))
}

// factsOf finds the sentences that were quoted.
func (c *corpus) factsOf(quoted []story.Sentence) []fact {
	var out []fact
	for i := range c.statements {
		s := &c.statements[i]
		if s.fit && slices.ContainsFunc(quoted, s.report.is(s.sentence)) {
			out = append(out, fact{statement: s})
		}
	}
	return out
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
		c.facts = c.novel(c.facts[:0], r, o, 0)
		best := c.best(c.facts, maxNewEach, func(f *fact, chosen []fact) bool { return !c.told(f, chosen) },
			func(f *fact) float64 { return c.covered(f, r.first, func(*report) bool { return true }) })
		slices.SortFunc(best, func(a, b fact) int { return cmp.Compare(a.pos, b.pos) })
		out = append(quotes(best), out...)
	}
	return out[max(0, len(out)-maxNew):]
}

// best returns up to n of the facts that fit beside those that are chosen before
// them, best first and of equals in their order. What does not fit once must never
// fit. covered returns the most weight of a fact that one of the sentences has that it is compared with.
func (c *corpus) best(facts []fact, n int, fits func(f *fact, chosen []fact) bool, covered func(f *fact) float64) []fact {
	q := newQueue(facts, c.queue[:0])
	c.queue = q.places
	var out []fact
	for len(q.places) > 0 && len(out) < n {
		f := q.first()
		if !fits(f, out) {
			q.drop()
			continue
		}
		if f.measured {
			out = append(out, *f)
			q.drop()
			continue
		}
		most := covered(f)
		if most >= mostCovered*f.total {
			q.drop()
			continue
		}
		f.measured = true
		f.rate(most)
		q.down(0)
	}
	return out
}

// told reports whether one of facts tells f already.
func (c *corpus) told(f *fact, facts []fact) bool {
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

// novel appends the sentences of r that may tell what the others do not: they hold
// a name or number that none of them has. Whether one of their sentences covers it
// is not looked at yet.
func (c *corpus) novel(out []fact, r *report, o *others, bonus float64) []fact {
	if len(out) == 0 {
		c.rarities = c.rarities[:0]
	}
	cased := r.cased()
	for i := range r.sentences {
		s := &c.said(r)[i]
		if !s.fit {
			continue
		}
		f := fact{statement: s, bonus: bonus, fresh: c.fresh(s, o)}
		if f.fresh == 0 && cased || cased && r.lang == "de" && f.fresh < 2 {
			continue
		}
		c.novelty(&f, o)
		if f.total == 0 || f.unseen < leastNew*f.total || (!cased && f.fresh == 0) && f.unseen < leastPlain*f.total {
			continue
		}
		f.rate(0)
		out = append(out, f)
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

// novelty sets what the words of f weigh against the others: the fewer have one, the more.
func (c *corpus) novelty(f *fact, o *others) {
	from := len(c.rarities)
	for _, w := range f.terms {
		rarity := c.words[w].weight * o.logs[o.words[w]]
		f.total += rarity
		if o.words[w] == 0 {
			f.unseen += rarity
			rarity = 0
		}
		c.rarities = append(c.rarities, rarity)
	}
	f.rarities = c.rarities[from:]
}

// covered returns the most weight of f that one of the sentences before number end has, of those reports
// that by tells.
func (c *corpus) covered(f *fact, end int, by func(other *report) bool) float64 {
	c.compared++
	for i, w := range f.terms {
		if f.rarities[i] > 0 {
			c.gather(w, f.rarities[i], end)
		}
	}
	best := 0.0
	c.gathered(func(other *statement, sum float64) {
		if sum > best && by(other.report) {
			best = sum
		}
	})
	return best
}
