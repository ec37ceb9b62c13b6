package brief

import "math"

// nearTie is the difference in score that means nothing between two representatives.
const nearTie = .05

// representative returns the Seq of the article that stands for all: free before
// paywalled, of the most preferred source, with a full and clean text, and like
// the others. Of near-equals it is one of the largest family, then the earliest.
func (c *corpus) representative() uint64 {
	if len(c.docs) == 0 {
		if len(c.members) == 0 {
			return 0
		}
		return c.members[0].Seq
	}
	eligible := c.preferred()
	size := make(map[int]int)
	for _, m := range c.members {
		size[m.Family]++
	}
	scores := make([]float64, len(eligible))
	top := math.Inf(-1)
	for i, d := range eligible {
		scores[i] = c.central(d) * (.4 + .6*c.full(d)) * (.3 + .7*d.clean)
		top = max(top, scores[i])
	}
	var best *doc
	for i, d := range eligible {
		if scores[i] >= top-nearTie && (best == nil || size[c.members[d.member].Family] > size[c.members[best.member].Family]) {
			best = d
		}
	}
	return best.article.Seq
}

// preferred returns the docs of the most preferred sources: free ones if there are any.
func (c *corpus) preferred() []*doc {
	var best []*doc
	var of Pref
	for _, d := range c.docs {
		p := c.pref(c.members[d.member].Source)
		switch {
		case best == nil || of.Paywall && !p.Paywall || of.Paywall == p.Paywall && p.Rank > of.Rank:
			best, of = []*doc{d}, p
		case p == of:
			best = append(best, d)
		}
	}
	return best
}

// central returns how like the others d is: the mean cosine, where one of its own
// family counts half.
func (c *corpus) central(d *doc) float64 {
	sum, n := 0.0, 0.0
	for _, o := range c.docs {
		if o == d {
			continue
		}
		share := 1.0
		if o.family == d.family {
			share = .5
		}
		sum += share * cosine(d.vector, o.vector)
		n += share
	}
	if n == 0 {
		return 1
	}
	return sum / n
}
