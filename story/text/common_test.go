package text

import "testing"

func TestCommon(t *testing.T) {
	for _, c := range []struct {
		word, lang string
		min, max   float64
	}{
		{"work", "en", .4, 1},
		{"launches", "en", .1, .5}, // any form of the word
		{"president", "en", .4, 1},
		{"Präsident", "de", .1, .5},
		{"правительства", "ru", .1, .5},
		{"élections", "fr", .05, .5},
		{"elecciones", "es", .05, .5},
		{"wyborów", "pl", .05, .5},
		{"14", "en", .1, .5},
		{"2024", "ru", .05, .5},
		{"1742", "en", 0, 0},
		{"14.5", "en", 0, 0},
		{"lantern", "en", 0, 0},
		{"Quillhaven", "de", 0, 0},
		{"Вишнёвка", "ru", 0, 0},
	} {
		tokens := Tokens(nil, c.word, c.lang)
		if len(tokens) != 1 {
			t.Fatalf("Tokens(%q, %q) = %v, want one", c.word, c.lang, tokens)
		}
		stem := string(tokens[0].AppendStem(nil, c.word, c.lang))
		if p := Common(stem); p < c.min || p > c.max {
			t.Errorf("Common(%q) = %v for %q, want %v to %v", stem, p, c.word, c.min, c.max)
		}
	}
}

// TestCommonLists sees that every list is read, and that its words are words of its language.
func TestCommonLists(t *testing.T) {
	files, err := commonFiles.ReadDir("common")
	if err != nil || len(files) < 9 {
		t.Fatalf("%d lists of common words, %v; want 9", len(files), err)
	}
	for _, f := range files {
		lang := f.Name()[:2]
		if _, ok := languages[lang]; !ok || f.Name() != lang+".txt" {
			t.Errorf("list %s is of no known language", f.Name())
		}
	}
	for stem, p := range common() {
		if p <= 0 || p > .5 {
			t.Errorf("Common(%q) = %v, want a share up to a half", stem, p)
		}
	}
}
