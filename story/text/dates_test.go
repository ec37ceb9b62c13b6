package text

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDates(t *testing.T) {
	const year, month, weekday, nth, day = 0, dateMonth, dateWeekday, dateNth, dateDay
	for _, c := range []struct {
		lang, text string
		want       []Date
	}{
		{"en", "Monday, 28 November 2005, 02:24 GMT", []Date{weekday + 1, month + 11, day + 1128, 2005}},
		{"en", "on November 3rd and Dec. 14", []Date{month + 11, day + 1103, month + 12, day + 1214}},
		{"en", "it may march on, said Sun Li", nil},
		{"en", "in May the mayor", []Date{month + 5}},
		{"en", "Posted 11 / 28 / 05 and 2013 - 09 - 26", []Date{2005, month + 11, day + 1128, 2013, month + 9, day + 926}},
		{"en", "on 10/11/2005", []Date{2005}}, // which of both is the month?
		{"en", "magnitude 5.6, 288 of 2,000 booths, 12,000 people, $1999", []Date{1999}},
		{"de", "am Freitag, dem 8. Mai 2026", []Date{weekday + 5, month + 5, day + 508, 2026}},
		{"de", "08.05.2026", []Date{2026, month + 5, day + 508}},
		{"fr", "le jeudi 1 février", []Date{weekday + 4, month + 2, day + 201}},
		{"es", "el 8 de noviembre", []Date{month + 11, day + 1108}},
		{"ru", "Прогноз погоды на 16 ноября", []Date{month + 11, day + 1116}},
		{"pl", "w środę 3 maja", []Date{weekday + 3, month + 5, day + 503}},
		{"zh", "2026年11月28日星期三", []Date{2026, month + 11, day + 1128, weekday + 3}},
		{"ja", "11月28日（水曜日）", []Date{month + 11, day + 1128, weekday + 3}},
		{"ko", "11월 28일 수요일", []Date{month + 11, day + 1128, weekday + 3}},
		{"xx", "8 november", nil},
		{"de", "seit dem 8.5. und dem 11.5.2026", []Date{month + 5, day + 508, 2026, day + 511}},
		{"de", "Dienstagabend, 3. Feb. 2026; Jan Mai", []Date{weekday + 2, month + 2, day + 203, 2026, month + 5}},
		{"de", "um 8.5 Prozent, Ziffer 2.13.", nil},
		{"fr", "le 1er mars, le 2 févr.", []Date{month + 3, day + 301, month + 2, day + 202}},
		{"es", "1º de mayo, sept. 11", []Date{month + 5, day + 501, month + 9, day + 911}},
		{"it", "martedì 1° settembre", []Date{weekday + 2, month + 9, day + 901}},
		{"pt", "na quarta-feira (8 de maio), a quarta vez; terça", []Date{weekday + 3, month + 5, day + 508, weekday + 2}},
		{"nl", "vrijdagavond 8 mei", []Date{weekday + 5, month + 5, day + 508}},
		{"ru", "к пятнице, 1-го мая и 2 апр. 2026", []Date{weekday + 5, month + 5, day + 501, month + 4, day + 402, 2026}},
		{"sr", "У уторак, 3. марта", []Date{weekday + 2, month + 3, day + 303}},
		{"ja", "14日、２０２６年１１月２８日", []Date{nth + 14, 2026, month + 11, day + 1128}},
		{"ja", "3日間で2日前から", nil},
		{"zh", "新华社14日电，3天后，5日前", []Date{nth + 14}},
		{"ko", "14일 발표, 3일간", []Date{nth + 14}},
		{"", "8 ноября, 9 November", []Date{month + 11, day + 1108, day + 1109}},
	} {
		if got := Dates(nil, c.text, c.lang); !slices.Equal(got, c.want) {
			t.Errorf("Dates(%q, %q) = %v, want %v", c.text, c.lang, got, c.want)
		}
	}
}

// everyWord returns what Dates does, but takes every word of s.
func everyWord(s, lang string) []Date {
	if !Sure(lang) {
		lang = ""
	}
	if strings.Contains(s, "\xef\xbc") {
		s = strings.Map(narrowDigit, s)
	}
	d := dates{text: s, lang: lang, names: dateNames(lang), capital: lang == "en" || lang == ""}
	for i := 0; i < len(s) && len(d.out) < maxDates; {
		switch c := s[i]; {
		case isDigit(c):
			i = d.number(i)
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf:
			i = d.word(i)
		default:
			i++
		}
	}
	return d.out
}

