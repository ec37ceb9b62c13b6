package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"storyfold/store"
	"storyfold/story"
)

// groupSettings are what the config says of the grouping.
func groupSettings(o story.Options) story.Settings {
	s := story.Settings{Window: o.Window, Strictness: min(1, max(-1, o.Strictness))}
	if s.Window <= 0 {
		s.Window = story.DefaultWindow
	}
	return s
}

// takeSettings puts the settings that the stored stories follow into force,
// whatever the config says: only Regroup changes them. A store without any takes the
// config's, with the next commit.
func (p *Pipeline) takeSettings() error {
	s, ok, err := p.db.Settings()
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !ok {
		s = groupSettings(p.config.Group)
		p.unsaved = &s
	}
	p.config.Group.Window, p.config.Group.Strictness = s.Window, s.Strictness
	return nil
}

// Regroup puts changed settings into force: the open stories are merged and split
// as they say, once. None of it is a material change.
func (p *Pipeline) Regroup(ctx context.Context, s story.Settings) error {
	if s == groupSettings(p.settings().Group) {
		return nil
	}
	return p.Do(ctx, func(c *story.Commit) error { return p.regroup(c, s) })
}

// follow is Regroup before Run: the config changed while no daemon ran.
func (p *Pipeline) follow(o story.Options) error {
	s := groupSettings(o)
	if s == groupSettings(p.settings().Group) {
		return nil
	}
	err, _ := p.change(func(c *story.Commit) error { return p.regroup(c, s) })
	if err == nil {
		return nil
	}
	p.log.Error("the open stories were not regrouped: the earlier [group] stays in force", "error", err)
	return p.Restore()
}

// regroup fills a commit with what other settings make of the open stories.
func (p *Pipeline) regroup(c *story.Commit, s story.Settings) error {
	start := time.Now()
	ds, err := p.grouper.Regroup(s, func(seq uint64) (*story.Article, error) {
		p.beat.Store(time.Now().UnixNano())
		return p.db.Readable(seq)
	})
	if err != nil {
		return err
	}
	c.Decisions, c.Settings = ds, &s
	p.batch.quiet = true
	p.mu.Lock()
	p.config.Group.Window, p.config.Group.Strictness = s.Window, s.Strictness
	p.mu.Unlock()
	p.log.Info("grouping settings changed: the open stories were regrouped", "window", s.Window, "strictness", s.Strictness,
		"decisions", len(ds), "took", time.Since(start).Round(time.Millisecond))
	return nil
}

// Regrouped is what other settings would make of the open stories.
type Regrouped struct {
	Before, After story.Settings
	Stories       int // open ones before
	Merges        []Merged
	Splits        []Parted
	Moves         []Moved
}

// Merged are stories that would be one.
type Merged struct {
	Into StoryName
	From []StoryName
}

// Parted is a story of which some articles would go to one of their own.
type Parted struct {
	From     StoryName
	Articles []Named
}

// Moved is an article that would go to another story.
type Moved struct {
	Article  Named
	From, To StoryName
}

// StoryName is a story as a list names it.
type StoryName struct {
	ID       story.ID
	Headline string
	Articles int
	New      bool // it is not there yet
}

func (s StoryName) String() string {
	if s.New {
		return fmt.Sprintf("a new story of %d", s.Articles)
	}
	return fmt.Sprintf("%s “%s” (%d)", s.ID, shorten(s.Headline, 60), s.Articles)
}

// Diff says what the settings of c would make of the open stories of a store. It
// changes nothing. A daemon may commit meanwhile; then it is tried again.
func Diff(db *store.DB, c Config, log *slog.Logger) (Regrouped, error) {
	return diffOnce(db, c, log, NewPipeline(db, c, log).catchUp)
}

// diffOnce is Diff, with settle to have the stories told that are owed.
func diffOnce(db *store.DB, c Config, log *slog.Logger, settle func() error) (out Regrouped, err error) {
	for range 3 {
		if err := settle(); err != nil {
			return Regrouped{}, err
		}
		generation := db.Generation()
		out, err = diff(db, c, log)
		if db.Generation() == generation && !errors.Is(err, errOwed) {
			break
		}
	}
	return out, err
}

