package text

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Date is a date, or a part of one, that a text names: a day of a month, a
// month, a day of the week or a year. Equal dates are equal in all languages.
type Date uint16

// The ranges of a Date: a year is itself.
const (
	dateMonth   Date = 100   // + month, from 1
	dateWeekday Date = 200   // + weekday, from 1 for Monday
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
	d := dates{text: s, names: dateNames(lang), capital: lang == "en" || lang == "", out: dst, start: len(dst)}
	for i := 0; i < len(s) && len(d.out)-d.start < maxDates; {
		c := s[i]
		switch {
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
	r, size := rune(s[i]), 1
	if r >= utf8.RuneSelf {
		if r, size = utf8.DecodeRuneInString(s[i:]); !unicode.IsLetter(r) {
			return i + size
		}
	}
	var buf [longestName]byte
	lower := buf[:0]
	for end < len(s) {
		r, n := rune(s[end]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[end:])
		}
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

// suffix takes the signs of a Chinese, Japanese or Korean date after a number.
func (d *dates) suffix(i, number int) int {
	rest := d.text[i:]
	switch {
	case number >= 1 && number <= 12 && (strings.HasPrefix(rest, "月") || strings.HasPrefix(rest, "월")):
		d.add(dateMonth + Date(number))
		d.number1, d.month = 0, dateMonth+Date(number)
		return i + len("月")
	case number == 0 && (strings.HasPrefix(rest, "年") || strings.HasPrefix(rest, "년")):
		return i + len("年")
	}
	return i
}

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

// calendarNames are the lower-case names of months and weekdays in a language.
type calendarNames struct {
	dates   map[string]Date
	lengths uint64    // bit n: a name has n bytes
	begin   [4]uint64 // bit beginning(name)
}

// longestName is more bytes than a name has.
const longestName = 48

// beginning returns a number below 256 for the first two bytes of a word.
func beginning[T string | []byte](word T) uint8 { return word[0]*7 + word[1] }

// find returns the date that a word names, 0 if none.
func (c *calendarNames) find(word []byte) Date {
	if c == nil || c.lengths>>len(word)&1 == 0 {
		return 0
	}
	if k := beginning(word); c.begin[k/64]>>(k%64)&1 == 0 {
		return 0
	}
	return c.dates[string(word)]
}

// add notes a name.
func (c *calendarNames) add(name string, x Date) {
	c.dates[name] = x
	c.lengths |= 1 << len(name)
	k := beginning(name)
	c.begin[k/64] |= 1 << (k % 64)
}

// dateNames returns the names of months and weekdays in a language, nil if they are not known;
// for an unknown language those in English and Russian.
func dateNames(lang string) *calendarNames {
	dateMu.Lock()
	defer dateMu.Unlock()
	names, ok := dateKnown[lang]
	if !ok {
		lists := []string{calendar[lang]}
		if lang == "" {
			lists = []string{calendar["en"], calendar["ru"]}
		} else if lists[0] == "" {
			return nil
		}
		names = &calendarNames{dates: make(map[string]Date)}
		for _, list := range lists {
			for i, line := range strings.Split(list, ",") {
				x := dateMonth + Date(i+1)
				if i >= 12 {
					x = dateWeekday + Date(i-11)
				}
				for _, name := range strings.Fields(line) {
					names.add(name, x)
				}
			}
		}
		dateKnown[lang] = names
	}
	return names
}

var (
	dateMu    sync.Mutex // guards dateKnown
	dateKnown = map[string]*calendarNames{}
)

// eastern are weekdays that are written without spaces.
var eastern = func() map[string]Date {
	m := make(map[string]Date)
	for i, names := range []string{
		"星期一 周一 週一 月曜日 월요일", "星期二 周二 週二 火曜日 화요일", "星期三 周三 週三 水曜日 수요일", "星期四 周四 週四 木曜日 목요일",
		"星期五 周五 週五 金曜日 금요일", "星期六 周六 週六 土曜日 토요일", "星期日 星期天 周日 週日 日曜日 일요일",
	} {
		for _, name := range strings.Fields(names) {
			m[name] = dateWeekday + Date(i+1)
		}
	}
	return m
}()

// calendar has, for each language, the names of the twelve months and the seven weekdays from
// Monday, with their short and inflected forms. What is also an everyday word is left out.
var calendar = map[string]string{
	"en": "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sept sep,october oct,november nov,december dec," +
		"monday mon,tuesday tue tues,wednesday wed,thursday thu thurs,friday fri,saturday sat,sunday",
	"de": "januar jänner,februar,märz,april,mai,juni,juli,august,september,oktober,november,dezember," +
		"montag,dienstag,mittwoch,donnerstag,freitag,samstag sonnabend,sonntag",
	"fr": "janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre," +
		"lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche",
	"es": "enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre setiembre,octubre,noviembre,diciembre," +
		"lunes,martes,miércoles,jueves,viernes,sábado,domingo",
	"it": "gennaio,febbraio,marzo,aprile,maggio,giugno,luglio,agosto,settembre,ottobre,novembre,dicembre," +
		"lunedì,martedì,mercoledì,giovedì,venerdì,sabato,domenica",
	"pt": "janeiro,fevereiro,março,abril,maio,junho,julho,agosto,setembro,outubro,novembro,dezembro," +
		",,quarta-feira,quinta-feira,sexta-feira,sábado,domingo",
	"ca": "gener,febrer,març,abril,maig,juny,juliol,agost,setembre,octubre,novembre,desembre," +
		"dilluns,dimarts,dimecres,dijous,divendres,dissabte,diumenge",
	"nl": "januari,februari,maart,april,mei,juni,juli,augustus,september,oktober,november,december," +
		"maandag,dinsdag,woensdag,donderdag,vrijdag,zaterdag,zondag",
	"sv": "januari,februari,mars,april,maj,juni,juli,augusti,september,oktober,november,december," +
		"måndag måndagen,tisdag tisdagen,onsdag onsdagen,torsdag torsdagen,fredag fredagen,lördag lördagen,söndag söndagen",
	"da": "januar,februar,marts,april,maj,juni,juli,august,september,oktober,november,december," +
		"mandag,tirsdag,onsdag,torsdag,fredag,lørdag,søndag",
	"no": "januar,februar,mars,april,mai,juni,juli,august,september,oktober,november,desember," +
		"mandag,tirsdag,onsdag,torsdag,fredag,lørdag,søndag",
	"fi": "tammikuuta tammikuussa tammikuun,helmikuuta helmikuussa helmikuun,maaliskuuta maaliskuussa maaliskuun,huhtikuuta huhtikuussa huhtikuun," +
		"toukokuuta toukokuussa toukokuun,kesäkuuta kesäkuussa kesäkuun,heinäkuuta heinäkuussa heinäkuun,elokuuta elokuussa elokuun," +
		"syyskuuta syyskuussa syyskuun,lokakuuta lokakuussa lokakuun,marraskuuta marraskuussa marraskuun,joulukuuta joulukuussa joulukuun," +
		"maanantai maanantaina,tiistai tiistaina,keskiviikko keskiviikkona,torstai torstaina,perjantai perjantaina,lauantai lauantaina,sunnuntai sunnuntaina",
	"pl": "stycznia styczniu,lutego lutym,marca marcu,kwietnia kwietniu,maja maju,czerwca czerwcu,lipca lipcu,sierpnia sierpniu," +
		"września wrześniu,października październiku,listopada listopadzie,grudnia grudniu," +
		"poniedziałek poniedziałku,wtorek wtorku,środa środę środy,czwartek czwartku,piątek piątku,sobota sobotę soboty,niedziela niedzielę niedzieli",
	"cs": "ledna lednu,února únoru,března březnu,dubna dubnu,května květnu,června červnu,července červenci,srpna srpnu,září,října říjnu,listopadu,prosince prosinci," +
		"pondělí,úterý,středa středu,čtvrtek,pátek,sobota sobotu,neděle neděli",
	"ru": "января январь январе,февраля февраль феврале,марта март марте,апреля апрель апреле,мая май мае,июня июнь июне,июля июль июле,августа август августе," +
		"сентября сентябрь сентябре,октября октябрь октябре,ноября ноябрь ноябре,декабря декабрь декабре," +
		"понедельник понедельника,вторник вторника,среда среду,четверг четверга,пятница пятницу пятницы,суббота субботу субботы,воскресенье воскресенья",
	"uk": "січня січень січні,лютого лютий лютому,березня березень березні,квітня квітень квітні,травня травень травні,червня червень червні,липня липень липні,серпня серпень серпні," +
		"вересня вересень вересні,жовтня жовтень жовтні,листопада листопад листопаді,грудня грудень грудні," +
		"понеділок понеділка,вівторок вівторка,середа середу,четвер четверга,п’ятницю,субота суботу,неділя неділю",
	"bg": "януари,февруари,март,април,май,юни,юли,август,септември,октомври,ноември,декември," +
		"понеделник,вторник,сряда,четвъртък,петък,събота,неделя",
	"ro": "ianuarie,februarie,martie,aprilie,mai,iunie,iulie,august,septembrie,octombrie,noiembrie,decembrie," +
		"luni,marți,miercuri,joi,vineri,sâmbătă,duminică",
	"hu": "január,február,március,április,május,június,július,augusztus,szeptember,október,november,december," +
		"hétfő hétfőn,kedd kedden,szerda szerdán,csütörtök csütörtökön,péntek pénteken,szombat szombaton,vasárnap",
	"tr": "ocak,şubat,mart,nisan,mayıs,haziran,temmuz,ağustos,eylül,ekim,kasım,aralık," +
		"pazartesi,salı,çarşamba,perşembe,cuma,cumartesi,pazar",
	"el": "ιανουαρίου ιανουάριο,φεβρουαρίου φεβρουάριο,μαρτίου μάρτιο,απριλίου απρίλιο,μαΐου μάιο,ιουνίου ιούνιο,ιουλίου ιούλιο,αυγούστου αύγουστο," +
		"σεπτεμβρίου σεπτέμβριο,οκτωβρίου οκτώβριο,νοεμβρίου νοέμβριο,δεκεμβρίου δεκέμβριο," +
		"δευτέρα,τρίτη,τετάρτη,πέμπτη,παρασκευή,σάββατο,κυριακή",
	"id": "januari,februari,maret,april,mei,juni,juli,agustus,september,oktober,november,desember," +
		"senin,selasa,rabu,kamis,jumat,sabtu,minggu",
	"ar": "يناير,فبراير,مارس,أبريل إبريل,مايو,يونيو,يوليو,أغسطس,سبتمبر,أكتوبر,نوفمبر,ديسمبر," +
		"الاثنين الإثنين,الثلاثاء,الأربعاء,الخميس,الجمعة,السبت,الأحد",
	"hi": "जनवरी,फरवरी,मार्च,अप्रैल,मई,जून,जुलाई,अगस्त,सितंबर,अक्टूबर,नवंबर,दिसंबर," +
		"सोमवार,मंगलवार,बुधवार,गुरुवार,शुक्रवार,शनिवार,रविवार",
}

// Exact reports whether d is a day: of a month or of the week.
func (d Date) Exact() bool { return d >= dateDay || d > dateWeekday && d < firstYear }
