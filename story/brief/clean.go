package brief

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"storyfold/story/text"
)

// line is a sentence of an article without what surrounds an article.
type line struct {
	text      string
	paragraph int
	fit       bool // it may be quoted
}

// lines returns the sentences of an article: from the title's repetition at the
// front to the link lists, credits and forms at the end, neither included. It
// returns also how many sentences it dropped.
func lines(title, body, lang string) (kept []line, dropped int) {
	sentences := dropTitle(text.Sentences(body, lang), title)
	all := len(sentences)
	sentences = cutTail(sentences)
	sentences = dropLists(sentences)
	out := make([]line, 0, len(sentences))
	for i, s := range sentences {
		t := s.Text
		if len(out) == 0 {
			t = cutTitle(t, title)
		}
		if len(out) < 3 || startsLine(sentences, i) {
			t = cutStamp(t)
		}
		if beginsWith(t, related) || beginsWith(t, invitations) {
			continue
		}
		if edge := i < 3 || i >= len(sentences)-8; edge && isCredit(t) {
			continue
		}
		if len(out) < 3 {
			t = cutDateline(t)
		}
		if t != "" {
			out = append(out, line{text: t, paragraph: s.Paragraph, fit: isFit(t, s.Whole)})
		}
	}
	return out, all - len(out)
}

// dropTitle leaves out first lines that repeat the title.
func dropTitle(s []text.Sentence, title string) []text.Sentence {
	if len(s) > 1 && !s[0].Whole && s[0].Paragraph != s[1].Paragraph && bareWords(s[0].Text) == bareWords(title) {
		return s[1:]
	}
	return s
}

// cutTitle returns s without the title, where that is written before the first sentence.
func cutTitle(s, title string) string {
	if rest, ok := strings.CutPrefix(s, title); ok && len(title) >= 20 {
		if rest = strings.TrimLeft(rest, " .:-–—|"); opens(rest) {
			return rest
		}
	}
	return s
}

// bareWords returns the letters and digits of s in lower case.
func bareWords(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// cutTail cuts off what follows an article: from the first line on that says so.
func cutTail(s []text.Sentence) []text.Sentence {
	for i := range s {
		if i >= 2 && startsLine(s, i) && beginsWith(s[i].Text, tails) && (i >= len(s)/3 || !s[i].Whole) {
			return s[:i]
		}
	}
	return s
}

// dropLists leaves out the link lists inside an article: a heading such as
// "Read more:" and the one-sentence paragraphs that follow it.
func dropLists(s []text.Sentence) []text.Sentence {
	out := s[:0:0]
	for i := 0; i < len(s); i++ {
		if !startsLine(s, i) || !beginsWith(s[i].Text, related) {
			out = append(out, s[i])
			continue
		}
		heading := utf8.RuneCountInString(s[i].Text) < 30
		for i+1 < len(s) && s[i+1].Paragraph == s[i].Paragraph {
			i++
		}
		for heading && i+1 < len(s) && (!s[i+1].Whole || alone(s, i+1) && utf8.RuneCountInString(s[i+1].Text) < 110) {
			i++
		}
	}
	return out
}

// startsLine reports whether s[i] is the first of its paragraph.
func startsLine(s []text.Sentence, i int) bool {
	return i == 0 || s[i-1].Paragraph != s[i].Paragraph
}

// alone reports whether s[i] is a paragraph of its own.
func alone(s []text.Sentence, i int) bool {
	return startsLine(s, i) && (i+1 == len(s) || s[i+1].Paragraph != s[i].Paragraph)
}

// phrases are beginnings of sentences, by their first letter.
type phrases map[rune][]string

func newPhrases(all ...string) phrases {
	p := make(phrases)
	for _, s := range all {
		r, _ := utf8.DecodeRuneInString(s)
		p[r] = append(p[r], s)
	}
	return p
}

// beginsWith reports whether s begins with one of the phrases, case and leading marks aside.
func beginsWith(s string, p phrases) bool {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '©' })
	first, _ := utf8.DecodeRuneInString(s)
	candidates := p[unicode.ToLower(first)]
	if len(candidates) == 0 {
		return false
	}
	s = text.Clip(s, 80)
	low := ""
	for _, c := range candidates {
		if len(c) > 1 && len(s) > 1 && s[1] < utf8.RuneSelf && s[1]|0x20 != c[1]|0x20 {
			continue // its second letter tells without more
		}
		if low == "" {
			low = strings.ToLower(s)
		}
		if strings.HasPrefix(low, c) {
			return true
		}
	}
	return false
}

