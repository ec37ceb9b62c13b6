package brief

import (
	"cmp"
	"math"
	"slices"

	"storyfold/story"
)

// corpus is what was read of a story. Its memory is used for the next story too.
type corpus struct {
	members  []story.Member
	reports  []*report // what was read, in commit order
	slab     []report  // no more than maxTexts: they stay where they are
	prints   [][]byte  // by member, of a large story: its fingerprint, if it is known
	pref     func(source string) Pref
	sizes    []int       // by family: how many members it has
	families [][]*report // in the order of their first reports
	middle   float64     // the length of the middle text

	words      []term      // by id
	stems      table       // hash of a stem to its word
	keys       table       // hash of the beginning of a word to its number
	statements []statement // the sentences of all reports, report by report
	terms      []int32     // what their words are part of
	starts     []int32     // by word, and one more: where its statements begin in posts
	posts      []int32     // indices of statements

	scores []float64 // by word, zero between uses
	sums   []float64 // by statement, zero between uses
	hit    []int32   // statements whose sum is not zero, within one use

	ids       []int32 // the words of all reports, report by report
	support   []float64
	touched   []int32
	vector    []float64
	elsewhere others
	witnesses witnesses
	known     map[int]int // see emptied
	parents   []int       // of a union
	numbers   []int       // of families, by member
	related   []int       // the family of each member
	read      []bool      // by member

	facts    []fact
	rarities []float64 // that facts hold parts of
	queue    []int32   // places in facts
	compared int       // facts that were compared for the story at hand

	shared   overlaps
	agencies func(lang string) []uint32 // their stems
}

// report is an article in its story.
type report struct {
	*prepared
	member int     // index in corpus.members
	family int     // from 1, once known
	voice  bool    // it speaks for its family
	ids    []int32 // the corpus's numbers of prepared.words
	first  int     // its first sentence in corpus.statements
	vector []float64

	speaks    bool // its sentences are compared for the summary
	titleMass float64
}

// head returns the words of the title, in order, each once.
func (r *report) head() []int32 { return r.ids[:r.heads] }

// term is what the corpus knows of a word.
type term struct {
	key    int32   // words with the same beginning have the same key
	upper  int32   // times it is capitalised inside a sentence
	lower  int32   // times it is not
	docs   int32   // how many reports have it
	number bool    // it starts with a digit
	agency bool    // it is of the name of an outlet or an agency
	weight float64 // how much it says
	square float64 // of weight
}

// name returns how much of a name the word is, in [0, 1].
func (t *term) name() float64 {
	return float64(t.upper) / (float64(t.upper+t.lower) + .5)
}

// statement is a sentence of a report.
type statement struct {
	*sentence
	report *report
	pos    int     // from 0, in its article
	terms  []int32 // words, each once, in order
	mass   float64 // sum of the squared weights of its words
}

// build numbers the words of the reports, weighs them, and lists the sentences.
func (c *corpus) build() {
	words, terms, sentences := 0, 0, 0
	for _, r := range c.reports {
		words, terms, sentences = words+len(r.words), terms+len(r.prepared.terms), sentences+len(r.sentences)
	}
	c.stems.reset(words)
	c.keys.reset(words)
	c.words, c.terms, c.statements = c.words[:0], slices.Grow(c.terms[:0], terms), slices.Grow(c.statements[:0], sentences)
	keys := int32(0)
	ids := blank(&c.ids, words)
	for _, r := range c.reports {
		r.ids, ids = ids[:len(r.words)], ids[len(r.words):]
		for i := range r.words {
			u := &r.words[i]
			s, had := c.stems.at(u.stem)
			if !had {
				s.value = int32(len(c.words))
				k, had := c.keys.at(u.key)
				if !had {
					k.value = keys
					keys++
				}
				c.words = append(c.words, term{key: k.value, number: u.number})
			}
			r.ids[i] = s.value
			w := &c.words[s.value]
			w.upper, w.lower, w.docs = w.upper+int32(u.upper), w.lower+int32(u.lower), w.docs+1
		}
	}
	c.weigh()
	c.scores = zeroed(c.scores, len(c.words))
	for _, r := range c.reports {
		c.list(r)
	}
	c.sums = zeroed(c.sums, len(c.statements))
	c.post()
	c.measure()
}

// zeroed returns n zeros, in the memory of s if that is enough. Users of s leave zeros.
func zeroed(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n, n+n/2)
	}
	return s[:n]
}

// blank makes *s n zeros, in its own memory if that is enough, and returns it.
func blank[T any](s *[]T, n int) []T {
	if cap(*s) < n {
		*s = make([]T, n, n+n/4)
		return *s
	}
	*s = (*s)[:n]
	clear(*s)
	return *s
}

