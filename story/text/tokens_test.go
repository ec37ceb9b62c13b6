package text

import (
	"strings"
	"testing"
)

func stems(s, lang string) string {
	var out []string
	for _, t := range Tokens(nil, s, lang) {
		out = append(out, t.Stem)
	}
	return strings.Join(out, " ")
}

func TestTokens(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"en", "The ministers’ talks weren't about O'Brien's 1,300 ships.", "minist talk brien 1300 ship"},
		{"en", "U.S. sends 3.5 million to US allies; tell us", "send 3.5 million alli"},
		{"en", "See https://a.example/x?y=1 or mail me@a.example", "mail"},
		{"fr", "L'homme d’affaires aujourd'hui", "homm affair"},
		{"it", "L'accordo dell’Unione", "accord union"},
		{"de", "Die Häuser der Straße", "haus strass"},
		{"ru", "Корабли вошли в гавань", "корабл вошл гаван"},
		{"", "Ships entered", "ship enter"},
		{"tr", "ISPARTA İzmir", "ıspar izmir"},
		{"zh", "北京的大学", "北京 大学"},
		{"ja", "東京タワーは高い", "東京 タワー"},
		{"ko", "대통령은 서울", "대통 통령 령은 서울"},
		{"th", "ไทย", "ไท ทย"},
	} {
		if got := stems(c.text, c.lang); got != c.want {
			t.Errorf("Tokens(%q, %q) = %q, want %q", c.text, c.lang, got, c.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	long := "The harbour master said that the ferry had been leaning since dawn, and that nobody on board was hurt."
	for _, c := range []struct{ declared, title, body, want string }{
		{"en-US", "", "", "en"},
		{"EN_us", "Ships", long, "en"},
		{"deu", "Hallo", "", "de"},
		{"nb", "", "", "no"},
		{"", "Ferry", long, "en"},
		{"", "Ferry", "", ""},
		{"", "대통령", "", "ko"},
		{"", "タワーが東京で", "", "ja"},
		{"", "ไทย", "", "th"},
		{"", "Ελλάδα", "", "el"},
		{"", "ירושלים", "", "he"},
		{"und", "Ferry", "", ""},
		{"nonsense!", "Ferry", "", ""},
	} {
		if got := Language(c.declared, c.title, c.body); got != c.want {
			t.Errorf("Language(%q, %q, …) = %q, want %q", c.declared, c.title, got, c.want)
		}
	}
}
