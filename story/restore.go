package story

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
)

// stateVersion is the first byte of State.
const stateVersion = 2

// Restored is an open story with its members, in commit order. Of the articles Restore reads what
// [Grouper.Add] reads, and keeps as little.
type Restored struct {
	Story    *Story
	Articles []*Article
}

// State returns what a Grouper knows beside its open stories and their
// articles: where it is in the stream and between two passes, which stories were
// not shown yet, how large they were when last tested, and which must not merge.
// It is a few bytes for a story, and the same bytes for the same history.
//
//	version byte; then varints:
//	last Seq, latest FirstSeen (zigzag), articles since the pass
//	strays:   n, then (Seq difference, ids made from its key), by Seq
//	edited:   n, then Seq difference, by Seq
//	stories:  n, then (difference of first Seq, 2·tested + shown), by first Seq;
//	          those with the usual 0 and shown are left out
//	siblings: n, then first Seq of both, by them
//	changed:  n, then difference of first Seq, by it (not in version 1)
func (g *Grouper) State() []byte {
	b := []byte{stateVersion}
	b = binary.AppendUvarint(b, g.seq)
	b = binary.AppendVarint(b, g.now)
	b = binary.AppendUvarint(b, uint64(g.since))

	strayed := slices.Sorted(maps.Keys(g.strayed))
	b = appendRising(b, strayed, func(i int) uint64 { return uint64(g.strayed[strayed[i]].ids) })
	b = appendRising(b, slices.Sorted(maps.Keys(g.edited)), nil)

	told, changed, apart := g.marked()
	b = appendRising(b, firsts(told), func(i int) uint64 {
		x := 2 * uint64(told[i].tested)
		if told[i].shown {
			x++
		}
		return x
	})
	b = binary.AppendUvarint(b, uint64(len(apart)))
	for _, x := range apart {
		b = binary.AppendUvarint(b, x[0])
		b = binary.AppendUvarint(b, x[1])
	}
	return appendRising(b, firsts(changed), nil)
}

// appendRising appends how many numbers there are, and of each, in rising order, how
// far it is from the one before, with what beside gives for it; nil: nothing.
func appendRising(b []byte, numbers []uint64, beside func(i int) uint64) []byte {
	b = binary.AppendUvarint(b, uint64(len(numbers)))
	last := uint64(0)
	for i, n := range numbers {
		b = binary.AppendUvarint(b, n-last)
		if beside != nil {
			b = binary.AppendUvarint(b, beside(i))
		}
		last = n
	}
	return b
}

// marked returns the stories that were tested or are not shown, those that changed, and
// the first articles of those that must not merge, all in order.
func (g *Grouper) marked() (told, changed []*group, apart [][2]uint64) {
	for _, s := range g.groups {
		if s == nil {
			continue
		}
		if s.changed {
			changed = append(changed, s)
		}
		if s.tested > 0 || !s.shown {
			told = append(told, s)
		}
		for _, other := range s.siblings {
			if s.first() < other.first() {
				apart = append(apart, [2]uint64{s.first(), other.first()})
			}
		}
	}
	byFirst := func(a, b *group) int { return cmp.Compare(a.first(), b.first()) }
	slices.SortFunc(told, byFirst)
	slices.SortFunc(changed, byFirst)
	slices.SortFunc(apart, func(a, b [2]uint64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return told, changed, apart
}

// firsts returns the numbers of the stories' first articles.
func firsts(stories []*group) []uint64 {
	out := make([]uint64, len(stories))
	for i, s := range stories {
		out[i] = s.first()
	}
	return out
}

// Restore returns the Grouper that had this state and these open stories, in
// any order. It takes no decision: what it decides from then on is what the
// Grouper that never stopped would have decided. Closed stories are passed over.
// An empty state means one that was lost: the place in the stream is then taken from the
// articles. It is an error if the state cannot be read, or if open
// yields one.
func Restore(o Options, state []byte, open iter.Seq2[Restored, error]) (*Grouper, error) {
	g := NewGrouper(o)
	g.lex.waits = true
	if err := g.restoreStories(open); err != nil {
		return nil, err
	}
	g.lex.settle()
	if len(state) > 0 {
		if err := g.setState(state); err != nil {
			return nil, fmt.Errorf("restore the grouping's state: %w", err)
		}
	}
	for _, it := range g.items {
		if it.seq+uint64(param.recent) > g.seq {
			g.recent = append(g.recent, it)
		}
	}
	slices.SortFunc(g.recent, func(a, b *item) int { return cmp.Compare(a.seq, b.seq) })
	for _, s := range g.groups {
		if !s.shown {
			g.fresh = append(g.fresh, s)
		}
	}
	return g, nil
}

// restoreStories makes the open stories again. Their articles are read in a goroutine beside it,
// at most readAhead before they are counted.
func (g *Grouper) restoreStories(open iter.Seq2[Restored, error]) error {
	const readAhead = 32
	steps, stop := make(chan step, readAhead), make(chan bool)
	free := make(chan *reading, readAhead+2)
	for range cap(free) {
		free <- new(reading)
	}
	go func() {
		defer close(steps)
		readOpen(open, free, func(x step) bool {
			select {
			case <-stop:
				return false
			default: // readings that wait are not freed any more once it stops
			}
			select {
			case steps <- x:
				return true
			case <-stop:
				return false
			}
		})
	}()
	defer func() { // open is left before Restore returns
		close(stop)
		for range steps {
		}
	}()
	var s *group
	for x := range steps {
		if x.err != nil {
			return fmt.Errorf("restore stories: %w", x.err)
		}
		if x.story != nil {
			if g.byID[x.story.ID] != nil {
				return fmt.Errorf("restore stories: story %s comes twice", x.story.ID)
			}
			s = g.newGroup(x.story.ID)
			s.shown = !x.story.Shown.IsZero()
		}
		if err := g.restoreArticle(s, x.article, x.reading); err != nil {
			return err
		}
		free <- x.reading
	}
	return nil
}

// step is an article of an open story, or an error.
type step struct {
	story   *Story // for its first article
	article *Article
	reading *reading
	err     error
}

// readOpen reads the articles of the stories that are not closed, until yield is false.
func readOpen(open iter.Seq2[Restored, error], free <-chan *reading, yield func(step) bool) {
	for r, err := range open {
		if err != nil {
			yield(step{err: err})
			return
		}
		if r.Story.Closed {
			continue
		}
		first := r.Story
		for _, a := range r.Articles {
			x := step{story: first, article: a, reading: <-free}
			x.reading.take(a)
			if first = nil; !yield(x) {
				return
			}
		}
	}
}

// restoreArticle makes an article of an open story again.
func (g *Grouper) restoreArticle(s *group, a *Article, r *reading) error {
	if a.Seq == 0 || g.items[a.Seq] != nil {
		return fmt.Errorf("restore stories: article %d comes twice or without a place", a.Seq)
	}
	it := g.newItem(a, r)
	if string(s.id) == hashID(string(g.keys.values(it.key)), 0) {
		it.ids = 1
		copy(it.home[:], s.id)
	}
	g.enter(s, it)
	g.seq, g.now = max(g.seq, it.seq), max(g.now, it.seen)
	return nil
}

var errState = errors.New("not a state of this version, or damaged")

// stateReader takes varints off a state.
type stateReader struct {
	b   []byte
	err error
}

func (r *stateReader) uint() uint64 {
	x, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.b, r.err = nil, errState
		return 0
	}
	r.b = r.b[n:]
	return x
}

// count reads the length of a list.
func (r *stateReader) count() uint64 {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.b, r.err = nil, errState
		return 0
	}
	return n
}

