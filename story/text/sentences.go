package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentence is one sentence of a text, on one line: runs of white space are single spaces.
type Sentence struct {
	Text string

	// Paragraph counts the paragraphs of the text from 0, those without a sentence not included.
	Paragraph int

	// Whole is true if a full stop or the like ends the sentence; false for
	// headings, list entries, and what a paragraph's end cuts off.
	Whole bool
}

// Sentences splits s into sentences. An empty line always ends one. A single
// line break ends one unless the text goes on across it, as wrapped text does.
// Full stops that belong to initials, abbreviations ("Gov.", "U.S.") and, in
// languages that write them so, ordinal numbers end none. lang is an ISO 639 base
// language; "" is good for all that need nothing of their own. A text in a script
// without full stops (Thai) is split at line breaks alone.
func Sentences(s, lang string) []Sentence { return AppendSentences(nil, s, lang) }

// AppendSentences appends the sentences of s to dst, as Sentences does.
func AppendSentences(dst []Sentence, s, lang string) []Sentence {
	par := 0
	block := func(line string) {
		n := len(dst)
		if dst = appendSentences(dst, line, lang, par); len(dst) > n {
			par++
		}
	}
	var buf [8]string
	lines := buf[:0]
	for s != "" {
		line := s
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			line, s = s[:i], s[i+1:]
		} else {
			s = ""
		}
		if line = squeeze(line); line != "" {
			lines = append(lines, line)
			continue
		}
		joinLines(lines, block)
		lines = lines[:0]
	}
	joinLines(lines, block)
	return dst
}

// joinLines calls block for each of the paragraphs that lines without an empty one
// between them hold: lines that go on in the next are joined.
func joinLines(lines []string, block func(string)) {
	if len(lines) <= 1 {
		for _, line := range lines {
			block(line)
		}
		return
	}
	wrapped := isWrapped(lines)
	var par strings.Builder
	for i, line := range lines {
		par.WriteString(line)
		if i+1 < len(lines) && (wrapped || goesOn(line, lines[i+1]) || i > 0 && isCut(line)) {
			if !spaceless(lastRune(line)) {
				par.WriteByte(' ')
			}
			continue
		}
		block(par.String())
		par.Reset()
	}
}

// isWrapped reports whether lines look like text that was broken at a column:
// three or more, all but the last nearly as long as the longest, which fits a terminal.
func isWrapped(lines []string) bool {
	longest := 0
	for _, l := range lines {
		longest = max(longest, utf8.RuneCountInString(l))
	}
	if len(lines) < 3 || longest < 40 || longest > 100 {
		return false
	}
	stops := 0
	for _, l := range lines[:len(lines)-1] {
		if utf8.RuneCountInString(l) < longest-18 {
			return false
		}
		if endsSentence(l) {
			stops++
		}
	}
	return stops*2 < len(lines) // else each line may well be a paragraph
}

// goesOn reports whether the sentence at the end of line continues in next.
func goesOn(line, next string) bool {
	if endsSentence(line) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(next)
	if unicode.IsLower(first) {
		return true
	}
	switch last := lastRune(line); {
	case last == ',' || last == '-' || last == '(':
		return true
	case !unicode.IsLetter(last) && !unicode.IsDigit(last) && last != '.':
		return false // a heading's colon, a list
	}
	if _, ok := openWords[strings.ToLower(line[strings.LastIndexByte(line, ' ')+1:])]; ok {
		return true
	}
	return tailOpen(line)
}

// isCut reports whether line is too long to be a heading and is not written like
// one, and yet no sentence ends with it.
func isCut(line string) bool {
	if endsSentence(line) || !unicode.IsLetter(lastRune(line)) || utf8.RuneCountInString(line) < 65 {
		return false
	}
	words, upper := 0, 0
	for w := range strings.FieldsSeq(line) {
		r, _ := utf8.DecodeRuneInString(w)
		if words++; !unicode.IsLower(r) {
			upper++
		}
	}
	return upper*2 < words
}

