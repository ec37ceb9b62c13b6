package text

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unicode"
	"unicode/utf8"
)

func keyFor(word string) *wordKey {
	k := new(wordKey)
	k.finish(copy(k.b[:], word))
	return k
}

// newStemCache returns an empty cache for short words that has so few places that words fight for them.
func newStemCache() *stemCache {
	return &stemCache{size: shortSize, bits: 0, numbers: make([]atomic.Uint64, ways*shortSize)}
}

// stemFor returns a stem that tells from which word it was made.
func stemFor(word string) string { return word[4:] + word[:2] }

// TestStemCache checks that words that fight for places are told apart, as are languages, and
// that the last one is known.
func TestStemCache(t *testing.T) {
	c := newStemCache()
	words := []string{"ferry", "ferries", "ships", "docks", "tugs2", "ferry", "piers", "boats"}
	for _, w := range words {
		c.put(1, keyFor(w), stemFor(w))
	}
	known := 0
	for _, w := range words[4:] {
		got, head := c.get(1, keyFor(w))
		if head != 0 {
			known++
			if got != idOf(stemFor(w)) {
				t.Errorf("%q has the id %v", w, got)
			}
		}
		if _, head := c.get(2, keyFor(w)); head != 0 {
			t.Errorf("%q is known in a language that it was not put in", w)
		}
	}
	if known == 0 || known > ways {
		t.Errorf("%d words are known in %d places", known, ways)
	}
	if got, head := c.get(1, keyFor("boats")); head == 0 || got != idOf(stemFor("boats")) {
		t.Errorf("the last word has the id %v", got)
	}
}

// TestStemsRemembered checks which words the caches have room for, and that they know their stems.
func TestStemsRemembered(t *testing.T) {
	rules := uint8(200) // of no language
	for _, x := range []struct {
		word string
		in   *stemCache
	}{
		{"на", &shortStems},
		{"sixteen-letters-", &shortStems},
		{"seventeen-letters", &longStems},
		{strings.Repeat("ы", 24), &longStems},
		{strings.Repeat("ы", 24) + "s", nil},
		{strings.Repeat("s", maxWord), nil},
	} {
		k := keyFor(x.word)
		c := cacheFor(k)
		if c != x.in {
			t.Errorf("%q is in another cache", x.word)
		}
		for _, stem := range []string{"", "9", x.word[:2], x.word, x.word + x.word} {
			if rules++; c != nil {
				put := c.put(rules, k, stem)
				got, head := c.get(rules, k)
				if head == 0 || got != idOf(stem) || got != put {
					t.Errorf("the stem %q of %q has the id %v, put %v", stem, x.word, got, put)
				}
				if n := int(part(head, headPrefix, headKey)); strings.HasPrefix(x.word, stem) && n != len(stem) || n > 0 && x.word[:n] != stem {
					t.Errorf("the stem %q of %q is its beginning of %d bytes", stem, x.word, n)
				}
			}
		}
	}
}

// TestStemIDs checks what stems are known by.
func TestStemIDs(t *testing.T) {
	for _, x := range []struct {
		stem, letters string
		kind          stemKind
	}{
		{"", "", leftOut}, {"ferri", "ferri", content}, {"harbour", "harbo", content}, {"самолет", "самол", content}, {"u.s.a", "usa", content},
		{"a.b.c.d.e.f", "abcde", content}, {"1234567", "1234567", number}, {"3.5million", "35million", number}, {"...", "", content},
	} {
		want := stemID{Hash(x.stem), uint32(Hash(x.letters)), x.kind}
		if x.stem == "" {
			want = stemID{kind: leftOut}
		}
		if got := idOf(x.stem); got != want {
			t.Errorf("the id of %q is %v, want %v", x.stem, got, want)
		}
	}
}

