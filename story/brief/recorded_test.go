package brief

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"storyfold/story"
)

// surroundings are lines that articles have before, between and after their sentences.
var surroundings = strings.Split(`PORT ARLEN, Caldova (Merrow) — Nobody was hurt in the port itself, the mayor said.
ROMA – Il governo ha deciso di aspettare ancora un giorno.
June 6, 2026 7:38pm EDT The board met again after noon.
Published on Tuesday, 3 March 2026 at 16.50 The tugs came late.
: - Three of the tugs were sold before the winter came.
Read more: Ten ferries that burned
Related stories
More on this|How to swim|Ships and the sea
Sign up for our newsletter.
12 comments
© 2026 The Merrow Newswire. All rights reserved.
Reporting by Orla Finch; Editing by Bo Dahl
Orla Finch reported from Port Arlen.
By Orla Finch
A tug off Port Arlen in this file photo.
A tug near Wesenau, Caldova, April 27, 2014.
The post Ferry burns off Port Arlen appeared first on Harbour Post.
(Photo by Bo Dahl/Merrow via Getty Images)
“We will not sail again,” the skipper said. “Not this year.”
"Nobody told us," she said.
„Wir fahren nicht mehr“, sagte die Kapitänin Ilse Varga am Dienstag.
«Паром горел целый час», — заявила Варга журналистам во вторник.
「渡輪燒了一個小時」と当局者が話した。
He said that www.port.example had been down for 3.5 hours since Monday.
The U.S. Coast Guard and Gov. Dana Whitlock, No. 2 of the board, came at 5 p.m. on Tuesday.
The two ships met again | as they had in 1994 — off Wesenau [see map]
Tous droits réservés.
Все права защищены.
Weitere Artikel
この記事は有料です。`, "\n")

// inventory has the sentences that stories are invented of, those of a file together.
func inventory(t *testing.T) [][]string {
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) < 8 {
		t.Fatal(names, err)
	}
	var all [][]string
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '=' && line[0] != '(' {
				lines = append(lines, line)
			}
		}
		all = append(all, lines)
	}
	return all
}

// invented returns a story of n articles about one event, some of which are copies of others in part.
func invented(r *rand.Rand, lines []string, n int, first uint64) (*story.Story, map[uint64]*story.Article) {
	s, articles := new(story.Story), make(map[uint64]*story.Article)
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	for i := range n {
		var body strings.Builder
		if i > 0 && r.IntN(3) == 0 {
			of := articles[first+uint64(r.IntN(i))].Text
			body.WriteString(strings.ToValidUTF8(of[:r.IntN(len(of)+1)], ""))
		}
		for range r.IntN(16) {
			line := pick(lines)
			switch r.IntN(9) {
			case 0:
				line = strings.ReplaceAll(pick(surroundings), "|", "\n\n")
			case 1:
				line = strings.ToUpper(line)
			case 2:
				line = strings.Replace(line, " ", " \t ", 3)
			}
			body.WriteString(line + pick([]string{" ", "\n", "\n\n", "\n\n", ".\n\n"}))
		}
		a := &story.Article{
			Seq: first + uint64(i), Source: fmt.Sprint("source ", r.IntN(9)), Outlet: pick([]string{"Harbour Post", "Merrow Newswire", "Strand", ""}),
			Lang: pick([]string{"", "en", "en", "de", "fr", "ru", "zh"}), Title: pick(lines), Text: body.String(),
		}
		articles[a.Seq] = a
		s.Members = append(s.Members, story.MemberOf(a))
	}
	return s, articles
}

// TestRecorded tells invented stories twice, the second time with the last article new,
// and compares the sum of all briefs with the one that is recorded. What changes it on purpose records it anew.
func TestRecorded(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the sum was recorded on amd64; compilers for " + runtime.GOARCH + " may round scores another way")
	}
	const want = 0x5f822b6ec0d2310b
	r, reader, sum, first := rand.New(rand.NewPCG(5, 23)), NewReader(400_000), fnv.New64a(), uint64(1)
	kinds := inventory(t)
	for i := range 150 {
		s, articles := invented(r, kinds[i%len(kinds)], 1+i*7%29, first)
		first += uint64(len(articles))
		load := func(seq uint64) (*story.Article, error) { return articles[seq], nil }
		all := s.Members
		for _, n := range []int{len(all) - 1, len(all)} {
			s.Members = all[:n]
			if err := reader.Make(s, load, nil); err != nil {
				t.Fatal(err)
			}
			told, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			sum.Write(told)
		}
	}
	if got := sum.Sum64(); got != want {
		t.Errorf("the sum of all briefs is %#x, want %#x", got, uint64(want))
	}
}
