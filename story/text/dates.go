package text

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Date is a date, or a part of one, that a text names: a day of a month, a
// month, a day of the week, a day of some month or a year. Equal dates are equal in all languages.
type Date uint16

// The ranges of a Date: a year is itself.
const (
	dateMonth   Date = 100   // + month, from 1
	dateWeekday Date = 200   // + weekday, from 1 for Monday
	dateNth     Date = 300   // + day, of a month that is not named
	dateDay     Date = 10000 // + 100·month + day
	firstYear        = 1900
	lastYear         = 2099
)

// maxDates is how many dates of a text are taken.
const maxDates = 24

// Dates appends the different dates that s names, in a lower-case ISO 639 base language, to dst:
// "Monday, 28 November 2005" has a weekday, a month, a day and a year. It
// takes names of months and weekdays of many languages, and numeric dates that can be read in one way only.
func Dates(dst []Date, s, lang string) []Date {
	if !Sure(lang) {
		lang = ""
	}
	if strings.Contains(s, "\xef\xbc") { // １４日
		s = strings.Map(narrowDigit, s)
	}
	d := dates{text: s, lang: lang, names: dateNames(lang), capital: lang == "en" || lang == "", out: dst, start: len(dst)}
	for i := 0; len(d.out)-d.start < maxDates; {
		if d.capital && d.number1 == 0 && d.month == 0 {
			i = d.skip(i)
		}
		if i >= len(s) {
			break
		}
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

// dates is the state of one call of Dates.
type dates struct {
	text    string
	lang    string
	names   *calendarNames
	capital bool // names of months and weekdays begin with a capital
	out     []Date
	start   int // of the dates of this text in out

	number1 int  // the number before, if only spaces, dots and the like stand between; 0: none
	month   Date // the month before, likewise; 0: none
}

func (d *dates) add(x Date) {
	for _, y := range d.out[d.start:] {
		if x == y {
			return
		}
	}
	d.out = append(d.out, x)
}

// day notes a day of a month.
func (d *dates) day(month Date, day int) {
	if day >= 1 && day <= 31 {
		d.add(dateDay + 100*(month-dateMonth) + Date(day))
	}
}

// word takes the word at i and returns its end.
func (d *dates) word(i int) int {
	s, end := d.text, i
	if d.capital && s[i] >= 'a' && s[i] <= 'z' {
		return d.small(i)
	}
	r, size := signAt(s, i)
	if r >= utf8.RuneSelf && !unicode.IsLetter(r) {
		return i + size
	}
	var buf [longestName]byte
	lower := buf[:0]
	for end < len(s) {
		if c := s[end] | 0x20; c >= 'a' && c <= 'z' {
			if len(lower)+utf8.UTFMax <= len(buf) {
				lower = append(lower, c)
			}
			end++
			continue
		}
		r, n := signAt(s, end)
		if !isLetter(r) && r != '’' {
			break
		}
		if len(lower)+utf8.UTFMax <= len(buf) {
			lower = utf8.AppendRune(lower, small(r))
		}
		end += n
	}
	if r >= '\u1100' && unicode.In(r, unicode.Han, unicode.Hangul) {
		return d.eastern(i, size)
	}
	day := d.number1
	d.number1 = 0
	x := d.names.find(lower)
	if x == 0 {
		if word := s[i:end]; word == "de" || word == "del" || word == "di" { // 8 de noviembre
			d.number1 = day
		} else {
			d.month = 0
		}
		return end
	}
	if x == weekdayStem {
		if !strings.HasPrefix(s[end:], "-feira") { // quarta-feira
			d.month = 0
			return end
		}
		x = d.names.dates[string(lower)+"-feira"]
	}
	d.add(x)
	d.month = 0
	if x < dateWeekday {
		d.month = x
		if day > 0 {
			d.day(x, day)
		}
	}
	return end
}

// narrowDigit returns the digit that a wide one stands for, and other signs as they are.
func narrowDigit(r rune) rune {
	if r >= '０' && r <= '９' {
		return r - '０' + '0'
	}
	return r
}

// eastern takes the weekday at i, 星期三, 水曜日 or 수요일, or the sign of so many bytes.
func (d *dates) eastern(i, size int) int {
	d.number1, d.month = 0, 0
	for name, x := range eastern {
		if strings.HasPrefix(d.text[i:], name) {
			d.add(x)
			return i + len(name)
		}
	}
	return i + size
}

// small passes over a word in small letters where names of months have capitals,
// but keeps the day in "28th of November".
func (d *dates) small(i int) int {
	s, end := d.text, i
	for end < len(s) && (s[end] >= 'a' && s[end] <= 'z' || s[end] >= utf8.RuneSelf) {
		end++
	}
	if end-i != 2 {
		d.number1, d.month = 0, 0
	}
	return end
}

// skip returns where, from i on, the first sign is that may begin a date or a name, where names of
// months have capitals: it passes over words in small letters as small does, which change nothing where
// no number or month stands before them.
func (d *dates) skip(i int) int {
	s, start := d.text, i
	for ; i+8 <= len(s); i += 8 {
		if n := smallOnes(eightBytes(s[i:])); n < 8 {
			i += n
			break
		}
	}
	for i < len(s) && s[i] < utf8.RuneSelf && !isDigit(s[i]) && s[i]-'A' >= 26 {
		i++
	}
	if i > start && s[i-1]-'a' < 26 { // the word that began in small letters
		if i < len(s) && s[i] >= utf8.RuneSelf {
			i = d.small(i)
		}
	}
	return i
}

// smallOnes returns how many of eight bytes, from the lowest on, are of ASCII and neither digits nor capitals.
func smallOnes(x uint64) int {
	y := x &^ high8
	others := (y+(0x80-'A')*each8)&^(y+(0x7f-'Z')*each8) | (y+(0x80-'0')*each8)&^(y+(0x7f-'9')*each8) | x
	return bits.TrailingZeros64(others&high8) / 8
}

// number takes the number at i, or the numeric date, and returns its end.
func (d *dates) number(i int) int {
	var parts [3]int
	var digits [3]int
	s, n, sep := d.text, 0, byte(0)
	for {
		v, k := 0, i
		for i < len(s) && isDigit(s[i]) {
			v = min(v*10+int(s[i]-'0'), 1<<20)
			i++
		}
		parts[n], digits[n] = v, i-k
		n++
		next := i
		for next < len(s) && s[next] == ' ' && next < i+2 {
			next++
		}
		if n == 3 || next >= len(s) || sep != 0 && s[next] != sep || s[next] != '.' && s[next] != '/' && s[next] != '-' {
			break
		}
		after := next + 1
		for after < len(s) && s[after] == ' ' && after < next+3 {
			after++
		}
		if after >= len(s) || !isDigit(s[after]) || s[next] == '.' && after > next+1 && n == 1 {
			break
		}
		sep, i = s[next], after
	}
	if n == 3 {
		d.numeric(parts, digits)
		d.number1, d.month = 0, 0
		return i
	}
	month := d.month
	d.number1, d.month = 0, 0
	switch {
	case n == 2 && sep == '.' && dayMonth[d.lang] && i < len(s) && s[i] == '.' && parts[1] >= 1 && parts[1] <= 12 && digits[0] <= 2:
		d.add(dateMonth + Date(parts[1]))
		d.day(dateMonth+Date(parts[1]), parts[0])
	case n > 1:
	case digits[0] == 4 && parts[0] >= firstYear && parts[0] <= lastYear:
		d.add(Date(parts[0]))
		return d.suffix(i, 0)
	case digits[0] <= 2 && month != 0:
		d.day(month, parts[0])
	case digits[0] <= 2:
		d.number1 = parts[0]
		return d.suffix(i, parts[0])
	}
	return i
}

// suffix takes what stands at i, right after a number, if it belongs to a date: the signs of Chinese, Japanese or
// Korean, or an ending such as in "1er mars" or "1-го мая".
func (d *dates) suffix(i, number int) int {
	rest := d.text[i:]
	if rest == "" || rest[0] == ' ' {
		return i
	}
	for _, sign := range dateSigns {
		after, ok := strings.CutPrefix(rest, sign.text)
		if !ok {
			continue
		}
		switch {
		case sign.year && number == 0:
		case sign.month && number >= 1 && number <= 12:
			d.month = dateMonth + Date(number)
			d.add(d.month)
		case sign.day && number >= 1 && number <= 31:
			for _, s := range spans {
				if strings.HasPrefix(after, s) {
					return i
				}
			}
			d.add(dateNth + Date(number))
		case sign.ending && number > 0:
			if r, _ := utf8.DecodeRuneInString(after); isLetter(r) {
				return i
			}
			return len(d.text) - len(after)
		default:
			return i
		}
		d.number1 = 0
		return len(d.text) - len(after)
	}
	return i
}

// dateSigns are what may stand right after a number of a date.
var dateSigns = []struct {
	text                     string
	year, month, day, ending bool
}{
	{text: "年", year: true}, {text: "년", year: true}, {text: "月", month: true}, {text: "월", month: true},
	{text: "日", day: true}, {text: "일", day: true},
	{text: "er", ending: true}, {text: "º", ending: true}, {text: "°", ending: true}, {text: "-го", ending: true}, {text: "-е", ending: true},
}

// spans make so many days of a day of a month: 3日間, 3일간.
var spans = []string{"間", "间", "간", "前", "後", "后", "内", "內", "ぶり", "以内", "以降", "目", "連続", "连", "線", "线"}

// dayMonth are languages that write 8.5. for the eighth of May.
var dayMonth = map[string]bool{"cs": true, "da": true, "de": true, "et": true, "fi": true, "hr": true, "no": true, "sk": true, "sl": true}

// numeric notes 28.11.2005, 11/28/05 or 2005-11-28, but of 10/11/2005 the year alone.
func (d *dates) numeric(p, digits [3]int) {
	year, a, b := p[2], p[0], p[1]
	if digits[0] == 4 {
		year, a, b = p[0], p[2], p[1] // as day, month
	} else if digits[2] == 2 && year < 70 {
		year += 2000
	}
	if year < firstYear || year > lastYear {
		return
	}
	d.add(Date(year))
	switch {
	case b > 12 && a <= 12:
		a, b = b, a
	case digits[0] != 4 && a <= 12 && a != b && d.capital:
		return // day or month first?
	}
	if b >= 1 && b <= 12 {
		d.add(dateMonth + Date(b))
		d.day(dateMonth+Date(b), a)
	}
}

// Exact reports whether d is a day: of a month, named or not, or of the week.
func (d Date) Exact() bool { return d >= dateDay || d > dateWeekday && d < firstYear }

// dateMark begins the stems of dates; no word begins with it.
const dateMark = '@'

// Stem returns what stands for d among the stems of an article: a stem that no word has.
func (d Date) Stem() string { return dateStems()[d].stem }

// common returns the share of news stories that are likely to name d.
func (d Date) common() float64 {
	switch {
	case d >= dateDay:
		return 1.0 / 8
	case d >= dateNth:
		return 1.0 / 6 // a year, or a day of some month
	case d >= dateWeekday:
		return 1.0 / 2
	}
	return 1.0 / 4
}

// PlainStem returns a stem as people may read it: that of a date without its mark.
func PlainStem(stem string) string {
	if stem != "" && stem[0] == dateMark {
		return stem[1:]
	}
	return stem
}

// dateStem is the stem of a date, and its share of stories.
type dateStem struct {
	stem   string
	common float64
}

// dateStems returns the stems of all dates.
var dateStems = sync.OnceValue(func() map[Date]dateStem {
	all := make(map[Date]dateStem)
	add := func(d Date, name string) { all[d] = dateStem{string(dateMark) + name, d.common()} }
	for m := time.January; m <= time.December; m++ {
		add(dateMonth+Date(m), m.String())
		for day := 1; day <= 31; day++ {
			add(dateDay+100*Date(m)+Date(day), fmt.Sprintf("%d %s", day, m))
		}
	}
	for day := 1; day <= 7; day++ {
		add(dateWeekday+Date(day), time.Weekday(day%7).String())
	}
	for day := 1; day <= 31; day++ {
		add(dateNth+Date(day), strconv.Itoa(day))
	}
	for year := firstYear; year <= lastYear; year++ {
		add(Date(year), strconv.Itoa(year))
	}
	return all
})

// dateShares returns the shares of stories of all dates by their stems.
var dateShares = sync.OnceValue(func() map[string]float64 {
	shares := make(map[string]float64)
	for _, d := range dateStems() {
		shares[d.stem] = d.common
	}
	return shares
})
