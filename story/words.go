package story

import (
	"strings"

	"storyfold/story/text"
)

// Words looks through so many bytes of a text for words of its stems, about so many at
// a time.
const (
	wordsOf   = 16 << 10
	wordsStep = 512
)

// Words puts words in place of the stems in r.Terms: the first word of a that
// has the stem, as a writes it. A stem that a does not have stays. It is for those who
// still have the text; the Grouper decides by stems.
func (r *Reason) Words(a *Article) {
	if len(r.Terms) == 0 {
		return
	}
	open := make(map[string]int, len(r.Terms)) // stem to its place in Terms
	for i, t := range r.Terms {
		open[t.Text] = i
	}
	lang := text.Language(a.Lang, a.Title, a.Text)
	var tokens []text.Token
	find := func(s string) {
		tokens = text.Tokens(tokens[:0], s, lang)
		for _, t := range tokens {
			if i, ok := open[t.Stem]; ok {
				r.Terms[i].Text = strings.Clone(s[t.Start:t.End])
				delete(open, t.Stem)
			}
		}
	}
	find(a.Title)
	body := a.Text[:min(len(a.Text), wordsOf)]
	for len(open) > 0 && body != "" {
		step := len(body)
		if step > wordsStep {
			if i := strings.IndexByte(body[wordsStep:], ' '); i >= 0 {
				step = wordsStep + i
			}
		}
		find(body[:step])
		body = body[step:]
	}
}
