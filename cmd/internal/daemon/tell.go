package daemon

import (
	"fmt"
	"time"

	"storyfold/story"
	"storyfold/story/brief"
)

// The batches of a burst commit what was fetched and decided, and owe the stories: they
// are told, each once, when the queue is empty or with one of these limits.
const (
	// maxInHand is how many members the stories may have that wait to be told.
	maxInHand = 32_000

	// owedAtMost is how long readers wait for them.
	owedAtMost = time.Minute

	// manyArticles is the number of articles in a batch from which more are expected: what waits
	// for its commit holds the fetcher back.
	manyArticles = 1000

	// burstLinger is how long the queue must be empty before a burst is over.
	burstLinger = 400 * time.Millisecond
)

// owes reports whether there are stories that batches changed and that wait to be told.
func (p *Pipeline) owes() bool { return !p.owedSince.IsZero() }

// due reports whether the stories must not wait any longer, with so many articles more.
func (p *Pipeline) due(articles int) bool {
	return p.owes() && (p.batch.members()+articles > maxInHand || time.Since(p.owedSince) > owedAtMost)
}

// commit groups what arrived and commits it with the states. over says that the burst is:
// then a pass runs and the stories are told, in the same transaction if they are all of
// this batch; else they are owed.
func (p *Pipeline) commit(arrived *arrivals, states []story.SourceState, now time.Time, over bool) error {
	c := p.changes(now)
	over = over || p.due(len(arrived.added))
	commit := &story.Commit{Time: now, Listings: arrived.listings, States: states}
	p.group(c, commit, arrived)
	if over {
		commit.Decisions = append(commit.Decisions, p.grouper.Pass()...)
		p.unpassed = false
	}
	if err := p.apply(c, commit.Decisions, arrived.edited); err != nil {
		return err
	}
	changed := len(commit.Articles) > 0 || len(commit.Decisions) > 0
	if changed {
		commit.Engine, commit.Settings = p.grouper.State(), p.unsaved
	}
	if !over || p.owes() {
		commit.Owing = changed
	} else if err := p.tell(c, commit); err != nil {
		return err
	}
	if err := p.db.Commit(commit); err != nil {
		return err
	}
	p.committed(commit, arrived)
	clear(c.arrived)
	switch {
	case commit.Owing && !p.owes():
		p.owedSince = time.Now()
	case !p.owes():
		p.batch = nil
	}
	if over {
		return p.settle()
	}
	return nil
}

// changes returns what becomes of the stories with the batch of this time, and with those
// before it that owe theirs.
func (p *Pipeline) changes(now time.Time) *changes {
	if !p.owes() {
		p.batch = newChanges(now, p.db)
	}
	p.batch.now = now
	return p.batch
}

// group has the Grouper decide about what arrived.
func (p *Pipeline) group(c *changes, commit *story.Commit, arrived *arrivals) {
	articles := len(arrived.edited) + len(arrived.added)
	commit.Articles = make([]story.Article, 0, articles)
	commit.Decisions = make([]story.Decision, 0, articles+articles/4)
	for _, a := range arrived.edited {
		commit.Articles = append(commit.Articles, *a)
		c.arrived[a.Seq] = a
		commit.Decisions = append(commit.Decisions, p.grouper.Edit(a)...)
		p.reader.Forget(a.Seq)
	}
	for _, a := range arrived.added {
		commit.Articles = append(commit.Articles, *a)
		c.arrived[a.Seq] = a
		commit.Decisions = append(commit.Decisions, p.grouper.Add(a)...)
		p.alive()
	}
}

// committed counts and logs a commit.
func (p *Pipeline) committed(commit *story.Commit, arrived *arrivals) {
	if commit.Settings != nil {
		p.unsaved = nil
	}
	if len(arrived.added)+len(arrived.edited) > 0 {
		p.log.Info("articles taken in", "new", len(arrived.added), "edited", len(arrived.edited))
	}
	if len(commit.Stories) > 0 {
		p.log.Info("stories told", "stories", len(commit.Stories))
	}
	p.stats.commits.Add(1)
	p.stats.added.Add(int64(len(arrived.added)))
	p.stats.edited.Add(int64(len(arrived.edited)))
	p.stats.decisions.Add(int64(len(commit.Decisions)))
}

// apply puts the decisions into the articles' words and applies them to the stories, with
// the edits. The texts of the articles that arrived are at hand; the others are stored.
func (p *Pipeline) apply(c *changes, decisions []story.Decision, edited []*story.Article) error {
	defer c.forget()
	if err := reword(decisions, c.load); err != nil {
		return err
	}
	for _, d := range decisions {
		if err := c.apply(d); err != nil {
			return err
		}
	}
	for _, a := range edited {
		if err := c.edit(a); err != nil {
			return err
		}
	}
	return nil
}

