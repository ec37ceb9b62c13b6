package text

import (
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// rules are what a language does to words. They are made once and are safe
// for concurrent use.
type rules struct {
	stop     map[string]bool          // lower-case words that carry no content
	articles map[string]bool          // what is elided before an apostrophe: French l, d, qu
	plainE   bool                     // ё is written as е, as most newspapers do
	special  unicode.SpecialCase      // case mapping, where it is not the common one
	stemmer  func(word string) string // nil: none
	prefix   int                      // without a stemmer, letters that are kept of a word; 0: all
	cyrillic *rules                   // takes over words in Cyrillic letters; nil: none
	roundUp  map[string]bool          // stems of titles that name nothing of their own
	cache    stemCache
}

// stemCache remembers the stems of words: a table of fixed size in which a
// word has one place, so that it is bounded and needs no lock.
type stemCache [1 << 15]atomic.Pointer[stemmed]

type stemmed struct {
	word, stem string // stem is "" if the word is to be left out
}

var (
	rulesMu    sync.Mutex // guards rulesKnown
	rulesKnown = map[string]*rules{}
)

// rulesFor returns the rules for a base language.
func rulesFor(lang string) *rules {
	if _, ok := languages[lang]; !ok && lang != "" {
		lang = "und"
	}
	rulesMu.Lock()
	defer rulesMu.Unlock()
	r := rulesKnown[lang]
	if r == nil {
		r = makeRules(lang)
		rulesKnown[lang] = r
	}
	return r
}

// stem returns the stem of a word as it stands in a text, "" if it is to be
// left out, and whether the word starts with a capital.
func (r *rules) stem(word string) (stem string, upper bool) {
	var buf [2 * maxWord]byte
	key := buf[:0]
	ascii := true
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case c >= utf8.RuneSelf:
			ascii = false
		case c-'A' < 26:
			c |= 0x20
			ascii = ascii && (c != 'i' || r.special == nil)
		case (c == '.' || c == ',') && !fraction(word, i):
			continue
		case c == ',':
			c = '.'
		}
		key = append(key, c)
	}
	if ascii {
		upper = word[0]-'A' < 26
		return r.lookup(key), upper
	}
	first, _ := utf8.DecodeRuneInString(word)
	upper = unicode.IsUpper(first) || unicode.IsTitle(first)
	if r.cyrillic != nil && unicode.Is(unicode.Cyrillic, first) {
		r = r.cyrillic
	}
	folded := norm.NFKC.String(word)
	if r.special != nil {
		folded = strings.ToLowerSpecial(r.special, folded)
	} else {
		folded = strings.ToLower(folded)
	}
	return r.lookup([]byte(r.fold(folded))), upper
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

// pair returns the token that stands for two neighbouring signs.
func (r *rules) pair(signs string) string {
	h := hashBytes([]byte(signs)) & uint32(len(r.cache)-1)
	if e := r.cache[h].Load(); e != nil && e.word == signs {
		return e.stem
	}
	e := &stemmed{word: strings.Clone(signs)}
	e.stem = e.word
	for _, c := range signs {
		if strings.ContainsRune(functionSigns, c) {
			e.stem = ""
		}
	}
	r.cache[h].Store(e)
	return e.stem
}

// lookup returns the stem of a lower-case word.
func (r *rules) lookup(word []byte) string {
	h := hashBytes(word) & uint32(len(r.cache)-1)
	if e := r.cache[h].Load(); e != nil && e.word == string(word) {
		return e.stem
	}
	e := &stemmed{word: string(word)}
	e.stem = r.compute(e.word)
	r.cache[h].Store(e)
	return e.stem
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

// hashBytes is FNV-1a, with its upper bits folded in.
func hashBytes(b []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return h ^ h>>15
}
