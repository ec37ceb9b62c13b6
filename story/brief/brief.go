package brief

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"storyfold/story"
	"storyfold/story/text"
)

// Pref is what the reader's config says of a source.
type Pref struct {
	Rank    int  // higher is preferred; 0 is the default
	Paywall bool // never the representative if another article is free
}

// maxTexts is how many articles of a story are read, and maxVoices how many of
// them may be taken for the families they began; the rest are the newest.
const (
	maxTexts  = 24
	maxVoices = 18
)

// Make fills in the Family of each of s.Members, s.Reports, s.Lang and s.Brief
// from the articles of the members. s.Members are in commit order.
//
// load returns an article by its Seq; it is called for at most 24 members: the
// first one of each known family, then the newest. An article that load does
// not find (story.ErrNotFound) counts as one that was not read; any other error
// ends Make and leaves s as it was. pref may be nil: then no source is preferred.
//
// A Family that a member brings along counts only where its article is not
// read: it stays in one family with the others of that number. 0 is unknown, a
// family of its own.
func Make(s *story.Story, load func(seq uint64) (*story.Article, error), pref func(source string) Pref) error {
	c, err := read(s.Members, load)
	if err != nil {
		return err
	}
	c.pref = pref
	if pref == nil {
		c.pref = func(string) Pref { return Pref{} }
	}
	c.weigh()
	families := c.families()
	for i, f := range families {
		s.Members[i].Family = f
	}
	for _, d := range c.docs {
		d.family = families[d.member]
	}
	s.Reports = story.Independent(s.Members)
	s.Lang = c.lang()
	c.choose()
	s.Brief = story.Brief{}
	s.Brief.Headline, s.Brief.HeadlineOf = c.headline()
	s.Brief.Representative = c.representative()
	s.Brief.Summary = c.summary(s.Brief.Representative)
	s.Brief.Only = c.only(s.Brief.Summary, s.Brief.Headline)
	s.Brief.New = c.news()
	return nil
}

// corpus is what was read of a story.
type corpus struct {
	members []story.Member
	docs    []*doc // in commit order
	pref    func(source string) Pref

	ids   map[string]int32 // stem to word
	keys  map[string]int32 // beginning of a stem to the words that share it
	words []word           // by id

	tokens []text.Token // reused
	scores []float64    // by word, zero between uses
}

// read loads and prepares the articles that Make looks at.
func read(members []story.Member, load func(seq uint64) (*story.Article, error)) (*corpus, error) {
	c := &corpus{members: members, ids: make(map[string]int32), keys: make(map[string]int32)}
	for _, i := range pick(members) {
		a, err := load(members[i].Seq)
		if errors.Is(err, story.ErrNotFound) || err == nil && a == nil {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("load article %d: %w", members[i].Seq, err)
		}
		c.docs = append(c.docs, c.doc(i, a))
	}
	return c, nil
}

// pick returns which members are read, in commit order.
func pick(members []story.Member) []int {
	if len(members) <= maxTexts {
		all := make([]int, len(members))
		for i := range all {
			all[i] = i
		}
		return all
	}
	picked := voices(members)
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

// voices returns the first member of each known family, of the largest families
// first and no more than maxVoices.
func voices(members []story.Member) []int {
	size := make(map[int]int)
	var first []int
	for i, m := range members {
		if m.Family == 0 {
			continue
		}
		if size[m.Family] == 0 {
			first = append(first, i)
		}
		size[m.Family]++
	}
	slices.SortStableFunc(first, func(i, j int) int {
		return cmp.Compare(size[members[j].Family], size[members[i].Family])
	})
	return first[:min(len(first), maxVoices)]
}

// lang returns the most frequent language of the members, the earliest of
// equals; "" if none is known.
func (c *corpus) lang() string {
	found := make(map[int]string, len(c.docs))
	for _, d := range c.docs {
		found[d.member] = d.lang
	}
	count, best := make(map[string]int), ""
	langs := make([]string, len(c.members))
	for i, m := range c.members {
		langs[i] = cmp.Or(m.Lang, found[i])
		count[langs[i]]++
	}
	for _, l := range langs {
		if l != "" && (best == "" || count[l] > count[best]) {
			best = l
		}
	}
	return best
}
