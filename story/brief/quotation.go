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

// quoteMarks are the marks that open a quotation, each with those that end it.
var quoteMarks = map[rune]string{'"': "\"”", '“': "”\"", '„': "“”\"", '«': "»", '»': "«", '「': "」", '『': "』"}

// own returns the parts of a line that are not quoted. Lines come in the order of
// their article; a quotation that is open at a paragraph's end ends there.
func (q *quotation) own(l line) []span {
	if q.paragraph != l.paragraph {
		*q = quotation{paragraph: l.paragraph}
	}
	var out []span
	start := 0
	for i, r := range l.text {
		if q.closers != "" {
			if strings.ContainsRune(q.closers, r) {
				q.closers, start = "", i+utf8.RuneLen(r)
			}
			continue
		}
		if closers, ok := quoteMarks[r]; ok {
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
