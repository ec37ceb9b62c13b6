package text

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
)

// stemCache remembers the stems of words, those of all languages together: a table
// of fixed size in which a word has four places, side by side. So it is bounded, whatever
// words come. It has no pointers, and who reads it needs no lock.
//
// An entry has a head and then the word, with zeros up to the next whole number, and the end of the stem: the stem
// is so many first bytes of the word, and that end. Who reads an entry reads its head first and last. If it is
// the same both times the entry was not written meanwhile, since the head is 0 during a write, and counts the writes.
type stemCache struct {
	numbers []atomic.Uint64
	size    int // numbers of an entry
	places  int // a power of two

	mu     sync.Mutex // held by who writes
	writes uint64
}

// The parts of a head, by their lowest bits. The two lowest parts say which word it is.
const (
	headLength = 0  // bytes of the word, never 0
	headRules  = 6  // rules.number
	headPrefix = 14 // bytes of the word that the stem begins with
	headEnd    = 20 // bytes of the stem after them
	headWrites = 26
)

// Nearly all words fit into half a line of the processor's cache, the places of a word so into two.
const (
	ways = 4 // places of a word

	shortSize, shortPlaces = 4, 1 << 16
	longSize, longPlaces   = 8, 1 << 13
)

// shortStems and longStems are the stems of the words that were met.
var (
	shortNumbers [shortSize * shortPlaces]atomic.Uint64
	longNumbers  [longSize * longPlaces]atomic.Uint64

	shortStems = stemCache{numbers: shortNumbers[:], size: shortSize, places: shortPlaces}
	longStems  = stemCache{numbers: longNumbers[:], size: longSize, places: longPlaces}
)

// wordKey is a word as the cache knows it: in small letters, where these are found without
// changing what the word's stem is.
type wordKey struct {
	n int
	b [maxWord + 8]byte // after finish, with zeros up to the next multiple of 8 after n
}

// finish ends a key that has n bytes.
func (k *wordKey) finish(n int) {
	k.n = n
	binary.LittleEndian.PutUint64(k.b[n:], 0)
}

// numbers returns how many numbers the word takes, and number the ith.
func (k *wordKey) numbers() int        { return (k.n + 7) / 8 }
func (k *wordKey) number(i int) uint64 { return binary.LittleEndian.Uint64(k.b[8*i:]) }

// place returns the first place of a word; the others follow it.
func (c *stemCache) place(rules uint8, k *wordKey) int {
	h := uint64(rules)<<8 | uint64(k.n)
	for i := range k.numbers() {
		h = (h ^ k.number(i)) * wordBase
		h ^= h >> 32
	}
	return int(h*windowBase>>33) & (c.places - ways)
}

// at returns the entry at a place.
func (c *stemCache) at(place int) []atomic.Uint64 { return c.numbers[place*c.size:][:c.size] }

// knownStem returns the stem of a word, and whether it is remembered. The stem takes the place of the word in k.
func knownStem(rules uint8, k *wordKey) (stem []byte, known bool) {
	if k.numbers() < shortSize {
		stem, known = shortStems.get(rules, k)
	}
	if !known && k.numbers() >= shortSize-1 && k.numbers() < longSize {
		stem, known = longStems.get(rules, k)
	}
	return stem, known
}

// rememberStem remembers the stem of a word, if both are not longer than words are.
func rememberStem(rules uint8, k *wordKey, stem string) {
	if !shortStems.put(rules, k, stem) && k.numbers() >= shortSize-1 {
		longStems.put(rules, k, stem)
	}
}

func (c *stemCache) get(rules uint8, k *wordKey) (stem []byte, known bool) {
	word, n := uint64(rules)<<headRules|uint64(k.n)<<headLength, k.numbers()
	place := c.place(rules, k)
	for i := range ways {
		e := c.at(place + i)
		head := e[0].Load()
		if head%(1<<headPrefix) != word || !k.isIn(e) {
			continue
		}
		prefix, end := int(head>>headPrefix%(1<<(headEnd-headPrefix))), int(head>>headEnd%(1<<(headWrites-headEnd)))
		var ends [longSize]uint64
		for i := 0; 8*i < end; i++ {
			ends[i] = e[1+n+i].Load()
		}
		if e[0].Load() != head {
			continue
		}
		for i := 0; 8*i < end; i++ {
			binary.LittleEndian.PutUint64(k.b[prefix+8*i:], ends[i])
		}
		return k.b[:prefix+end], true
	}
	return nil, false
}

// isIn reports whether the word is that of an entry.
func (k *wordKey) isIn(e []atomic.Uint64) bool {
	for i := range k.numbers() {
		if e[1+i].Load() != k.number(i) {
			return false
		}
	}
	return true
}

// put reports whether an entry has room for the word and its stem, which then take a free place
// of the word, or that of another one, by turns.
func (c *stemCache) put(rules uint8, k *wordKey, stem string) bool {
	prefix, n := 0, k.numbers()
	for prefix < min(k.n, len(stem)) && k.b[prefix] == stem[prefix] {
		prefix++
	}
	end := len(stem) - prefix
	if 1+n+(end+7)/8 > c.size {
		return false
	}
	var ends [8 * longSize]byte
	copy(ends[:], stem[prefix:])
	c.mu.Lock()
	defer c.mu.Unlock()
	place := c.place(rules, k)
	e := c.at(place + int(c.writes%ways))
	for i := range ways {
		if free := c.at(place + i); free[0].Load() == 0 {
			e = free
			break
		}
	}
	e[0].Store(0)
	for i := range e[1:] {
		if i < n {
			e[1+i].Store(k.number(i))
		} else {
			e[1+i].Store(binary.LittleEndian.Uint64(ends[8*(i-n):]))
		}
	}
	c.writes++
	e[0].Store(c.writes<<headWrites | uint64(end)<<headEnd | uint64(prefix)<<headPrefix | uint64(rules)<<headRules | uint64(k.n)<<headLength)
	return true
}
