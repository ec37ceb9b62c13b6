package brief

import (
	"fmt"
	"os"
	"reflect"
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

// TestPrepareManyWords checks that an article of many words is read as it is, and that
// it changes nothing of what is read after it.
func TestPrepareManyWords(t *testing.T) {
	var body strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&body, "Nr%dx ", i)
	}
	p, a := new(preparer), longArticle(t)
	want := p.prepare(a)
	many := p.prepare(&story.Article{Seq: 2, Title: "Nr1x Nr2x Nr3x", Text: body.String(), Lang: "sw"})
	seen := make(map[uint32]bool)
	for _, w := range many.words {
		seen[w.stem] = true
	}
	if len(many.words) < 2900 || len(seen) != len(many.words) {
		t.Errorf("%d words, %d of them different", len(many.words), len(seen))
	}
	if got := p.prepare(a); !reflect.DeepEqual(got, want) {
		t.Error("an article is read in another way after a large one")
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
	if n := testing.AllocsPerRun(5, func() { p.release(p.prepare(a)) }); n > 24 { // 8; more where the race detector empties pools
		t.Errorf("reading an article of 440 words takes %.0f allocations", n)
	}
}
