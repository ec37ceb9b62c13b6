package fetcher

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestCreditsShortcuts compares the cheap tests that stand before the costly
// ones in credits with what they stand for, on texts of telling pieces.
func TestCreditsShortcuts(t *testing.T) {
	pieces := []string{
		"Sources:", "source :", "Source\n:", "source  :", "sources include:", "Quellen:", "QUELLE:", "ſource:", "resource:", "with agencies:", "agencies :",
		"from agencies:", "fonti:", "Источники:", "ИСТОЧНИК :", "Fuente:", "agencias:", "include:", ":", " ", "\n", "\n\n", ". ", "! ", "a", "The mayor said",
		"AP", "(AP)", "Reuters", "dpa", "SPAIN", "路透社", "新华社", "Рейтер", "The Canadian Press", "PA Media", "tells AFP", "\xff", "к", "K",
		"LONDON", "(Lisbon)", "[", " - ", " – ", "\t-\n", "--", "—", strings.Repeat("é", 50),
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		for range 1 + r.IntN(8) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		if !mayList(text) && sourceList.MatchString(text) {
			t.Fatalf("mayList(%q) = false, but there is a list of sources", text)
		}
		for i, found := range mentioned(text) {
			names := append([]string{agencies[i].name}, agencies[i].aliases...)
			there := slices.ContainsFunc(names, func(n string) bool { return strings.Contains(text, n) })
			if found && !there || !found && agencies[i].firstCredit(text) >= 0 {
				t.Fatalf("mentioned(%q) tells %t of %s", text, found, agencies[i].name)
			}
		}
		if bracketLine.MatchString(text) && !mayBracket(text) || bareLine.MatchString(text) && !mayBare(text) {
			t.Fatalf("%q may be no dateline, but it is one", text)
		}
	}
}

func BenchmarkCredits(b *testing.B) {
	text := strings.Repeat("The council of Quillan closed the bridge on Tuesday: inspectors found cracks in two cables. ", 30)
	for b.Loop() {
		credits(text)
	}
}
