package brief

import (
	"math"
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
	maxNameBytes  = 500 // of an outlet, a source or a credit
)

// minSentence is how many content words a sentence has at least that is quoted.
const minSentence = 5

// minPairs is how many word pairs a text has at least that counts as one.
const minPairs = 4

// prepared is what an article says, whatever story it is in. It is made once and
// never changed. Stems and runs of words are known by their hashes.
type prepared struct {
	seq       uint64
	lang      string
	title     string  // without the outlet's name and labels
	form      float64 // of the title: 1 is a plain one
	goesOn    bool    // the title is the cut beginning of the text
	words     []usage // each once, those of the title first
	heads     int     // how many are of the title
	terms     []uint16
	sentences []sentence
	length    int     // content words of the sentences
	clean     float64 // share of the text, with what was dropped of it, that is fit to be quoted

	pairs    []uint32 // neighbouring content words
	shingles []uint32 // windows of plain words
	names    []uint32 // stems of the names of its outlet, its source and those it credits
}

// usage is a word in one article.
type usage struct {
	stem, key    uint32 // hashes of the stem, and of its first letters
	upper, lower uint8  // times it is capitalised inside a sentence, and times it is not; at most 255
	count        uint8  // sentences that have it, at most 255; the title counts three times
	number       bool   // it starts with a digit
}

// sentence is one of an article.
type sentence struct {
	text     string // "" if no brief can have it
	from, to uint16 // its words in prepared.terms, each once, in order
	cut      uint16 // where those end that are left when it is cut to a headline
	length   uint16 // in runes; a sign of a dense script counts three times
	fit      bool   // it may be quoted
	leans    bool   // it needs the one before it
}

// A word in prepared.terms is its index in prepared.words, with a mark if it is a
// name or a number there.
const (
	marked    = 1 << 15
	indexBits = marked - 1
)

// bare reports whether p has a title and no text to speak of.
func (p *prepared) bare() bool { return len(p.pairs) < minPairs }

// quotable reports whether p has a sentence that may be quoted.
func (p *prepared) quotable() bool {
	for i := range p.sentences {
		if p.sentences[i].fit {
			return true
		}
	}
	return false
}

// quote returns the sentence s of p, sharing no memory with p: a brief outlives what it is made of.
func (p *prepared) quote(s *sentence) story.Sentence {
	return story.Sentence{Text: strings.Clone(s.text), Article: p.seq}
}

// is returns a test for the quoted sentence s of p.
func (p *prepared) is(s *sentence) func(story.Sentence) bool {
	return func(q story.Sentence) bool { return q.Article == p.seq && q.Text == s.text }
}

// size returns about how many bytes p takes.
func (p *prepared) size() int {
	n := 600 + len(p.title) + 12*len(p.words) + 2*len(p.terms) + 4*(len(p.pairs)+len(p.shingles)+len(p.names))
	for i := range p.sentences {
		n += 32 + len(p.sentences[i].text)
	}
	return n
}

// preparer prepares articles, one after the other. What it holds is only kept
// to be used again, but for the agencies.
type preparer struct {
	cleaner  cleaner
	tokens   []text.Token
	index    table   // stem to word
	words    []usage // of the article at hand
	lastIn   []int32 // by word: the last sentence that has it, from 1
	lastAt   []int32 // by word: where in terms it is then
	terms    []uint16
	ids      []uint16 // of tokens
	pairs    []uint32
	spans    []span
	plain    []byte
	quoted   []byte
	hashes   []uint64
	agencies map[string][]uint32 // by language: their stems
}

// prepare reads an article.
func (p *preparer) prepare(a *story.Article) *prepared {
	title, body := text.Clip(a.Title, maxTitleBytes), text.Clip(a.Text, maxTextBytes)
	d := &prepared{seq: a.Seq, lang: text.Language(a.Lang, title, body)}
	d.title = strings.Clone(cleanTitle(title, a.Outlet, a.Source, a.URL))
	d.form, d.goesOn = form(d.title), goesOnIn(d.title, a.Text)
	p.words, p.lastIn, p.lastAt, p.terms = p.words[:0], p.lastIn[:0], p.lastAt[:0], p.terms[:0]
	p.index.reset((len(d.title) + len(body)) / 16)
	p.tokens = text.Tokens(p.tokens[:0], d.title, d.lang)
	for i := range p.tokens {
		p.words[p.word(&p.tokens[i])].count = 3
	}
	d.heads = len(p.words)
	kept, dropped := p.cleaner.clean(title, body, d.lang)
	p.body(d, kept)
	d.clean /= 1 + float64(dropped)/float64(len(kept)+1)
	d.words, d.terms, d.pairs = clone(p.words), clone(p.terms), clone(p.pairs)
	d.names = p.names(d.lang, a)
	return d
}

// clone returns a copy of s without room to grow.
func clone[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	out := make([]T, len(s))
	copy(out, s)
	return out
}

