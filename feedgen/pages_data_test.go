package feedgen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"storyfold/story"
)

// pageNoon is the time that the tests' stories lie around.
var pageNoon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// maker makes stories with members that are numbered on.
type maker struct {
	seq   uint64
	count int
}

// piece is a member in the words of a test: minutes before noon, family, outlet, title.
type piece struct {
	ago, family   int
	outlet, title string
	credits       []string
}

// make returns a story of pieces. The first of them opened it.
func (mk *maker) make(lang, category, headline string, pieces ...piece) story.Story {
	mk.count++
	s := story.Story{ID: story.ID(fmt.Sprintf("story%011d", mk.count)), Lang: lang}
	for i, p := range pieces {
		mk.seq++
		at := pageNoon.Add(-time.Duration(p.ago) * time.Minute)
		m := story.Member{
			Seq: mk.seq, ID: story.ArticleID(fmt.Sprintf("article%09d", mk.seq)), Title: p.title, Source: p.outlet, Outlet: p.outlet,
			URL: fmt.Sprintf("https://%s.example/news/%d", strings.ToLower(strings.Map(letters, p.outlet)), mk.seq), Time: at,
			FirstSeen: at.Add(7 * time.Minute), Lang: lang, Categories: []string{category}, Credits: p.credits, Family: p.family,
			Why: story.Reason{Rule: "join", Score: 0.52 + 0.07*float64(i%5), Threshold: 0.41, Terms: []story.Term{
				{Text: "lock", Weight: 0.31}, {Text: "harbour", Weight: 0.22}, {Text: "gate", Weight: 0.14}, {Text: "ferry", Weight: 0.08},
			}, Near: "story00000000002", NearScore: 0.12},
		}
		if i == 0 {
			m.Why = story.Reason{Rule: "no match", Score: 0.17, Threshold: 0.41, Near: "story00000000003", NearScore: 0.17}
		}
		s.Members = append(s.Members, m)
		seqs := []uint64{}
		for _, m := range s.Members {
			seqs = append(seqs, m.Seq)
		}
		reason := "opened"
		if i > 0 {
			reason = "new report by " + p.outlet
			if slices.ContainsFunc(s.Members[:i], func(o story.Member) bool { return o.Family == m.Family }) {
				continue
			}
		}
		s.Revisions = append(s.Revisions, story.Revision{Number: len(s.Revisions) + 1, Time: m.FirstSeen, Reason: reason,
			Articles: seqs, Reports: story.Independent(s.Members), Headline: headline})
	}
	first := s.Members[0].Seq
	s.Reports, s.Shown = story.Independent(s.Members), s.Members[0].FirstSeen
	s.Brief = story.Brief{Headline: headline, HeadlineOf: first, Representative: first}
	return s
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return -1
}

// summarize adds sentences of the members with these places to the summary.
func summarize(s *story.Story, places []int, texts ...string) {
	for i, text := range texts {
		s.Brief.Summary = append(s.Brief.Summary, story.Sentence{Text: text, Article: s.Members[places[i]].Seq})
	}
}

