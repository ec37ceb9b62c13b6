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
	*statement
	score float64
}

// summary returns at most three sentences of different families that the others
// bear out; of a story with one family, the lead of the article seq.
func (c *corpus) summary(seq uint64) []story.Sentence {
	speakers := c.speakers()
	if !slices.ContainsFunc(speakers, func(r *report) bool { return r.family != speakers[0].family }) {
		return c.lead(seq)
	}
	w := c.hear(speakers)
	var all []candidate
	for _, r := range speakers {
		for i := range min(len(r.sentences), maxCandidates) {
			s := &c.said(r)[i]
			if s.fit {
				if score := c.summaryScore(s, w); score > 0 {
					all = append(all, candidate{s, score})
				}
			}
		}
	}
	chosen := c.pick(all)
	if len(chosen) == 0 {
		return c.lead(seq)
	}
	out := make([]story.Sentence, len(chosen))
	for i, s := range chosen {
		out[i] = s.report.quote(s.sentence)
	}
	return out
}

// speakers returns the reports whose sentences are compared: all that have a text,
// or of many those that speak for the largest families.
func (c *corpus) speakers() []*report {
	var all, voices []*report
	for _, r := range c.reports {
		if r.bare() {
			continue
		}
		all = append(all, r)
		if r.voice {
			voices = append(voices, r)
		}
	}
	if len(all) <= maxSpeakers {
		return all
	}
	slices.SortStableFunc(voices, func(a, b *report) int { return cmp.Compare(c.sizes[b.family], c.sizes[a.family]) })
	voices = voices[:min(len(voices), maxSpeakers)]
	slices.SortFunc(voices, func(a, b *report) int { return cmp.Compare(a.member, b.member) })
	return voices
}

// witnesses is what the speakers say together.
type witnesses struct {
	families int       // of the speakers
	place    []int     // by family: its place among them, from 1; 0 of those that do not speak
	alone    []int     // by word: the one family that uses it; 0: none does, -1: several do
	titles   []float64 // by word: the sum of its shares of the titles
	titled   int       // speakers with a title
	best     []float64 // by place, reused
}

// hear gathers what the speakers say.
func (c *corpus) hear(speakers []*report) *witnesses {
	w := &c.witnesses
	w.families, w.titled = 0, 0
	blank(&w.place, len(c.sizes))
	blank(&w.alone, len(c.words))
	blank(&w.titles, len(c.words))
	for _, r := range speakers {
		r.speaks = true
		if w.place[r.family] == 0 {
			w.families++
			w.place[r.family] = w.families
		}
		for _, id := range r.ids {
			switch w.alone[id] {
			case 0, r.family:
				w.alone[id] = r.family
			default:
				w.alone[id] = -1
			}
		}
		if r.heads > 0 {
			w.titled++
			r.titleMass = c.mass(r.head())
			for _, id := range r.head() {
				w.titles[id] += c.words[id].square / r.titleMass
			}
		}
	}
	blank(&w.best, w.families+1)
	return w
}

// summaryScore says how well a sentence sums up the story: how far the other
// families bear it out, how near the front it stands, and its form.
func (c *corpus) summaryScore(s *statement, w *witnesses) float64 {
	clear(w.best)
	for _, id := range s.terms {
		c.gather(id, c.words[id].square, len(c.statements))
	}
	c.gathered(func(o *statement, both float64) {
		if o.report.speaks && o.report.family != s.report.family && o.pos < maxWitnesses {
			at := w.place[o.report.family]
			w.best[at] = max(w.best[at], both/math.Sqrt(s.mass*o.mass))
		}
	})
	support := 0.0
	for _, b := range w.best {
		support += b / float64(w.families-1)
	}
	support += titleShare * c.titled(s, w)
	if support < leastMatch {
		return 0
	}
	score := support * (.5 + math.Exp(-float64(s.pos)/4)) * (.5 + .5*c.borne(s, w)) * lengthFactor(int(s.length))
	if s.leans {
		score *= .7
	}
	return score
}

// titled returns how much of the other articles' titles a sentence has, on average.
func (c *corpus) titled(s *statement, w *witnesses) float64 {
	sum, n := 0.0, w.titled
	for _, id := range s.terms {
		sum += w.titles[id]
	}
	if own := s.report.titleMass; own > 0 {
		n--
		c.mark(s.terms)
		sum -= c.common(s.report.head()) / own
		c.unmark(s.terms)
	}
	return max(0, sum) / float64(max(n, 1))
}