// isCredit reports whether s tells who made the article, not a part of the report.
func isCredit(s string) bool { return containsCredit(s) || isByline(s) }

// containsCredit reports whether s has one of credits in it, in whatever case. It
// walks s once, for all of them.
func containsCredit(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			s = strings.ToLower(s)
			break
		}
	}
	for i := range len(s) - 1 {
		if by := creditsByFront[fold(s[i])]; by != nil {
			for _, p := range by[fold(s[i+1])] {
				if hasFolded(s[i:], p) {
					return true
				}
			}
		}
	}
	return false
}

// hasFolded reports whether s begins with p, which is in lower case, ASCII capitals or not.
func hasFolded(s, p string) bool {
	if len(s) < len(p) {
		return false
	}
	for i := range len(p) {
		if fold(s[i]) != p[i] {
			return false
		}
	}
	return true
}

// fold returns an ASCII capital in lower case, and other bytes as they are.
func fold(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// isByline reports whether s tells who reported from where.
func isByline(s string) bool {
	for _, by := range [...]string{"by ", "von ", "par ", "por ", "di "} {
		if hasFolded(s, by) && utf8.RuneCountInString(s) < 60 && !strings.ContainsAny(s, ".!?") {
			return true
		}
	}
	i := strings.Index(s, " reported from ")
	if i < 0 {
		i = strings.Index(s, " contributed from ")
	}
	return i > 0 && strings.Count(s[:i], " ") <= 5
}

// isFit reports whether a sentence can stand alone before a reader: it is
// whole, of a sensible length, prose, and its brackets and quotes are paired.
func isFit(s string, whole bool) bool {
	n := utf8.RuneCountInString(s)
	first, _ := utf8.DecodeRuneInString(s)
	dense := isDense(first)
	switch {
	case !whole && !isStopless(first):
		return false
	case dense && (n < 12 || n > 160), !dense && (n < 40 || n > 420):
		return false
	case unicode.IsLower(first):
		return false
	}
	look := survey(s)
	return !isCaption(s) && !isAside(s) && !look.markup && look.prose && look.paired && !strings.Contains(s, "://") && !strings.Contains(s, "www.") &&
		!strings.HasSuffix(s, ":") && !strings.HasSuffix(s, "...") && !strings.HasSuffix(s, "…")
}

// isAside reports whether all of s is in brackets.
func isAside(s string) bool {
	return s[0] == '(' && strings.IndexByte(s, ')') >= len(s)-2
}

// isCaption reports whether s is what is written below a picture: it says so, or
// ends with a place and the day ("in Luhansk, April 27, 2014.").
func isCaption(s string) bool {
	if strings.Contains(s, "file photo") || strings.Contains(s, "handout photo") {
		return true
	}
	head, ok := strings.CutSuffix(s, ".")
	if n := len(head) - len("1, 2026"); !ok || n < 0 || head[n+len("1,")] != ' ' || !isDigits(head[n+len("1, "):]) {
		return false
	}
	words := strings.Fields(head[max(0, len(head)-60):])
	if len(words) < 4 {
		return false
	}
	words = words[len(words)-4:]
	place, found := strings.CutSuffix(words[0], ",")
	return found && !strings.HasSuffix(place, "day") && isMonth(strings.ToLower(strings.TrimRight(words[1], "."))) && isDigits(strings.TrimRight(words[2], ","))
}

// isDigits reports whether s has nothing but digits.
func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// isDense reports whether r is of a script that says a word in a sign or two.
func isDense(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// isStopless reports whether r is of a script that writes no full stops.
func isStopless(r rune) bool { return unicode.In(r, unicode.Thai, unicode.Lao) }

// look is what the characters of a sentence say of it.
type look struct {
	markup bool // some are of addresses, menus or markup
	prose  bool // they are mostly letters, and not mostly capitals
	paired bool // every quotation mark and bracket has its other half
}

// survey looks at each character of s once.
func survey(s string) look {
	var p pairing
	markup, paired := false, true
	letters, upper, other := 0, 0, 0
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z':
			letters++
			continue
		case r == ' ':
			continue
		case 'A' <= r && r <= 'Z':
			letters++
			upper++
			continue
		case r >= 0x80 && (unicode.IsLetter(r) || unicode.IsMark(r)):
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
			continue
		}
		other++
		switch r {
		case '@', '|', '\ufffd', '•', '►', '▶', '→', '{', '}', '<', '>':
			markup = true
		}
		paired = p.add(r) && paired
	}
	return look{markup: markup, prose: other*3 < letters && upper*2 < letters, paired: paired && p.closed()}
}

