package story

import (
	"math"
	"time"

	"storyfold/story/text"
)

// Options says how a Grouper groups.
type Options struct {
	// Window is how far the nearest article of a story may be from a new one, before
	// or after, and how long a story waits for further ones. 0 means 4 days.
	Window time.Duration

	// Strictness moves the thresholds: from -1, larger stories, to 1, smaller
	// ones. Values outside are taken as the nearest.
	Strictness float64

	// Used reports whether a story ever had this id, beside those in memory.
	// Nil means that none had.
	Used func(ID) bool

	// Constraints are the reader's corrections in force, consistent with each other.
	Constraints []Constraint
}

// MaxMembers is how many articles a story has at most, unless the reader ties more. What else
// would join opens a story beside it.
const MaxMembers = 1000

// DefaultWindow is the Window of zero Options.
const DefaultWindow = 4 * 24 * time.Hour

// Grouper places articles into stories. It keeps the open stories in memory;
// those that no article can join any more leave it. It is not safe for
// concurrent use.
type Grouper struct {
	window int64 // seconds
	strict float64
	holds  bool // it closes no story: see Regroup
	used   func(ID) bool

	lex       lexicon
	keys      slab[byte]   // of the articles
	records   slab[uint32] // of the articles
	sums      slab[uint32] // of the stories
	counter   counter
	groups    []*group // by slot; nil: free
	freeSlots []int32
	byID      map[ID]*group
	items     map[uint64]*item  // open articles, by seq
	langs     map[string]string // the languages that articles came in

	stories   int64            // sum of root(members) over groups
	storiesIn map[string]int64 // the same by language
	changes   uint64           // counts everything that may change a weight

	// What follows, and tested, shown and siblings of the stories, is in State.
	seq     uint64           // of the last article
	now     int64            // largest FirstSeen
	since   int              // articles since the last pass
	strayed map[uint64]*item // open articles whose ids do not follow from the id of their story
	edited  map[uint64]*item // edited since the last pass
	fresh   []*group         // stories not shown yet, in no order that matters
	changed []*group         // stories changed since the last pass began, likewise; some are freed

	bind   binder // the reader's corrections
	expiry expiries
	recent []*item // of the last param.recent articles those that were open then, by seq

	out   []Decision
	stats Stats

	// Scratch space.
	at       []int32
	bits     []uint64
	mass     []int64   // by slot: what candidates gathers about the story; else 0
	lengths  []float64 // by slot: the root of the story's plain2
	where    []where   // by slot: where the story's sums are
	touched  []int32
	lasts    []posting
	order    []uint64
	tops     []uint64
	edge     []uint64
	hit      []uint32
	rough    []float64
	guesses  []guess
	found    []*group
	matches  []match
	query    query
	shares   []share
	bearings []bearing // of a story that is spread
	rows     []residual
	starts   []int // of the members in rows
	sim      []float64
	dense    []float64
	dates    []text.Date
	dated    []dated
	camps    []bool
	to       [][2]float64
	have     [][2]int
	letters  []byte
	near     []nearby // of a pass
}

// Stats counts what a Grouper holds and what it has done.
type Stats struct {
	Articles, Stories, Stems int    // open
	Postings                 uint64 // read
	Touched                  uint64 // stories met in postings
	Scored                   uint64 // stories scored against an article
	Walked                   uint64 // stems walked while scoring
	Judged, Spared           uint64 // articles judged in passes, and passed over since nothing near them changed
	Passes, Tests            uint64 // passes made, stories tested for a split
}

// NewGrouper returns a Grouper without articles.
func NewGrouper(o Options) *Grouper {
	if o.Window <= 0 {
		o.Window = DefaultWindow
	}
	return &Grouper{
		window:    int64(o.Window / time.Second),
		strict:    strictStep * min(1, max(-1, o.Strictness)),
		used:      o.Used,
		lex:       newLexicon(),
		byID:      make(map[ID]*group),
		items:     make(map[uint64]*item),
		langs:     make(map[string]string),
		storiesIn: make(map[string]int64),
		now:       math.MinInt64 / 2, // before any time, and far from overflow
		strayed:   make(map[uint64]*item),
		edited:    make(map[uint64]*item),
		bind:      newBinder(o.Constraints),
	}
}

// strictStep is what one unit of Strictness adds to the thresholds.
const strictStep = 0.08

// Stats returns the counts of now.
func (g *Grouper) Stats() Stats {
	s := g.stats
	s.Articles, s.Stories, s.Stems = len(g.items), len(g.byID), g.lex.used
	return s
}

