package text

import (
	"strings"
	"sync"
)

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

// weekdayStem stands for a word that is a weekday only with an ending: in
// Portuguese quarta is also "fourth".
const weekdayStem Date = 99

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
					if stem, ok := strings.CutSuffix(name, "-feira"); ok && names.dates[stem] == 0 {
						names.add(stem, weekdayStem)
					}
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
// Monday, with their short and inflected forms. What is also an everyday word or a first name is left out.
var calendar = map[string]string{
	"en": "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sept sep,october oct,november nov,december dec," +
		"monday mon,tuesday tue tues,wednesday wed,thursday thu thurs,friday fri,saturday sat,sunday",
	"de": "januar jänner januars,februar feber feb februars,märz,april apr,mai,juni,juli,august aug augusts,september sept,oktober okt,november nov,dezember dez," +
		"montag montags montagabend montagmorgen,dienstag dienstags dienstagabend dienstagmorgen,mittwoch mittwochs mittwochabend mittwochmorgen," +
		"donnerstag donnerstags donnerstagabend donnerstagmorgen,freitag freitags freitagabend freitagmorgen," +
		"samstag samstags samstagabend samstagmorgen sonnabend,sonntag sonntags sonntagabend sonntagmorgen",
	"fr": "janvier janv,février févr,mars,avril avr,mai,juin,juillet juil,août,septembre,octobre oct,novembre nov,décembre déc," +
		"lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche",
	"es": "enero ene,febrero feb,marzo,abril abr,mayo,junio jun,julio jul,agosto ago,septiembre setiembre sept,octubre oct,noviembre nov,diciembre dic," +
		"lunes,martes,miércoles,jueves,viernes,sábado,domingo",
	"it": "gennaio,febbraio feb,marzo,aprile apr,maggio,giugno giu,luglio lug,agosto ago,settembre sett,ottobre ott,novembre nov,dicembre dic," +
		"lunedì,martedì,mercoledì,giovedì,venerdì,sabato,domenica",
	"pt": "janeiro,fevereiro fev,março,abril abr,maio,junho jun,julho jul,agosto ago,setembro,outubro,novembro nov,dezembro," +
		"segunda-feira,terça terça-feira,quarta-feira,quinta-feira,sexta-feira,sábado,domingo",
	"ca": "gener,febrer,març,abril,maig,juny,juliol,agost,setembre,octubre,novembre,desembre," +
		"dilluns,dimarts,dimecres,dijous,divendres,dissabte,diumenge",
	"nl": "januari,februari feb,maart,april apr,mei,juni,juli,augustus aug,september sept,oktober okt,november nov,december dec," +
		"maandag maandagavond maandagochtend,dinsdag dinsdagavond dinsdagochtend,woensdag woensdagavond woensdagochtend," +
		"donderdag donderdagavond donderdagochtend,vrijdag vrijdagavond vrijdagochtend,zaterdag zaterdagavond zaterdagochtend,zondag zondagavond zondagochtend",
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
	"pl": "stycznia styczniu styczeń,lutego lutym,marca marcu,kwietnia kwietniu kwiecień,maja maju,czerwca czerwcu czerwiec,lipca lipcu lipiec,sierpnia sierpniu sierpień," +
		"września wrześniu wrzesień,października październiku październik,listopada listopadzie listopad,grudnia grudniu grudzień," +
		"poniedziałek poniedziałku,wtorek wtorku,środa środę środy,czwartek czwartku,piątek piątku,sobota sobotę soboty,niedziela niedzielę niedzieli",
	"cs": "ledna lednu,února únoru,března březnu,dubna dubnu,května květnu,června červnu,července červenci,srpna srpnu,září,října říjnu,listopadu,prosince prosinci," +
		"pondělí,úterý,středa středu,čtvrtek,pátek,sobota sobotu,neděle neděli",
	"sk": "januára január januári,februára február februári,marca marec,apríla apríl apríli,mája máj máji,júna jún júni,júla júl júli,augusta august auguste," +
		"septembra september septembri,októbra október októbri,novembra november novembri,decembra december decembri," +
		"pondelok pondelka,utorok utorka,streda stredu,štvrtok štvrtka,piatok piatka,sobota sobotu,nedeľa nedeľu",
	"hr": "siječnja siječanj siječnju,veljače veljača veljači,ožujka ožujak ožujku,travnja travanj travnju,svibnja svibanj svibnju,lipnja lipanj lipnju," +
		"srpnja srpanj srpnju,kolovoza kolovoz kolovozu,rujna rujan rujnu,listopada listopad listopadu,studenoga studenog studenom,prosinca prosinac prosincu," +
		"ponedjeljak ponedjeljka,utorak utorka,srijeda srijedu,četvrtak četvrtka,petak petka,subota subotu,nedjelja nedjelju",
	"sr": "јануара јануар јануару januara januar januaru,фебруара фебруар фебруару februara februar februaru,марта март марту marta mart martu," +
		"априла април априлу aprila april aprilu,маја мај мају maja maj maju,јуна јун јуну juna jun junu,јула јул јулу jula jul julu," +
		"августа август августу avgusta avgust avgustu,септембра септембар septembra septembar,октобра октобар oktobra oktobar," +
		"новембра новембар novembra novembar,децембра децембар decembra decembar," +
		"понедељак понедељка ponedeljak ponedeljka,уторак уторка utorak utorka,среда среду sreda sredu,четвртак четвртка četvrtak četvrtka," +
		"петак петка petak petka,субота суботу subota subotu,недеља недељу nedelja nedelju",
	"he": "ינואר בינואר,פברואר בפברואר,מרץ במרץ,אפריל באפריל,מאי במאי,יוני ביוני,יולי ביולי,אוגוסט באוגוסט,ספטמבר בספטמבר,אוקטובר באוקטובר,נובמבר בנובמבר,דצמבר בדצמבר",
	"ru": "января январь январе янв,февраля февраль феврале фев,марта март марте,апреля апрель апреле апр,мая май мае,июня июнь июне,июля июль июле,августа август августе авг," +
		"сентября сентябрь сентябре сент,октября октябрь октябре окт,ноября ноябрь ноябре нояб,декабря декабрь декабре дек," +
		"понедельник понедельника понедельнику,вторник вторника вторнику,среда среду,четверг четверга четвергу,пятница пятницу пятницы пятнице," +
		"суббота субботу субботы субботе,воскресенье воскресенья воскресенью",
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
