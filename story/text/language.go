package text

import (
	"math/bits"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/RadhiFadlillah/whatlanggo"
	"golang.org/x/text/language"
)

const (
	detectBytes   = 400 // of a text that are looked at
	detectLetters = 60  // fewer letters are not enough to tell a language
	beliedBytes   = 250 // of them, that may belie a declared language
	detectSure    = 0.3 // least confidence of the detector, in [0, 1]
)

// Language returns the lower-case ISO 639 base language of an article: the
// declared one if it can be read and the article does not belie it (much software
// calls every feed English), else what the script
// alone decides ("ko" for Hangul), else the one whose function words or letters it has. Where that
// is not sure, it returns "" for Latin letters or none, and for others "und-" and
// the script, such as "und-cyrl".
func Language(declared, title, body string) string {
	first, rest := title, body
	if len(title) == 0 {
		first, rest = body, ""
	}
	first, rest = clipBoth(first, rest, detectBytes)
	n := countScripts(first)
	for s, letters := range countScripts(rest) {
		n[s] += letters
	}
	script, letters := n.dominant()
	lang := base(declared)
	if lang != "" && (letters == 0 || writes(lang, script)) {
		if s, more := clipBoth(first, rest, beliedBytes); !belied(lang, s, more) {
			return lang
		}
	}
	sample := first
	if len(first) < detectBytes && len(title) > 0 {
		sample += "\n" + rest
	}
	if lang != "" && script == latinScript && n.some(lang) {
		return lang // with names in Latin letters
	}
	if script == latinScript && onlyNames(sample) {
		n[latinScript] = 0
		if s, m := n.dominant(); m > 1 {
			script, letters = s, m
		}
	}
	if lang := scriptLanguage[script]; lang != "" {
		return lang
	}
	if lang := vote(sample); lang != "" && writes(lang, script) {
		return lang
	}
	if letters < detectLetters {
		if lang != "" && script == latinScript {
			return lang // the title may hold nothing but names
		}
		return vague[script]
	}
	info := whatlanggo.Detect(sample)
	if found := base(info.Lang.Iso6393()); found != "" && info.Confidence >= detectSure && writes(found, script) {
		return found
	}
	return vague[script]
}

// vague are what Language calls an unknown language in a script.
var vague = [scripts]string{cyrillicScript: "und-cyrl", arabicScript: "und-arab", devanagariScript: "und-deva", bengaliScript: "und-beng"}

// Alike reports whether two results of Language may stand for one language: they
// are equal, or one is not sure and the other is written in its script.
func Alike(a, b string) bool {
	if a == b {
		return true
	}
	s, vagueA := scriptOfVague(a)
	t, vagueB := scriptOfVague(b)
	switch {
	case vagueA && vagueB:
		return false
	case vagueA:
		return writes(b, s)
	case vagueB:
		return writes(a, t)
	}
	return false
}

// Sure reports whether a result of Language is a language.
func Sure(lang string) bool {
	_, not := scriptOfVague(lang)
	return !not
}

// LanguageName returns a result of Language in words: a language by its code.
func LanguageName(lang string) string {
	switch s, vague := scriptOfVague(lang); {
	case !vague:
		return lang
	case s == latinScript:
		return "an unknown one"
	default:
		return "an unknown one in " + scriptNames[s] + " letters"
	}
}

var scriptNames = [scripts]string{cyrillicScript: "Cyrillic", arabicScript: "Arabic", devanagariScript: "Devanagari", bengaliScript: "Bengali"}

// scriptOfVague returns the script of an unsure result of Language, and whether it is one.
func scriptOfVague(lang string) (script, bool) {
	if lang == "" {
		return latinScript, true
	}
	if strings.HasPrefix(lang, "und-") {
		for s, v := range vague {
			if v == lang {
				return script(s), true
			}
		}
	}
	return otherScript, false
}

