package story

import (
	"math"
	"slices"
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

// item is an open article, as the Grouper keeps it: no text.
type item struct {
	seq   uint64
	key   Key
	lang  string // base language, "" if unknown
	time  int64  // Article.Time, Unix seconds
	seen  int64  // Article.FirstSeen, Unix seconds
	short int32  // shortness, in [0, one]: exp(-stems/25)
	ids   uint8  // story ids that were made from key
	home  ID     // the id that was made from key, if ids is 1
	group *group // nil once closed

	// telling is false for an article that has hardly a word, such as "In brief" or
	// "March 11, 2014": it tells nothing about an event and stays alone.
	telling bool

	features []feature   // in order of first occurrence
	dates    []text.Date // that it names, first those of the title
	column   uint64      // of the title without dates and numbers
	source   uint32      // of Article.Source
	titled   uint8       // dates in the title
}

// r returns the shortness as a number in [0, 1]: near 0 for a full text, .75 for a bare title.
func (it *item) r() float64 { return float64(it.short) / one }

// reader turns articles into items. Its buffers are reused.
type reader struct {
	tokens []text.Token
	place  map[string]int32 // stem -> index in counts
	counts []count
	dates  []text.Date
}

// count is the raw weight of a stem.
type count struct {
	stem string
	v, h float64
}

// read fills in language, shortness and features from the words of a.
func (r *reader) read(it *item, a *Article, lex *lexicon) {
	it.lang = text.Language(a.Lang, a.Title, a.Text)
	if r.place == nil {
		r.place = make(map[string]int32, 512)
	}
	clear(r.place)
	r.counts = r.counts[:0]

	title, body := prefix(text.BareTitle(a.Title, a.Outlet, a.Source, host(a.URL)), maxTitle), prefix(a.Text, maxRead)
	r.tokens = text.Tokens(r.tokens[:0], title, it.lang)
	roundUp := text.RoundUp(r.tokens, it.lang)
	it.source, it.column = uint32(xxhash.Sum64String(a.Source)), columnOf(r.tokens)
	r.dates = text.Dates(r.dates[:0], title, it.lang)
	it.titled = uint8(len(r.dates))
	for i := range r.tokens {
		c := r.at(r.tokens[i].Stem)
		c.v += param.titleWeight
		c.h += param.titleWeight
	}
	r.tokens = text.FirstTokens(r.tokens[:0], body, it.lang, maxBody)
	r.tokens = r.tokens[:min(len(r.tokens), maxBody)]
	if n := len(r.tokens); n == maxBody {
		body = body[:r.tokens[n-1].End]
	}
	r.dates = text.Dates(r.dates, body, it.lang)
	it.dates = slices.Clone(r.dates)
	for i := range r.tokens {
		c := r.at(r.tokens[i].Stem)
		if i < leadWords {
			c.v += param.leadWeight
		} else {
			c.v++
		}
		if i < headWords {
			c.h++
		}
	}
	r.finish(it, lex)
	it.telling = it.telling && !roundUp
}

// at returns the count of a stem, a new one if it is the first occurrence.
func (r *reader) at(stem string) *count {
	i, ok := r.place[stem]
	if !ok {
		i = int32(len(r.counts))
		r.place[stem] = i
		r.counts = append(r.counts, count{stem: stem})
	}
	return &r.counts[i]
}

// finish saturates, scales and rounds the counts.
func (r *reader) finish(it *item, lex *lexicon) {
	var v2, h2 float64
	for i := range r.counts {
		c := &r.counts[i]
		c.v = c.v / (c.v + param.saturation)
		v2 += float64(c.v * c.v)
		if c.h > 0 {
			c.h = c.h / (c.h + param.saturation)
			h2 += float64(c.h * c.h)
		}
	}
	v, h := one/math.Sqrt(max(v2, 1e-9)), one/math.Sqrt(max(h2, 1e-9))
	words := 0
	for i := range r.counts {
		if c := r.counts[i].stem[0]; c < '0' || c > '9' {
			words++
		}
	}
	it.telling = words >= minWords
	it.features = make([]feature, len(r.counts))
	for i, c := range r.counts {
		it.features[i] = feature{
			term: lex.take(c.stem), v: int32(math.Round(c.v * v)), h: int32(math.Round(c.h * h)),
		}
		r.counts[i].stem = ""
	}
	it.short = int32(math.Round(one * math.Exp(-float64(len(r.counts))/param.shortScale)))
}

// prefix returns at most the first n bytes of s, and no half of a sign.
func prefix(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
