package brief

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDateline is the longest dateline in runes.
const maxDateline = 90

// cutDateline returns s without the place, date and agency that an agency's
// report begins with ("SEOUL, South Korea (AP) — ", "（平壤6月19日電）").
func cutDateline(s string) string {
	s = cutSigns(s)
	n := 0
	for i, r := range s {
		if n++; n > maxDateline+1 {
			break
		}
		if r != '—' && r != '–' && r != '-' && r != '―' && r != '=' {
			continue
		}
		head, tail := strings.TrimSpace(s[:i]), strings.TrimLeft(s[i:], "—–-―= ")
		spaced := strings.HasPrefix(s[i+utf8.RuneLen(r):], " ") || strings.HasPrefix(s[i:], "--")
		if (spaced || r == '—') && isDateline(head) && opens(tail) {
			return tail
		}
	}
	return s
}

// opens reports whether a sentence can begin with s.
func opens(s string) bool {
	s = strings.TrimLeft(s, "\"“„«‘'(")
	r, _ := utf8.DecodeRuneInString(s)
	return len(s) >= 20 && !unicode.IsLower(r) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// isDateline reports whether head, which a dash follows, is a dateline: it ends
// in brackets, or a place in capitals begins it, or a reporter signs it.
func isDateline(head string) bool {
	if head == "" {
		return false
	}
	if strings.HasSuffix(head, "기자") || strings.HasSuffix(head, "특파원") {
		return true
	}
	if open := strings.LastIndexByte(head, '('); strings.HasSuffix(head, ")") && open >= 0 {
		return len(strings.Fields(head[:open])) <= 8 && utf8.RuneCountInString(head[open:]) <= 40
	}
	words := strings.Fields(head)
	place := strings.TrimRight(words[0], ",.:")
	upper := utf8.RuneCountInString(place) >= 4 && strings.ToUpper(place) == place && strings.ToLower(place) != place
	return upper && len(words) <= 7
}

// cutSigns cuts the dateline off a text in Chinese, Japanese or Korean signs.
func cutSigns(s string) string {
	for range 3 {
		r, _ := utf8.DecodeRuneInString(s)
		end := 0
		switch r {
		case '（', '(':
			end = closedBy(s, "）", ")")
		case '【', '［':
			end = closedBy(s, "】", "］")
		default:
			if unicode.Is(unicode.Han, r) {
				end = wired(s)
			}
		}
		if end == 0 {
			break
		}
		next, _ := utf8.DecodeRuneInString(strings.TrimLeft(s[end:], " 　:：=＝"))
		if !isDense(next) && next != '（' && next != '「' && next != '“' && next != '(' {
			break
		}
		s = strings.TrimLeft(s[end:], " 　:：=＝")
	}
	return s
}

// closedBy returns the end of the bracket that s opens with, if it is short; else 0.
func closedBy(s string, closers ...string) int {
	for _, c := range closers {
		if i := strings.Index(s, c); i >= 0 && utf8.RuneCountInString(s[:i]) <= 30 {
			return i + len(c)
		}
	}
	return 0
}

// wired returns the end of a Chinese agency's opening ("新华社平壤6月19日电"), or 0.
func wired(s string) int {
	head := s
	n := 0
	for i := range s {
		if n == 24 {
			head = s[:i]
			break
		}
		n++
	}
	if !strings.Contains(head, "社") && !strings.Contains(head, "网") && !strings.Contains(head, "網") {
		return 0
	}
	for _, end := range [...]string{"日电", "日電", "日讯", "日訊"} {
		if i := strings.Index(head, end); i >= 0 {
			return i + len(end)
		}
	}
	return 0
}
