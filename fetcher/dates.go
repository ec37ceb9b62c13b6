package fetcher

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dateLayouts are the forms of dates that name no month, or name it in English in the
// order that mail has; wordDate reads the others.
var dateLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02T15:04:05-0700",
	"2006-01-02T15:04:05Z07",
	"20060102T150405Z0700",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05 -0700 MST",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"2006-01-02",
	"2006/01/02 15:04:05",
	"2006/01/02 15:04",
	"2006/01/02",
	"Mon, 2 Jan 2006 15:04:05 -0700",
	"Mon, 2 Jan 2006 15:04 -0700",
	"Mon, 2 Jan 06 15:04:05 -0700",
	"Mon, 2 Jan 06 15:04 -0700",
	"2 Jan 2006 15:04:05 -0700",
	"2 Jan 2006 15:04 -0700",
	"2.1.2006 15:04:05",
	"2.1.2006 15:04",
	"2.1.2006, 15:04",
	"2.1.2006",
	time.RFC850,
}

// zones are the offsets that the usual names of time zones stand for in dates.
var zones = map[string]string{
	"UT": "+0000", "UTC": "+0000", "GMT": "+0000", "Z": "+0000",
	"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500",
	"MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
	"WET": "+0000", "WEST": "+0100", "BST": "+0100", "CET": "+0100", "CEST": "+0200", "MEZ": "+0100", "MESZ": "+0200",
	"EET": "+0200", "EEST": "+0300", "MSK": "+0300", "МСК": "+0300", "JST": "+0900", "KST": "+0900", "AEST": "+1000", "AEDT": "+1100",
}

// parseDate reads a date in any of the usual forms, with the month as a number or by
// its name in one of the languages of monthNames, or seconds or milliseconds since 1970.
// Without a zone it is UTC. It returns the zero time for what it cannot read.
func parseDate(s string) time.Time {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || len(s) > 96 {
		return time.Time{}
	}
	zoned := strings.TrimSuffix(s, " Uhr")
	if i := strings.LastIndexByte(s, ' '); i >= 0 {
		if offset, ok := zones[strings.ToUpper(s[i+1:])]; ok {
			zoned = s[:i+1] + offset
		}
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, zoned); err == nil {
			return t.UTC()
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch len(s) {
		case 10:
			return time.Unix(n, 0).UTC()
		case 13:
			return time.UnixMilli(n).UTC()
		}
		return time.Time{}
	}
	return wordDate(s)
}

// monthNames are the names of the months, January first, without accents: English,
// German, French, Spanish, Italian, Portuguese, Dutch, Russian and Polish, with their usual
// abbreviations.
var monthNames = wordIndex(
	"jan january januar janner jaenner janvier janv ene enero gen genn gennaio janeiro januari янв январь января sty styczen stycznia",
	"feb february februar feber fev fevr fevrier febrero febbr febbraio fevereiro februari фев февр февраль февраля lut luty lutego",
	"mar march mrz marz maerz mars marzo marco mrt maart мар март марта marzec marca",
	"apr april avr avril abr abril aprile апр апрель апреля kwi kwiecien kwietnia",
	"may mai mayo mag maggio maio mei май мая maj maja",
	"jun june juni juin junio giu giugno junho июн июнь июня cze czerwiec czerwca",
	"jul july juli juil juillet julio lug luglio julho июл июль июля lip lipiec lipca",
	"aug august aout ago agosto augustus авг август августа sie sierpien sierpnia",
	"sep sept september septembre septiembre setiembre set sett settembre setembro сен сент сентябрь сентября wrz wrzesien wrzesnia",
	"oct october okt oktober octobre octubre ott ottobre out outubro окт октябрь октября paz pazdziernik pazdziernika",
	"nov november novembre noviembre novembro ноя нояб ноябрь ноября lis listopad listopada",
	"dec december dez dezember decembre dic diciembre dicembre dezembro дек декабрь декабря gru grudzien grudnia",
)

