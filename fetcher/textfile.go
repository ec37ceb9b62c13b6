package fetcher

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

const (
	maxHeadline = 180 // runes of a first line that can be a title
	maxLead     = 100 // runes of a title made from the first sentence
)

// parseText reads an article from plain text: its title, if the first line is
// one, and its paragraphs, joined again where lines were broken, without
// dateline and without what stands below an article on a page. Front matter or
// header lines ("Title: …") at the front are read where they are unmistakable.
func parseText(text string) (*piece, error) {
	p := &piece{}
	fence, block, body := splitFrontMatter(text)
	if fence != "" {
		if err := parseFrontMatter(p, fence, block); err != nil {
			return nil, err
		}
	}
	lines := textLines(body)
	if fence == "" {
		lines = p.headerLines(lines)
	}
	l := measure(lines)
	var title string
	if title, lines = l.title(lines); p.Title == "" {
		p.Title = title
	} else if title != "" && !sameTitle(title, p.Title) {
		lines = append([]line{{text: title, runes: utf8.RuneCountInString(title)}}, lines...)
		title = ""
	}
	if title != "" {
		lines = p.underTitle(lines)
	}
	p.finish(l.paragraphs(lines))
	return p, nil
}

// finish takes the paragraphs of a body: credits are read from all of them, then
// dateline and tail are cut, and a missing title is made from the lead.
func (p *piece) finish(paragraphs []string) {
	paragraphs = dropRepeated(paragraphs, p.Title)
	if len(paragraphs) == 0 {
		return
	}
	p.Credits = credits(strings.Join(paragraphs, "\n\n"))
	if rest, d, ok := cutDateline(paragraphs[0]); ok {
		paragraphs[0] = rest
		if p.Outlet == "" {
			p.Outlet = d.outlet
		}
	}
	paragraphs = cutTail(paragraphs)
	p.Text = strings.Join(paragraphs, "\n\n")
	if p.Title == "" {
		p.Title = leadTitle(paragraphs[0])
	}
}

// dropRepeated removes a first paragraph that says the title again.
func dropRepeated(paragraphs []string, title string) []string {
	if title != "" && len(paragraphs) > 1 && sameTitle(paragraphs[0], title) {
		return paragraphs[1:]
	}
	return paragraphs
}

func sameTitle(a, b string) bool {
	plain := func(s string) string { return strings.Trim(strings.ToLower(s), " .!…#*\"") }
	return plain(a) == plain(b)
}

var headerLine = regexp.MustCompile(`^(\p{L}[\p{L} _-]{1,19})\s?:\s+(\S.*)$`)

// headerLines takes lines such as "Title: …", "Date: …" from the front, if there
// are two or more, or one that names the title and stands alone.
func (p *piece) headerLines(lines []line) []line {
	n := 0
	var keys, values []string
	for ; n < len(lines) && n < 12; n++ {
		m := headerLine.FindStringSubmatch(lines[n].text)
		if m == nil || fieldNames[strings.ToLower(m[1])] == "" || n > 0 && lines[n].blank {
			break
		}
		keys, values = append(keys, m[1]), append(values, m[2])
	}
	titled := n == 1 && fieldNames[strings.ToLower(keys[0])] == "title" && len(lines) > 1 && lines[1].blank
	if n < 2 && !titled {
		return lines
	}
	for i := range keys {
		p.set(keys[i], values[i])
	}
	rest := lines[n:]
	if len(rest) > 0 {
		rest[0].blank = false
	}
	return rest
}

// title returns the title at the front of lines and the lines after it, or ""
// and lines if the text begins at once.
func (l *layout) title(lines []line) (string, []line) {
	if len(lines) < 2 {
		return "", lines
	}
	first := lines[0].text
	if t, ok := strings.CutPrefix(first, "# "); ok {
		return t, lines[1:]
	}
	if isRule(lines[1].text) && lines[0].runes <= maxHeadline {
		return first, lines[2:]
	}
	if _, _, ok := cutDateline(first); ok || lines[0].runes > maxHeadline || bullet(first) {
		return "", lines
	}
	block := 1
	for block < len(lines) && !lines[block].blank {
		block++
	}
	if block < len(lines) && block <= 3 {
		if n := l.titleBlock(lines, block); n > 0 {
			return withoutStop(l.join(lines[:n])), lines[n:]
		}
		if block == 1 {
			return "", lines
		}
	}
	if block > 1 && l.headsBlock(lines[0], lines[1]) {
		return first, lines[1:]
	}
	return "", lines
}

// titleBlock returns how many of the first lines, after which a blank line
// stands, are the title; 0 if they are none.
func (l *layout) titleBlock(lines []line, block int) int {
	if startsLower(lines[block].text) {
		return 0
	}
	n := 1
	for n < block && !ended(lines[n-1].text) && !underTitle.MatchString(lines[n].text) && l.continues(lines[n-1], lines[n], "") {
		n++
	}
	whole := l.join(lines[:n])
	runes := utf8.RuneCountInString(whole)
	if runes > maxHeadline || n < block && !ended(lines[block-1].text) && block == 3 && lines[block-1].runes > maxHeadline {
		return 0
	}
	switch {
	case !ended(whole) && !dangles(whole) && !openBracket(whole):
		return n
	case endsColon(whole):
		return 0
	case n == block && (strings.HasSuffix(whole, "?") || strings.HasSuffix(whole, "!") || strings.HasSuffix(whole, "？") || strings.HasSuffix(whole, "！")):
		return n
	}
	// A sentence of its own stands for a title if what follows is an article with longer paragraphs.
	below, total := 0, 0
	for _, ln := range lines[block:] {
		if ln.blank {
			below++
		}
		total += ln.runes
	}
	if n == block && runes <= 120 && below >= 2 && total > 3*runes && lines[block].runes > runes && len(sentencesOf(whole)) == 1 {
		return n
	}
	return 0
}

