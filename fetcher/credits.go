package fetcher

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// agency is a news agency or a newsroom that others copy from.
type agency struct {
	name    string   // as it is shown
	aliases []string // further names, exactly as written

	// quoted agencies are themselves often the subject or a party ("KCNA
	// reported"): only a dateline, a bracket or a list of sources counts.
	quoted bool

	// short names mean other things too ("PA"): brackets count at the front or end of a text only.
	short bool
}

var agencies = [...]agency{
	{name: "AP", aliases: []string{"Associated Press", "A.P.", "APNews.com", "APNews", "美联社"}},
	{name: "Reuters", aliases: []string{"Thomson Reuters", "Reuters.com", "路透社", "Рейтер"}},
	{name: "AFP", aliases: []string{"Agence France-Presse", "Agence France Presse", "法新社"}},
	{name: "dpa", aliases: []string{"DPA", "Deutsche Presse-Agentur", "Deutschen Presse-Agentur"}},
	{name: "APA", aliases: []string{"Austria Presse Agentur"}, short: true},
	{name: "Keystone-SDA", aliases: []string{"SDA", "sda", "ATS"}, short: true},
	{name: "epd", aliases: []string{"Evangelischer Pressedienst"}},
	{name: "KNA", aliases: []string{"Katholische Nachrichten-Agentur"}, short: true},
	{name: "SID", short: true},
	{name: "EFE", aliases: []string{"Agencia EFE"}},
	{name: "Europa Press", aliases: []string{"EUROPA PRESS"}},
	{name: "ANSA"},
	{name: "Adnkronos", aliases: []string{"ADNKRONOS"}},
	{name: "AGI", short: true},
	{name: "Lusa", aliases: []string{"LUSA", "Agência Lusa"}},
	{name: "Agência Brasil", aliases: []string{"Agencia Brasil"}},
	{name: "Belga", aliases: []string{"BELGA"}},
	{name: "ANP", short: true},
	{name: "NTB", short: true},
	{name: "TT", aliases: []string{"TT News Agency"}, short: true},
	{name: "Ritzau", aliases: []string{"RITZAU"}},
	{name: "STT", short: true},
	{name: "PAP", short: true},
	{name: "ČTK", aliases: []string{"CTK"}},
	{name: "MTI", short: true},
	{name: "Tanjug", aliases: []string{"TANJUG"}},
	{name: "Hina", aliases: []string{"HINA"}, short: true},
	{name: "Agerpres", aliases: []string{"AGERPRES"}},
	{name: "BTA", short: true},
	{name: "Ukrinform"},
	{name: "PA", aliases: []string{"PA Media", "Press Association"}, short: true},
	{name: "UPI", aliases: []string{"United Press International"}},
	{name: "The Canadian Press", aliases: []string{"Canadian Press", "THE CANADIAN PRESS"}},
	{name: "AAP", aliases: []string{"Australian Associated Press"}, short: true},
	{name: "PTI", aliases: []string{"Press Trust of India"}},
	{name: "ANI", aliases: []string{"Asian News International"}, short: true},
	{name: "IANS", aliases: []string{"Indo-Asian News Service"}},
	{name: "Kyodo", aliases: []string{"Kyodo News", "共同社"}},
	{name: "Jiji Press", aliases: []string{"Jiji"}},
	{name: "Yonhap", aliases: []string{"Yonhap News Agency"}},
	{name: "Bernama", aliases: []string{"BERNAMA"}},
	{name: "Antara", aliases: []string{"ANTARA"}, short: true},
	{name: "Anadolu", aliases: []string{"Anadolu Agency"}},
	{name: "Xinhua", aliases: []string{"XINHUA", "新华社"}, quoted: true},
	{name: "CNS", aliases: []string{"中新社", "中新网"}, quoted: true, short: true},
	{name: "CCTV", aliases: []string{"央视网"}, quoted: true},
	{name: "TASS", aliases: []string{"ТАСС"}, quoted: true},
	{name: "RIA Novosti", aliases: []string{"РИА Новости"}, quoted: true},
	{name: "Interfax", aliases: []string{"Интерфакс", "INTERFAX.RU", "INTERFAX"}, quoted: true},
	{name: "KCNA", aliases: []string{"Korean Central News Agency"}, quoted: true},
	{name: "IRNA", quoted: true},
	{name: "SANA", quoted: true, short: true},
	{name: "WAM", quoted: true, short: true},
	{name: "NAN", aliases: []string{"News Agency of Nigeria"}, short: true},
	{name: "Bloomberg", aliases: []string{"Bloomberg News"}},
	{name: "Dow Jones", aliases: []string{"Dow Jones Newswires"}},
	{name: "AFX", aliases: []string{"dpa-AFX"}},
	{name: "CNN", aliases: []string{"CNN.com"}},
	{name: "NBC News", aliases: []string{"NBC", "NBCNews.com"}},
	{name: "ABC News", aliases: []string{"ABCNews.com"}},
	{name: "CBS News", aliases: []string{"CBSNews.com"}},
	{name: "Fox News", aliases: []string{"FoxNews.com"}},
	{name: "BBC", aliases: []string{"BBC News", "BBC.com"}},
}

