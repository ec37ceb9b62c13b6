package text

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// Shingles appends the hashes of all windows of w words of s to dst, in text
// order and with repeats. Words are runs of letters, marks and digits in lower
// case; in a script without spaces each letter is a word. Windows of the same
// words have the same hash. A text of fewer than w words, or a w below 1, has none.
func Shingles(dst []uint64, s []byte, w int) []uint64 {
	if w < 1 || w > len(s) {
		return dst
	}
	var few [16]uint64
	x := windows{out: dst, ring: few[:], first: 1}
	if w > len(few) {
		x.ring = make([]uint64, w)
	}
	x.ring = x.ring[:w]
	for range w - 1 {
		x.first *= windowBase
	}
	word := uint64(0) // of the word at hand; 0: none
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if plainBytes[c] == 0 {
				x.end(word)
				word = 0
				i++
				continue
			}
			part, n := wordPart(s, i)
			word = word*wordPowers[n] + part
			i += n
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		i += size
		if !isLetter(r) && !unicode.IsDigit(r) {
			x.end(word)
			word = 0
			continue
		}
		alone := spaceless(r)
		if alone {
			x.end(word)
			word = 0
		}
		word = (word + uint64(small(r))) * wordBase
		if alone {
			x.end(word)
			word = 0
		}
	}
	x.end(word)
	return x.out
}

// windows are the windows of words of a text. The hash of a window is a polynomial of the hashes of its
// words: from one window to the next, the word that leaves is taken off and the other added.
type windows struct {
	out   []uint64
	ring  []uint64 // the hashes of the words of a window
	at, n int      // where the next word comes in ring, and how many came
	first uint64   // what the first word of a window counts
	sum   uint64
}

// end takes the next word; 0 stands for none.
func (x *windows) end(word uint64) {
	if word == 0 {
		return
	}
	m := mixed(word)
	x.sum = (x.sum-x.ring[x.at]*x.first)*windowBase + m
	x.ring[x.at] = m
	if x.at++; x.at == len(x.ring) {
		x.at = 0
	}
	if x.n++; x.n >= len(x.ring) {
		x.out = append(x.out, mixed(x.sum))
	}
}

// wordPart returns the hash of the letters and digits of ASCII that s has at i, of the first eight bytes at most, as if
// no letter of the word stood before them, and how many there are. The hash of a word is a polynomial of its
// letters. In a ring of numbers an odd one has an inverse, and so the hash is found for all
// letters beside each other, and not for one after the other.
func wordPart(s []byte, i int) (hash uint64, n int) {
	var x uint64
	if i+8 <= len(s) {
		x = binary.LittleEndian.Uint64(s[i:])
	} else {
		for k := len(s) - 1; k >= i; k-- {
			x = x<<8 | uint64(s[k])
		}
	}
	n = alnums(x)
	x = small8(x, n)
	hash = x&0xff + x>>8&0xff*wordInverse + x>>16&0xff*wordInverse2 + x>>24&0xff*wordInverse3 +
		(x>>32&0xff+x>>40&0xff*wordInverse+x>>48&0xff*wordInverse2+x>>56*wordInverse3)*wordInverse4
	return hash * wordPowers[n], n
}

// The inverse of wordBase, so that wordBase * wordInverse is 1 modulo 1 << 64, and powers of it.
const (
	wordInverse  = 0xf1de83e19937733d
	wordInverse2 = wordInverse * wordInverse % (1 << 64)
	wordInverse3 = wordInverse * wordInverse2 % (1 << 64)
	wordInverse4 = wordInverse * wordInverse3 % (1 << 64)
)

// wordPowers are the powers of wordBase.
var wordPowers = func() (t [9]uint64) {
	t[0] = 1
	for i := range t[1:] {
		t[i+1] = t[i] * wordBase
	}
	return t
}()

// plainBytes has the small letters and the digits of ASCII; 0 stands for what is neither.
var plainBytes = func() (t [utf8.RuneSelf]byte) {
	for c := range byte(utf8.RuneSelf) {
		switch {
		case 'A' <= c && c <= 'Z':
			t[c] = c | 0x20
		case isAlnum(c):
			t[c] = c
		}
	}
	return t
}()

// Odd numbers without a pattern, to hash with.
const (
	wordBase   = 0x9e3779b97f4a7c15
	windowBase = 0xd6e8feb86659fd93
)

// mixed spreads what tells hashes apart over all bits.
func mixed(h uint64) uint64 {
	h ^= h >> 32
	h *= windowBase
	return h ^ h>>29
}
