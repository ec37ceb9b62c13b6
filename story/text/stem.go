package text

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// rules are what a language does to words. They are made once and are safe
// for concurrent use.
type rules struct {
	lang     string                   // that rulesFor knows them by
	number   uint8                    // of the language, in the cache of stems
	stop     map[string]bool          // lower-case words that carry no content
	articles map[string]bool          // what is elided before an apostrophe: French l, d, qu
	plainE   bool                     // ё is written as е, as most newspapers do
	special  unicode.SpecialCase      // case mapping, where it is not the common one
	stemmer  func(word string) string // nil: none
	prefix   int                      // without a stemmer, letters that are kept of a word; 0: all
	cyrillic *rules                   // takes over words in Cyrillic letters; nil: none
	roundUp  map[uint64]bool          // hashes of the stems of titles that name nothing of their own
}

var (
	rulesMu    sync.Mutex // guards rulesKnown
	rulesKnown = map[string]*rules{}
)

// known returns "" for an unsure result of Language, "und" for a language without rules.
func known(lang string) string {
	if Sure(lang) {
		return "und"
	}
	return ""
}

// rulesFor returns the rules for a base language.
func rulesFor(lang string) *rules {
	if _, ok := languages[lang]; !ok {
		lang = known(lang)
	}
	rulesMu.Lock()
	defer rulesMu.Unlock()
	r := rulesKnown[lang]
	if r == nil {
		r = makeRules(lang)
		r.lang = strings.Clone(lang)
		rulesKnown[r.lang] = r
	}
	return r
}

// key makes k the key of a word as it stands in a text, and reports whether the word starts with a capital.
func (r *rules) key(k *wordKey, word string) (upper bool) {
	n := 0
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case c >= utf8.RuneSelf || c == 'I' && r.special != nil:
			return r.beyond(k, word)
		case c-'A' < 26:
			c |= 0x20
		case (c == '.' || c == ',') && !fraction(word, i):
			continue
		case c == ',':
			c = '.'
		}
		k.b[n] = c
		n++
	}
	k.finish(n)
	return word[0]-'A' < 26
}

// beyond is key for a word whose small letters take more than ASCII to find. Where one of its
// signs is not known to have a small letter and nothing else, the key is the word as it stands.
func (r *rules) beyond(k *wordKey, word string) (upper bool) {
	first, _ := utf8.DecodeRuneInString(word)
	if int(first) < len(plainSigns) && plainSigns[first] != 0 {
		upper = plainSigns[first]&plainUpper != 0
	} else {
		upper = unicode.IsUpper(first) || unicode.IsTitle(first)
	}
	for i := 0; i < len(word) && r.special == nil; {
		sign, size := signAt(word, i)
		if int(sign) >= len(onlySmall) || onlySmall[sign] == 0 {
			break
		}
		small := onlySmall[sign]
		if size == 1 {
			k.b[i] = byte(small)
		} else {
			k.b[i], k.b[i+1] = 0xC0|byte(small>>6), 0x80|byte(small&0x3F)
		}
		if i += size; i == len(word) {
			k.finish(i)
			return upper
		}
	}
	k.finish(copy(k.b[:], word))
	return upper
}

// onlySmall has the small letters of letters and digits below it that stay one sign of as many
// bytes in every normal form; 0 stands for other signs.
var onlySmall = func() (t [len(smallLetters)]uint16) {
	for r := range rune(len(t)) {
		small := unicode.ToLower(r)
		if plainSigns[r]&plainLetter != 0 && utf8.RuneLen(small) == utf8.RuneLen(r) &&
			norm.NFKC.String(string(r)) == string(r) && norm.NFKC.String(string(small)) == string(small) {
			t[r] = uint16(small)
		}
	}
	return t
}()

// smallBytes has the small letters of onlySmall that take two bytes, and those of scripts without capitals, as they
// are written, the first byte in the lower half; 0 stands for other signs.
var smallBytes = func() (t [0x800]uint16) {
	for r := rune(utf8.RuneSelf); int(r) < len(t); r++ {
		small := r
		if int(r) < len(onlySmall) {
			small = rune(onlySmall[r])
		} else if plainSigns[r]&plainLetter == 0 {
			continue
		}
		if small != 0 {
			t[r] = uint16(0xC0|small>>6) | uint16(0x80|small&0x3F)<<8
		}
	}
	return t
}()

// id returns what the stem of a word is known by.
func (r *rules) id(k *wordKey) stemID {
	cache := cacheFor(k)
	if cache == nil {
		return idOf(r.fresh(string(k.b[:k.n])))
	}
	if s, head := cache.get(r.number, k); head != 0 {
		return s
	}
	return cache.put(r.number, k, r.fresh(string(k.b[:k.n])))
}

// stem appends the stem of a word to dst.
func (r *rules) stem(dst []byte, k *wordKey) []byte {
	if cache := cacheFor(k); cache != nil {
		if _, head := cache.get(r.number, k); part(head, headPrefix, headKey) > 0 {
			return append(dst, k.b[:part(head, headPrefix, headKey)]...)
		}
	}
	return append(dst, r.fresh(string(k.b[:k.n]))...)
}

// fresh returns the stem of a word as it stands in a text, or of its key, without the cache: "" if it is to be left out.
func (r *rules) fresh(word string) string {
	own := r
	if first, _ := utf8.DecodeRuneInString(word); r.cyrillic != nil && unicode.Is(unicode.Cyrillic, first) {
		own = r.cyrillic
	}
	folded := norm.NFKC.String(word)
	if own.special != nil {
		folded = strings.ToLowerSpecial(own.special, folded)
	} else {
		folded = strings.ToLower(folded)
	}
	return own.compute(own.fold(folded))
}

// fold makes one of the spellings of a lower-case word.
func (r *rules) fold(word string) string {
	if r.plainE {
		return strings.ReplaceAll(word, "ё", "е")
	}
	return word
}

// fraction reports whether the full stop or comma at word[i] belongs to a
// number, and is no mark between thousands.
func fraction(word string, i int) bool {
	if i == 0 || i+1 >= len(word) || !isDigit(word[i-1]) || !isDigit(word[i+1]) {
		return false
	}
	n := 1
	for i+n < len(word) && isDigit(word[i+n]) {
		n++
	}
	return n-1 != 3
}

// compute returns the stem of a lower-case word, without the cache.
func (r *rules) compute(word string) string {
	n := utf8.RuneCountInString(word)
	if n < 2 || r.stop[word] {
		return ""
	}
	if isDigit(word[0]) {
		return word
	}
	if r.stemmer != nil {
		if stem := r.stemmer(word); stem != "" {
			return stem
		}
		return word
	}
	if r.prefix > 0 && n > r.prefix {
		i := 0
		for k := range word {
			if i == r.prefix {
				return word[:k]
			}
			i++
		}
	}
	return word
}
