package fetcher

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	day := time.Date(2025, 11, 21, 0, 0, 0, 0, time.UTC)
	at := func(h, m, s int) time.Time {
		return day.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second)
	}
	on := func(month time.Month, d int) time.Time { return time.Date(2025, month, d, 0, 0, 0, 0, time.UTC) }
	for s, want := range map[string]time.Time{
		// By name of the month.
		"Fr, 21. Nov. 2025 10:30:15 +0100":                at(9, 30, 15),
		"Freitag, 21. November 2025, 10:30 Uhr":           at(10, 30, 0),
		"21. November 2025 um 10.30 Uhr MEZ":              at(9, 30, 0),
		"ven., 21 novembre 2025 10:30:00 +0100":           at(9, 30, 0),
		"vendredi 21 novembre 2025 à 10h30":               at(10, 30, 0),
		"vie, 21 nov 2025 10:30:00 GMT":                   at(10, 30, 0),
		"viernes 21 de noviembre de 2025":                 day,
		"venerdì 21 novembre 2025 alle 10:30":             at(10, 30, 0),
		"ven, 21 nov 2025 10:30:00 +0100":                 at(9, 30, 0),
		"sex, 21 nov 2025 10:30:00 -0300":                 at(13, 30, 0),
		"sexta-feira, 21 de novembro de 2025 às 10h30":    at(10, 30, 0),
		"vr, 21 nov 2025 10:30:00 +0100":                  at(9, 30, 0),
		"vrijdag 21 november 2025 10:30 CET":              at(9, 30, 0),
		"Пт, 21 ноя 2025 10:30:00 +0300":                  at(7, 30, 0),
		"21 ноября 2025 г., 10:30":                        at(10, 30, 0),
		"21 ноября 2025 в 10:30 МСК":                      at(7, 30, 0),
		"pt., 21 lis 2025 10:30:00 +0100":                 at(9, 30, 0),
		"piątek, 21 listopada 2025, godz. 10:30":          at(10, 30, 0),
		"Friday, November 21st, 2025 at 3:04 PM":          at(15, 4, 0),
		"Nov. 21, 2025, 12:10 a.m.":                       at(0, 10, 0),
		"21 Nov 25 10:30 UTC":                             at(10, 30, 0),
		"Fri Nov 21 2025 10:30:00 GMT+0100 (CET)":         at(9, 30, 0),
		"Fri, 21 Nov 2025 10:30:00 (EST)":                 at(15, 30, 0),
		"Fri, 21 Nov 2025 10:30:00.250 +01:00":            at(9, 30, 0),
		"mar. 4 mars 2025":                                on(time.March, 4),
		"mar, 4 mar 2025 00:00:00 +0000":                  on(time.March, 4),
		"mardi 4 février 2025":                            on(time.February, 4),
		"4. März 2025":                                    on(time.March, 4),
		"4 août 2025":                                     on(time.August, 4),
		"4 enero 2025":                                    on(time.January, 4),
		"4 gennaio 2025":                                  on(time.January, 4),
		"4 junho 2025":                                    on(time.June, 4),
		"4 maart 2025":                                    on(time.March, 4),
		"4 мая 2025":                                      on(time.May, 4),
		"4 października 2025":                             on(time.October, 4),
		"2025 Nov 21":                                     day,
		"So., 4. Mai 2025":                                on(time.May, 4),
		"sam. 4 mai 2025":                                 on(time.May, 4),
		"15 h 30":                                         {},
		"vendredi 21 novembre 2025 15 h 30":               at(15, 30, 0),
		"Published on 21 November 2025":                   {}, // a word that dates do not have
		"Marburg, 21 2025":                                {},
		"21 Brumaire 2025":                                {},
		"November 2025":                                   {},
		"30 February 2025":                                {},
		"31. November 2025":                               {},
		"21 Nov 2025 25:00":                               {},
		"21 Nov Dec 2025":                                 {},
		"21 22 Nov 2025":                                  {},
		"Mon, 32 Foo 2025 25:61:61 GMT":                   {},
		"99999999999999999999 Nov 2025":                   {},
		"21 Nov 99999999999999999999":                     {},
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19": {},

		// By their signs.
		"2025年11月21日":                   day,
		"2025年11月21日 10:30":             at(10, 30, 0),
		"2025年11月21日星期五 10时30分15秒":      at(10, 30, 15),
		"2025年11月21日 周五 下午3:04":         at(15, 4, 0),
		"2025年11月21日（金）午後3時4分":          at(15, 4, 0),
		"2025年11月21日(金) 10:30:15 +0900": at(1, 30, 15),
		"2025年11月21日 金曜日":               day,
		"2025年 11月 21日 0点5分":            at(0, 5, 0),
		"2025년 11월 21일 금요일 오후 3:04":     at(15, 4, 0),
		"2025年13月21日":                   {},
		"2025年11月":                      {},

		// By numbers.
		"2025-11-21T10:30:15.5+01:00": at(9, 30, 15).Add(500 * time.Millisecond),
		"2025-11-21 10:30":            at(10, 30, 0),
		"21.11.2025 10:30":            at(10, 30, 0),
		"2025/11/21":                  day,
		"1763683200":                  day,
		"1763683200000":               day,
		"17636832":                    {},
		"2025-02-30":                  {},
		"0000-00-00T00:00:00Z":        {},
		"":                            {},
		"yesterday":                   {},
	} {
		if got := parseDate(s); !got.Equal(want) {
			t.Errorf("parseDate(%q) = %v, want %v", s, got, want)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"Fr, 21. Nov. 2025 10.30 Uhr", "2025年11月21日（金）午後3時4分", "vendredi 21 novembre 2025 15 h 30", "21 Nov 25 3:04 pm (EST)", "1763683200"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := parseDate(s); got.Location() != time.UTC || got.Year() < -1 || got.Year() > 10000 {
			t.Errorf("parseDate(%q) = %v", s, got)
		}
	})
}