func diff(db *store.DB, c Config, log *slog.Logger) (Regrouped, error) {
	p := NewPipeline(db, c, log)
	if err := p.restore(); err != nil {
		return Regrouped{}, err
	}
	out := Regrouped{Before: groupSettings(p.settings().Group), After: groupSettings(c.Group)}
	names := map[story.ID]StoryName{}
	for s, err := range db.OpenStories() {
		if err != nil {
			return Regrouped{}, err
		}
		names[s.ID] = StoryName{ID: s.ID, Headline: s.Brief.Headline, Articles: len(s.Members)}
	}
	out.Stories = len(names)
	if out.Before == out.After {
		return out, nil
	}
	ds, err := p.grouper.Regroup(out.After, db.Article)
	if err != nil {
		return out, err
	}
	d := &Desk{db: db}
	named := func(seq uint64) Named {
		a, err := db.Readable(seq)
		if err != nil {
			return Named{}
		}
		return d.named(a.Key())
	}
	merges := map[story.ID]int{}
	for _, x := range ds {
		switch x.Kind {
		case story.Merge:
			i, ok := merges[x.Story]
			if !ok {
				i = len(out.Merges)
				merges[x.Story] = i
				out.Merges = append(out.Merges, Merged{Into: names[x.Story]})
			}
			out.Merges[i].From = append(out.Merges[i].From, names[x.From])
		case story.Split:
			split := Parted{From: names[x.From]}
			for _, seq := range x.Articles {
				split.Articles = append(split.Articles, named(seq))
			}
			names[x.Story] = StoryName{ID: x.Story, Articles: len(x.Articles), New: true}
			out.Splits = append(out.Splits, split)
		case story.Move:
			out.Moves = append(out.Moves, Moved{named(x.Article), names[x.From], names[x.Story]})
		}
	}
	return out, nil
}

// Text returns the regrouping in lines.
func (r Regrouped) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if r.Before == r.After {
		line("[group] is what the %d open stories follow already: nothing would change", r.Stories)
		return b.String()
	}
	line("window %s to %s, strictness %g to %g", days(r.Before.Window), days(r.After.Window), r.Before.Strictness, r.After.Strictness)
	for _, m := range r.Merges {
		line("merge into %s", m.Into)
		for _, from := range m.From {
			line("    %s", from)
		}
	}
	for _, s := range r.Splits {
		line("split from %s", s.From)
		for _, a := range s.Articles {
			line("    %s", a)
		}
	}
	for _, m := range r.Moves {
		line("move %s", m.Article)
		line("    from %s\n    to   %s", m.From, m.To)
	}
	touched := map[story.ID]bool{}
	touch := func(names ...StoryName) {
		for _, s := range names {
			if s.ID != "" && !s.New {
				touched[s.ID] = true
			}
		}
	}
	for _, m := range r.Merges {
		touch(append(m.From, m.Into)...)
	}
	for _, s := range r.Splits {
		touch(s.From)
	}
	for _, m := range r.Moves {
		touch(m.From, m.To)
	}
	line("%d of %d open stories would change; nothing was changed", len(touched), r.Stories)
	return b.String()
}

// days returns d as the config writes it, "4d", if it is whole days.
func days(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return d.String()
}

// adminDiff answers what these settings would make of the open stories.
func (d *daemon) adminDiff(w http.ResponseWriter, r *http.Request) {
	var s story.Settings
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<10)).Decode(&s); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c := Config{Group: story.Options{Window: s.Window, Strictness: s.Strictness}}
	out, err := diffOnce(d.db, c, d.Log, func() error { return d.pipeline.Settle(r.Context()) })
	answer(w, out, err)
}

// Diff is Diff on the daemon's store.
func (c *Client) Diff(ctx context.Context, o story.Options) (Regrouped, error) {
	body, err := json.Marshal(groupSettings(o))
	if err != nil {
		return Regrouped{}, err
	}
	var out Regrouped
	return out, c.do(ctx, "POST", "/diff", bytes.NewReader(body), &out)
}
