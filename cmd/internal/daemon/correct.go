package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"storyfold/feedgen"
	"storyfold/store"
	"storyfold/story"
)

// A RefusedError says in words why a reader's correction was not made. Nothing
// has changed.
type RefusedError struct{ Text string }

func (e *RefusedError) Error() string { return e.Text }

// Refused tells the pages that nothing has changed.
func (e *RefusedError) Refused() bool { return true }

func refused(format string, args ...any) error { return &RefusedError{fmt.Sprintf(format, args...)} }

// Correction is a constraint with what its articles are called, and where they are.
type Correction struct {
	story.Constraint
	Of []Named // A, and B if there is one
}

// Named is an article as a correction or an explanation shows it.
type Named struct {
	ID     story.ArticleID
	Title  string // "" if the article is no longer stored
	Outlet string
	Story  story.ID // "" if the article is no longer stored
}

// String returns the article's title and outlet, or its id.
func (n Named) String() string {
	if n.Title == "" && n.Outlet == "" {
		return "an article that is no longer stored (" + string(n.ID) + ")"
	}
	return fmt.Sprintf("“%s” (%s)", shorten(n.Title, 70), n.Outlet)
}

// String returns the correction in words.
func (c Correction) String() string {
	switch {
	case c.Kind == story.Out && len(c.Of) > 0:
		return fmt.Sprintf("%s stays alone", c.Of[0])
	case c.Kind == story.Same && len(c.Of) > 1:
		return fmt.Sprintf("%s and %s are one story", c.Of[0], c.Of[1])
	case len(c.Of) > 1:
		return fmt.Sprintf("%s and %s are not one story", c.Of[0], c.Of[1])
	}
	return c.Constraint.String()
}

// Desk takes the reader's corrections and answers questions about the grouping.
// With a daemon running it is the daemon's, else one of a command that has the store to itself.
type Desk struct {
	db *store.DB
	p  *Pipeline

	// do runs fn where the Grouper may be used, and commits what it fills in. An
	// error of fn means that nothing changed.
	do func(ctx context.Context, fn func(*story.Commit) error) error
}

// OpenDesk returns the desk of an open store that no daemon runs on.
func OpenDesk(db *store.DB, c Config, log *slog.Logger) (*Desk, error) {
	p := NewPipeline(db, c, log)
	if err := p.Restore(); err != nil {
		return nil, err
	}
	return &Desk{db: db, p: p, do: func(_ context.Context, fn func(*story.Commit) error) error {
		err, _ := p.change(fn)
		return err
	}}, nil
}

// settle has the stories told that are owed.
func (d *Desk) settle(ctx context.Context) error { return settled(d.do(ctx, look)) }

// Correct makes a correction: a and b are addresses or ids of articles, b "" for
// story.Out. A *RefusedError says why it cannot be.
func (d *Desk) Correct(ctx context.Context, kind story.ConstraintKind, a, b string) (Correction, error) {
	if err := d.settle(ctx); err != nil {
		return Correction{}, err
	}
	c := story.Constraint{Kind: kind}
	for _, x := range []struct {
		ref string
		key *story.Key
	}{{a, &c.A}, {b, &c.B}} {
		if x.ref == "" && kind == story.Out && x.key == &c.B {
			continue
		}
		article, err := d.article(x.ref)
		if err != nil {
			return Correction{}, err
		}
		*x.key = article.Key()
	}
	if c.A == c.B {
		return Correction{}, refused("both are the same article")
	}
	err := d.do(ctx, func(commit *story.Commit) error {
		if c.Number = d.db.NextConstraint(); c.Number == 0 {
			return errors.New("the store does not tell the number of the next correction")
		}
		c.Made = commit.Time
		ds, err := d.p.grouper.Constrain(c)
		if err != nil {
			return d.refusal(err)
		}
		commit.Decisions, commit.Constraints = ds, []story.Constraint{c}
		return nil
	})
	if err != nil {
		return Correction{}, err
	}
	return d.correction(c), nil
}

