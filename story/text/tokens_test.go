package text

import (
	"strings"
	"testing"
)

func stems(s, lang string) string {
	var out []string
	for _, t := range Tokens(nil, s, lang) {
		out = append(out, string(t.AppendStem(nil, s, lang)))
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
		{"ru", "Ещё о самолётах", "самолет"},
		{"", "Ships entered", "ship enter"},
		{"xx", "Ships entered", "ships entered"},
		{"pl", "Premierowi Warszawy", "premie warsza"},
		{"ar", "السفينة في الميناء", "سفين ميناء"},
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
		{"en", "Паром сел на мель у входа в гавань", "Он сел на мель ещё утром, и пассажиров, которые были на нём, снимали до вечера. Только потом его сдвинули.", "ru"},
		{"", "Le navire est dans le port", "Les passagers ne sont pas en danger.", "fr"},
		{"und", "Ferry", "", ""},
		{"en-US", "Die Fähre ist auf Grund gelaufen", "Der Hafenmeister sagte, dass die Fähre seit dem Morgen auf einer Bank liegt und nicht aus eigener Kraft zu befreien ist.", "de"},
		{"nl", "Der Hafen und die Stadt", "", "nl"}, // too little to belie it
		{"lb", "De Ferry ass op Grond gelaf", "An der Haaptstad ass den Ament nach net vill ze gesinn, soen d'Leit um Mier, an si waarden op de Schleeper.", "lb"},
		{"ja", "Quillo、Nardo X7 Pro Maxを発表", "", "ja"},
		{"", "Quillo、Nardo X7 Pro Maxを発表", "", "ja"},
		{"", "Quillo представила Nardo X7 Pro Max", "", "und-cyrl"},
		{"ru", "Nardo X7 Pro Max", "", "ru"},
		{"ru", "Ferry towed to the inner dock", long, "en"},
		{"", "BTN (방탄) announces world tour of the islands", "", ""},
		{"", "FERRY AGROUND", "", ""},
		{"", "COVID β", "", ""},
		{"", "Vláda oznámila nový balíček pro průmysl", "", "cs"},
		{"", "Traja mŕtvi po nehode autobusu pri Nitre", "", "sk"},
		{"", "Троє загинули в аварії під Веллою", "", "uk"},
		{"", "Троје погинуло у несрећи код луке", "", "sr"},
		{"", "Três mortos em acidente de trânsito na ilha", "", "pt"},
		{"", "Tre døde på havnen", "", ""}, // Danish or Norwegian
		{"nonsense!", "Ferry", "", ""},
	} {
		if got := Language(c.declared, c.title, c.body); got != c.want {
			t.Errorf("Language(%q, %q, …) = %q, want %q", c.declared, c.title, got, c.want)
		}
	}
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"en", "en", true}, {"en", "de", false}, {"", "en", true}, {"", "", true}, {"", "ru", false}, {"sr", "", true},
		{"und-cyrl", "ru", true}, {"bg", "und-cyrl", true}, {"und-cyrl", "und-cyrl", true}, {"und-cyrl", "", false},
		{"und-cyrl", "en", false}, {"und-arab", "fa", true}, {"und-deva", "mr", true}, {"und-deva", "zh", false},
	} {
		if got := Alike(c.a, c.b); got != c.want || Alike(c.b, c.a) != got {
			t.Errorf("Alike(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
	for lang, want := range map[string]string{"de": "de", "": "an unknown one", "und-arab": "an unknown one in Arabic letters"} {
		if got := LanguageName(lang); got != want {
			t.Errorf("LanguageName(%q) = %q, want %q", lang, got, want)
		}
	}
}

// TestTokensOffsets checks that tokens lie in the text, in order, and say truly
// where sentences begin.
func TestTokensOffsets(t *testing.T) {
	s := "Fire broke out. Crews came at 9:40 p.m. from Harbour Street.\nMayor \u201cTerry\u201d Vane spoke; nobody answered"
	want := map[string]string{"Fire": "uf", "broke": "", "Crews": "uf", "40": "n", "Harbour": "u", "Street": "u", "Mayor": "uf", "Terry": "u", "Vane": "u", "spoke": "", "answered": ""}
	for _, tok := range Tokens(nil, s, "en") {
		got := ""
		if tok.Upper {
			got += "u"
		}
		if tok.First {
			got += "f"
		}
		if tok.Number {
			got += "n"
		}
		word := s[tok.Start:tok.End]
		if w, ok := want[word]; ok && w != got {
			t.Errorf("Tokens: %q is %q, want %q", word, got, w)
		}
		delete(want, word)
	}
	delete(want, "nobody")
	if len(want) > 0 {
		t.Errorf("Tokens: missing %v", want)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"A ferry ran aground.", "L'homme d’affaires", "東京タワー 3.5", "U.S. O'Neil's \xff\xfe", "ไทย대통령", "http://x.example/ a@b.c"} {
		f.Add(s, "en")
		f.Add(s, "")
		f.Add(s, "ja")
	}
	f.Fuzz(func(t *testing.T, s, lang string) {
		last := 0
		for _, tok := range Tokens(nil, s, lang) {
			if len(tok.AppendStem(nil, s, lang)) == 0 || tok.Start < last-maxWord || tok.End <= tok.Start || tok.End > len(s) {
				t.Fatalf("Tokens(%q, %q): %+v after %d", s, lang, tok, last)
			}
			last = tok.End
		}
		Language(lang, s, s)
	})
}

// FuzzLetters compares what counts letters and words in pieces with what counts them one by one.
func FuzzLetters(f *testing.F) {
	f.Add("A ferry ran aground, 3 tugs and the æther; Паром сел на мель", 9)
	f.Add("Der “Hafen” und die Stadt, los barcos y la mañana; the“ of“ für die é“ čtyři", 4)
	f.Add("The port of the town is not the port of its ships @`[{/:\x80\xff", 30)
	f.Fuzz(func(t *testing.T, s string, at int) {
		for i := range len(s) {
			n := 0
			for n < 8 && i+n < len(s) && isAlnum(s[i+n]) {
				n++
			}
			if got := alnums(lastBytes(s, i)); got != n {
				t.Errorf("alnums of %q: %d, want %d", s[i:min(i+8, len(s))], got, n)
			}
		}
		got, want := countScripts(s), countScripts("é"+s) // whose first bytes are not of ASCII alone
		if got[latinScript]++; got != want {
			t.Errorf("countScripts(%q) = %v, want %v", s, got, want)
		}
		b := functionWords()
		if got, want := b.count(s, ""), everyVote(b, s); got != want {
			t.Errorf("votes of %q: %v, want %v", s, got, want)
		}
		at = max(0, min(at, len(s)))
		if got, want := b.count(s[:at], s[at:]), b.count(s[:at]+"\n"+s[at:], ""); got != want {
			t.Errorf("votes of %q and %q: %v, want %v", s[:at], s[at:], got, want)
		}
	})
}

// everyVote returns what count does, but looks for every word of s.
func everyVote(b *ballot, s string) (n [64]int) {
	words := strings.FieldsFunc(s, func(r rune) bool { return !isLetter(r) })
	for _, w := range words[:min(len(words), voteWords)] {
		w = strings.Map(small, strings.ToValidUTF8(w, "\ufffd"))
		own := ^uint64(0)
		for _, r := range w {
			if int(r) < len(b.marks) && b.marks[r] != 0 {
				own &= b.marks[r]
			}
		}
		for i := range b.langs {
			if own != ^uint64(0) && own != 0 {
				if n[i]--; own == 1<<i {
					n[i] += 3
				} else if own>>i&1 != 0 {
					n[i] += 2
				}
			}
			n[i] += int(b.masks[w] >> i & 1)
		}
	}
	return n
}

func BenchmarkTokens(b *testing.B) {
	s := strings.Repeat("The harbour master of Port Vellan said on Tuesday that the ferry, which had been leaning since dawn, was towed to the inner dock. ", 20)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	var dst []Token
	for b.Loop() {
		dst = Tokens(dst[:0], s, "en")
	}
}

func BenchmarkLanguage(b *testing.B) {
	s := strings.Repeat("The harbour master of Port Vellan said on Tuesday that the ferry was towed to the inner dock. ", 4)
	b.ReportAllocs()
	for b.Loop() {
		Language("", "Ferry towed", s)
	}
}