// dateFillers are what else stands in dates and says nothing: days of the week, and
// little words. The value is always 1.
var dateFillers = wordIndex(`mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday
	mo montag di dienstag mi mittwoch do donnerstag fr freitag sa samstag sonnabend so sonntag
	lun lundi mardi mer mercredi jeu jeudi ven vendredi sam samedi dim dimanche
	lunes martes mie miercoles jue jueves vie viernes sab sabado dom domingo
	lunedi martedi mercoledi gio giovedi venerdi sabato domenica
	seg segunda ter terca qua quarta qui quinta sex sexta feira
	ma maandag dinsdag wo woensdag donderdag vr vrijdag za zaterdag zo zondag
	пн пон понедельник вт вторник ср среда чт четверг пт пятница сб суббота вс воскресенье
	pon pn poniedzialek wt wtorek sr sroda czw czwartek pt piatek sob sobota nd niedz niedziela
	st nd rd th o at on the of de del di du le la il el em den der dem am om um op alle as à a aux r г год года w dnia godz kl в uhr h`)

// wordIndex gives each word of the nth list the number n, from 1.
func wordIndex(lists ...string) map[string]int {
	index := map[string]int{}
	for i, list := range lists {
		for w := range strings.FieldsSeq(list) {
			index[w] = i + 1
		}
	}
	return index
}

// plainLetters takes the accents from the letters that months and days have.
var plainLetters = strings.NewReplacer("á", "a", "à", "a", "ä", "a", "ã", "a", "ą", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "ę", "e",
	"í", "i", "ì", "i", "ł", "l", "ń", "n", "ó", "o", "ś", "s", "û", "u", "ü", "u", "ź", "z", "ż", "z", "ё", "е")

// eastern are the signs behind the parts of a date in Chinese, Japanese and Korean.
var eastern = map[string]byte{
	"年": 'y', "년": 'y', "月": 'm', "월": 'm', "日": 'd', "号": 'd', "號": 'd', "일": 'd',
	"时": 'H', "時": 'H', "点": 'H', "點": 'H', "시": 'H', "h": 'H', "uhr": 'H', "ч": 'H', "u": 'H',
	"分": 'M', "분": 'M', "min": 'M', "мин": 'M', "秒": 'S', "초": 'S', "s": 'S',
	"上午": 'a', "午前": 'a', "오전": 'a', "am": 'a', "下午": 'p', "午後": 'p', "오후": 'p', "pm": 'p',
}

var (
	// dateAsides are days of the week, and what stands in brackets.
	dateAsides = regexp.MustCompile(`[（(][^()（）]*[)）]|星期.|[週周].|\p{Han}曜日?|\p{Hangul}요일`)

	// dottedClock is a time of day as German writes it.
	dottedClock = regexp.MustCompile(`\b(\d{1,2})\.(\d{2}) ?uhr`)

	// datePart is a clock, an offset, a number or a word.
	datePart = regexp.MustCompile(`\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?|[+-]\d{2}:?\d{2}\b|\d+|上午|下午|午前|午後|오전|오후|\p{Han}|\p{Hangul}|[\p{L}\p{M}]+`)
)

// wordDate reads a date that names its month, in whatever order, or marks its parts as
// Chinese, Japanese and Korean do. A word that has no place in a date makes it none.
func wordDate(s string) time.Time {
	low := strings.NewReplacer("a.m.", "am", "p.m.", "pm").Replace(strings.ToLower(s))
	d := looseDate{}
	for _, aside := range dateAsides.FindAllString(low, 3) {
		d.zone(strings.Trim(aside, "()（）")) // "10:00 (CET)"
	}
	low = dottedClock.ReplaceAllString(dateAsides.ReplaceAllString(low, " "), "$1:$2")
	parts := datePart.FindAllString(low, 24)
	for i := 0; i < len(parts); i++ {
		next := ""
		if i+1 < len(parts) {
			next = parts[i+1]
		}
		taken, ok := d.take(parts[i], next)
		if !ok {
			return time.Time{}
		}
		i += taken
	}
	return d.time()
}

// looseDate is a date while its parts are read. Parts that are not known are 0.
type looseDate struct {
	year, month, day     int
	hour, minute, second int
	half                 byte // 'a', 'p': before and after noon; 0: the clock has 24 hours
	offset               time.Duration
	hours                bool // an hour was marked: a number behind it is its minutes
	guessed              bool // the month is a word that also names a day of the week
}

