package brief

import (
	"math"
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
	return !isCaption(s, l.marked) && !isAside(s) && !strings.HasSuffix(s, ":") && !strings.HasSuffix(end, "...") && !strings.HasSuffix(end, "…")
}

// isAside reports whether all of s is in brackets.
func isAside(s string) bool {
	return s[0] == '(' && strings.IndexByte(s, ')') >= len(s)-2
}

// isCaption reports whether s is what is written below a picture: it says so, or
// ends with a place and the day ("in Luhansk, April 27, 2014."). marked is as for isCredit.
func isCaption(s string, marked bool) bool {
	if marked && (strings.Contains(s, "file photo") || strings.Contains(s, "handout photo")) {
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
	marked  bool // it, or what it was cut from, has one of creditMarks
}

// What tallies counts of bytes: each in 16 bits.
const (
	smallByte = 1 << (16 * iota) // a small letter
	largeByte                    // a capital
	spaceByte                    // a space
	signByte                     // one that tells something, or not of ASCII; all others are no letters, and no more is known of them
)

var tallies = func() (t [256]uint64) {
	for c := range t {
		switch {
		case 'a' <= c && c <= 'z':
			t[c] = smallByte
		case 'A' <= c && c <= 'Z':
			t[c] = largeByte
		case c == ' ':
			t[c] = spaceByte
		case c >= utf8.RuneSelf || strings.ContainsRune("@|{}<>()[]\":", rune(c)):
			t[c] = signByte
		}
	}
	return t
}()

// survey looks at the characters of s: once at each byte, and again at few.
func survey(s string) look {
	l := look{paired: true, runes: len(s)}
	small, large, space, signs := 0, 0, 0, 0
	for rest := s; rest != ""; {
		part := rest[:min(len(rest), math.MaxUint16)]
		rest = rest[len(part):]
		sum := uint64(0)
		for i := range len(part) {
			sum += tallies[part[i]]
		}
		small, large = small+int(sum&math.MaxUint16), large+int(sum>>16&math.MaxUint16)
		space, signs = space+int(sum>>32&math.MaxUint16), signs+int(sum>>48)
	}
	if signs > 0 {
		var p pairing
		for i := 0; i < len(s); {
			switch c := s[i]; {
			case tallies[c] != signByte:
				i++
			case c < utf8.RuneSelf:
				l.sign(s, i, &p)
				i++
			default:
				r, size := utf8.DecodeRuneInString(s[i:])
				i += size
				l.runes -= size - 1
				switch letter, upper := letterOf(r); {
				case upper:
					large++
				case letter:
					small++
				default:
					l.beyond(r, &p)
				}
			}
		}
		l.paired = l.paired && p.closed()
	}
	if i := strings.IndexByte(s, '.'); i >= 0 {
		l.address = l.address || strings.Contains(s[max(0, i-3):], "www.")
	}
	letters := small + large
	l.prose = (l.runes-space-letters)*3 < letters && large*2 < letters
	return l
}

// sign takes in the sign of ASCII at s[i].
func (l *look) sign(s string, i int, p *pairing) {
	switch c := s[i]; c {
	case '@', '|', '{', '}', '<', '>':
		l.markup = true
	case ':':
		l.address = l.address || strings.HasPrefix(s[i:], "://")
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
