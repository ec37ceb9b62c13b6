package brief

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"storyfold/story/text"
)

// maxDateline is the longest dateline in runes.
const maxDateline = 90

// cutDateline returns s without the place, date and agency that an agency's
// report begins with ("SEOUL, South Korea (AP) — ", "（平壤6月19日電）").
func cutDateline(s string) string {
	s = cutSigns(s)
	for range 2 { // "(ANSA) - ROMA, 3 MAR - "
		cut := cutDashed(s)
		if cut == s {
			break
		}
		s = cut
	}
	return cutBracket(cutPlace(s))
}

// cutDashed cuts off what a dash ends.
func cutDashed(s string) string {
	n := 0
	for i, r := range s {
		if n++; n > maxDateline+1 {
			break
		}
		if r != '—' && r != '–' && r != '-' && r != '―' && r != '=' {
			continue
		}
		head, tail := strings.TrimSpace(s[:i]), strings.TrimLeft(s[i:], "—–-―= ")
		spaced := strings.HasPrefix(s[i+utf8.RuneLen(r):], " ") || strings.HasPrefix(s[i:], "--")
		if (spaced || r == '—') && isDateline(head) && opens(tail) {
			return tail
		}
	}
	return s
}

// cutBracket cuts off an agency in brackets that no dash follows, with the place
// before it ("(PTI) ", "Kabul, March 3 (PTI) ").
func cutBracket(s string) string {
	front := text.Clip(s, maxDateline)
	i, end := strings.IndexByte(front, '('), strings.IndexByte(front, ')')
	if i < 0 || end < i || !isAcronym(s[i+1:end]) || i > 0 && !isDated(s[:i]) {
		return s
	}
	if tail := strings.TrimLeft(s[end+1:], " :"); opens(tail) {
		return tail
	}
	return s
}

