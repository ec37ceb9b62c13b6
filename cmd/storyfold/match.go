package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/words"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"storyfold/feedgen"
)

// maxPattern is how many bytes a word or regexp of a feed may have.
const maxPattern = 1000

// parseMatch reads an entry of include or exclude: /a regexp/, or words, which
// are matched whole and without regard to case.
func parseMatch(text string) (feedgen.Match, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("an entry of %d bytes is too long; at most %d are allowed", len(text), maxPattern)
	}
	if strings.HasPrefix(text, "/") {
		inner, ok := strings.CutSuffix(text[1:], "/")
		if !ok || inner == "" {
			return nil, fmt.Errorf("%q is not a regexp between two slashes", text)
		}
		re, err := regexp.Compile(inner)
		if err != nil {
			return nil, fmt.Errorf("%q is not a regexp: %s", text, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		return re, nil
	}
	w := wordMatch(foldWords(text))
	if len(w) == 0 {
		return nil, errors.New("an entry without a word would match everything or nothing")
	}
	return w, nil
}

// wordMatch matches texts that hold its words one after the other.
type wordMatch []string

// MatchString reports whether text holds the words.
func (w wordMatch) MatchString(text string) bool {
	all := foldWords(text)
	for len(all) >= len(w) {
		i := slices.Index(all, w[0])
		if i < 0 || len(all)-i < len(w) {
			return false
		}
		if slices.Equal(all[i:i+len(w)], w) {
			return true
		}
		all = all[i+1:]
	}
	return false
}

// foldWords returns the words and signs of text, without regard to case and
// without spaces. The boundaries are Unicode's (UAX #29), so a script that
// writes no spaces falls into its characters.
func foldWords(text string) []string {
	var all []string
	for it := words.FromString(cases.Fold().String(norm.NFKC.String(text))); it.Next(); {
		if w := it.Value(); strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsSpace(r) }) {
			all = append(all, w)
		}
	}
	return all
}
