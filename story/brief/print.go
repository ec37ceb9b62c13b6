package brief

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"storyfold/story"
	"storyfold/story/text"
)

// A story of more than maxTexts articles has copies whose original is not read
// any more. Its members carry fingerprints, so that those are found all the same.
const (
	printHashes  = 16  // of a fingerprint: the least of an article's shingles
	leastPrints  = 5   // that two share at least
	copyPrint    = .5  // share of those that could be shared, of a copy
	maxSamePrint = 32  // members that are found by one hash
	leastKin     = 2   // hashes that a report and its rewrite share at least, to be compared
	maxGlances   = 200 // new members that are loaded for their fingerprint alone

	// maxLateGlances is how many others are: those that were too many when they
	// were new, or that were there before members had fingerprints.
	maxLateGlances = 16
)

// glance gives the members that have no fingerprint yet one in c.prints, the newest
// first if there are many. It does nothing for a story that is read as a whole.
func (r *Reader) glance(load func(seq uint64) (*story.Article, error)) error {
	c := &r.corpus
	c.prints, r.glanced = c.prints[:0], r.glanced[:0]
	if len(c.members) <= maxTexts {
		return nil
	}
	for i := range c.members {
		c.prints = append(c.prints, c.members[i].Print)
	}
	prints, fresh, known := c.prints, 0, 0
	for i := len(prints) - 1; i >= 0; i-- {
		m := &c.members[i]
		glances, most := &fresh, maxGlances
		if m.Family != 0 {
			glances, most = &known, maxLateGlances
		}
		if prints[i] != nil || *glances == most {
			continue
		}
		*glances++
		a, err := r.find(m.Seq, load)
		if err != nil {
			return err
		}
		if a == nil {
			continue
		}
		prints[i] = r.preparer.printOf(a)
		if i >= len(c.members)-maxTexts {
			r.glanced = append(r.glanced, a)
		}
	}
	return nil
}

// noPrint is the fingerprint of a text that is too short for any.
var noPrint = []byte{0}

// printOf returns the fingerprint of an article: the least hashes of the runs of
// words in its text, in order, four bytes each. Of two texts, those of both prints
// that are no greater than the greatest of the other's tell what they share.
func (p *preparer) printOf(a *story.Article) []byte {
	body := text.Clip(a.Text, maxTextBytes)
	p.plain = append(p.plain[:0], body...)
	p.hashes = text.Shingles(p.hashes[:0], p.plain, windowOf(body))
	least := make([]uint32, 0, printHashes+1)
	for _, h := range p.hashes {
		v := uint32(h >> 32)
		if len(least) == printHashes && v >= least[printHashes-1] {
			continue
		}
		if i, had := slices.BinarySearch(least, v); !had {
			least = slices.Insert(least, i, v)
			least = least[:min(len(least), printHashes)]
		}
	}
	if len(least) == 0 {
		return noPrint
	}
	out := make([]byte, 0, 4*len(least))
	for _, v := range least {
		out = binary.BigEndian.AppendUint32(out, v)
	}
	return out
}

// windowOf is window, by the letters at the front of a text.
func windowOf(body string) int {
	letters, spaceless := 0, 0
	for i, r := range body {
		if i > 600 {
			break
		}
		if r < utf8.RuneSelf {
			if isASCIILetter(byte(r)) {
				letters++
			}
		} else if unicode.IsLetter(r) {
			letters++
			if r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
				spaceless++
			}
		}
	}
	if 2*spaceless > letters {
		return window("zh")
	}
	return window("")
}

// hashAt returns hash number i of a fingerprint.
func hashAt(print []byte, i int) uint32 { return binary.BigEndian.Uint32(print[4*i:]) }

// alike returns the share of the shorter text that both have, as far as two
// fingerprints with so many common hashes tell; 0 if that is too little to tell.
func alike(x, y []byte, common int) float64 {
	if common < leastPrints {
		return 0
	}
	nx, ny := len(x)/4, len(y)/4
	limit := min(hashAt(x, nx-1), hashAt(y, ny-1))
	for nx > 0 && hashAt(x, nx-1) > limit {
		nx--
	}
	for ny > 0 && hashAt(y, ny-1) > limit {
		ny--
	}
	return float64(common) / float64(min(nx, ny))
}

