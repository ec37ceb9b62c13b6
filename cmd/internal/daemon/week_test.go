package daemon

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"storyfold/feedgen"
	"storyfold/store"
	"storyfold/story"
)

// A week of stories that open, grow, are copied, merge, split, lose articles to
// others and are edited, by decisions that are drawn and go the pipeline's way into
// a store, and readers of every policy that know entries by their ids alone.

// week is what happens, and who looks on.
type week struct {
	t       *testing.T
	rand    *rand.Rand
	dir     string
	db      *store.DB
	p       *Pipeline
	handler *feedgen.Handler
	config  feedgen.Config
	now     time.Time
	base    time.Time
	events  int                    // events of the world that were begun
	teller  map[int]int            // reports of an event so far
	about   map[uint64]int         // event of an article
	merged  map[story.ID]time.Time // stories that are another one now, and since when
	visible []sight
	current map[story.ID]int // the revision that was seen last
	readers map[string]*reader
	counts  map[string]int // what happened, by kind
}

// sight is a revision that became visible.
type sight struct {
	id       story.ID
	revision int
	at       time.Time
}

// reader is a feed reader: it keeps what it was given, by id.
type reader struct {
	feed   string
	frozen bool
	have   map[string]item
}

// item is an entry as JSON Feed shows it.
type item struct {
	ID        string
	Title     string
	Published time.Time `json:"date_published"`
	Modified  time.Time `json:"date_modified"`
	Storyfold struct {
		Story    story.ID
		Revision int
		Day      string
		Stories  []struct {
			Story    story.ID
			Revision int
		}
	} `json:"_storyfold"`
	raw string
}

func TestWeekOfIDs(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Skipf("no time zones on this system: %v", err)
	}
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			newWeek(t, seed, zone).live()
		})
	}
}

func newWeek(t *testing.T, seed uint64, zone *time.Location) *week {
	begin := time.Date(2026, 3, 25, 5, 0, 0, 0, time.UTC) // the clock changes on the 29th
	w := &week{
		t: t, rand: rand.New(rand.NewPCG(seed, 5)), dir: t.TempDir(), now: begin, base: begin,
		teller: map[int]int{}, about: map[uint64]int{}, merged: map[story.ID]time.Time{}, current: map[story.ID]int{},
		readers: map[string]*reader{}, counts: map[string]int{},
		config: feedgen.Config{BaseURL: "https://news.example", Timezone: zone},
	}
	for i := range 8 {
		w.config.Sources = append(w.config.Sources, story.Source{Name: fmt.Sprintf("outlet-%d", i), Enabled: true})
	}
	for name, policy := range map[string]feedgen.Updates{
		"silent": feedgen.Silent, "bump": feedgen.Bump, "reissue": feedgen.Reissue,
		"night": feedgen.Digest(2, 30), "noon": feedgen.Digest(12, 0),
	} {
		w.config.Feeds = append(w.config.Feeds, feedgen.Feed{Name: name, Updates: policy})
		w.readers[name] = &reader{feed: name, frozen: policy != feedgen.Silent && policy != feedgen.Bump, have: map[string]item{}}
	}
	w.config.Feeds = append(w.config.Feeds, feedgen.Feed{Name: "two", MinReports: 2})
	w.readers["two"] = &reader{feed: "two", have: map[string]item{}}
	w.open()
	return w
}

// open opens the store, as after a start.
func (w *week) open() {
	w.db = openStore(w.t, w.dir)
	w.p = testPipeline(w.t, w.db, func() time.Time { return w.now })
	w.handler = feedgen.New(feedgen.Options{Stories: w.db, Now: func() time.Time { return w.now }})
	w.handler.Configure(w.config)
}

