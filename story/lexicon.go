package story

import "math"

// rootOne is the fixed-point one of document frequencies and story counts.
const rootOne = 1024

// rootTable holds root(n) for small n.
var rootTable = func() (t [4096]int64) {
	for n := range t {
		t[n] = int64(math.Round(rootOne * math.Sqrt(float64(n))))
	}
	return t
}()

// root returns the square root of n in fixed point: what n articles of one
// story weigh together in a document frequency.
func root(n int32) int64 {
	if int(n) < len(rootTable) {
		return rootTable[n]
	}
	return int64(math.Round(rootOne * math.Sqrt(float64(n))))
}

// lexicon gives the stems of open articles dense numbers, and knows for each
// its document frequency and the open stories that have it. A number is free
// again when the last article with its stem is gone.
type lexicon struct {
	ids   map[string]int32
	words []word
	free  []int32

	// lnDF holds ln(DF + ½) of each stem, renewed with DF; beside words, since
	// scoring reads nothing else.
	lnDF []float64
}

type word struct {
	text  string
	refs  int32     // open articles that have it
	df    int64     // sum of root(articles of the story having it) over open stories
	posts []posting // one for each open story having it, in no order that matters
}

// posting is one story in the list of a stem. The story's entry points back at
// it: groups[slot].entries[entry].place is its index in the list.
type posting struct {
	slot, entry int32
	v           int32 // the entry's v
}

func newLexicon() lexicon { return lexicon{ids: make(map[string]int32)} }

// take returns the number of a stem for one more article.
func (l *lexicon) take(stem string) int32 {
	id, ok := l.ids[stem]
	if !ok {
		if n := len(l.free); n > 0 {
			id, l.free = l.free[n-1], l.free[:n-1]
		} else {
			id = int32(len(l.words))
			l.words = append(l.words, word{})
			l.lnDF = append(l.lnDF, 0)
		}
		l.ids[stem] = id
		l.words[id].text = stem
		l.lnDF[id] = -math.Ln2 // of DF 0
	}
	l.words[id].refs++
	return id
}

// drop gives back what one take took.
func (l *lexicon) drop(id int32) {
	w := &l.words[id]
	w.refs--
	if w.refs == 0 {
		delete(l.ids, w.text)
		w.text, w.posts = "", nil
		l.free = append(l.free, id)
	}
}

// grow changes the document frequency of a stem.
func (l *lexicon) grow(id int32, by int64) {
	w := &l.words[id]
	w.df += by
	l.lnDF[id] = math.Log(float64(w.df)/rootOne + 0.5)
}
