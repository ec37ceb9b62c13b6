package story

import (
	"strings"

	"storyfold/story/text"
)

const (
	columnGap    = 18 * 3600 // seconds between two articles of a column that come with one title
	columnAlike  = 0.8       // cosine from which two such articles are one, published again
	columnLooked = 40        // newest members of a story that are looked at
)

// columnOf returns a hash of a title's stems without dates and numbers, 0 if none is left.
func columnOf(title []text.Token) uint64 {
	h := uint64(0)
	for i := range title {
		if !title[i].Number {
			h = h*0x9e3779b97f4a7c15 + title[i].Hash | 1
		}
	}
	return h
}

// host returns the host of an address, "" if there is none.
func host(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "/")
	return rest
}

// inColumn reports whether two articles are instalments of a column that comes
// again and again: one title but for its dates, which differ, or one title of one
// source at times far apart, over different texts.
func (g *Grouper) inColumn(a, b *item) bool {
	if a.column == 0 || a.column != b.column || a == b {
		return false
	}
	if a.titled > 0 && b.titled > 0 {
		var x, y [8]text.Date
		return !sharesDate(g.datesOf(x[:0], a)[:a.titled], g.datesOf(y[:0], b)[:b.titled])
	}
	gap := max(a.time-b.time, b.time-a.time)
	return a.source == b.source && gap >= columnGap && a.features > 0 && g.plainCosine(a, b) < columnAlike
}

// columnBit returns one of 64 bits for the column of an article, 0 if it has none.
func (it *item) columnBit() uint64 {
	if it.column == 0 {
		return 0
	}
	return 1 << (it.column >> 58)
}

// repeats reports whether an article is another instalment of a column than a member of s.
func (g *Grouper) repeats(it *item, s *group) bool {
	if it.columnBit()&s.columnBits == 0 {
		return false
	}
	first := max(0, len(s.members)-columnLooked)
	for i, column := range s.titles[first:] {
		if column == it.column && g.inColumn(it, s.members[first+i]) {
			return true
		}
	}
	return false
}

// sameColumn reports whether two stories hold different instalments of a column.
func (g *Grouper) sameColumn(a, b *group) bool {
	if a.columnBits&b.columnBits == 0 {
		return false
	}
	for _, m := range b.members[max(0, len(b.members)-columnLooked):] {
		if g.repeats(m, a) {
			return true
		}
	}
	return false
}

// sharesDate reports whether two lists name one date more exact than a month or a year, or
// neither names such a date.
func sharesDate(a, b []text.Date) bool {
	exact := [2]bool{}
	for _, x := range a {
		exact[0] = exact[0] || x.Exact()
	}
	for _, y := range b {
		exact[1] = exact[1] || y.Exact()
		for _, x := range a {
			if x == y && x.Exact() {
				return true
			}
		}
	}
	return !exact[0] || !exact[1]
}

// plainCosine returns the cosine of two articles with all stems alike.
func (g *Grouper) plainCosine(a, b *item) float64 {
	p, o := g.featuresOf(a), g.featuresOf(b)
	weights := make(map[int32]int32, len(p.words))
	for i := range p.words {
		f := p.at(i)
		weights[f.term] = f.v
	}
	dot := int64(0)
	for i := range o.words {
		f := o.at(i)
		dot += int64(f.v) * int64(weights[f.term])
	}
	return float64(dot) / (one * one)
}
