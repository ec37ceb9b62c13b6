package main

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
)

// TestGridFits draws tables on terminals of several widths: no line is wider, and no word is lost.
func TestGridFits(t *testing.T) {
	probe := grid{header: []string{"source", "status", "format", "items", "newest", "interval", "warnings"}, numbers: []int{3, 5}, wide: 60}
	probe.add("The Harbour Post and Weir Messenger", "partly read", "JSON Feed 1.1", 120, "2026-03-03 08:30", "1h18m",
		"the document is cut off inside an item; 120 items before that, see https://harbour-post.example/a/very/long/address/of/a/feed/that/does/not/break.xml")
	probe.add("Old Times", "not enabled")
	list := grid{header: []string{"story", "updated", "reports", "articles", "headline"}, numbers: []int{2, 3}}
	list.add("yhvfuefglqf4b4sl", "3 Mar 08:30:00", 2, 14, "Quillan Bridge closed at once after cracks found in two cables")
	for name, g := range map[string]*grid{"probe": &probe, "list": &list} {
		for _, width := range []int{0, 250, 120, 100, 80} {
			var b strings.Builder
			if err := g.draw(&b, width); err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(b.String(), "\n") {
				if n := text.StringWidthWithoutEscSequences(line); width > 0 && n > width {
					t.Errorf("%s in %d columns: a line has %d\n%s", name, width, n, b.String())
					break
				}
			}
			for _, row := range g.rows {
				for _, cell := range row {
					for _, word := range strings.Fields(cell) {
						if !strings.Contains(word, "://") && !strings.Contains(b.String(), word) {
							t.Errorf("%s in %d columns: %q is lost\n%s", name, width, word, b.String())
						}
					}
				}
			}
		}
	}
}
