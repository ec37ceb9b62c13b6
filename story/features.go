package story

import (
	"math"
	"strings"

	"github.com/cespare/xxhash/v2"

	"storyfold/story/text"
)

const (
	maxBody   = 200     // content words of the body that are read
	leadWords = 60      // of them, words that weigh more
	headWords = 30      // of them, words that belong to the head
	maxRead   = 5 << 10 // bytes of the body that are read for them
	maxTitle  = 1 << 10 // bytes of the title that are read

	minWords = 2 // different stems, beside numbers, with which an article may join others

	one = 1 << 12 // fixed-point one of feature weights and shortness
)

// feature is a stem of an article with its weights in the whole (v) and in the
// head, that is the title and the first words (h). The weights are saturated counts, scaled
// so that their squares sum up to one², and rounded; they know nothing of
// other articles.
type feature struct {
	term int32
	v, h int32
}

// item is an open article, as the Grouper keeps it: no text. There are many, so it has few
// pointers for the collector to follow.
type item struct {
	seq   uint64
	key   run    // in Grouper.keys: Article.Key
	lang  string // as text.Language gives it, from Grouper.langs
	time  int64  // Article.Time, Unix seconds
	seen  int64  // Article.FirstSeen, Unix seconds
	short int32  // shortness, in [0, one]: exp(-stems/16)
	ids   uint8  // story ids that were made from key
	home  home   // the id that was made from key, if ids is 1
	group *group // nil once closed

	// telling is false for an article that has hardly a word, such as "In brief" or
	// "March 11, 2014": it tells nothing about an event and stays alone.
	telling bool

	record   run    // in Grouper.records: its features, their kinds, and dates
	features uint16 // how many, in order of first occurrence
	kinds    uint16
	dates    uint8  // that it names, first those of the title
	titled   uint8  // dates in the title
	column   uint64 // of the title without dates and numbers
	source   uint32 // of Article.Source
}

// home is an id that was made from a key.
type home [idSize]byte

// r returns the shortness as a number in [0, 1]: near 0 for a full text, .65 for a bare title.
func (it *item) r() float64 { return float64(it.short) / one }

// packed are the features of an article as they are kept: a word is the stem's number and an
// index among the kinds, a kind is v and h.
type packed struct{ words, kinds []uint32 }

const (
	kindBits = 8  // of the index of a kind in a word
	halfBits = 16 // of h in a kind
	maxKinds = 1 << kindBits
)

// at returns the ith feature.
func (p packed) at(i int) feature {
	x := p.words[i]
	k := p.kinds[x%maxKinds]
	return feature{int32(x >> kindBits), int32(k >> halfBits), int32(k % (1 << halfBits))}
}

// term returns the stem of the ith feature.
func (p packed) term(i int) int32 { return int32(p.words[i] >> kindBits) }

// featuresOf returns the features of an open article. They are good until an article is read or dropped.
func (g *Grouper) featuresOf(it *item) packed {
	r := g.records.values(it.record)
	return packed{r[:it.features], r[it.features : it.features+it.kinds]}
}

// datesOf appends the dates of an open article to dst.
func (g *Grouper) datesOf(dst []text.Date, it *item) []text.Date {
	r := g.records.values(it.record)[it.features+it.kinds:]
	for i := range int(it.dates) {
		dst = append(dst, text.Date(r[i/2]>>(i%2*16)))
	}
	return dst
}

// reading is what the words of an article say, before they are counted. Its slices are reused.
type reading struct {
	lang        string
	of          [2]string    // title and body, as far as they are read
	title, body []text.Token // of them
	dates       []text.Date  // first those of the title
	titled      int
	roundUp     bool
	column      uint64
	source      uint32
}

// take reads an article. It needs no Grouper, and so may go on beside one.
func (r *reading) take(a *Article) {
	r.lang = text.Language(a.Lang, a.Title, a.Text)
	title, body := prefix(text.BareTitle(a.Title, a.Outlet, a.Source, host(a.URL)), maxTitle), prefix(a.Text, maxRead)
	r.of = [2]string{title, body}
	r.title = text.Tokens(r.title[:0], title, r.lang)
	r.roundUp = text.RoundUp(r.title, r.lang)
	r.source, r.column = uint32(xxhash.Sum64String(a.Source)), columnOf(r.title)
	r.dates = text.Dates(r.dates[:0], title, r.lang)
	r.titled = len(r.dates)
	r.body = text.FirstTokens(r.body[:0], body, r.lang, maxBody)
	r.body = r.body[:min(len(r.body), maxBody)]
	if len(r.body) == maxBody {
		body = body[:r.body[maxBody-1].End]
	}
	r.dates = text.Dates(r.dates, body, r.lang)
}