// body takes the sentences of d.
func (p *preparer) body(d *prepared, lines []line) {
	lines = lines[:min(len(lines), maxSentences)]
	p.plain, p.quoted, p.pairs = p.plain[:0], p.quoted[:0], p.pairs[:0]
	d.sentences = make([]sentence, len(lines))
	ends := make([]int, len(lines))
	var q quotation
	fit := 0
	for i, l := range lines {
		s := &d.sentences[i]
		p.tokens = text.Tokens(p.tokens[:0], l.text, d.lang)
		p.sentence(s, i, l.text)
		p.spans = q.own(p.spans[:0], l)
		p.pair(p.spans)
		for _, o := range p.spans {
			p.plain = append(append(p.plain, l.text[o.start:o.end]...), '\n')
		}
		d.length += len(p.tokens)
		if s.fit = l.fit && len(p.tokens) >= minSentence; s.fit {
			fit += len(p.tokens)
			s.fit = hasSpeaker(l.text, p.spans)
			s.leans = leans(l.text)
			s.length = uint16(l.length()) // a fit one is short
		}
		if s.fit || i == 0 {
			p.quoted = append(p.quoted, l.text...)
		}
		ends[i] = len(p.quoted)
	}
	all, start := string(p.quoted), 0
	for i, end := range ends {
		d.sentences[i].text, start = all[start:end], end
	}
	d.clean = float64(fit) / float64(max(d.length, 1))
	p.hashes = text.Shingles(p.hashes[:0], p.plain, window(d.lang))
	d.shingles = make([]uint32, len(p.hashes))
	for i, h := range p.hashes {
		d.shingles[i] = uint32(h)
	}
}

// length returns the length of a line in runes, where a sign of a dense script counts three times.
func (l *line) length() int {
	if r, _ := utf8.DecodeRuneInString(l.text); isDense(r) {
		return 3 * l.runes
	}
	return l.runes
}

// word returns the index of a token's word.
func (p *preparer) word(t *text.Token) int {
	hash := uint32(t.Hash)
	if p.index.full(len(p.words)) {
		p.index.reset(2 * len(p.words))
		for i := range p.words {
			s, _ := p.index.at(p.words[i].stem)
			s.value = int32(i)
		}
	}
	s, had := p.index.at(hash)
	if !had {
		s.value = int32(len(p.words))
		p.words = append(p.words, usage{stem: hash, key: t.Key, number: t.Number})
		p.lastIn, p.lastAt = append(p.lastIn, 0), append(p.lastAt, 0)
	}
	return int(s.value)
}

// sentence takes the words of the tokens as those of sentence number n, and
// counts their capitals.
func (p *preparer) sentence(s *sentence, n int, line string) {
	limit := len(line)
	if n < 2 {
		limit = len(strings.TrimSuffix(shorten(line, cutLead), "…"))
	}
	s.from, s.cut = uint16(len(p.terms)), math.MaxUint16
	p.ids = p.ids[:0]
	for i := range p.tokens {
		t := &p.tokens[i]
		if t.End > limit {
			s.cut = min(s.cut, uint16(len(p.terms)))
		}
		w := p.word(t)
		p.ids = append(p.ids, uint16(w))
		u := &p.words[w]
		if p.lastIn[w] != int32(n+1) {
			p.lastIn[w], p.lastAt[w] = int32(n+1), int32(len(p.terms))
			p.terms = append(p.terms, uint16(w))
			u.count = add8(u.count)
		}
		switch {
		case t.First:
		case t.Upper:
			u.upper = add8(u.upper)
		default:
			u.lower = add8(u.lower)
		}
		if t.Number || t.Upper && !t.First {
			p.terms[p.lastAt[w]] |= marked
		}
	}
	s.to = uint16(len(p.terms))
	s.cut = min(s.cut, s.to)
}

func add8(n uint8) uint8 {
	if n == math.MaxUint8 {
		return n
	}
	return n + 1
}

// pair takes the pairs of neighbouring words of the sentence at hand that lie
// within one of the spans. Where words overlap, as signs of scripts without spaces
// do, the neighbour is the next one that does not.
func (p *preparer) pair(spans []span) {
	next := 0
	for i := range p.tokens {
		t := &p.tokens[i]
		for next < len(p.tokens) && p.tokens[next].Start < t.End {
			next++
		}
		for len(spans) > 0 && spans[0].end < t.End {
			spans = spans[1:]
		}
		if next == len(p.tokens) || len(spans) == 0 {
			break
		}
		if t.Start < spans[0].start || p.tokens[next].End > spans[0].end {
			continue
		}
		h := uint64(p.words[p.ids[i]].stem)<<32 | uint64(p.words[p.ids[next]].stem)
		p.pairs = append(p.pairs, uint32(h*0x9e3779b97f4a7c15>>32))
	}
}

// names returns the stems of the names of who published a and of whom it credits.
func (p *preparer) names(lang string, a *story.Article) []uint32 {
	var out []uint32
	add := func(name string) {
		p.tokens = text.Tokens(p.tokens[:0], text.Clip(name, maxNameBytes), lang)
		for i := range p.tokens {
			out = append(out, uint32(p.tokens[i].Hash))
		}
	}
	add(a.Outlet)
	if a.Source != a.Outlet {
		add(a.Source)
	}
	for _, name := range a.Credits {
		add(name)
	}
	return out
}

// agencyStems returns the stems of agencies in a language.
func (p *preparer) agencyStems(lang string) []uint32 {
	stems, ok := p.agencies[lang]
	if !ok {
		p.tokens = text.Tokens(p.tokens[:0], agencies, lang)
		for i := range p.tokens {
			stems = append(stems, uint32(p.tokens[i].Hash))
		}
		if p.agencies == nil {
			p.agencies = make(map[string][]uint32)
		}
		p.agencies[lang] = stems
	}
	return stems
}

// window is how many words a shingle has: a letter counts as one in scripts without spaces.
func window(lang string) int {
	switch lang {
	case "zh", "ja", "th", "lo", "km", "my":
		return 9
	}
	return 4
}
