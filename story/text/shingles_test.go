package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/cespare/xxhash/v2"

	"storyfold/story/text"
)

// naiveShingles is Shingles written for being read.
func naiveShingles(s string, w int) []uint64 {
	var words []string
	word := ""
	end := func() {
		if word != "" {
			words = append(words, word)
		}
		word = ""
	}
	for _, r := range s {
		low := string(unicode.ToLower(r))
		switch {
		case !unicode.In(r, unicode.L, unicode.Nd, unicode.M):
			end()
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			end()
			words = append(words, low)
		default:
			word += low
		}
	}
	end()
	var out []uint64
	for i := 0; w > 0 && i+w <= len(words); i++ {
		out = append(out, xxhash.Sum64String(strings.Join(words[i:i+w], "\x00")))
	}
	return out
}

func TestShingles(t *testing.T) {
	for _, tt := range []struct {
		s    string
		w, n int
	}{
		{"", 4, 0}, {"a b c", 4, 0}, {"a b c d", 4, 1}, {"The cat, the cat, the cat.", 2, 5}, {"x", 0, 0}, {"x", -1, 0}, {"高铁通车", 2, 3}, {"G8801次 列车", 1, 4},
	} {
		got := text.Shingles(nil, tt.s, tt.w)
		if want := naiveShingles(tt.s, tt.w); len(got) != tt.n || !slices.Equal(got, want) {
			t.Errorf("Shingles(%q, %d) = %v, want %d: %v", tt.s, tt.w, got, tt.n, want)
		}
	}
	if a, b := text.Shingles(nil, "Nine HURT as ferry burns", 4), text.Shingles([]uint64{1}, "nine hurt, as Ferry: burns!", 4); !slices.Equal(a, b[1:]) || b[0] != 1 {
		t.Errorf("Shingles tells case and punctuation apart: %v, %v", a, b)
	}
}

func FuzzShingles(f *testing.F) {
	f.Add("Nine hurt as ferry burns off Port Arlen", 4)
	f.Add("江云高铁 opened 今日，Ünï\u0301", 2)
	f.Add("\xff\x00a\xe9", 1)
	f.Fuzz(func(t *testing.T, s string, w int) {
		if got, want := text.Shingles(nil, s, w), naiveShingles(s, w); !slices.Equal(got, want) {
			t.Errorf("Shingles(%q, %d) = %v, want %v", s, w, got, want)
		}
	})
}
