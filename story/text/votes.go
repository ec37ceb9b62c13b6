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
	voteFew   = 3   // it may do with fewer votes,
	voteBelie = 8   // votes against a declared language
	voteClear = 2   // if it has so many times the votes of the next
)

// ballot knows which languages use a word as a function word.
type ballot struct {
	langs []string // sorted; bit i of a mask stands for langs[i]
	masks map[string]uint64
	some  [1 << 11]uint64 // a bit for each word in masks, by ballotHash: most other words have none
	marks [0x1F00]uint64  // of ownLetters, which languages have them
}

// ownLetters are, for a language, the letters of its words that not all languages of its script have.
var ownLetters = map[string]string{
	"az": "əğışçöü", "be": "ўі", "bg": "ъ", "ca": "àçèéíïòóúü", "ckb": "پچژگڤڕڵۆێە", "cs": "áčďéěíňóřšťúůýž", "da": "æøåé", "de": "äöüß",
	"es": "áéíóúñü", "et": "äöüõšž", "eu": "ñ", "fa": "پچژگ", "fi": "äöå", "fr": "àâæçéèêëîïôœùûü", "ga": "áéíóú", "gl": "áéíóúñ", "hr": "čćđšž",
	"hu": "áéíóöőúüű", "it": "àèéìòù", "lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "mk": "јљњѓќѕџ", "no": "æøåé", "pl": "ąćęłńóśźż",
	"pt": "áâãàçéêíóôõú", "ro": "ăâîșțşţ", "ru": "ыэёъ", "sk": "áäčďéíĺľňóôŕšťúýž", "sl": "čšž", "sr": "јљњћђџ", "sv": "åäöé", "tr": "çğıöşüâî",
	"uk": "іїєґ", "ur": "ٹڈڑںےپچگ", "vi": "áàâãéèêíìóòôõúùýăđơưạảấầẩậắằặẻẽếềểễệĩịọỏốồổỗộớờởỡợũụủứừửữựỳỷỹ",
}

// functionWords is made at first use.
var functionWords = sync.OnceValue(func() *ballot {
	b := &ballot{masks: make(map[string]uint64)}
	for lang, l := range languages {
		if len(l.stop)+len(l.more) > 0 && ownLetters[lang] == "" {
			b.langs = append(b.langs, lang)
		}
	}
	for lang := range ownLetters {
		b.langs = append(b.langs, lang)
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
				hash := uint32(0)
				for _, r := range w {
					hash = ballotHash(hash, r)
				}
				at, bit := b.bit(hash)
				b.some[at] |= bit
			}
		}
	}
	return b
})

// vote returns the language whose function words and letters stand out among the words of
// s, or "". It is quick, and surer than letters on short texts.
func vote(s string) string {
	b := functionWords()
	n := b.count(s, "")
	best, next := 0, -1
	for i := 1; i < len(b.langs); i++ {
		if n[i] > n[best] {
			best, next = i, best
		} else if next < 0 || n[i] > n[next] {
			next = i
		}
	}
	most, second := n[best], float64(n[next])
	if most >= voteLeast && float64(most) >= voteLead*second || most >= voteFew && float64(most) >= voteClear*second {
		return b.langs[best]
	}
	return ""
}

// belied reports whether the words of two texts are surely not in a language: it has function
// words, and another language has many more among them.
func belied(lang, s, more string) bool {
	b := functionWords()
	i, ok := slices.BinarySearch(b.langs, lang)
	if !ok || len(languages[lang].stop) == 0 {
		return false
	}
	// Mostly the first words speak for it.
	if n := b.count(clipBoth(s, more, 100)); n[i] >= voteLeast && n[i] == slices.Max(n[:len(b.langs)]) {
		return false
	}
	n := b.count(s, more)
	return slices.Max(n[:len(b.langs)]) >= max(voteBelie, 3*n[i])
}

// ballotHash returns the hash of a word with one more letter.
func ballotHash(hash uint32, r rune) uint32 { return (hash ^ uint32(r)) * 0x9e3779b1 }

// bit returns the place in some of a word with this hash.
func (b *ballot) bit(hash uint32) (at int, bit uint64) {
	hash ^= hash >> 15
	return int(hash/64) % len(b.some), 1 << (hash % 64)
}

// count counts the votes for each language among the words of two texts.
func (b *ballot) count(s, more string) (n [64]int) {
	words, against := b.add(&n, s, voteWords)
	if more != "" {
		_, also := b.add(&n, more, voteWords-words)
		against += also
	}
	for i := range b.langs {
		n[i] -= against
	}
	return n
}

// add adds to n the votes for each language among the first words of s. It returns how many of them there are,
// and how many votes are against all languages.
func (b *ballot) add(n *[64]int, s string, most int) (words, against int) {
	var buf [2 * maxWord]byte
	word, hash := buf[:0], uint32(0)
	own, marked := ^uint64(0), false // languages that have all marked letters of the word; it has some
	for i := 0; i <= len(s) && words < most; {
		r, size := ' ', 1
		if i < len(s) {
			if c := s[i] | 0x20; c >= 'a' && c <= 'z' {
				if len(word) < len(buf) {
					word = append(word, c)
				}
				hash = ballotHash(hash, rune(c))
				i++
				continue
			}
			r, size = signAt(s, i)
		}
		i += size
		if isLetter(r) {
			if r = small(r); int(r) < len(b.marks) {
				if m := b.marks[r]; m != 0 {
					own &= m
					marked = true
				}
			}
			if len(word)+utf8.UTFMax <= len(buf) {
				word = utf8.AppendRune(word, r)
			}
			hash = ballotHash(hash, r)
			continue
		}
		if len(word) == 0 {
			continue
		}
		if marked && own != 0 {
			plus := 2 // a vote, and none against
			if own&(own-1) == 0 {
				plus = 3 // no other language has these letters
			}
			for m := own; m != 0; m &= m - 1 {
				n[bits.TrailingZeros64(m)] += plus
			}
			against++
		}
		if at, bit := b.bit(hash); b.some[at]&bit != 0 {
			for m := b.masks[string(word)]; m != 0; m &= m - 1 {
				n[bits.TrailingZeros64(m)]++
			}
		}
		word, hash, own, marked = word[:0], 0, ^uint64(0), false
		words++
	}
	return words, against
}
