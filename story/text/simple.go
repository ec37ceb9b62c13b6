package text

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// simpleWord is a word that simple took.
type simpleWord struct {
	low, high    uint64 // its bytes, in small letters
	at, n        int    // where it is, and how long
	place        int    // in shortStems
	upper, first bool   // as in Token
}

// What simple knows about a byte.
const (
	byteSpace = 1 + iota
	byteStop  // a mark that ends a sentence
	byteMark  // one that parts words, whatever stands beside it
)

var byteKinds = [256]uint8{
	' ': byteSpace, '\n': byteSpace, '\t': byteSpace, '\r': byteSpace, '\f': byteSpace, '\v': byteSpace, '.': byteStop, '!': byteStop, '?': byteStop,
	',': byteMark, ';': byteMark, ':': byteMark, ')': byteMark, '"': byteMark,
}

// simple takes the word at i if it is made of up to 15 letters and digits of ASCII, and nothing stands
// before the next space but up to two marks, as is so for most words of English.
// It returns its end, or else takes nothing and returns i. What it takes is what ascii would take.
func (t *tokenizer) simple(i int) int {
	s := t.text
	at := i
	if s[i] == '"' || s[i] == '(' {
		at++
	}
	w := &t.words[t.waiting]
	var x uint64
	if at+8 <= len(s) {
		x = eightBytes(s[at:])
	} else {
		x = lastBytes(s, at)
	}
	n := alnums(x)
	w.low, w.high = small8(x, n), 0
	if n == 8 {
		x = lastBytes(s, at+8)
		m := alnums(x)
		if m == 8 {
			return i
		}
		w.high = small8(x, m)
		n += m
	}
	end, stop, ok := afterWord(s, at+n)
	if !ok {
		return i
	}
	if n < 2 {
		if n == 0 || stop {
			return i
		}
		t.first = false
		return end
	}
	if t.rules.special != nil && strings.IndexByte(s[at:at+n], 'I') >= 0 {
		return i
	}
	w.at, w.n, w.upper, w.first = at, n, s[at]-'A' < 26, t.first
	t.first = stop
	if t.waiting++; t.waiting == len(t.words) {
		t.settle()
	}
	return end
}

// afterWord returns the end of up to two marks, from i on, between a word and the next space, and whether they end a
// sentence. It reports false if something else stands there.
func afterWord(s string, i int) (end int, stop, ok bool) {
	for marks := 0; i < len(s); i++ {
		kind := byteKinds[s[i]]
		if kind == byteSpace {
			break
		}
		if marks++; kind == 0 || marks > 2 {
			return i, false, false
		}
		stop = stop || kind == byteStop
	}
	return i, stop, true
}

// letters takes the word at i as simple does, if it is made of letters that each stand for themselves, of one or two bytes.
// What it takes is what plain would take.
func (t *tokenizer) letters(i int) int {
	if t.rules.special != nil {
		return i
	}
	s, k := t.text, &t.key
	p, n := i, 0
	for p < len(s) && n < maxWord {
		if c := s[p]; c < utf8.RuneSelf {
			if onlySmall[c] == 0 {
				break
			}
			k.b[n] = byte(onlySmall[c])
			p, n = p+1, n+1
			continue
		}
		sign, size := signAt(s, p)
		if size != 2 || smallBytes[sign&0x7ff] == 0 {
			return i
		}
		binary.LittleEndian.PutUint16(k.b[n:], smallBytes[sign&0x7ff])
		p, n = p+2, n+2
	}
	end, stop, ok := afterWord(s, p)
	if !ok || n < 2 || n > maxWord {
		return i
	}
	k.finish(n)
	first, _ := signAt(s, i)
	if upper := plainSigns[first]&plainUpper != 0; n > shortWord {
		t.settle()
		t.add(i, p, upper)
	} else {
		w := &t.words[t.waiting]
		w.low, w.high = k.number(0), k.number(1)
		w.at, w.n, w.upper, w.first = i, n, upper, t.first
		if t.waiting++; t.waiting == len(t.words) {
			t.settle()
		}
	}
	t.first = stop
	return end
}

// settle makes tokens of the words that simple took. It looks for all of them first, since one
// search after the other would wait for memory each time.
func (t *tokenizer) settle() {
	words, rules := t.words[:t.waiting], t.rules.number
	t.waiting = 0
	for i := range words {
		w := &words[i]
		w.place = shortPlace(rules, w.low, w.high)
		shortNumbers[w.place].Load()
		shortNumbers[w.place+ways*shortSize/2].Load()
	}
	t.dst = slices.Grow(t.dst, len(words))
	dst, n := t.dst[:cap(t.dst)], len(t.dst)
	for i := range words {
		w := &words[i]
		id, head := shortStems.getShort(headOf(rules, w.n), w.place, w.low, w.high)
		if head == 0 {
			id = t.rules.id(w.key())
		}
		d := &dst[n] // each field by itself: a Token that is copied is read before it is written whole
		d.Hash, d.Key, d.Start, d.End = id.hash, id.key, w.at, w.at+w.n
		d.Upper, d.First, d.Number, d.signs = w.upper, w.first, id.kind == number, false
		n += int(id.kind >> 1) // 1 if it is not left out: a branch would be mispredicted for every third word
	}
	t.dst = dst[:n]
}

// key returns the word as the cache knows it.
func (w *simpleWord) key() *wordKey {
	k := new(wordKey)
	binary.LittleEndian.PutUint64(k.b[0:], w.low)
	binary.LittleEndian.PutUint64(k.b[8:], w.high)
	k.finish(w.n)
	return k
}

// lastBytes returns the eight bytes of s from i on, with zeros for those that s does not have.
func lastBytes(s string, i int) (x uint64) {
	switch {
	case i+8 <= len(s):
		return eightBytes(s[i:])
	case i < len(s) && len(s) >= 8:
		return eightBytes(s[len(s)-8:]) >> (8 * (i + 8 - len(s)))
	}
	for k := len(s) - 1; k >= i; k-- {
		x = x<<8 | uint64(s[k])
	}
	return x
}

// alnums returns how many of eight bytes, from the lowest on, are letters and digits of ASCII.
func alnums(x uint64) int {
	digits := x &^ high8
	found := alphas(digits) | (digits+(0x80-'0')*each8)&^(digits+(0x7f-'9')*each8)
	return bits.TrailingZeros64((^found|x)&high8) / 8
}

// alphas returns the highest bit of each of eight bytes of ASCII that is a letter, and other bits of all of them.
func alphas(x uint64) uint64 {
	x |= 0x20 * each8
	// No byte of a sum reaches over to the next, since none of what is added does.
	return (x + (0x80-'a')*each8) &^ (x + (0x7f-'z')*each8)
}

// small8 returns the first n of eight bytes, which are letters and digits, as small letters; zeros for the others.
func small8(x uint64, n int) uint64 { return (x | 0x20*each8) & (1<<(8*n) - 1) }
