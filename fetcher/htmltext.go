package fetcher

import (
	"bytes"
	"encoding/binary"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxImages is how many images of one text are looked at.
const maxImages = 20

// textWriter gathers the text of HTML. It works on tokens alone, so that deep
// nesting costs nothing.
type textWriter struct {
	b, tidied []byte
	images    []string
	title     bool // keep unknown tags as text
	skip      bool // the next text belongs to an element without readable text
}

// writers are kept for their memory; one that a huge text made large is not.
var writers = sync.Pool{New: func() any { return new(textWriter) }}

// extract returns the text of s, tidied, and the addresses of its first images.
func extract(s string) (text string, images []string) {
	w := writers.Get().(*textWriter)
	if rest := w.readPlain(s); rest != "" {
		w.readTokens(rest)
	}
	w.tidied = tidy(w.tidied[:0], w.b, maxText)
	text, images = string(w.tidied), w.images
	if cap(w.b) <= maxText {
		*w = textWriter{b: w.b[:0], tidied: w.tidied}
		writers.Put(w)
	}
	return text, images
}

// readPlain reads s as far as it is plainly written: small letters in tags, values
// in quotes, no comments, no scripts. It returns the rest, which begins with what
// readTokens must look at. What it gathers is what that would, at a fraction of
// the cost.
func (w *textWriter) readPlain(s string) (rest string) {
	for len(s) > 0 && len(w.b) < 2*maxText {
		text, behind := s, ""
		if i := strings.IndexByte(s, '<'); i >= 0 {
			text, behind = s[:i], s[i:]
		}
		t, n := plainTagOf(behind)
		if n == 0 && behind != "" || strings.IndexByte(text, '\r') >= 0 {
			return s
		}
		if strings.IndexByte(text, '&') >= 0 {
			text = html.UnescapeString(text)
		}
		w.b = append(w.b, text...)
		if n > 0 {
			if len(w.b) >= 2*maxText { // enough, before the tag
				return ""
			}
			w.mark(t.name)
			if t.name == atom.Img && t.opens && !t.counts && t.src != "" {
				w.show(t.src)
			}
		}
		s = behind[n:]
	}
	return ""
}

// plainTag is a tag that is plainly written.
type plainTag struct {
	name   atom.Atom // 0 for one that HTML does not know
	opens  bool
	src    string // of an image
	counts bool   // it is an image that only counts readers

	hasSrc, wide, high bool // the attribute was there; of two, the first counts
}

// plainTagOf reads the tag that s begins with. It returns its length, 0 if it is not plainly written.
func plainTagOf(s string) (t plainTag, n int) {
	i := 1
	if t.opens = len(s) > 1 && s[1] != '/'; !t.opens {
		i = 2
	}
	end := i
	for end < len(s) && (s[end] >= 'a' && s[end] <= 'z' || end > i && s[end] >= '0' && s[end] <= '9') {
		end++
	}
	if end == i || end >= len(s) || end-i > 20 {
		return t, 0
	}
	if t.name = atom.Lookup([]byte(s[i:end])); otherText(t.name) || t.name == atom.Plaintext {
		return t, 0
	}
	for i = end; i < len(s); {
		switch c := s[i]; {
		case c == '>':
			return t, i + 1
		case c == '/' && i+1 < len(s) && s[i+1] == '>':
			return t, i + 2
		case c == ' ' || c == '\n' || c == '\t':
			i++
		case i > end && t.opens && (s[i-1] == ' ' || s[i-1] == '\n' || s[i-1] == '\t'):
			if i = t.attr(s, i); i == 0 {
				return t, 0
			}
		default:
			return t, 0
		}
	}
	return t, 0
}

// attr reads the attribute at s[i:]. It returns where it ends, or 0 if it is not plainly written.
func (t *plainTag) attr(s string, i int) (end int) {
	from := i
	for i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] == '-') {
		i++
	}
	key := s[from:i]
	if key == "" || i+1 >= len(s) || s[i] != '=' || s[i+1] != '"' && s[i+1] != '\'' {
		return 0
	}
	value := s[i+2:]
	n := strings.IndexByte(value, s[i+1])
	if n < 0 || strings.ContainsAny(value[:n], "&\r\x00") {
		return 0
	}
	if value = value[:n]; t.name == atom.Img {
		switch {
		case key == "src" && !t.hasSrc:
			t.src, t.hasSrc = value, true
		case key == "width" && !t.wide, key == "height" && !t.high:
			t.counts = t.counts || value == "0" || value == "1"
			t.wide, t.high = t.wide || key == "width", t.high || key == "height"
		}
	}
	return i + 2 + n + 1
}

