package brief

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestCutDateline(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"SEOUL, South Korea (AP) — Officials said nothing at all.", "Officials said nothing at all."},
		{"PORT ARLEN, March 3 (Merrow) - Officials said nothing at all.", "Officials said nothing at all."},
		{"WESENAU (esa) - Ein Warnstreik hat begonnen.", "Ein Warnstreik hat begonnen."},
		{"ROMA – Il governo ha deciso di aspettare.", "Il governo ha deciso di aspettare."},
		{"(Example.com) – Officials said nothing at all.", "Officials said nothing at all."},
		{"ЗАРЕЧЕНСК, 3 июня (Север-Медиа) — Открыли линию метро.", "Открыли линию метро."},
		{"江城通讯社江城5月8日电（记者 周岚）江城至云岭高速铁路8日正式通车。", "江城至云岭高速铁路8日正式通车。"},
		{"【江城】高速铁路8日正式通车运营。", "高速铁路8日正式通车运营。"},
		{"(서울=한빛뉴스) 김하늘 기자 = 고속철도가 8일 정식으로 개통했다고 밝혔다.", "고속철도가 8일 정식으로 개통했다고 밝혔다."},
		{"Port Arlen, 3 mar (EFE).- El ferry ardió durante una hora.", "El ferry ardió durante una hora."},
		{"(ANSA) - PORTO ARLEN, 03 MAR - Il traghetto ha bruciato un'ora.", "Il traghetto ha bruciato un'ora."},
		{"Port Arlen, March 3 (PTI) Officials said nothing at all.", "Officials said nothing at all."},
		{"(CNN)Officials said nothing at all about it.", "Officials said nothing at all about it."},
		{"CNN — Officials said nothing at all about it.", "Officials said nothing at all about it."},
		{"[江城 3日 北風通信] - 高速鉄道は8日に正式に開通した。", "高速鉄道は8日に正式に開通した。"},
		{"Mayor Pell Osric (PA) Officials said nothing at all.", "Mayor Pell Osric (PA) Officials said nothing at all."},
		{"EU — Officials said nothing at all about it.", "EU — Officials said nothing at all about it."},
		{"The ferry — built in 1994 — burned for an hour.", "The ferry — built in 1994 — burned for an hour."},
		{"The Kestrel (a ferry) — which burned — was towed.", "The Kestrel (a ferry) — which burned — was towed."},
		{"A well-known skipper said nothing at all.", "A well-known skipper said nothing at all."},
		{"PORT ARLEN: Officials said nothing at all.", "Officials said nothing at all."},
		{"Wesenau, Caldova - Officials said nothing at all.", "Officials said nothing at all."},
		{"Wesenau, she said - Officials said nothing at all.", "Wesenau, she said - Officials said nothing at all."},
		{"The skipper: Officials said nothing at all.", "The skipper: Officials said nothing at all."},
		{"NATO-led troops left the harbour at noon.", "NATO-led troops left the harbour at noon."},
		{": - Officials said nothing at all about it.", ": - Officials said nothing at all about it."},
		{", — Officials said nothing at all about it.", ", — Officials said nothing at all about it."},
		{"", ""},
	} {
		if got := cutDateline(tt.in); got != tt.want {
			t.Errorf("cutDateline(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestCutStamp(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"March 3, 2026 The ferry burned for an hour.", "The ferry burned for an hour."},
		{"3 March 2026 The ferry burned for an hour.", "The ferry burned for an hour."},
		{"MARCH 3, 2026 11: 34PM The ferry burned for an hour.", "The ferry burned for an hour."},
		{"03 / 03 / 26 07: 05 PM ET EDT The ferry burned for an hour.", "The ferry burned for an hour."},
		{"16.50 (12.50) The ferry burned for an hour.", "The ferry burned for an hour."},
		{"16:50 The ferry burned for an hour.", "The ferry burned for an hour."},
		{"PUBLISHED: TUESDAY, MARCH 3, 2026, 1: 32 PM UPDATED: WEDNESDAY, MARCH 4, 2026, 9: 56 AM The ferry burned for an hour.", "The ferry burned for an hour."},
		{"7: 00pm UK, Tuesday 03 March 2026 The ferry burned for an hour.", "The ferry burned for an hour."},
		{"Tuesday Island ferries burned for an hour.", "Tuesday Island ferries burned for an hour."},
		{"First Published: March 3, 2026 4: 59 PM EDT The ferry burned for an hour.", "The ferry burned for an hour."},
		{"Posted on Tue March 3, 2026 08: 45 AM The ferry burned for an hour.", "The ferry burned for an hour."},
		{"Published: March 3, 2026 First came the fire, and then the tugs.", "First came the fire, and then the tugs."},
		{"2026 - 03 - 04 The ferry burned for an hour.", "The ferry burned for an hour."},
		{"3 March 2026: The ferry burned for an hour.", "The ferry burned for an hour."},
		{"First the ferry burned for an hour.", "First the ferry burned for an hour."},
		{"03 / 03 / 2026 The ferry burned for an hour.", "The ferry burned for an hour."},
		{"Last updated at 22: 46 GMT The ferry burned for an hour.", "The ferry burned for an hour."},
		{"Last year 16 Ferries burned for an hour.", "Last year 16 Ferries burned for an hour."},
		{"At 7:38 PM Port Arlen heard that the ferry burned.", "At 7:38 PM Port Arlen heard that the ferry burned."},
		{"[4] The ferry burned for an hour.", "The ferry burned for an hour."},
		{"12.50 Euro kostet die Fahrt mit der Fähre.", "12.50 Euro kostet die Fahrt mit der Fähre."},
		{"1.5 Million people take the ferry each year.", "1.5 Million people take the ferry each year."},
		{"16 Passengers were hurt when the ferry burned.", "16 Passengers were hurt when the ferry burned."},
		{"March 3, 2026 was the day on which the ferry burned.", "March 3, 2026 was the day on which the ferry burned."},
		{"2026 Regatta crews watched the ferry burn.", "2026 Regatta crews watched the ferry burn."},
		{"May Solberg told how the ferry burned.", "May Solberg told how the ferry burned."},
		{"11:00", "11:00"}, {"", ""},
	} {
		if got := cutStamp(tt.in); got != tt.want {
			t.Errorf("cutStamp(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestLinesFit(t *testing.T) {
	for _, tt := range []struct {
		in  string
		fit bool
	}{
		{"The ferry burned for an hour before the tugs came.", true},
		{"The ferry (built in 1994) burned, \"like a torch\", he said.", true},
		{"„Das war knapp“, sagte der Kapitän der Fähre am Abend.", true},
		{"Паром «Пустельга» загорелся во вторник вечером у берега.", true},
		{"渡轮「红隼号」周二晚间在港口外起火，无人死亡。", true},
		{"The ferry (built in 1994 burned for an hour at sea.", false},
		{"\"It burned like a torch, the captain of the ship said.", false},
		{"and the ferry burned for an hour before the tugs came.", false},
		{"The ferry burned for an hour before the tugs came", false},
		{"Find the whole report at www.example.org or in our app.", false},
		{"THE FERRY BURNED FOR AN HOUR BEFORE THE TUGS CAME.", false},
		{"Too short.", false},
		{"(The ferry was built in 1994 and has burned before.)", false},
		{"Passengers of the ferry wait at the quay in Port Arlen, March 3, 2026.", false},
		{"The ferry burned off the coast on Tuesday, March 3, 2026.", true},
		{"The ferry burned for an hour before the tugs…", false},
	} {
		if got := isFit(tt.in, endsWhole(tt.in), survey(tt.in)); got != tt.fit {
			t.Errorf("isFit(%q) = %v, want %v", tt.in, got, tt.fit)
		}
	}
}

// endsWhole is what text.Sentences says of one sentence.
func endsWhole(s string) bool {
	r := []rune(s)
	switch r[len(r)-1] {
	case '.', '。', '…':
		return true
	}
	return false
}

func TestHasSpeaker(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want bool
	}{
		{"The ferry burned for an hour.", true},
		{`"The ferry burned for an hour," Ilse Varga said.`, true},
		{`"The ferry burned for an hour," the coast guard said.`, true},
		{`"The ferry burned for an hour," she said.`, false},
		{`"The ferry burned," he said. "It was over in an hour."`, false},
		{`“The ferry burned for an hour.”`, false},
		{`„Die Fähre brannte eine Stunde lang“, sagte er.`, false},
		{`«Паром горел целый час», — заявила Варга.`, true},
		{"「渡輪燒了一個小時」と話した。", true},
		{"「渡輪燒了一個小時。」", false},
	} {
		var q quotation
		if got := hasSpeaker(tt.in, q.own(nil, lineOf(tt.in))); got != tt.want {
			t.Errorf("hasSpeaker(%q) = %t, want %t", tt.in, got, tt.want)
		}
	}
	var q quotation // of more than one sentence
	q.own(nil, lineOf(`"The ferry burned for an hour.`))
	if inside := "Nobody knew what to do about it."; hasSpeaker(inside, q.own(nil, lineOf(inside))) {
		t.Error("a sentence inside a quotation has a speaker")
	}
}

// lineOf returns s as a line.
func lineOf(s string) *line { return &line{text: s, quotes: survey(s).quotes} }

func TestLinesDrop(t *testing.T) {
	const (
		first  = "The ferry burned for an hour before the tugs came."
		second = "Nobody knows how the fire on the ship began."
		third  = "The harbour will stay closed until Friday morning."
	)
	for name, body := range map[string]string{
		"title":        "Ferry burns\n" + first + "\n" + second + "\n" + third,
		"byline":       "By Orla Finch\n\n" + first + "\n\n" + second + "\n\n" + third,
		"related":      first + "\n\nRelated: What we know about ferries.\n\n" + second + "\n\n" + third,
		"list":         first + "\n\nRead more:\n\nTen ferries that burned.\nHow to swim.\n\n" + second + " " + third,
		"tail":         first + "\n\n" + second + "\n\n" + third + "\n\nMore related stories:\nShips sink. Boats float.\nSources include:\nexample.org",
		"comments":     first + "\n\n" + second + "\n\n" + third + "\n\nLeave a Reply\n\nYour email address will not be published. Required fields are marked *",
		"publication":  first + " " + second + " " + third + "\n\nThis story was originally published on",
		"credit":       first + " " + second + " " + third + "\n\nOrla Finch reported from Port Arlen, and Bo Dahl reported from Merrow.",
		"video":        first + " " + second + "\n\nWatch this video showing the ferry.\n\n" + third,
		"agency":       first + " " + second + " " + third + "\n(Reporting by Orla Finch; Editing by Bo Dahl)",
		"german list":  first + " " + second + "\n\nLesen Sie auch: So sicher sind Fähren\n\n" + third,
		"russian list": first + " " + second + "\n\nЧитайте также: Как горят паромы\n\n" + third,
	} {
		kept, _ := new(cleaner).clean("Ferry burns", body, "en")
		var got []string
		for _, l := range kept {
			if l.fit {
				got = append(got, l.text)
			}
		}
		if len(kept) != 3 || len(got) != 3 || got[0] != first || got[1] != second || got[2] != third {
			t.Errorf("%s: lines = %v, want the three sentences alone", name, kept)
		}
	}
}

func TestCleanTitle(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Ferry burns off Port Arlen - Harbour Post", "Ferry burns off Port Arlen"},
		{"Ferry burns off Port Arlen | The Harbour Post", "Ferry burns off Port Arlen"},
		{"Ferry burns off Port Arlen – harbourpost.example", "Ferry burns off Port Arlen"},
		{"Ferry burns off Port Arlen | World News", "Ferry burns off Port Arlen"},
		{"Ferry burns - nine injured", "Ferry burns - nine injured"},
		{"Ferry burns - Nine injured", "Ferry burns - Nine injured"},
		{"BREAKING: Ferry burns off Port Arlen", "Ferry burns off Port Arlen"},
		{"【速報】フェリー火災、乗客全員を救助", "フェリー火災、乗客全員を救助"},
		{"Updated plans for Port Arlen", "Updated plans for Port Arlen"},
		{"Ferry burns off Port Arlen (Video)", "Ferry burns off Port Arlen"},
		{"Ferry burns off Port Arlen [UPDATED] - Harbour Post", "Ferry burns off Port Arlen"},
		{"Ferry burns off Port Arlen (Caldova)", "Ferry burns off Port Arlen (Caldova)"},
		{"03 / 03 / 2026 - Ferry burns off Port Arlen", "Ferry burns off Port Arlen"},
		{"Harbour Post", "Harbour Post"},
		{": - Officials said nothing at all about it.", ": - Officials said nothing at all about it."},
		{", — Officials said nothing at all about it.", ", — Officials said nothing at all about it."},
		{"", ""},
	} {
		if got := cleanTitle(tt.in, "Harbour Post", "post-feed", "https://www.harbourpost.example/a"); got != tt.want {
			t.Errorf("cleanTitle(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestSurvey compares what one walk over a sentence tells with plain definitions of it.
func TestSurvey(t *testing.T) {
	const signs = "aB ß«»“”„\"()（）[]【】「」@|\ufffd•<{7,.-ЖЩж\u0301語 :/:/w.ww"
	r := rand.New(rand.NewPCG(3, 4))
	all := []rune(signs)
	for range 20_000 {
		s := make([]rune, r.IntN(12))
		for i := range s {
			s[i] = all[r.IntN(len(all))]
		}
		text := string(s)
		got := survey(text)
		want := look{
			runes: utf8.RuneCountInString(text), markup: strings.ContainsAny(text, "@|\ufffd•►▶→{}<>"),
			address: strings.Contains(text, "://") || strings.Contains(text, "www."), quotes: strings.ContainsAny(text, "\"“„«»「『"),
			prose: proseByDefinition(text), paired: pairedByDefinition(text),
		}
		if got != want {
			t.Fatalf("survey(%q) = %+v, want %+v", text, got, want)
		}
	}
}

func proseByDefinition(s string) bool {
	letters, upper, other := 0, 0, 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			letters++
		} else if r != ' ' {
			other++
		}
		if unicode.IsUpper(r) {
			upper++
		}
	}
	return other*3 < letters && upper*2 < letters
}

// pairedByDefinition knows each pair of brackets by counting prefixes.
func pairedByDefinition(s string) bool {
	count := func(s, set string) (n int) {
		for _, r := range s {
			if strings.ContainsRune(set, r) {
				n++
			}
		}
		return n
	}
	for _, pair := range [][2]string{{"(（", ")）"}, {"[【［", "]】］"}, {"「『《", "」』》"}} {
		for i, r := range s {
			head := s[:i+utf8.RuneLen(r)]
			if count(head, pair[0]) < count(head, pair[1]) {
				return false
			}
		}
		if count(s, pair[0]) != count(s, pair[1]) {
			return false
		}
	}
	german := strings.ContainsRune(s, '„')
	for i, r := range s {
		if head := s[:i+utf8.RuneLen(r)]; count(head, "„") == 0 && count(head, "”") == count(head, "“")+1 {
			return false
		}
	}
	return count(s, "«»")%2 == 0 && count(s, "\"“”„")%2 == 0 && (german || count(s, "“") <= count(s, "”"))
}

// TestContainsCredit compares the walk over a sentence with a search for each phrase.
func TestContainsCredit(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 5_000 {
		text := "the mayor of quillan, "
		for range r.IntN(3) {
			c := credits[r.IntN(len(credits))]
			text += strings.ToValidUTF8(c[:r.IntN(len(c)+1)], "") + []string{" ", "x"}[r.IntN(2)]
		}
		want := slices.ContainsFunc(credits, func(c string) bool {
			for i := range len(text) {
				if strings.HasPrefix(text[i:], c) && (i == 0 || text[i-1] == ' ' || text[i-1] == 'x' && !isASCIILetter(c[0])) {
					return true
				}
			}
			return false
		})
		if got := containsCredit(text); got != want {
			t.Fatalf("containsCredit(%q) = %t, want %t", text, got, want)
		}
	}
}

func TestIsCredit(t *testing.T) {
	for s, want := range map[string]bool{
		"REPORTING BY Orla Finch; Editing by Bo Dahl": true, "Все права защищены.": true, "BY ORLA FINCH": true, "Von Bo Dahl, Port Arlen": true,
		"Orla Finch reported from Port Arlen.": true, "© 2026 Merrow Newswire. TOUS DROITS RÉSERVÉS.": true,
		"By Tuesday the ferry had burned out.": false, "The ferry burned.": false, "": false, "É": false,
	} {
		if got := isCredit(s, hasMark(s)); got != want {
			t.Errorf("isCredit(%q) = %t, want %t", s, got, want)
		}
	}
}

func TestLeans(t *testing.T) {
	for s, want := range map[string]bool{
		"He left the ferry last.": true, "The two left the ferry last.": true, "But the ferry burned.": true, "“The ferry burned,” Varga said.": true,
		"Die beiden verließen die Fähre zuletzt.": true, "Однако паром сгорел.": true, "他最后离开渡轮。": true,
		"The twofold hull of the ferry burned.": false, "Varga left the ferry last.": false, "Паром сгорел.": false, "渡轮起火。": false,
	} {
		if got := leans(s); got != want {
			t.Errorf("leans(%q) = %t, want %t", s, got, want)
		}
	}
}

// TestCreditAnywhere looks for each credit at each place of a sentence, in each case.
func TestCreditAnywhere(t *testing.T) {
	for _, credit := range append([]string{"Orla Finch reported from Port Arlen", "Orla Finch contributed from Port Arlen"}, credits...) {
		first, size := utf8.DecodeRuneInString(credit)
		forms := []string{credit, strings.ToUpper(credit), string(unicode.ToUpper(first)) + credit[size:]}
		if first == 'O' {
			forms = forms[:1]
		}
		for _, c := range forms {
			for n := range 9 {
				if s := strings.Repeat("x", n) + " " + c; n > 0 && !isCredit(s, hasMark(s)) || !isCredit(c, hasMark(c)) {
					t.Errorf("%q is no credit", s)
				}
			}
		}
	}
}

// TestCaptionAnywhere looks for captions at each place of a sentence.
func TestCaptionAnywhere(t *testing.T) {
	for _, c := range []string{"file photo", "handout photo"} {
		for n := range 9 {
			if s := strings.Repeat("x", n) + c; !isCaption(s, hasMark(s)) {
				t.Errorf("%q is no caption", s)
			}
		}
	}
}

// TestSurveyAddress checks that an address is seen wherever it stands.
func TestSurveyAddress(t *testing.T) {
	for s, want := range map[string]bool{
		"www.": true, ".. www.": true, "See www.port.example.": true, ".see ftp://x": true, "The end.": false, ".www": false, "a.www.b": true, "": false,
	} {
		if got := survey(s).address; got != want {
			t.Errorf("%q has an address: %v", s, got)
		}
	}
}
