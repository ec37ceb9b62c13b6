package brief

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"storyfold/story/text"
)

// Lengths of a headline.
const (
	longTitle  = 16  // words; a longer one is marked down
	denseTitle = 45  // the same in runes, for scripts without spaces
	cutLead    = 110 // runes that a sentence is cut to where no article has a title
)

// weakTitle is the share of the best first sentence's score below which a flawed title says too little.
const weakTitle = .5

// headline returns the best title of the members and the article it is from, with
// its words. Where no title says much, it is the beginning of the best first sentence.
func (c *corpus) headline() (string, uint64, []int32) {
	support := c.supported()
	var best *report
	top, weak := 0.0, true
	for _, r := range c.reports {
		if r.heads < 3 {
			continue
		}
		if s, flawed := c.titleScore(r, support); s > top {
			best, top, weak = r, s, flawed
		}
	}
	if weak {
		if lead, score := c.leadHeadline(support); score*weakTitle > top {
			return shorten(lead.report.text(lead.sentence), cutLead), lead.report.seq, lead.terms[:lead.cut-lead.from]
		}
	}
	if best != nil {
		return best.title, best.seq, best.head()
	}
	title, of := c.anyTitle()
	return title, of, nil
}

// leadHeadline returns the best first sentence for a headline, and its score.
func (c *corpus) leadHeadline(support []float64) (*statement, float64) {
	var best *statement
	top := 0.0
	for _, r := range c.reports {
		for i := range min(len(r.sentences), 2) {
			s := &c.said(r)[i]
			if score := c.says(s.terms[:s.cut-s.from], support) / float64(1+i); s.fit && score > top {
				best, top = s, score
			}
		}
	}
	return best, top
}

// anyTitle returns the first title there is, or else the first words of a text.
func (c *corpus) anyTitle() (string, uint64) {
	for i := range c.members {
		m := &c.members[i]
		if t := cleanTitle(text.Clip(m.Title, maxTitleBytes), m.Outlet, m.Source, m.URL); t != "" {
			return shorten(t, 2*cutLead), m.Seq
		}
	}
	for _, r := range c.reports {
		if len(r.sentences) > 0 {
			return shorten(r.text(&r.sentences[0]), cutLead), r.seq
		}
	}
	return "", 0
}

// supported returns for each word the share of the families that use it: fully in
// a title or at the front of a text, half further down. A family of n members
// counts as the root of n.
func (c *corpus) supported() []float64 {
	sum := blank(&c.support, len(c.words))
	all := 0.0
	for _, f := range c.families {
		all += math.Sqrt(float64(c.sizes[f[0].family]))
	}
	touched := c.touched[:0]
	for _, f := range c.families {
		touched = touched[:0]
		use := func(words []int32, share float64) {
			for _, w := range words {
				if c.scores[w] == 0 {
					touched = append(touched, w)
				}
				c.scores[w] = max(c.scores[w], share)
			}
		}
		for _, r := range f {
			use(r.ids, .5)
			use(r.head(), 1)
			for i := range min(len(r.sentences), 3) {
				use(c.said(r)[i].terms, 1)
			}
		}
		share := math.Sqrt(float64(c.sizes[f[0].family])) / all
		for _, w := range touched {
			sum[w] += c.scores[w] * share
			c.scores[w] = 0
		}
	}
	c.touched = touched
	return sum
}

// titleScore says how well the title of r tells the story: by the words that the
// families share, and by form. A flawed one is less than a title: names alone,
// or the cut beginning of a text.
func (c *corpus) titleScore(r *report, support []float64) (score float64, flawed bool) {
	score = c.says(r.head(), support)
	if n := length(r.title); n > longTitle {
		score *= float64(longTitle) / float64(n)
	}
	score *= r.form
	if r.goesOn {
		score *= .6
		flawed = true
	}
	if c.namesOnly(r.head(), support) {
		score *= .4
		flawed = true
	}
	rank := c.pref(c.members[r.member].Source).Rank
	return score * (1 + .05*float64(max(-2, min(2, rank)))), flawed
}