func (w *week) live() {
	for step := 0; w.now.Before(w.base.Add(8 * 24 * time.Hour)); step++ {
		w.now = w.now.Add(time.Duration(60+w.rand.IntN(180)) * time.Minute).Add(time.Duration(w.rand.IntN(1e9)))
		w.happen()
		w.note()
		if w.rand.IntN(2) == 0 { // readers do not look at every change
			continue
		}
		w.now = w.now.Add(time.Minute)
		for _, r := range w.readers {
			w.read(r)
		}
		w.check()
		if step%23 == 22 {
			closeStore(w.t, w.db)
			w.open()
		}
	}
	for _, r := range w.readers {
		w.read(r)
	}
	w.check()
	w.checkMoved()
	closeStore(w.t, w.db)
	for _, kind := range []string{"open", "join", "copy", "merge", "split", "move", "emptied", "edit", "lost"} {
		if w.counts[kind] == 0 {
			w.t.Errorf("in this week there was no %s: %v", kind, w.counts)
		}
	}
	w.t.Logf("%v; entries: silent %d, bump %d, reissue %d, night %d, two %d", w.counts,
		len(w.readers["silent"].have), len(w.readers["bump"].have), len(w.readers["reissue"].have), len(w.readers["night"].have), len(w.readers["two"].have))
}

// happen commits some drawn decisions.
func (w *week) happen() {
	c := newChanges(w.now, w.db)
	commit, arrived := &story.Commit{Time: w.now}, &arrivals{}
	open := w.stories()
	touched := map[story.ID]bool{}
	for range 2 + w.rand.IntN(4) {
		s := w.pick(open, touched)
		kind := w.rand.IntN(12)
		switch {
		case s == nil || kind < 3:
			a := w.article(arrived, commit, w.events, false)
			w.events++
			w.decide(commit, "open", story.Decision{Kind: story.Open, Article: a.Seq, Story: story.ID(fmt.Sprintf("story%05d", a.Seq))})
		case kind < 7:
			w.join(commit, arrived, s, kind == 6)
		case kind == 7:
			if other := w.pick(open, touched); other != nil {
				w.merge(commit, s, other)
			}
		case kind == 8 && len(s.Members) > 2:
			w.split(commit, s)
		case kind == 9:
			if other := w.pick(open, touched); other != nil {
				w.move(commit, s, other)
			}
		case kind == 10:
			w.edit(arrived, commit, s)
		}
	}
	for _, a := range slices.Concat(arrived.added, arrived.edited) {
		c.arrived[a.Seq] = a
		w.p.reader.Forget(a.Seq)
	}
	for _, s := range open { // the pass
		if s.Shown.IsZero() && !touched[s.ID] && w.rand.IntN(3) > 0 {
			commit.Decisions = append(commit.Decisions, story.Decision{Kind: story.Show, Story: s.ID})
		}
	}
	if len(commit.Decisions) == 0 && len(arrived.edited) == 0 {
		return
	}
	if err := errors.Join(w.p.apply(c, commit.Decisions, arrived.edited), w.p.tell(c, commit)); err != nil {
		w.t.Fatal(err)
	}
	if w.rand.IntN(5) == 0 {
		w.lose(commit)
	} else if err := w.db.Commit(commit); err != nil {
		w.t.Fatal(err)
	}
	w.asStored(commit)
	for _, a := range commit.Aliases {
		w.merged[a.From] = w.now
	}
}

// lose commits what happened, and the process ends before the stories are stored: the
// next one is to tell them as this one did.
func (w *week) lose(commit *story.Commit) {
	owing := *commit
	owing.Stories, owing.Aliases, owing.Fresh, owing.Owing = nil, nil, nil, true
	if err := w.db.Commit(&owing); err != nil {
		w.t.Fatal(err)
	}
	closeStore(w.t, w.db)
	w.open()
	w.counts["lost"]++
}

