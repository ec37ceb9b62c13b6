package story

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
)

// ledger applies decisions as their receiver does, and refuses those that do
// not fit what was decided before.
type ledger struct {
	articles map[uint64]*Article
	story    map[uint64]ID
	members  map[ID]map[uint64]bool
	shown    map[ID]bool
	closed   map[ID]bool
	alias    map[ID]ID
	log      []string
	err      error
}

func newLedger() *ledger {
	return &ledger{
		articles: map[uint64]*Article{}, story: map[uint64]ID{}, members: map[ID]map[uint64]bool{},
		shown: map[ID]bool{}, closed: map[ID]bool{}, alias: map[ID]ID{},
	}
}

func (l *ledger) fail(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf(format, args...)
	}
}

// used reports whether a story ever had this id.
func (l *ledger) used(id ID) bool { return l.members[id] != nil }

// take moves an article from one story to another.
func (l *ledger) take(seq uint64, from, to ID) {
	if l.story[seq] != from {
		l.fail("article %d leaves %q but is in %q", seq, from, l.story[seq])
	}
	if l.closed[to] || l.closed[from] {
		l.fail("article %d changes a closed story", seq)
	}
	if from != "" {
		delete(l.members[from], seq)
	}
	l.story[seq] = to
	l.members[to][seq] = true
}

func (l *ledger) open(id ID) {
	if l.used(id) {
		l.fail("story id %s is used twice", id)
	}
	l.members[id] = map[uint64]bool{}
}

func (l *ledger) apply(ds []Decision) {
	for _, d := range ds {
		l.log = append(l.log, fmt.Sprintf("%+v", d))
		if d.Kind != Open && d.Kind != Split && !l.used(d.Story) {
			l.fail("%s of unknown story %s", d.Kind, d.Story)
			return
		}
		switch d.Kind {
		case Open:
			l.open(d.Story)
			l.take(d.Article, "", d.Story)
		case Join:
			l.take(d.Article, "", d.Story)
		case Move:
			l.take(d.Article, d.From, d.Story)
			if d.Emptied != (len(l.members[d.From]) == 0) {
				l.fail("move: Emptied = %v with %d members", d.Emptied, len(l.members[d.From]))
			}
			if d.Emptied {
				l.alias[d.From] = d.Story
			}
		case Merge, Split:
			l.regroup(d)
		case Show:
			if l.shown[d.Story] {
				l.fail("story %s is shown twice", d.Story)
			}
			l.shown[d.Story] = true
		case Close:
			if !l.shown[d.Story] {
				l.fail("story %s closes without having been shown", d.Story)
			}
			l.closed[d.Story] = true
		}
	}
}

func (l *ledger) regroup(d Decision) {
	first := func(id ID) uint64 { return slices.Min(slices.Collect(maps.Keys(l.members[id]))) }
	if d.Kind == Merge && first(d.Story) > first(d.From) {
		l.fail("merge keeps the later story %s", d.Story)
	}
	if d.Kind == Split {
		l.open(d.Story)
	}
	if !slices.IsSorted(d.Articles) || len(d.Articles) == 0 {
		l.fail("%s: articles %v", d.Kind, d.Articles)
	}
	for _, seq := range d.Articles {
		l.take(seq, d.From, d.Story)
	}
	switch left := len(l.members[d.From]); {
	case d.Kind == Merge:
		if left != 0 {
			l.fail("merge leaves %d members", left)
		}
		l.alias[d.From] = d.Story
	case left == 0:
		l.fail("split leaves no member")
	case first(d.From) > first(d.Story):
		l.fail("split gives the first article away")
	}
}

