package fetcher

import "bytes"

// dropControls removes the characters that XML 1.0 forbids.
func dropControls(text []byte) []byte {
	clean := true
	for _, c := range text {
		if c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c == 0xef {
			clean = false
			break
		}
	}
	if clean {
		return text
	}
	return bytes.Map(func(r rune) rune {
		if legal(r) {
			return r
		}
		return -1
	}, text)
}

// legal reports whether XML 1.0 allows r. The one noncharacter that is asideMark is not.
func legal(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff ||
		r >= 0xe000 && r <= 0xfffd && r != asideMark || r >= 0x10000 && r <= 0x10ffff
}

// appendText appends t without references to characters that XML forbids and
// without "]]>".
func appendText(out, t []byte) []byte {
	for len(t) > 0 {
		i := bytes.IndexAny(t, "&]")
		if i < 0 {
			return append(out, t...)
		}
		out, t = append(out, t[:i]...), t[i:]
		switch {
		case bytes.HasPrefix(t, []byte("]]>")):
			out, t = append(out, "]]&gt;"...), t[3:]
		case bytes.HasPrefix(t, []byte("&#")):
			n, ok := reference(t)
			if ok {
				out = append(out, t[:n]...)
			} else if n == 0 { // no reference at all
				out, n = append(out, "&amp;#"...), 2
			}
			t = t[n:]
		default:
			out, t = append(out, t[0]), t[1:]
		}
	}
	return out
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
