package story

import (
	"testing"
	"time"
)

// reports are three articles in a language: two on one event, and a third on
// a like event elsewhere.
type reports struct {
	lang string
	text [3][2]string // title and text
}

var byLanguage = []reports{
	{"en", [3][2]string{
		{"Ferry Marisol runs aground off Port Vellan", "The car ferry Marisol with 212 passengers ran aground on the Tansy Shoal outside Port Vellan on Tuesday. Tugs pulled it free in the evening. Nobody was hurt."},
		{"Passengers rescued from grounded ferry near Vellan", "Lifeboats took 212 people off the Marisol after the ferry struck the Tansy Shoal. Tugs freed the ship in the evening, the Vellan harbour master said."},
		{"Fire on freighter Obdura in Keld harbour", "A fire in the engine room of the freighter Obdura kept the Keld fire brigade busy all night. Two sailors were treated for smoke."},
	}},
	{"de", [3][2]string{
		{"Fähre Marisol läuft vor Port Vellan auf Grund", "Die Autofähre Marisol mit 212 Passagieren ist am Dienstag auf der Tansybank vor Port Vellan auf Grund gelaufen. Schlepper zogen sie am Abend frei. Verletzt wurde niemand."},
		{"Passagiere von gestrandeter Fähre bei Vellan gerettet", "Rettungsboote holten 212 Menschen von der Marisol, nachdem die Fähre auf die Tansybank gelaufen war. Schlepper befreiten das Schiff, sagte der Hafenmeister von Vellan."},
		{"Brand auf Frachter Obdura im Hafen von Keld", "Ein Feuer im Maschinenraum des Frachters Obdura hielt die Feuerwehr von Keld die ganze Nacht in Atem. Zwei Seeleute wurden wegen Rauchvergiftung behandelt."},
	}},
	{"fr", [3][2]string{
		{"Le ferry Marisol s’échoue au large de Port-Vellan", "Le ferry Marisol, avec 212 passagers à bord, s’est échoué mardi sur le banc de Tansy devant Port-Vellan. Des remorqueurs l’ont dégagé dans la soirée. Personne n’a été blessé."},
		{"Les passagers du ferry échoué près de Vellan secourus", "Des canots ont évacué 212 personnes du Marisol après l’échouement du ferry sur le banc de Tansy. Les remorqueurs ont dégagé le navire, a dit le capitaine du port de Vellan."},
		{"Incendie sur le cargo Obdura dans le port de Keld", "Un feu dans la salle des machines du cargo Obdura a occupé toute la nuit les pompiers de Keld. Deux marins, intoxiqués par la fumée, ont été soignés."},
	}},
	{"es", [3][2]string{
		{"El ferri Marisol encalla frente a Port Vellan", "El ferri Marisol, con 212 pasajeros a bordo, encalló el martes en el bajío de Tansy, frente a Port Vellan. Los remolcadores lo liberaron por la tarde. No hubo heridos."},
		{"Rescatados los pasajeros del ferri encallado en Vellan", "Las lanchas evacuaron a 212 personas del Marisol tras encallar el ferri en el bajío de Tansy. Los remolcadores liberaron el barco, explicó el capitán del puerto de Vellan."},
		{"Incendio en el carguero Obdura en el puerto de Keld", "Un fuego en la sala de máquinas del carguero Obdura ocupó toda la noche a los bomberos de Keld. Dos marineros fueron atendidos por inhalar humo."},
	}},
	{"it", [3][2]string{
		{"Il traghetto Marisol si incaglia davanti a Port Vellan", "Il traghetto Marisol, con 212 passeggeri a bordo, si è incagliato martedì sulla secca di Tansy davanti a Port Vellan. I rimorchiatori l’hanno liberato in serata. Nessun ferito."},
		{"Salvi i passeggeri del traghetto incagliato a Vellan", "Le scialuppe hanno portato a terra 212 persone dal Marisol dopo che il traghetto era finito sulla secca di Tansy. I rimorchiatori hanno liberato la nave, spiega il porto di Vellan."},
		{"Incendio sul cargo Obdura nel porto di Keld", "Un incendio nella sala macchine del cargo Obdura ha impegnato per tutta la notte i pompieri di Keld. Due marinai sono stati curati per il fumo."},
	}},
	{"nl", [3][2]string{
		{"Veerboot Marisol loopt vast voor Port Vellan", "De veerboot Marisol met 212 passagiers is dinsdag vastgelopen op de Tansybank voor Port Vellan. Sleepboten trokken het schip 's avonds los. Niemand raakte gewond."},
		{"Passagiers van gestrande veerboot bij Vellan gered", "Reddingsboten haalden 212 mensen van de Marisol nadat de veerboot op de Tansybank was vastgelopen. Sleepboten trokken het schip los, zei de havenmeester van Vellan."},
		{"Brand op vrachtschip Obdura in haven van Keld", "Een brand in de machinekamer van het vrachtschip Obdura hield de brandweer van Keld de hele nacht bezig. Twee zeelieden ademden rook in."},
	}},
	{"sv", [3][2]string{
		{"Färjan Marisol gick på grund utanför Port Vellan", "Bilfärjan Marisol med 212 passagerare gick på grund på Tansybanken utanför Port Vellan på tisdagen. Bogserbåtar drog loss den på kvällen. Ingen skadades."},
		{"Passagerare räddade från grundstött färja vid Vellan", "Livbåtar hämtade 212 personer från Marisol sedan färjan stött på Tansybanken. Bogserbåtarna drog loss fartyget, säger hamnkaptenen i Vellan."},
		{"Brand på lastfartyget Obdura i Kelds hamn", "En eldsvåda i maskinrummet på lastfartyget Obdura höll brandkåren i Keld sysselsatt hela natten. Två sjömän vårdades för rök."},
	}},
	{"ru", [3][2]string{
		{"Паром «Марисоль» сел на мель у Порт-Веллана", "Паром «Марисоль» с 212 пассажирами на борту во вторник сел на мель на отмели Танси у Порт-Веллана. Вечером буксиры сняли его с мели. Никто не пострадал."},
		{"Пассажиров севшего на мель парома у Веллана спасли", "Спасательные шлюпки сняли 212 человек с «Марисоли» после того, как паром налетел на отмель Танси. Буксиры освободили судно, рассказали в порту Веллана."},
		{"Пожар на сухогрузе «Обдура» в гавани Кельда", "Огонь в машинном отделении сухогруза «Обдура» всю ночь тушили пожарные Кельда. Двум морякам, надышавшимся дымом, оказали помощь."},
	}},
	{"pl", [3][2]string{
		{"Prom Marisol osiadł na mieliźnie koło Port Vellan", "Prom Marisol z 212 pasażerami osiadł we wtorek na mieliźnie Tansy koło Port Vellan. Wieczorem holowniki ściągnęły go na wodę. Nikt nie ucierpiał."},
		{"Pasażerowie promu z mielizny koło Vellan uratowani", "Łodzie ratunkowe zabrały 212 osób z Marisola, gdy prom wszedł na mieliznę Tansy. Holowniki ściągnęły statek, poinformował kapitan portu Vellan."},
		{"Pożar na frachtowcu Obdura w porcie Keld", "Ogień w maszynowni frachtowca Obdura całą noc gasiła straż pożarna z Keld. Dwóch marynarzy zatruło się dymem."},
	}},
	{"tr", [3][2]string{
		{"Marisol feribotu Port Vellan açıklarında karaya oturdu", "212 yolcu taşıyan Marisol feribotu salı günü Port Vellan açıklarındaki Tansy sığlığında karaya oturdu. Römorkörler feribotu akşam kurtardı. Yaralanan olmadı."},
		{"Vellan'da karaya oturan feribotun yolcuları kurtarıldı", "Tansy sığlığında karaya oturan Marisol feribotundan 212 kişi botlarla alındı. Römorkörler feribotu kurtardı, dedi Vellan liman başkanı."},
		{"Keld limanında Obdura şilebinde yangın", "Obdura şilebinin makine dairesinde çıkan yangın Keld itfaiyesini bütün gece uğraştırdı. İki denizci dumandan etkilendi."},
	}},
	{"ar", [3][2]string{
		{"جنوح العبارة ماريسول قبالة ميناء فيلان", "جنحت العبارة ماريسول وعلى متنها 212 راكبا على ضفة تانسي قبالة ميناء فيلان يوم الثلاثاء. وسحبتها القاطرات مساء. ولم يصب أحد بأذى."},
		{"إنقاذ ركاب العبارة الجانحة قرب فيلان", "نقلت قوارب الإنقاذ 212 راكبا من العبارة ماريسول بعد جنوحها على ضفة تانسي. وسحبت القاطرات العبارة كما قال مدير ميناء فيلان."},
		{"حريق في سفينة الشحن أوبدورا في مرفأ كيلد", "انشغل رجال الإطفاء في كيلد طوال الليل بنيران في غرفة محركات سفينة الشحن أوبدورا. وعولج بحاران من الدخان."},
	}},
	{"zh", [3][2]string{
		{"渡轮玛丽索号在维兰港外搁浅", "载有212名乘客的渡轮玛丽索号星期二在维兰港外的坦西浅滩搁浅。拖船傍晚将渡轮拖离浅滩。无人受伤。"},
		{"维兰港搁浅渡轮乘客获救", "渡轮玛丽索号撞上坦西浅滩后，救生艇救出212名乘客。维兰港务长说，拖船已将渡轮拖离浅滩。"},
		{"凯尔德码头货船奥布杜拉号起火", "货船奥布杜拉号机舱起火，凯尔德消防队彻夜扑救。两名船员因吸入浓烟接受治疗。"},
	}},
	{"ja", [3][2]string{
		{"フェリー「マリソル号」が緑浜港沖で座礁", "乗客212人を乗せたフェリー、マリソル号が火曜日、緑浜港沖の浅瀬で座礁した。夕方に曳船が離礁させた。負傷者はいなかった。"},
		{"緑浜港沖で座礁のフェリー、乗客を救助", "浅瀬で座礁したマリソル号から、救命艇が乗客212人を救助した。曳船がフェリーを離礁させたと緑浜港の港長が話した。"},
		{"黒岩埠頭の貨物船で火災", "貨物船オブドゥラの機関室から出火し、黒岩の消防隊が夜通し消火にあたった。船員二人が煙を吸って手当てを受けた。"},
	}},
	{"ko", [3][2]string{
		{"여객선 마리솔호 벨란항 앞바다서 좌초", "승객 212명을 태운 여객선 마리솔호가 화요일 벨란항 앞바다 탄시 모래톱에서 좌초했다. 저녁에 예인선이 여객선을 끌어냈다. 부상자는 없었다."},
		{"벨란항 좌초 여객선 승객 구조", "탄시 모래톱에 좌초한 여객선 마리솔호에서 구조정이 승객 212명을 구조했다. 예인선이 여객선을 끌어냈다고 벨란항 관계자가 말했다."},
		{"켈드 부두 화물선 오브두라에서 화재", "화물선 오브두라 기관실에서 불이 나 켈드 소방대가 밤새 진화했다. 선원 두 명이 연기를 마셔 치료를 받았다."},
	}},
	{"pt", [3][2]string{
		{"Ferry Marisol encalha em frente a Port Vellan", "O ferry Marisol, com 212 passageiros a bordo, encalhou na terça-feira no baixio de Tansy, em frente a Port Vellan. Os rebocadores libertaram-no ao fim da tarde. Não houve feridos."},
		{"Passageiros do ferry encalhado em Vellan resgatados", "Lanchas retiraram 212 pessoas do Marisol depois de o ferry ter encalhado no baixio de Tansy. Os rebocadores libertaram o navio, explicou o capitão do porto de Vellan."},
		{"Incêndio no cargueiro Obdura no porto de Keld", "Um fogo na casa das máquinas do cargueiro Obdura ocupou os bombeiros de Keld durante toda a noite. Dois marinheiros foram assistidos por inalação de fumo."},
	}},
	{"cs", [3][2]string{
		{"Trajekt Marisol najel u Port Vellan na mělčinu", "Trajekt Marisol s 212 cestujícími na palubě najel v úterý na mělčinu Tansy u přístavu Port Vellan. Remorkéry ho večer vyprostily. Nikdo nebyl zraněn."},
		{"Cestující z trajektu na mělčině u Vellanu jsou v bezpečí", "Záchranné čluny převezly z Marisolu 212 lidí poté, co trajekt najel na mělčinu Tansy. Remorkéry loď vyprostily, uvedl velitel přístavu Vellan."},
		{"Požár nákladní lodi Obdura v přístavu Keld", "Oheň ve strojovně nákladní lodi Obdura zaměstnal hasiče z Keldu celou noc. Dva námořníci se nadýchali kouře."},
	}},
	{"uk", [3][2]string{
		{"Пором «Марісоль» сів на мілину біля Порт-Веллана", "Пором «Марісоль» із 212 пасажирами у вівторок сів на мілину Тансі біля Порт-Веллана. Увечері буксири зняли його з мілини. Ніхто не постраждав."},
		{"Пасажирів порома, що сів на мілину біля Веллана, врятовано", "Рятувальні човни зняли 212 людей із «Марісолі» після того, як пором наскочив на мілину Тансі. Буксири звільнили судно, розповіли в порту Веллана."},
		{"Пожежа на суховантажі «Обдура» в гавані Кельда", "Вогонь у машинному відділенні суховантажа «Обдура» всю ніч гасили пожежники Кельда. Двом морякам, що надихалися диму, надали допомогу."},
	}},
	{"fi", [3][2]string{
		{"Marisol-lautta ajoi karille Port Vellanin edustalla", "Autolautta Marisol ja sen 212 matkustajaa ajoivat tiistaina karille Tansyn matalikolla Port Vellanin edustalla. Hinaajat irrottivat lautan illalla. Kukaan ei loukkaantunut."},
		{"Karille ajaneen lautan matkustajat pelastettiin Vellanissa", "Pelastusveneet hakivat Marisolista 212 matkustajaa, kun lautta oli ajanut karille Tansyn matalikolla. Hinaajat irrottivat aluksen, kertoi Vellanin satamakapteeni."},
		{"Rahtialus Obdura syttyi palamaan Keldin satamassa", "Tulipalo rahtialus Obduran konehuoneessa piti Keldin palokunnan kiireisenä koko yön. Kaksi merimiestä hengitti savua."},
	}},
	{"hu", [3][2]string{
		{"Zátonyra futott a Marisol komp Port Vellannál", "A 212 utast szállító Marisol komp kedden zátonyra futott a Tansy-padon Port Vellan előtt. A vontatók este leszabadították a kompot. Senki sem sérült meg."},
		{"Kimentették a Vellannál zátonyra futott komp utasait", "Mentőcsónakok hoztak ki 212 utast a Marisolról, miután a komp zátonyra futott a Tansy-padon. A vontatók leszabadították a hajót, mondta Vellan kikötőkapitánya."},
		{"Tűz az Obdura teherhajón Keld kikötőjében", "Az Obdura teherhajó gépházában keletkezett tűzzel egész éjjel küzdöttek a keldi tűzoltók. Két matróz füstmérgezést kapott."},
	}},
	{"el", [3][2]string{
		{"Το πλοίο Μαρισόλ προσάραξε έξω από το Πορτ Βέλαν", "Το οχηματαγωγό Μαρισόλ με 212 επιβάτες προσάραξε την Τρίτη στα αβαθή του Τάνσι έξω από το Πορτ Βέλαν. Τα ρυμουλκά το αποκόλλησαν το βράδυ. Κανείς δεν τραυματίστηκε."},
		{"Σώοι οι επιβάτες του πλοίου που προσάραξε στο Βέλαν", "Σωστικές λέμβοι πήραν 212 επιβάτες από το Μαρισόλ, αφού το οχηματαγωγό προσάραξε στα αβαθή του Τάνσι. Τα ρυμουλκά αποκόλλησαν το πλοίο, είπε ο λιμενάρχης του Βέλαν."},
		{"Φωτιά στο φορτηγό Ομπντούρα στο λιμάνι του Κελντ", "Φωτιά στο μηχανοστάσιο του φορτηγού Ομπντούρα απασχόλησε όλη νύχτα την πυροσβεστική του Κελντ. Δύο ναύτες εισέπνευσαν καπνό."},
	}},
	{"he", [3][2]string{
		{"מעבורת מריסול עלתה על שרטון מול פורט ולאן", "מעבורת הרכב מריסול ועליה 212 נוסעים עלתה ביום שלישי על שרטון טנסי מול פורט ולאן. גוררות שחררו את המעבורת בערב. איש לא נפגע."},
		{"חולצו נוסעי מעבורת שעלתה על שרטון מול ולאן", "סירות הצלה פינו 212 נוסעים מהמעבורת מריסול אחרי שעלתה על שרטון טנסי. גוררות שחררו את המעבורת, אמר מנהל נמל ולאן."},
		{"שריפה באונייה אובדורה בנמל קלד", "אש בחדר המכונות של האונייה אובדורה העסיקה את כבאי קלד כל הלילה. שני מלחים שאפו עשן."},
	}},
	{"hi", [3][2]string{
		{"पोर्ट वेलन के पास मारिसोल नौका रेत में फंसी", "212 यात्रियों को ले जा रही मारिसोल नौका मंगलवार को पोर्ट वेलन के पास टैंसी के उथले पानी में फंस गई। शाम को टग जहाज़ों ने नौका को निकाला। कोई घायल नहीं हुआ।"},
		{"वेलन में फंसी नौका के यात्री बचाए गए", "टैंसी के उथले पानी में फंसी मारिसोल नौका से 212 यात्रियों को बचाया गया। टग जहाज़ों ने नौका को निकाला, वेलन बंदरगाह के कप्तान ने कहा।"},
		{"केल्ड बंदरगाह में मालवाहक ओबदुरा पर आग", "मालवाहक ओबदुरा के इंजन कक्ष में लगी आग से केल्ड के दमकलकर्मी पूरी रात जूझते रहे। दो नाविकों को धुएं से परेशानी हुई।"},
	}},
	{"vi", [3][2]string{
		{"Phà Marisol mắc cạn ngoài cảng Vellan", "Phà Marisol chở 212 hành khách mắc cạn hôm thứ ba trên bãi Tansy ngoài cảng Vellan. Tàu kéo đưa phà ra vào buổi tối. Không ai bị thương."},
		{"Cứu hành khách trên phà mắc cạn gần Vellan", "Xuồng cứu hộ đưa 212 hành khách rời phà Marisol sau khi phà mắc cạn trên bãi Tansy. Tàu kéo đã đưa phà ra, giám đốc cảng Vellan nói."},
		{"Cháy tàu hàng Obdura ở cảng Keld", "Đám cháy trong buồng máy tàu hàng Obdura khiến lính cứu hỏa Keld làm việc suốt đêm. Hai thủy thủ bị ngạt khói."},
	}},
	{"th", [3][2]string{
		{"เรือเฟอร์รี่มาริซอลเกยตื้นนอกท่าเรือเวลลัน", "เรือเฟอร์รี่มาริซอลพร้อมผู้โดยสาร 212 คนเกยตื้นที่สันดอนแทนซีนอกท่าเรือเวลลันเมื่อวันอังคาร เรือลากจูงลากเรือเฟอร์รี่ออกมาได้ในตอนเย็น ไม่มีผู้บาดเจ็บ"},
		{"ช่วยผู้โดยสารเรือเฟอร์รี่เกยตื้นใกล้เวลลัน", "เรือกู้ภัยรับผู้โดยสาร 212 คนจากเรือเฟอร์รี่มาริซอลหลังเกยตื้นที่สันดอนแทนซี เรือลากจูงลากเรือเฟอร์รี่ออกมาได้ ท่าเรือเวลลันแถลง"},
		{"ไฟไหม้โกดังสินค้าที่เคลด์", "เพลิงไหม้โกดังสินค้าในเมืองเคลด์ นักดับเพลิงใช้เวลาทั้งคืนควบคุมเพลิง คนงานสองคนสำลักควัน"},
	}},
}