// richStories are a dozen stories of invented outlets, as a good day brings them.
func richStories() *memory {
	mk := &maker{}
	lock := lockStory(mk)
	bridge := mk.make("en", "science", "Probe brings back four grams of dust from comet Halvard",
		piece{300, 1, "Orbit Daily", "Comet probe returns with four grams of dust", nil},
		piece{280, 2, "The Northern Ledger", "Four grams of comet Halvard reach the laboratory in a sealed capsule", nil},
		piece{200, 1, "Coastline Post", "Comet probe returns with four grams of dust", []string{"Orbit Daily"}},
		piece{120, 3, "Lab & Field", "What four grams of a comet can tell, and what they cannot", nil})
	summarize(&bridge, []int{0, 1}, "The capsule of the probe Wanderer landed on the salt flats at dawn with four grams of dust from comet Halvard.",
		"The sample stays under nitrogen until a first look in December, the laboratory in Tarn said.")
	rates := mk.make("en", "business", "Central bank of Marelia leaves its rate at 3.25 per cent and hints at a cut in spring",
		piece{90, 1, "Exchange Courier", "Marelia holds rate at 3.25 per cent", nil},
		piece{70, 2, "Harbour Wire", "No change in Marelia, but a cut in spring is likely", nil})
	summarize(&rates, []int{0, 1}, "The bank left its rate at 3.25 per cent for the fourth time in a row.", "Prices rise more slowly than in the summer, and the governor called a cut in spring likely.")
	arabic := mk.make("ar", "world", "افتتاح خط السكة الحديدية الجديد بين المدينة القديمة والميناء بعد تأخير دام عامين",
		piece{150, 1, "صحيفة الميناء", "افتتاح خط السكة الحديدية الجديد بين المدينة القديمة والميناء", nil},
		piece{140, 2, "أخبار الساحل", "القطار الأول يصل إلى الميناء صباح اليوم", nil})
	summarize(&arabic, []int{0}, "وصل القطار الأول إلى محطة الميناء في السابعة صباحا وعلى متنه 240 راكبا.")
	japanese := mk.make("ja", "science", "湖の水位が30年ぶりの高さに、遊歩道の一部を閉鎖",
		piece{210, 1, "湖畔新聞", "湖の水位が30年ぶりの高さに、遊歩道の一部を閉鎖", nil},
		piece{190, 2, "北の便り", "水位上昇で遊歩道閉鎖、市が説明会へ", nil})
	summarize(&japanese, []int{0}, "市は21日、湖の水位が1996年以来の高さに達したとして、東岸の遊歩道を閉鎖した。")
	german := mk.make("de", "culture", "Stadttheater Lindau spielt wieder: nach drei Jahren Umbau öffnet der große Saal",
		piece{400, 1, "Seebote", "Stadttheater öffnet nach drei Jahren Umbau", nil},
		piece{380, 1, "Landesrundschau", "Stadttheater öffnet nach drei Jahren Umbau", []string{"dpx"}})
	summarize(&german, []int{0}, "Der große Saal fasst nun 420 Plätze, sechzig mehr als vor dem Umbau.")
	stories := []story.Story{lock, bridge, rates, arabic, japanese, german}
	for i, title := range []string{
		"Volunteers count 1,204 cranes on the marsh, the most since records began",
		"School kitchens in Ostby cook for the whole street",
		"Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikant gibt nach vierzig Jahren auf",
		"A library lends out telescopes, and the queue is long",
		"Night trains return to the valley line in April",
		"Why the old tide tables of Port Ellery were right after all: an engineer reads a hundred years of a harbour master’s diary and finds what the models had missed",
		"Court hears the case of the two lighthouses",
		"Tram drivers and city agree on shorter shifts",
	} {
		s := mk.make([]string{"en", "en", "de"}[i%3], []string{"world", "culture", "business", "science"}[i%4], title,
			piece{40 + 37*i, 1, []string{"Seebote", "Coastline Post", "The Northern Ledger"}[i%3], title, nil})
		summarize(&s, []int{0}, "The article's own first sentence stands here, and it tells a little more than the headline above it does.")
		stories = append(stories, s)
	}
	return &memory{
		list: stories, alias: map[story.ID]story.ID{"alias00000000001": lock.ID}, removed: map[story.ID]bool{"removed000000001": true},
	}
}

