package text

import (
	"encoding/binary"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
)

// stemID is what a stem is known by.
type stemID struct {
	hash uint64
	key  uint32
	kind stemKind
}

// stemKind tells words apart, in two bits, the higher one of which says that a word is not left out.
type stemKind uint8

const (
	leftOut stemKind = 1 + iota // a stop word, or the like
	content
	number // its stem begins with a digit
)

// Hash returns the hash that a stem is known by.
func Hash(stem string) uint64 { return xxhash.Sum64String(stem) }

// idOf returns what a stem is known by; "" is that of a word that is left out.
func idOf(s string) stemID {
	if s == "" {
		return stemID{kind: leftOut}
	}
	x := stemID{hash: Hash(s), kind: content}
	if isDigit(s[0]) {
		x.kind = number
	}
	if begin := firstLetters(s); len(begin) == len(s) {
		x.key = uint32(x.hash)
	} else {
		x.key = uint32(Hash(begin))
	}
	return x
}

// keyRunes is how much of a word tells which name it is, whatever its ending:
// "Korea" and "Korean", "Москвы" and "Москве".
const keyRunes = 5

// firstLetters returns the beginning of a stem, without full stops; numbers keep all of theirs.
func firstLetters(s string) string {
	short := strings.ReplaceAll(s, ".", "")
	if short == "" || !isDigit(short[0]) {
		n := 0
		for i := range short {
			if n == keyRunes {
				return short[:i]
			}
			n++
		}
	}
	return short
}

// stemCache remembers the stems of words, those of all languages together: a table
// of fixed size in which a word has four places, side by side. So it is bounded, whatever
// words come. It has no pointers, and who reads it needs no lock.
//
// An entry has a head, the hash of the stem, and the word, with zeros up to the next whole number. Who reads an entry
// reads its head first and last. If it is the same both times the entry was not written meanwhile, since the head
// is 0 during a write, and counts the writes.
type stemCache struct {
	numbers []atomic.Uint64
	size    int // numbers of an entry
	bits    int // there are places for 1 << bits words

	mu     sync.Mutex // held by who writes
	writes uint64
}

// The numbers of an entry.
const (
	atHead = iota
	atHash
	atWord
)

// The parts of a head, by their lowest bits. The two lowest parts say which word it is.
const (
	headLength = 0 // bytes of the word
	headRules  = 6 // rules.number
	headKind   = 14
	headPrefix = 16 // bytes of the word that are its stem, where that is a beginning of the word; else 0
	headKey    = 22
	headWrites = 54
)

// part returns the part of a head from bit from to bit to.
func part(head uint64, from, to int) uint64 { return head >> from % (1 << (to - from)) }

// headOf returns the parts of a head that say which word it is.
func headOf(rules uint8, n int) uint64 { return uint64(rules)<<headRules | uint64(n)<<headLength }

// Nearly all words fit into half a line of the processor's cache, the places of a word so into two.
const (
	ways = 4 // places of a word

	shortWord            = 8 * (shortSize - atWord) // bytes of the longest one
	shortSize, shortBits = 4, 14
	longSize, longBits   = 8, 10
)

// shortStems and longStems are the stems of the words that were met.
var (
	shortNumbers [ways * shortSize << shortBits]atomic.Uint64
	longNumbers  [ways * longSize << longBits]atomic.Uint64

	shortStems = stemCache{numbers: shortNumbers[:], size: shortSize, bits: shortBits}
	longStems  = stemCache{numbers: longNumbers[:], size: longSize, bits: longBits}
)

// cacheFor returns the cache that has room for a word, nil if none has.
func cacheFor(k *wordKey) *stemCache {
	switch n := atWord + k.numbers(); {
	case n <= shortSize:
		return &shortStems
	case n <= longSize:
		return &longStems
	}
	return nil
}

// wordKey is a word as the cache knows it: in small letters, where these are found without
// changing what the word's stem is.
type wordKey struct {
	n int
	b [maxWord + 16]byte // after finish, with zeros up to the multiple of 8 after the next
}

