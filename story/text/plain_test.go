package text

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPlain checks that the quick way takes the words that the rules of
// Annex 29 take, and says as truly where sentences begin.
func TestPlain(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 1))
	signs := []rune("abzAZ019éßÿŁščĞİαΩЖдёїўابةي" + "abdeЖдеёabdeЖдеё" + "..,:;'’‘-—–«»“”„…!?()\"/&%+\u00a0¿‹_·\u0301ｱ中ก한\u200d€№हि،؟")
	quick := 0
	for range 200_000 {
		var b strings.Builder
		for range 1 + rnd.IntN(12) {
			b.WriteRune(signs[rnd.IntN(len(signs)-rnd.IntN(30))])
		}
		s := b.String()
		lang := []string{"", "fr", "ru", "tr", "ar"}[rnd.IntN(5)]
		slow := tokenizer{text: s, rules: rulesFor(lang), first: rnd.IntN(2) == 0, last: -1}
		fast := slow
		if !fast.plain(0, len(s)) {
			if len(fast.dst) > 0 {
				t.Fatalf("plain(%q) took words and left the text", s)
			}
			continue
		}
		quick++
		slow.unicode(0, len(s))
		if !reflect.DeepEqual(slow.dst, fast.dst) || slow.first != fast.first || slow.last != fast.last {
			t.Fatalf("%q in %q: %+v, first %v, want %+v, first %v", s, lang, fast.dst, fast.first, slow.dst, slow.first)
		}
	}
	if quick < 20_000 {
		t.Errorf("the quick way took %d of 200000", quick)
	}
}

func TestSignAt(t *testing.T) {
	for _, s := range []string{"a", "é", "я", "\u0080", "\u07ff", "\u0800", "中", "😀", "\xc2", "\xc0\x80", "\xc1\xbf", "\xdf\x7f", "\xe0\x80", "\x80", "\xff", "\xc3a"} {
		r, n := signAt(s, 0)
		if want, m := utf8.DecodeRuneInString(s); r != want || n != m {
			t.Errorf("signAt(%q) = %q, %d, want %q, %d", s, r, n, want, m)
		}
	}
}