// agencyByName finds an agency by any of its names, lower-cased.
var agencyByName = func() map[string]*agency {
	byName := map[string]*agency{}
	for i := range agencies {
		a := &agencies[i]
		for _, n := range append([]string{a.name}, a.aliases...) {
			byName[strings.ToLower(n)] = a
		}
	}
	return byName
}()

// creditRule matches the surroundings of a name that is told as an origin. The
// name itself stands in them as mark.
type creditRule struct {
	re       *regexp.Regexp
	reported bool // counts only for agencies that are not quoted and whose name is clear
	bracket  bool // of a short name it counts only at a paragraph's end
}

const mark = "\x01"

var creditRules = []creditRule{
	{re: regexp.MustCompile(`[(\[]\s?(?:(?i:with|mit|avec|con|via)\s)?(?:[\p{L}\p{N} ]{1,24}/\s?){0,3}\x01(?:\s?[/,]\s?[\p{L}\p{N} ]{1,24}){0,3}\s?[)\]]`), bracket: true},
	{re: regexp.MustCompile(`\x01(?:\s\([^()\n]{1,30}\))?(?:[ -](?i:news agency|agency|nachrichtenagentur|correspondent|wire))?\s(?:has\s|have\s|had\s)?(?:first\s)?` +
		`(?i:reports|reported|writes|contributed|berichtet|berichtete|meldet|meldete|rapporte|a rapporté|indique|informa|informó|reporta|reportó|riferisce|сообщает|сообщил|сообщило|сообщила)(?:\P{L}|$)`), reported: true},
	{re: regexp.MustCompile(`\b(?:told|tells)\s(?:the\s|The\s)?\x01`), reported: true},
	{re: regexp.MustCompile(`\b(?:sagten?|erzählten?)\s(?:der|dem)\s(?:Nachrichtenagentur\s|Agentur\s)?\x01`), reported: true},
	{re: regexp.MustCompile(`(?i:according to|as reported by|first reported by|reporting by|report by|a dit à|a déclaré à|dijo a|laut|selon|según|secondo)\s(?:the\s|The\s|l['’]|la\s|der\s)?` +
		`(?i:news agency\s|nachrichtenagentur\s|agence\s|agencia\s|agenzia\s)?\x01`), reported: true},
	{re: regexp.MustCompile(`(?:©|\b[Cc]opyright)\s?(?:\d{4}\s)?(?:by\s)?(?:The\s|the\s)?\x01`)},
	{re: regexp.MustCompile(`(?i:mit material von|mit informationen von|with inputs? from|with files from|with material from|con información de)\s(?:the\s|The\s|der\s)?\x01`)},
}