// finish ends a key that has n bytes.
func (k *wordKey) finish(n int) {
	k.n = n
	binary.LittleEndian.PutUint64(k.b[n:], 0)
	binary.LittleEndian.PutUint64(k.b[n+8:], 0)
}

// numbers returns how many numbers the word takes, and number the ith.
func (k *wordKey) numbers() int        { return (k.n + 7) / 8 }
func (k *wordKey) number(i int) uint64 { return binary.LittleEndian.Uint64(k.b[8*i:]) }

// place returns the first place of a word, as an index in numbers; the others follow it.
func (c *stemCache) place(rules uint8, k *wordKey) int {
	h := hashShort(rules, k.number(0), k.number(1))
	for i := 2; i < k.numbers(); i++ {
		h = h*wordBase ^ k.number(i)
	}
	return int(h*windowBase>>(64-c.bits)) * ways * c.size
}

// shortPlace is place for a word in shortStems that is two numbers.
func shortPlace(rules uint8, low, high uint64) int {
	return int(hashShort(rules, low, high)*windowBase>>(64-shortBits)) * ways * shortSize
}

func hashShort(rules uint8, low, high uint64) uint64 {
	return (uint64(rules)*wordBase^low)*wordBase ^ high
}

// entry returns the ith entry from a place on.
func (c *stemCache) entry(place, i int) []atomic.Uint64 { return c.numbers[place+i*c.size:][:c.size] }

// get returns what the stem of a word is known by, and the head of its entry; 0 if it is not remembered.
func (c *stemCache) get(rules uint8, k *wordKey) (s stemID, head uint64) {
	place := c.place(rules, k)
	if c.size == shortSize {
		return c.getShort(headOf(rules, k.n), place, k.number(0), k.number(1))
	}
	for i := range ways {
		e := c.entry(place, i)
		head := e[atHead].Load()
		if part(head, headLength, headKind) != headOf(rules, k.n) || !k.isIn(e) {
			continue
		}
		hash := e[atHash].Load()
		if e[atHead].Load() == head {
			return makeID(hash, head), head
		}
	}
	return stemID{}, 0
}

// getShort is get for a word that is two numbers, with its place and what its head says of it.
func (c *stemCache) getShort(which uint64, place int, low, high uint64) (s stemID, head uint64) {
	places := (*[ways * shortSize]atomic.Uint64)(c.numbers[place:])
	for i := 0; i < len(places); i += shortSize {
		e := (*[shortSize]atomic.Uint64)(places[i:])
		head := e[atHead].Load()
		if e[atWord].Load() != low || e[atWord+1].Load() != high || part(head, headLength, headKind) != which {
			continue
		}
		hash := e[atHash].Load()
		if e[atHead].Load() == head {
			return makeID(hash, head), head
		}
	}
	return stemID{}, 0
}

// makeID returns what a stem with a hash is known by, with the head of its entry.
func makeID(hash, head uint64) stemID {
	return stemID{hash, uint32(part(head, headKey, headWrites)), stemKind(part(head, headKind, headPrefix))}
}

// isIn reports whether the word is that of an entry.
func (k *wordKey) isIn(e []atomic.Uint64) bool {
	for i := range k.numbers() {
		if e[atWord+i].Load() != k.number(i) {
			return false
		}
	}
	return true
}

// put remembers the stem of a word, which takes a free place of the word, or that of another one, by turns.
func (c *stemCache) put(rules uint8, k *wordKey, stem string) stemID {
	s, prefix := idOf(stem), 0
	if len(stem) <= k.n && string(k.b[:len(stem)]) == stem {
		prefix = len(stem)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	place := c.place(rules, k)
	e := c.entry(place, int(c.writes%ways))
	for i := range ways {
		if free := c.entry(place, i); free[atHead].Load() == 0 {
			e = free
			break
		}
	}
	e[atHead].Store(0)
	e[atHash].Store(s.hash)
	for i := range max(k.numbers(), shortSize-atWord) {
		e[atWord+i].Store(k.number(i))
	}
	c.writes++
	e[atHead].Store(c.writes<<headWrites | uint64(s.key)<<headKey | uint64(prefix)<<headPrefix | uint64(s.kind)<<headKind | headOf(rules, k.n))
	return s
}
