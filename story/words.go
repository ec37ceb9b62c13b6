package story

import (
	"strings"

	"storyfold/story/text"
)

// Words looks through so many bytes of a text for words of its stems, about so many at
// a time.
const (
	wordsRead = 16 << 10
	wordsStep = 512
)

// Words puts words in place of the stems in r.Terms: the first word of a that
// has the stem, as a writes it. A stem that a does not have stays. It is for those who
// still have the text; the Grouper decides by stems. The terms of Open and Join are words
// already.
func (r *Reason) Words(a *Article) {
	if len(r.Terms) == 0 {
		return
	}
	open := make(map[uint64]int, len(r.Terms)) // hash of a stem to its place in Terms
	for i, t := range r.Terms {
		open[text.Hash(t.Text)] = i
	}
	lang := text.Language(a.Lang, a.Title, a.Text)
	var tokens []text.Token
	find := func(s string) {
		tokens = text.Tokens(tokens[:0], s, lang)
		for _, t := range tokens {
			if i, ok := open[t.Hash]; ok {
				r.Terms[i].Text = strings.Clone(s[t.Start:t.End])
				delete(open, t.Hash)
			}
		}
	}
	find(a.Title)
	body := a.Text[:min(len(a.Text), wordsRead)]
	for len(open) > 0 && body != "" {
		step := len(body)
		if step > wordsStep {
			if i := strings.IndexByte(body[wordsStep:], ' '); i >= 0 {
				step = wordsStep + i
			}
		}
		find(body[:step])
		body = body[step:]
	}
}

// reword is Words for the article of the reading at hand, which it ends. What the Grouper
// did not read of the article is not looked at.
func (g *Grouper) reword(r *Reason, a *Article) {
	read := &g.counter.reading
	if len(r.Terms) > 0 {
		if read.whole(a) {
			r.find(read)
		} else {
			r.Words(a)
		}
	}
	read.of = [2]string{}
}

// whole makes the title of a reading that of a, without anything taken off, and reports
// whether the words of the body are those of a: its end may have been cut within a word.
func (r *reading) whole(a *Article) bool {
	if r.of[0] != a.Title {
		r.of[0], r.title = a.Title, text.Tokens(r.title[:0], a.Title, r.lang)
	}
	n := len(r.of[1])
	return n == len(a.Text) || strings.HasPrefix(a.Text, r.of[1]) && (len(r.body) == 0 || r.body[len(r.body)-1].End < n)
}

// find puts the words of a reading in place of the stems in r.Terms.
func (r *Reason) find(read *reading) {
	var hashes [maxTerms]uint64
	some := uint64(0) // a bit for each of them: most words have another
	for i := range r.Terms {
		hashes[i] = text.Hash(r.Terms[i].Text)
		some |= 1 << (hashes[i] % 64)
	}
	var found [maxTerms]string
	size, left := 0, len(r.Terms)
	for part, tokens := range [][]text.Token{read.title, read.body} {
		for k := 0; k < len(tokens) && left > 0; k++ {
			t := &tokens[k]
			if some>>(t.Hash%64)&1 == 0 {
				continue
			}
			i := len(r.Terms) - 1
			for i >= 0 && hashes[i] != t.Hash {
				i--
			}
			if i >= 0 && found[i] == "" {
				found[i] = read.of[part][t.Start:t.End]
				size += len(found[i])
				left--
			}
		}
	}
	var b strings.Builder // for all in one piece of memory
	b.Grow(size)
	for i := range r.Terms {
		if n := b.Len(); found[i] != "" {
			b.WriteString(found[i])
			r.Terms[i].Text = b.String()[n:]
		}
	}
}