// Clip returns the first n bytes of s, or up to three fewer so that no letter is cut;
// s where it has no more.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// clipBoth returns what Clip leaves of two texts, one after the other in a line of its own.
func clipBoth(s, more string, n int) (string, string) {
	if n <= len(s) {
		return Clip(s, n), ""
	}
	return s, Clip(more, n-len(s)-1)
}

// base returns the base language of a language tag, "" if it has none or
// cannot be read.
func base(tag string) string {
	tag = strings.TrimSpace(tag)
	if tag == "" || len(tag) > 35 {
		return ""
	}
	if n := len(tag); (n == 2 || n == 5 && (tag[2] == '-' || tag[2] == '_')) && tag[0]-'a' < 26 && tag[1]-'a' < 26 {
		tag = tag[:2] // of "de" or "de-AT"
		if b, ok := renamed[tag]; ok {
			return b
		}
		return tag
	}
	t, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	b, confidence := t.Base()
	if confidence != language.Exact {
		return ""
	}
	if to, ok := renamed[b.String()]; ok {
		return to
	}
	return b.String()
}

// renamed maps codes that mean the same, or nothing, to the one that is used here.
var renamed = map[string]string{
	"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "sh": "sr", "bs": "hr", "tl": "fil",
	"arb": "ar", "pes": "fa", "azj": "az", "uzn": "uz", "ekk": "et", "lvs": "lv", "nob": "no", "nno": "no", "ydd": "yi", "npi": "ne", "swh": "sw",
	"cmn": "zh", "yue": "zh", "und": "", "mul": "", "zxx": "", "mis": "",
}

// script is a writing system, as far as it tells languages apart.
type script uint8

const (
	otherScript script = iota
	latinScript
	cyrillicScript
	arabicScript
	devanagariScript
	hanScript
	kanaScript
	hangulScript
	thaiScript
	greekScript
	hebrewScript
	georgianScript
	armenianScript
	tamilScript
	bengaliScript
	teluguScript
	kannadaScript
	malayalamScript
	gujaratiScript
	gurmukhiScript
	sinhalaScript
	khmerScript
	laoScript
	burmeseScript
	scripts
)

// scriptTables are the letters of each script; Latin is tested first.
var scriptTables = [scripts]*unicode.RangeTable{
	latinScript: unicode.Latin, cyrillicScript: unicode.Cyrillic, arabicScript: unicode.Arabic, devanagariScript: unicode.Devanagari,
	hanScript: unicode.Han, hangulScript: unicode.Hangul, thaiScript: unicode.Thai, greekScript: unicode.Greek, hebrewScript: unicode.Hebrew,
	georgianScript: unicode.Georgian, armenianScript: unicode.Armenian, tamilScript: unicode.Tamil, bengaliScript: unicode.Bengali,
	teluguScript: unicode.Telugu, kannadaScript: unicode.Kannada, malayalamScript: unicode.Malayalam, gujaratiScript: unicode.Gujarati,
	gurmukhiScript: unicode.Gurmukhi, sinhalaScript: unicode.Sinhala, khmerScript: unicode.Khmer, laoScript: unicode.Lao, burmeseScript: unicode.Myanmar,
}

// scriptLanguage are the languages that a script decides.
var scriptLanguage = [scripts]string{
	hanScript: "zh", kanaScript: "ja", hangulScript: "ko", thaiScript: "th", greekScript: "el", hebrewScript: "he", georgianScript: "ka", armenianScript: "hy",
	tamilScript: "ta", teluguScript: "te", kannadaScript: "kn", malayalamScript: "ml", gujaratiScript: "gu", gurmukhiScript: "pa", sinhalaScript: "si",
	khmerScript: "km", laoScript: "lo", burmeseScript: "my",
}

// letterCounts counts letters by script.
type letterCounts [scripts]int

