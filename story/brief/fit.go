package brief

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isFit reports whether a sentence can stand alone before a reader: it is
// whole, of a sensible length, prose, and its brackets and quotes are paired.
func isFit(s string, whole bool, l look) bool {
	first, _ := utf8.DecodeRuneInString(s)
	dense := isDense(first)
	switch {
	case !whole && !isStopless(first):
		return false
	case dense && (l.runes < 12 || l.runes > 160), !dense && (l.runes < 40 || l.runes > 420):
		return false
	case unicode.IsLower(first), l.markup, !l.prose, !l.paired, l.address:
		return false
	}
	end := strings.TrimRight(s, ")]} ")
	return !isCaption(s) && !isAside(s) && !strings.HasSuffix(s, ":") && !strings.HasSuffix(end, "...") && !strings.HasSuffix(end, "…")
}

// isAside reports whether all of s is in brackets.
func isAside(s string) bool {
	return s[0] == '(' && strings.IndexByte(s, ')') >= len(s)-2
}

// isCaption reports whether s is what is written below a picture: it says so, or
// ends with a place and the day ("in Luhansk, April 27, 2014.").
func isCaption(s string) bool {
	if strings.Contains(s, "photo") && (strings.Contains(s, "file photo") || strings.Contains(s, "handout photo")) {
		return true
	}
	head, ok := strings.CutSuffix(s, ".")
	if n := len(head) - len("1, 2026"); !ok || n < 0 || head[n+len("1,")] != ' ' || !isDigits(head[n+len("1, "):]) {
		return false
	}
	words := strings.Fields(head[max(0, len(head)-60):])
	if len(words) < 4 {
		return false
	}
	words = words[len(words)-4:]
	place, found := strings.CutSuffix(words[0], ",")
	return found && !strings.HasSuffix(place, "day") && isMonth(strings.ToLower(strings.TrimRight(words[1], "."))) && isDigits(strings.TrimRight(words[2], ","))
}

// isDigits reports whether s has nothing but digits.
func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// isDense reports whether r is of a script that says a word in a sign or two.
func isDense(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// isStopless reports whether r is of a script that writes no full stops.
func isStopless(r rune) bool { return unicode.In(r, unicode.Thai, unicode.Lao) }

// look is what the characters of a sentence say of it.
type look struct {
	runes   int
	markup  bool // some are of menus or markup
	address bool // it has a web address in it
	prose   bool // they are mostly letters, and not mostly capitals
	paired  bool // every quotation mark and bracket has its other half
	quotes  bool // some open a quotation
}

// What survey knows of a byte.
const (
	plainByte  = iota // nothing but that it is no letter
	smallByte         // a small letter
	largeByte         // a capital
	spaceByte         // a space
	signByte          // a sign that tells something
	beyondByte        // not of ASCII
	byteKinds
)

var byteKind = func() (t [256]uint8) {
	for c := range t {
		switch {
		case 'a' <= c && c <= 'z':
			t[c] = smallByte
		case 'A' <= c && c <= 'Z':
			t[c] = largeByte
		case c == ' ':
			t[c] = spaceByte
		case c >= utf8.RuneSelf:
			t[c] = beyondByte
		case strings.ContainsRune("@|{}<>()[]\":.", rune(c)):
			t[c] = signByte
		}
	}
	return t
}()

// survey looks at each character of s once.
func survey(s string) look {
	l := look{paired: true}
	var p pairing
	var n [byteKinds]int
	for i := 0; i < len(s); {
		kind := byteKind[s[i]]
		n[kind]++
		switch kind {
		case signByte:
			l.sign(s, i, &p)
		case beyondByte:
			r, size := utf8.DecodeRuneInString(s[i:])
			i += size
			switch letter, upper := letterOf(r); {
			case upper:
				n[largeByte]++
			case letter:
				n[smallByte]++
			default:
				n[plainByte]++
				l.beyond(r, &p)
			}
			continue
		}
		i++
	}
	letters, other := n[smallByte]+n[largeByte], n[plainByte]+n[signByte]
	l.runes = letters + other + n[spaceByte]
	l.prose = other*3 < letters && n[largeByte]*2 < letters
	l.paired = l.paired && p.closed()
	return l
}

// sign takes in the sign of ASCII at s[i].
func (l *look) sign(s string, i int, p *pairing) {
	switch c := s[i]; c {
	case '@', '|', '{', '}', '<', '>':
		l.markup = true
	case ':':
		l.address = l.address || strings.HasPrefix(s[i:], "://")
	case '.':
		l.address = l.address || strings.HasSuffix(s[:i], "www")
	default:
		l.quotes = l.quotes || c == '"'
		l.paired = p.add(rune(c)) && l.paired
	}
}

// beyond takes in a sign that is not of ASCII.
func (l *look) beyond(r rune, p *pairing) {
	switch r {
	case '\ufffd', '•', '►', '▶', '→':
		l.markup = true
	default:
		l.quotes = l.quotes || closersOf(r) != ""
		l.paired = p.add(r) && l.paired
	}
}

// letterKinds has what letterOf returns for the runes below it: 1 for a letter, 2 for a capital.
var letterKinds = func() (t [0x600]uint8) {
	for r := range rune(len(t)) {
		if unicode.IsUpper(r) {
			t[r] = 2
		} else if unicode.IsLetter(r) || unicode.IsMark(r) {
			t[r] = 1
		}
	}
	return t
}()

// letterOf reports whether r is a letter, or a mark on one, and whether it is a capital.
func letterOf(r rune) (letter, upper bool) {
	if int(r) < len(letterKinds) {
		return letterKinds[r] > 0, letterKinds[r] == 2
	}
	return unicode.IsLetter(r) || unicode.IsMark(r), unicode.IsUpper(r)
}

// pairing counts the quotation marks and brackets that wait for their other half.
type pairing struct{ round, square, guillemets, corner, quotes, opened int }

// add takes r in. It is false if r closes what nothing opened.
func (p *pairing) add(r rune) bool {
	switch r {
	case '(', '（':
		p.round++
	case ')', '）':
		p.round--
	case '[', '【', '［':
		p.square++
	case ']', '】', '］':
		p.square--
	case '«', '»':
		p.guillemets++
	case '「', '『', '《':
		p.corner++
	case '」', '』', '》':
		p.corner--
	case '"':
		p.quotes++
	case '“':
		p.quotes++
		p.opened++
	case '”':
		p.quotes++
		p.opened--
	case '„':
		p.quotes++
		p.opened = -1 << 20 // “ closes here
	}
	return p.round >= 0 && p.square >= 0 && p.corner >= 0 && p.opened != -1
}

// closed reports whether nothing waits.
func (p *pairing) closed() bool {
	return p.round == 0 && p.square == 0 && p.corner == 0 && p.guillemets%2 == 0 && p.quotes%2 == 0 && p.opened <= 0
}