// asStored fails the test unless the store gives back the stories of a commit, and
// members say what their articles say: what is fresh was named as such.
func (w *week) asStored(commit *story.Commit) {
	for i := range commit.Stories {
		want := commit.Stories[i]
		got, err := w.db.Untold(want.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		want.Revisions = slices.Clone(want.Revisions)
		for i := range want.Revisions {
			want.Revisions[i].Told = nil
		}
		if !cmp.Equal(got, want, cmpopts.EquateEmpty()) {
			w.t.Fatalf("story %s is not stored as it was committed: %s", want.ID, cmp.Diff(want, got))
		}
		if i > 0 {
			continue // one is enough
		}
		for _, m := range got.Members {
			a, err := w.db.Article(m.Seq)
			if err != nil {
				w.t.Fatal(err)
			}
			says := story.MemberOf(a)
			says.Family, says.Why, says.Print = m.Family, m.Why, m.Print
			if !cmp.Equal(m, says, cmpopts.EquateEmpty()) {
				w.t.Fatalf("member %d of story %s does not say what its article says: %s", m.Seq, want.ID, cmp.Diff(says, m))
			}
		}
	}
}

func (w *week) decide(commit *story.Commit, kind string, d story.Decision) {
	d.Reason = story.Reason{Rule: kind, Score: .6, Threshold: .5}
	commit.Decisions = append(commit.Decisions, d)
	w.counts[kind]++
}

func (w *week) stories() (list []story.Story) {
	for s, err := range w.db.OpenStories() {
		if err != nil {
			w.t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

// pick draws a story that nothing happened to in this commit.
func (w *week) pick(list []story.Story, touched map[story.ID]bool) *story.Story {
	if len(list) == 0 {
		return nil
	}
	s := &list[len(list)-1-w.rand.IntN(min(len(list), 12))]
	if touched[s.ID] {
		return nil
	}
	touched[s.ID] = true
	return s
}

// article writes the next report of an event.
func (w *week) article(arrived *arrivals, commit *story.Commit, event int, copied bool) *story.Article {
	n := w.teller[event]
	w.teller[event]++
	a := report(event, n)
	if copied {
		a.Text, a.Title = report(event, 0).Text, report(event, 0).Title
	}
	a.Source, a.Outlet = fmt.Sprintf("outlet-%d", n%8), fmt.Sprintf("Outlet %d", n%8)
	a.Identity, a.URL = fmt.Sprintf("e%d-%d", event, n), fmt.Sprintf("https://outlet-%d.example/%d/%d", n%8, event, n)
	a.Published, a.FirstSeen = w.now.Add(-time.Duration(w.rand.IntN(90))*time.Minute), w.now
	a.Seq = w.db.NextSeq() + uint64(len(arrived.added))
	w.about[a.Seq] = event
	arrived.added = append(arrived.added, &a)
	commit.Articles = append(commit.Articles, a)
	return arrived.added[len(arrived.added)-1]
}

func (w *week) join(commit *story.Commit, arrived *arrivals, s *story.Story, copied bool) {
	a := w.article(arrived, commit, w.about[s.Members[0].Seq], copied)
	kind := "join"
	if copied {
		kind = "copy"
	}
	w.decide(commit, kind, story.Decision{Kind: story.Join, Article: a.Seq, Story: s.ID})
}

func seqs(members []story.Member) (list []uint64) {
	for _, m := range members {
		list = append(list, m.Seq)
	}
	return list
}

// merge keeps the id of the story that was committed first.
func (w *week) merge(commit *story.Commit, a, b *story.Story) {
	if b.Members[0].Seq < a.Members[0].Seq {
		a, b = b, a
	}
	w.decide(commit, "merge", story.Decision{Kind: story.Merge, Story: a.ID, From: b.ID, Articles: seqs(b.Members)})
}

func (w *week) split(commit *story.Commit, s *story.Story) {
	away := seqs(s.Members[1+w.rand.IntN(len(s.Members)-1):])
	id := story.ID(fmt.Sprintf("split%05d-%d", away[0], w.now.Unix()))
	w.decide(commit, "split", story.Decision{Kind: story.Split, Story: id, From: s.ID, Articles: away})
}

func (w *week) move(commit *story.Commit, from, to *story.Story) {
	m := from.Members[len(from.Members)-1]
	kind := "move"
	if len(from.Members) == 1 {
		kind = "emptied"
	}
	w.decide(commit, kind, story.Decision{Kind: story.Move, Article: m.Seq, Story: to.ID, From: from.ID, Emptied: kind == "emptied"})
}

func (w *week) edit(arrived *arrivals, commit *story.Commit, s *story.Story) {
	a, err := w.db.Article(s.Members[0].Seq)
	if err != nil {
		w.t.Fatal(err)
	}
	a.Title, a.Edited = fmt.Sprintf("%s, edited %d", a.Title, w.counts["edit"]), w.now
	arrived.edited = append(arrived.edited, a)
	commit.Articles = append(commit.Articles, *a)
	w.counts["edit"]++
}

// note remembers which revisions became visible with the last commit.
func (w *week) note() {
	for _, s := range w.stories() {
		n := len(s.Revisions)
		if !s.Shown.IsZero() && w.current[s.ID] != n {
			w.current[s.ID] = n
			w.visible = append(w.visible, sight{s.ID, n, w.now})
		}
	}
}

// read lets a reader look at its feed.
func (w *week) read(r *reader) {
	items := w.items(r.feed)
	seen := map[string]bool{}
	for _, x := range items {
		if seen[x.ID] {
			w.t.Errorf("%s: id %s is there twice", r.feed, x.ID)
		}
		seen[x.ID] = true
		if at, gone := w.merged[x.Storyfold.Story]; gone && !r.frozen {
			w.t.Errorf("%s: story %s is another one since %v, and still served", r.feed, x.Storyfold.Story, at)
		}
		old, known := r.have[x.ID]
		switch {
		case !known:
		case !old.Published.Equal(x.Published) || old.Storyfold.Story != x.Storyfold.Story:
			w.t.Errorf("%s: %s was published %v about %s, and is %v about %s", r.feed, x.ID, old.Published, old.Storyfold.Story, x.Published, x.Storyfold.Story)
		case r.feed == "silent" && !old.Modified.Equal(x.Modified):
			w.t.Errorf("silent: %s was of %v, and is of %v", x.ID, old.Modified, x.Modified)
		case x.Modified.Before(old.Modified):
			w.t.Errorf("%s: %s was of %v, and is of %v", r.feed, x.ID, old.Modified, x.Modified)
		case r.frozen && old.raw != x.raw:
			w.t.Errorf("%s: a frozen entry changed\n was %s\n  is %s", r.feed, old.raw, x.raw)
		}
		r.have[x.ID] = x
	}
	for id, x := range r.have {
		if at := w.merged[x.Storyfold.Story]; !at.IsZero() && !r.frozen && seen[id] {
			w.t.Errorf("%s: the entry of %s was touched after it became another story", r.feed, x.Storyfold.Story)
		}
	}
}

func (w *week) get(path string) []byte {
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
	if rec.Code != 200 {
		w.t.Fatalf("GET %s = %d %s", path, rec.Code, rec.Body)
	}
	return rec.Body.Bytes()
}

func (w *week) items(feed string) (items []item) {
	var doc struct{ Items []json.RawMessage }
	if err := json.Unmarshal(w.get("/feeds/"+feed+".json"), &doc); err != nil {
		w.t.Fatal(err)
	}
	for _, raw := range doc.Items {
		x := item{raw: string(raw)}
		if err := json.Unmarshal(raw, &x); err != nil {
			w.t.Fatal(err)
		}
		items = append(items, x)
	}
	return items
}

// check looks at what the readers have after they have looked.
func (w *week) check() {
	for _, feed := range []string{"silent", "bump"} {
		w.checkOneEach(w.readers[feed])
	}
	w.checkReissue()
	for feed, at := range map[string][2]int{"night": {2, 30}, "noon": {12, 0}} {
		w.checkDigest(w.readers[feed], at[0], at[1])
	}
	w.checkTombstones()
}

// checkOneEach: every shown story has its one entry, and all other entries are
// of stories that became another one after they had been read.
func (w *week) checkOneEach(r *reader) {
	of := map[story.ID][]item{}
	for _, x := range r.have {
		of[x.Storyfold.Story] = append(of[x.Storyfold.Story], x)
	}
	for _, s := range w.stories() {
		if n := len(of[s.ID]); n != 1 && !s.Shown.IsZero() {
			w.t.Errorf("%s: story %s has %d entries, want 1", r.feed, s.ID, n)
		}
		delete(of, s.ID)
	}
	for id, items := range of {
		if w.merged[id].IsZero() || len(items) != 1 {
			w.t.Errorf("%s: %d entries of %s, which is no story, and never became one", r.feed, len(items), id)
		}
	}
}

// checkReissue: the reader has each revision that was visible, and no other.
func (w *week) checkReissue() {
	have := map[string]int{}
	for _, x := range w.readers["reissue"].have {
		have[fmt.Sprintf("%s/%d", x.Storyfold.Story, x.Storyfold.Revision)]++
	}
	want := map[string]bool{}
	for _, v := range w.visible {
		want[fmt.Sprintf("%s/%d", v.id, v.revision)] = true
	}
	for key := range want {
		if have[key] != 1 {
			w.t.Errorf("reissue: revision %s has %d entries, want 1", key, have[key])
		}
	}
	if len(have) != len(want) {
		w.t.Errorf("reissue: %d entries, want %d", len(have), len(want))
	}
}

// checkDigest: each day that is over tells of what became visible in it.
func (w *week) checkDigest(r *reader, hour, minute int) {
	out := func(day int) time.Time {
		at := time.Date(2026, 3, 25+day, hour, minute, 0, 0, w.config.Timezone)
		if wall := at.Hour()*60 + at.Minute(); wall != hour*60+minute { // 2:30 on the 29th
			at = time.Date(2026, 3, 25+day, 3, 0, 0, 0, w.config.Timezone)
		}
		return at
	}
	have := map[string][]string{}
	for _, x := range r.have {
		for _, s := range x.Storyfold.Stories {
			have[x.Storyfold.Day] = append(have[x.Storyfold.Day], fmt.Sprintf("%s/%d", s.Story, s.Revision))
		}
	}
	for day := 0; out(day).Add(30 * time.Second).Before(w.now); day++ {
		last := map[story.ID]int{}
		for _, v := range w.visible {
			if v.at.After(out(day-1)) && !v.at.After(out(day)) {
				last[v.id] = v.revision
			}
		}
		var want []string
		for id, revision := range last {
			if at, gone := w.merged[id]; !gone || at.After(out(day)) {
				want = append(want, fmt.Sprintf("%s/%d", id, revision))
			}
		}
		name := fmt.Sprintf("2026-03-%02d", 25+day)
		if 25+day > 31 {
			name = fmt.Sprintf("2026-04-%02d", 25+day-31)
		}
		slices.Sort(want)
		slices.Sort(have[name])
		if strings.Join(want, " ") != strings.Join(have[name], " ") {
			w.t.Errorf("%s of %s: %v, want %v", r.feed, name, have[name], want)
		}
	}
}

// checkTombstones: Atom names the entries that are no more, if they have been there.
func (w *week) checkTombstones() {
	var doc struct {
		Entries []struct {
			ID string `xml:"id"`
		} `xml:"entry"`
		Deleted []struct {
			Ref string `xml:"ref,attr"`
		} `xml:"deleted-entry"`
	}
	if err := xml.Unmarshal(w.get("/feeds/bump.atom?limit=500"), &doc); err != nil {
		w.t.Fatal(err)
	}
	deleted := map[string]bool{}
	for _, d := range doc.Deleted {
		deleted[d.Ref] = true
	}
	for _, e := range doc.Entries {
		if deleted[e.ID] {
			w.t.Errorf("bump: %s is served and deleted", e.ID)
		}
	}
	for _, x := range w.readers["bump"].have {
		if at := w.merged[x.Storyfold.Story]; !at.IsZero() && !deleted[x.ID] && len(w.merged) < 25 {
			w.t.Errorf("bump: the entry of %s, another story since %v, is not named as deleted", x.Storyfold.Story, at)
		}
	}
}

// checkMoved: under another address, ids and what is served stay.
func (w *week) checkMoved() {
	ids := func() (list []string) {
		for feed := range w.readers {
			for _, x := range w.items(feed) {
				list = append(list, feed+x.ID)
			}
		}
		slices.Sort(list)
		return list
	}
	before := ids()
	w.config.BaseURL = "https://elsewhere.example/deep"
	closeStore(w.t, w.db)
	w.open()
	if after := ids(); !slices.Equal(before, after) {
		w.t.Errorf("a new base_url changed what is served: %d entries, were %d", len(after), len(before))
	}
}
