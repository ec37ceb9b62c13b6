package feedgen

import (
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/cases"

	"storyfold/story"
)

// index knows which stories a search may find, so that the others need not be
// read. It is made at the first search, and follows the store at later ones. What
// it finds is more than what a reader may see, never less.
//
// A word of a search stands anywhere in the words of a story; so each search goes
// through all words there are, which are few compared with the stories.
type index struct {
	mu     sync.Mutex // guards what follows
	of     uint64     // the store's generation
	made   bool
	order  []*indexed            // the newest maxScan stories, newest first
	known  map[story.ID]*indexed // the same
	words  []posting             // every word of the stories
	places map[string]int        // of the words in words
	count  int                   // of stories that were given a number
	newest time.Time             // the last revision of any story
}

// indexed is a story in the index.
type indexed struct {
	story.Version
	number int // that postings know it by; a changed story gets a new one
	lang   string
	large  bool // not all of its words are in the index: any search may find it
}

// posting is a word and the numbers of the stories that hold it.
type posting struct {
	word    string
	numbers []uint32
}

// maxIndexed is how many different words of a story are in the index.
const maxIndexed = 5000

// found are the stories that a search may find.
type found struct {
	ids    []story.ID // newest first
	langs  map[string]int
	newest time.Time
	capped bool // older stories were not looked at
}

// find returns the stories in which each of the terms may stand.
func (x *index) find(v *view, terms []string) (*found, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.follow(v); err != nil {
		return nil, err
	}
	hits := x.matching(terms)
	f := &found{langs: map[string]int{}, newest: x.newest, capped: len(x.order) == maxScan}
	for _, d := range x.order {
		f.langs[d.lang]++
		if d.large || hits[d.number/64]&(1<<(d.number%64)) != 0 {
			f.ids = append(f.ids, d.ID)
		}
	}
	return f, nil
}

// matching returns, bit by bit, the numbers of the stories with all terms.
func (x *index) matching(terms []string) []uint64 {
	all := make([]uint64, x.count/64+1)
	for i := range all {
		all[i] = ^uint64(0)
	}
	for _, term := range terms {
		hits, any := x.holding(term), false
		for i := range all {
			all[i] &= hits[i]
			any = any || all[i] != 0
		}
		if !any {
			break
		}
	}
	return all
}

// holding returns, bit by bit, the numbers of the stories with a term.
func (x *index) holding(term string) []uint64 {
	hits := make([]uint64, x.count/64+1)
	for i := range x.words {
		if p := &x.words[i]; strings.Contains(p.word, term) {
			for _, n := range p.numbers {
				hits[n/64] |= 1 << (n % 64)
			}
		}
	}
	return hits
}

// follow takes in what the store has changed since the last search.
func (x *index) follow(v *view) error {
	store := v.h.options.Stories
	gen := store.Generation()
	if x.made && x.of == gen {
		return nil
	}
	list, err := store.Versions(maxScan)
	if err != nil {
		return err
	}
	if !x.made || x.count > 2*len(list)+1000 { // most of what is in it is out of date
		x.known, x.words, x.places, x.count = map[story.ID]*indexed{}, nil, map[string]int{}, 0
	}
	x.made = false
	if err := x.add(store, list); err != nil {
		return err
	}
	known := make(map[story.ID]*indexed, len(list))
	x.order = x.order[:0]
	for _, at := range list {
		if d := x.known[at.ID]; d != nil {
			known[at.ID] = d
			x.order = append(x.order, d)
		}
	}
	x.known, x.made, x.of = known, true, gen
	return nil
}

// add reads those of list that are not known as they are, and the first one.
func (x *index) add(store Stories, list []story.Version) error {
	var ids []story.ID
	numbers := map[story.ID]uint64{}
	for i, at := range list {
		if d := x.known[at.ID]; i == 0 || d == nil || d.Number != at.Number {
			ids = append(ids, at.ID)
			numbers[at.ID] = at.Number
		}
	}
	x.newest = time.Time{}
	for s, err := range store.Headers(ids) {
		if err != nil {
			return err
		}
		x.newest = latest(x.newest, s.Updated())
		if d := x.known[s.ID]; d == nil || d.Number != numbers[s.ID] {
			x.known[s.ID] = x.addStory(&s, numbers[s.ID])
		}
	}
	return nil
}

func (x *index) addStory(s *story.Story, version uint64) *indexed {
	d := &indexed{Version: story.Version{ID: s.ID, Number: version}, number: x.count, lang: cleanLang(s.Lang)}
	x.count++
	words := map[string]bool{}
	for word := range termsOf(s) {
		if len(words) == maxIndexed {
			d.large = true
			break
		}
		words[word] = true
	}
	for word := range words {
		i, ok := x.places[word]
		if !ok {
			i = len(x.words)
			word = strings.Clone(word) // not with all the text that it is part of
			x.places[word] = i
			x.words = append(x.words, posting{word: word})
		}
		x.words[i].numbers = append(x.words[i].numbers, uint32(d.number))
	}
	return d
}

// Terms that stand for a language or a category. No word holds such a byte.
func langTerm(lang string) string         { return "\x00l" + lang + "\x00" }
func categoryTerm(category string) string { return "\x00c" + category + "\x00" }

// termsOf gives what a search may find s by, also where some of its articles are
// not shown.
func termsOf(s *story.Story) iter.Seq[string] {
	return func(yield func(string) bool) {
		fold := cases.Fold()
		if !yield(langTerm(s.Lang)) {
			return
		}
		texts := []string{searchText(&Shown{Story: *s})}
		for i := range s.Members {
			m := &s.Members[i]
			for _, c := range m.Categories {
				if !yield(categoryTerm(fold.String(c))) {
					return
				}
			}
			if !yield(langTerm(m.Lang)) { // that of the story without some of its articles
				return
			}
			texts = append(texts, m.Source)
			texts = append(texts, m.Also...)
		}
		for _, text := range texts {
			for word := range strings.FieldsSeq(fold.String(text)) {
				if !yield(word) {
					return
				}
			}
		}
	}
}

// terms returns what a story must hold for q to find it, the longest first.
func (q query) terms() []string {
	fold := cases.Fold()
	terms := strings.Fields(fold.String(q.Text))
	terms = terms[:min(len(terms), maxWords)]
	if q.Lang != "" {
		terms = append(terms, langTerm(q.Lang))
	}
	if q.Category != "" {
		terms = append(terms, categoryTerm(fold.String(q.Category)))
	}
	slices.SortFunc(terms, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(terms)
}

// find returns the stories that q may find, and the shown ones of them that are
// not muted, newest revision first.
func (v *view) find(q query) (*found, iter.Seq2[*Shown, error], error) {
	f, err := v.h.index.find(v, q.terms())
	if err != nil {
		return nil, nil, err
	}
	return f, v.audibleOf(v.h.options.Stories.Headers(f.ids)), nil
}
