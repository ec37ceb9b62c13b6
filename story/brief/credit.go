package brief

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"storyfold/story/text"
)

// isCredit reports whether s tells who made the article, not a part of the report. marked
// is whether it, or what it was cut from, has one of creditMarks.
func isCredit(s string, marked bool) bool {
	if s == "" {
		return false
	}
	front := strings.TrimLeft(s, "(—– ")
	if front != "" {
		for _, p := range frontCredits[front[0]&31] {
			if n := foldedLen(front, p); n > 0 && (len(front) < len(s) || !unicode.IsLower(firstRune(front[n:]))) {
				return true
			}
		}
	}
	return isByline(s) || marked && (containsCredit(s) || isDispatch(s))
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// containsCredit reports whether s has one of credits in it, in whatever case,
// where a word begins. It walks s once, for all of them.
func containsCredit(s string) bool {
	for i := range len(s) - 1 {
		if i > 0 && (isASCIILetter(s[i]) && isASCIILetter(s[i-1]) || s[i] >= utf8.RuneSelf && s[i-1] >= utf8.RuneSelf) {
			continue
		}
		if by := creditsByFront[fold(s[i])]; by != nil {
			for _, p := range by[fold(s[i+1])] {
				if hasFolded(s[i:], p) {
					return true
				}
			}
		}
	}
	return false
}

// hasFolded reports whether s begins with p, which is in lower case, capitals or not.
func hasFolded(s, p string) bool { return foldedLen(s, p) > 0 }

// isByline reports whether s, a short line, tells who reported.
func isByline(s string) bool {
	for _, by := range bylines[s[0]&31] {
		if hasFolded(s, by) && utf8.RuneCountInString(s) < 60 && !strings.ContainsAny(s, ".!?") {
			return true
		}
	}
	return false
}

// isDispatch reports whether s tells who reported from where.
func isDispatch(s string) bool {
	i := strings.Index(text.Clip(s, 200), dispatch) // a sentence's first seven words are shorter
	if i < 0 {
		return false
	}
	head, ok := strings.CutSuffix(s[:i], " report")
	if !ok {
		head, ok = strings.CutSuffix(s[:i], " contribut")
	}
	return ok && head != "" && strings.Count(head, " ") <= 5
}

const dispatch = "ed from "

// credits are said of who made the article.
var credits = []string{
	"contributed to this report", "contributed reporting", "contributed to this story", "contributed to this article", "all rights reserved",
	"may not be published, broadcast", "via getty images", "/getty images", "getty images)", "ap photo", "(photo by", "with files from", "alle rechte vorbehalten",
	"tous droits réservés", "todos los derechos reservados", "tutti i diritti riservati", "все права защищены", "(redaktion:", "(redaction by", "(avec afp", "(mit material von",
	"(con información de",
}

// frontCredits begin a sentence, in brackets or before a name, that tells the same.
var frontCredits = byLetter("reporting by ", "editing by ", "writing by ", "translated by ", "compiled by ", "additional reporting by ", "with additional reporting ",
	"mit material von ", "con información de ")

// bylines begin a byline.
var bylines = byLetter("by ", "von ", "par ", "por ", "di ")

// byLetter returns phrases that begin with letters of ASCII by the lowest bits of these, which
// are the same for capitals.
func byLetter(phrases ...string) (by [32][]string) {
	for _, p := range phrases {
		by[p[0]&31] = append(by[p[0]&31], p)
	}
	return by
}

// creditsByFront are credits by their first byte, and by their second one, as
// small letters and as capitals of more than a byte have them.
var creditsByFront = func() (by [256]*[256][]string) {
	for _, p := range credits {
		fronts := []string{p}
		if p[0] >= utf8.RuneSelf {
			fronts = append(fronts, strings.ToUpper(p))
		}
		for _, f := range fronts {
			if by[f[0]] == nil {
				by[f[0]] = new([256][]string)
			}
			by[f[0]][f[1]] = append(by[f[0]][f[1]], p)
		}
	}
	return by
}()

// creditMarks are parts of all that credits, dispatches and captions have in them, seven bytes or
// more and seldom to be found elsewhere.
var creditMarks = []string{
	"tribute", " rights", ", broad", "getty i", "ap phot", "(photo ", "h files", "rbehalt", "droits ", "derecho", "diritti", "прав", "(redakt", "(redact",
	"vec afp", "(mit ma", "(con in", "eported", "e photo", "t photo",
}

// markBits has a bit for each four of the first seven bytes of a mark: wherever that stands,
// four that begin at a multiple of four lie within these. markParts tells which marks have
// the four, and where.
var markBits, markParts = func() (t [1 << 8]uint64, parts map[uint32][]markPart) {
	parts = make(map[uint32][]markPart)
	for _, m := range creditMarks {
		for _, c := range cases(m) {
			for i := range 4 {
				four := fourOf(c[i : i+4])
				at, bit := markBit(four)
				t[at] |= bit
				parts[four] = append(parts[four], markPart{m, i})
			}
		}
	}
	return t, parts
}()

// markPart is a mark, and a place in it.
type markPart struct {
	mark string
	at   int
}

// cases returns s, in lower case, with each letter beyond ASCII as a small one and as a capital.
func cases(s string) []string {
	for i, r := range s {
		if r >= utf8.RuneSelf {
			var out []string
			for _, rest := range cases(s[i+utf8.RuneLen(r):]) {
				out = append(out, s[:i]+string(r)+rest, s[:i]+string(unicode.ToUpper(r))+rest)
			}
			return out
		}
	}
	return []string{s}
}

// fourOf returns the first four bytes of s, capitals of ASCII as small letters; other bytes
// may lose a bit too.
func fourOf(s string) uint32 {
	return (uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24) | smallLetters&math.MaxUint32
}

// markBit returns the place in markBits of four bytes.
func markBit(four uint32) (at int, bit uint64) {
	h := four * 0x9e3779b1
	return int(h >> 24), 1 << (h >> 18 & 63)
}

// hasMark reports whether s has one of creditMarks in it, in whatever case.
func hasMark(s string) bool {
	for i := 0; i+4 <= len(s); i += 4 {
		four := fourOf(s[i:])
		if at, bit := markBit(four); markBits[at]&bit == 0 {
			continue
		}
		for _, p := range markParts[four] {
			if i >= p.at && hasFolded(s[i-p.at:], p.mark) {
				return true
			}
		}
	}
	return false
}
