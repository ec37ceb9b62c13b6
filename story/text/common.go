package text

import (
	"embed"
	"math"
	"path"
	"strconv"
	"strings"
	"sync"
)

// The lists of common words: a file for each language. A line begins with a number n; about one
// story of n has each of the words that follow. They were counted, or set by comparison
// with English, in news of all kinds, and are coarse: what is not listed is taken for rare.
//
//go:embed common/*.txt
var commonFiles embed.FS

// Of numbers, which are not listed.
const (
	commonNumber = 1.0 / 6  // of one or two digits
	commonYear   = 1.0 / 12 // of this century
)

// Common returns the share of news stories in which a stem is likely to occur, in [0, 1]: 0 for what is not
// a common word of any known language. Stems are given as Token.AppendStem and Date.Stem return them.
func Common(stem string) float64 {
	if stem[0] == dateMark {
		return dateShares()[stem]
	}
	if isDigit(stem[0]) {
		switch _, err := strconv.Atoi(stem); {
		case err != nil:
			return 0
		case len(stem) <= 2:
			return commonNumber
		case len(stem) == 4 && stem[:2] == "20":
			return commonYear
		}
		return 0
	}
	return common()[stem]
}

// common returns the shares of all listed stems. A stem of several languages has its largest.
var common = sync.OnceValue(func() map[string]float64 {
	shares := make(map[string]float64)
	// Reading what is embedded has no errors.
	files, _ := commonFiles.ReadDir("common")
	for _, f := range files {
		list, _ := commonFiles.ReadFile(path.Join("common", f.Name()))
		lang := strings.TrimSuffix(f.Name(), ".txt")
		r := makeRules(lang) // not kept: most languages are not read
		var tokens []Token
		for line := range strings.Lines(string(list)) {
			n, words, _ := strings.Cut(line, " ")
			of, err := strconv.Atoi(n)
			if err != nil {
				panic("text: common words: " + f.Name() + ": " + line)
			}
			t := tokenizer{text: words, rules: r, dst: tokens[:0], last: -1}
			tokens = t.run(math.MaxInt)
			for i := range tokens {
				stem := string(tokens[i].stem(nil, words, r))
				shares[stem] = max(shares[stem], 1/float64(of))
			}
		}
	}
	return shares
})
