package text

import (
	"unicode"
	"unicode/utf8"
)

// What plain knows about a sign.
const (
	plainLetter = 1 << iota // a letter or digit
	plainBreak              // no part of a word, whatever stands beside it
	plainMid                // part of a word only between two letters or digits
	plainUpper              // a capital
)

// plainSigns has the signs below it that plain takes; 0 stands for those that it leaves to Annex 29.
var plainSigns = func() (t [0x2044]uint8) {
	letters := func(from, to rune) {
		for r := from; r <= to; r++ {
			if unicode.IsLetter(r) {
				t[r] = plainLetter
				if unicode.IsUpper(r) || unicode.IsTitle(r) {
					t[r] |= plainUpper
				}
			}
		}
	}
	letters('A', 'z')
	letters(0xC0, 0x2AF)
	letters(0x386, 0x3FF)
	letters(0x400, 0x52F)
	letters(0x621, 0x64A)
	for c := '0'; c <= '9'; c++ {
		t[c] = plainLetter
	}
	for _, r := range "!\"#$%&()*+-/<=>?@[\\]^`{|}~\u00A0¡«»¿‐‑‒–—“”„…‹›" {
		t[r] = plainBreak
	}
	for _, r := range ".,:;'’‘" {
		t[r] = plainMid
	}
	return t
}()

// plain takes the words of text[i:end], which has no space, if it is made of letters that each stand for themselves
// and signs that part them: most words of Latin, Greek, Cyrillic and Arabic texts are. Else it
// takes nothing and returns false. What it takes is what unicode would take.
func (t *tokenizer) plain(i, end int) bool {
	type run struct {
		from, to    int
		quote, tail int  // where an apostrophe between two letters begins and ends; 0: it has none
		first       bool // a sentence ends before it
	}
	var runs [8]run
	n, from, first := 0, -1, false
	quote, tail := 0, 0
	wasMid := false // the sign before could join letters, and follows one
	for p := i; p < end; {
		r, size := signAt(t.text, p)
		if int(r) >= len(plainSigns) {
			return false
		}
		switch c := plainSigns[r]; {
		case c == 0:
			return false
		case c&plainLetter != 0:
			if wasMid {
				return false
			}
			if from < 0 {
				from = p
			}
		case from >= 0 && quote == 0 && (r == '’' || r == '\'') && !isDigit(t.text[p-1]) && t.plainLetterAt(p+size, end):
			quote, tail = p, p+size
		default:
			wasMid = false
			if from >= 0 {
				if n == len(runs) {
					return false
				}
				runs[n] = run{from, p, quote, tail, first}
				n, from, quote, first = n+1, -1, 0, false
				wasMid = c == plainMid
			}
			first = first || r == '.' || r == '!' || r == '?'
		}
		p += size
	}
	if from >= 0 {
		if n == len(runs) {
			return false
		}
		runs[n] = run{from, end, quote, tail, first}
		n, first = n+1, false
	}
	for _, w := range runs[:n] {
		t.first = t.first || w.first
		if w.quote > 0 {
			t.elided(w.from, w.quote, w.tail, w.to)
		} else {
			t.word(w.from, w.to)
		}
	}
	t.first = t.first || first
	t.last = -1
	return true
}

// plainLetterAt reports whether a letter, and no digit, that plain takes stands at text[i], before end.
func (t *tokenizer) plainLetterAt(i, end int) bool {
	if i >= end || isDigit(t.text[i]) {
		return false
	}
	r, _ := signAt(t.text, i)
	return int(r) < len(plainSigns) && plainSigns[r]&plainLetter != 0
}

// signAt returns the sign that begins at s[i], and its bytes. Signs of one or two bytes, which are the letters of
// most alphabets, are found without a call.
func signAt(s string, i int) (rune, int) {
	c := s[i]
	if c < utf8.RuneSelf {
		return rune(c), 1
	}
	if c-0xC2 < 0x1E && i+1 < len(s) && s[i+1]&0xC0 == 0x80 {
		return rune(c&0x1F)<<6 | rune(s[i+1]&0x3F), 2
	}
	return utf8.DecodeRuneInString(s[i:])
}

// smallLetters has the small letters of the signs below it.
var smallLetters = func() (t [0x530]uint16) {
	for r := range t {
		t[r] = uint16(unicode.ToLower(rune(r)))
	}
	return t
}()

// small returns the small letter of r.
func small(r rune) rune {
	if int(r) < len(smallLetters) {
		return rune(smallLetters[r])
	}
	return unicode.ToLower(r)
}

// isLetter reports whether r is a letter, or a mark that stands on one.
func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	if int(r) < len(plainSigns) && plainSigns[r]&plainLetter != 0 {
		return true
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}
