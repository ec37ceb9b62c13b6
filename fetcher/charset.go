package fetcher

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// declaredEncoding finds the encoding that an XML declaration names.
var declaredEncoding = regexp.MustCompile(`(?i)^[^<]{0,64}<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([A-Za-z0-9_:.\-]{1,40})`)

// toUTF8 returns data as valid UTF-8 without a byte order mark. The encoding is
// told, in this order, by a byte order mark, by the bytes being UTF-8, by the
// HTTP header, by the XML declaration, by how the bytes look. The warning
// says that letters had to be replaced; it is "" if all could be read.
func toUTF8(data []byte, contentType string) (text []byte, warning string) {
	if rest, ok := bytes.CutPrefix(data, []byte("\xef\xbb\xbf")); ok {
		return replaceInvalid(rest)
	}
	if enc := utf16Of(data); enc != nil {
		return decode(data, enc)
	}
	header := headerCharset(contentType)
	prolog := ""
	if m := declaredEncoding.FindSubmatch(data[:min(len(data), 400)]); m != nil {
		prolog = string(m[1])
	}
	if utf8.Valid(data) && !sevenBit(header, prolog, data) {
		return data, ""
	}
	for _, label := range []string{header, prolog} {
		enc, name := charset.Lookup(label)
		if enc == nil || name == "utf-8" || strings.HasPrefix(name, "utf-16") || name == "replacement" {
			continue
		}
		return decode(data, enc)
	}
	if mostlyUTF8(data) {
		return replaceInvalid(data)
	}
	return decode(data, guess(data))
}

// utf16Of recognises UTF-16 by its byte order mark or by how "<" or "{" begins.
func utf16Of(data []byte) encoding.Encoding {
	if len(data) < 4 {
		return nil
	}
	switch {
	case data[0] == 0xff && data[1] == 0xfe:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case data[0] == 0xfe && data[1] == 0xff:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case (data[0] == '<' || data[0] == '{') && data[1] == 0 && data[3] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case data[0] == 0 && (data[1] == '<' || data[1] == '{') && data[2] == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

func headerCharset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(params["charset"])
}

// sevenBit reports whether data is in one of the encodings that write every
// letter in ASCII, so that it looks like UTF-8 and is not.
func sevenBit(header, prolog string, data []byte) bool {
	_, name := charset.Lookup(header)
	if name == "" {
		_, name = charset.Lookup(prolog)
	}
	return name == "iso-2022-jp" && bytes.IndexByte(data, 0x1b) >= 0
}

// mostlyUTF8 reports whether more letters of data are UTF-8 than are not.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for len(data) > 0 && good+bad < 100000 {
		if data[0] < utf8.RuneSelf {
			data = data[1:]
			continue
		}
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		data = data[n:]
	}
	return good > bad
}

// guess names the encoding that data looks most like; Windows-1252 if it is not clear.
func guess(data []byte) encoding.Encoding {
	data = data[:min(len(data), 64<<10)]
	needed, foreign := 0.6, !mostlyLatin(data)
	if foreign {
		needed = 0.3 // what is left need only be likelier than the others
	}
	for _, c := range chardet.DetectAll(data) {
		if c.Encoding == "MacCyrillic" { // small letters are the same there, and no server uses it
			return charmap.Windows1251
		}
		enc, name := charset.Lookup(c.Encoding)
		switch {
		case enc == nil, name == "utf-8", name == "replacement", foreign && name == "windows-1252":
		case c.Confidence >= needed:
			return enc
		default:
			return charmap.Windows1252
		}
	}
	return charmap.Windows1252
}

// mostlyLatin reports whether letters beyond ASCII stand alone among others, as in the languages
// of western Europe. In other scripts words consist of them.
func mostlyLatin(data []byte) bool {
	alone, beside := 0, 0
	for i, c := range data {
		switch {
		case c < utf8.RuneSelf:
		case i > 0 && data[i-1] >= utf8.RuneSelf, i+1 < len(data) && data[i+1] >= utf8.RuneSelf:
			beside++
		default:
			alone++
		}
	}
	return alone >= beside
}

func decode(data []byte, enc encoding.Encoding) (text []byte, warning string) {
	text, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return replaceInvalid(data)
	}
	if bytes.Contains(text, []byte("\uFFFD")) {
		return text, warnReplaced
	}
	return text, ""
}

const warnReplaced = "some letters could not be read and are shown as \uFFFD"

func replaceInvalid(data []byte) (text []byte, warning string) {
	if utf8.Valid(data) {
		return data, ""
	}
	return bytes.ToValidUTF8(data, []byte("\uFFFD")), warnReplaced
}
