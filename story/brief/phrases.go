package brief

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"

	"storyfold/story/text"
)

// opening is what the first words of a sentence say of it.
type opening uint8

const (
	ending     opening = 1 << iota // an article ends before it
	listing                        // an article ends before it, if no more of it follows
	related                        // it points to another article
	invitation                     // it asks something of the reader, or speaks of the article itself
)

// phrase is the beginning of a sentence, in lower case.
type phrase struct {
	text    string
	is      opening
	heading bool   // it counts only where a heading begins so
	open    bool   // its last word may go on
	rest    string // what follows in the sentence or the next two; "" if nothing must

	front, mask uint64 // its first bytes, as far as what it begins must have them, as frontOf returns them
}

// frontOf returns the first eight bytes of s, capitals of ASCII as small letters; other
// bytes may lose a bit too.
func frontOf(s string) uint64 {
	if len(s) < 8 {
		var b [8]byte
		copy(b[:], s)
		return binary.LittleEndian.Uint64(b[:]) | smallLetters
	}
	return (uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56) | smallLetters
}

// smallLetters is the bit that small letters of ASCII have and capitals have not, eight times.
const smallLetters = 0x2020202020202020

// newPhrase reads a phrase: "word*" may go on, "word~" is a heading, and "one … two"
// begins with the one and has the other later.
func newPhrase(s string, is opening) phrase {
	p := phrase{is: is}
	s, p.heading = strings.CutSuffix(s, "~")
	s, p.open = strings.CutSuffix(s, "*")
	p.text, p.rest, _ = strings.Cut(s, " … ")
	last, _ := utf8.DecodeLastRuneInString(p.text)
	p.open = p.open || !unicode.IsLower(last) // in scripts without small letters, there are no spaces either
	n := 0
	for n < min(8, len(p.text)) && p.text[n] < utf8.RuneSelf && p.text[n] != '\'' {
		n++
	}
	p.mask = 1<<(8*n) - 1
	p.front = frontOf(p.text) & p.mask
	return p
}

// phrases are all of them: by the first two bytes where the first is a letter of
// ASCII, else by the first rune.
var phrases, otherPhrases = func() (ascii [32][32][]phrase, other map[rune][]phrase) {
	other = make(map[rune][]phrase)
	for i, list := range []string{endings, listings, pointers, invitations} {
		is := [...]opening{ending, listing | related, related, invitation}[i]
		for s := range strings.SplitSeq(strings.Trim(list, "\n"), "\n") {
			for s := range strings.SplitSeq(s, ", ") {
				p := newPhrase(strings.TrimSpace(s), is)
				if first, _ := utf8.DecodeRuneInString(p.text); first < utf8.RuneSelf {
					at := &ascii[p.text[0]&31][p.text[1]&31]
					*at = append(*at, p)
				} else {
					other[first] = append(other[first], p)
				}
			}
		}
	}
	return ascii, other
}()

// openingOf tells how s begins, case and leading marks aside, and how many of the
// sentences after it belong to that. What is quoted says nothing. whole is as in
// text.Sentence, next are the sentences that follow in the paragraph.
func openingOf(s string, whole bool, next []text.Sentence) (is opening, more int) {
	if s == "" || !isASCIILetter(s[0]) {
		s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '©' && closersOf(r) == "" })
	}
	if len(s) < 2 {
		return 0, 0
	}
	var candidates []phrase
	if second := s[1]; isASCIILetter(s[0]) {
		if strings.HasPrefix(s[1:], "’") {
			second = '\''
		}
		candidates = phrases[s[0]&31][second&31]
	} else {
		first, _ := utf8.DecodeRuneInString(s)
		candidates = otherPhrases[unicode.ToLower(first)]
	}
	front := frontOf(s)
	for i := range candidates {
		p := &candidates[i]
		if front&p.mask != p.front {
			continue
		}
		n := foldedLen(s, p.text)
		if n == 0 || !p.open && !wordEnds(s[n:]) || p.heading && (whole || utf8.RuneCountInString(s) > maxHeading) {
			continue
		}
		if p.rest != "" {
			at := restAt(s[n:], p.rest, next)
			if at < 0 {
				continue
			}
			more = max(more, at)
		}
		is |= p.is
	}
	return is, more
}

