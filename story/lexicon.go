package story

import (
	"math"

	"storyfold/story/text"
)

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

// maxStems is how many stems there can be; the words of further ones are not read.
const maxStems = 1<<termBits - 1

const termBits = 24 // of the number of a stem

// lexicon gives the stems of open articles dense numbers, and knows for each
// its document frequency and the open stories that have it. A number is free
// again when the last article with its stem is gone. It has no pointers but those to its few tables.
type lexicon struct {
	// table is a hash table with open addressing, at most half full: number + 1 of a stem, and the first bits
	// of its hash above; 0: none.
	table []uint32
	free  []int32
	used  int

	// By number, in tables of their own, since each is read in another place.
	names []name
	words []word
	lnDF  []float32 // ln(DF + ½) of each stem, renewed with DF
	waits bool      // lnDF is not renewed now, but for all stems by settle

	texts slab[byte]
	posts slab[posting]
}

// name is what a stem is found by. Two stems are one if their hashes are equal: by chance they never
// are, and who makes such words has made two words that count as one.
type name struct {
	hash  uint64
	refs  int32  // open articles that have it
	count uint16 // while an article is read, its place among the article's stems + 1
	digit bool   // it begins with a digit
	size  uint8  // of its text
}

// word is where a stem occurs.
type word struct {
	df    int64  // sum of root(articles of the story having it) over open stories, and unseen
	posts run    // in lexicon.posts: one for each open story having it, in no order that matters
	text  uint32 // in lexicon.texts
}

// posting is one story in the list of a stem: its slot, the entry's v, cut at
// 24 bits, and the index of the entry, noIndex if that is larger. It points at the story's
// entry, whose place is the posting's index in the list.
type posting struct{ slotV, vIndex uint32 }

// noIndex stands for the index of an entry that has no room in a posting.
const noIndex = 1<<16 - 1

func makePosting(slot int32, v uint32, index int) posting {
	v = min(v, 1<<24-1)
	return posting{uint32(slot)<<8 | v>>16, v<<16 | uint32(min(index, noIndex))}
}

func (p posting) slot() int32 { return int32(p.slotV >> 8) }
func (p posting) v() uint32   { return p.slotV<<24>>8 | p.vIndex>>16 }
func (p posting) index() int  { return int(p.vIndex & noIndex) }

// unseen returns the part of a stem's document frequency that it has from the coldStories
// that were not seen: what is common in all news does not look rare in a small stream.
func unseen(stem []byte) int64 {
	return rounded(rootOne * coldStories * text.Common(string(stem)))
}

func newLexicon() lexicon {
	return lexicon{table: make([]uint32, 1<<8)}
}

// tag returns the bits of a hash that stand in the table.
func tag(hash uint64) uint32 { return uint32(hash>>(64-(32-termBits))) << termBits }

// find returns the number of the stem with a hash, and whether an open article has it.
func (l *lexicon) find(hash uint64) (id int32, ok bool) {
	id, _ = l.look(hash)
	return id, id >= 0
}

// look returns the number of the stem with a hash, or -1, and its place in the table.
func (l *lexicon) look(hash uint64) (id int32, at uint32) {
	mask := uint32(len(l.table) - 1)
	for at = uint32(hash) & mask; l.table[at] != 0; at = (at + 1) & mask {
		if x := l.table[at]; x>>termBits<<termBits == tag(hash) {
			if id := int32(x%(1<<termBits)) - 1; l.names[id].hash == hash {
				return id, at
			}
		}
	}
	return -1, at
}

