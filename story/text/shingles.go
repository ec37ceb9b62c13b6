package text

import (
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
)

// Shingles appends the hashes of all windows of w words of s to dst, in text
// order and with repeats. Words are runs of letters, marks and digits in lower
// case; in a script without spaces each letter is a word. A window's hash is the
// xxhash of its words with a NUL between them. A text of fewer than w words, or
// a w below 1, has none.
func Shingles(dst []uint64, s string, w int) []uint64 {
	if w < 1 {
		return dst
	}
	buf := make([]byte, 0, len(s)+len(s)/8)
	var words []int // where each word starts in buf; a NUL ends it
	open := false
	closeWord := func() {
		if open {
			buf = append(buf, 0)
			open = false
		}
	}
	for _, r := range s {
		if r < utf8.RuneSelf {
			c := byte(r)
			if !isAlnum(c) {
				closeWord()
				continue
			}
			if !open {
				words = append(words, len(buf))
				open = true
			}
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			buf = append(buf, c)
			continue
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			closeWord()
			continue
		}
		alone := spaceless(r)
		if alone {
			closeWord()
		}
		if !open {
			words = append(words, len(buf))
			open = true
		}
		buf = utf8.AppendRune(buf, unicode.ToLower(r))
		if alone {
			closeWord()
		}
	}
	closeWord()
	for i := range len(words) - w + 1 {
		end := len(buf)
		if i+w < len(words) {
			end = words[i+w]
		}
		dst = append(dst, xxhash.Sum64(buf[words[i]:end-1]))
	}
	return dst
}