// refusal puts a refusal of the Grouper into words.
func (d *Desk) refusal(err error) error {
	var contradiction *story.ContradictionError
	switch {
	case errors.As(err, &contradiction) && contradiction.Said:
		return refused("correction %d says so already", contradiction.Chain[0].Number)
	case errors.As(err, &contradiction):
		var chain []string
		for _, c := range contradiction.Chain {
			chain = append(chain, fmt.Sprintf("correction %d: %s", c.Number, d.correction(c)))
		}
		return refused("this contradicts %s", strings.Join(chain, "; "))
	case errors.Is(err, story.ErrClosed):
		return refused("one of the articles is in a closed story: its window is over, and nothing joins or leaves it any more")
	case errors.Is(err, story.ErrConstraint):
		return refused("%s", err)
	}
	return err
}

// Undo lifts a correction and returns what it was.
func (d *Desk) Undo(ctx context.Context, number uint64) (Correction, error) {
	list, err := d.Corrections(ctx)
	if err != nil {
		return Correction{}, err
	}
	for _, c := range list {
		if c.Number != number {
			continue
		}
		return c, d.do(ctx, func(commit *story.Commit) error {
			ds, err := d.p.grouper.Unconstrain(number)
			if err != nil {
				return err
			}
			commit.Decisions, commit.Lifted = ds, []uint64{number}
			return nil
		})
	}
	return Correction{}, refused("there is no correction %d", number)
}

// Corrections returns those in force, by number.
func (d *Desk) Corrections(context.Context) ([]Correction, error) {
	list, err := d.db.Constraints()
	out := make([]Correction, 0, len(list))
	for _, c := range list {
		out = append(out, d.correction(c))
	}
	return out, err
}

// correction adds to c what its articles are called.
func (d *Desk) correction(c story.Constraint) Correction {
	out := Correction{Constraint: c, Of: []Named{d.named(c.A)}}
	if c.Kind != story.Out {
		out.Of = append(out.Of, d.named(c.B))
	}
	return out
}

func (d *Desk) named(k story.Key) Named {
	n := Named{ID: k.ID()}
	if a, err := d.db.ArticleByID(n.ID); err == nil {
		n.Title, n.Outlet = a.Title, a.Outlet
		n.Story, _ = d.db.StoryOf(a.Seq)
	}
	return n
}

// article returns the stored article with this address or id.
func (d *Desk) article(ref string) (*story.Article, error) {
	if !strings.Contains(ref, "://") {
		a, err := d.db.ArticleByID(story.ArticleID(ref))
		if errors.Is(err, story.ErrNotFound) {
			return nil, refused("no article has the id %s", ref)
		}
		return a, err
	}
	link := IdentifyingLink(ref)
	found, err := d.db.ByLink([]string{link})
	if err != nil {
		return nil, err
	}
	seq, ok := found[link]
	if !ok || link == "" {
		return nil, refused("no article has the address %s", ref)
	}
	return d.db.Readable(seq)
}

// change runs fn beside the Grouper, then a pass, and commits both. An error of fn is
// returned as it is, and refused is true: the Grouper and the store are as they
// were, but that no story is owed any more. After another error the Grouper must be restored.
func (p *Pipeline) change(fn func(*story.Commit) error) (err error, refused bool) {
	if err := p.settle(); err != nil {
		return err, false
	}
	now := p.clock()
	c := p.changes(now)
	defer func() { p.batch = nil }()
	commit := &story.Commit{Time: now}
	if err := fn(commit); err != nil {
		return err, true
	}
	if !c.quiet {
		commit.Decisions = append(commit.Decisions, p.grouper.Pass()...)
	}
	if err := p.apply(c, commit.Decisions, nil); err != nil {
		return err, false
	}
	if err := p.tell(c, commit); err != nil {
		return err, false
	}
	commit.Engine = p.grouper.State()
	if commit.Settings == nil {
		commit.Settings = p.unsaved
	}
	if err := p.db.Commit(commit); err != nil {
		return err, false
	}
	if commit.Settings != nil {
		p.unsaved = nil
	}
	p.stats.commits.Add(1)
	p.stats.decisions.Add(int64(len(commit.Decisions)))
	return nil, false
}

// task is a change that waits to be made.
type task struct {
	fn   func(*story.Commit) error
	done chan error
}