// tailOpen reports whether a sentence ends inside line and something follows it: then the line is not a heading.
func tailOpen(line string) bool {
	next := 0
	for i, r := range line {
		if i < next || !isStop(r) {
			continue
		}
		var ends bool
		if next, ends = endOf(line, i, ""); ends && next < len(line) {
			return true
		}
	}
	return false
}

// openWords are words that no sentence or heading ends with.
var openWords = set(`a an the of for to from with without and or but by at in into on onto over under as than that which who whose
	is are was were be been has have had will would could should may might must its his her their our your my this these those
	showing including following saying according via such both either
	der die das den dem des ein eine einen einem und oder von vom zu zum zur mit für auf im am an
	le la les un une des du de et ou à au aux en dans sur par pour que qui
	el los las una del y o con por para que en il lo gli di da e per che nel della
	и в во на с со к по из от за о об при для что как не`)

func set(words string) map[string]struct{} {
	m := make(map[string]struct{})
	for w := range strings.FieldsSeq(words) {
		m[w] = struct{}{}
	}
	return m
}

// squeeze trims s and makes every run of white space and control characters one space.
func squeeze(s string) string {
	s = strings.TrimSpace(s)
	if squeezed(s) {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, blank), " ")
}

// squeezed reports whether squeeze would leave s, which is trimmed, as it is.
func squeezed(s string) bool {
	start, ok := plainStart(s)
	if !ok {
		return false
	}
	space := start == 0 || s[start-1] == ' '
	for i := start; i < len(s); i++ {
		switch c := s[i]; {
		case c > ' ' && c < 0x7f:
			space = false
		case c == ' ' && !space:
			space = true
		case c < utf8.RuneSelf:
			return false
		default:
			r, n := signAt(s, i)
			if int(r) >= len(plainSigns) || plainSigns[r]&plainLetter == 0 {
				if blank(r) {
					return false
				}
			}
			space = false
			i += n - 1
		}
	}
	return !space || s == ""
}

// plainStart returns where in s, eight bytes after eight, the first ones are that are not of
// ASCII alone, or too few. It is false if there is what squeeze changes before.
func plainStart(s string) (start int, ok bool) {
	last := uint64(0) // 0x80: the byte before is a space
	for ; start+8 <= len(s); start += 8 {
		x := eightBytes(s[start:])
		if x&high8 != 0 {
			break
		}
		spaces := ^((x ^ ' '*each8) + 0x7f*each8) & high8
		controls := ^((x | high8) - ' '*each8) | (x + each8)
		if (controls|spaces&(spaces<<8|last))&high8 != 0 {
			return start, false
		}
		last = spaces >> 56
	}
	return start, true
}

// Eight bytes with the same bits each.
const (
	each8 = 0x0101010101010101
	high8 = 0x80 * each8 // what no sign of ASCII has
)