// take reads one part of a date, and says whether it has a place there and whether
// it took the next one, its mark, too (1).
func (d *looseDate) take(part, next string) (taken int, ok bool) {
	switch {
	case strings.Contains(part, ":") && part[0] != '+' && part[0] != '-':
		return 0, d.clock(part)
	case part[0] == '+' || part[0] == '-':
		return 0, d.zone(part)
	case isDigits(part):
		if mark := eastern[next]; mark != 0 && mark != 'a' && mark != 'p' {
			return 1, d.marked(part, mark)
		}
		return 0, d.number(part)
	}
	return 0, d.word(part)
}

// clock reads "10:30" and "10:30:15".
func (d *looseDate) clock(s string) bool {
	s, _, _ = strings.Cut(s, ".")
	for i, part := range strings.Split(s, ":") {
		n, _ := strconv.Atoi(part)
		*[]*int{&d.hour, &d.minute, &d.second}[i] = n
	}
	return true
}

// zone reads a zone by its name or offset.
func (d *looseDate) zone(s string) bool {
	name := strings.ToUpper(s)
	if offset, ok := zones[name]; ok {
		name = offset
	}
	for _, layout := range []string{"-0700", "-07:00"} {
		if t, err := time.Parse(layout, name); err == nil {
			_, seconds := t.Zone()
			d.offset = time.Duration(seconds) * time.Second
			return true
		}
	}
	return false
}

// marked reads a number with the mark behind it.
func (d *looseDate) marked(digits string, mark byte) bool {
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) > 4 {
		return false
	}
	switch mark {
	case 'y':
		d.year = n
	case 'm':
		d.month = n
	case 'd':
		d.day = n
	case 'H':
		d.hour, d.hours = n, true
	case 'M':
		d.minute = n
	case 'S':
		d.second = n
	}
	return true
}

// number reads a number without a mark: the day, the year, or the minutes of a marked hour.
func (d *looseDate) number(digits string) bool {
	n, err := strconv.Atoi(digits)
	switch {
	case err != nil:
		return false
	case len(digits) == 4 && d.year == 0:
		d.year = n
	case len(digits) > 2:
		return false
	case d.hours && d.day != 0 && d.year != 0:
		d.minute, d.hours = n, false
	case d.day == 0:
		d.day = n
	case d.year == 0 && d.month != 0:
		if d.year = 2000 + n; n >= 70 {
			d.year = 1900 + n
		}
	default:
		return false
	}
	return true
}

// word reads a month, a half of the day, a zone, or a word that says nothing.
func (d *looseDate) word(w string) bool {
	plain := plainLetters.Replace(w)
	if m := monthOf(w); m != 0 {
		if d.month != 0 && !d.guessed {
			return false
		}
		d.month, d.guessed = m, plain == "mar" // mardi, martes, martedì
		return true
	}
	if mark := eastern[w]; mark == 'a' || mark == 'p' {
		d.half = mark
		return true
	}
	return dateFillers[plain] != 0 || dateFillers[w] != 0 || d.zone(w)
}

// time returns the date, or the zero time if there is no such day or time of day.
func (d *looseDate) time() time.Time {
	hour := d.hour
	switch {
	case d.half != 0 && (hour > 12 || hour == 0 && d.half == 'a'):
	case d.half == 'p' && hour < 12:
		hour += 12
	case d.half == 'a' && hour == 12:
		hour = 0
	}
	if d.year == 0 || d.month == 0 || d.month > 12 || d.day == 0 || hour > 23 || d.minute > 59 || d.second > 60 {
		return time.Time{}
	}
	t := time.Date(d.year, time.Month(d.month), d.day, hour, d.minute, d.second, 0, time.UTC)
	if t.Day() != d.day { // 30 February
		return time.Time{}
	}
	return t.Add(-d.offset)
}

// monthOf returns the number of the month that a word in small letters names, with or
// without a full stop, 0 if it names none.
func monthOf(w string) int { return monthNames[plainLetters.Replace(strings.TrimRight(w, "."))] }