// maxHeading is the length in runes of the longest heading.
const maxHeading = 30

// restAt returns 0 if s has rest in it, in whatever case, 1 or 2 if the first or the
// second of next has, or -1.
func restAt(s, rest string, next []text.Sentence) int {
	for i := 0; ; i++ {
		if strings.Contains(strings.ToLower(s), rest) {
			return i
		}
		if i == min(2, len(next)) {
			return -1
		}
		s = " " + next[i].Text
	}
}

// wordEnds reports whether no word goes on with s.
func wordEnds(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s == "" || !unicode.IsLetter(r)
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// foldedLen returns how many bytes of s are p, which is in lower case, capitals or
// not and whatever the apostrophe; 0 if s does not begin with p.
func foldedLen(s, p string) int {
	j := 0
	for i := 0; i < len(p); {
		if j >= len(s) {
			return 0
		}
		if p[i] < utf8.RuneSelf {
			switch {
			case fold(s[j]) == p[i]:
				j++
			case p[i] == '\'' && strings.HasPrefix(s[j:], "’"):
				j += len("’")
			default:
				return 0
			}
			i++
			continue
		}
		want, n := utf8.DecodeRuneInString(p[i:])
		r, m := utf8.DecodeRuneInString(s[j:])
		if r != want && unicode.ToLower(r) != want {
			return 0
		}
		i, j = i+n, j+m
	}
	return j
}

// fold returns an ASCII capital in lower case, and other bytes as they are.
func fold(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// endings begin what follows an article: comments, rights, where it is from.
const endings = `
add comment, add a comment, leave a reply, leave a comment, post a comment, join the conversation, comments are closed, comment~, comments~, replies~
your email address, required fields, about the author~, filed under:, filed under~, tags:, tags~, topics:, copyright ©, copyright (c, copyright 20*, copyright 19*, ©, all rights reserved
this story was originally published, this article was originally published, this post was originally published, this report was originally published, originally published
kommentar schreiben, kommentare~, alle rechte vorbehalten, laisser un commentaire, commentaires~, tous droits réservés
deja un comentario, deja una respuesta, comentarios~, deixe um comentário, comentários~, lascia un commento, commenti~, riproduzione riservata, reacties~, komentarze~
оставить комментарий, добавить комментарий, комментари*~, теги:, 责任编辑, 責任編輯, 저작권자, 무단 전재, 무단전재`

// listings begin the lists of links below an article.
const listings = `
more related stor*, related stories, related articles, related news, related posts, related content, related coverage, related~, you may also like, you might also like
recommended stories, recommended for you, recommended~, more from~, more on this, more stories~, more stories:, more stories from, read next~, read next:, up next~, up next:
most read~, most popular~, trending now~, sources include, sources for this article, mehr zum thema, weitere artikel~, das könnte sie auch, auch interessant~
sur le même sujet, voir aussi, vous aimerez aussi, articles liés~, noticias relacionadas, artículos relacionados, te puede interesar, te recomendamos~
notícias relacionadas, articoli correlati, potrebbe interessarti, gerelateerde artikelen, powiązane artykuły, материалы по теме, новости по теме, по теме:
相关阅读, 相关新闻, 相關新聞, 延伸閱讀, 関連記事, 関連ニュース, あわせて読みたい, 관련기사, 관련 기사`

// pointers begin a pointer to another article.
const pointers = `
related:, read more, read also, also read, see also, more:, more here, read:, watch:, listen:, don't miss, must read, in pictures:, read the full, read the original, read the rest
to read more, for more on this, for more stories, for more news, keep reading, see more~, view more~
lesen sie auch, lesen sie mehr, lesen sie hier, mehr dazu, siehe auch, weiterlesen, mehr nachrichten … lesen sie, lire aussi, à lire aussi, a lire aussi, lire également, à lire également, lire la suite
lea también, lee también, leer más, leer también, seguir leyendo, sigue leyendo, ver también, leia também, leia mais, continue lendo, leggi anche, leggi tutto, continua a leggere
lees ook, lees meer, lees verder, czytaj też, czytaj także, czytaj dalej, czytaj więcej, zobacz też, läs också, läs mer, les også, les mer, læs også, læs mere, devamını oku
читайте также, смотрите также, подробнее:, читать далее, читайте на, читайте також, 另见, 阅读更多, 点击查看, 点击进入, 点击阅读, 続きを読む, 더 보기`

// invitations begin what asks something of the reader, or speaks of the article
// itself: who may use it, how it was changed, whose picture it shows.
const invitations = `
watch this video, watch the video, watch the full, watch live, this video is from, click here, click on, click to, tap here, sign up, subscribe, download our, download the app
follow us, follow @, like us on, share this, advertisement~, continue reading, story continues, scroll down, photo:, photo by, image:, image source, image caption
image credit, photo credit, file photo, picture:, picture by, credit:, getty images~, getty images the, getty images a, this article is free, this article is more than, this article is part of, support our journalism
support independent journalism, add comment, leave a reply, leave a comment, your email address, required fields, originally published
this story was originally published, this article was originally published, this post was originally published, this report was originally published
this article was first published, this story was first published, this post was first published, this article first appeared, this story first appeared, this post first appeared
this is a developing story, this is a breaking news story, this story has been updated, this article has been updated, this story will be updated, this article will be updated
check back for updates, last updated:, first published:, published on:, updated on:, last updated~, first published~, the post … appeared first on, the post … first appeared on
get the latest … inbox, get the latest … newsletter, get the latest news from … delivered, get our … newsletter, sign in to, log in to, please log in, please enable, please subscribe
join our … channel, join our … newsletter, join our … community, join us on, follow … on facebook, follow … on twitter, follow … on instagram, follow … on telegram
follow … on linkedin, follow … on youtube, follow … on bluesky, follow … on x., listen to this, if you enjoyed this, if you liked this, become a member, become a subscriber
already a subscriber, already a member, thank you for reading, thanks for reading, have a tip, got a tip, email our, email us, have your say, let us know … comments, tell us … comments
this site uses, we use cookies, learn how your comment, by signing up, by subscribing, you can unsubscribe, unsubscribe
the views expressed, views expressed in, the opinions expressed, opinions expressed, editor's note, editors' note, editor's note:, correction:, clarification:, disclaimer:, our standards:
source:, sources:, via:, written by … for the, comments url, article url
anzeige~, werbung~, foto:, bild:, newsletter~, abonnieren sie, jetzt abonnieren, melden sie sich … newsletter, folgen sie uns, der beitrag … erschien zuerst, der artikel … erschien zuerst
dieser artikel erschien, dieser beitrag erschien, dieser artikel ist zuerst, dieser beitrag ist zuerst, anmerkung der redaktion, hinweis der redaktion, quelle:
publicité~, abonnez-vous, inscrivez-vous, suivez-nous, recevez … newsletter, l'article … est apparu en premier, cet article … en premier, cet article a été initialement, source :, crédit photo
publicidad~, suscríbete, suscríbase, síguenos, regístrate … boletín, recibe … boletín, recibe … newsletter, únete a nuestro, la entrada … primero en, el artículo … primero en
este artículo … originalmente, haz clic, haga clic, fuente:, inscreva-se, assine … newsletter, siga-nos, clique aqui, o post … primeiro em, o artigo … primeiro em, publicidade~, fonte:
pubblicità~, iscriviti, seguici, abbonati … newsletter, ricevi … newsletter, clicca qui, l'articolo … proviene da, schrijf je in … nieuwsbrief, abonneer, volg ons, meld je aan … nieuwsbrief, klik hier
het bericht … verscheen eerst, dit artikel verscheen eerst, advertentie~, zapisz się … newsletter, subskrybuj, śledź nas, obserwuj nas, kliknij tutaj, artykuł … pochodzi z serwisu, reklama~
prenumerera, följ oss, inlägget … först upp, følg oss, tilmeld dig … nyhedsbrev, meld deg på … nyhetsbrev, abone ol*
реклама~, фото:, источник:, подписывайтесь, подпишитесь, присоединяйтесь к … канал, следите за нашими, следите за новостями, запись … впервые появилась, сообщение … появились сначала
підписуйтесь, підпишіться, приєднуйтесь до … канал, 图片来源, 图：, 来源：, 编辑：, 原标题, 点击这里, 扫描二维码, 关注我们, 版权声明, 写真：, 写真＝, 사진=, 구독하기`
