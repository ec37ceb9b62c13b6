package fetcher

// Eight bytes are looked at together, as one word with the first of them lowest.

// repeated returns c in each byte of a word.
func repeated(c byte) uint64 { return uint64(c) * 0x0101010101010101 }

// below has the high bit of those bytes of w set that are below n, which is at most 0x80, and
// perhaps of others above one that is.
func below(w uint64, n byte) uint64 { return (w - repeated(n)) &^ w & repeated(0x80) }

// equal has the high bit of those bytes of w set that are c, and of no others.
func equal(w uint64, c byte) uint64 {
	w ^= repeated(c)
	return ^((w&repeated(0x7f) + repeated(0x7f)) | w | repeated(0x7f))
}