// borne returns the share of a sentence's weight that other families have too.
func (c *corpus) borne(s *statement, w *witnesses) float64 {
	have := 0.0
	for _, id := range s.terms {
		if f := w.alone[id]; f != 0 && f != s.report.family {
			have += c.words[id].square
		}
	}
	return have / s.mass
}

// lengthFactor marks down sentences that are short or long for a summary.
func lengthFactor(n int) float64 {
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

// pick picks up to three candidates of different families, one after the
// other, the best by score and by how little the chosen ones say of it. They
// come in the order of their places in their articles: what happened stands before what it means.
func (c *corpus) pick(all []candidate) []candidate {
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
	slices.SortStableFunc(chosen, func(a, b candidate) int { return cmp.Compare(a.pos, b.pos) })
	return chosen
}

// worth returns what s adds to the chosen ones; 0 for one of their families or one that says the same.
func (c *corpus) worth(s candidate, chosen []candidate) float64 {
	nearest := 0.0
	for _, o := range chosen {
		if o.report.family == s.report.family {
			return 0
		}
		nearest = max(nearest, c.same(s.statement, o.statement))
	}
	if nearest > sameMatter {
		return 0
	}
	return s.score * (1 - nearest)
}

// same returns the share of the lighter of two sentences that the other one has,
// whatever the endings of its words.
func (c *corpus) same(a, b *statement) float64 {
	if a.mass > b.mass {
		a, b = b, a
	}
	for _, w := range b.terms {
		c.scores[c.words[w].key] = 1
	}
	both := 0.0
	for _, w := range a.terms {
		both += c.words[w].square * c.scores[c.words[w].key]
	}
	for _, w := range b.terms {
		c.scores[c.words[w].key] = 0
	}
	return both / a.mass
}

// lead returns the first sentence or two of the article seq, or of the first article that has any.
func (c *corpus) lead(seq uint64) []story.Sentence {
	var from *report
	for _, r := range c.reports {
		if r.quotable() && (from == nil || r.seq == seq) {
			from = r
		}
	}
	if from == nil {
		return nil
	}
	var out []story.Sentence
	size, last := 0, 0
	for i := range from.sentences {
		s := &from.sentences[i]
		if !s.fit {
			continue
		}
		if len(out) == 1 && (i > last+1 || size+int(s.length) > maxLead) || len(out) == 2 {
			break
		}
		out = append(out, from.quote(s))
		size, last = size+int(s.length), i
	}
	return out
}

// leans reports whether a sentence needs the one before it: it opens with a
// pronoun, with a word that joins it to what was said, or with a quotation.
func leans(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("\"“„«「‘", first) {
		return true
	}
	if beginsLeaning(s) {
		return true
	}
	if s != "" {
		for _, p := range leaningPairs[s[0]&31] {
			if hasFolded(s, p) {
				return true
			}
		}
	}
	if !isDense(first) {
		return false
	}
	for _, p := range leaningSigns {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// beginsLeaning reports whether the first word of s is one of leaning.
func beginsLeaning(s string) bool {
	n := 0
	for n < len(s) && isASCIILetter(s[n]) {
		n++
	}
	if n > 0 && (n == len(s) || s[n] < utf8.RuneSelf && s[n] != '\'') && leaningLengths[s[0]&31]>>n&1 == 0 {
		return false // as most do
	}
	var buf [maxLeaning + utf8.UTFMax]byte
	word := buf[:0]
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', r == '\'':
		case r == '’':
			r = '\''
		case unicode.IsLetter(r):
			r = unicode.ToLower(r)
		default:
			_, ok := leaning[string(word)]
			return ok
		}
		if word = utf8.AppendRune(word, r); len(word) > maxLeaning {
			return false
		}
	}
	_, ok := leaning[string(word)]
	return ok
}

// maxLeaning is the length of the longest word of leaning in bytes, or more.
const maxLeaning = 14

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

// leaningLengths has a bit for the length of each word of leaning, by the lowest bits of its first letter.
var leaningLengths = func() (t [32]uint32) {
	for w := range leaning {
		t[w[0]&31] |= 1 << len(w)
	}
	return t
}()

// leaningPairs are the same in two words: who they are was said before.
var leaningPairs = byLetter("the two ", "the three ", "the four ", "the pair ", "the duo ", "the former ", "the latter ", "die beiden ", "die zwei ",
	"les deux ", "los dos ", "las dos ", "os dois ", "i due ", "le due ")

// leaningSigns are the same for scripts without spaces.
var leaningSigns = []string{"他", "她", "它", "这", "這", "但", "此外", "同时", "同時に", "不过", "而", "また", "しかし", "これ", "それ", "さらに", "一方", "그는", "그녀", "이는", "그러나", "하지만", "또"}