// reword names the terms of the decisions by words that the articles use, where the Grouper
// did not.
func reword(decisions []story.Decision, load func(seq uint64) (*story.Article, error)) error {
	for i := range decisions {
		d := &decisions[i]
		seq := d.Article
		if seq == 0 && len(d.Articles) > 0 {
			seq = d.Articles[0]
		}
		if seq == 0 || len(d.Reason.Terms) == 0 || d.Kind == story.Open || d.Kind == story.Join {
			continue
		}
		a, err := load(seq)
		if err != nil {
			return err
		}
		d.Reason.Words(a)
	}
	return nil
}

// finish ends a burst without a further batch: a pass runs and the stories are told.
func (p *Pipeline) finish() error {
	if !p.owes() && !p.unpassed {
		return nil
	}
	return p.commit(&arrivals{}, nil, p.clock(), true)
}

// settle tells the stories that are owed.
func (p *Pipeline) settle() error {
	if !p.owes() {
		return nil
	}
	commit := &story.Commit{Time: p.clock(), Paying: true}
	p.batch.now = commit.Time
	if err := p.tell(p.batch, commit); err != nil {
		return err
	}
	if err := p.db.Commit(commit); err != nil {
		return err
	}
	p.committed(commit, &arrivals{})
	p.batch, p.owedSince, p.burst = nil, time.Time{}, true
	return nil
}

// tell makes the briefs and revisions of the changed stories anew, and adds the stories
// to the commit.
func (p *Pipeline) tell(c *changes, commit *story.Commit) error {
	pref := preferences(p.settings())
	for _, id := range c.order {
		d := c.stories[id]
		if d.shown {
			d.Shown = c.now
		}
		if !d.texts {
			continue
		}
		if err := c.headers(d); err != nil {
			return fmt.Errorf("story %s: %w", id, err)
		}
		marks := d.marks()
		if err := p.reader.Make(&d.Story, c.load, pref); err != nil {
			return fmt.Errorf("story %s: %w", id, err)
		}
		c.forget()
		d.remarked(marks)
		d.revise(c)
		p.alive()
	}
	c.store(commit)
	return nil
}

// revise adds a revision if the story changed materially.
func (d *draft) revise(c *changes) {
	now := c.now
	reason, ok := brief.Material(d.before, &d.Story)
	if c.quiet { // a part of a story that was there has its date
		if ok = d.before == nil; ok && d.origin != nil {
			now, reason = d.origin.Updated(), "part of an earlier story"
		}
	}
	if !ok {
		return
	}
	r := story.Revision{
		Number: len(d.Revisions) + 1, Time: now, Reason: reason, Reports: d.Reports, Headline: d.Brief.Headline,
	}
	if !c.quiet { // else it is no news
		r.Told = brief.Tell(d.before, &d.Story)
	}
	for _, m := range d.Members {
		r.Articles = append(r.Articles, m.Seq)
	}
	d.Revisions = append(d.Revisions, r)
	d.ForgetTold()
}

// preferences returns what the config says of a source.
func preferences(c Config) func(string) brief.Pref {
	prefs := map[string]brief.Pref{}
	for _, s := range c.Sources {
		prefs[s.Name] = brief.Pref{Rank: s.Rank, Paywall: s.Paywall}
	}
	return func(source string) brief.Pref { return prefs[source] }
}

// catchUp tells the stories that an earlier run, or a batch whose successor failed, left
// owed: from the decisions as they are stored.
func (p *Pipeline) catchUp() error {
	p.batch, p.owedSince = nil, time.Time{}
	owed, err := p.db.Owed()
	if err != nil || owed.From == 0 {
		return err
	}
	p.log.Info("stories are told of what was stored before", "articles", len(owed.Articles))
	c := newChanges(time.Time{}, p.db)
	for d, err := range p.db.Decisions(owed.From) {
		if err == nil {
			err = c.reapply(d)
		}
		if err != nil {
			return err
		}
		p.alive()
	}
	for _, seq := range owed.Articles {
		if _, err := p.db.StoryOf(seq); isNotFound(err) {
			continue // it was new
		} else if err != nil {
			return err
		}
		a, err := p.db.Readable(seq)
		if err == nil {
			err = c.edit(a)
		}
		if err != nil {
			return err
		}
	}
	p.batch, p.owedSince, p.unpassed = c, time.Now(), true
	return p.settle()
}