// isAcronym reports whether s is two to six capitals.
func isAcronym(s string) bool {
	return len(s) >= 2 && len(s) <= 6 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// isDated reports whether head is a place and a day: "Kabul, March 3", "MADRID, 3 mar 2026".
func isDated(head string) bool {
	words := strings.Fields(head)
	if len(words) > 7 || !strings.Contains(head, ",") {
		return false
	}
	day := false
	for _, w := range words {
		bare := strings.ToLower(strings.Trim(w, ",."))
		first, _ := utf8.DecodeRuneInString(w)
		day = day || isDigits(bare)
		if !unicode.IsUpper(first) && !isDigits(bare) && !isMonth(bare) {
			return false
		}
	}
	return day
}

// cutPlace cuts a place in capitals with a colon off the front ("AMMAN: ").
func cutPlace(s string) string {
	head, _, ok := strings.Cut(text.Clip(s, 2*maxDateline), ": ")
	if !ok || utf8.RuneCountInString(head) < 4 || strings.ToUpper(head) != head || strings.ToLower(head) == head || len(strings.Fields(head)) > 4 {
		return s
	}
	if tail := strings.TrimLeft(s[len(head)+2:], " "); opens(tail) {
		return tail
	}
	return s
}

// cutStamp returns s without a date and time of day that stand before a sentence,
// and without the number of a footnote ("June 6, 2013 7:38pm EDT", "16.50 (12.50)", "[4]").
func cutStamp(s string) string {
	if !mayStamp(s) {
		return s
	}
	rest := strings.TrimSpace(s)
	month, day, year, clock := false, false, false, 0
	for i := range 24 {
		word, after, ok := strings.Cut(rest, " ")
		if !ok {
			return s
		}
		bare := strings.ToLower(strings.Trim(word, ",.()[]|–—-"))
		digits := strings.Trim(strings.TrimRight(bare, "apmsthnrd"), "0123456789") == "" && bare != "" && bare[0] <= '9'
		switch {
		case bare == "", i > 0 && (bare == "at" || bare == "on" || bare == "on:"), i == 0 && bare == "first", stampWords[strings.TrimRight(bare, ":")]:
		case word[0] == '[' && digits:
			return strings.TrimSpace(after) // a footnote
		case isMonth(bare):
			month = true
		case clockOf(bare) > 0:
			clock += clockOf(bare)
		case digits && len(bare) == 4 && (bare[:2] == "19" || bare[:2] == "20"), len(bare) == 5 && bare[:2] == "20" && bare[4] == ':' && isDigits(bare[:4]):
			year = true
		case year && day && digits && len(bare) <= 2: // 2026 - 03 - 04
			month = true
		case digits && len(bare) <= 4, strings.Trim(bare, "0123456789/.-") == "" && bare[0] <= '9':
			day = true
			month = month || strings.ContainsAny(bare, "/-")
		case !(month || day || year || clock > 0) || !isZone(bare):
			if (month && day && year || clock >= 2) && opens(rest) {
				return rest
			}
			return s
		}
		rest = strings.TrimLeft(after, " ")
	}
	return s
}

// mayStamp reports whether the first word of s may begin a stamp: one of letters
// must be known.
func mayStamp(s string) bool {
	n := 0
	for n < len(s) && isASCIILetter(s[n]) {
		n++
	}
	if n == 0 || n < len(s) && s[n] >= utf8.RuneSelf {
		return true
	}
	if n == len(s) || n > maxStampFront || stampLengths[s[0]&31]>>n&1 == 0 {
		return false
	}
	var word [maxStampFront]byte
	for i := range n {
		word[i] = s[i] | 0x20
	}
	return stampFronts[string(word[:n])]
}

// maxStampFront is the length of the longest of stampFronts that has nothing but ASCII in it, or more.
const maxStampFront = 12

// stampFronts are the words of ASCII letters that may begin a stamp, and stampLengths has a bit for
// the length of each, by the lowest bits of its first letter.
var stampFronts, stampLengths = func() (m map[string]bool, lengths [32]uint32) {
	m = map[string]bool{"first": true}
	for w := range stampWords {
		m[w] = true
	}
	for w := range months {
		m[w] = true
	}
	for w := range m {
		lengths[w[0]&31] |= 1 << len(w)
	}
	return m, lengths
}()

// clockOf returns 2 if s is a time of day ("7:38pm", "7:"), 1 if it may be one or
// a number ("16.50"), else 0.
func clockOf(s string) int {
	hour, minute, ok := strings.Cut(strings.TrimRight(s, "apm"), ":")
	weight := 2
	if !ok {
		hour, minute, ok = strings.Cut(s, ".")
		weight = 1
	}
	if !ok || hour == "" || len(hour) > 2 || strings.Trim(hour+minute, "0123456789") != "" || len(minute) != 2 && (len(minute) > 0 || weight == 1) {
		return 0
	}
	return weight
}

// isMonth reports whether s, in lower case, is a month.
func isMonth(s string) bool {
	_, ok := months[s]
	return ok
}

// isZone reports whether s, in lower case, may stand around a time of day.
func isZone(s string) bool {
	switch s {
	case "am", "pm", "a.m", "p.m", "et", "edt", "est", "ct", "cdt", "cst", "pt", "pdt", "pst", "gmt", "bst", "utc", "cet", "cest", "ist", "hkt", "hrs", "uk", "uhr", "msk", "мск":
		return true
	}
	return false
}

// stampWords may stand before or within a date.
var stampWords = map[string]bool{
	"published": true, "last": true, "updated": true, "posted": true, "monday": true, "tuesday": true, "wednesday": true, "thursday": true,
	"friday": true, "saturday": true, "sunday": true, "mon": true, "tue": true, "wed": true, "thu": true, "fri": true, "sat": true, "sun": true,
}

var months = func() map[string]struct{} {
	m := make(map[string]struct{})
	for w := range strings.FieldsSeq(`january february march april may june july august september october november december
		jan feb mar apr jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember
		janvier février mars avril juin juillet août septembre octobre novembre décembre
		enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
		января февраля марта апреля мая июня июля августа сентября октября ноября декабря`) {
		m[w] = struct{}{}
	}
	return m
}()

// opens reports whether a sentence can begin with s.
func opens(s string) bool {
	s = strings.TrimLeft(s, "\"“„«‘'(")
	r, _ := utf8.DecodeRuneInString(s)
	return len(s) >= 20 && !unicode.IsLower(r) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// isDateline reports whether head, which a dash follows, is a dateline: it ends
// in brackets, or a place in capitals begins it, or a reporter signs it.
func isDateline(head string) bool {
	if strings.HasSuffix(head, "기자") || strings.HasSuffix(head, "특파원") {
		return true
	}
	head = strings.TrimRight(head, ".,: ")
	if head == "" {
		return false // nothing but marks
	}
	if newsrooms[head] {
		return true
	}
	if open := strings.LastIndexByte(head, '('); strings.HasSuffix(head, ")") && open >= 0 {
		return len(strings.Fields(head[:open])) <= 8 && utf8.RuneCountInString(head[open:]) <= 40
	}
	words := strings.Fields(head)
	place := strings.TrimRight(words[0], ",.:")
	upper := utf8.RuneCountInString(place) >= 4 && strings.ToUpper(place) == place && strings.ToLower(place) != place
	return upper && len(words) <= 7 || isPlace(words)
}

// newsrooms stand alone before a dash.
var newsrooms = map[string]bool{"AP": true, "AFP": true, "dpa": true, "CNN": true, "BBC": true, "NPR": true, "ABC": true, "CBS": true, "NBC": true, "EFE": true,
	"UPI": true, "PTI": true, "ANI": true, "VOA": true}

// isPlace reports whether words are a place and its country ("Kabul, Afghanistan").
func isPlace(words []string) bool {
	comma := -1
	for i, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		if !unicode.IsUpper(r) || strings.ContainsAny(w, "\"“”'’") {
			return false
		}
		if strings.HasSuffix(w, ",") {
			if comma >= 0 {
				return false
			}
			comma = i
		}
	}
	return len(words) <= 4 && comma >= 0 && comma < len(words)-1
}

// cutSigns cuts the dateline off a text in Chinese, Japanese or Korean signs.
func cutSigns(s string) string {
	for range 3 {
		r, _ := utf8.DecodeRuneInString(s)
		end := 0
		switch r {
		case '（', '(':
			end = closedBy(s, "）", ")")
		case '【', '［', '[':
			end = closedBy(s, "】", "］", "]")
		default:
			if unicode.Is(unicode.Han, r) {
				end = wired(s)
			}
		}
		if end == 0 {
			break
		}
		rest := strings.TrimLeft(s[end:], " 　:：=＝-–—―")
		next, _ := utf8.DecodeRuneInString(rest)
		if !isDense(next) && next != '（' && next != '「' && next != '“' && next != '(' {
			break
		}
		s = rest
	}
	return s
}

// closedBy returns the end of the bracket that s opens with, if it is short; else 0.
func closedBy(s string, closers ...string) int {
	for _, c := range closers {
		if i := strings.Index(s, c); i >= 0 && utf8.RuneCountInString(s[:i]) <= 30 {
			return i + len(c)
		}
	}
	return 0
}

// wired returns the end of a Chinese agency's opening ("新华社平壤6月19日电"), or 0.
func wired(s string) int {
	head := s
	n := 0
	for i := range s {
		if n == 24 {
			head = s[:i]
			break
		}
		n++
	}
	if !strings.Contains(head, "社") && !strings.Contains(head, "网") && !strings.Contains(head, "網") {
		return 0
	}
	for _, end := range [...]string{"日电", "日電", "日讯", "日訊"} {
		if i := strings.Index(head, end); i >= 0 {
			return i + len(end)
		}
	}
	return 0
}
