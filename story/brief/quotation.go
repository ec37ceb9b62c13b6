package brief

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a part of a string, in bytes.
type span struct{ start, end int }

// quotation follows what an article quotes. Reports that owe each other nothing
// quote the same people, so quoted words are no evidence of copying.
type quotation struct {
	closers   string // what ends the quotation that is open; "" if none is
	paragraph int
}

// own appends the parts of a line that are not quoted to out. Lines come in the
// order of their article; a quotation that is open at a paragraph's end ends there.
func (q *quotation) own(out []span, l *line) []span {
	if q.paragraph != l.paragraph {
		*q = quotation{paragraph: l.paragraph}
	}
	if q.closers == "" && !l.quotes && l.text != "" {
		return append(out, span{0, len(l.text)})
	}
	start := 0
	for i := 0; i < len(l.text); {
		if tallies[l.text[i]] != signByte { // all that opens or closes is of these
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(l.text[i:])
		i += size
		if q.closers != "" {
			if strings.ContainsRune(q.closers, r) {
				q.closers, start = "", i
			}
			continue
		}
		if closers := closersOf(r); closers != "" {
			if i-size > start {
				out = append(out, span{start, i - size})
			}
			q.closers = closers
		}
	}
	if q.closers == "" && start < len(l.text) {
		out = append(out, span{start, len(l.text)})
	}
	return out
}

// closersOf returns the marks that end a quotation that r opens; "" if r opens none.
func closersOf(r rune) string {
	switch r {
	case '"':
		return "\"”"
	case '“':
		return "”\""
	case '„':
		return "“”\""
	case '«':
		return "»"
	case '»':
		return "«"
	case '「':
		return "」"
	case '『':
		return "』"
	}
	return ""
}

// hasSpeaker reports whether a sentence tells who says what it quotes: not if all
// of it is quoted, or all but "he said". own are the parts that are not quoted.
func hasSpeaker(s string, own []span) bool {
	if len(own) == 1 && own[0].end-own[0].start == len(s) {
		return true
	}
	words := 0
	for _, o := range own {
		for w := range strings.FieldsFuncSeq(s[o.start:o.end], func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
			r, size := utf8.DecodeRuneInString(w)
			if unicode.IsUpper(r) || !unicode.IsLower(r) && len(w) > 2*size {
				return true // a name, or a word of a script without capitals
			}
			words++
		}
	}
	return words > 2
}