// Add places a new article, whose Seq and FirstSeen are set and whose Seq is
// larger than all before, and returns the decisions in the order in which they
// apply. Among them are those of a pass, every 50 articles, and the closing of
// stories whose window is over. The terms of the first one, Open or Join, are words of a,
// those of others are stems. Add keeps nothing of a but its key and numbers.
func (g *Grouper) Add(a *Article) []Decision {
	if a.Seq <= g.seq {
		panic("story: Grouper.Add: article out of commit order")
	}
	it := g.newItem(a, g.read(a))
	g.seq, g.now = a.Seq, max(g.now, it.seen)
	g.out = nil
	g.closeOld()
	g.recent = append(g.recent, it)
	at := len(g.out)
	g.place(it)
	g.reword(&g.out[at].Reason, a)
	g.since++
	if g.since >= param.every {
		g.pass()
	}
	return g.out
}

// Edit renews an article that is known by its Seq. It keeps its story for now
// and is judged again in the next pass. The result is nil for an article that is
// unknown or whose story is closed.
func (g *Grouper) Edit(a *Article) []Decision {
	it := g.items[a.Seq]
	if it == nil {
		return nil
	}
	g.out = nil
	s := it.group
	g.leave(s, it)
	old := *it
	it.time, it.seen = a.Time().Unix(), a.FirstSeen.Unix()
	g.digest(it, g.read(a))
	g.forget(&old)
	g.enter(s, it)
	g.edited[it.seq] = it
	return g.out
}

// Pass looks at the recent articles and stories again: it moves, merges, and
// lets new stories be shown. Add calls it every 50 articles; the caller does when
// no more articles wait. It returns nil if there is nothing to do.
func (g *Grouper) Pass() []Decision {
	g.out = nil
	if g.since > 0 || len(g.edited) > 0 || len(g.fresh) > 0 {
		g.pass()
	}
	return g.out
}

// newItem makes an item of an article that has been read.
func (g *Grouper) newItem(a *Article, r *reading) *item {
	it := &item{seq: a.Seq, time: a.Time().Unix(), seen: a.FirstSeen.Unix()}
	it.key.n = uint32(len(a.Source) + 1 + len(a.Identity))
	it.key.at, it.key.room = g.keys.take(it.key.n)
	key := g.keys.values(it.key)
	key[copy(key, a.Source)] = 0 // as MakeKey does
	copy(key[len(a.Source)+1:], a.Identity)
	g.digest(it, r)
	g.items[it.seq] = it
	g.bind.bind(it, key)
	return it
}

// place puts an article into the best story, or into one of its own.
func (g *Grouper) place(it *item) {
	if g.placeBound(it) {
		return
	}
	q := g.ask(it)
	limit := g.threshold(q.r)
	var ms []match
	if it.telling {
		ms = g.rank(q, g.candidates(q), limit)
	}
	for _, m := range ms {
		if m.s > limit-param.nearMiss {
			g.touch(m.group)
		}
	}
	why := Reason{Rule: "first"}
	if len(ms) > 0 {
		why.Rule, why.Score, why.Threshold = "no match", ms[0].s, limit
	}
	if len(ms) == 0 || ms[0].s < limit {
		if len(ms) > 0 {
			why.Near, why.NearScore, why.Terms = ms[0].group.id, ms[0].s, g.shared(q, ms[0].group)
		}
		g.gather(it)
		g.open(it, Decision{Kind: Open, Article: it.seq, Reason: why})
		return
	}
	s := ms[0].group
	why.Rule, why.Terms = "join", g.shared(q, s)
	if len(ms) > 1 {
		why.Near, why.NearScore = ms[1].group.id, ms[1].s
	}
	g.gather(it)
	g.enter(s, it)
	g.out = append(g.out, Decision{Kind: Join, Article: it.seq, Story: s.id, Reason: why})
	g.test(s)
}

// open makes a story of it, with the id that follows from its key, and records d.
func (g *Grouper) open(it *item, d Decision) *group {
	s := g.newGroup(g.newID(it))
	g.enter(s, it)
	g.fresh = append(g.fresh, s)
	d.Story = s.id
	g.out = append(g.out, d)
	return s
}

// newID returns the id of a new story whose first article is it.
func (g *Grouper) newID(it *item) ID {
	for n := int(it.ids); ; n++ {
		id := ID(hashID(string(g.keys.values(it.key)), n))
		if g.byID[id] == nil && (g.used == nil || !g.used(id)) {
			it.ids, it.home = uint8(min(n+1, 255)), home{}
			if n == 0 {
				copy(it.home[:], id)
			}
			return id
		}
	}
}

// closeOld lets go of the stories whose window is over, oldest first.
func (g *Grouper) closeOld() {
	if g.holds {
		return
	}
	for _, s := range g.expiry.pop(g.now - g.window) {
		if !s.shown {
			g.show(s)
		}
		g.out = append(g.out, Decision{Kind: Close, Story: s.id, Reason: Reason{Rule: "window"}})
		g.drop(s)
	}
}

// show records that a story may be published.
func (g *Grouper) show(s *group) {
	s.shown = true
	g.out = append(g.out, Decision{Kind: Show, Story: s.id, Reason: Reason{Rule: "pass"}})
}