// Do makes a change between two batches of a running pipeline.
func (p *Pipeline) Do(ctx context.Context, fn func(*story.Commit) error) error {
	t := &task{fn: fn, done: make(chan error, 1)}
	select {
	case p.tasks <- t:
		return <-t.done
	case <-p.ended:
		return errors.New("the daemon is stopping")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Settle returns when no story is owed by what was committed before.
func (p *Pipeline) Settle(ctx context.Context) error { return settled(p.Do(ctx, look)) }

// look is a change that only looks.
func look(*story.Commit) error { return errLooked }

// settled is the error of a change that only looked.
func settled(err error) error {
	if errors.Is(err, errLooked) {
		return nil
	}
	return err
}

// perform makes a change and answers it.
func (p *Pipeline) perform(stop <-chan struct{}, t *task) {
	err, refused := p.change(t.fn)
	if err != nil && !refused {
		p.fail(err)
	}
	p.relax() // before anybody goes on
	t.done <- err
	if err != nil && !refused {
		p.recover(stop, err)
	}
}

// retain lets go of corrections that retention removed.
func (p *Pipeline) retain() {
	if len(p.grouper.Constraints()) == 0 {
		return
	}
	list, err := p.db.Constraints()
	if err != nil {
		p.log.Warn("corrections were not looked through", "error", err)
		return
	}
	kept := make(map[uint64]bool, len(list))
	for _, c := range list {
		kept[c.Number] = true
	}
	p.grouper.Retain(func(c story.Constraint) bool { return kept[c.Number] })
}

// shorten cuts s to n characters.
func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func (d *daemon) adminCorrections(w http.ResponseWriter, r *http.Request) {
	list, err := d.desk.Corrections(r.Context())
	answer(w, list, err)
}

func (d *daemon) adminCorrect(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	kind, err := strconv.ParseUint(q.Get("kind"), 10, 8)
	if err != nil {
		http.Error(w, "kind must be a number", http.StatusBadRequest)
		return
	}
	c, err := d.desk.Correct(r.Context(), story.ConstraintKind(kind), q.Get("a"), q.Get("b"))
	answer(w, c, err)
}

func (d *daemon) adminUndo(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.ParseUint(r.URL.Query().Get("n"), 10, 64)
	if err != nil {
		http.Error(w, "n must be a number", http.StatusBadRequest)
		return
	}
	c, err := d.desk.Undo(r.Context(), n)
	answer(w, c, err)
}

// Correct is Desk.Correct, through the daemon.
func (c *Client) Correct(ctx context.Context, kind story.ConstraintKind, a, b string) (Correction, error) {
	q := url.Values{"kind": {strconv.Itoa(int(kind))}, "a": {a}, "b": {b}}
	var out Correction
	return out, c.do(ctx, "POST", "/correct?"+q.Encode(), nil, &out)
}

// Undo is Desk.Undo, through the daemon.
func (c *Client) Undo(ctx context.Context, number uint64) (Correction, error) {
	var out Correction
	return out, c.do(ctx, "POST", "/undo?n="+strconv.FormatUint(number, 10), nil, &out)
}

// Corrections is Desk.Corrections, through the daemon.
func (c *Client) Corrections(ctx context.Context) ([]Correction, error) {
	var out []Correction
	return out, c.do(ctx, "GET", "/corrections", nil, &out)
}

// pageDesk is the desk as pages use it; it is a feedgen.Corrections.
type pageDesk struct{ *Desk }

func (d pageDesk) Correct(ctx context.Context, kind story.ConstraintKind, a, b string) error {
	if err := d.p.Ready(); err != nil {
		return refused("corrections have to wait: %s", err)
	}
	_, err := d.Desk.Correct(ctx, kind, a, b)
	return err
}

func (d pageDesk) Undo(ctx context.Context, number uint64) error {
	if err := d.p.Ready(); err != nil {
		return refused("corrections have to wait: %s", err)
	}
	_, err := d.Desk.Undo(ctx, number)
	return err
}

func (d pageDesk) List(ctx context.Context) ([]feedgen.Correction, error) {
	list, err := d.Corrections(ctx)
	out := make([]feedgen.Correction, 0, len(list))
	for _, c := range list {
		shown := feedgen.Correction{Number: c.Number, Text: c.String()}
		for _, n := range c.Of {
			shown.Articles = append(shown.Articles, n.ID)
		}
		out = append(out, shown)
	}
	return out, err
}