// TestStemCacheShared has goroutines fight for few places: none may see the stem of another word.
func TestStemCacheShared(t *testing.T) {
	c := newStemCache()
	var words []string
	for i := range 20 {
		words = append(words, fmt.Sprint("word", i*i*i*i), fmt.Sprint("words", 1000-i*i))
	}
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := range 5_000 {
				w := words[(i*(n+1)+i/7)%len(words)]
				if got, head := c.get(1, keyFor(w)); head == 0 {
					c.put(1, keyFor(w), stemFor(w))
				} else if got != idOf(stemFor(w)) {
					t.Errorf("%q has the id %v", w, got)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestPairsAndWords checks that a pair of signs is not taken for the word that is written alike, which is left out here.
func TestPairsAndWords(t *testing.T) {
	for range 2 {
		if got := stems("on", "ca"); got != "" {
			t.Errorf("the word is %q, want none", got)
		}
		if got, want := stems("대on", "ca"), "대o on"; got != want {
			t.Errorf("the pairs are %q, want %q", got, want)
		}
	}
}

// plainly returns the words of s as Tokens does, without any of its quick ways: every word by Annex 29
// where it is not ASCII, and every stem computed anew.
func plainly(t *testing.T, s, lang string) []Token {
	tok := tokenizer{text: s, rules: rulesFor(lang), first: true, last: -1}
	for i := 0; i < len(s); {
		end := i + 1
		if isSpace(s[i]) {
			tok.first = tok.first || s[i] == '\n'
			i++
			continue
		}
		for end < len(s) && !isSpace(s[end]) {
			end++
		}
		switch chunk := s[i:end]; {
		case isAddress(chunk):
			tok.first = false
		case strings.IndexFunc(chunk, func(r rune) bool { return r >= utf8.RuneSelf }) < 0:
			tok.ascii(i, end)
		default:
			tok.unicode(i, end)
		}
		i = end
	}
	for i := range tok.dst {
		x := &tok.dst[i]
		word := s[x.Start:x.End]
		first, _ := utf8.DecodeRuneInString(word)
		if upper := unicode.IsUpper(first) || unicode.IsTitle(first); upper != x.Upper && !x.signs {
			t.Errorf("%q begins with a capital: %v", word, x.Upper)
		}
		stem := word
		if !x.signs {
			stem = slowStem(tok.rules, word)
		}
		if x.Number != (isDigit(stem[0]) && !x.signs) {
			t.Errorf("%q is a number: %v", word, x.Number)
		}
		if got := string(x.AppendStem(nil, s, lang)); got != stem {
			t.Errorf("the stem of %q is %q, want %q", word, got, stem)
		}
		x.Hash, x.Key = Hash(stem), uint32(Hash(firstLetters(stem)))
	}
	return tok.dst
}

// slowStem computes the stem of a word from all of it.
func slowStem(r *rules, word string) string {
	if strings.IndexFunc(word, func(c rune) bool { return c >= utf8.RuneSelf || c == 'I' && r.special != nil }) >= 0 {
		return r.fresh(word)
	}
	var b strings.Builder
	for i, c := range word {
		switch {
		case c != '.' && c != ',':
			b.WriteRune(c)
		case fraction(word, i):
			b.WriteByte('.')
		}
	}
	return r.fresh(b.String())
}

// FuzzPaths compares Tokens with what takes every text the long way.
func FuzzPaths(f *testing.F) {
	for _, s := range []string{
		"The ferry \"Marisol\", 1,300 tons, 3.5 m; U.S. tugs (two) came: www.port.example a@b.c, J. O'Brien's don't! naïve e\u0301te\u0301",
		"L'homme d’affaires aujourd'hui; Ещё о самолётах 3,5млн ŉ ſs İstanbul IŞIK Σίσυφος ὈΔΥΣΣΕΎΣ", "東京タワーは高い 北京的大学 대통령은 ไทยคือ \xff\xfe ﬁne Ǆ ＡＢＣ ½ x_y 3_000",
		"السفينة في الميناء ١٢٣ हिन्दी में Մեկ Donaudampfschifffahrtsgesellschaftskapitäne",
	} {
		for _, lang := range []string{"", "en", "tr", "ru", "fr", "ja", "xx"} {
			f.Add(s, lang)
		}
	}
	f.Fuzz(checkPaths)
}

// checkPaths compares Tokens with plainly.
func checkPaths(t *testing.T, s, lang string) {
	t.Helper()
	want := plainly(t, s, lang)
	for range 2 { // the second time from the cache
		got := Tokens(nil, s, lang)
		if len(got) != len(want) {
			t.Fatalf("Tokens(%q, %q): %d words, want %d: %+v, want %+v", s, lang, len(got), len(want), got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("Tokens(%q, %q): %+v, want %+v", s, lang, got[i], want[i])
			}
		}
	}
	for n := 1; n < len(want); n += 1 + n/2 {
		if got := FirstTokens(nil, s, lang, n); len(got) < n || !slices.Equal(got, want[:len(got)]) {
			t.Fatalf("FirstTokens(%q, %q, %d): %+v, want so many of %+v", s, lang, n, got, want)
		}
	}
}

// TestPaths compares Tokens with plainly for texts of what its quick ways tell apart.
func TestPaths(t *testing.T) {
	pieces := strings.Split("a|I|the|The|ferry|HARBOUR|x1|3|2031|1,300|3.5|passenger|fifteen-letters|abcdefghijklmno|abcdefghijklmnop|abcdefghijklmnopq|"+
		"в|на|Ещё|паром|Правительства|самолётостроение|éa|naïve|IŞIK|ıspar|ſs|ŉ|ﬁne|السفينة|ναυς|東京|大学|대통령|"+
		strings.Repeat("s", 63)+"|"+strings.Repeat("ы", 31)+"|"+strings.Repeat("ы", 20)+"|\"|(|)|'|’|“|”|-|.|..|!|?|,|;|:|@|://|www.|\n|\t| | | | | | | | ", "|")
	rnd := rand.New(rand.NewPCG(5, 7))
	for _, lang := range []string{"en", "", "ru", "tr", "fr", "xx"} {
		for range 400 {
			var b strings.Builder
			for range rnd.IntN(40) {
				if b.WriteString(pieces[rnd.IntN(len(pieces))]); rnd.IntN(9) == 0 {
					fmt.Fprintf(&b, " word%d ", rnd.Uint32()) // that nobody knows
				}
			}
			checkPaths(t, b.String(), lang)
		}
	}
}