// credited reports whether the name at text[from:to] is told there as an origin.
func credited(a *agency, text string, from, to int) bool {
	const around = 72 // bytes before and after
	before, after := text[max(0, from-around):from], text[to:min(len(text), to+around)]
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		before = before[i+1:]
	}
	after, _, _ = strings.Cut(after, "\n")
	window := before + mark + after
	for _, r := range creditRules {
		if r.reported && (a.quoted || a.short) {
			continue
		}
		m := r.re.FindStringIndex(window)
		if m == nil || r.bracket && a.short && !endsParagraph(text[min(len(text), from-len(before)+m[1]-len(mark)+to-from):]) {
			continue
		}
		return true
	}
	return false
}

// sourceList finds the head of a list of sources. What follows is read name by name.
var sourceList = regexp.MustCompile(`(?im)(?:^|[.!?]\s)\s*(?:sources? include|sources?|quellen?|fuentes?|agencias?|fonti|fonte|источники?|with agencies|from agencies)\s?:\s*`)

// listWords end what stands before the colon of a list of sources, in any case.
var listWords = [...]string{
	"source", "sources", "include", "includes", "quelle", "quellen", "fuente", "fuentes", "agencia", "agencias", "agencies", "fonti", "fonte",
	"источник", "источники",
}

// mayList reports whether sourceList can match in text: whether one of the words
// stands before a colon. It costs a fraction of the expression.
func mayList(text string) bool {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], ':')
		if i < 0 {
			return false
		}
		head := text[:at+i]
		at += i + 1
		if n := len(head); n > 0 && strings.IndexByte(" \t\n\f\r", head[n-1]) >= 0 {
			head = head[:n-1]
		}
		word := lastWord(head)
		if slices.ContainsFunc(listWords[:], func(w string) bool { return strings.EqualFold(word, w) }) {
			return true
		}
	}
}

// lastWord returns the letters that s ends with.
func lastWord(s string) string { return s[len(strings.TrimRightFunc(s, unicode.IsLetter)):] }

// sourceLists returns where lists of sources begin in text, at most ten.
func sourceLists(text string) (starts []int) {
	if !mayList(text) {
		return nil
	}
	for _, m := range sourceList.FindAllStringIndex(text, 10) {
		starts = append(starts, m[1])
	}
	return starts
}

// firstName is one name of an agency, found by its first byte.
type firstName struct {
	name   string
	agency int // index in agencies
}

// namesByFirst are the names of all agencies by their first byte.
var namesByFirst = func() (by [256][]firstName) {
	for i := range agencies {
		for _, n := range append([]string{agencies[i].name}, agencies[i].aliases...) {
			by[n[0]] = append(by[n[0]], firstName{n, i})
		}
	}
	return by
}()

// pairs has a bit for each two bytes that a name of an agency begins with.
var pairs = func() (is [1 << 16 / 64]uint64) {
	for _, names := range namesByFirst {
		for _, n := range names {
			at := int(n.name[0])<<8 | int(n.name[1])
			is[at/64] |= 1 << (at % 64)
		}
	}
	return is
}()

// mentioned tells which agencies, by their index, have a name somewhere in text, not within a
// word of Latin letters. It walks the text once, for all names.
func mentioned(text string) (found [len(agencies)]bool) {
	two := 0
	for i := range len(text) {
		two = two<<8&0xff00 | int(text[i])
		if pairs[two/64]&(1<<(two%64)) == 0 || text[i-1] < utf8.RuneSelf && i > 1 && latin(text[i-2]) {
			continue
		}
		for _, n := range namesByFirst[text[i-1]] {
			if strings.HasPrefix(text[i-1:], n.name) {
				found[n.agency] = true
			}
		}
	}
	return found
}

