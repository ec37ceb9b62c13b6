package fetcher

import (
	"bytes"
	"encoding/binary"
)

// dropControls removes the characters that XML 1.0 forbids.
func dropControls(text []byte) []byte {
	if isClean(text) {
		return text
	}
	return bytes.Map(func(r rune) rune {
		if legal(r) {
			return r
		}
		return -1
	}, text)
}

// isClean reports whether dropControls has nothing to remove from text. It looks at eight
// bytes at a time, at those of lines' ends again one by one.
func isClean(text []byte) bool {
	for len(text) >= 8 {
		w := binary.LittleEndian.Uint64(text)
		if below(w, 0x20)|below(w^repeated(0xef), 1) != 0 && !cleanBytes(text[:8]) {
			return false
		}
		text = text[8:]
	}
	return cleanBytes(text)
}

func cleanBytes(text []byte) bool {
	for _, c := range text {
		if c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c == 0xef {
			return false
		}
	}
	return true
}

// legal reports whether XML 1.0 allows r. The one noncharacter that is asideMark is not.
func legal(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff ||
		r >= 0xe000 && r <= 0xfffd && r != asideMark || r >= 0x10000 && r <= 0x10ffff
}

// appendText appends t without references to characters that XML forbids and
// without "]]>".
func appendText(out, t []byte) []byte {
	for amp, bracket := -1, -1; len(t) > 0; {
		amp, bracket = nextByte(t, '&', amp), nextByte(t, ']', bracket)
		i, n := min(amp, bracket), 1
		switch rest := t[i:]; {
		case len(rest) == 0:
			return append(out, t...)
		case bytes.HasPrefix(rest, []byte("]]>")):
			out, n = append(append(out, t[:i]...), "]]&gt;"...), 3
		case bytes.HasPrefix(rest, []byte("&#")):
			var ok bool
			if n, ok = reference(rest); ok {
				out = append(out, t[:i+n]...)
			} else if out = append(out, t[:i]...); n == 0 { // no reference at all
				out, n = append(out, "&amp;#"...), 2
			}
		default:
			out = append(out, t[:i+1]...)
		}
		t, amp, bracket = t[i+n:], amp-i-n, bracket-i-n
	}
	return out
}

// nextByte returns at, where the first c stands in t, or looks for it if at is below zero:
// that one was passed. It is len(t) if there is none.
func nextByte(t []byte, c byte, at int) int {
	if at < 0 {
		if at = bytes.IndexByte(t, c); at < 0 {
			return len(t)
		}
	}
	return at
}

// reference reads the numeric reference at the beginning of t. It returns its
// length, 0 if there is none, and whether XML allows the character.
func reference(t []byte) (n int, ok bool) {
	i, base := 2, rune(10)
	if i < len(t) && (t[i] == 'x' || t[i] == 'X') {
		if t[i] == 'X' {
			return 0, false // XML knows the small letter only
		}
		i, base = 3, 16
	}
	first, r := i, rune(0)
	for ; i < len(t) && i < first+10; i++ {
		c, d := t[i], rune(-1)
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case base == 16 && c|0x20 >= 'a' && c|0x20 <= 'f':
			d = rune(c|0x20-'a') + 10
		}
		if d < 0 {
			break
		}
		if r = r*base + d; r > 0x110000 {
			r = 0x110000
		}
	}
	if i == first || i >= len(t) || t[i] != ';' {
		return 0, false
	}
	return i + 1, legal(r)
}
