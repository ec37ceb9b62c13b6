package feedgen

import (
	"cmp"
	"encoding/binary"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"storyfold/story"
)

// settings are a Config, made ready for use. They do not change.
type settings struct {
	Config
	sources map[string]bool   // names of the configured sources that are enabled
	feeds   map[string]*Feed  // by name, with defaults filled in
	muted   []story.Mute      // on pages; Mutes holds them, too
	users   map[string]string // hashes by name; nil if there are none
	costly  string            // the hash that takes longest to check, for names that are not there
	stories *Feed             // the feed named "stories"
	local   bool              // BaseURL is loopback
	zone    *time.Location    // never nil
	serial  uint64            // tells settings apart
	since   time.Time         // when they came into force; zero before the first
}

// newSettings fills in what c leaves open, and adds the feed "stories" where it is missing.
func newSettings(c Config) *settings {
	s := &settings{Config: c, sources: map[string]bool{}, feeds: map[string]*Feed{}, zone: c.Timezone}
	if s.zone == nil {
		s.zone = time.UTC
	}
	s.BaseURL = strings.TrimRight(c.BaseURL, "/")
	s.local = loopbackURL(s.BaseURL)
	for _, src := range c.Sources {
		if src.Enabled {
			s.sources[src.Name] = true
		}
	}
	s.Mutes = sortMutes(c.Mutes)
	s.Feeds = slices.Clone(c.Feeds)
	if !slices.ContainsFunc(s.Feeds, func(f Feed) bool { return f.Name == mainFeed }) {
		s.Feeds = slices.Insert(s.Feeds, 0, Feed{Name: mainFeed, Title: "Stories"})
	}
	for i := range s.Feeds {
		f := &s.Feeds[i]
		f.Title = cmp.Or(f.Title, f.Name)
		f.Items = min(cmp.Or(max(f.Items, 0), defaultItems), maxItems)
		f.Updates = cmp.Or(f.Updates, Bump)
		f.Link = cmp.Or(f.Link, LinkAuto)
		s.feeds[f.Name] = f
	}
	s.stories = s.feeds[mainFeed]
	s.users, s.costly = usersOf(c.Users)
	return s
}

// view is what the settings let a reader see of the store. A request begins
// with one; a renderer may make its own.
type view struct {
	h        *Handler
	config   *Config // of settings
	settings *settings
	gen      uint64 // the store's generation when the view was made
	now      time.Time
	icons    *iconKeys
	over     int // how many of the settings' mutes have ended
}

// view returns a view of the store as it is now, under the config in force.
func (h *Handler) view() *view {
	set, now := h.conf.Load(), h.options.Now()
	return &view{h: h, config: &set.Config, settings: set, gen: h.options.Stories.Generation(), icons: h.icons(), now: now, over: set.mutesOver(now)}
}

// same reports whether v and w see the same stories in the same way.
func (v *view) same(w *view) bool {
	return v.settings == w.settings && v.gen == w.gen && v.icons == w.icons && v.over == w.over
}

// Shown is a story as a reader may see it: of its articles only those that a
// configured and enabled source brings, and nothing that is known from the others alone.
type Shown struct {
	story.Story

	// URL is the address of the story's page.
	URL string

	// bound is the story's last revision before anything was hidden: the stories
	// that the store gives afterwards have none later.
	bound time.Time

	hidden bool                 // some of its articles are not shown
	became time.Time            // when a former story became another one; zero: it is one still
	joined map[uint64]time.Time // when each member came; made by arrivals
}

// stories gives the shown stories, newest revision first. A story that changes
// while they are read may be missed; it is then in the next generation.
func (v *view) stories() iter.Seq2[*Shown, error] {
	return v.shown(v.h.options.Stories.Newest())
}

// shown gives those of all that are shown.
func (v *view) shown(all iter.Seq2[story.Story, error]) iter.Seq2[*Shown, error] {
	return func(yield func(*Shown, error) bool) {
		for s, err := range all {
			if err != nil {
				yield(nil, err)
				return
			}
			if shown := v.show(s); shown != nil && !yield(shown, nil) {
				return
			}
		}
	}
}