func latin(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// Bounds of what credits looks at: the front and the end of a text.
const (
	creditFront = 128 << 10
	creditEnd   = 32 << 10
)

// credits returns the agencies and newsrooms that text names as its origin, each
// once, in order of appearance: in a dateline or brackets, in a list of sources,
// as who reported or was told. A mention of another kind does not count.
func credits(text string) []string {
	if len(text) > creditFront+creditEnd {
		text = cutBytes(text, creditFront) + "\n\n" + strings.ToValidUTF8(text[len(text)-creditEnd:], "")
	}
	all := make([]listed, 0, 8)
	if _, d, ok := cutDateline(text); ok && d.credit != "" {
		all = append(all, listed{0, d.credit})
	}
	for i, there := range mentioned(text) {
		if !there {
			continue
		}
		if at := agencies[i].firstCredit(text); at >= 0 {
			all = append(all, listed{at, agencies[i].name})
		}
	}
	for _, start := range sourceLists(text) {
		for _, f := range listedNames(text[start:]) {
			all = append(all, listed{start + f.at, f.name})
		}
	}
	slices.SortStableFunc(all, func(a, b listed) int { return a.at - b.at })
	var names []string
	for _, f := range all {
		if !slices.Contains(names, f.name) {
			names = append(names, f.name)
		}
	}
	return names
}

// firstCredit returns where text first tells the agency as its origin, or -1.
func (a *agency) firstCredit(text string) int {
	const tries = 50 // of each name; a text that names one so often is about it
	first := -1
	for n := -1; n < len(a.aliases); n++ {
		name := a.name
		if n >= 0 {
			name = a.aliases[n]
		}
		for at, try := 0, 0; try < tries; try++ {
			i := strings.Index(text[at:], name)
			if i < 0 || first >= 0 && at+i >= first {
				break
			}
			from, to := at+i, at+i+len(name)
			if wordEndsAt(text, to) && wordBeginsAt(text, from) && credited(a, text, from, to) {
				first = from
				break
			}
			at = to
		}
	}
	return first
}

// wordBeginsAt reports whether no word is under way before s[i:].
func wordBeginsAt(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i:])
	return !unicode.IsLetter(before) || !unicode.IsLetter(after) || noSpaces(after)
}

// listed is a name in a list and where it stands.
type listed struct {
	at   int
	name string
}

// listedNames reads the agencies at the front of s: on one line, or one a line.
func listedNames(s string) []listed {
	const maxLines, maxLine = 8, 80
	var out []listed
	at := 0
	for n := 0; n < maxLines && at < len(s); n++ {
		ln, _, _ := strings.Cut(s[at:], "\n")
		if ln == "" { // paragraphs are separated by two
			at, n = at+1, n-1
			continue
		}
		if len(ln) > maxLine {
			break
		}
		from := at
		for part := range strings.FieldsFuncSeq(ln, func(r rune) bool { return strings.ContainsRune(",;/+&•|", r) }) {
			if name := agencyName(part); name != "" {
				out = append(out, listed{from, name})
			}
			from += len(part) + 1
		}
		at += len(ln) + 1
	}
	return out
}

// endsParagraph reports whether nothing but punctuation stands in s before the next line.
func endsParagraph(s string) bool {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) }) == ""
}

// agencyName returns the canonical name of the agency that s names ("The
// Associated Press", "dpa/lnw", "www.reuters.com"), or "" for an unknown one.
func agencyName(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(".:,;-–—*()[]\"'", r) })
	for _, cut := range []string{"https://", "http://", "www.", "The ", "the ", "with ", "mit "} {
		s = strings.TrimPrefix(s, cut)
	}
	s = strings.TrimRight(s, "/")
	if a := agencyByName[strings.ToLower(s)]; a != nil && sameCase(a, s) {
		return a.name
	}
	for _, sep := range []string{"/", ", ", " - ", " news agency"} {
		if head, _, ok := strings.Cut(s, sep); ok && head != s {
			if a := agencyByName[strings.ToLower(strings.TrimSpace(head))]; a != nil && sameCase(a, strings.TrimSpace(head)) {
				return a.name
			}
		}
	}
	return ""
}

// sameCase keeps words such as "ap" and "sid" from being agencies: a name of
// capitals must be written in capitals.
func sameCase(a *agency, s string) bool {
	if len(s) > 5 || strings.Contains(s, ".") {
		return true
	}
	return s == a.name || slices.Contains(a.aliases, s) || s == strings.ToUpper(s)
}