// headsBlock reports whether a, directly above b, is a title.
func (l *layout) headsBlock(a, b line) bool {
	if startsLower(b.text) || dangles(a.text) || openBracket(a.text) || a.tail != noTail {
		return false
	}
	if l.wrapped {
		return a.runes*4 < l.width*3 && !ended(a.text)
	}
	if ended(a.text) {
		return (strings.HasSuffix(a.text, "?") || strings.HasSuffix(a.text, "!")) && b.runes > a.runes
	}
	// In a text that is broken around links the first line may be, too.
	return l.broken < 2 || titleCase(a.text) || !l.isName(b.text)
}

// join returns lines as one.
func (l *layout) join(lines []line) string {
	var b strings.Builder
	b.WriteString(lines[0].text)
	for _, ln := range lines[1:] {
		l.glue(&b, ln.text)
	}
	return b.String()
}

func isRule(s string) bool {
	return len(s) >= 3 && (strings.Trim(s, "=") == "" || strings.Trim(s, "-") == "")
}

var (
	// underTitle is a line that tells who wrote and when.
	underTitle = regexp.MustCompile(`^(?i:by|von|par|por|di|door|af|av|autor|author)[: ]\s*\p{Lu}`)
	byline     = regexp.MustCompile(`^(?i:by|von|par|por|di|door|af|av|autor|author):?\s+(\p{Lu}[\p{L}.'’-]*(?:\s+(?:\p{Lu}[\p{L}.'’-]*|de|del|der|van|von|la|le|da|dos|di|bin|al|ter)){1,4})((?:\s*(?:,|&|and|und|et|y|e)\s+\p{Lu}[\p{L}.'’-]*(?:\s+\p{Lu}[\p{L}.'’-]*){1,3})*)(?:\s*[,|/·•-].{0,60})?$`)
	dateWords  = regexp.MustCompile(`^(?i:published|posted|updated|last updated|date|veröffentlicht|stand|datum|publié|publié le|publicado|publicado el|fecha|pubblicato|pubblicato il)(?: on| at| am)?:?\s+`)
	nameBreak  = regexp.MustCompile(`\s*(?:,|&|\band\b|\bund\b|\bet\b|\sy\s|\se\s)\s+`)
)

// underTitle reads a byline and a date from the lines right below the title.
func (p *piece) underTitle(lines []line) []line {
	for n := 0; n < 3 && len(lines) > 1; n++ {
		s := lines[0].text
		if lines[0].runes > 90 {
			break
		}
		if m := byline.FindStringSubmatch(s); m != nil && len(p.Authors) == 0 {
			for _, name := range nameBreak.Split(m[1]+m[2], -1) {
				p.Authors = append(p.Authors, strings.TrimSpace(name))
			}
		} else if t := documentTime(dateWords.ReplaceAllString(s, "")); !t.IsZero() && !isDigits(s) {
			if p.Published.IsZero() {
				p.Published = t
			}
		} else {
			break
		}
		lines = lines[1:]
	}
	return lines
}

// leadTitle makes a title from the first sentence of text: whole without its
// full stop, or cut after a word with "…".
func leadTitle(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	first = cutBytes(first, 4<<10)
	s := ""
	for _, part := range sentencesOf(first) {
		s = strings.TrimSpace(part)
		break
	}
	if utf8.RuneCountInString(s) <= maxLead {
		return withoutStop(s)
	}
	at := byteAt(s, maxLead-1)
	head := s[:at]
	if next, _ := utf8.DecodeRuneInString(s[at:]); next != ' ' {
		if i := strings.LastIndexByte(head, ' '); i > len(head)/2 {
			head = head[:i]
		}
	}
	for range 3 { // not "signed a pact on…"
		i := strings.LastIndexByte(head, ' ')
		if i < 0 || !danglers[head[i+1:]] {
			break
		}
		head = head[:i]
	}
	return strings.TrimRight(head, " ,;:–—-(\"“„«") + "…"
}

// withoutStop returns the sentence s as a title: without its full stop.
func withoutStop(s string) string {
	if endsAbbreviated(s) || strings.HasSuffix(s, "..") {
		return s
	}
	return strings.TrimSuffix(strings.TrimSuffix(s, "."), "。")
}

// byteAt returns the index of the n-th rune of s.
func byteAt(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// sentencesOf returns the sentences of s. A part that ends in an abbreviation
// ("U.S.", "Dr.") is not one of its own.
func sentencesOf(s string) []string {
	var out []string
	open := false
	seg := sentences.FromString(s)
	for seg.Next() {
		part := seg.Value()
		if open {
			out[len(out)-1] += part
		} else {
			out = append(out, part)
		}
		open = endsAbbreviated(strings.TrimSpace(out[len(out)-1]))
	}
	return out
}

// endsAbbreviated reports whether the last word of s is at most three letters,
// begins with a capital and ends in a full stop, or is a single letter.
func endsAbbreviated(s string) bool {
	last := s[strings.LastIndexByte(s, ' ')+1:]
	word, ok := strings.CutSuffix(last, ".")
	if !ok {
		return false
	}
	if abbreviated(last) {
		return true
	}
	n := utf8.RuneCountInString(word)
	return n <= 3 && !startsLower(word) && !isDigits(word) && strings.ToUpper(word) != word
}