// number returns the number of a stem and its hash, a new one if no open article has it. It
// reports false where there are too many stems.
func (l *lexicon) number(hash uint64, stem []byte) (int32, bool) {
	if 2*l.used >= len(l.table) {
		l.rehash()
	}
	id, at := l.look(hash)
	if id >= 0 {
		return id, true
	}
	if n := len(l.free); n > 0 {
		id, l.free = l.free[n-1], l.free[:n-1]
	} else if len(l.names) < maxStems {
		id = int32(len(l.names))
		l.names = append(l.names, name{})
		l.words = append(l.words, word{})
		l.lnDF = append(l.lnDF, 0)
	} else {
		return 0, false
	}
	l.table[at] = uint32(id+1) | tag(hash)
	l.used++
	size := min(len(stem), math.MaxUint8) // package text gives no longer ones
	l.names[id] = name{hash: hash, digit: stem[0] >= '0' && stem[0] <= '9', size: uint8(size)}
	l.words[id].text, _ = l.texts.take(uint32(size))
	copy(l.text(id), stem)
	l.words[id].df = unseen(stem)
	l.renew(id)
	return id, true
}

// home returns where a stem in the table should stand.
func (l *lexicon) home(x uint32) uint32 {
	return uint32(l.names[x%(1<<termBits)-1].hash) & uint32(len(l.table)-1)
}

// rehash makes the table twice as large.
func (l *lexicon) rehash() {
	old := l.table
	l.table = make([]uint32, 2*len(old))
	mask := uint32(len(l.table) - 1)
	for _, x := range old {
		if x == 0 {
			continue
		}
		at := l.home(x)
		for l.table[at] != 0 {
			at = (at + 1) & mask
		}
		l.table[at] = x
	}
}

// drop takes one open article from those that have a stem.
func (l *lexicon) drop(id int32) {
	w := &l.names[id]
	w.refs--
	if w.refs > 0 {
		return
	}
	mask := uint32(len(l.table) - 1)
	hole := uint32(w.hash) & mask
	for l.table[hole]%(1<<termBits) != uint32(id+1) {
		hole = (hole + 1) & mask
	}
	for at := (hole + 1) & mask; l.table[at] != 0; at = (at + 1) & mask {
		if (at-l.home(l.table[at]))&mask >= (at-hole)&mask { // it may stand in the hole
			l.table[hole] = l.table[at]
			hole = at
		}
	}
	l.table[hole] = 0
	l.used--
	_, room := classOf(uint32(w.size))
	l.texts.give(l.words[id].text, room)
	l.words[id].df = 0
	l.posts.drop(&l.words[id].posts)
	l.free = append(l.free, id)
}

// renew takes the logarithm of a stem's document frequency, which changed.
func (l *lexicon) renew(id int32) {
	if l.waits {
		return
	}
	l.lnDF[id] = float32(math.Log(float64(l.words[id].df)/rootOne + 0.5))
}

// settle renews all stems after waits was set: where many articles come and none is
// scored, a logarithm for each change of a frequency is a part of the cost.
func (l *lexicon) settle() {
	l.waits = false
	for id := range l.names {
		if l.names[id].refs > 0 {
			l.renew(int32(id))
		}
	}
}

// text returns a stem as it is written. It is good until the stem is dropped.
func (l *lexicon) text(id int32) []byte {
	return l.texts.get(l.words[id].text, uint32(l.names[id].size))
}

// postings returns the list of a stem. It is good until the list changes.
func (l *lexicon) postings(id int32) []posting { return l.posts.values(l.words[id].posts) }

// shorten takes the last posting off the list of a stem.
func (l *lexicon) shorten(id int32) {
	r := &l.words[id].posts
	r.n--
	if r.n == 0 {
		l.posts.drop(r)
	} else if r.room > 16 && r.n < r.room/4 {
		old := *r
		l.posts.move(&l.posts, r)
		l.posts.give(old.at, old.room)
	}
}

// compact moves what is held to new slabs where most of the old ones is free.
func (l *lexicon) compact() {
	if l.posts.sparse() {
		old := l.posts
		l.posts = slab[posting]{}
		for i := range l.words {
			l.posts.move(&old, &l.words[i].posts)
		}
	}
	if l.texts.sparse() {
		old := l.texts
		l.texts = slab[byte]{}
		for i := range l.words {
			if l.names[i].refs > 0 {
				r := run{at: l.words[i].text, n: uint32(l.names[i].size)}
				l.texts.move(&old, &r)
				l.words[i].text = r.at
			}
		}
	}
}
