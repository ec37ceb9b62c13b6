package brief

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"storyfold/story/text"
)

// isCredit reports whether s tells who made the article, not a part of the report.
func isCredit(s string) bool {
	if s == "" {
		return false
	}
	front := strings.TrimLeft(s, "(—– ")
	for _, p := range frontCredits {
		if n := foldedLen(front, p); n > 0 && (len(front) < len(s) || !unicode.IsLower(firstRune(front[n:]))) {
			return true
		}
	}
	return containsCredit(s) || isByline(s)
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

// isByline reports whether s tells who reported from where.
func isByline(s string) bool {
	for _, by := range [...]string{"by ", "von ", "par ", "por ", "di "} {
		if hasFolded(s, by) && utf8.RuneCountInString(s) < 60 && !strings.ContainsAny(s, ".!?") {
			return true
		}
	}
	i := strings.Index(text.Clip(s, 200), "ed from ") // a sentence's first seven words are shorter
	if i < 0 {
		return false
	}
	head, ok := strings.CutSuffix(s[:i], " report")
	if !ok {
		head, ok = strings.CutSuffix(s[:i], " contribut")
	}
	return ok && head != "" && strings.Count(head, " ") <= 5
}

// credits are said of who made the article.
var credits = []string{
	"contributed to this report", "contributed reporting", "contributed to this story", "contributed to this article", "all rights reserved",
	"may not be published, broadcast", "via getty images", "/getty images", "getty images)", "ap photo", "(photo by", "with files from", "alle rechte vorbehalten",
	"tous droits réservés", "todos los derechos reservados", "tutti i diritti riservati", "все права защищены", "(redaktion:", "(redaction by", "(avec afp", "(mit material von",
	"(con información de",
}

// frontCredits begin a sentence, in brackets or before a name, that tells the same.
var frontCredits = []string{
	"reporting by ", "editing by ", "writing by ", "translated by ", "compiled by ", "additional reporting by ", "with additional reporting ", "mit material von ",
	"con información de ",
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