// lockStory has 14 outlets in 5 families.
func lockStory(mk *maker) story.Story {
	wire, ledger := []string{"Harbour Wire"}, []string{"The Northern Ledger"}
	s := mk.make("en", "world", "Sea lock at Port Ellery fails at high tide; ferries stop and 2,300 people spend the night on board",
		piece{1190, 1, "Harbour Wire", "Lock gate fails at Port Ellery, ferries stopped", nil},
		piece{1172, 1, "Coastline Post", "Lock gate fails at Port Ellery, ferries stopped", wire},
		piece{1165, 1, "Morning Circular", "Ferries stopped after lock gate fails", wire},
		piece{1100, 2, "The Northern Ledger", "A night aboard: 2,300 wait as Port Ellery’s sea lock jams at high tide", nil},
		piece{1020, 1, "Isle Gazette", "Lock gate fails at Port Ellery, ferries stopped", wire},
		piece{940, 3, "Radio Estuary", "Engineers: hinge of the east gate broke, repair takes four days", nil},
		piece{900, 2, "Evening Ledger", "A night aboard: 2,300 wait as sea lock jams", ledger},
		piece{860, 1, "Free Valley News", "Port Ellery lock fails", wire},
		piece{700, 4, "Exchange Courier", "Port closure costs shippers a million a day, chamber says", nil},
		piece{660, 1, "The Plain", "Lock gate fails at Port Ellery, ferries stopped", wire},
		piece{520, 3, "City Frequency", "Hinge of east gate broke", []string{"Radio Estuary"}},
		piece{430, 1, "Observer of the West", "Lock gate fails, ferries stopped", wire},
		piece{200, 1, "Dock Street Journal", "Lock gate fails at Port Ellery", wire},
		piece{35, 5, "Ministry Watch", "Minister orders inspection of all nine sea locks on the coast", nil})
	summarize(&s, []int{0, 3, 5}, "The east gate of the sea lock at Port Ellery failed shortly before high tide on Friday evening, and all ferries were stopped.",
		"About 2,300 passengers on three ships spent the night on board, the harbour master said.",
		"A hinge of the gate broke, and a repair will take at least four days, engineers of the port authority found.")
	s.Brief.New = []story.Sentence{
		{Text: "The minister for transport ordered an inspection of all nine sea locks on the coast by the end of the month.", Article: s.Members[13].Seq},
		{Text: "The closure costs shippers about a million a day, the chamber of commerce estimates.", Article: s.Members[8].Seq},
	}
	s.Brief.Only = []story.Sentence{{Text: "The hinge had been noted as worn in an inspection of 2024.", Article: s.Members[5].Seq}}
	s.History = []story.Event{
		{Time: pageNoon.Add(-690 * time.Minute), Kind: story.Merge, Text: "took in a story of 2 articles: similarity 0.63, 0.48 was needed"},
		{Time: pageNoon.Add(-500 * time.Minute), Kind: story.Move, Text: "City Frequency came from a story about port fees: 0.58 here, 0.29 there"},
	}
	s.Members[10].Why = story.Reason{Rule: "better match", Score: 0.58, Threshold: 0.41, Terms: []story.Term{{Text: "hinge", Weight: 0.4}, {Text: "gate", Weight: 0.2}}}
	s.Members[3].Also = []string{"Harbour list"}
	return s
}

// pageConfig knows every outlet of list as a source, and two more feeds.
func pageConfig(p *memory) Config {
	c := Config{BaseURL: "http://127.0.0.1:8080", Timezone: time.UTC, Feeds: []Feed{
		{Name: "stories", Title: "Stories", Items: 50, Updates: Bump},
		{Name: "world", Title: "World, once", Categories: []string{"world"}, MinReports: 2, Items: 30, Updates: Silent, Languages: []string{"en", "de"}},
		{Name: "desk", Title: "The desk’s own", Key: "s3cret", Updates: Bump},
	}}
	seen := map[string]bool{}
	for _, s := range p.list {
		for _, m := range s.Members {
			if !seen[m.Source] {
				seen[m.Source] = true
				category := ""
				if len(m.Categories) > 0 {
					category = m.Categories[0]
				}
				c.Sources = append(c.Sources, story.Source{Name: m.Source, Category: category, Enabled: true,
					Feed: "https://reader:pass@" + fmt.Sprintf("s%d", len(c.Sources)) + ".example/feed.xml?token=abc"})
			}
		}
	}
	return c
}

// pageStates gives each source a state; every kind occurs.
func pageStates(c Config) []story.SourceState {
	var states []story.SourceState
	for i, src := range c.Sources {
		st := story.SourceState{Name: src.Name, Address: src.Address(), Format: "RSS 2.0", Site: "https://site.example/",
			Checked: pageNoon.Add(-time.Duration(i) * time.Minute), Next: pageNoon.Add(30 * time.Minute), LastNew: pageNoon.Add(-time.Hour),
			NextReason: "adapted: a new article about every 40 minutes", Articles: 120 - i, Stories: 80 - i}
		switch i {
		case 1:
			st.Error, st.Errors, st.ErrorSince = "fetch "+src.Feed+": the server answers 503 (Service Unavailable) and asks to wait 2 hours", 4, pageNoon.Add(-5*time.Hour)
			st.NextReason = "the server asked to wait (Retry-After)"
		case 2:
			st.Gone, st.Next, st.NextReason = true, time.Time{}, "never: the server says 410 Gone"
		case 3:
			st.Warning = "document cut off, 12 items kept"
		case 4:
			st = story.SourceState{Name: src.Name, Address: src.Address(), Next: pageNoon, NextReason: "first look"}
		case 5:
			st.Moved = "https://new.example/feed.xml?token=abc"
		}
		states = append(states, st)
	}
	return states
}

// newPageHandler returns a handler of p under its pageConfig.
func newPageHandler(p *memory) *Handler {
	c := pageConfig(p)
	h := New(Options{Stories: p, States: func() []story.SourceState { return pageStates(c) }, Version: "test", Now: func() time.Time { return pageNoon }})
	h.Configure(c)
	return h
}