// setState reads what State wrote. Articles and stories that are no longer
// there are passed over.
func (g *Grouper) setState(state []byte) error {
	if state[0] < 1 || state[0] > stateVersion {
		return errState
	}
	r := &stateReader{b: state[1:]}
	g.seq = max(g.seq, r.uint())
	now, n := binary.Varint(r.b)
	if n <= 0 {
		return errState
	}
	r.b = r.b[n:]
	g.now = max(g.now, now)
	g.since = int(min(r.uint(), uint64(param.every)))

	seq := uint64(0)
	for range r.count() {
		seq += r.uint()
		ids := r.uint()
		if it := g.items[seq]; it != nil {
			g.stray(it, uint8(min(ids, 255)))
		}
	}
	seq = 0
	for range r.count() {
		seq += r.uint()
		if it := g.items[seq]; it != nil {
			g.edited[seq] = it
		}
	}
	byFirst := g.setStories(r)
	if state[0] > 1 {
		g.setChanged(r, byFirst)
	}
	if r.err == nil && len(r.b) > 0 {
		r.err = errState
	}
	return r.err
}

// setStories reads the parts of a state that tell about stories, and returns them by
// their first articles.
func (g *Grouper) setStories(r *stateReader) map[uint64]*group {
	byFirst := make(map[uint64]*group, len(g.groups))
	for _, s := range g.groups {
		byFirst[s.first()] = s
		s.tested, s.shown = 0, true
	}
	seq := uint64(0)
	for range r.count() {
		seq += r.uint()
		x := r.uint()
		if s := byFirst[seq]; s != nil {
			s.tested, s.shown = int(x/2), x%2 == 1
		}
	}
	for range r.count() {
		a, b := byFirst[r.uint()], byFirst[r.uint()]
		if a != nil && b != nil {
			g.part(a, b)
		}
	}
	return byFirst
}

// setChanged reads which stories changed since the last pass; until then all did.
func (g *Grouper) setChanged(r *stateReader, byFirst map[uint64]*group) {
	for _, s := range g.changed {
		s.changed = false
	}
	g.changed = g.changed[:0]
	seq := uint64(0)
	for range r.count() {
		seq += r.uint()
		if s := byFirst[seq]; s != nil {
			g.touch(s)
		}
	}
}

// stray sets the number of ids that were made from an article's key, where that
// is not what its story's id tells.
func (g *Grouper) stray(it *item, ids uint8) {
	it.ids, it.home = ids, home{}
	if ids == 1 {
		copy(it.home[:], hashID(string(g.keys.values(it.key)), 0))
	}
	g.strayed[it.seq] = it
}
