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

// prepared is what an article says, whatever story it is in. It is made once and not
// changed before its memory is used for another. Stems and runs of words are known by their hashes.
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
	said      []byte  // the sentences that a brief can have
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
	start, end uint16 // where it stands in prepared.said; nowhere if no brief can have it
	from, to   uint16 // its words in prepared.terms, each once, in order
	cut        uint16 // where those end that are left when it is cut to a headline
	length     uint16 // in runes; a sign of a dense script counts three times
	fit        bool   // it may be quoted
	leans      bool   // it needs the one before it
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

// text returns the sentence s of p, sharing no memory with p: a brief outlives what it is made of.
func (p *prepared) text(s *sentence) string { return string(p.said[s.start:s.end]) }

// quote returns the sentence s of p.
func (p *prepared) quote(s *sentence) story.Sentence {
	return story.Sentence{Text: p.text(s), Article: p.seq}
}

// is returns a test for the quoted sentence s of p.
func (p *prepared) is(s *sentence) func(story.Sentence) bool {
	return func(q story.Sentence) bool { return q.Article == p.seq && q.Text == string(p.said[s.start:s.end]) }
}

// size returns about how many bytes p takes.
func (p *prepared) size() int {
	return 500 + len(p.title) + cap(p.said) + 12*cap(p.words) + 2*cap(p.terms) + 16*cap(p.sentences) + 4*(cap(p.pairs)+cap(p.shingles)+cap(p.names))
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
	said     []byte
	hashes   []uint64
	stems    []uint32
	spare    []*prepared         // whose memory is used again
	agencies map[string][]uint32 // by language: their stems
}

// prepare reads an article.
func (p *preparer) prepare(a *story.Article) *prepared {
	title, body := text.Clip(a.Title, maxTitleBytes), text.Clip(a.Text, maxTextBytes)
	d := p.blank()
	d.seq, d.lang = a.Seq, text.Language(a.Lang, title, body)
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
	p.names(d.lang, a)
	d.words, d.terms, d.pairs = refilled(d.words, p.words), refilled(d.terms, p.terms), refilled(d.pairs, p.pairs)
	d.said, d.names = refilled(d.said, p.said), refilled(d.names, p.stems)
	return d
}

// maxSpare is how many articles are kept of which only the memory is of use, and
// maxSpareBytes how large one of them may be.
const (
	maxSpare      = 2 * maxTexts
	maxSpareBytes = 32 << 10
)

// release takes an article that is no longer of use.
func (p *preparer) release(d *prepared) {
	if len(p.spare) < maxSpare && d.size() <= maxSpareBytes {
		p.spare = append(p.spare, d)
	}
}

// blank returns an article that says nothing, with memory that was used before if there is any.
func (p *preparer) blank() *prepared {
	last := len(p.spare) - 1
	if last < 0 {
		return new(prepared)
	}
	d := p.spare[last]
	p.spare = p.spare[:last]
	*d = prepared{words: d.words, terms: d.terms, sentences: d.sentences, said: d.said, pairs: d.pairs, shingles: d.shingles, names: d.names}
	return d
}

// resized returns n values, whatever they are, in the memory of s unless that is too little or much too large.
func resized[T any](s []T, n int) []T {
	if cap(s) < n || cap(s) > 2*n+64 {
		return make([]T, n)
	}
	return s[:n]
}

// refilled returns a copy of from in memory as resized gives it.
func refilled[T any](s, from []T) []T {
	s = resized(s, len(from))
	copy(s, from)
	return s
}

// body takes the sentences of d.
func (p *preparer) body(d *prepared, lines []line) {
	lines = lines[:min(len(lines), maxSentences)]
	p.plain, p.said, p.pairs = p.plain[:0], p.said[:0], p.pairs[:0]
	d.sentences = resized(d.sentences, len(lines))
	var q quotation
	fit := 0
	for i := range lines {
		l, s := &lines[i], &d.sentences[i]
		*s = sentence{start: uint16(len(p.said))}
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
			p.said = append(p.said, l.text...)
		}
		s.end = uint16(len(p.said))
	}
	d.clean = float64(fit) / float64(max(d.length, 1))
	p.hashes = text.Shingles(p.hashes[:0], p.plain, window(d.lang))
	d.shingles = resized(d.shingles, len(p.hashes))
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
		if limit = cutTo(line, cutLead); limit == len(line) {
			limit = len(strings.TrimSuffix(line, "…"))
		}
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

// names takes the stems of the names of who published a and of whom it credits.
func (p *preparer) names(lang string, a *story.Article) {
	p.stems = p.stems[:0]
	p.name(lang, a.Outlet)
	if a.Source != a.Outlet {
		p.name(lang, a.Source)
	}
	for _, name := range a.Credits {
		p.name(lang, name)
	}
}

// name takes the stems of a name.
func (p *preparer) name(lang, name string) {
	p.tokens = text.Tokens(p.tokens[:0], text.Clip(name, maxNameBytes), lang)
	for i := range p.tokens {
		p.stems = append(p.stems, uint32(p.tokens[i].Hash))
	}
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
