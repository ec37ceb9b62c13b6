package fetcher

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// line is one physical line of a text file that is not blank.
type line struct {
	text   string // without white space around it
	indent int    // columns of white space before it
	blank  bool   // a blank line stands before it
	runes  int
	tail   tailKind
}

// textLines returns the lines of text that are not blank, up to twice the length
// that an article's text can have. Controls are removed; a form feed is a blank line.
func textLines(text string) []line {
	text = cutBytes(text, 8*maxText)
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n\n", "\v", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(text)
	var lines []line
	blank, size := false, 0
	for raw := range strings.SplitSeq(text, "\n") {
		s := strings.Join(strings.FieldsFunc(strings.Map(softVisible, raw), unicode.IsSpace), " ")
		if s == "" {
			blank = true
			continue
		}
		indent := 0
		for _, r := range raw {
			if !unicode.IsSpace(r) {
				break
			}
			indent++
			if r == '\t' {
				indent += 7
			}
		}
		lines = append(lines, line{text: s, indent: indent, blank: blank && len(lines) > 0, runes: utf8.RuneCountInString(s), tail: tailMark(s)})
		blank = false
		if size += len(s); size > 2*maxText {
			break
		}
	}
	return lines
}

// softVisible is visible, but keeps soft hyphens: at the end of a line they mean something.
func softVisible(r rune) rune {
	if r == 0xad {
		return r
	}
	return visible(r)
}

// layout is how a text is laid out, measured over all its lines.
type layout struct {
	width   int            // runes of the widest line
	wrapped bool           // lines are broken at a right margin
	broken  int            // lines that go on in the next one, in the middle of a sentence
	lower   map[string]int // how often a word, lower-cased, is written small
	capital map[string]int // and how often with a capital inside a sentence
}

// wrapMargin is the widest line, in runes, of a text that was broken at a margin.
const wrapMargin = 120

func measure(lines []line) *layout {
	l := &layout{lower: map[string]int{}, capital: map[string]int{}}
	inner, wide, open := 0, 0, 0 // lines followed by one of the same block: all, near the margin, unended
	for _, ln := range lines {
		l.width = max(l.width, ln.runes)
		l.count(ln.text)
	}
	for i, ln := range lines[:max(len(lines)-1, 0)] {
		next := lines[i+1]
		if next.blank {
			continue
		}
		inner++
		if ln.runes*10 >= l.width*6 {
			wide++
		}
		if !ended(ln.text) {
			open++
			if startsLower(next.text) {
				l.broken++
			}
		}
	}
	l.wrapped = l.width <= wrapMargin && l.width >= 30 && inner >= 3 && wide*10 >= inner*7 && open*10 >= inner*4
	return l
}

// count notes how the words of a line are written.
func (l *layout) count(s string) {
	const maxWords = 20000 // of one text; enough to know its words
	inside := false
	for w := range strings.FieldsSeq(s) {
		bare := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
		if bare == "" {
			continue
		}
		r, _ := utf8.DecodeRuneInString(bare)
		if len(l.lower)+len(l.capital) < maxWords {
			switch low := strings.ToLower(bare); {
			case unicode.IsLower(r):
				l.lower[low]++
			case inside && unicode.IsUpper(r):
				l.capital[low]++
			}
		}
		inside = !ended(w)
	}
}

// isName reports whether the first word of s is written with a capital inside
// sentences too, more often than not.
func (l *layout) isName(s string) bool {
	w, _, _ := strings.Cut(s, " ")
	w = strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }))
	return l.capital[w] > l.lower[w]
}

// paragraphs joins lines that were broken by a margin or around a link, and
// returns one string a paragraph.
func (l *layout) paragraphs(lines []line) []string {
	var out []string
	var b strings.Builder
	for i, ln := range lines {
		if i > 0 && !l.continues(lines[i-1], ln, b.String()) {
			out = append(out, b.String())
			b.Reset()
		}
		if b.Len() == 0 {
			b.WriteString(ln.text)
			continue
		}
		l.glue(&b, ln.text)
	}
	if b.Len() > 0 {
		out = append(out, b.String())
	}
	for i, p := range out {
		out[i] = strings.ReplaceAll(p, "\u00ad", "")
	}
	return out
}

// glue appends the line next to what stands in b.
func (l *layout) glue(b *strings.Builder, next string) {
	s := b.String()
	last, _ := utf8.DecodeLastRuneInString(s)
	first, _ := utf8.DecodeRuneInString(next)
	switch {
	case last == '\u00ad':
	case last == '-' && unicode.IsLower(first):
		head := s[strings.LastIndexByte(s, ' ')+1 : len(s)-1]
		tail, _, _ := strings.Cut(next, " ")
		tail = strings.TrimRightFunc(tail, func(r rune) bool { return !unicode.IsLetter(r) })
		if whole := strings.ToLower(head + tail); l.lower[whole]+l.capital[whole] > 0 {
			b.Reset()
			b.WriteString(s[:len(s)-1])
		}
	case noSpaces(last) && noSpaces(first):
	default:
		b.WriteByte(' ')
	}
	b.WriteString(next)
}

