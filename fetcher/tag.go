package fetcher

import "bytes"

// tag is a start tag of XML, or of the HTML that people put into XML.
type tag struct {
	name   []byte
	attrs  []attr
	closed bool // <name/>
}

type attr struct{ name, value []byte }

// parseTag reads the start tag at the beginning of in. It returns its length,
// and 0 if there is none: no name, or no end within maxTag bytes.
func parseTag(in []byte) (t tag, n int) {
	i := nameEnd(in, 1)
	if i == 1 || !goodName(in[1:i]) {
		return t, 0
	}
	t.name = in[1:i]
	for limit := min(len(in), maxTag); i < limit; {
		switch c := in[i]; {
		case c == '>':
			return t, i + 1
		case c == '/' && i+1 < limit && in[i+1] == '>':
			t.closed = true
			return t, i + 2
		case c == '<':
			return t, 0
		case nameStart(c):
			a, end := parseAttr(in[:limit], i)
			if end == 0 {
				return t, skipTag(in, i)
			}
			i = end
			if len(t.attrs) < maxAttrs && goodName(a.name) && !t.has(a.name) {
				t.attrs = append(t.attrs, a)
			}
		default: // white space and what does not belong here
			i++
		}
	}
	return t, skipTag(in, i)
}

// skipTag returns where a tag of more than maxTag bytes ends; its attributes
// behind that length are dropped. It returns 0 if it does not end.
func skipTag(in []byte, i int) int {
	if len(in) <= maxTag {
		return 0
	}
	in = in[:min(len(in), i+maxLongTag)]
	end := bytes.IndexByte(in[i:], '>')
	if end < 0 || bytes.IndexByte(in[i:i+end], '<') >= 0 {
		return 0
	}
	return i + end + 1
}

// parseAttr reads the attribute at i. It returns where it ends, or 0 if it does not.
func parseAttr(in []byte, i int) (attr, int) {
	end := nameEnd(in, i)
	a := attr{name: in[i:end]}
	i = skipSpace(in, end)
	if i >= len(in) || in[i] != '=' {
		return a, end // without a value
	}
	if i = skipSpace(in, i+1); i >= len(in) {
		return a, i
	}
	if q := in[i]; q == '"' || q == '\'' {
		length := bytes.IndexByte(in[i+1:], q)
		if length < 0 {
			return a, 0
		}
		a.value = in[i+1 : i+1+length]
		return a, i + length + 2
	}
	start := i
	for i < len(in) && !bytes.ContainsRune([]byte(" \t\r\n<>\"'"), rune(in[i])) {
		i++
	}
	a.value = in[start:i]
	return a, max(i, start+1)
}

func skipSpace(in []byte, i int) int {
	for i < len(in) && (in[i] == ' ' || in[i] == '\n' || in[i] == '\t' || in[i] == '\r') {
		i++
	}
	return i
}

func nameStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
}

// nameEnd returns where the name that begins at i ends.
func nameEnd(in []byte, i int) int {
	if i >= len(in) || !nameStart(in[i]) {
		return i
	}
	for i < len(in) && (nameStart(in[i]) || in[i] >= '0' && in[i] <= '9' || in[i] == '-' || in[i] == '.' || in[i] == ':') {
		i++
	}
	return i
}

// goodName reports whether name is a name with at most one prefix.
func goodName(name []byte) bool {
	colon := bytes.IndexByte(name, ':')
	return len(name) <= 100 && (colon < 0 ||
		colon > 0 && colon < len(name)-1 && nameStart(name[colon+1]) && bytes.IndexByte(name[colon+1:], ':') < 0)
}

func (t *tag) has(name []byte) bool {
	for _, a := range t.attrs {
		if bytes.Equal(a.name, name) {
			return true
		}
	}
	return false
}

// attr returns the value of an attribute, "" if there is none or it is overlong.
func (t *tag) attr(name string) string {
	for _, a := range t.attrs {
		if string(a.name) == name && len(a.value) <= maxURL {
			return string(a.value)
		}
	}
	return ""
}

// local returns the name without its prefix.
func (t *tag) local() string {
	if i := bytes.IndexByte(t.name, ':'); i >= 0 {
		return string(t.name[i+1:])
	}
	return string(t.name)
}

// append writes t in well-formed XML; an empty element gets no "/" (the scanner closes it).
func (t *tag) append(out []byte) []byte {
	out = append(append(out, '<'), t.name...)
	for _, a := range t.attrs {
		out = append(append(append(out, ' '), a.name...), `="`...)
		for value := a.value; len(value) > 0; {
			i := bytes.IndexAny(value, `<"`)
			if i < 0 {
				out = appendText(out, value)
				break
			}
			out = appendText(out, value[:i])
			if value[i] == '<' {
				out = append(out, "&lt;"...)
			} else {
				out = append(out, "&quot;"...)
			}
			value = value[i+1:]
		}
		out = append(out, '"')
	}
	return append(out, '>')
}