// pairing counts the quotation marks and brackets that wait for their other half.
type pairing struct{ round, square, guillemets, corner, quotes, opened int }

// add takes r in. It is false if r closes what nothing opened.
func (p *pairing) add(r rune) bool {
	switch r {
	case '(', '（':
		p.round++
	case ')', '）':
		p.round--
	case '[', '【', '［':
		p.square++
	case ']', '】', '］':
		p.square--
	case '«', '»':
		p.guillemets++
	case '「', '『', '《':
		p.corner++
	case '」', '』', '》':
		p.corner--
	case '"':
		p.quotes++
	case '“':
		p.quotes++
		p.opened++
	case '”':
		p.quotes++
		p.opened--
	case '„':
		p.quotes++
		p.opened = -1 << 20 // “ closes here
	}
	return p.round >= 0 && p.square >= 0 && p.corner >= 0 && p.opened != -1
}

// closed reports whether nothing waits.
func (p *pairing) closed() bool {
	return p.round == 0 && p.square == 0 && p.corner == 0 && p.guillemets%2 == 0 && p.quotes%2 == 0 && p.opened <= 0
}

// tails begin what follows an article.
var tails = newPhrases(
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
)

// related begin a pointer to another article.
var related = newPhrases(
	"related:", "read more", "read also", "also read", "see also", "more:", "more here", "read:", "watch:", "listen:", "don't miss", "must read", "in pictures:",
	"lesen sie auch", "lesen sie mehr", "mehr dazu", "siehe auch", "lire aussi", "à lire aussi", "a lire aussi", "lire la suite", "lea también", "lee también",
	"leer más", "ver también", "leia também", "leia mais", "leggi anche", "lees ook", "czytaj też", "czytaj także", "zobacz też", "läs också", "läs mer",
	"читайте также", "смотрите также", "подробнее:", "читать далее", "另见", "阅读更多", "続きを読む", "더 보기",
)

// invitations begin what asks something of the reader.
var invitations = newPhrases(
	"watch this video", "watch the video", "watch live", "this video is from", "click here", "click on", "tap here", "sign up", "subscribe", "download our",
	"download the app", "follow us", "follow @", "like us on", "share this", "advertisement", "continue reading", "story continues", "scroll down", "photo:",
	"image:", "image credit", "photo credit", "file photo", "picture:", "credit:", "getty images", "this article is free", "support our journalism", "add comment",
	"leave a reply", "leave a comment", "your email address", "required fields", "this story was originally published", "anzeige", "werbung", "foto:", "bild:",
	"newsletter", "publicité", "publicidad", "pubblicità", "реклама", "фото:", "источник:", "图片来源", "图：", "写真：", "写真＝", "사진=", "this is a developing story",
	"this story has been updated", "this article has been updated", "check back for updates", "last updated", "first published", "published on", "updated on",
)

// credits are said of who made the article.
var credits = []string{
	"contributed to this report", "contributed reporting", "contributed to this story", "contributed to this article", "reporting by ", "editing by ",
	"writing by ", "translated by ", "compiled by ", "additional reporting", "originally published", "first appeared on", "appeared first on",
	"all rights reserved", "may not be published, broadcast", "getty images", "ap photo", "(photo by", "alle rechte vorbehalten", "tous droits réservés",
	"todos los derechos reservados", "все права защищены", "with files from", "(redaktion:", "(redaction by", "mit material von", "avec afp", "con información de",
}

// creditsByFront are credits by their first byte, and by their second one.
var creditsByFront = func() (by [256]*[256][]string) {
	for _, p := range credits {
		if by[p[0]] == nil {
			by[p[0]] = new([256][]string)
		}
		by[p[0]][p[1]] = append(by[p[0]][p[1]], p)
	}
	return by
}()