// TestDatesSkip compares Dates with everyWord.
func TestDatesSkip(t *testing.T) {
	pieces := strings.Split("May|may|march|12|3rd|th|of|é|É|the|de|2031|5/6/31|.|,|-|\n|\xff|Tuesday| | | | | | ", "|")
	rnd := rand.New(rand.NewPCG(3, 9))
	for _, lang := range []string{"en", "", "de", "fr"} {
		for range 1000 {
			var b strings.Builder
			for range rnd.IntN(30) {
				b.WriteString(pieces[rnd.IntN(len(pieces))])
			}
			if got, want := Dates(nil, b.String(), lang), everyWord(b.String(), lang); !slices.Equal(got, want) {
				t.Fatalf("Dates(%q, %q) = %v, want %v", b.String(), lang, got, want)
			}
		}
	}
}

func FuzzDates(f *testing.F) {
	f.Add("28 November 2005, 11/28/05 — 11月28日", "en")
	f.Add("The naïveMay of 3rd november, eMay 12th éMay \xff iMay 4 caféMarch the 5th of May in 2031", "")
	f.Fuzz(func(t *testing.T, s, lang string) {
		got := Dates(nil, s, lang)
		if want := everyWord(s, lang); !slices.Equal(got, want) {
			t.Errorf("Dates(%q, %q) = %v, want %v", s, lang, got, want)
		}
		if len(got) > maxDates+3 {
			t.Errorf("%d dates", len(got))
		}
		for _, d := range got {
			if stem := d.Stem(); len(stem) < 2 || Common(stem) == 0 {
				t.Errorf("date %d has the stem %q", d, stem)
			}
		}
	})
}

func TestBareTitle(t *testing.T) {
	for _, c := range []struct{ title, outlet, want string }{
		{"Ferry aground - Coast Wire", "Coast Wire", "Ferry aground"},
		{"Ferry aground | Coast Wire | Local", "Coast Wire", "Ferry aground | Coast Wire | Local"},
		{"Ferry aground – COASTWIRE", "www.coastwire.example", "Ferry aground"},
		{"Ferry aground - WQLN-TV 16, Quillans  ...", "www.wqln.example", "Ferry aground"},
		{"Ferry aground - a review", "Coast Wire", "Ferry aground - a review"},
		{"Coast Wire - ferry", "Coast Wire", "Coast Wire - ferry"},
		{"- Coast Wire", "Coast Wire", "- Coast Wire"},
		{"", "Coast Wire", ""},
	} {
		if got := BareTitle(c.title, c.outlet, ""); got != c.want {
			t.Errorf("BareTitle(%q, %q) = %q, want %q", c.title, c.outlet, got, c.want)
		}
	}
}

func TestRoundUp(t *testing.T) {
	for _, c := range []struct {
		lang, title string
		want        bool
	}{
		{"en", "10 things you need to know today", true},
		{"en", "In brief | Nation & World, March 11", true},
		{"en", "Quillan Bridge in brief", false},
		{"en", "DECEMBER 16, 2008", false}, // names nothing, promises nothing
		{"de", "Nachrichten kompakt: Das Wichtigste in Kürze", true},
		{"de", "Nachrichten kompakt", true},
		{"ru", "Главное за день", true},
		{"ru", "Главное о пожаре в порту", false},
		{"fr", "L’essentiel de l’actualité", true},
		{"xx", "news", false},
	} {
		if got := RoundUp(Tokens(nil, c.title, c.lang), c.lang); got != c.want {
			t.Errorf("RoundUp(%q) = %v, want %v", c.title, got, c.want)
		}
	}
}

func TestDateStems(t *testing.T) {
	for _, c := range []struct {
		lang, text string
		want       []string // as people read them
	}{
		{"en", "Monday, 28 November 2005", []string{"Monday", "November", "28 November", "2005"}},
		{"de", "am Sonntag, dem 8. Mai", []string{"Sunday", "May", "8 May"}},
		{"ja", "14日", []string{"14"}},
	} {
		var got []string
		for _, d := range Dates(nil, c.text, c.lang) {
			got = append(got, PlainStem(d.Stem()))
			if words := FirstTokens(nil, d.Stem(), c.lang, 9); words != nil && words[0].Hash == Hash(d.Stem()) {
				t.Errorf("a word has the stem %q", d.Stem())
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("stems of %q: %q, want %q", c.text, got, c.want)
		}
	}
	if weekday, day := Common((dateWeekday + 1).Stem()), Common((dateDay + 508).Stem()); weekday <= day {
		t.Errorf("share of stories that name a weekday %v, a day %v", weekday, day)
	}
	if PlainStem("ferri") != "ferri" {
		t.Error("the stem of a word changed")
	}
}
