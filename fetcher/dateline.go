package fetcher

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dateline is what stands before an article's first sentence: where and when it
// was written, and by whom.
type dateline struct {
	credit string // the agency, canonical where it is known; "" if none
	outlet string // the outlet, where it stands alone at the very front: "(Scypre.com) –"
}

var (
	// bracketLine is "SEOUL, South Korea (AP) — ", "(Reuters) - ", "Madrid, 3 mar (EFE).- ".
	bracketLine = regexp.MustCompile(`^([^()\[\]\n—–?!"“„«]{0,80})[(\[]([^()\[\]\n]{2,40})[)\]]\s?[.:,]?\s?(?:--+|[—–―−‒-]|:)\s*`)
	// bareLine is "LONDON, March 3 — ", "МОСКВА, 19 июн - ".
	bareLine = regexp.MustCompile(`^([^()\[\]\n—–?!"“„«]{3,60}?)(?:\s(?:--+|[—–―−‒-])\s|(?:--+|[—–―])\s?)`)
	// chineseLine is 新华社北京6月19日电.
	chineseLine = regexp.MustCompile(`^[（(]?(新华社|中新社|中新网|共同社|央视网|法新社|路透社|美联社)[^。，！？\n]{0,24}?[电電讯][)）]?\s*[:：]?\s*`)
	domainName  = regexp.MustCompile(`^(?:www\.)?[\p{L}\p{N}][\p{L}\p{N}-]*(?:\.[\p{L}\p{N}-]+)*\.(?:\p{L}{2,12})$`)
	pressName   = regexp.MustCompile(`(?i)\b(news|post|times|press|herald|tribune|journal|gazette|daily|weekly|wire|zeitung|kurier|anzeiger|nachrichten|presse|agency|agentur|media|radio|tv|online|today|diario|noticias)\b`)
	acronym     = regexp.MustCompile(`^\p{Lu}[\p{Lu}\p{N}.-]{1,7}$`)
)

// cutDateline returns text without the dateline at its front, if there is one.
func cutDateline(text string) (rest string, d dateline, found bool) {
	if text == "" {
		return "", d, false
	}
	if m := matchIf(text[0] == '(' || text[0] >= 0xe0, chineseLine, text); m != nil {
		d.credit = agencyName(m[1])
		return text[len(m[0]):], d, true
	}
	if m := matchIf(mayBracket(text), bracketLine, text); m != nil {
		if place, inside := strings.TrimSpace(m[1]), strings.TrimSpace(m[2]); d.read(place, inside) {
			rest = text[len(m[0]):]
			if place == "" { // "(ANSA) - ROMA, 03 MAR - "
				if more, _, ok := cutPlace(rest); ok {
					rest = more
				}
			}
			return rest, d, rest != ""
		}
		return text, dateline{}, false
	}
	rest, name, ok := cutPlace(text)
	d.credit = name
	return rest, d, ok
}

// Expressions are dear, and few texts begin with a dateline: what follows tells at
// a glance that most do not.

// matchIf returns what re finds in text if it may match, else nil.
func matchIf(may bool, re *regexp.Regexp, text string) []string {
	if !may {
		return nil
	}
	return re.FindStringSubmatch(text)
}

// mayBracket reports whether bracketLine can match: a bracket opens near the front.
func mayBracket(text string) bool {
	head := text[:min(len(text), 80*utf8.UTFMax+1)]
	i := strings.IndexAny(head, "([")
	return i >= 0 && strings.IndexByte(head[:i], '\n') < 0
}

// mayBare reports whether bareLine can match: near the front there is a dash.
func mayBare(text string) bool {
	head := text[:min(len(text), 60*utf8.UTFMax+8)]
	for i := 1; i < len(head); i++ {
		switch head[i] {
		case '-':
			if c := head[i-1]; c == '-' || c <= ' ' {
				return true
			}
		case 0xe2: // the first byte of the others
			return true
		}
	}
	return false
}

// read takes what place and brackets say. It is false if they are no dateline.
func (d *dateline) read(place, inside string) bool {
	if place != "" && !placeLike(place) {
		return false
	}
	if name := agencyName(inside); name != "" {
		d.credit = name
		return true
	}
	first, _, _ := strings.Cut(place, ",")
	switch {
	case place == "" && (domainName.MatchString(inside) || pressName.MatchString(inside)):
		d.outlet = inside
	case acronym.MatchString(inside) && (place == "" || allCapitals(first)), allCapitals(first) && pressName.MatchString(inside):
		d.credit = inside
	case allCapitals(first) && isLabel(inside): // "ORLANDO (Florida) – "
	case place == "" && isLabel(inside) && !labels[strings.ToLower(inside)]: // "(Beirut) – "
	case place != "" && domainName.MatchString(inside):
		d.credit = inside
	default:
		return false
	}
	return true
}

// labels stand in brackets before a text and name nobody.
var labels = wordSet("update updated video photo photos gallery analysis opinion comment live breaking exclusive advertisement sponsored correction corrected kommentar meinung analyse vidéo fotos")

// isLabel reports whether s looks like a name: letters first, every longer word with a capital or the whole one word.
func isLabel(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if !unicode.IsLetter(r) {
		return false
	}
	return placeLike(s) || !strings.Contains(s, " ")
}

// cutPlace cuts "LONDON, March 3 — " and an agency that follows it: "МОСКВА, 19 июн — РИА Новости. ".
func cutPlace(text string) (rest, agency string, ok bool) {
	m := matchIf(mayBare(text), bareLine, text)
	if m == nil {
		return text, "", false
	}
	place := strings.TrimSpace(m[1])
	first, _, _ := strings.Cut(place, ",")
	if dot := strings.Index(first, ". "); dot > 3 {
		first = first[:dot] // "Москва. 19 июня. "
	}
	rest = text[len(m[0]):]
	if !allCapitals(first) || !placeLike(place) || rest == "" {
		return text, "", false
	}
	if acronym.MatchString(place) && containsWord(rest, place) {
		return text, "", false // "NATO – the alliance – said", and NATO again
	}
	if head, tail, cut := strings.Cut(rest, ". "); cut && len(head) < 40 {
		if name := agencyName(head); name != "" {
			return tail, name, true
		}
	}
	return rest, "", true
}

func containsWord(s, w string) bool {
	for i := strings.Index(s, w); i >= 0; {
		if wordEndsAt(s, i+len(w)) {
			return true
		}
		next := strings.Index(s[i+len(w):], w)
		if next < 0 {
			return false
		}
		i += len(w) + next
	}
	return false
}

// allCapitals reports whether s has at least three letters, all of them capitals.
func allCapitals(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			if !unicode.IsUpper(r) {
				return false
			}
			letters++
		}
	}
	return letters >= 3
}

// placeLike reports whether s can be a place and a date: few words, names and
// numbers, with small words only in between.
func placeLike(s string) bool {
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > 9 {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(s); !unicode.IsUpper(r) && !unicode.IsDigit(r) && !caseless(s) {
		return false
	}
	small := 0
	for _, w := range words {
		bare := strings.TrimRight(w, ".,")
		r, _ := utf8.DecodeRuneInString(bare)
		if unicode.IsLower(r) && monthOf(bare) == 0 && utf8.RuneCountInString(bare) > 3 {
			small++
		}
	}
	return small <= 1
}
