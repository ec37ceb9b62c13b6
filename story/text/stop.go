package text

// functionSigns are signs of Chinese that only join others; a pair with one of
// them says nothing.
const functionSigns = "的了是在和也就都而及与與着著或之其这那這為为以於于"

// The lists below hold what news of every kind says: words of reporting, of
// calendar and count. They come on top of the function words of a language.
const (
	newsEnglish = `
monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december
mon tue wed thu fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec
say says said saying tell tells told telling ask asked asks according report reports reported reportedly reporting
new newly news one two three four five six seven eight nine ten first second third last next latest
year years yearold month months week weeks day days today yesterday tomorrow tonight hour hours minute minutes time times
morning afternoon evening night ago now later early earlier since still yet already soon recent recently
people person man men woman women also may might could would should shall will can cannot must
like just get gets got make makes made take takes took taken go goes going went come comes came give gave given put
see seen know known think want need use used using well much many more most less least lot even ever never back way
around among across along within without toward towards upon via amid despite including include includes included
however though although while because another other others per cent percent mr mrs ms dr am pm gmt est
it's us don didn doesn isn aren wasn weren hasn haven hadn wouldn couldn shouldn ain mustn needn ll ve re
really every several nearly almost about whether either neither none nothing something anything everything
click read photo photos image images comment comments
`
	newsGerman = `
montag dienstag mittwoch donnerstag freitag samstag sonntag
januar februar märz april mai juni juli august september oktober november dezember
sagte sagt sagten teilte mitteilte laut angaben bericht berichte berichtet berichtete worden wurde wurden werden wird
jahr jahre jahren tag tage tagen woche wochen monat monate uhr heute gestern morgen neue neuen neuer neues
zwei drei vier fünf sechs sieben acht neun zehn ersten erste zweite mehr bereits seit sei seien prozent
`
	newsFrench = `
lundi mardi mercredi jeudi vendredi samedi dimanche
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
dit déclaré affirmé indiqué annoncé selon après avant depuis contre entre sous sans vers plus moins très aussi
an ans année années jour jours semaine mois heure heures aujourd'hui hier demain nouveau nouvelle nouveaux
deux trois quatre cinq six sept huit neuf dix premier première fait faire être avoir tout tous toute toutes
`
	newsSpanish = `
lunes martes miércoles jueves viernes sábado domingo
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
dijo dice según informó afirmó señaló aseguró tras año años día días semana mes meses hora horas hoy ayer mañana
nuevo nueva nuevos nuevas dos tres cuatro cinco seis siete ocho nueve diez primer primera ser hacer así
`
	newsItalian = `
lunedì martedì mercoledì giovedì venerdì sabato domenica
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
detto dice ha secondo dopo prima anno anni giorno giorni settimana mese mesi ora ore oggi ieri domani
nuovo nuova nuovi nuove due tre quattro cinque sei sette otto nove dieci essere fare stato stata
`
	newsPortuguese = `
segunda terça quarta quinta sexta sábado domingo feira
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
disse diz segundo afirmou informou após ano anos dia dias semana mês meses hora horas hoje ontem amanhã
novo nova novos novas dois duas três quatro cinco seis sete oito nove dez primeiro primeira
`
	newsRussian = `
понедельник понедельника вторник вторника среда среду среды четверг четверга пятница пятницу пятницы суббота субботу
субботы воскресенье воскресенья
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь январе феврале марте апреле мае июне июле
августе сентябре октябре ноябре декабре
сообщил сообщила сообщили сообщает сообщается сообщают заявил заявила заявили рассказал рассказала рассказали отметил отметила
пишет передает передаёт словам данным сказал сказала
год года году годов лет день дня дней неделя недели неделю месяц месяца месяцев сегодня вчера завтра час часа часов время
новый новая новое новые новых нового которые которых который которая которое которого которой также это этого этом этой
будет быть были было была является стал стала стали человек людей россии российский рублей тысяч тыс млн около более
один одна два две три четыре пять шесть семь восемь девять десять первый первая второй
`
	stopPolish = `
a aby ale bardzo bez bo by być był była było były będą będzie co coś czy dla do gdy gdzie go i ich im inne inny
ja jak jako jego jej jest jeszcze jeśli już każdy kiedy kto która które którego której który których którzy lub ma mają
może możemy można mu my na nad nam nas nawet nic nich nie niego niej nim niż no o od on ona one oni oraz po pod podczas
ponieważ poza pracy przed przede przez przy roku również są się sobie swoje ta tak także tam te tego tej ten też to tu tych tylko
tym u w we więc wszystkie wszystko z za ze że żeby
powiedział powiedziała poinformował poinformowała według rok lat lata dzień dni dziś wczoraj jutro
`
	stopUkrainian = `
а або але без би був була були було бути в вже ви від він вона вони воно все всі всіх де для до дуже є ж з за зі і із його
її й коли лише між мене може на над нам нас не ним них ні о ось оскільки під по при про проти свої себе та так також там те
ти того той тому то тут у це цей цього цьому ця ці час через чи що щоб я як яка який яких які якого
повідомив повідомила повідомили заявив заявила року роках роки день сьогодні вчора завтра
`
)
