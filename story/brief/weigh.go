package brief

import "math"

// agencies are words of names that say who reports, not what.
const agencies = `Associated Press AP Reuters AFP Agence France-Presse dpa TASS Interfax RIA Xinhua Kyodo Yonhap ANSA EFE Bloomberg
	NBC CBS ABC CNN BBC NPR News ТАСС Интерфакс РИА`

// weigh gives each word its weight.
func (c *corpus) weigh() {
	for _, r := range c.reports {
		c.agency(r.names)
		c.agency(c.agencies(r.lang))
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
		w.square = w.weight * w.weight
	}
}

// agency notes that stems are of the names of those who report.
func (c *corpus) agency(stems []uint32) {
	for _, stem := range stems {
		if w := c.stems.get(stem); w >= 0 {
			c.words[w].agency = true
		}
	}
}

// vectors gives each report its words by weight and saturated count, of length 1.
func (c *corpus) vectors() {
	vectors := blank(&c.vector, len(c.ids))
	for _, r := range c.reports {
		r.vector, vectors = vectors[:len(r.ids)], vectors[len(r.ids):]
		sum := 0.0
		for i, w := range r.ids {
			n := float64(r.words[i].count)
			x := c.words[w].weight * n / (n + 1.2)
			r.vector[i] = x
			sum += x * x
		}
		for i := range r.vector {
			r.vector[i] /= math.Sqrt(sum)
		}
	}
}

// choose lets the fullest clean article of each family speak for it, the earliest of equals.
func (c *corpus) choose() {
	best := make(map[int]*report)
	score := make(map[int]float64)
	for _, r := range c.reports {
		s := (c.full(r) + .1) * (.5 + r.clean)
		if best[r.family] == nil || s > score[r.family]+.05 {
			best[r.family], score[r.family] = r, s
		}
	}
	for _, r := range c.reports {
		r.voice = best[r.family] == r
	}
}
