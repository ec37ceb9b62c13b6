package brief

import (
	"slices"
	"strings"
	"testing"
)

const (
	liveFirst  = "The ferry burned for an hour before the tugs came."
	liveSecond = "Nobody knows how the fire on the ship began."
)

// fitLines returns the sentences of an article that may be quoted. In body, S1 and S2
// stand for two of them, and | for the end of a paragraph.
func fitLines(body string) []string {
	body = strings.NewReplacer("|", "\n\n", "S1", liveFirst, "S2", liveSecond).Replace(body)
	kept, _ := new(cleaner).clean("Ferry burns off Port Arlen", body, "")
	var fit []string
	for _, l := range kept {
		if l.fit {
			fit = append(fit, l.text)
		}
	}
	return fit
}

// TestCleanLive has what feeds and pages put around an article.
func TestCleanLive(t *testing.T) {
	for _, body := range strings.Split(`S1 S2|The post Will the ferry operator be held responsible for the fire off Port Arlen? appeared first on Harbour Post.
S1|The post Ferry burns off Port Arlen, nine people are injured appeared first on Harbour Post.
S1 S2 The post Ferry burns off Port Arlen! Nine people were taken to the hospital appeared first on Harbour Post.
S1 S2|Get the latest news from Port Arlen straight to your inbox every morning.
S1 S2|Get our free daily newsletter with all the news of the harbour.
S1|If you enjoyed this article, please consider supporting our newsroom.
S1 S2|Support independent journalism by becoming a member of the Harbour Post today.
S1 S2|This article was first published by the Harbour Post under a licence.
S1 S2|Read the full story here on the Harbour Post website for more details.
S1 S2|Read the original article on the website of the Harbour Post.
S1 S2|For more on this story, see our live coverage of the ferry fire.
S1 S2|To read more stories like this one, visit the Harbour Post website.
S1 S2|Have a tip about the ferry fire? Email our reporters at the Harbour Post.
S1 S2|© 2026 The Merrow Newswire. This material may not be published, broadcast, rewritten or redistributed.
S1 S2|This site uses cookies to improve your experience on the web.
S1 S2|This site uses Akismet to reduce spam. Learn how your comment data is processed.
S1 S2|Join our channel on WhatsApp to get the latest news of the harbour.
S1 S2|Follow the Harbour Post on Facebook and Telegram for the latest updates.
S1 S2|Follow Orla Finch on Twitter and read her latest reports from the harbour.
S1 S2|Listen to this article in the app of the Harbour Post for free.
S1 S2|Photo by Bo Dahl shows the ferry in the harbour of Port Arlen.
S1 S2|This is a breaking news story and will be updated as more is known.
S1 S2|This story will be updated as more information becomes available.
S1 S2|The views expressed in this article are those of the author alone.
S1 S2|The opinions expressed here are the author's own and not those of the Post.
S1 S2|Editor's note: This story was corrected to say when the ferry was built.
S1 S2|Correction: An earlier version of this article misstated the age of the ferry.
S1 S2|Our Standards: The Merrow Newswire Trust Principles apply to all reports.
S1 S2|Source: The Harbour Post, which first reported the fire on the ferry.
S1 S2|Article URL: https://harbour.example/1|Comments URL: https://news.example/2|Points: 12|# Comments: 3
S1 S2|submitted by /u/finch [link] [comments]
S1 S2|Have your say on the ferry fire in the comments section below.
S1 S2|What do you think about the fire? Let us know in the comments below.
S1 S2|Share this:|Click to share on Facebook (Opens in new window)|Like this:|Like Loading...
S1 S2|Abonnieren Sie unseren Newsletter und erhalten Sie die Nachrichten des Tages.
S1 S2|Melden Sie sich für unseren Newsletter an, um nichts zu verpassen.
S1 S2|Mehr Nachrichten aus dem Hafen lesen Sie auf unserer Internetseite.
S1 S2|Dieser Artikel erschien zuerst bei der Hafenpost in Port Arlen.
S1 S2|Der Beitrag Fähre brennt vor Port Arlen erschien zuerst auf Hafenpost.
S1 S2|L’article Un ferry brûle au large de Port Arlen est apparu en premier sur Le Port.
S1 S2|Abonnez-vous à notre newsletter pour recevoir les nouvelles du port.
S1 S2|Cet article a été publié en premier par le journal du port.
S1 S2|La entrada Un ferry arde frente a Port Arlen se publicó primero en El Puerto.
S1 S2|Suscríbete a nuestro boletín para recibir las noticias del puerto.
S1 S2|Síguenos en Facebook y Telegram para estar al día de las noticias.
S1 S2|O post Balsa pega fogo ao largo de Port Arlen apareceu primeiro em O Porto.
S1 S2|L'articolo Traghetto in fiamme al largo di Port Arlen proviene da Il Porto.
S1 S2|Iscriviti alla nostra newsletter per ricevere le notizie del porto.
S1 S2|Сообщение Паром горит у берегов Порт-Арлена появились сначала на Гавань.
S1 S2|Запись Паром горит у берегов Порт-Арлена впервые появилась на сайте Гавань.
S1 S2|Подписывайтесь на наш канал в Телеграме, чтобы быть в курсе событий.
S1 S2|Het bericht Veerboot brandt voor Port Arlen verscheen eerst op Haven.
S1 S2|Schrijf je in voor onze nieuwsbrief en ontvang het laatste nieuws.
S1 S2|Artykuł Prom płonie koło Port Arlen pochodzi z serwisu Port.
S1 (Photo by Bo Dahl/Merrow via Getty Images) S2
S1 S2|Related: Ten ferries that burned|Ferry burns near Merrow|How to swim|Ships and the sea
S1 S2|12 comments|Orla says: I saw the ship burn from my window that night.
S1 S2|Comments (12)|Orla says: I saw the ship burn from my window that night.
Orla Finch, Harbour Post|S1 S2
Story by Orla Finch • 3h|S1 S2
3 min read|S1 S2
Image source, Getty Images|Image caption, The ferry burned for an hour before the tugs came to it.|S2
Written by Orla Finch for the Harbour Post in Port Arlen.|S1 S2
This article is more than 2 years old.|S1 S2`, "\n") {
		for _, s := range fitLines(body) {
			if s != liveFirst && s != liveSecond {
				t.Errorf("of %q, %q may be quoted", body, s)
			}
		}
	}
}

