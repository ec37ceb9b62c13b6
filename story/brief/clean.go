package brief

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"storyfold/story/text"
)

// line is a sentence of an article without what surrounds an article.
type line struct {
	text      string
	paragraph int
	fit       bool // it may be quoted
	quotes    bool // it has a mark that opens a quotation
	runes     int
}

// cleaner takes articles out of what surrounds them. It is kept to use its memory again.
type cleaner struct {
	sentences []text.Sentence
	openings  []opening // by sentence
	lines     []line
}

// clean returns the sentences of an article: from the title's repetition at the
// front to the link lists, credits and forms at the end, neither included. It
// returns also how many sentences it dropped. What it returns is good until the next call.
func (c *cleaner) clean(title, body, lang string) (kept []line, dropped int) {
	c.sentences = text.AppendSentences(c.sentences[:0], body, lang)
	s := dropTitle(c.sentences, title)
	all := len(s)
	c.open(s)
	s = dropLists(cutTail(s, c.openings), c.openings)
	out := c.lines[:0]
	for i := range s {
		t, opens := s[i].Text, c.openings[i]
		if len(out) == 0 {
			t = cutTitle(t, title)
		}
		if len(out) < 3 || startsLine(s, i) {
			t = cutStamp(t)
		}
		if len(t) != len(s[i].Text) {
			opens, _ = openingOf(t, s[i].Whole, nil)
		}
		if opens&(related|invitation) != 0 {
			continue
		}
		marked := hasMark(t)
		if edge := i < 3 || i >= len(s)-8; edge && isCredit(t, marked) {
			continue
		}
		if len(out) < 3 {
			t = cutDateline(t)
		}
		if t != "" {
			look := survey(t)
			look.marked = marked
			out = append(out, line{
				text: t, paragraph: s[i].Paragraph, fit: isFit(t, s[i].Whole, look), quotes: look.quotes, runes: look.runes,
			})
		}
	}
	c.lines = out
	return out, all - len(out)
}

// open sets the openings of the sentences. What belongs to a notice that goes over
// several sentences opens as the first of them.
func (c *cleaner) open(s []text.Sentence) {
	c.openings = c.openings[:0]
	for i := 0; i < len(s); {
		end := i + 1
		for end < len(s) && s[end].Paragraph == s[i].Paragraph {
			end++
		}
		for i < end {
			is, more := openingOf(s[i].Text, s[i].Whole, s[i+1:end])
			for range 1 + more {
				c.openings = append(c.openings, is)
			}
			i += 1 + more
		}
	}
}

// dropTitle leaves out first lines that repeat the title.
func dropTitle(s []text.Sentence, title string) []text.Sentence {
	if len(s) > 1 && !s[0].Whole && s[0].Paragraph != s[1].Paragraph && bareWords(s[0].Text) == bareWords(title) {
		return s[1:]
	}
	return s
}

// cutTitle returns s without the title, where that is written before the first sentence.
func cutTitle(s, title string) string {
	if rest, ok := strings.CutPrefix(s, title); ok && len(title) >= 20 {
		if rest = strings.TrimLeft(rest, " .:-–—|"); opens(rest) {
			return rest
		}
	}
	return s
}

// bareWords returns the letters and digits of s in lower case.
func bareWords(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// cutTail cuts off what follows an article: from the first line on that says so.
func cutTail(s []text.Sentence, openings []opening) []text.Sentence {
	for i := range s {
		if i < 2 || openings[i]&(ending|listing) == 0 || !startsLine(s, i) || i < len(s)/3 && s[i].Whole {
			continue
		}
		if openings[i]&ending != 0 || !proseAfter(s, i) {
			return s[:i]
		}
	}
	return s
}

// prose is the length in runes from which a paragraph is taken for one of an article.
const prose = 200

// proseAfter reports whether the article goes on after the paragraph of s[i]: a long
// paragraph follows that ends as a sentence does.
func proseAfter(s []text.Sentence, i int) bool {
	runes := 0
	for j := i + 1; j < len(s); j++ {
		if startsLine(s, j) {
			runes = 0
		}
		runes += utf8.RuneCountInString(s[j].Text)
		if s[j].Paragraph != s[i].Paragraph && runes >= prose && s[j].Whole {
			return true
		}
	}
	return false
}

// dropLists leaves out the link lists inside an article, in both slices: a heading
// such as "Read more:" and the one-sentence paragraphs that follow it.
func dropLists(s []text.Sentence, openings []opening) []text.Sentence {
	out := 0
	for i := 0; i < len(s); i++ {
		if openings[i]&related == 0 || !startsLine(s, i) {
			s[out], openings[out] = s[i], openings[i]
			out++
			continue
		}
		heading := utf8.RuneCountInString(s[i].Text) < maxHeading
		for i+1 < len(s) && s[i+1].Paragraph == s[i].Paragraph {
			i++
		}
		for heading && i+1 < len(s) && (!s[i+1].Whole || alone(s, i+1) && utf8.RuneCountInString(s[i+1].Text) < 110) {
			i++
		}
	}
	return s[:out]
}

// startsLine reports whether s[i] is the first of its paragraph.
func startsLine(s []text.Sentence, i int) bool {
	return i == 0 || s[i-1].Paragraph != s[i].Paragraph
}

// alone reports whether s[i] is a paragraph of its own.
func alone(s []text.Sentence, i int) bool {
	return startsLine(s, i) && (i+1 == len(s) || s[i+1].Paragraph != s[i].Paragraph)
}