// restorable returns the open stories, in no order.
func (l *ledger) restorable() iter.Seq2[Restored, error] {
	return func(yield func(Restored, error) bool) {
		for id, members := range l.members {
			if len(members) == 0 || l.closed[id] {
				continue
			}
			r := Restored{Story: &Story{ID: id}}
			if l.shown[id] {
				r.Story.Shown = time.Unix(1, 0)
			}
			for _, seq := range slices.Sorted(maps.Keys(members)) {
				r.Articles = append(r.Articles, l.articles[seq])
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// audit recomputes everything that g derives, and compares.
func audit(g *Grouper, l *ledger) error {
	if l.err != nil {
		return l.err
	}
	stories, in := int64(0), map[string]int64{}
	df, refs, posts := map[int32]int64{}, map[int32]int32{}, 0
	open := 0
	for slot, s := range g.groups {
		if s == nil {
			continue
		}
		open++
		if len(s.members) == 0 || int(s.slot) != slot || g.byID[s.id] != s {
			return fmt.Errorf("story %s in slot %d is not whole", s.id, slot)
		}
		if len(s.members) != len(l.members[s.id]) {
			return fmt.Errorf("story %s has %d members, decisions say %d", s.id, len(s.members), len(l.members[s.id]))
		}
		want, short, plain2 := map[int32]entry{}, int64(0), int64(0)
		for i, m := range s.members {
			if m.column != s.titles[i] || len(s.titles) != len(s.members) || m.columnBit()&^s.columnBits != 0 {
				return fmt.Errorf("article %d is not in the column that its story knows", m.seq)
			}
			if m.group != s || g.items[m.seq] != m || l.story[m.seq] != s.id {
				return fmt.Errorf("article %d is not at home in %s", m.seq, s.id)
			}
			if m.lang != "" && s.lang != "" && m.lang != s.lang && len(g.edited) == 0 && len(g.bind.list) == 0 {
				return fmt.Errorf("article %d in %q is in a story in %q", m.seq, m.lang, s.lang)
			}
			short += int64(m.short)
			p := g.featuresOf(m)
			for i := range p.words {
				f := p.at(i)
				e := want[f.term]
				e.v, e.h, e.df = e.v+uint32(f.v), e.h+uint32(f.h), e.df+1
				want[f.term] = e
				refs[f.term]++
			}
		}
		if len(want) != int(s.sums.n) || short != s.short {
			return fmt.Errorf("story %s: %d entries, want %d; short %d, want %d", s.id, s.sums.n, len(want), s.short, short)
		}
		c := g.sumsOf(s)
		for i := range c.terms {
			e := c.at(i)
			w := want[e.term]
			post := g.lex.postings(e.term)[e.place]
			if e.v != w.v || e.h != w.h || e.df != w.df || post != makePosting(s.slot, e.v, i) {
				return fmt.Errorf("story %s: entry %+v with posting %+v, want %+v", s.id, e, post, w)
			}
			plain2 += int64(e.v) * int64(e.v)
			df[e.term] += root(int32(e.df))
			posts++
		}
		if plain2 != s.plain2 {
			return fmt.Errorf("story %s: plain2 = %d, want %d", s.id, s.plain2, plain2)
		}
		stories += root(int32(len(s.members)))
		in[s.lang] += root(int32(len(s.members)))
	}
	if g.stories != stories || open != len(g.byID) {
		return fmt.Errorf("%d stories weigh %d, want %d stories that weigh %d", len(g.byID), g.stories, open, stories)
	}
	for lang, n := range g.storiesIn {
		if in[lang] != n {
			return fmt.Errorf("stories in %q weigh %d, want %d", lang, n, in[lang])
		}
	}
	for id, w := range g.lex.words {
		if g.lex.names[id].refs > 0 {
			df[int32(id)] += unseen(g.lex.text(int32(id)))
		}
		if w.df != df[int32(id)] || g.lex.names[id].refs != refs[int32(id)] {
			return fmt.Errorf("stem %q: df %d refs %d, want %d and %d", g.lex.text(int32(id)), w.df, g.lex.names[id].refs, df[int32(id)], refs[int32(id)])
		}
		posts -= int(w.posts.n)
	}
	if posts != 0 {
		return fmt.Errorf("%d postings too few", posts)
	}
	for _, x := range g.bits {
		if x != 0 {
			return fmt.Errorf("a mark was left")
		}
	}
	for slot, x := range g.mass {
		if x != 0 {
			return fmt.Errorf("a sum was left in slot %d", slot)
		}
	}
	return nil
}