// countScripts counts the letters of s.
func countScripts(s string) letterCounts {
	var n letterCounts
	for len(s) >= 8 && eightBytes(s)&high8 == 0 {
		n[latinScript] += bits.OnesCount64(alphas(eightBytes(s)) & high8)
		s = s[8:]
	}
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				n[latinScript]++
			}
		case r <= 0x52F && plainSigns[r]&plainLetter != 0:
			switch {
			case r < 0x370:
				n[latinScript]++
			case r >= 0x400:
				n[cyrillicScript]++
			default:
				n[scriptOf(r)]++
			}
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			n[kanaScript]++
		case unicode.IsLetter(r):
			n[scriptOf(r)]++
		}
	}
	return n
}

// foreignNames is how many Latin letters a letter of another script outweighs: names stand in Latin letters in
// the texts of all scripts, but other letters hardly ever in Latin ones.
const foreignNames = 3

// dominant returns the script of a text with such letters, and how many it has.
// Some kana among Han makes Japanese.
func (n *letterCounts) dominant() (script, int) {
	if n[kanaScript] > 0 && n[kanaScript]*10 >= n[hanScript] {
		n[kanaScript], n[hanScript] = n[kanaScript]+n[hanScript], 0
	}
	best := latinScript
	for s := range scripts {
		if n[s] > n[best] {
			best = s
		}
	}
	if best == latinScript {
		for s := latinScript + 1; s < scripts; s++ {
			if n[s]*foreignNames > n[latinScript] && (best == latinScript || n[s] > n[best]) {
				best = s
			}
		}
	}
	return best, n[best]
}

// onlyNames reports whether no Latin word of s is in small letters alone.
func onlyNames(s string) bool {
	size, name := 0, false
	for i := range len(s) + 1 {
		switch {
		case i < len(s) && (s[i] >= 'a' && s[i] <= 'z'):
			size++
		case i < len(s) && isAlnum(s[i]):
			name = true
		default:
			if size > 1 && !name {
				return false
			}
			size, name = 0, false
		}
	}
	return true
}

// some reports whether there are letters, beside Latin ones, in which a language is written.
func (n *letterCounts) some(lang string) bool {
	for s := latinScript + 1; s < scripts; s++ {
		if n[s] > 0 && writes(lang, s) {
			return true
		}
	}
	return false
}

func scriptOf(r rune) script {
	for s, table := range scriptTables {
		if table != nil && unicode.Is(table, r) {
			return script(s)
		}
	}
	return otherScript
}

// writes reports whether a language may be written in a script. It doubts only
// what is certain: languages that it does not know write everything.
func writes(lang string, s script) bool {
	if s == otherScript {
		return true
	}
	usual, ok := usualScripts.Load(lang)
	if !ok {
		usual = usualScript(lang)
		usualScripts.Store(lang, usual)
	}
	switch usual {
	case "":
		return true
	case "Latn":
		return s == latinScript
	case "Cyrl":
		return s == cyrillicScript
	case "Arab":
		return s == arabicScript
	case "Grek", "Hebr", "Thai":
		return scriptLanguage[s] == lang
	case "two":
		return s == latinScript || s == cyrillicScript || s == arabicScript
	case "cjk":
		return scriptLanguage[s] == lang || s == hanScript && lang == "ja"
	}
	return s != latinScript && s != cyrillicScript && s != arabicScript
}

// usualScripts remembers usualScript of each base language that was asked for.
var usualScripts sync.Map

// usualScript returns the ISO 15924 code of the script that a base language is usually written
// in, "two" if it is written in several, "cjk" for Chinese, Japanese and Korean, "" if it is not known.
func usualScript(lang string) string {
	switch lang {
	case "sr", "az", "uz", "kk", "ku", "mn", "tg", "tk":
		return "two"
	case "zh", "ja", "ko":
		return "cjk"
	}
	b, err := language.ParseBase(lang)
	if err != nil {
		return ""
	}
	tag, err := language.Compose(b)
	if err != nil {
		return ""
	}
	usual, confidence := tag.Script()
	if confidence == language.No {
		return ""
	}
	return usual.String()
}