// continues reports whether the line b goes on with the paragraph para, whose last line is a.
func (l *layout) continues(a, b line, para string) bool {
	if bullet(b.text) || a.tail != noTail || b.tail != noTail {
		return false
	}
	if domainName.MatchString(a.text) && domainName.MatchString(b.text) {
		return false // a list of sources
	}
	if b.blank { // a link alone between blank lines
		return !ended(a.text) && a.runes >= 20 && startsLower(b.text)
	}
	if l.wrapped {
		return l.continuesWrapped(a, b)
	}
	if ended(a.text) {
		return openBracket(para) && endsColon(a.text) || abbreviated(a.text) && startsLower(b.text)
	}
	switch {
	case startsLower(b.text), openBracket(para), dangles(a.text), a.runes > 100:
		return true
	case caseless(b.text):
		return a.runes > 30
	}
	return !titleCase(a.text) && l.isName(b.text)
}

func (l *layout) continuesWrapped(a, b line) bool {
	switch {
	case b.indent > a.indent+1:
		return false // an indented first line
	case ended(a.text):
		return a.runes*4 >= l.width*3
	case a.runes*2 < l.width && !startsLower(b.text):
		return false // a heading
	}
	return true
}

// closers may stand after the sign that ends a sentence.
const closers = `"'”’“»«›)]}】」』》*_`

// ended reports whether s ends as a sentence does.
func ended(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, closers))
	return strings.ContainsRune(".!?…:。！？：।॥؟۔։።", r)
}

func endsColon(s string) bool { return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") }

// abbreviated reports whether s ends in a single letter and a full stop ("the U.S.").
func abbreviated(s string) bool {
	s, ok := strings.CutSuffix(s, ".")
	if !ok {
		return false
	}
	last, n := utf8.DecodeLastRuneInString(s)
	before, _ := utf8.DecodeLastRuneInString(s[:len(s)-n])
	return unicode.IsLetter(last) && !unicode.IsLetter(before)
}

func startsLower(s string) bool {
	r, n := utf8.DecodeRuneInString(strings.TrimLeft(s, `"'“„‘«(`))
	if r == ',' || r == ';' {
		return n < len(s)
	}
	return unicode.IsLower(r)
}

// caseless reports whether s begins in a script that knows no capitals.
func caseless(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) && !unicode.IsUpper(r) && !unicode.IsLower(r) && !unicode.IsTitle(r)
}

// noSpaces reports whether r belongs to a script that puts no spaces between words.
func noSpaces(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		strings.ContainsRune("，。、；：？！「」『』（）《》", r)
}

// openBracket reports whether a bracket was opened in the last 400 bytes of s and not closed.
func openBracket(s string) bool {
	s = s[max(0, len(s)-400):]
	return strings.LastIndexByte(s, '(') > strings.LastIndexByte(s, ')')
}

func bullet(s string) bool {
	mark, rest, ok := strings.Cut(s, " ")
	if !ok || rest == "" {
		return false
	}
	switch mark {
	case "-", "*", "•", "·", "–", "+", "▪", "‣", "◦", ">":
		return true
	}
	n := strings.TrimRight(mark, ".)")
	return n != mark && len(n) <= 2 && isDigits(n)
}

// danglers are words that never end a line of their own.
var danglers = wordSet(`the a an of in on at by for from with and or to as that which who is are was were has have had be
	its their his her this these into over after before between than but if not will would said
	der die das den dem des ein eine einen einem einer und oder von vom zu zum zur mit für auf im am bei nach aus als dass
	le la les un une des du de et ou à au aux en par pour avec sur dans que qui
	el los las una unos y o del al por para con sobre que se su sus
	il lo gli i uno ed di da dei della delle nel nella per che
	os um uma e do dos da das no na nos nas com em`)

// dangles reports whether s breaks off before a sentence could end.
func dangles(s string) bool {
	last := s[strings.LastIndexByte(s, ' ')+1:]
	if strings.HasSuffix(last, ",") || strings.HasSuffix(last, "-") || strings.HasSuffix(last, "–") || strings.HasSuffix(last, "—") {
		return true
	}
	return danglers[last]
}

// titleCase reports whether s is written As a Headline Is: nearly all its longer words begin with a capital.
func titleCase(s string) bool {
	long, capital := 0, 0
	for w := range strings.FieldsSeq(s) {
		w = strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
		if utf8.RuneCountInString(w) < 4 {
			continue
		}
		long++
		if r, _ := utf8.DecodeRuneInString(w); unicode.IsUpper(r) {
			capital++
		}
	}
	return long >= 3 && capital*10 >= long*8
}

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}
