package brief

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// opening is what the first words of a sentence say of it.
type opening uint8

const (
	tail       opening = 1 << iota // an article ends before it
	related                        // it points to another article
	invitation                     // it asks something of the reader
)

// phrase is the beginning of a sentence, in lower case.
type phrase struct {
	text string
	is   opening
}

// phrases are all of them: by the first two bytes where the first is a letter of
// ASCII, else by the first rune.
var phrases, otherPhrases = func() (ascii [32][32][]phrase, other map[rune][]phrase) {
	other = make(map[rune][]phrase)
	for is, list := range map[opening][]string{tail: tails, related: pointers, invitation: invitations} {
		for _, s := range list {
			if first, _ := utf8.DecodeRuneInString(s); first < utf8.RuneSelf {
				ascii[s[0]&31][s[1]&31] = append(ascii[s[0]&31][s[1]&31], phrase{s, is})
			} else {
				other[first] = append(other[first], phrase{s, is})
			}
		}
	}
	return ascii, other
}()

// openingOf tells how s begins, case and leading marks aside.
func openingOf(s string) opening {
	if s == "" || !isASCIILetter(s[0]) {
		s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '©' })
	}
	if len(s) < 2 {
		return 0
	}
	var candidates []phrase
	if isASCIILetter(s[0]) {
		candidates = phrases[s[0]&31][s[1]&31]
	} else {
		first, _ := utf8.DecodeRuneInString(s)
		candidates = otherPhrases[unicode.ToLower(first)]
	}
	is := opening(0)
	for i := range candidates {
		if p := &candidates[i]; is&p.is == 0 && hasFolded(s, p.text) {
			is |= p.is
		}
	}
	return is
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// tails begin what follows an article.
var tails = []string{
	"more related stor", "related stories", "related articles", "related news", "related posts", "related content", "you may also like",
	"you might also like", "recommended stories", "recommended for you", "more from ", "more on this", "more stories", "read next", "up next",
	"sources include", "sources for this article", "add comment", "add a comment", "leave a reply", "leave a comment", "post a comment",
	"join the conversation", "comments are closed", "your email address", "required fields", "this story was originally published",
	"this article was originally published", "this post was originally published", "originally published", "the post ", "share this",
	"about the author", "filed under", "tags:", "topics:", "copyright ", "©", "all rights reserved", "sign up for", "subscribe to", "follow us",
	"mehr zum thema", "das könnte sie auch", "kommentar schreiben", "kommentare", "alle rechte vorbehalten",
	"sur le même sujet", "laisser un commentaire", "tous droits réservés", "voir aussi", "vous aimerez aussi",
	"noticias relacionadas", "artículos relacionados", "te puede interesar", "deja un comentario", "deja una respuesta", "notícias relacionadas",
	"deixe um comentário", "articoli correlati", "potrebbe interessarti", "lascia un commento", "gerelateerde artikelen", "powiązane artykuły",
	"материалы по теме", "новости по теме", "по теме:", "подписывайтесь", "подпишитесь", "оставить комментарий", "добавить комментарий", "теги:",
	"相关阅读", "相关新闻", "相關新聞", "延伸閱讀", "责任编辑", "責任編輯", "関連記事", "関連ニュース", "あわせて読みたい", "관련기사", "관련 기사", "저작권자", "무단 전재",
}

// pointers begin a pointer to another article.
var pointers = []string{
	"related:", "read more", "read also", "also read", "see also", "more:", "more here", "read:", "watch:", "listen:", "don't miss", "must read", "in pictures:",
	"lesen sie auch", "lesen sie mehr", "mehr dazu", "siehe auch", "lire aussi", "à lire aussi", "a lire aussi", "lire la suite", "lea también", "lee también",
	"leer más", "ver también", "leia também", "leia mais", "leggi anche", "lees ook", "czytaj też", "czytaj także", "zobacz też", "läs också", "läs mer",
	"читайте также", "смотрите также", "подробнее:", "читать далее", "另见", "阅读更多", "続きを読む", "더 보기",
}

// invitations begin what asks something of the reader.
var invitations = []string{
	"watch this video", "watch the video", "watch live", "this video is from", "click here", "click on", "tap here", "sign up", "subscribe", "download our",
	"download the app", "follow us", "follow @", "like us on", "share this", "advertisement", "continue reading", "story continues", "scroll down", "photo:",
	"image:", "image credit", "photo credit", "file photo", "picture:", "credit:", "getty images", "this article is free", "support our journalism", "add comment",
	"leave a reply", "leave a comment", "your email address", "required fields", "this story was originally published", "anzeige", "werbung", "foto:", "bild:",
	"newsletter", "publicité", "publicidad", "pubblicità", "реклама", "фото:", "источник:", "图片来源", "图：", "写真：", "写真＝", "사진=", "this is a developing story",
	"this story has been updated", "this article has been updated", "check back for updates", "last updated", "first published", "published on", "updated on",
}
