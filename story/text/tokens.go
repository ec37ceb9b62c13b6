package text

import (
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// Token is a content word of a text. Its stem, that is the word lower-case and stemmed, is known by hashes.
type Token struct {
	Hash       uint64 // of the stem, as Hash returns it
	Start, End int    // byte offsets in the text
	Key        uint32 // of the first letters of the stem: alike for forms of a name that have different stems
	Upper      bool   // it starts with a capital
	First      bool   // it is the first word of a sentence, or of a line
	Number     bool   // it starts with a digit
	signs      bool   // it is a pair of signs
}

// AppendStem appends the stem of a token of s to dst, where s and lang are what Tokens or FirstTokens was
// given. It finds the stem anew: who only asks whether two are alike has the hashes.
func (t *Token) AppendStem(dst []byte, s, lang string) []byte { return t.stem(dst, s, rulesFor(lang)) }

func (t *Token) stem(dst []byte, s string, r *rules) []byte {
	word := s[t.Start:t.End]
	if t.signs {
		return append(dst, word...)
	}
	var k wordKey
	r.key(&k, word)
	return r.stem(dst, &k)
}

// maxWord is the longest word in bytes that is taken for one; longer runs of
// letters are encoded data, not language.
const maxWord = 64

// Tokens appends the content words of s to dst and returns it: stop words and
// words of one letter are left out, the others are lower-cased and stemmed
// for lang, a lower-case ISO 639 base language.
//
// Where lang is "", words in Latin and Cyrillic letters are treated as English
// and Russian; a language without a stemmer has its words cut to their first
// letters or left whole. Chinese, Japanese, Korean, Thai, Lao, Khmer and
// Burmese come as pairs of neighbouring signs.
func Tokens(dst []Token, s, lang string) []Token {
	return FirstTokens(dst, s, lang, math.MaxInt)
}

// FirstTokens appends the first n content words of s, or a few more, as Tokens does.
func FirstTokens(dst []Token, s, lang string, n int) []Token {
	t := tokenizers.Get().(*tokenizer)
	if t.rules == nil || t.rules.lang != lang {
		t.rules = rulesFor(lang)
	}
	t.text, t.dst, t.first, t.last = s, dst, true, -1
	dst = t.run(n)
	t.text, t.dst = "", nil
	tokenizers.Put(t)
	return dst
}

// tokenizers are used again.
var tokenizers = sync.Pool{New: func() any { return new(tokenizer) }}

// run takes the words of the text until there are n, and returns dst.
func (t *tokenizer) run(n int) []Token {
	s, had := t.text, len(t.dst)
	for i := 0; i < len(s); {
		if len(t.dst)+t.waiting-had >= n {
			if t.settle(); len(t.dst)-had >= n {
				break
			}
		}
		if isSpace(s[i]) {
			if s[i] == '\n' {
				t.first = true
			}
			i++
			continue
		}
		next := t.simple(i)
		if next == i {
			next = t.letters(i)
		}
		if next > i {
			i = next
			continue
		}
		t.settle()
		end, ascii := i, true
		for end < len(s) && !isSpace(s[end]) {
			ascii = ascii && s[end] < utf8.RuneSelf
			end++
		}
		switch chunk := s[i:end]; {
		case isAddress(chunk):
			t.first = false
		case ascii:
			t.ascii(i, end)
		case !t.plain(i, end):
			t.unicode(i, end)
		}
		i = end
	}
	t.settle()
	return t.dst
}

// tokenizer is the state of one call of Tokens.
type tokenizer struct {
	text  string
	rules *rules
	dst   []Token
	first bool // the next word begins a sentence

	key     wordKey // of the word at hand
	words   [16]simpleWord
	waiting int // of words, for settle

	last    int // end of the sign before, in a run of signs; -1: none
	lastAt  int // its start
	lastBig bool
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v'
}

func isAlnum(c byte) bool {
	return c-'0' < 10 || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func isDigit(c byte) bool { return c-'0' < 10 }

// isAddress reports whether a run without spaces is a web or mail address.
func isAddress(chunk string) bool {
	return len(chunk) > 5 && (strings.Contains(chunk, "://") || strings.HasPrefix(chunk, "www.") ||
		strings.IndexByte(chunk, '@') > 0 && strings.IndexByte(chunk, '.') > 0)
}

// ascii takes the words of text[i:end], which has no space and nothing but ASCII.
func (t *tokenizer) ascii(i, end int) {
	s := t.text
	for i < end {
		if !isAlnum(s[i]) {
			if s[i] == '.' || s[i] == '!' || s[i] == '?' {
				t.first = true
			}
			i++
			continue
		}
		if j := acronym(s, i, end); j > 0 {
			t.word(i, j)
			i = j
			continue
		}
		j, quote := i+1, -1
		for ; j < end; j++ {
			c := s[j]
			if isAlnum(c) {
				continue
			}
			if c == '\'' && quote < 0 && j+1 < end && isAlnum(s[j+1]) {
				quote = j
				continue
			}
			if (c == '.' || c == ',') && isDigit(s[j-1]) && j+1 < end && isDigit(s[j+1]) {
				continue
			}
			break
		}
		if quote > 0 {
			t.elided(i, quote, quote+1, j)
		} else {
			t.word(i, j)
		}
		i = j
	}
}

// acronym returns the end of an acronym with full stops that begins at i
// ("U.S.", "D.C"), or 0. A single initial is skipped as one, so that its full
// stop does not end a sentence.
func acronym(s string, i, end int) int {
	n := 0
	for i+1 < end && s[i]-'A' < 26 && s[i+1] == '.' {
		i += 2
		n++
	}
	if n > 0 && (i >= end || !isAlnum(s[i])) {
		return i
	}
	return 0
}

// unicode takes the words of text[i:end], which has no space, by the rules of
// Unicode Annex 29.
func (t *tokenizer) unicode(i, end int) {
	t.last = -1
	it := words.FromString(t.text[i:end])
	for it.Next() {
		from, to := i+it.Start(), i+it.End()
		r, size := utf8.DecodeRuneInString(t.text[from:to])
		switch {
		case r < utf8.RuneSelf:
			t.last = -1
			t.ascii2(from, to)
		case isSign(r):
			t.sign(from, to)
		case unicode.Is(unicode.Hangul, r):
			t.last = -1
			for p := from; p < to; {
				_, n := utf8.DecodeRuneInString(t.text[p:to])
				t.sign(p, p+n)
				p += n
			}
			t.last = -1
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			t.last = -1
			t.split(from, to)
		default:
			t.last = -1
			if to == from+size && strings.ContainsRune("。！？؟।", r) {
				t.first = true
			}
		}
	}
	t.last = -1
}

// ascii2 takes a word of Annex 29 that begins with an ASCII sign; the rest of it may go beyond ASCII.
func (t *tokenizer) ascii2(from, to int) {
	for p := from; p < to; p++ {
		if t.text[p] >= utf8.RuneSelf {
			t.split(from, to)
			return
		}
	}
	t.ascii(from, to)
}

// split takes a word of Annex 29, which may hold apostrophes and inner full stops.
func (t *tokenizer) split(from, to int) {
	s := t.text[from:to]
	if k := strings.IndexAny(s, "'’ʼ＇"); k > 0 {
		_, n := utf8.DecodeRuneInString(s[k:])
		if k+n < len(s) {
			t.elided(from, from+k, from+k+n, to)
			return
		}
	}
	start := from
	for k, r := range s {
		if (r == '.' || r == ':' || r == '_') && !(k > 0 && isDigit(s[k-1])) {
			t.word(start, from+k)
			start = from + k + 1
		}
	}
	t.word(start, to)
}

// elided takes a word with an apostrophe between head and tail: "Putin's",
// "don't", "l'homme", "O'Brien". The short side is dropped, or the head if
// the language elides it.
func (t *tokenizer) elided(from, headEnd, tail, to int) {
	head := t.text[from:headEnd]
	whole := t.rules.stop != nil && t.rules.stop[strings.ToLower(head)+"'"+strings.ToLower(t.text[tail:to])]
	switch {
	case whole:
		t.first = false
	case len(head) <= 2 && to-tail > 2 || t.rules.articles[strings.ToLower(head)]:
		first := t.first
		t.word(tail, to)
		if n := len(t.dst); n > 0 && t.dst[n-1].Start == tail && first {
			t.dst[n-1].First = true
		}
	default:
		t.word(from, headEnd)
	}
}

// word takes text[from:to] as one word.
func (t *tokenizer) word(from, to int) {
	if to-from < 2 || to-from > maxWord {
		t.first = false
		return
	}
	t.add(from, to, t.rules.key(&t.key, t.text[from:to]))
}

// add takes text[from:to], whose key is at hand, as one word.
func (t *tokenizer) add(from, to int, upper bool) {
	first := t.first
	t.first = false
	if s := t.rules.id(&t.key); s.kind != leftOut {
		t.dst = append(t.dst, Token{Hash: s.hash, Key: s.key, Start: from, End: to, Upper: upper, First: first, Number: s.kind == number})
	}
}

// isSign reports whether r belongs to a script that is written without spaces.
func isSign(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// joins reports whether r is a sign of Chinese that only joins others; a pair with one of them says nothing.
func joins(r rune) bool {
	i := r - firstHan
	return i >= 0 && int(i/64) < len(joining) && joining[i/64]>>(i%64)&1 != 0
}

const firstHan, lastHan = 0x4E00, 0x9FFF

// joining has a bit for each of functionSigns.
var joining = func() (t [(lastHan - firstHan + 1) / 64]uint64) {
	for _, r := range functionSigns {
		t[(r-firstHan)/64] |= 1 << ((r - firstHan) % 64)
	}
	return t
}()

// sign takes one sign of a script that is written without spaces, and pairs it
// with the one before.
func (t *tokenizer) sign(from, to int) {
	first := t.first
	t.first = false
	if t.last == from && to-t.lastAt <= maxWord {
		if signs := t.text[t.lastAt:to]; !strings.ContainsFunc(signs, joins) {
			s := idOf(signs)
			t.dst = append(t.dst, Token{Hash: s.hash, Key: s.key, Start: t.lastAt, End: to, First: t.lastBig, signs: true})
		}
		first = false
	}
	t.last, t.lastAt, t.lastBig = to, from, first
}
