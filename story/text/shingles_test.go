package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"storyfold/story/text"
)

// naiveShingles are the windows of Shingles in words, written for being read.
func naiveShingles(s string, w int) []string {
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
	var out []string
	for i := 0; w > 0 && i+w <= len(words); i++ {
		out = append(out, strings.Join(words[i:i+w], " "))
	}
	return out
}

// checkShingles reports whether windows of the same words, and only they, have the same hash.
func checkShingles(t *testing.T, s string, w int) int {
	t.Helper()
	got, want := text.Shingles(nil, []byte(s), w), naiveShingles(s, w)
	if len(got) != len(want) {
		t.Fatalf("Shingles(%q, %d) gives %d windows, want %d", s, w, len(got), len(want))
	}
	hashes, windows := map[string]uint64{}, map[uint64]string{}
	for i, h := range got {
		if had, ok := hashes[want[i]]; ok && had != h {
			t.Errorf("Shingles(%q, %d): %q has two hashes", s, w, want[i])
		}
		if had, ok := windows[h]; ok && had != want[i] {
			t.Errorf("Shingles(%q, %d): %q and %q have one hash", s, w, had, want[i])
		}
		hashes[want[i]], windows[h] = h, want[i]
	}
	return len(got)
}

func TestShingles(t *testing.T) {
	for _, tt := range []struct {
		s    string
		w, n int
	}{
		{"", 4, 0}, {"a b c", 4, 0}, {"a b c d", 4, 1}, {"The cat, the cat, the cat.", 2, 5}, {"x", 0, 0}, {"x", -1, 0}, {"高铁通车", 2, 3}, {"G8801次 列车", 1, 4},
	} {
		if n := checkShingles(t, tt.s, tt.w); n != tt.n {
			t.Errorf("Shingles(%q, %d) gives %d windows, want %d", tt.s, tt.w, n, tt.n)
		}
	}
	if a, b := text.Shingles(nil, []byte("Nine HURT as ferry burns"), 4), text.Shingles([]uint64{1}, []byte("nine hurt, as Ferry: burns!"), 4); !slices.Equal(a, b[1:]) || b[0] != 1 {
		t.Errorf("Shingles tells case and punctuation apart: %v, %v", a, b)
	}
}

func FuzzShingles(f *testing.F) {
	f.Add("Nine hurt as ferry burns off Port Arlen", 4)
	f.Add("江云高铁 opened 今日，Ünï\u0301", 2)
	f.Add("\xff\x00a\xe9", 1)
	f.Fuzz(func(t *testing.T, s string, w int) {
		checkShingles(t, s, w)
	})
}
