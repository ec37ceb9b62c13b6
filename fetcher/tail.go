package fetcher

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tailKind says what a line begins that is not part of the article.
type tailKind int

const (
	noTail   tailKind = iota
	tailForm          // a comment form, a notice of rights, "originally published on": what follows is never the article
	tailList          // a list of other articles or of sources: the article may go on after it
)

// maxMark is the longest line, in runes, that can begin a tail.
const maxMark = 140

// formMarks begin what stands under an article, lower-cased.
var formMarks = []string{
	"leave a reply", "leave a comment", "add comment", "add a comment", "post a comment", "post comment", "write a comment",
	"join the conversation", "join the discussion", "your email address will not be published", "required fields are marked",
	"this story was originally published", "this article was originally published", "this story originally appeared",
	"this article originally appeared", "this story first appeared", "this article first appeared", "originally published at",
	"originally published on", "originally published by", "share this:", "share this article", "share this story", "share on ",
	"subscribe to our newsletter", "sign up for our newsletter", "sign up to our newsletter", "log in to comment",
	"you must be logged in to", "save my name, email",
	"kommentar schreiben", "kommentar hinterlassen", "schreibe einen kommentar", "schreiben sie einen kommentar",
	"deine e-mail-adresse wird nicht", "ihre e-mail-adresse wird nicht", "artikel teilen", "diesen artikel teilen",
	"newsletter abonnieren", "jetzt kommentieren", "dieser artikel erschien zuerst", "dieser text erschien zuerst",
	"laisser un commentaire", "ajouter un commentaire", "votre adresse e-mail ne sera pas", "partager cet article",
	"cet article est paru", "cet article a été publié", "deja una respuesta", "deja un comentario", "dejar un comentario",
	"tu dirección de correo electrónico no será", "este artículo fue publicado", "compartir en ", "compartir este artículo",
	"lascia un commento", "il tuo indirizzo email non sarà", "deixe um comentário", "deixe uma resposta",
	"o seu endereço de e-mail não será", "plaats een reactie", "geef een reactie", "dodaj komentarz",
	"добавить комментарий", "оставить комментарий", "ваш адрес email не будет",
}

// formWords are such lines in full.
var formWords = map[string]bool{
	"comment": true, "comments": true, "kommentare": true, "commentaires": true, "comentarios": true, "commenti": true,
	"comentários": true, "комментарии": true, "reply": true, "no comments": true, "no comments yet": true,
}

// listMarks begin a list of links; they may be followed by a colon and more.
var listMarks = []string{
	"more related stories", "related stories", "related articles", "related content", "related posts", "related news",
	"related coverage", "related topics", "related:", "more on this", "more on:", "more stories", "more from ", "more news",
	"read more:", "read more about", "read also", "also read", "see also", "you may also like", "you might also like",
	"recommended:", "recommended for you", "recommended stories", "further reading", "don't miss:", "sources include", "sources:",
	"source:", "tags:", "tagged:", "filed under", "topics:", "watch:", "editor's picks", "most read", "trending now",
	"lesen sie auch", "lesen sie mehr", "lies auch", "mehr zum thema", "mehr dazu:", "weitere artikel", "auch interessant",
	"das könnte sie auch interessieren", "quelle:", "quellen:", "schlagwörter:", "siehe auch", "weiterlesen:",
	"lire aussi", "à lire aussi", "lire également", "à lire également", "sur le même sujet", "articles liés", "sources :", "source :",
	"lea también", "lee también", "leer también", "te puede interesar", "te recomendamos", "más información:", "noticias relacionadas",
	"ver también", "fuente:", "fuentes:", "etiquetas:", "leggi anche", "potrebbe interessarti", "articoli correlati", "fonte:", "fonti:",
	"leia também", "leia mais", "veja também", "fontes:", "lees ook", "lees meer", "zie ook", "bron:", "czytaj też", "czytaj także",
	"zobacz też", "läs också", "läs mer", "les også", "læs også", "читайте также", "читайте ещё", "источник:", "по теме:",
}

// wholeListMarks are list marks only where nothing or a colon follows.
var wholeListMarks = map[string]bool{
	"related": true, "read more": true, "recommended": true, "sources": true, "tags": true, "topics": true, "quellen": true,
	"fuentes": true, "fonti": true, "weiterlesen": true, "links": true, "more": true, "see more": true, "next": true,
}

