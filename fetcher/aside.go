package fetcher

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The parser of XML reads byte by byte and copies what it reads several times.
// Nearly all bytes of a document are the texts of its items, so the scanner sets
// those aside, decoded once, and gives the parser a mark in their place: asideMark and
// the text's number. The mark is a character that no document can hold: it is
// not legal, and so dropped wherever it stands.
const (
	asideMark  = '\ufdd0'
	leastAside = 48 // bytes of a text; a shorter one is not worth it
)

// mayAside reports whether the parser would read the text of an element with this
// tag, a child of an item, as asideText does.
func (s *scanner) mayAside(t *tag) bool {
	if !s.aside || len(s.stack) == 0 || !s.stack[len(s.stack)-1].item {
		return false
	}
	switch name := string(t.name); {
	case s.root != "feed":
		return (name == "description" || name == "content:encoded") && len(t.attrs) == 0
	case name != "content" && name != "summary" && name != "title":
		return false
	}
	for _, a := range t.attrs {
		switch string(a.name) {
		case "xml:lang", "xml:space":
		case "type":
			if kind := string(a.value); kind != "html" && kind != "text" && kind != "text/html" && kind != "text/plain" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// setAside replaces the text of e, which ends here, text and CDATA sections, by a mark. The
// parser has no use for the tag's attributes then, nor for the type of a short text: what
// is no element reads as all types do.
func (s *scanner) setAside(e *open) {
	written, from := bytes.TrimSpace(s.out[e.text:]), len(s.told)
	if len(written) >= leastAside {
		s.told = appendAside(s.told, written)
	}
	if e.text > e.at+len(e.name)+len("<>") { // it has attributes
		n := copy(s.out[e.at+1+len(e.name):], ">")
		start := e.at + 1 + len(e.name) + n
		s.out = append(s.out[:start], s.out[e.text:]...)
		e.text = start
	}
	if len(s.told) == from {
		return
	}
	s.out = utf8.AppendRune(s.out[:e.text], asideMark)
	s.out = strconv.AppendInt(s.out, int64(len(s.ends)), 10)
	s.ends = append(s.ends, len(s.told))
}

// texts returns the texts that were set aside. They are parts of one string.
func (s *scanner) texts() []string {
	if len(s.ends) == 0 {
		return nil
	}
	told, texts, from := string(s.told), make([]string, len(s.ends)), 0
	for i, end := range s.ends {
		texts[i], from = told[from:end], end
	}
	return texts
}

// appendAside appends what the text of an element says: references resolved, CDATA
// sections as they are.
func appendAside(b, written []byte) []byte {
	const opening, closing = "<![CDATA[", "]]>"
	for {
		start := bytes.Index(written, []byte(opening))
		if start < 0 {
			return appendUnescaped(b, written)
		}
		inside := written[start+len(opening):]
		end := bytes.Index(inside, []byte(closing))
		if end < 0 {
			return appendUnescaped(b, written)
		}
		b = append(appendUnescaped(b, written[:start]), inside[:end]...)
		written = inside[end+len(closing):]
	}
}

// longestReference bounds how far behind its "&" a reference may end.
const longestReference = 64

// appendUnescaped appends s with its references resolved. What is none, or has no
// ";", stays: the "&copy" in a link is a parameter.
func appendUnescaped(b, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '&')
		if i < 0 {
			return append(b, s...)
		}
		b, s = append(b, s[:i]...), s[i:]
		switch {
		case bytes.HasPrefix(s, []byte("&lt;")):
			b, s = append(b, '<'), s[4:]
		case bytes.HasPrefix(s, []byte("&gt;")):
			b, s = append(b, '>'), s[4:]
		case bytes.HasPrefix(s, []byte("&amp;")):
			b, s = append(b, '&'), s[5:]
		case bytes.HasPrefix(s, []byte("&quot;")):
			b, s = append(b, '"'), s[6:]
		default:
			letter, n := resolveReference(s[:min(len(s), longestReference)])
			b, s = append(b, letter...), s[n:]
		}
	}
}

// resolveReference returns what the reference stands for that s begins with, and its
// length; "&" and 1 if there is none.
func resolveReference(s []byte) (string, int) {
	end := bytes.IndexByte(s, ';')
	if end < 0 || bytes.ContainsAny(s[:end], " \t\r\n") {
		return "&", 1
	}
	name := string(s[:end])
	letter := html.UnescapeString(name + ";")
	if letter == html.UnescapeString(name)+";" { // the ";" is not part of it
		return "&", 1
	}
	return letter, end + 1
}

// whole returns the text that was set aside for s, or s.
func (f *filtered) whole(s string) string {
	digits, ok := strings.CutPrefix(s, string(asideMark))
	if !ok {
		return s
	}
	if n, err := strconv.Atoi(digits); err == nil && n >= 0 && n < len(f.texts) {
		return f.texts[n]
	}
	return s
}
