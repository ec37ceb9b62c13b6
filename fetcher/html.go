package fetcher

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
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
			return tidy(plain, maxText), nil
		}
		s = plain
	}
	w := &textWriter{}
	images = w.read(s)
	return tidy(w.b.String(), maxText), images
}

// cleanTitle returns s, HTML or plain text, as one line of plain text of at
// most 500 letters. A "<" that opens no known element is text.
func cleanTitle(s string) string { return cleanLine(s, maxTitle) }

// cleanLine is cleanTitle for at most max runes.
func cleanLine(s string, max int) string {
	if bound := max * 40; len(s) > bound { // markup included; the rest cannot be reached
		s = cutBytes(s, bound)
	}
	if strings.ContainsAny(s, "<&") {
		if !hasMarkup(s) {
			s = html.UnescapeString(s)
		}
		if hasMarkup(s) {
			w := &textWriter{title: true}
			w.read(s)
			s = w.b.String()
		}
		if strings.Contains(s, "&") { // "AT&amp;amp;T"
			if again := html.UnescapeString(s); !hasMarkup(again) {
				s = again
			}
		}
	}
	return cutRunes(strings.Join(strings.FieldsFunc(strings.Map(visible, s), unicode.IsSpace), " "), max)
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

// maxImages is how many images of one text are looked at.
const maxImages = 20

// textWriter gathers the text of HTML. It works on tokens alone, so that deep
// nesting costs nothing.
type textWriter struct {
	b     strings.Builder
	title bool // keep unknown tags as text
	skip  bool // the next text belongs to an element without readable text
}

func (w *textWriter) read(s string) (images []string) {
	z := html.NewTokenizer(strings.NewReader(s))
	for w.b.Len() < 2*maxText {
		switch z.Next() {
		case html.ErrorToken:
			if w.title { // "1 <b" at the end
				w.b.Write(z.Raw())
			}
			return images
		case html.TextToken:
			if !w.skip {
				w.b.Write(z.Text())
			}
			w.skip = false
		case html.StartTagToken, html.SelfClosingTagToken:
			if src := w.tag(z, true); src != "" && len(images) < maxImages {
				images = append(images, src)
			}
		case html.EndTagToken:
			w.tag(z, false)
		}
	}
	return images
}

// tag writes what the tag under z does to the text. It returns the address of
// the image that an opening tag shows, or "".
func (w *textWriter) tag(z *html.Tokenizer, opens bool) (src string) {
	raw := z.Raw()
	name, attrs := z.TagName()
	a := atom.Lookup(name)
	if w.title && a == 0 {
		w.b.Write(raw)
		return ""
	}
	w.skip = false
	switch a {
	case atom.Script, atom.Style, atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Title, atom.Textarea, atom.Xmp:
		w.skip = opens && a != atom.Xmp
	case atom.Br:
		w.b.WriteString("\x1e")
	case atom.Td, atom.Th:
		w.b.WriteByte(' ')
	case atom.Img:
		if opens && attrs {
			return imageSource(z)
		}
	case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Tr, atom.Table,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Pre, atom.Hr,
		atom.Article, atom.Section, atom.Header, atom.Footer, atom.Aside, atom.Nav, atom.Main,
		atom.Figure, atom.Figcaption, atom.Address, atom.Form, atom.Fieldset, atom.Option, atom.Body, atom.Head:
		w.b.WriteString("\x1d")
	}
	return ""
}

// imageSource returns the address in an img tag, or "" for one that only counts readers.
func imageSource(z *html.Tokenizer) (src string) {
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		switch string(key) {
		case "src":
			src = string(val)
		case "width", "height":
			if n := string(val); n == "0" || n == "1" {
				return ""
			}
		}
	}
	return src
}

// tidy turns the marks \x1d (paragraph) and \x1e (line break) and all white
// space of s into paragraphs. Without marks, blank lines separate paragraphs.
func tidy(s string, maxBytes int) string {
	marked := strings.ContainsAny(s, "\x1d\x1e")
	var b strings.Builder
	b.Grow(min(len(s), maxBytes))
	space, breaks := false, 0 // pending before the next letter
	for i := 0; i < len(s); {
		n := plainRun(s[i:])
		if n == 0 {
			var r rune
			r, n = utf8.DecodeRuneInString(s[i:])
			switch {
			case r == '\x1d':
				breaks += 2
			case r == '\x1e', r == '\n' && !marked:
				breaks++
			case unicode.IsSpace(r):
				space = true
			}
			if r == '\x1d' || r == '\x1e' || unicode.IsSpace(r) || visible(r) < 0 {
				i += n
				continue
			}
		}
		if b.Len() > 0 {
			if breaks >= 2 {
				b.WriteString("\n\n")
			} else if space || breaks == 1 {
				b.WriteByte(' ')
			}
		}
		space, breaks = false, 0
		if left := maxBytes - b.Len(); n > left {
			b.WriteString(cutBytes(s[i:i+n], max(left, 0)))
			break
		}
		b.WriteString(s[i : i+n])
		i += n
	}
	return strings.TrimRight(b.String(), " \n")
}

// plainRun returns how many ASCII letters, digits and signs s begins with.
func plainRun(s string) int {
	n := 0
	for n < len(s) && s[n] > ' ' && s[n] < 0x7f {
		n++
	}
	return n
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