// says returns how much of what the families share is in terms, against how many they are.
func (c *corpus) says(terms []int32, support []float64) float64 {
	sum := 0.0
	for _, w := range terms {
		sum += c.words[w].weight * support[w]
	}
	return sum / math.Sqrt(float64(len(terms))+2)
}

// namesOnly reports whether terms say who, but not what.
func (c *corpus) namesOnly(terms []int32, support []float64) bool {
	what, names := 0.0, 0
	for _, w := range terms {
		if c.words[w].name() >= .5 {
			names++
		} else {
			what += c.words[w].weight * support[w]
		}
	}
	return names == len(terms) || names > 3 && what < 1.2
}

// length returns the length of a title in words; signs of dense scripts count a third.
func length(title string) int {
	n := len(strings.Fields(title))
	r, _ := utf8.DecodeRuneInString(title)
	if isDense(r) || isStopless(r) {
		n = max(n, utf8.RuneCountInString(title)*longTitle/denseTitle)
	}
	return n
}

// form marks down titles that shout, tease, quote first or are cut off; 1 is a plain title.
func form(title string) float64 {
	f := 1.0
	letters, upper := 0, 0
	for _, r := range title {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.IsUpper(r) {
			upper++
		}
	}
	if upper*2 > letters {
		f *= .5
	}
	if strings.Contains(title, "!") {
		f *= .8
	}
	if strings.HasSuffix(title, "?") || strings.HasSuffix(title, "？") {
		f *= .7
	}
	if strings.HasSuffix(title, ".") {
		f *= .8
	}
	if strings.HasSuffix(title, "…") || strings.HasSuffix(title, "...") || strings.HasSuffix(title, ":") {
		f *= .7
	}
	if first, _ := utf8.DecodeRuneInString(title); strings.ContainsRune("\"“„«「‘'", first) {
		f *= .75
	}
	if teases(title) {
		f *= .7
	}
	return f
}

// teases reports whether title begins with one of teasers.
func teases(title string) bool {
	if title == "" {
		return false
	}
	low, first := "", title[0]
	if first >= utf8.RuneSelf {
		low = strings.ToLower(title)
		first = low[0]
	}
	for _, t := range teasers[first&31] {
		if low == "" {
			if !hasFolded(title, t[:2]) {
				continue
			}
			low = strings.ToLower(title)
		}
		if strings.HasPrefix(low, t) {
			return true
		}
	}
	return false
}

// goesOnIn reports whether title is the cut beginning of a sentence that body begins with.
func goesOnIn(title, body string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSpace(body), strings.TrimRight(title, ".… "))
	if !ok || rest == "" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, " \n\t"))
	return unicode.IsLower(r) || r == ',' || rest[0] == ' '
}

// teasers begin titles that hold back what they are about, or are not reports.
var teasers = byLetter(
	"you won't", "you will not believe", "this is why", "this is what", "here's", "here is", "here are", "what we know", "what you need", "what to know",
	"everything you need", "why ", "how ", "live:", "live updates", "live blog", "opinion:", "opinion |", "analysis:", "editorial:", "fact check", "in pictures",
	"photos:", "video:", "watch:", "podcast:", "quiz:", "explainer:", "explained:", "kommentar:", "liveticker", "live-ticker", "newsblog", "so ", "warum ",
	"das ist ", "en direct", "direct.", "pourquoi ", "tribune", "en vivo", "en directo", "por qué ", "opinión", "diretta", "perché ", "онлайн", "почему ", "мнение")

// labels are put before a title and say nothing of the story; they are cut off.
var labels = []string{
	"breaking news", "breaking", "just in", "developing", "urgent", "alert", "update", "updated", "exclusive", "eilmeldung", "eil", "urgente", "última hora",
	"срочно", "молния", "快讯", "快訊", "速報", "속보",
}

// cleanTitle returns the title of an article without the name of its outlet, its
// source or its host at the end and without the labels before it.
func cleanTitle(title, outlet, source, address string) string {
	title = strings.TrimSpace(title)
	for range 2 {
		cut := cutLabel(cutMark(cutOutlet(title, outlet, source, host(address))))
		if cut == title || cut == "" {
			break
		}
		title = cut
	}
	return cutStamp(title)
}