// printed finds the members of no known family by the hashes of their fingerprints.
type printed struct {
	at      table   // hash to the place in members and next of the first that has it
	members []int   // that have the hash
	next    []int32 // the place of the next member that has it; -1: there is none
	common  []int16 // by member: hashes that it shares with the one at hand
	hit     []int   // those that share any
}

// kinship has, by a new member that is read, the member of a known family whose
// fingerprint has most in common with its own.
type kinship map[int]kin

type kin struct {
	member int
	common int // hashes
}

// note takes in that the new member i has hashes in common with member j.
func (k kinship) note(i, j, common int) {
	if common >= leastKin && common > k[i].common {
		k[i] = kin{j, common}
	}
}

// ordered returns the members, those with most in common first.
func (k kinship) ordered() []int {
	all := slices.SortedFunc(maps.Values(k), func(a, b kin) int {
		return cmp.Or(cmp.Compare(b.common, a.common), cmp.Compare(a.member, b.member))
	})
	out := make([]int, len(all))
	for i := range all {
		out[i] = all[i].member
	}
	return out
}

// joinPrinted puts members of no known family into that of the member whose
// fingerprint is most like theirs, and copies among them together. It returns what may
// be rewritten in those that are read.
func (c *corpus) joinPrinted(u union) kinship {
	if len(c.prints) == 0 {
		return nil
	}
	p := c.indexPrints(u)
	if len(p.members) == 0 {
		return nil
	}
	kin := make(kinship)
	best, like := make([]int, len(c.members)), make([]float64, len(c.members))
	for j, print := range c.prints {
		p.count(print)
		for _, i := range p.hit {
			common := int(p.common[i])
			share := alike(c.prints[i], print, common)
			p.common[i] = 0
			if share < copyPrint && c.members[j].Family != 0 && i >= len(c.members)-maxTexts+maxVoices {
				kin.note(i, j, common)
			}
			switch {
			case i == j || share < copyPrint:
			case c.members[j].Family == 0:
				u.join(i, j)
			case share > like[i]:
				best[i], like[i] = j, share
			}
		}
	}
	for i, share := range like {
		if share > 0 {
			u.join(i, best[i])
			delete(kin, i) // its family is known
		}
	}
	return kin
}

// indexPrints lists the members of no known family by their fingerprints. Those
// with the same one are joined, and the first of them stands for all.
func (c *corpus) indexPrints(u union) *printed {
	p := &printed{common: make([]int16, len(c.members))}
	same := make(map[string]int)
	fresh := make([]int, 0, len(c.members))
	for i, print := range c.prints {
		if c.members[i].Family != 0 || len(print) < 4*leastPrints {
			continue
		}
		if first, had := same[string(print)]; had {
			u.join(first, i)
			continue
		}
		same[string(print)] = i
		fresh = append(fresh, i)
	}
	p.at.reset(printHashes * len(fresh))
	for _, i := range fresh {
		for print := c.prints[i]; len(print) >= 4; print = print[4:] {
			s, had := p.at.at(hashAt(print, 0))
			next, most := int32(-1), 0
			if had {
				next = s.value
				for k := next; k >= 0; k = p.next[k] {
					most++
				}
			}
			if most < maxSamePrint {
				s.value = int32(len(p.members))
				p.members, p.next = append(p.members, i), append(p.next, next)
			}
		}
	}
	return p
}

// count sets p.hit to the members that share a hash with print, and p.common to how many.
func (p *printed) count(print []byte) {
	p.hit = p.hit[:0]
	for ; len(print) >= 4; print = print[4:] {
		for k := p.at.get(hashAt(print, 0)); k >= 0; k = p.next[k] {
			i := p.members[k]
			if p.common[i] == 0 {
				p.hit = append(p.hit, i)
			}
			p.common[i]++
		}
	}
}