// emptied returns a map that is used again and again, by the family that members came with.
func (c *corpus) emptied() map[int]int {
	if c.known == nil {
		c.known = make(map[int]int)
	}
	clear(c.known)
	return c.known
}

// list takes the sentences of r.
func (c *corpus) list(r *report) {
	r.first = len(c.statements)
	for i := range r.sentences {
		s := &r.sentences[i]
		from := len(c.terms)
		mass := 0.0
		for _, t := range r.prepared.terms[s.from:s.to] {
			w := r.ids[t&indexBits]
			c.terms = append(c.terms, w)
			mass += c.words[w].square
		}
		c.statements = append(c.statements, statement{
			sentence: s, report: r, pos: i, terms: c.terms[from:len(c.terms):len(c.terms)], mass: mass,
		})
	}
}

// said returns the sentences of r.
func (c *corpus) said(r *report) []statement {
	return c.statements[r.first : r.first+len(r.sentences)]
}

// post lists for each word the sentences that have it.
func (c *corpus) post() {
	c.starts = slices.Grow(c.starts[:0], len(c.words)+1)[:len(c.words)+1]
	clear(c.starts)
	for _, w := range c.terms {
		c.starts[w+1]++
	}
	for w := range c.words {
		c.starts[w+1] += c.starts[w]
	}
	c.posts = slices.Grow(c.posts[:0], len(c.terms))[:len(c.terms)]
	c.touched = append(c.touched[:0], c.starts...)
	at := c.touched
	for i := range c.statements {
		for _, w := range c.statements[i].terms {
			c.posts[at[w]] = int32(i)
			at[w]++
		}
	}
}

// gather adds amount to the sum of each sentence before number end that has the word w.
func (c *corpus) gather(w int32, amount float64, end int) {
	for _, i := range c.posts[c.starts[w]:c.starts[w+1]] {
		if int(i) >= end {
			break
		}
		if c.sums[i] == 0 {
			c.hit = append(c.hit, i)
		}
		c.sums[i] += amount
	}
}

// gathered calls each for the sentences that gather added to, and forgets the sums.
func (c *corpus) gathered(each func(s *statement, sum float64)) {
	for _, i := range c.hit {
		each(&c.statements[i], c.sums[i])
		c.sums[i] = 0
	}
	c.hit = c.hit[:0]
}

// mass returns the sum of the squared weights of words.
func (c *corpus) mass(words []int32) float64 {
	m := 0.0
	for _, w := range words {
		m += c.words[w].square
	}
	return m
}

// mark sets the scores of words to their squared weights; unmark undoes it.
func (c *corpus) mark(words []int32) {
	for _, w := range words {
		c.scores[w] = c.words[w].square
	}
}

func (c *corpus) unmark(words []int32) {
	for _, w := range words {
		c.scores[w] = 0
	}
}

// common returns the squared weight of those of words that are marked.
func (c *corpus) common(words []int32) float64 {
	sum := 0.0
	for _, w := range words {
		sum += c.scores[w]
	}
	return sum
}

// match returns the cosine of two sentences by the weights of their words.
func (c *corpus) match(a, b *statement) float64 {
	c.mark(a.terms)
	both := c.common(b.terms)
	c.unmark(a.terms)
	if both == 0 {
		return 0
	}
	return both / math.Sqrt(a.mass*b.mass)
}

// covers returns the share of the weight of words that terms have.
func (c *corpus) covers(terms, words []int32) float64 {
	all := c.mass(words)
	if all == 0 {
		return 0
	}
	c.mark(terms)
	both := c.common(words)
	c.unmark(terms)
	return both / all
}

// measure sets the length of the middle text.
func (c *corpus) measure() {
	var lengths []int
	for _, r := range c.reports {
		if !r.bare() {
			lengths = append(lengths, r.length)
		}
	}
	c.middle = -1
	if len(lengths) > 0 {
		slices.Sort(lengths)
		c.middle = float64(lengths[len(lengths)/2])
	}
}

// full returns how complete r's text is against the middle one of the story, in [0, 1].
func (c *corpus) full(r *report) float64 {
	if c.middle < 0 {
		return 0
	}
	return min(1, float64(r.length)/(.6*c.middle+1))
}

// lang returns the most frequent language of the members, the earliest of
// equals; "" if none is known.
func (c *corpus) lang() string {
	found := make(map[int]string, len(c.reports))
	for _, r := range c.reports {
		found[r.member] = r.lang
	}
	count, best := make(map[string]int), ""
	langs := make([]string, len(c.members))
	for i, m := range c.members {
		langs[i] = cmp.Or(m.Lang, found[i])
		count[langs[i]]++
	}
	for _, l := range langs {
		if l != "" && (best == "" || count[l] > count[best]) {
			best = l
		}
	}
	return best
}
