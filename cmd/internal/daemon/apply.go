package daemon

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"storyfold/store"
	"storyfold/story"
	"storyfold/story/brief"
)

// changes gathers what the decisions of a batch, or of all of a burst, make of the
// stories: each touched story is loaded once, changed in place, and stored whole.
type changes struct {
	now     time.Time                 // of the batch at hand
	db      *store.DB                 // the stories as they are stored
	arrived map[uint64]*story.Article // articles new or edited in the batch at hand

	loaded      map[uint64]*story.Article // articles of the story at hand that were read from the store
	loadedBytes int                       // of their texts

	stories map[story.ID]*draft
	order   []story.ID          // keys of stories, in the order they were first touched
	where   map[uint64]story.ID // articles that changed their story
	aliases []story.Alias
	quiet   bool              // the articles were regrouped: no material change
	gone    map[story.ID]bool // From of aliases
}

// draft is a story that is being changed.
type draft struct {
	story.Story
	before *brief.Past     // as stored; nil if the story is new
	origin *story.Story    // that it was split from in this batch; nil: none
	shown  bool            // it is shown first with what is told now
	texts  bool            // its members changed: the brief must be made anew
	fresh  map[uint64]bool // members that are not as they are stored
}

func newChanges(now time.Time, db *store.DB) *changes {
	return &changes{
		now: now, db: db, arrived: map[uint64]*story.Article{}, loaded: map[uint64]*story.Article{},
		stories: map[story.ID]*draft{}, where: map[uint64]story.ID{}, gone: map[story.ID]bool{},
	}
}

// used tells whether a decision gave or took the id.
func (c *changes) used(id story.ID) bool { return c.stories[id] != nil || c.gone[id] }

// members returns how many members the stories have.
func (c *changes) members() (n int) {
	for _, d := range c.stories {
		n += len(d.Members)
	}
	return n
}

// load returns an article, whole, and remembers it until it forgets.
func (c *changes) load(seq uint64) (*story.Article, error) {
	if a := cmp.Or(c.arrived[seq], c.loaded[seq]); a != nil {
		return a, nil
	}
	a, err := c.db.Readable(seq)
	if err == nil && c.loadedBytes+len(a.Text) < maxLoaded {
		c.loaded[seq] = a
		c.loadedBytes += len(a.Text)
	}
	return a, err
}

// maxLoaded is about how many bytes of texts are remembered of one story.
const maxLoaded = 4 << 20

// forget drops what load remembers.
func (c *changes) forget() {
	clear(c.loaded)
	c.loadedBytes = 0
}

// reapply makes a stored decision come true, of which the stories do not know.
func (c *changes) reapply(d store.Decided) error {
	c.now = d.Time
	return c.apply(d.Decision)
}

// draft returns the story with this id, loading it when it is first touched, but
// for what its revisions said.
func (c *changes) draft(id story.ID) (*draft, error) {
	if d := c.stories[id]; d != nil {
		return d, nil
	}
	s, err := c.db.Untold(id)
	if err != nil {
		return nil, err
	}
	if s.ID != id {
		return nil, fmt.Errorf("story %s: a decision names an alias of %s", id, s.ID)
	}
	d := &draft{Story: s, before: brief.PastOf(&s)}
	c.put(d)
	return d, nil
}

func (c *changes) put(d *draft) {
	d.fresh = map[uint64]bool{}
	c.stories[d.ID] = d
	c.order = append(c.order, d.ID)
}

// apply makes one decision come true.
func (c *changes) apply(d story.Decision) error {
	switch d.Kind {
	case story.Open:
		c.put(&draft{Story: story.Story{ID: d.Story}})
		return c.place(d.Article, d.Story, d.Reason)
	case story.Join:
		return c.place(d.Article, d.Story, d.Reason)
	case story.Move:
		return c.move(d)
	case story.Merge:
		return c.merge(d)
	case story.Split:
		return c.split(d)
	case story.Show, story.Close:
		s, err := c.draft(d.Story)
		if err != nil {
			return err
		}
		if d.Kind == story.Show {
			s.Shown, s.shown = c.now, true
			if c.quiet && s.origin != nil {
				s.Shown, s.shown = s.origin.Shown, false
			}
		} else {
			s.Closed = true
		}
		return nil
	}
	return fmt.Errorf("unknown decision %d", d.Kind)
}

