package text

import (
	"math/bits"
	"slices"
	"sync"
	"unicode/utf8"
)

const (
	voteWords = 80  // words that are looked at
	voteLeast = 4   // votes that the winner needs
	voteLead  = 1.3 // and how many times the votes of the next it needs
)

// ballot knows which languages use a word as a function word.
type ballot struct {
	langs []string // sorted; bit i of a mask stands for langs[i]
	masks map[string]uint64
	marks [0x700]uint64 // letters that few languages have
}

// ownLetters are, for a language, letters that few others of its script have.
var ownLetters = map[string]string{
	"sv": "åäö", "fi": "äö", "de": "äöüß", "da": "åæø", "no": "åæø", "es": "ñ¿¡", "pt": "ãõç", "fr": "èêçœû", "it": "èìò",
	"pl": "ąęłńśźż", "cs": "ěřůčšžý", "hu": "őűáöüé", "ro": "ăâîșțşţ", "tr": "ğışçöü", "hr": "čćđšž", "ca": "çàèòï",
	"uk": "іїєґ", "ru": "ыэё", "bg": "ъ", "fa": "پچژگ",
}

// functionWords is made at first use.
var functionWords = sync.OnceValue(func() *ballot {
	b := &ballot{masks: make(map[string]uint64)}
	for lang, l := range languages {
		if len(l.stop) > 0 || lang == "pl" || lang == "uk" {
			b.langs = append(b.langs, lang)
		}
	}
	slices.Sort(b.langs)
	for i, lang := range b.langs {
		l := languages[lang]
		for _, letter := range ownLetters[lang] {
			b.marks[letter] |= 1 << i
		}
		list := l.stop
		if len(list) == 0 {
			list = []byte(l.more)
		}
		for w := range wordList(list) {
			if utf8.RuneCountInString(w) > 1 {
				b.masks[w] |= 1 << i
			}
		}
	}
	return b
})

// vote returns the language whose function words and letters stand out among the words of
// s, or "". It is quick, and surer than letters on short texts.
func vote(s string) string {
	b := functionWords()
	var n [64]int
	var buf [2 * maxWord]byte
	word, own, words := buf[:0], uint64(0), 0
	for i := 0; i <= len(s) && words < voteWords; {
		r, size := ' ', 1
		if i < len(s) {
			if r = rune(s[i]); r >= utf8.RuneSelf {
				r, size = utf8.DecodeRuneInString(s[i:])
			}
		}
		i += size
		if isLetter(r) {
			if r = small(r); int(r) < len(b.marks) {
				own |= b.marks[r]
			}
			if len(word)+utf8.UTFMax <= len(buf) {
				word = utf8.AppendRune(word, r)
			}
			continue
		}
		if len(word) == 0 {
			continue
		}
		for m := own; m != 0; m &= m - 1 {
			n[bits.TrailingZeros64(m)]++
		}
		for m := b.masks[string(word)]; m != 0; m &= m - 1 {
			n[bits.TrailingZeros64(m)]++
		}
		word, own = word[:0], 0
		words++
	}
	best, next := 0, -1
	for i := 1; i < len(b.langs); i++ {
		if n[i] > n[best] {
			best, next = i, best
		} else if next < 0 || n[i] > n[next] {
			next = i
		}
	}
	if n[best] < voteLeast || float64(n[best]) < voteLead*float64(n[next]) {
		return ""
	}
	return b.langs[best]
}
