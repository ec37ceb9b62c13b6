package text

import (
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
	// The hash of a window is a polynomial of the hashes of its words: from one
	// window to the next, the word that leaves is taken off and the other added.
	first := uint64(1) // what the first word of a window counts
	for range w - 1 {
		first *= windowBase
	}
	ring, at, n, sum := make([]uint64, w), 0, 0, uint64(0)
	word := uint64(0) // of the word at hand; 0: none
	end := func() {
		if word == 0 {
			return
		}
		m := mixed(word)
		sum = (sum-ring[at]*first)*windowBase + m
		ring[at] = m
		if at++; at == w {
			at = 0
		}
		if n++; n >= w {
			dst = append(dst, mixed(sum))
		}
		word = 0
	}
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			if c = plainBytes[c]; c == 0 {
				end()
			} else {
				word = (word + uint64(c)) * wordBase
			}
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		i += size
		if !isLetter(r) && !unicode.IsDigit(r) {
			end()
			continue
		}
		alone := spaceless(r)
		if alone {
			end()
		}
		word = (word + uint64(small(r))) * wordBase
		if alone {
			end()
		}
	}
	end()
	return dst
}

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