// eightBytes returns the first eight bytes of s, the first in the lowest bits.
func eightBytes(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// isASCII reports whether s has nothing but ASCII.
func isASCII(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if eightBytes(s)&high8 != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func blank(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == 0x7f
	}
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u200b' || r == '\ufeff'
}

// appendSentences appends the sentences of one line.
func appendSentences(out []Sentence, line, lang string, par int) []Sentence {
	start := 0
	for stops := newStops(line); stops.next(); {
		var ends bool
		if stops.at, ends = endOf(line, stops.at, lang); ends {
			out = add(out, line[start:stops.at], par, true)
			start = stops.at
		}
	}
	return add(out, line[start:], par, false)
}

// stops finds the stops of a line.
type stops struct {
	line  string
	at    int // where the next one is looked for, or is
	ascii bool
	ahead [len(asciiStops)]int // by sign of asciiStops: the next one, if it is not before at
}

const asciiStops = ".!?"

// newStops returns the stops of a line from its beginning on.
func newStops(line string) stops {
	return stops{line: line, ascii: isASCII(line), ahead: [len(asciiStops)]int{-1, -1, -1}}
}

// next goes to the next stop, and reports whether there is one.
func (s *stops) next() bool {
	if s.ascii {
		next := len(s.line)
		for i := range s.ahead {
			if s.ahead[i] < s.at {
				s.ahead[i] = len(s.line)
				if n := strings.IndexByte(s.line[s.at:], asciiStops[i]); n >= 0 {
					s.ahead[i] = s.at + n
				}
			}
			next = min(next, s.ahead[i])
		}
		s.at = next
		return next < len(s.line)
	}
	for s.at < len(s.line) {
		if !mayStop[s.line[s.at]] {
			s.at++
			continue
		}
		r, size := utf8.DecodeRuneInString(s.line[s.at:])
		if isStop(r) {
			return true
		}
		s.at += size
	}
	return false
}

// mayStop has the bytes that a stop may begin with.
var mayStop = func() (t [256]bool) {
	for r := range rune(0x10000) {
		if isStop(r) {
			t[string(r)[0]] = true
		}
	}
	return t
}()

func add(out []Sentence, s string, par int, whole bool) []Sentence {
	if s = strings.TrimSpace(s); s == "" {
		return out
	}
	return append(out, Sentence{Text: s, Paragraph: par, Whole: whole || endsSentence(s)})
}

// endsSentence reports whether s ends with a full stop or the like, quotes and brackets after it aside.
func endsSentence(s string) bool {
	s = strings.TrimRightFunc(s, func(r rune) bool { return isCloser(r) || r == '“' || r == ' ' })
	return s != "" && isStop(lastRune(s))
}

// endOf returns where the stop at line[i] ends, with the stops, closing quotes
// and brackets after it, and whether it ends a sentence.
func endOf(line string, i int, lang string) (end int, ends bool) {
	stop, size := utf8.DecodeRuneInString(line[i:])
	end = skipClosers(line, i, i+size)
	if end == len(line) {
		return end, true
	}
	next, _ := utf8.DecodeRuneInString(line[end:])
	if wideStop(stop) {
		goesOn := next == ',' || next == '，' || next == '、' || closesQuote(line[i:end]) && particle(next)
		return end, !goesOn
	}
	if next != ' ' {
		return end, false
	}
	word := nextWord(line[end+1:])
	first, _ := utf8.DecodeRuneInString(word)
	if word == "" || unicode.IsLower(first) {
		return end, false
	}
	return end, stop != '.' || end != i+1 || !abbreviated(line[:i], word, lang)
}

// skipClosers returns the end of the stops and closing marks at line[end:], which
// follow the stop at line[i]. The German “ and the spaced French » close what was opened before.
func skipClosers(line string, i, end int) int {
	before := line[max(0, i-500):i]
	for end < len(line) {
		r, n := utf8.DecodeRuneInString(line[end:])
		switch {
		case isStop(r) || isCloser(r):
		case r == '“' && strings.Contains(before, "„"):
		case r == ' ' && strings.HasPrefix(line[end:], " »") && strings.Contains(before, "« "):
			n = len(" »")
		default:
			return end
		}
		end += n
	}
	return end
}

// nextWord returns the first word near the front of s, quotes and brackets before it left out.
func nextWord(s string) string {
	s = s[:min(len(s), 80)] // enough for a word; more would cost
	for i := range len(s) {
		if !isAlnum(s[i]) {
			if i > 0 && s[i] < utf8.RuneSelf {
				return s[:i] // as most do
			}
			break
		}
	}
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		return s
	}
	return s[:end]
}

// abbreviated reports whether a full stop after before, with the word next
// after it, belongs to an abbreviation, an initial or an ordinal number.
func abbreviated(before, next, lang string) bool {
	word := before[strings.LastIndexByte(before, ' ')+1:]
	if len(word) > maxShort && isAlnum(word[0]) {
		return false // as most sentences end
	}
	word = strings.TrimLeftFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if word == "" || len(word) > maxShort {
		return false
	}
	if len(word) > 1 && shortLengths[word[0]&31]>>len(word)&1 == 0 && !isDigit(word[0]) && isASCII(word) && strings.IndexByte(word, '.') < 0 {
		return false // nor is it
	}
	first, size := utf8.DecodeRuneInString(word)
	switch {
	case unicode.IsDigit(first):
		return len(word) <= 2 && ordinals[lang] && !starts(next)
	case len(word) == size: // an initial, or "г.", "v."
		return (unicode.IsUpper(first) || first == 'г' || first == 'v') && !starts(next)
	case strings.Contains(word, "."):
		return !starts(next)
	}
	low := strings.ToLower(word)
	if _, ok := titles[low]; ok {
		return true
	}
	if _, ok := numbered[low]; ok {
		r, _ := utf8.DecodeRuneInString(next)
		return unicode.IsDigit(r)
	}
	if _, ok := abbreviations[low]; ok {
		return !starts(next)
	}
	return false
}