var (
	countedComments = regexp.MustCompile(`^\(?\d{1,5}\)? (comments?|replies|kommentare?|commentaires?|comentarios?|commenti|comentários?|reacties)\b`)
	rightsNotice    = regexp.MustCompile(`^(copyright\b|©|\(c\) ?\d{4})|\b(all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|tutti i diritti riservati)\b`)
	firstAppeared   = regexp.MustCompile(`^the post .{1,300} (appeared first|first appeared) on\b`)
	promotion       = regexp.MustCompile(`^((watch|see|view|listen to|check out) (this|the|our|a) (short |full |following )?(video|clip|footage|podcast|episode|gallery|report)\b|(this|the) (video|clip|podcast) (below )?is (from|by|courtesy)\b|(follow|find) (us|him|her|me|them) on (twitter|x|facebook|instagram|telegram|threads|bluesky|mastodon|youtube)\b|(click|tap) here\b|subscribe (to|now|here)\b|sign up (for|to|here)\b|(folgen sie|folge) uns (auf|bei)\b|suivez-nous sur\b|síguenos en\b)`)
)

var rightsSigns = []string{"copyright", "©", "(c)", "rights reserved", "rechte vorbehalten", "droits réservés", "derechos reservados", "diritti riservati"}

// betweenLines stand between the paragraphs of a page and belong to none, lower-cased.
var betweenLines = wordLines(`advertisement
advertising
ad
sponsored
story continues below
story continues below advertisement
continue reading
read more
scroll to continue
anzeige
werbung
publicité
publicidad
pubblicità
publicidade
advertentie
реклама
###
* * *
***
-30-
-end-
(end)
ends`)

func wordLines(s string) map[string]bool {
	set := map[string]bool{}
	for l := range strings.SplitSeq(s, "\n") {
		set[l] = true
	}
	return set
}

// tailMark says whether the line s begins a tail, and which.
func tailMark(s string) tailKind {
	if len(s) > 4*maxMark || utf8.RuneCountInString(s) > maxMark {
		return noTail
	}
	low := strings.ToLower(strings.ReplaceAll(s, "’", "'"))
	low = strings.TrimLeftFunc(low, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '©' && r != '(' })
	bare := strings.TrimRightFunc(low, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ')' })
	if bare == "" {
		return noTail
	}
	switch {
	case formWords[bare],
		(low[0] == '(' || low[0] >= '0' && low[0] <= '9') && countedComments.MatchString(low),
		strings.HasPrefix(low, "the post ") && firstAppeared.MatchString(low):
		return tailForm
	}
	for _, sign := range rightsSigns { // each is part of what the pattern asks for, and much cheaper
		if strings.Contains(low, sign) && rightsNotice.MatchString(low) {
			return tailForm
		}
	}
	for _, m := range formMarks {
		if strings.HasPrefix(low, m) {
			return tailForm
		}
	}
	if wholeListMarks[bare] {
		return tailList
	}
	for _, m := range listMarks {
		if strings.HasPrefix(low, m) && wordEndsAt(low, len(m)) {
			return tailList
		}
	}
	return noTail
}

// wordEndsAt reports whether no word goes on at s[i:].
func wordEndsAt(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, n := utf8.DecodeRuneInString(s[i:])
	return n == 0 || !unicode.IsLetter(before) || !unicode.IsLetter(after)
}

// prose is the length in runes from which a paragraph that ends as a sentence is taken for the article's own.
const prose = 200

// cutTail returns paragraphs without what stands under and between an article's
// paragraphs on a page: comment forms, lists of related articles and of sources,
// invitations to watch or follow. It never returns nothing for something.
func cutTail(paragraphs []string) []string {
	last, lastShort := -1, -1 // indices of the last paragraphs of prose, and of half its length
	for i, p := range paragraphs {
		n := utf8.RuneCountInString(p)
		if n >= prose && ended(p) {
			last = i
		}
		if n >= prose/2 && ended(p) && tailMark(p) == noTail {
			lastShort = i
		}
	}
	var out []string
	inList := false
	for i, p := range paragraphs {
		kind := tailMark(p)
		goesOn := i < last || i < lastShort && kind == tailList && hasItem(p)
		if kind != noTail && i > 0 && (!goesOn || kind == tailForm && 2*i >= len(paragraphs)) {
			break
		}
		long := utf8.RuneCountInString(p) >= prose/2
		switch {
		case kind == tailList && i > 0:
			inList = endsColon(p) // the list itself, or a line with one link
			continue
		case kind == tailForm && !long && i > 0:
			continue
		case inList && !long:
			continue
		case isBetween(p):
			continue
		}
		inList = false
		out = append(out, p)
	}
	if len(out) == 0 {
		return paragraphs
	}
	return out
}

// hasItem reports whether a list mark stands on one line with what it lists: such
// lines are often put between the paragraphs of an article.
func hasItem(p string) bool {
	_, item, ok := strings.Cut(p, ":")
	return ok && strings.TrimSpace(item) != ""
}

// isBetween reports whether p is an advertisement mark or an invitation to look elsewhere.
func isBetween(p string) bool {
	if len(p) > 4*prose || utf8.RuneCountInString(p) > prose {
		return false
	}
	low := strings.ToLower(p)
	return betweenLines[strings.Trim(low, " .:")] || betweenLines[low] || promotion.MatchString(low)
}
