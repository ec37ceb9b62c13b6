package brief

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"storyfold/story"
)

// Limits of a summary.
const (
	maxSummary    = 3
	maxLead       = 300 // runes of the lead that sums up a single report
	maxSpeakers   = 12  // articles whose sentences are compared
	maxCandidates = 15  // sentences of each that may be taken
	maxWitnesses  = 40  // sentences of each that may bear one out
	leastScore    = .25 // of the best sentence's score, for a further one
	leastMatch    = .1  // with which the other families must bear out a sentence
	titleShare    = .6  // what standing in the titles counts, against being borne out
	sameMatter    = .55 // a share of the shorter sentence that says the same twice
)

// candidate is a sentence that may be taken into the summary.
type candidate struct {
	doc      *doc
	sentence *sentence
	score    float64
}

// summary returns at most three sentences of different families that the others
// bear out; of a story with one family, the lead of the article seq.
func (c *corpus) summary(seq uint64) []story.Sentence {
	speakers := c.speakers()
	if !slices.ContainsFunc(speakers, func(d *doc) bool { return d.family != speakers[0].family }) {
		return c.lead(seq)
	}
	var all []candidate
	for _, d := range speakers {
		for i := range d.sentences {
			s := &d.sentences[i]
			if s.pos >= maxCandidates {
				break
			}
			if s.fit {
				if score := c.summaryScore(d, s, speakers); score > 0 {
					all = append(all, candidate{d, s, score})
				}
			}
		}
	}
	chosen := c.spread(all)
	if len(chosen) == 0 {
		return c.lead(seq)
	}
	out := make([]story.Sentence, len(chosen))
	for i, s := range chosen {
		out[i] = quote(s.doc, s.sentence)
	}
	return out
}

func quote(d *doc, s *sentence) story.Sentence {
	return story.Sentence{Text: s.text, Article: d.article.Seq}
}

// speakers returns the docs whose sentences are compared: all that have a text,
// or of many those that speak for the largest families.
func (c *corpus) speakers() []*doc {
	var all, voices []*doc
	size := make(map[int]int)
	for _, m := range c.members {
		size[m.Family]++
	}
	for _, d := range c.docs {
		if d.bare() {
			continue
		}
		all = append(all, d)
		if d.voice {
			voices = append(voices, d)
		}
	}
	if len(all) <= maxSpeakers {
		return all
	}
	slices.SortStableFunc(voices, func(a, b *doc) int { return cmp.Compare(size[b.family], size[a.family]) })
	voices = voices[:min(len(voices), maxSpeakers)]
	slices.SortFunc(voices, func(a, b *doc) int { return cmp.Compare(a.member, b.member) })
	return voices
}

// summaryScore says how well a sentence sums up the story: how far the other
// families bear it out, how near the front it stands, and its form.
func (c *corpus) summaryScore(d *doc, s *sentence, speakers []*doc) float64 {
	best, order := make(map[int]float64), []int(nil) // by family
	for _, o := range speakers {
		if o.family == d.family {
			continue
		}
		if _, ok := best[o.family]; !ok {
			order = append(order, o.family)
		}
		for i := range o.sentences[:min(len(o.sentences), maxWitnesses)] {
			best[o.family] = max(best[o.family], c.match(s.terms, o.sentences[i].terms))
		}
	}
	support := 0.0
	for _, f := range order {
		support += best[f] / float64(len(order))
	}
	support += titleShare * c.titled(d, s, speakers)
	if support < leastMatch {
		return 0
	}
	score := support * (.5 + math.Exp(-float64(s.pos)/4)) * (.5 + .5*c.borne(d, s, speakers)) * lengthFactor(s.text)
	if leans(s.text) {
		score *= .7
	}
	return score
}

// titled returns how much of the other articles' titles a sentence has, on average.
func (c *corpus) titled(d *doc, s *sentence, speakers []*doc) float64 {
	sum, n := 0.0, 0
	for _, o := range speakers {
		if o != d && len(o.headTerms) > 0 {
			sum += c.covers(s.terms, o.headTerms)
			n++
		}
	}
	return sum / float64(max(n, 1))
}

// covers returns the share of the weight of words that sorted terms has.
func (c *corpus) covers(terms, words []int32) float64 {
	have, all := 0.0, 0.0
	for _, w := range words {
		m := c.words[w].weight * c.words[w].weight
		all += m
		if has(terms, w) {
			have += m
		}
	}
	if all == 0 {
		return 0
	}
	return have / all
}

// borne returns the share of a sentence's weight that other families have too.
func (c *corpus) borne(d *doc, s *sentence, speakers []*doc) float64 {
	have := 0.0
	for _, w := range s.terms {
		for _, o := range speakers {
			if o.family != d.family && has(o.terms, w) {
				have += c.words[w].weight * c.words[w].weight
				break
			}
		}
	}
	return have / c.mass(s.terms)
}

