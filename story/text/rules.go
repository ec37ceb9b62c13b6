package text

import (
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/ar"
	"github.com/blevesearch/bleve/v2/analysis/lang/bg"
	"github.com/blevesearch/bleve/v2/analysis/lang/ca"
	"github.com/blevesearch/bleve/v2/analysis/lang/ckb"
	"github.com/blevesearch/bleve/v2/analysis/lang/cs"
	"github.com/blevesearch/bleve/v2/analysis/lang/da"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/analysis/lang/el"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/lang/eu"
	"github.com/blevesearch/bleve/v2/analysis/lang/fa"
	"github.com/blevesearch/bleve/v2/analysis/lang/fi"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/lang/ga"
	"github.com/blevesearch/bleve/v2/analysis/lang/gl"
	"github.com/blevesearch/bleve/v2/analysis/lang/hi"
	"github.com/blevesearch/bleve/v2/analysis/lang/hr"
	"github.com/blevesearch/bleve/v2/analysis/lang/hu"
	"github.com/blevesearch/bleve/v2/analysis/lang/hy"
	"github.com/blevesearch/bleve/v2/analysis/lang/id"
	"github.com/blevesearch/bleve/v2/analysis/lang/it"
	"github.com/blevesearch/bleve/v2/analysis/lang/nl"
	"github.com/blevesearch/bleve/v2/analysis/lang/no"
	"github.com/blevesearch/bleve/v2/analysis/lang/pt"
	"github.com/blevesearch/bleve/v2/analysis/lang/ro"
	"github.com/blevesearch/bleve/v2/analysis/lang/ru"
	"github.com/blevesearch/bleve/v2/analysis/lang/sv"
	"github.com/blevesearch/bleve/v2/analysis/lang/tr"
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/irish"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/tamil"
	"github.com/blevesearch/snowballstem/turkish"
)

// ruleSource says where the rules of a language come from.
type ruleSource struct {
	stop     []byte // list as the bleve packages hold it: words and comments
	more     string // further words that say nothing in news, by spaces
	articles []byte
	stemmer  func() func(word string) string
	prefix   int // letters kept where there is no stemmer
}

// cut is the number of letters that are kept of the words of inflected
// languages without a stemmer: long enough to tell names apart, short enough to
// lose most endings.
const cut = 6

// languages are the languages with rules of their own, by base language.
var languages = map[string]ruleSource{
	"ar":  {stop: ar.ArabicStopWords, stemmer: filters(ar.NewArabicNormalizeFilter(), ar.NewArabicStemmerFilter())},
	"be":  {prefix: cut},
	"bg":  {stop: bg.BulgarianStopWords, prefix: cut},
	"ca":  {stop: ca.CatalanStopWords, articles: ca.CatalanArticles, prefix: cut},
	"ckb": {stop: ckb.SoraniStopWords, stemmer: filters(ckb.NewSoraniNormalizeFilter(), ckb.NewSoraniStemmerFilter())},
	"cs":  {stop: cs.CzechStopWords, prefix: cut},
	"da":  {stop: da.DanishStopWords, stemmer: snowball(danish.Stem)},
	"de":  {stop: de.GermanStopWords, more: newsGerman, stemmer: snowball(german.Stem)},
	"el":  {stop: el.GreekStopWords, prefix: cut},
	"en":  {stop: en.EnglishStopWords, more: newsEnglish, stemmer: snowball(english.Stem)},
	"es":  {stop: es.SpanishStopWords, more: newsSpanish, stemmer: snowball(spanish.Stem)},
	"et":  {prefix: cut},
	"eu":  {stop: eu.BasqueStopWords, prefix: cut},
	"fa":  {stop: fa.PersianStopWords, stemmer: filters(ar.NewArabicNormalizeFilter(), fa.NewPersianNormalizeFilter())},
	"fi":  {stop: fi.FinnishStopWords, stemmer: snowball(finnish.Stem)},
	"fr":  {stop: fr.FrenchStopWords, more: newsFrench, articles: fr.FrenchArticles, stemmer: snowball(french.Stem)},
	"ga":  {stop: ga.IrishStopWords, articles: ga.IrishArticles, stemmer: snowball(irish.Stem)},
	"gl":  {stop: gl.GalicianStopWords, prefix: cut},
	"hi":  {stop: hi.HindiStopWords, stemmer: filters(hi.NewHindiNormalizeFilter(), hi.NewHindiStemmerFilter())},
	"hr":  {stop: hr.CroatianStopWords, stemmer: filters(hr.NewSuffixTransformationFilter(), hr.NewCroatianStemmerFilter())},
	"hu":  {stop: hu.HungarianStopWords, stemmer: snowball(hungarian.Stem)},
	"hy":  {stop: hy.ArmenianStopWords, prefix: cut},
	"id":  {stop: id.IndonesianStopWords},
	"it":  {stop: it.ItalianStopWords, more: newsItalian, articles: it.ItalianArticles, stemmer: snowball(italian.Stem)},
	"lt":  {prefix: cut},
	"lv":  {prefix: cut},
	"mk":  {prefix: cut},
	"nl":  {stop: nl.DutchStopWords, stemmer: snowball(dutch.Stem)},
	"no":  {stop: no.NorwegianStopWords, stemmer: snowball(norwegian.Stem)},
	"pl":  {more: stopPolish, prefix: cut},
	"pt":  {stop: pt.PortugueseStopWords, more: newsPortuguese, stemmer: snowball(portuguese.Stem)},
	"ro":  {stop: ro.RomanianStopWords, stemmer: snowball(romanian.Stem)},
	"ru":  {stop: ru.RussianStopWords, more: newsRussian, stemmer: snowball(russian.Stem)},
	"sk":  {stop: cs.CzechStopWords, prefix: cut},
	"sl":  {prefix: cut},
	"sr":  {prefix: cut},
	"sv":  {stop: sv.SwedishStopWords, stemmer: snowball(swedish.Stem)},
	"ta":  {stemmer: snowball(tamil.Stem)},
	"tr":  {stop: tr.TurkishStopWords, stemmer: snowball(turkish.Stem)},
	"uk":  {more: stopUkrainian, prefix: cut},
	"und": {},
}