// counter makes items of readings. Its buffers are reused.
type counter struct {
	reading reading // of the article at hand
	counts  []count
	stem    []byte
	record  []uint32
	kinds   []uint32
}

// count is the raw weight of a stem.
type count struct {
	term  int32
	digit bool // it is a number
	v, h  float64
}

// read reads a, for digest.
func (g *Grouper) read(a *Article) *reading {
	g.counter.reading.take(a)
	return &g.counter.reading
}

// digest fills in language, shortness and the record of it.
func (g *Grouper) digest(it *item, r *reading) {
	it.lang, it.source, it.column, it.titled = g.known(r.lang), r.source, r.column, uint8(r.titled)
	g.counter.counts = g.counter.counts[:0]
	for i := range r.title {
		g.tallyWord(r, 0, &r.title[i], param.titleWeight, param.titleWeight)
	}
	for i := range r.body {
		v, h := 1.0, 0.0
		if i < leadWords {
			v = param.leadWeight
		}
		if i < headWords {
			h = 1
		}
		g.tallyWord(r, 1, &r.body[i], v, h)
	}
	words := len(g.counter.counts)
	short := math.Exp(-float64(words) / param.shortScale)
	for _, d := range r.dates {
		stem := d.Stem()
		if id, ok := g.lex.number(text.Hash(stem), []byte(stem)); ok {
			g.tally(id, param.dateWeight*(1-short)*(1-short), 0)
		}
	}
	it.short = int32(math.Round(one * short))
	g.finish(it, words, r.dates)
	it.telling = it.telling && !r.roundUp
}

// known returns a language in memory that all articles share: what it is given may be a part of
// all that an article says.
func (g *Grouper) known(lang string) string {
	own, ok := g.langs[lang]
	if !ok {
		own = strings.Clone(lang)
		g.langs[own] = own
	}
	return own
}

// tallyWord adds a word of the title or, if part is 1, of the body to the counts.
func (g *Grouper) tallyWord(r *reading, part int, t *text.Token, v, h float64) {
	id, ok := g.lex.find(t.Hash)
	if !ok {
		g.counter.stem = t.AppendStem(g.counter.stem[:0], r.of[part], r.lang)
		id, ok = g.lex.number(t.Hash, g.counter.stem)
	}
	if ok {
		g.tally(id, v, h)
	}
}

// tally adds an occurrence of a stem to the counts.
func (g *Grouper) tally(id int32, v, h float64) {
	r := &g.counter
	w := &g.lex.names[id]
	if w.count == 0 {
		r.counts = append(r.counts, count{term: id, digit: w.digit})
		w.count = uint16(len(r.counts))
		w.refs++
	}
	c := &r.counts[w.count-1]
	c.v += v
	c.h += h
}

// finish saturates, scales and rounds the counts, the first of which are of words and numbers, and
// keeps them as the record.
func (g *Grouper) finish(it *item, undated int, dates []text.Date) {
	r := &g.counter
	var v2, h2 float64
	words := 0
	for i := range r.counts {
		c := &r.counts[i]
		g.lex.names[c.term].count = 0
		if i < undated && !c.digit {
			words++
		}
		c.v = c.v / (c.v + param.saturation)
		v2 += float64(c.v * c.v)
		if c.h > 0 {
			c.h = c.h / (c.h + param.saturation)
			h2 += float64(c.h * c.h)
		}
	}
	v, h := one/math.Sqrt(max(v2, 1e-9)), one/math.Sqrt(max(h2, 1e-9))
	it.telling = words >= minWords
	r.record, r.kinds = r.record[:0], r.kinds[:0]
	for _, c := range r.counts {
		kind := r.kind(uint32(rounded(c.v*v))<<halfBits | uint32(rounded(c.h*h)))
		r.record = append(r.record, uint32(c.term)<<kindBits|kind)
	}
	it.features, it.kinds, it.dates = uint16(len(r.record)), uint16(len(r.kinds)), uint8(len(dates))
	r.record = append(r.record, r.kinds...)
	for i, d := range dates {
		if i%2 == 0 {
			r.record = append(r.record, uint32(d))
		} else {
			r.record[len(r.record)-1] |= uint32(d) << 16
		}
	}
	it.record.n = uint32(len(r.record))
	it.record.at, it.record.room = g.records.take(it.record.n)
	copy(g.records.values(it.record), r.record)
}

// kind returns the index of a kind. An article has few of them: most words occur once.
func (r *counter) kind(x uint32) uint32 {
	for i, k := range r.kinds {
		if k == x {
			return uint32(i)
		}
	}
	if len(r.kinds) == maxKinds { // no article that people wrote
		return maxKinds - 1
	}
	r.kinds = append(r.kinds, x)
	return uint32(len(r.kinds) - 1)
}

// prefix returns at most the first n bytes of s, and no half of a sign.
func prefix(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