// TestCleanKeeps has sentences that begin or end as what is cut off does, and are news.
func TestCleanKeeps(t *testing.T) {
	for _, s := range strings.Split(`The Post first reported on the fire in the engine room on Monday.
The post of harbour master has been vacant since the autumn storms.
Copyright law must be changed, the ministry of Caldova said on Tuesday.
Getty Images sued the operator of the picture agency in Port Arlen.
The symptoms first appeared on Monday, said the hospital of Port Arlen.
The book was originally published in 1994 by a printer in Port Arlen.
A list compiled by the coast guard shows 214 names of passengers.
Reporting by the harbour radio had been stopped by a court on Monday.
Subscribers of Arlen Telecom were without a line for most of Tuesday.
Anzeige gegen den Betreiber der Fähre erstattete die Stadt am Dienstag.
Werbung für Überfahrten mit der Fähre bleibt bis Freitag verboten.
Kommentare der Reederei gab es bis zum späten Dienstagabend keine.
Реклама паромов в порту запрещена до конца недели, заявила мэрия.
Filed under seal on Monday, the complaint names three managers.
More stories of rescue came to light when the ship was towed in.
More from the logbook will be made public by the board on Friday.
Related losses of the port are put at nine million, the mayor said.
Comments by the captain were played in court on Tuesday morning.
“Sign up for the lifeboats now,” the captain told the passengers.
“Share this burden with us,” the mayor asked the neighbouring towns.
Follow-up checks of all ferries on the lake will begin on Friday.
Follow the money, the prosecutor told the court in Port Arlen.
Email records show that the operator knew about the fuel pump.
Source of the fire was a fuel pump, investigators said on Tuesday.
Sources in the port authority said that the pump had been replaced.
Correction of the timetable will take weeks, the operator said.
If you have any information, call the harbour police, officers said.
Published accounts of the fire differ on when it began at sea.
La policía, con información de testigos, detuvo al capitán del ferry.
Pubblicità e traghetti restano fermi nel porto fino a venerdì sera.
Recibe el puerto 214 pasajeros del ferry que ardió la noche del martes.
来源不明的燃料泵在周二夜间引起了渡轮火灾，当局表示。
Seit Montag – die Fähre war gerade aus dem Dock – fehlte die Pumpe.
Port Arlen (214 passengers) — the ferry, that is — burned for an hour.
Harbour master Osric (AP) told the Caldovan parliament on Tuesday.
Comment from the operator of the ferry could not be had on Tuesday.`, "\n") {
		for _, body := range []string{s, "S1 S2|" + s, "S1 S2|S1 S2|" + s + "|S1 S2", "S1 S2 " + s + " S1"} {
			if got := fitLines(body); !slices.Contains(got, s) {
				t.Errorf("%q is lost: only %q may be quoted", s, got)
			}
		}
	}
}

// TestCleanGoesOn checks that a list of links between paragraphs does not end an article.
func TestCleanGoesOn(t *testing.T) {
	long := strings.Repeat("The board will look at a fuel pump that had been replaced in the spring. ", 4)
	for _, list := range []string{"Related stories", "More on this|How to swim|Ships and the sea", "You may also like:|Ten ferries that burned.", "Sign up for our newsletter."} {
		got := fitLines("S1|S2|S1 S2|" + list + "|" + long)
		if n := len(got); n < 2 || !strings.HasPrefix(got[n-1], "The board will look") {
			t.Errorf("after %q nothing is left: %q", list, got)
		}
		for _, s := range got {
			if strings.Contains(s, "newsletter") || strings.Contains(s, "Ten ferries") {
				t.Errorf("%q may be quoted", s)
			}
		}
	}
}