// readTokens gathers the text of s, whatever it is.
func (w *textWriter) readTokens(s string) {
	z := html.NewTokenizer(strings.NewReader(s))
	for len(w.b) < 2*maxText {
		switch z.Next() {
		case html.ErrorToken:
			if w.title { // "1 <b" at the end
				w.b = append(w.b, z.Raw()...)
			}
			return
		case html.TextToken:
			if !w.skip {
				w.b = append(w.b, z.Text()...)
			}
			w.skip = false
		case html.StartTagToken, html.SelfClosingTagToken:
			w.tag(z, true)
		case html.EndTagToken:
			w.tag(z, false)
		}
	}
}

// tag writes what the tag under z does to the text.
func (w *textWriter) tag(z *html.Tokenizer, opens bool) {
	raw := z.Raw()
	name, attrs := z.TagName()
	a := atom.Lookup(name)
	if w.title && a == 0 {
		w.b = append(w.b, raw...)
		return
	}
	w.skip = opens && otherText(a) && a != atom.Xmp
	w.mark(a)
	if a == atom.Img && opens && attrs {
		if src := imageSource(z); src != "" {
			w.show(src)
		}
	}
}

// otherText reports whether a tokenizer takes what is in an element a for text of another kind.
func otherText(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Title, atom.Textarea, atom.Xmp:
		return true
	}
	return false
}

// mark writes where a tag of the element a breaks the text.
func (w *textWriter) mark(a atom.Atom) {
	switch a {
	case atom.Br:
		w.b = append(w.b, '\x1e')
	case atom.Td, atom.Th:
		w.b = append(w.b, ' ')
	case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Tr, atom.Table,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Pre, atom.Hr,
		atom.Article, atom.Section, atom.Header, atom.Footer, atom.Aside, atom.Nav, atom.Main,
		atom.Figure, atom.Figcaption, atom.Address, atom.Form, atom.Fieldset, atom.Option, atom.Body, atom.Head:
		w.b = append(w.b, '\x1d')
	}
}

// show notes the address of an image.
func (w *textWriter) show(src string) {
	if len(w.images) < maxImages {
		w.images = append(w.images, src)
	}
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

// tidy appends s to dst with the marks \x1d (paragraph) and \x1e (line break) and all
// white space turned into paragraphs, up to maxBytes of them. Without marks, blank lines separate paragraphs.
// What dst holds is not looked at: it must be empty.
func tidy(dst, s []byte, maxBytes int) []byte {
	marked := bytes.IndexByte(s, '\x1d') >= 0 || bytes.IndexByte(s, '\x1e') >= 0
	space, breaks := false, 0 // pending before the next letter
	for i := 0; i < len(s); {
		n := plainRun(s[i:])
		if n == 0 {
			var r rune
			r, n = utf8.DecodeRune(s[i:])
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
		if len(dst) > 0 {
			if breaks >= 2 {
				dst = append(dst, "\n\n"...)
			} else if space || breaks == 1 {
				dst = append(dst, ' ')
			}
		}
		space, breaks = false, 0
		if left := maxBytes - len(dst); n > left {
			for left = max(left, 0); left > 0 && !utf8.RuneStart(s[i+left]); left-- {
			}
			dst = append(dst, s[i:i+left]...)
			break
		}
		dst = append(dst, s[i:i+n]...)
		i += n
	}
	return bytes.TrimRight(dst, " \n")
}

// plainRun returns how many ASCII letters, digits and signs s begins with, with the single
// blanks between them.
func plainRun(s []byte) int {
	n := 0
	for ; n+8 < len(s); n += 8 {
		w := binary.LittleEndian.Uint64(s[n:])
		blanks := equal(w, ' ')
		if below(w, ' ')|w&repeated(0x80)|equal(w, 0x7f)|blanks&(blanks<<8) != 0 || n == 0 && s[0] == ' ' ||
			s[n+7] == ' ' && (s[n+8] <= ' ' || s[n+8] >= 0x7f) {
			break
		}
	}
	for n < len(s) {
		switch c := s[n]; {
		case c > ' ' && c < 0x7f:
			n++
		case c == ' ' && n > 0 && n+1 < len(s) && s[n+1] > ' ' && s[n+1] < 0x7f:
			n += 2
		default:
			return n
		}
	}
	return n
}
