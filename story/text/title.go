package text

import (
	"strings"
	"unicode"
)

// separators stand between a title and the name of who published it.
var separators = []string{" - ", " | ", " – ", " — ", " :: ", " » ", " · "}

// BareTitle returns a title without the name of who published it at its end, as in
// "Ferry aground - Coast Wire". The name is known by one of outlets, which are names or hosts.
func BareTitle(title string, outlets ...string) string {
	for range 2 {
		at, sep := -1, 0
		for _, s := range separators {
			if i := strings.LastIndex(title, s); i > at {
				at, sep = i, len(s)
			}
		}
		if at <= 0 || !namesOutlet(title[at+sep:], outlets) {
			break
		}
		title = strings.TrimSpace(title[:at])
	}
	return title
}

// namesOutlet reports whether a tail of a title is the name of an outlet, or begins it: feeds cut long titles.
func namesOutlet(tail string, outlets []string) bool {
	name := letters(tail)
	if len(name) < 3 || len(tail) > 60 {
		return false
	}
	for _, outlet := range outlets {
		host := strings.ToLower(outlet)
		if isHost(host) {
			host = strings.TrimPrefix(host, "www.")
			label, _, _ := strings.Cut(host, ".")
			if letters(host) == name || len(label) >= 3 && firstWord(tail) == letters(label) || len(name) >= 4 && letters(label) == name {
				return true
			}
			continue
		}
		if known := letters(outlet); len(known) >= 3 && (known == name || strings.HasPrefix(name, known) ||
			len(name) >= 5 && strings.HasPrefix(known, name)) {
			return true
		}
	}
	return false
}

func isHost(s string) bool { return strings.Contains(s, ".") && !strings.Contains(s, " ") }

// letters returns the letters and digits of s in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// firstWord returns the first run of letters and digits of s in lower case.
func firstWord(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); i >= 0 {
		s = s[:i]
	}
	return strings.ToLower(s)
}

// RoundUp reports whether a title announces a collection and names nothing of its own, such as
// "10 things to know today", "News in brief" or "Pressestimmen vom Montag". Its words are given
// as Tokens returns them.
func RoundUp(title []Token, lang string) bool {
	r := rulesFor(lang)
	found := false
	for i := range title {
		switch {
		case title[i].Number:
		case r.roundUp[title[i].Hash]:
			found = true
		default:
			return false
		}
	}
	return found
}

// roundUps are the words of such titles, by language, beside those that are stop words.
var roundUps = map[string]string{
	"en": "brief briefs briefing briefings briefly roundup wrap digest bulletin headlines headline things thing know stories story top must-read " +
		"nation national world local regional international global updates update live blog quiz horoscope horoscopes crossword sudoku " +
		"letters editor corrections clarifications obituaries obituary photos pictures picture gallery newsletter podcast " +
		"agenda calendar listings recap summary glance podcasts snapshots what's today's daily weekly happening happened edition " +
		"weather forecast outlook lottery numbers results opening closing bell market markets stock stocks business sports sport",
	"de": "kurz kurznachrichten überblick nachrichten meldungen kompakt schlagzeilen newsletter presseschau pressestimmen leserbriefe horoskop rätsel " +
		"wetter wettervorhersage lottozahlen bilder newsticker ticker liveticker wichtigste wichtigsten morgenlage blick",
	"fr": "bref brèves actualité actualités info infos essentiel revue presse titres matinale journal horoscope météo prévisions retenir photos images courrier lecteurs",
	"es": "breve breves resumen noticias titulares portadas horóscopo tiempo pronóstico cartas director fotos imágenes claves agenda boletín",
	"it": "breve brevi notizie rassegna stampa titoli oroscopo meteo previsioni lettere foto immagini agenda",
	"pt": "breves resumo notícias manchetes horóscopo previsão tempo cartas fotos imagens agenda boletim destaques",
	"nl": "kort nieuws overzicht nieuwsoverzicht weerbericht horoscoop brieven foto's agenda hoofdpunten",
	"ru": "коротко главное новости новость итоги дайджест обзор прессы гороскоп погода погоды прогноз курс валют фото видео картина дня афиша",
	"pl": "skrót skrócie wiadomości przegląd prasy horoskop pogoda prognoza pogody listy zdjęcia kalendarium",
}