// makeRules returns new rules for a language of the table; "" stands for an
// unknown one.
func makeRules(lang string) *rules {
	if lang == "" {
		r := makeRules("en")
		r.cyrillic = makeRules("ru")
		r.number = 0
		return r
	}
	l := languages[lang]
	r := &rules{number: languageNumbers()[lang], stop: map[string]bool{}, articles: wordList(l.articles), prefix: l.prefix, plainE: lang == "ru"}
	for w := range wordList(l.stop) {
		r.stop[r.fold(strings.ReplaceAll(w, "’", "'"))] = true
	}
	for w := range wordList([]byte(l.more)) {
		r.stop[r.fold(w)] = true
	}
	if names := dateNames(lang); names != nil {
		for w := range names.dates {
			r.stop[r.fold(w)] = true
		}
	}
	if l.stemmer != nil {
		r.stemmer = l.stemmer()
	}
	if lang == "tr" {
		r.special = unicode.TurkishCase
	}
	r.roundUp = make(map[uint64]bool)
	for _, t := range (&tokenizer{text: roundUps[lang], rules: r, last: -1}).run(math.MaxInt) {
		r.roundUp[t.Hash] = true
	}
	return r
}

// languageNumbers gives the languages of the table numbers from 1.
var languageNumbers = sync.OnceValue(func() map[string]uint8 {
	numbers := make(map[string]uint8, len(languages))
	for i, lang := range slices.Sorted(maps.Keys(languages)) {
		numbers[lang] = uint8(i + 1)
	}
	return numbers
})

// wordList reads a word list as the bleve packages hold it: words, with comments after | or #.
func wordList(list []byte) map[string]bool {
	m := analysis.NewTokenMap()
	// A reader of memory has no errors but the end.
	_ = m.LoadBytes(list)
	return m
}

// snowball returns a stemmer of the Snowball family.
func snowball(stem func(*snowballstem.Env) bool) func() func(string) string {
	return func() func(string) string {
		return func(word string) string {
			env := snowballstem.NewEnv(word)
			stem(env)
			return env.Current()
		}
	}
}

// filters returns a stemmer that passes a word through filters of bleve.
func filters(fs ...analysis.TokenFilter) func() func(string) string {
	return func() func(string) string {
		return func(word string) string {
			s := analysis.TokenStream{{Term: []byte(word)}}
			for _, f := range fs {
				s = f.Filter(s)
			}
			if len(s) == 0 {
				return word
			}
			return string(s[0].Term)
		}
	}
}