// TestLanguages checks, for each language alone and for all together, that two reports of
// an event are one story, a like event is another, and that no story is in two languages.
func TestLanguages(t *testing.T) {
	for _, declared := range []bool{true, false} {
		g, l := NewGrouper(Options{}), newLedger()
		seq := uint64(0)
		lang := map[uint64]string{}
		for k := range 3 {
			for _, r := range byLanguage {
				seq++
				a := &Article{
					Seq: seq, Source: "Outlet " + r.lang, Identity: r.text[k][0], Title: r.text[k][0], Text: r.text[k][1],
					FirstSeen: morning.Add(time.Duration(seq) * time.Minute),
				}
				if declared {
					a.Lang = r.lang
				}
				lang[seq] = r.lang
				l.apply(g.Add(a))
			}
		}
		l.apply(g.Pass())
		n := uint64(len(byLanguage))
		for i, r := range byLanguage {
			first := uint64(i + 1)
			if l.story[first] != l.story[first+n] {
				t.Errorf("%s, declared %v: two reports of one event are two stories", r.lang, declared)
			}
			if l.story[first] == l.story[first+2*n] {
				t.Errorf("%s, declared %v: two events are one story", r.lang, declared)
			}
		}
		for id, members := range l.members {
			for seq := range members {
				for other := range members {
					if lang[seq] < lang[other] {
						t.Errorf("story %s is in %s and %s", id, lang[seq], lang[other])
					}
				}
			}
		}
	}
}

