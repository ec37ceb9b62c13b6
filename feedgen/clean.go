package feedgen

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/language"
)

// Limits of what is written of one string, in runes.
const (
	maxTitle    = 300
	maxSentence = 600
	maxName     = 120 // of an outlet or a category
	maxAddress  = 2048
)

// allowed reports whether r may stand in a feed: XML 1.0 allows it, and it is
// neither a control character nor one that turns the direction of the text
// that follows it.
func allowed(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r <= 0x9f: // C0, DEL, C1
		return false
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // bidi embeddings, overrides, isolates
		return false
	case r >= 0xfff9 && r <= 0xfffb, r == 0xfeff: // annotations, byte order mark
		return false
	case r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe: // not characters
		return false
	}
	return true
}

// breaks reports whether r ends a line or a word; unlike unicode.IsSpace it
// knows the separators of C0.
func breaks(r rune) bool {
	return unicode.IsSpace(r) || r == 0x2028 || r == 0x2029 || r >= 0x1c && r <= 0x1f
}

// cleanLine returns s as one line of at most limit runes, in valid UTF-8,
// without characters that a feed must not hold. White space is one blank. What
// is cut off is replaced by "…".
func cleanLine(s string, limit int) string {
	var b strings.Builder
	b.Grow(min(len(s), 4*limit))
	n, blank := 0, false
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		switch {
		case breaks(r):
			blank = n > 0
			continue
		case r == utf8.RuneError && size == 1:
			r = utf8.RuneError // invalid UTF-8: one sign for each byte
		case !allowed(r):
			continue
		}
		if n+1 > limit {
			return cutAt(b.String()) + "…"
		}
		if blank {
			b.WriteByte(' ')
			n++
			blank = false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// cutAt returns s, which was cut off, without the piece of a word at its end, if
// a blank is near, and without half of a composed character.
func cutAt(s string) string {
	if i := strings.LastIndexByte(s, ' '); i > 0 && len(s)-i < 40 {
		return strings.TrimRight(s[:i], " ")
	}
	for range 16 { // a hostile string may have marks without end
		r, size := utf8.DecodeLastRuneInString(s)
		if size == len(s) || !unicode.Is(unicode.M, r) && r != 0x200d {
			break
		}
		s = s[:len(s)-size]
	}
	return s
}

// cleanURL returns s if it is an absolute http or https address that a feed may
// link, without user and password, and with what no URI may hold escaped; else "".
func cleanURL(s string) string {
	if len(s) > maxAddress {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	u.User = nil
	if !ascii(u.Host) {
		host, err := idna.Lookup.ToASCII(u.Hostname())
		if err != nil {
			return ""
		}
		if port := u.Port(); port != "" {
			host += ":" + port
		}
		u.Host = host
	}
	address := u.String()
	for _, r := range address {
		if !allowed(r) || breaks(r) || r == utf8.RuneError {
			return ""
		}
	}
	return escapeURI(address, len(u.Scheme)+len("://")+len(u.Host))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// escapeURI returns address with every byte after the first head ones escaped
// that a URI may not hold: parsing lets some of them be.
func escapeURI(address string, head int) string {
	var b strings.Builder
	from := 0
	for i := head; i < len(address); i++ {
		if ok := uriByte[address[i]]; ok && (address[i] != '%' || escaped(address[i:])) {
			continue
		}
		b.WriteString(address[from:i])
		fmt.Fprintf(&b, "%%%02X", address[i])
		from = i + 1
	}
	if from == 0 {
		return address
	}
	return b.String() + address[from:]
}

// uriByte tells which bytes stand in URIs (RFC 3986, section 2) outside of the
// host, where brackets may stand as well.
var uriByte = func() (ok [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#@!$&'()*+,;=%") {
		ok[c] = true
	}
	return ok
}()

// escaped reports whether s begins with an escaped byte.
func escaped(s string) bool {
	const digits = "0123456789abcdefABCDEF"
	return len(s) > 2 && strings.IndexByte(digits, s[1]) >= 0 && strings.IndexByte(digits, s[2]) >= 0
}

// cleanLang returns s if it is a base language, "en" or "fil"; else "".
func cleanLang(s string) string {
	if len(s) < 2 || len(s) > 3 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	if _, err := language.ParseBase(s); err != nil {
		return ""
	}
	return s
}

// cleanText returns s in valid UTF-8 without characters that a feed must not
// hold; white space but blanks is one blank each.
func cleanText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case breaks(r):
			return ' '
		case !allowed(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}