// place puts a new article into a story, without its header: a burst may have tens of
// thousands.
func (c *changes) place(seq uint64, id story.ID, why story.Reason) error {
	s, err := c.draft(id)
	if err != nil {
		return err
	}
	c.insert(s, story.Member{Seq: seq, Why: why})
	return nil
}

// header fills in what a member shows of its article, if that was put off.
func (c *changes) header(m *story.Member) error {
	if m.ID != "" {
		return nil
	}
	a, err := c.load(m.Seq)
	if err != nil {
		return err
	}
	why := m.Why
	*m = story.MemberOf(a)
	m.Why = why
	return nil
}

// headers fills in what the members of d show.
func (c *changes) headers(d *draft) error {
	for i := range d.Members {
		if err := c.header(&d.Members[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *changes) insert(s *draft, m story.Member) {
	i, _ := slices.BinarySearchFunc(s.Members, m.Seq, func(m story.Member, seq uint64) int {
		return int(int64(m.Seq) - int64(seq))
	})
	s.Members = slices.Insert(s.Members, i, m)
	s.texts, s.fresh[m.Seq] = true, true
	c.where[m.Seq] = s.ID
}

// take removes an article from a story and returns it.
func (c *changes) take(s *draft, seq uint64) (story.Member, error) {
	i := slices.IndexFunc(s.Members, func(m story.Member) bool { return m.Seq == seq })
	if i < 0 {
		return story.Member{}, fmt.Errorf("article %d is not in story %s", seq, s.ID)
	}
	m := s.Members[i]
	m.Family = 0
	s.Members = slices.Delete(s.Members, i, i+1)
	s.texts = true
	return m, nil
}

func (c *changes) move(d story.Decision) error {
	from, err := c.draft(d.From)
	if err != nil {
		return err
	}
	to := c.stories[d.Story]
	if to == nil {
		if to, err = c.target(d.Story); err != nil {
			return err
		}
	}
	m, err := c.take(from, d.Article)
	if err == nil {
		err = c.header(&m)
	}
	if err != nil {
		return err
	}
	m.Why = d.Reason
	c.insert(to, m)
	c.note(from, d.Kind, fmt.Sprintf("“%s” went to another story%s", m.Title, numbers(d.Reason)))
	c.note(to, d.Kind, fmt.Sprintf("“%s” came from another story%s", m.Title, numbers(d.Reason)))
	if len(from.Members) == 0 {
		return c.alias(from, to)
	}
	return nil
}

// target returns the story that a decision moves to: a stored one, or a new one.
func (c *changes) target(id story.ID) (*draft, error) {
	d, err := c.draft(id)
	if err == nil {
		return d, nil
	}
	if !isNotFound(err) {
		return nil, err
	}
	d = &draft{Story: story.Story{ID: id}}
	c.put(d)
	return d, nil
}

func (c *changes) merge(d story.Decision) error {
	from, err := c.draft(d.From)
	if err != nil {
		return err
	}
	to, err := c.draft(d.Story)
	if err != nil {
		return err
	}
	headline := from.Brief.Headline
	for _, m := range slices.Clone(from.Members) {
		if m, err = c.take(from, m.Seq); err != nil {
			return err
		}
		c.insert(to, m)
	}
	for _, e := range from.History {
		c.note(to, e.Kind, e.Text)
	}
	c.note(to, d.Kind, fmt.Sprintf("merged with %s%s%s", d.From, quoted(headline), numbers(d.Reason)))
	return c.alias(from, to)
}

func (c *changes) split(d story.Decision) error {
	from, err := c.draft(d.From)
	if err != nil {
		return err
	}
	to, err := c.target(d.Story)
	if err != nil {
		return err
	}
	if to.before == nil {
		to.origin = &from.Story
	}
	for _, seq := range d.Articles {
		m, err := c.take(from, seq)
		if err != nil {
			return err
		}
		m.Why = d.Reason
		c.insert(to, m)
	}
	own := "articles went to a story of their own"
	if len(d.Articles) == 1 {
		own = "article went to a story of its own"
	}
	c.note(from, d.Kind, fmt.Sprintf("%d %s, %s%s", len(d.Articles), own, d.Story, numbers(d.Reason)))
	c.note(to, d.Kind, fmt.Sprintf("split from %s%s%s", d.From, quoted(from.Brief.Headline), numbers(d.Reason)))
	return nil
}

// alias makes from, which has no articles left, another name of to. What
// readers saw of from is what was stored of it.
func (c *changes) alias(from, to *draft) error {
	was := story.Story{ID: from.ID}
	if from.before != nil {
		var err error
		if was, err = c.db.Story(from.ID); err != nil {
			return err
		}
	}
	was.Formers = from.Formers
	to.Absorb(&was, c.now)
	if to.Shown.IsZero() && !from.Shown.IsZero() {
		to.Shown, to.shown = c.now, true // what readers have goes on
		if c.quiet {
			to.Shown, to.shown = from.Shown, false
		}
	}
	delete(c.stories, from.ID)
	c.order = slices.DeleteFunc(c.order, func(id story.ID) bool { return id == from.ID })
	c.gone[from.ID] = true
	c.aliases = append(c.aliases, story.Alias{From: from.ID, To: to.ID})
	return nil
}

func (c *changes) note(d *draft, kind story.Kind, text string) {
	d.History = append(d.History, story.Event{Time: c.now, Kind: kind, Text: text})
	if over := len(d.History) - story.MaxHistory; over > 0 {
		d.History = slices.Delete(d.History, 0, over)
	}
}

// edit renews the header of an article that was edited or listed again.
func (c *changes) edit(a *story.Article) error {
	id, ok := c.where[a.Seq]
	if !ok {
		var err error
		if id, err = c.db.StoryOf(a.Seq); err != nil {
			return err
		}
	}
	s, err := c.draft(id)
	if err != nil {
		return err
	}
	old := s.Member(a.Seq)
	if old == nil {
		return fmt.Errorf("article %d is not in story %s", a.Seq, id)
	}
	m := story.MemberOf(a)
	m.Family, m.Why = old.Family, old.Why
	*old = m
	s.texts, s.fresh[a.Seq] = true, true
	return nil
}

// mark is what package brief sets of a member.
type mark struct {
	family int
	print  []byte
}

// marks returns what is set of the members, in their order.
func (d *draft) marks() []mark {
	marks := make([]mark, len(d.Members))
	for i := range d.Members {
		marks[i] = mark{d.Members[i].Family, d.Members[i].Print}
	}
	return marks
}

// remarked notes which members have other marks than before.
func (d *draft) remarked(before []mark) {
	for i := range d.Members {
		if m := &d.Members[i]; m.Family != before[i].family || !bytes.Equal(m.Print, before[i].print) {
			d.fresh[m.Seq] = true
		}
	}
}

// store adds the changed stories to a commit.
func (c *changes) store(commit *story.Commit) {
	commit.Aliases, commit.Fresh = c.aliases, map[story.ID][]uint64{}
	for _, id := range c.order {
		d := c.stories[id]
		commit.Stories = append(commit.Stories, d.Story)
		if d.before != nil {
			commit.Fresh[id] = slices.Sorted(maps.Keys(d.fresh))
		}
	}
}

func quoted(headline string) string {
	if headline == "" {
		return ""
	}
	return " (“" + headline + "”)"
}

// numbers states what a decision measured, to stand behind a sentence.
func numbers(r story.Reason) string {
	if r.Rule == story.RuleCorrected {
		return ", as the reader said"
	}
	if r.Rule == story.RuleRegrouped {
		return ", since [group] of the config changed"
	}
	if r.Score == 0 && r.Threshold == 0 {
		return ""
	}
	return fmt.Sprintf(": %s %.2f, threshold %.2f", r.Rule, r.Score, r.Threshold)
}
