package fetcher

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Bounds of what one article may hold. What is longer is cut at a letter.
const (
	maxText  = 256 << 10 // bytes of an article's text
	maxTitle = 500       // runes of a title
	maxName  = 200       // runes of an outlet, author or category
	maxURL   = 4 << 10   // bytes of an address; a longer one is dropped
)

// htmlText returns the plain text of s, which is HTML or plain text:
// paragraphs separated by "\n\n", each on one line; entities resolved, scripts and
// styles left out, control and invisible direction characters removed. A text
// without any markup keeps its own blank lines as paragraph breaks; one that was
// escaped twice is read twice.
func htmlText(s string) string {
	text, _ := htmlExtract(s)
	return text
}

// htmlExtract is htmlText and the addresses of up to maxImages images of s in
// their order, as they are written there.
func htmlExtract(s string) (text string, images []string) {
	if !hasMarkup(s) {
		plain := html.UnescapeString(s)
		if plain == s || !hasMarkup(plain) || !looksEscaped(plain) {
			return tidyText(plain), nil
		}
		s = plain
	}
	return extract(s)
}

// tidyText is tidy for a text without marks.
func tidyText(s string) string {
	return string(tidy(make([]byte, 0, min(len(s), maxText)), []byte(s), maxText))
}

// cleanTitle returns s, HTML or plain text, as one line of plain text of at
// most 500 letters. A "<" that opens no known element is text.
func cleanTitle(s string) string { return cleanLine(s, maxTitle) }

// cleanLine is cleanTitle for at most max runes.
func cleanLine(s string, max int) string {
	if len(s) <= max && isPlainLine(s) {
		return strings.Clone(s)
	}
	if bound := max * 40; len(s) > bound { // markup included; the rest cannot be reached
		s = cutBytes(s, bound)
	}
	if strings.ContainsAny(s, "<&") {
		if !hasMarkup(s) {
			s = html.UnescapeString(s)
		}
		if hasMarkup(s) {
			w := &textWriter{title: true}
			w.readTokens(s)
			s = string(w.b)
		}
		if strings.Contains(s, "&") { // "AT&amp;amp;T"
			if again := html.UnescapeString(s); !hasMarkup(again) {
				s = again
			}
		}
	}
	return cutRunes(strings.Join(strings.FieldsFunc(strings.Map(visible, s), unicode.IsSpace), " "), max)
}

// isPlainLine reports whether s is ASCII without references, tags and controls, its words
// parted by single blanks.
func isPlainLine(s string) bool {
	blank := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == '<' || c == '&' || c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return !blank || s == ""
}

// hasMarkup reports whether s holds something that reads as a tag or comment.
func hasMarkup(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 >= len(s) {
			return false
		}
		s = s[i+1:]
		if c := s[0]; c == '/' || c == '!' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			return strings.IndexByte(s, '>') >= 0
		}
	}
}

// looksEscaped reports whether s, which came out of escaped text, is plainly
// HTML: a text about "<div>" is not, one with a closed paragraph or a link is.
func looksEscaped(s string) bool {
	for _, sign := range []string{"</p>", "<br", "<a href=", "</div>", "<img ", "</li>", "</b>", "</em>", "</strong>"} {
		if strings.Contains(s, sign) {
			return true
		}
	}
	return false
}

// visible maps characters that no text needs to -1: controls, those that XML
// forbids, byte order marks, and those that turn the direction of what follows.
// White space stays.
func visible(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || r == '\u0085':
		return r
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xad, r == 0xfeff, r == 0x200b,
		r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069,
		r >= 0xfff9 && r <= 0xfffb, r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef,
		r >= 0xe0000 && r <= 0xe007f, r > unicode.MaxRune:
		return -1
	}
	return r
}

// cutRunes returns s, or its beginning and "…" with max runes in all.
func cutRunes(s string, max int) string {
	if len(s) <= max || utf8.RuneCountInString(s) <= max {
		return s
	}
	n := 0
	for i := range s {
		if n++; n == max {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// cutBytes returns at most max bytes of s, whole letters.
func cutBytes(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}
