package brief

import (
	"strings"
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
func (q *quotation) own(out []span, l line) []span {
	if q.paragraph != l.paragraph {
		*q = quotation{paragraph: l.paragraph}
	}
	if q.closers == "" && unquoted(l.text) {
		return append(out, span{0, len(l.text)})
	}
	start := 0
	for i, r := range l.text {
		if q.closers != "" {
			if strings.ContainsRune(q.closers, r) {
				q.closers, start = "", i+utf8.RuneLen(r)
			}
			continue
		}
		if closers := closersOf(r); closers != "" {
			if i > start {
				out = append(out, span{start, i})
			}
			q.closers = closers
		}
	}
	if q.closers == "" && start < len(l.text) {
		out = append(out, span{start, len(l.text)})
	}
	return out
}

// unquoted reports whether s can have no quotation mark: it is plain ASCII without one.
func unquoted(s string) bool {
	for i := range len(s) {
		if s[i] == '"' || s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return s != ""
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
