package brief

import "math"

// nearTie is the difference in score that means nothing between two representatives.
const nearTie = .05

// representative returns the Seq of the article that stands for all: free before
// paywalled, of the most preferred source, with a full and clean text, and like
// the others. Of near-equals it is one of the largest family, then the earliest.
func (c *corpus) representative() uint64 {
	switch {
	case len(c.members) == 0:
		return 0
	case len(c.reports) == 0:
		return c.members[0].Seq
	}
	eligible := c.preferred()
	if len(eligible) == 1 {
		return eligible[0].seq
	}
	scores, top := c.central(), math.Inf(-1)
	for _, r := range eligible {
		scores[r] *= (.4 + .6*c.full(r)) * (.3 + .7*r.clean)
		top = max(top, scores[r])
	}
	var best *report
	for _, r := range eligible {
		if scores[r] >= top-nearTie && (best == nil || c.sizes[r.family] > c.sizes[best.family]) {
			best = r
		}
	}
	return best.seq
}

// preferred returns the reports of the most preferred sources: free ones if there are any.
func (c *corpus) preferred() []*report {
	var best []*report
	var of Pref
	for _, r := range c.reports {
		p := c.pref(c.members[r.member].Source)
		switch {
		case best == nil || of.Paywall && !p.Paywall || of.Paywall == p.Paywall && p.Rank > of.Rank:
			best, of = []*report{r}, p
		case p == of:
			best = append(best, r)
		}
	}
	return best
}

// central returns how like the others each report is: the mean cosine, where one
// of its own family counts half.
func (c *corpus) central() map[*report]float64 {
	c.vectors()
	all, own := make(map[*report]float64, len(c.reports)), make(map[*report]float64, len(c.reports))
	c.dots(c.reports, all)
	for _, f := range c.families {
		c.dots(f, own)
		for _, r := range f {
			share := float64(len(c.reports)-len(f)) + .5*float64(len(f)-1)
			if share > 0 {
				all[r] = (all[r] - .5*own[r]) / share
			} else {
				all[r] = 1
			}
		}
	}
	return all
}

// dots notes for each of reports the sum of its cosines with the others of them.
func (c *corpus) dots(reports []*report, sums map[*report]float64) {
	for _, r := range reports {
		for i, w := range r.ids {
			c.scores[w] += r.vector[i]
		}
	}
	for _, r := range reports {
		sum := 0.0
		for i, w := range r.ids {
			sum += (c.scores[w] - r.vector[i]) * r.vector[i]
		}
		sums[r] = sum
	}
	for _, r := range reports {
		c.unmark(r.ids)
	}
}