// story returns one story. Its ID differs from id where id is an alias. The
// error is story.ErrNotFound if there is none to show, and story.ErrRemoved if
// there was one.
func (v *view) story(id story.ID) (*Shown, error) {
	s, err := v.h.options.Stories.Story(id)
	if err != nil {
		return nil, err
	}
	if shown := v.show(s); shown != nil {
		return shown, nil
	}
	return nil, story.ErrNotFound
}

// show returns s as a reader may see it, or nil if there is nothing to see.
func (v *view) show(s story.Story) *Shown {
	if s.Shown.IsZero() || len(s.Members) == 0 || len(s.Revisions) == 0 {
		return nil
	}
	shown := &Shown{Story: s, URL: v.storyURL(s.ID), bound: s.Updated()}
	if slices.ContainsFunc(s.Members, func(m story.Member) bool { return v.hides(&m) || len(m.Also) > 0 }) {
		v.hide(shown)
	}
	if len(shown.Members) == 0 {
		return nil
	}
	return shown
}

// hides reports whether no configured source brings m.
func (v *view) hides(m *story.Member) bool {
	known := v.settings.sources
	return !known[m.Source] && !slices.ContainsFunc(m.Also, func(name string) bool { return known[name] })
}

// hide takes from s the members that no configured source brings, the names of
// sources that are not configured, and what was said by these alone. The slices
// of the store's story are left as they are.
func (v *view) hide(s *Shown) {
	known := v.settings.sources
	gone := map[uint64]bool{}
	var members []story.Member
	for _, m := range s.Members {
		if v.hides(&m) {
			gone[m.Seq] = true
			continue
		}
		names := slices.DeleteFunc(append([]string{m.Source}, m.Also...), func(name string) bool { return !known[name] })
		if m.Outlet == m.Source {
			m.Outlet = names[0]
		}
		m.Source, m.Also = names[0], names[1:]
		members = append(members, m)
	}
	s.Members = members
	if len(gone) == 0 || len(members) == 0 {
		return
	}
	s.hidden = true
	s.Reports = story.Independent(members)
	s.Lang = mostFrequentLang(members)
	s.Revisions = keptRevisions(s.Revisions, members, gone)
	hideBrief(&s.Story, gone)
}

// keptRevisions returns revisions without the articles in gone, and without the
// revisions that only these caused; the first one always stays.
func keptRevisions(revisions []story.Revision, members []story.Member, gone map[uint64]bool) []story.Revision {
	var kept []story.Revision
	before := map[uint64]bool{}
	for i, r := range revisions {
		fresh, seen := 0, 0
		for _, seq := range r.Articles {
			if !before[seq] {
				before[seq] = true
				fresh++
				if !gone[seq] {
					seen++
				}
			}
		}
		if i > 0 && fresh > 0 && seen == 0 {
			continue
		}
		r.Articles = slices.DeleteFunc(slices.Clone(r.Articles), func(seq uint64) bool { return gone[seq] })
		in := map[uint64]bool{}
		for _, seq := range r.Articles {
			in[seq] = true
		}
		listed := slices.DeleteFunc(slices.Clone(members), func(m story.Member) bool { return !in[m.Seq] })
		r.Reports = story.Independent(listed)
		r.Headline = ""
		if fresh > seen {
			r.Reason = "articles came"
		}
		kept = append(kept, r)
	}
	kept[0].Reason = revisions[0].Reason
	return kept
}

// hideBrief takes from s.Brief what the articles in gone said.
func hideBrief(s *story.Story, gone map[uint64]bool) {
	said := func(list []story.Sentence) []story.Sentence {
		return slices.DeleteFunc(slices.Clone(list), func(x story.Sentence) bool { return gone[x.Article] })
	}
	b := &s.Brief
	b.Summary, b.Only, b.New = said(b.Summary), said(b.Only), said(b.New)
	if gone[b.Representative] {
		b.Representative = s.Members[0].Seq
	}
	if gone[b.HeadlineOf] {
		m := s.Member(b.Representative)
		b.Headline, b.HeadlineOf = m.Title, m.Seq
	}
}

