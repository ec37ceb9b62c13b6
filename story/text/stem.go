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
// word has two places, so that it is bounded and needs no lock.
type stemCache [1 << 15]atomic.Pointer[stemmed]

type stemmed struct {
	word, stem string // stem is "" if the word is to be left out
}

// get returns what is known about a word whose first place is at, or nil.
func get[T string | []byte](c *stemCache, at uint32, word T) *stemmed {
	if e := c[at].Load(); e != nil && e.word == string(word) {
		return e
	}
	if e := c[at^1].Load(); e != nil && e.word == string(word) {
		return e
	}
	return nil
}

// put remembers the stem of a word whose first place is at, and returns it. What stood there
// takes the second place.
func (c *stemCache) put(at uint32, word, stem string) string {
	if strings.HasPrefix(word, stem) {
		stem = word[:len(stem)] // one piece of memory, and near
	}
	if e := c[at].Swap(&stemmed{word, stem}); e != nil {
		c[at^1].Store(e)
	}
	return stem
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
		rulesKnown[lang] = r
	}
	return r
}

// stem returns the stem of a word as it stands in a text, "" if it is to be
// left out, and whether the word starts with a capital.
func (r *rules) stem(word string) (stem string, upper bool) {
	var buf [2 * maxWord]byte
	key := buf[:0]
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case c >= utf8.RuneSelf || c == 'I' && r.special != nil:
			return r.beyond(word)
		case c-'A' < 26:
			c |= 0x20
		case (c == '.' || c == ',') && !fraction(word, i):
			continue
		case c == ',':
			c = '.'
		}
		key = append(key, c)
	}
	return r.lookup(key), word[0]-'A' < 26
}

// beyond is stem for a word whose small letters take more than ASCII to find. The
// cache knows such words as they stand in the text.
func (r *rules) beyond(word string) (stem string, upper bool) {
	first, _ := utf8.DecodeRuneInString(word)
	if int(first) < len(plainSigns) && plainSigns[first] != 0 {
		upper = plainSigns[first]&plainUpper != 0
	} else {
		upper = unicode.IsUpper(first) || unicode.IsTitle(first)
	}
	at := place(word)
	if e := get(&r.cache, at, word); e != nil {
		return e.stem, upper
	}
	own := r
	if r.cyrillic != nil && unicode.Is(unicode.Cyrillic, first) {
		own = r.cyrillic
	}
	folded := norm.NFKC.String(word)
	if own.special != nil {
		folded = strings.ToLowerSpecial(own.special, folded)
	} else {
		folded = strings.ToLower(folded)
	}
	return r.cache.put(at, strings.Clone(word), strings.Clone(own.compute(own.fold(folded)))), upper
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
	at := place(signs)
	if e := get(&r.cache, at, signs); e != nil {
		return e.stem
	}
	stem := strings.Clone(signs)
	word := stem
	if strings.ContainsAny(signs, functionSigns) {
		stem = ""
	}
	return r.cache.put(at, word, stem)
}

// lookup returns the stem of a lower-case word.
func (r *rules) lookup(word []byte) string {
	at := place(word)
	if e := get(&r.cache, at, word); e != nil {
		return e.stem
	}
	w := string(word)
	return r.cache.put(at, w, r.compute(w))
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

// place returns the place of a word in a stemCache: FNV-1a, with its upper bits folded in.
func place[T string | []byte](word T) uint32 {
	h := uint32(2166136261)
	for i := range len(word) {
		h = (h ^ uint32(word[i])) * 16777619
	}
	return (h ^ h>>15) % uint32(len(stemCache{}))
}
