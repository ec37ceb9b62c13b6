package brief

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"storyfold/story"
	"storyfold/story/text"
)

// Limits of what is read of one article.
const (
	maxTitleBytes = 1000
	maxTextBytes  = 24_000
	maxSentences  = 400
)

// doc is one article, read.
type doc struct {
	member  int // index in corpus.members
	article *story.Article
	lang    string
	family  int  // from 1, once known
	voice   bool // it speaks for its family

	title     string  // without the outlet's name and labels
	headTerms []int32 // words of the title, in order, each once
	sentences []sentence
	terms     []int32 // words of title and sentences, sorted, each once
	vector    []entry // sorted by word, of length 1
	length    int     // content words of the sentences
	clean     float64 // share of the text, with what was dropped of it, that is fit to be quoted

	pairs    []uint64 // neighbouring content words
	shingles []uint64 // windows of plain words
}

// sentence is one of a doc.
type sentence struct {
	text  string
	pos   int     // from 0
	terms []int32 // words, sorted, each once
	marks []int32 // those of them that are names or numbers here, sorted, each once
	fit   bool    // it may be quoted
}

// word is what the corpus knows of a stem.
type word struct {
	key    int32   // words with the same beginning have the same key
	upper  int     // times it is capitalised inside a sentence
	lower  int     // times it is not
	number bool    // it starts with a digit
	agency bool    // it is of the name of an outlet or an agency
	weight float64 // how much it says; set by weigh
}

// entry is a word's share in a vector.
type entry struct {
	word  int32
	value float64
}

// name returns how much of a name the word is, in [0, 1].
func (w *word) name() float64 {
	return float64(w.upper) / (float64(w.upper+w.lower) + .5)
}

// id returns the number of a stem.
func (c *corpus) id(t *text.Token) int32 {
	id, ok := c.ids[t.Stem]
	if !ok {
		id = int32(len(c.words))
		c.ids[t.Stem] = id
		c.words = append(c.words, word{key: c.key(t.Stem), number: t.Number})
	}
	return id
}

// keyRunes is how much of a word tells which name it is, whatever its ending:
// "Korea" and "Korean", "Москвы" and "Москве".
const keyRunes = 5

// key returns the number of the beginning of a stem; numbers keep all of theirs.
func (c *corpus) key(stem string) int32 {
	short := strings.ReplaceAll(stem, ".", "")
	if short == "" || short[0] < '0' || short[0] > '9' {
		n := 0
		for i := range short {
			if n == keyRunes {
				short = short[:i]
				break
			}
			n++
		}
	}
	k, ok := c.keys[short]
	if !ok {
		k = int32(len(c.keys))
		c.keys[short] = k
	}
	return k
}

// doc reads the article of members[member].
func (c *corpus) doc(member int, a *story.Article) *doc {
	d := &doc{member: member, article: a}
	title, body := clip(a.Title, maxTitleBytes), clip(a.Text, maxTextBytes)
	d.lang = text.Language(a.Lang, title, body)
	d.title = cleanTitle(title, &c.members[member])
	c.tokens = text.Tokens(c.tokens[:0], d.title, d.lang)
	for i := range c.tokens {
		if id := c.id(&c.tokens[i]); !slices.Contains(d.headTerms, id) {
			d.headTerms = append(d.headTerms, id)
		}
	}
	d.terms = append(d.terms, d.headTerms...)
	kept, dropped := lines(title, body, d.lang)
	c.body(d, kept)
	d.clean /= 1 + float64(dropped)/float64(len(kept)+1)
	slices.Sort(d.terms)
	d.terms = slices.Compact(d.terms)
	return d
}

// body takes the sentences of d.
func (c *corpus) body(d *doc, lines []line) {
	var plain strings.Builder
	var q quotation
	fit := 0
	for _, l := range lines[:min(len(lines), maxSentences)] {
		c.tokens = text.Tokens(c.tokens[:0], l.text, d.lang)
		s := sentence{text: l.text, pos: len(d.sentences), terms: make([]int32, 0, len(c.tokens))}
		for i := range c.tokens {
			c.take(&s, &c.tokens[i])
		}
		own := q.own(l)
		d.pairs = appendPairs(d.pairs, c.tokens, s.terms, own)
		for _, o := range own {
			plain.WriteString(l.text[o.start:o.end])
			plain.WriteByte('\n')
		}
		s.fit = l.fit && len(c.tokens) >= minSentence
		d.length += len(c.tokens)
		if s.fit {
			fit += len(c.tokens)
		}
		s.terms, s.marks = unique(s.terms), unique(s.marks)
		d.terms = append(d.terms, s.terms...)
		d.sentences = append(d.sentences, s)
	}
	d.clean = float64(fit) / float64(max(d.length, 1))
	d.shingles = text.Shingles(nil, plain.String(), window(d.lang))
}

// take adds the word t to s and counts its capitals.
func (c *corpus) take(s *sentence, t *text.Token) {
	id := c.id(t)
	s.terms = append(s.terms, id)
	if !t.First {
		if t.Upper {
			c.words[id].upper++
		} else {
			c.words[id].lower++
		}
	}
	if t.Number || t.Upper && !t.First {
		s.marks = append(s.marks, id)
	}
}

// appendPairs appends the pairs of neighbouring words of a sentence that lie
// within one of the spans. Where words overlap, as signs of scripts without spaces
// do, the neighbour is the next one that does not.
func appendPairs(pairs []uint64, tokens []text.Token, ids []int32, spans []span) []uint64 {
	next := 0
	for i := range tokens {
		for next < len(tokens) && tokens[next].Start < tokens[i].End {
			next++
		}
		for len(spans) > 0 && spans[0].end < tokens[i].End {
			spans = spans[1:]
		}
		if next == len(tokens) || len(spans) == 0 {
			break
		}
		if tokens[i].Start < spans[0].start || tokens[next].End > spans[0].end {
			continue
		}
		pairs = append(pairs, uint64(ids[i])<<32|uint64(ids[next]))
	}
	return pairs
}

// window is how many words a shingle has: a letter counts as one in scripts without spaces.
func window(lang string) int {
	switch lang {
	case "zh", "ja", "th", "lo", "km", "my":
		return 9
	}
	return 4
}

// minSentence is how many content words a sentence has at least that is quoted.
const minSentence = 5

// minPairs is how many word pairs a text has at least that counts as one.
const minPairs = 4

// bare reports whether d has a title and no text to speak of.
func (d *doc) bare() bool { return len(d.pairs) < minPairs }

func unique[T cmp.Ordered](s []T) []T {
	slices.Sort(s)
	return slices.Compact(s)
}

// clip cuts s to at most n bytes, between two letters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// has reports whether sorted s holds v.
func has(s []int32, v int32) bool {
	_, ok := slices.BinarySearch(s, v)
	return ok
}