// TestLanguagesApart checks that reports of one event in related languages, or
// with the same names in titles of different scripts, are no story, whatever language is declared.
func TestLanguagesApart(t *testing.T) {
	for _, c := range []struct {
		name     string
		declared bool // each report has its own language
		reports  [][3]string
	}{
		{"es pt", false, [][3]string{
			{"es", "El ferri Marisol encalla frente a Port Vellan con 212 pasajeros", "El ferri Marisol encalló el martes en el bajío de Tansy, frente a Port Vellan, con 212 pasajeros a bordo. Los remolcadores lo liberaron por la tarde y no hubo heridos, según la compañía."},
			{"pt", "O ferry Marisol encalha em frente a Port Vellan com 212 passageiros", "O ferry Marisol encalhou na terça-feira no baixio de Tansy, em frente a Port Vellan, com 212 passageiros a bordo. Os rebocadores libertaram-no à tarde e não há feridos, segundo a companhia."},
		}},
		{"cs sk", false, [][3]string{
			{"cs", "Trajekt Marisol najel u Port Vellan na mělčinu", "Trajekt Marisol s 212 cestujícími najel v úterý na mělčinu Tansy u přístavu Port Vellan. Večer ho remorkéry vyprostily, nikdo nebyl zraněn, řekl mluvčí přístavu."},
			{"sk", "Trajekt Marisol narazil pri Port Vellan na plytčinu", "Trajekt Marisol s 212 cestujúcimi narazil v utorok na plytčinu Tansy pri prístave Port Vellan. Večer ho remorkéry vyslobodili, nikto nebol zranený, povedal hovorca prístavu."},
		}},
		{"Cyrillic", false, [][3]string{
			{"ru", "Паром «Марисоль» сел на мель у порта Веллан", "Паром «Марисоль» с 212 пассажирами во вторник сел на мель на отмели Танси. Вечером его сняли буксиры, никто не пострадал, рассказали в порту Веллан."},
			{"uk", "Пором «Марисоль» сів на мілину біля порту Веллан", "Пором «Марисоль» із 212 пасажирами у вівторок сів на мілину Тансі. Увечері його зняли буксири, ніхто не постраждав, розповіли в порту Веллан."},
			{"bg", "Фериботът „Марисоль“ заседна край порт Веллан", "Фериботът „Марисоль“ с 212 пътници на борда заседна във вторник на плитчината Танси. Вечерта влекачи го освободиха, няма пострадали, съобщиха от порт Веллан."},
			{"sr", "Трајект „Марисоль“ насукао се код луке Веллан", "Трајект „Марисоль“ са 212 путника насукао се у уторак на плићаку Танси. Увече су га извукли тегљачи, повређених нема, кажу у луци Веллан."},
		}},
		{"Scandinavian", true, [][3]string{
			{"da", "Færgen Marisol på grund ud for Port Vellan", ""},
			{"nb", "Fergen Marisol på grunn utenfor Port Vellan", ""},
			{"sv", "Färjan Marisol på grund utanför Port Vellan", ""},
		}},
		{"names in Latin letters", false, [][3]string{
			{"en", "Quillo unveils Nardo X7 Pro Max and PadOne", ""},
			{"ru", "Quillo представила Nardo X7 Pro Max и PadOne", ""},
			{"ja", "Quillo、Nardo X7 Pro MaxとPadOneを発表", ""},
			{"el", "Η Quillo παρουσίασε τα Nardo X7 Pro Max και PadOne", ""},
			{"ar", "كويلو Quillo تكشف عن Nardo X7 Pro Max و PadOne", ""},
			{"hi", "Quillo ने Nardo X7 Pro Max और PadOne पेश किए", ""},
		}},
		{"names in Latin letters, declared", true, [][3]string{
			{"en", "Quillo unveils Nardo X7 Pro Max and PadOne", ""},
			{"ja", "Quillo、Nardo X7 Pro Max・PadOneを発表", ""},
			{"ko", "Quillo, Nardo X7 Pro Max·PadOne 공개", ""},
			{"th", "Quillo เปิดตัว Nardo X7 Pro Max PadOne", ""},
			{"ru", "Quillo Nardo X7 Pro Max PadOne", ""},
		}},
	} {
		g, l := NewGrouper(Options{}), newLedger()
		for i, r := range c.reports {
			a := &Article{
				Seq: uint64(i + 1), Source: "Outlet " + r[0], Identity: r[1], Title: r[1], Text: r[2],
				FirstSeen: morning.Add(time.Duration(i) * time.Minute),
			}
			if c.declared {
				a.Lang = r[0]
			}
			l.apply(g.Add(a))
		}
		l.apply(g.Pass())
		for i := range c.reports {
			for j := range i {
				if l.story[uint64(i+1)] == l.story[uint64(j+1)] {
					t.Errorf("%s: %q and %q are one story", c.name, c.reports[j][1], c.reports[i][1])
				}
			}
		}
	}
}

// TestDeclaredWrong checks that reports of one event meet although some feeds
// call themselves English.
func TestDeclaredWrong(t *testing.T) {
	for _, r := range byLanguage {
		if r.lang == "en" || r.lang == "fi" { // Finnish has few function words: such short texts do not tell
			continue
		}
		g, l := NewGrouper(Options{}), newLedger()
		for k, lang := range []string{r.lang, "en-US"} {
			l.apply(g.Add(&Article{
				Seq: uint64(k + 1), Source: lang, Identity: r.text[k][0], Title: r.text[k][0], Text: r.text[k][1], Lang: lang,
				FirstSeen: morning.Add(time.Duration(k) * time.Minute),
			}))
		}
		if l.story[1] != l.story[2] {
			t.Errorf("%s: an article that is declared English is kept apart", r.lang)
		}
	}
}
