package brief

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"storyfold/story"
)

// Pref is what the reader's config says of a source.
type Pref struct {
	Rank    int  // higher is preferred; 0 is the default
	Paywall bool // never the representative if another article is free
}

// maxTexts is how many articles of a story are read, and maxVoices how many of
// them may be taken for the families that they are of; the rest are the newest. The
// families are the largest ones, and up to maxKin others that a new article may be a
// rewrite of.
const (
	maxTexts  = 18
	maxVoices = 12
	maxKin    = 3
)

// Make is Make of a new Reader.
func Make(s *story.Story, load func(seq uint64) (*story.Article, error), pref func(source string) Pref) error {
	return new(Reader).Make(s, load, pref)
}

// Reader reads articles and makes briefs. It serves one goroutine. Its zero value
// is ready and remembers nothing of the articles that it read.
type Reader struct {
	preparer preparer
	corpus   corpus
	cache    cache
	glanced  []*story.Article // of the story at hand, until it is read
}

// NewReader returns a Reader that remembers what it read last, in at most so many
// bytes: it does not load an article that it remembers. Whoever changes an
// article must say so, by Forget or Reset; then what Make makes does not depend on
// what is remembered.
func NewReader(bytes int) *Reader { return &Reader{cache: cache{limit: bytes}} }

// Forget makes the Reader load the article with this Seq when it needs it next.
func (r *Reader) Forget(seq uint64) { r.cache.forget(seq) }

// Reset makes the Reader forget all articles.
func (r *Reader) Reset() { r.cache.reset() }

// Make fills in the Family of each of s.Members, s.Reports, s.Lang and s.Brief
// from the articles of the members. s.Members are in commit order.
//
// load returns an article by its Seq; it is called for at most 18 members: the
// first ones of the largest known families, up to three that a new one may be a
// rewrite of, then the newest. In a story of more, it is also called for up to 200
// new members, and 16 others, that have no Print yet. An article that load does not
// find (story.ErrNotFound) counts as one that was not read; any other error ends
// Make and leaves s as it was. pref may be nil: then no source is preferred.
//
// A Family that a member brings along counts only where its article is not
// read: it stays in one family with the others of that number. 0 is unknown: in
// the family of the member whose Print says the same, or else in one of its own.
func (r *Reader) Make(s *story.Story, load func(seq uint64) (*story.Article, error), pref func(source string) Pref) error {
	c := &r.corpus
	c.members, c.pref, c.agencies = s.Members, pref, r.preparer.agencyStems
	if pref == nil {
		c.pref = func(string) Pref { return Pref{} }
	}
	if err := r.glance(load); err != nil {
		return err
	}
	u := newUnion(blank(&c.parents, len(c.members)))
	if err := r.read(load, c.joinPrinted(u)); err != nil {
		return err
	}
	c.build()
	c.settle(c.relate(u))
	s.Reports = story.Independent(s.Members)
	s.Lang = c.lang()
	c.choose()
	s.Brief, c.compared = story.Brief{}, 0
	var head []int32
	s.Brief.Headline, s.Brief.HeadlineOf, head = c.headline()
	s.Brief.Representative = c.representative()
	s.Brief.Summary = c.summary(s.Brief.Representative)
	s.Brief.Only = c.only(s.Brief.Summary, head)
	s.Brief.New = c.news()
	return nil
}

// read takes the articles in that Make looks at.
func (r *Reader) read(load func(seq uint64) (*story.Article, error), kin kinship) error {
	c := &r.corpus
	for _, p := range r.cache.dropped { // nobody knows them any more
		r.preparer.release(p)
	}
	clear(r.cache.dropped)
	r.cache.dropped, c.reports, c.slab = r.cache.dropped[:0], c.reports[:0], slices.Grow(c.slab[:0], maxTexts)
	for _, i := range c.choice(kin) {
		seq := c.members[i].Seq
		p := r.cache.get(seq)
		if p == nil {
			a, err := r.find(seq, load)
			if err != nil {
				return err
			}
			if a == nil {
				continue
			}
			p = r.preparer.prepare(a)
			r.cache.put(p)
		}
		c.slab = append(c.slab, report{prepared: p, member: i})
		c.reports = append(c.reports, &c.slab[len(c.slab)-1])
	}
	clear(r.glanced)
	r.glanced = r.glanced[:0]
	return nil
}

// find returns the article with this Seq, nil if it is not there.
func (r *Reader) find(seq uint64, load func(seq uint64) (*story.Article, error)) (*story.Article, error) {
	for _, a := range r.glanced {
		if a.Seq == seq {
			return a, nil
		}
	}
	a, err := load(seq)
	if errors.Is(err, story.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load article %d: %w", seq, err)
	}
	return a, nil
}

// choice returns which members are read, in commit order.
func (c *corpus) choice(kin kinship) []int {
	members := c.members
	if len(members) <= maxTexts {
		all := make([]int, len(members))
		for i := range all {
			all[i] = i
		}
		return all
	}
	picked := c.voices(kin)
	chosen := make(map[int]bool, maxTexts)
	for _, i := range picked {
		chosen[i] = true
	}
	for i := len(members) - 1; i >= 0 && len(picked) < maxTexts; i-- {
		if !chosen[i] {
			picked = append(picked, i)
		}
	}
	slices.Sort(picked)
	return picked
}

// voices returns a member of each family that is read, no more than maxVoices: the
// first ones of the largest families, and the kin of new members.
func (c *corpus) voices(kin kinship) []int {
	first, size := c.firsts()
	if len(first) <= maxVoices {
		return first
	}
	slices.SortStableFunc(first, func(i, j int) int {
		return cmp.Compare(size[c.members[j].Family], size[c.members[i].Family])
	})
	large := first[:maxVoices-maxKin]
	var add []int
	for _, i := range kin.ordered() {
		same := func(j int) bool { return c.members[j].Family == c.members[i].Family }
		if len(add) < maxKin && !slices.ContainsFunc(large, same) && !slices.ContainsFunc(add, same) {
			add = append(add, i)
		}
	}
	for _, i := range first[len(large):] {
		same := func(j int) bool { return c.members[j].Family == c.members[i].Family }
		if len(add) < maxKin && !slices.ContainsFunc(add, same) {
			add = append(add, i)
		}
	}
	return append(slices.Clone(large), add...)
}

// firsts returns the first member of each known family, and how many are of each.
func (c *corpus) firsts() (first []int, size map[int]int) {
	size = c.emptied()
	for i, m := range c.members {
		if m.Family == 0 {
			continue
		}
		if size[m.Family] == 0 {
			first = append(first, i)
		}
		size[m.Family]++
	}
	return first, size
}
