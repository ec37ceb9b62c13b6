package brief

import (
	"math"
	"slices"

	"storyfold/story/text"
)

// agencies are words of names that say who reports, not what.
const agencies = `Associated Press AP Reuters AFP Agence France-Presse dpa TASS Interfax RIA Xinhua Kyodo Yonhap ANSA EFE Bloomberg
	NBC CBS ABC CNN BBC NPR News ТАСС Интерфакс РИА`

// weigh gives each word its weight and each doc its vector.
func (c *corpus) weigh() {
	for _, d := range c.docs {
		m := &c.members[d.member]
		for _, name := range append([]string{agencies, m.Outlet, m.Source}, m.Credits...) {
			c.tokens = text.Tokens(c.tokens[:0], clip(name, 500), d.lang)
			for _, t := range c.tokens {
				if id, ok := c.ids[t.Stem]; ok {
					c.words[id].agency = true
				}
			}
		}
	}
	for i := range c.words {
		w := &c.words[i]
		switch {
		case w.agency:
			w.weight = .5
		case w.number:
			w.weight = 1.2
		default:
			w.weight = 1 + .5*w.name()
		}
	}
	c.scores = make([]float64, len(c.words))
	for _, d := range c.docs {
		d.vector = c.vector(d)
	}
}

// vector returns the words of d by weight and saturated count, of length 1; the title counts three times.
func (c *corpus) vector(d *doc) []entry {
	for _, w := range d.headTerms {
		c.scores[w] += 3
	}
	for _, s := range d.sentences {
		for _, w := range s.terms {
			c.scores[w]++
		}
	}
	v := make([]entry, len(d.terms))
	sum := 0.0
	for i, w := range d.terms {
		n := c.scores[w]
		c.scores[w] = 0
		x := c.words[w].weight * n / (n + 1.2)
		v[i] = entry{w, x}
		sum += x * x
	}
	for i := range v {
		v[i].value /= math.Sqrt(sum)
	}
	return v
}

// cosine returns the cosine of two vectors of length 1, in [0, 1].
func cosine(a, b []entry) float64 {
	dot := 0.0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].word < b[j].word:
			i++
		case a[i].word > b[j].word:
			j++
		default:
			dot += a[i].value * b[j].value
			i, j = i+1, j+1
		}
	}
	return dot
}

// mass returns the sum of the squared weights of words.
func (c *corpus) mass(words []int32) float64 {
	m := 0.0
	for _, w := range words {
		m += c.words[w].weight * c.words[w].weight
	}
	return m
}

// match returns the cosine of two sets of words by their weights.
func (c *corpus) match(a, b []int32) float64 {
	dot := 0.0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			dot += c.words[a[i]].weight * c.words[a[i]].weight
			i, j = i+1, j+1
		}
	}
	if dot == 0 {
		return 0
	}
	return dot / math.Sqrt(c.mass(a)*c.mass(b))
}

// full returns how complete d's text is against the middle one of the story, in [0, 1].
func (c *corpus) full(d *doc) float64 {
	var lengths []int
	for _, o := range c.docs {
		if !o.bare() {
			lengths = append(lengths, o.length)
		}
	}
	if len(lengths) == 0 {
		return 0
	}
	slices.Sort(lengths)
	return min(1, float64(d.length)/(.6*float64(lengths[len(lengths)/2])+1))
}

// choose lets the fullest clean article of each family speak for it, the earliest of equals.
func (c *corpus) choose() {
	best := make(map[int]*doc)
	score := make(map[int]float64)
	for _, d := range c.docs {
		s := (c.full(d) + .1) * (.5 + d.clean)
		if best[d.family] == nil || s > score[d.family]+.05 {
			best[d.family], score[d.family] = d, s
		}
	}
	for _, d := range c.docs {
		d.voice = best[d.family] == d
	}
}
