package brief

import (
	"os"
	"strings"
	"testing"

	"storyfold/story"
)

// longArticle returns an article of about 440 words, out of the stories of testdata.
func longArticle(t testing.TB) *story.Article {
	t.Helper()
	var body []string
	words := 0
	for _, name := range []string{"ferry", "dam"} {
		data, err := os.ReadFile("testdata/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for p := range strings.SplitSeq(string(data), "\n\n") {
			_, p, _ = strings.Cut("\n"+p, "\n")
			if strings.HasPrefix(p, "==") {
				_, p, _ = strings.Cut(p, "\n")
			}
			if n := len(strings.Fields(p)); n > 12 && words+n <= 440 && !strings.Contains(p, "@copy") {
				body, words = append(body, p), words+n
			}
		}
	}
	if words < 400 {
		t.Fatalf("an article of %d words", words)
	}
	return &story.Article{
		Seq: 1, Source: "harbour", Outlet: "Harbour Post", Lang: "en", URL: "https://harbour.example/kestrel",
		Title: "Fire on ferry off Port Arlen injures nine, 214 passengers taken off", Text: strings.Join(body, "\n\n"),
	}
}

// BenchmarkPrepare reads an article of 440 words.
func BenchmarkPrepare(b *testing.B) {
	a := longArticle(b)
	var p preparer
	b.ReportAllocs()
	for b.Loop() {
		p.prepare(a)
	}
}

// TestPrepareAllocations holds what reading an article costs, in allocations.
func TestPrepareAllocations(t *testing.T) {
	a := longArticle(t)
	var p preparer
	p.prepare(a)
	if n := testing.AllocsPerRun(5, func() { p.prepare(a) }); n > 40 {
		t.Errorf("reading an article of 440 words takes %.0f allocations", n)
	}
}