// maxShort is the length of the longest abbreviation in bytes.
const maxShort = 8

// starts reports whether a sentence may begin with word, and no name.
func starts(word string) bool {
	_, ok := starters[strings.ToLower(word)]
	return ok
}

// titles are abbreviations that a name or number always follows.
var titles = set(`mr mrs ms mx dr prof gov sen rep reps sens gen lt col sgt capt cmdr maj brig adm cpl pvt pres supt rev hon messrs fr
	st ste mt ft vs hr nr ca bzw sog vgl abs art mme mlle mgr sra srta dra dña sig dott avv ing ul им ул тов гр пр пос проф акад ген sr`)

// numbered are abbreviations before a number, and words of their own else.
var numbered = set(`no nos p pp vol fig sec jan feb mar apr jun jul aug sep sept oct nov dec стр рис ст núm num`)

// abbreviations may end a sentence too: if one of starters follows, they do.
var abbreviations = set(`inc ltd co corp bros jr etc al approx dept est ave blvd rd ph usw ggf mio mrd inkl evtl tel min max std ee uu
	тыс млн млрд руб гг др пр прим обл мин долл tzv např atd`)

// shortLengths has a bit for the length of each abbreviation, by the lowest bits of its first letter.
var shortLengths = func() (t [32]uint16) {
	for _, list := range []map[string]struct{}{titles, numbered, abbreviations} {
		for w := range list {
			t[w[0]&31] |= 1 << len(w)
		}
	}
	return t
}()

// starters are words with which sentences begin, and names do not.
var starters = set(`the he she it they we you his her its their this that these those there in on at but and a an as after before when
	while if however meanwhile also according for from with by what who some many most more two three
	er sie es der die das ein eine im in am bei nach vor auch aber und doch wie
	il elle ils elles le la les un une dans en mais et ce cette selon
	él ella ellos los las una se pero y esta este según
	он она они это в на по но и как его её их после при`)

// ordinals are the languages that write a full stop after an ordinal number.
var ordinals = map[string]bool{"de": true, "da": true, "no": true, "nb": true, "nn": true, "fi": true, "cs": true, "sk": true,
	"hu": true, "hr": true, "sl": true, "sr": true, "pl": true, "et": true, "lv": true, "is": true, "tr": true}

// isStop reports whether r can end a sentence.
func isStop(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '.' || r == '!' || r == '?'
	}
	return r == '…' || wideStop(r) || otherStop(r)
}

// wideStop reports whether r ends a sentence without a space after it.
func wideStop(r rune) bool { return r == '。' || r == '！' || r == '？' || r == '｡' || r == '．' }

// otherStop: Arabic, Urdu, Devanagari, Armenian, Ethiopic, Khmer, Burmese.
func otherStop(r rune) bool {
	switch r {
	case '؟', '۔', '।', '॥', '։', '።', '។', '။':
		return true
	}
	return false
}

// isCloser reports whether r closes a quotation or bracket.
func isCloser(r rune) bool {
	switch r {
	case '"', '\'', ')', ']', '}', '”', '’', '»', '›', '」', '』', '）', '】', '》':
		return true
	}
	return false
}

// closesQuote reports whether s, a stop and what follows it, closes a quotation.
func closesQuote(s string) bool { return strings.ContainsAny(s, "」』”\"") }

// particle reports whether r, after a quotation, carries the sentence on ("「…。」と述べた").
func particle(r rune) bool {
	return r == 'と' || r == 'な' || r == 'の' || r == 'を' || r == 'が' || r == 'は'
}

// spaceless reports whether r is of a script that writes no spaces between words.
func spaceless(r rune) bool {
	return r >= 0x0e00 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		r == '、' || r == '，')
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}