// lengthFactor marks down sentences that are short or long for a summary.
func lengthFactor(s string) float64 {
	n := utf8.RuneCountInString(s)
	if r, _ := utf8.DecodeRuneInString(s); isDense(r) {
		n *= 3
	}
	switch {
	case n < 70:
		return .6
	case n < 100:
		return .8
	case n > 330:
		return .5
	case n > 250:
		return .8
	}
	return 1
}

// spread picks up to three candidates of different families, one after the
// other, the best by score and by how little the chosen ones say of it. They
// come in the order of their places in their articles: what happened stands before what it means.
func (c *corpus) spread(all []candidate) []candidate {
	var chosen []candidate
	for len(chosen) < maxSummary {
		best, top := -1, 0.0
		for i, s := range all {
			if v := c.worth(s, chosen); v > top {
				best, top = i, v
			}
		}
		if best < 0 {
			break
		}
		chosen = append(chosen, all[best])
		least := leastScore * chosen[0].score
		all = slices.DeleteFunc(all, func(s candidate) bool { return s.score < least })
	}
	slices.SortStableFunc(chosen, func(a, b candidate) int { return cmp.Compare(a.sentence.pos, b.sentence.pos) })
	return chosen
}

// worth returns what s adds to the chosen ones; 0 for one of their families or one that says the same.
func (c *corpus) worth(s candidate, chosen []candidate) float64 {
	nearest := 0.0
	for _, o := range chosen {
		if o.doc.family == s.doc.family {
			return 0
		}
		nearest = max(nearest, c.same(s.sentence.terms, o.sentence.terms))
	}
	if nearest > sameMatter {
		return 0
	}
	return s.score * (1 - nearest)
}

// same returns the share of the lighter of two sentences that the other one has.
func (c *corpus) same(a, b []int32) float64 {
	if c.mass(a) > c.mass(b) {
		a, b = b, a
	}
	return c.covers(b, a)
}

// lead returns the first sentence or two of the article seq, or of the first article that has any.
func (c *corpus) lead(seq uint64) []story.Sentence {
	var from *doc
	for _, d := range c.docs {
		if d.quotable() && (from == nil || d.article.Seq == seq) {
			from = d
		}
	}
	if from == nil {
		return nil
	}
	var out []story.Sentence
	size, last := 0, 0
	for i := range from.sentences {
		s := &from.sentences[i]
		n := utf8.RuneCountInString(s.text)
		if r, _ := utf8.DecodeRuneInString(s.text); isDense(r) {
			n *= 3
		}
		if !s.fit {
			continue
		}
		if len(out) == 1 && (s.pos > last+1 || size+n > maxLead) || len(out) == 2 {
			break
		}
		out = append(out, quote(from, s))
		size, last = size+n, s.pos
	}
	return out
}

// quotable reports whether d has a sentence that may be quoted.
func (d *doc) quotable() bool {
	return slices.ContainsFunc(d.sentences, func(s sentence) bool { return s.fit })
}

// leans reports whether a sentence needs the one before it: it opens with a
// pronoun, with a word that joins it to what was said, or with a quotation.
func leans(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("\"“„«「‘", first) {
		return true
	}
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' })
	if end < 0 {
		end = len(s)
	}
	if _, ok := leaning[strings.ToLower(s[:end])]; ok {
		return true
	}
	for _, p := range leaningSigns {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

var leaning = func() map[string]struct{} {
	m := make(map[string]struct{})
	for w := range strings.FieldsSeq(`he she it they we i you his her its their our this that these those there such but and or so yet also however
		moreover furthermore meanwhile earlier later then still instead besides nevertheless additionally both another others despite it's he's she's they're that's
		er sie es wir ich ihr sein seine ihre dies diese dieser dieses das dabei damit dazu daher zudem außerdem jedoch aber doch und auch dann danach
		il elle ils elles on nous ce cette ces cela ça son sa ses leur leurs mais et ainsi aussi puis ensuite cependant
		él ella ellos ellas esto esta este estos estas eso su sus pero y además también así sin
		ele ela eles elas isso esta este seu sua mas e também egli lui lei loro questo questa ma anche inoltre
		hij zij ze het dit dat deze maar en ook zijn haar on ona oni ono to ten ta ale i jednak
		он она они оно это этот эта эти его её ее их но и а также однако при том кроме вместе тогда затем`) {
		m[w] = struct{}{}
	}
	return m
}()

// leaningSigns are the same for scripts without spaces.
var leaningSigns = []string{"他", "她", "它", "这", "這", "但", "此外", "同时", "同時に", "不过", "而", "また", "しかし", "これ", "それ", "さらに", "一方", "그는", "그녀", "이는", "그러나", "하지만", "또"}
