package text

import (
	"strings"
	"testing"
)

// samples are news in some languages.
var samples = []struct{ lang, text string }{
	{"en", "The harbour master of Port Vellan said on Tuesday, 3 March 2026, that the ferry, which had been leaning since dawn, was towed to the U.S. dock; it’s safe. "},
	{"de", "Der Hafenmeister von Port Vellan sagte am Dienstag, dem 3. März 2026, die Fähre sei über Nacht zur Werft geschleppt worden. "},
	{"fr", "Le capitaine du port de Vellan a déclaré mardi 3 février 2026 que l’échouement du ferry n’avait pas blessé d’hommes. "},
	{"ru", "Начальник порта «Веллан» сообщил во вторник, 3 марта 2026 года, что паром, который ещё с утра стоял на мели, отвели к причалу. "},
}

// TestWarmReading checks that reading an article whose words are known allocates nothing but what a pool may have lost.
func TestWarmReading(t *testing.T) {
	for _, c := range samples {
		body := strings.Repeat(c.text, 20)
		title := body[:60]
		var tokens []Token
		var dates []Date
		read := func() {
			lang := Language(c.lang, title, body)
			tokens = Tokens(tokens[:0], title, lang)
			tokens = Tokens(tokens, body, lang)
			dates = Dates(dates[:0], body, lang)
			vote(body[:300])
		}
		read()
		if n := testing.AllocsPerRun(10, read); n > 2 {
			t.Errorf("%s: %v allocations", c.lang, n)
		}
		if len(tokens) < 100 || len(dates) < 4 {
			t.Errorf("%s: %d words, %d dates", c.lang, len(tokens), len(dates))
		}
	}
}

// BenchmarkArticle does everything that grouping asks of an article of 450 words: language,
// bare title, words and dates.
func BenchmarkArticle(b *testing.B) {
	body := strings.Repeat("The harbour master of Port Vellan said on Tuesday that the ferry Marisol, which had been leaning since dawn, was towed to the inner dock by three tugs. "+
		"Nobody was hurt, but 212 passengers spent the night of 3 March in a school. \"It could have been worse,\" she told reporters at the U.S. consulate. ", 9)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	var tokens []Token
	var dates []Date
	for b.Loop() {
		title := BareTitle("Ferry Marisol towed to the inner dock of Port Vellan - Coast Wire", "Coast Wire", "coast", "www.coastwire.example")
		lang := Language("en-GB", title, body)
		tokens = Tokens(tokens[:0], title, lang)
		RoundUp(tokens, lang)
		dates = Dates(dates[:0], title, lang)
		tokens = FirstTokens(tokens[:0], body, lang, 200)
		dates = Dates(dates, body[:tokens[len(tokens)-1].End], lang)
	}
}

// BenchmarkBelied reads a text of whose words none is a function word.
func BenchmarkBelied(b *testing.B) {
	s := strings.Repeat("Quilf marrow tendril obsk varn lopeg sumat drien ", 9)
	for b.Loop() {
		Language("en", "Quilf tendril obsk", s)
	}
}

// BenchmarkLanguages takes the words of 2,500 bytes of text in some languages.
func BenchmarkLanguages(b *testing.B) {
	for _, c := range samples {
		b.Run(c.lang, func(b *testing.B) {
			s := Clip(strings.Repeat(c.text, 20), 2500)
			var tokens []Token
			for b.Loop() {
				tokens = Tokens(tokens[:0], s, c.lang)
			}
		})
	}
}