// marks stand in brackets at the end of a title and say nothing of the story.
var marks = map[string]bool{"video": true, "videos": true, "photo": true, "photos": true, "gallery": true, "audio": true, "update": true, "updated": true,
	"read more": true, "foto": true, "fotos": true, "bilder": true, "vidéo": true, "vidéos": true, "vídeo": true, "galería": true, "видео": true, "фото": true,
	"動画": true, "写真": true, "视频": true, "图": true, "사진": true, "영상": true}

// cutMark cuts a mark such as " (video)" off the end.
func cutMark(title string) string {
	var open string
	switch {
	case strings.HasSuffix(title, ")"):
		open = "("
	case strings.HasSuffix(title, "]"):
		open = "["
	default:
		return title
	}
	i := strings.LastIndex(title, open)
	if i < 0 || !marks[strings.ToLower(strings.TrimSpace(title[i+1:len(title)-1]))] {
		return title
	}
	if head := strings.TrimSpace(title[:i]); utf8.RuneCountInString(head) >= 8 {
		return head
	}
	return title
}

// cutLabel cuts a label such as "BREAKING: " or "【速報】" off the front.
func cutLabel(title string) string {
	rest := strings.TrimLeft(title, "[【(（")
	low := strings.ToLower(rest)
	for _, l := range labels {
		if !strings.HasPrefix(low, l) || len(low) != len(rest) {
			continue
		}
		after := strings.TrimLeft(rest[len(l):], " 0123456789")
		next, n := utf8.DecodeRuneInString(after)
		if strings.ContainsRune(":：|-–—】])）!", next) && len(after) > n {
			if tail := strings.TrimLeft(after, ":：|-–—】])）! "); utf8.RuneCountInString(tail) >= 8 {
				return tail
			}
		}
	}
	return title
}

// cutOutlet cuts " - Outlet", " | Outlet" and the like off the end.
func cutOutlet(title string, names ...string) string {
	for _, sep := range [...]string{" | ", " - ", " – ", " — ", " :: ", " » ", " · ", "｜", "_", " / "} {
		i := strings.LastIndex(title, sep)
		if i <= 0 {
			continue
		}
		head, tail := strings.TrimSpace(title[:i]), strings.TrimSpace(title[i+len(sep):])
		if utf8.RuneCountInString(head) >= 8 && isOutlet(tail, sep, names) {
			return head
		}
	}
	return title
}

// isOutlet reports whether tail, after sep at the end of a title, names who published it.
func isOutlet(tail, sep string, names []string) bool {
	name := bareWords(tail)
	if name == "" {
		return true
	}
	for _, known := range names {
		if k := bareWords(known); len(k) >= 3 && (strings.HasPrefix(k, name) && len(name) >= 3 || strings.Contains(name, k)) {
			return true
		}
	}
	words := strings.Fields(tail)
	if len(words) == 1 && strings.Contains(strings.Trim(tail, "."), ".") {
		return true // a host
	}
	first, _ := utf8.DecodeRuneInString(tail)
	return (sep == " | " || sep == " :: " || sep == "｜") && len(words) <= 4 && !unicode.IsLower(first)
}

// host returns the host of an address without "www.".
func host(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(rest, "/?#:"); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimPrefix(rest, "www.")
}

// shorten cuts s to at most n runes, at a space if it has any, and marks the cut.
func shorten(s string, n int) string {
	if cut := cutTo(s, n); cut < len(s) {
		return s[:cut] + "…"
	}
	return s
}

// cutTo returns how much of s, in bytes, shorten leaves.
func cutTo(s string, n int) int {
	count := 0
	for i := range s {
		if count == n {
			cut := s[:i]
			if j := strings.LastIndexByte(cut, ' '); j > i/2 {
				cut = cut[:j]
			}
			return len(strings.TrimRight(cut, " ,;:-–—(“\""))
		}
		count++
	}
	return len(s)
}