// mostFrequentLang returns the language that most members have; among equals
// the one that came first. It is "" if none is known.
func mostFrequentLang(members []story.Member) string {
	count := map[string]int{}
	best := ""
	for _, m := range members {
		if m.Lang != "" {
			count[m.Lang]++
		}
	}
	for _, m := range members {
		if m.Lang != "" && count[m.Lang] > count[best] {
			best = m.Lang
		}
	}
	return best
}

// representative returns the article that stands for all.
func (s *Shown) representative() *story.Member {
	if m := s.Member(s.Brief.Representative); m != nil {
		return m
	}
	return &s.Members[0]
}

// arrivals tells when each member came to the story. It does not change when
// more of them come: a member that a revision brought came with it, another one
// when it was first seen, and one that a merge or a move brought with that.
func (s *Shown) arrivals() map[uint64]time.Time {
	if s.joined != nil {
		return s.joined
	}
	first := map[uint64]int{} // the first revision that lists an article
	for i, r := range s.Revisions {
		for _, seq := range r.Articles {
			if _, ok := first[seq]; !ok {
				first[seq] = i
			}
		}
	}
	s.joined = make(map[uint64]time.Time, len(s.Members))
	for _, m := range s.Members {
		i, ok := first[m.Seq]
		if !ok {
			i = len(s.Revisions)
		}
		s.joined[m.Seq] = s.arrival(&m, i)
	}
	return s.joined
}

// arrival tells when m came, which revision i lists first; i is their number if none does.
func (s *Shown) arrival(m *story.Member, i int) time.Time {
	until := func(t time.Time) time.Time {
		if i < len(s.Revisions) && s.Revisions[i].Time.Before(t) {
			return s.Revisions[i].Time
		}
		return t
	}
	if i == 0 {
		return s.Revisions[0].Time
	}
	before := s.Revisions[i-1].Time
	if m.FirstSeen.After(before) {
		return until(m.FirstSeen)
	}
	for _, e := range s.History {
		if (e.Kind == story.Merge || e.Kind == story.Move) && !e.Time.Before(before) {
			return until(e.Time)
		}
	}
	if i < len(s.Revisions) {
		return s.Revisions[i].Time
	}
	return before
}

// fold is a family of a story: one report, and the copies of it.
type fold struct {
	First  story.Member   // the earliest by its time
	Copies []story.Member // in the order of their times
}

// folds returns the families of members, the earliest report first.
func folds(members []story.Member) []fold {
	sorted := slices.Clone(members)
	slices.SortStableFunc(sorted, func(a, b story.Member) int { return a.Time.Compare(b.Time) })
	var list []fold
	at := map[int]int{}
	for _, m := range sorted {
		i, ok := at[m.Family]
		if !ok || m.Family == 0 {
			at[m.Family] = len(list)
			list = append(list, fold{First: m})
			continue
		}
		list[i].Copies = append(list[i].Copies, m)
	}
	return list
}

// storyURL returns the address of a story's page.
func (v *view) storyURL(id story.ID) string {
	return v.config.BaseURL + "/stories/" + url.PathEscape(string(id))
}

// feedURL returns the address of f in the format ("atom", "rss", "json"), with
// its key if it has one.
func (v *view) feedURL(f *Feed, format string) string {
	address := v.config.BaseURL + "/feeds/" + url.PathEscape(f.Name) + "." + format
	if f.Name == mainFeed {
		address = v.config.BaseURL + "/feed." + format
	}
	if f.search != "" {
		address = v.config.BaseURL + "/search." + format + "?" + f.search
	}
	if f.Key != "" {
		address = withParam(address, "key", f.Key)
	}
	return address
}

// urn returns the id that the store gives to name for ever: urn:uuid: of UUIDv5.
func (v *view) urn(name string) string {
	return uuid.NewSHA1(v.h.options.Stories.UUID(), []byte(name)).URN()
}

// stamp names what same compares, for use in a key.
func (v *view) stamp() string {
	var b []byte
	for _, n := range []uint64{v.gen, v.settings.serial, v.icons.version, uint64(v.over)} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return string(b)
}
